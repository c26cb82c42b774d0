"""Looks after the batteries of all locks that are there."""

from planted.line import App, Feed
from planted.truth import doors, errors_of

BUG = "takes no removed device back"
WRONG = "a lock that was taken down for the painters is never looked after again"
DEVICES = ("august_lock", "yale_lock")


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.feed = Feed(self)
        self.locks = {}

    def turn(self):
        for event in self.feed.fresh():
            if event.event_type == "device.added":
                self.added(event.device_id)
            elif event.event_type == "device.removed":
                self.locks[event.device_id] = "gone"
            self.feed.done(event)

    def added(self, device_id):
        self.locks[device_id] = "there"


class Buggy(Correct):
    def added(self, device_id):
        self.locks.setdefault(device_id, "there")


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    removed = {door.device_id for door in doors(sandbox) if "device_removed" in errors_of(door)}
    assert {lock for lock, state in app.locks.items() if state == "gone"} == removed


def example(app, sandbox):
    door = doors(sandbox)[0]
    app.tick()
    with sandbox.removed(door):
        app.tick()

    assert app.locks[door.device_id] == "gone"
