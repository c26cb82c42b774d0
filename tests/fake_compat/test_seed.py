"""What the official fake's seed has: ids and tokens that clients write down, and what stands behind them."""

import pytest

SEED = {
    "john_connected_account_id": "john_connected_account_id",
    "jane_connected_account_id": "jane_connected_account_id",
    "john_assa_cs_connected_account_id": "john_assa_cs_connected_account_id",
    "seed_workspace_1": "seed_workspace_1",
    "seed_workspace_2": "seed_workspace_2",
    "john_user_workspace_1": "john_user_workspace_1",
    "august_device_1": "august_device_1",
    "august_device_2": "august_device_2",
    "ecobee_device_1": "ecobee_device_1",
    "minut_device_1": "minut_device_1",
    "schlage_device_1": "schlage_device_id",
    "seam_apikey1_token": "seam_apikey1_token",
    "seam_apikey2_token": "seam_apikey2_token",
    "seam_cst1_token": "seam_cst1_token",
    "seam_pk1_token": "seam_pk1_token",
    "seam_at1_token": "seam_at1_longtoken",
    "john_user_identifier_key": "john_user_identifier_key",
    "john_user_identity_id": "john_user_identity_id",
    "john_user_id": "john_user_id",
    "john_user_key": "john_user_key",
    "visionline_acs_system_1": "visionline_acs_system_1",
    "bridge_client_session_token": "bcs1_token",
}


def test_default_seed_needs_no_key(fake):
    """GET /_fake/default_seed gives the 22 entries to anybody."""
    assert fake.http.get("/_fake/default_seed").json() == {**SEED, "ok": True}


def test_devices_have_their_names_and_owners(fake):
    """Five devices: four in John's account, one in Jane's; each belongs to its own provider."""
    devices = fake.call("/devices/list", {})["devices"]

    found = [(d["device_id"], d["display_name"], d["connected_account_id"].partition("_")[0]) for d in devices]
    assert found == [
        ("august_device_1", "Fake August Lock 1", "john"),
        ("august_device_2", "Fake August Lock 2", "john"),
        ("ecobee_device_1", "Thermostat 1", "john"),
        ("minut_device_1", "Minut Sensor 1", "john"),
        ("schlage_device_id", "Bathroom Door", "jane"),
    ]
    providers = [device["device_provider"]["device_provider_name"] for device in devices]
    assert providers == ["august", "august", "ecobee", "minut", "schlage"]
    assert {device["workspace_id"] for device in devices} == {"seed_workspace_1"}


def test_locks_have_two_names(fake):
    """A lock is found by the name that the fake gives it; that of the provider is its appearance."""
    lock = fake.call("/devices/get", {"name": "Fake August Lock 1"})["device"]

    assert lock["device_id"] == "august_device_1"
    assert lock["properties"]["name"] == "Fake August Lock 1"
    assert lock["properties"]["appearance"]["name"] == "Front Door"
    assert fake.send("/devices/get", {"name": "Front Door"}).status_code == 404


def test_thermostat_cools(fake):
    """It is set to cool to 24 °C, and its fan is running."""
    thermostat = fake.call("/devices/get", {"device_id": "ecobee_device_1"})["device"]["properties"]

    setting = thermostat["current_climate_setting"]
    assert (setting["hvac_mode_setting"], setting["cooling_set_point_celsius"]) == ("cool", 24)
    assert (thermostat["is_fan_running"], thermostat["fan_mode_setting"]) == (True, "auto")


def test_noise_level_reaches_the_threshold(fake):
    """70 decibels, where 60 are too many at any time of the day."""
    sensor = fake.call("/devices/get", {"device_id": "minut_device_1"})["device"]["properties"]
    [threshold] = fake.call("/noise_sensors/noise_thresholds/list", {"device_id": "minut_device_1"})["noise_thresholds"]

    assert (sensor["noise_level_decibels"], threshold["noise_threshold_decibels"]) == (70, 60)
    assert sensor["currently_triggering_noise_threshold_ids"] == [threshold["noise_threshold_id"]]


