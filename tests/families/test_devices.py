"""Devices: reading one, changing it, metadata, providers."""

import pytest
from seam.null import NULL

from pytest_seam_sandbox import seam_raises
from pytest_seam_sandbox.catalog.devices import device_models

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"


def test_get_by_id(seam, sandbox_device):
    """A device is found by its id, with the properties of its model."""
    device = seam.devices.get(device_id=sandbox_device.device_id)

    assert device.device_type == "august_lock"
    assert device.is_managed is True
    assert device.properties.online is True
    assert device.properties.locked is True
    assert device.properties.model.manufacturer_display_name == "August"
    assert device.device_provider.device_provider_name == "august"
    assert (device.errors, device.warnings, device.custom_metadata, device.space_ids) == ([], [], {}, [])


def test_get_by_name(seam, seam_sandbox):
    """A device is found by its display name too."""
    made = seam_sandbox.create_device(name="Cellar")

    assert seam.devices.get(name="Cellar").device_id == made.device_id


def test_get_with_id_and_name_needs_both_to_fit(seam, seam_sandbox):
    """An id whose device has another name is not found."""
    made = seam_sandbox.create_device(name="Cellar")

    with seam_raises("device_not_found", status_code=404):
        seam.devices.get(device_id=made.device_id, name="Attic")


@pytest.mark.parametrize("asked", [{"device_id": NOTHING}, {"name": "Attic"}])
def test_unknown_device_is_not_found(seam, sandbox_device, asked):
    """Neither an unknown id nor an unknown name is found."""
    with seam_raises("device_not_found", status_code=404):
        seam.devices.get(**asked)


def test_get_without_id_and_name_is_refused(seam_http):
    """The API wants an id or a name."""
    answer = seam_http.post("/devices/get", json={})

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_input"


def test_device_of_another_workspace_is_not_found(seam, production):
    """A key reaches the devices of its own workspace only."""
    foreign = production.client.devices.list()[0]

    with seam_raises("device_not_found", status_code=404):
        seam.devices.get(device_id=foreign.device_id)


@pytest.mark.parametrize("path", ["/devices/get", "/locks/unlock_door", "/devices/update"])
def test_client_session_does_not_reach_another_account(seam_sandbox, seam_client, path):
    """A device of an account that a session does not hold answers 401."""
    device = seam_sandbox.create_device()
    other = seam_sandbox.create_connected_account()
    session = seam_client.client_sessions.create(connected_account_ids=[other.connected_account_id])

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as app:
        answer = app.post(path, json={"device_id": device.device_id})

    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "unauthorized")


def test_client_session_lists_the_devices_of_its_accounts(seam_sandbox, seam_client):
    """A session sees its own devices, and no other."""
    own = seam_sandbox.create_device()
    seam_sandbox.create_device("nuki_lock")
    session = seam_client.client_sessions.create(connected_account_ids=[own.connected_account_id])

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as app:
        listed = app.post("/devices/list", json={}).json()["devices"]

    assert [device["device_id"] for device in listed] == [own.device_id]


def test_update_name_sets_the_nickname(seam, seam_sandbox):
    """The name of an update is the nickname; the provider's name stays in the appearance."""
    device = seam_sandbox.create_device(name="Cellar")

    seam.devices.update(device_id=device.device_id, name="Wine")

    changed = seam.devices.get(device_id=device.device_id)
    assert (changed.display_name, changed.nickname, changed.properties.name) == ("Wine", "Wine", "Wine")
    assert changed.properties.appearance.name == "Cellar"
    seam_sandbox.expect_event("device.name_changed", device_id=device.device_id, device_name="Wine", count=1)


def test_update_takes_the_name_below_properties_too(seam, sandbox_device):
    """The older place of the name works as well."""
    seam.devices.update(device_id=sandbox_device.device_id, properties={"name": "Wine"})

    assert seam.devices.get(device_id=sandbox_device.device_id).nickname == "Wine"


def test_update_name_to_null_clears_the_nickname(seam, seam_sandbox):
    """Null gives the provider's name back."""
    device = seam_sandbox.create_device(name="Cellar")
    seam.devices.update(device_id=device.device_id, name="Wine")

    seam.devices.update(device_id=device.device_id, name=NULL)

    changed = seam.devices.get(device_id=device.device_id)
    assert (changed.display_name, changed.nickname) == ("Cellar", None)


def test_update_to_the_same_name_logs_no_event(seam, seam_sandbox):
    """device.name_changed tells of a change only."""
    device = seam_sandbox.create_device(name="Cellar")

    seam.devices.update(device_id=device.device_id, name="Cellar")

    seam_sandbox.expect_no_event("device.name_changed")


def test_update_metadata_merges_key_by_key(seam, seam_sandbox):
    """New keys are added, given ones replaced, null or an empty text deletes, the rest stays."""
    device = seam_sandbox.create_device(custom_metadata={"a": "1", "b": "2", "c": "3", "d": True})

    seam.devices.update(device_id=device.device_id, custom_metadata={"a": "one", "b": None, "c": "", "e": False})

    assert seam.devices.get(device_id=device.device_id).custom_metadata == {"a": "one", "d": True, "e": False}


