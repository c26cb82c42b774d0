"""Who calls: API keys, personal access tokens, client sessions and publishable keys.

An endpoint lists the methods that it takes, in the order of Seam's specification. A method that does not apply to the
request (another prefix, no such header) is passed over; the first that applies decides. Source: official fake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .errors import ApiError
from .http import Request
from .workspace import Workspace


class Method(StrEnum):
    """A way to authenticate; the values are the names of the security schemes in Seam's specification.

    Console sessions and support tokens belong to Seam's own staff and web console: the sandbox never hands one out,
    so on a route they are just words.
    """

    API_KEY = "api_key"
    PAT = "pat_with_workspace"
    PAT_WITHOUT_WORKSPACE = "pat_without_workspace"
    CLIENT_SESSION = "client_session"
    PORTAL = "client_session_with_customer"
    PORTAL_READ_ONLY = "client_session_with_customer_ro"
    PUBLISHABLE_KEY = "publishable_key"
    CONSOLE = "console_session_with_workspace"
    CONSOLE_WITHOUT_WORKSPACE = "console_session_without_workspace"
    SUPPORT = "support_read_only_token"


class Session(Protocol):
    """What the engine has to know of a client session."""

    @property
    def customer_key(self) -> str | None:
        """The customer whose portal it is; None for a plain session."""
        ...

    @property
    def is_read_only(self) -> bool:
        """Whether it is a portal that changes nothing."""
        ...

    @property
    def connected_account_ids(self) -> tuple[str, ...]:
        """The accounts that it reaches."""
        ...

    @property
    def user_identity_ids(self) -> tuple[str, ...]:
        """The user identities that it acts for."""
        ...


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A personal access token: its user's workspaces."""

    token: str
    workspace_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent the request. `session` is set for client sessions, `token` for personal access tokens."""

    method: Method
    session: Session | None = None
    token: AccessToken | None = None

    def may_see_account(self, connected_account_id: str) -> bool:
        """Whether a device of this connected account is within the caller's reach."""
        return self.session is None or connected_account_id in self.session.connected_account_ids


class Server(Protocol):
    """What an endpoint that concerns the whole server gets: all workspaces and credentials."""

    @property
    def workspaces(self) -> dict[str, Workspace]:
        """All workspaces by id."""
        ...

    @property
    def gate(self) -> Gate:
        """All credentials."""
        ...

    def add_workspace(self, *, is_sandbox: bool) -> Workspace:
        """A new, empty workspace."""
        ...


SessionFinder = Callable[[str], "tuple[Workspace, Session]"]


_API_KEY = Method.API_KEY
_API_KEY_CALLER = Caller(_API_KEY)
_OTHER_CREDENTIALS = frozenset({"client-session-token", "seam-client-session-token", "seam-publishable-key"})


