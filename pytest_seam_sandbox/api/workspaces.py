"""Workspaces: the one of the caller, those of an access token's user, and the reset of a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, ClassVar, Literal, cast

from typing_extensions import TypedDict

from ..engine.auth import AccessToken, Caller, Server
from ..engine.router import Router
from ..engine.store import Row, row_type
from ..engine.types import Nullable, Text, Uuid
from ..engine.workspace import Workspace
from ._shared import (
    ANY_WORKSPACE,
    API_KEY,
    EVERYONE_READ,
    WITHOUT_WORKSPACE,
    WORKSPACE,
    find,
    first,
    given,
    require_sandbox,
)
from .action_attempts import ActionAttemptRow
from .webhooks.model import WebhookRow

router = Router("/workspaces")

LogoShape = Literal["circle", "square"]


_SHOWN_ONLY = MappingProxyType(
    {
        "connect_webview_customization": "kept and shown; the sandbox serves no page to log in at",
        "organization_id": "kept and shown; the sandbox has no organizations",
        "webview_logo_shape": "kept and shown; the sandbox serves no page to log in at",
        "webview_primary_button_color": "kept and shown; the sandbox serves no page to log in at",
        "webview_primary_button_text_color": "kept and shown; the sandbox serves no page to log in at",
        "webview_success_message": "kept and shown; the sandbox serves no page to log in at",
    }
)


class Customization(TypedDict, total=False):
    """How Connect Webviews of a workspace look."""

    logo_shape: Nullable[LogoShape]
    primary_button_color: Nullable[Text]
    primary_button_text_color: Nullable[Text]
    success_message: Nullable[Text]


@row_type
class WorkspaceRow(Row):
    """A workspace's own record; it stands in the table of that workspace.

    company_name: connect_partner_name is its older name (spec), so both show the same.
    """

    key: ClassVar[str] = "workspace_id"
    not_found: ClassVar[str] = "workspace_not_found"
    workspace_id: str
    name: str
    is_sandbox: bool
    publishable_key: str
    company_name: str
    is_suspended: bool = False
    is_publishable_key_auth_enabled: bool = True
    organization_id: str | None = None
    customization: Mapping[str, str] = field(default_factory=dict)

    def view(self) -> dict[str, Any]:
        """The workspace as a client sees it."""
        return {
            "workspace_id": self.workspace_id,
            "name": self.name,
            "company_name": self.company_name,
            "connect_partner_name": self.company_name,
            "is_sandbox": self.is_sandbox,
            "is_suspended": self.is_suspended,
            "is_publishable_key_auth_enabled": self.is_publishable_key_auth_enabled,
            "organization_id": self.organization_id,
            "publishable_key": self.publishable_key,
            "connect_webview_customization": self.customization,
        }


def open_workspace(
    server: Server,
    *,
    name: str,
    is_sandbox: bool,
    company_name: str | None = None,
    publishable_key: str | None = None,
    **details: Any,
) -> Workspace:
    """A new workspace on this server, with its own record and a publishable key.

    company_name: by default the name of the workspace, since Seam shows the company to whoever logs in (assumed).
    """
    workspace = server.add_workspace(is_sandbox=is_sandbox)
    made = workspace.ids.token("seam_pk1", 8, 24)  # the ids that follow are the same with a key of one's own
    publishable_key = publishable_key or made
    server.gate.publishable_keys[publishable_key] = workspace.workspace_id
    workspace[WorkspaceRow].put(
        WorkspaceRow(
            workspace_id=workspace.workspace_id,
            name=name,
            company_name=company_name or name,
            is_sandbox=is_sandbox,
            publishable_key=publishable_key,
            **details,
        )
    )
    return workspace


def record_of(workspace: Workspace) -> WorkspaceRow:
    """The workspace's own record."""
    return find(workspace, WorkspaceRow, workspace.workspace_id, words="Workspace")


@router.get(
    "get",
    key="workspace",
    allow=first(API_KEY, of=EVERYONE_READ),
    source="spec",
)
def get(workspace: Workspace) -> WorkspaceRow:
    """The workspace of the caller."""
    return record_of(workspace)


