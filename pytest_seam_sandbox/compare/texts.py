"""A comparison as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from .comparison import Comparison
from .differences import KINDS, Difference
from .expectation import Verdict, as_json

_TITLES = MappingProxyType(
    {
        "not run": "not run",
        "path": "paths that only one side has",
        "status": "status and error type",
        "refused field": "fields that a refusal names",
        "field": "fields",
        "row": "rows of lists",
        "order": "order",
        "event": "events",
        "timing": "timing",
        "form": "forms of ids and times",
    }
)


def as_text(name: str, comparison: Comparison, verdict: Verdict) -> str:
    """For people. name: of the other side."""
    return "\n".join(_lines(name, comparison, verdict))


def as_json_text(name: str, comparison: Comparison, verdict: Verdict) -> str:
    """For programs."""
    content = {
        "other": name,
        "scenarios": list(comparison.scenarios),
        "news": [as_json(one) for one in verdict.news],
        "expected": [as_json(one) for one in verdict.expected],
        "gone": [as_json(one) for one in verdict.gone],
        "left": list(comparison.left),
    }
    return json.dumps(content, indent=1)


def _lines(name: str, comparison: Comparison, verdict: Verdict) -> Iterator[str]:
    counts = f"{len(verdict.news)} new, {len(verdict.expected)} expected, {len(verdict.gone)} gone"
    yield f"embedded and {name}: {len(comparison.scenarios)} scenarios; differences: {counts}"
    yield from _told("new", verdict.news)
    yield from _told("gone", verdict.gone)
    for each in comparison.left:
        yield f"could not be taken back: {each}"


def _told(word: str, differences: Sequence[Difference]) -> Iterator[str]:
    """The differences by kind, and those of one resource or step together."""
    for kind in KINDS:
        rows = [one for one in differences if one.kind == kind]
        if rows:
            yield f"\n{word}: {_TITLES[kind]} ({len(rows)})"
        about = ""
        for one in rows:
            if one.place and one.about != about:
                yield f"  {one.about}"
            about = one.about
            what = f"  {one.place}" if one.place else one.about
            yield f"  {what}: embedded {one.embedded}, other {one.other}"
