"""Simulated noise: which threshold it triggers, what is logged, and for how long it shows."""

from datetime import datetime, timedelta

import pytest

from pytest_seam_sandbox import seam_raises

TRIGGERED = "noise_sensor.noise_threshold_triggered"


@pytest.fixture
def sensor(seam_sandbox):
    """A sensor whose own thresholds were deleted."""
    device = seam_sandbox.create_device("minut_sensor")
    api = seam_sandbox.client().noise_sensors.noise_thresholds
    for threshold in api.list(device_id=device.device_id):
        api.delete(device_id=device.device_id, noise_threshold_id=threshold.noise_threshold_id)
    return device


def at(text):
    """A time in the future, so that the sandbox clock can be frozen there."""
    return datetime.fromisoformat(f"2050-{text}")


def add(seam, sensor, starts, ends, zone="Europe/Berlin", **level):
    return seam.noise_sensors.noise_thresholds.create(
        device_id=sensor.device_id,
        name=f"{starts} to {ends}",
        starts_daily_at=f"{starts}[{zone}]",
        ends_daily_at=f"{ends}[{zone}]",
        **(level or {"noise_threshold_decibels": 60}),
    )


def trigger(seam, sensor):
    seam.noise_sensors.simulate.trigger_noise_threshold(device_id=sensor.device_id)


def triggering(seam, sensor):
    return seam.devices.get(device_id=sensor.device_id).properties.currently_triggering_noise_threshold_ids


@pytest.mark.parametrize(
    ("now", "index"),
    [
        ("01-15T11:59:59+00:00", 0),
        ("01-15T21:00:00+00:00", 1),
        ("01-15T23:59:59+00:00", 1),
        ("01-16T05:59:59+00:00", 1),
        ("01-16T06:00:00+00:00", 0),
        ("07-15T20:00:00+00:00", 1),
        ("07-15T19:59:59+00:00", 0),
    ],
)
def test_threshold_of_the_present_window_is_named(seam, seam_sandbox, sensor, now, index):
    """Windows reach over midnight, begin with their first second, and follow the zone's summer time."""
    both = [add(seam, sensor, "07:00:00", "22:00:00"), add(seam, sensor, "22:00:00", "07:00:00")]
    seam_sandbox.clock.freeze(at(now))

    trigger(seam, sensor)

    named = both[index]
    seam_sandbox.expect_event(
        TRIGGERED,
        device_id=sensor.device_id,
        noise_threshold_id=named.noise_threshold_id,
        noise_threshold_name=named.name,
        noise_level_decibels=60,
        count=1,
    )
    assert triggering(seam, sensor) == [named.noise_threshold_id]


def test_two_zones_of_one_threshold(seam, seam_sandbox, sensor):
    """Each time stands in its own zone: from 22:00 in Berlin to 22:00 in New York are six hours."""
    threshold = seam.noise_sensors.noise_thresholds.create(
        device_id=sensor.device_id,
        starts_daily_at="22:00:00[Europe/Berlin]",
        ends_daily_at="22:00:00[America/New_York]",
        noise_threshold_decibels=60,
    )
    seam_sandbox.clock.freeze(at("01-15T21:00:00+00:00"))
    trigger(seam, sensor)
    inside = triggering(seam, sensor)
    seam_sandbox.clock.advance(timedelta(hours=6))

    assert inside == [threshold.noise_threshold_id]
    assert triggering(seam, sensor) == []


def test_outside_of_all_windows_the_first_is_named(seam, seam_sandbox, sensor):
    """A noise that no window covers names the first threshold, and triggers none."""
    first, _ = add(seam, sensor, "22:00:00", "23:00:00"), add(seam, sensor, "23:00:00", "23:30:00")
    seam_sandbox.clock.freeze(at("01-15T12:00:00+00:00"))

    trigger(seam, sensor)

    seam_sandbox.expect_event(TRIGGERED, noise_threshold_id=first.noise_threshold_id, count=1)
    assert triggering(seam, sensor) == []


def test_sensor_without_thresholds(seam, seam_sandbox, sensor):
    """The event of a sensor without thresholds has its noise level and names none."""
    trigger(seam, sensor)

    event = seam_sandbox.expect_event(TRIGGERED, count=1)
    assert event.noise_level_decibels == sensor.properties.noise_level_decibels
    assert "noise_threshold_id" not in event.model_dump()


def test_threshold_stops_triggering_when_its_window_closes(seam, seam_sandbox):
    """Of several thresholds each is dropped at the end of its window; an open end stays."""
    sensor = seam_sandbox.create_device("noiseaware_activity_zone")
    seam_sandbox.clock.freeze(at("01-15T12:00:00+00:00"))
    short = add(seam, sensor, "12:00:00", "14:00:00")
    longer = add(seam, sensor, "12:00:00", "15:00:00")
    always = add(seam, sensor, "00:00:00", "00:00:00")
    trigger(seam, sensor)
    ids = [threshold.noise_threshold_id for threshold in (short, longer, always)]

    found = [triggering(seam, sensor)]
    seam_sandbox.clock.advance(timedelta(hours=1))
    found.append(triggering(seam, sensor))
    seam_sandbox.clock.advance(timedelta(hours=1))
    found.append(triggering(seam, sensor))

    assert found == [ids, ids[1:], ids[2:]]
    assert seam_sandbox.clock.now() == at("01-15T14:00:00+00:00")


