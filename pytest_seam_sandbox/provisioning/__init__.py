"""What a test puts into its sandbox: devices, phones, people, accounts, codes, keys, and errors on them."""
