"""What a world in a file must not say of spaces, access grants and webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from ..api.webhooks.model import ALL
from ..catalog.known import accepted_event_types, time_zones
from ..engine.errors import quoted
from ..report.texts import nearest
from .format import Grant, Request, Space, Webhook
from .references import Fault, Owners, Place, all_missing, is_below_itself, missing, period, taken

_DOORS = ("device_ids", "acs_entrance_ids", "space_ids")


def faults_of_spaces(spaces: Sequence[Space], owners: Owners) -> Iterator[Fault]:
    """What is wrong with spaces."""
    parents = {space.space_id: space.parent_space_id for space in spaces}
    yield from taken("spaces", "space_key", [space.space_key for space in spaces])
    for number, space in enumerate(spaces):
        place: Place = ("spaces", number)
        for name in ("device_id", "acs_entrance_id", "connected_account_id"):
            yield from all_missing(place, name, getattr(space, f"{name}s"), owners)
        yield from missing(place, "space_id", space.parent_space_id, owners, field="parent_space_id")
        if is_below_itself(space.space_id, parents):
            yield Fault((*place, "parent_space_id"), "the space is in itself, by way of the spaces that it is in")
        zone = None if space.customer_data is None else space.customer_data.time_zone
        if zone is not None and zone not in time_zones():
            hint = nearest(zone, time_zones()) or "Time zones look like 'America/Los_Angeles'"
            yield Fault((*place, "customer_data", "time_zone"), f"there is no time zone {quoted(zone)}. {hint}")


def faults_of_grants(grants: Sequence[Grant], owners: Owners) -> Iterator[Fault]:
    """What is wrong with access grants."""
    yield from taken("access_grants", "access_grant_key", [grant.access_grant_key for grant in grants])
    for number, grant in enumerate(grants):
        place: Place = ("access_grants", number)
        yield from missing(place, "user_identity_id", grant.user_identity_id, owners)
        for name in _DOORS:
            yield from all_missing(place, name.removesuffix("s"), getattr(grant, name), owners)
        yield from period(place, grant.starts_at, grant.ends_at)
        requests = grant.requested_access_methods
        told = [request.access_methods is not None for request in requests]
        if any(told) != all(told):
            text = "some have access_methods and some do not. Give them to all, or let Seam make them all"
            yield Fault((*place, "requested_access_methods"), text)
        if not all(told) and not any(getattr(grant, name) for name in _DOORS):
            yield Fault(place, f"there is no door to give access to. Give one of {', '.join(_DOORS)}")
        for index, request in enumerate(requests):
            yield from _of_request((*place, "requested_access_methods", index), request, owners)


def _of_request(place: Place, request: Request, owners: Owners) -> Iterator[Fault]:
    yield from _only_with(place, "code", request.code, request.mode, "code")
    count = request.instant_key_max_use_count
    yield from _only_with(place, "instant_key_max_use_count", count, request.mode, "mobile_key")
    for number, method in enumerate(request.access_methods or ()):
        here = (*place, "access_methods", number)
        yield from all_missing(here, "device_id", method.device_ids, owners)
        yield from all_missing(here, "acs_entrance_id", method.acs_entrance_ids, owners)
        yield from _only_with(here, "code", method.code, request.mode, "code")
        yield from _only_with(here, "device_ids", method.device_ids, request.mode, "code")
        for name in ("is_encoding_required", "is_assignment_required"):
            yield from _only_with(here, name, getattr(method, name), request.mode, "card")


def _only_with(place: Place, name: str, value: object, mode: str, wanted: str) -> Iterator[Fault]:
    if value and mode != wanted:
        yield Fault((*place, name), f"only the mode {wanted!r} has it; this one is {mode!r}. Leave it out")


def faults_of_webhooks(webhooks: Sequence[Webhook]) -> Iterator[Fault]:
    """What is wrong with webhooks."""
    for number, webhook in enumerate(webhooks):
        place: Place = ("webhooks", number)
        if not _is_url(webhook.url):
            yield Fault((*place, "url"), "it is no URL such as https://example.com/hooks")
        for index, name in enumerate(webhook.event_types if webhook.event_types != ALL else ()):
            if name not in accepted_event_types():
                hint = nearest(name, sorted(accepted_event_types())) or 'Event types look like "device.connected"'
                yield Fault((*place, "event_types", index), f"Seam has no event type {quoted(name)}. {hint}")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
