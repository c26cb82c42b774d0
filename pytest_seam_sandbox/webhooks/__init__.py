"""Delivery of events to the webhooks of the program under test; loaded with the first webhook."""
