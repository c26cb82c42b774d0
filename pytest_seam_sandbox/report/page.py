"""The report page: one file of HTML with everything in it. It asks the network for nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

_FILES = Path(__file__).with_name("page")
_SCRIPTS = ("chart.js", "parts.js", "page.js")
_ESCAPES = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"))


def as_json(value: Any) -> str:
    """A value as JSON that may stand in a page, whatever the names in it are."""
    text = json.dumps(value, separators=(",", ":"))
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text


def page_of(tests: Iterable[str], made: str, coverage: Sequence[Any] = ()) -> str:
    """The page. tests: each as `as_json` gives it. made: a line about the run, at the end of the page.

    coverage: for each kind what was tried and what never was.
    """
    script = "\n".join(_read(name) for name in _SCRIPTS)
    before, rest = _read("page.html").split("@css@")
    between, rest = rest.split("@data@")
    after, end = rest.split("@script@")
    data = f'{{"made":{as_json(made)},"coverage":{as_json(list(coverage))},"tests":[{",".join(tests)}]}}'
    return "".join([before, _read("page.css"), between, data, after, script, end])


def _read(name: str) -> str:
    return (_FILES / name).read_text("utf-8")
