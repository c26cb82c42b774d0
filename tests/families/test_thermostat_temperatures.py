"""Temperatures that a thermostat reports: changes, set points and thresholds."""

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

CHANGED = "thermostat.temperature_changed"
REACHED = "thermostat.temperature_reached_set_point"
EXCEEDED = "thermostat.temperature_threshold_exceeded"
NO_LONGER = "thermostat.temperature_threshold_no_longer_exceeded"
WARNING = "temperature_threshold_exceeded"
FIELDS = tuple(f"{end}_limit_{unit}" for end in ("lower", "upper") for unit in ("celsius", "fahrenheit"))


@pytest.fixture
def thermostat(seam_sandbox):
    """A thermostat at 20 °C that is off."""
    device = seam_sandbox.create_device("ecobee_thermostat", properties={"temperature_celsius": 20})
    seam_sandbox.client().thermostats.off(device_id=device.device_id)
    return device


def shown(seam, thermostat):
    return seam.devices.get(device_id=thermostat.device_id)


def report(seam, thermostat, celsius):
    seam.thermostats.simulate.temperature_reached(device_id=thermostat.device_id, temperature_celsius=celsius)


def limit(seam, thermostat, **limits):
    seam.thermostats.set_temperature_threshold(device_id=thermostat.device_id, **limits)


def warnings(seam, thermostat):
    return [warning.warning_code for warning in shown(seam, thermostat).warnings]


def types(seam_sandbox, *wanted):
    return [event.event_type for event in seam_sandbox.events if event.event_type in wanted]


def test_temperature_shows_in_both_units(seam, seam_sandbox, thermostat):
    """What was given stays as it was given."""
    seam.thermostats.simulate.temperature_reached(device_id=thermostat.device_id, temperature_fahrenheit=77)

    properties = shown(seam, thermostat).properties
    assert (properties.temperature_fahrenheit, properties.temperature_celsius) == (77, 25)
    seam_sandbox.expect_event(
        CHANGED, count=1, device_id=thermostat.device_id, temperature_fahrenheit=77, temperature_celsius=25
    )


def test_small_steps_add_up(seam, seam_sandbox, thermostat):
    """The event comes when the temperature is 1 °C away from where it was at the last one."""
    for celsius in (20.5, 20.9, 21, 21.5, 20.5, 20):
        report(seam, thermostat, celsius)

    told = [event.temperature_celsius for event in seam_sandbox.events if event.event_type == CHANGED]
    assert told == [21, 20]


@pytest.mark.parametrize(
    "params", [{}, {"temperature_celsius": 20, "temperature_fahrenheit": 68}], ids=["none", "both"]
)
def test_temperature_is_given_once(seam, thermostat, params):
    """Neither unit and both are `invalid_input`."""
    with seam_raises("invalid_input", status_code=400):
        seam.thermostats.simulate.temperature_reached(device_id=thermostat.device_id, **params)


def test_unreachable_thermostat_reports_later(seam, seam_sandbox, thermostat):
    """Seam hears of the last temperature when the thermostat is back."""
    with seam_sandbox.disconnected(thermostat):
        report(seam, thermostat, 25)
        report(seam, thermostat, 30)
        meanwhile = shown(seam, thermostat).properties.temperature_celsius
        seam_sandbox.expect_no_event(CHANGED)

    assert meanwhile == 20
    assert shown(seam, thermostat).properties.temperature_celsius == 30
    seam_sandbox.expect_event(CHANGED, count=1, temperature_celsius=30)


# set points


def test_set_point_is_reached_within_one_degree(seam, seam_sandbox, thermostat):
    """Once, until the temperature has gone away from it."""
    seam.thermostats.heat(device_id=thermostat.device_id, heating_set_point_celsius=24)
    for celsius in (22.5, 23, 24, 25, 26, 24.5):
        report(seam, thermostat, celsius)

    told = [event for event in seam_sandbox.events if event.event_type == REACHED]
    assert [event.temperature_celsius for event in told] == [23, 24.5]
    assert {(event.desired_temperature_celsius, event.desired_temperature_fahrenheit) for event in told} == {(24, 75.2)}


def test_set_point_where_the_temperature_already_is(seam, seam_sandbox, thermostat):
    """The command is told first, then that its set point is reached."""
    with seam_sandbox.expecting("thermostat.manually_adjusted", REACHED):
        seam.thermostats.heat(device_id=thermostat.device_id, heating_set_point_celsius=20.5)


def test_either_set_point_of_heat_cool(seam, seam_sandbox, thermostat):
    """Both the lower and the upper one can be reached."""
    seam.thermostats.heat_cool(
        device_id=thermostat.device_id, heating_set_point_celsius=17, cooling_set_point_celsius=25
    )
    for celsius in (17.5, 21, 25.5):
        report(seam, thermostat, celsius)

    told = [event.desired_temperature_celsius for event in seam_sandbox.events if event.event_type == REACHED]
    assert told == [17, 25]


