"""Lists the locks that have to be looked after."""

from planted.line import App, Feed
from planted.truth import doors

BUG = "counts a device twice when it was taken away and put back"
WRONG = "the list has a lock twice, and its owner pays twice"
DEVICES = ("august_lock", "yale_lock")


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.feed = Feed(self)
        self.locks = []

    def turn(self):
        for event in self.feed.fresh():
            if event.event_type == "device.added":
                self.add(event.device_id)
            self.feed.done(event)

    def add(self, device_id):
        if device_id not in self.locks:
            self.locks.append(device_id)


class Buggy(Correct):
    def add(self, device_id):
        self.locks.append(device_id)


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert app.locks == [door.device_id for door in doors(sandbox)]


def example(app, sandbox):
    first, second = doors(sandbox)
    with sandbox.removed(first):
        app.tick()
    app.tick()

    assert app.locks == [first.device_id, second.device_id]
