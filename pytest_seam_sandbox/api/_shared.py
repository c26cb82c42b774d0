"""What the families of Seam's API have in common: who may call, resources, conditions, event fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator

from ..catalog.known import optional_fields
from ..engine.auth import Caller, Method
from ..engine.clock import format_time, parse_time
from ..engine.errors import ApiError
from ..engine.events import EventFields
from ..engine.store import Row
from ..engine.workspace import Workspace

R = TypeVar("R", bound=Row)
Meta = dict[str, str | bool]

API_KEY, PAT, CONSOLE = Method.API_KEY, Method.PAT, Method.CONSOLE
CLIENT_SESSION, PORTAL, PORTAL_READ_ONLY = Method.CLIENT_SESSION, Method.PORTAL, Method.PORTAL_READ_ONLY
SUPPORT = Method.SUPPORT

WORKSPACE = (API_KEY, PAT, CONSOLE)
WORKSPACE_READ = (*WORKSPACE, SUPPORT)
WITH_SESSION = (CLIENT_SESSION, *WORKSPACE)
WITH_SESSION_READ = (*WITH_SESSION, SUPPORT)
WITH_PORTAL = (*WORKSPACE, PORTAL)
WITH_PORTAL_READ = (*WITH_PORTAL, PORTAL_READ_ONLY, SUPPORT)
EVERYONE = (CLIENT_SESSION, PORTAL, *WORKSPACE)
EVERYONE_READ = (CLIENT_SESSION, PORTAL, PORTAL_READ_ONLY, *WORKSPACE, SUPPORT)
WITH_PUBLISHABLE_KEY = (Method.PUBLISHABLE_KEY, *WORKSPACE)
WITHOUT_WORKSPACE = (Method.PAT_WITHOUT_WORKSPACE, CONSOLE, Method.CONSOLE_WITHOUT_WORKSPACE)
ANY_WORKSPACE = (PAT, *WITHOUT_WORKSPACE, API_KEY, CLIENT_SESSION, SUPPORT)
"""Who may call, each set once; they differ in the kinds of sessions that they take. In the order that nearly all routes
have in Seam's specification; where the first of two credentials is another one there, the row says `first(...)`."""


def first(*methods: Method, of: tuple[Method, ...]) -> tuple[Method, ...]:
    """The same set of methods, with these tried before the others."""
    return (*methods, *(method for method in of if method not in methods))


_FREE_KEYS = frozenset(
    {"custom_metadata", "device_custom_metadata", "connected_account_custom_metadata", "feature_flags"}
)
_CONTAINERS = (dict, list, tuple)


class Resource(BaseModel):
    """An object of Seam's API as a client sees it: frozen, read by attribute, unknown fields kept.

    A field that such an object of Seam can have and this one does not carry is None.

    Nested objects that no model declares are resources too: `device.properties.august_metadata.house_id`. What has free
    keys by Seam's specification is a dictionary: `event.device_custom_metadata["room no"]`. free_keys: the names of
    such fields among those that the model does not declare.
    """

    model_config = ConfigDict(frozen=True, extra="allow")
    free_keys: ClassVar[frozenset[str]] = _FREE_KEYS

    @model_validator(mode="after")
    def _wrap_unknown_objects(self) -> Resource:
        extra = self.__pydantic_extra__ or {}
        for name, value in extra.items():
            if isinstance(value, _CONTAINERS):
                extra[name] = plain(value) if name in self.free_keys else _wrap(value)
        return self

    if not TYPE_CHECKING:  # pragma: no branch - checkers know what is declared, here and in seam_fields.pyi

        def __getattr__(self, name: str) -> Any:
            try:
                return super().__getattr__(name)
            except AttributeError:
                if any(name in optional_fields(kind.__name__) for kind in type(self).__mro__):
                    return None
                raise


def _wrap(value: Any) -> Any:
    if isinstance(value, dict):
        return Resource.model_validate(value)
    if isinstance(value, list | tuple):
        return [_wrap(item) for item in value]
    return value


def plain(value: Any) -> Any:
    """A copy as JSON has it, that shares nothing with the value."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


if TYPE_CHECKING:
    from .seam_fields import SeamProblem
else:
    SeamProblem = Resource


class Problem(SeamProblem):
    """An entry of `errors` or `warnings`."""

    error_code: str | None = None
    warning_code: str | None = None
    message: str
    created_at: str | None = None
    is_device_error: bool | None = None
    is_connected_account_error: bool | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One error or warning on a row.

    flags: the extra fields of its variant, such as is_device_error. is_marked: a test has put it there, so that it
    stays until the test takes it away, whatever Seam would find out meanwhile.
    """

    code: str
    message: str
    created_at: str
    flags: tuple[tuple[str, object], ...] = ()
    is_marked: bool = False

    def as_error(self) -> dict[str, Any]:
        """The entry of an `errors` list."""
        return {"error_code": self.code, "message": self.message, "created_at": self.created_at, **dict(self.flags)}

    def as_warning(self) -> dict[str, Any]:
        """The entry of a `warnings` list."""
        return {"warning_code": self.code, "message": self.message, "created_at": self.created_at, **dict(self.flags)}

    def in_event(self, name: str) -> dict[str, str]:
        """The entry as events repeat it: without the flags. name: "error_code" or "warning_code"."""
        return {name: self.code, "message": self.message, "created_at": self.created_at}


