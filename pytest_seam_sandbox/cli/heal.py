"""`seam-sandbox heal`: undoes what tests in a live workspace have left there, because their process was stopped."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..output import write
from .live_options import add_live_options, live_value

_OPTIONS = ("live_workspaces", "live_endpoint", "live_timeout", "live_folder")
_LEFT = 1


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    add_live_options(parser, _OPTIONS)


def run(options: argparse.Namespace) -> int:
    """Print what is undone; gives 1 when something is left. Without journals nothing is read or sent."""
    from ..backends.live.connection import Connection
    from ..backends.live.guard import prove
    from ..backends.live.journal import leftovers
    from ..backends.live.keys import ApiKey
    from ..backends.live.undo import Undo

    given = {name: live_value(options, name) for name in _OPTIONS}
    folder = Path(given["live_folder"])
    left = 0
    for leftover in leftovers(folder):
        left += 1
        leftover.let_go()
    if not left:
        write(sys.stdout, f"No process that is gone has left anything to undo, says {folder}.")
        return 0
    connection = Connection(given["live_endpoint"], ApiKey(), timeout=given["live_timeout"])
    try:
        prove(connection, workspaces=given["live_workspaces"], endpoint=given["live_endpoint"])
        problems = Undo(connection, folder).heal(lambda path: write(sys.stdout, f"undone: {path}"))
    finally:
        connection.close()
    for problem in problems:
        write(sys.stdout, f"left: {problem}")
    write(sys.stdout, f"{left} journals read, {len(problems)} things left.")
    return _LEFT if problems else 0
