"""/acs/credentials: codes, cards, mobile keys and cloud keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator
from typing_extensions import TypedDict

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.params import Complaint
from ...engine.query import QueryType
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import DateTime, NonEmptyText, Text, Uuid, refused
from ...engine.workspace import Workspace
from .._filters import all_of, having, made_before, searched
from .._shared import (
    API_KEY,
    WITH_SESSION_READ,
    WORKSPACE,
    WORKSPACE_READ,
    first,
)
from ..user_identities.model import UserIdentityRow, find_user_identity, present_id
from .issuing import assign_to, change_credential, delete_credentials, issue, take_back
from .lookup import (
    bad_request,
    entrances_of_credential,
    find_credential,
    find_entrance,
    find_system,
    find_user,
    of_visible_person,
)
from .model import AcsCredentialRow, AcsEntranceRow, AcsSystemRow, AcsUserRow
from .state import ensure_user
from .users import checked_period, one_user

router = Router("/acs/credentials")


def _digits(value: str) -> str:
    if re.fullmatch("[0-9]+", value) is None:
        raise refused("Invalid")
    return value


Digits = Annotated[str, AfterValidator(_digits), QueryType("string")]
AccessMethod = Literal["code", "card", "mobile_key", "cloud_key"]


class VostioMetadata(TypedDict, total=False):
    """What to ask of Vostio."""

    auto_join: bool
    join_all_guest_acs_entrances: bool
    override_all_guest_acs_entrances: bool
    override_guest_acs_entrance_ids: list[Uuid]


class HotekMetadata(TypedDict, total=False):
    """What to ask of Hotek."""

    auto_join: bool
    override: bool


class SaltoSpaceMetadata(TypedDict, total=False):
    """What to ask of Salto Space."""

    assign_new_key: bool
    update_current_key: bool


class VisionlineMetadata(TypedDict, total=False):
    """What to ask of Visionline."""

    assa_abloy_credential_service_mobile_endpoint_id: Uuid
    auto_join: bool
    card_format: Literal["TLCode", "rfid48"]
    card_function_type: Literal["guest", "staff"]
    is_override_key: bool
    joiner_acs_credential_ids: list[Uuid]
    override: bool


def _user_or_person_in_system(values: Mapping[str, Any]) -> Complaint | None:
    by_id, by_person = values.get("acs_user_id") is not None, values.get("user_identity_id") is not None
    if by_id == by_person or (by_person and values.get("acs_system_id") is None):
        return Complaint(
            (), "You must provide either acs_user_id or the combination of user_identity_id and acs_system_id"
        )
    return None


@router.patch(
    "assign",
    key="acs_credential",
    allow=WORKSPACE,
    source="spec",
    checks=(one_user(in_system=False),),
)
def assign(
    workspace: Workspace,
    *,
    acs_credential_id: Uuid,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> AcsCredentialRow:
    """Give a credential to a user, or to a person, who gets a user in its system when there is none (spec).

    Whoever had it before loses it (assumed). A mobile key goes to the phones of the person at once.
    """
    credential = _own(find_credential(workspace, acs_credential_id))
    if acs_user_id is not None:
        user = find_user(workspace, acs_user_id)
        if user.acs_system_id != credential.acs_system_id:
            raise bad_request("The ACS user belongs to another ACS system than the credential")
    else:
        owner = find_user_identity(workspace, user_identity_id or "")
        user = ensure_user(workspace, find_system(workspace, credential.acs_system_id), owner)
    return assign_to(workspace, credential, user)


def _own(credential: AcsCredentialRow) -> AcsCredentialRow:
    """The credential, unless it is the copy of another one on a phone; 400 `not_supported` (assumed)."""
    if credential.parent_acs_credential_id is not None:
        raise ApiError(400, "not_supported", "The credential is a copy on a phone. Change its parent instead")
    return credential


@router.post(
    "create",
    key="acs_credential",
    allow=WORKSPACE,
    source="spec",
    checks=(_user_or_person_in_system,),
    no_effect={
        "hotek_metadata": "no answer shows it, and a card of the sandbox holds no doors",
        "salto_space_metadata": "no answer shows it, and a card of the sandbox holds no doors",
        "assa_abloy_vostio_metadata.join_all_guest_acs_entrances": "no answer shows it, and a door takes "
        "every key that names it",
        "visionline_metadata.assa_abloy_credential_service_mobile_endpoint_id": "a mobile key of Visionline is a "
        "multi-phone sync credential, which goes to every phone of its person",
        "visionline_metadata.card_format": "no answer shows it, and an encoder of the sandbox takes any card",
    },
    conflict="Which access methods a system has is documented for Visionline, Vostio, dormakaba and Hotek only. For "
    "the others the sandbox takes what their makers offer.",
)
def create(
    workspace: Workspace,
    *,
    access_method: AccessMethod,
    acs_system_id: Uuid | None = None,
    acs_user_id: Uuid | None = None,
    allowed_acs_entrance_ids: list[Uuid] | None = None,
    assa_abloy_vostio_metadata: VostioMetadata | None = None,
    code: Digits | None = None,
    credential_manager_acs_system_id: Uuid | None = None,
    ends_at: DateTime | None = None,
    hotek_metadata: HotekMetadata | None = None,
    is_multi_phone_sync_credential: bool = False,
    salto_space_metadata: SaltoSpaceMetadata | None = None,
    starts_at: DateTime | None = None,
    user_identity_id: Uuid | None = None,
    visionline_metadata: VisionlineMetadata | None = None,
) -> AcsCredentialRow:
    """A new credential, issued as far as it can be: acs_credential.issued, for each phone and for the credential.

    400 `not_supported` for a method that the system does not have; 400 `invalid_input` for a mobile key of Visionline
    that is no multi-phone sync credential (docs), one without a credential manager where its system needs one (docs),
    a period that is over or upside down (spec), and parts of another access system (assumed). A code that is not given
    follows from the seed.
    """
    receiver, system = _receiver(workspace, acs_user_id, acs_system_id, user_identity_id)
    _check_method(system, access_method, is_synced=is_multi_phone_sync_credential)
    if access_method == "mobile_key":
        _check_manager(workspace, system, credential_manager_acs_system_id)
    entrances = _entrances_in(workspace, system, allowed_acs_entrance_ids or ())
    visionline: VisionlineMetadata = visionline_metadata or {}
    vostio: VostioMetadata = assa_abloy_vostio_metadata or {}
    for joined_id in visionline.get("joiner_acs_credential_ids", ()):
        find_credential(workspace, joined_id)
    start, end = checked_period(workspace, starts_at, ends_at)
    credential_id = workspace.ids.uuid()
    user = receiver if isinstance(receiver, AcsUserRow) else ensure_user(workspace, system, receiver)
    credential = AcsCredentialRow(
        acs_credential_id=credential_id,
        workspace_id=workspace.workspace_id,
        acs_system_id=system.id,
        connected_account_id=system.connected_account_id,
        system_type=system.system_type,
        access_method=access_method,
        created_at=workspace.clock.text(),
        acs_user_id=user.id,
        user_identity_id=user.user_identity_id,
        is_multi_phone_sync_credential=is_multi_phone_sync_credential,
        code=code or (workspace.ids.pin(4) if access_method == "code" else None),
        starts_at=start,
        ends_at=end,
        overridden_ids=_overridden(entrances, visionline, vostio),
        allowed_acs_entrance_ids=tuple(entrance.id for entrance in entrances) or None,
        provider_metadata=provider_metadata(system, entrances, visionline, vostio),
    )
    return issue(workspace, workspace[AcsCredentialRow].put(credential))


def _check_method(system: AcsSystemRow, access_method: AccessMethod, *, is_synced: bool) -> None:
    if access_method not in system.kind.methods:
        raise ApiError(
            400, "not_supported", f"An ACS system of type {system.system_type} has no {access_method} credentials"
        )
    if access_method == "mobile_key" and not is_synced and system.kind.needs_sync:
        raise bad_request(
            f"is_multi_phone_sync_credential: to create a mobile_key in {system.kind.display_name}, you must set this "
            "property to true"
        )


def _entrances_in(workspace: Workspace, system: AcsSystemRow, ids: Sequence[str]) -> list[AcsEntranceRow]:
    entrances = [find_entrance(workspace, entrance_id) for entrance_id in ids]
    if any(entrance.acs_system_id != system.id for entrance in entrances):
        raise bad_request("The entrances belong to another ACS system than the credential")
    return entrances


def _receiver(
    workspace: Workspace, acs_user_id: str | None, acs_system_id: str | None, user_identity_id: str | None
) -> tuple[AcsUserRow | UserIdentityRow, AcsSystemRow]:
    """The user that is named, or the person who is to have a user in the system, and the system."""
    if acs_user_id is None:
        return find_user_identity(workspace, user_identity_id or ""), find_system(workspace, acs_system_id or "")
    user = find_user(workspace, acs_user_id)
    if acs_system_id not in (None, user.acs_system_id):
        raise bad_request("The ACS user belongs to another ACS system")
    return user, find_system(workspace, user.acs_system_id)


def _check_manager(workspace: Workspace, system: AcsSystemRow, asked: str | None) -> None:
    """A mobile key needs a credential manager where the system does not hand it out itself (docs)."""
    manager = workspace[AcsSystemRow].get(system.manager_id)
    if asked is not None:
        manager = find_system(workspace, asked)
        if manager.system_type not in system.kind.managers and manager.id != system.id:
            raise bad_request(f"{manager.name} is no credential manager for {system.name}")
    if manager is None and system.kind.managers:
        raise bad_request(f"{system.name} needs a credential manager to issue a mobile key")


def _overridden(
    entrances: Sequence[AcsEntranceRow], visionline: VisionlineMetadata, vostio: VostioMetadata
) -> tuple[str, ...]:
    """The doors of which the key shuts out the others: at Visionline the guest's, at Vostio those that it names."""
    doors = set(vostio.get("override_guest_acs_entrance_ids", ()))
    if vostio.get("override_all_guest_acs_entrances", False):
        doors |= {row.id for row in entrances}
    if visionline.get("override", False) or visionline.get("is_override_key", False):
        doors |= {row.id for row in entrances if row.is_guest_door}
    return tuple(row.id for row in entrances if row.id in doors)


