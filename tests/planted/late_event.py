"""Changes the cleaners' code of a door every twenty minutes, and shows on a board which one it is."""

from datetime import timedelta

from planted.line import App, Feed, Refused
from planted.truth import doors, happened

BUG = "lets a late event about the old code end the new one"
WRONG = "the board says that the cleaners have no code, since the last one was deleted after the next was made"
DEVICES = ("august_lock",)
TARGET = "/access_codes/*"


class Correct(App):
    def __init__(self, seam, now, code):
        super().__init__(seam, now)
        self.now = now
        self.door_id = code.device_id
        self.feed = Feed(self)
        self.changes = 0
        self.changed_at = now()
        self.is_due = False
        self.shown = code.access_code_id

    def turn(self):
        if not self.is_due and self.now() - self.changed_at >= timedelta(minutes=20):
            self.changes += 1
            self.is_due = True
        if self.is_due:
            for code in self.ask(self.seam.access_codes.list, device_id=self.door_id):
                if code.name != self.name and code.status != "removing":
                    self.take_back(code.access_code_id)
        for event in self.feed.fresh():
            if event.event_type == "access_code.deleted":
                self.deleted(event.access_code_id)
            self.feed.done(event)
        if self.is_due:
            self.make_code()

    @property
    def name(self):
        return f"Cleaners {self.changes}"

    def take_back(self, code_id):
        try:
            self.ask(self.seam.access_codes.delete, access_code_id=code_id)
        except Refused:
            return  # it is gone already

    def make_code(self):
        there = {code.name: code for code in self.ask(self.seam.access_codes.list, device_id=self.door_id)}
        try:
            code = there.get(self.name) or self.ask(
                self.seam.access_codes.create, device_id=self.door_id, name=self.name
            )
        except Refused:
            return
        self.shown = code.access_code_id
        self.changed_at = self.now()
        self.is_due = False

    def deleted(self, code_id):
        if code_id == self.shown:
            self.shown = None


class Buggy(Correct):
    def deleted(self, code_id):  # noqa: ARG002 - this is the bug
        self.shown = None


def make(kind, sandbox):
    code = sandbox.create_access_code(doors(sandbox)[0], name="Cleaners 0")
    return kind(sandbox.client(), sandbox.clock.now, code)


def right_now(app, sandbox):
    made = [event.access_code_id for event in happened(sandbox, "access_code.created")]
    gone = {event.access_code_id for event in happened(sandbox, "access_code.deleted")}
    assert app.is_due or made[-1] in gone or app.shown == made[-1]


def scenario(app, sandbox):
    sandbox.clock.advance(1200)
    app.tick()
    app.tick()


def example(app, sandbox):
    sandbox.clock.advance(1200)
    app.tick()
    assert app.shown is not None
    sandbox.clock.advance(1200)
    with sandbox.disconnected(app.door_id):
        app.tick()

    sandbox.expect_event("access_code.set_on_device", count=3)
    sandbox.expect_event("access_code.deleted", count=2)
