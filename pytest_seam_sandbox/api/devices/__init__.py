"""Devices: model.py (rows and what clients see), state.py (what can happen to them), then the endpoints."""
