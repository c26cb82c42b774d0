"""The event log: get, list, every filter, order, time windows, latency."""

from datetime import UTC, datetime

import pytest

from pytest_seam_sandbox import seam_raises
from pytest_seam_sandbox.engine.clock import format_time

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"
LONG_AGO = "2020-01-01T00:00:00.000Z"
ONES = [
    "access_code_id",
    "access_grant_id",
    "access_method_id",
    "acs_access_group_id",
    "acs_credential_id",
    "acs_encoder_id",
    "acs_entrance_id",
    "acs_system_id",
    "acs_user_id",
    "connect_webview_id",
    "connected_account_id",
    "device_id",
    "space_id",
    "user_identity_id",
]
SEVERAL = [
    "access_code_ids",
    "access_grant_ids",
    "access_method_ids",
    "acs_system_ids",
    "device_ids",
    "event_ids",
    "space_ids",
]


@pytest.fixture
def history(seam_sandbox):
    """Four events, a minute apart: an account, a device that is added and connected at once, its disconnection."""
    seam_sandbox.clock.freeze()
    account = seam_sandbox.create_connected_account(customer_key="acme")
    seam_sandbox.clock.advance(60)
    device = seam_sandbox.create_device(connected_account_id=account.connected_account_id)
    seam_sandbox.clock.advance(60)
    with seam_sandbox.http() as client:
        client.post("/devices/simulate/disconnect", json={"device_id": device.device_id})
    return seam_sandbox.events


def types(events):
    return [event.event_type for event in events]


ALL = ["device.disconnected", "device.connected", "device.added", "connected_account.connected"]


def test_list_is_newest_first(seam, history):
    """The newest event comes first, also among events of one moment."""
    assert types(seam.events.list(since=LONG_AGO)) == ALL


def test_events_have_the_common_fields(seam, seam_sandbox, history):
    """Id, type, workspace and times stand on every event."""
    event = seam.events.list(since=LONG_AGO)[0]

    assert event.event_id == history[-1].event_id
    assert event.workspace_id == seam_sandbox.workspace_id
    assert event.created_at == event.occurred_at == history[-1].created_at


@pytest.mark.parametrize("count", [1, 2])
def test_since_is_exclusive(seam, history, count):
    """Only events that were created later than `since` are listed."""
    since = history[0].created_at if count == 2 else history[1].created_at

    assert types(seam.events.list(since=since)) == (ALL[:3] if count == 2 else ALL[:1])


def test_between_is_exclusive_at_both_ends(seam, history):
    """Events at either end of `between` are left out."""
    found = seam.events.list(between=[history[0].created_at, history[3].created_at])

    assert types(found) == ["device.connected", "device.added"]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"device_id": NOTHING}, "since or between"),
        ({"since": LONG_AGO, "between": [LONG_AGO, "2021-01-01T00:00:00Z"]}, "both since and between"),
        ({"between": ["2021-01-01T00:00:00Z", LONG_AGO]}, "greater"),
        ({"between": [LONG_AGO]}, ""),
        ({"since": LONG_AGO, "event_type": "device.exploded"}, ""),
        ({"since": LONG_AGO, "event_types": ["device.exploded"]}, ""),
        ({"since": "yesterday"}, ""),
        ({"since": LONG_AGO, "limit": 0}, ""),
    ],
    ids=str,
)
def test_list_refuses(seam_http, params, text):
    """A list needs one valid time window, and types that Seam has."""
    answer = seam_http.post("/events/list", json=params)

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")
    assert text in answer.text


