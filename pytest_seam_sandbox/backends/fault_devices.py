"""Which device or phone a fault is limited to: by id or by name, in any workspace of the server."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from ..engine.errors import UnknownId, is_for_the_test, quoted
from ..engine.workspace import Workspace
from .finder import Finder, What, ambiguous

if TYPE_CHECKING:
    from ..engine.app import App
    from ..report.texts import Shelf

__tracebackhide__ = is_for_the_test


def device_id_in(app: App, text: str) -> str:
    """The id of the device or phone of this id or name; an id that nothing has yet stays as it is.

    Raises UnknownId for the name of several, and for a text that is neither a name nor an id.
    """
    with app.lock:
        finders = [Finder(workspace, partial(_table_of, workspace)) for workspace in app.workspaces.values()]
        ids = [one for finder in finders for what in ("device", "phone") for one in finder.ids(what, text)]
        if len(ids) > 1:
            raise ambiguous("device", text, ids)
        if ids or not app.settings.strict_ids or _is_uuid(text):
            return ids[0] if ids else text
        there = "; ".join(f"{finder.some('device')}; phones: {finder.some('phone')}" for finder in finders)
    raise UnknownId(f"no device or phone {quoted(text)} that a fault could be limited to; devices: {there}.")


def _table_of(workspace: Workspace, what: What) -> Shelf:
    from ..api.devices.model import DeviceRow
    from ..api.phones.model import PhoneRow

    return workspace[DeviceRow if what == "device" else PhoneRow]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
