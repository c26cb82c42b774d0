"""What of an answer can be compared between two workspaces: the form of each value, and what it is equal to.

Ids, times, numbers and texts differ from workspace to workspace and may be personal, so a shape has their kind only. An
id that a scenario knows is shown as its name, and a value that the scenario has given as the name of the parameter.
Words of Seam's own, such as types and states, and booleans are shown as they are. The leases of live sandboxes, which
stand in the metadata of devices, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..backends.live.lease_records import KEY as LEASE

Shape = str | dict[str, Any] | list[Any]

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")
_MILLISECONDS = re.compile(r".*:\d\d\.\d{3}Z")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,80}")
_WORD_KEYS = frozenset(
    {
        "accepted_capabilities",
        "status",
        "type",
        "method",
        "provider",
        "access_method",
        "error_code",
        "warning_code",
        "login_successful",
    }
)
_WORD_ENDS = ("_type", "_setting", "_mode", "_status", "_category", "_types", "_modes", "_settings", "_supported")
_WORDS_FOR_PEOPLE = ("display_",)  # whose wording may change at any time
_SHORTEST = 3  # a shorter text is equal to others by chance


@dataclass
class Known:
    """What a scenario knows of values: the names of the kept ones, and of those that it has given.

    forms: how ids and times are written, by the names of their fields.
    """

    kept: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    forms: dict[str, set[str]] = field(default_factory=dict)

    def learn(self, params: Mapping[str, Any]) -> None:
        """Remember the values of a request by their parameters."""
        for name, value in params.items():
            for each in value if isinstance(value, list) else (value,):
                if isinstance(each, Mapping):
                    self.learn(each)
                elif isinstance(each, str) and len(each) >= _SHORTEST:
                    self.given.setdefault(_instant(each) or each, f"={name}")

    def shape(self, value: Any, key: str = "") -> Shape:
        """The shape of a value; key: the name of its field."""
        if isinstance(value, Mapping):
            names = sorted(name for name in value if not name.startswith(LEASE))
            return {name: self.shape(value[name], name) for name in names}
        if isinstance(value, list):
            return [self.shape(each, key) for each in value]
        if value is None:
            return "null"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int | float):
            return "number"
        return self._of_text(value, key)

    def _of_text(self, text: str, key: str) -> str:
        if text in self.kept:
            self._note_form(text, key)
            return self.kept[text]
        if _is_word_key(key) and _WORD.fullmatch(text):
            return repr(text)
        if key.endswith(("_id", "_ids")):
            self._note_form(text, key)
            return "id"
        instant = _instant(text)
        if instant is not None:
            form = "milliseconds and Z" if _MILLISECONDS.fullmatch(text) else "another form"
            self.forms.setdefault(key, set()).add(form)
        return self.given.get(instant or text) or ("time" if instant else "text")

    def _note_form(self, text: str, key: str) -> None:
        self.forms.setdefault(key, set()).add("UUID" if _UUID.fullmatch(text) else "another form")


def _is_word_key(key: str) -> bool:
    return (key in _WORD_KEYS or key.endswith(_WORD_ENDS)) and not key.startswith(_WORDS_FOR_PEOPLE)


def _instant(text: str) -> str | None:
    """A time in one form, so that two ways to write it are equal; None for what is no time."""
    if _TIME.fullmatch(text) is None:
        return None
    try:
        return str(datetime.fromisoformat(text).timestamp())
    except ValueError:
        return None
