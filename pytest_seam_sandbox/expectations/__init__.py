"""Assertions on events and errors."""
