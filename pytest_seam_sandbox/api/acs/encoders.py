"""/acs/encoders: writing credentials on cards, reading cards, and what a test wants to happen at an encoder next."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from typing_extensions import TypedDict

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.params import Check, Complaint
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import Uuid
from ...engine.workspace import Workspace
from .. import action_attempts
from .._filters import all_of, among, having
from .._shared import (
    WITH_PORTAL,
    WITH_PORTAL_READ,
    WORKSPACE,
    WORKSPACE_READ,
    not_found,
    require_sandbox,
)
from ..action_attempts import ActionFailed
from ..user_identities.model import find_user_identity
from .encoding import AcsEncoderRow, access_method_named, encode, find_encoder, read, scan
from .events import AcsCredentialIssued
from .issuing import assign_to, tell
from .lookup import find_credential, find_system, find_user
from .model import AcsCredentialRow, AcsSystemRow, AcsUserRow
from .state import ensure_user
from .users import one_user

router = Router("/acs/encoders")

_NOT_SALTO_KS = MappingProxyType(
    {"salto_ks_metadata": "new tags are detected by Salto KS, which has no encoder in the sandbox"}
)


class SaltoKsMetadata(TypedDict, total=False):
    """What to ask of Salto KS."""

    detect_new_tags: bool


def _reachable(workspace: Workspace, caller: Caller, acs_encoder_id: str) -> AcsEncoderRow:
    encoder = find_encoder(workspace, acs_encoder_id)
    if not caller.may_see_account(encoder.connected_account_id):
        raise ApiError(401, "unauthorized", "Not authorized to use this encoder")
    return encoder


def _start(
    workspace: Workspace, action_type: str, work: action_attempts.Work, encoder: AcsEncoderRow, *about: Any
) -> Row:
    subject = None, encoder.connected_account_id
    return action_attempts.start(workspace, action_type, work, encoder.id, *about, subject=subject)


@router.get("get", key="acs_encoder", allow=WORKSPACE_READ, source="spec")
def get(workspace: Workspace, *, acs_encoder_id: Uuid) -> AcsEncoderRow:
    """The encoder of this id; 404 `acs_encoder_not_found`."""
    return find_encoder(workspace, acs_encoder_id)


@router.get("list", key="acs_encoders", allow=WITH_PORTAL_READ, source="spec", page_limit=500)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    acs_encoder_ids: list[Uuid] | None = None,
    acs_system_id: Uuid | None = None,
    acs_system_ids: list[Uuid] | None = None,
) -> Page:
    """Encoders, oldest first; a customer's session sees those of its accounts."""
    return page.page(
        workspace[AcsEncoderRow],
        all_of(
            None if caller.session is None else lambda row: caller.may_see_account(row.connected_account_id),
            among("id", acs_encoder_ids),
            having("acs_system_id", acs_system_id),
            among("acs_system_id", acs_system_ids),
        ),
    )


def _one_thing(values: Mapping[str, Any]) -> Complaint | None:
    if (values.get("acs_credential_id") is None) != (values.get("access_method_id") is None):
        return None
    return Complaint((), "You must provide either acs_credential_id or access_method_id")


@router.post("encode_credential", key="action_attempt", allow=WITH_PORTAL, source="spec", checks=(_one_thing,))
def encode_credential(
    workspace: Workspace,
    *,
    caller: Caller,
    access_method_id: Uuid | None = None,
    acs_credential_id: Uuid | None = None,
    acs_encoder_id: Uuid,
) -> Row:
    """Write a credential on a card: ENCODE_CREDENTIAL attempt, then acs_credential.issued, or reissued.

    One that is on a card already can be written again when it needs to be (assumed). No card: 400 `not_supported`; an
    encoder of another system: 400 `acs_system_mismatch` (both assumed).
    """
    encoder = _reachable(workspace, caller, acs_encoder_id)
    credential = _named(workspace, acs_credential_id, access_method_id)
    if credential.access_method != "card":
        raise ApiError(400, "not_supported", "Only a card credential can be written on a card")
    _check_system(encoder, credential.acs_system_id)
    return _start(workspace, "ENCODE_CREDENTIAL", encode, encoder, credential.id)


