"""What a test sees of the resources in its sandbox, without being seen by the program under test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from ..api.connected_accounts.model import ConnectedAccount
from ..api.devices.model import Device
from ..api.phones.model import Phone
from ..engine.errors import SandboxError, UnknownId, is_for_the_test, shortened
from .base import Backend, SandboxPart
from .finder import What, ambiguous
from .seam_api import Refused

if TYPE_CHECKING:
    from ..api.access_codes.model import AccessCode
    from ..api.acs.resources import AcsCredential, AcsEntrance, AcsSystem, AcsUser
    from ..api.action_attempts import ActionAttempt
    from ..api.connect_webviews.model import ConnectWebview
    from ..api.user_identities.model import UserIdentity

__tracebackhide__ = is_for_the_test
M = TypeVar("M")

ID_OF: Mapping[What, str] = MappingProxyType(
    {"device": "device_id", "phone": "device_id", "connected account": "connected_account_id"}
)
_MAKE: Mapping[What, str] = MappingProxyType(
    {"device": "create_device()", "phone": "create_phone()", "connected account": "create_connected_account()"}
)
_GET: Mapping[What, str] = MappingProxyType(
    {"device": "get_device()", "phone": "get_phone()", "connected account": "get_connected_account()"}
)
_NOTHING: Mapping[What, str] = MappingProxyType({})


class Lookup(SandboxPart):
    """The methods of a sandbox that look at resources, by requests of its own.

    Those are no requests of the program under test: no fault meets them, no sweep counts them, and neither
    `sandbox.requests` nor the timeline has them. Everywhere a device, phone or account is given as our model, the SDK's
    object, a JSON object, an id, or its name: the display name, for an account also the e-mail address.
    """

    # one of them

    def get_device(self, device: Any) -> Device:
        """The device as Seam shows it now, managed or not. Raises UnknownId, also for the name of several."""
        return self._get("device", self._backend.api.device, device)

    def get_phone(self, phone: Any) -> Phone:
        """The phone as Seam shows it now. Raises UnknownId, also for the name of several."""
        return self._get("phone", self._backend.api.phone, phone)

    def get_connected_account(self, account: Any) -> ConnectedAccount:
        """The connected account as Seam shows it now. Raises UnknownId, also for the name of several."""
        return self._get("connected account", self._backend.api.connected_account, account)

    # all of them

    @property
    def devices(self) -> list[Device]:
        """All devices, the managed ones first; each group oldest first."""
        return self._backend.api.devices()

    @property
    def phones(self) -> list[Phone]:
        """All phones that are not deactivated, oldest first."""
        return self._backend.api.phones()

    @property
    def connected_accounts(self) -> list[ConnectedAccount]:
        """All connected accounts, oldest first."""
        return self._backend.api.all(ConnectedAccount, "/connected_accounts/list", "connected_accounts")

    @property
    def user_identities(self) -> list[UserIdentity]:
        """All user identities, oldest first."""
        from ..api.user_identities.model import UserIdentity

        return self._backend.api.all(UserIdentity, "/user_identities/list", "user_identities")

    @property
    def access_codes(self) -> list[AccessCode]:
        """All access codes by device, those that Seam manages before the others; no backup codes in the pool."""
        return self._backend.api.access_codes()

    @property
    def action_attempts(self) -> list[ActionAttempt]:
        """All action attempts, oldest first."""
        from ..api.action_attempts import ActionAttempt

        return self._backend.api.all(ActionAttempt, "/action_attempts/list", "action_attempts")

    @property
    def connect_webviews(self) -> list[ConnectWebview]:
        """All Connect Webviews, oldest first."""
        from ..api.connect_webviews.model import ConnectWebview

        return self._backend.api.all(ConnectWebview, "/connect_webviews/list", "connect_webviews")

    @property
    def acs_systems(self) -> list[AcsSystem]:
        """All access systems, oldest first."""
        return self._backend.api.acs_systems()

    @property
    def acs_users(self) -> list[AcsUser]:
        """The users of all access systems, oldest first."""
        from ..api.acs.resources import AcsUser

        return self._backend.api.all(AcsUser, "/acs/users/list", "acs_users")

    @property
    def acs_entrances(self) -> list[AcsEntrance]:
        """The entrances of all access systems, oldest first."""
        from ..api.acs.resources import AcsEntrance

        return self._backend.api.all(AcsEntrance, "/acs/entrances/list", "acs_entrances")

    @property
    def acs_credentials(self) -> list[AcsCredential]:
        """The credentials of all access systems, oldest first."""
        from ..api.acs.resources import AcsCredential

        return self._backend.api.all(AcsCredential, "/acs/credentials/list", "acs_credentials")

    def _get(self, what: What, find: Callable[[str], M | None], resource: Any) -> M:
        found_id = resource_id(self._backend, what, resource, _GET)
        found = _found(find, found_id)
        if found is None:
            raise _unknown(self._backend, what, found_id)
        return found


def resource_id(backend: Backend, what: What, resource: Any, instead: Mapping[What, str] = _NOTHING) -> str:
    """The id of a resource; a text that is neither id nor name stays as it is.

    instead: what to use for things of other kinds. Raises UnknownId for one of those, and for the name of several.
    """
    text = _text_of(what, resource)
    with backend.finding() as finder:
        ids = finder.ids(what, text)
        other = finder.other(what, text) if not ids else None
    if other is not None:
        kind, name = other
        hint = f" Use {instead[kind]} for it." if kind in instead else ""
        raise UnknownId(f"{name} is a {kind}, and this takes a {what}.{hint}")
    if len(ids) > 1:
        raise ambiguous(what, text, ids)
    return ids[0] if ids else text


def known_id(backend: Backend, what: What, resource: Any) -> str:
    """The id of a resource that is there. Raises UnknownId for any other; what else is at Seam, Seam has to say."""
    found = resource_id(backend, what, resource)
    with backend.finding() as finder:
        is_there = backend.is_live or bool(finder.ids(what, found))
    if not is_there:
        raise _unknown(backend, what, found)
    return found


def account_id(backend: Backend, account: Any, instead: Mapping[What, str] = _NOTHING) -> str:
    """The id of a connected account, given as such or by the id or name of one of its devices."""
    if isinstance(account, str):
        with backend.finding() as finder:
            is_device = not finder.ids("connected account", account) and finder.ids("device", account)
        if is_device:
            device_id = resource_id(backend, "device", account)
            with backend.finding() as finder:
                return finder.account_of(device_id)
    return resource_id(backend, "connected account", account, instead)


def _found(find: Callable[[str], M | None], resource_id: str) -> M | None:
    """None also for an id that Seam refuses because it is no UUID."""
    try:
        return find(resource_id)
    except Refused as refused:
        if refused.error_type != "invalid_input":
            raise
        return None


def _unknown(backend: Backend, what: What, resource_id: str) -> UnknownId:
    with backend.finding() as finder:
        gone = finder.gone(what, resource_id)
        told = f"no {what} {shortened(repr(resource_id))}" if gone is None else f"the {what} {gone} is no longer"
        return UnknownId(f"{told} in this sandbox; it has {finder.some(what)}. Make one with {_MAKE[what]}.")


def _text_of(what: What, resource: Any) -> str:
    """The id or name that stands for a resource; also that of a thing of another kind, so that it can be said."""
    if isinstance(resource, str) or _read(resource, ID_OF[what]) is not None:
        return id_of(resource, ID_OF[what])
    others = [_read(resource, name) for name in dict.fromkeys(ID_OF.values())]
    return next((found for found in others if isinstance(found, str)), None) or id_of(resource, ID_OF[what])


def _read(resource: Any, name: str) -> Any:
    return resource.get(name) if isinstance(resource, Mapping) else getattr(resource, name, None)


def id_of(resource: Any, name: str) -> str:
    """The id of our model, of the SDK's object, of a JSON object, or the id itself."""
    found = resource if isinstance(resource, str) else _read(resource, name)
    if not isinstance(found, str):
        raise SandboxError(f"expected an object with a {name}, or an id as text; got {shortened(repr(resource))}.")
    return found
