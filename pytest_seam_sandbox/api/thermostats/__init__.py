"""Thermostats: set_points.py to timetable.py (what they do by themselves and as time passes), then the endpoints."""
