"""Errors and warnings that a test puts on a resource, with what Seam would do about them.

Seam has no endpoint for most of its codes, so this is the only way to them. What a code does stands in one place for
each kind of resource: `devices/issues.py` for devices, `acs/model.py` for access systems, the functions below for the
rest. A code without an entry shows, and that is all; so does one that Seam does not have. Variants and fields: spec;
effects: docs and spec where they name them, else assumed. A mark does not touch the hardware: the charge of a
battery, a keypad and the PIN that a lock knows are changed by `devices/hardware.py` and `access_codes/external.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, cast

from ..catalog.known import codes
from ..engine.errors import SandboxError, UnknownId, is_for_the_test, quoted, shortened
from ..engine.json_values import why_no_json
from ..engine.store import Row
from ..engine.workspace import Workspace
from ._shared import Condition, plain, without_codes
from .access_codes import marks as access_codes
from .access_codes.model import AccessCodeRow
from .access_grants import marks as access_grants
from .access_grants.doors import doors_of
from .access_grants.methods import AccessMethodRow
from .access_grants.model import AccessGrantRow
from .acs.encoding import REMOVED, AcsEncoderRow, lose_encoder, regain_encoder
from .acs.events import AcsCredentialIssued
from .acs.groups import AcsAccessGroupRow
from .acs.issuing import sync, tell
from .acs.model import WAITING, AcsCredentialRow, AcsEntranceRow, AcsSystemRow, AcsUserRow
from .acs.state import lose_system, recover_system, systems_of
from .connected_accounts import state as accounts
from .connected_accounts.events import ConnectedAccountReauthorizationRequested
from .connected_accounts.model import ConnectedAccountRow
from .devices import state as devices
from .devices.issues import DEVICE_ERRORS, DEVICE_WARNINGS, OF_BRIDGE, OF_DEVICE, OF_THE_ACCOUNT, Flags
from .devices.model import DeviceRow
from .phones.model import PhoneRow
from .user_identities.model import UserIdentityRow

__tracebackhide__ = is_for_the_test

Field = Literal["errors", "warnings"]
Change = Callable[[Workspace, Any, Field, Condition], None]
OF_CODE: Flags = (("is_access_code_error", True),)
OF_CONNECTED_ACCOUNT: Flags = (("is_connected_account_error", True),)
_RESERVED = frozenset({"error_code", "warning_code", "message", "created_at"})
_OTHER = MappingProxyType({"errors": "warnings", "warnings": "errors"})


@dataclass(frozen=True, slots=True)
class Markable:
    """A kind of resource that can carry errors and warnings. resource: its name among the known codes.

    flags: the further fields of an error. begin, end: what happens when a condition comes and goes.
    """

    word: str
    resource: str
    begin: Change
    end: Change
    flags: Callable[[str], Flags] = lambda _code: ()


def find_markable(workspace: Workspace, row_id: str) -> Row:
    """The resource of this id or name that can carry errors. Raises UnknownId, also for the name of several."""
    for kind in MARKABLE:
        row = workspace[kind].get(row_id)
        if row is not None:
            return row
    named = [row for kind in MARKABLE for row in workspace[kind] if row_id and row.label == row_id]
    if len(named) == 1:
        return named[0]
    if named:
        found = ", ".join(f"{MARKABLE[type(row)].word} {row.id}" for row in named[:10])
        raise UnknownId(f"{len(named)} resources have the name {row_id!r}: {found}. Give the id of one of them.")
    markable = ", ".join(kind.word for kind in MARKABLE.values())
    raise UnknownId(f"no resource {quoted(row_id)} in this sandbox that can carry errors and warnings: {markable}.")


def put_mark(
    workspace: Workspace, row: Row, field: Field, code: str, *, message: str | None, fields: Mapping[str, object]
) -> None:
    """Put an error or a warning on a resource; there already: only message and fields change."""
    kind = MARKABLE[type(row)]
    _check(kind, field, code, message, fields)
    present = next((condition for condition in _conditions(row, field) if condition.code == code), None)
    flags: Flags = tuple({**dict(_flags(workspace, row, kind, field, code)), **plain(fields)}.items())
    text = _message(kind, field, code) if message is None else message
    if present is None:
        kind.begin(workspace, row, field, Condition(code, text, workspace.clock.text(), flags, is_marked=True))
    elif message is not None or fields:
        changed = Condition(
            code,
            present.message if message is None else message,
            present.created_at,
            flags,
            is_marked=present.is_marked,
        )
        _store(workspace, row, field, *(changed if one is present else one for one in _conditions(row, field)))


def take_mark(workspace: Workspace, row: Row, field: Field, code: str) -> None:
    """Take an error or a warning off a resource. Raises SandboxError, with those there are, when it has none such."""
    kind = MARKABLE[type(row)]
    present = next((condition for condition in _conditions(row, field) if condition.code == code), None)
    if present is None:
        codes_there = ", ".join(quoted(condition.code) for condition in _conditions(row, field)) or "none"
        raise SandboxError(f"{kind.word} {row.id} has no {field[:-1]} {quoted(code)}; its {field}: {codes_there}.")
    kind.end(workspace, row, field, present)


def _check(kind: Markable, field: Field, code: str, message: str | None, fields: Mapping[str, object]) -> None:
    if not isinstance(code, str) or not code.strip():
        raise SandboxError(f"a code is a text such as 'device_disconnected'; got {quoted(code)}.")
    if message is not None and not isinstance(message, str):
        raise SandboxError(f"a message is a text; got {quoted(message)}.")
    fault = why_no_json({"code": code, "message": message, **fields})
    if fault is not None:
        raise SandboxError(f"an entry of {field} is JSON: {shortened(fault)}.")
    documented = codes().get(kind.resource, {})
    if code in documented.get(_OTHER[field], ()) and code not in documented.get(field, ()):
        raise SandboxError(
            f"{code!r} is one of the {_OTHER[field]} of {kind.word}s; use set_{_OTHER[field][:-1]}() for it."
        )
    wrong = sorted(_RESERVED & fields.keys())
    if wrong:
        raise SandboxError(f"the fields {', '.join(wrong)} follow from the code, the message and the clock.")


def _conditions(row: Row, field: Field) -> tuple[Condition, ...]:
    return cast("tuple[Condition, ...]", getattr(row, field))


def _store(workspace: Workspace, row: Row, field: Field, *conditions: Condition) -> Row:
    row = workspace[type(row)].put(row.but(**{field: conditions}))
    if isinstance(row, DeviceRow):
        devices.device_changed.send(workspace, row)
    return row


def _show(workspace: Workspace, row: Row, field: Field, condition: Condition) -> None:
    _store(workspace, row, field, *_conditions(row, field), condition)


def _hide(workspace: Workspace, row: Row, field: Field, condition: Condition) -> None:
    _store(workspace, row, field, *without_codes(_conditions(row, field), condition.code))


def _message(kind: Markable, field: Field, code: str) -> str:
    issues = DEVICE_ERRORS if field == "errors" else DEVICE_WARNINGS
    issue = issues.get(code) if kind.resource in ("device", "access_code", "") else None
    return f"{code.replace('_', ' ').capitalize()}." if issue is None else issue.message


def _flags(workspace: Workspace, row: Row, kind: Markable, field: Field, code: str) -> Flags:
    """The fields that the variant of a code has besides the common ones (spec)."""
    required = _REQUIRED.get((kind.resource, code))
    extra: Flags = required(workspace, row) if required is not None else ()
    return (*kind.flags(code), *extra) if field == "errors" else extra


def _full(workspace: Workspace, row: Row) -> Flags:
    stored = access_codes.stored_on(workspace, row.id)
    most = cast(DeviceRow, row).property("max_active_codes_supported") or stored
    return (("active_access_code_count", stored), ("max_active_access_code_count", most))


def _sites(_workspace: Workspace, row: Row) -> Flags:
    site = {"site_id": row.id, "site_name": "Salto KS Main Site", "subscribed_site_user_count": 10}
    return (("salto_ks_metadata", {"sites": [{**site, "site_user_subscription_limit": 10}]}),)


def _another_pin(workspace: Workspace, row: Row) -> Flags:
    return (
        ("original_code", cast(AcsCredentialRow, row).code or workspace.ids.pin(4)),
        ("new_code", workspace.ids.pin(4)),
    )


def _user_of(workspace: Workspace, row: Row) -> Flags:
    for acs_user_id in cast(UserIdentityRow, row).acs_user_ids:
        user = workspace[AcsUserRow][acs_user_id]
        return (("acs_user_id", user.id), ("acs_system_id", user.acs_system_id))
    raise SandboxError("the user identity has no ACS user, so none can have an issue. Make one with /acs/users/create.")


def _a_device(workspace: Workspace, row: Row) -> Flags:
    devices = doors_of(workspace, cast(AccessGrantRow, row)).devices
    if not devices:
        raise SandboxError("the access grant has no device that the warning could name. Make one with device_ids.")
    return (("device_id", devices[0].id),)


def _a_violation(workspace: Workspace, row: Row) -> Flags:
    return (*_a_device(workspace, row), ("reason", "times_do_not_match_slots"))


def _another_pin_on_a_device(workspace: Workspace, row: Row) -> Flags:
    pins = (("original_code", workspace.ids.pin(4)), ("new_code", workspace.ids.pin(4)))
    return (*_a_device(workspace, row), *pins)


def _its_methods(_workspace: Workspace, row: Row) -> Flags:
    return (("access_method_ids", list(cast(AccessGrantRow, row).method_ids)),)


_REQUIRED: Mapping[tuple[str, str], Callable[[Workspace, Row], Flags]] = MappingProxyType(
    {
        ("device", "max_access_codes_reached"): _full,
        ("connected_account", "salto_ks_subscription_limit_exceeded"): _sites,
        ("connected_account", "salto_ks_subscription_limit_almost_reached"): _sites,
        ("acs_credential", "requested_code_unavailable"): _another_pin,
        ("user_identity", "issue_with_acs_user"): _user_of,
        ("access_grant", "device_does_not_support_access_codes"): _a_device,
        ("access_grant", "device_time_constraints_violated"): _a_violation,
        ("access_grant", "requested_code_unavailable"): _another_pin_on_a_device,
        ("access_grant", "updating_access_times"): _its_methods,
    }
)


def _device_flags(code: str) -> Flags:
    return DEVICE_ERRORS[code].flags if code in DEVICE_ERRORS else OF_DEVICE


def _account_flags(code: str) -> Flags:
    return OF_BRIDGE if code == "bridge_disconnected" else OF_CONNECTED_ACCOUNT


def _code_flags(code: str) -> Flags:
    """Errors of its device or account, and its own."""
    return DEVICE_ERRORS[code].flags if code in DEVICE_ERRORS else OF_CODE


def _begin_device(workspace: Workspace, device: DeviceRow, field: Field, condition: Condition) -> None:
    code = condition.code
    if field == "warnings":
        devices.add_warning(workspace, device, condition)
    elif code == "account_disconnected":
        account = workspace[ConnectedAccountRow][device.connected_account_id]
        flags = OF_CONNECTED_ACCOUNT
        _begin_account(workspace, account, field, Condition(code, condition.message, condition.created_at, flags))
    elif code == "device_removed":
        devices.remove_device(workspace, device, error=condition)
    elif code == "subscription_required":
        devices.expire_plan(workspace, device, error=condition)
    else:
        devices.add_error(workspace, device, code, error=condition)


def _end_device(workspace: Workspace, device: DeviceRow, field: Field, condition: Condition) -> None:
    code = condition.code
    account = workspace[ConnectedAccountRow][device.connected_account_id]
    if field == "warnings":
        devices.clear_warning(workspace, device, code)
    elif code in OF_THE_ACCOUNT and any(error.code == code for error in account.errors):
        _end_account(workspace, account, field, condition)
    elif code == "device_removed":
        devices.readd_device(workspace, device)
    elif code == "subscription_required":
        devices.renew_plan(workspace, device)
    else:
        devices.clear_error(workspace, device, code)


def _begin_account(workspace: Workspace, account: ConnectedAccountRow, field: Field, condition: Condition) -> None:
    code = condition.code
    if field == "errors" and code == "account_disconnected":
        accounts.lose(workspace, account, error=condition)
        return
    account = workspace[ConnectedAccountRow].put(account.but(**{field: (*_conditions(account, field), condition)}))
    if field == "warnings":
        if code == "account_reauthorization_requested":
            fields = account.event_fields() | accounts.account_issue_fields(account)
            workspace.events.emit(workspace, ConnectedAccountReauthorizationRequested(**fields))
        return
    if code == "bridge_disconnected":
        if not account.is_disconnected:
            accounts.announce_loss(workspace, account)
        for system in systems_of(workspace, account):
            error = Condition(code, condition.message, condition.created_at, (("is_bridge_error", True),))
            lose_system(workspace, system, error)
    if code in OF_THE_ACCOUNT:
        for device in devices.devices_of(workspace, account):
            devices.add_error(workspace, device, code)


def _end_account(workspace: Workspace, account: ConnectedAccountRow, field: Field, condition: Condition) -> None:
    code = condition.code
    if field == "errors" and code == "account_disconnected":
        accounts.recover(workspace, account)
        return
    kept = without_codes(_conditions(account, field), code)
    account = workspace[ConnectedAccountRow].put(account.but(**{field: kept}))
    if field == "errors" and code == "bridge_disconnected":
        if not account.is_disconnected:
            accounts.announce_connection(workspace, account)
        for system in systems_of(workspace, account):
            recover_system(workspace, system, code)
    if field == "errors" and code in OF_THE_ACCOUNT:
        for device in devices.devices_of(workspace, account):
            devices.clear_error(workspace, device, code)


def _begin_system(workspace: Workspace, system: AcsSystemRow, field: Field, condition: Condition) -> None:
    if field == "errors":
        lose_system(workspace, system, condition)
    else:
        _show(workspace, system, field, condition)


def _end_system(workspace: Workspace, system: AcsSystemRow, field: Field, condition: Condition) -> None:
    if field == "errors":
        recover_system(workspace, system, condition.code)
    else:
        _hide(workspace, system, field, condition)


def _begin_acs_user(workspace: Workspace, user: AcsUserRow, field: Field, condition: Condition) -> None:
    """An error of a user shows on its person too."""
    _show(workspace, user, field, condition)
    owner = workspace[UserIdentityRow].get(user.user_identity_id)
    if field == "errors" and owner is not None and _issue_with(owner, user) is None:
        about: Flags = (("acs_user_id", user.id), ("acs_system_id", user.acs_system_id))
        message = "One of the ACS users of the user identity has an issue."
        issue = Condition("issue_with_acs_user", message, condition.created_at, about, is_marked=True)
        _show(workspace, owner, field, issue)


def _end_acs_user(workspace: Workspace, user: AcsUserRow, field: Field, condition: Condition) -> None:
    _hide(workspace, user, field, condition)
    owner = workspace[UserIdentityRow].get(user.user_identity_id)
    issue = None if owner is None else _issue_with(owner, user)
    if owner is not None and issue is not None and not workspace[AcsUserRow][user.id].errors:
        _store(workspace, owner, "errors", *(error for error in owner.errors if error is not issue))


def _issue_with(owner: UserIdentityRow, user: AcsUserRow) -> Condition | None:
    mine = (error for error in owner.errors if ("acs_user_id", user.id) in error.flags)
    return next(mine, None)


def _end_credential(workspace: Workspace, credential: AcsCredentialRow, field: Field, condition: Condition) -> None:
    """What was held back is issued, if there is a phone for it."""
    _hide(workspace, credential, field, condition)
    credential = workspace[AcsCredentialRow][credential.id]
    if field == "warnings" and condition.code == WAITING:
        if credential.is_issued:
            tell(workspace, AcsCredentialIssued, credential)
        sync(workspace, credential)


def _begin_encoder(workspace: Workspace, encoder: AcsEncoderRow, field: Field, condition: Condition) -> None:
    if condition.code == REMOVED:
        lose_encoder(workspace, encoder, condition)
    else:
        _show(workspace, encoder, field, condition)


def _end_encoder(workspace: Workspace, encoder: AcsEncoderRow, field: Field, condition: Condition) -> None:
    if condition.code == REMOVED:
        regain_encoder(workspace, encoder)
    else:
        _hide(workspace, encoder, field, condition)


MARKABLE: Mapping[type[Row], Markable] = MappingProxyType(
    {
        DeviceRow: Markable("device", "device", _begin_device, _end_device, _device_flags),
        PhoneRow: Markable("phone", "", _show, _hide),
        ConnectedAccountRow: Markable(
            "connected account", "connected_account", _begin_account, _end_account, _account_flags
        ),
        AccessCodeRow: Markable("access code", "access_code", access_codes.begin, access_codes.end, _code_flags),
        AcsSystemRow: Markable("ACS system", "acs_system", _begin_system, _end_system),
        AcsUserRow: Markable("ACS user", "acs_user", _begin_acs_user, _end_acs_user),
        AcsCredentialRow: Markable("ACS credential", "acs_credential", _show, _end_credential),
        AcsEntranceRow: Markable("ACS entrance", "acs_entrance", _show, _hide),
        AcsAccessGroupRow: Markable("ACS access group", "acs_access_group", _show, _hide),
        AcsEncoderRow: Markable("ACS encoder", "acs_encoder", _begin_encoder, _end_encoder),
        UserIdentityRow: Markable("user identity", "user_identity", _show, _hide),
        AccessGrantRow: Markable("access grant", "access_grant", access_grants.begin_grant, access_grants.end_grant),
        AccessMethodRow: Markable(
            "access method", "access_method", access_grants.begin_method, access_grants.end_method
        ),
    }
)
"""The kinds of resources that carry errors and warnings."""