def _named(workspace: Workspace, acs_credential_id: str | None, access_method_id: str | None) -> AcsCredentialRow:
    """The credential that a request names, itself or by its access method; 404 for what is not there."""
    ids = [] if acs_credential_id is None else [acs_credential_id]
    if access_method_id is not None:
        access_method_named.send(workspace, access_method_id, ids)
    if not ids:
        raise not_found("access_method_not_found", "Access method not found", {"access_method_id": access_method_id})
    return find_credential(workspace, ids[0])


def _check_system(encoder: AcsEncoderRow, acs_system_id: str) -> None:
    if encoder.acs_system_id != acs_system_id:
        raise ApiError(400, "acs_system_mismatch", "The encoder belongs to another ACS system")


@router.post("scan_credential", key="action_attempt", allow=WORKSPACE, source="spec", no_effect=_NOT_SALTO_KS)
def scan_credential(
    workspace: Workspace, *, caller: Caller, acs_encoder_id: Uuid, salto_ks_metadata: SaltoKsMetadata | None = None
) -> Row:
    """Read a card: SCAN_CREDENTIAL attempt with what is on the card, and the credential that Seam knows it as.

    The card is the one that was written last; there is none: `no_credential_on_encoder` (both assumed).
    """
    return _start(workspace, "SCAN_CREDENTIAL", scan, _reachable(workspace, caller, acs_encoder_id))


def _scan_to_assign(
    workspace: Workspace, action_attempt_id: str, acs_encoder_id: str, acs_user_id: str
) -> dict[str, Any]:
    """Read a card and give it to a user; a card that Seam does not know becomes a credential (assumed)."""
    encoder, user = workspace[AcsEncoderRow].get(acs_encoder_id), workspace[AcsUserRow].get(acs_user_id)
    system = None if encoder is None else workspace[AcsSystemRow].get(encoder.acs_system_id)
    if encoder is None or user is None or encoder.errors or system is None or not system.is_connected:
        raise ActionFailed("uncategorized_error", "The encoder cannot be reached, or the user was deleted meanwhile.")
    card, credential = read(workspace, encoder)
    if card is None:
        raise ActionFailed("no_credential_on_encoder", "The card on the encoder is empty.")
    if credential is not None:
        return assign_to(workspace, credential, user).view()
    made = workspace[AcsCredentialRow].put(
        AcsCredentialRow(
            acs_credential_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            acs_system_id=system.id,
            connected_account_id=system.connected_account_id,
            system_type=system.system_type,
            access_method="card",
            created_at=workspace.clock.text(),
            acs_user_id=user.id,
            user_identity_id=user.user_identity_id,
            card_number=card["card_number"],
            issued_at=workspace.clock.text(),
        )
    )
    tell(workspace, AcsCredentialIssued, made)
    return made.view()


@router.post(
    "scan_to_assign_credential",
    key="action_attempt",
    allow=WITH_PORTAL,
    source="spec",
    checks=(one_user(in_system=False),),
    no_effect=_NOT_SALTO_KS,
)
def scan_to_assign_credential(
    workspace: Workspace,
    *,
    caller: Caller,
    acs_encoder_id: Uuid,
    acs_user_id: Uuid | None = None,
    salto_ks_metadata: SaltoKsMetadata | None = None,
    user_identity_id: Uuid | None = None,
) -> Row:
    """Read a card and give it to a user, or to a person, who gets a user when there is none (spec).

    SCAN_TO_ASSIGN_CREDENTIAL attempt; a card that Seam does not know yet: acs_credential.issued (assumed).
    """
    encoder = _reachable(workspace, caller, acs_encoder_id)
    if acs_user_id is None:
        owner = find_user_identity(workspace, user_identity_id or "")
        user = ensure_user(workspace, find_system(workspace, encoder.acs_system_id), owner)
    else:
        user = find_user(workspace, acs_user_id)
        _check_system(encoder, user.acs_system_id)
    return _start(workspace, "SCAN_TO_ASSIGN_CREDENTIAL", _scan_to_assign, encoder, user.id)


# what happens next


