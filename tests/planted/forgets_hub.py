"""Lists the doors that are out of reach, for the caretaker."""

from planted.line import App
from planted.truth import doors, online

BUG = "forgets the hub"
WRONG = "nobody is sent to a door whose hub is offline"
DEVICES = ("august_lock", "yale_lock")


class Correct(App):
    CAUSES = frozenset({"device_disconnected", "hub_disconnected", "account_disconnected", "device_removed"})

    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.unreachable = set()

    def turn(self):
        found = self.ask(self.seam.devices.list)
        self.unreachable = {
            door.device_id for door in found if any(error.error_code in self.CAUSES for error in door.errors)
        }


class Buggy(Correct):
    CAUSES = Correct.CAUSES - {"hub_disconnected"}


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert app.unreachable == {door.device_id for door in doors(sandbox)} - online(sandbox)


def example(app, sandbox):
    door = doors(sandbox)[0]
    with sandbox.disconnected(door):
        app.tick()
        during = app.unreachable
    app.tick()

    assert (during, app.unreachable) == ({door.device_id}, set())
