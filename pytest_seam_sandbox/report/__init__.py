"""What people see when a test fails."""
