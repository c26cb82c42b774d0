"""Opens all doors of a shop in the morning; a door that does not open now is opened as soon as it can be."""

from planted.line import App, Refused
from planted.truth import doors, online

BUG = "never retries after reconnection"
WRONG = "a door that was offline in the morning stays locked all day"
DEVICES = ("august_lock", "yale_lock")


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.wanted = set()
        self.locked = []

    def open_shop(self, door_ids):
        self.wanted = set(door_ids)
        self.locked = list(door_ids)

    def turn(self):
        for door_id in list(self.locked):
            try:
                self.ask(self.seam.locks.unlock_door, device_id=door_id)
            except Refused:
                self.does_not_open(door_id)
            else:
                self.locked.remove(door_id)

    def does_not_open(self, door_id):
        """It stays on the list."""


class Buggy(Correct):
    def does_not_open(self, door_id):
        self.locked.remove(door_id)


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def work(app, sandbox):
    if not app.wanted:
        app.open_shop([door.device_id for door in doors(sandbox)])


def in_the_end(app, sandbox):
    reachable = app.wanted & online(sandbox)
    assert [door_id for door_id in reachable if sandbox.get_device(door_id).properties.locked] == []


def example(app, sandbox):
    door, other = doors(sandbox)
    app.open_shop([door.device_id, other.device_id])
    with sandbox.disconnected(door):
        app.tick()
    app.tick()

    assert sandbox.get_device(door).properties.locked is False
