"""Where in a test or in the program under test something was asked for, for messages that come later."""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import cache
from pathlib import Path, PurePath

_OURS = str(Path(__file__).parent.parent)
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
_INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Folders of libraries, also of those that a virtual environment takes from elsewhere."""


def place_of_caller() -> str:
    """The file:line of the innermost caller that belongs neither to this package nor to a library; "" for none."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        name = frame.f_code.co_filename
        if not _is_ours_or_of_a_library(name):
            return f"{_short(name, os.getcwd())}:{frame.f_lineno}"  # noqa: PTH109 - a Path takes longer than all else
        frame = frame.f_back
    return ""


def place_of_error(error: BaseException) -> str:
    """The file:line that raised: the innermost that belongs neither to this package nor to a library; "" for none."""
    found, traceback = "", error.__traceback__
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if not _is_ours_or_of_a_library(name):
            found = f"{_short(name, os.getcwd())}:{traceback.tb_lineno}"  # noqa: PTH109 - as above
        traceback = traceback.tb_next
    return found


@cache  # frames are many, files are few
def _is_ours_or_of_a_library(name: str) -> bool:
    return name.startswith(("<", _OURS, *_LIBRARIES)) or not _INSTALLED.isdisjoint(PurePath(name).parts)


def seen_at(place: str) -> str:
    """A sentence's end that names the place, if there is one."""
    return f" It was asked for at {place}." if place else ""


@cache
def _short(name: str, here: str) -> str:
    """The path below the working directory, as pytest shows it; else the whole path."""
    path = Path(name)
    return str(path.relative_to(here)) if path.is_relative_to(here) else name
