"""A write whose answer never came may take effect later. It is waited for before it is undone, and looked for again."""

import contextlib

import httpx
import pytest

from live.furnished import connected
from live.killed_program import is_webhook_that_nobody_knows, killed, requests_of
from live.recording_server import KEY, json_answer, recording
from live.state import differences, state_of
from pytest_seam_sandbox import SandboxError
from pytest_seam_sandbox.backends.live.connection import Connection, is_read
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.guarded import GuardedTransport
from pytest_seam_sandbox.backends.live.reversal import ARRIVES_WITHIN
from pytest_seam_sandbox.backends.live.undo import Undo
from pytest_seam_sandbox.backends.seam_api import SeamApi

pytestmark = pytest.mark.usefixtures("_undone_at_once")


class Time:
    """Time that passes when somebody sleeps. Each of `later` is called when so many seconds have passed."""

    def __init__(self):
        self.passed = 0.0
        self.later = []

    def sleep(self, seconds):
        self.passed += seconds
        for at, call in [each for each in self.later if each[0] <= self.passed]:
            self.later.remove((at, call))
            call()


class Slow(httpx.BaseTransport):
    """Carries requests to a sandbox in this process. Writes get no answer, and take effect so many seconds later."""

    def __init__(self, sandbox, time, seconds):
        self._transport = sandbox.transport
        self._time, self._seconds = time, seconds
        self.is_slow = False

    def handle_request(self, request):
        if is_read(request.method, request.url.path) or not self.is_slow:
            return self._transport.handle_request(request)
        self.is_slow = False
        at = self._time.passed + self._seconds
        self._time.later.append((at, lambda: self._transport.handle_request(request)))
        raise httpx.ReadTimeout("late", request=request)


LATE = [0.1, ARRIVES_WITHIN - 0.5, ARRIVES_WITHIN + 1]
"""Seconds after which a write takes effect: while it is waited for, and between the two looks."""


@pytest.mark.parametrize("seconds", LATE)
def test_killed_at_every_write_that_takes_effect_while_it_is_healed(place, tmp_path, seconds):
    before = state_of(place.sandbox.backend)
    count, found = requests_of(place, tmp_path), 0
    for at in range(2, count + 1):
        place.sandbox.restore(place.start)
        late = killed(place, tmp_path, at, takes_effect=False, later=True).late
        if is_read(late.method, late.url.path):
            continue
        found += 1
        time = Time()
        time.later.append((seconds, lambda late=late: place.sandbox.transport.handle_request(late)))

        healer = Undo(connected(place.sandbox, place.sandbox.transport), tmp_path, sleep=time.sleep)
        problems = healer.heal()
        if is_webhook_that_nobody_knows(problems):
            assert late.url.path == "/webhooks/create"
            continue
        assert problems == [], late.url
        assert differences(before, state_of(place.sandbox.backend)) == [], late.url
        assert list(tmp_path.rglob("*.jsonl")) == []
    assert found > 20


@pytest.mark.parametrize("seconds", LATE)
def test_end_of_a_test_waits_too(place, tmp_path, seconds):
    """Also for what the program did before: a change that comes late must not be what stays."""
    before = state_of(place.sandbox.backend)
    time = Time()
    slow = Slow(place.sandbox, time, seconds)
    connection = connected(place.sandbox, slow)
    undo = Undo(connection, tmp_path, sleep=time.sleep)
    headers = {"authorization": f"Bearer {connection.stand_in_key}"}
    with httpx.Client(
        transport=GuardedTransport(connection, undo), headers=headers, base_url=connection.endpoint
    ) as app:
        app.post("/access_codes/update", json={"access_code_id": place.code, "name": "First"})
        slow.is_slow = True
        with pytest.raises(httpx.ReadTimeout):
            app.post("/access_codes/update", json={"access_code_id": place.code, "name": "Late"})
        app.post("/access_codes/update", json={"access_code_id": place.code, "name": "Last"})

    assert undo.undo() == []

    assert time.later == []
    assert differences(before, state_of(place.sandbox.backend)) == []
    assert list(tmp_path.rglob("*.jsonl")) == []


def test_nothing_is_waited_for_when_all_was_answered(place, tmp_path):
    time = Time()
    undo = Undo(connected(place.sandbox, place.sandbox.transport), tmp_path, sleep=time.sleep)
    SeamApi(undo.send).call("/user_identities/create", full_name="Guest")
    assert undo.undo() == []
    assert time.passed == 0


