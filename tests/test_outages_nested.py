"""Outages inside outages, and outages of whole accounts."""

import pytest

from pytest_seam_sandbox import ExpectationFailed, OutageNotPossible, SandboxError
from pytest_seam_sandbox.backends.seam_api import SeamApi


def types(events):
    return [event.event_type for event in events]


def codes(resource):
    return [error.error_code for error in resource.errors]


@pytest.mark.parametrize("order", [("disconnected", "hub_disconnected"), ("hub_disconnected", "disconnected")])
def test_two_losses_of_one_device(seam_sandbox, sandbox_device, order):
    """The second loss is no second event, and the device comes back once, when the last reason is gone."""
    with getattr(seam_sandbox, order[0])(sandbox_device) as outer:
        with getattr(seam_sandbox, order[1])(sandbox_device) as inner:
            both = codes(seam_sandbox.get_device(sandbox_device))
        half = seam_sandbox.get_device(sandbox_device)

    assert sorted(both) == ["device_disconnected", "hub_disconnected"]
    assert (half.properties.online, len(half.errors)) == (False, 1)
    assert inner.events == []
    assert types(outer.events) == ["device.disconnected", "device.connected"]


def test_same_loss_twice_is_not_possible(seam_sandbox, sandbox_device):
    """A device that is offline cannot be taken offline; the outer outage ends as usual."""
    with seam_sandbox.disconnected(sandbox_device) as outer:
        inner = seam_sandbox.disconnected(sandbox_device)
        with pytest.raises(OutageNotPossible, match="can_simulate_disconnection is false"):
            inner.__enter__()

    assert types(outer.events) == ["device.disconnected", "device.connected"]


@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected", "removed"])
def test_removed_device_cannot_be_broken(seam_sandbox, sandbox_device, kind):
    """What is gone cannot be lost in another way."""
    with seam_sandbox.removed(sandbox_device):
        inner = getattr(seam_sandbox, kind)(sandbox_device)
        with pytest.raises(OutageNotPossible, match=r"errors: device_removed"):
            inner.__enter__()

    seam_sandbox.expect_no_device_error(sandbox_device)


def test_removal_inside_a_disconnection(seam_sandbox, sandbox_device):
    """A removed device that is put back while it is offline comes online with the end of the outer outage."""
    with seam_sandbox.disconnected(sandbox_device) as outer:
        with seam_sandbox.removed(sandbox_device) as inner:
            pass
        back = codes(seam_sandbox.get_device(sandbox_device))

    assert back == ["device_disconnected"]
    assert types(inner.events) == ["device.removed", "device.added"]
    assert types(outer.events) == ["device.disconnected", "device.removed", "device.added", "device.connected"]


def test_outages_of_two_devices_do_not_touch(seam_sandbox, sandbox_device):
    """Each device is lost and comes back by itself, whatever the other does."""
    other = seam_sandbox.create_device("yale_lock")

    with seam_sandbox.disconnected(sandbox_device):
        with seam_sandbox.disconnected(other):
            pass
        between = (seam_sandbox.get_device(sandbox_device), seam_sandbox.get_device(other))

    assert [device.properties.online for device in between] == [False, True]


def test_exception_passes_through_both(seam_sandbox, sandbox_device):
    """Every outage on the way is healed."""
    with (
        pytest.raises(KeyError, match="body"),
        seam_sandbox.disconnected(sandbox_device),
        seam_sandbox.hub_disconnected(sandbox_device),
    ):
        raise KeyError("body")

    seam_sandbox.expect_no_device_error(sandbox_device)


def test_account_takes_its_devices_along(seam, seam_sandbox, sandbox_device):
    """Account and devices are lost inside the block, and back afterwards."""
    other = seam_sandbox.create_device("nuki_lock")

    with seam_sandbox.account_disconnected(sandbox_device.connected_account_id) as outage:
        lost = seam.devices.get(device_id=sandbox_device.device_id)
        untouched = seam.devices.get(device_id=other.device_id)

    assert codes(lost) == ["account_disconnected"]
    assert (lost.properties.online, untouched.properties.online) == (False, True)
    assert types(outage.events) == [
        "connected_account.disconnected",
        "device.disconnected",
        "connect_webview.login_succeeded",
        "connected_account.connected",
        "device.connected",
        "connected_account.completed_first_sync_after_reconnection",
    ]
    assert outage.account.errors == []
    assert seam_sandbox.get_device(sandbox_device) == sandbox_device


def test_account_is_named_in_any_form(seam_sandbox, sandbox_device):
    """A device names its account, as do the account itself and its id."""
    account = seam_sandbox.get_connected_account(sandbox_device)

    with seam_sandbox.account_disconnected(sandbox_device) as by_device:
        pass
    with seam_sandbox.account_disconnected(account) as by_account:
        pass

    assert by_device.connected_account_id == by_account.connected_account_id == account.connected_account_id


