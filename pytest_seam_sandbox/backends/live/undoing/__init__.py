"""How each write of Seam's API is undone: classes for the ways, and tables with a row for each path."""
