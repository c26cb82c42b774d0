"""Daily and weekly programs of thermostats, and how the weekly program runs."""

from datetime import UTC, datetime, timedelta

import pytest

from pytest_seam_sandbox import Sandbox, seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"
ACTIVATED = "thermostat.climate_preset_activated"
WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
WEEKEND = ("saturday", "sunday")
SUNDAY = datetime(2050, 1, 2, 8, tzinfo=UTC)
"""Midnight in San Francisco."""
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def midnight(seam_sandbox):
    seam_sandbox.clock.freeze(SUNDAY)


@pytest.fixture
def thermostat(seam_sandbox):
    """A thermostat in San Francisco."""
    return seam_sandbox.create_device("ecobee_thermostat")


def periods(*pairs):
    return [{"starts_at_time": f"{time}:00", "climate_preset_key": key} for time, key in pairs]


def daily(seam, thermostat, *pairs, name="Days"):
    return seam.thermostats.daily_programs.create(
        device_id=thermostat.device_id,
        name=name,
        periods=periods(*(pairs or (("06:00", "home"), ("22:00", "sleep")))),
    )


def weekly(seam, thermostat, program, *days):
    week = {f"{day}_program_id": program.thermostat_daily_program_id for day in days}
    return seam.thermostats.update_weekly_program(device_id=thermostat.device_id, **week)


def properties(seam, thermostat):
    return seam.devices.get(device_id=thermostat.device_id).properties


def key(seam, thermostat):
    return properties(seam, thermostat).current_climate_setting.climate_preset_key


def told(seam_sandbox):
    """Which presets came into force, with how many hours since the start."""
    return [
        (event.climate_preset_key, (datetime.fromisoformat(event.occurred_at) - SUNDAY) / HOUR)
        for event in seam_sandbox.events
        if event.event_type == ACTIVATED
    ]


def test_new_daily_program(seam, seam_sandbox, thermostat):
    """It is listed on the device; nothing is pushed and nothing happens."""
    program = daily(seam, thermostat)

    (shown,) = properties(seam, thermostat).thermostat_daily_programs
    assert shown.thermostat_daily_program_id == program.thermostat_daily_program_id
    assert (program.name, program.device_id) == ("Days", thermostat.device_id)
    found = [(period.starts_at_time, period.climate_preset_key) for period in program.periods]
    assert found == [("06:00:00", "home"), ("22:00:00", "sleep")]
    assert seam.action_attempts.list() == []
    seam_sandbox.clock.advance(48 * HOUR)
    seam_sandbox.expect_no_event(ACTIVATED)


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("06:00", "guests")],
        [("06:00", "home"), ("06:00", "sleep")],
        [("06:10", "home")],
        [("06:00:30", "home")],
        [(f"{hour:02}:{minute}", "home") for hour in range(24) for minute in ("00", "30")] + [("12:00", "sleep")],
    ],
    ids=["none", "unknown preset", "same start", "precision", "seconds", "too many"],
)
def test_periods_beyond_the_limits(seam_http, seam, thermostat, pairs):
    """The refusal is at `periods`, for a new program and for a change."""
    listed = [
        {"starts_at_time": time if time.count(":") > 1 else f"{time}:00", "climate_preset_key": name}
        for time, name in pairs
    ]
    program = daily(seam, thermostat).thermostat_daily_program_id
    bodies = {
        "create": {"device_id": thermostat.device_id, "name": "Odd", "periods": listed},
        "update": {"thermostat_daily_program_id": program, "name": "Odd", "periods": listed},
    }
    for path, body in bodies.items():
        error = seam_http.post(f"/thermostats/daily_programs/{path}", json=body).json()["error"]
        assert error["type"] == "invalid_input"
        assert list(error["validation_errors"]) == ["_errors", "periods"]

    assert [one.name for one in properties(seam, thermostat).thermostat_daily_programs] == ["Days"]


