"""Gives each guest one code of their own."""

from planted.line import App, NoAnswer, Refused
from planted.truth import doors, happened

BUG = "makes a second code when the answer to the first was lost"
WRONG = "a guest has a code of which nobody knows, and which nobody takes back"
DEVICES = ("august_lock",)
TARGET = "/access_codes/create"


class Correct(App):
    def __init__(self, seam, now, door_id):
        super().__init__(seam, now)
        self.door_id = door_id
        self.waiting = []
        self.code_ids = {}

    def check_in(self):
        self.waiting.append(f"Guest {len(self.waiting) + len(self.code_ids) + 1}")

    def turn(self):
        for guest in list(self.waiting):
            try:
                code = self.code_of(guest)
            except Refused:
                continue
            self.code_ids[guest] = code.access_code_id
            self.waiting.remove(guest)

    def code_of(self, guest):
        """The guest's code, which may be there already: nobody knows what came of a request without an answer."""
        for code in self.ask(self.seam.access_codes.list, device_id=self.door_id):
            if code.name == guest:
                return code
        return self.ask(self.seam.access_codes.create, device_id=self.door_id, name=guest)


class Buggy(Correct):
    def code_of(self, guest):
        try:
            return self.ask(self.seam.access_codes.create, device_id=self.door_id, name=guest)
        except NoAnswer:
            return self.ask(self.seam.access_codes.create, device_id=self.door_id, name=guest)


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now, doors(sandbox)[0].device_id)


def work(app, sandbox):
    app.check_in()


def right_now(app, sandbox):
    made = {event.access_code_id for event in happened(sandbox, "access_code.created")}
    assert made == set(app.code_ids.values())


def example(app, sandbox):
    app.check_in()
    sandbox.faults.fail("/access_codes/create", times=1)
    app.tick()
    app.tick()

    sandbox.expect_event("access_code.created", count=1)
