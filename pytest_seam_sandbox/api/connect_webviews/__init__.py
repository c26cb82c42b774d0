"""Connect Webviews: model.py (rows and what clients see), then the endpoints."""
