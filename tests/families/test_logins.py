"""Logins with a Connect Webview: what a person's success or failure brings about."""

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.engine.errors import UnknownId

HOUSE = ["FRONT DOOR", "BACK DOOR", "GARAGE"]


def types(events):
    return [event.event_type for event in events]


def names(devices):
    return [device.display_name for device in devices]


def test_login_authorizes_the_webview(seam, seam_sandbox):
    """The webview tells who logged in where, and when."""
    webview = seam.connect_webviews.create(accepted_providers=["schlage"])

    account = seam_sandbox.complete_login(webview)

    done = seam.connect_webviews.get(connect_webview_id=webview.connect_webview_id)
    assert (done.status, done.login_successful, done.selected_provider) == ("authorized", True, "schlage")
    assert done.connected_account_id == account.connected_account_id
    assert done.authorized_at is not None
    assert (account.account_type, account.user_identifier.email) == ("schlage", "jane@example.com")


def test_login_brings_the_house(seam, seam_sandbox):
    """An August login connects the house of three locks, and logs each step in order."""
    webview = seam.connect_webviews.create()

    account = seam_sandbox.complete_login(webview, email="john@example.com")

    assert names(seam.devices.list(connected_account_id=account.connected_account_id)) == HOUSE
    assert types(seam_sandbox.events) == [
        "connect_webview.login_succeeded",
        "connected_account.created",
        "connected_account.connected",
        *["device.added", "device.connected"] * 3,
        "connected_account.completed_first_sync",
    ]


def test_events_of_a_login_name_webview_account_and_customer(seam, seam_sandbox):
    """The app can tell from the events which of its webviews was completed, and for whom."""
    webview = seam.connect_webviews.create(customer_key="acme", custom_metadata={"house": "17"})

    account = seam_sandbox.complete_login(webview)

    both = {"connect_webview_id": webview.connect_webview_id, "connected_account_id": account.connected_account_id}
    seam_sandbox.expect_event("connect_webview.login_succeeded", customer_key="acme", **both, count=1)
    seam_sandbox.expect_event("connected_account.created", **both, count=1)
    seam_sandbox.expect_event("connected_account.connected", customer_key="acme", **both, count=1)
    seam_sandbox.expect_event("device.added", customer_key="acme", count=3)
    logged = seam.events.list(since="2020-01-01")
    assert [event.connected_account_custom_metadata for event in logged] == [{"house": "17"}] * 10


def test_account_takes_over_what_the_webview_says(seam, seam_sandbox):
    """Metadata, customer, capabilities and whether new devices are managed go from the webview to the account."""
    webview = seam.connect_webviews.create(
        accepted_capabilities=["lock"],
        automatically_manage_new_devices=False,
        customer_key="acme",
        custom_metadata={"house": "17"},
    )

    account = seam_sandbox.complete_login(webview)

    assert (account.custom_metadata, account.customer_key) == ({"house": "17"}, "acme")
    assert (account.accepted_capabilities, account.automatically_manage_new_devices) == (["lock"], False)
    assert seam.devices.list() == []
    assert names(seam.devices.unmanaged.list()) == HOUSE


@pytest.mark.parametrize(
    ("params", "provider", "device_types"),
    [
        ({"accepted_providers": ["minut"]}, None, ["minut_sensor"]),
        ({"accepted_providers": ["minut", "nuki"]}, "nuki", ["nuki_lock"]),
        ({"accepted_providers": ["smartthings"]}, None, ["smartthings_lock"]),
        (
            {"accepted_providers": ["smartthings"], "accepted_capabilities": ["lock", "thermostat"]},
            None,
            ["smartthings_lock", "smartthings_thermostat"],
        ),
        ({"accepted_providers": ["august"], "accepted_capabilities": ["thermostat"]}, None, []),
        ({"accepted_providers": ["keynest"], "accepted_capabilities": ["lock"]}, None, ["keynest_key"]),
        ({"accepted_providers": ["visionline"]}, None, []),
        ({}, "aqara", ["aqara_lock"]),
    ],
    ids=str,
)
def test_login_brings_the_devices_of_the_provider(seam, seam_sandbox, params, provider, device_types):
    """One device of each type of the provider whose kind the webview accepts."""
    webview = seam.connect_webviews.create(**params)

    seam_sandbox.complete_login(webview, provider=provider)

    assert [device.device_type for device in seam.devices.list()] == device_types