def test_three_accounts_come_in_two_pages(fake):
    """Three connected accounts, in pages of two; the link to the second names its cursor as the fake does."""
    first = fake.call("/connected_accounts/list", {"limit": 2})
    pagination = first["pagination"]
    assert f"next_page_cursor={pagination['next_page_cursor'][:20]}" in pagination["next_page_url"]

    second = fake.call(pagination["next_page_url"])

    ids = [account["connected_account_id"] for page in (first, second) for account in page["connected_accounts"]]
    assert ids == [SEED[f"{who}_connected_account_id"] for who in ("john", "jane", "john_assa_cs")]


@pytest.mark.parametrize(
    ("path", "key", "wanted"),
    [
        ("/acs/systems/get?acs_system_id=visionline_acs_system_1", "acs_system", {"name": "Fake Visionline System"}),
        (
            "/user_identities/get?user_identity_id=john_user_identity_id",
            "user_identity",
            {"user_identity_key": "john_user_identifier_key", "email_address": "jane@example.com"},
        ),
        ("/workspaces/get", "workspace", {"name": "My Workspace", "publishable_key": "seam_pk1_token"}),
    ],
)
def test_things_have_readable_ids(fake, path, key, wanted):
    """The access system, the user identity and the workspace are found by the ids of the seed."""
    assert fake.call(path)[key].items() >= wanted.items()


def test_one_event_is_there(fake):
    """The log starts with device.connected of the first lock."""
    events = fake.call("/events/list", {"since": "2020-01-01"})["events"]

    assert [(event["event_type"], event["device_id"]) for event in events] == [("device.connected", "august_device_1")]


def test_minut_sensor_has_one_threshold(fake):
    """The threshold of the fake takes the place of those that such a sensor comes with."""
    answer = fake.call("/noise_sensors/noise_thresholds/list", {"device_id": "minut_device_1"})

    assert [(row["name"], row["noise_threshold_decibels"]) for row in answer["noise_thresholds"]] == [
        ("builtin_normal_hours", 60)
    ]


def test_second_workspace_has_a_key_and_is_empty(fake):
    """seam_apikey2_token reaches a workspace of its own, without devices."""
    assert fake.call("/workspaces/get", key="seam_apikey2_token")["workspace"]["workspace_id"] == "seed_workspace_2"
    assert fake.call("/devices/list", key="seam_apikey2_token")["devices"] == []


@pytest.mark.parametrize("token", ["seam_at1_longtoken", "seam_at1_token"])
def test_access_token_reaches_both_workspaces(fake, token):
    """The personal access token lists two workspaces and opens the one that the header names."""
    listed = fake.call("/workspaces/list", key=token)["workspaces"]
    counts = [len(fake.call("/devices/list", key=token, seam_workspace=w["workspace_id"])["devices"]) for w in listed]

    assert [workspace["workspace_id"] for workspace in listed] == ["seed_workspace_1", "seed_workspace_2"]
    assert counts == [5, 0]


def test_client_session_reaches_johns_devices(fake):
    """seam_cst1_token sees the four devices of John's account."""
    devices = fake.call("/devices/list", {}, key="seam_cst1_token")["devices"]

    assert [device["device_id"] for device in devices] == [
        "august_device_1",
        "august_device_2",
        "ecobee_device_1",
        "minut_device_1",
    ]


def test_publishable_key_gets_johns_session(fake):
    """seam_pk1_token gives the session of the user identifier key."""
    body = {"user_identifier_key": "john_user_identifier_key"}
    response = fake.http.post(
        "/client_sessions/get_or_create", json=body, headers={"seam-publishable-key": "seam_pk1_token"}
    )

    assert response.json()["client_session"]["token"] == "seam_cst1_token"


def test_connect_webview_is_authorized(fake):
    """The webview through which John's account came is there."""
    webview = fake.call("/connect_webviews/list", {})["connect_webviews"][0]

    assert (webview["status"], webview["connected_account_id"]) == ("authorized", "john_connected_account_id")


def test_reset_goes_back_to_the_seed(fake):
    """After /workspaces/reset_sandbox the devices of the seed are there again."""
    fake.call("/devices/simulate/remove", {"device_id": "august_device_1"})
    fake.call("/workspaces/reset_sandbox", {})

    assert len(fake.call("/devices/list", {})["devices"]) == 5
