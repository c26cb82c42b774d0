"""Hypothesis strategies for events, made from the event types that the families declare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import combinations, count
from types import MappingProxyType, NoneType
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from ..api import all_events
from ..api._shared import Meta
from ..api.devices.model import LOW_CHARGE, battery_status
from ..api.events import Event
from ..catalog.known import codes
from ..catalog.literals import EventType
from ..engine.clock import format_time
from ..engine.errors import SandboxError, is_for_the_test
from ..engine.events import EventFields, description_of
from ..expectations.possible import check_event_type
from ..sandbox import Sandbox
from ..watch import unnoticed
from .resources import LAST_ID, METADATA, TIME, uuid
from .template import as_names

__tracebackhide__ = is_for_the_test

Payload = dict[str, Any]
_FIRST = "device.connected"
_START = datetime(2025, 1, 1, tzinfo=UTC)
_HOUR_OF_MILLISECONDS = 60 * 60 * 1000
_YEAR_OF_MILLISECONDS = 365 * 24 * _HOUR_OF_MILLISECONDS


def events(event_types: Iterable[EventType] | None = None) -> st.SearchStrategy[Event]:
    """An event as `sandbox.events` has it; shrinks to the first type with the least that it carries.

    event_types: all that are emulated by default, `device.connected` first.
    """
    return _events(event_payloads(event_types))


def event_payloads(event_types: Iterable[EventType] | None = None) -> st.SearchStrategy[Payload]:
    """An event as /events/get and webhooks show it, a JSON object; shrinks as `events` does."""
    kinds = all_events()
    if event_types is None:
        chosen: Sequence[str] = (_FIRST, *sorted(kinds.keys() - {_FIRST}))
    else:
        chosen = _checked(event_types, kinds)
    fields = cache(lambda event_type: _fields(kinds[event_type]))
    optional = max(list(kinds[name].declared.values()).count(False) for name in chosen)
    return _payloads(
        st.sampled_from(chosen), st.integers(0, 2**optional - 1), fields, unnoticed(Sandbox()).workspace_id
    )


def _checked(event_types: Iterable[str], kinds: Mapping[str, object]) -> Sequence[str]:
    found = as_names(event_types)
    if not found:
        raise SandboxError("no event type is given; give some, such as 'device.connected', or None for all.")
    for event_type in found:
        check_event_type(event_type)
        if event_type not in kinds:
            raise SandboxError(
                f"Seam has events {event_type!r}, but they are not emulated, so it is not known here what they carry. "
                f"Emulated: {', '.join(sorted(kinds))}."
            )
    return found


class _Content(NamedTuple):
    """What is drawn for a field, and how that is written. values: None where that is clear from the event."""

    values: st.SearchStrategy[Any] | None
    write: Callable[[Any], Any]


class _Field(NamedTuple):
    """One field of an event. name: on the wire. bit: its number among the fields that may be left out, if it is one."""

    name: str
    content: _Content
    bit: int | None


@st.composite
def _events(draw: st.DrawFn, payloads: st.SearchStrategy[Payload]) -> Event:
    return Event.model_validate(draw(payloads))


@st.composite
def _payloads(
    draw: st.DrawFn,
    types: st.SearchStrategy[str],
    masks: st.SearchStrategy[int],
    fields: Callable[[str], Sequence[_Field]],
    workspace_id: str,
) -> Payload:
    """The same number of choices for each type of event that has nothing but ids, so that the first is the simplest.

    masks: which of the fields that may be left out are there, one bit for each.
    """
    event_type, event_id = draw(types), uuid("event_id", draw(_NUMBERS))
    occurred_at, carried, about = draw(_MILLISECONDS), draw(masks), draw(_NUMBERS)
    payload = {
        "event_id": event_id,
        "event_type": event_type,
        "workspace_id": workspace_id,
        "created_at": _time(occurred_at + draw(_DELAYS)),
        "occurred_at": _time(occurred_at),
        "event_description": description_of(event_type),
    }
    for field in fields(event_type):
        if field.bit is None or carried >> field.bit & 1:
            values, write = field.content
            payload[field.name] = write(about if values is None else draw(values))
    return _explained(payload)


def _explained(payload: Payload) -> Payload:
    """The payload, with the error that it names in the list in which Seam has it, and Seam's word for its charge."""
    cause = payload.get("error_code") or _CAUSES.get(payload["event_type"])
    if cause is not None:
        errors = payload["connected_account_errors" if cause == "account_disconnected" else "device_errors"]
        if all(error["error_code"] != cause for error in errors):
            errors.insert(0, _issue("error_code", cause))
    if "battery_status" in payload:
        payload["battery_status"] = battery_status(payload["battery_level"])
    return payload


# what each field carries


def _fields(kind: type[EventFields]) -> list[_Field]:
    """The fields of a type of event beyond those that all events have."""
    hints, bits = get_type_hints(kind), count()
    return [
        _Field(
            kind.wire_names.get(name, name),
            _content(kind.event_type, name, hints[name], needed),
            None if needed else next(bits),
        )
        for name, needed in kind.declared.items()
    ]


