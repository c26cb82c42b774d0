"""Names that a sandbox does not know: what it says instead."""

import sys
from importlib.metadata import version
from types import SimpleNamespace

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.engine.errors import MissingDependency, UnknownDeviceType, UnknownId, UnknownWorld

NOTHING = "00000000-0000-4000-8000-000000000000"


def text_of(error, call):
    """The text with which a call fails."""
    with pytest.raises(error) as raised:
        call()
    return str(raised.value)


@pytest.mark.parametrize("device_id", [NOTHING, "front-door"], ids=["unknown", "no uuid"])
def test_unknown_device(seam_sandbox, sandbox_device, device_id):
    """The text says what is there instead, and how to make one."""
    text = text_of(UnknownId, lambda: seam_sandbox.get_device(device_id))

    assert f"no device {device_id!r} in this sandbox" in text
    assert f"it has {sandbox_device.display_name} ({sandbox_device.device_id})" in text
    assert "create_device()" in text


def test_unknown_device_in_an_empty_sandbox(seam_sandbox):
    """A sandbox without devices says so."""
    assert "it has none." in text_of(UnknownId, lambda: seam_sandbox.get_device(NOTHING))


@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected", "removed", "subscription_expired"])
def test_outage_of_an_unknown_device(seam_sandbox, sandbox_device, kind):
    """An outage of nothing fails at once, in the same words."""
    text = text_of(UnknownId, lambda: getattr(seam_sandbox, kind)(NOTHING))

    assert sandbox_device.device_id in text


@pytest.mark.parametrize("phone_id", [NOTHING, "my-phone"], ids=["unknown", "no uuid"])
def test_unknown_phone(seam_sandbox, sandbox_phone, phone_id):
    """The text says which phones there are."""
    text = text_of(UnknownId, lambda: seam_sandbox.get_phone(phone_id))

    assert f"no phone {phone_id!r} in this sandbox; it has Samsung Galaxy S10 ({sandbox_phone.device_id})" in text


@pytest.mark.parametrize("account_id", [NOTHING, "my-account"], ids=["unknown", "no uuid"])
def test_unknown_account(seam_sandbox, account_id):
    """The text says where an account comes from."""
    text = text_of(UnknownId, lambda: seam_sandbox.get_connected_account(account_id))

    assert f"no connected account {account_id!r} in this sandbox" in text
    assert "create_connected_account()" in text


def test_device_for_an_unknown_account(seam_sandbox):
    """Making a device names the accounts that there are."""
    account = seam_sandbox.create_connected_account("nuki")

    text = text_of(UnknownId, lambda: seam_sandbox.create_device(connected_account_id=NOTHING))

    assert (
        f"no connected account {NOTHING!r} in this sandbox; it has jane@example.com ({account.connected_account_id})"
        in text
    )


@pytest.mark.parametrize("device", [None, 5, SimpleNamespace(device_id=5)], ids=["none", "number", "id is a number"])
def test_something_that_is_no_device(seam_sandbox, device):
    """An object without an id is refused with what is expected."""
    text = text_of(SandboxError, lambda: seam_sandbox.get_device(device))

    assert "expected an object with a device_id, or an id as text; got" in text


def test_unknown_device_type(seam_sandbox):
    """The nearest names come first, then all of them."""
    text = text_of(UnknownDeviceType, lambda: seam_sandbox.create_device("agust_lock"))

    assert "Seam has no device type 'agust_lock'. Did you mean 'august_lock'" in text
    assert "All 47 types: akiles_lock, akuvox_lock" in text


def test_unknown_device_type_without_a_near_name(seam_sandbox):
    """When nothing is near the text shows what a type looks like."""
    text = text_of(UnknownDeviceType, lambda: seam_sandbox.create_device("§§§"))

    assert "Device types look like 'august_lock'." in text


@pytest.mark.parametrize(("world", "hint"), [("hous", "Did you mean 'house'?"), ("§§§", "")])
def test_unknown_world(world, hint):
    """The nearest name, then all of them."""
    text = text_of(UnknownWorld, lambda: Sandbox(world=world))

    assert f"there is no world {world!r}." in text
    assert hint in text
    assert "Worlds: empty, everything, " in text


@pytest.mark.parametrize("make", ["client", "async_client"])
def test_missing_sdk(seam_sandbox, monkeypatch, make):
    """Without the SDK the text holds the command that installs it, and the way without it."""
    monkeypatch.setitem(sys.modules, "seam", None)

    text = text_of(MissingDependency, getattr(seam_sandbox, make))

    assert "pip install 'pytest-seam-sandbox[sdk]'" in text
    assert "seam_http" in text


def test_sdk_without_async(seam_sandbox, monkeypatch):
    """With an SDK that has no AsyncSeam yet the text holds its version, and the command that installs a newer one."""
    monkeypatch.delattr("seam.AsyncSeam")

    text = text_of(MissingDependency, seam_sandbox.async_client)

    assert f"version {version('seam')} of the Seam SDK has no AsyncSeam" in text
    assert "pip install 'seam>=3.5'" in text


def test_missing_sdk_is_an_import_error(seam_sandbox, monkeypatch):
    """Code that looks out for missing packages understands it."""
    monkeypatch.setitem(sys.modules, "seam", None)

    with pytest.raises(ImportError):
        seam_sandbox.client()
