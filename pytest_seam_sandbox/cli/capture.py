"""`seam-sandbox capture`: a workspace at Seam as a world in a file."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine.errors import SandboxError
from ..output import StatusLine, write
from ..setting_values import endpoint, seconds

if TYPE_CHECKING:
    from ..backends.live.connection import Connection

_ABOUT = """\
Reads what a workspace holds: devices and what belongs to them, connected accounts, user identities, phones, access
systems, spaces, access grants and webhooks. Writes it as a world from which sandboxes start:
Sandbox(world="world.json"), pytest --seam-world=world.json. What is not in the file is said on stderr.

It reads with GET alone and changes nothing, so the key may be one of a production workspace. The key comes from the
environment variable SEAM_API_KEY; it is sent to Seam only, and neither shown nor written.

Names of people, e-mail addresses, phone numbers, PINs, serial numbers, the ids of the providers and the URLs of
webhooks are replaced. Names of devices and entrances, keys and custom_metadata stay, but for what is personal in them.
Secrets, links and tokens are never taken over. Look at the file before you give it to others.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _ABOUT
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the file to write, such as world.json")
    parser.add_argument("--force", action="store_true", help="overwrite the file if it is there")
    parser.add_argument("--endpoint", default="", metavar="URL", help="base URL of Seam's API (default: Seam's own)")
    parser.add_argument("--seed", default="0", help="the replacements follow from it (default: %(default)s)")
    parser.add_argument(
        "--keep-personal", action="store_true", help="replace nothing; the file is readable for you alone"
    )
    parser.add_argument(
        "--timeout", default="120", help="seconds for an answer, and to wait at a 429 (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    """Read the workspace and write the file."""
    from ..capture.capturing import as_text, capture
    from ..capture.reader import getting
    from ..engine.clock import written_at
    from ..engine.whole_files import check_target, write_whole

    path = Path(options.output)
    check_target(path, overwrite=options.force)
    connection = _connection(options)
    status, requests = StatusLine(sys.stderr), count(1)
    try:
        captured = capture(
            getting(connection, lambda path: status.show(f"reading: request {next(requests)}, {path}")),
            captured_at=written_at(connection.now()),
            keep_personal=options.keep_personal,
            seed=options.seed,
        )
        status.clear()
        write_whole(path, as_text(captured.world), overwrite=options.force, private=options.keep_personal)
    except KeyboardInterrupt:
        status.clear()
        _say("seam-sandbox: interrupted; nothing was written.")
        return 130
    except SandboxError as mistake:
        status.clear()
        raise SandboxError(f"{str(mistake).rstrip('.')}. Nothing was written.") from mistake
    finally:
        connection.close()
    for line in captured.left_out:
        _say(f"not in the world: {line}")
    with suppress(OSError, ValueError):
        write(sys.stdout, f"{path}: {captured.counts}")
    return 0


def _connection(options: argparse.Namespace) -> Connection:
    from ..backends.live.connection import Connection
    from ..backends.live.keys import ApiKey

    key = ApiKey()
    form = key.form
    if not (form.is_sandbox_key or form.is_production_key or form.is_of_the_fake):
        raise SandboxError(
            f"the environment variable SEAM_API_KEY has {form.name}; capture takes the API key of a workspace, "
            "seam_…, which it uses for reading alone. Make one in Seam's console."
        )
    return Connection(
        endpoint("--endpoint", options.endpoint), key, timeout=seconds("--timeout", options.timeout), most="--timeout"
    )


def _say(line: str) -> None:
    with suppress(OSError, ValueError):
        write(sys.stderr, line)
