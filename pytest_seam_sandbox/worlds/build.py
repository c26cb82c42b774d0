"""The named starting states. Each is a function that fills an empty workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from ..api.connected_accounts import ConnectedAccountRow, announce_connection, make_account
from ..api.devices.house import add_house
from ..api.devices.state import add_device
from ..api.phones import create_sandbox_phone
from ..api.user_identities import create as create_user_identity
from ..engine.errors import UnknownWorld
from ..engine.store import Workspace
from .catalogue import device_models


def build_world(workspace: Workspace, name: str) -> None:
    """Fill the workspace with the world of this name. Raises UnknownWorld with the names there are."""
    if name not in WORLDS:
        near = get_close_matches(name, WORLDS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UnknownWorld(f"there is no world {name!r}.{hint} Worlds: {', '.join(sorted(WORLDS))}.")
    WORLDS[name](workspace)


def add_account(
    workspace: Workspace,
    provider: str,
    *,
    email: str | None = None,
    customer_key: str | None = None,
    custom_metadata: Mapping[str, str | bool] | None = None,
) -> ConnectedAccountRow:
    """A connected account of this provider, without a Connect Webview: connected_account.connected."""
    account = make_account(
        workspace, provider, email=email, customer_key=customer_key, custom_metadata=dict(custom_metadata or {})
    )
    announce_connection(workspace, account)
    return account


def _empty(workspace: Workspace) -> None:
    """Nothing but the workspace."""


def _house(workspace: Workspace) -> None:
    """One August account with the house that Seam's own sandbox login has: two Yale locks and an August lock."""
    add_house(workspace, add_account(workspace, "august"))


def _everything(workspace: Workspace) -> None:
    """The house, one device of every other type with an account of its provider, and a person with two phones."""
    _house(workspace)
    accounts: dict[str, ConnectedAccountRow] = {}
    for model in device_models().values():
        if model.provider is None or model.device_type in ("august_lock", "yale_lock"):
            continue
        if model.provider not in accounts:
            accounts[model.provider] = add_account(workspace, model.provider)
        add_device(workspace, accounts[model.provider], model)
    person = create_user_identity(workspace, full_name=workspace.ids.full_name())
    for system in ("android", "ios"):
        create_sandbox_phone(
            workspace,
            user_identity_id=person.user_identity_id,
            phone_metadata={
                "operating_system": system,
                "device_model": "Pixel 9" if system == "android" else "iPhone 17",
            },
        )


WORLDS: Mapping[str, Callable[[Workspace], None]] = MappingProxyType(
    {"empty": _empty, "house": _house, "everything": _everything}
)
