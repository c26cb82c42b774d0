"""Stands in for Seam's official fake, `fake-seam-connect --seed`: its seed, its routes below /_fake/, its manners."""
