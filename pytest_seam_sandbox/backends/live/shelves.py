"""The devices, phones and accounts of a live workspace, looked up when a name or an unknown id is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

from ...engine.errors import SandboxError, is_for_the_test
from ...report.texts import HasShelves, Shelf
from ..finder import Finder, What
from ..seam_api import SeamApi
from .connection import NoSuchPath
from .facts import LiveAccount, LiveDevice, LivePhone, Thing

__tracebackhide__ = is_for_the_test

F = TypeVar("F", bound=Thing)
_CHANGING = ("/phones/", "/devices/", "/connected_accounts/", "/connect_webviews/", "/workspaces/", "/customers/")
_KEEPING = ("/devices/simulate/connect", "/devices/simulate/disconnect", "/devices/simulate/paid_subscription")
_READING = ("get", "list", "list_device_providers")
_EVENTS = ("device.removed", "device.deleted", "device.added", "phone.deactivated", "connected_account.")


class Memory(Generic[F]):
    """Things of one kind, as they were listed last. removed: those that were listed before. is_old: whether something
    may have come or gone since.
    """

    def __init__(self, read: Callable[[], Sequence[F]]) -> None:
        self.removed: dict[str, F] = {}
        self.is_old = True
        self._read = read
        self._things: dict[str, F] = {}

    def get(self, row_id: str | None, /) -> F | None:
        """The one of this id."""
        return None if row_id is None else self._things.get(row_id)

    def __iter__(self) -> Iterator[F]:
        return iter(self._things.values())

    def __len__(self) -> int:
        return len(self._things)

    def look(self) -> None:
        """List what there is now."""
        found = {thing.id: thing for thing in self._read()}
        gone = {**self.removed, **{row_id: row for row_id, row in self._things.items() if row_id not in found}}
        self.removed = {row_id: row for row_id, row in gone.items() if row_id not in found}
        self._things, self.is_old = found, False


class _Fresh(Generic[F]):
    """The same for one search: listed anew, once, before anything is said of what is not remembered."""

    def __init__(self, memory: Memory[F]) -> None:
        self._memory = memory
        self._has_looked = False

    @property
    def removed(self) -> Mapping[str, F]:
        """Those that are gone."""
        self._look()
        return self._memory.removed

    def get(self, row_id: str | None, /) -> F | None:
        """The one of this id."""
        found = None if self._memory.is_old else self._memory.get(row_id)
        if found is None and row_id is not None:
            self._look()
            found = self._memory.get(row_id)
        return found

    def __iter__(self) -> Iterator[F]:
        self._look()
        return iter(self._memory)

    def __len__(self) -> int:
        self._look()
        return len(self._memory)

    def _look(self) -> None:
        if not self._has_looked:
            self._memory.look()
            self._has_looked = True


class Shelves:
    """What was seen in the workspace. owner_of: gives the owner of a phone."""

    def __init__(self, api: SeamApi, owner_of: Callable[[str], str | None]) -> None:
        self.devices = Memory(lambda: [LiveDevice(row) for row in api.device_rows()])
        self.phones = Memory(lambda: [LivePhone(row, owner_of) for row in _phones(api)])
        self.accounts = Memory(lambda: [LiveAccount(row) for row in _accounts(api)])
        self._all: Mapping[What, Memory[Any]] = {
            "device": self.devices,
            "phone": self.phones,
            "connected account": self.accounts,
        }
        self._was_named = False

    def finder(self, owns: Callable[[str], bool]) -> Finder:
        """Finds by id or name, from what is remembered or listed anew. owns: whether an id is of the sandbox alone."""
        shelves: dict[What, Shelf] = {what: _Fresh(memory) for what, memory in self._all.items()}
        return _OwnFirst(_Of(list(shelves.values())), lambda what: shelves[what], owns)

    def tables(self) -> list[Shelf]:
        """What is remembered, for names in texts; listed when nothing was ever, if that is possible."""
        if not self._was_named:
            self._was_named = True
            with suppress(SandboxError):
                for memory in self._all.values():
                    if memory.is_old:
                        memory.look()
        return list(self._all.values())

    def end(self) -> None:
        """List no more for names."""
        self._was_named = True

    def told(self, path: str) -> None:
        """A call after which something may have come or gone."""
        is_write = path.rpartition("/")[2] not in _READING
        if is_write and path.startswith(_CHANGING) and not path.startswith(_KEEPING):
            self._are_old()

    def told_event(self, event_type: str) -> None:
        """An event that tells that something has come or gone."""
        if event_type.startswith(_EVENTS):
            self._are_old()

    def _are_old(self) -> None:
        for memory in self._all.values():
            memory.is_old = True


class _OwnFirst(Finder):
    """Finds by name what the sandbox has; phones of others, which all have the same names, by their ids only."""

    def __init__(self, workspace: HasShelves, shelf_of: Callable[[What], Shelf], owns: Callable[[str], bool]) -> None:
        super().__init__(workspace, shelf_of)
        self._owns = owns

    def ids(self, what: What, text: str) -> list[str]:
        """The id, if there is such a thing; else the ids of all of this name."""
        found = super().ids(what, text)
        if text in found:
            return found
        own = [each for each in found if self._owns(each)]
        return own if own or what == "phone" else found


class _Of:
    """Shelves as a workspace has them."""

    def __init__(self, shelves: list[Shelf]) -> None:
        self._shelves = shelves

    def tables(self) -> list[Shelf]:
        """All of them."""
        return self._shelves


def _phones(api: SeamApi) -> list[dict[str, Any]]:
    """All phones; none of a server that does not know what a phone is."""
    try:
        rows: list[dict[str, Any]] = api.call("/phones/list")["phones"]
    except NoSuchPath:
        return []
    return rows


def _accounts(api: SeamApi) -> list[dict[str, Any]]:
    return api.rows("/connected_accounts/list", "connected_accounts")
