"""Instant keys: model.py (rows), state.py (made and deleted), then the endpoints."""
