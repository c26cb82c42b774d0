"""A Seam sandbox workspace over HTTP as a backend. Nothing of it is imported unless a sandbox is live."""