def test_limits_of_a_thermostat(seam, seam_sandbox):
    """Number of periods and of presets, and a precision of whole hours."""
    limits = {
        "max_thermostat_daily_program_periods_per_day": 3,
        "max_unique_climate_presets_per_thermostat_weekly_program": 2,
        "thermostat_daily_program_period_precision_minutes": 120,
    }
    strict = seam_sandbox.create_device("ecobee_thermostat", properties=limits)
    for pairs in (
        [("02:00", "home"), ("04:00", "sleep"), ("06:00", "home"), ("08:00", "sleep")],
        [("02:00", "home"), ("04:00", "sleep"), ("06:00", "work")],
        [("03:00", "home")],
    ):
        with seam_raises("invalid_input", status_code=400, match="periods"):
            daily(seam, strict, *pairs)
    first, second = daily(seam, strict, ("02:00", "home"), ("04:00", "sleep")), daily(seam, strict, ("02:00", "work"))

    with seam_raises("invalid_input", status_code=400, match="climate presets"):
        seam.thermostats.update_weekly_program(
            device_id=strict.device_id,
            monday_program_id=first.thermostat_daily_program_id,
            tuesday_program_id=second.thermostat_daily_program_id,
        )


def test_thermostat_without_limits(seam, seam_sandbox):
    """Nest names none."""
    nest = seam_sandbox.create_device("nest_thermostat")
    program = daily(seam, nest, ("06:07", "eco"))

    assert weekly(seam, nest, program, *WORKDAYS).status == "success"


def test_thermostat_without_programs(seam, seam_sandbox):
    """A Tado takes neither a daily nor a weekly program."""
    tado = seam_sandbox.create_device("tado_thermostat")

    with seam_raises("thermostat_programs_not_supported", status_code=400):
        daily(seam, tado, ("06:00", "home"))
    with seam_raises("thermostat_programs_not_supported", status_code=400):
        seam.thermostats.update_weekly_program(device_id=tado.device_id)
    with seam_raises("thermostat_programs_not_supported", status_code=400):
        seam.thermostats.activate_weekly_program(device_id=tado.device_id)


def test_weekly_program(seam, thermostat):
    """It shows on the device; a day that is left out has none."""
    program = daily(seam, thermostat)

    attempt = weekly(seam, thermostat, program, *WORKDAYS)

    shown = properties(seam, thermostat).thermostat_weekly_program
    assert (attempt.action_type, attempt.status) == ("PUSH_THERMOSTAT_PROGRAMS", "success")
    assert {getattr(shown, f"{day}_program_id") for day in WORKDAYS} == {program.thermostat_daily_program_id}
    assert {getattr(shown, f"{day}_program_id") for day in WEEKEND} == {None}
    assert shown.created_at == "2050-01-02T08:00:00.000Z"


def test_weekly_program_is_cleared(seam, seam_sandbox, thermostat):
    """Seven days without a program are no weekly program, and nothing runs."""
    weekly(seam, thermostat, daily(seam, thermostat), *WEEKEND)
    seam.thermostats.update_weekly_program(device_id=thermostat.device_id)
    seam_sandbox.clock.advance(24 * HOUR)

    assert properties(seam, thermostat).thermostat_weekly_program is None
    assert told(seam_sandbox) == []


def test_program_of_another_thermostat(seam, seam_sandbox, thermostat):
    """It is not found, as one that is not there."""
    other = daily(seam, seam_sandbox.create_device("ecobee_thermostat"))

    for number in (other.thermostat_daily_program_id, NOTHING):
        with seam_raises("thermostat_daily_program_not_found", status_code=404):
            seam.thermostats.update_weekly_program(device_id=thermostat.device_id, sunday_program_id=number)
    with seam_raises("thermostat_daily_program_not_found", status_code=404):
        seam.thermostats.daily_programs.delete(thermostat_daily_program_id=NOTHING)


def test_program_in_use_is_not_deleted(seam, thermostat):
    """It has to leave the weekly program first."""
    used, unused = daily(seam, thermostat), daily(seam, thermostat)
    weekly(seam, thermostat, used, "monday")
    with seam_raises("thermostat_daily_program_in_use", status_code=400):
        seam.thermostats.daily_programs.delete(thermostat_daily_program_id=used.thermostat_daily_program_id)
    seam.thermostats.daily_programs.delete(thermostat_daily_program_id=unused.thermostat_daily_program_id)
    seam.thermostats.update_weekly_program(device_id=thermostat.device_id)
    seam.thermostats.daily_programs.delete(thermostat_daily_program_id=used.thermostat_daily_program_id)

    assert properties(seam, thermostat).thermostat_daily_programs == []


