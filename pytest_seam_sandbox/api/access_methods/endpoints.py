"""/access_methods: the ways in that access grants have made. There is no path to make one alone (spec)."""

from __future__ import annotations

from typing import Any

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.params import at_least_one, exactly_one
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import NonEmptyText, Text, Uuid
from ...engine.workspace import Workspace
from .. import action_attempts
from .._shared import WITH_PORTAL, WITH_PORTAL_READ, WORKSPACE, WORKSPACE_READ, not_found, sees_customer
from ..access_grants.ending import withdraw_method
from ..access_grants.lifecycle import progress
from ..access_grants.lookup import find_grant, find_method, sees_method
from ..access_grants.methods import AccessMethodRow, codes_of, credentials_of, methods_of
from ..access_grants.model import AccessGrantRow, Mode
from ..acs.encoding import encode as write_card
from ..acs.encoding import find_encoder
from ..acs.entrances import open_entrance
from ..acs.issuing import mark_issued
from ..acs.lookup import find_entrance
from ..acs.model import AcsCredentialRow
from ..action_attempts import ActionFailed
from ..spaces.model import SpaceRow
from . import related

router = Router("/access_methods")


@router.get("get", key="access_method", allow=WORKSPACE_READ, source="spec")
def get(workspace: Workspace, *, caller: Caller, access_method_id: Uuid) -> AccessMethodRow:
    """The access method of this id; 404 `access_method_not_found`."""
    return find_method(workspace, caller, access_method_id)


@router.get(
    "list",
    key="access_methods",
    allow=WITH_PORTAL_READ,
    source="spec",
    page_limit=500,
    checks=(
        at_least_one(
            "access_grant_id",
            "access_grant_key",
            "acs_entrance_id",
            text="Must specify at least one of access_grant_id, access_grant_key, acs_entrance_id",
        ),
    ),
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    access_code_id: Uuid | None = None,
    access_grant_id: Uuid | None = None,
    access_grant_key: NonEmptyText | None = None,
    acs_entrance_id: Uuid | None = None,
    device_id: Uuid | None = None,
    space_id: Uuid | None = None,
) -> Page:
    """Access methods, oldest first. All filters that are given have to match; one has to be a grant or an entrance."""

    def matches(row: AccessMethodRow) -> bool:
        grant = workspace[AccessGrantRow][row.access_grant_id]
        return (
            row.is_managed
            and sees_customer(caller, grant.customer_key)
            and access_grant_id in (None, grant.id)
            and access_grant_key in (None, grant.access_grant_key)
            and (access_code_id is None or any(code.id == access_code_id for code in codes_of(workspace, row)))
            and _opens(workspace, row, device_id, acs_entrance_id, space_id)
        )

    return page.page(workspace[AccessMethodRow], matches)


def _opens(
    workspace: Workspace, method: AccessMethodRow, device_id: str | None, entrance_id: str | None, space_id: str | None
) -> bool:
    """Whether a method is for this device, this entrance and a member of this space, as far as they are given."""
    space = workspace[SpaceRow].get(space_id)
    members = () if space is None else (*space.device_ids, *space.acs_entrance_ids)
    doors = {*method.device_ids, *method.acs_entrance_ids}
    return (
        (device_id is None or device_id in doors)
        and (entrance_id is None or entrance_id in doors)
        and (space_id is None or not doors.isdisjoint(members))
    )


@router.delete(
    "delete",
    allow=WITH_PORTAL,
    source="docs",
    checks=(exactly_one("access_method_id", "access_grant_id", "reservation_key"),),
)
def delete(
    workspace: Workspace,
    *,
    caller: Caller,
    access_grant_id: Uuid | None = None,
    access_method_id: Uuid | None = None,
    reservation_key: Text | None = None,
) -> None:
    """Delete one method, or all of a grant or of a reservation, whose grants stay: access_method.deleted for each.

    Its codes, credentials and instant key go first. A key without a grant: 404 `access_grant_not_found` (assumed).
    """
    if access_method_id is not None:
        methods = [find_method(workspace, caller, access_method_id)]
    elif access_grant_id is not None:
        methods = methods_of(workspace, find_grant(workspace, caller, access_grant_id=access_grant_id).id)
    else:
        grants = [
            grant
            for grant in workspace[AccessGrantRow]
            if grant.reservation_key == reservation_key and sees_customer(caller, grant.customer_key)
        ]
        if not grants:
            data = {"reservation_key": reservation_key}
            raise not_found("access_grant_not_found", "No access grant has this reservation_key", data)
        methods = [method for grant in grants for method in methods_of(workspace, grant.id)]
    for method in methods:
        withdraw_method(workspace, method)


def _of_mode(workspace: Workspace, caller: Caller, access_method_id: str, mode: Mode) -> AccessMethodRow:
    """The method of this id; 400 `invalid_input` for one of another mode (assumed)."""
    method = find_method(workspace, caller, access_method_id)
    if method.mode != mode:
        raise ApiError(400, "invalid_input", f"The access method has the mode {method.mode}, not {mode}")
    return method


