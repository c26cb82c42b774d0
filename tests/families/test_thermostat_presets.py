"""Climate presets of thermostats, and the fallback preset."""

import pytest

from pytest_seam_sandbox import Sandbox, seam_raises

pytestmark = pytest.mark.every_transport

ACTIVATED = "thermostat.climate_preset_activated"
COOL = {"hvac_mode_setting": "cool", "cooling_set_point_fahrenheit": 70}


@pytest.fixture
def thermostat(seam_sandbox):
    return seam_sandbox.create_device("ecobee_thermostat")


def properties(seam, thermostat):
    return seam.devices.get(device_id=thermostat.device_id).properties


def preset(seam, thermostat, key):
    return next(
        (one for one in properties(seam, thermostat).available_climate_presets if one.climate_preset_key == key), None
    )


def create(seam, thermostat, key="guests", **fields):
    seam.thermostats.create_climate_preset(device_id=thermostat.device_id, climate_preset_key=key, **fields)


def update(seam, thermostat, key="guests", **fields):
    seam.thermostats.update_climate_preset(device_id=thermostat.device_id, climate_preset_key=key, **fields)


def delete(seam, thermostat, key="guests"):
    seam.thermostats.delete_climate_preset(device_id=thermostat.device_id, climate_preset_key=key)


def activate(seam, thermostat, key="guests"):
    return seam.thermostats.activate_climate_preset(device_id=thermostat.device_id, climate_preset_key=key)


def test_new_preset(seam, thermostat):
    """It is listed on the device, with its set points in both units and what is allowed with it."""
    metadata = {"climate_ref": "guests", "is_optimized": False, "owner": "user"}
    create(
        seam,
        thermostat,
        name="Guests",
        climate_preset_mode="home",
        fan_mode_setting="on",
        ecobee_metadata=metadata,
        **COOL,
    )

    made = preset(seam, thermostat, "guests")
    assert (made.name, made.display_name, made.climate_preset_mode) == ("Guests", "Guests", "home")
    assert (made.hvac_mode_setting, made.fan_mode_setting) == ("cool", "on")
    assert (made.cooling_set_point_fahrenheit, made.cooling_set_point_celsius) == (70, pytest.approx(21.1, abs=0.1))
    assert (made.can_edit, made.can_delete, made.can_use_with_thermostat_daily_programs) == (True, True, True)
    assert made.manual_override_allowed is True
    assert {name: getattr(made.ecobee_metadata, name) for name in metadata} == metadata


def test_preset_without_a_name_shows_its_key(seam, seam_sandbox):
    """A thermostat without programs cannot use the preset in one; the block of ecobee is for ecobee."""
    tado = seam_sandbox.create_device("tado_thermostat")
    create(seam, tado, ecobee_metadata={"owner": "user"}, manual_override_allowed=False)

    made = preset(seam, tado, "guests")
    assert (made.name, made.display_name) == (None, "guests")
    assert (made.can_use_with_thermostat_daily_programs, made.manual_override_allowed) == (False, False)
    assert made.ecobee_metadata is None


def test_key_is_taken(seam, thermostat):
    """Two presets of one thermostat have different keys; another thermostat may use the key again."""
    with seam_raises("climate_preset_already_exists", status_code=409):
        create(seam, thermostat, "home")

    assert len(properties(seam, thermostat).available_climate_presets) == 3


@pytest.mark.parametrize(
    ("fields", "error_type"),
    [
        ({"hvac_mode_setting": "cool"}, "invalid_input"),
        ({"hvac_mode_setting": "eco"}, "eco_mode_not_available"),
        ({"fan_mode_setting": "circulate"}, "fan_mode_not_available"),
        ({"heating_set_point_fahrenheit": 10}, "heating_set_point_out_of_range"),
        (COOL | {"cooling_set_point_fahrenheit": 10}, "cooling_set_point_out_of_range"),
        (COOL | {"cooling_set_point_celsius": 20}, "invalid_input"),
        (
            {
                "hvac_mode_setting": "heat_cool",
                "heating_set_point_fahrenheit": 70,
                "cooling_set_point_fahrenheit": 72,
            },
            "invalid_heating_cooling_delta",
        ),
    ],
    ids=str,
)
def test_preset_that_the_thermostat_cannot_take(seam, thermostat, fields, error_type):
    """The refusals are those of the commands, for a new preset and for a change."""
    before = properties(seam, thermostat).available_climate_presets
    with seam_raises(error_type, status_code=400):
        create(seam, thermostat, **fields)

    assert properties(seam, thermostat).available_climate_presets == before


