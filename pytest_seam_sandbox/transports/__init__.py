"""Transports: the ways in which requests get to a sandbox."""
