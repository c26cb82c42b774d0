"""A workspace at Seam as a world in a file."""
