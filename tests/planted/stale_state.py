"""The board at the desk shows for each door whether it is locked."""

from planted.line import App
from planted.truth import doors

BUG = 'caches "locked" while offline'
WRONG = "the board calls a door locked that nobody can see"
DEVICES = ("august_lock",)


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.board = {}

    def turn(self):
        for door in self.ask(self.seam.devices.list):
            if door.properties.online:
                self.board[door.device_id] = "locked" if door.properties.locked else "unlocked"
            else:
                self.out_of_sight(door.device_id)

    def out_of_sight(self, door_id):
        self.board[door_id] = "unknown"


class Buggy(Correct):
    def out_of_sight(self, door_id):
        self.board.setdefault(door_id, "unknown")  # what was seen before stays


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert app.board == {door.device_id: shown(door) for door in doors(sandbox)}


def shown(door):
    if not door.properties.online:
        return "unknown"
    return "locked" if door.properties.locked else "unlocked"


def example(app, sandbox):
    door = doors(sandbox)[0]
    with sandbox.disconnected(door):
        app.tick()
        during = app.board[door.device_id]
    app.tick()

    assert (during, app.board[door.device_id]) == ("unknown", "locked")
