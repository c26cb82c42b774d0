"""Card encoders: the row, and what happens when a card is written or read at one.

Source: docs for what encoding does, spec for results and errors. Assumed: every encoding takes a new card; a scan finds
the card that was written last. A `next …` setting is for one attempt, and a second one replaces the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from ...engine.signals import Signal
from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._ranks import by_rank
from .._shared import Condition, find, without_codes
from ..action_attempts import ActionFailed
from .events import AcsCredentialIssued, AcsCredentialReissued, AcsEncoderAdded, AcsEncoderRemoved
from .issuing import tell
from .model import REISSUE, AcsCredentialRow, AcsSystemRow

REMOVED = "acs_encoder_removed"
_OF_BRIDGE = frozenset({"bridge_disconnected", "seam_bridge_disconnected"})
_MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "no_credential_on_encoder": "There is no card on the encoder.",
        "encoding_interrupted": "The card was taken away before it was written.",
        "uncategorized_error": "The encoder reported an error.",
        "action_attempt_expired": "Nobody put a card on the encoder in time.",
    }
)

card_encoded: Signal[[Workspace, AcsCredentialRow]] = Signal(by_rank("access_grants.reactions"))
"""Sent after a card was written."""
access_method_named: Signal[[Workspace, str, list[str]]] = Signal(by_rank("access_grants.reactions"))
"""Sent when a request names an access method; the family that has it appends the id of its credential."""


@row_type
class AcsEncoderRow(Row):
    """A card encoder. card: what was written last at it. next_encode, next_scan: what a test wants to happen next.

    Seam documents no warnings of encoders; one that a test puts there shows.
    """

    key: ClassVar[str] = "acs_encoder_id"
    not_found: ClassVar[str] = "acs_encoder_not_found"
    resource: ClassVar[str] = "acs_encoder"
    error_codes: ClassVar[tuple[str, ...]] = (REMOVED,)
    acs_encoder_id: str
    acs_system_id: str
    connected_account_id: str
    workspace_id: str
    display_name: str
    created_at: str
    card: Mapping[str, Any] | None = None
    next_encode: Mapping[str, str | None] | None = None
    next_scan: Mapping[str, str | None] | None = None
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    def view(self) -> dict[str, Any]:
        """The encoder as a client sees it."""
        return {
            "acs_encoder_id": self.acs_encoder_id,
            "acs_system_id": self.acs_system_id,
            "connected_account_id": self.connected_account_id,
            "workspace_id": self.workspace_id,
            "display_name": self.display_name,
            "errors": [error.as_error() for error in self.errors],
            "created_at": self.created_at,
            **({"warnings": [warning.as_warning() for warning in self.warnings]} if self.warnings else {}),
        }

    def event_fields(self) -> dict[str, str]:
        """What the events about this encoder carry."""
        return {
            "acs_encoder_id": self.acs_encoder_id,
            "acs_system_id": self.acs_system_id,
            "connected_account_id": self.connected_account_id,
        }


def add_encoder(workspace: Workspace, system: AcsSystemRow, name: str = "Encoder 1") -> AcsEncoderRow:
    """A new encoder of a system: acs_encoder.added. The name: a sample of the docs."""
    encoder = workspace[AcsEncoderRow].put(
        AcsEncoderRow(
            acs_encoder_id=workspace.ids.uuid(),
            acs_system_id=system.id,
            connected_account_id=system.connected_account_id,
            workspace_id=system.workspace_id,
            display_name=name,
            created_at=workspace.clock.text(),
        )
    )
    workspace.events.emit(workspace, AcsEncoderAdded(**encoder.event_fields()))
    return encoder


def lose_encoder(workspace: Workspace, encoder: AcsEncoderRow, error: Condition | None = None) -> None:
    """An encoder is gone from its system; the record stays, with an error: acs_encoder.removed, once."""
    if any(one.code == REMOVED for one in encoder.errors):
        return
    error = error or Condition(REMOVED, "The encoder is gone from the access system.", workspace.clock.text())
    workspace[AcsEncoderRow].put(encoder.but(errors=(*encoder.errors, error)))
    workspace.events.emit(workspace, AcsEncoderRemoved(**encoder.event_fields()))


def regain_encoder(workspace: Workspace, encoder: AcsEncoderRow) -> None:
    """A lost encoder is back: acs_encoder.added (assumed)."""
    workspace[AcsEncoderRow].put(encoder.but(errors=without_codes(encoder.errors, REMOVED)))
    workspace.events.emit(workspace, AcsEncoderAdded(**encoder.event_fields()))


def find_encoder(workspace: Workspace, acs_encoder_id: str) -> AcsEncoderRow:
    """The encoder of this id, or 404 `acs_encoder_not_found`."""
    data = {"acs_encoder_id": acs_encoder_id}
    return find(workspace, AcsEncoderRow, acs_encoder_id, words="ACS encoder", data=data)


def encoders_of(workspace: Workspace, acs_system_id: str) -> list[AcsEncoderRow]:
    """The encoders of a system, oldest first."""
    return workspace[AcsEncoderRow].where("acs_system_id", acs_system_id)


def _reach(workspace: Workspace, acs_encoder_id: str) -> AcsEncoderRow:
    """The encoder when a command gets to it; else the attempt fails (types: spec; which is which: assumed)."""
    encoder = workspace[AcsEncoderRow].get(acs_encoder_id)
    if encoder is None or encoder.errors:
        raise ActionFailed("encoder_not_online", "The encoder is gone from the access system.")
    system = workspace[AcsSystemRow][encoder.acs_system_id]
    for error in system.errors:
        if error.code in _OF_BRIDGE:
            raise ActionFailed("bridge_disconnected", error.message)
    if not system.is_connected:
        raise ActionFailed("encoder_not_online", system.errors[0].message)
    return encoder


def _fail(error_code: str | None) -> None:
    if error_code is not None:
        raise ActionFailed(error_code, _MESSAGES[error_code])


def encode(workspace: Workspace, action_attempt_id: str, acs_encoder_id: str, acs_credential_id: str) -> dict[str, Any]:
    """Write a card: the work of an ENCODE_CREDENTIAL attempt. acs_credential.issued, or reissued for a second card."""
    encoder = _reach(workspace, acs_encoder_id)
    credential = workspace[AcsCredentialRow].get(acs_credential_id)
    if credential is None:
        raise ActionFailed("credential_deleted", "The credential was deleted meanwhile.")
    asked = encoder.next_encode or {}
    if asked.get("acs_credential_id") in (None, credential.id):
        encoder = workspace[AcsEncoderRow].put(encoder.but(next_encode=None))
        _fail(asked.get("error_code"))
    was_issued = credential.is_issued
    if was_issued and not any(warning.code == REISSUE for warning in credential.warnings):
        raise ActionFailed("credential_cannot_be_reissued", "The credential is on a card already.")
    now, number = workspace.clock.text(), workspace.ids.pin(10)
    written = credential.but(issued_at=now, card_number=number, warnings=without_codes(credential.warnings, REISSUE))
    workspace[AcsCredentialRow].put(written)
    card = {**on_card(written), "acs_credential_id": written.id, "created_at": now}
    workspace[AcsEncoderRow].put(encoder.but(card=card))
    tell(workspace, AcsCredentialReissued if was_issued else AcsCredentialIssued, written)
    card_encoded.send(workspace, written)
    return workspace[AcsCredentialRow][written.id].view()


def on_card(credential: AcsCredentialRow) -> dict[str, Any]:
    """What a card holds of a credential."""
    return {
        "is_issued": True,
        "starts_at": credential.starts_at,
        "ends_at": credential.ends_at,
        "card_number": credential.card_number,
    }


def scan(workspace: Workspace, action_attempt_id: str, acs_encoder_id: str) -> dict[str, Any]:
    """Read a card: the work of a SCAN_CREDENTIAL attempt."""
    card, credential = read(workspace, _reach(workspace, acs_encoder_id))
    warnings = []
    if card is not None and credential is None:
        warnings.append(_warning("acs_credential_on_seam_not_found", "Seam knows no credential of this card."))
    elif card is not None and credential is not None:
        own = on_card(credential)
        names = [name for name in ("starts_at", "ends_at", "card_number") if own[name] != card[name]]
        if names:
            text = f"The card differs from the credential in {', '.join(names)}."
            warnings.append(_warning("acs_credential_on_encoder_out_of_sync", text))
    return {
        "acs_credential_on_encoder": card,
        "acs_credential_on_seam": None if credential is None else credential.view(),
        "warnings": warnings,
    }


def _warning(code: str, message: str) -> dict[str, str]:
    return {"warning_code": code, "warning_message": message}


def read(workspace: Workspace, encoder: AcsEncoderRow) -> tuple[dict[str, Any] | None, AcsCredentialRow | None]:
    """What is on the card at an encoder, and the credential that Seam knows it as.

    By what a test wants to happen next; else the card that was written last. None of it: ActionFailed.
    """
    asked = encoder.next_scan or {}
    workspace[AcsEncoderRow].put(encoder.but(next_scan=None))
    _fail(asked.get("error_code"))
    scenario = asked.get("scenario")
    if scenario == "credential_on_encoder_is_empty":
        return None, None
    if scenario == "credential_does_not_exist_on_seam":
        number, now = workspace.ids.pin(10), workspace.clock.text()
        return {"created_at": now, "is_issued": True, "starts_at": None, "ends_at": None, "card_number": number}, None
    credential = _credential_on(workspace, encoder, asked.get("acs_credential_id_on_seam"))
    if scenario is None:
        if encoder.card is None:
            _fail("no_credential_on_encoder")
        return {name: value for name, value in (encoder.card or {}).items() if name != "acs_credential_id"}, credential
    if credential is None:
        raise ActionFailed("no_credential_on_encoder", _MESSAGES["no_credential_on_encoder"])
    card = {"created_at": credential.issued_at or credential.created_at, **on_card(credential)}
    if scenario == "credential_on_encoder_needs_update":
        card["ends_at"] = None if credential.ends_at is not None else workspace.clock.text()
    return card, credential


def _credential_on(workspace: Workspace, encoder: AcsEncoderRow, asked: str | None) -> AcsCredentialRow | None:
    """The credential that is named, else that of the card that was written last."""
    return workspace[AcsCredentialRow].get(asked or (encoder.card or {}).get("acs_credential_id"))
