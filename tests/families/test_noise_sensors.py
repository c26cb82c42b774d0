"""Noise sensors and their noise thresholds as objects."""

import subprocess
import sys

import pytest

from pytest_seam_sandbox import Sandbox, seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"
NIGHT = {"starts_daily_at": "22:00:00[Europe/Berlin]", "ends_daily_at": "07:00:00[Europe/Berlin]"}
TIME_FORMAT = (
    'Invalid time format. Must be in the format of "HH:mm:ss[time_zone]", '
    'where time_zone is in the format of "Region/City"'
)
ONE_LEVEL = "Must provide either noise_threshold_decibels or noise_threshold_nrs"


@pytest.fixture
def sensor(seam_sandbox):
    """A sensor whose own thresholds were deleted."""
    device = seam_sandbox.create_device("minut_sensor")
    api = seam_sandbox.client().noise_sensors.noise_thresholds
    for threshold in api.list(device_id=device.device_id):
        api.delete(device_id=device.device_id, noise_threshold_id=threshold.noise_threshold_id)
    return device


@pytest.fixture
def quiet(seam, sensor):
    """A threshold of 60 decibels at night."""
    return seam.noise_sensors.noise_thresholds.create(
        device_id=sensor.device_id, name="quiet hours", noise_threshold_decibels=60, **NIGHT
    )


@pytest.fixture
def minut(seam_sandbox):
    """A sensor as it comes."""
    return seam_sandbox.create_device("minut_sensor")


def make(seam, sensor, **details):
    """A threshold at night."""
    details = {"noise_threshold_decibels": 60} | details
    return seam.noise_sensors.noise_thresholds.create(device_id=sensor.device_id, **NIGHT, **details)


def thresholds(seam, sensor):
    return seam.noise_sensors.noise_thresholds.list(device_id=sensor.device_id)


def post(http, path, **params):
    return http.post(f"/noise_sensors/{path}", json=params).json()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["minut_sensor", "noiseaware_activity_zone"]),
        ({"device_type": "minut_sensor"}, ["minut_sensor"]),
        ({"device_types": ["noiseaware_activity_zone"]}, ["noiseaware_activity_zone"]),
        ({"manufacturer": "noiseaware"}, ["noiseaware_activity_zone"]),
        ({"customer_key": "nobody"}, []),
    ],
    ids=str,
)
def test_list_has_noise_sensors_only(seam, seam_sandbox, sensor, filters, found):
    """Other devices and unmanaged sensors are not listed."""
    seam_sandbox.create_device("noiseaware_activity_zone")
    seam_sandbox.create_device()
    given_up = seam_sandbox.create_device("minut_sensor")
    seam.devices.update(device_id=given_up.device_id, is_managed=False)

    assert [device.device_type for device in seam.noise_sensors.list(**filters)] == found


