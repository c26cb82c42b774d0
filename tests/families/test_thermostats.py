"""Thermostats: listing them, setting mode and fan, and what a person does at the wall."""

import pytest

from pytest_seam_sandbox import Sandbox, seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"
ADJUSTED = "thermostat.manually_adjusted"
COMMANDS = {
    "heat": {"heating_set_point_fahrenheit": 70},
    "cool": {"cooling_set_point_fahrenheit": 75},
    "heat_cool": {"heating_set_point_fahrenheit": 65, "cooling_set_point_fahrenheit": 75},
    "off": {},
}


@pytest.fixture
def thermostat(seam_sandbox):
    return seam_sandbox.create_device("ecobee_thermostat")


def shown(seam, thermostat):
    return seam.devices.get(device_id=thermostat.device_id).properties


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["ecobee_thermostat", "nest_thermostat"]),
        ({"device_type": "nest_thermostat"}, ["nest_thermostat"]),
        ({"device_types": ["ecobee_thermostat"]}, ["ecobee_thermostat"]),
        ({"manufacturer": "nest"}, ["nest_thermostat"]),
        ({"customer_key": "nobody"}, []),
    ],
    ids=str,
)
def test_list_has_thermostats_only(seam, seam_sandbox, thermostat, filters, found):
    """Other devices and unmanaged thermostats are not listed."""
    seam_sandbox.create_device("nest_thermostat")
    seam_sandbox.create_device()
    given_up = seam_sandbox.create_device("nest_thermostat")
    seam.devices.update(device_id=given_up.device_id, is_managed=False)

    assert [device.device_type for device in seam.thermostats.list(**filters)] == found


def test_list_answers_under_two_keys(seam_http, seam_sandbox, thermostat):
    """The list stands under `devices` and `thermostats`; `limit` cuts it."""
    seam_sandbox.create_device("nest_thermostat")

    answer = seam_http.post("/thermostats/list", json={"limit": 1}).json()

    assert answer["devices"] == answer["thermostats"]
    assert [device["device_id"] for device in answer["devices"]] == [thermostat.device_id]


@pytest.mark.parametrize("mode", COMMANDS)
@pytest.mark.parametrize("way", ["own route", "set_hvac_mode"])
def test_mode_is_set(seam, seam_sandbox, thermostat, mode, way):
    """The attempt succeeds, the setting is a manual one with its set points in both units, and the event has them."""
    api = seam.thermostats
    if way == "own route":
        attempt = getattr(api, mode)(device_id=thermostat.device_id, **COMMANDS[mode])
    else:
        attempt = api.set_hvac_mode(device_id=thermostat.device_id, hvac_mode_setting=mode, **COMMANDS[mode])

    assert (attempt.action_type, attempt.status, attempt.error) == ("SET_HVAC_MODE", "success", None)
    setting = shown(seam, thermostat).current_climate_setting
    event = seam_sandbox.expect_event(ADJUSTED, count=1, device_id=thermostat.device_id, method="seam")
    assert (setting.display_name, setting.hvac_mode_setting) == ("Manual Setting", mode)
    assert setting.climate_preset_key is None
    assert event.hvac_mode_setting == mode
    assert (setting.fan_mode_setting, event.fan_mode_setting) == ("auto", "auto")
    for kind in ("heating", "cooling"):
        fahrenheit = COMMANDS[mode].get(f"{kind}_set_point_fahrenheit")
        celsius = None if fahrenheit is None else pytest.approx((fahrenheit - 32) / 1.8)
        for where in (setting, event):
            assert getattr(where, f"{kind}_set_point_fahrenheit", None) == fahrenheit
            assert getattr(where, f"{kind}_set_point_celsius", None) == celsius


def test_set_points_in_celsius(seam, thermostat):
    """Degrees Celsius are given back unchanged, beside their degrees Fahrenheit."""
    seam.thermostats.heat(device_id=thermostat.device_id, heating_set_point_celsius=20)

    setting = shown(seam, thermostat).current_climate_setting
    assert (setting.heating_set_point_celsius, setting.heating_set_point_fahrenheit) == (20, 68)