def test_account_with_unmanaged_and_offline_devices(seam, seam_sandbox):
    """Only devices that were online log the loss, unmanaged ones with their own type; the others stay offline."""
    account = seam_sandbox.create_connected_account()
    offline = seam_sandbox.create_device(connected_account_id=account.connected_account_id, online=False)
    unmanaged = seam_sandbox.create_device(connected_account_id=account.connected_account_id)
    seam.devices.update(device_id=unmanaged.device_id, is_managed=False)

    with seam_sandbox.account_disconnected(account) as outage:
        inside = codes(seam_sandbox.get_device(offline))

    assert inside == ["device_disconnected", "account_disconnected"]
    about = [event for event in outage.events if event.device_id is not None]
    assert [(event.event_type, event.device_id) for event in about] == [
        ("device.unmanaged.disconnected", unmanaged.device_id),
        ("device.unmanaged.connected", unmanaged.device_id),
    ]
    assert seam_sandbox.get_device(offline).properties.online is False


@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected", "removed"])
def test_device_outage_inside_an_account_outage(seam_sandbox, sandbox_device, kind):
    """The device stays offline until its account is back, and comes online once."""
    with seam_sandbox.account_disconnected(sandbox_device) as outer:
        with getattr(seam_sandbox, kind)(sandbox_device):
            pass
        between = codes(seam_sandbox.get_device(sandbox_device))

    assert between == ["account_disconnected"]
    outer.expect_event("device.disconnected", count=1)
    outer.expect_event("device.connected", count=1)


def test_account_outage_inside_a_device_outage(seam_sandbox, sandbox_device):
    """The account is back before its device is."""
    with seam_sandbox.disconnected(sandbox_device) as outer:
        with seam_sandbox.account_disconnected(sandbox_device) as inner:
            pass
        between = codes(seam_sandbox.get_device(sandbox_device))

    assert between == ["device_disconnected"]
    inner.expect_no_event("device.connected")
    outer.expect_event("device.connected", count=1)


def test_lost_account_cannot_be_lost_again(seam_sandbox, sandbox_device):
    """An account has one login to lose."""
    with seam_sandbox.account_disconnected(sandbox_device):
        inner = seam_sandbox.account_disconnected(sandbox_device)
        with pytest.raises(OutageNotPossible, match=r"account_disconnected\(August .* is disconnected already"):
            inner.__enter__()


def test_account_that_is_deleted_inside_is_not_healed(seam, seam_sandbox, sandbox_device):
    """What is deleted stays deleted, and the timeline says so."""
    with seam_sandbox.account_disconnected(sandbox_device):
        seam.connected_accounts.delete(connected_account_id=sandbox_device.connected_account_id)

    assert seam.connected_accounts.list() == []
    assert "cannot be healed: the account was deleted" in seam_sandbox.timeline


def test_account_without_devices(seam_sandbox):
    """An account alone is lost and comes back."""
    account = seam_sandbox.create_connected_account()

    with seam_sandbox.account_disconnected(account) as outage:
        pass

    assert types(outage.events) == [
        "connected_account.disconnected",
        "connect_webview.login_succeeded",
        "connected_account.connected",
        "connected_account.completed_first_sync_after_reconnection",
    ]


def test_second_account_with_the_same_login(seam_sandbox):
    """Of two accounts with one login it is the lost one that comes back."""
    first, second = seam_sandbox.create_connected_account(), seam_sandbox.create_connected_account()

    with seam_sandbox.account_disconnected(second) as outage:
        pass

    outage.expect_event("connected_account.connected", connected_account_id=second.connected_account_id, count=1)
    outage.expect_no_event("connected_account.connected", connected_account_id=first.connected_account_id)


def test_account_events_carry_its_customer(seam_sandbox):
    """The new login tells whose account it is."""
    account = seam_sandbox.create_connected_account(customer_key="acme")

    with seam_sandbox.account_disconnected(account) as outage:
        pass

    outage.expect_event("connected_account.connected", customer_key="acme", count=1)


def test_account_loss_that_does_not_appear_fails_on_entry(seam_sandbox, sandbox_device, monkeypatch):
    """The event of the loss is asserted before the body runs."""
    call = SeamApi.call
    path = "/connected_accounts/simulate/disconnect"
    monkeypatch.setattr(SeamApi, "call", lambda api, to, **params: {} if to == path else call(api, to, **params))

    with (
        pytest.raises(ExpectationFailed, match=r"expected event 'connected_account\.disconnected'"),
        seam_sandbox.account_disconnected(sandbox_device),
    ):
        pytest.fail("the body ran")


