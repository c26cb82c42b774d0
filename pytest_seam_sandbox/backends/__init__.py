"""What a sandbox stands on."""