@router.get(
    "list",
    key="workspaces",
    allow=ANY_WORKSPACE,
    source="official fake",
)
def list_(workspace: Workspace | None, *, caller: Caller, server: Server) -> list[WorkspaceRow]:
    """All workspaces of an access token's user; just the one of any other caller."""
    if caller.token is not None:
        return [record_of(server.workspaces[workspace_id]) for workspace_id in caller.token.workspace_ids]
    return [record_of(workspace)] if workspace is not None else []


@router.post(
    "create",
    key="workspace",
    allow=WITHOUT_WORKSPACE,
    source="spec",
    no_effect=_SHOWN_ONLY,
)
def create(
    workspace: None,
    *,
    caller: Caller,
    server: Server,
    company_name: Text | None = None,
    connect_partner_name: Nullable[Text] = None,
    connect_webview_customization: Customization | None = None,
    is_sandbox: bool = False,
    name: Text,
    organization_id: Uuid | None = None,
    webview_logo_shape: LogoShape | None = None,
    webview_primary_button_color: Text | None = None,
    webview_primary_button_text_color: Text | None = None,
    webview_success_message: Text | None = None,
) -> WorkspaceRow:
    """A new workspace of the access token's user; not a sandbox unless it says so (spec)."""
    older_names = {
        "logo_shape": webview_logo_shape,
        "primary_button_color": webview_primary_button_color,
        "primary_button_text_color": webview_primary_button_text_color,
        "success_message": webview_success_message,
    }
    opened = open_workspace(
        server,
        name=name,
        is_sandbox=is_sandbox,
        company_name=company_name or connect_partner_name,
        organization_id=organization_id,
        customization=given(**older_names) | given(**(connect_webview_customization or {})),
    )
    held = cast(AccessToken, caller.token)  # no other caller gets here
    server.gate.access_tokens[held.token] = AccessToken(held.token, (*held.workspace_ids, opened.workspace_id))
    return record_of(opened)


@router.patch(
    "update",
    allow=WORKSPACE,
    source="spec",
    no_effect={
        "is_suspended": "kept and shown; what a suspended workspace answers is not documented",
        "connect_webview_customization": _SHOWN_ONLY["connect_webview_customization"],
        "organization_id": _SHOWN_ONLY["organization_id"],
    },
)
def update(
    workspace: Workspace,
    *,
    server: Server,
    connect_partner_name: Text | None = None,
    connect_webview_customization: Customization | None = None,
    is_publishable_key_auth_enabled: bool | None = None,
    is_suspended: bool | None = None,
    name: Text | None = None,
    organization_id: Uuid | None = None,
) -> None:
    """Change what is given. Without publishable key authentication the publishable key is unknown (assumed: 401)."""
    row = record_of(workspace)
    if is_publishable_key_auth_enabled is True:
        server.gate.publishable_keys[row.publishable_key] = workspace.workspace_id
    elif is_publishable_key_auth_enabled is False:
        server.gate.publishable_keys.pop(row.publishable_key, None)
    customization = dict(row.customization) | dict(connect_webview_customization or {})
    changes = given(
        company_name=connect_partner_name,
        is_publishable_key_auth_enabled=is_publishable_key_auth_enabled,
        is_suspended=is_suspended,
        name=name,
        organization_id=organization_id,
    )
    workspace[WorkspaceRow].put(row.but(customization=given(**customization), **changes))


@router.post("reset_sandbox", key="action_attempt", allow=WORKSPACE, source="docs")
def reset_sandbox(workspace: Workspace) -> ActionAttemptRow:
    """Go back to the state in which the sandbox started; the workspace, its keys and webhooks stay. 400 elsewhere.

    The attempt is finished at once in every mode, since it concerns a record that the reset would take along.
    """
    require_sandbox(workspace)
    workspace.reset(WorkspaceRow, WebhookRow)
    return workspace[ActionAttemptRow].put(
        ActionAttemptRow(
            action_attempt_id=workspace.ids.uuid(),
            action_type="RESET_SANDBOX_WORKSPACE",
            status="success",
            result={},
        )
    )
