"""`seam-sandbox doctor`: whether live sandboxes can work here, and what to do where they cannot."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..output import write
from .live_options import add_live_options, live_value

if TYPE_CHECKING:
    from ..backends.live.doctor import Finding

_OPTIONS = ("live_workspaces", "live_endpoint", "live_timeout", "live_folder")
_STATUS = MappingProxyType({"fine": 0, "mend": 1, "refused": 2})
_WORDS = MappingProxyType({0: "All is fine.", 1: "There is something to mend.", 2: "No live test can run."})


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    add_live_options(parser, _OPTIONS)
    parser.add_argument("--json", action="store_true", help="print JSON in place of text")


def run(options: argparse.Namespace) -> int:
    """Print what is found; gives 0 when all is fine, 1 when something is to be mended, 2 when no test can run."""
    from ..backends.live.connection import Connection
    from ..backends.live.doctor import examine
    from ..backends.live.keys import ApiKey

    given = {name: live_value(options, name) for name in _OPTIONS}
    connection = Connection(given["live_endpoint"], ApiKey(), timeout=given["live_timeout"])
    try:
        findings = list(
            examine(
                connection,
                workspaces=given["live_workspaces"],
                endpoint=given["live_endpoint"],
                folder=given["live_folder"],
            )
        )
    finally:
        connection.close()
    status = max(_STATUS[finding.level] for finding in findings)
    write(sys.stdout, _as_json(findings, status) if options.json else _as_text(findings, status))
    return status


def _as_text(findings: Sequence[Finding], status: int) -> str:
    lines = [f"{each.level:8} {each.part:12} {each.text} {each.advice}" for each in findings]
    return "\n".join([*lines, _WORDS[status]])


def _as_json(findings: Sequence[Finding], status: int) -> str:
    return json.dumps({"status": status, "findings": [finding._asdict() for finding in findings]}, indent=1)
