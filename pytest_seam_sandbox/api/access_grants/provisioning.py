"""What an access grant makes below itself, and how that follows its doors when these change.

An event for each step, parents before children, the summary of the grant last (order assumed).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from .._shared import Condition, without_codes
from ..access_codes.adding import Wish, add_code, check_code
from ..access_codes.backups import ENABLED
from ..access_codes.lifecycle import erase
from ..access_codes.model import GrantedBy
from ..acs.kinds import SYSTEM_KINDS
from ..acs.model import AcsEntranceRow, AcsSystemRow
from ..acs.state import ensure_user
from ..client_sessions.model import ClientSessionRow
from ..devices.model import DeviceRow
from ..instant_keys.state import make_instant_key
from ..user_identities.model import find_user_identity
from .credentials import close_entrances, open_entrances
from .doors import Doors, doors_of, is_lock, opened_by, takes_codes, takes_offline_codes_only, violated_time
from .events import AccessGrantCouldNotCreateRequestedAccessMethods, AccessMethodCreated
from .lifecycle import require_encoding, soon
from .methods import PROVISIONING, REVOKING, AccessMethodRow, code_on, codes_of, methods_of
from .model import NOT_CREATED, AccessGrantRow, Mode, PendingMutation, RequestedMethod, is_over, waits_for_its_start
from .pins import Shared, pins_of_person, shared_pins
from .summary import missing_fields, refresh, tell_of_grant, tell_of_method

UNSUPPORTED = "device_does_not_support_access_codes"
VIOLATED = "device_time_constraints_violated"
UNAVAILABLE = "requested_code_unavailable"


def provision(workspace: Workspace, access_grant_id: str) -> None:
    """Bring the methods of a grant in line with its doors and its requests: what is missing is made, the rest taken."""
    grant = workspace[AccessGrantRow].get(access_grant_id)
    if grant is None or grant.is_leaving or is_over(workspace, grant):
        return
    doors = doors_of(workspace, grant)
    _ensure_users(workspace, grant, doors)
    missing: list[str] = []
    is_short = False
    for index, request in enumerate(grant.requests):
        if request.is_withdrawn:
            continue
        devices: list[DeviceRow] = []
        if request.mode == "code":
            devices, left_out = _devices_for_codes(workspace, grant.id, doors)
            devices = [device for device in devices if device.id not in request.withdrawn_ids]
            missing += left_out
            missing += _provide_codes(workspace, grant.id, index, devices)
        entrances = opened_by(workspace, request.mode, doors.entrances)
        entrances = [entrance for entrance in entrances if entrance.id not in request.withdrawn_ids]
        _provide_entrances(workspace, grant.id, index, entrances)
        has_doors = bool(doors.devices or doors.entrances)
        is_short = is_short or (has_doors and not (devices or entrances or request.withdrawn_ids))
    _note_missing(workspace, grant.id, list(dict.fromkeys(missing)), is_short=is_short)
    refresh(workspace, grant.id)


def _ensure_users(workspace: Workspace, grant: AccessGrantRow, doors: Doors) -> None:
    """Give the person a user in each access system that gets a credential."""
    modes = [request.mode for request in grant.requests]
    systems = {row.acs_system_id: None for mode in modes for row in opened_by(workspace, mode, doors.entrances)}
    for system_id in systems:
        owner = find_user_identity(workspace, grant.user_identity_id)
        ensure_user(workspace, workspace[AcsSystemRow][system_id], owner)


def _note_missing(workspace: Workspace, access_grant_id: str, missing: list[str], *, is_short: bool) -> None:
    """Say what could not be made: an error, and its event when it is new; nothing missing: no error any more."""
    grant = workspace[AccessGrantRow][access_grant_id]
    known = next((error for error in grant.errors if error.code == NOT_CREATED), None)
    if known is not None and known.is_marked:
        return
    if not missing and not is_short:
        workspace[AccessGrantRow].put(grant.but(errors=without_codes(grant.errors, NOT_CREATED)))
        return
    about = missing_fields(missing)
    message = (
        "Access codes could not be made on some of the devices."
        if missing
        else "Some of the requested access methods could not be made, since no door of the access grant supports them."
    )
    since = known.created_at if known else workspace.clock.text()
    error = Condition(NOT_CREATED, message, since, tuple(about.items()))
    workspace[AccessGrantRow].put(grant.but(errors=(*without_codes(grant.errors, NOT_CREATED), error)))
    if known is None or (known.message, known.flags) != (error.message, error.flags):
        kind = AccessGrantCouldNotCreateRequestedAccessMethods
        tell_of_grant(workspace, kind, grant, error_message=message, **about)


def _devices_for_codes(workspace: Workspace, access_grant_id: str, doors: Doors) -> tuple[list[DeviceRow], list[str]]:
    """The devices that can have a code of this grant, and the ids of those whose rules forbid it; with their warnings.

    A device without codes is left out with a warning, if it is a lock or the grant names it itself (assumed).
    """
    grant = workspace[AccessGrantRow][access_grant_id]
    fitting, left_out, warnings = [], [], []
    now = workspace.clock.text()
    for device in doors.devices:
        about = ("device_id", device.id)
        if not takes_codes(device):
            if is_lock(device) or device.id in grant.device_ids:
                message = "The device does not support access codes."
                warnings.append(Condition(UNSUPPORTED, message, now, (about,)))
            continue
        reason = violated_time(workspace, device, grant)
        if reason is None:
            fitting.append(device)
        else:
            message = "The device does not take access codes for the time of the access grant."
            warnings.append(Condition(VIOLATED, message, now, (about, ("reason", reason))))
            left_out.append(device.id)
    kept = tuple(one for one in grant.warnings if one.code not in (UNSUPPORTED, VIOLATED) or one.is_marked)
    workspace[AccessGrantRow].put(grant.but(warnings=(*kept, *(_since(grant, warning) for warning in warnings))))
    return fitting, left_out


def _since(grant: AccessGrantRow, warning: Condition) -> Condition:
    """The warning with the time at which it came up first."""
    same = (one for one in grant.warnings if (one.code, one.flags) == (warning.code, warning.flags))
    return next(same, warning)


def _made_for(workspace: Workspace, grant: AccessGrantRow, index: int) -> list[AccessMethodRow]:
    ids = grant.requests[index].method_ids
    return [method for method in methods_of(workspace, grant.id) if method.id in ids and not method.is_leaving]


def _provide_codes(workspace: Workspace, access_grant_id: str, index: int, devices: Sequence[DeviceRow]) -> list[str]:
    """Give the devices codes, and take those of others; the ids of devices on which that failed.

    Devices share a PIN where they can. One that cannot gets a method of its own, since a method has one code.
    """
    grant = workspace[AccessGrantRow][access_grant_id]
    wanted = {device.id for device in devices}
    for method in _made_for(workspace, grant, index):
        _take_devices(workspace, method, [one for one in method.device_ids if one not in wanted])
    methods = _made_for(workspace, grant, index)
    covered = {one for method in methods for one in method.device_ids}
    new = [device for device in devices if device.id not in covered]
    if not new:
        return []
    request = grant.requests[index]
    base = next((one for one in methods if one.code is not None and not one.is_backup_code), None)
    missing = []
    for shared in _pins(workspace, grant, request, base, new):
        fits = [device for device in shared.devices if _can_have(workspace, grant, device, shared.pin)]
        missing += [device.id for device in shared.devices if device not in fits]
        if not fits:
            continue
        if base is not None and shared.pin == base.code:
            _give_devices(workspace, grant, base, fits)
        else:
            _new_method(workspace, grant, index, "code", devices=fits, code=shared.pin)
        _warn_of_other_pin(workspace, grant.id, request, fits)
    return missing


def _pins(
    workspace: Workspace,
    grant: AccessGrantRow,
    request: RequestedMethod,
    base: AccessMethodRow | None,
    devices: Sequence[DeviceRow],
) -> list[Shared]:
    """The PINs for new devices: that of the method, the one that was asked for, one that the person has, or another.

    With several Salto locks the one that was asked for is ignored, and they share another (docs).
    """
    known = [] if base is None or base.code is None else [base.code]
    asked = [] if request.code is None else [request.code]
    salto = [device for device in devices if device.device_type == "salto_lock"]
    if asked and len(salto) > 1:
        others = [device for device in devices if device not in salto]
        return [*shared_pins(workspace, others, known + asked), *shared_pins(workspace, salto, ())]
    return shared_pins(workspace, devices, known + (asked or pins_of_person(workspace, grant)))


def _wish(workspace: Workspace, grant: AccessGrantRow, device: DeviceRow, pin: str | None) -> Wish:
    is_ongoing = grant.ends_at is None
    return Wish(
        code=pin,
        name=grant.display_name,
        starts_at=None if is_ongoing else grant.starts_at,
        ends_at=grant.ends_at,
        is_offline=takes_offline_codes_only(device),
        use_backup_pool=not is_ongoing and bool(device.property(ENABLED)),
    )


def _can_have(workspace: Workspace, grant: AccessGrantRow, device: DeviceRow, pin: str | None) -> bool:
    """Whether Seam would make such a code on a device now."""
    try:
        check_code(workspace, device, _wish(workspace, grant, device, pin))
    except ApiError:
        return False
    return True


def make_code(workspace: Workspace, grant: AccessGrantRow, method: AccessMethodRow, device: DeviceRow) -> None:
    """The code of a method on a device: access_code.created. All codes of a method share a key (assumed)."""
    made_for = GrantedBy(method.id, grant.id, grant.access_grant_key)
    wish = _wish(workspace, grant, device, method.code)
    key = None if wish.code is None else method.id
    code = add_code(workspace, device, replace(wish, common_code_key=key, granted_by=made_for))
    if method.code is None:
        workspace[AccessMethodRow].put(workspace[AccessMethodRow][method.id].but(code=code.code))


def _new_method(
    workspace: Workspace,
    grant: AccessGrantRow,
    index: int,
    mode: Mode,
    *,
    devices: Sequence[DeviceRow] = (),
    entrances: Sequence[AcsEntranceRow] = (),
    code: str | None = None,
    **details: Any,
) -> AccessMethodRow:
    """A new method for these doors: access_method.created, then what it needs at them."""
    method = AccessMethodRow(
        access_method_id=workspace.ids.uuid(),
        workspace_id=workspace.workspace_id,
        access_grant_id=grant.id,
        mode=mode,
        created_at=workspace.clock.text(),
        code=code,
        device_ids=tuple(device.id for device in devices),
        acs_entrance_ids=tuple(entrance.id for entrance in entrances),
        is_managed=grant.is_managed,
        **details,
    )
    if mode == "mobile_key":
        method = with_link(workspace, grant, grant.requests[index], method)
    if mode == "card":
        is_encoded = any(SYSTEM_KINDS[entrance.system_type].has_encoders for entrance in entrances)
        method = method.but(needs_encoding=is_encoded, needs_assignment=not is_encoded)
    workspace[AccessMethodRow].put(method)
    current = workspace[AccessGrantRow][grant.id]
    request = current.requests[index]
    made = replace(request, method_ids=(*request.method_ids, method.id))
    requests = (*current.requests[:index], made, *current.requests[index + 1 :])
    workspace[AccessGrantRow].put(current.but(requests=requests))
    tell_of_method(workspace, AccessMethodCreated, method)
    if not waits_for_its_start(workspace, grant):
        for device in devices:
            make_code(workspace, grant, method, device)
    open_entrances(workspace, grant, method, entrances)
    require_encoding(workspace, method)
    soon(workspace, method.id)
    return workspace[AccessMethodRow][method.id]


def with_link(
    workspace: Workspace, grant: AccessGrantRow, request: RequestedMethod, method: AccessMethodRow
) -> AccessMethodRow:
    """The method with its instant key, whose link works until the end of the grant (assumed)."""
    owner = find_user_identity(workspace, grant.user_identity_id)
    count = request.instant_key_max_use_count or 1
    key = make_instant_key(workspace, owner, max_use_count=count, expires_at=grant.ends_at)
    session = workspace[ClientSessionRow][key.client_session_id]
    return method.but(instant_key_id=key.id, instant_key_url=key.instant_key_url, client_session_token=session.token)


def _give_devices(
    workspace: Workspace, grant: AccessGrantRow, method: AccessMethodRow, devices: Iterable[DeviceRow]
) -> None:
    """More devices for a method: the change is under way until their codes are set."""
    added = tuple(device.id for device in devices)
    method = _changing(workspace, method, PROVISIONING, (*method.device_ids, *added))
    if not waits_for_its_start(workspace, grant):
        for device_id in added:
            make_code(workspace, grant, method, workspace[DeviceRow][device_id])
    soon(workspace, method.id)


def _take_devices(workspace: Workspace, method: AccessMethodRow, device_ids: Sequence[str]) -> None:
    """Fewer devices for a method: their codes are deleted, and the change is under way until they are gone."""
    if not device_ids:
        return
    left = tuple(one for one in method.device_ids if one not in device_ids)
    codes = [code for code in codes_of(workspace, method) if code.device_id in device_ids]
    still = tuple(dict.fromkeys((*method.leaving_device_ids, *(code.device_id for code in codes))))
    method = _changing(workspace, method.but(leaving_device_ids=still), REVOKING, left)
    for code in codes:
        if not code.is_offline:
            erase(workspace, code)
    soon(workspace, method.id)


def _changing(
    workspace: Workspace, method: AccessMethodRow, mutation_code: str, device_ids: tuple[str, ...]
) -> AccessMethodRow:
    """The method with other devices, and the mutation that says so."""
    first = next((one.before for one in method.mutations if one.mutation_code == mutation_code), None)
    mutation = PendingMutation(
        mutation_code,
        workspace.clock.text(),
        "The devices of the access method change.",
        first or {"device_ids": list(method.device_ids)},
        {"device_ids": list(device_ids)},
    )
    changed = method.without_mutation(mutation_code).but(device_ids=device_ids)
    return workspace[AccessMethodRow].put(changed.but(mutations=(*changed.mutations, mutation)))


def _warn_of_other_pin(
    workspace: Workspace, access_grant_id: str, request: RequestedMethod, devices: Iterable[DeviceRow]
) -> None:
    """Say on which devices the PIN is another one than was asked for: once for each device."""
    grant = workspace[AccessGrantRow][access_grant_id]
    warned = {dict(one.flags).get("device_id") for one in grant.warnings if one.code == UNAVAILABLE}
    for device in devices:
        pin = next(
            (
                code.code
                for method in methods_of(workspace, grant.id)
                if (code := code_on(workspace, method, device.id)) is not None
            ),
            None,
        )
        if request.code is None or pin is None or pin == request.code or device.id in warned:
            continue
        flags = (("device_id", device.id), ("original_code", request.code), ("new_code", pin))
        message = "The requested code is not available on the device; it has another one."
        warning = Condition(UNAVAILABLE, message, workspace.clock.text(), flags)
        grant = workspace[AccessGrantRow].put(grant.but(warnings=(*grant.warnings, warning)))


def _provide_entrances(
    workspace: Workspace, access_grant_id: str, index: int, entrances: Sequence[AcsEntranceRow]
) -> None:
    """Give the entrances credentials, and take those of others. Cards: a method for each access system (assumed)."""
    grant = workspace[AccessGrantRow][access_grant_id]
    mode = grant.requests[index].mode
    wanted = {entrance.id for entrance in entrances}
    for method in _made_for(workspace, grant, index):
        gone = [one for one in method.acs_entrance_ids if one not in wanted]
        if gone:
            left = tuple(one for one in method.acs_entrance_ids if one in wanted)
            workspace[AccessMethodRow].put(method.but(acs_entrance_ids=left))
            close_entrances(workspace, method, gone)
            soon(workspace, method.id)
    methods = _made_for(workspace, grant, index)
    covered = {one for method in methods for one in method.acs_entrance_ids}
    new = [entrance for entrance in entrances if entrance.id not in covered]
    by_method: dict[str, list[AcsEntranceRow]] = {}
    for entrance in new:
        by_method.setdefault(entrance.acs_system_id if mode == "card" else mode, []).append(entrance)
    for rows in by_method.values():
        known = _known_method(workspace, methods, mode, rows[0])
        if known is not None:
            ids = (*known.acs_entrance_ids, *(row.id for row in rows))
            method = workspace[AccessMethodRow].put(known.but(acs_entrance_ids=ids))
            open_entrances(workspace, grant, method, rows)
            soon(workspace, method.id)
            continue
        code = None
        if mode == "code":
            pins = pins_of_person(workspace, grant)
            code = grant.requests[index].code or (pins[0] if pins else workspace.ids.pin(4))
        _new_method(workspace, grant, index, mode, entrances=rows, code=code)


def _known_method(
    workspace: Workspace, methods: Iterable[AccessMethodRow], mode: Mode, entrance: AcsEntranceRow
) -> AccessMethodRow | None:
    """The method that shall open one more entrance; a card: one that opens others of the same access system."""
    for method in methods:
        doors = [workspace[AcsEntranceRow].get(one) for one in method.acs_entrance_ids]
        if mode != "card" and (mode != "code" or method.code is not None):
            return method
        if mode == "card" and any(door and door.acs_system_id == entrance.acs_system_id for door in doors):
            return method
    return None
