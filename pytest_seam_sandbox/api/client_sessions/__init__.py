"""Client sessions: model.py (rows, and how a token finds one), then the endpoints."""