def test_thermostat_that_is_off_reaches_nothing(seam, seam_sandbox, thermostat):
    """Without a set point there is none to reach."""
    report(seam, thermostat, 24)

    seam_sandbox.expect_no_event(REACHED)


# thresholds


def test_there_is_no_threshold_at_first(seam, thermostat):
    """Nothing was set yet."""
    assert shown(seam, thermostat).properties.temperature_threshold is None


def test_threshold_shows_in_both_units(seam, thermostat):
    """A limit that is not given is null; a second call replaces both."""
    limit(seam, thermostat, lower_limit_celsius=10, upper_limit_celsius=30)
    first = shown(seam, thermostat).properties.temperature_threshold
    limit(seam, thermostat, upper_limit_fahrenheit=95)
    second = shown(seam, thermostat).properties.temperature_threshold

    assert [first[name] for name in FIELDS] == [10, 50, 30, 86]
    assert [second[name] for name in FIELDS] == [None, None, 35, 95]


def test_crossing_a_limit(seam, seam_sandbox, thermostat):
    """Out and in again: each crossing is one event, with the warning in between; the limit itself is inside."""
    limit(seam, thermostat, lower_limit_celsius=15, upper_limit_celsius=25)
    report(seam, thermostat, 25)
    inside = warnings(seam, thermostat)
    report(seam, thermostat, 25.5)
    report(seam, thermostat, 27)
    outside = warnings(seam, thermostat)
    report(seam, thermostat, 24)

    assert (inside, outside, warnings(seam, thermostat)) == ([], [WARNING], [])
    about = {"lower_limit_celsius": 15, "upper_limit_celsius": 25, "upper_limit_fahrenheit": 77}
    seam_sandbox.expect_event(EXCEEDED, count=1, temperature_celsius=25.5, **about)
    seam_sandbox.expect_event(NO_LONGER, count=1, temperature_celsius=24, **about)


def test_too_cold(seam, seam_sandbox, thermostat):
    """The lower limit counts as well, also alone."""
    limit(seam, thermostat, lower_limit_celsius=15)
    report(seam, thermostat, 14)

    seam_sandbox.expect_event(EXCEEDED, count=1, lower_limit_celsius=15, upper_limit_celsius=None)


def test_events_of_one_report_are_in_order(seam, seam_sandbox, thermostat):
    """First the change, then the set point, then the threshold."""
    seam.thermostats.heat(device_id=thermostat.device_id, heating_set_point_celsius=24)
    limit(seam, thermostat, upper_limit_celsius=23)

    report(seam, thermostat, 24)

    assert types(seam_sandbox, CHANGED, REACHED, EXCEEDED) == [CHANGED, REACHED, EXCEEDED]


def test_threshold_that_is_exceeded_when_it_is_set(seam, seam_sandbox, thermostat):
    """It is compared at once."""
    limit(seam, thermostat, upper_limit_celsius=19)

    assert warnings(seam, thermostat) == [WARNING]
    seam_sandbox.expect_event(EXCEEDED, count=1, temperature_celsius=20)


@pytest.mark.parametrize("limits", [{}, dict.fromkeys(FIELDS)], ids=["nothing", "nulls"])
def test_threshold_is_deleted(seam_http, seam, seam_sandbox, thermostat, limits):
    """No limit at all deletes it; the warning goes without an event."""
    limit(seam, thermostat, upper_limit_celsius=19)
    body = {"device_id": thermostat.device_id, **limits}
    assert seam_http.patch("/thermostats/set_temperature_threshold", json=body).json()["ok"] is True

    assert shown(seam, thermostat).properties.temperature_threshold is None
    assert warnings(seam, thermostat) == []
    seam_sandbox.expect_no_event(NO_LONGER)
    report(seam, thermostat, 40)
    seam_sandbox.expect_event(EXCEEDED, count=1)


@pytest.mark.parametrize(
    "limits",
    [
        {"lower_limit_celsius": 10, "lower_limit_fahrenheit": 50},
        {"upper_limit_celsius": 10, "upper_limit_fahrenheit": 50},
        {"lower_limit_celsius": 20, "upper_limit_celsius": 20},
        {"lower_limit_celsius": 20, "upper_limit_fahrenheit": 50},
    ],
    ids=str,
)
def test_contradictory_limits_are_refused(seam, thermostat, limits):
    """One unit for each limit, and the lower one below the upper one."""
    with seam_raises("invalid_input", status_code=400):
        limit(seam, thermostat, **limits)

    assert shown(seam, thermostat).properties.temperature_threshold is None


def test_warning_that_a_test_has_put_there_stays(seam, seam_sandbox, thermostat):
    """Seam's own findings do not take it away."""
    seam_sandbox.set_warning(thermostat, WARNING)
    limit(seam, thermostat, upper_limit_celsius=25)
    report(seam, thermostat, 24)
    limit(seam, thermostat)

    assert warnings(seam, thermostat) == [WARNING]
    seam_sandbox.expect_no_event(NO_LONGER)