def test_thermostat_heats_until_it_is_warm(seam, thermostat):
    """At 70 °F it heats for a set point of 75 °F and rests for one of 65 °F; it cools for one of 66 °F."""
    found = []
    for mode, fahrenheit in (("heat", 75), ("heat", 65), ("cool", 66)):
        kind = f"{mode}ing_set_point_fahrenheit"
        getattr(seam.thermostats, mode)(device_id=thermostat.device_id, **{kind: fahrenheit})
        now = shown(seam, thermostat)
        found.append((now.is_heating, now.is_cooling, now.is_fan_running))

    assert found == [(True, False, True), (False, False, False), (False, True, True)]


@pytest.mark.parametrize("name", ["fan_mode_setting", "fan_mode"])
def test_fan_mode_is_set(seam, seam_sandbox, thermostat, name):
    """The fan runs, mode and set points stay, and the event says so; the parameter has an old name too."""
    before = shown(seam, thermostat).current_climate_setting

    attempt = seam.thermostats.set_fan_mode(device_id=thermostat.device_id, **{name: "on"})

    after = shown(seam, thermostat)
    assert (attempt.action_type, attempt.status) == ("SET_FAN_MODE", "success")
    assert (after.fan_mode_setting, after.is_fan_running) == ("on", True)
    assert after.current_climate_setting.fan_mode_setting == "on"
    assert after.current_climate_setting.hvac_mode_setting == before.hvac_mode_setting
    assert after.current_climate_setting.heating_set_point_celsius == before.heating_set_point_celsius
    seam_sandbox.expect_event(ADJUSTED, count=1, fan_mode_setting="on", method="seam")


def test_eco_mode_of_nest(seam, seam_sandbox):
    """Nest has a mode without set points; other makers do not."""
    nest = seam_sandbox.create_device("nest_thermostat")

    seam.thermostats.set_hvac_mode(device_id=nest.device_id, hvac_mode_setting="eco", heating_set_point_celsius=20)

    setting = shown(seam, nest).current_climate_setting
    assert setting.hvac_mode_setting == "eco"
    assert setting.heating_set_point_celsius is None


@pytest.mark.parametrize(
    ("device_type", "path", "params", "error_type"),
    [
        ("tado_thermostat", "cool", {"cooling_set_point_celsius": 20}, "cool_mode_not_available"),
        ("tado_thermostat", "heat_cool", COMMANDS["heat_cool"], "heat_cool_not_available"),
        ("ecobee_thermostat", "set_hvac_mode", {"hvac_mode_setting": "eco"}, "eco_mode_not_available"),
        ("tado_thermostat", "set_fan_mode", {"fan_mode_setting": "on"}, "fan_mode_not_available"),
        ("ecobee_thermostat", "set_fan_mode", {"fan_mode_setting": "circulate"}, "fan_mode_not_available"),
        ("ecobee_thermostat", "set_fan_mode", {}, "invalid_input"),
        ("ecobee_thermostat", "heat", {}, "invalid_input"),
        ("ecobee_thermostat", "heat_cool", {"heating_set_point_celsius": 20}, "invalid_input"),
        ("ecobee_thermostat", "set_hvac_mode", {"hvac_mode_setting": "cool"}, "invalid_input"),
        ("ecobee_thermostat", "heat", {"heating_set_point_fahrenheit": 44}, "heating_set_point_out_of_range"),
        ("ecobee_thermostat", "heat", {"heating_set_point_fahrenheit": 80}, "heating_set_point_out_of_range"),
        ("ecobee_thermostat", "cool", {"cooling_set_point_fahrenheit": 93}, "cooling_set_point_out_of_range"),
        (
            "ecobee_thermostat",
            "heat",
            {"heating_set_point_fahrenheit": 70, "heating_set_point_celsius": 21},
            "invalid_input",
        ),
        (
            "ecobee_thermostat",
            "heat_cool",
            {"heating_set_point_fahrenheit": 70, "cooling_set_point_fahrenheit": 74},
            "invalid_heating_cooling_delta",
        ),
        (
            "ecobee_thermostat",
            "heat_cool",
            {"heating_set_point_fahrenheit": 79, "cooling_set_point_fahrenheit": 65},
            "invalid_heating_cooling_delta",
        ),
    ],
)
def test_what_a_thermostat_cannot_do_is_refused(seam, seam_sandbox, device_type, path, params, error_type):
    """A refusal is 400, names the reason, makes no attempt and changes nothing."""
    thermostat = seam_sandbox.create_device(device_type)
    before = shown(seam, thermostat)

    with seam_raises(error_type, status_code=400):
        getattr(seam.thermostats, path)(device_id=thermostat.device_id, **params)

    assert shown(seam, thermostat) == before
    assert seam.action_attempts.list() == []
    seam_sandbox.expect_no_event(ADJUSTED)


