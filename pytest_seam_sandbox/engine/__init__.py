"""General machinery of the emulator. Nothing in here names a Seam resource."""