@pytest.mark.parametrize("name", ONES)
def test_filter_by_an_id_that_no_event_has(seam, history, name):
    """An event that lacks the field of a filter, or has another value, does not match."""
    assert seam.events.list(since=LONG_AGO, **{name: NOTHING}) == []


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("ids", [[], [NOTHING]], ids=["none", "unknown"])
def test_filter_by_ids_that_no_event_has(seam_http, history, name, ids):
    """Neither an empty list nor unknown ids match anything."""
    assert seam_http.post("/events/list", json={"since": LONG_AGO, name: ids}).json()["events"] == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("device_id", lambda events: events[-1].device_id, ALL[:3]),
        ("device_ids", lambda events: [events[-1].device_id, NOTHING], ALL[:3]),
        ("connected_account_id", lambda events: events[0].connected_account_id, ALL),
        ("event_type", lambda _events: "device.added", ["device.added"]),
        ("event_types", lambda _events: ["device.added", "device.connected"], ALL[1:3]),
        ("event_ids", lambda events: [events[1].event_id], ["device.added"]),
        ("customer_key", lambda _events: "acme", ALL),
        ("customer_key", lambda _events: "other", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_filter(seam, history, name, value, expected):
    """Each filter lets just its events pass."""
    assert types(seam.events.list(since=LONG_AGO, **{name: value(history)})) == expected


def test_filters_have_to_match_together(seam, history):
    """Two filters are joined by AND."""
    found = seam.events.list(since=LONG_AGO, event_type="device.added", device_id=history[-1].device_id)

    assert types(found) == ["device.added"]
    assert seam.events.list(since=LONG_AGO, event_type="device.added", device_id=NOTHING) == []


def test_event_ids_need_no_time_window(seam, history):
    """Ids of events stand for themselves."""
    assert types(seam.events.list(event_ids=[history[0].event_id])) == ["connected_account.connected"]


def test_limit_and_offset_cut_the_list(seam_http, history):
    """limit keeps the newest; unstable_offset passes over the first ones."""
    answer = seam_http.post("/events/list", json={"since": LONG_AGO, "limit": 2, "unstable_offset": 1}).json()

    assert [event["event_type"] for event in answer["events"]] == ALL[1:3]
    assert "pagination" not in answer


def test_events_of_another_workspace_stay_there(seam, production):
    """A key reads the log of its own workspace only."""
    assert seam.events.list(since=LONG_AGO) == []
    assert len(production.client.events.list(since=LONG_AGO)) == 7


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (lambda events: {"event_id": events[0].event_id}, "connected_account.connected"),
        (lambda _events: {"event_type": "device.added"}, "device.added"),
        (lambda events: {"device_id": events[-1].device_id}, "device.disconnected"),
        (lambda events: {"device_id": events[-1].device_id, "event_type": "device.added"}, "device.added"),
    ],
    ids=["id", "type", "device", "device and type"],
)
def test_get_gives_the_newest_that_fits(seam, history, asked, expected):
    """All that is given has to match; the newest such event is the answer."""
    assert seam.events.get(**asked(history)).event_type == expected


@pytest.mark.parametrize(
    "asked",
    [{"event_id": NOTHING}, {"event_type": "lock.locked"}, {"device_id": NOTHING}, {"event_type": "no.such.type"}],
    ids=str,
)
def test_get_of_nothing_is_not_found(seam, history, asked):
    """No event that fits answers 404."""
    with seam_raises("event_not_found", status_code=404):
        seam.events.get(**asked)


def test_get_needs_something_to_look_for(seam_http, history):
    """Id, type or device has to be given."""
    answer = seam_http.post("/events/get", json={})

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")


def test_client_session_sees_the_events_of_its_own(seam_sandbox, seam_client, history):
    """A session reads events of its accounts and of its user identities, and no others."""
    person = seam_sandbox.create_user_identity()
    phone = seam_sandbox.create_phone(user_identity_id=person.user_identity_id)
    seam_client.phones.deactivate(device_id=phone.device_id)
    session = seam_client.client_sessions.create(user_identity_id=person.user_identity_id)

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as app:
        listed = app.post("/events/list", json={"since": LONG_AGO}).json()["events"]
        hidden = app.post("/events/get", json={"event_type": "device.added"})

    assert [event["event_type"] for event in listed] == ["phone.deactivated"]
    assert hidden.status_code == 404


def test_client_session_sees_the_events_of_its_accounts(seam_sandbox, seam_client, history):
    """A session that holds an account reads the account's events."""
    seam_sandbox.create_device("nuki_lock")
    session = seam_client.client_sessions.create(connected_account_ids=[history[0].connected_account_id])

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as app:
        listed = app.post("/events/list", json={"since": LONG_AGO}).json()["events"]

    assert [event["event_type"] for event in listed] == ALL


@pytest.mark.seam(event_latency=5)
def test_late_event_shows_after_the_latency(seam, seam_sandbox, sandbox_device):
    """An event shows when its time has come, with the time at which it happened and the one at which Seam made it."""
    seam_sandbox.clock.freeze()
    seam_sandbox.clock.advance(60)
    seam.devices.simulate.disconnect(device_id=sandbox_device.device_id)
    happened = seam.devices.get(device_id=sandbox_device.device_id).errors[0].created_at
    seam_sandbox.clock.advance(4.999)
    early = seam.events.list(since=LONG_AGO, event_type="device.disconnected")
    seam_sandbox.clock.advance(0.001)

    assert early == []
    (event,) = seam.events.list(since=LONG_AGO, event_type="device.disconnected")
    assert event.occurred_at == happened
    assert event.created_at == format_time(seam_sandbox.clock.now())


