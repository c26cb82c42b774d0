"""Counts for each door how often it went offline."""

from collections import Counter
from datetime import timedelta

from planted.line import FIRST, App
from planted.truth import doors, happened

BUG = "loses its cursor when a poll fails"
WRONG = "what happened before the failed poll is never counted"
DEVICES = ("august_lock", "yale_lock")
TARGET = "/events/list"
SWEEP = {"kinds": ("disconnected", "account_disconnected")}  # the scenario has a lost hub of its own


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.now = now
        self.since = FIRST
        self.seen = set()
        self.losses = Counter()

    def turn(self):
        for event in self.poll():
            if event.event_id not in self.seen and event.event_type == "device.disconnected":
                self.losses[event.device_id] += 1
            self.seen.add(event.event_id)

    def poll(self):
        found = self.ask(self.seam.events.list, since=self.since)
        self.since = self.a_minute_ago()
        return found

    def a_minute_ago(self):
        return (self.now() - timedelta(minutes=1)).isoformat()


class Buggy(Correct):
    def poll(self):
        since, self.since = self.since, self.a_minute_ago()
        return self.ask(self.seam.events.list, since=since)


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def work(app, sandbox):
    sandbox.clock.advance(3600)


def right_now(app, sandbox):
    assert app.losses == Counter(event.device_id for event in happened(sandbox, "device.disconnected"))


def scenario(app, sandbox):
    door = doors(sandbox)[0]
    app.tick()
    with sandbox.hub_disconnected(door):
        sandbox.clock.advance(3600)
        app.tick()
    sandbox.clock.advance(3600)
    app.tick()


def example(app, sandbox):
    door = doors(sandbox)[0]
    app.tick()
    with sandbox.disconnected(door):
        sandbox.faults.fail("/events/list", times=1)
        app.tick()
    app.tick()

    assert app.losses == {door.device_id: 1}