def provider_metadata(
    system: AcsSystemRow,
    entrances: Sequence[AcsEntranceRow],
    visionline: VisionlineMetadata,
    vostio: VostioMetadata,
) -> dict[str, Mapping[str, Any]]:
    """What the provider says of the credential: which doors are a guest's and which are common."""
    if system.system_type == "visionline_system":
        return {
            "visionline_metadata": {
                "auto_join": visionline.get("auto_join", False),
                "card_function_type": visionline.get("card_function_type", "guest"),
                "joiner_acs_credential_ids": visionline.get("joiner_acs_credential_ids", []),
                "guest_acs_entrance_ids": [row.id for row in entrances if row.is_guest_door],
                "common_acs_entrance_ids": [row.id for row in entrances if not row.is_guest_door],
            }
        }
    if system.system_type == "assa_abloy_vostio":
        return {
            "assa_abloy_vostio_metadata": {
                "auto_join": vostio.get("auto_join", False),
                "door_names": [row.display_name for row in entrances],
                "override_guest_acs_entrance_ids": vostio.get("override_guest_acs_entrance_ids", []),
            }
        }
    return {}


@router.delete("delete", allow=WORKSPACE, source="spec")
def delete(workspace: Workspace, *, acs_credential_id: Uuid) -> None:
    """Delete a credential: acs_credential.deleted, for its copies on phones first (assumed)."""
    delete_credentials(workspace, [find_credential(workspace, acs_credential_id)])


