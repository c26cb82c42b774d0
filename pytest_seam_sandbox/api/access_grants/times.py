"""The times of an access grant: changed, begun and over."""

from __future__ import annotations

from ...engine.clock import parse_time
from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from .._shared import Condition, given, marked
from ..access_codes.changes import carry_out, plan_change
from ..access_codes.lifecycle import erase
from ..access_codes.model import AccessCodeRow
from ..devices.model import DeviceRow
from ..instant_keys.model import InstantKeyRow
from .doors import violated_time
from .events import AccessGrantAccessTimesChanged
from .lifecycle import revoke, soon
from .methods import FAILED, LATE, AccessMethodRow, code_on, codes_of, methods_of
from .model import UPDATING, AccessGrantRow, PendingMutation, has_begun, is_over, waits_for_its_start
from .pins import accepts
from .provisioning import make_code, provision
from .summary import refresh, tell_of_grant


def follow_times(workspace: Workspace, access_grant_id: str) -> None:
    """Note whether the time of a grant has come and is over, and come back at the next time that changes it.

    At its start the codes of a grant without an end are made. At its end each method is revoked; codes end by
    themselves, and the grant stays readable (all assumed).
    """
    grant = workspace[AccessGrantRow].get(access_grant_id)
    if grant is None:
        return
    phase = "over" if is_over(workspace, grant) else "active" if has_begun(workspace, grant) else "upcoming"
    grant = workspace[AccessGrantRow].put(grant.but(phase=phase))
    for text in (grant.starts_at, grant.ends_at):
        at = None if text is None else parse_time(text)
        if at is not None and text is not None and text > workspace.clock.text():
            workspace.agenda.schedule(at.timestamp(), follow_times, grant.id)
    for method in methods_of(workspace, grant.id):
        if method.is_leaving:
            continue
        if phase == "over":
            revoke(workspace, method)
        elif not waits_for_its_start(workspace, grant):
            _make_late_codes(workspace, grant, method)
    refresh(workspace, grant.id)


def _make_late_codes(workspace: Workspace, grant: AccessGrantRow, method: AccessMethodRow) -> None:
    """Make the codes that waited for the start of a grant without an end; a device that refuses its own is left out."""
    for device_id in method.device_ids:
        device = workspace[DeviceRow].get(device_id)
        if device is not None and code_on(workspace, method, device_id) is None:
            try:
                make_code(workspace, grant, method, device)
            except ApiError:
                soon(workspace, method.id)


def change_times(workspace: Workspace, grant: AccessGrantRow, starts_at: str, ends_at: str | None) -> None:
    """Give a grant other times: access_grant.access_times_changed with what changed, then each method follows.

    What was issued is revoked, reprogrammed and issued again (docs), a PIN with the same digits; a card has to be
    written again. Nothing changed: nothing happens.
    """
    if (starts_at, ends_at) == (grant.starts_at, grant.ends_at):
        return
    before = {"starts_at": grant.starts_at, "ends_at": grant.ends_at}
    after = {"starts_at": starts_at, "ends_at": ends_at}
    changed = {name: after[name] for name in after if after[name] != before[name]}
    grant = workspace[AccessGrantRow].put(grant.but(starts_at=starts_at, ends_at=ends_at))
    key = given(access_grant_key=grant.access_grant_key)
    tell_of_grant(workspace, AccessGrantAccessTimesChanged, grant, **given(**changed), **key)
    methods = [method for method in methods_of(workspace, grant.id) if not method.is_leaving]
    for method in methods:
        _update(workspace, grant, method, before, after)
    mutation = _mutation(workspace, before, after, access_method_ids=[method.id for method in methods])
    grant = workspace[AccessGrantRow][grant.id]
    others = tuple(one for one in grant.mutations if one.mutation_code != UPDATING)
    workspace[AccessGrantRow].put(grant.but(mutations=(*others, mutation)))
    follow_times(workspace, grant.id)
    provision(workspace, grant.id)


def _mutation(
    workspace: Workspace, before: dict[str, str | None], after: dict[str, str | None], **about: list[str]
) -> PendingMutation:
    return PendingMutation(UPDATING, workspace.clock.text(), "The access times change.", before, after, about)


def _update(
    workspace: Workspace,
    grant: AccessGrantRow,
    method: AccessMethodRow,
    before: dict[str, str | None],
    after: dict[str, str | None],
) -> None:
    method = revoke(workspace, method)
    first = next((one.before for one in method.mutations if one.mutation_code == UPDATING), None)
    mutation = _mutation(workspace, dict(first or before), after)
    warning = Condition(UPDATING, "The access times of the access method are being updated.", workspace.clock.text())
    held = {one.code for one in marked(method.warnings)}
    warnings = tuple(one for one in method.warnings if one.code not in (LATE, UPDATING) or one.is_marked)
    method = method.without_mutation(UPDATING)
    method = workspace[AccessMethodRow].put(
        method.but(
            mutations=(*method.mutations, mutation),
            warnings=warnings if UPDATING in held else (*warnings, warning),
            errors=tuple(one for one in method.errors if one.code != FAILED or one.is_marked),
            waiting_since=None,
        )
    )
    key = workspace[InstantKeyRow].get(method.instant_key_id)
    if key is not None and key.expires_at > workspace.clock.text() and grant.ends_at is not None:
        workspace[InstantKeyRow].put(key.but(expires_at=grant.ends_at))
    for code in codes_of(workspace, method):
        if code.device_id in method.device_ids and not code.has_mutation("deleting"):
            _move_code(workspace, grant, method, code)
    soon(workspace, method.id)


def _move_code(workspace: Workspace, grant: AccessGrantRow, method: AccessMethodRow, code: AccessCodeRow) -> None:
    """Give a code the times of its grant, and the PIN of its method.

    A code that the lock computes keeps its times until its end, and another one is made. Where the device does not
    take the times, the code goes with the device when the doors are looked at again. A code of a grant that waits for
    its start, and has no end, goes until then.
    """
    device = workspace[DeviceRow][code.device_id]
    if violated_time(workspace, device, grant) is not None:
        return
    if code.is_offline:
        method = workspace[AccessMethodRow][method.id]
        superseded = (*method.superseded_code_ids, code.id)
        method = workspace[AccessMethodRow].put(method.but(superseded_code_ids=superseded, code=None))
        make_code(workspace, grant, method, device)
        return
    if waits_for_its_start(workspace, grant):
        erase(workspace, code)
        return
    pin = method.code if method.code is not None and accepts(workspace, device, method.code) else None
    is_ongoing = grant.ends_at is None
    change = plan_change(
        workspace,
        code,
        pin=pin,
        name=grant.display_name,
        starts_at=None if is_ongoing else grant.starts_at,
        ends_at=grant.ends_at,
        ongoing=is_ongoing,
    )
    carry_out(workspace, change)