def test_minut_sensor_has_its_thresholds_in_a_program_that_did_nothing_else_yet():
    """What a device brings along does not hang on which family was used before it."""
    code = (
        "from pytest_seam_sandbox import Sandbox\n"
        "with Sandbox() as sandbox:\n"
        "    sensor = sandbox.create_device('minut_sensor')\n"
        "    api = sandbox.client().noise_sensors.noise_thresholds\n"
        "    print(*(threshold.name for threshold in api.list(device_id=sensor.device_id)))\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["builtin_quiet_hours", "builtin_normal_hours"]


def test_list_answers_under_two_keys(seam_http, seam_sandbox):
    """The list stands under `devices` and `noise_sensors`; `limit` cuts it."""
    seam_sandbox.create_device("minut_sensor")
    seam_sandbox.create_device("minut_sensor")

    answer = post(seam_http, "list", limit=1)

    assert len(answer["devices"]) == 1
    assert answer["noise_sensors"] == answer["devices"]


def test_threshold_keeps_what_is_given(seam, sensor, quiet):
    """Name, level and times come back from create, get and list."""
    assert (quiet.name, quiet.noise_threshold_decibels, quiet.noise_threshold_nrs) == ("quiet hours", 60, None)
    assert (quiet.starts_daily_at, quiet.ends_daily_at) == tuple(NIGHT.values())
    assert quiet.device_id == sensor.device_id
    assert seam.noise_sensors.noise_thresholds.get(noise_threshold_id=quiet.noise_threshold_id) == quiet
    assert thresholds(seam, sensor) == [quiet]


def test_threshold_as_risk_score(seam, seam_sandbox):
    """NoiseAware's score is kept; the decibels that Seam's schema demands repeat it."""
    sensor = seam_sandbox.create_device("noiseaware_activity_zone")

    threshold = seam.noise_sensors.noise_thresholds.create(device_id=sensor.device_id, noise_threshold_nrs=40, **NIGHT)

    assert (threshold.noise_threshold_nrs, threshold.noise_threshold_decibels) == (40, 40)
    assert threshold.name == "Noise threshold"


@pytest.mark.parametrize(
    ("path", "changes", "action_type"),
    [
        ("update", {"name": "new"}, "UPDATE_NOISE_THRESHOLD"),
        ("delete", {}, "DELETE_NOISE_THRESHOLD"),
    ],
)
def test_changes_answer_an_action_attempt(seam_http, sensor, path, changes, action_type):
    """Create, update and delete answer an attempt, which succeeded where the sensor was reached."""
    created = post(
        seam_http, "noise_thresholds/create", device_id=sensor.device_id, noise_threshold_decibels=60, **NIGHT
    )
    ids = {"device_id": sensor.device_id, "noise_threshold_id": created["noise_threshold"]["noise_threshold_id"]}

    changed = post(seam_http, f"noise_thresholds/{path}", **ids, **changes)

    made = created["action_attempt"]
    assert (made["action_type"], made["status"]) == ("CREATE_NOISE_THRESHOLD", "success")
    assert made["result"] == {"noise_threshold": created["noise_threshold"]}
    assert (changed["action_attempt"]["action_type"], changed["action_attempt"]["status"]) == (action_type, "success")


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"name": "new"}, {"name": "new"}),
        ({"name": ""}, {"name": ""}),
        ({"noise_threshold_decibels": 70.5}, {"noise_threshold_decibels": 70.5}),
        (
            {"starts_daily_at": "01:02:03[Etc/UTC]", "ends_daily_at": "23:59:59[America/Argentina/Buenos_Aires]"},
            {"starts_daily_at": "01:02:03[Etc/UTC]", "ends_daily_at": "23:59:59[America/Argentina/Buenos_Aires]"},
        ),
        ({}, {}),
    ],
    ids=str,
)
def test_update_changes_what_is_given(seam, quiet, changes, shown):
    """What is given changes, the rest stays; a level in one unit takes the place of one in the other."""
    ids = {"device_id": quiet.device_id, "noise_threshold_id": quiet.noise_threshold_id}

    seam.noise_sensors.noise_thresholds.update(**ids, **changes)

    changed = seam.noise_sensors.noise_thresholds.get(noise_threshold_id=quiet.noise_threshold_id)
    assert vars(changed) == {**vars(quiet), **shown}


def test_level_in_the_other_unit_takes_the_place_of_the_first(seam, seam_sandbox):
    """A threshold in decibels becomes one as a risk score, and back."""
    zone = seam_sandbox.create_device("noiseaware_activity_zone")
    ids = {"device_id": zone.device_id, "noise_threshold_id": make(seam, zone).noise_threshold_id}

    shown = []
    for level in ({"noise_threshold_nrs": 30}, {"noise_threshold_decibels": 50}):
        seam.noise_sensors.noise_thresholds.update(**ids, **level)
        (threshold,) = thresholds(seam, zone)
        shown.append((threshold.noise_threshold_decibels, threshold.noise_threshold_nrs))

    assert shown == [(30, 30), (50, None)]


def test_minut_sensor_comes_with_two_thresholds(seam, seam_http, seam_sandbox, minut):
    """Quiet hours at night and the rest of the day, in the zone of the sensor, and it knows both; no other has any."""
    zone = seam_sandbox.create_device("noiseaware_activity_zone")
    known = post(seam_http, "noise_thresholds/list", device_id=minut.device_id, is_programmed=True)

    found = thresholds(seam, minut)

    assert [each["noise_threshold_id"] for each in known["noise_thresholds"]] == [
        each.noise_threshold_id for each in found
    ]

    assert [(each.name, each.noise_threshold_decibels) for each in found] == [
        ("builtin_quiet_hours", 70),
        ("builtin_normal_hours", 75),
    ]
    assert (found[0].starts_daily_at, found[0].ends_daily_at) == (found[1].ends_daily_at, found[1].starts_daily_at)
    assert found[0].starts_daily_at == "22:00:00[America/Los_Angeles]"
    assert thresholds(seam, zone) == []


