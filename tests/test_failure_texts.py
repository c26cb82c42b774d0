"""Failure texts and timelines: as long as a person reads, the nearest first, names in place of ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox import ExpectationFailed, Sandbox, SandboxError
from pytest_seam_sandbox.engine.clock import format_time
from pytest_seam_sandbox.engine.errors import shortened
from pytest_seam_sandbox.report.texts import joined, pair, pairs, said

NOTHING = "00000000-0000-4000-8000-000000000000"
MUCH = 500
READABLE = 8_000
"""Characters that a person will read."""


def text_of(error, call):
    """The text with which a call fails."""
    with pytest.raises(error) as raised:
        call()
    return str(raised.value)


def fail_in(manager, body=lambda: None):
    """Run a body inside a context manager."""
    with manager:
        body()


@pytest.fixture(scope="module")
def busy():
    """A sandbox with many devices and events."""
    sandbox = Sandbox()
    for number in range(MUCH):
        sandbox.create_device(name=f"DOOR {number}", custom_metadata={"note": "x" * 400})
    return sandbox


# how long


@pytest.mark.parametrize(
    "call",
    [
        lambda sandbox: sandbox.expect_event("device.added", customer_key="acme"),
        lambda sandbox: sandbox.expect_event("device.added", count=1),
        lambda sandbox: sandbox.expect_event("device.added", count=MUCH + 1),
        lambda sandbox: sandbox.expect_event("device.added", count=0),
        lambda sandbox: sandbox.expect_event("device.added", device_custom_metadata={"note": "y" * 10**5}),
        lambda sandbox: sandbox.expect_event("device.added", **{f"field{number}": number for number in range(1_000)}),
        lambda sandbox: sandbox.expect_no_event("device.added"),
        lambda sandbox: fail_in(
            sandbox.expecting(*["device.added"] * 1_000), lambda: sandbox.create_device(name="LAST")
        ),
        lambda sandbox: sandbox.get_device(NOTHING),
        lambda sandbox: sandbox.get_device("x" * 10**5),
        lambda sandbox: sandbox.create_device(connected_account_id=NOTHING),
        lambda sandbox: sandbox.expect_event("x" * 10**5),
        lambda sandbox: fail_in(sandbox.disconnected("x" * 10**5)),
    ],
)
def test_failure_text_stays_readable(busy, call):
    """However much there is and however long it is, the text does not grow with it."""
    assert len(text_of((ExpectationFailed, SandboxError), lambda: call(busy))) < READABLE


def test_what_is_not_listed_is_counted(busy):
    """Ten near misses, twenty events, and how many there are of each."""
    lines = text_of(ExpectationFailed, lambda: busy.expect_event("device.added", customer_key="acme")).splitlines()
    added = len([event for event in busy.events if event.event_type == "device.added"])

    assert lines[1] == "Near misses:"
    assert lines[12] == f"  … and {added - 10:,} more"
    assert lines[13] == f"Seen: {len(busy.events):,} event(s) (the last 20):"
    assert len(lines) == 34


def test_events_that_were_seen_too_often_are_counted(busy):
    """The newest ten are listed."""
    lines = text_of(ExpectationFailed, lambda: busy.expect_no_event("device.connected")).splitlines()
    connected = len([event for event in busy.events if event.event_type == "device.connected"])

    assert f"it was seen {connected:,} time(s):" in lines[0]
    assert lines[-1] == f"  … and {connected - 10:,} earlier"
    assert len(lines) == 12


def test_nearest_miss_stands_first(seam_sandbox):
    """An event in which less differs comes before one in which more does, however old it is."""
    near = seam_sandbox.create_device(name="NEAR", custom_metadata={"room": "7"})
    for number in range(20):
        seam_sandbox.create_device(name=f"FAR {number}")

    text = text_of(
        ExpectationFailed,
        lambda: seam_sandbox.expect_event(
            "device.added",
            device_custom_metadata={"room": "7"},
            connected_account_id=near.connected_account_id,
            customer_key="acme",
        ),
    )

    first = text.splitlines()[2]
    assert "device.added device_id=NEAR: customer_key is None, expected 'acme'" in first
    assert "device_custom_metadata" not in first


def test_lines_of_the_timeline_stay_readable(seam_sandbox, seam_http, sandbox_device):
    """A giant request is one line of it."""
    ids = [NOTHING] * 5_000
    seam_http.post("/devices/list", json={"device_ids": ids, "search": "x" * 10**5})
    seam_http.post("/devices/update", json={"device_id": sandbox_device.device_id, "name": "y" * 10**5})
    seam_sandbox.backend.note("outage", "z" * 10**5)

    assert max(map(len, seam_sandbox.timeline.splitlines())) < 600


# names and times


def test_names_stand_for_ids(seam_sandbox, seam_http):
    """In the timeline too, and also when the resource is gone."""
    account = seam_sandbox.create_connected_account(email="ada@example.com")
    owner = seam_sandbox.create_user_identity(full_name="Ada Lovelace")
    door = seam_sandbox.create_device(name="BACK DOOR", connected_account_id=account.connected_account_id)
    phone = seam_sandbox.create_phone(user_identity_id=owner.user_identity_id)
    seam_http.post("/devices/list", json={"device_ids": [door.device_id], "connected_account_id": NOTHING})
    seam_http.post("/access_codes/create", json={"device_id": door.device_id, "name": "Cleaner"})
    seam_http.post("/phones/deactivate", json={"device_id": phone.device_id})
    seam_http.post("/connected_accounts/delete", json={"connected_account_id": account.connected_account_id})

    text = seam_sandbox.timeline
    assert "event    connected_account.connected connected_account_id=ada@example.com ← the test\n" in text
    assert f"(device_ids=[BACK DOOR], connected_account_id={NOTHING})" in text
    assert (
        "event    access_code.created access_code_id=Cleaner device_id=BACK DOOR ← POST /access_codes/create\n" in text
    )
    assert f"event    phone.deactivated device_id={phone.display_name} ← POST /phones/deactivate\n" in text
    assert "event    device.deleted device_id=BACK DOOR ← POST /connected_accounts/delete\n" in text
    for one in (door.device_id, phone.device_id, account.connected_account_id):
        assert one not in text


def test_ids_tell_apart_what_has_one_name(seam_sandbox):
    """Two devices of one name are shown with their ids."""
    first, second = seam_sandbox.create_device(), seam_sandbox.create_device()

    for device in (first, second):
        assert f"event    device.added device_id=GARAGE ({device.device_id}) ← the test\n" in seam_sandbox.timeline


def test_names_of_what_a_failed_trial_made(seam_sandbox, seam_sweep, sandbox_device):
    """A phone that was made inside a trial is named in the timeline of that trial, although the trial is undone."""

    def sweep():
        for trial in seam_sweep(disconnect=sandbox_device):
            with trial as sandbox:
                sandbox.create_device(name="NEW DOOR")
                sandbox.http().post("/devices/list")
                assert sandbox.get_device(sandbox_device).properties.online

    assert "device.added device_id=NEW DOOR ← the test\n" in text_of(ExpectationFailed, sweep)


@pytest.mark.seam(event_latency=5)
def test_late_event_stands_where_it_happened(seam_sandbox):
    """The timeline has the order in which things happened, and says when an event shows."""
    seam_sandbox.clock.freeze()
    now = format_time(seam_sandbox.clock.now())
    seam_sandbox.create_device()
    seam_sandbox.clock.advance(5)
    later = format_time(seam_sandbox.clock.now())

    line = f"{now[11:23]}   event    device.added device_id=GARAGE (shows at {later[11:23]}) ← the test"
    assert line in seam_sandbox.timeline.splitlines()


def test_secrets_are_not_shown(seam_sandbox, seam_http):
    """What opens a door to a workspace does not stand in the timeline."""
    seam_http.post("/client_sessions/get", json={"client_session_token": "seam_cst1_secret"})

    assert "POST /client_sessions/get (client_session_token=***) → " in seam_sandbox.timeline
    assert "seam_cst1" not in seam_sandbox.timeline


# the parts


@given(st.text(), st.integers(40, 200))
def test_shortened_text_is_short(text, most):
    """It is never longer than asked for, and what fits stays."""
    found = shortened(text, most)

    assert len(found) <= most
    assert (found == text) is (len(text) <= most)


@given(st.lists(st.text(max_size=5)), st.integers(1, 12))
def test_joined_texts_are_counted(texts, most):
    """What is not listed is counted."""
    found = joined(texts, most)

    assert found.startswith(", ".join(texts[:most]))
    assert found.endswith(f" and {len(texts) - most} more") or len(texts) <= most


@given(st.dictionaries(st.text(max_size=300), st.recursive(st.text(), st.lists)))
def test_every_field_of_a_request_can_be_told(fields):
    """Whatever a program sends stands in one short text."""
    assert len(pairs(fields, {}.get)) <= 400
    assert all(len(pair(name, value, {}.get)) <= len(name) + 203 for name, value in fields.items())
    assert all(len(said(name, value, {}.get)) <= 100 for name, value in fields.items())
