"""/access_codes/unmanaged/*, and the simulated code that somebody else puts on a lock."""

from __future__ import annotations

from typing import Annotated

from annotated_types import MaxLen, MinLen
from pydantic import AfterValidator

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.query import QueryType
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import NonEmptyText, Text, Uuid
from ...engine.workspace import Workspace
from .._shared import (
    EVERYONE,
    EVERYONE_READ,
    WITH_SESSION,
    contains,
    not_found,
    require_sandbox,
)
from ..action_attempts import ActionFailed, start
from ..client_sessions.model import accounts_of_user
from ..devices.lookup import reachable
from ..devices.state import reach
from .adding import only_digits
from .events import (
    AccessCodeUnmanagedConvertedToManaged,
    AccessCodeUnmanagedCreated,
    AccessCodeUnmanagedFailedToConvertToManaged,
)
from .lifecycle import delete_record, plan_times, put
from .lookup import by_id_or_pin, pick
from .model import CANNOT_CONVERT, AccessCodeRow, code_fields, codes_on, device_of, six_lists
from .timing import is_ahead

router = Router("/access_codes")

_NOBODY_ELSE = "takes a code over from another workspace; in the sandbox no other manages one"

ShortPin = Annotated[str, MinLen(4), MaxLen(8), AfterValidator(only_digits), QueryType("string")]


def _find(workspace: Workspace, caller: Caller, access_code_id: str) -> AccessCodeRow:
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None or code.is_managed:
        raise not_found(
            "access_code_not_found", "Could not find an unmanaged access_code", {"access_code_id": access_code_id}
        )
    reachable(workspace, caller, code.device_id)
    return code


@router.get("unmanaged/get", key="access_code", allow=EVERYONE_READ, source="spec", checks=[by_id_or_pin])
def get(
    workspace: Workspace,
    *,
    caller: Caller,
    access_code_id: Uuid | None = None,
    code: Text | None = None,
    device_id: Uuid | None = None,
) -> Row:
    """An unmanaged code; 404 `not_found`."""
    return pick(workspace, caller, access_code_id, code, device_id, is_managed=False)


@router.get("unmanaged/list", key="access_codes", allow=EVERYONE_READ, source="spec", page_limit=300000)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    device_id: Uuid,
    search: NonEmptyText | None = None,
    user_identifier_key: Text | None = None,
) -> Page:
    """The unmanaged codes of a lock, oldest first."""
    device = reachable(workspace, caller, device_id)
    accounts = accounts_of_user(workspace, user_identifier_key)

    def matches(row: AccessCodeRow) -> bool:
        return (
            not row.is_managed
            and (accounts is None or device.connected_account_id in accounts)
            and contains(search, row.name, row.code, row.id)
        )

    return page.page(workspace[AccessCodeRow], matches, ids={row.id for row in codes_on(workspace, device_id)})


def _erase(workspace: Workspace, action_attempt_id: str, access_code_id: str) -> dict[str, object]:
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is not None:
        device = reach(workspace, code.device_id)
        obstacle = device.obstacle("can_program_online_access_codes")
        if obstacle is not None:
            raise ActionFailed(obstacle.code, obstacle.message)
        delete_record(workspace, code)
    return {}


@router.delete("unmanaged/delete", key="action_attempt", allow=EVERYONE, source="spec")
def delete(workspace: Workspace, *, caller: Caller, access_code_id: Uuid, sync: bool = False) -> Row:
    """Erase somebody else's code: access_code.unmanaged.removed; the attempt fails while the lock is unreachable.

    Its plan has expired: the same, with the code of that error (assumed).
    """
    code = _find(workspace, caller, access_code_id)
    device = device_of(workspace, code)
    return start(
        workspace,
        "DELETE_ACCESS_CODE",
        _erase,
        code.access_code_id,
        subject=(device.device_id, device.connected_account_id),
        at_once=sync,
    )


