"""The outages of one run: which can begin, which last, and which of them can end."""

from __future__ import annotations

from collections.abc import Collection
from operator import is_
from typing import TYPE_CHECKING

from ..api.devices.model import DeviceRow
from ..api.phones.model import PhoneRow
from ..engine.errors import is_for_the_test
from ..outages import DEFAULT_KINDS, Outage, OutageKind, OutageSpec, possible_outages

if TYPE_CHECKING:
    from ..api.phones.model import Phone
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test


class OpenOutages:
    """The outages in a sandbox that have begun and not ended. kinds: those that may begin."""

    def __init__(self, sandbox: Sandbox, kinds: Collection[OutageKind]) -> None:
        self._sandbox = sandbox
        self._kinds = kinds
        self._may_keep = set(kinds) <= set(DEFAULT_KINDS)
        self._open: dict[OutageSpec, Outage] = {}
        self._found: tuple[tuple[object, ...], list[OutageSpec]] = ((), [])

    @property
    def active(self) -> list[OutageSpec]:
        """Those that last, the oldest first."""
        return list(self._open)

    def possible(self) -> list[OutageSpec]:
        """Those that can begin now; found once for each state of the devices and phones, if it depends on no more."""
        workspace = self._sandbox.embedded.workspace
        with self._sandbox.embedded.app.lock:
            state = (*workspace[DeviceRow], *workspace[PhoneRow], *self._open)
            before, possible = self._found
            if not (self._may_keep and len(before) == len(state) and all(map(is_, before, state))):
                found = possible_outages(self._sandbox, self._kinds)
                possible = [outage for outage in found if outage not in self._open]
                self._found = (state, possible)
        return possible

    def recoverable(self) -> list[OutageSpec]:
        """Those that can end now: the others of a removed device wait until it is back."""
        removed = {outage.target for outage in self._open if outage.outage_type.takes_device_away}
        return [one for one in self._open if one.outage_type.takes_device_away or one.target not in removed]

    def begin(self, outage: OutageSpec) -> None:
        """Let one begin. Raises UnknownId for a target that is not there."""
        begun = self._open[outage] = outage.made(self._sandbox.backend)
        begun.begin()

    def end(self, outage: OutageSpec) -> Phone | None:
        """Let one end; the new phone in place of a deactivated one."""
        begun = self._open.pop(outage)
        begun.end()
        return begun.replacement

    def end_all(self) -> None:
        """Let all end, the newest first."""
        for outage in reversed(self.active):
            self.end(outage)
