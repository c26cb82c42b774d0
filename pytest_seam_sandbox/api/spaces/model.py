"""Spaces as rows and as clients see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ...engine.store import Row, row_type
from .._shared import Resource, given


class CustomerData(Resource):
    """What a customer tells about a place; times of day as `HH:MM` or `HH:MM:SS`, without a zone."""

    address: str | None = None
    default_checkin_time: str | None = None
    default_checkout_time: str | None = None
    time_zone: str | None = None


class Space(Resource):
    """A space as /spaces/get shows it."""

    space_id: str
    workspace_id: str
    name: str
    display_name: str
    space_key: str | None = None
    customer_key: str | None = None
    device_count: int
    acs_entrance_count: int
    customer_data: CustomerData | None = None
    created_at: str


@row_type
class SpaceRow(Row):
    """A space. Its members name it too (`space_ids`); state.py keeps the two together.

    is_announced: a customer's data names it, and nothing has made it yet.
    """

    key: ClassVar[str] = "space_id"
    not_found: ClassVar[str] = "space_not_found"
    space_id: str
    workspace_id: str
    created_at: str
    name: str
    space_key: str | None = None
    customer_key: str | None = None
    device_ids: tuple[str, ...] = ()
    acs_entrance_ids: tuple[str, ...] = ()
    connected_account_ids: tuple[str, ...] = ()
    customer_data: Mapping[str, str | None] | None = None
    geolocation: Mapping[str, float] | None = None
    parent_space_id: str | None = None
    parent_space_key: str | None = None
    is_announced: bool = False

    def view(self) -> dict[str, Any]:
        """The space as a client sees it; its members are counted and not named (spec). `warnings`: SDK."""
        return {
            "space_id": self.space_id,
            "workspace_id": self.workspace_id,
            "name": self.name,
            "display_name": self.name,
            "device_count": len(self.device_ids),
            "acs_entrance_count": len(self.acs_entrance_ids),
            "warnings": [],
            "created_at": self.created_at,
            **given(
                space_key=self.space_key,
                customer_key=self.customer_key,
                customer_data=self.customer_data,
                geolocation=self.geolocation,
                parent_space_id=self.parent_space_id,
                parent_space_key=self.parent_space_key,
            ),
        }

    def event_fields(self) -> dict[str, Any]:
        """What every event about this space carries: all its members."""
        return {
            "space_id": self.space_id,
            "device_ids": list(self.device_ids),
            "acs_entrance_ids": list(self.acs_entrance_ids),
            **given(space_key=self.space_key),
        }
