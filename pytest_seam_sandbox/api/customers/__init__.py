"""Customers: params.py (what they tell of themselves), state.py (what becomes of it), then the endpoints."""
