"""Access systems: kinds.py and model.py (rows), issuing.py and state.py (what happens), then endpoints by resource."""