@pytest.mark.parametrize(
    ("provider", "device_types", "shown", "controlled_by"),
    [
        ("keyincode", ["keyincode_lock"] * 2, ["Front Door Lock", "Back Door Lock"], "keyincode"),
        ("my_2n", ["two_n_intercom"] * 3, ["Device 0", "Device 1", "Device 2"], "my_2n"),
        ("salto_ks", ["salto_lock"] * 3, ["FRONT_DOOR", "BACK DOOR", "EXTRA DOOR"], "salto_ks"),
        ("yale", ["yale_lock", "yale_lock", "august_lock"], HOUSE, "august"),
        ("yale_access", ["yale_lock", "yale_lock", "august_lock"], HOUSE, "august"),
        ("google_nest", ["nest_thermostat"], ["Hallway"], "nest"),
    ],
)
def test_login_brings_the_devices_of_the_docs(seam, seam_sandbox, provider, device_types, shown, controlled_by):
    """Where the docs show what a test account holds, a login brings just that."""
    seam_sandbox.complete_login(seam.connect_webviews.create(accepted_providers=[provider]))

    with seam_sandbox.http() as http:
        devices = http.post("/devices/list", json={}).json()["devices"]
    assert [device["device_type"] for device in devices] == device_types
    assert [device["display_name"] for device in devices] == shown
    assert [device["properties"]["name"] for device in devices] == shown
    assert {device["device_provider"]["device_provider_name"] for device in devices} == {controlled_by}
    makers = ("korelock_metadata", "two_n_metadata", "salto_ks_metadata", "august_metadata")
    blocks = [block for device in devices for name, block in device["properties"].items() if name in makers]
    ids = [block["device_id"] if "device_id" in block else block["lock_id"] for block in blocks]
    assert len(set(ids)) == len(ids)
    assert blocks or provider == "google_nest"


@pytest.mark.parametrize(
    ("provider", "system_type", "name", "doors"),
    [
        ("visionline", "visionline_system", "Visionline", ["Main Entrance"]),
        ("salto_ks", "salto_ks_site", "Salto KS Main Site ACS", ["FRONT_DOOR", "BACK DOOR", "EXTRA DOOR"]),
        ("latch", "latch_building", "Latch Building", ["Main Entrance"]),
        ("kisi", "kisi_organization", "Kisi Organization", ["Main Entrance"]),
        ("pti", "pti_site", "PTI Site", ["Main Entrance"]),
        ("hid_cm", "hid_credential_manager_organization", "HID Credential Manager Organization", []),
        ("assa_abloy_credential_service", "assa_abloy_credential_service", "ASSA ABLOY Credential Services", []),
        ("hotek", "hotek_site", "Hotek Site", [f"Room {n}" for n in (101, 102, 103, 104, 201, 202, 203, 204)]),
    ],
)
def test_login_brings_the_access_system(seam, seam_sandbox, provider, system_type, name, doors):
    """One access system with its doors, told by events before the first sync is complete."""
    webview = seam.connect_webviews.create(accepted_providers=[provider])
    assert "access_control" in webview.accepted_capabilities

    account = seam_sandbox.complete_login(webview)

    (system,) = seam.acs.systems.list(connected_account_id=account.connected_account_id)
    assert (system.external_type, system.name) == (system_type, name)
    assert names(seam.acs.entrances.list(acs_system_id=system.acs_system_id)) == doors
    logged = types(seam_sandbox.events)
    assert logged[logged.index("acs_system.added") :] == [
        "acs_system.added",
        "acs_system.connected",
        *["acs_encoder.added"] * (provider in ("visionline", "hotek")),
        *["acs_entrance.added"] * len(doors),
        "connected_account.completed_first_sync",
    ]


def test_access_system_comes_only_where_access_control_is_accepted(seam, seam_sandbox):
    """A webview that takes locks only leaves the access system out."""
    webview = seam.connect_webviews.create(accepted_providers=["salto_ks"], accepted_capabilities=["lock"])

    seam_sandbox.complete_login(webview)

    assert len(seam.devices.list()) == 3
    assert seam.acs.systems.list() == []


@pytest.mark.parametrize("manager_first", [True, False])
def test_credential_manager_serves_the_systems_that_need_one(seam, seam_sandbox, manager_first):
    """A Visionline site hands out mobile keys once somebody logged in at the Credential Services, in any order."""
    logins = ["assa_abloy_credential_service", "visionline"]
    for provider in logins if manager_first else reversed(logins):
        seam_sandbox.complete_login(seam.connect_webviews.create(accepted_providers=[provider]))

    systems = {system.external_type: system for system in seam.acs.systems.list()}
    manager = systems["assa_abloy_credential_service"].acs_system_id
    assert systems["visionline_system"].default_credential_manager_acs_system_id == manager
    seam_sandbox.create_acs_credential(
        acs_system_id=systems["visionline_system"].acs_system_id, is_multi_phone_sync_credential=True
    )