def test_minut_sensor_takes_no_third_threshold(seam, minut):
    """Another one takes the place of one that was deleted, with its name if it has none of its own."""
    quiet, normal = thresholds(seam, minut)
    with seam_raises("invalid_input", status_code=400, match="two noise thresholds"):
        make(seam, minut)

    for each, name in ((normal, "builtin_normal_hours"), (quiet, "builtin_quiet_hours")):
        seam.noise_sensors.noise_thresholds.delete(
            device_id=minut.device_id, noise_threshold_id=each.noise_threshold_id
        )
        assert make(seam, minut).name == name
    with seam_raises("invalid_input", status_code=400):
        make(seam, minut)


def test_other_sensors_take_any_number(seam, seam_sandbox):
    """NoiseAware sensors have as many thresholds as one likes."""
    zone = seam_sandbox.create_device("noiseaware_activity_zone")
    for _ in range(5):
        make(seam, zone)

    assert [each.name for each in thresholds(seam, zone)] == ["Noise threshold"] * 5


def test_minut_sensor_knows_no_risk_score(seam, sensor, quiet):
    """Its thresholds are in decibels."""
    with seam_raises("invalid_input", status_code=400, match="decibels only"):
        seam.noise_sensors.noise_thresholds.create(device_id=sensor.device_id, noise_threshold_nrs=30, **NIGHT)
    with seam_raises("invalid_input", status_code=400, match="decibels only"):
        seam.noise_sensors.noise_thresholds.update(
            device_id=sensor.device_id, noise_threshold_id=quiet.noise_threshold_id, noise_threshold_nrs=30
        )


def test_deleted_threshold_is_gone(seam, sensor, quiet):
    """A deleted threshold is found neither by its id nor in the list."""
    ids = {"device_id": sensor.device_id, "noise_threshold_id": quiet.noise_threshold_id}

    seam.noise_sensors.noise_thresholds.delete(**ids)

    assert thresholds(seam, sensor) == []
    with seam_raises("noise_threshold_not_found", status_code=404):
        seam.noise_sensors.noise_thresholds.get(noise_threshold_id=quiet.noise_threshold_id)
    with seam_raises("noise_threshold_not_found", status_code=404):
        seam.noise_sensors.noise_thresholds.delete(**ids)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"starts_daily_at": "10pm", "ends_daily_at": "7:00"},
            f'3 Input Errors: {TIME_FORMAT} for "ends_daily_at", {TIME_FORMAT} for "starts_daily_at", {ONE_LEVEL}',
        ),
        (NIGHT, ONE_LEVEL),
        (
            {**NIGHT, "noise_threshold_decibels": 1, "noise_threshold_nrs": 1},
            ONE_LEVEL,
        ),
        (
            {**NIGHT, "noise_threshold_decibels": "60"},
            'Expected number, received string for "noise_threshold_decibels"',
        ),
        ({**NIGHT, "noise_threshold_nrs": None}, 'Expected number, received null for "noise_threshold_nrs"'),
        ({"noise_threshold_nrs": 1}, "2 Input Errors: ends_daily_at is required, starts_daily_at is required"),
        ({**NIGHT, "noise_threshold_nrs": 1, "name": None}, 'Expected string, received null for "name"'),
    ],
    ids=str,
)
def test_bad_threshold_is_refused(seam_http, sensor, params, message):
    """What is wrong is said in Seam's words, and nothing is made."""
    answer = seam_http.post("/noise_sensors/noise_thresholds/create", json={"device_id": sensor.device_id, **params})

    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)
    assert post(seam_http, "noise_thresholds/list", device_id=sensor.device_id)["noise_thresholds"] == []


