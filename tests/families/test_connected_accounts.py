"""Connected accounts: reading, changing, losing and deleting a login with its devices."""

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def account(seam_sandbox):
    return seam_sandbox.create_connected_account(
        "august", email="ada@example.com", customer_key="acme", custom_metadata={"plan": "gold", "vip": True}
    )


def types(events):
    return [event.event_type for event in events]


def test_get_by_id_and_by_email(seam, account):
    """An account is found by its id or by its login."""
    found = seam.connected_accounts.get(connected_account_id=account.connected_account_id)

    assert found.account_type == "august"
    assert found.account_type_display_name == "August"
    assert found.customer_key == "acme"
    assert found.custom_metadata == {"plan": "gold", "vip": True}
    assert (found.errors, found.warnings) == ([], [])
    assert seam.connected_accounts.get(email="ada@example.com") == found


@pytest.mark.parametrize("asked", [{"connected_account_id": NOTHING}, {"email": "bob@example.com"}])
def test_unknown_account_is_not_found(seam, account, asked):
    """Neither an unknown id nor an unknown login is found."""
    with seam_raises("connected_account_not_found", status_code=404):
        seam.connected_accounts.get(**asked)


def test_get_needs_an_id_or_an_email(seam_http, account):
    """One of the two has to be given; the id wins, as the first branch of a union does."""
    both = {"connected_account_id": account.connected_account_id, "email": "bob@example.com"}

    assert seam_http.post("/connected_accounts/get", json=both).status_code == 200
    assert seam_http.post("/connected_accounts/get", json={}).status_code == 400


def test_client_session_does_not_see_another_account(seam_sandbox, seam_client, account):
    """An account that a session does not hold answers 401."""
    own = seam_sandbox.create_connected_account()
    session = seam_client.client_sessions.create(connected_account_ids=[own.connected_account_id])

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as app:
        foreign = app.post("/connected_accounts/get", json={"connected_account_id": account.connected_account_id})
        held = app.post("/connected_accounts/get", json={"connected_account_id": own.connected_account_id})

    assert (foreign.status_code, held.status_code) == (401, 200)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["ada@example.com", "jane@example.com"]),
        ({"customer_key": "acme"}, ["ada@example.com"]),
        ({"customer_key": "other"}, []),
        ({"search": "ADA"}, ["ada@example.com"]),
        ({"search": "nuki"}, ["jane@example.com"]),
        ({"search": "acme"}, ["ada@example.com"]),
        ({"custom_metadata_has": {"plan": "gold"}}, ["ada@example.com"]),
        ({"custom_metadata_has": {"vip": True}}, ["ada@example.com"]),
        ({"custom_metadata_has": {"plan": "silver"}}, []),
        ({"space_id": NOTHING}, []),
        ({"user_identifier_key": "nobody"}, []),
        ({"user_identifier_key": "grace"}, ["jane@example.com"]),
    ],
    ids=str,
)
def test_filter(seam, seam_sandbox, account, filters, expected):
    """Each filter lets just its accounts pass, oldest first."""
    second = seam_sandbox.create_connected_account("nuki")
    seam.client_sessions.create(user_identifier_key="grace", connected_account_ids=[second.connected_account_id])

    found = seam.connected_accounts.list(**filters)

    assert [one.display_name for one in found] == expected


def test_pages(seam, seam_sandbox, account):
    """Pages continue where the last one ended."""
    seam_sandbox.create_connected_account("nuki")

    first = seam.connected_accounts.list(limit=1)
    second = seam.connected_accounts.list(limit=1, page_cursor=first.pagination["next_page_cursor"])

    assert [one.account_type for one in [*first, *second]] == ["august", "nuki"]


def test_update_replaces_the_metadata(seam, account):
    """Unlike that of a device, the metadata of an account is replaced as a whole."""
    seam.connected_accounts.update(
        connected_account_id=account.connected_account_id, custom_metadata={"tier": "1", "gone": None, "empty": ""}
    )

    found = seam.connected_accounts.get(connected_account_id=account.connected_account_id)
    assert found.custom_metadata == {"tier": "1"}


def test_update_changes_what_is_given(seam, account):
    """Name, capabilities and how new devices arrive."""
    seam.connected_accounts.update(
        connected_account_id=account.connected_account_id,
        display_name="Ada's house",
        accepted_capabilities=["lock"],
        automatically_manage_new_devices=False,
    )

    found = seam.connected_accounts.get(connected_account_id=account.connected_account_id)
    assert found.display_name == "Ada's house"
    assert found.accepted_capabilities == ["lock"]
    assert found.automatically_manage_new_devices is False
    assert found.custom_metadata == {"plan": "gold", "vip": True}


def test_customer_key_can_be_set_once(seam, seam_sandbox, account):
    """An account without a customer gets one; the same may be sent again, another is refused."""
    fresh = seam_sandbox.create_connected_account("nuki").connected_account_id

    seam.connected_accounts.update(connected_account_id=fresh, customer_key="acme")
    seam.connected_accounts.update(connected_account_id=fresh, customer_key="acme")
    with seam_raises("customer_key_already_set", status_code=400, match="acme"):
        seam.connected_accounts.update(connected_account_id=fresh, customer_key="other")

    assert seam.connected_accounts.get(connected_account_id=fresh).customer_key == "acme"


