"""The ways in which requests reach a sandbox; each is an adapter of one HTTP library."""