def _content(event_type: str, name: str, hint: Any, needed: bool) -> _Content:
    """What a field carries. One that may be left out is never null."""
    if NoneType in get_args(hint):
        (bare,) = set(get_args(hint)) - {NoneType}
        content = _content(event_type, name, bare, needed)
        return _or_null(content) if needed else content
    if name.endswith("_id"):
        return _Content(None, partial(uuid, name))
    if name.endswith("_ids"):
        return _Content(_IDS, lambda numbers: [uuid(name.removesuffix("s"), number) for number in numbers])
    if name.endswith(("_errors", "_warnings")):
        return _issues(name)
    found = _by_event(event_type).get(name) or _BY_NAME.get(name)
    if found is None and get_origin(hint) is Literal:
        return _Content(st.sampled_from(get_args(hint)), _as_it_is)
    return found or _BY_TYPE[hint]


def _or_null(content: _Content) -> _Content:
    values, write = content
    return _Content(None if values is None else st.none() | values, lambda one: None if one is None else write(one))


def _issues(name: str) -> _Content:
    """Up to two errors or warnings of a resource, as `device_errors` lists them."""
    resource, _, listed_as = name.rpartition("_")
    code, there_are = f"{listed_as.removesuffix('s')}_code", codes()[resource][listed_as]
    some = st.sampled_from([(), *((one,) for one in there_are), *combinations(there_are, 2)])
    return _Content(some, lambda found: [_issue(code, one) for one in found])


def _by_event(event_type: str) -> Mapping[str, _Content]:
    """The fields that say what the type of the event says."""
    _, _, what = event_type.partition(".")
    action, _, ending = what.partition(".")
    change = _CHANGES.get(what, _TEXT)
    return {
        "battery_level": _Content(st.floats(0, LOW_CHARGE if what == "low_battery" else 1), _as_it_is),
        "before": change,
        "after": change,
        "action_type": _Content(None, lambda _: action.upper()),
        "status": _Content(None, lambda _: "success" if ending == "succeeded" else "error"),
    }


def _as_it_is(drawn: Any) -> Any:
    return drawn


def _time(milliseconds: int) -> str:
    return format_time(_START + timedelta(milliseconds=milliseconds))


def _issue(code: str, value: str) -> dict[str, str]:
    return {code: value, "message": f"{value.replace('_', ' ').capitalize()}.", "created_at": TIME}


def _time_frame(drawn: tuple[int, int]) -> dict[str, str]:
    starts_at, length = drawn
    return {"starts_at": _time(starts_at), "ends_at": _time(starts_at + length)}


_NUMBERS = st.integers(0, LAST_ID)
_IDS = st.lists(_NUMBERS, max_size=3, unique=True)
_MILLISECONDS = st.integers(0, _YEAR_OF_MILLISECONDS)
_LENGTHS = st.integers(1, _YEAR_OF_MILLISECONDS)
_DELAYS = st.integers(0, _HOUR_OF_MILLISECONDS)
_LETTERS = st.characters(exclude_categories=("Cs", "Cc"))
_TEXT = _Content(st.text(_LETTERS, min_size=1, max_size=40), _as_it_is)
_PINS = st.integers(0, 10**8 - 1)
_PIN = _Content(_PINS, "{:04}".format)
_CAUSES = MappingProxyType(
    {
        "connected_account.disconnected": "account_disconnected",
        "device.error.subscription_required": "subscription_required",
    }
)
_CHANGES: Mapping[str, _Content] = MappingProxyType(
    {
        "name_changed": _Content(_TEXT.values, lambda name: {"name": name}),
        "code_changed": _Content(_PINS, lambda number: {"code": f"{number:04}"}),
        "time_frame_changed": _Content(st.tuples(_MILLISECONDS, _LENGTHS), _time_frame),
    }
)
_BY_NAME: Mapping[str, _Content] = MappingProxyType(
    {
        "code": _PIN,
        "changed_properties": _Content(
            _PINS, lambda number: [{"property": "code", "from": None, "to": f"{number:04}"}]
        ),
        "requested_mutations": _Content(
            _PINS,
            lambda number: [{"mutation_code": "updating_code", "from": {"code": None}, "to": {"code": f"{number:04}"}}],
        ),
        "reason": _Content(
            st.sampled_from(("unknown_code", "expired_code", "too_many_attempts", "blocked_by_privacy_mode")),
            lambda code: {"reason_code": code, "message": f"{code.replace('_', ' ').capitalize()}."},
        ),
    }
)
_BY_TYPE: Mapping[Any, _Content] = MappingProxyType(
    {
        str: _TEXT,
        bool: _Content(st.booleans(), _as_it_is),
        list[str]: _Content(st.lists(st.text(_LETTERS, min_size=1, max_size=40), max_size=2), _as_it_is),
        float: _Content(st.floats(0, 120), _as_it_is),
        Meta: _Content(st.sampled_from(({}, *METADATA)), dict),
    }
)
