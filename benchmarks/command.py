"""The command `python -m benchmarks`."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType

from .calls import page_rows, sdk_rows
from .chaos import chaos_rows
from .finding import finding_rows
from .growth import growth_rows
from .look import look_rows
from .machine import machine_rows
from .method import Effort
from .page import write_page
from .peer import peer_rows
from .server import server_rows
from .startup import first_use_rows, startup_rows
from .state import memory_rows, state_rows
from .suite import suite_rows
from .sweep import sweep_rows
from .table import HEAD, Row
from .webhooks import webhook_rows

GROUPS: Mapping[str, Callable[[Effort], Iterator[Row]]] = MappingProxyType(
    {
        "sdk": sdk_rows,
        "pages": page_rows,
        "look": look_rows,
        "state": state_rows,
        "startup": startup_rows,
        "first_use": first_use_rows,
        "server": server_rows,
        "peer": peer_rows,
        "memory": memory_rows,
        "machine": machine_rows,
        "webhooks": webhook_rows,
        "growth": growth_rows,
        "suite": suite_rows,
        "chaos": chaos_rows,
        "sweep": sweep_rows,
        "finding": finding_rows,
    }
)
FURTHER = ("chaos", "sweep", "finding")
"""The groups in which nothing is promised; they run when they are named."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; the exit status is 1 when a budget is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    usual = [name for name in GROUPS if name not in FURTHER]
    parser.add_argument(
        "groups",
        nargs="*",
        metavar="group",
        help=f"any of {', '.join(GROUPS)}; all but {', '.join(FURTHER)} by default",
    )
    parser.add_argument("--rounds", type=int, default=25, help="samples of each case (default: %(default)s)")
    parser.add_argument("--cpu", action="store_true", help="count processor time, on a machine that is busy")
    parser.add_argument("--quick", action="store_true", help="measure little, to see that everything runs")
    parser.add_argument("--write", action="store_true", help="write docs/figures.md and its pictures, too")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.groups) - set(GROUPS))
    if unknown:
        parser.error(f"no group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    effort = Effort(2 if options.quick else options.rounds, on_processor=options.cpu, is_quick=options.quick)
    about = _about(effort)
    print(f"{about}\n\n{HEAD}", flush=True)
    rows = []
    for name in options.groups or usual:
        for row in GROUPS[name](effort):
            print(row.line(), flush=True)
            rows.append(row)
    missed = sum(row.verdict == "missed" for row in rows)
    print(f"\n{missed} budget(s) missed" if missed else "\nall budgets kept")
    if options.write:
        write_page(about, rows)
    return 0 if options.quick else min(missed, 1)


def _about(effort: Effort) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("seam", "httpx", "pydantic", "hypothesis", "pytest"))
    clock = "processor time" if effort.on_processor else "wall time"
    load = (
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors" if hasattr(os, "getloadavg") else "load unknown"
    )
    return f"Python {platform.python_version()}, {versions}; {effort.rounds} rounds, {clock}, {load}"
