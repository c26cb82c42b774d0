"""Schedules of thermostats: when they start and end, what may override them, and the fallback preset."""

from datetime import UTC, datetime, timedelta

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"
ACTIVATED = "thermostat.climate_preset_activated"
START = datetime(2050, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon(seam_sandbox):
    seam_sandbox.clock.freeze(START)


@pytest.fixture
def thermostat(seam_sandbox):
    """A thermostat whose fallback preset is "home"."""
    return seam_sandbox.create_device("ecobee_thermostat")


@pytest.fixture
def free(seam_sandbox):
    """A thermostat without a fallback preset."""
    return seam_sandbox.create_device("ecobee_thermostat", properties={"fallback_climate_preset_key": None})


def at(hours):
    return (START + hours * HOUR).isoformat()


def create(seam, thermostat, starts, ends, key="sleep", **fields):
    return seam.thermostats.schedules.create(
        device_id=thermostat.device_id, climate_preset_key=key, starts_at=at(starts), ends_at=at(ends), **fields
    )


def properties(seam, thermostat):
    return seam.devices.get(device_id=thermostat.device_id).properties


def active(seam, thermostat):
    return properties(seam, thermostat).active_thermostat_schedule_id


def key(seam, thermostat):
    return properties(seam, thermostat).current_climate_setting.climate_preset_key


def told(seam_sandbox):
    """What the events of activated presets say, oldest first."""
    return [
        (event.climate_preset_key, event.is_fallback_climate_preset, event.thermostat_schedule_id)
        for event in seam_sandbox.events
        if event.event_type == ACTIVATED
    ]


def test_new_schedule(seam, thermostat):
    """What was given is there, with times in Seam's form, and nothing has happened yet."""
    schedule = create(seam, thermostat, 1, 2, name="Night", is_override_allowed=True, max_override_period_minutes=90)

    assert schedule == seam.thermostats.schedules.get(thermostat_schedule_id=schedule.thermostat_schedule_id)
    assert (schedule.name, schedule.climate_preset_key, schedule.device_id) == (
        "Night",
        "sleep",
        thermostat.device_id,
    )
    assert (schedule.starts_at, schedule.ends_at) == ("2050-06-01T13:00:00.000Z", "2050-06-01T14:00:00.000Z")
    assert (schedule.is_override_allowed, schedule.max_override_period_minutes) == (True, 90)
    assert (schedule.errors, schedule.created_at) == ([], "2050-06-01T12:00:00.000Z")
    assert active(seam, thermostat) is None


def test_schedules_are_listed_by_their_start(seam, seam_sandbox, thermostat):
    """Those of the thermostat, ended ones included, without pages."""
    later, sooner = create(seam, thermostat, 5, 6), create(seam, thermostat, 1, 2)
    create(seam, seam_sandbox.create_device("nest_thermostat"), 1, 2, "eco")
    seam_sandbox.clock.advance(10 * HOUR)

    listed = seam.thermostats.schedules.list(device_id=thermostat.device_id)

    ids = [schedule.thermostat_schedule_id for schedule in listed]
    assert ids == [sooner.thermostat_schedule_id, later.thermostat_schedule_id]


def test_schedules_of_a_user(seam, thermostat):
    """A user key finds the schedules of the thermostats that the user's sessions reach."""
    create(seam, thermostat, 1, 2)
    seam.client_sessions.create(user_identifier_key="ada", connected_account_ids=[thermostat.connected_account_id])
    found = [
        len(seam.thermostats.schedules.list(device_id=thermostat.device_id, user_identifier_key=name))
        for name in ("ada", "bob")
    ]

    assert found == [1, 0]


def test_schedule_starts_and_ends(seam, seam_sandbox, thermostat):
    """Its preset comes into force, then the fallback preset, each with its event."""
    schedule = create(seam, thermostat, 1, 2).thermostat_schedule_id
    seam_sandbox.clock.advance(HOUR)
    during = (active(seam, thermostat), key(seam, thermostat))
    seam_sandbox.clock.advance(HOUR)

    assert during == (schedule, "sleep")
    assert (active(seam, thermostat), key(seam, thermostat)) == (None, "home")
    assert told(seam_sandbox) == [("sleep", False, schedule), ("home", True, None)]


def test_schedule_that_should_have_started_starts_at_once(seam, seam_sandbox, thermostat):
    """A start in the past is a start now."""
    schedule = create(seam, thermostat, -1, 1)

    assert active(seam, thermostat) == schedule.thermostat_schedule_id
    assert told(seam_sandbox) == [("sleep", False, schedule.thermostat_schedule_id)]


def test_fallback_is_applied_once(seam, seam_sandbox, thermostat):
    """What is set after the end of a schedule stays."""
    create(seam, thermostat, 1, 2)
    seam_sandbox.clock.advance(2 * HOUR)
    seam.thermostats.off(device_id=thermostat.device_id)
    seam_sandbox.clock.advance(24 * HOUR)

    assert properties(seam, thermostat).current_climate_setting.hvac_mode_setting == "off"
    assert len(told(seam_sandbox)) == 2


def test_end_without_a_fallback(seam, seam_sandbox, free):
    """The settings of the schedule stay, without a further event."""
    schedule = create(seam, free, 1, 2)
    seam_sandbox.clock.advance(2 * HOUR)

    assert (active(seam, free), key(seam, free)) == (None, "sleep")
    assert told(seam_sandbox) == [("sleep", False, schedule.thermostat_schedule_id)]


def test_fallback_that_is_set_during_a_schedule_waits_for_its_end(seam, seam_sandbox, thermostat):
    """The schedule goes on undisturbed."""
    create(seam, thermostat, 0, 1)
    seam.thermostats.set_fallback_climate_preset(device_id=thermostat.device_id, climate_preset_key="work")
    during = key(seam, thermostat)
    seam_sandbox.clock.advance(HOUR)

    assert (during, key(seam, thermostat)) == ("sleep", "work")


def test_schedules_one_after_the_other(seam, seam_sandbox, thermostat):
    """The second starts where the first ends: no fallback in between."""
    first = create(seam, thermostat, 1, 2).thermostat_schedule_id
    second = create(seam, thermostat, 2, 3, "work").thermostat_schedule_id
    seam_sandbox.clock.advance(2 * HOUR)

    assert active(seam, thermostat) == second
    assert told(seam_sandbox) == [("sleep", False, first), ("work", False, second)]


def test_overlapping_schedules(seam, seam_sandbox, thermostat):
    """The one that started last decides; when it ends, one that still runs decides again."""
    outer = create(seam, thermostat, 0, 10).thermostat_schedule_id
    inner = create(seam, thermostat, 2, 4, "work").thermostat_schedule_id
    found = []
    for _ in range(3):
        found.append((active(seam, thermostat), key(seam, thermostat)))
        seam_sandbox.clock.advance(2 * HOUR)

    assert found == [(outer, "sleep"), (inner, "work"), (outer, "sleep")]
    assert told(seam_sandbox) == [("sleep", False, outer), ("work", False, inner), ("sleep", False, outer)]


@pytest.mark.parametrize(
    ("times", "where"),
    [
        ((2, 1), "ends_at"),
        ((1, 1), "ends_at"),
        ((-2, -1), "ends_at"),
        ((3, 9), "starts_at"),
    ],
    ids=str,
)
def test_times_that_make_no_sense_are_refused(seam, thermostat, times, where):
    """The end lies after the start and in the future, and no two schedules start together."""
    create(seam, thermostat, 3, 4)

    with seam_raises("invalid_input", status_code=400, match=where):
        create(seam, thermostat, *times)

    assert len(seam.thermostats.schedules.list(device_id=thermostat.device_id)) == 1


@pytest.mark.parametrize("text", ["tomorrow", "2050-13-01T00:00:00Z", ""])
def test_text_that_is_no_time_is_refused(seam, thermostat, text):
    """Times are ISO 8601."""
    with seam_raises("invalid_input", status_code=400, match="starts_at"):
        seam.thermostats.schedules.create(
            device_id=thermostat.device_id, climate_preset_key="sleep", starts_at=text, ends_at=at(1)
        )


def test_unknown_preset_and_schedule(seam, thermostat):
    """Both are 404."""
    with seam_raises("climate_preset_not_found", status_code=404):
        create(seam, thermostat, 1, 2, "guests")
    with seam_raises("thermostat_schedule_not_found", status_code=404):
        seam.thermostats.schedules.get(thermostat_schedule_id=NOTHING)
    schedule = create(seam, thermostat, 1, 2).thermostat_schedule_id
    with seam_raises("climate_preset_not_found", status_code=404):
        seam.thermostats.schedules.update(thermostat_schedule_id=schedule, climate_preset_key="guests")


# changes of a schedule


def update(seam, schedule, **changes):
    seam.thermostats.schedules.update(thermostat_schedule_id=schedule.thermostat_schedule_id, **changes)


def test_update_changes_what_is_given(seam_http, seam, thermostat):
    """Null takes the limit of an override away."""
    schedule = create(seam, thermostat, 1, 2, name="Night", max_override_period_minutes=5)
    update(seam, schedule, name="Day", is_override_allowed=False)
    body = {"thermostat_schedule_id": schedule.thermostat_schedule_id, "max_override_period_minutes": None}
    seam_http.patch("/thermostats/schedules/update", json=body)

    changed = seam.thermostats.schedules.get(thermostat_schedule_id=schedule.thermostat_schedule_id)
    assert (changed.name, changed.is_override_allowed, changed.max_override_period_minutes) == ("Day", False, None)
    assert (changed.starts_at, changed.climate_preset_key) == (schedule.starts_at, "sleep")


def test_times_of_a_coming_schedule_are_changed(seam, seam_sandbox, thermostat):
    """The old times count no more."""
    schedule = create(seam, thermostat, 1, 2)
    update(seam, schedule, starts_at=at(5), ends_at=at(6))
    seam_sandbox.clock.advance(3 * HOUR)
    before = told(seam_sandbox)
    seam_sandbox.clock.advance(2 * HOUR)

    assert before == []
    assert active(seam, thermostat) == schedule.thermostat_schedule_id
    seam_sandbox.clock.advance(HOUR)
    assert active(seam, thermostat) is None


def test_running_schedule_takes_a_new_preset_at_once(seam, seam_sandbox, thermostat):
    """With its event; the same preset again is no change."""
    schedule = create(seam, thermostat, 0, 2)
    update(seam, schedule, climate_preset_key="work")
    update(seam, schedule, climate_preset_key="work")

    number = schedule.thermostat_schedule_id
    assert key(seam, thermostat) == "work"
    assert told(seam_sandbox) == [("sleep", False, number), ("work", False, number)]


@pytest.mark.parametrize(
    "changes", [{"ends_at": at(0.5)}, {"starts_at": at(5), "ends_at": at(6)}], ids=["ends", "waits"]
)
def test_running_schedule_that_is_moved_ends(seam, seam_sandbox, thermostat, changes):
    """An end that has passed, or a start to come, gives way to the fallback."""
    schedule = create(seam, thermostat, 0, 2)
    seam_sandbox.clock.advance(HOUR)
    update(seam, schedule, **changes)

    assert (active(seam, thermostat), key(seam, thermostat)) == (None, "home")
    seam_sandbox.clock.advance(4 * HOUR)
    assert (active(seam, thermostat) is None) is ("starts_at" not in changes)


def test_schedule_that_has_ended_can_go_on(seam, seam_sandbox, thermostat):
    """A later end lets it run again."""
    schedule = create(seam, thermostat, 0, 1)
    seam_sandbox.clock.advance(2 * HOUR)
    update(seam, schedule, ends_at=at(3))

    assert active(seam, thermostat) == schedule.thermostat_schedule_id
    assert key(seam, thermostat) == "sleep"


@pytest.mark.parametrize("hours", [0, 2], ids=["running", "coming"])
def test_deleted_schedule(seam, seam_sandbox, thermostat, hours):
    """A running one ends, a coming one never starts."""
    schedule = create(seam, thermostat, hours, 5)
    seam.thermostats.schedules.delete(thermostat_schedule_id=schedule.thermostat_schedule_id)

    assert seam.thermostats.schedules.list(device_id=thermostat.device_id) == []
    seam_sandbox.clock.advance(3 * HOUR)
    assert (active(seam, thermostat), key(seam, thermostat)) == (None, "home")


def test_deleted_thermostat_takes_its_schedules_along(seam, seam_sandbox, thermostat):
    """What was planned finds nothing any more."""
    schedule = create(seam, thermostat, 1, 2)
    seam.connected_accounts.delete(connected_account_id=thermostat.connected_account_id)
    seam_sandbox.clock.advance(5 * HOUR)

    with seam_raises("thermostat_schedule_not_found", status_code=404):
        seam.thermostats.schedules.get(thermostat_schedule_id=schedule.thermostat_schedule_id)


def test_schedule_of_an_unmanaged_thermostat_rests(seam, seam_sandbox, thermostat):
    """Seam does nothing with a thermostat that was given up."""
    create(seam, thermostat, 1, 2)
    seam.devices.update(device_id=thermostat.device_id, is_managed=False)
    seam_sandbox.clock.advance(5 * HOUR)

    seam_sandbox.expect_no_event(ACTIVATED)


# overrides


def turn(seam, thermostat):
    seam.thermostats.simulate.hvac_mode_adjusted(device_id=thermostat.device_id, hvac_mode="off")


def command(seam, thermostat):
    seam.thermostats.off(device_id=thermostat.device_id)


def other_preset(seam, thermostat):
    seam.thermostats.activate_climate_preset(device_id=thermostat.device_id, climate_preset_key="work")


WAYS = pytest.mark.parametrize("change", [turn, command, other_preset])


@WAYS
def test_override_without_a_limit_stays(seam, seam_sandbox, thermostat, change):
    """Until another preset comes into force; the schedule runs on."""
    schedule = create(seam, thermostat, 0, 10, is_override_allowed=True)
    change(seam, thermostat)
    seam_sandbox.clock.advance(9 * HOUR)

    now = properties(seam, thermostat)
    assert now.current_climate_setting.climate_preset_key != "sleep"
    assert now.is_temporary_manual_override_active is True
    assert now.active_thermostat_schedule_id == schedule.thermostat_schedule_id
    seam_sandbox.clock.advance(HOUR)
    after = properties(seam, thermostat)
    assert after.current_climate_setting.climate_preset_key == "home"
    assert after.is_temporary_manual_override_active is False


@WAYS
def test_override_with_a_limit_is_put_back(seam, seam_sandbox, thermostat, change):
    """So many minutes after the last change; each change starts the period anew."""
    schedule = create(seam, thermostat, 0, 10, max_override_period_minutes=60)
    change(seam, thermostat)
    seam_sandbox.clock.advance(timedelta(minutes=40))
    turn(seam, thermostat)
    seam_sandbox.clock.advance(timedelta(minutes=59))
    before = properties(seam, thermostat).is_temporary_manual_override_active
    seam_sandbox.clock.advance(timedelta(minutes=1))

    now = properties(seam, thermostat)
    assert (before, now.is_temporary_manual_override_active) == (True, False)
    assert now.current_climate_setting.climate_preset_key == "sleep"
    assert told(seam_sandbox)[-1] == ("sleep", False, schedule.thermostat_schedule_id)


@WAYS
def test_override_that_is_not_allowed_is_put_back_at_the_next_look(seam, seam_sandbox, thermostat, change):
    """The change is told, then the schedule has its way again."""
    schedule = create(seam, thermostat, 0, 10, is_override_allowed=False)
    change(seam, thermostat)

    assert key(seam, thermostat) == "sleep"
    assert told(seam_sandbox)[-1] == ("sleep", False, schedule.thermostat_schedule_id)
    if change is not other_preset:
        seam_sandbox.expect_event("thermostat.manually_adjusted", count=1, hvac_mode_setting="off")


@pytest.mark.parametrize("allowed", [True, False])
def test_preset_says_whether_it_may_be_overridden(seam, thermostat, allowed):
    """Where the schedule does not say it."""
    seam.thermostats.update_climate_preset(
        device_id=thermostat.device_id, climate_preset_key="sleep", manual_override_allowed=allowed
    )
    create(seam, thermostat, 0, 10)
    turn(seam, thermostat)

    assert (key(seam, thermostat) == "sleep") is not allowed


def test_override_that_would_be_put_back_after_the_end(seam, seam_sandbox, thermostat):
    """The end comes first, and nothing is put back later."""
    create(seam, thermostat, 0, 1, max_override_period_minutes=90)
    turn(seam, thermostat)
    seam_sandbox.clock.advance(5 * HOUR)

    assert [activated[0] for activated in told(seam_sandbox)] == ["sleep", "home"]


def test_thermostat_is_given_up_or_deleted_before_it_is_put_back(seam, seam_sandbox, thermostat, free):
    """Nothing is put back then."""
    for device in (thermostat, free):
        create(seam, device, 0, 10, max_override_period_minutes=60)
        turn(seam, device)
    seam.devices.update(device_id=thermostat.device_id, is_managed=False)
    seam.connected_accounts.delete(connected_account_id=free.connected_account_id)
    before = len(told(seam_sandbox))
    seam_sandbox.clock.advance(5 * HOUR)

    assert len(told(seam_sandbox)) == before


# a thermostat out of reach


def test_schedule_starts_while_the_thermostat_is_unreachable(seam, seam_sandbox, thermostat):
    """It is active with an error, and its preset comes into force when the thermostat is back."""
    schedule = create(seam, thermostat, 1, 5).thermostat_schedule_id
    with seam_sandbox.disconnected(thermostat):
        seam_sandbox.clock.advance(HOUR)
        (error,) = seam.thermostats.schedules.get(thermostat_schedule_id=schedule).errors
        meanwhile = (active(seam, thermostat), key(seam, thermostat), told(seam_sandbox))

    assert (error.error_code, error.created_at) == ("device_disconnected", "2050-06-01T13:00:00.000Z")
    assert meanwhile == (schedule, "home", [])
    assert key(seam, thermostat) == "sleep"
    assert seam.thermostats.schedules.get(thermostat_schedule_id=schedule).errors == []
    assert told(seam_sandbox) == [("sleep", False, schedule)]


def test_schedule_starts_and_ends_while_the_thermostat_is_unreachable(seam, seam_sandbox, thermostat):
    """Only the fallback is applied when it is back."""
    schedule = create(seam, thermostat, 1, 2).thermostat_schedule_id
    with seam_sandbox.account_disconnected(thermostat):
        seam_sandbox.clock.advance(3 * HOUR)
        assert active(seam, thermostat) is None

    assert told(seam_sandbox) == [("home", True, None)]
    assert seam.thermostats.schedules.get(thermostat_schedule_id=schedule).errors == []


def test_thermostat_is_turned_and_a_schedule_starts_while_it_is_unreachable(seam, seam_sandbox, thermostat):
    """Seam sees what was turned, then applies the schedule, once."""
    schedule = create(seam, thermostat, 1, 5, is_override_allowed=False).thermostat_schedule_id
    with seam_sandbox.disconnected(thermostat):
        seam_sandbox.clock.advance(HOUR)
        turn(seam, thermostat)

    assert key(seam, thermostat) == "sleep"
    assert told(seam_sandbox) == [("sleep", False, schedule)]
    seam_sandbox.expect_event("thermostat.manually_adjusted", count=1, method="external")


def test_override_is_due_to_end_while_the_thermostat_is_unreachable(seam, seam_sandbox, thermostat):
    """It is put back when the thermostat is back."""
    create(seam, thermostat, 0, 10, max_override_period_minutes=60)
    turn(seam, thermostat)
    with seam_sandbox.disconnected(thermostat):
        seam_sandbox.clock.advance(2 * HOUR)
        assert key(seam, thermostat) is None

    assert key(seam, thermostat) == "sleep"


def test_schedule_is_deleted_while_the_thermostat_is_unreachable(seam, seam_sandbox, free):
    """Without a fallback nothing is applied when it is back."""
    schedule = create(seam, free, 1, 5).thermostat_schedule_id
    with seam_sandbox.disconnected(free):
        seam_sandbox.clock.advance(HOUR)
        seam.thermostats.schedules.delete(thermostat_schedule_id=schedule)

    assert key(seam, free) == "home"
    assert told(seam_sandbox) == []
