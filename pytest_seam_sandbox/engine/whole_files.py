"""Writes a file as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from .errors import SandboxError, is_for_the_test, quoted_path

__tracebackhide__ = is_for_the_test

_EVERYBODY = 0o666


def check_target(path: Path, *, overwrite: bool) -> None:
    """Raise SandboxError for a file that cannot be written, or that is there and may not be overwritten."""
    if path.is_dir():
        raise SandboxError(f"{quoted_path(path)} is a directory; give the name of a file in it.")
    if path.exists() and not path.is_file():  # a device or a pipe, in whose place a file would come
        raise SandboxError(f"{quoted_path(path)} is no regular file; give the name of a file.")
    if path.exists() and not overwrite:
        raise SandboxError(f"{quoted_path(path)} is there already. Give --force to overwrite it, or another name.")
    if not path.absolute().parent.is_dir():
        raise SandboxError(
            f"there is no directory {quoted_path(path.parent)} for {quoted_path(path.name)}. Make it first."
        )
    if not os.access(path.absolute().parent, os.W_OK):
        raise SandboxError(f"{quoted_path(path)} cannot be written: nothing can be made in its directory.")


def write_whole(path: Path, text: str, *, overwrite: bool, private: bool) -> None:
    """Write a text to a file, which is there as a whole or as it was. private: nobody else may read it.

    Where the path is a symbolic link, what it leads to is written. Raises what `check_target` raises.
    """
    check_target(path, overwrite=overwrite)
    path = path.resolve()
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            if not private:
                Path(name).chmod(_EVERYBODY & ~_mask())
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise SandboxError(f"{quoted_path(path)} could not be written: {error.strerror or error}.") from error


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
