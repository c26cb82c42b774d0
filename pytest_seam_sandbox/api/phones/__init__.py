"""Phones: model.py (rows), then the endpoints."""
