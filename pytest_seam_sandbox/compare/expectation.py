"""Differences that are kept in a file, so that later comparisons show only what is new, and what has gone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ..engine.errors import SandboxError, is_for_the_test, shortened
from ..engine.whole_files import check_target, write_whole
from .comparison import Comparison
from .differences import Difference, Kind, ordered

__tracebackhide__ = is_for_the_test

VERSION = 1


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Kind
    about: str
    place: str
    embedded: str
    other: str
    scenarios: list[str]
    reason: str = ""


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    version: int
    differences: list[_Entry]


@dataclass(frozen=True)
class Expectation:
    """The differences that are expected. reasons: why, by the key of each; "" where nobody wrote it."""

    differences: tuple[Difference, ...] = ()
    reasons: tuple[tuple[tuple[str, ...], str], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What came out against an expectation: differences that are new, that were expected, and that have gone.

    What a scenario would show that was not run this time has not gone.
    """

    news: tuple[Difference, ...]
    expected: tuple[Difference, ...]
    gone: tuple[Difference, ...]


def judge(comparison: Comparison, expectation: Expectation) -> Verdict:
    """Hold what a comparison has found against an expectation."""
    expected = {one.key for one in expectation.differences}
    return Verdict(
        tuple(one for one in comparison.differences if one.key not in expected),
        tuple(one for one in comparison.differences if one.key in expected),
        tuple(one for one in expectation.differences if _has_gone(one, comparison)),
    )


def _has_gone(one: Difference, comparison: Comparison) -> bool:
    """Whether a difference would have been found if it were still there. What shows when differs from run to run."""
    found = {each.key for each in comparison.differences}
    stopped = {each.about for each in comparison.differences if each.kind == "not run" and not each.place}
    return (
        one.key not in found
        and one.kind != "timing"
        and not (set(comparison.scenarios) - stopped).isdisjoint(one.scenarios)
    )


def read(path: Path) -> Expectation:
    """The expectation of a file. Raises SandboxError, with the place, for a file that is none."""
    try:
        content = _Content.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SandboxError(
            f"the expectation {path} cannot be read: {error.strerror}. Make it with --write-expectation."
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise SandboxError(
            f"the expectation {path} is none: {place}: {shortened(first['msg'], 200)}. Make it anew with "
            "--write-expectation."
        ) from None
    if content.version != VERSION:
        raise SandboxError(
            f"the expectation {path} is of version {content.version}, and this release reads {VERSION}. Make it anew "
            "with --write-expectation."
        )
    pairs = [(_difference(entry), entry.reason) for entry in content.differences]
    return Expectation(tuple(one for one, _ in pairs), tuple((one.key, reason) for one, reason in pairs))


def at(path: Path, otherwise: Expectation) -> Expectation:
    """What a file keeps that is to be written again; without it, the other one. Raises SandboxError.

    Also for a file that cannot be written.
    """
    check_target(path, overwrite=True)
    return read(path) if path.exists() else otherwise


def write(path: Path, comparison: Comparison, old: Expectation) -> None:
    """Keep what a comparison has found in a file, a line for each difference. Raises SandboxError.

    Of the old ones, the reasons stay, and those that this comparison could not find.
    """
    old = at(path, old)
    reasons = dict(old.reasons)
    found = {one.key for one in comparison.differences}
    stay = [one for one in old.differences if one.key not in found and not _has_gone(one, comparison)]
    kept = ordered([*comparison.differences, *stay])
    lines = [json.dumps(as_json(one) | {"reason": reasons.get(one.key, "")}) for one in kept]
    text = f'{{"version": {VERSION}, "differences": [\n' + ",\n".join(lines) + "\n]}\n"
    write_whole(path, text, overwrite=True, private=False)


def as_json(one: Difference) -> dict[str, Any]:
    """A difference as JSON."""
    return {
        "kind": one.kind,
        "about": one.about,
        "place": one.place,
        "embedded": one.embedded,
        "other": one.other,
        "scenarios": list(one.scenarios),
    }


def _difference(entry: _Entry) -> Difference:
    return Difference(entry.kind, entry.about, entry.place, entry.embedded, entry.other, tuple(entry.scenarios))