def test_limits_themselves_are_allowed(seam, thermostat):
    """79 °F is the highest heating set point, and 5 °F the least distance."""
    seam.thermostats.heat(device_id=thermostat.device_id, heating_set_point_fahrenheit=79)
    seam.thermostats.heat_cool(
        device_id=thermostat.device_id, heating_set_point_fahrenheit=70, cooling_set_point_fahrenheit=75
    )

    assert shown(seam, thermostat).current_climate_setting.cooling_set_point_fahrenheit == 75


@pytest.mark.parametrize("value", [1e301, 10**400])
def test_numbers_beyond_all_limits(seam_http, thermostat, value):
    """A number too large for a temperature is `invalid_input`."""
    body = {"device_id": thermostat.device_id, "temperature_celsius": value}

    answer = seam_http.post("/thermostats/simulate/temperature_reached", json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == 'Number must be finite for "temperature_celsius"'


def test_unknown_mode_names_the_modes(seam_http, thermostat):
    """The refusal has the words of a discriminated union."""
    answer = seam_http.post(
        "/thermostats/simulate/hvac_mode_adjusted", json={"device_id": thermostat.device_id, "hvac_mode": "eco"}
    )

    message = "Invalid discriminator value. Expected 'off' | 'cool' | 'heat' | 'heat_cool' for \"hvac_mode\""
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)


def test_other_devices_are_not_found(seam, sandbox_device):
    """A lock is no thermostat, and neither is nothing."""
    for device_id in (sandbox_device.device_id, NOTHING):
        with seam_raises("device_not_found", status_code=404):
            seam.thermostats.off(device_id=device_id)


def test_unmanaged_thermostat_takes_no_commands(seam, thermostat):
    """It has to be converted first."""
    seam.devices.update(device_id=thermostat.device_id, is_managed=False)

    with seam_raises("device_unmanaged", status_code=400):
        seam.thermostats.off(device_id=thermostat.device_id)


def test_unreachable_thermostat_fails_the_attempt(seam, seam_sandbox, thermostat):
    """The attempt ends with the code of what blocks it; nothing changes, there is no event, and the flags are false."""
    before = shown(seam, thermostat).current_climate_setting
    with seam_sandbox.disconnected(thermostat):
        for command, params in COMMANDS.items():
            with seam_raises("device_disconnected"):
                getattr(seam.thermostats, command)(device_id=thermostat.device_id, **params)
        with seam_raises("device_disconnected"):
            seam.thermostats.set_fan_mode(device_id=thermostat.device_id, fan_mode_setting="on")
        lost = seam.devices.get(device_id=thermostat.device_id)

    back = seam.devices.get(device_id=thermostat.device_id)
    assert lost.properties.current_climate_setting == before == back.properties.current_climate_setting
    assert (lost.can_hvac_heat, lost.can_turn_off_hvac) == (False, False)
    assert (back.can_hvac_heat, back.can_turn_off_hvac) == (True, True)
    assert lost.properties.temperature_celsius == back.properties.temperature_celsius
    seam_sandbox.expect_no_event(ADJUSTED)


def test_lost_account_fails_the_attempt(seam, seam_sandbox, thermostat):
    """The code is that of the account."""
    with seam_sandbox.account_disconnected(thermostat), seam_raises("account_disconnected"):
        seam.thermostats.off(device_id=thermostat.device_id)


def test_attempt_is_pending_first():
    """With the setting "poll" the command is carried out at the next look."""
    with Sandbox(action_attempts="poll") as sandbox:
        thermostat = sandbox.create_device("ecobee_thermostat")
        client = sandbox.client()

        attempt = client.thermostats.off(device_id=thermostat.device_id, wait_for_action_attempt=False)
        done = client.action_attempts.get(action_attempt_id=attempt.action_attempt_id)

    assert (attempt.status, attempt.result) == ("pending", None)
    assert (done.status, done.error) == ("success", None)