def _convert(workspace: Workspace, code: AccessCodeRow, *, external: bool) -> None:
    """Asynchronous at Seam; here it is done at once. Raises ApiError 400 on a device that is unmanaged itself."""
    if not device_of(workspace, code).is_managed:
        raise ApiError(400, "device_unmanaged", "Device is unmanaged. Convert it with /devices/unmanaged/update")
    if not _is_convertible(workspace, code):
        fields = code_fields(workspace, code) | six_lists(workspace, code)
        workspace.events.emit(workspace, AccessCodeUnmanagedFailedToConvertToManaged(**fields))
        return
    is_scheduled = code.is_scheduled and is_ahead(workspace, code.starts_at)  # the lock has begun it by itself
    changes = {"is_managed": True, "is_external_modification_allowed": external, "is_scheduled": is_scheduled}
    managed = put(workspace, code.but(**changes))
    workspace.events.emit(workspace, AccessCodeUnmanagedConvertedToManaged(**code_fields(workspace, managed)))
    plan_times(workspace, managed)


def _is_convertible(workspace: Workspace, code: AccessCodeRow) -> bool:
    """Whether Seam can take the code over: not while a managed code waits to have its PIN (assumed), nor out of reach.

    Nor on locks of some providers (docs).
    """
    device = device_of(workspace, code)
    twins = [row for row in codes_on(workspace, device.device_id) if row.is_managed and row.code == code.code]
    return device.is_online and device.device_type not in CANNOT_CONVERT and not twins


@router.patch(
    "unmanaged/convert_to_managed",
    allow=EVERYONE,
    source="docs",
    no_effect={"force": _NOBODY_ELSE, "sync": "the code is converted before the answer in any case"},
)
def convert_to_managed(
    workspace: Workspace,
    *,
    caller: Caller,
    access_code_id: Uuid,
    allow_external_modification: bool | None = None,
    force: bool | None = None,
    is_external_modification_allowed: bool | None = None,
    sync: bool = False,
) -> None:
    """Take a code over: access_code.unmanaged.converted_to_managed, or ..failed_to_convert_to_managed.

    It fails for igloohome, Kwikset and SmartThings (docs), while the lock is unreachable and while a managed code
    waits to have the same PIN (assumed).
    """
    code = _find(workspace, caller, access_code_id)
    _convert(workspace, code, external=bool(is_external_modification_allowed or allow_external_modification))


@router.patch("unmanaged/update", allow=EVERYONE, source="spec", no_effect={"force": _NOBODY_ELSE})
def update(
    workspace: Workspace,
    *,
    caller: Caller,
    access_code_id: Uuid,
    allow_external_modification: bool | None = None,
    force: bool | None = None,
    is_external_modification_allowed: bool | None = None,
    is_managed: bool,
) -> None:
    """The same by is_managed true; false leaves the code as it is."""
    code = _find(workspace, caller, access_code_id)
    if is_managed:
        _convert(workspace, code, external=bool(is_external_modification_allowed or allow_external_modification))


@router.post(
    "simulate/create_unmanaged_access_code",
    key="access_code",
    allow=WITH_SESSION,
    source="spec",
)
def create_unmanaged_access_code(
    workspace: Workspace, *, caller: Caller, code: ShortPin, device_id: Uuid, name: Text
) -> Row:
    """A code that somebody puts on an August lock past Seam: access_code.unmanaged.created."""
    require_sandbox(workspace)
    device = reachable(workspace, caller, device_id)
    if "create_unmanaged_access_code" not in device.model.simulate:
        raise ApiError(
            400,
            "device_type_not_supported",
            f"simulate/create_unmanaged_access_code is not supported for devices of type {device.device_type}",
        )
    row = workspace[AccessCodeRow].put(
        AccessCodeRow(
            access_code_id=workspace.ids.uuid(),
            device_id=device.device_id,
            workspace_id=workspace.workspace_id,
            created_at=workspace.clock.text(),
            name=name,
            code=code,
            pin_on_lock=code,
            status="set",
            is_managed=False,
            device_errors=device.errors,
        )
    )
    workspace.events.emit(workspace, AccessCodeUnmanagedCreated(**code_fields(workspace, row)))
    return row