class Gate:
    """All credentials of one app.

    find_session: gives the workspace and the session of a client session token, or raises the ApiError that says why
    there is none. `other_keys` has credentials of other servers and whom each was made for; it changes no answer.
    """

    def __init__(self, workspaces: Mapping[str, Workspace], find_session: SessionFinder) -> None:
        self.api_keys: dict[str, str] = {}
        self.access_tokens: dict[str, AccessToken] = {}
        self.publishable_keys: dict[str, str] = {}
        self.other_keys: Mapping[str, str] = {}
        self._workspaces = workspaces
        self._find_session = find_session

    def admit(self, request: Request, allowed: tuple[Method, ...]) -> tuple[Workspace | None, Caller]:
        """The workspace (None for calls without one) and the caller. Raises ApiError 401 for everyone else."""
        headers = request.headers
        authorization = headers.get("authorization") or ""
        is_bearer = authorization.startswith("Bearer ")
        workspace_id = self.api_keys.get(authorization[7:]) if is_bearer and _API_KEY in allowed else None
        if workspace_id is not None and headers.keys().isdisjoint(_OTHER_CREDENTIALS):
            return self._workspaces[workspace_id], _API_KEY_CALLER  # what follows, for nearly every request
        bearer = authorization[7:].strip() if is_bearer else ""
        for method in allowed:
            admitted = self._try(method, bearer, headers)
            if admitted is not None:
                return admitted
        raise ApiError(401, "unauthorized", "No authentication methods succeeded")

    def owner_of_other_key(self, request: Request) -> str | None:
        """Whom the credential of a request was made for, when it is one of another server."""
        headers = request.headers
        sent = [(headers.get("authorization") or "").removeprefix("Bearer ").strip()]
        sent += [headers.get(name) or "" for name in sorted(_OTHER_CREDENTIALS)]
        return next((self.other_keys[credential] for credential in sent if credential in self.other_keys), None)

    def credentials(self) -> list[str]:
        """All keys and tokens, but those of client sessions."""
        return [*self.api_keys, *self.access_tokens, *self.publishable_keys]

    def _try(self, method: Method, bearer: str, headers: Mapping[str, str]) -> tuple[Workspace | None, Caller] | None:
        if method is Method.API_KEY:
            return self._api_key(bearer)
        if method is Method.PAT:
            return self._access_token(bearer, headers.get("seam-workspace") or "")
        if method is Method.PAT_WITHOUT_WORKSPACE:
            return self._access_token_alone(bearer)
        if method in (Method.CLIENT_SESSION, Method.PORTAL, Method.PORTAL_READ_ONLY):
            return self._client_session(method, bearer, headers)
        if method is Method.PUBLISHABLE_KEY:
            return self._publishable_key(headers.get("seam-publishable-key") or "")
        return None

    def _api_key(self, bearer: str) -> tuple[Workspace, Caller] | None:
        if not bearer or bearer.startswith(("seam_cst", "seam_at", "ey")):
            return None
        workspace_id = self.api_keys.get(bearer)
        if workspace_id is None:
            raise ApiError(401, "unauthorized", "API Key not found")
        return self._workspaces[workspace_id], _API_KEY_CALLER

    def _access_token(self, bearer: str, workspace_id: str) -> tuple[Workspace, Caller] | None:
        if not bearer.startswith("seam_at") or not workspace_id:
            return None
        token = self.access_tokens.get(bearer)
        if token is None or workspace_id not in token.workspace_ids:
            raise ApiError(401, "unauthorized", "Access token not found")
        return self._workspaces[workspace_id], Caller(Method.PAT, token=token)

    def _access_token_alone(self, bearer: str) -> tuple[None, Caller] | None:
        if not bearer.startswith("seam_at"):
            return None
        token = self.access_tokens.get(bearer)
        if token is None:
            raise ApiError(401, "unauthorized", "Access token not found")
        return None, Caller(Method.PAT_WITHOUT_WORKSPACE, token=token)

    def _client_session(
        self, method: Method, bearer: str, headers: Mapping[str, str]
    ) -> tuple[Workspace, Caller] | None:
        token = headers.get("seam-client-session-token") or headers.get("client-session-token")
        if token and not token.startswith("seam_cst"):
            raise ApiError(400, "invalid_client_session_token", "Invalid client session token")
        token = token or (bearer if bearer.startswith("seam_cst") else None)
        if token is None:
            return None
        workspace, session = self._find_session(token)
        is_portal = session.customer_key is not None
        if is_portal != (method is not Method.CLIENT_SESSION):
            return None
        if session.is_read_only and method is not Method.PORTAL_READ_ONLY:
            return None
        return workspace, Caller(method, session=session)

    def _publishable_key(self, key: str) -> tuple[Workspace, Caller] | None:
        if not key:
            return None
        workspace_id = self.publishable_keys.get(key)
        if workspace_id is None:
            raise ApiError(401, "workspace_not_found", "Cannot find workspace associated with this publishable_key")
        return self._workspaces[workspace_id], Caller(Method.PUBLISHABLE_KEY)
