"""Ways in which requests get to a sandbox."""