def test_account_recovery_that_does_not_appear_fails_on_leaving(seam_sandbox, sandbox_device, monkeypatch):
    """The new login is asserted after the body."""
    monkeypatch.setattr(seam_sandbox.embedded.provision, "complete_login", lambda _webview, **_login: None)

    with (
        pytest.raises(ExpectationFailed, match="completed_first_sync_after_reconnection"),
        seam_sandbox.account_disconnected(sandbox_device),
    ):
        pass


@pytest.mark.seam(event_latency=5)
def test_nested_outages_with_late_events(seam_sandbox, sandbox_device):
    """Late events do not confuse the order of the recoveries."""
    seam_sandbox.clock.advance(10)

    with seam_sandbox.account_disconnected(sandbox_device) as outer, seam_sandbox.disconnected(sandbox_device):
        pass

    outer.expect_event("device.disconnected", count=1)
    outer.expect_event("device.connected", count=1)


def test_reset_inside_leaves_nothing_to_heal(seam, seam_sandbox, sandbox_device):
    """After a reset of the sandbox the device of the outage is no more."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.workspaces.reset_sandbox()

    assert seam.devices.list() == []


def test_outage_that_is_left_open_is_an_error(seam_sandbox, sandbox_device):
    """An outage outside a with block is found when the test has run, and is healed."""
    seam_sandbox.disconnected(sandbox_device).__enter__()

    with pytest.raises(SandboxError, match=r"ended inside disconnected\(.*Use outages in a with block"):
        seam_sandbox.check()

    seam_sandbox.expect_no_device_error(sandbox_device)
    seam_sandbox.check()


@pytest.mark.seam(backend="embedded")
def test_open_outages_are_healed_from_the_inside_out(seam_sandbox, sandbox_device):
    """Two open outages end in reverse order, and the message names both."""
    seam_sandbox.disconnected(sandbox_device).__enter__()
    seam_sandbox.removed(sandbox_device).__enter__()

    with pytest.raises(SandboxError, match=r"disconnected\(.*removed\("):
        seam_sandbox.check()

    seam_sandbox.expect_no_device_error(sandbox_device)


def test_account_is_healed_by_a_connect_webview(seam, seam_sandbox, sandbox_device):
    """The user of the account logs in again with a new webview, whose id the event of the connection has."""
    with seam_sandbox.account_disconnected(sandbox_device) as outage:
        pass

    (webview,) = seam.connect_webviews.list()
    outage.expect_event("connected_account.connected", connect_webview_id=webview.connect_webview_id, count=1)
    assert (webview.status, webview.connected_account_id) == ("authorized", sandbox_device.connected_account_id)


def test_account_that_logged_in_again_inside_needs_no_other_login(seam, seam_sandbox, sandbox_device):
    """An app that has its user log in again leaves nothing to heal, and the recovery is asserted."""
    with seam_sandbox.account_disconnected(sandbox_device) as outage:
        webview = seam.connect_webviews.create(accepted_providers=["august"])
        seam_sandbox.complete_login(webview)

    assert len(seam.connect_webviews.list()) == 1
    outage.expect_event("connected_account.completed_first_sync_after_reconnection", count=1)


def test_each_of_two_accounts_of_a_provider_is_healed_itself(seam_sandbox):
    """Accounts that the sandbox makes have logins of their own, so the right one comes back."""
    accounts = [seam_sandbox.create_connected_account() for _ in range(6)]

    with seam_sandbox.account_disconnected(accounts[5]), seam_sandbox.account_disconnected(accounts[0]):
        pass

    assert [seam_sandbox.get_connected_account(account) for account in accounts] == accounts
    assert len({account.display_name for account in accounts}) == 6


def test_account_keeps_its_metadata_when_it_is_healed(seam_sandbox):
    """A webview without metadata leaves that of the account."""
    account = seam_sandbox.create_connected_account(custom_metadata={"house": "17"}, customer_key="acme")

    with seam_sandbox.account_disconnected(account):
        pass

    assert seam_sandbox.get_connected_account(account) == account


def test_open_outage_that_cannot_be_healed_says_so(seam_sandbox, sandbox_device, monkeypatch):
    """What went wrong on healing is a note of the error about the open outage."""
    seam_sandbox.disconnected(sandbox_device).__enter__()
    call = SeamApi.call
    path = "/devices/simulate/connect"
    monkeypatch.setattr(SeamApi, "call", lambda api, to, **params: {} if to == path else call(api, to, **params))

    with pytest.raises(SandboxError, match="ended inside") as raised:
        seam_sandbox.check()

    (note,) = raised.value.__notes__
    assert "expected no error 'device_disconnected'" in note
