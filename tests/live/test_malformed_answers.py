"""Whatever a server answers, each function that reads it ends in words or with a result, and nothing is half done.

A true answer is changed in one place: null, a number, a text, a list, an object in place of something, or nothing at
all; or the whole body is a page of a proxy.
"""

import json
import os
from contextlib import suppress
from random import Random

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live.furnished import URL, connected, filled, furnished
from live.test_undo_table import CASES
from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.backends.answers import NotOfSeam, all_rows, checked, fault_in, read
from pytest_seam_sandbox.backends.live.backend import Live
from pytest_seam_sandbox.backends.live.connection import is_read
from pytest_seam_sandbox.backends.live.doctor import examine
from pytest_seam_sandbox.backends.live.guard import check
from pytest_seam_sandbox.backends.live.guarded import GuardedTransport
from pytest_seam_sandbox.backends.live.handover import Handover
from pytest_seam_sandbox.backends.live.leases import Leases
from pytest_seam_sandbox.backends.live.undo import Undo
from pytest_seam_sandbox.backends.seam_api import SeamApi
from pytest_seam_sandbox.capture.capturing import capture
from pytest_seam_sandbox.capture.reader import getting

GONE = object()
JUNK = [None, 0, 7, True, "", "x", [], [None], [7], [{}], {}, {"a": 1}, GONE]
BODIES = [b"", b"<html>Log in</html>", b"null", b"[]", b"7", b"{", b'{"ok": true}', b'{"error": 7}', b"\xff"]


class Changing(httpx.BaseTransport):
    """Carries requests to a sandbox in this process. change: what becomes of the answer of a path; None for nothing."""

    def __init__(self, sandbox):
        self._transport = sandbox.transport
        self.change = None

    def handle_request(self, request):
        answer = self._transport.handle_request(request)
        if self.change is None:
            return answer
        status, content = self.change(request.url.path, answer.status_code, answer.read())
        return httpx.Response(status, stream=httpx.ByteStream(content))


