"""`python -m pytest_seam_sandbox`."""

import sys

from .cli import main

sys.exit(main())
