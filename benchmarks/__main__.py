"""Measure all rows, or those whose group is named, and print them as a Markdown table."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version

from .calls import page_rows, sdk_rows
from .chaos import chaos_rows
from .finding import finding_rows
from .look import look_rows
from .machine import machine_rows
from .method import Effort
from .peer import peer_rows
from .server import server_rows
from .startup import startup_rows
from .state import memory_rows, state_rows
from .sweep import sweep_rows
from .table import HEAD, Row
from .webhooks import webhook_rows

GROUPS: dict[str, Callable[[Effort], Iterator[Row]]] = {
    "sdk": sdk_rows,
    "pages": page_rows,
    "look": look_rows,
    "state": state_rows,
    "startup": startup_rows,
    "server": server_rows,
    "peer": peer_rows,
    "chaos": chaos_rows,
    "machine": machine_rows,
    "sweep": sweep_rows,
    "finding": finding_rows,
    "webhooks": webhook_rows,
    "memory": lambda _: memory_rows(),
}


def main() -> int:
    """Run; the exit status is 1 when a budget is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="group", help=f"any of {', '.join(GROUPS)}; all by default")
    parser.add_argument("--rounds", type=int, default=25, help="samples of each case (default: %(default)s)")
    parser.add_argument("--cpu", action="store_true", help="count processor time, on a machine that is busy")
    options = parser.parse_args()
    unknown = sorted(set(options.groups) - set(GROUPS))
    if unknown:
        parser.error(f"no group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    versions = ", ".join(f"{name} {version(name)}" for name in ("seam", "httpx", "pydantic", "hypothesis", "pytest"))
    clock = "processor time" if options.cpu else "wall time"
    print(f"Python {platform.python_version()}, {versions}; {options.rounds} rounds, {clock}\n\n{HEAD}", flush=True)
    effort = Effort(options.rounds, on_processor=options.cpu)
    missed = 0
    for name in options.groups or GROUPS:
        for row in GROUPS[name](effort):
            print(row.line(), flush=True)
            missed += not row.passes
    print(f"\n{missed} budget(s) missed" if missed else "\nall budgets kept")
    return min(missed, 1)


sys.exit(main())
