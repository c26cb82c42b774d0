"""Knows from Seam's events alone which doors are online."""

from planted.line import FIRST, App
from planted.truth import doors, online

BUG = "lets a late `device.connected` race a newer `device.disconnected`"
WRONG = "a door that came and went between two polls has the wrong state from then on"
DEVICES = ("august_lock",)


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.seen = set()
        self.online = set()

    def turn(self):
        found = self.ask(self.seam.events.list, since=FIRST)
        for event in self.in_order([event for event in found if event.event_id not in self.seen]):
            if event.event_type == "device.connected":
                self.online.add(event.device_id)
            elif event.event_type in ("device.disconnected", "device.removed"):
                self.online.discard(event.device_id)
            self.seen.add(event.event_id)

    def in_order(self, events):
        """Seam lists the newest first; what happened at the same time stays in the order of its log."""
        as_logged = events[::-1]
        return sorted(as_logged, key=lambda event: event.occurred_at)


class Buggy(Correct):
    def in_order(self, events):
        return events


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert app.online == online(sandbox)


def example(app, sandbox):
    door_id = doors(sandbox)[0].device_id
    app.tick()
    before = set(app.online)
    with sandbox.disconnected(door_id):
        app.tick()
        during = set(app.online)
    app.tick()

    assert (before, during, app.online) == ({door_id}, set(), {door_id})
