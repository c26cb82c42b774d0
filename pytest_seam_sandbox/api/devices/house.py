"""The devices that a login of Seam's sandbox brings: the August house, or what the provider makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ...catalog.devices import DeviceModel, device_model, device_models
from ...engine.workspace import Workspace
from ..connected_accounts.model import ConnectedAccountRow
from .filters import CAMERAS, LOCKS, NOISE_SENSORS, THERMOSTATS
from .state import add_device

CAPABILITIES = MappingProxyType(
    {"lock": LOCKS, "thermostat": THERMOSTATS, "noise_sensor": NOISE_SENSORS, "camera": CAMERAS}
)
"""The capabilities that a Connect Webview and an account accept or not, and the device types behind them."""

HOUSE_LOGINS = frozenset({"august", "yale", "yale_access"})
"""The providers whose logins lead to the same house (docs)."""

_MAKERS: Mapping[str, str] = MappingProxyType(
    {
        "google_nest": "nest",
        "korelock": "keyincode",
        "salto": "salto_ks",
        "salto_ks_accept": "salto_ks",
        "dormakaba_oracode_iho": "dormakaba_oracode",
        "dusaw": "ttlock",
        "sifely": "ttlock",
        "thirty_three_lock": "ttlock",
        "first_alert": "honeywell_resideo",
    }
)
"""Providers whose devices are of another one's types: the second name of Nest (docs), and brands (assumed)."""

_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "keyincode_lock": ("Front Door Lock", "Back Door Lock"),
        "two_n_intercom": ("Device 0", "Device 1", "Device 2"),
        "salto_lock": ("FRONT_DOOR", "BACK DOOR", "EXTRA DOOR"),
    }
)
"""The logins of which the docs show more than one device."""


def capability(model: DeviceModel) -> str | None:
    """What kind of device it is, among the kinds that can be accepted or not; None for one that always is."""
    return next((name for name, types in CAPABILITIES.items() if model.device_type in types), None)


def models_of(provider: str) -> list[DeviceModel]:
    """The models of the devices that come through a provider."""
    if provider in HOUSE_LOGINS:
        return [device_model("yale_lock"), device_model("august_lock")]
    maker = _MAKERS.get(provider, provider)
    return [model for model in device_models().values() if model.provider == maker]


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

    August and Yale: the house. KeyInCode, 2N, Salto KS: the devices that the docs show. Other providers: one device of
    each of their types (assumed; the docs list no devices).
    """
    if account.account_type in HOUSE_LOGINS:
        if "lock" in accepted:
            add_house(workspace, account)
        return
    for model in models_of(account.account_type):
        if capability(model) not in (None, *accepted):
            continue
        for number, name in enumerate(_NAMES.get(model.device_type, (model.name,)), 1):
            # EXTRA DOOR is shown without any capability
            able = replace(model, capabilities_supported=(), flags=()) if name == "EXTRA DOOR" else model
            add_device(workspace, account, able, name=name, properties=_facts(workspace, model, number, name))


def _facts(workspace: Workspace, model: DeviceModel, number: int, name: str) -> dict[str, Any]:
    """What the provider says of the device of this number, where several devices are of one model."""
    salto: dict[str, Any] = {"lock_id": f"lock_{number}", "customer_reference": name}
    own: dict[str, dict[str, Any]] = {
        "keyincode_lock": {"korelock_metadata": {"device_id": workspace.ids.uuid(), "device_name": name}},
        "two_n_intercom": {"two_n_metadata": {"device_id": number, "device_name": name}},
        "salto_lock": {"salto_ks_metadata": salto, "salto_metadata": salto},
    }
    return {block: {**model.properties[block], **facts} for block, facts in own.get(model.device_type, {}).items()}