def test_set_point_of_a_mode_that_the_thermostat_lacks(seam, seam_sandbox):
    """A preset that names no mode may have it: there is no range to compare it with."""
    tado = seam_sandbox.create_device("tado_thermostat")
    create(seam, tado, cooling_set_point_celsius=50)

    assert preset(seam, tado, "guests").cooling_set_point_celsius == 50


def test_update_changes_what_is_given(seam, thermostat):
    """The rest stays, the place in the list included."""
    create(seam, thermostat, name="Guests", **COOL)
    create(seam, thermostat, "last")
    update(seam, thermostat, cooling_set_point_celsius=25, manual_override_allowed=False)

    changed = preset(seam, thermostat, "guests")
    assert (changed.cooling_set_point_celsius, changed.cooling_set_point_fahrenheit) == (25, 77)
    assert (changed.name, changed.hvac_mode_setting, changed.manual_override_allowed) == ("Guests", "cool", False)
    keys = [one.climate_preset_key for one in properties(seam, thermostat).available_climate_presets]
    assert keys[-2:] == ["guests", "last"]


def test_name_is_changed_and_cleared(seam_http, seam, thermostat):
    """Null clears the name, and the preset shows its key again."""
    create(seam, thermostat, name="Guests")
    update(seam, thermostat, name="Visitors")
    named = preset(seam, thermostat, "guests")
    body = {"device_id": thermostat.device_id, "climate_preset_key": "guests", "name": None}
    seam_http.patch("/thermostats/update_climate_preset", json=body)

    cleared = preset(seam, thermostat, "guests")
    assert (named.name, named.display_name) == ("Visitors", "Visitors")
    assert (cleared.name, cleared.display_name) == (None, "guests")


def test_preset_of_the_thermostat_itself(seam, seam_sandbox):
    """Some presets can neither be changed nor removed."""
    nest = seam_sandbox.create_device("nest_thermostat")
    with seam_raises("climate_preset_cannot_be_edited", status_code=400):
        update(seam, nest, "eco", name="Mine")
    with seam_raises("climate_preset_cannot_be_deleted", status_code=400):
        delete(seam, nest, "eco")

    assert preset(seam, nest, "eco").name == "Eco"


def test_preset_is_deleted(seam, thermostat):
    """It is gone, and its key is free."""
    create(seam, thermostat)
    delete(seam, thermostat)

    assert preset(seam, thermostat, "guests") is None
    create(seam, thermostat)


def test_preset_in_use_stays(seam, thermostat):
    """The fallback, a coming schedule and a daily program keep their presets; an ended schedule does not."""
    create(seam, thermostat)
    times = {"starts_at": "2100-01-01T00:00:00Z", "ends_at": "2100-01-02T00:00:00Z"}
    schedule = seam.thermostats.schedules.create(device_id=thermostat.device_id, climate_preset_key="guests", **times)
    seam.thermostats.daily_programs.create(
        device_id=thermostat.device_id,
        name="Days",
        periods=[{"starts_at_time": "08:00:00", "climate_preset_key": "work"}],
    )
    for key in ("guests", "work", "home"):
        with seam_raises("climate_preset_in_use", status_code=400):
            delete(seam, thermostat, key)
    seam.thermostats.schedules.delete(thermostat_schedule_id=schedule.thermostat_schedule_id)

    delete(seam, thermostat)
    delete(seam, thermostat, "sleep")
    keys = [one.climate_preset_key for one in properties(seam, thermostat).available_climate_presets]
    assert keys == ["home", "work"]


def test_unknown_preset_is_not_found(seam, thermostat):
    """Wherever one is named."""
    calls = (
        update,
        delete,
        activate,
        lambda seam, thermostat: seam.thermostats.set_fallback_climate_preset(
            device_id=thermostat.device_id, climate_preset_key="guests"
        ),
    )
    for call in calls:
        with seam_raises("climate_preset_not_found", status_code=404):
            call(seam, thermostat)


