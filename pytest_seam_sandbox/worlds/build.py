"""The starting states: those that have a name, each a function that fills an empty workspace, and those in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from ..api.acs.credentials import create as create_acs_credential
from ..api.acs.model import AcsEntranceRow
from ..api.connected_accounts.model import ConnectedAccountRow
from ..api.devices.house import add_house
from ..api.devices.state import add_device
from ..api.phones.endpoints import create_sandbox_phone
from ..api.phones.model import PhoneMetadata
from ..api.user_identities.endpoints import create as create_user_identity
from ..catalog.devices import device_models
from ..engine.errors import UnknownWorld, is_for_the_test, quoted
from ..engine.frozen import freeze
from ..engine.workspace import Workspace
from .adding import add_account
from .adding_systems import add_acs_system
from .naming import is_file

__tracebackhide__ = is_for_the_test


def build_world(workspace: Workspace, name: str) -> None:
    """Fill the workspace with the world of this name or in this file. Raises what `check_world` raises."""
    if is_file(name):
        from .load import load_file

        load_file(workspace, name)
        return
    check_world(name)
    WORLDS[name](workspace)


def check_world(name: str) -> None:
    """Raise UnknownWorld, with the names there are, when there is no world of this name.

    For a file: UnknownWorld when it is not there, UnusableWorld for what is wrong in it.
    """
    if is_file(name):
        from .file import read_world

        read_world(name)
        return
    if name not in WORLDS:
        near = get_close_matches(name, WORLDS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UnknownWorld(
            f"there is no world {quoted(name)}.{hint} Worlds: {', '.join(sorted(WORLDS))}. "
            "A world in a file has a name that ends in .json."
        )


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
