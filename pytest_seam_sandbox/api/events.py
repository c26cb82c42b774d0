"""Reading the event log: /events/get and /events/list, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from math import inf
from sys import maxsize
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from annotated_types import Ge, MaxLen, MinLen
from pydantic import BeforeValidator

from ..catalog.known import accepted_event_types
from ..engine.auth import Caller
from ..engine.clock import parse_time, seconds_of
from ..engine.events import EventRow
from ..engine.params import Complaint, at_least_one
from ..engine.query import QueryType
from ..engine.router import Router
from ..engine.store import Row
from ..engine.types import Date, Limit, Text, Uuid, integer, one_of
from ..engine.workspace import Workspace
from ._shared import (
    API_KEY,
    CLIENT_SESSION,
    EVERYONE_READ,
    PAT,
    Resource,
    first,
    not_found,
)
from .user_identities.model import ids_of

if TYPE_CHECKING:
    from ..catalog.literals import EventType as AnEventType
    from .seam_fields import SeamEvent
else:
    SeamEvent, AnEventType = Resource, str

router = Router("/events")

EventType = Annotated[str, one_of(*accepted_event_types()), QueryType("string")]
HundredUuids = Annotated[list[Uuid], MaxLen(100)]


Offset = Annotated[int, BeforeValidator(integer), Ge(0), QueryType("number")]
_ONE = (
    "access_code_id",
    "access_grant_id",
    "access_method_id",
    "acs_access_group_id",
    "acs_credential_id",
    "acs_encoder_id",
    "acs_entrance_id",
    "acs_system_id",
    "acs_user_id",
    "connect_webview_id",
    "connected_account_id",
    "customer_key",
    "device_id",
    "event_type",
    "space_id",
    "user_identity_id",
)
_SEVERAL = MappingProxyType(
    {
        "access_code_ids": "access_code_id",
        "access_grant_ids": "access_grant_id",
        "access_method_ids": "access_method_id",
        "acs_system_ids": "acs_system_id",
        "device_ids": "device_id",
        "event_ids": "event_id",
        "event_types": "event_type",
        "space_ids": "space_id",
    }
)


Between = Annotated[list[Date], MinLen(2), MaxLen(2)]


class Event(SeamEvent):
    """An event as /events/get shows it. What its type does not carry is None: `event.device_id`, for one.

    occurred_at: when it happened. created_at: when Seam logged it, which is later with `event_latency`.
    """

    free_keys: ClassVar[frozenset[str]] = Resource.free_keys | {"minut_metadata", "noiseaware_metadata"}
    event_id: str
    event_type: AnEventType
    workspace_id: str
    created_at: str
    occurred_at: str
    event_description: str | None = None
    device_id: str | None = None
    connected_account_id: str | None = None
    action_attempt_id: str | None = None
    error_code: str | None = None


def _visible(workspace: Workspace, caller: Caller, event: EventRow) -> bool:
    """A client session sees the events of its accounts and of its user identities."""
    if caller.session is None:
        return True
    account_id, owner = event.value("connected_account_id"), event.value("user_identity_id")
    return account_id in caller.session.connected_account_ids or owner in caller.session.user_identity_ids


@router.get(
    "get",
    key="event",
    allow=first(CLIENT_SESSION, API_KEY, PAT, of=EVERYONE_READ),
    source="assumed",
    checks=[
        at_least_one(
            "event_id", "event_type", "device_id", text="An argument for event_id, event_type, or device_id is required"
        )
    ],
)
def get(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid | None = None,
    event_id: Uuid | None = None,
    event_type: Text | None = None,
) -> Row:
    """The newest event that fits all that is given; 404 `event_not_found`."""
    for event in workspace.events.newest_first(
        seen_at=workspace.clock.timestamp(),
        event_type=event_type,
        device_id=device_id,
        event_ids=None if event_id is None else (event_id,),
    ):
        if (
            event_type in (None, event.event_type)
            and device_id in (None, event.value("device_id"))
            and _visible(workspace, caller, event)
        ):
            return event
    raise not_found("event_not_found", "Event not found")


def _in_order(values: Mapping[str, Any]) -> Complaint | None:
    """Two times, the earlier one first; said beside what else is wrong with them (official fake)."""
    between = values.get("between")
    times = [parse_time(time) for time in between or ()]
    if between is None or (len(times) > 1 and times[0] and times[1] and times[0] < times[1]):
        return None
    return Complaint(("between",), "second value must be greater than first value")


def _needs_a_time(values: Mapping[str, Any]) -> Complaint | None:
    """Since or between; ids of events stand for themselves (assumed). Both at once are refused (official fake)."""
    since, between = values.get("since"), values.get("between")
    if since is not None and between is not None:
        return Complaint((), "Cannot specify both since and between")
    if since is None and between is None and values.get("event_ids") is None:
        return Complaint((), "Must specify either since or between")
    return None


@router.get(
    "list",
    key="events",
    allow=first(CLIENT_SESSION, API_KEY, PAT, of=EVERYONE_READ),
    source="spec",
    checks=[_in_order, _needs_a_time],
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    access_code_id: Uuid | None = None,
    access_code_ids: list[Uuid] | None = None,
    access_grant_id: Uuid | None = None,
    access_grant_ids: HundredUuids | None = None,
    access_method_id: Uuid | None = None,
    access_method_ids: HundredUuids | None = None,
    acs_access_group_id: Uuid | None = None,
    acs_credential_id: Uuid | None = None,
    acs_encoder_id: Uuid | None = None,
    acs_entrance_id: Uuid | None = None,
    acs_system_id: Uuid | None = None,
    acs_system_ids: list[Uuid] | None = None,
    acs_user_id: Uuid | None = None,
    between: Between | None = None,
    connect_webview_id: Uuid | None = None,
    connected_account_id: Uuid | None = None,
    customer_key: Text | None = None,
    device_id: Uuid | None = None,
    device_ids: list[Uuid] | None = None,
    event_ids: list[Uuid] | None = None,
    event_type: EventType | None = None,
    event_types: list[EventType] | None = None,
    limit: Limit = 500,
    since: Date | None = None,
    space_id: Uuid | None = None,
    space_ids: HundredUuids | None = None,
    unstable_offset: Offset = 0,
    user_identity_id: Uuid | None = None,
) -> list[EventRow]:
    """Events that were created after `since`, or strictly between two times, newest first; no pages.

    The times are those of `created_at` (spec), so that a poller that asks since its last poll misses no late event.

    All filters that are given have to match; an event that lacks the field of a filter does not match (assumed).
    """
    wanted, several = _wanted(locals())
    if user_identity_id is not None:
        wanted["user_identity_id"] = ids_of(workspace, user_identity_id)
    after, before = (between[0], between[1]) if between else (since, None)
    found = (
        event
        for event in workspace.events.newest_first(
            after=_seconds(after, -inf),
            before=_seconds(before, inf),
            seen_at=workspace.clock.timestamp(),
            event_type=event_type,
            device_id=device_id,
            event_ids=event_ids,
        )
        if _carries(event, wanted) and _carries(event, several) and _visible(workspace, caller, event)
    )
    return list(islice(found, min(unstable_offset, maxsize), min(unstable_offset + limit, maxsize)))


def _wanted(asked: Mapping[str, Any]) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """For each field that a request asks for, the values that it may have: by one parameter, and by a list."""
    one = {field: frozenset({asked[field]}) for field in _ONE if asked[field] is not None}
    return one, {field: frozenset(asked[name]) for name, field in _SEVERAL.items() if asked[name] is not None}


def _seconds(time: str | None, otherwise: float) -> float:
    parsed = None if time is None else parse_time(time)
    return otherwise if parsed is None else seconds_of(parsed)


def _carries(event: EventRow, wanted: Mapping[str, frozenset[str]]) -> bool:
    """Whether each field has one of the wanted values; a list of ids (`access_grant_ids`) has to hold one."""
    return all(
        event.value(field) in values or not values.isdisjoint(event.listed(f"{field}s"))
        for field, values in wanted.items()
    )
