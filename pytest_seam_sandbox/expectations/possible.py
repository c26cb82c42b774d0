"""What an expectation can name at all: a field or code that Seam does not have is a mistake in the test.

Without these checks, an expectation that something is not there would be met for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import is_dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from ..api._shared import plain
from ..backends.event_list import EventList
from ..catalog.known import codes, common_event_fields, event_fields, event_types, never_null_event_fields
from ..engine.clock import format_time, parse_time
from ..engine.errors import SandboxError, is_for_the_test, shortened
from ..engine.json_values import why_no_json
from ..engine.types import type_name
from ..report.texts import nearest

__tracebackhide__ = is_for_the_test

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_JSON = (Mapping, str, bool, int, float, list, tuple)
_TYPES: Mapping[str, str] = MappingProxyType({"uuid": "string", "time": "string"})
"""The JSON types of fields that are more than a type."""

HintAt = Callable[[str], str]
"""What to say of a text that is no id: the ids of what it is the name of."""


def check_event_type(event_type: str) -> None:
    """Raise SandboxError when Seam has no such event type."""
    known = event_types()
    if not isinstance(event_type, str) or event_type not in known:
        hint = nearest(str(event_type), known) or "See the event types in Seam's documentation."
        raise SandboxError(f"Seam has no event type {shortened(repr(event_type))}. {hint}")


def check_fields(
    event_type: str,
    fields: Mapping[str, Any],
    events: EventList,
    *,
    added: Collection[str] | None,
    strict_ids: bool,
    hint_at: HintAt,
) -> None:
    """Raise SandboxError for a field that events of this type do not have, and for a value that it cannot have.

    A field or a value that one of the events has is right, whatever Seam's documents say. None is right for a field
    that an event may lack. Values that are no JSON are matchers, and are left alone.
    added: the names of the fields of an event that is none of Seam's; they can have any value.
    """
    known = event_fields(event_type) if added is None else {**dict.fromkeys(added), **common_event_fields()}
    for name, value in fields.items():
        wrong = _unknown(event_type, name, known) or _impossible(name, value, known, strict_ids, hint_at)
        if value is None and added is None and name in never_null_event_fields(event_type):
            wrong = f"every {event_type!r} has a value for {name}; got None. Leave it out to take any."
        if wrong and not _is_carried(event_type, name, value, known, events):
            raise SandboxError(wrong)


def check_emitted(event_type: str, fields: Mapping[str, Any], *, strict_ids: bool, hint_at: HintAt) -> None:
    """Raise SandboxError for an event that a test cannot log: no type, field or value of Seam's."""
    check_event_type(event_type)
    known = event_fields(event_type)
    for name, value in fields.items():
        wrong = _unknown(event_type, name, known) or _impossible(name, value, known, strict_ids, hint_at)
        if wrong or value is None or why_no_json(value):
            raise SandboxError(wrong or f"{name} is {shortened(repr(value))}, which is no value of an event in JSON.")


def _unknown(event_type: str, name: str, known: Mapping[str, Any]) -> str:
    if name in known:
        return ""
    hint = nearest(name, tuple(known)) or f"It has {', '.join(known)}."
    return f"the event {event_type!r} has no field {shortened(repr(name))}. {hint}"


def _is_carried(event_type: str, name: str, value: Any, known: Collection[str], events: EventList) -> bool:
    rows = events.newest_first(event_type)
    if name in known:
        return any(plain(row.shown(name)) == value for row in rows)
    return any(name in row.payload for row in rows)


def _impossible(name: str, value: Any, known: Mapping[str, Any], strict_ids: bool, hint_at: HintAt) -> str:
    """Why a field cannot have this value; empty when it can."""
    kind = known.get(name)
    got = f"got {shortened(repr(value))}"
    if kind is None or value is None:
        return ""
    if isinstance(value, BaseModel | UUID) or (is_dataclass(value) and not isinstance(value, type)):
        return f"{name} is a value of type {_type_of(kind)}; {got}. Give the value itself, such as device.device_id."
    if isinstance(value, datetime):
        return f"{name} is a text as Seam writes times; {got}. Give {_as_seam_writes(value)}."
    if isinstance(value, _JSON) and (isinstance(value, tuple) or type_name(value) != _type_of(kind)):
        found = "a tuple" if isinstance(value, tuple) else type_name(value)
        return f"{name} is a value of type {_type_of(kind)}; {got}, which is {found}."
    return _impossible_text(name, value, kind, strict_ids, hint_at) if isinstance(value, str) else ""


def _impossible_text(name: str, text: str, kind: str | Collection[str], strict_ids: bool, hint_at: HintAt) -> str:
    got = f"got {shortened(repr(text))}"
    if kind == "uuid" and strict_ids and not _UUID.fullmatch(text):
        return f"{name} is an id, a UUID in lower case; {got}. {hint_at(text)}".rstrip()
    time = parse_time(text) if kind == "time" else None
    if kind == "time" and (time is None or format_time(time) != text):
        example = "'2026-01-31T12:00:00.000Z'" if time is None else repr(format_time(time))
        return f"{name} is a time as Seam writes it, such as {example}; {got}."
    if not isinstance(kind, str) and text not in kind:
        return f"{name} is one of {', '.join(map(repr, kind))}; {got}. {nearest(text, tuple(kind))}".rstrip()
    return ""


def _type_of(kind: str | Collection[str]) -> str:
    return _TYPES.get(kind, kind) if isinstance(kind, str) else "string"


def _as_seam_writes(time: datetime) -> str:
    return repr(format_time(time)) if time.tzinfo else "an aware time in that form"


def check_device_code(code: str, *, others: Collection[str | None]) -> None:
    """Raise SandboxError for no error code of a device. others: codes that this sandbox has or had all the same."""
    known = codes()["device"]
    if code in known["errors"] or code in others:
        return
    found = f"a device of Seam has no error {shortened(repr(code))}"
    if code in known["warnings"]:
        raise SandboxError(f"{found}: that is a warning. Look at the device: sandbox.get_device(device).warnings.")
    hint = nearest(str(code), known["errors"]) or f"It has {', '.join(known['errors'])}."
    raise SandboxError(f"{found}, and nobody has set it in this sandbox. {hint}")
