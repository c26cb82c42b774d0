"""Measure all that is promised, or the groups that are named, and print it as a Markdown table."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
