"""The named starting states. Each is a function that fills an empty workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from ..api.acs.credentials import create as create_acs_credential
from ..api.acs.kinds import SYSTEM_KINDS
from ..api.acs.model import AcsEntranceRow, AcsSystemRow
from ..api.acs.state import add_system
from ..api.connected_accounts.model import ConnectedAccountRow
from ..api.connected_accounts.state import announce_connection, make_account
from ..api.devices.house import add_house
from ..api.devices.state import add_device
from ..api.phones.endpoints import create_sandbox_phone
from ..api.phones.model import PhoneMetadata
from ..api.user_identities.endpoints import create as create_user_identity
from ..catalog.devices import device_models
from ..engine.errors import UnknownWorld, is_for_the_test, quoted
from ..engine.frozen import freeze
from ..engine.workspace import Workspace

__tracebackhide__ = is_for_the_test


def build_world(workspace: Workspace, name: str) -> None:
    """Fill the workspace with the world of this name. Raises UnknownWorld with the names there are."""
    check_world(name)
    WORLDS[name](workspace)


def check_world(name: str) -> None:
    """Raise UnknownWorld, with the names there are, when there is no world of this name."""
    if name not in WORLDS:
        near = get_close_matches(name, WORLDS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UnknownWorld(f"there is no world {quoted(name)}.{hint} Worlds: {', '.join(sorted(WORLDS))}.")


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


def add_acs_system(
    workspace: Workspace,
    system_type: str,
    *,
    acs_system_id: str | None = None,
    name: str | None = None,
    entrances: Iterable[str] = (),
    account: ConnectedAccountRow | None = None,
) -> AcsSystemRow:
    """An access system of this kind, with the credential manager that its mobile keys need, if it needs one."""
    kind = SYSTEM_KINDS[system_type]
    manager = next((row for row in workspace[AcsSystemRow] if row.system_type in kind.managers), None)
    if manager is None and kind.managers:
        manager = add_acs_system(workspace, kind.managers[0])
    account = account or add_account(workspace, kind.provider)
    manager_id = manager.id if manager else None
    with workspace.ids.naming(acs_system_id):
        return add_system(workspace, account, system_type, name=name, manager_id=manager_id, entrances=entrances)


def _empty(workspace: Workspace) -> None:
    """Nothing but the workspace."""


def _house(workspace: Workspace) -> None:
    """One August account with the house that Seam's own sandbox login has: two Yale locks and an August lock."""
    add_house(workspace, add_account(workspace, "august"))


def _hotel(workspace: Workspace) -> None:
    """A Visionline hotel: five entrances, and a guest for each room, whose phone holds a mobile key to its doors."""
    rooms = ("Room 101", "Room 102", "Room 103")
    system = add_acs_system(workspace, "visionline_system", name="Grand Hotel", entrances=("Lobby", "Elevator", *rooms))
    doors = {row.display_name: row.id for row in workspace[AcsEntranceRow]}
    for number, room in enumerate(rooms):
        name, key = workspace.ids.full_name(), f"guest-{room.removeprefix('Room ')}"
        guest = create_user_identity(workspace, full_name=name, user_identity_key=key)
        create_sandbox_phone(workspace, user_identity_id=guest.id, phone_metadata=_IPHONE if number % 2 else _PIXEL)
        create_acs_credential(
            workspace,
            access_method="mobile_key",
            acs_system_id=system.id,
            user_identity_id=guest.id,
            is_multi_phone_sync_credential=True,
            allowed_acs_entrance_ids=[doors["Lobby"], doors["Elevator"], doors[room]],
        )


_PIXEL: PhoneMetadata = freeze(
    {"operating_system": "android", "device_model": "Pixel 9", "device_manufacturer": "Google"}
)
_IPHONE: PhoneMetadata = freeze(
    {"operating_system": "ios", "device_model": "iPhone 17", "device_manufacturer": "Apple"}
)


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
    for phone in (_PIXEL, _IPHONE):
        create_sandbox_phone(workspace, user_identity_id=person.user_identity_id, phone_metadata=phone)


WORLDS: Mapping[str, Callable[[Workspace], None]] = MappingProxyType(
    {"empty": _empty, "house": _house, "hotel": _hotel, "everything": _everything}
)
