"""Takes the codes of guests back when they leave, and tells who can no longer get in."""

from contextlib import suppress

from planted.line import App, Refused
from planted.truth import doors, happened, online

BUG = "deletes a code while the lock is offline, and forgets it"
WRONG = "the former guest's code still opens the door"
DEVICES = ("august_lock",)


class Correct(App):
    def __init__(self, seam, now, code_ids):
        super().__init__(seam, now)
        self.staying = code_ids
        self.leaving = []
        self.locked_out = []

    def check_out(self):
        self.leaving += self.staying[:1]
        del self.staying[:1]

    def turn(self):
        for code_id in list(self.leaving):
            if self.take_back(code_id):
                self.leaving.remove(code_id)
                self.locked_out.append(code_id)

    def take_back(self, code_id):
        """Whether the code is off the lock; a lock that is offline keeps it until it is back."""
        try:
            code = self.ask(self.seam.access_codes.get, access_code_id=code_id)
            if code.status != "removing":
                self.ask(self.seam.access_codes.delete, access_code_id=code_id)
        except Refused as refusal:
            return refusal.code == "not_found"
        return False


class Buggy(Correct):
    def take_back(self, code_id):
        with suppress(Refused):
            self.ask(self.seam.access_codes.delete, access_code_id=code_id)
        return True


def make(kind, sandbox):
    door = doors(sandbox)[0]
    codes = [sandbox.create_access_code(door, name=guest) for guest in ("Ann", "Bob", "Eve")]
    return kind(sandbox.client(), sandbox.clock.now, [code.access_code_id for code in codes])


def work(app, sandbox):
    app.check_out()


def right_now(app, sandbox):
    deleted = {event.access_code_id for event in happened(sandbox, "access_code.deleted")}
    assert [code_id for code_id in app.locked_out if code_id not in deleted] == []


def in_the_end(app, sandbox):
    right_now(app, sandbox)
    assert not online(sandbox) or app.leaving == []


def example(app, sandbox):
    app.check_out()
    with sandbox.disconnected(doors(sandbox)[0]):
        app.tick()
    app.tick()

    sandbox.expect_event("access_code.deleted", access_code_id=app.locked_out[0])