@router.get("get", key="acs_credential", allow=WORKSPACE_READ, source="spec")
def get(workspace: Workspace, *, acs_credential_id: Uuid) -> AcsCredentialRow:
    """The credential of this id; 404 `acs_credential_not_found`."""
    return find_credential(workspace, acs_credential_id)


@router.get(
    "list",
    key="acs_credentials",
    allow=first(API_KEY, of=WITH_SESSION_READ),
    source="spec",
    page_limit=500,
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    acs_system_id: Uuid | None = None,
    acs_user_id: Uuid | None = None,
    created_before: DateTime | None = None,
    is_multi_phone_sync_credential: bool | None = None,
    search: NonEmptyText | None = None,
    user_identity_id: Uuid | None = None,
) -> Page:
    """Credentials, oldest first; copies on phones too. A client session sees its own person's only.

    search: display name, code, card number, user id or credential id.
    """
    return page.page(
        workspace[AcsCredentialRow],
        all_of(
            of_visible_person(caller),
            having("acs_system_id", acs_system_id),
            having("acs_user_id", acs_user_id),
            made_before(created_before),
            having("is_multi_phone_sync_credential", is_multi_phone_sync_credential),
            searched(search, _texts),
            having("user_identity_id", user_identity_id and present_id(workspace, user_identity_id)),
        ),
    )


