"""What all planted apps share: a way to ask Seam that tells the ways to fail apart, an event feed, a loop."""

from datetime import timedelta

import httpx
from seam import (
    SeamActionAttemptFailedError,
    SeamHttpApiError,
    SeamHttpInvalidResponseError,
)

FIRST = "2020-01-01T00:00:00.000Z"


class NoAnswer(Exception):
    """Seam gave no answer; nobody knows whether the request took effect."""


class Busy(NoAnswer):
    """Seam answered 429, or did so a minute ago; the request had no effect."""


class Refused(Exception):
    """Seam said no: an error of the API, or an action attempt that failed."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Line:
    """The line to Seam: asks, and after a 429 asks nothing for a minute."""

    def __init__(self, now):
        self._now = now
        self._quiet_until = None

    def __call__(self, function, **parameters):
        if self._quiet_until is not None and self._now() < self._quiet_until:
            raise Busy
        try:
            return function(**parameters)
        except SeamActionAttemptFailedError as failure:
            raise Refused(failure.code) from failure
        except SeamHttpApiError as error:
            if error.status_code == 429:
                self._quiet_until = self._now() + timedelta(minutes=1)
                raise Busy from error
            raise (NoAnswer if error.status_code >= 500 else Refused)(error.code) from error
        except (httpx.HTTPError, SeamHttpInvalidResponseError) as error:
            raise NoAnswer from error


class App:
    """An app with a loop. `now`: a function that gives the time."""

    def __init__(self, seam, now):
        self.seam = seam
        self.ask = Line(now)

    def tick(self):
        """One turn of the loop; whether Seam answered all that was asked."""
        try:
            self.turn()
        except NoAnswer:
            return False
        return True

    def turn(self):
        raise NotImplementedError


class Feed:
    """Seam's events, each once, oldest first; an event that is not `done` comes again."""

    def __init__(self, app):
        self._app = app
        self._done = set()

    def fresh(self):
        found = self._app.ask(self._app.seam.events.list, since=FIRST)
        return [event for event in reversed(found) if event.event_id not in self._done]

    def done(self, event):
        self._done.add(event.event_id)