@pytest.mark.seam(event_latency=5)
def test_late_event_is_not_found_before(seam, seam_sandbox, sandbox_device):
    """/events/get does not know an event before it shows."""
    seam_sandbox.clock.freeze()
    seam_sandbox.clock.advance(60)
    seam.devices.simulate.disconnect(device_id=sandbox_device.device_id)

    with seam_raises("event_not_found"):
        seam.events.get(event_type="device.disconnected")
    seam_sandbox.clock.advance(5)

    assert seam.events.get(event_type="device.disconnected").device_id == sandbox_device.device_id


@pytest.mark.parametrize(
    ("since", "seen"),
    [
        ("2035-01-01T12:00:00.123999Z", True),
        ("2035-01-01T12:00:00.124000Z", False),
        ("2035-01-01T12:00:00.124995Z", False),
    ],
)
def test_times_are_cut_to_milliseconds(seam, seam_sandbox, since, seen):
    """A time with microseconds means the millisecond in which it lies."""
    seam_sandbox.clock.freeze(datetime(2035, 1, 1, 12, 0, 0, 124000, tzinfo=UTC))
    seam_sandbox.create_user_identity()
    seam_sandbox.create_device()

    assert bool(seam.events.list(since=since)) is seen


@pytest.mark.parametrize("year", [2050, 2300, 9000])
def test_event_is_not_listed_since_itself(seam_http, seam_sandbox, year):
    """The time that an event shows is exactly the time at which it happened, however far the clock was moved."""
    seam_sandbox.clock.freeze(datetime(year, 1, 1, tzinfo=UTC))
    device = seam_sandbox.create_device()
    for _ in range(50):
        seam_sandbox.clock.advance(0.001)
        seam_http.post("/locks/unlock_door", json={"device_id": device.device_id})
        newest = seam_sandbox.events[-1].created_at

        assert seam_http.get("/events/list", params={"since": newest}).json()["events"] == []


@pytest.mark.seam(event_latency=30)
def test_poller_that_asks_since_its_last_poll_misses_nothing(seam, seam_sandbox, sandbox_device):
    """`since` asks for when Seam made an event, so that one that shows late is later than the poll before."""
    seam_sandbox.clock.freeze()
    seam_sandbox.clock.advance(60)
    seam.devices.simulate.disconnect(device_id=sandbox_device.device_id)
    seen, polled = [], format_time(seam_sandbox.clock.now())
    for _ in range(8):
        seam_sandbox.clock.advance(5)
        seen += seam.events.list(since=polled)
        polled = format_time(seam_sandbox.clock.now())

    assert [event.event_type for event in seen] == ["device.disconnected"]


@pytest.mark.seam(event_latency=30)
def test_between_asks_for_when_seam_made_an_event(seam, seam_sandbox, sandbox_device):
    """A window around the moment of the loss is empty; one around the moment at which it showed is not."""
    seam_sandbox.clock.freeze()
    seam_sandbox.clock.advance(60)
    times = [format_time(seam_sandbox.clock.now())]
    seam.devices.simulate.disconnect(device_id=sandbox_device.device_id)
    for _ in range(2):
        seam_sandbox.clock.advance(20)
        times.append(format_time(seam_sandbox.clock.now()))

    assert seam.events.list(between=times[:2]) == []
    assert [event.event_type for event in seam.events.list(between=times[1:])] == ["device.disconnected"]


def test_event_describes_itself(seam, history):
    """Every event says in a sentence what happened."""
    event = seam.events.get(event_type="device.added", device_id=history[0].device_id)

    assert event.event_description == "Device added."


def test_events_carry_metadata_when_there_is_none(seam, history):
    """Whoever reads the metadata of device and account in an event does so without looking whether it is there."""
    event = seam.events.get(event_type="device.added", device_id=history[0].device_id)

    assert (event.device_custom_metadata, event.connected_account_custom_metadata) == ({}, {})


@pytest.mark.seam(event_latency=30)
def test_late_event_is_not_found_by_its_id_before(seam, seam_sandbox, sandbox_device):
    """The id of an event that Seam has yet to make is unknown, as one is that names no event at all."""
    seam.devices.simulate.disconnect(device_id=sandbox_device.device_id)
    seam_sandbox.clock.advance(30)
    event = seam_sandbox.expect_event("device.disconnected")
    seam.devices.simulate.connect(device_id=sandbox_device.device_id)
    (late,) = seam_sandbox.embedded.workspace.events.after(2)[-1:]

    assert seam.events.get(event_id=event.event_id).event_type == "device.disconnected"
    for unknown in (late.event_id, event.device_id, NOTHING):
        with seam_raises("event_not_found"):
            seam.events.get(event_id=unknown)


def test_event_type_of_the_sdk_may_be_asked_for(seam):
    """The SDK lists one type that the specification has not yet; no such event is found, and none is refused."""
    assert seam.events.list(since=LONG_AGO, event_type="access_code.failed_to_delete") == []