def test_noise_level_rises_to_that_of_the_threshold(seam, seam_sandbox, sensor):
    """The sensor shows at least the level that triggers, and louder noise stays."""
    add(seam, sensor, "00:00:00", "00:00:00", noise_threshold_decibels=80)
    trigger(seam, sensor)
    high = seam.devices.get(device_id=sensor.device_id).properties.noise_level_decibels
    seam.noise_sensors.noise_thresholds.update(
        device_id=sensor.device_id,
        noise_threshold_id=triggering(seam, sensor)[0],
        noise_threshold_decibels=70,
    )
    trigger(seam, sensor)

    assert high == 80
    assert seam.devices.get(device_id=sensor.device_id).properties.noise_level_decibels == 80


@pytest.mark.parametrize(("decibels", "count"), [(40, 1), (60, 0)])
def test_new_threshold_below_the_present_noise_triggers(seam, sensor, decibels, count):
    """The 47.7 decibels of the sensor trigger a threshold of 40, without an event of their own."""
    add(seam, sensor, "00:00:00", "00:00:00", noise_threshold_decibels=decibels)

    assert len(triggering(seam, sensor)) == count


@pytest.mark.parametrize("change", ["update", "delete"])
def test_threshold_that_is_raised_or_deleted_stops_triggering(seam, sensor, change):
    """A change of a threshold is compared with the noise at once."""
    threshold = add(seam, sensor, "00:00:00", "00:00:00", noise_threshold_decibels=40)
    ids = {"device_id": sensor.device_id, "noise_threshold_id": threshold.noise_threshold_id}
    level = {"update": {"noise_threshold_decibels": 90}, "delete": {}}

    getattr(seam.noise_sensors.noise_thresholds, change)(**ids, **level[change])

    assert triggering(seam, sensor) == []


def test_risk_score(seam, seam_sandbox):
    """A threshold as a risk score raises the score of the sensor, and the event has both levels."""
    sensor = seam_sandbox.create_device("noiseaware_activity_zone")
    add(seam, sensor, "00:00:00", "00:00:00", noise_threshold_nrs=30)

    trigger(seam, sensor)

    shown = seam.devices.get(device_id=sensor.device_id).properties
    seam_sandbox.expect_event(TRIGGERED, noise_level_nrs=30, noise_level_decibels=2, count=1)
    assert (shown.noiseaware_metadata.noise_level_nrs, shown.noise_level_decibels) == (30, 2)
    assert len(triggering(seam, sensor)) == 1


def test_risk_score_of_a_sensor_that_shows_none(seam, seam_sandbox):
    """A score that the sensor has not shown yet starts at zero."""
    properties = {"noiseaware_metadata": {"device_id": "98765"}}
    sensor = seam_sandbox.create_device("noiseaware_activity_zone", properties=properties)
    add(seam, sensor, "00:00:00", "00:00:00", noise_threshold_nrs=30)

    trigger(seam, sensor)

    seam_sandbox.expect_event(TRIGGERED, noise_level_nrs=30, count=1)


def test_noise_level_is_the_same_wherever_it_shows(seam, seam_sandbox, sensor):
    """A sensor repeats its level in what its maker shows; the rest of that stays."""
    zone = seam_sandbox.create_device("noiseaware_activity_zone")
    for device in (sensor, zone):
        add(seam, device, "00:00:00", "00:00:00", noise_threshold_decibels=80)
        trigger(seam, device)

    minut, noiseaware = (seam.devices.get(device_id=device.device_id).properties for device in (sensor, zone))

    values = minut.minut_metadata.latest_sensor_values
    assert (minut.noise_level_decibels, values.sound.value) == (80, 80)
    assert values.humidity.value == sensor.properties.minut_metadata.latest_sensor_values.humidity.value
    assert (noiseaware.noise_level_decibels, noiseaware.noiseaware_metadata.noise_level_decibel) == (80, 80)


def test_sensor_that_shows_no_more_than_its_level(seam, seam_sandbox):
    """A sensor without what its maker shows gets none of it."""
    sensor = seam_sandbox.create_device("minut_sensor", properties={"minut_metadata": {"device_id": "770c"}})

    trigger(seam, sensor)

    shown = seam.devices.get(device_id=sensor.device_id).properties
    assert shown.noise_level_decibels >= 70
    assert shown.minut_metadata.latest_sensor_values is None


def test_unreachable_sensor_reports_no_noise(seam, seam_sandbox, sensor):
    """Noise that Seam cannot hear of causes no event and changes nothing."""
    add(seam, sensor, "00:00:00", "00:00:00")
    with seam_sandbox.account_disconnected(sensor):
        trigger(seam, sensor)

    seam_sandbox.expect_no_event(TRIGGERED)
    assert triggering(seam, sensor) == []


def test_sensor_that_is_deleted_while_it_is_loud(seam, seam_sandbox, sensor):
    """The end of the window finds no sensor any more, and nothing happens."""
    seam_sandbox.clock.freeze(at("01-15T12:00:00+00:00"))
    add(seam, sensor, "12:00:00", "14:00:00")
    trigger(seam, sensor)
    seam.connected_accounts.delete(connected_account_id=sensor.connected_account_id)

    seam_sandbox.clock.advance(timedelta(hours=1))

    assert seam.noise_sensors.list() == []
    assert seam_sandbox.clock.now() == at("01-15T13:00:00+00:00")


def test_production_workspace_has_no_simulated_noise(production):
    """Noise can be simulated in a sandbox only."""
    (lock, *_) = production.client.devices.list()

    with seam_raises("workspace_not_sandbox", status_code=400):
        trigger(production.client, lock)
