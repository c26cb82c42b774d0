"""Lets in whoever shows a phone that holds a valid mobile key."""

from planted.line import App
from planted.truth import happened

BUG = "keeps a dead phone's credential"
WRONG = "whoever finds a lost phone is let in, since the key of its owner is still valid"
WORLD = "hotel"
DEVICES = ()


class Correct(App):
    def __init__(self, seam, now, keys):
        super().__init__(seam, now)
        self.keys = keys
        self.welcome = set()

    def turn(self):
        self.welcome = {phone_id for phone_id, key_id in self.keys.items() if self.is_valid(phone_id, key_id)}

    def is_valid(self, phone_id, key_id):
        """Whether the key is on that phone still."""
        return phone_id in [phone.device_id for phone in self.ask(self.seam.phones.list, acs_credential_id=key_id)]


class Buggy(Correct):
    def is_valid(self, phone_id, key_id):  # noqa: ARG002 - this is the bug
        """Whether the key is there still; the copy on the phone may not be."""
        keys = self.ask(self.seam.acs.credentials.list, is_multi_phone_sync_credential=True)
        return key_id in [key.acs_credential_id for key in keys]


def make(kind, sandbox):
    seam = sandbox.client()
    keys = {
        phone.device_id: key.acs_credential_id
        for key in seam.acs.credentials.list(is_multi_phone_sync_credential=True)
        for phone in seam.phones.list(acs_credential_id=key.acs_credential_id)
    }
    return kind(seam, sandbox.clock.now, keys)


def right_now(app, sandbox):
    dead = {event.device_id for event in happened(sandbox, "phone.deactivated")}
    assert app.welcome == app.keys.keys() - dead


def example(app, sandbox):
    lost, *others = app.keys
    with sandbox.deactivated(lost):
        app.tick()

    assert app.welcome == set(others)
