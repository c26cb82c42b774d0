"""Phones as other families need them: the row. Endpoints: phones.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, ClassVar

from ..engine.store import Row, row_type
from ._shared import Meta


@row_type
class PhoneRow(Row):
    """A phone; who owns it and which installation it is are not shown to clients (spec).

    acs_credential_ids: the credentials that were issued to it, and those whose copies they are; not shown.
    """

    key: ClassVar[str] = "device_id"
    not_found: ClassVar[str] = "device_not_found"
    device_id: str
    workspace_id: str
    device_type: str
    display_name: str
    created_at: str
    user_identity_id: str
    custom_sdk_installation_id: str
    manufacturer: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    custom_metadata: Meta = field(default_factory=dict)
    acs_credential_ids: tuple[str, ...] = ()

    def view(self) -> dict[str, Any]:
        """The phone as a client sees it."""
        return {
            "device_id": self.device_id,
            "workspace_id": self.workspace_id,
            "device_type": self.device_type,
            "display_name": self.display_name,
            "created_at": self.created_at,
            "custom_metadata": self.custom_metadata,
            "errors": [],
            "warnings": [],
            "properties": self.properties,
        }
