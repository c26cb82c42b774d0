"""Takes the keys off phones that are reported lost, and says when a phone opens nothing any more."""

from contextlib import suppress

from planted.line import App, NoAnswer, Refused
from planted.truth import happened

BUG = "counts a phone as dead though the call failed"
WRONG = "the owner of a stolen phone is told that it opens nothing, and it opens their door"
WORLD = "hotel"
DEVICES = ()
TARGET = "/phones/deactivate"


class Correct(App):
    def __init__(self, seam, now, phone_ids):
        super().__init__(seam, now)
        self.in_use = phone_ids
        self.lost = []
        self.dead = []

    def report_lost(self):
        self.lost += self.in_use[:1]
        del self.in_use[:1]

    def turn(self):
        for phone_id in list(self.lost):
            if self.is_dead(phone_id):
                self.lost.remove(phone_id)
                self.dead.append(phone_id)

    def is_dead(self, phone_id):
        """Whether Seam has it no more; as long as it has, it is asked to deactivate it."""
        try:
            self.ask(self.seam.phones.get, device_id=phone_id)
            self.ask(self.seam.phones.deactivate, device_id=phone_id)
        except Refused as refusal:
            return refusal.code == "device_not_found"
        return False


class Buggy(Correct):
    def is_dead(self, phone_id):
        with suppress(NoAnswer, Refused):  # a phone that is dead already
            self.ask(self.seam.phones.deactivate, device_id=phone_id)
        return True


def make(kind, sandbox):
    seam = sandbox.client()
    return kind(seam, sandbox.clock.now, [phone.device_id for phone in seam.phones.list()])


def work(app, sandbox):
    app.report_lost()


def right_now(app, sandbox):
    deactivated = {event.device_id for event in happened(sandbox, "phone.deactivated")}
    assert [phone_id for phone_id in app.dead if phone_id not in deactivated] == []


def in_the_end(app, sandbox):
    right_now(app, sandbox)
    assert app.lost == []


def example(app, sandbox):
    lost = app.in_use[0]
    with sandbox.deactivated(lost):
        app.report_lost()
        app.tick()

    assert app.dead == [lost]