def test_daily_program_is_replaced(seam, seam_sandbox, thermostat):
    """Name and periods are others, and the new periods run."""
    program = daily(seam, thermostat)
    weekly(seam, thermostat, program, *WEEKEND)

    attempt = seam.thermostats.daily_programs.update(
        thermostat_daily_program_id=program.thermostat_daily_program_id,
        name="Late",
        periods=periods(("10:00", "work")),
    )

    (shown,) = properties(seam, thermostat).thermostat_daily_programs
    assert (attempt.action_type, attempt.status) == ("PUSH_THERMOSTAT_PROGRAMS", "success")
    assert (shown.name, [period.starts_at_time for period in shown.periods]) == ("Late", ["10:00:00"])
    seam_sandbox.clock.advance(24 * HOUR)
    assert told(seam_sandbox) == [("work", 10)]


# out of reach


def test_unreachable_thermostat_takes_no_program(seam, seam_sandbox, thermostat):
    """A push fails and changes nothing; what needs none goes through."""
    with seam_sandbox.disconnected(thermostat):
        program = daily(seam, thermostat)
        update = {"thermostat_daily_program_id": program.thermostat_daily_program_id, "name": "Late"}
        seam.thermostats.daily_programs.update(**update, periods=periods(("10:00", "work")))
        with seam_raises("device_disconnected"):
            weekly(seam, thermostat, program, *WEEKEND)
        with seam_raises("device_disconnected"):
            seam.thermostats.activate_weekly_program(device_id=thermostat.device_id)
    weekly(seam, thermostat, program, *WEEKEND)
    with seam_sandbox.disconnected(thermostat), seam_raises("device_disconnected"):
        seam.thermostats.daily_programs.update(**update | {"name": "Later"}, periods=periods(("12:00", "work")))

    (shown,) = properties(seam, thermostat).thermostat_daily_programs
    assert (shown.name, [period.starts_at_time for period in shown.periods]) == ("Late", ["10:00:00"])


@pytest.mark.parametrize("gone", ["program", "thermostat"])
def test_program_is_gone_before_it_is_pushed(gone):
    """The attempt ends in error."""
    with Sandbox(action_attempts=10.0) as sandbox:
        sandbox.clock.freeze()
        thermostat = sandbox.create_device("ecobee_thermostat")
        client = sandbox.client()
        program = daily(client, thermostat).thermostat_daily_program_id
        attempt = client.thermostats.daily_programs.update(
            thermostat_daily_program_id=program,
            name="Late",
            periods=periods(("10:00", "work")),
            wait_for_action_attempt=False,
        )
        if gone == "program":
            client.thermostats.daily_programs.delete(thermostat_daily_program_id=program)
        else:
            client.connected_accounts.delete(connected_account_id=thermostat.connected_account_id)
        sandbox.clock.advance(10)

        with seam_raises("thermostat_daily_program_not_found" if gone == "program" else "device_not_found"):
            client.action_attempts.get(action_attempt_id=attempt.action_attempt_id)


def test_week_whose_program_is_gone_before_it_is_pushed():
    """The attempt ends in error, and there is no weekly program that names what is not there."""
    with Sandbox(action_attempts=10.0) as sandbox:
        sandbox.clock.freeze()
        thermostat, client = sandbox.create_device("ecobee_thermostat"), sandbox.client()
        program = daily(client, thermostat).thermostat_daily_program_id
        attempt = client.thermostats.update_weekly_program(
            device_id=thermostat.device_id, monday_program_id=program, wait_for_action_attempt=False
        )
        client.thermostats.daily_programs.delete(thermostat_daily_program_id=program)
        sandbox.clock.advance(10)

        with seam_raises("thermostat_daily_program_not_found"):
            client.action_attempts.get(action_attempt_id=attempt.action_attempt_id)
        assert properties(client, thermostat).thermostat_weekly_program is None


