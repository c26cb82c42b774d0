"""`seam-sandbox compare`: where the emulator and a sandbox workspace behind HTTP differ."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine.errors import SandboxError
from ..output import write
from ..settings import read_setting

if TYPE_CHECKING:
    from ..compare.steps import Scenario

_API_KEY = "SEAM_API_KEY"
_NEWS = 1


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    other = parser.add_mutually_exclusive_group(required=True)
    other.add_argument("--live", action="store_true", help="compare with a workspace at Seam")
    other.add_argument("--endpoint", metavar="URL", help="compare with a workspace of another server")
    parser.add_argument(
        "--api-key-variable",
        default=_API_KEY,
        metavar="NAME",
        help="the environment variable with the API key of the workspace (default: %(default)s)",
    )
    parser.add_argument(
        "--workspace",
        action="append",
        metavar="ID",
        help="the workspace in which scenarios may make things; may be given several times (default: those in the "
        "environment variable PYTEST_SEAM_LIVE_WORKSPACES)",
    )
    parser.add_argument("--scenario", action="append", metavar="NAME", help="only this one; may be given several times")
    parser.add_argument(
        "--wait", metavar="SECONDS", help="the most to wait for an event or an action attempt (default: 30)"
    )
    parser.add_argument("--expect", type=Path, metavar="FILE", help="differences that are expected, and no news")
    parser.add_argument(
        "--write-expectation", type=Path, metavar="FILE", help="keep the differences in a file, for --expect"
    )
    parser.add_argument("--json", action="store_true", help="print JSON in place of text")


def run(options: argparse.Namespace) -> int:
    """Print the differences; gives 1 when some are new and were not kept."""
    from ..compare import expectation
    from ..compare.comparison import compare
    from ..compare.reach import reach
    from ..compare.texts import as_json_text, as_text

    expected = expectation.Expectation() if options.expect is None else expectation.read(options.expect)
    wait = read_setting("live_timeout", options.wait, "--wait") if options.wait is not None else 30.0
    endpoint = options.endpoint or os.environ.get("PYTEST_SEAM_LIVE_ENDPOINT", "")
    workspaces = options.workspace or os.environ.get("PYTEST_SEAM_LIVE_WORKSPACES", "")
    way = reach(
        endpoint=read_setting("live_endpoint", endpoint, "--endpoint"),
        api_key=_key(options.api_key_variable),
        workspaces=read_setting("live_workspaces", workspaces, "--workspace"),
        wait=wait,
    )
    scenarios = _chosen(options.scenario)
    with way as (name, remote), _progress() as tell:
        comparison = compare(scenarios, remote, tell)
    verdict = expectation.judge(comparison, expected)
    write(sys.stdout, (as_json_text if options.json else as_text)(name, comparison, verdict))
    if options.write_expectation is not None:
        expectation.write(options.write_expectation, comparison, expected)
        return 0
    return _NEWS if verdict.news else 0


def _key(variable: str) -> str:
    key = os.environ.get(variable, "")
    if not key:
        raise SandboxError(f"the environment variable {variable} is not set. Put the API key of the workspace into it.")
    return key


def _chosen(names: Sequence[str] | None) -> tuple[Scenario, ...]:
    """The scenarios of these names, in their order; all without names."""
    from ..compare.scenarios import SCENARIOS
    from ..report.texts import nearest

    there = {scenario.name: scenario for scenario in SCENARIOS}
    for name in names or ():
        if name not in there:
            hint = nearest(name, list(there)) or f"There are: {', '.join(there)}."
            raise SandboxError(f"there is no scenario {name!r}. {hint}")
    return tuple(scenario for scenario in SCENARIOS if not names or scenario.name in names)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Shows one line about the progress, over and over, on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _line: None
        return

    def show(line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    try:
        yield show
    finally:
        show("")
