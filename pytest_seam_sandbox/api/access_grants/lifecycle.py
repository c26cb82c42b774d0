"""What happens to an access method by itself: issued when all its doors open to it, late, failed; on the sandbox clock.

A method follows its access codes and credentials. That it waits for all its devices, and that a PIN for a start still
ahead is issued as soon as all of them are in reach, is assumed.
"""

from __future__ import annotations

from collections.abc import Callable

from ...engine.clock import parse_time, seconds_of
from ...engine.workspace import Workspace
from .._shared import Condition, marked, without_codes
from ..access_codes.lifecycle import POLL_SECONDS
from ..access_codes.model import AccessCodeRow, device_of, is_programmable
from ..access_codes.timing import is_ahead, load_time
from ..acs.issuing import change_credential
from ..acs.model import REISSUE, WAITING
from ..devices.model import DeviceRow
from .backups import split_off
from .ending import delete_method, finish_method
from .events import (
    AccessMethodCardEncodingRequired,
    AccessMethodDelayInIssuing,
    AccessMethodFailedToIssue,
    AccessMethodIssued,
    AccessMethodReissued,
    AccessMethodRevoked,
)
from .methods import (
    FAILED,
    LATE,
    PROVISIONING,
    REVOKING,
    AccessMethodRow,
    code_on,
    codes_of,
    credentials_of,
    is_manageable,
)
from .model import UPDATING, AccessGrantRow, PendingMutation, is_over, waits_for_its_start
from .summary import refresh, tell_of_method

LEAD_SECONDS = 3600.0
"""How long before the start of a grant a method that is not issued is late (assumed: as codes are programmed)."""
WAITING_FOR_SYSTEM = "waiting_for_access_on_acs_system"


def soon(workspace: Workspace, access_method_id: str) -> None:
    """Have a method looked at before the next request is answered, after the codes that are looked at then."""
    workspace.agenda.plan(workspace.clock.timestamp(), _queue, access_method_id)


def _queue(workspace: Workspace, access_method_id: str) -> None:
    workspace.agenda.plan(workspace.clock.timestamp(), progress, access_method_id)


def progress(workspace: Workspace, access_method_id: str) -> None:
    """Bring a method as near to what is wanted as time and connections allow. Safe to call at any time."""
    method = workspace[AccessMethodRow].get(access_method_id)
    if method is None:
        return
    if method.is_leaving:
        finish_method(workspace, method.id)
        return
    grant = workspace[AccessGrantRow][method.access_grant_id]
    if is_over(workspace, grant):
        refresh(workspace, grant.id)
        return
    method = _without_lost_doors(workspace, method, grant)
    if not method.device_ids and not method.acs_entrance_ids:
        delete_method(workspace, method)
        return
    method = workspace[AccessMethodRow].put(_settled(workspace, _in_time(workspace, method, grant)))
    if not method.is_issued and _is_ready(workspace, method, grant):
        _issue(workspace, method)
    elif not method.is_issued:
        _wait(workspace, method, grant)
    refresh(workspace, grant.id)


def revoke(workspace: Workspace, method: AccessMethodRow) -> AccessMethodRow:
    """Let a method be unusable: access_method.revoked, if it was usable."""
    if not method.is_issued:
        return method
    method = workspace[AccessMethodRow].put(method.but(issued_at=None))
    tell_of_method(workspace, AccessMethodRevoked, method)
    return method


def require_encoding(workspace: Workspace, method: AccessMethodRow) -> None:
    """Tell that a card has to be written, if it is one that an encoder writes."""
    if method.needs_encoding:
        tell_of_method(workspace, AccessMethodCardEncodingRequired, method)


def _without_lost_doors(workspace: Workspace, method: AccessMethodRow, grant: AccessGrantRow) -> AccessMethodRow:
    """A method loses the devices whose codes somebody deleted, and the entrances whose credentials are gone (assumed).

    So it loses a device that is gone from the workspace, or is no longer managed.
    """
    devices = tuple(
        device_id
        for device_id in method.device_ids
        if code_on(workspace, method, device_id) is not None
        or (waits_for_its_start(workspace, grant) and _is_there(workspace, device_id))
    )
    opened = {
        one for credential in credentials_of(workspace, method) for one in credential.allowed_acs_entrance_ids or ()
    }
    entrances = tuple(one for one in method.acs_entrance_ids if one in opened)
    still = {code.device_id for code in codes_of(workspace, method)}
    leaving = tuple(one for one in method.leaving_device_ids if one in still)
    return method.but(device_ids=devices, acs_entrance_ids=entrances, leaving_device_ids=leaving)


def _is_there(workspace: Workspace, device_id: str) -> bool:
    device = workspace[DeviceRow].get(device_id)
    return device is not None and device.is_managed


def _in_time(workspace: Workspace, method: AccessMethodRow, grant: AccessGrantRow) -> AccessMethodRow:
    """Bring the times of a grant to the credentials in the systems that are in reach; a card is written again."""
    times = {"starts_at": grant.starts_at, "ends_at": grant.ends_at}
    for credential in credentials_of(workspace, method):
        is_right = (credential.starts_at, credential.ends_at) == (grant.starts_at, grant.ends_at)
        if is_right or not is_manageable(workspace, credential):
            continue
        change_credential(workspace, credential, **times)
        if method.was_issued:
            require_encoding(workspace, method)
    return method


