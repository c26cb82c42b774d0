"""User identities: model.py (rows), then the endpoints, those about what one may reach in access.py."""
