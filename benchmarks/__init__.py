"""What the sandbox costs, as ratios taken inside one run: `python -m benchmarks`."""
