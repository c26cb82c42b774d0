"""Work that is due later. It has no thread: it is done when a request comes or the clock is moved."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .clock import Clock, cut
from .history import Call, History


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work: a plain function of the workspace, and what it is about.

    is_under_way: whether something is waited for, such as the end of an action attempt; else it belongs to a later
    time that somebody has set, such as the end of a guest's stay. planned_by: the request that caused it.
    """

    due: float
    function: Callable[..., object]
    about: tuple[Any, ...]
    is_under_way: bool
    planned_by: Call | None = None


class Agenda:
    """The pending work of one workspace: `tasks`, ordered by due time and then by the order of their planning.

    history: that of the server, which keeps what planned the work and what came of it.
    """

    def __init__(self, history: History | None = None) -> None:
        self.tasks: tuple[Task, ...] = ()
        self._history = History() if history is None else history

    def __len__(self) -> int:
        return len(self.tasks)

    def plan(self, due: float, function: Callable[..., object], *about: Any) -> None:
        """Have `function(workspace, *about)` called at `due`, in seconds since 1970 on the sandbox clock.

        For what is under way: a sandbox is not idle before it is done.
        """
        self._add(due, function, about, is_under_way=True)

    def schedule(self, due: float, function: Callable[..., object], *about: Any) -> None:
        """Like `plan`, for what belongs to a later time that somebody has set: a sandbox is idle before it."""
        self._add(due, function, about, is_under_way=False)

    def _add(self, due: float, function: Callable[..., object], about: tuple[Any, ...], *, is_under_way: bool) -> None:
        tasks = list(self.tasks)
        task = Task(cut(due), function, about, is_under_way, self._history.answering)
        insort(tasks, task, key=lambda task: task.due)  # after what is due then
        self.tasks = tuple(tasks)

    def next_due(self) -> float | None:
        """When the next work that is under way is due; None when there is none."""
        return next((task.due for task in self.tasks if task.is_under_way), None)

    def settle(self, workspace: object, clock: Clock, now: float) -> None:
        """Do all work that is due at `now`, in order, the work planned by it included.

        workspace: what each function is given first. clock: shows the due time of each meanwhile.
        """
        while self.tasks and self.tasks[0].due <= now:
            task, *rest = self.tasks
            self.tasks = tuple(rest)
            with clock.pinned(task.due), self._history.doing(task.planned_by, task.due):
                task.function(workspace, *task.about)

    def take(self, subject: object) -> Task | None:
        """Take the first work about a subject off the agenda; None when there is none."""
        taken = next((task for task in self.tasks if subject in task.about), None)
        self.tasks = tuple(task for task in self.tasks if task is not taken)
        return taken

    def clear(self) -> None:
        """Forget all pending work."""
        self.tasks = ()

    def snapshot(self) -> tuple[Task, ...]:
        """The pending work, to be given to `restore`."""
        return self.tasks

    def restore(self, tasks: tuple[Task, ...]) -> None:
        """Go back to what `snapshot` gave."""
        self.tasks = tasks