def test_every_provider_with_devices_or_systems_brings_some(seam, seam_sandbox):
    """Any provider that Seam lists, but for calendars and booking software, brings something to a login."""
    without = {"ical", "lodgify", "hostaway", "guesty", "acuity_scheduling", "seam_passport"}
    with seam_sandbox.http() as http:
        providers = http.post("/devices/list_device_providers", json={}).json()["device_providers"]
        for provider in providers:
            name = provider["device_provider_name"]
            webview = seam.connect_webviews.create(accepted_providers=[name])
            account = seam_sandbox.complete_login(webview).connected_account_id
            devices = http.post("/devices/list", json={"connected_account_id": account}).json()["devices"]

            brought = [*devices, *seam.acs.systems.list(connected_account_id=account)]
            assert bool(brought) == (name not in without), name
            flags = {field for device in devices for field in device if field.startswith("can_")}
            said = {field for field in provider if field.startswith("can_")}
            # a login brings the locks of SmartThings, not its thermostats
            assert flags == said or (name == "smartthings" and flags < said), name
            assert all(provider[flag] is True for flag in said)


def test_webview_filters_devices(seam, seam_sandbox):
    """Devices, locks, noise sensors and unmanaged devices are found by the webview that connected their account."""
    first = seam.connect_webviews.create()
    second = seam.connect_webviews.create(accepted_providers=["minut"])
    third = seam.connect_webviews.create(accepted_providers=["nuki"], automatically_manage_new_devices=False)
    unused = seam.connect_webviews.create()
    seam_sandbox.complete_login(first)
    seam_sandbox.complete_login(second)
    seam_sandbox.complete_login(third)

    of_first = {"connect_webview_id": first.connect_webview_id}
    assert names(seam.devices.list(**of_first)) == names(seam.locks.list(**of_first)) == HOUSE
    assert names(seam.noise_sensors.list(connect_webview_id=second.connect_webview_id)) == ["Living Room"]
    assert seam.locks.list(connect_webview_id=second.connect_webview_id) == []
    assert len(seam.devices.unmanaged.list(connect_webview_id=third.connect_webview_id)) == 1
    assert seam.devices.list(connect_webview_id=unused.connect_webview_id) == []
    assert types(seam.events.list(since="2020-01-01", **of_first))[-1] == "connect_webview.login_succeeded"


def test_session_that_holds_the_webview_reaches_the_account(seam, seam_sandbox):
    """A client session with the webview sees the devices after the login; others do not."""
    webview = seam.connect_webviews.create()
    holder = seam.client_sessions.create(connect_webview_ids=[webview.connect_webview_id])
    other = seam.client_sessions.create()

    account = seam_sandbox.complete_login(webview)

    reached = seam.client_sessions.get(client_session_id=holder.client_session_id)
    assert (reached.connected_account_ids, reached.device_count) == ([account.connected_account_id], 3)
    assert seam.client_sessions.get(client_session_id=other.client_session_id).device_count == 0


def test_same_login_through_another_webview_heals_the_account(seam, seam_sandbox, sandbox_device):
    """A disconnected account comes back with its devices, and takes the new webview's metadata."""
    account_id = sandbox_device.connected_account_id
    seam.connected_accounts.simulate.disconnect(connected_account_id=account_id)
    webview = seam.connect_webviews.create(accepted_providers=["august"], custom_metadata={"house": "18"})

    with seam_sandbox.expecting(
        "connect_webview.login_succeeded",
        "connected_account.connected",
        "device.connected",
        "connected_account.completed_first_sync_after_reconnection",
    ):
        account = seam_sandbox.complete_login(webview)

    assert (account.connected_account_id, account.errors) == (account_id, [])
    assert account.custom_metadata == {"house": "18"}
    assert seam_sandbox.get_device(sandbox_device) == sandbox_device
    assert len(seam.devices.list(connect_webview_id=webview.connect_webview_id)) == 1
    seam_sandbox.expect_event("connected_account.connected", connect_webview_id=webview.connect_webview_id, count=1)
    seam_sandbox.expect_no_event("connected_account.created")


def test_same_login_of_a_healthy_account_changes_little(seam, seam_sandbox, sandbox_device):
    """A login that was not needed is logged, and an account without a customer becomes that of the webview."""
    webview = seam.connect_webviews.create(customer_key="acme")
    before = len(seam_sandbox.events)

    account = seam_sandbox.complete_login(webview)

    assert (account.connected_account_id, account.customer_key) == (sandbox_device.connected_account_id, "acme")
    assert types(seam_sandbox.events[before:]) == ["connect_webview.login_succeeded"]


