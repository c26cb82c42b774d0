"""Names where ids are taken, and what is said where the wrong thing is named."""

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.engine.errors import UnknownId
from pytest_seam_sandbox.sandbox import Sandbox as Kind
from pytest_seam_sandbox.sweep import sweep


@pytest.fixture
def sandbox():
    """A house, a Nuki lock whose plan can expire, and a phone."""
    sandbox = Sandbox(world="house")
    sandbox.create_device("nuki_lock", name="ATTIC")
    sandbox.create_phone(nickname="Jane's phone")
    return sandbox


@pytest.mark.parametrize(
    ("outage", "name"),
    [
        (Kind.disconnected, "FRONT DOOR"),
        (Kind.hub_disconnected, "GARAGE"),
        (Kind.removed, "BACK DOOR"),
        (Kind.subscription_expired, "ATTIC"),
        (Kind.deactivated, "Jane's phone"),
        (Kind.account_disconnected, "FRONT DOOR"),
    ],
)
def test_outages_take_names(sandbox, outage, name):
    """The name of a device or phone, in every outage; a device stands for its account."""
    with outage(sandbox, name) as entered:
        assert name in str(entered) or outage is Kind.account_disconnected
        assert entered.events


def test_account_by_its_email_address():
    """An account is known by the address of its login."""
    sandbox = Sandbox()
    account = sandbox.create_connected_account("schlage", email="joe@example.com")

    assert sandbox.get_connected_account("joe@example.com").connected_account_id == account.connected_account_id
    with sandbox.account_disconnected("joe@example.com") as outage:
        assert outage.account.connected_account_id == account.connected_account_id


def test_account_of_a_device(sandbox):
    """The id of a device, like its model, leads to its account."""
    door = sandbox.get_device("FRONT DOOR")

    found = [sandbox.account_disconnected(one) for one in (door, door.device_id, door.connected_account_id)]

    assert {outage.connected_account_id for outage in found} == {door.connected_account_id}
    for outage in found:
        outage.check()


def test_other_methods_take_names(sandbox):
    """Looking, programming, marking and expecting."""
    door = sandbox.get_device("FRONT DOOR")
    code = sandbox.create_access_code("FRONT DOOR", name="Guest")
    sandbox.set_error("FRONT DOOR", "lock_is_jammed")
    sandbox.set_warning("Guest", "using_backup_access_code")

    assert door.display_name == "FRONT DOOR"
    assert code.device_id == door.device_id
    assert sandbox.expect_device_error("FRONT DOOR", "lock_is_jammed").device_id == door.device_id
    assert [warning.warning_code for warning in sandbox.access_codes[0].warnings] == ["using_backup_access_code"]
    assert sandbox.get_phone("Jane's phone").nickname == "Jane's phone"

    sandbox.clear_error("FRONT DOOR", "lock_is_jammed")
    sandbox.expect_no_device_error("FRONT DOOR", "lock_is_jammed")


def test_name_of_several(sandbox):
    """Which of them is meant is not guessed: the text has the ids, and the label that says which."""
    first, second = sandbox.get_device("FRONT DOOR"), sandbox.create_device(name="FRONT DOOR")

    for call in (sandbox.get_device, sandbox.disconnected, sandbox.account_disconnected, sandbox.create_access_code):
        with pytest.raises(UnknownId) as refused:
            call("FRONT DOOR")
        assert first.device_id in str(refused.value)
        assert second.device_id in str(refused.value)
    with pytest.raises(UnknownId, match=f"(?s){first.device_id}.*{second.device_id}"):
        sandbox.set_error("FRONT DOOR", "lock_is_jammed")

    assert sandbox.get_device("FRONT DOOR #1").device_id == first.device_id
    assert sandbox.get_device("FRONT DOOR #2").device_id == second.device_id
    with pytest.raises(UnknownId, match="no device 'FRONT DOOR #3'"):
        sandbox.get_device("FRONT DOOR #3")