@pytest.mark.parametrize(
    "metadata",
    [
        {f"key{number}": "x" for number in range(51)},
        {"k" * 41: "x"},
        {"a.b": "x"},
        {"a": "x" * 501},
        {"a": 5},
    ],
    ids=["51 keys", "41 characters in a key", "period in a key", "501 characters in a value", "a number"],
)
def test_update_refuses_metadata_beyond_its_limits(seam_http, sandbox_device, metadata):
    """Up to 50 keys of 40 characters without a period, values of up to 500 characters or booleans."""
    answer = seam_http.patch(
        "/devices/update", json={"device_id": sandbox_device.device_id, "custom_metadata": metadata}
    )

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")
    device = seam_http.post("/devices/get", json={"device_id": sandbox_device.device_id}).json()["device"]
    assert device["custom_metadata"] == {}


def test_update_takes_metadata_at_its_limits(seam, sandbox_device):
    """The longest key and value, and as many keys as there may be, are stored."""
    metadata = {**{f"key{number}": True for number in range(49)}, "k" * 40: "x" * 500}

    seam.devices.update(device_id=sandbox_device.device_id, custom_metadata=metadata)

    assert seam.devices.get(device_id=sandbox_device.device_id).custom_metadata == metadata


def test_update_backup_access_code_pool(seam, sandbox_device):
    """The backup access code pool can be switched off for a device."""
    seam.devices.update(device_id=sandbox_device.device_id, backup_access_code_pool_enabled=False)

    properties = seam.client.post("/devices/get", json={"device_id": sandbox_device.device_id})["device"]["properties"]
    assert properties["backup_access_code_pool_enabled"] is False


def test_update_to_unmanaged_gives_the_device_up(seam, seam_sandbox, sandbox_device):
    """is_managed false moves the device to the unmanaged ones."""
    seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)

    assert seam.devices.list() == []
    with seam_raises("device_not_found", status_code=404):
        seam.devices.get(device_id=sandbox_device.device_id)
    seam_sandbox.expect_event("device.converted_to_unmanaged", device_id=sandbox_device.device_id, count=1)


def test_update_of_an_unmanaged_device_is_refused(seam, sandbox_device):
    """An unmanaged device has an update of its own."""
    seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)

    with seam_raises("device_unmanaged", status_code=400):
        seam.devices.update(device_id=sandbox_device.device_id, name="Wine")


def test_update_of_an_unknown_device_is_not_found(seam):
    """Changing nothing answers 404."""
    with seam_raises("device_not_found", status_code=404):
        seam.devices.update(device_id=NOTHING, name="Wine")


def test_metadata_and_customer_stand_in_the_events(seam, seam_sandbox):
    """Events about a device carry its metadata, the account's metadata and the customer."""
    account = seam_sandbox.create_connected_account(customer_key="acme", custom_metadata={"plan": "gold"})

    device = seam_sandbox.create_device(
        connected_account_id=account.connected_account_id, custom_metadata={"room": "101"}
    )

    event = seam.events.get(event_type="device.added", device_id=device.device_id)
    assert event.device_custom_metadata == {"room": "101"}
    assert event.connected_account_custom_metadata == {"plan": "gold"}
    assert event.customer_key == "acme"


def test_providers(seam):
    """A provider names its devices' flags: true when one of its devices has it."""
    providers = {provider.device_provider_name: provider for provider in seam.devices.list_device_providers()}

    assert providers["august"].can_remotely_unlock is True
    assert providers["august"].display_name == "August"
    assert providers["minut"].can_remotely_unlock is None


def test_providers_say_what_can_be_simulated(seam):
    """A can_simulate_* flag of a provider is true when one of its devices has it, and absent otherwise."""
    providers = {provider.device_provider_name: provider for provider in seam.devices.list_device_providers()}

    assert providers["august"].can_simulate_disconnection is True
    assert providers["august"].can_simulate_connection is True
    assert providers["august"].can_simulate_removal is True
    assert providers["nuki"].can_simulate_paid_subscription is True
    assert providers["minut"].can_simulate_disconnection is None


def test_every_device_has_a_listed_provider(seam):
    """The provider of each device type is in the list."""
    listed = {provider.device_provider_name for provider in seam.devices.list_device_providers()}

    assert {model.provider for model in device_models().values()} - {None} <= listed


def test_providers_of_a_category(seam):
    """provider_category narrows the list."""
    found = seam.devices.list_device_providers(provider_category="noise_sensors")

    assert {provider.device_provider_name for provider in found} >= {"minut", "noiseaware"}
    assert all("noise_sensors" in provider.provider_categories for provider in found)


@pytest.mark.parametrize(
    ("provider", "simulations"),
    [
        ("august", {"connection", "disconnection", "hub_connection", "hub_disconnection", "removal"}),
        ("schlage", {"connection", "disconnection", "removal"}),
        ("nuki", {"paid_subscription"}),
        ("ttlock", {"hub_connection", "hub_disconnection"}),
        ("kwikset", set()),
    ],
)
def test_provider_says_what_can_be_simulated_on_its_devices(seam_http, provider, simulations):
    """A flag of simulation is true as soon as one of the provider's devices has it; the others are absent."""
    providers = seam_http.post("/devices/list_device_providers", json={}).json()["device_providers"]
    (found,) = (one for one in providers if one["device_provider_name"] == provider)

    flags = {name.removeprefix("can_simulate_"): said for name, said in found.items() if "_simulate_" in name}
    assert flags == dict.fromkeys(simulations, True)


def test_nothing_can_be_simulated_in_production(production):
    """The flags of simulation are those of a sandbox."""
    for provider in production.client.devices.list_device_providers():
        assert provider.can_simulate_disconnection is None
        assert provider.can_simulate_paid_subscription is None