def test_preset_is_activated(seam, seam_sandbox, thermostat):
    """The attempt succeeds, the preset is the current setting, and the event names it."""
    create(seam, thermostat, **COOL)

    attempt = activate(seam, thermostat)

    assert (attempt.action_type, attempt.status) == ("ACTIVATE_CLIMATE_PRESET", "success")
    now = properties(seam, thermostat)
    assert now.current_climate_setting.climate_preset_key == "guests"
    assert now.current_climate_setting.cooling_set_point_fahrenheit == 70
    assert now.current_climate_setting.heating_set_point_fahrenheit is None
    assert now.is_temporary_manual_override_active is False
    seam_sandbox.expect_event(
        ACTIVATED,
        count=1,
        device_id=thermostat.device_id,
        climate_preset_key="guests",
        is_fallback_climate_preset=False,
        thermostat_schedule_id=None,
    )


def test_activated_preset_reaches_its_set_point(seam, seam_sandbox, thermostat):
    """At 70 °F the set point is there already; the event follows that of the preset."""
    create(seam, thermostat, **COOL)

    with seam_sandbox.expecting(ACTIVATED, "thermostat.temperature_reached_set_point"):
        activate(seam, thermostat)


def test_preset_that_names_only_the_fan(seam, thermostat):
    """Mode and set points stay as they were."""
    create(seam, thermostat, fan_mode_setting="on")
    before = properties(seam, thermostat).current_climate_setting
    activate(seam, thermostat)

    after = properties(seam, thermostat)
    assert after.fan_mode_setting == after.current_climate_setting.fan_mode_setting == "on"
    assert after.current_climate_setting.hvac_mode_setting == before.hvac_mode_setting
    assert after.current_climate_setting.heating_set_point_celsius == before.heating_set_point_celsius


def test_change_of_the_preset_in_force_waits_for_its_activation(seam, seam_sandbox, thermostat):
    """Nothing happens at the thermostat before that."""
    create(seam, thermostat, **COOL)
    activate(seam, thermostat)
    update(seam, thermostat, cooling_set_point_fahrenheit=80)
    before = properties(seam, thermostat).current_climate_setting.cooling_set_point_fahrenheit
    activate(seam, thermostat)

    assert before == 70
    assert properties(seam, thermostat).current_climate_setting.cooling_set_point_fahrenheit == 80
    seam_sandbox.expect_event(ACTIVATED, count=2)


def test_unreachable_thermostat_activates_no_preset(seam, seam_sandbox, thermostat):
    """The attempt fails with what blocks it; presets can be made meanwhile."""
    with seam_sandbox.disconnected(thermostat):
        create(seam, thermostat, **COOL)
        with seam_raises("device_disconnected"):
            activate(seam, thermostat)

    assert properties(seam, thermostat).current_climate_setting.climate_preset_key == "home"
    seam_sandbox.expect_no_event(ACTIVATED)


def test_preset_that_is_deleted_before_it_is_activated():
    """An attempt that finds no preset any more ends in error."""
    with Sandbox(action_attempts=10.0) as sandbox:
        thermostat = sandbox.create_device("ecobee_thermostat")
        client = sandbox.client()
        about = {"device_id": thermostat.device_id, "climate_preset_key": "work"}
        attempt = client.thermostats.activate_climate_preset(wait_for_action_attempt=False, **about)
        client.thermostats.delete_climate_preset(**about)
        sandbox.clock.advance(10)

        with seam_raises("climate_preset_not_found"):
            client.action_attempts.get(action_attempt_id=attempt.action_attempt_id)


def test_fallback_without_a_schedule_comes_into_force_at_once(seam, seam_sandbox, thermostat):
    """The event says that it is the fallback."""
    seam.thermostats.set_fallback_climate_preset(device_id=thermostat.device_id, climate_preset_key="work")

    now = properties(seam, thermostat)
    assert now.fallback_climate_preset_key == now.current_climate_setting.climate_preset_key == "work"
    seam_sandbox.expect_event(
        ACTIVATED,
        count=1,
        climate_preset_key="work",
        is_fallback_climate_preset=True,
        thermostat_schedule_id=None,
    )


def test_fallback_of_an_unreachable_thermostat_waits(seam, seam_sandbox, thermostat):
    """It comes into force when the thermostat is back."""
    with seam_sandbox.disconnected(thermostat):
        seam.thermostats.set_fallback_climate_preset(device_id=thermostat.device_id, climate_preset_key="work")
        seam_sandbox.expect_no_event(ACTIVATED)

    assert properties(seam, thermostat).current_climate_setting.climate_preset_key == "work"
    seam_sandbox.expect_event(ACTIVATED, count=1, is_fallback_climate_preset=True)
