"""Makes a code for each guest, and sends it to them when it opens the door."""

from planted.line import App, Refused
from planted.truth import doors, happened

BUG = "takes a 200 for done while the lock is offline"
WRONG = "a guest types a code that is not on the lock"
DEVICES = ("august_lock",)
TARGET = "/access_codes/create"


class Correct(App):
    def __init__(self, seam, now, door_id):
        super().__init__(seam, now)
        self.door_id = door_id
        self.guests = 0
        self.invited = set()

    def check_in(self):
        self.guests += 1

    def turn(self):
        made = {code.name: code for code in self.ask(self.seam.access_codes.list, device_id=self.door_id)}
        for guest in (f"Guest {number}" for number in range(1, self.guests + 1)):
            try:
                code = made.get(guest) or self.ask(self.seam.access_codes.create, device_id=self.door_id, name=guest)
            except Refused:
                continue
            if self.is_ready(code):
                self.invited.add(code.access_code_id)

    def is_ready(self, code):
        return code.status == "set"


class Buggy(Correct):
    def is_ready(self, code):
        return code.code is not None  # Seam has said which one it is


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now, doors(sandbox)[0].device_id)


def work(app, sandbox):
    app.check_in()


def right_now(app, sandbox):
    on_the_lock = {event.access_code_id for event in happened(sandbox, "access_code.set_on_device")}
    assert app.invited - on_the_lock == set()


def example(app, sandbox):
    app.check_in()
    with sandbox.disconnected(app.door_id):
        app.tick()
    app.tick()

    sandbox.expect_event("access_code.set_on_device", count=1)
    assert len(app.invited) == 1
