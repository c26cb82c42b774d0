"""Access codes as rows and as clients see them, managed and unmanaged in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._shared import Condition, Problem, Resource, errors_in_event, given, warnings_in_event
from ..devices.model import DeviceRow, account_of, find_device, issue_fields

Status = Literal["setting", "set", "unset", "removing", "unknown"]
_DISPLAYED: Mapping[Status, str] = MappingProxyType(
    {
        "setting": "Issuing",
        "set": "Active",
        "unset": "Scheduled",
        "removing": "Deleting",
        "unknown": "Unknown",
    }
)
NOT_SET = frozenset(
    {
        "code_constraints_violated",
        "duplicate_code_on_device",
        "failed_to_issue",
        "failed_to_set_on_device",
        "no_space_for_access_code_on_device",
    }
)
"""The errors that say that a code is not on its lock."""
NOT_REMOVED = frozenset({"failed_to_remove_from_device", "failed_to_expire"})
"""The errors that say that a code should be gone from its lock, and is not."""
LATE = "delay_in_setting_on_device"
CANNOT_CONVERT = frozenset({"igloohome_lock", "kwikset_lock", "smartthings_lock"})
"""The device types whose unmanaged codes stay unmanaged (docs)."""


if TYPE_CHECKING:
    from ..seam_fields import SeamAccessCode
else:
    SeamAccessCode = Resource


class AccessCode(SeamAccessCode):
    """An access code as /access_codes/get shows it."""

    access_code_id: str
    device_id: str
    workspace_id: str
    type: Literal["ongoing", "time_bound"]
    name: str | None
    code: str | None
    status: Status
    display_status: str
    is_managed: bool
    created_at: str
    starts_at: str | None = None
    ends_at: str | None = None
    common_code_key: str | None = None
    errors: list[Problem]
    warnings: list[Problem]
    pending_mutations: list[Resource] = []  # noqa: RUF012 - pydantic copies defaults
    is_scheduled_on_device: bool | None = None
    is_backup_access_code_available: bool | None = None
    pulled_backup_access_code_id: str | None = None


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change that was asked for and is not on the lock yet. before/after: what the `updating_*` ones change."""

    mutation_code: str
    created_at: str
    message: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    scheduled_at: str | None = None

    def view(self) -> dict[str, Any]:
        """The entry of `pending_mutations`."""
        changes = given(scheduled_at=self.scheduled_at)
        if self.before is not None:
            changes |= {"from": dict(self.before), "to": dict(self.after or {})}
        return {
            "mutation_code": self.mutation_code,
            "created_at": self.created_at,
            "message": self.message,
            **changes,
        }

    def in_event(self) -> dict[str, Any]:
        """The entry of `requested_mutations` in access_code.mutations_requested."""
        changes = {} if self.before is None else {"from": dict(self.before), "to": dict(self.after or {})}
        return {"mutation_code": self.mutation_code, **changes}


@dataclass(frozen=True, slots=True)
class GrantedBy:
    """The access grant and the access method for which a code was made."""

    access_method_id: str
    access_grant_id: str
    access_grant_key: str | None = None


