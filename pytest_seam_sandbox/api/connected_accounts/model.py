"""Connected accounts as rows and as clients see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._shared import (
    Condition,
    Meta,
    Problem,
    Resource,
    find,
    given,
)

Capability = Literal["lock", "thermostat", "noise_sensor", "access_control", "camera"]


if TYPE_CHECKING:
    from ..seam_fields import SeamConnectedAccount
else:
    SeamConnectedAccount = Resource


class ConnectedAccount(SeamConnectedAccount):
    """A connected account as /connected_accounts/get shows it."""

    connected_account_id: str
    account_type: str | None = None
    account_type_display_name: str
    display_name: str
    accepted_capabilities: list[str]
    automatically_manage_new_devices: bool
    custom_metadata: Meta
    customer_key: str | None = None
    created_at: str | None = None
    errors: list[Problem]
    warnings: list[Problem]


@row_type
class ConnectedAccountRow(Row):
    """A connected account.

    Not shown to clients (spec): connect_webview_ids, those through which its user logged in, and space_ids, the spaces
    that it was added to.
    """

    key: ClassVar[str] = "connected_account_id"
    not_found: ClassVar[str] = "connected_account_not_found"
    resource: ClassVar[str] = "connected_account"
    error_codes: ClassVar[tuple[str, ...]] = ("account_disconnected",)
    connected_account_id: str
    account_type: str
    account_type_display_name: str
    display_name: str
    created_at: str
    accepted_capabilities: tuple[str, ...] = ("lock", "thermostat", "noise_sensor")
    automatically_manage_new_devices: bool = True
    custom_metadata: Meta = field(default_factory=dict)
    customer_key: str | None = None
    user_identifier: Mapping[str, str] | None = None
    image_url: str | None = None
    connect_webview_ids: tuple[str, ...] = ()
    space_ids: tuple[str, ...] = ()
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()
    is_logged_in: bool = True

    @property
    def email(self) -> str | None:
        """The email address of the login at the provider."""
        return (self.user_identifier or {}).get("email")

    @property
    def is_disconnected(self) -> bool:
        """Whether the link to the provider is lost."""
        return any(error.code == "account_disconnected" for error in self.errors)

    @property
    def needs_login(self) -> bool:
        """Whether its login works no more; Seam may not have noticed yet."""
        return self.is_disconnected or not self.is_logged_in

    @property
    def is_out_of_reach(self) -> bool:
        """Whether an event has told that the account is disconnected: its login or its bridge is gone."""
        return any(error.code in ("account_disconnected", "bridge_disconnected") for error in self.errors)

    def view(self) -> dict[str, Any]:
        """The account as a client sees it."""
        return {
            "connected_account_id": self.connected_account_id,
            "account_type": self.account_type,
            "account_type_display_name": self.account_type_display_name,
            "display_name": self.display_name,
            "accepted_capabilities": self.accepted_capabilities,
            "automatically_manage_new_devices": self.automatically_manage_new_devices,
            "custom_metadata": self.custom_metadata,
            "created_at": self.created_at,
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            **given(customer_key=self.customer_key, user_identifier=self.user_identifier, image_url=self.image_url),
        }

    def event_fields(self) -> dict[str, Any]:
        """What every event about this account carries."""
        return {
            "connected_account_id": self.connected_account_id,
            "connected_account_custom_metadata": self.custom_metadata,
        }


def find_account(workspace: Workspace, connected_account_id: str) -> ConnectedAccountRow:
    """The account of this id, or 404 `connected_account_not_found`."""
    return find(workspace, ConnectedAccountRow, connected_account_id, words="Connected account")


def account_of_login(workspace: Workspace, provider: str, email: str) -> ConnectedAccountRow | None:
    """The account of this login, which a workspace has once at most; None when nobody logged in with it."""
    accounts = workspace[ConnectedAccountRow]
    return next((row for row in accounts if (row.account_type, row.email) == (provider, email)), None)
