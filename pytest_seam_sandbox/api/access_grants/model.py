"""Access grants as rows and as clients see them, managed and unmanaged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._shared import Condition, Problem, Resource, given

Mode = Literal["code", "card", "mobile_key", "cloud_key"]
METHOD_NAMES: Mapping[str, str] = MappingProxyType(
    {"code": "PIN Code", "card": "Key Card", "mobile_key": "Mobile Key", "cloud_key": "Cloud Key"}
)
"""What people call each mode. Source: docs; the last: assumed."""
NOT_CREATED = "cannot_create_requested_access_methods"
UPDATING = "updating_access_times"
_ACTIVE = "Active"


class RequestedAccessMethod(Resource):
    """An entry of `requested_access_methods`."""

    mode: Mode
    display_name: str
    code: str | None = None
    instant_key_max_use_count: int | None = None
    created_access_method_ids: list[str]
    created_at: str


class AccessGrant(Resource):
    """An access grant as /access_grants/get shows it. Its devices and entrances: /access_grants/get_related."""

    access_grant_id: str
    workspace_id: str
    access_grant_key: str | None = None
    reservation_key: str | None = None
    user_identity_id: str | None = None
    name: str | None
    display_name: str
    space_ids: list[str]
    requested_access_methods: list[RequestedAccessMethod]
    access_method_ids: list[str]
    client_session_token: str | None = None
    instant_key_url: str | None = None
    starts_at: str
    ends_at: str | None
    display_status: str | None = None
    errors: list[Problem]
    warnings: list[Problem]
    pending_mutations: list[Resource]
    created_at: str


@dataclass(frozen=True, slots=True)
class PendingMutation:
    """A change that is under way. before, after: from what to what; about: further fields of the entry."""

    mutation_code: str
    created_at: str
    message: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    about: Mapping[str, Any] | None = None

    def view(self) -> dict[str, Any]:
        """The entry of `pending_mutations`."""
        return {
            "mutation_code": self.mutation_code,
            "created_at": self.created_at,
            "message": self.message,
            **(self.about or {}),
            **given(**{"from": self.before, "to": self.after}),
        }


def without_device(mutations: Iterable[PendingMutation], device_id: str) -> tuple[PendingMutation, ...]:
    """The same changes among the other devices; without those of which nothing is left."""
    kept = []
    for mutation in mutations:
        before, after = (_without(side, device_id) for side in (mutation.before, mutation.after))
        is_same = (before, after) == (mutation.before, mutation.after)
        if is_same or before != after:
            kept.append(mutation if is_same else replace(mutation, before=before, after=after))
    return tuple(kept)


def _without(side: Mapping[str, Any] | None, device_id: str) -> Mapping[str, Any] | None:
    if side is None or "device_ids" not in side:
        return side
    return {**side, "device_ids": [one for one in side["device_ids"] if one != device_id]}


@dataclass(frozen=True, slots=True)
class RequestedMethod:
    """What was asked for, and the ids of the access methods that were made for it.

    withdrawn_ids: the doors of methods that a client has deleted, which get no other one. is_withdrawn: all were.
    """

    mode: Mode
    created_at: str
    code: str | None = None
    instant_key_max_use_count: int | None = None
    method_ids: tuple[str, ...] = ()
    withdrawn_ids: tuple[str, ...] = ()
    is_withdrawn: bool = False

    def view(self) -> dict[str, Any]:
        """The entry of `requested_access_methods`."""
        count = (self.instant_key_max_use_count or 1) if self.mode == "mobile_key" else None
        return {
            "mode": self.mode,
            "display_name": METHOD_NAMES[self.mode],
            "created_at": self.created_at,
            "created_access_method_ids": self.method_ids,
            **given(code=self.code, instant_key_max_use_count=count),
        }


@row_type
class AccessGrantRow(Row):
    """An access grant.

    device_ids, acs_entrance_ids: the doors that it names itself; those of its spaces come on top. customer_key: whose
    portal or data made it; not shown. phase: whether its time has come, and is over. is_leaving: it is being deleted.
    is_awaiting: one of its methods cannot be used yet. open_entrance_ids: the entrances of which an event has told that
    they work. is_complete: whether an event has told that all doors do.
    lacks_device: a device that it named was deleted.
    """

    key: ClassVar[str] = "access_grant_id"
    not_found: ClassVar[str] = "access_grant_not_found"
    resource: ClassVar[str] = "access_grant"
    error_codes: ClassVar[tuple[str, ...]] = (NOT_CREATED,)
    warning_codes: ClassVar[tuple[str, ...]] = (
        "being_deleted",
        "device_does_not_support_access_codes",
        "device_time_constraints_violated",
        "overprovisioned_access",
        "requested_code_unavailable",
        "underprovisioned_access",
        UPDATING,
    )
    access_grant_id: str
    workspace_id: str
    user_identity_id: str
    created_at: str
    starts_at: str
    ends_at: str | None
    name: str | None
    person_name: str
    access_grant_key: str | None = None
    reservation_key: str | None = None
    device_ids: tuple[str, ...] = ()
    acs_entrance_ids: tuple[str, ...] = ()
    space_ids: tuple[str, ...] = ()
    requests: tuple[RequestedMethod, ...] = ()
    customer_key: str | None = None
    is_managed: bool = True
    phase: Literal["upcoming", "active", "over"] = "active"
    is_leaving: bool = False
    is_awaiting: bool = False
    is_complete: bool = False
    lacks_device: bool = False
    open_entrance_ids: tuple[str, ...] = ()
    client_session_token: str | None = None
    instant_key_url: str | None = None
    mutations: tuple[PendingMutation, ...] = ()
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    @property
    def display_name(self) -> str:
        """The name, else that of its person (assumed)."""
        return self.name or self.person_name

    @property
    def label(self) -> str:
        """The name of the grant itself, so that its person is not mistaken for it."""
        return self.name or ""

    @property
    def method_ids(self) -> tuple[str, ...]:
        """The ids of all its access methods."""
        return tuple(method_id for request in self.requests for method_id in request.method_ids)

    def has_error(self, code: str) -> bool:
        """Whether this error is on the grant."""
        return any(error.code == code for error in self.errors)

    def _display_status(self) -> str:
        """What a person reads of the state. Source: spec and SDK for Upcoming, Active and Awaiting issuance."""
        if self.is_leaving:
            return "Deleting"
        words = {"over": "Expired", "upcoming": "Upcoming"}
        return words.get(self.phase) or ("Awaiting issuance" if self.is_awaiting else _ACTIVE)

    def view(self) -> dict[str, Any]:
        """The grant as a client sees it; an unmanaged one without key, link, token and status (spec)."""
        view = {
            "access_grant_id": self.access_grant_id,
            "workspace_id": self.workspace_id,
            "user_identity_id": self.user_identity_id,
            "name": self.name,
            "display_name": self.display_name,
            "space_ids": self.space_ids,
            "location_ids": self.space_ids,
            "requested_access_methods": [request.view() for request in self.requests],
            "access_method_ids": self.method_ids,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            "pending_mutations": [mutation.view() for mutation in self.mutations],
            "created_at": self.created_at,
            **given(reservation_key=self.reservation_key),
        }
        if not self.is_managed:
            return view
        return view | {
            "display_status": self._display_status(),
            **given(
                access_grant_key=self.access_grant_key,
                client_session_token=self.client_session_token,
                instant_key_url=self.instant_key_url,
            ),
        }


def is_over(workspace: Workspace, grant: AccessGrantRow) -> bool:
    """Whether the end of a grant has come."""
    return grant.ends_at is not None and grant.ends_at <= workspace.clock.text()


def has_begun(workspace: Workspace, grant: AccessGrantRow) -> bool:
    """Whether the start of a grant has come."""
    return grant.starts_at <= workspace.clock.text()


def waits_for_its_start(workspace: Workspace, grant: AccessGrantRow) -> bool:
    """Whether the codes of a grant are made at its start only: codes have both times or none (assumed)."""
    return grant.ends_at is None and not has_begun(workspace, grant)
