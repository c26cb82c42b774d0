"""Losses and faults at every moment: strategies, a state machine, the sweep."""
