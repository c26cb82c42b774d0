"""One Seam workspace: its tables, its event log, its pending work, and what is ready to leave it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeVar

from .agenda import Agenda
from .clock import Clock
from .events import EventLog
from .ids import Ids
from .outbox import Outbox
from .settings import Settings
from .store import Row, Table

R = TypeVar("R", bound=Row)


class Workspace:
    """One Seam workspace: a table per kind of row, the event log, the pending work, the outbox.

    `workspace[PhoneRow]` is the table of phones. Lives as long as its app.
    """

    def __init__(
        self,
        workspace_id: str,
        *,
        is_sandbox: bool,
        clock: Clock,
        ids: Ids,
        settings: Settings,
        events: EventLog,
        agenda: Agenda,
    ) -> None:
        self.workspace_id = workspace_id
        self.is_sandbox = is_sandbox
        self.clock = clock
        self.ids = ids
        self.settings = settings
        self.events = events
        self.agenda = agenda
        self.outbox = Outbox()
        self._tables: dict[type[Row], Table[Any]] = defaultdict(Table)
        self._start: tuple[Any, ...] | None = None

    def __getitem__(self, kind: type[R]) -> Table[R]:
        return self._tables[kind]

    def tables(self) -> list[Table[Any]]:
        """All tables."""
        return list(self._tables.values())

    def has(self, kind: type[Row]) -> bool:
        """Whether there is a row of this kind."""
        return kind in self._tables and len(self._tables[kind]) > 0

    def rows(self) -> dict[type[Row], list[Row]]:
        """All rows by kind."""
        return {kind: list(table) for kind, table in self._tables.items()}

    def mark_start(self) -> None:
        """Make the present state the one to which `reset` goes back."""
        self._start = self.snapshot()

    def reset(self, *kept: type[Row]) -> None:
        """Go back to the starting state, but for the tables of the kinds named."""
        stay = {kind: self[kind].snapshot() for kind in kept}
        if self._start is None:
            self._tables.clear()
            self.events.clear()
            self.agenda.clear()
            self.outbox.clear()
        else:
            self.restore(self._start)
        for kind, contents in stay.items():
            self[kind].restore(contents)

    def snapshot(self) -> tuple[Any, ...]:
        """The workspace's state, to be given to `restore`."""
        tables = {kind: table.snapshot() for kind, table in self._tables.items()}
        return tables, self.events.snapshot(), self.agenda.snapshot(), self.outbox.snapshot()

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a state that `snapshot` gave."""
        tables, events, agenda, outbox = state
        for kind in self._tables.keys() - tables.keys():
            del self._tables[kind]
        for kind, contents in tables.items():
            self[kind].restore(contents)
        self.events.restore(events)
        self.agenda.restore(agenda)
        self.outbox.restore(outbox)
