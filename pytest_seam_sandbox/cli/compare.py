"""`seam-sandbox compare`: where the emulator and a sandbox workspace behind HTTP differ."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine.errors import SandboxError
from ..output import StatusLine, write
from ..settings import read_setting
from .live_options import API_KEY, add_live_options, live_value

if TYPE_CHECKING:
    from ..backends.live.keys import ApiKey
    from ..compare.steps import Scenario

_OPTIONS = ("live_workspaces", "live_endpoint", "live_timeout", "live_folder")
_NEWS = 1


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    other = parser.add_mutually_exclusive_group(required=True)
    other.add_argument("--live", action="store_true", help="compare with a workspace at Seam")
    other.add_argument("--endpoint", metavar="URL", help="compare with a workspace of another server")
    parser.add_argument(
        "--api-key-variable",
        default=API_KEY,
        metavar="NAME",
        help="the environment variable with the API key of the workspace (default: %(default)s)",
    )
    add_live_options(parser, _OPTIONS)
    parser.add_argument("--scenario", action="append", metavar="NAME", help="only this one; may be given several times")
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
    target = options.write_expectation
    if target is not None:
        expectation.at(target, expected)  # what is wrong with it is told now, and not after all that follows
    endpoint = read_setting("live_endpoint", options.endpoint, "--endpoint") if options.endpoint else ""
    way = reach(
        endpoint=endpoint or live_value(options, "live_endpoint"),
        api_key=_key(options.api_key_variable),
        key_from=options.api_key_variable,
        workspaces=live_value(options, "live_workspaces"),
        wait=live_value(options, "live_timeout"),
        folder=live_value(options, "live_folder") if options.live else None,
    )
    scenarios = _chosen(options.scenario)
    with way as reached, StatusLine(sys.stderr) as status:
        comparison = compare(scenarios, reached.remote, status.show)
    comparison = replace(comparison, left=(*comparison.left, *reached.left))
    verdict = expectation.judge(comparison, expected)
    write(sys.stdout, (as_json_text if options.json else as_text)(reached.name, comparison, verdict))
    if target is not None:
        expectation.write(target, comparison, expected)
        return 0
    return _NEWS if verdict.news else 0


def _key(variable: str) -> ApiKey:
    from ..backends.live.keys import ApiKey

    key = ApiKey(os.environ.get(variable, ""))
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
