"""/access_grants: give a person access to spaces, entrances and devices, by one or more modes of access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NotRequired

from annotated_types import Ge, MaxLen, MinLen
from pydantic import AfterValidator, BeforeValidator
from typing_extensions import TypedDict

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.params import Complaint, at_least_one, exactly_one
from ...engine.query import QueryType
from ...engine.router import Router
from ...engine.types import UNSET, Date, DateTime, Email, NonEmptyText, Nullable, Text, Unset, Uuid, integer
from ...engine.workspace import Workspace
from .._shared import WITH_PORTAL, WITH_PORTAL_READ, contains, sees_customer, written
from ..access_codes.adding import only_digits
from ..access_codes.model import AccessCodeRow
from ..instant_keys.state import refuse_profile
from ..spaces.lookup import checked_devices, checked_entrances, find_space
from ..spaces.model import SpaceRow
from ..spaces.state import add_space
from ..user_identities.model import UserIdentityRow, find_user_identity, present_id, refuse_duplicates
from . import related, unmanaged
from .doors import doors_of
from .ending import delete_grant
from .lookup import find_grant
from .model import AccessGrantRow, Mode, RequestedMethod, is_over
from .provisioning import provision
from .state import add_grant, checked_end, plan_grant
from .times import change_times

router = Router("/access_grants")

Pin = Annotated[str, MinLen(4), MaxLen(9), AfterValidator(only_digits), QueryType("string")]
Count = Annotated[int, BeforeValidator(integer), Ge(1), QueryType("number")]


class RequestedAccessMethodParam(TypedDict):
    """One of the ways in that are asked for. code: with mode `code` only; instant_key_max_use_count: `mobile_key`."""

    code: NotRequired[Pin]
    instant_key_max_use_count: NotRequired[Count]
    mode: Mode


class NewUserIdentity(TypedDict, total=False):
    """A person to be made with the grant."""

    email_address: Nullable[Email]
    full_name: Nullable[NonEmptyText]
    phone_number: Nullable[Text]
    user_identity_key: Nullable[NonEmptyText]


class NewLocation(TypedDict, total=False):
    """A space to be made with the grant, by its older name."""

    acs_entrance_ids: list[Uuid]
    device_ids: list[Uuid]
    name: Text


def _some_door(values: Mapping[str, Any]) -> Complaint | None:
    """A grant is for something: one of the four parts that the docs require."""
    names = ("device_ids", "acs_entrance_ids", "space_ids", "space_keys", "location_ids")
    if any(values.get(name) for name in names) or values.get("location") is not None:
        return None
    return Complaint((), f"Must specify at least one of {', '.join(names)}")


@router.post(
    "create",
    key="access_grant",
    allow=WITH_PORTAL,
    source="spec",
    checks=(exactly_one("user_identity_id", "user_identity"), _some_door),
    conflict="No source says when a method is issued in a sandbox: here when all its doors open to it, and before its "
    "start as soon as all of them are in reach. No source has the types of the errors.",
)
def create(
    workspace: Workspace,
    *,
    caller: Caller,
    access_grant_key: NonEmptyText | None = None,
    acs_entrance_ids: list[Uuid] | None = None,
    customization_profile_id: Uuid | None = None,
    device_ids: list[Uuid] | None = None,
    ends_at: Nullable[Date] = None,
    location: NewLocation | None = None,
    location_ids: list[Uuid] | None = None,
    name: Nullable[Text] = None,
    requested_access_methods: list[RequestedAccessMethodParam],
    reservation_key: NonEmptyText | None = None,
    space_ids: list[Uuid] | None = None,
    space_keys: list[NonEmptyText] | None = None,
    starts_at: Date | None = None,
    user_identity: NewUserIdentity | None = None,
    user_identity_id: Uuid | None = None,
) -> AccessGrantRow:
    """A new grant with its methods: access_grant.created, access_method.created, and what their doors have to tell.

    location makes a space, and location_ids are spaces (deprecated, assumed). Refused: nothing is stored. The sandbox
    has no customization profiles: 404 `customization_profile_not_found`.
    """
    refuse_profile(customization_profile_id)
    devices = checked_devices(workspace, caller, device_ids)
    entrances = checked_entrances(workspace, caller, acs_entrance_ids)
    spaces = [find_space(workspace, caller, space_id=one) for one in (*(space_ids or ()), *(location_ids or ()))]
    spaces += [find_space(workspace, caller, space_key=one) for one in space_keys or ()]
    told: NewLocation = location or {}
    more_devices = checked_devices(workspace, caller, told.get("device_ids"))
    more_entrances = checked_entrances(workspace, caller, told.get("acs_entrance_ids"))
    customer_key = None if caller.session is None else caller.session.customer_key
    owner = _owner(workspace, user_identity_id, user_identity or {})
    grant = plan_grant(
        workspace,
        owner=owner,
        requests=_requests(workspace, requested_access_methods),
        starts_at=starts_at,
        ends_at=ends_at,
        name=name,
        access_grant_key=access_grant_key,
        reservation_key=reservation_key,
        device_ids=tuple(dict.fromkeys((*devices, *more_devices))),
        acs_entrance_ids=tuple(dict.fromkeys((*entrances, *more_entrances))),
        space_ids=tuple(dict.fromkeys(space.id for space in spaces)),
        customer_key=customer_key,
    )
    workspace[UserIdentityRow].put(owner)
    if location is not None:
        space = add_space(
            workspace,
            name=told.get("name", "Location"),
            customer_key=customer_key,
            device_ids=more_devices,
            acs_entrance_ids=more_entrances,
        )
        own = {"device_ids": devices, "acs_entrance_ids": entrances, "space_ids": (*grant.space_ids, space.id)}
        grant = grant.but(**own)
    return add_grant(workspace, grant)


def _owner(workspace: Workspace, user_identity_id: str | None, described: NewUserIdentity) -> UserIdentityRow:
    """The person of this id, or a new one, not stored yet. What another one has: 409 `duplicate_user_identity`."""
    if user_identity_id is not None:
        return find_user_identity(workspace, user_identity_id)
    row = UserIdentityRow(
        user_identity_id=workspace.ids.uuid(),
        workspace_id=workspace.workspace_id,
        created_at=workspace.clock.text(),
        **described,
    )
    return refuse_duplicates(workspace, row)


def _requests(workspace: Workspace, asked: Sequence[RequestedAccessMethodParam]) -> list[RequestedMethod]:
    """What is asked for. A code without the mode `code`, and a count of uses without a link, are ignored (assumed)."""
    return [
        RequestedMethod(
            mode=one["mode"],
            created_at=workspace.clock.text(),
            code=one.get("code") if one["mode"] == "code" else None,
            instant_key_max_use_count=one.get("instant_key_max_use_count") if one["mode"] == "mobile_key" else None,
        )
        for one in asked
    ]


@router.get(
    "get",
    key="access_grant",
    allow=WITH_PORTAL_READ,
    source="spec",
    checks=(exactly_one("access_grant_id", "access_grant_key"),),
)
def get(
    workspace: Workspace,
    *,
    caller: Caller,
    access_grant_id: Uuid | None = None,
    access_grant_key: NonEmptyText | None = None,
) -> AccessGrantRow:
    """The grant of this id or key; 404 `access_grant_not_found`. Both: 400 (assumed)."""
    return find_grant(workspace, caller, access_grant_id=access_grant_id, access_grant_key=access_grant_key)


@router.get("list", key="access_grants", allow=WITH_PORTAL_READ, source="spec", page_limit=500)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    access_code_id: Uuid | None = None,
    access_grant_ids: list[Uuid] | None = None,
    access_grant_key: Nullable[Text] | Unset = UNSET,
    acs_entrance_id: Uuid | None = None,
    acs_system_id: Uuid | None = None,
    customer_key: Text | None = None,
    device_id: Uuid | None = None,
    location_id: Uuid | None = None,
    reservation_key: Text | None = None,
    search: NonEmptyText | None = None,
    space_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> Page:
    """Grants, oldest first. All filters that are given have to match; a key of null finds those without one (spec).

    A device, an entrance or a system is found through a space as well (assumed). search: name, keys and ids, and name,
    email address and phone number of the person (SDK).
    """
    person_id = None if user_identity_id is None else present_id(workspace, user_identity_id)
    code = workspace[AccessCodeRow].get(access_code_id)
    coded = None if code is None or code.granted_by is None else code.granted_by.access_grant_id

    def matches(row: AccessGrantRow) -> bool:
        return (
            row.is_managed
            and sees_customer(caller, row.customer_key)
            and (access_code_id is None or row.id == coded)
            and (access_grant_ids is None or row.id in access_grant_ids)
            and (access_grant_key is UNSET or row.access_grant_key == access_grant_key)
            and reservation_key in (None, row.reservation_key)
            and all(one is None or one in row.space_ids for one in (space_id, location_id))
            and person_id in (None, row.user_identity_id)
            and (customer_key is None or _is_of_customer(workspace, row, customer_key))
            and _reaches(workspace, row, device_id, acs_entrance_id, acs_system_id)
            and (search is None or _contains(workspace, row, search))
        )

    return page.page(workspace[AccessGrantRow], matches)


def _is_of_customer(workspace: Workspace, grant: AccessGrantRow, customer_key: str) -> bool:
    """Whether a grant was made for a customer, or is for one of its people or its spaces (assumed)."""
    person = find_user_identity(workspace, grant.user_identity_id)
    spaces = (workspace[SpaceRow].get(one) for one in grant.space_ids)
    return customer_key in (grant.customer_key, person.customer_key, *(space.customer_key for space in spaces if space))


def _reaches(
    workspace: Workspace, grant: AccessGrantRow, device_id: str | None, entrance_id: str | None, system_id: str | None
) -> bool:
    if device_id is None and entrance_id is None and system_id is None:
        return True
    doors = doors_of(workspace, grant)
    return (
        (device_id is None or any(row.id == device_id for row in doors.devices))
        and (entrance_id is None or any(row.id == entrance_id for row in doors.entrances))
        and (system_id is None or any(row.acs_system_id == system_id for row in doors.entrances))
    )


def _contains(workspace: Workspace, grant: AccessGrantRow, search: str) -> bool:
    person = find_user_identity(workspace, grant.user_identity_id)
    own = (grant.name, grant.access_grant_key, grant.reservation_key, grant.id, person.id)
    return contains(search, *own, person.full_name, person.email_address, person.phone_number)


@router.patch(
    "update",
    allow=WITH_PORTAL,
    source="spec",
    checks=(
        at_least_one(
            "access_grant_id", "access_grant_key", text="Must specify either access_grant_id or access_grant_key"
        ),
    ),
    conflict="A guide of Seam changes doors by this call too; the specification and the SDK have no such parameters. "
    "They are dropped, as unknown ones are.",
)
def update(
    workspace: Workspace,
    *,
    caller: Caller,
    access_grant_id: Uuid | None = None,
    access_grant_key: NonEmptyText | None = None,
    ends_at: Nullable[DateTime] | Unset = UNSET,
    name: Nullable[Text] | Unset = UNSET,
    starts_at: DateTime | None = None,
) -> None:
    """Change the name, or the times: access_grant.access_times_changed; an end of null makes it open-ended.

    What was issued is revoked, reprogrammed and reissued (docs): access_method.revoked, access_method.reissued. A new
    name changes nothing at the doors (assumed).
    """
    grant = find_grant(workspace, caller, access_grant_id=access_grant_id, access_grant_key=access_grant_key)
    start = written(starts_at) or grant.starts_at
    end = grant.ends_at
    if ends_at is not UNSET:
        end = checked_end(workspace, start, ends_at)
    elif end is not None and end <= start:
        raise ApiError(400, "invalid_input", "ends_at must be after starts_at")
    if name is not UNSET:
        grant = workspace[AccessGrantRow].put(grant.but(name=name))
    change_times(workspace, grant, start, end)


@router.post("request_access_methods", key="access_grant", allow=WITH_PORTAL, source="spec")
def request_access_methods(
    workspace: Workspace,
    *,
    caller: Caller,
    access_grant_id: Uuid,
    requested_access_methods: Annotated[list[RequestedAccessMethodParam], MinLen(1)],
) -> AccessGrantRow:
    """Add methods to a grant, for the same doors and times: access_method.created for each.

    A grant that is over or is being deleted: 400 `invalid_input` (assumed).
    """
    grant = find_grant(workspace, caller, access_grant_id=access_grant_id)
    if grant.is_leaving or is_over(workspace, grant):
        raise ApiError(400, "invalid_input", "The access grant is over or is being deleted")
    requests = (*grant.requests, *_requests(workspace, requested_access_methods))
    workspace[AccessGrantRow].put(grant.but(requests=requests))
    provision(workspace, grant.id)
    return workspace[AccessGrantRow][grant.id]


@router.delete("delete", allow=WITH_PORTAL, source="docs")
def delete(workspace: Workspace, *, caller: Caller, access_grant_id: Uuid) -> None:
    """Delete a grant with what it made: access_method.deleted for each of its methods, then access_grant.deleted.

    Person, users of access systems, phones, devices and spaces stay. While a door is out of reach, grant and method
    stay with the warning `being_deleted`.
    """
    delete_grant(workspace, find_grant(workspace, caller, access_grant_id=access_grant_id))


router.include(related.router)
router.include(unmanaged.router)
