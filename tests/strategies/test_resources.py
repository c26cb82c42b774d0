"""Strategies for devices and phones: what an app gets from Seam, in every type and state."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.openapi import DOCUMENT
from pytest_seam_sandbox import SandboxError
from pytest_seam_sandbox.catalog.devices import device_models
from pytest_seam_sandbox.engine.errors import UnknownDeviceType
from pytest_seam_sandbox.strategies import devices, phones
from stateful.running import simplest

SOME = settings(max_examples=60, deadline=None, derandomize=True, database=None, report_multiple_bugs=False)
TYPES = sorted(name for name, model in device_models().items() if model.provider)
UNREACHABLE = {"device_disconnected", "hub_disconnected", "account_disconnected", "device_removed"}
documented = pytest.mark.skipif(not DOCUMENT.exists(), reason=f"needs Seam's OpenAPI document as {DOCUMENT.name}")


def problems(path, name, resource):
    from contract.openapi import problems

    answer = {name: resource.model_dump(mode="json", exclude_unset=True), "ok": True}
    return problems("answers", path, value=answer)


@documented
@pytest.mark.parametrize("device_type", TYPES)
def test_devices_fit_the_schema(device_type):
    """A device of each type is one that Seam could have sent, online and offline."""

    @settings(SOME, max_examples=15)
    @given(devices(device_type))
    def prop(device):
        assert problems("/devices/get", "device", device) == []

    prop()


@documented
@SOME
@given(phones())
def test_phones_fit_the_schema(phone):
    """A phone is one that Seam could have sent."""
    assert problems("/phones/get", "phone", phone) == []


@SOME
@given(devices())
def test_devices_keep_the_invariants_of_seam(device):
    """Offline devices say why, withhold lock and battery and cannot be locked; names and charge agree."""
    unreachable = UNREACHABLE & {error.error_code for error in device.errors}
    properties = device.properties

    assert properties.online is not bool(unreachable)
    assert properties.online or (properties.locked, properties.battery_level) == (None, None)
    assert properties.online or not device.can_remotely_unlock
    assert device.display_name == properties.name
    assert properties.battery_level is None or properties.battery.level == properties.battery_level


def test_simplest_device_is_an_online_lock():
    """Without more to it, a device is an online August lock with its own name and a full battery."""
    device = simplest(devices())

    assert (device.device_type, device.display_name, device.nickname) == ("august_lock", "GARAGE", None)
    assert (device.properties.online, device.properties.locked, device.properties.battery_level) == (True, True, 1)
    assert device.custom_metadata == {}


@pytest.mark.parametrize("code", sorted(UNREACHABLE))
def test_offline_devices_are_drawn(code):
    """Each outage shows on a lock, which is online again in the simplest of all."""
    strategy = devices("august_lock")

    device = simplest(strategy, lambda device: any(error.error_code == code for error in device.errors))

    assert not device.properties.online
    assert simplest(strategy).properties.online


@pytest.mark.parametrize(("percent", "status"), [(0, "critical"), (11, "low"), (31, "good"), (76, "full")])
def test_battery_says_how_full_it_is(percent, status):
    """Every word for the charge is drawn, from empty to full."""
    device = simplest(
        devices("august_lock"),
        lambda device: device.properties.online and device.properties.battery_level <= percent / 100,
    )

    assert device.properties.battery.status == status


def test_types_can_be_chosen():
    """Only the given types are drawn, the first one first."""
    strategy = devices(["nuki_lock", "yale_lock"])

    assert simplest(strategy).device_type == "nuki_lock"
    assert simplest(strategy, lambda device: device.device_type != "nuki_lock").device_type == "yale_lock"


@settings(SOME, max_examples=20)
@given(st.lists(devices(), min_size=2, max_size=4, unique_by=lambda device: device.device_id))
def test_devices_of_one_example_can_be_told_apart(found):
    """With unique_by, devices have distinct ids."""
    assert len({device.device_id for device in found}) == len(found)


def test_drawn_devices_are_the_same_on_every_day():
    """Nothing about a drawn device or phone follows from the clock."""
    device, phone = simplest(devices(), lambda device: device.errors), simplest(phones())

    assert device.created_at == device.errors[0].created_at == phone.created_at == "2025-01-01T00:00:00.000Z"


def test_both_phones_are_drawn():
    """The simplest phone is an Android phone; iPhones are drawn too."""
    assert simplest(phones()).device_type == "android_phone"
    assert simplest(phones(), lambda phone: phone.device_type == "ios_phone").display_name == "iPhone 17"


def test_phones_with_and_without_a_nickname_are_drawn():
    """The simplest phone has none; a nickname is the display name."""
    assert simplest(phones()).nickname is None
    named = simplest(phones(), lambda phone: phone.nickname is not None)
    assert named.nickname == named.display_name


@pytest.mark.parametrize(
    ("types", "error", "text"),
    [
        (["august_lok"], UnknownDeviceType, r"Did you mean 'august_lock'"),
        (["android_phone"], SandboxError, r"'android_phone' is a phone"),
        ([], SandboxError, r"no device type is given"),
    ],
)
def test_wrong_device_types_are_refused(types, error, text):
    """A mistake is said where the strategy is made."""
    with pytest.raises(error, match=text):
        devices(types)
