"""The history: in order, by places that stay right, and never without end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine import history as module
from pytest_seam_sandbox.engine.history import History


@pytest.fixture
def few(monkeypatch):
    """A history keeps a hundred entries."""
    monkeypatch.setattr(module, "KEPT", 100)


def of(*entries):
    found = History()
    found.extend(entries)
    return found


def test_history_keeps_what_was_added_in_order():
    """Whatever is added one by one or together."""
    found = of(1, 2)
    found.append(3)

    assert (list(found), len(found), found.place) == ([1, 2, 3], 3, 3)


def test_entries_since_a_place():
    """A place is behind the entries that there were when it was asked for."""
    found = of(1, 2)
    place = found.place
    found.extend([3, 4])

    assert found.since(place) == [3, 4]
    found.cut(place)
    assert list(found) == [1, 2]


def test_cleared_history_keeps_its_places():
    """What was before is gone, and what comes after is found."""
    found = of(1, 2)
    found.clear()
    place = found.place
    found.append(3)

    assert (found.since(place), found.since(0), place) == ([3], [3], 2)


@given(st.lists(st.integers(1, 60), max_size=30), st.integers(0, 400))
def test_trimmed_history_has_the_newest(steps, place):
    """At least as many as are to be kept, at most a tenth more, and each at its place."""
    found, added = History(), 0
    for step in steps:
        found.extend(range(added, added + step))
        added += step
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "KEPT", 100)
            found.trim()

    assert found.place == added
    assert list(found) == list(range(added - len(found), added))
    assert min(added, 100) <= len(found) <= 110
    assert found.since(place) == list(range(max(place, added - len(found)), added))


@pytest.mark.usefixtures("few")
def test_server_that_runs_for_long_forgets_the_oldest():
    """Requests, and notes without any request, do not pile up; events stay in the log, since they are Seam's."""
    with Sandbox() as sandbox, sandbox.http() as http:
        device = sandbox.create_device()
        for number in range(150):
            http.post("/locks/unlock_door", json={"device_id": device.device_id})
            sandbox.clock.advance(number)
        for _ in range(150):
            sandbox.clock.advance(1)

        assert len(sandbox.embedded.history()) <= 110
        assert len(sandbox.events) > 300


def test_all_requests_of_a_test_are_kept():
    """A thousand requests are nothing."""
    with Sandbox() as sandbox, sandbox.http() as http:
        for _ in range(1_000):
            http.post("/devices/list", json={})

        assert len(sandbox.requests) == 1_000


def test_trouble_is_kept_once():
    """The same path is one problem, however often it was called, and of many faults the first few are kept."""
    sandbox = Sandbox()
    app = sandbox.embedded.app
    with sandbox.http() as http:
        for _ in range(50):
            http.post("/thermostats/get", json={})
            app.note_error(ValueError("broken"))

    assert list(app.not_emulated) == ["/thermostats/get"]
    assert len(app.internal_errors) == 10
    sandbox.embedded.forget()
