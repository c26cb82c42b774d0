"""Connect Webviews: the pages on which people log in at a provider, and what their logins bring about."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal, get_args

from ...catalog.devices import providers
from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.http import SEAM_URL
from ...engine.pages import Page, Pager
from ...engine.query import QueryType
from ...engine.router import Router
from ...engine.types import Metadata, NonEmptyText, Text, Uuid, one_of
from ...engine.workspace import Workspace
from .._filters import all_of, among, having, searched, with_metadata
from .._shared import (
    EVERYONE,
    EVERYONE_READ,
    WORKSPACE,
    merge_metadata,
)
from ..acs.sites import system_types
from ..client_sessions.model import ClientSessionRow
from ..connected_accounts.model import Capability
from ..devices.house import capability, models_of
from .logins import PROVIDERS
from .model import ConnectWebviewRow, SelectionMode, find_webview

router = Router("/connect_webviews")


Provider = Annotated[str, one_of(*PROVIDERS), QueryType("string")]
WebviewCategory = Literal[
    "stable",
    "consumer_smartlocks",
    "beta",
    "thermostats",
    "noise_sensors",
    "access_control_systems",
    "cameras",
    "connectors",
    "internal_beta",
]


@cache
def _default_capabilities(accepted_providers: tuple[str, ...]) -> tuple[str, ...]:
    """What the providers' devices are. A provider that has locks connects only those unless it is asked (spec)."""
    found = set()
    for provider in accepted_providers:
        kinds = {kind for model in models_of(provider) if (kind := capability(model))}
        found |= {"lock"} if "lock" in kinds else kinds
        if system_types(provider):
            found.add("access_control")
    return tuple(name for name in get_args(Capability) if name in found)


@router.post(
    "create",
    key="connect_webview",
    allow=EVERYONE,
    source="spec",
    no_effect={
        "custom_redirect_failure_url": "kept and shown; the sandbox serves no page that could lead there",
        "custom_redirect_url": "kept and shown; the sandbox serves no page that could lead there",
        "device_selection_mode": "kept and shown; the sandbox serves no page to choose devices on",
        "wait_for_device_creation": "kept and shown; in the sandbox all devices of a login are there at once",
    },
)
def create(
    workspace: Workspace,
    *,
    caller: Caller,
    accepted_capabilities: list[Capability] | None = None,
    accepted_providers: list[Provider] | None = None,
    automatically_manage_new_devices: bool | None = None,
    custom_metadata: Metadata | None = None,
    custom_redirect_failure_url: Text | None = None,
    custom_redirect_url: Text | None = None,
    customer_key: NonEmptyText | None = None,
    device_selection_mode: SelectionMode | None = None,
    excluded_providers: list[Text] | None = None,
    provider_category: WebviewCategory | None = None,
    wait_for_device_creation: bool = False,
) -> ConnectWebviewRow:
    """A new Connect Webview. Without accepted_providers and provider_category any provider is allowed.

    It then offers all stable ones (docs).
    accepted_providers wins over provider_category (assumed). A client session that makes a webview holds it, and a
    customer's session makes it for that customer (assumed).
    """
    webview_id = workspace.ids.uuid()
    accepted = tuple(
        name
        for name in accepted_providers or _of_category(provider_category or "stable")
        if name not in (excluded_providers or ())
    )
    session = _session(caller)
    webview = ConnectWebviewRow(
        connect_webview_id=webview_id,
        workspace_id=workspace.workspace_id,
        url=f"{SEAM_URL}/connect_webviews/view?connect_webview_id={webview_id}"
        f"&auth_token={workspace.ids.token('', 8, 24)}",
        created_at=workspace.clock.text(),
        accepted_providers=accepted,
        accepted_capabilities=tuple(accepted_capabilities or _default_capabilities(accepted)),
        any_provider_allowed=not accepted_providers and provider_category is None,
        device_selection_mode=device_selection_mode or "none",
        automatically_manage_new_devices=automatically_manage_new_devices is not False,
        wait_for_device_creation=wait_for_device_creation,
        custom_metadata=merge_metadata({}, custom_metadata or {}),
        custom_redirect_url=custom_redirect_url,
        custom_redirect_failure_url=custom_redirect_failure_url,
        customer_key=customer_key or (session.customer_key if session else None),
    )
    if session is not None:
        held = (*session.connect_webview_ids, webview_id)
        workspace[ClientSessionRow].put(session.but(connect_webview_ids=held))
    return workspace[ConnectWebviewRow].put(webview)


def _of_category(category: str) -> list[str]:
    return [row["device_provider_name"] for row in providers() if category in row["provider_categories"]]


def _session(caller: Caller) -> ClientSessionRow | None:
    return caller.session if isinstance(caller.session, ClientSessionRow) else None


def _may_see(caller: Caller, webview: ConnectWebviewRow) -> bool:
    """A client session sees the webviews that it holds and, in a customer's portal, those of the customer (assumed)."""
    session = _session(caller)
    if session is None or webview.id in session.connect_webview_ids:
        return True
    return session.customer_key is not None and session.customer_key == webview.customer_key


@router.get("get", key="connect_webview", allow=EVERYONE_READ, source="spec")
def get(workspace: Workspace, *, caller: Caller, connect_webview_id: Uuid) -> ConnectWebviewRow:
    """The Connect Webview of this id; 404, and 401 for a client session that does not hold it."""
    webview = find_webview(workspace, connect_webview_id)
    if not _may_see(caller, webview):
        raise ApiError(401, "unauthorized", "Not authorized to view this connect webview")
    return webview


@router.get("list", key="connect_webviews", allow=EVERYONE_READ, source="spec", page_limit=500)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    custom_metadata_has: Metadata | None = None,
    customer_key: Text | None = None,
    search: NonEmptyText | None = None,
    user_identifier_key: Text | None = None,
) -> Page:
    """Connect Webviews, oldest first. search: id, accepted providers, metadata and customer key (spec).

    user_identifier_key: the webviews that client sessions with this key hold (docs).
    """
    return page.page(
        workspace[ConnectWebviewRow],
        all_of(
            lambda webview: _may_see(caller, webview),
            with_metadata(custom_metadata_has),
            having("customer_key", customer_key),
            searched(search, _texts),
            among("id", _held_by_user(workspace, user_identifier_key)),
        ),
    )


def _texts(webview: ConnectWebviewRow) -> tuple[str | None, ...]:
    metadata = (value for value in webview.custom_metadata.values() if isinstance(value, str))
    return webview.id, webview.customer_key, *webview.accepted_providers, *metadata


def _held_by_user(workspace: Workspace, user_identifier_key: str | None) -> frozenset[str] | None:
    """The webviews that the client sessions with this key hold; None when no key is asked for."""
    if user_identifier_key is None:
        return None
    sessions = [row for row in workspace[ClientSessionRow] if row.user_identifier_key == user_identifier_key]
    return frozenset(webview_id for session in sessions for webview_id in session.connect_webview_ids)


@router.delete("delete", allow=WORKSPACE, source="spec")
def delete(workspace: Workspace, *, connect_webview_id: Uuid) -> None:
    """Delete a Connect Webview; the account that was connected through it stays, and no event says so (spec).

    The client sessions that held it hold it no more (assumed).
    """
    webview_id = find_webview(workspace, connect_webview_id).id
    workspace[ConnectWebviewRow].remove(webview_id)
    for session in [row for row in workspace[ClientSessionRow] if webview_id in row.connect_webview_ids]:
        left = tuple(one for one in session.connect_webview_ids if one != webview_id)
        workspace[ClientSessionRow].put(session.but(connect_webview_ids=left))
