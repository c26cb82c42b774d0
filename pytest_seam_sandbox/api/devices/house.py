"""The devices that a login of Seam's sandbox brings: the August house, or what the provider makes."""

from __future__ import annotations

from collections.abc import Iterable

from ...engine.store import Workspace
from ...worlds.catalogue import DeviceModel, device_model, device_models
from ..connected_accounts import ConnectedAccountRow
from .filters import CAMERAS, LOCKS, NOISE_SENSORS, THERMOSTATS
from .state import add_device

KINDS = {"lock": LOCKS, "thermostat": THERMOSTATS, "noise_sensor": NOISE_SENSORS, "camera": CAMERAS}
"""The capabilities that a Connect Webview and an account accept or not, and the device types behind them."""


def capability(model: DeviceModel) -> str | None:
    """What kind of device it is, among the kinds that can be accepted or not; None for one that always is."""
    return next((name for name, types in KINDS.items() if model.device_type in types), None)


def models_of(provider: str) -> list[DeviceModel]:
    """The device models of a provider."""
    return [model for model in device_models().values() if model.provider == provider]


def add_house(workspace: Workspace, account: ConnectedAccountRow) -> None:
    """The house that Seam's own August login has: two Yale locks and an August lock. Source: docs."""
    yale = device_model("yale_lock")
    add_device(workspace, account, yale, name="FRONT DOOR")
    back_door = {"lock_id": "lock-2", "lock_name": "BACK DOOR"}
    metadata = {"august_metadata": {**yale.properties["august_metadata"], **back_door}}
    add_device(workspace, account, yale, name="BACK DOOR", properties=metadata)
    add_device(workspace, account, device_model("august_lock"), name="GARAGE")


def add_sandbox_devices(workspace: Workspace, account: ConnectedAccountRow, accepted: Iterable[str]) -> None:
    """The devices of a new login whose kind is accepted: device.added and device.connected for each.

    August: the house. Other providers: one device of each of their types (assumed; the docs list no devices).
    """
    if account.account_type == "august":
        if "lock" in accepted:
            add_house(workspace, account)
        return
    for model in models_of(account.account_type):
        if capability(model) in (None, *accepted):
            add_device(workspace, account, model)
