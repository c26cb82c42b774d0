"""Any error or warning on any resource that can carry one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..backends.base import SandboxPart
from ..engine.errors import SandboxError, is_for_the_test

__tracebackhide__ = is_for_the_test

_IDS = (
    "access_method_id",
    "access_grant_id",
    "access_code_id",
    "acs_credential_id",
    "acs_user_id",
    "acs_entrance_id",
    "acs_access_group_id",
    "acs_encoder_id",
    "acs_system_id",
    "user_identity_id",
    "device_id",
    "connected_account_id",
)
"""The ids by which a resource is known, those first that others name as well."""
_NO_MARKS = (
    "event_id",
    "action_attempt_id",
    "client_session_id",
    "connect_webview_id",
    "noise_threshold_id",
    "webhook_id",
)


class Marks(SandboxPart):
    """The methods of a sandbox that put errors and warnings on things."""

    def set_error(self, resource: Any, code: str, *, message: str | None = None, **fields: Any) -> None:
        """Put an error on a resource, with what follows from it at Seam; embedded only. There already: nothing happens.

        resource: a device, phone, connected account, access code, access grant, access method, user identity, or an ACS
            system, user, credential, entrance, access group or encoder: our model, the SDK's object, a JSON object or
            an id.
        code: one of Seam's, such as "hub_disconnected", which takes a device offline and logs device.disconnected; or
            any other text, which shows and has no effect. "account_disconnected" of a device is that of its account.
        message: Seam's messages are free texts, so the default is one in their manner. fields: further fields of the
            entry, over those that Seam's schema demands.
        Raises UnknownId, and SandboxError for a code that is a warning of such a resource.
        """
        name = self._backend.provision.set_mark(id_of_resource(resource), "errors", code, message, fields)
        self._backend.note("error", f"{code} on {name}")

    def set_warning(self, resource: Any, code: str, *, message: str | None = None, **fields: Any) -> None:
        """Put a warning on a resource; else like `set_error`."""
        name = self._backend.provision.set_mark(id_of_resource(resource), "warnings", code, message, fields)
        self._backend.note("warning", f"{code} on {name}")

    def clear_error(self, resource: Any, code: str) -> None:
        """Take an error off a resource, with what follows from that at Seam, whoever has put it there; embedded only.

        Raises SandboxError, with the errors that there are, when the resource has none such.
        """
        name = self._backend.provision.clear_mark(id_of_resource(resource), "errors", code)
        self._backend.note("error", f"{code} cleared on {name}")

    def clear_warning(self, resource: Any, code: str) -> None:
        """Take a warning off a resource; else like `clear_error`."""
        name = self._backend.provision.clear_mark(id_of_resource(resource), "warnings", code)
        self._backend.note("warning", f"{code} cleared on {name}")


def id_of_resource(resource: Any) -> str:
    """The id of a resource of any kind, or the id itself."""
    if isinstance(resource, str):
        return resource
    if not any(_read(resource, name) for name in _NO_MARKS):
        for name in _IDS:
            found = _read(resource, name)
            if isinstance(found, str):
                return found
    raise SandboxError(
        f"expected a resource that can carry errors and warnings, with one of {', '.join(_IDS)}, or an id as text; "
        f"got {resource!r}."
    )


def _read(resource: Any, name: str) -> Any:
    return resource.get(name) if isinstance(resource, Mapping) else getattr(resource, name, None)