@row_type
class AccessCodeRow(Row):
    """An access code.

    pin_on_lock: what the lock opens to; None while nothing is programmed. device_errors: those of the device and of
    its account, which Seam repeats on each of its codes. waiting_since: when the lock was first found unreachable; None
    while nothing waits. is_native: whether the lock itself knows the time frame. is_scheduled: the lock has it ahead of
    its start. is_pulled: a code of the backup pool that stands in for another. attempts: ids of the action attempts
    that are pending until the lock has what they asked for. granted_by: set for a code of an access grant; not shown.
    """

    key: ClassVar[str] = "access_code_id"
    not_found: ClassVar[str] = "access_code_not_found"
    resource: ClassVar[str] = "access_code"
    error_codes: ClassVar[tuple[str, ...]] = (
        *DeviceRow.error_codes,
        "conflicting_external_modification",
        "duplicate_code_on_device",
        "failed_to_remove_from_device",
        "failed_to_set_on_device",
        "no_space_for_access_code_on_device",
    )
    warning_codes: ClassVar[tuple[str, ...]] = (
        "being_deleted",
        "delay_in_setting_on_device",
        "external_modification_in_effect",
        "using_backup_access_code",
    )
    access_code_id: str
    device_id: str
    workspace_id: str
    created_at: str
    name: str | None
    code: str | None
    status: Status
    starts_at: str | None = None
    ends_at: str | None = None
    common_code_key: str | None = None
    is_managed: bool = True
    is_native: bool = False
    is_offline: bool = False
    is_one_time_use: bool = False
    is_external_modification_allowed: bool = False
    is_backup: bool = False
    is_pulled: bool = False
    uses_backup_pool: bool = False
    is_backup_available: bool = False
    pulled_backup_access_code_id: str | None = None
    is_scheduled: bool = False
    pin_on_lock: str | None = None
    mutations: tuple[Mutation, ...] = ()
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()
    device_errors: tuple[Condition, ...] = ()
    waiting_since: str | None = None
    cannot_be_managed: bool = False
    attempts: tuple[str, ...] = ()
    granted_by: GrantedBy | None = None

    @property
    def type(self) -> Literal["ongoing", "time_bound"]:
        """Whether the code has a time frame."""
        return "ongoing" if self.starts_at is None else "time_bound"

    def on_lock(self) -> AccessCodeRow:
        """The code as the lock knows it: without the changes that wait for it."""
        on_lock: dict[str, Any] = {}
        for mutation in reversed(self.mutations):
            on_lock |= mutation.before or {}
        return self.but(mutations=(), **on_lock)

    def has_error(self, code: str) -> bool:
        """Whether this error of its own is on the code."""
        return any(error.code == code for error in self.errors)

    @property
    def is_held_up(self) -> bool:
        """Whether a test keeps the code off its lock, or on it."""
        return any(error.is_marked and error.code in NOT_SET | NOT_REMOVED for error in self.errors) or any(
            warning.is_marked and warning.code == LATE for warning in self.warnings
        )

    def has_mutation(self, mutation_code: str) -> bool:
        """Whether a change of this kind is pending."""
        return any(mutation.mutation_code == mutation_code for mutation in self.mutations)

    def _display_status(self) -> str:
        """What a person reads of the status. Source: SDK for Issuing, Active and Expired; the other words are assumed.

        Seam says that the wording is not stable and that no program should compare it.
        """
        if self.status == "removing" and not self.has_mutation("deleting"):
            return "Expired"
        return _DISPLAYED[self.status]

    def view(self) -> dict[str, Any]:
        """The code as a client sees it: managed or, cut down, unmanaged. Source: spec."""
        view: dict[str, Any] = {
            "access_code_id": self.access_code_id,
            "device_id": self.device_id,
            "workspace_id": self.workspace_id,
            "type": self.type,
            "name": self.name,
            "code": self.code,
            "created_at": self.created_at,
            "errors": [error.as_error() for error in (*self.errors, *self.device_errors)],
            "warnings": [warning.as_warning() for warning in self.warnings],
            "is_managed": self.is_managed,
            "status": self.status,
            "display_status": self._display_status(),
        }
        if self.type == "time_bound":
            view |= {"starts_at": self.starts_at, "ends_at": self.ends_at}
        if not self.is_managed:
            is_set = self.pin_on_lock is not None
            view |= {"status": "set" if is_set else "unset", "display_status": "Active" if is_set else "Not active"}
            return view | ({"cannot_be_managed": True} if self.cannot_be_managed else {})
        return view | {
            "common_code_key": self.common_code_key,
            "is_backup_access_code_available": self.is_backup_available and self.type == "time_bound",
            "is_external_modification_allowed": self.is_external_modification_allowed,
            "is_one_time_use": self.is_one_time_use,
            "is_offline_access_code": self.is_offline,
            "is_backup": self.is_backup,
            "is_scheduled_on_device": self.is_scheduled,
            "is_waiting_for_code_assignment": False,
            "pulled_backup_access_code_id": self.pulled_backup_access_code_id,
            "pending_mutations": [mutation.view() for mutation in self.mutations],
        }


def creating(created_at: str) -> Mutation:
    """The mutation of a code that is to be programmed now."""
    return Mutation("creating", created_at, "Seam is programming the code.")


def deleting(created_at: str) -> Mutation:
    """The mutation of a code that is to be erased."""
    return Mutation("deleting", created_at, "Seam is erasing the code.")


def codes_on(workspace: Workspace, device_id: str) -> list[AccessCodeRow]:
    """All codes of a lock, managed and unmanaged, those of the backup pool included."""
    return workspace[AccessCodeRow].where("device_id", device_id)


def device_of(workspace: Workspace, code: AccessCodeRow) -> DeviceRow:
    """The lock of a code; codes go before their device, so it is always there."""
    return find_device(workspace, code.device_id)


def is_programmable(device: DeviceRow) -> bool:
    """Whether Seam can program online codes on the device now: it is in reach, and nothing else is in the way.

    In the way is, for example, a plan that is not paid (docs: Nuki).
    """
    return device.is_online and device.works_now("can_program_online_access_codes")


def code_fields(workspace: Workspace, code: AccessCodeRow) -> dict[str, Any]:
    """What every event about this code carries."""
    device = device_of(workspace, code)
    return {
        "access_code_id": code.access_code_id,
        "device_id": code.device_id,
        **account_of(workspace, device).event_fields(),
        "device_custom_metadata": device.custom_metadata,
    }


def six_lists(workspace: Workspace, code: AccessCodeRow) -> dict[str, Any]:
    """The six lists that an event about trouble with a code carries."""
    return {
        "access_code_errors": errors_in_event(code.errors),
        "access_code_warnings": warnings_in_event(code.warnings),
        **issue_fields(workspace, device_of(workspace, code)),
    }
