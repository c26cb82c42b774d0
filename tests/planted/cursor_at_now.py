"""Writes a log of what happens to the doors."""

from datetime import timedelta

from planted.line import FIRST, App
from planted.truth import doors, happened

BUG = "sets its cursor to now after a poll"
WRONG = "what happens while a poll is on its way is never written down"
DEVICES = ("august_lock", "yale_lock")
TARGET = "/events/list"


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.now = now
        self.since = FIRST
        self.log = []

    def turn(self):
        found = self.ask(self.seam.events.list, since=self.since)
        self.log += [event.event_id for event in reversed(found) if event.event_id not in self.log]
        self.since = self.next_cursor().isoformat()

    def next_cursor(self):
        """Some of what has been read comes again; nothing is missed."""
        return self.now() - timedelta(minutes=1)


class Buggy(Correct):
    def next_cursor(self):
        return self.now()


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert set(app.log) == {event.event_id for event in sandbox.events}


def example(app, sandbox):
    door = doors(sandbox)[0]
    app.tick()
    sandbox.clock.advance(60)
    with sandbox.disconnected(door):
        sandbox.clock.advance(60)
        app.tick()

    lost = happened(sandbox, "device.disconnected")
    assert [event.event_id for event in lost if event.event_id not in app.log] == []