@router.post("encode", key="action_attempt", allow=WORKSPACE, source="spec")
def encode(workspace: Workspace, *, caller: Caller, access_method_id: Uuid, acs_encoder_id: Uuid) -> Row:
    """Write the card of a method, which issues it: ENCODE_CREDENTIAL attempt; access_method.issued, or reissued.

    400 `invalid_input` for a method that is no card, and while `is_ready_for_encoding` is false; 400
    `acs_system_mismatch` for an encoder of another system (all assumed).
    """
    method = _of_mode(workspace, caller, access_method_id, "card")
    if not (method.needs_encoding and method.is_ready_for_card):
        raise ApiError(400, "invalid_input", "is_ready_for_encoding of the access method is false")
    encoder = find_encoder(workspace, acs_encoder_id)
    credential = credentials_of(workspace, method)[0]
    if encoder.acs_system_id != credential.acs_system_id:
        raise ApiError(400, "acs_system_mismatch", "The encoder belongs to another ACS system")
    about = (encoder.id, credential.id)
    subject = (None, encoder.connected_account_id)
    return action_attempts.start(workspace, "ENCODE_CREDENTIAL", write_card, *about, subject=subject)


def _assign(workspace: Workspace, _action_attempt_id: str, access_method_id: str, card_number: str) -> dict[str, Any]:
    """Give a card to a method, which issues it. A card that another credential has is not to be found (assumed)."""
    method = workspace[AccessMethodRow].get(access_method_id)
    if method is None:
        raise ActionFailed("uncategorized_error", "The access method was deleted meanwhile.")
    if not card_number.strip() or any(row.card_number == card_number for row in workspace[AcsCredentialRow]):
        raise ActionFailed("credential_not_found", f"No free card has the number {card_number!r}.")
    for credential in credentials_of(workspace, method):
        mark_issued(workspace, workspace[AcsCredentialRow].put(credential.but(card_number=card_number)))
    progress(workspace, method.id)
    return workspace[AccessMethodRow][method.id].view()


@router.post(
    "assign_card",
    key="action_attempt",
    allow=WORKSPACE,
    source="spec",
    conflict="No source says which card numbers a sandbox knows: here every number that no other credential has.",
)
def assign_card(workspace: Workspace, *, caller: Caller, access_method_id: Uuid, card_number: Text) -> Row:
    """Give a card that its access system knows to a method, which issues it: ASSIGN_CREDENTIAL attempt.

    400 `invalid_input` for a method that is no card, and while `is_ready_for_assignment` is false (assumed).
    """
    method = _of_mode(workspace, caller, access_method_id, "card")
    if not (method.needs_assignment and method.is_ready_for_card):
        raise ApiError(400, "invalid_input", "is_ready_for_assignment of the access method is false")
    account_id = credentials_of(workspace, method)[0].connected_account_id
    about = (method.id, card_number)
    return action_attempts.start(workspace, "ASSIGN_CREDENTIAL", _assign, *about, subject=(None, account_id))


@router.post("unlock_door", key="action_attempt", allow=WORKSPACE, source="spec")
def unlock_door(workspace: Workspace, *, caller: Caller, access_method_id: Uuid, acs_entrance_id: Uuid) -> Row:
    """Unlock an entrance with the cloud key of a method: UNLOCK_DOOR attempt.

    400 `invalid_input` for a method that is no cloud key, 404 `acs_entrance_not_found` for another's door (assumed).
    """
    method = _of_mode(workspace, caller, access_method_id, "cloud_key")
    entrance = find_entrance(workspace, acs_entrance_id)
    credential = next(
        (row for row in credentials_of(workspace, method) if entrance.id in (row.allowed_acs_entrance_ids or ())), None
    )
    if credential is None:
        data = {"acs_entrance_id": acs_entrance_id}
        raise not_found("acs_entrance_not_found", "The access method does not open this entrance", data)
    return action_attempts.start(
        workspace,
        "UNLOCK_DOOR",
        open_entrance,
        entrance.id,
        credential.id,
        subject=(None, entrance.connected_account_id),
    )


@router.get("unmanaged/get", key="access_method", allow=WORKSPACE_READ, source="spec")
def get_unmanaged(workspace: Workspace, *, caller: Caller, access_method_id: Uuid) -> AccessMethodRow:
    """The unmanaged access method of this id; a managed one is not found here (assumed)."""
    return find_method(workspace, caller, access_method_id, is_managed=False)


@router.get("unmanaged/list", key="access_methods", allow=WITH_PORTAL_READ, source="spec")
def list_unmanaged(
    workspace: Workspace,
    *,
    caller: Caller,
    access_grant_id: Uuid,
    acs_entrance_id: Uuid | None = None,
    device_id: Uuid | None = None,
    space_id: Uuid | None = None,
) -> list[AccessMethodRow]:
    """The unmanaged access methods of a grant, oldest first. All filters have to match; no pages (spec)."""
    return [
        row
        for row in methods_of(workspace, access_grant_id)
        if not row.is_managed
        and sees_method(workspace, caller, row)
        and _opens(workspace, row, device_id, acs_entrance_id, space_id)
    ]


router.include(related.router)