@pytest.mark.parametrize(
    "text",
    [
        "24:00:00[Europe/Berlin]",
        "22:60:00[Europe/Berlin]",
        "22:00[Europe/Berlin]",
        "22:00:00",
        "22:00:00[Berlin]",
        "22:00:00[Europe/Nowhere]",
        "22:00:00[America/Argentina]",
        "22:00:00[../Berlin]",
        "",
    ],
)
def test_bad_daily_time_is_refused(seam, quiet, text):
    """A time of another form or with a zone that does not exist is refused, and the threshold stays."""
    with seam_raises("invalid_input", status_code=400, match="Invalid time format"):
        seam.noise_sensors.noise_thresholds.update(
            device_id=quiet.device_id,
            noise_threshold_id=quiet.noise_threshold_id,
            starts_daily_at=text,
            ends_daily_at="07:00:00[Europe/Berlin]",
        )

    assert seam.noise_sensors.noise_thresholds.get(noise_threshold_id=quiet.noise_threshold_id) == quiet


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"starts_daily_at": NIGHT["starts_daily_at"]}, "Both starts_daily_at and ends_daily_at"),
        ({"ends_daily_at": NIGHT["ends_daily_at"]}, "Both starts_daily_at and ends_daily_at"),
        ({"noise_threshold_decibels": 1, "noise_threshold_nrs": 1}, "Must provide either"),
    ],
    ids=str,
)
def test_update_takes_both_times_and_one_level(seam, quiet, changes, text):
    """One time without the other, or two levels, are refused, and the threshold stays."""
    ids = {"device_id": quiet.device_id, "noise_threshold_id": quiet.noise_threshold_id}

    with seam_raises("invalid_input", status_code=400, match=text):
        seam.noise_sensors.noise_thresholds.update(**ids, **changes)

    assert seam.noise_sensors.noise_thresholds.get(noise_threshold_id=quiet.noise_threshold_id) == quiet


