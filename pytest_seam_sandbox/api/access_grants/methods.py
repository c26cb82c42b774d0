"""Access methods as rows and as clients see them: one way in, such as a PIN or a mobile key, for one access grant."""

from __future__ import annotations

from typing import Any, ClassVar

from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._shared import Condition, Problem, Resource, given
from ..access_codes.model import AccessCodeRow, codes_on
from ..acs.model import AcsCredentialRow, AcsSystemRow
from .model import METHOD_NAMES, UPDATING, Mode, PendingMutation

LATE = "delay_in_issuing"
FAILED = "failed_to_issue"
REFUSED = "access_not_provisioned"
PROVISIONING = "provisioning_access"
REVOKING = "revoking_access"


class AccessMethod(Resource):
    """An access method as /access_methods/get shows it. It names neither its grant nor its doors (spec)."""

    access_method_id: str
    workspace_id: str
    mode: Mode
    display_name: str
    is_issued: bool
    issued_at: str | None
    display_status: str | None = None
    code: str | None = None
    instant_key_url: str | None = None
    client_session_token: str | None = None
    is_encoding_required: bool | None = None
    is_ready_for_encoding: bool | None = None
    is_assignment_required: bool | None = None
    is_ready_for_assignment: bool | None = None
    errors: list[Problem]
    warnings: list[Problem]
    pending_mutations: list[Resource]
    created_at: str


@row_type
class AccessMethodRow(Row):
    """An access method.

    device_ids, acs_entrance_ids: the doors that it is for. leaving_device_ids: those that it was for, and whose codes
    are still there. superseded_code_ids: codes that no lock can forget, and that others stand in for. was_issued: it
    was usable before. needs_encoding, needs_assignment: what has to be done to its card. is_system_ready: access can be
    given in its access systems now. waiting_since: since when it waits to be issued. is_leaving: it is being deleted.
    """

    key: ClassVar[str] = "access_method_id"
    not_found: ClassVar[str] = "access_method_not_found"
    resource: ClassVar[str] = "access_method"
    error_codes: ClassVar[tuple[str, ...]] = (FAILED,)
    warning_codes: ClassVar[tuple[str, ...]] = ("being_deleted", LATE, "pulled_backup_access_code", UPDATING)
    access_method_id: str
    workspace_id: str
    access_grant_id: str
    mode: Mode
    created_at: str
    code: str | None = None
    device_ids: tuple[str, ...] = ()
    acs_entrance_ids: tuple[str, ...] = ()
    leaving_device_ids: tuple[str, ...] = ()
    superseded_code_ids: tuple[str, ...] = ()
    issued_at: str | None = None
    was_issued: bool = False
    is_backup_code: bool = False
    needs_encoding: bool = False
    needs_assignment: bool = False
    is_system_ready: bool = True
    instant_key_id: str | None = None
    instant_key_url: str | None = None
    client_session_token: str | None = None
    waiting_since: str | None = None
    is_leaving: bool = False
    is_managed: bool = True
    mutations: tuple[PendingMutation, ...] = ()
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    @property
    def is_issued(self) -> bool:
        """Whether it can be used now."""
        return self.issued_at is not None

    @property
    def is_ready_for_card(self) -> bool:
        """Whether a card can be written or assigned now: it waits for one, and its access system is there."""
        return not self.is_issued and self.is_system_ready and not self.is_leaving

    @property
    def is_held_up(self) -> bool:
        """Whether a test keeps it from being issued."""
        marks = (condition.code for condition in (*self.errors, *self.warnings) if condition.is_marked)
        return not {FAILED, REFUSED, LATE}.isdisjoint(marks)

    def has_mutation(self, mutation_code: str) -> bool:
        """Whether a change of this kind is under way."""
        return any(mutation.mutation_code == mutation_code for mutation in self.mutations)

    def without_mutation(self, *codes: str) -> AccessMethodRow:
        """The same method without changes of some kinds under way."""
        return self.but(mutations=tuple(one for one in self.mutations if one.mutation_code not in codes))

    def _display_status(self) -> str:
        """What a person reads of the state. Source: spec for Awaiting encoding; the other words are assumed."""
        if self.is_leaving:
            return "Deleting"
        if self.is_issued:
            return "Issued"
        waits = "encoding" if self.needs_encoding else "assignment" if self.needs_assignment else "issuance"
        return f"Awaiting {waits}"

    def _card(self) -> dict[str, bool]:
        if self.mode != "card":
            return {}
        return {
            "is_encoding_required": self.needs_encoding,
            "is_ready_for_encoding": self.needs_encoding and self.is_ready_for_card,
            "is_assignment_required": self.needs_assignment,
            "is_ready_for_assignment": self.needs_assignment and self.is_ready_for_card,
        }

    def view(self) -> dict[str, Any]:
        """The method as a client sees it; an unmanaged one without link and token (spec)."""
        view = {
            "access_method_id": self.access_method_id,
            "workspace_id": self.workspace_id,
            "mode": self.mode,
            "display_name": METHOD_NAMES[self.mode],
            "is_issued": self.is_issued,
            "issued_at": self.issued_at,
            "display_status": self._display_status(),
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            "pending_mutations": [mutation.view() for mutation in self.mutations],
            "created_at": self.created_at,
            **self._card(),
        }
        if self.mode == "code":
            view["code"] = self.code
        if self.is_managed:
            view |= given(instant_key_url=self.instant_key_url, client_session_token=self.client_session_token)
        return view


def methods_of(workspace: Workspace, access_grant_id: str) -> list[AccessMethodRow]:
    """The access methods of a grant, oldest first."""
    return workspace[AccessMethodRow].where("access_grant_id", access_grant_id)


def codes_of(workspace: Workspace, method: AccessMethodRow) -> list[AccessCodeRow]:
    """All access codes that were made for a method and are still there, those that are being deleted included."""
    return [
        code
        for device_id in dict.fromkeys((*method.device_ids, *method.leaving_device_ids))
        for code in codes_on(workspace, device_id)
        if code.granted_by is not None and code.granted_by.access_method_id == method.id
    ]


def code_on(workspace: Workspace, method: AccessMethodRow, device_id: str) -> AccessCodeRow | None:
    """The access code by which a method opens a device; None when there is none."""
    for code in codes_of(workspace, method):
        is_current = code.id not in method.superseded_code_ids and not code.has_mutation("deleting")
        if code.device_id == device_id and is_current:
            return code
    return None


def credentials_of(workspace: Workspace, method: AccessMethodRow) -> list[AcsCredentialRow]:
    """The credentials of a method, one for each access system, without the copies on phones."""
    found = workspace[AcsCredentialRow].where("access_method_id", method.id)
    return [credential for credential in found if credential.parent_acs_credential_id is None]


def is_manageable(workspace: Workspace, credential: AcsCredentialRow) -> bool:
    """Whether access can be given and taken in the access system of a credential now."""
    return workspace[AcsSystemRow][credential.acs_system_id].is_manageable
