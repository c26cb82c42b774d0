"""/access_codes/create, create_multiple, get, list, generate_code and report_device_constraints."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated, Literal

from annotated_types import MinLen

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.params import at_least_one
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import Date, NonEmptyText, Number, Text, Uuid
from ...engine.workspace import Workspace
from .._filters import Filter, all_of, among, searched
from .._shared import (
    API_KEY,
    EVERYONE,
    EVERYONE_READ,
    PAT,
    WITH_SESSION,
    WITH_SESSION_READ,
    first,
    written,
)
from ..client_sessions.model import accounts_of_user
from ..devices.lookup import reachable
from ..devices.model import DeviceRow, account_of
from . import changes, unmanaged
from .adding import CodeLength, Pin, Wish, add_code, attempt, both_times, check_code
from .constraints import new_pin
from .lookup import by_id_or_pin, pick
from .model import AccessCodeRow, codes_on, device_of
from .time_frames import Rounding

router = Router("/access_codes")


@router.post(
    "create",
    key="access_code",
    also=("action_attempt",),
    allow=EVERYONE,
    source="docs",
    checks=[both_times],
    per_minute=10,
)
def create(
    workspace: Workspace,
    *,
    caller: Caller,
    allow_external_modification: bool | None = None,
    attempt_for_offline_device: bool = True,
    code: Pin | None = None,
    common_code_key: Text | None = None,
    device_id: Uuid,
    ends_at: Date | None = None,
    is_external_modification_allowed: bool | None = None,
    is_offline_access_code: bool | None = None,
    is_one_time_use: bool | None = None,
    max_time_rounding: Rounding | None = None,
    name: Text | None = None,
    prefer_native_scheduling: bool = True,
    preferred_code_length: Number | None = None,
    starts_at: Date | None = None,
    sync: bool = False,
    use_backup_access_code_pool: bool | None = None,
    use_offline_access_code: bool | None = None,
) -> tuple[Row, Row]:
    """A new code, also for a lock that is offline: it waits with status `setting` and the device's error.

    attempt_for_offline_device: false refuses that with 400 and the code of the blocking error (assumed). Times are
    held against the time frame options of the device and moved by at most `max_time_rounding` (time_frames.py).
    """
    device = reachable(workspace, caller, device_id)
    wish = Wish(
        code=code,
        name=name,
        starts_at=written(starts_at),
        ends_at=written(ends_at),
        common_code_key=common_code_key,
        attempt_for_offline_device=attempt_for_offline_device,
        prefer_native_scheduling=prefer_native_scheduling,
        preferred_code_length=preferred_code_length,
        use_backup_pool=bool(use_backup_access_code_pool),
        is_offline=bool(is_offline_access_code or use_offline_access_code),
        is_one_time_use=bool(is_one_time_use),
        is_external_modification_allowed=bool(is_external_modification_allowed or allow_external_modification),
        max_time_rounding=max_time_rounding,
    )
    row = add_code(workspace, device, wish)
    attempted = attempt(workspace, "CREATE_ACCESS_CODE", device, row.id, at_once=sync)
    return workspace[AccessCodeRow].get(row.id) or row, attempted


@router.put(
    "create_multiple",
    key="access_codes",
    allow=EVERYONE,
    source="spec",
    checks=[both_times],
)
def create_multiple(
    workspace: Workspace,
    *,
    caller: Caller,
    allow_external_modification: bool | None = None,
    attempt_for_offline_device: bool = True,
    behavior_when_code_cannot_be_shared: Literal["throw", "create_random_code"] = "throw",
    code: Pin | None = None,
    device_ids: list[Uuid],
    ends_at: Date | None = None,
    is_external_modification_allowed: bool | None = None,
    name: Text | None = None,
    prefer_native_scheduling: bool = True,
    preferred_code_length: Number | None = None,
    starts_at: Date | None = None,
    use_backup_access_code_pool: bool | None = None,
) -> list[Row]:
    """One code on several locks, all or none. Without a chosen code they share one and a common_code_key (fake).

    A lock that cannot share the code has one without the key, which would promise the same PIN (spec).
    """
    devices = [reachable(workspace, caller, device_id) for device_id in dict.fromkeys(device_ids)]
    wish = Wish(
        code=code,
        name=name,
        starts_at=written(starts_at),
        ends_at=written(ends_at),
        attempt_for_offline_device=attempt_for_offline_device,
        prefer_native_scheduling=prefer_native_scheduling,
        preferred_code_length=preferred_code_length,
        use_backup_pool=bool(use_backup_access_code_pool),
        is_external_modification_allowed=bool(is_external_modification_allowed or allow_external_modification),
    )
    may_differ = behavior_when_code_cannot_be_shared == "create_random_code"
    wishes = _share(workspace, devices, wish, may_differ=may_differ)
    key = None if code is not None else f"auto_set_by_create_multiple_{workspace.ids.uuid()}"
    return [
        add_code(workspace, device, replace(own, common_code_key=None if own.code is None else key))
        for device, own in zip(devices, wishes, strict=True)
    ]


def _share(workspace: Workspace, devices: list[DeviceRow], wish: Wish, *, may_differ: bool) -> list[Wish]:
    """One wish for each lock, with the same PIN; a lock that refuses it gets one of its own, if they may differ."""
    code = wish.code or (new_pin(workspace, devices[0], wish.preferred_code_length) if devices else None)
    shared, unshared = replace(wish, code=code), replace(wish, code=None)
    wishes = []
    for device in devices:
        try:
            check_code(workspace, device, shared)
            wishes.append(shared)
        except ApiError:
            if not may_differ:
                raise
            check_code(workspace, device, unshared)
            wishes.append(unshared)
    return wishes


@router.get(
    "get",
    key="access_code",
    allow=first(API_KEY, PAT, of=EVERYONE_READ),
    source="official fake",
    checks=[by_id_or_pin],
)
def get(
    workspace: Workspace,
    *,
    caller: Caller,
    access_code_id: Uuid | None = None,
    code: Text | None = None,
    device_id: Uuid | None = None,
) -> Row:
    """A managed code; 404 `not_found`, also once it was removed from the lock."""
    return pick(workspace, caller, access_code_id, code, device_id, is_managed=True)


_LIST_FILTERS = (
    "access_code_ids",
    "access_grant_id",
    "access_grant_key",
    "access_method_id",
    "customer_key",
    "device_id",
    "search",
    "user_identifier_key",
)


@router.get(
    "list",
    key="access_codes",
    allow=EVERYONE_READ,
    source="spec",
    page_limit=55000,
    checks=[at_least_one(*_LIST_FILTERS, text="Either 'device_id' or 'access_code_ids' is required")],
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    access_code_ids: list[Uuid] | None = None,
    access_grant_id: Uuid | None = None,
    access_grant_key: Text | None = None,
    access_method_id: Uuid | None = None,
    customer_key: Text | None = None,
    device_id: Uuid | None = None,
    search: NonEmptyText | None = None,
    user_identifier_key: Text | None = None,
) -> Page:
    """Managed codes, oldest first; codes of the backup pool are not listed until they are pulled (official fake)."""
    if device_id is not None:
        reachable(workspace, caller, device_id)
    return page.page(
        workspace[AccessCodeRow],
        all_of(
            lambda row: row.is_managed and (not row.is_backup or row.is_pulled),
            _visible(workspace, caller),
            among("id", access_code_ids),
            _made_for("access_grant_id", access_grant_id),
            _made_for("access_grant_key", access_grant_key),
            _made_for("access_method_id", access_method_id),
            _of_customer(workspace, customer_key),
            _of_accounts(workspace, accounts_of_user(workspace, user_identifier_key)),
            searched(search, lambda row: (row.name, row.code, row.id)),
        ),
        ids=None if device_id is None else {row.id for row in codes_on(workspace, device_id)},
    )


def _visible(workspace: Workspace, caller: Caller) -> Filter | None:
    if caller.session is None:
        return None
    return lambda row: caller.may_see_account(device_of(workspace, row).connected_account_id)


def _of_customer(workspace: Workspace, customer_key: str | None) -> Filter | None:
    if customer_key is None:
        return None
    return lambda row: account_of(workspace, device_of(workspace, row)).customer_key == customer_key


def _of_accounts(workspace: Workspace, account_ids: Collection[str] | None) -> Filter | None:
    if account_ids is None:
        return None
    return lambda row: device_of(workspace, row).connected_account_id in account_ids


def _made_for(name: str, wanted: str | None) -> Filter | None:
    """The codes that were made for this access grant or access method. name: the field that is compared."""
    return None if wanted is None else lambda row: getattr(row.granted_by, name, None) == wanted


@router.get("generate_code", key="generated_code", allow=WITH_SESSION_READ, source="spec")
def generate_code(workspace: Workspace, *, caller: Caller, device_id: Uuid) -> Row:
    """A code that the lock would take, in the form of an access code; nothing is stored."""
    device = reachable(workspace, caller, device_id)
    return check_code(workspace, device, Wish()).but(status="unset", mutations=())


_LENGTHS = ("supported_code_lengths", "min_code_length", "max_code_length")


@router.post(
    "report_device_constraints",
    allow=WITH_SESSION,
    source="spec",
    checks=[at_least_one(*_LENGTHS, text=f"At least one of {', '.join(_LENGTHS)} must be provided")],
)
def report_device_constraints(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    max_code_length: CodeLength | None = None,
    min_code_length: CodeLength | None = None,
    supported_code_lengths: Annotated[list[CodeLength], MinLen(1)] | None = None,
) -> None:
    """Tell Seam which lengths a lock takes: a list, or a shortest and a longest one."""
    device = reachable(workspace, caller, device_id)
    lengths_before = device.property("supported_code_lengths") or [4, 8]
    shortest = min_code_length or min(*lengths_before, max_code_length or max(lengths_before))
    longest = max_code_length or max(*lengths_before, shortest)
    lengths = sorted(set(supported_code_lengths or range(shortest, longest + 1)))
    if not lengths:
        raise ApiError(400, "invalid_input", "max_code_length must not be less than min_code_length")
    workspace[DeviceRow].put(device.but(properties={**device.properties, "supported_code_lengths": lengths}))


router.include(changes.router)
router.include(unmanaged.router)
