"""Raises an alert when a door goes offline, and resolves it when the door is back."""

from planted.line import App, Feed
from planted.truth import doors, online

BUG = "resolves an alert by another cause than it was raised with"
WRONG = "the alert of a door whose hub or account is back stays open, and somebody is sent to it"
DEVICES = ("august_lock",)


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.feed = Feed(self)
        self.alerts = set()

    def turn(self):
        for event in self.feed.fresh():
            if event.event_type == "device.disconnected":
                self.alerts.add((event.device_id, event.error_code))
            elif event.event_type == "device.connected":
                self.resolve(event.device_id)
            self.feed.done(event)

    def resolve(self, door_id):
        self.alerts = {alert for alert in self.alerts if alert[0] != door_id}


class Buggy(Correct):
    def resolve(self, door_id):
        self.alerts.discard((door_id, "device_disconnected"))


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert {door_id for door_id, _ in app.alerts} & online(sandbox) == set()


def example(app, sandbox):
    door = doors(sandbox)[0]
    with sandbox.disconnected(door):
        app.tick()
        during = set(app.alerts)
    app.tick()

    assert (len(during), app.alerts) == (1, set())
