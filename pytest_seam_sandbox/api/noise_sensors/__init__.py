"""Noise sensors: model.py (noise thresholds), levels.py (how loud it is), then the endpoints."""