def _texts(row: AcsCredentialRow) -> tuple[str | None, ...]:
    return row.view()["display_name"], row.code, row.card_number, row.acs_user_id, row.id


@router.get("list_accessible_entrances", key="acs_entrances", allow=WORKSPACE_READ, source="spec")
def list_accessible_entrances(workspace: Workspace, *, acs_credential_id: Uuid) -> Sequence[Row]:
    """What a credential opens: the entrances that it names, else those that its user was granted (assumed)."""
    return entrances_of_credential(workspace, find_credential(workspace, acs_credential_id))


@router.patch(
    "unassign",
    key="acs_credential",
    allow=WORKSPACE,
    source="spec",
    checks=(one_user(in_system=False),),
)
def unassign(
    workspace: Workspace,
    *,
    acs_credential_id: Uuid,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> AcsCredentialRow:
    """Take a credential from its user: a mobile key leaves the phones.

    Somebody else's credential: 400 `invalid_input` (assumed).
    """
    credential = _own(find_credential(workspace, acs_credential_id))
    if acs_user_id is not None:
        holds = find_user(workspace, acs_user_id).id == credential.acs_user_id
    else:
        holds = find_user_identity(workspace, user_identity_id or "").id == credential.user_identity_id
    if not holds:
        raise bad_request("The credential is not assigned to this user")
    take_back(workspace, credential)
    taken = find_credential(workspace, credential.id)
    return workspace[AcsCredentialRow].put(taken.but(acs_user_id=None))


@router.patch("update", key="acs_credential", allow=WORKSPACE, source="spec")
def update(
    workspace: Workspace, *, acs_credential_id: Text, code: Digits | None = None, ends_at: DateTime | None = None
) -> AcsCredentialRow:
    """Change the code or the end: an issued credential is issued again, acs_credential.reissued (assumed).

    The copies on phones are issued again too; a card waits for an encoder: warning needs_to_be_reissued (spec).
    Nothing changed: no event.
    """
    credential = _own(find_credential(workspace, acs_credential_id))
    _, end = checked_period(workspace, credential.starts_at, ends_at)
    changed = credential.but(code=code or credential.code, ends_at=end or credential.ends_at)
    if (changed.code, changed.ends_at) == (credential.code, credential.ends_at):
        return credential
    return change_credential(workspace, credential, code=changed.code, ends_at=changed.ends_at)