def test_program_whose_preset_is_gone_before_it_is_pushed():
    """The attempt ends in error, and the program stays as it was."""
    with Sandbox(action_attempts=10.0) as sandbox:
        sandbox.clock.freeze()
        thermostat, client = sandbox.create_device("ecobee_thermostat"), sandbox.client()
        program = daily(client, thermostat).thermostat_daily_program_id
        preset = {"device_id": thermostat.device_id, "climate_preset_key": "mine"}
        client.thermostats.create_climate_preset(**preset, hvac_mode_setting="heat", heating_set_point_celsius=20)
        attempt = client.thermostats.daily_programs.update(
            thermostat_daily_program_id=program,
            name="Late",
            periods=periods(("10:00", "mine")),
            wait_for_action_attempt=False,
        )
        client.thermostats.delete_climate_preset(**preset)
        sandbox.clock.advance(10)

        with seam_raises("climate_preset_not_found"):
            client.action_attempts.get(action_attempt_id=attempt.action_attempt_id)
        assert properties(client, thermostat).thermostat_daily_programs[0]["name"] == "Days"


# how it runs


def test_program_runs_by_the_clock_of_the_thermostat(seam, seam_sandbox, thermostat):
    """Each period begins at its time of day in San Francisco, again and again."""
    weekly(seam, thermostat, daily(seam, thermostat), *WEEKEND, *WORKDAYS)
    seam_sandbox.clock.advance(48 * HOUR)

    assert told(seam_sandbox) == [("home", 6), ("sleep", 22), ("home", 30), ("sleep", 46)]
    assert key(seam, thermostat) == "sleep"
    assert {
        (event.thermostat_schedule_id, event.is_fallback_climate_preset)
        for event in seam_sandbox.events
        if event.event_type == ACTIVATED
    } == {(None, False)}


def test_day_without_a_program_changes_nothing(seam, seam_sandbox, thermostat):
    """From Sunday's last period on, nothing begins before the next Sunday."""
    weekly(seam, thermostat, daily(seam, thermostat), "sunday")
    seam_sandbox.clock.advance(7 * 24 * HOUR)

    assert told(seam_sandbox) == [("home", 6), ("sleep", 22)]
    seam_sandbox.clock.advance(6 * HOUR)
    assert told(seam_sandbox)[2:] == [("home", 7 * 24 + 6)]


def test_program_follows_summer_time(seam, seam_sandbox, thermostat):
    """6 o'clock is an hour earlier when the clocks were changed."""
    seam_sandbox.clock.freeze(datetime(2050, 3, 13, 8, tzinfo=UTC))
    weekly(seam, thermostat, daily(seam, thermostat, ("06:00", "sleep")), "sunday")
    seam_sandbox.clock.advance(24 * HOUR)

    event = seam_sandbox.expect_event(ACTIVATED, count=1)
    assert event.occurred_at == "2050-03-13T13:00:00.000Z"


def test_person_at_the_wall_overrides_a_period(seam, seam_sandbox, thermostat):
    """It shows as an override until the next period begins."""
    weekly(seam, thermostat, daily(seam, thermostat), *WEEKEND)
    seam_sandbox.clock.advance(7 * HOUR)
    seam.thermostats.simulate.hvac_mode_adjusted(device_id=thermostat.device_id, hvac_mode="off")
    during = properties(seam, thermostat)
    seam_sandbox.clock.advance(15 * HOUR)

    after = properties(seam, thermostat)
    assert (during.is_temporary_manual_override_active, during.current_climate_setting.hvac_mode_setting) == (
        True,
        "off",
    )
    assert (after.is_temporary_manual_override_active, key(seam, thermostat)) == (False, "sleep")


def hold(seam, thermostat):
    seam.thermostats.off(device_id=thermostat.device_id)


def hold_a_preset(seam, thermostat):
    seam.thermostats.activate_climate_preset(device_id=thermostat.device_id, climate_preset_key="work")


@pytest.mark.parametrize("command", [hold, hold_a_preset])
def test_command_holds_until_control_is_given_back(seam, seam_sandbox, thermostat, command):
    """The program stays out, until it is activated: then the period that is running comes into force."""
    weekly(seam, thermostat, daily(seam, thermostat), *WEEKEND)
    command(seam, thermostat)
    before = told(seam_sandbox)
    seam_sandbox.clock.advance(12 * HOUR)
    assert told(seam_sandbox) == before

    attempt = seam.thermostats.activate_weekly_program(device_id=thermostat.device_id)

    assert (attempt.action_type, attempt.status) == ("ACTIVATE_WEEKLY_PROGRAM", "success")
    seam_sandbox.clock.advance(12 * HOUR)
    assert told(seam_sandbox)[len(before) :] == [("home", 12), ("sleep", 22)]


