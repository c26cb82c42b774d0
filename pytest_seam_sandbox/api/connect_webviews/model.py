"""Connect Webviews as rows and as clients see them."""

from __future__ import annotations

from dataclasses import field
from typing import Any, ClassVar, Literal

from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._shared import Meta, Resource, find, given

SelectionMode = Literal["none", "single", "multiple"]


class ConnectWebview(Resource):
    """A Connect Webview as /connect_webviews/get shows it. status: "pending", "failed" or "authorized"."""

    connect_webview_id: str
    workspace_id: str
    url: str
    status: Literal["pending", "failed", "authorized"]
    login_successful: bool
    connected_account_id: str | None
    selected_provider: str | None
    accepted_providers: list[str]
    accepted_capabilities: list[str]
    any_provider_allowed: bool
    automatically_manage_new_devices: bool
    wait_for_device_creation: bool
    custom_metadata: Meta
    custom_redirect_url: str | None
    custom_redirect_failure_url: str | None
    customer_key: str | None = None
    authorized_at: str | None
    created_at: str


@row_type
class ConnectWebviewRow(Row):
    """A Connect Webview."""

    key: ClassVar[str] = "connect_webview_id"
    not_found: ClassVar[str] = "connect_webview_not_found"
    connect_webview_id: str
    workspace_id: str
    url: str
    created_at: str
    accepted_providers: tuple[str, ...]
    accepted_capabilities: tuple[str, ...]
    any_provider_allowed: bool
    device_selection_mode: SelectionMode = "none"
    automatically_manage_new_devices: bool = True
    wait_for_device_creation: bool = False
    custom_metadata: Meta = field(default_factory=dict)
    custom_redirect_url: str | None = None
    custom_redirect_failure_url: str | None = None
    customer_key: str | None = None
    status: Literal["pending", "failed", "authorized"] = "pending"
    connected_account_id: str | None = None
    selected_provider: str | None = None
    authorized_at: str | None = None

    def view(self) -> dict[str, Any]:
        """The Connect Webview as a client sees it."""
        return {
            "connect_webview_id": self.connect_webview_id,
            "workspace_id": self.workspace_id,
            "url": self.url,
            "status": self.status,
            "login_successful": self.status == "authorized",
            "connected_account_id": self.connected_account_id,
            "selected_provider": self.selected_provider,
            "accepted_providers": self.accepted_providers,
            "accepted_capabilities": self.accepted_capabilities,
            "accepted_devices": [],
            "any_device_allowed": True,
            "any_provider_allowed": self.any_provider_allowed,
            "device_selection_mode": self.device_selection_mode,
            "automatically_manage_new_devices": self.automatically_manage_new_devices,
            "wait_for_device_creation": self.wait_for_device_creation,
            "custom_metadata": self.custom_metadata,
            "custom_redirect_url": self.custom_redirect_url,
            "custom_redirect_failure_url": self.custom_redirect_failure_url,
            "authorized_at": self.authorized_at,
            "created_at": self.created_at,
            **given(customer_key=self.customer_key),
        }


def find_webview(workspace: Workspace, connect_webview_id: str) -> ConnectWebviewRow:
    """The Connect Webview of this id, or 404 `connect_webview_not_found`."""
    return find(workspace, ConnectWebviewRow, connect_webview_id, words="Connect webview")
