"""Keeps a copy of all devices up to date by Seam's events."""

from planted.line import App, Feed
from planted.truth import doors

BUG = "marks an event as seen before it is applied"
WRONG = "a door stays offline in the copy when Seam did not answer at the moment of its return"
DEVICES = ("august_lock", "yale_lock")
TARGET = "/devices/get"


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.feed = Feed(self)
        self.copy = {}

    def turn(self):
        for event in self.feed.fresh():
            if event.event_type in ("device.connected", "device.disconnected", "device.removed"):
                self.handle(event)

    def handle(self, event):
        self.apply(event)
        self.feed.done(event)

    def apply(self, event):
        door = self.ask(self.seam.devices.get, device_id=event.device_id)
        self.copy[door.device_id] = door.properties.online


class Buggy(Correct):
    def handle(self, event):
        self.feed.done(event)
        self.apply(event)


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert app.copy == {door.device_id: door.properties.online for door in doors(sandbox)}


def example(app, sandbox):
    door = doors(sandbox)[0]
    with sandbox.disconnected(door):
        sandbox.faults.fail("/events/list", times=1)
        app.tick()
    app.tick()

    assert app.copy[door.device_id] is True
