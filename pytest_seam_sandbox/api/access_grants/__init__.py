"""Access grants and their methods: model.py and methods.py (rows), doors.py, pins.py and provisioning.py (what a grant
makes below itself), lifecycle.py, times.py and ending.py (what happens to it), then the endpoints.

The endpoints of access methods are a family of their own, access_methods.
"""
