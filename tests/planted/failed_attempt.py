"""Opens a door for whoever rings, and tells them when it is open."""

from planted.line import App, NoAnswer, Refused
from planted.truth import doors, happened

BUG = "treats a failed action attempt as success"
WRONG = 'somebody is told "open" in front of a closed door'
DEVICES = ("august_lock",)
SETTINGS = {"action_attempts": "poll"}


class Correct(App):
    def __init__(self, seam, now):
        super().__init__(seam, now)
        self.waiting = []
        self.told_open = []

    def ring(self, door_id):
        try:
            attempt = self.ask(self.seam.locks.unlock_door, device_id=door_id, wait_for_action_attempt=False)
        except (NoAnswer, Refused):
            return
        self.waiting.append(attempt.action_attempt_id)

    def turn(self):
        for attempt_id in list(self.waiting):
            attempt = self.ask(
                self.seam.action_attempts.get, action_attempt_id=attempt_id, wait_for_action_attempt=False
            )
            if attempt.status != "pending":
                self.waiting.remove(attempt_id)
                if self.is_open(attempt):
                    self.told_open.append(attempt_id)

    def is_open(self, attempt):
        return attempt.status == "success"


class Buggy(Correct):
    def is_open(self, attempt):
        return attempt.status != "pending"


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now)


def work(app, sandbox):
    app.ring(doors(sandbox)[0].device_id)


def right_now(app, sandbox):
    opened = {event.action_attempt_id for event in happened(sandbox, "lock.unlocked")}
    assert [attempt_id for attempt_id in app.told_open if attempt_id not in opened] == []


def example(app, sandbox):
    door = doors(sandbox)[0]
    with sandbox.disconnected(door):
        app.ring(door.device_id)
        app.tick()

    assert app.told_open == []
