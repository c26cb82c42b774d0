"""Named starting states, and the catalogue of device models that they are built from."""