def test_level_that_is_no_finite_number_is_refused(seam_http, sensor):
    """A number too large for JavaScript cannot be a noise level."""
    body = f'{{"device_id": "{sensor.device_id}", "noise_threshold_decibels": 1e400}}'

    answer = seam_http.post(
        "/noise_sensors/noise_thresholds/create", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code == 400
    assert 'Number must be finite for "noise_threshold_decibels"' in answer.json()["error"]["message"]


CALLS = {
    "noise_thresholds/create": {"noise_threshold_decibels": 60, **NIGHT},
    "noise_thresholds/list": {},
    "noise_thresholds/update": {"noise_threshold_id": NOTHING},
    "noise_thresholds/delete": {"noise_threshold_id": NOTHING},
    "simulate/trigger_noise_threshold": {},
}
each_call = pytest.mark.parametrize(("path", "params"), CALLS.items(), ids=CALLS)


@each_call
@pytest.mark.parametrize(
    ("device", "status", "error"),
    [
        ("august_lock", 400, "device_type_not_supported"),
        ("unmanaged", 400, "device_unmanaged"),
        ("unknown", 404, "device_not_found"),
        ("no uuid", 400, "invalid_input"),
    ],
)
def test_device_that_is_no_managed_noise_sensor(seam_http, seam_sandbox, path, params, device, status, error):
    """Every call about a sensor refuses locks, unmanaged sensors and ids of nothing; nothing is logged."""
    lock, sensor = seam_sandbox.create_device(), seam_sandbox.create_device("minut_sensor")
    seam_http.post("/devices/update", json={"device_id": sensor.device_id, "is_managed": False})
    before = len(seam_sandbox.events)
    ids = {"august_lock": lock.device_id, "unmanaged": sensor.device_id, "unknown": NOTHING, "no uuid": "sensor"}

    answer = seam_http.post(f"/noise_sensors/{path}", json={"device_id": ids[device], **params})

    assert (answer.status_code, answer.json()["error"]["type"]) == (status, error)
    assert len(seam_sandbox.events) == before


@pytest.mark.parametrize("path", ["update", "delete"])
@pytest.mark.parametrize("own", [True, False], ids=["unknown", "of another sensor"])
def test_threshold_that_the_sensor_lacks(seam, seam_sandbox, quiet, path, own):
    """A threshold is changed through its own sensor only."""
    other = seam_sandbox.create_device("minut_sensor")
    ids = (quiet.device_id, NOTHING) if own else (other.device_id, quiet.noise_threshold_id)

    with seam_raises("noise_threshold_not_found", status_code=404):
        getattr(seam.noise_sensors.noise_thresholds, path)(device_id=ids[0], noise_threshold_id=ids[1])

    assert seam.noise_sensors.noise_thresholds.get(noise_threshold_id=quiet.noise_threshold_id) == quiet


def test_session_lists_thresholds_of_its_own_sensors(seam, seam_sandbox, sensor, quiet):
    """A client session reads the thresholds of the accounts that it holds."""
    tokens = [
        seam.client_sessions.create(connected_account_ids=accounts).token
        for accounts in ([sensor.connected_account_id], [])
    ]

    clients = [seam_sandbox.http(headers={"authorization": f"Bearer {token}"}) for token in tokens]
    answers = [
        client.post("/noise_sensors/noise_thresholds/list", json={"device_id": sensor.device_id}) for client in clients
    ]

    assert [answer.status_code for answer in answers] == [200, 401]
    assert answers[0].json()["noise_thresholds"][0]["noise_threshold_id"] == quiet.noise_threshold_id


def test_thresholds_go_with_their_sensor(seam, sensor, quiet):
    """Deleting the account deletes the sensor and its thresholds."""
    seam.connected_accounts.delete(connected_account_id=sensor.connected_account_id)

    with seam_raises("noise_threshold_not_found", status_code=404):
        seam.noise_sensors.noise_thresholds.get(noise_threshold_id=quiet.noise_threshold_id)


def test_threshold_of_an_unreachable_sensor(seam_http, seam_sandbox, sensor):
    """The attempt fails with what blocks it; the threshold is kept, and programmed when the sensor is back."""
    ids = {"device_id": sensor.device_id}
    with seam_sandbox.account_disconnected(sensor):
        made = post(seam_http, "noise_thresholds/create", **ids, noise_threshold_decibels=60, **NIGHT)
        inside = post(seam_http, "noise_thresholds/list", **ids, is_programmed=False)["noise_thresholds"]

    assert (made["action_attempt"]["status"], made["action_attempt"]["error"]["type"]) == (
        "error",
        "account_disconnected",
    )
    assert inside == [made["noise_threshold"]]
    assert post(seam_http, "noise_thresholds/list", **ids, is_programmed=True)["noise_thresholds"] == inside
    assert post(seam_http, "noise_thresholds/list", **ids, is_programmed=False)["noise_thresholds"] == []


def test_deleting_a_threshold_of_an_unreachable_sensor(seam_http, seam_sandbox, sensor):
    """Seam's record goes at once; the attempt tells that the sensor did not hear of it."""
    ids = {"device_id": sensor.device_id}
    made = post(seam_http, "noise_thresholds/create", **ids, noise_threshold_decibels=60, **NIGHT)
    ids["noise_threshold_id"] = made["noise_threshold"]["noise_threshold_id"]

    with seam_sandbox.account_disconnected(sensor):
        deleted = post(seam_http, "noise_thresholds/delete", **ids)

    assert deleted["action_attempt"]["error"]["type"] == "account_disconnected"
    assert post(seam_http, "noise_thresholds/list", device_id=sensor.device_id)["noise_thresholds"] == []


def test_pending_attempts_are_finished_later():
    """With slow attempts a threshold is programmed when its attempt is done, or not at all when it was deleted."""
    with Sandbox(action_attempts=30) as sandbox, sandbox.http() as http:
        ids = {"device_id": sandbox.create_device("noiseaware_activity_zone").device_id}
        kept = post(http, "noise_thresholds/create", **ids, noise_threshold_decibels=60, **NIGHT)
        gone = post(http, "noise_thresholds/create", **ids, noise_threshold_decibels=70, **NIGHT)
        gone_id = gone["noise_threshold"]["noise_threshold_id"]
        post(http, "noise_thresholds/delete", **ids, noise_threshold_id=gone_id)
        pending = post(http, "noise_thresholds/list", **ids, is_programmed=False)["noise_thresholds"]
        sandbox.clock.advance(31)
        done = post(http, "noise_thresholds/list", **ids, is_programmed=True)["noise_thresholds"]
        attempt_id = gone["action_attempt"]["action_attempt_id"]
        attempt = http.post("/action_attempts/get", json={"action_attempt_id": attempt_id}).json()["action_attempt"]

    assert [kept["action_attempt"]["status"], gone["action_attempt"]["status"]] == ["pending", "pending"]
    assert pending == done == [kept["noise_threshold"]]
    assert attempt["error"]["type"] == "noise_threshold_not_found"
