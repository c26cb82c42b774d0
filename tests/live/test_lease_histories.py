"""Whole lives of leases, in an order of requests that Hypothesis chooses: machines take a device, renew, give it back,
are stopped for long or for ever, have clocks that differ, and requests that take their time.
"""

from __future__ import annotations

from threading import Condition, Thread

from hypothesis import given, settings
from hypothesis import strategies as st

from live.test_lease_claims import DOOR, NOW, Door, Noted
from pytest_seam_sandbox.backends.live.claims import Claim, NotFree
from pytest_seam_sandbox.backends.live.lease_records import KEY, LeaseRecord
from pytest_seam_sandbox.backends.seam_api import SeamApi

TERM = 100.0
TICK = 15.0
LONGEST = 1  # ticks that a request takes at most; with the clocks' difference less than what a record counts longer
SKEW = st.sampled_from([-14.0, 0.0, 14.0])


class Stopped(BaseException):
    """The process is gone."""


class Machine:
    """One process on a machine of its own: it takes the device, renews the lease once, and gives it back; twice."""

    def __init__(self, world: World, name: str, skew: float):
        self.name = name
        self.is_stopped = False
        self.holds: Claim | None = None
        self.had = 0
        self.lost = 0
        self._world = world
        self._skew = skew
        self.thread = Thread(target=self._run, name=name)

    def now(self) -> float:
        return self._world.now + self._skew

    def _run(self):
        try:
            for life in range(2):
                self._live(life)
        except Stopped:
            self.holds = None
        except Exception as error:  # noqa: BLE001 - raised by World.run
            self._world.errors.append(error)
        finally:
            self._world.ended(self)

    def _live(self, life):
        self._pause()
        until = self.now() + TERM
        record = LeaseRecord(f"{KEY}{self.name}{life}", self.name, machine=self.name, since=self.now(), until=until)
        claim = Claim(SeamApi(self._send), Noted(), DOOR, record, now=self.now, pause=self._pause)
        try:
            claim.take()
        except NotFree:
            return
        self.holds = claim
        self.had += 1
        self._pause()
        if not claim.renew(TERM):
            self.holds = None
            self.lost += 1
        self._pause()
        self.holds = None
        claim.give_back()

    def _send(self, path, body):
        self._world.wait(self, is_request=True)
        return self._world.door.send(path, body)

    def _pause(self, _=0.0):
        self._world.wait(self, is_request=False)


class World:
    """Lets one thing happen at a time: a request of a machine, the end of a pause, time, the end of a machine."""

    def __init__(self, data, skews):
        self.door = Door({"room": "12"})
        self.now = NOW
        self.errors: list[Exception] = []
        self._data = data
        self._turn = Condition()
        self._waiting: dict[str, bool] = {}
        self._ages: dict[str, int] = {}
        self._allowed = ""
        self._last, self._again = "", 0
        self.machines = {name: Machine(self, name, skew) for name, skew in zip("abc", skews, strict=False)}
        self._running = set(self.machines)

    def run(self):
        for machine in self.machines.values():
            machine.thread.start()
        try:
            while self._step():
                self._check()
        finally:
            self._end()
        assert self.errors == []

    def _end(self):
        with self._turn:
            for machine in self.machines.values():
                machine.is_stopped = True
            self._turn.notify_all()
        for machine in self.machines.values():
            machine.thread.join()

    def _step(self) -> bool:
        with self._turn:
            self._turn.wait_for(lambda: not self._allowed and self._waiting.keys() == self._running)
            if not self._running:
                return False
            what = self._next()
            if what.endswith("time passes"):
                self.now += TICK if what == "time passes" else TERM - TICK
                self._ages = {name: age + 1 for name, age in self._ages.items()}
            elif what.endswith(" stops"):
                self.machines[what[0]].is_stopped = True
                self._allowed = what[0]
            else:
                self._allowed = what
            self._turn.notify_all()
            self._turn.wait_for(lambda: not self._allowed and self._waiting.keys() == self._running)
            return True

    def _next(self) -> str:
        """What happens; often the same machine goes on for a while."""
        possible = self._possible()
        if self._again and self._last in possible:
            self._again -= 1
            return self._last
        self._last = self._data.draw(st.sampled_from(possible))
        self._again = self._data.draw(st.integers(0, 3)) if self._last in self.machines else 0
        return self._last

    def _possible(self) -> list[str]:
        names = sorted(self._waiting)
        late = [name for name in names if self._waiting[name] and self._ages[name] >= LONGEST]
        has_stopped = any(machine.is_stopped for machine in self.machines.values())
        return late or [
            *names,
            "time passes",
            *([] if any(self._waiting.values()) else ["much time passes"]),
            *([] if has_stopped else [f"{names[0]} stops"]),
        ]

    def _check(self):
        holders = [each for each in self.machines.values() if each.holds is not None and not each.holds.is_over]
        assert len(holders) <= 1, [each.name for each in holders]

    # called by the machines

    def wait(self, machine, *, is_request):
        with self._turn:
            self._waiting[machine.name], self._ages[machine.name] = is_request, 0
            if self._allowed == machine.name:
                self._allowed = ""
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._allowed == machine.name or machine.is_stopped)
            del self._waiting[machine.name]
            if machine.is_stopped:
                raise Stopped

    def ended(self, machine):
        with self._turn:
            self._running.discard(machine.name)
            self._allowed = "" if self._allowed == machine.name else self._allowed
            self._turn.notify_all()


@settings(deadline=None, max_examples=150)
@given(data=st.data(), skews=st.lists(SKEW, min_size=2, max_size=3))
def test_never_two_hold_a_device_whose_records_are_not_over(data, skews):
    world = World(data, skews)
    world.run()
    left = {key[len(KEY)] for key in world.door.leases()}
    assert left <= {machine.name for machine in world.machines.values() if machine.is_stopped}
    assert {key: value for key, value in world.door.metadata.items() if not key.startswith(KEY)} == {"room": "12"}
