"""The protocol by which processes on several machines agree on a device, request by request in every order."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from threading import Condition, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from live.notes import Noted
from pytest_seam_sandbox.backends.live.claims import Claim, NotFree
from pytest_seam_sandbox.backends.live.lease_records import GRACE, KEY, LeaseRecord
from pytest_seam_sandbox.backends.seam_api import SeamApi
from pytest_seam_sandbox.engine.errors import SandboxError

NOW = 1_000_000.0
DOOR = "11111111-1111-4111-8111-111111111111"


class Door:
    """A device at Seam, as far as leases see it: metadata, merged key by key."""

    def __init__(self, metadata=()):
        self.metadata = dict(metadata)
        self.refuses = False

    def send(self, path: str, body: bytes) -> tuple[int, bytes]:
        if path == "/devices/get":
            return 200, json.dumps({"device": {"device_id": DOOR, "custom_metadata": self.metadata}}).encode()
        if self.refuses:
            error = {"type": "invalid_input", "message": "Custom metadata is limited to a maximum of 50 keys"}
            return 400, json.dumps({"error": error}).encode()
        for key, value in json.loads(body)["custom_metadata"].items():
            self.metadata.pop(key, None)
            if value is not None:
                self.metadata[key] = value
        return 200, b"{}"

    def leases(self):
        return [key for key in self.metadata if key.startswith(KEY)]


def record(name: str, machine: str | None = None, *, until: float = NOW + 100) -> LeaseRecord:
    return LeaseRecord(
        f"{KEY}{name}", name, host="ci", pid=1, machine=machine or f"machine {name}", since=NOW, until=until
    )


def claim(door, name="a", *, send=None, pause=None, now=NOW, **fields) -> Claim:
    api = SeamApi(send or door.send)
    return Claim(api, Noted(), DOOR, record(name, **fields), now=lambda: now, pause=pause or (lambda _: None))


class Abandoned(BaseException):
    """The race is over, since nobody could say whose turn it was."""


class Race:
    """Claims that run in threads, one request at a time: `choose` says whose is next.

    A pause ends when a request of another has been answered, or when there is nobody else.
    """

    def __init__(self, door: Door, names: str, choose: Callable[[list[str]], str]):
        self._door = door
        self._choose = choose
        self._turn = Condition()
        self._waiting: dict[str, bool] = {}
        self._allowed = ""
        self.held: list[str] = []
        self.names = list(names)
        self.running = set(names)
        self._is_abandoned = False
        self.claims = {}
        self.errors = []

    def run(self) -> list[str]:
        threads = [Thread(target=self._run, args=(name,)) for name in self.names]
        for thread in threads:
            thread.start()
        try:
            while self._step():
                pass
        finally:  # Hypothesis ends an example by an exception from what chooses
            with self._turn:
                self._is_abandoned = True
                self._turn.notify_all()
            for thread in threads:
                thread.join()
        if self.errors:
            raise self.errors[0]
        return self.held

    def _step(self) -> bool:
        """Let one go on; whether there was one."""
        with self._turn:
            self._turn.wait_for(lambda: not self._allowed and self._waiting.keys() == self.running)
            if not self.running:
                return False
            awake = [name for name, pauses in self._waiting.items() if not pauses]
            self._allowed = self._choose(sorted(awake or self._waiting))
            self._turn.notify_all()
            return True

    def _run(self, name):
        def send(path, body):
            self._wait(name)
            answer = self._door.send(path, body)
            self._done(wakes=True)
            return answer

        def pause(_):
            self._wait(name, pauses=True)
            self._done()

        try:
            self.claims[name] = claim(self._door, name, send=send, pause=pause)
            self.claims[name].take()
            self.held.append(name)
        except (NotFree, Abandoned):
            pass
        except Exception as error:  # noqa: BLE001 - raised by run
            self.errors.append(error)
        finally:
            with self._turn:
                self.running.discard(name)
                self._turn.notify_all()

    def _wait(self, name, *, pauses=False):
        with self._turn:
            self._waiting[name] = pauses
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._is_abandoned or self._allowed == name)
            del self._waiting[name]
            if self._is_abandoned:
                raise Abandoned

    def _done(self, *, wakes=False):
        with self._turn:
            self._allowed = ""
            if wakes:
                self._waiting = dict.fromkeys(self._waiting, False)
            self._turn.notify_all()


def every_order(run: Callable[[Callable[[list[str]], str]], None]) -> int:
    """Run it once for every way of choosing; gives how many there were."""
    script: list[int] = []
    for runs in count(1):
        taken: list[tuple[int, int]] = []

        def choose(names, script=script, taken=taken):
            number = len(taken)
            index = script[number] if number < len(script) else 0
            taken.append((index, len(names)))
            return names[index]

        run(choose)
        while taken and taken[-1][0] + 1 == taken[-1][1]:
            taken.pop()
        if not taken:
            return runs
        script = [index for index, _ in taken[:-1]] + [taken[-1][0] + 1]
    raise AssertionError


def check_race(door: Door, names: str, choose) -> None:
    before = dict(door.metadata)
    race = Race(door, names, choose)
    held = race.run()
    assert len(held) == 1, held  # one gets it, and never two
    assert door.leases() == [f"{KEY}{held[0]}"]
    race.claims[held[0]]._api = SeamApi(door.send)
    race.claims[held[0]].give_back()
    assert door.metadata == {key: value for key, value in before.items() if not key.startswith(KEY)}


def test_of_two_exactly_one_gets_it_whatever_the_order_of_their_requests():
    runs = every_order(lambda choose: check_race(Door({"room": "12"}), "ab", choose))
    assert runs > 20


def test_of_two_that_find_a_record_that_is_over_exactly_one_gets_it():
    over = record("z", until=NOW - GRACE - 1)
    runs = every_order(lambda choose: check_race(Door({over.key: over.to_text()}), "ab", choose))
    assert runs > 20


def test_the_second_look_is_needed(monkeypatch):
    """And the tests above would find it, were it forgotten."""
    monkeypatch.setattr(Claim, "_verify", lambda _: None)
    with pytest.raises(AssertionError, match=r"\['a', 'b'\]|\['b', 'a'\]"):
        every_order(lambda choose: check_race(Door(), "ab", choose))


@settings(deadline=None, max_examples=60)
@given(data=st.data(), names=st.permutations("abcd").map(lambda names: "".join(names[:3])))
def test_of_three_exactly_one_gets_it(data, names):
    """Their 35,682 orders take a minute; all of them were tried once."""
    check_race(Door(), names, lambda waiting: data.draw(st.sampled_from(waiting)))


def test_lowest_withdraws_when_nobody_else_does():
    """So a process that was killed between its write and its second look holds up nobody for long."""
    door, pauses = Door(), []

    def send(path, body):
        if path == "/devices/update" and not pauses:
            door.metadata[f"{KEY}b"] = record("b").to_text()
        return door.send(path, body)

    with pytest.raises(NotFree, match="held by b on ci"):
        claim(door, "a", send=send, pause=pauses.append).take()
    assert (len(pauses), door.leases()) == (20, [f"{KEY}b"])


@pytest.mark.parametrize(
    ("other", "is_free"),
    [
        (record("b", until=NOW), False),
        (record("b", until=NOW - GRACE + 1), False),
        (record("b", until=NOW - GRACE - 1), True),
        (record("b", machine="machine a"), True),
    ],
    ids=["counts", "counts a minute longer", "is over", "of this machine, whose lock we have"],
)
def test_records_of_others_count_until_they_are_over(other, is_free):
    door = Door({other.key: other.to_text(), "room": "12"})
    mine = claim(door, "a")
    if not is_free:
        with pytest.raises(NotFree, match=r"held by b on ci \(process 1\) since 1970-01-12 13:46:40 UTC, until"):
            mine.take()
        assert door.leases() == [other.key]
        return
    mine.take()
    assert door.leases() == [mine.record.key]
    mine.give_back()
    assert door.metadata == {"room": "12"}


@pytest.mark.parametrize(
    "value", ["{", "[]", "true", '{"holder": "x"}', json.dumps({"since": 1}), '{"since": "x", "until": "y"}', True]
)
def test_record_that_cannot_be_read_counts_for_ever(value):
    door = Door({f"{KEY}b": value})
    with pytest.raises(
        NotFree, match=r"cannot be read: .*take the key seam_sandbox_lease_b out of its custom_metadata"
    ):
        claim(door).take()


def test_record_fits_into_metadata_whatever_the_holder_is_called():
    long = replace(record("a"), key=KEY + "f" * 16, holder='test["ä\n\\"]' * 100, host="ü" * 100)
    assert len(long.key) <= 40
    assert len(long.to_text()) <= 500
    with pytest.raises(NotFree, match=r"held by test\[\?\?\?\?\?\]test"):
        claim(Door({long.key: long.to_text()}), "b").take()


def test_device_that_takes_no_record_is_not_free():
    door, mine = Door(), claim(Door())
    door.refuses = True
    mine = claim(door)
    with pytest.raises(NotFree, match="it takes no lease record: Seam refused /devices/update.*50 keys"):
        mine.take()
    assert len(mine._notes.open) == 1  # nobody knows whether it was written, so the journal keeps it


def test_record_that_vanishes_before_the_second_look_is_no_lease():
    door = Door()

    def send(path, body):
        answer = door.send(path, body)
        door.metadata.clear()
        return answer

    with pytest.raises(NotFree, match="somebody else took the lease record away"):
        claim(door, send=send).take()


def test_failure_in_the_middle_leaves_nothing_on_the_device():
    door, sent = Door(), []

    def send(path, body):
        sent.append(path)
        if len(sent) == 3:
            raise SandboxError("the network is down.")
        return door.send(path, body)

    mine = claim(door, send=send)
    with pytest.raises(SandboxError, match="the network is down"):
        mine.take()
    assert (door.leases(), mine._notes.open) == ([], [])


def test_notes_knows_before_the_device_does():
    door = Door()
    mine = claim(door)

    def send(path, body):
        if path == "/devices/update":
            (change,) = mine._notes.open
            undo = {"device_id": DOOR, "custom_metadata": {mine.record.key: None}}
            assert (change.path, change.known) == ("/devices/update", undo)
        return door.send(path, body)

    mine._api = SeamApi(send)
    mine.take()
    mine.give_back()
    assert mine._notes.open == []


class TestRenewal:
    def test_it_is_held_for_longer(self):
        door = Door()
        mine = claim(door)
        mine.take()
        assert mine.renew(500.0)
        assert mine.record.until == NOW + 500
        assert json.loads(door.metadata[mine.record.key])["until"] == "1970-01-12T13:55:00+00:00"
        mine.give_back()
        assert door.metadata == {}

    @pytest.mark.parametrize("what", ["gone", "over", "another beside it", "device gone"])
    def test_it_is_lost(self, what):
        door = Door()
        mine = claim(door)
        mine.take()
        if what == "gone":
            door.metadata.clear()
        elif what == "over":
            mine._now = lambda: NOW + 101
        elif what == "device gone":
            mine._api = SeamApi(lambda *_: (404, b'{"error": {"type": "device_not_found", "message": ""}}'))
        else:
            door.metadata[f"{KEY}b"] = record("b").to_text()
        assert not mine.renew(500.0)
        assert mine.record.until == NOW + 100
        mine.give_back()

    def test_who_takes_over_meanwhile_is_seen_behind_the_write(self):
        door = Door()
        mine = claim(door)
        mine.take()

        def send(path, body):
            if path == "/devices/update":
                door.metadata = {f"{KEY}b": record("b").to_text()}
            return door.send(path, body)

        mine._api = SeamApi(send)
        assert not mine.renew(500.0)
