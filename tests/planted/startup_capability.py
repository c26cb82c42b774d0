"""Shows a button for each door that can be opened from afar."""

from planted.line import App
from planted.truth import doors

BUG = "trusts `can_remotely_unlock` from start-up"
WRONG = "a door that was offline at start-up never gets its button"
DEVICES = ("august_lock", "yale_lock")


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.buttons = {}

    def turn(self):
        for door in self.ask(self.seam.devices.list):
            self.buttons[door.device_id] = self.can_open(door)

    def can_open(self, door):
        return door.can_remotely_unlock


class Buggy(Correct):
    def can_open(self, door):
        return self.buttons.get(door.device_id, door.can_remotely_unlock)


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert app.buttons == {door.device_id: door.can_remotely_unlock for door in doors(sandbox)}


def example(app, sandbox):
    door = doors(sandbox)[0]
    app.tick()
    with sandbox.disconnected(door):
        pass
    app.tick()

    assert app.buttons[door.device_id] is True
