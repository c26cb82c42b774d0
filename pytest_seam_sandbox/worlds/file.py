"""Worlds that stand in files: which text names a file, and what is read from it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ..engine.errors import SandboxError, UnknownWorld, is_for_the_test, quoted, quoted_path
from ..engine.json_values import why_no_json
from ..report.texts import nearest
from .checks import faults
from .format import VERSION, World
from .references import Fault, part_at

__tracebackhide__ = is_for_the_test

MOST_BYTES = 64 * 1024 * 1024
_PAGE = "What a world has is told in docs/guide/worlds.md."
_SHOWN = 60
_MOST_FAULTS = 10


class UnusableWorld(SandboxError, ValueError):
    """A world in a file cannot be used. faults: what is wrong, with the places."""

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = faults


def read_world(path: str | os.PathLike[str]) -> World:
    """The world in a file.

    Raises UnknownWorld when there is no such file, and UnusableWorld, with the places, for one that is none.
    """
    shown = quoted_path(path)
    text = _text_of(Path(path), shown)
    try:
        return parsed(text)
    except UnusableWorld as mistake:
        raise _told(shown, mistake.faults) from None


@lru_cache(maxsize=4)  # each test of a run starts from the same file
def parsed(text: str) -> World:
    """The world that a text holds; nobody can change it. Raises UnusableWorld."""
    values = _json(text)
    _check_version(values)
    try:
        world = World.model_validate(values)
    except ValidationError as error:
        raise UnusableWorld("", faults_of(error)) from None
    found = list(faults(world))
    if found:
        raise UnusableWorld("", found)
    return world


def refuse(path: str | os.PathLike[str], found: Iterable[Fault]) -> None:
    """Raise UnusableWorld for the faults of a file, if there are any."""
    listed = list(found)
    if listed:
        raise _told(quoted_path(path), listed)


def _told(shown: str, found: Sequence[Fault]) -> UnusableWorld:
    lines = [f"  {fault}" for fault in found[:_MOST_FAULTS]]
    more = len(found) - len(lines)
    if more:
        lines.append(f"  … and {more:,} more")
    listed = "\n".join(lines)
    return UnusableWorld(f"the world in the file {shown} cannot be used:\n{listed}\n{_PAGE}", found)


def _text_of(path: Path, shown: str) -> str:
    try:
        if path.is_dir():
            raise UnknownWorld(f"the world {shown} is a directory; give the JSON file in it.")
        if path.exists() and not path.is_file():  # a device or a pipe may never end
            raise UnusableWorld(f"the world {shown} is no regular file; give the JSON file.")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise UnusableWorld(f"the world file {shown} has {size:,} bytes; it may have {MOST_BYTES:,}.")
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        hint = nearest(path.name, _files_beside(path)) or "Write it, or make it with seam-sandbox capture."
        raise UnknownWorld(f"there is no world file {shown} (looked for {str(path.absolute())!r}). {hint}") from None
    except UnicodeDecodeError as error:
        raise UnusableWorld(f"the world file {shown} is no text in UTF-8: {error.reason} at {error.start}.") from None
    except (OSError, ValueError) as error:
        if isinstance(error, SandboxError):
            raise
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise UnknownWorld(f"the world file {shown} cannot be read: {reason}.") from None


def _files_beside(path: Path) -> list[str]:
    try:
        return [other.name for other in path.absolute().parent.glob("*.json")]
    except OSError:
        return []


def _json(text: str) -> Any:
    try:
        values = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        raise UnusableWorld("", [Fault((), "it is nested too deeply")]) from None
    except ValueError as error:
        raise UnusableWorld("", [Fault((), f"it is no JSON: {error}")]) from None
    fault = why_no_json(values, "it")
    if fault:
        raise UnusableWorld("", [Fault((), fault)])
    return values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has the name {twice!r} twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _check_version(values: Any) -> None:
    if not isinstance(values, dict):
        raise UnusableWorld("", [Fault((), f"it is {quoted(values, _SHOWN)}; a world is an object")])
    if "version" not in values:
        raise UnusableWorld("", [Fault(("version",), f'it is missing; add "version": {VERSION}')])
    version = values["version"]
    if type(version) is not int or version != VERSION:
        raise UnusableWorld(
            "",
            [
                Fault(
                    ("version",),
                    f"it is {quoted(version, _SHOWN)}; this release of pytest-seam-sandbox reads version {VERSION}. "
                    "Capture the workspace again, or install the release that made the file",
                )
            ],
        )


def faults_of(error: ValidationError) -> list[Fault]:
    """What pydantic found wrong with a world, in our words."""
    return [_fault(detail) for detail in error.errors(include_url=False)]


def _fault(detail: ErrorDetails) -> Fault:
    """One complaint of pydantic in our words."""
    place = tuple(part for part in detail["loc"] if part != "[key]")
    kind, found = detail["type"], quoted(detail["input"], _SHOWN)
    if kind == "missing":
        return Fault(place, "it is missing")
    if kind == "extra_forbidden":
        hint = nearest(str(place[-1]), sorted(part_at(place[:-1]).model_fields))
        return Fault(place, f"there is no such field here. {hint}".rstrip())
    context = detail.get("ctx", {})
    said = context.get("text") or "; ".join(context.get("texts", ())) or detail["msg"]
    return Fault(place, f"{said[0].lower()}{said[1:]}", found)