def test_unknown_account_cannot_be_updated(seam):
    """Changing nothing answers 404."""
    with seam_raises("connected_account_not_found", status_code=404):
        seam.connected_accounts.update(connected_account_id=NOTHING, display_name="x")


@pytest.mark.parametrize("call", ["delete", "sync"])
def test_unknown_account_cannot_be_deleted_or_synced(seam, call):
    """An id that names no account answers 404."""
    with seam_raises("connected_account_not_found", status_code=404):
        getattr(seam.connected_accounts, call)(connected_account_id=NOTHING)


def test_unknown_account_cannot_be_disconnected(seam):
    """An id that names no account answers 404."""
    with seam_raises("connected_account_not_found", status_code=404):
        seam.connected_accounts.simulate.disconnect(connected_account_id=NOTHING)


def test_sync_changes_nothing(seam, seam_sandbox, account):
    """The sandbox is always in sync."""
    before = seam_sandbox.events

    seam.connected_accounts.sync(connected_account_id=account.connected_account_id)

    assert seam_sandbox.events == before


def test_deletion_takes_devices_events_and_sessions_along(seam, seam_sandbox, account):
    """Devices go with their event each, then the account; its older events are gone; sessions forget it."""
    first = seam_sandbox.create_device(connected_account_id=account.connected_account_id)
    second = seam_sandbox.create_device(connected_account_id=account.connected_account_id)
    kept = seam_sandbox.create_device("nuki_lock")
    session = seam.client_sessions.create(
        connected_account_ids=[account.connected_account_id, kept.connected_account_id]
    )

    seam.connected_accounts.delete(connected_account_id=account.connected_account_id)

    assert [device.device_id for device in seam.devices.list()] == [kept.device_id]
    held = seam.client_sessions.get(client_session_id=session.client_session_id).connected_account_ids
    assert held == [kept.connected_account_id]
    about = [event for event in seam_sandbox.events if event.connected_account_id == account.connected_account_id]
    assert [(event.event_type, event.device_id) for event in about] == [
        ("device.deleted", first.device_id),
        ("device.deleted", second.device_id),
        ("connected_account.deleted", None),
    ]
    assert about[0].device_name == first.display_name
    assert about[2].connected_account_type == "august"


def test_disconnection_reaches_every_device(seam, seam_sandbox, account):
    """The account and each of its devices carry account_disconnected, and the devices are offline."""
    device = seam_sandbox.create_device(connected_account_id=account.connected_account_id)
    other = seam_sandbox.create_device("nuki_lock")

    seam.connected_accounts.simulate.disconnect(connected_account_id=account.connected_account_id)

    found = seam.connected_accounts.get(connected_account_id=account.connected_account_id)
    assert [(error.error_code, error.is_connected_account_error) for error in found.errors] == [
        ("account_disconnected", True)
    ]
    lost = seam.devices.get(device_id=device.device_id)
    (error,) = lost.errors
    assert (error.error_code, error.is_connected_account_error, error.is_device_error) == (
        "account_disconnected",
        True,
        False,
    )
    assert lost.properties.online is False
    assert lost.can_remotely_unlock is False
    assert seam.devices.get(device_id=other.device_id).properties.online is True


def test_disconnection_logs_the_account_then_its_online_devices(seam, seam_sandbox, account):
    """First the account's event, then one per device that was online; unmanaged ones have their own type."""
    online = seam_sandbox.create_device(connected_account_id=account.connected_account_id)
    seam_sandbox.create_device(connected_account_id=account.connected_account_id, online=False)
    unmanaged = seam_sandbox.create_device(connected_account_id=account.connected_account_id)
    seam.devices.update(device_id=unmanaged.device_id, is_managed=False)
    mark = len(seam_sandbox.events)

    seam.connected_accounts.simulate.disconnect(connected_account_id=account.connected_account_id)

    events = seam_sandbox.events[mark:]
    assert [(event.event_type, event.device_id, event.error_code) for event in events] == [
        ("connected_account.disconnected", None, None),
        ("device.disconnected", online.device_id, "account_disconnected"),
        ("device.unmanaged.disconnected", unmanaged.device_id, "account_disconnected"),
    ]
    assert [error.error_code for error in events[0].connected_account_errors] == ["account_disconnected"]
    assert events[0].connected_account_warnings == []
    assert [error.error_code for error in events[1].connected_account_errors] == ["account_disconnected"]


def test_repeated_disconnection_logs_nothing(seam, seam_sandbox, account):
    """An account that is lost already cannot be lost again."""
    seam_sandbox.create_device(connected_account_id=account.connected_account_id)
    seam.connected_accounts.simulate.disconnect(connected_account_id=account.connected_account_id)
    before = seam_sandbox.events

    seam.connected_accounts.simulate.disconnect(connected_account_id=account.connected_account_id)

    assert seam_sandbox.events == before


def test_production_account_cannot_be_disconnected(production):
    """Simulations are for sandbox workspaces only."""
    account = production.client.connected_accounts.list()[0]

    with seam_raises("workspace_not_sandbox", status_code=400):
        production.client.connected_accounts.simulate.disconnect(connected_account_id=account.connected_account_id)
