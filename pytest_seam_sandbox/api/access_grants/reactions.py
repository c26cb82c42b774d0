"""How access grants follow what they stand on: codes, credentials, devices, entrances, systems, spaces and people."""

from __future__ import annotations

from collections.abc import Iterable

from ...engine.store import Row
from ...engine.workspace import Workspace
from ..access_codes.lifecycle import granted_code_changed
from ..acs.encoding import access_method_named, card_encoded
from ..acs.issuing import granted_credential_changed
from ..acs.model import AcsCredentialRow, AcsEntranceRow, AcsSystemRow
from ..acs.state import entrance_removed, system_changed
from ..devices.model import DeviceRow
from ..devices.state import deleting_device, device_changed, unmanaging_device
from ..instant_keys.model import InstantKeyRow
from ..instant_keys.state import instant_key_deleted
from ..spaces.model import SpaceRow
from ..spaces.related import finding_access_methods
from ..spaces.state import members_changed, space_deleted
from ..user_identities.model import UserIdentityRow, deleting_user_identity
from .doors import doors_of
from .ending import forget_grant
from .lifecycle import progress, soon
from .methods import AccessMethodRow, credentials_of
from .model import AccessGrantRow, PendingMutation, without_device
from .provisioning import provision
from .summary import refresh


@granted_code_changed.reaction
def _follow_code(workspace: Workspace, access_method_id: str) -> None:
    soon(workspace, access_method_id)


@granted_credential_changed.reaction
def _follow_credential(workspace: Workspace, access_method_id: str) -> None:
    soon(workspace, access_method_id)


@card_encoded.reaction
def _follow_card(workspace: Workspace, credential: AcsCredentialRow) -> None:
    if credential.access_method_id is not None:
        progress(workspace, credential.access_method_id)


@access_method_named.reaction
def _find_card(workspace: Workspace, access_method_id: str, found: list[str]) -> None:
    """The credential of an access method that an encoder is asked to write."""
    method = workspace[AccessMethodRow].get(access_method_id)
    if method is not None:
        found += [credential.id for credential in credentials_of(workspace, method)]


@device_changed.reaction
def _follow_device(workspace: Workspace, device: DeviceRow) -> None:
    """A code that is not made yet tells of nothing, so the device itself does."""
    _look_at_methods_on(workspace, device)


@unmanaging_device.reaction
def _lose_unmanaged_device(workspace: Workspace, device: DeviceRow) -> None:
    _look_at_methods_on(workspace, device)


@deleting_device.reaction
def _lose_device(workspace: Workspace, device: DeviceRow) -> None:
    """A grant that names a device which is deleted lacks it from then on (assumed)."""
    _look_at_methods_on(workspace, device)
    for method in [row for row in workspace[AccessMethodRow] if row.mutations]:
        workspace[AccessMethodRow].put(method.but(mutations=without_device(method.mutations, device.id)))
    for grant in [row for row in workspace[AccessGrantRow] if row.mutations]:
        workspace[AccessGrantRow].put(grant.but(mutations=without_device(grant.mutations, device.id)))
    for grant in [row for row in workspace[AccessGrantRow] if device.id in row.device_ids]:
        left = tuple(one for one in grant.device_ids if one != device.id)
        workspace[AccessGrantRow].put(grant.but(device_ids=left, lacks_device=True))
        refresh(workspace, grant.id)


def _look_at_methods_on(workspace: Workspace, device: DeviceRow) -> None:
    for method in workspace[AccessMethodRow]:
        if device.id in method.device_ids:
            soon(workspace, method.id)


@entrance_removed.reaction
def _lose_entrance(workspace: Workspace, entrance: AcsEntranceRow) -> None:
    """Each grant that reached an entrance tells that access to it is lost (assumed)."""
    for grant in list(workspace[AccessGrantRow]):
        if entrance.id in grant.acs_entrance_ids or entrance.id in grant.open_entrance_ids:
            left = tuple(one for one in grant.acs_entrance_ids if one != entrance.id)
            workspace[AccessGrantRow].put(grant.but(acs_entrance_ids=left))
            refresh(workspace, grant.id)
    for method in workspace[AccessMethodRow]:
        if entrance.id in method.acs_entrance_ids:
            soon(workspace, method.id)