def test_answer_that_comes_while_it_is_waited_for_ends_the_wait(place, tmp_path):
    time = Time()
    undo = Undo(connected(place.sandbox, place.sandbox.transport), tmp_path, sleep=time.sleep)
    change = undo.begin("POST", "/user_identities/create", {"full_name": "Guest"})
    answer = {"user_identity": {"user_identity_id": place.jane}}
    time.later.append((1.0, lambda: undo.finish(change, 404, answer)))
    assert undo.undo() == []
    assert time.passed == 1.0


# by the clock of Seam


@pytest.fixture
def recorded(tmp_path):
    """A server whose clock a test sets, with the journal of a process that has got no answer at noon."""
    with recording() as server:
        time = Time()
        connection = Connection(server.url, KEY, timeout=2)
        prove(connection, workspaces=["w1"], endpoint=server.url)
        killed = Undo(connection, tmp_path)
        at_noon(server, 0)
        killed.begin("POST", "/user_identities/create", {"full_name": "Guest"})
        killed.close()
        yield server, Undo(connection, tmp_path, sleep=time.sleep), time, connection
        connection.close()


def at_noon(server, seconds):
    """The clock of the server stands so many seconds after noon."""
    date = f"Thu, 01 Jan 2032 12:{seconds // 60:02}:{seconds % 60:02} GMT"
    server.answers["/user_identities/list"] = json_answer({"user_identities": []}, date=date)


@pytest.mark.parametrize(
    ("seconds", "waited"),
    [(0, 7.0), (3, 4.0), (30, 2.0), (300, 0.0)],
    ids=["at once", "soon", "later", "next morning"],
)
def test_wait_counts_from_when_it_left(recorded, seconds, waited):
    server, undo, time, connection = recorded
    at_noon(server, seconds)
    connection.send("/user_identities/list", b"{}")
    assert undo.heal() == []
    assert time.passed == waited


def test_what_is_told_and_cannot_be_undone_is_not_waited_for(recorded):
    server, undo, time, connection = recorded
    at_noon(server, 300)
    connection.send("/user_identities/list", b"{}")
    undo.begin("POST", "/user_identities/merge", {"user_identity_id": "u"})
    (told,) = undo.undo()
    assert "of which no answer came, cannot be undone" in told
    assert time.passed == 0


def test_what_takes_time_is_kept_when_the_second_look_fails(recorded):
    """The journal says that it is over only when it was looked for again."""
    server, undo, time, _ = recorded
    at_noon(server, 0)
    time.later.append((ARRIVES_WITHIN + 1, lambda: server.answers.update({"/user_identities/list": (503, {}, b"")})))
    (told,) = undo.heal()
    assert told.startswith("/user_identities/create and 0 changes before it were not undone: ")
    at_noon(server, 0)
    assert undo.heal() == []


class Gone(httpx.BaseTransport):
    """Carries requests to a sandbox in this process; writes are not sent, or refused."""

    def __init__(self, sandbox, what):
        self._transport, self._what = sandbox.transport, what

    def handle_request(self, request):
        if is_read(request.method, request.url.path):
            return self._transport.handle_request(request)
        if isinstance(self._what, int):
            return httpx.Response(self._what, headers={"retry-after": "99"}, stream=httpx.ByteStream(b"no"))
        raise self._what("no", request=request)


@pytest.mark.parametrize("what", [httpx.ConnectError, httpx.ConnectTimeout, 404, 429])
@pytest.mark.parametrize("way", ["sandbox", "program"])
def test_what_never_left_or_was_refused_is_not_looked_for(place, tmp_path, what, way):
    time = Time()
    connection = connected(place.sandbox, Gone(place.sandbox, what))
    undo = Undo(connection, tmp_path, sleep=time.sleep)
    if way == "sandbox":
        with pytest.raises(SandboxError):
            undo.send("/user_identities/create", b'{"full_name": "Guest"}')
    else:
        headers = {"authorization": f"Bearer {connection.stand_in_key}"}
        transport = GuardedTransport(connection, undo)
        with (
            httpx.Client(transport=transport, headers=headers, base_url=connection.endpoint) as app,
            contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout),
        ):
            app.post("/user_identities/create", json={"full_name": "Guest"})

    assert undo.undo() == []

    assert time.passed == 0
    assert list(tmp_path.rglob("*.jsonl")) == []
