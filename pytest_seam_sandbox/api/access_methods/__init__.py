"""The endpoints of access methods; their rows and what happens to them are part of access_grants."""
