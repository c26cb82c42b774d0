"""Facts about Seam as data, and what reads them."""
