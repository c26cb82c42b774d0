"""Device types and worlds: each can be made, is read through the SDK, and says what can be simulated."""

import inspect
import re

import pytest
from seam.resources import device_provider
from seam.routes import devices_unmanaged

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api.devices.filters import (
    CAMERAS,
    KEYS,
    LOCKS,
    MANUFACTURERS,
    NOISE_SENSORS,
    PHONES,
    SPEAKERS,
    THERMOSTATS,
)
from pytest_seam_sandbox.catalog import devices as catalogue
from pytest_seam_sandbox.catalog.devices import device_models, property_types, providers

TYPES = (*LOCKS, *KEYS, *NOISE_SENSORS, *THERMOSTATS, *CAMERAS, *SPEAKERS)
SIMULATIONS = {
    "disconnect": "can_simulate_disconnection",
    "remove": "can_simulate_removal",
    "disconnect_from_hub": "can_simulate_hub_disconnection",
    "connect": "can_simulate_connection",
    "connect_to_hub": "can_simulate_hub_connection",
}


def test_catalogue_has_the_types_that_seam_lists():
    """47 types: those of the filters, no more and no fewer."""
    assert len(device_models()) == 47
    assert set(device_models()) == {*TYPES, *PHONES}


@pytest.mark.parametrize("device_type", TYPES)
def test_device_of_each_type(seam_client, seam_sandbox, device_type):
    """It can be made and read, is online, and carries what every device has."""
    made = seam_sandbox.create_device(device_type)

    device = seam_client.devices.get(device_id=made.device_id)

    assert device.device_type == device_type
    assert device.properties.online is True
    assert device.display_name == device.properties.name == device.properties.appearance.name
    assert device.properties.model.display_name
    assert device.properties.model.manufacturer_display_name
    provider = device_models()[device_type].provider
    assert device.device_provider.device_provider_name == ("august" if provider == "yale" else provider)
    assert [found.device_id for found in seam_client.devices.list(device_type=device_type)] == [made.device_id]
    assert (device.errors, device.warnings) == ([], [])


@pytest.mark.parametrize("device_type", PHONES)
def test_phone_of_each_type(seam_client, seam_sandbox, device_type):
    """Phones belong to people and are made for them."""
    phone = seam_sandbox.create_phone(operating_system=device_type.removesuffix("_phone"))

    assert seam_client.phones.get(device_id=phone.device_id).device_type == device_type


@pytest.mark.parametrize("simulation", SIMULATIONS)
@pytest.mark.parametrize("device_type", TYPES)
def test_simulations_that_apply_work_and_others_are_refused(seam_http, seam_sandbox, device_type, simulation):
    """A can_simulate_* flag is there exactly when its endpoint works for the type."""
    device = seam_sandbox.create_device(device_type)
    applies = getattr(device, SIMULATIONS[simulation]) is not None

    answer = seam_http.post(f"/devices/simulate/{simulation}", json={"device_id": device.device_id})

    assert applies is (simulation in device_models()[device_type].simulate)
    assert answer.status_code == (200 if applies else 400)
    assert answer.json().get("error", {}).get("type") == (None if applies else "device_type_not_supported")


@pytest.mark.parametrize("device_type", TYPES)
def test_paid_subscription_applies_to_nuki(seam_http, seam_sandbox, device_type):
    """Only a Nuki lock has a plan that can expire."""
    device = seam_sandbox.create_device(device_type)

    answer = seam_http.post(
        "/devices/simulate/paid_subscription", json={"device_id": device.device_id, "is_expired": True}
    )

    assert answer.status_code == (200 if device_type == "nuki_lock" else 400)
    assert (device.can_simulate_paid_subscription is True) is (device_type == "nuki_lock")


@pytest.mark.parametrize("device_type", LOCKS)
def test_every_lock_is_listed_as_a_lock(seam_client, seam_sandbox, device_type):
    """/locks/list and /locks/get know the lock."""
    device = seam_sandbox.create_device(device_type)

    assert [lock.device_id for lock in seam_client.locks.list()] == [device.device_id]
    assert seam_client.locks.get(device_id=device.device_id).device_id == device.device_id