@system_changed.reaction
def _follow_system(workspace: Workspace, system: AcsSystemRow) -> None:
    """Methods wait while access cannot be given in a system, and go on when it can."""
    for credential in workspace[AcsCredentialRow]:
        if credential.access_method_id is not None and credential.acs_system_id == system.id:
            soon(workspace, credential.access_method_id)


@members_changed.reaction
def _follow_members(workspace: Workspace, before: SpaceRow) -> None:
    """New members of a space get what the grants of the space have, former ones lose it (assumed)."""
    for grant in [row for row in workspace[AccessGrantRow] if before.id in row.space_ids]:
        others = _device_ids(workspace, grant, [one for one in grant.space_ids if one != before.id])
        now = _device_ids(workspace, grant, grant.space_ids)
        then = list(dict.fromkeys((*others, *before.device_ids)))
        if {*now} != {*then}:
            workspace[AccessGrantRow].put(_changing_spaces(workspace, grant, then, now))
        provision(workspace, grant.id)


def _changing_spaces(workspace: Workspace, grant: AccessGrantRow, then: list[str], now: list[str]) -> AccessGrantRow:
    """The grant with the change that is under way: from the devices at its beginning, unless those are there again."""
    code = "updating_spaces"
    first = next(
        (one.before for one in grant.mutations if one.mutation_code == code and one.before), {"device_ids": then}
    )
    before = {"device_ids": then} if {*first["device_ids"]} == {*now} else first
    message, after = "The devices of the spaces change.", {"device_ids": now}
    mutation = PendingMutation(code, workspace.clock.text(), message, before, after)
    kept = tuple(one for one in grant.mutations if one.mutation_code != code)
    return grant.but(mutations=(*kept, mutation))


def _device_ids(workspace: Workspace, grant: AccessGrantRow, space_ids: Iterable[str]) -> list[str]:
    return [device.id for device in doors_of(workspace, grant.but(space_ids=tuple(space_ids))).devices]


@space_deleted.reaction
def _lose_space(workspace: Workspace, space: SpaceRow) -> None:
    """A grant stays without the space, and loses the doors that it had through it (assumed)."""
    for grant in [row for row in workspace[AccessGrantRow] if space.id in row.space_ids]:
        left = tuple(one for one in grant.space_ids if one != space.id)
        workspace[AccessGrantRow].put(grant.but(space_ids=left))
        provision(workspace, grant.id)


@finding_access_methods.reaction
def _find_methods(workspace: Workspace, space_ids: frozenset[str], found: list[Row]) -> None:
    """The methods that open a member of these spaces."""
    spaces = [row for row in workspace[SpaceRow] if row.id in space_ids]
    doors = {one for space in spaces for one in (*space.device_ids, *space.acs_entrance_ids)}
    found += [method for method in workspace[AccessMethodRow] if doors & {*method.device_ids, *method.acs_entrance_ids}]


@instant_key_deleted.reaction
def _lose_link(workspace: Workspace, instant_key: InstantKeyRow) -> None:
    """A method whose link is revoked stays without one, and so does its grant (assumed)."""
    for method in [row for row in workspace[AccessMethodRow] if row.instant_key_id == instant_key.id]:
        gone = {"instant_key_id": None, "instant_key_url": None, "client_session_token": None}
        workspace[AccessMethodRow].put(method.but(**gone))
        refresh(workspace, method.access_grant_id)


@deleting_user_identity.reaction
def _delete_with_person(workspace: Workspace, owner: UserIdentityRow) -> None:
    """A grant needs a person, so it goes with it, with all events (assumed)."""
    for grant in [row for row in workspace[AccessGrantRow] if row.user_identity_id == owner.id]:
        forget_grant(workspace, grant)
