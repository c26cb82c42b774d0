"""Lists the doors that open, for the reception desk."""

from planted.line import App
from planted.truth import doors, online

BUG = "treats `subscription_required` as offline"
WRONG = "a door that opens is taken out of service when its paid plan expires"
DEVICES = ("nuki_lock",)


class Correct(App):
    HARMLESS = frozenset({"subscription_required", "empty_backup_access_code_pool"})

    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.in_service = set()

    def turn(self):
        found = self.ask(self.seam.devices.list)
        self.in_service = {door.device_id for door in found if not self.is_blocked(door)}

    def is_blocked(self, door):
        return any(error.error_code not in self.HARMLESS for error in door.errors)


class Buggy(Correct):
    def is_blocked(self, door):
        return bool(door.errors)


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert app.in_service == online(sandbox)


def example(app, sandbox):
    door = doors(sandbox)[0]
    with sandbox.account_disconnected(door.connected_account_id):
        app.tick()
        during = app.in_service
    app.tick()

    assert (during, app.in_service) == (set(), {door.device_id})