@pytest.mark.parametrize(
    ("command", "flag"), [("lock_door", "can_remotely_lock"), ("unlock_door", "can_remotely_unlock")]
)
@pytest.mark.parametrize("device_type", LOCKS)
def test_commands_follow_the_flags(seam_http, seam_sandbox, device_type, command, flag):
    """A lock that has the flag takes the command; one that lacks it refuses."""
    device = seam_sandbox.create_device(device_type)

    answer = seam_http.post(f"/locks/{command}", json={"device_id": device.device_id})

    assert answer.status_code == (200 if getattr(device, flag) else 400)


def words_of(module, name):
    """The values that the SDK's code types for a parameter or a field, in the first place that names it."""
    source = inspect.getsource(module)
    start = source.index(name)
    return set(re.findall(r'"(\w+)"', source[start : source.index("]", start)]))


def test_types_manufacturers_and_providers_are_those_of_the_sdk():
    """What the SDK lets a program ask for is there, and nothing else."""
    assert set(device_models()) == words_of(devices_unmanaged, "device_type: Optional")
    assert set(MANUFACTURERS) == words_of(devices_unmanaged, "manufacturer: Optional")
    listed = {provider["device_provider_name"] for provider in providers()}
    assert listed == words_of(device_provider, "device_provider_name: Literal")


def test_provider_that_nobody_knows_is_shown_on_no_device():
    """Such as that of an account which another package adds."""
    assert catalogue.device_provider("a provider of this test alone") is None


def test_properties_of_the_catalogue_have_known_types():
    """Each property that a device of the catalogue has is one that Seam documents, or a block of its provider."""
    own = {name for model in device_models().values() for name in model.properties}

    assert {name for name in own if not name.endswith("_metadata")} <= property_types().keys()


def test_empty_world():
    """The default sandbox holds nothing."""
    with Sandbox() as sandbox:
        client = sandbox.client()

        assert (client.devices.list(), client.phones.list(), client.connected_accounts.list()) == ([], [], [])
        assert sandbox.events == []


def test_house():
    """One account with two Yale locks and an August lock, each with its own serial number."""
    with Sandbox(world="house") as sandbox:
        devices = sandbox.client().devices.list()

    assert [(device.display_name, device.device_type) for device in devices] == [
        ("FRONT DOOR", "yale_lock"),
        ("BACK DOOR", "yale_lock"),
        ("GARAGE", "august_lock"),
    ]
    assert len({device.connected_account_id for device in devices}) == 1
    assert len({device.properties.serial_number for device in devices}) == 3
    assert [device.properties.august_metadata.lock_id for device in devices][:2] == ["lock-1", "lock-2"]
    assert {device.device_provider.device_provider_name for device in devices} == {"august"}


def test_provider_of_a_device_is_that_of_its_account(seam_sandbox, seam_client):
    """Devices are controlled through their account; a Yale lock by August, also in an account of Yale (docs)."""
    august = seam_sandbox.create_connected_account("august")
    through_august = seam_sandbox.create_device("yale_lock", connected_account_id=august.connected_account_id)
    through_yale = seam_sandbox.create_device("yale_lock")

    providers = {device.device_id: device.device_provider for device in seam_client.devices.list()}

    assert providers[through_august.device_id].device_provider_name == "august"
    assert providers[through_august.device_id].display_name == "August"
    assert providers[through_yale.device_id].device_provider_name == "august"


def test_everything():
    """One device of each type at least, and a person with an Android phone and an iPhone."""
    with Sandbox(world="everything") as sandbox:
        client = sandbox.client()
        devices, phones = client.devices.list(), client.phones.list()

    assert {device.device_type for device in devices} == set(TYPES)
    assert {phone.display_name: phone.device_type for phone in phones} == {
        "Pixel 9": "android_phone",
        "iPhone 17": "ios_phone",
    }
    assert len(client.user_identities.list()) == 1


def test_world_logs_how_it_came_to_be():
    """Each device of a world logs device.added and device.connected after its account."""
    with Sandbox(world="house") as sandbox:
        types = [event.event_type for event in sandbox.events]

    assert types == ["connected_account.connected", *["device.added", "device.connected"] * 3]