def marked(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Those that a test has put there."""
    return tuple(condition for condition in conditions if condition.is_marked)


def without_codes(conditions: Iterable[Condition], *codes: str) -> tuple[Condition, ...]:
    """The conditions but for those of some codes."""
    return tuple(condition for condition in conditions if condition.code not in codes)


def errors_in_event(conditions: Iterable[Condition]) -> list[dict[str, str]]:
    """A list of errors as events repeat it."""
    return [condition.in_event("error_code") for condition in conditions]


def warnings_in_event(conditions: Iterable[Condition]) -> list[dict[str, str]]:
    """A list of warnings as events repeat it."""
    return [condition.in_event("warning_code") for condition in conditions]


class AccountMetadataFields(EventFields):
    """Events of a connected account carry its metadata, also when there is none (spec, every sample of the docs)."""

    connected_account_custom_metadata: Meta


class DeviceFields(AccountMetadataFields):
    """The fields of every event about a device."""

    device_id: str
    connected_account_id: str
    customer_key: str | None = None
    device_custom_metadata: Meta


class IssueFields(EventFields):
    """The four lists by which an event about a loss tells what is wrong."""

    connected_account_errors: list[dict[str, str]]
    connected_account_warnings: list[dict[str, str]]
    device_errors: list[dict[str, str]]
    device_warnings: list[dict[str, str]]


def find(workspace: Workspace, kind: type[R], row_id: str, *, words: str, data: Mapping[str, Any] | None = None) -> R:
    """The row of this id, or ApiError 404 `<resource>_not_found`."""
    row = workspace[kind].get(row_id)
    if row is None:
        raise not_found(kind.not_found, f"{words} not found", data)
    return row


def not_found(error_type: str, message: str, data: Mapping[str, Any] | None = None) -> ApiError:
    """The answer for an id that names nothing in this workspace."""
    return ApiError(404, error_type, message, data=data)


def sees_customer(caller: Caller, customer_key: str | None) -> bool:
    """Whether what belongs to a customer is within the caller's reach: a portal sees its own customer's only (docs)."""
    return caller.session is None or caller.session.customer_key == customer_key


def require_sandbox(workspace: Workspace) -> None:
    """Refuse a simulation in a production workspace. Source: spec "sandbox only"; the error type is the fake's."""
    if not workspace.is_sandbox:
        raise ApiError(400, "workspace_not_sandbox", "This is only possible in a sandbox workspace")


def merge_metadata(old: Meta, changes: Mapping[str, str | bool | None]) -> Meta:
    """Metadata with changes applied key by key; null or an empty text deletes a key. Source: spec."""
    merged = {**old, **changes}
    return {key: value for key, value in merged.items() if value is not None and value != ""}


def has_metadata(metadata: Meta, wanted: Mapping[str, str | bool | None]) -> bool:
    """Whether all wanted pairs match. A wanted null matches an unset key; an empty text asks for nothing.

    A query string cannot tell `true` from "true", so both match a stored boolean. Source: spec; the last: assumed.
    """
    return all(_same(metadata.get(key), value) for key, value in wanted.items() if value != "")


def _same(stored: str | bool | None, wanted: str | bool | None) -> bool:
    if isinstance(stored, bool) and isinstance(wanted, str):
        return wanted == str(stored).lower()
    return stored == wanted and isinstance(stored, bool) == isinstance(wanted, bool)


def contains(needle: str | None, *haystack: str | None) -> bool:
    """Whether a search text occurs in one of the texts, whatever the case; no search text finds all."""
    return needle is None or any(needle.lower() in text.lower() for text in haystack if text)


def given(**fields: Any) -> dict[str, Any]:
    """The fields that are not None: what an optional field of Seam that has no value looks like is "absent"."""
    return {name: value for name, value in fields.items() if value is not None}


def written(time: str | None) -> str | None:
    """A time of a request in the form of the times on rows, so that the two compare as texts."""
    parsed = None if time is None else parse_time(time)
    return None if parsed is None else format_time(parsed)


def when_noticed(workspace: Workspace, function: Callable[..., object], *about: Any) -> None:
    """Call `function(workspace, *about)` when Seam notices what has happened at a provider: at once by default.

    With `state_latency` it is so many seconds later, as its poller would (docs: up to ten minutes). What it is about
    may be gone by then.
    """
    latency = workspace.settings.state_latency
    if latency:
        workspace.agenda.plan(workspace.clock.timestamp() + latency, function, *about)
    else:
        function(workspace, *about)
