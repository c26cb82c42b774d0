"""The colours of a timeline, for a terminal that has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any

_LINE = re.compile(r"(?P<time>(?:\S+T)?\d\d:\d\d:\d\d\.\d{3}) (?P<mark>.) (?P<kind>\S+) ")
_COLOURS = MappingProxyType(
    {"event": "cyan", "webhook": "cyan", "outage": "purple", "fault": "yellow", "clock": "blue", "step": "bold"}
)


def in_colours(reports: Iterable[Any], section: str, markup: Callable[..., str]) -> Callable[[], None]:
    """Colour the sections of this name of reports; what is returned takes the colours away again.

    markup: pytest's own, which takes a text and the names of colours.
    """
    plain = [(report, report.sections) for report in reports if any(name == section for name, _ in report.sections)]
    for report, sections in plain:
        report.sections = [
            (name, "\n".join(_coloured(line, markup) for line in text.split("\n")) if name == section else text)
            for name, text in sections
        ]

    def back() -> None:
        for report, sections in plain:
            report.sections = sections

    return back


def _coloured(line: str, markup: Callable[..., str]) -> str:
    found = _LINE.match(line)
    if found is None:
        return markup(line, light=True)
    if found["mark"] == ">":
        return markup(line, red=True, bold=True)
    colour = "red" if found["mark"] == "!" else _COLOURS.get(found["kind"])
    head, rest = line[: found.end("time")], line[found.end("time") :]
    return markup(head, light=True) + (markup(rest, **{colour: True}) if colour else rest)