def changed(chance, value, depth=0):
    """A value with something else in one place, by chance."""
    inner = sorted(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    if not inner or (depth > 1 and chance.random() < 0.25):
        return chance.choice(JUNK)
    key = chance.choice(inner)
    new = changed(chance, value[key], depth + 1)
    value = value.copy()
    if new is GONE:
        del value[key]
    else:
        value[key] = new
    return value


class Chance(Random):
    """What is drawn once for an example: what is answered depends on times and ids, and draws must not."""

    def answer(self, at):
        """Changes the answer of this number, and some of the others."""
        count = iter(range(1000))

        def change(_path, status, content):
            if next(count) != at and self.random() < 0.9:
                return status, content
            if self.random() < 0.15:
                return self.choice([200, 404, 500]), self.choice(BODIES)
            return status, json.dumps(changed(self, json.loads(content))).encode()

        return change


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, Sandbox(world="house") as sandbox:
        patch.setattr(os, "fsync", lambda _: None)
        it = furnished(sandbox)
        it.carrier = Changing(sandbox)
        it.connection = connected(sandbox, it.carrier)
        it.folder = tmp_path_factory.mktemp("live")
        yield it


def live_on(it, undo):
    leases = Leases(
        SeamApi(it.connection.send),
        it.sandbox.workspace_id,
        it.folder,
        "a test",
        notes=undo.journal,
        pause=lambda _: None,
    )
    return leases, Live(
        it.connection,
        undo,
        GuardedTransport(it.connection, undo),
        leases,
        Handover(it.folder, it.sandbox.workspace_id),
        workspace_id=it.sandbox.workspace_id,
        api_key=it.connection.stand_in_key,
        timeout=0.0,
        sleep=lambda _: None,
    )


def names(live):
    with live.finding() as finder:
        finder.ids("device", "Front Door")
        finder.ids("phone", "x")
        finder.some("connected account")
    live.names()
    live.hint_at("Front Door")


def leased(leases):
    try:
        leases.lease(device_type="august_lock", deadline=0)
    finally:
        leases.release()


READERS = {
    "devices": lambda it: [(row.flags(), row.is_online, row.label) for row in it.live.devices().values()],
    "phones": lambda it: [(row.device_type, row.user_identity_id) for row in it.live.phones().values()],
    "one device": lambda it: it.live.find_device(it.august_lock).is_removed,
    "one phone": lambda it: it.live.find_phone(it.phone).user_identity_id,
    "one account": lambda it: it.live.find_account(it.account).email,
    "names": lambda it: names(it.live),
    "events": lambda it: [event.event_type for event in it.live.events_after(0)],
    "codes": lambda it: it.live.api.access_codes(),
    "systems": lambda it: it.live.api.acs_systems(),
    "one system": lambda it: it.live.api.acs_system(it.office),
    "keys": lambda it: it.live.api.mobile_keys(),
    "models of devices": lambda it: it.live.api.devices(),
    "models of phones": lambda it: [it.live.api.phones(), it.live.api.phone(it.phone), it.live.api.phone_ids()],
    "model of an account": lambda it: it.live.api.connected_account(it.account),
    "holders": lambda it: [str(holder.record) for holder in it.leases.holders()],
    "lease": lambda it: leased(it.leases),
    "doctor": lambda it: list(
        examine(it.connection, workspaces=[it.sandbox.workspace_id], endpoint=URL, folder=it.folder)
    ),
    "guard": lambda it: check(it.connection, workspaces=[it.sandbox.workspace_id], endpoint=URL),
    "capture": lambda it: capture(getting(it.connection, lambda _: None), captured_at="2026-01-01T00:00:00Z"),
}
"""Everything that reads answers, but for what is undone. Each gets a furnished place with a live backend and leases."""


CHANCE = st.integers(0, 2**32).map(Chance)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(chance=CHANCE, name=st.sampled_from(sorted(READERS)), at=st.integers(0, 5))
def test_every_reader_takes_any_answer(place, chance, name, at):
    undo = Undo(place.connection, place.folder, sleep=lambda _: None)
    place.leases, place.live = live_on(place, undo)
    place.carrier.change = chance.answer(at)
    try:
        with suppress(SandboxError):
            READERS[name](place)
    finally:
        place.carrier.change = None
        reopen(place)
        with suppress(SandboxError):
            place.leases.release()
        for problem in undo.undo():
            assert isinstance(problem, str)
        undo.close()


def reopen(place):
    """Take a new connection if an answer about another workspace has closed this one for writes."""
    if place.connection.proof is None:
        place.connection = connected(place.sandbox, place.carrier)


PATHS = sorted(CASES)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(chance=CHANCE, path=st.sampled_from(PATHS), at=st.integers(0, 2))
def test_write_leaves_only_when_what_was_before_could_be_read(place, chance, path, at):
    """And undoing it ends in words, whatever is answered then."""
    place.sandbox.restore(place.start)
    undo = Undo(place.connection, place.folder, sleep=lambda _: None)
    is_written, further = [], chance.answer(at)

    def change(of, status, content):
        is_written.append(not is_read("POST", of))
        return further(of, status, content)

    place.carrier.change = change
    try:
        try:
            undo.send(path, json.dumps(filled(place, CASES[path][0])).encode())
        except NotOfSeam:
            assert not any(is_written[:-1])  # it was the answer to the write itself, or before it
        except SandboxError:
            pass
        assert all(isinstance(problem, str) for problem in undo.undo())
    finally:
        place.carrier.change = None
        reopen(place)
        for left in undo.journal.changes:
            undo.journal.over(left, "given up")
        undo.close()


# what is told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"devices": None}, "devices is None; Seam's is a list"),
        ({"devices": {"device_id": "d"}}, "devices is {'device_id': 'd'}; Seam's is a list"),
        ({"devices": [None]}, "devices[0] is None; Seam's is a JSON object"),
        ({"devices": [{"device_id": "d"}, {}]}, "devices[1].device_id is not there; Seam's is a text"),
        ({"device": {"device_id": 7}}, "device.device_id is 7; Seam's is a text"),
        ({"device": []}, "device is []; Seam's is a JSON object"),
        ({"device": {"device_id": "d", "errors": [7]}}, "device.errors is [7]; Seam's is a list of JSON objects"),
        ({"device": {"device_id": "d", "properties": 7}}, "device.properties is 7; Seam's is a JSON object"),
        (
            {"device": {"device_id": "d", "properties": {"available_climate_presets": "x"}}},
            "device.properties.available_climate_presets is 'x'; Seam's is a list of JSON objects",
        ),
        ({"space": {"space_id": "s", "created_at": 7}}, "space.created_at is 7; Seam's is a text"),
        (
            {"access_grant": {"access_grant_id": "g", "access_method_ids": [7]}},
            "access_grant.access_method_ids is [7]; Seam's is a list of texts",
        ),
        ({"events": [{"event_id": "e"}]}, "events[0].event_type is not there; Seam's is a text"),
        ({"pagination": [], "devices": []}, "pagination is []; Seam's is a JSON object"),
        ({"pagination": {"next_page_cursor": 7}}, "pagination.next_page_cursor is 7; Seam's is a text"),
    ],
)
def test_place_and_what_was_expected_are_told(answer, told):
    assert fault_in(answer) == told
    with pytest.raises(NotOfSeam, match="in the answer to /a/b, .*Check which server answers"):
        checked("/a/b", answer)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"batch": {"devices": 7}, "ok": True},
        {"device": {"device_id": "d", "connected_account_id": None, "errors": None, "custom_metadata": {"a_id": True}}},
        {"device": {"device_id": "d", "properties": {"ttlock_metadata": {"lock_id": 7}, "lock_id": 7}}},
        {"acs_entrances": [{"acs_entrance_id": "e", "can_unlock_with_cloud_key": True}]},
    ],
)
def test_what_nobody_relies_on_may_be_anything(answer):
    assert fault_in(answer) is None


def test_what_an_answer_lacks_is_told_with_its_place():
    answer = read("/devices/list", b'{"devices": [{"device_id": "d"}, 7]}')
    with pytest.raises(NotOfSeam, match=r"the answer to /devices/list has no 'phones', as Seam's have; it has devices"):
        answer["phones"]
    with pytest.raises(NotOfSeam, match=r"to /devices/list, in devices\[0\], has no 'type', .* it has device_id"):
        answer["devices"][0]["type"]
    with pytest.raises(NotOfSeam, match="has no 'a', as Seam's have; it has nothing"):
        read("/a", b"{}")["a"]


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"7"])
def test_what_is_no_object_is_told(content):
    with pytest.raises(NotOfSeam, match="an answer of Seam is a JSON object"):
        read("/a", content)
    with pytest.raises(NotOfSeam, match="an answer of Seam is a JSON object"):
        checked("/a", None)


def test_list_without_an_end_is_told():
    with pytest.raises(NotOfSeam, match="the same page again and again"):
        all_rows("/a", "a", lambda _: {"a": [], "pagination": {"next_page_cursor": "c"}})


def test_resource_that_is_none_is_told():
    api = SeamApi(lambda *_: (200, b'{"device": {"device_id": "d"}}'))
    with pytest.raises(
        NotOfSeam, match="the answer to /devices/get shows something else than Seam's Device: .*Check which server"
    ):
        api.device("d")
