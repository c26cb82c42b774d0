"""The settings of live sandboxes as options of commands: option before environment before default."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Any

from ..settings import SETTINGS, read_setting

API_KEY = "SEAM_API_KEY"
"""The environment variable with the API key."""


def add_live_options(parser: argparse.ArgumentParser, names: Sequence[str]) -> None:
    """Declare an option for each of these settings."""
    for name in names:
        variable = _variable(name)
        parser.add_argument(
            f"--{name.replace('_', '-')}", help=f"{SETTINGS[name].help} (default: environment variable {variable})"
        )


def live_value(options: argparse.Namespace, name: str) -> Any:
    """The value of a setting. Raises SandboxError for one that it does not take, with where it was written."""
    given = getattr(options, name)
    if given is not None:
        return read_setting(name, given, f"--{name.replace('_', '-')}")
    return read_setting(name, os.environ.get(_variable(name), SETTINGS[name].default), _variable(name))


def _variable(name: str) -> str:
    return f"PYTEST_SEAM_{name.upper()}"
