"""The command line: `seam-sandbox serve`, for apps and tests in other languages, and other commands."""

from __future__ import annotations

import argparse
import gc
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, cast

from ..engine.errors import SandboxError
from ..output import write

FAKE_NAME = "fake-seam-connect"

EXTENSION = "a module that adds to the sandbox by the hooks pytest_seam_...; may be given several times"
"""The help of the option --extension."""

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "serve": "serve a sandbox on loopback until it is interrupted",
        "capture": "write a workspace at Seam, by reading alone, as a world in a file",
        "ledger": "print what of Seam is emulated, and on whose word",
        "heal": "undo what tests have left in a live workspace, when they were stopped",
        "doctor": "look whether tests can run in a live workspace, and what to do where they cannot",
        "compare": "find where the emulator and a workspace at Seam, or at another server, differ",
    }
)
"""The commands, each with its help. A command is a `Command`, the module of its name in this folder."""


class Command(Protocol):
    """What the module of a command has."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options of the command."""

    def run(self, options: argparse.Namespace) -> int:
        """Do what the command is for; gives the exit status. A SandboxError is printed, and the status is 2."""


class _CommandParser(argparse.ArgumentParser):
    """The options of one command: its module is imported when the command is given, and not before."""

    module = ""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What argparse calls when the command is given."""
        command = cast("Command", import_module(f".{self.module}", __name__))
        command.add_options(self)
        self.set_defaults(run=command.run)
        return super().parse_known_args(args, namespace)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status.

    Ctrl-C gives 130, as of a program that was interrupted. Under the name of the official fake's executable,
    fake-seam-connect, it is `serve --fake-compat`.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if arguments is None and Path(sys.argv[0]).stem == FAKE_NAME:
        given = ["serve", "--fake-compat", *given]
    options = _parser().parse_args(given)
    try:
        status: int = options.run(options)
    except SandboxError as mistake:
        with suppress(OSError, ValueError):
            write(sys.stderr, "\n".join([f"seam-sandbox: {mistake}", *getattr(mistake, "__notes__", ())]))
        status = 2
    except KeyboardInterrupt as interrupt:
        with suppress(OSError, ValueError):
            write(sys.stderr, "\n".join(["seam-sandbox: interrupted", *getattr(interrupt, "__notes__", ())]))
        status = 130
    if arguments is None:
        _end()
    return status


def _end() -> None:
    """Have the process end with the status that it has now, and soon."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a second one that comes late would be the status
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()  # looking for garbage would be most of the time that the end takes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="seam-sandbox", description="An emulated Seam sandbox workspace.")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=_CommandParser)
    for name, told in COMMANDS.items():
        commands.add_parser(name, help=told).module = name
    return parser
