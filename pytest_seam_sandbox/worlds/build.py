"""The named starting states. Each is a function that fills an empty workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from ..api.connected_accounts import ConnectedAccountConnected, ConnectedAccountRow
from ..api.devices.state import add_device
from ..api.phones import create_sandbox_phone
from ..api.user_identities import create as create_user_identity
from ..engine.errors import UnknownWorld
from ..engine.store import Workspace
from .catalogue import device_model, device_models, providers


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
    """A connected account of this provider: connected_account.connected."""
    known = next((row for row in providers() if row["device_provider_name"] == provider), None)
    account = workspace[ConnectedAccountRow].put(
        ConnectedAccountRow(
            connected_account_id=workspace.ids.uuid(),
            account_type=provider,
            account_type_display_name=known["display_name"] if known else provider.replace("_", " ").title(),
            display_name=email or "jane@example.com",
            created_at=workspace.clock.text(),
            accepted_capabilities=("lock", "thermostat", "noise_sensor"),
            custom_metadata=dict(custom_metadata or {}),
            customer_key=customer_key,
            user_identifier={"email": email or "jane@example.com"},
            image_url=known["image_url"] if known else None,
        )
    )
    fields = account.event_fields() | ({"customer_key": customer_key} if customer_key else {})
    workspace.events.emit(workspace, ConnectedAccountConnected(**fields))
    return account


def _empty(workspace: Workspace) -> None:
    """Nothing but the workspace."""


def _house(workspace: Workspace) -> None:
    """One August account with the house that Seam's own sandbox login has: two Yale locks and an August lock."""
    account = add_account(workspace, "august")
    add_device(workspace, account, device_model("yale_lock"), name="FRONT DOOR")
    add_device(
        workspace,
        account,
        device_model("yale_lock"),
        name="BACK DOOR",
        properties={"august_metadata": {**device_model("yale_lock").properties["august_metadata"], **_BACK_DOOR}},
    )
    add_device(workspace, account, device_model("august_lock"), name="GARAGE")


_BACK_DOOR = {"lock_id": "lock-2", "lock_name": "BACK DOOR"}


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