def test_sync_finishes_the_attempt_in_the_first_answer():
    """The hidden parameter `sync` asks for the end of the attempt."""
    with Sandbox(action_attempts="poll") as sandbox, sandbox.http() as http:
        thermostat = sandbox.create_device("ecobee_thermostat")

        answer = http.post("/thermostats/off", json={"device_id": thermostat.device_id, "sync": True})

    assert answer.json()["action_attempt"]["status"] == "success"


# at the wall


@pytest.mark.parametrize("mode", COMMANDS)
def test_somebody_turns_the_thermostat(seam, seam_sandbox, thermostat, mode):
    """The change at the wall shows as a manual setting, and the event says that it came from outside."""
    seam.thermostats.simulate.hvac_mode_adjusted(device_id=thermostat.device_id, hvac_mode=mode, **COMMANDS[mode])

    setting = shown(seam, thermostat).current_climate_setting
    event = seam_sandbox.expect_event(ADJUSTED, count=1, hvac_mode_setting=mode, method="external")
    assert (setting.display_name, setting.hvac_mode_setting) == ("Manual Setting", mode)
    for name, value in COMMANDS[mode].items():
        assert getattr(setting, name) == getattr(event, name) == value


def test_somebody_turns_a_thermostat_that_is_unreachable(seam, seam_sandbox, thermostat):
    """Seam sees the last change when the thermostat is back, and not before."""
    simulate = seam.thermostats.simulate.hvac_mode_adjusted
    with seam_sandbox.disconnected(thermostat):
        simulate(device_id=thermostat.device_id, hvac_mode="off")
        simulate(device_id=thermostat.device_id, hvac_mode="heat", heating_set_point_celsius=20)
        meanwhile = shown(seam, thermostat).current_climate_setting
        seam_sandbox.expect_no_event(ADJUSTED)

    assert meanwhile.hvac_mode_setting == "heat_cool"
    assert shown(seam, thermostat).current_climate_setting.hvac_mode_setting == "heat"
    seam_sandbox.expect_event(ADJUSTED, count=1, hvac_mode_setting="heat", method="external")


def test_mode_that_the_thermostat_lacks_cannot_be_simulated(seam, seam_sandbox):
    """The refusal is that of the command."""
    tado = seam_sandbox.create_device("tado_thermostat")

    with seam_raises("cool_mode_not_available", status_code=400):
        seam.thermostats.simulate.hvac_mode_adjusted(
            device_id=tado.device_id, hvac_mode="cool", cooling_set_point_celsius=20
        )


def test_production_workspace_has_no_simulation(production):
    """People at the wall are simulated in a sandbox only."""
    (lock, *_) = production.client.devices.list()
    simulate = production.client.thermostats.simulate

    with seam_raises("workspace_not_sandbox", status_code=400):
        simulate.hvac_mode_adjusted(device_id=lock.device_id, hvac_mode="off")
    with seam_raises("workspace_not_sandbox", status_code=400):
        simulate.temperature_reached(device_id=lock.device_id, temperature_celsius=20)


def test_client_session_reaches_its_own_thermostats_only(seam_sandbox, thermostat):
    """A session commands the thermostats of its accounts, and no others; it activates no presets at all."""
    other = seam_sandbox.create_device("nest_thermostat")
    client = seam_sandbox.client()
    session = client.client_sessions.create(connected_account_ids=[thermostat.connected_account_id])
    headers = {"authorization": f"Bearer {session.token}"}
    with seam_sandbox.http(headers=headers) as http:
        answers = [
            http.post(path, json={"device_id": device.device_id, "climate_preset_key": "home"}).status_code
            for path, device in (
                ("/thermostats/off", thermostat),
                ("/thermostats/off", other),
                ("/thermostats/activate_climate_preset", thermostat),
            )
        ]

    assert answers == [200, 401, 401]


def test_dump_tells_what_holds_a_thermostat(seam, seam_sandbox, thermostat):
    """A dump has what no endpoint shows."""
    seam.thermostats.off(device_id=thermostat.device_id)

    assert seam_sandbox.embedded.dump()["Thermostat"] == [
        {"device_id": thermostat.device_id, "is_held": True, "due": None}
    ]
