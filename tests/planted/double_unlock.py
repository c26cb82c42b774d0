"""Opens the gate once for each truck that rings, also when Seam does not answer at once."""

from planted.line import App, Refused
from planted.truth import doors, happened, online

BUG = "retries a POST whose answer was lost"
WRONG = "the gate opens twice for one truck"
DEVICES = ("august_lock",)
TARGET = "/locks/unlock_door"


class Correct(App):
    def __init__(self, seam, now, gate_id):
        super().__init__(seam, now)
        self.gate_id = gate_id
        self.trucks = 0
        self.answers = 0

    def ring(self):
        self.trucks += 1

    def turn(self):
        for _ in range(self.trucks - self.openings()):
            try:
                self.ask(self.seam.locks.unlock_door, device_id=self.gate_id)
            except Refused:
                return
            self.answers += 1

    def openings(self):
        attempts = self.ask(self.seam.action_attempts.list, device_id=self.gate_id)
        return sum(attempt.status != "error" for attempt in attempts)  # one that is pending opens the gate yet


class Buggy(Correct):
    def openings(self):
        return self.answers


def make(kind, sandbox):
    return kind(sandbox.client(), sandbox.clock.now, doors(sandbox)[0].device_id)


def work(app, sandbox):
    app.ring()


def right_now(app, sandbox):
    assert len(happened(sandbox, "lock.unlocked")) <= app.trucks


def in_the_end(app, sandbox):
    right_now(app, sandbox)
    assert not online(sandbox) or len(happened(sandbox, "lock.unlocked")) == app.trucks


def example(app, sandbox):
    app.ring()
    with sandbox.disconnected(app.gate_id):
        app.tick()
    app.tick()

    sandbox.expect_event("lock.unlocked", count=1)
