"""Phones as other families need them: the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, ClassVar

from ...engine.store import Row, row_type
from .._shared import Condition, Meta, given


@row_type
class PhoneRow(Row):
    """A phone; who owns it and which installation it is are not shown to clients (spec).

    name: what the phone calls itself, for when it has no nickname. acs_credential_ids: the credentials that were
    issued to it, and those whose copies they are; not shown.
    """

    key: ClassVar[str] = "device_id"
    not_found: ClassVar[str] = "device_not_found"
    device_id: str
    workspace_id: str
    device_type: str
    name: str
    created_at: str
    user_identity_id: str
    custom_sdk_installation_id: str
    manufacturer: str
    nickname: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    custom_metadata: Meta = field(default_factory=dict)
    acs_credential_ids: tuple[str, ...] = ()
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    @property
    def display_name(self) -> str:
        """The nickname when there is one, else `properties.appearance.name`, else the model (spec; the last: assumed).

        Seam shows no `appearance` of a phone; here it shows when a test has set it.
        """
        return self.nickname or self.properties.get("appearance", {}).get("name") or self.name

    def view(self) -> dict[str, Any]:
        """The phone as a client sees it."""
        return {
            "device_id": self.device_id,
            "workspace_id": self.workspace_id,
            "device_type": self.device_type,
            "display_name": self.display_name,
            **given(nickname=self.nickname),
            "created_at": self.created_at,
            "custom_metadata": self.custom_metadata,
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            "properties": self.properties,
        }
