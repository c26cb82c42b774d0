"""Access codes: model.py (rows and views), lifecycle.py (what happens to them), then the rest."""
