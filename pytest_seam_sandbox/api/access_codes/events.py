"""The events that access codes emit. Those of Seam's unreleased lifecycle are not among them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from ...engine.events import EventFields
from .._shared import AccountMetadataFields, IssueFields, Meta


class CodeFields(AccountMetadataFields):
    """The fields of every event about an access code."""

    access_code_id: str
    device_id: str
    connected_account_id: str
    device_custom_metadata: Meta


class CodeIssueFields(IssueFields):
    """The six lists by which an event about trouble with a code tells what is wrong."""

    access_code_errors: list[dict[str, str]]
    access_code_warnings: list[dict[str, str]]


class ChangeFields(EventFields):
    """From what to what; on the wire the fields are `from` and `to`."""

    wire_names: ClassVar[Mapping[str, str]] = MappingProxyType({"before": "from", "after": "to"})
    description: str
    before: dict[str, Any]
    after: dict[str, Any]


class AccessCodeCreated(CodeFields, event_type="access_code.created"):
    """Seam made a record of a code."""


class AccessCodeChanged(CodeFields, event_type="access_code.changed"):
    """A code was altered."""

    changed_properties: list[dict[str, str | None]] | None = None


class AccessCodeNameChanged(CodeFields, ChangeFields, event_type="access_code.name_changed"):
    """A new name is in effect on the lock."""


class AccessCodeCodeChanged(CodeFields, ChangeFields, event_type="access_code.code_changed"):
    """A new PIN is in effect on the lock."""


class AccessCodeTimeFrameChanged(CodeFields, ChangeFields, event_type="access_code.time_frame_changed"):
    """A new time frame is in effect on the lock."""


class AccessCodeMutationsRequested(CodeFields, event_type="access_code.mutations_requested"):
    """A change was asked for; the lock has not confirmed it yet."""

    requested_mutations: list[dict[str, Any]]


class AccessCodeScheduledOnDevice(CodeFields, event_type="access_code.scheduled_on_device"):
    """The lock knows the code ahead of its start."""

    code: str


class AccessCodeSetOnDevice(CodeFields, event_type="access_code.set_on_device"):
    """The code opens the lock now."""

    code: str


class AccessCodeRemovedFromDevice(CodeFields, event_type="access_code.removed_from_device"):
    """The code was erased from the lock."""


class AccessCodeDelayInSettingOnDevice(
    CodeFields, CodeIssueFields, event_type="access_code.delay_in_setting_on_device"
):
    """Programming takes unusually long."""


class AccessCodeFailedToSetOnDevice(CodeFields, CodeIssueFields, event_type="access_code.failed_to_set_on_device"):
    """Programming failed; Seam goes on trying."""


class AccessCodeFailedToRemoveFromDevice(
    CodeFields, CodeIssueFields, event_type="access_code.failed_to_remove_from_device"
):
    """Erasing failed; Seam goes on trying."""


class AccessCodeDeleted(CodeFields, event_type="access_code.deleted"):
    """The record of a code was deleted."""

    code: str | None


class AccessCodeModifiedExternalToSeam(CodeFields, event_type="access_code.modified_external_to_seam"):
    """Somebody changed a code outside Seam."""


class AccessCodeDeletedExternalToSeam(CodeFields, event_type="access_code.deleted_external_to_seam"):
    """Somebody erased a code outside Seam."""


class AccessCodeBackupAccessCodePulled(CodeFields, event_type="access_code.backup_access_code_pulled"):
    """A code of the pool stands in for this one."""

    backup_access_code_id: str


class AccessCodeUnmanagedCreated(CodeFields, event_type="access_code.unmanaged.created"):
    """A code that this workspace did not make appeared on a lock."""


class AccessCodeUnmanagedRemoved(CodeFields, event_type="access_code.unmanaged.removed"):
    """An unmanaged code vanished from a lock."""


class AccessCodeUnmanagedConvertedToManaged(CodeFields, event_type="access_code.unmanaged.converted_to_managed"):
    """An unmanaged code is managed now."""


class AccessCodeUnmanagedFailedToConvertToManaged(
    CodeFields, CodeIssueFields, event_type="access_code.unmanaged.failed_to_convert_to_managed"
):
    """An unmanaged code could not be converted."""