@pytest.mark.parametrize(
    "login", [{"email": "john@example.com"}, {"provider": "yale"}], ids=["other email", "other provider"]
)
def test_other_login_is_another_account(seam, seam_sandbox, sandbox_device, login):
    """Email and provider together are the login."""
    account = seam_sandbox.complete_login(seam.connect_webviews.create(), **login)

    assert account.connected_account_id != sandbox_device.connected_account_id
    assert len(seam.connected_accounts.list()) == 2


def test_failed_login(seam, seam_sandbox):
    """A failed login shows in the status and as an event; the person may try again."""
    webview = seam.connect_webviews.create()

    seam_sandbox.fail_login(webview)

    failed = seam.connect_webviews.get(connect_webview_id=webview.connect_webview_id)
    assert (failed.status, failed.login_successful, failed.connected_account_id) == ("failed", False, None)
    seam_sandbox.expect_event("connect_webview.login_failed", connect_webview_id=webview.connect_webview_id, count=1)
    assert seam.connected_accounts.list() == []
    seam_sandbox.complete_login(webview)
    assert seam.connect_webviews.get(connect_webview_id=webview.connect_webview_id).status == "authorized"


@pytest.mark.parametrize("action", ["complete_login", "fail_login"])
def test_completed_webview_takes_no_second_login(seam_sandbox, seam_client, action):
    """Each login needs a webview of its own, and the message says so."""
    webview = seam_client.connect_webviews.create()
    seam_sandbox.complete_login(webview)

    with pytest.raises(SandboxError, match="was completed already"):
        getattr(seam_sandbox, action)(webview)

    assert len(seam_client.connected_accounts.list()) == 1


@pytest.mark.parametrize("action", ["complete_login", "fail_login"])
def test_unknown_webview(seam_sandbox, seam_client, action):
    """The message names the webviews that there are."""
    with pytest.raises(UnknownId, match="it has none"):
        getattr(seam_sandbox, action)("nothing")
    webview = seam_client.connect_webviews.create()
    with pytest.raises(UnknownId, match=webview.connect_webview_id):
        getattr(seam_sandbox, action)("nothing")


@pytest.mark.parametrize(
    ("params", "provider", "text"),
    [
        ({"accepted_providers": ["nuki"]}, "august", "does not offer the provider 'august'; it accepts nuki"),
        ({}, "nobody", "does not offer the provider 'nobody'"),
        ({"provider_category": "internal_beta"}, "august", "it accepts none"),
        ({"provider_category": "internal_beta"}, None, "accepts no provider"),
    ],
    ids=str,
)
def test_provider_that_the_webview_does_not_offer(seam_sandbox, seam_client, params, provider, text):
    """A person can only choose what the page shows."""
    webview = seam_client.connect_webviews.create(**params)

    with pytest.raises(SandboxError, match=text):
        seam_sandbox.complete_login(webview, provider=provider)

    assert seam_client.connected_accounts.list() == []


def test_account_of_another_customer_is_not_taken_over(seam_sandbox, seam_client):
    """A webview of one customer shows an error for the account of another."""
    account = seam_sandbox.create_connected_account(customer_key="acme")
    webview = seam_client.connect_webviews.create(customer_key="other")

    with pytest.raises(SandboxError, match="belongs to the customer 'acme'"):
        seam_sandbox.complete_login(webview)

    assert seam_sandbox.get_connected_account(account) == account


def test_same_seed_gives_the_same_login():
    """Ids and urls follow from the seed."""

    def log_in():
        with Sandbox(seed=7) as sandbox, sandbox.http() as http:
            webview = http.post("/connect_webviews/create", json={}).json()["connect_webview"]
            return webview["url"], sandbox.complete_login(webview).connected_account_id

    assert log_in() == log_in()


def test_control_routes_complete_and_fail_logins(seam_sandbox, seam_http):
    """Tests in other languages log in through the control routes of the server."""
    webviews = [seam_http.post("/connect_webviews/create", json={}).json()["connect_webview"] for _ in range(2)]
    first, second = ({"connect_webview": webview["connect_webview_id"]} for webview in webviews)

    with seam_sandbox.serve(control=True) as url, seam_sandbox.http(base_url=url, transport=None) as http:
        account = http.post("/_sandbox/complete_login", json={**first, "email": "sam@example.com"}).json()
        failed = http.post("/_sandbox/fail_login", json=second).json()
        refused = http.post("/_sandbox/complete_login", json=first)

    assert account["user_identifier"] == {"email": "sam@example.com"}
    assert failed == {"ok": True}
    assert (refused.status_code, "was completed already" in refused.text) == (400, True)
    assert seam_http.post("/connect_webviews/get", json=webviews[1]).json()["connect_webview"]["status"] == "failed"
