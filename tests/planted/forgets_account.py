"""Tells the owner of each door what to do: log in again, look after the lock, or nothing."""

from planted.line import App, Feed
from planted.truth import doors, errors_of

BUG = "handles `device.disconnected`, but not the loss of the account"
WRONG = "the owner of a lock that was offline already is never asked to log in again"
DEVICES = ("august_lock",)
SWEEP = {"depth": 2, "kinds": ("disconnected", "account_disconnected"), "faults": ()}

OF_DEVICES = {"device.added", "device.connected", "device.disconnected", "device.removed"}
OF_ACCOUNTS = {"connected_account.disconnected", "connected_account.completed_first_sync_after_reconnection"}


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.feed = Feed(self)
        self.advice = {}

    def turn(self):
        for event in self.feed.fresh():
            if event.event_type in OF_DEVICES:
                self.look_at(self.ask(self.seam.devices.get, device_id=event.device_id))
            elif event.event_type in OF_ACCOUNTS:
                self.account_changed(event.connected_account_id)
            self.feed.done(event)

    def account_changed(self, account_id):
        """A device that was offline before its account was lost has no event of its own."""
        for door in self.ask(self.seam.devices.list, connected_account_id=account_id):
            self.look_at(door)

    def look_at(self, door):
        self.advice[door.device_id] = advice_for(door)


class Buggy(Correct):
    def account_changed(self, account_id):
        """Its devices tell it."""


def advice_for(door):
    if "account_disconnected" in errors_of(door):
        return "log in again"
    return "nothing" if door.properties.online else "look after the lock"


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def right_now(app, sandbox):
    assert app.advice == {door.device_id: advice_for(door) for door in doors(sandbox)}


def example(app, sandbox):
    door = doors(sandbox)[0]
    with sandbox.account_disconnected(door.connected_account_id):
        app.tick()
        during = app.advice[door.device_id]
    app.tick()

    assert (during, app.advice[door.device_id]) == ("log in again", "nothing")
