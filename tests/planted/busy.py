"""Makes a code for each guest, once."""

from planted.line import App, Busy, Refused
from planted.truth import doors, happened

BUG = "gives up on 429"
WRONG = "a guest stands in front of the door without a code"
DEVICES = ("august_lock",)
TARGET = "/access_codes/create"


class Correct(App):
    def __init__(self, seam, now, door_id):
        super().__init__(seam, now)
        self.door_id = door_id
        self.guests = []
        self.without_code = []

    def check_in(self):
        guest = f"Guest {len(self.guests) + 1}"
        self.guests.append(guest)
        self.without_code.append(guest)

    def turn(self):
        """A guest whose code was made without an answer has one by now; so look first."""
        there = {code.name for code in self.ask(self.seam.access_codes.list, device_id=self.door_id)}
        for guest in list(self.without_code):
            try:
                if guest not in there:
                    self.ask(self.seam.access_codes.create, device_id=self.door_id, name=guest)
            except Busy:
                self.too_busy(guest)
                return
            except Refused:
                continue
            self.without_code.remove(guest)

    def too_busy(self, guest):
        """The guest's turn comes again."""


class Buggy(Correct):
    def too_busy(self, guest):
        self.without_code.remove(guest)


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now, doors(sandbox)[0].device_id)


def work(app, sandbox):
    app.check_in()


def right_now(app, sandbox):
    assert len(happened(sandbox, "access_code.created")) <= len(app.guests)


def in_the_end(app, sandbox):
    assert len(happened(sandbox, "access_code.created")) == len(app.guests)


def example(app, sandbox):
    app.check_in()
    with sandbox.disconnected(app.door_id):
        app.tick()
    app.tick()

    sandbox.expect_event("access_code.set_on_device", count=1)