def test_new_weekly_program_ends_a_hold(seam, seam_sandbox, thermostat):
    """What was set last counts."""
    hold(seam, thermostat)
    weekly(seam, thermostat, daily(seam, thermostat), *WEEKEND)
    seam_sandbox.clock.advance(6 * HOUR)

    assert key(seam, thermostat) == "home"


def test_period_of_the_day_before_goes_on(seam, seam_sandbox, thermostat):
    """Before the first period of a day that is the last one of the day before."""
    weekly(seam, thermostat, daily(seam, thermostat), *WEEKEND)
    seam.thermostats.activate_weekly_program(device_id=thermostat.device_id)

    assert told(seam_sandbox) == [("sleep", 0)]


@pytest.mark.parametrize("days", [("sunday",), ("monday",)], ids=["nothing before", "nothing today"])
def test_no_period_is_running(seam, seam_sandbox, thermostat, days):
    """Control is given back, and nothing comes into force yet."""
    weekly(seam, thermostat, daily(seam, thermostat), *days)

    attempt = seam.thermostats.activate_weekly_program(device_id=thermostat.device_id)

    assert attempt.status == "success"
    assert told(seam_sandbox) == []


def test_there_is_no_weekly_program_to_give_control_to(seam, thermostat):
    """The attempt ends in error."""
    with seam_raises("no_weekly_program"):
        seam.thermostats.activate_weekly_program(device_id=thermostat.device_id)


def schedule(seam, thermostat, starts, ends):
    return seam.thermostats.schedules.create(
        device_id=thermostat.device_id,
        climate_preset_key="work",
        starts_at=(SUNDAY + starts * HOUR).isoformat(),
        ends_at=(SUNDAY + ends * HOUR).isoformat(),
    )


def test_schedule_goes_before_the_program(seam, seam_sandbox):
    """The program pauses for it and goes on at its end, when there is no fallback."""
    free = seam_sandbox.create_device("ecobee_thermostat", properties={"fallback_climate_preset_key": None})
    weekly(seam, free, daily(seam, free), *WEEKEND)
    schedule(seam, free, 5, 10)
    seam_sandbox.clock.advance(23 * HOUR)

    assert told(seam_sandbox) == [("work", 5), ("home", 10), ("sleep", 22)]


def test_control_is_given_back_during_a_schedule(seam, seam_sandbox, thermostat):
    """The schedule is over; a later one starts all the same."""
    weekly(seam, thermostat, daily(seam, thermostat), *WEEKEND)
    schedule(seam, thermostat, 5, 10)
    schedule(seam, thermostat, 12, 13)
    seam_sandbox.clock.advance(7 * HOUR)
    seam.thermostats.activate_weekly_program(device_id=thermostat.device_id)
    active = properties(seam, thermostat).active_thermostat_schedule_id
    seam_sandbox.clock.advance(5 * HOUR)

    assert active is None
    assert told(seam_sandbox) == [("work", 5), ("home", 7), ("work", 12)]


def test_period_begins_while_the_thermostat_is_unreachable(seam, seam_sandbox, thermostat):
    """Seam sees it when the thermostat is back."""
    weekly(seam, thermostat, daily(seam, thermostat), *WEEKEND)
    with seam_sandbox.disconnected(thermostat):
        seam_sandbox.clock.advance(23 * HOUR)
        assert told(seam_sandbox) == []

    assert told(seam_sandbox) == [("sleep", 23)]


@pytest.mark.parametrize("gone", ["unmanaged", "deleted"])
def test_program_of_a_thermostat_that_is_gone(seam, seam_sandbox, thermostat, gone):
    """Nothing runs any more."""
    weekly(seam, thermostat, daily(seam, thermostat), *WEEKEND)
    if gone == "deleted":
        seam.connected_accounts.delete(connected_account_id=thermostat.connected_account_id)
    else:
        seam.devices.update(device_id=thermostat.device_id, is_managed=False)
    seam_sandbox.clock.advance(24 * HOUR)

    assert told(seam_sandbox) == []
