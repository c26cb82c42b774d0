"""`seam-sandbox ledger`: what of Seam is emulated, and on whose word."""

from __future__ import annotations

import argparse
import json
import sys

from ..engine.errors import SandboxError
from ..output import write
from . import EXTENSION


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("--extension", action="append", default=[], metavar="MODULE", help=EXTENSION)
    parser.add_argument("--json", action="store_true", help="print JSON in place of Markdown")


def run(options: argparse.Namespace) -> int:
    """Print the ledger."""
    from ..extensions import extensions_named
    from ..report.ledger import as_json, as_text

    extensions = extensions_named(options.extension)
    added, events = tuple(extensions.endpoints()), extensions.event_types()
    try:
        write(sys.stdout, json.dumps(as_json(added, events), indent=1) if options.json else as_text(added))
    except BrokenPipeError:  # the reader has seen enough
        return 0
    except (OSError, ValueError) as error:
        raise SandboxError(f"the ledger could not be written: {error}.") from error
    return 0