def _settled(workspace: Workspace, method: AccessMethodRow) -> AccessMethodRow:
    """The method without the changes under way that are done, and with that of a system that it waits for."""
    done = [WAITING_FOR_SYSTEM]
    if all(_works(workspace, code_on(workspace, method, device_id)) for device_id in method.device_ids):
        done.append(PROVISIONING)
    if not method.leaving_device_ids:
        done.append(REVOKING)
    is_ready = all(is_manageable(workspace, credential) for credential in credentials_of(workspace, method))
    since = next((one.created_at for one in method.mutations if one.mutation_code == WAITING_FOR_SYSTEM), None)
    method = method.without_mutation(*done).but(is_system_ready=is_ready)
    if method.mode == "card" and not is_ready and not method.is_issued:
        message = "Seam waits for the access system to give the card its access."
        waiting = PendingMutation(WAITING_FOR_SYSTEM, since or workspace.clock.text(), message)
        method = method.but(mutations=(*method.mutations, waiting))
    return method


def _works(workspace: Workspace, code: AccessCodeRow | None) -> bool:
    """Whether a code is on its lock as it is wanted, or will be: it is early, and the lock is in reach."""
    if code is None or code.is_offline:
        return code is not None
    if code.is_held_up:
        return False
    if code.pin_on_lock is None:
        return is_ahead(workspace, load_time(code)) and is_programmable(device_of(workspace, code))
    return not code.mutations


def _is_ready(workspace: Workspace, method: AccessMethodRow, grant: AccessGrantRow) -> bool:
    """Whether all doors of a method open to it. A mobile key waits for no phone: its link is what is delivered."""
    if method.is_held_up:
        return False
    for device_id in method.device_ids:
        code = code_on(workspace, method, device_id)
        if code is None and waits_for_its_start(workspace, grant):
            if not is_programmable(workspace[DeviceRow][device_id]):
                return False
        elif not _works(workspace, code):
            return False
    return all(
        is_manageable(workspace, credential)
        and not any(warning.code in (WAITING, REISSUE) for warning in credential.warnings)
        and (credential.is_issued or credential.access_method == "mobile_key")
        for credential in credentials_of(workspace, method)
    )


def _issue(workspace: Workspace, method: AccessMethodRow) -> None:
    kind = AccessMethodReissued if method.was_issued else AccessMethodIssued
    issued = without_codes(method.warnings, UPDATING, LATE)
    method = workspace[AccessMethodRow].put(
        method.without_mutation(UPDATING, WAITING_FOR_SYSTEM).but(
            issued_at=workspace.clock.text(),
            was_issued=True,
            waiting_since=None,
            errors=without_codes(method.errors, FAILED),
            warnings=issued,
        )
    )
    about = {"code": method.code} if method.code is not None else {}
    tell_of_method(workspace, kind, method, **about, **({"is_backup_code": True} if method.is_backup_code else {}))


def _wait(workspace: Workspace, method: AccessMethodRow, grant: AccessGrantRow) -> None:
    """A method waits, and its late warning and its failure come; each just once in one wait."""
    if method.waiting_since is None:
        since = workspace.clock.text()
        workspace[AccessMethodRow].put(method.but(waiting_since=since))
        _later(workspace, grant, _start(grant) - LEAD_SECONDS, _delay, method.id, since)


def _start(grant: AccessGrantRow) -> float:
    start = parse_time(grant.starts_at)
    return 0.0 if start is None else seconds_of(start)


def _later(workspace: Workspace, grant: AccessGrantRow, at: float, function: Callable[..., None], *about: str) -> None:
    """Have something looked at at a time, not before the next poll of Seam."""
    poll = workspace.clock.timestamp() + POLL_SECONDS
    if at <= poll:
        workspace.agenda.plan(poll, function, *about)
    else:
        workspace.agenda.schedule(at, function, *about)


def _waiting(workspace: Workspace, access_method_id: str, since: str) -> tuple[AccessMethodRow, AccessGrantRow] | None:
    """The method and its grant, if the method still waits as it did then."""
    method = workspace[AccessMethodRow].get(access_method_id)
    if method is None or method.waiting_since != since or method.is_leaving:
        return None
    grant = workspace[AccessGrantRow][method.access_grant_id]
    return None if is_over(workspace, grant) else (method, grant)


def _delay(workspace: Workspace, access_method_id: str, since: str) -> None:
    """The start is near and the method cannot be used: access_method.delay_in_issuing."""
    found = _waiting(workspace, access_method_id, since)
    if found is None:
        return
    method, grant = found
    if all(warning.code != LATE for warning in method.warnings):
        late = Condition(LATE, "Issuing the access method takes long.", workspace.clock.text())
        method = workspace[AccessMethodRow].put(method.but(warnings=(*method.warnings, late)))
        tell_of_method(workspace, AccessMethodDelayInIssuing, method)
    _later(workspace, grant, _start(grant), _fail, method.id, since)


def _fail(workspace: Workspace, access_method_id: str, since: str) -> None:
    """The start has come and the method cannot be used: access_method.failed_to_issue; Seam goes on trying.

    Unless backup codes stand in for those that are not on their locks.
    """
    found = _waiting(workspace, access_method_id, since)
    if found is None or any(error.code == FAILED for error in found[0].errors):
        return
    for device_id in found[0].device_ids:
        if not _works(workspace, code_on(workspace, found[0], device_id)):
            split_off(workspace, workspace[AccessMethodRow][access_method_id], device_id)
    progress(workspace, access_method_id)
    method = workspace[AccessMethodRow].get(access_method_id)
    if method is None or method.is_issued:
        return
    failed = Condition(FAILED, "The access method could not be issued; Seam goes on trying.", workspace.clock.text())
    method = workspace[AccessMethodRow].put(method.but(errors=(*marked(method.errors), failed)))
    tell_of_method(workspace, AccessMethodFailedToIssue, method)
