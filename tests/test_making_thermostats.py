"""Temperatures that a test gives to a new device: both units say the same, wherever they stand."""

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.catalog.devices import device_models
from pytest_seam_sandbox.worlds.properties import own_properties

FLAGS = ("can_delete", "can_edit", "can_use_with_thermostat_daily_programs", "manual_override_allowed")
PRESET = {
    "climate_preset_key": "a",
    "display_name": "A",
    "cooling_set_point_celsius": 25,
    **dict.fromkeys(FLAGS, True),
}


@pytest.mark.parametrize(
    ("given", "other"),
    [
        ({"temperature_celsius": 20}, {"temperature_fahrenheit": 68}),
        ({"temperature_fahrenheit": 50}, {"temperature_celsius": 10}),
        ({"temperature_celsius": 21, "temperature_fahrenheit": 70}, {}),
        ({"max_heating_set_point_celsius": 30}, {"max_heating_set_point_fahrenheit": 86}),
        ({"min_heating_cooling_delta_celsius": 5}, {"min_heating_cooling_delta_fahrenheit": 9}),
        ({"min_heating_cooling_delta_fahrenheit": 9}, {"min_heating_cooling_delta_celsius": 5}),
    ],
    ids=str,
)
def test_the_other_unit_follows(given, other):
    """What is given in one unit shows in both; what is given in both stays as it is."""
    sandbox = Sandbox()
    made = sandbox.create_device("ecobee_thermostat", properties=given)

    shown = sandbox.client().devices.get(device_id=made.device_id).properties
    for name, value in (given | other).items():
        assert getattr(shown, name) == pytest.approx(value)


def test_the_other_unit_follows_inside_objects_and_lists():
    """Set points of the present setting, of presets, limits of a threshold."""
    given = {
        "current_climate_setting": {"heating_set_point_fahrenheit": 59},
        "available_climate_presets": [PRESET],
        "temperature_threshold": {"lower_limit_celsius": 10, "upper_limit_celsius": None},
    }
    shown = Sandbox().create_device("ecobee_thermostat", properties=given).properties

    assert shown.current_climate_setting.heating_set_point_celsius == pytest.approx(15)
    assert shown.available_climate_presets[0].cooling_set_point_fahrenheit == pytest.approx(77)
    assert shown.temperature_threshold.lower_limit_fahrenheit == pytest.approx(50)
    assert shown.temperature_threshold.upper_limit_fahrenheit is None


@pytest.mark.parametrize(
    "given",
    [
        {"temperature_celsius": 20, "temperature_fahrenheit": 20},
        {"min_heating_cooling_delta_celsius": 5, "min_heating_cooling_delta_fahrenheit": 41},
        {"current_climate_setting": {"heating_set_point_celsius": 18, "heating_set_point_fahrenheit": 70}},
        {"available_climate_presets": [PRESET, {**PRESET, "cooling_set_point_fahrenheit": 25}]},
        {"temperature_threshold": {"lower_limit_celsius": None, "lower_limit_fahrenheit": 50}},
    ],
    ids=str,
)
def test_two_temperatures_are_refused(given):
    """Two units that say different things; nothing is made."""
    sandbox = Sandbox()

    with pytest.raises(SandboxError, match="there are two temperatures in properties.* Give one of them"):
        sandbox.create_device("ecobee_thermostat", properties=given)
    assert sandbox.events == []


def test_samples_agree():
    """Each thermostat of the catalogue says the same in both units, so what it shows can be given back."""
    models = [model for model in device_models().values() if "temperature_celsius" in model.properties]

    for model in models:
        given = {name: value for name, value in model.properties.items() if name != "online"}
        assert own_properties(given, model) == given
    assert models