def test_name_that_looks_like_a_label(sandbox):
    """What a thing is called comes first."""
    made = sandbox.create_device(name="FRONT DOOR #2")
    sandbox.create_device(name="FRONT DOOR")

    assert sandbox.get_device("FRONT DOOR #2").device_id == made.device_id


def test_sweep_refuses_the_name_of_several(seam_sweep, seam_sandbox):
    """A sweep does not choose either."""
    first, second = (seam_sandbox.create_device(name="FRONT DOOR") for _ in range(2))

    with pytest.raises(UnknownId, match=f"{first.device_id}.*{second.device_id}"):
        seam_sweep(disconnect="FRONT DOOR")
    with pytest.raises(UnknownId, match=f"{first.device_id}.*{second.device_id}"):
        seam_sweep(disconnect_account="FRONT DOOR")


def test_sweep_takes_the_account_by_its_email_address():
    """As account_disconnected does."""
    sandbox = Sandbox()
    account = sandbox.create_connected_account(email="joe@example.com")
    sandbox.create_device(name="DEN", connected_account_id=account.connected_account_id)

    (disruption,) = sweep(sandbox, disconnect_account="joe@example.com").disruptions

    assert disruption.name == "account_disconnected(DEN)"


OF_DEVICES = ["disconnected", "hub_disconnected", "removed", "subscription_expired"]


def said(call):
    with pytest.raises(SandboxError) as refused:
        call()
    return str(refused.value)


@pytest.mark.parametrize("outage", OF_DEVICES)
def test_outage_of_a_device_for_something_else(sandbox, outage):
    """By model, JSON, id or name: what was given is named, and the outage that it has."""
    phone, account = sandbox.phones[0], sandbox.connected_accounts[0]
    lose = getattr(sandbox, outage)

    for given in (phone, phone.model_dump(), phone.device_id, "Jane's phone"):
        assert "Jane's phone" in said(lambda given=given: lose(given))
        assert "is a phone, and this takes a device. Use deactivated() for it." in said(lambda given=given: lose(given))
    for given in (account, {"connected_account_id": account.connected_account_id}, account.connected_account_id):
        assert "is a connected account, and this takes a device. Use account_disconnected() for it." in said(
            lambda given=given: lose(given)
        )


def test_outage_of_a_phone_for_something_else(sandbox):
    """A device is disconnected or removed."""
    assert "FRONT DOOR" in said(lambda: sandbox.deactivated("FRONT DOOR"))
    assert "Use disconnected() or removed() for it." in said(lambda: sandbox.deactivated(sandbox.devices[0]))
    assert "Use account_disconnected() for it." in said(lambda: sandbox.deactivated(sandbox.connected_accounts[0]))


def test_outage_of_an_account_for_a_phone(sandbox):
    """A phone has no account."""
    assert "is a phone, and this takes a connected account. Use deactivated() for it." in said(
        lambda: sandbox.account_disconnected(sandbox.phones[0])
    )


def test_looking_for_something_of_another_kind(sandbox):
    """The right method is named."""
    phone, door = sandbox.phones[0], sandbox.get_device("FRONT DOOR")

    assert "Use get_phone() for it." in said(lambda: sandbox.get_device(phone))
    assert "Use get_device() for it." in said(lambda: sandbox.get_phone(door))
    assert "Use get_connected_account() for it." in said(lambda: sandbox.get_device(door.connected_account_id))
    assert said(lambda: sandbox.create_access_code(phone)).endswith("is a phone, and this takes a device.")


def test_device_that_is_gone(sandbox):
    """A device that was deleted is told from one that never was there."""
    door = sandbox.get_device("FRONT DOOR")
    sandbox.client().connected_accounts.delete(connected_account_id=door.connected_account_id)

    assert f"the device FRONT DOOR ({door.device_id}) is no longer in this sandbox" in said(
        lambda: sandbox.disconnected(door)
    )
