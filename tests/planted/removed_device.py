"""Tells a guest in front of a door what to do: come in, wait, or go to another door."""

from planted.line import App
from planted.truth import doors, errors_of

BUG = "takes a removed device for one that comes back"
WRONG = "a guest waits for good in front of a door that was offline and then taken away"
DEVICES = ("august_lock",)
SWEEP = {"depth": 2, "kinds": ("disconnected", "removed"), "faults": ()}


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.advice = {}

    def turn(self):
        for door in self.ask(self.seam.devices.list):
            self.advice[door.device_id] = self.advice_for([error.error_code for error in door.errors])

    def advice_for(self, codes):
        if "device_removed" in codes:
            return "another door"
        return "wait" if codes else "come in"


class Buggy(Correct):
    def advice_for(self, codes):
        return super().advice_for(codes[:1])  # one reason is enough


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert app.advice == {door.device_id: expected(door) for door in doors(sandbox)}


def expected(door):
    if "device_removed" in errors_of(door):
        return "another door"
    return "come in" if door.properties.online else "wait"


def example(app, sandbox):
    door = doors(sandbox)[0]
    with sandbox.removed(door):
        app.tick()
        during = app.advice[door.device_id]
    app.tick()

    assert (during, app.advice[door.device_id]) == ("another door", "come in")
