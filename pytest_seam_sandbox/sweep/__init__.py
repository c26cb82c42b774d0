"""A scenario with an outage or a fault at each of its calls in turn."""
