"""Spaces: model.py (rows), state.py (members come and go), then the endpoints."""
