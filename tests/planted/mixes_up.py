"""Opens all doors that can be reached, and tells which of them opened."""

from planted.line import App
from planted.truth import doors, happened

BUG = "mixes up two devices"
WRONG = "the offline door is reported open in place of the one that opened"
DEVICES = ("august_lock", "yale_lock")


class Correct(App):
    def __init__(self, seam, now, door_ids):
        super().__init__(seam, now)
        self.door_ids = door_ids
        self.is_asked = False
        self.reported = []

    def open_all(self):
        self.is_asked = True

    def turn(self):
        if not self.is_asked:
            return
        reachable = [door for door in self.ask(self.seam.devices.list) if door.properties.online]
        attempts = [self.unlock(door) for door in reachable]
        for door_id, attempt in zip(self.names_for(reachable), attempts, strict=False):
            if attempt.status == "success":
                self.reported.append((door_id, attempt.action_attempt_id))
        self.is_asked = False

    def unlock(self, door):
        return self.ask(self.seam.locks.unlock_door, device_id=door.device_id, wait_for_action_attempt=False)

    def names_for(self, reachable):
        return [door.device_id for door in reachable]


class Buggy(Correct):
    def names_for(self, reachable):  # noqa: ARG002 - this is the bug
        return self.door_ids


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now, [door.device_id for door in doors(sandbox)])


def work(app, sandbox):
    app.open_all()


def right_now(app, sandbox):
    opened = {(event.device_id, event.action_attempt_id) for event in happened(sandbox, "lock.unlocked")}
    assert [report for report in app.reported if report not in opened] == []


def example(app, sandbox):
    first, second = app.door_ids
    app.open_all()
    with sandbox.disconnected(second):
        app.tick()

    assert [door_id for door_id, _ in app.reported] == [first]
