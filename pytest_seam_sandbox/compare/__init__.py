"""Finds where two servers of Seam's API differ: the emulator, and a workspace behind HTTP."""
