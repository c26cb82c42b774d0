"""Makes a code for each booking, and takes it back when the booking is cancelled."""

from planted.line import App, Refused
from planted.truth import doors, happened, online

BUG = "forgets a code that is not set yet when its booking is cancelled"
WRONG = "somebody who cancelled has a code that opens the door once the lock is back"
DEVICES = ("august_lock",)


class Correct(App):
    def __init__(self, seam, now, door_id):
        super().__init__(seam, now)
        self.door_id = door_id
        self.bookings = 0
        self.is_booked = False
        self.cancelled = []

    def book(self):
        self.bookings += 1
        self.is_booked = True

    def cancel(self):
        self.cancelled.append(self.guest)
        self.is_booked = False

    @property
    def guest(self):
        return f"Guest {self.bookings}"

    def turn(self):
        there = {code.name: code for code in self.ask(self.seam.access_codes.list, device_id=self.door_id)}
        for guest in list(self.cancelled):
            if guest not in there or self.take_back(there[guest]):
                self.cancelled.remove(guest)
        if self.is_booked and self.guest not in there:
            self.make_code()

    def make_code(self):
        try:
            self.ask(self.seam.access_codes.create, device_id=self.door_id, name=self.guest)
        except Refused:
            return  # the guest's turn comes again

    def take_back(self, code):
        """Whether nothing is left to be done. A code that waits for its lock is taken back like any other."""
        try:
            if code.status != "removing":
                self.ask(self.seam.access_codes.delete, access_code_id=code.access_code_id)
        except Refused as refusal:
            return refusal.code == "access_code_not_found"
        return False


class Buggy(Correct):
    def take_back(self, code):
        return code.status == "setting" or super().take_back(code)  # the guest has not got it yet


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now, doors(sandbox)[0].device_id)


def work(app, sandbox):
    if app.is_booked:
        app.cancel()
    else:
        app.book()


def in_the_end(app, sandbox):
    made = [event.access_code_id for event in happened(sandbox, "access_code.created")]
    gone = {event.access_code_id for event in happened(sandbox, "access_code.deleted")}
    assert len([code_id for code_id in made if code_id not in gone]) <= app.is_booked or not online(sandbox)


def example(app, sandbox):
    app.book()
    app.tick()
    with sandbox.disconnected(app.door_id):
        app.cancel()
        app.tick()
    app.tick()

    sandbox.expect_event("access_code.deleted", count=1)
