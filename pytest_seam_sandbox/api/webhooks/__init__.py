"""Webhooks: model.py (rows), then the endpoints."""