def _only_with(name: str, values_of: str, *allowed: str | None) -> Check:
    """A rule: a parameter belongs to some branches of a union of objects, told apart by another parameter."""

    def check(values: Mapping[str, Any]) -> Complaint | None:
        if values.get(name) is None or values.get(values_of) in allowed:
            return None
        return Complaint((), "Invalid input")

    return check


def _set_next(workspace: Workspace, acs_encoder_id: str, **changes: Mapping[str, str | None]) -> None:
    require_sandbox(workspace)
    encoder = find_encoder(workspace, acs_encoder_id)
    for setting in changes.values():
        for name in ("acs_credential_id", "acs_credential_id_on_seam"):
            credential_id = setting.get(name)
            if credential_id is not None:
                _check_system(encoder, find_credential(workspace, credential_id).acs_system_id)
    workspace[AcsEncoderRow].put(encoder.but(**changes))


EncodeError = Literal[
    "no_credential_on_encoder", "encoding_interrupted", "uncategorized_error", "action_attempt_expired"
]
ScanError = Literal["no_credential_on_encoder", "uncategorized_error", "action_attempt_expired"]
ScanScenario = Literal[
    "credential_exists_on_seam",
    "credential_on_encoder_needs_update",
    "credential_does_not_exist_on_seam",
    "credential_on_encoder_is_empty",
]


@router.post("simulate/next_credential_encode_will_succeed", allow=WITH_PORTAL, source="spec")
def next_credential_encode_will_succeed(
    workspace: Workspace,
    *,
    caller: Caller,
    acs_encoder_id: Uuid,
    scenario: Literal["credential_is_issued"] = "credential_is_issued",
) -> None:
    """Let the next encoding at an encoder succeed, as it does anyway; a failure that was set before is off."""
    _reachable(workspace, caller, acs_encoder_id)
    _set_next(workspace, acs_encoder_id, next_encode={"scenario": scenario})


@router.post(
    "simulate/next_credential_encode_will_fail",
    allow=WORKSPACE,
    source="spec",
    checks=(_only_with("acs_credential_id", "error_code", "uncategorized_error", "action_attempt_expired"),),
)
def next_credential_encode_will_fail(
    workspace: Workspace,
    *,
    acs_credential_id: Uuid | None = None,
    acs_encoder_id: Uuid,
    error_code: EncodeError = "no_credential_on_encoder",
) -> None:
    """Let the next encoding at an encoder fail. acs_credential_id: the next one of this credential (assumed)."""
    _set_next(workspace, acs_encoder_id, next_encode={"error_code": error_code, "acs_credential_id": acs_credential_id})


@router.post(
    "simulate/next_credential_scan_will_succeed",
    allow=WORKSPACE,
    source="spec",
    checks=(
        _only_with(
            "acs_credential_id_on_seam",
            "scenario",
            "credential_exists_on_seam",
            "credential_on_encoder_needs_update",
            None,
        ),
    ),
)
def next_credential_scan_will_succeed(
    workspace: Workspace,
    *,
    acs_credential_id_on_seam: Uuid | None = None,
    acs_encoder_id: Uuid,
    scenario: ScanScenario = "credential_exists_on_seam",
) -> None:
    """Let the next scan at an encoder find a card: one that Seam knows or not, that differs, or that is empty.

    Without a credential: that of the card that was written last (assumed).
    """
    asked = {"scenario": scenario, "acs_credential_id_on_seam": acs_credential_id_on_seam}
    _set_next(workspace, acs_encoder_id, next_scan=asked)


@router.post(
    "simulate/next_credential_scan_will_fail",
    allow=WORKSPACE,
    source="spec",
    checks=(_only_with("acs_credential_id_on_seam", "error_code", "uncategorized_error", "action_attempt_expired"),),
    no_effect={"acs_credential_id_on_seam": "a scan that fails has read no credential"},
)
def next_credential_scan_will_fail(
    workspace: Workspace,
    *,
    acs_credential_id_on_seam: Uuid | None = None,
    acs_encoder_id: Uuid,
    error_code: ScanError = "no_credential_on_encoder",
) -> None:
    """Let the next scan at an encoder fail; also one that is to assign a card (assumed)."""
    asked = {"error_code": error_code, "acs_credential_id_on_seam": acs_credential_id_on_seam}
    _set_next(workspace, acs_encoder_id, next_scan=asked)
