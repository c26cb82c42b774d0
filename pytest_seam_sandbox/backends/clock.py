"""The sandbox's time, as tests steer it."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..engine.app import App
from ..engine.clock import format_time
from ..engine.errors import is_for_the_test

__tracebackhide__ = is_for_the_test


class SandboxClock:
    """The sandbox's time. It runs with the wall clock until it is frozen, and never goes backwards.

    Between the trials of a sweep it goes back, together with everything else.

    Where the wall clock is set back (by freezegun, for one), it runs on from what it shows.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    def now(self) -> datetime:
        """The present sandbox time, aware, in UTC."""
        with self._app.lock:  # while a request is answered in another thread, the clock shows that one's time
            return self._app.clock.now()

    def advance(self, seconds: float | timedelta) -> None:
        """Move the clock forward, from what it shows.

        seconds: sandbox seconds, >= 0; no real time passes. Work that becomes due is done before this returns, in
            order, and its events carry the time at which it was due.
        Raises SandboxError for a negative amount.
        """
        rest = self._move_to_deliveries(seconds)
        with self._app.lock:
            self._app.clock.move(rest)
            self._app.settle()
            self._app.note("clock", f"advanced by {seconds}{'' if isinstance(seconds, timedelta) else ' s'}")

    def _move_to_deliveries(self, seconds: float | timedelta) -> float | timedelta:
        """Stop on the way wherever something leaves the sandbox, so that it leaves then; what is left of the way."""
        app, rest = self._app, seconds
        while True:
            with app.lock:  # when it is let go, what is ready leaves
                now = app.clock.timestamp()
                stop = None if app.lock.afterwards is None else app.lock.afterwards.next_time(now)
                left = rest.total_seconds() if isinstance(rest, timedelta) else rest
                if stop is None or not isinstance(left, int | float) or not now < stop < now + left:
                    return rest
                app.clock.move(stop - now)
                rest = left - (stop - now)
                app.settle()

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock, at the present moment or at a later one; `advance` still moves it."""
        with self._app.lock:
            self._app.clock.hold(at)
            self._app.settle()
            self._app.note("clock", f"frozen at {format_time(self.now())}")

    def resume(self) -> None:
        """Let a frozen clock run again from where it stands."""
        with self._app.lock:
            self._app.clock.release()
            self._app.note("clock", "runs again")

    def run_until_idle(self) -> None:
        """Move on until nothing is under way: no action attempt, no change of a code, no event that does not show yet,
        no webhook that was not delivered and is tried again.

        What somebody has set for a later time, such as the end of a guest's stay, is not waited for: `advance` does.
        """
        app = self._app
        began = app.clock.timestamp()
        while True:
            with app.lock:  # when it is let go, what is ready leaves, which may cause more
                due = self._next_due()
                if due is None:
                    app.note("clock", f"ran for {app.clock.timestamp() - began:.3f} s until idle")
                    return
                app.clock.move_to(due)
                app.settle()

    def _next_due(self) -> float | None:
        """When what is under way is due next; when nothing is, when the last event shows; None when all of them do."""
        workspaces = self._app.workspaces.values()
        times = [due for workspace in workspaces if (due := workspace.agenda.next_due()) is not None]
        shown = max([workspace.events.all_shown_at for workspace in workspaces])
        if not times and shown > self._app.clock.timestamp():
            return shown
        return min(times, default=None)
