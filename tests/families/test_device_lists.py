"""/devices/list: every filter, order and pages."""

import pytest

NOTHING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def house(seam_sandbox):
    """Three devices of two accounts: an August lock, a Nuki lock and an August lock of a customer."""
    seam_sandbox.clock.freeze()
    customers = seam_sandbox.create_connected_account(customer_key="acme", custom_metadata={"plan": "gold"})
    first = seam_sandbox.create_device("nuki_lock", name="Nuki", custom_metadata={"floor": "ground", "vip": True})
    seam_sandbox.clock.advance(60)
    second = seam_sandbox.create_device(
        name="August", connected_account_id=customers.connected_account_id, custom_metadata={"floor": "first"}
    )
    seam_sandbox.clock.advance(60)
    third = seam_sandbox.create_device("minut_sensor", name="Minut")
    return first, second, third


def names(devices):
    return [device.display_name for device in devices]


def test_list_is_ordered_by_creation(seam, house):
    """Without filters all managed devices come, oldest first."""
    assert names(seam.devices.list()) == ["Nuki", "August", "Minut"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"device_type": "august_lock"}, ["August"]),
        ({"device_types": ["august_lock", "minut_sensor"]}, ["August", "Minut"]),
        ({"device_types": []}, []),
        ({"manufacturer": "nuki"}, ["Nuki"]),
        ({"manufacturer": "keywe"}, []),
        ({"customer_key": "acme"}, ["August"]),
        ({"customer_key": "other"}, []),
        ({"user_identifier_key": "nobody"}, []),
        ({"connected_account_ids": []}, []),
        ({"connected_account_id": NOTHING}, []),
        ({"device_ids": []}, []),
        ({"device_ids": [NOTHING]}, []),
        ({"custom_metadata_has": {"floor": "ground"}}, ["Nuki"]),
        ({"custom_metadata_has": {"floor": "ground", "vip": True}}, ["Nuki"]),
        ({"custom_metadata_has": {"floor": "first", "vip": True}}, []),
        ({"custom_metadata_has": {"vip": False}}, []),
        ({"custom_metadata_has": {"floor": None}}, ["Minut"]),
        ({"custom_metadata_has": {"floor": ""}}, ["Nuki", "August", "Minut"]),
        ({"search": "AUG"}, ["August"]),
        ({"search": "ground"}, ["Nuki"]),
        ({"search": "no such text"}, []),
        ({"space_id": NOTHING}, []),
        ({"unstable_location_id": NOTHING}, []),
        ({"connect_webview_id": NOTHING}, []),
        ({"include_if": ["can_simulate_disconnection"]}, ["August"]),
        ({"include_if": ["can_simulate_disconnection", "can_simulate_paid_subscription"]}, ["Nuki", "August"]),
        ({"exclude_if": ["can_simulate_disconnection"]}, ["Nuki", "Minut"]),
        ({"include_if": ["can_remotely_unlock"], "exclude_if": ["can_simulate_paid_subscription"]}, ["August"]),
        ({"manufacturer": "august", "search": "Nuki"}, []),
    ],
    ids=str,
)
def test_filter(seam_http, house, filters, expected):
    """Each filter lets just its devices pass, and all that are given have to match."""
    answer = seam_http.post("/devices/list", json=filters)

    assert [device["display_name"] for device in answer.json()["devices"]] == expected


@pytest.mark.parametrize("as_text", [True, "true"])
def test_boolean_metadata_is_found_by_query(seam, house, as_text):
    """A query string cannot tell true from "true"; both find a stored boolean."""
    assert names(seam.devices.list(custom_metadata_has={"vip": as_text})) == ["Nuki"]


def test_filter_by_ids(seam, house):
    """device_ids picks single devices, in the order of the list."""
    first, _, third = house

    assert names(seam.devices.list(device_ids=[third.device_id, first.device_id])) == ["Nuki", "Minut"]


def test_filter_by_account(seam, house):
    """One account or several."""
    first, second, _ = house

    assert names(seam.devices.list(connected_account_id=first.connected_account_id)) == ["Nuki"]
    accounts = [first.connected_account_id, second.connected_account_id]
    assert names(seam.devices.list(connected_account_ids=accounts)) == ["Nuki", "August"]
    both = {"connected_account_id": first.connected_account_id, "connected_account_ids": accounts[1:]}
    assert names(seam.devices.list(**both)) == []


def test_filter_created_before(seam, house):
    """created_before leaves out what came at that time or later."""
    assert names(seam.devices.list(created_before=house[1].created_at)) == ["Nuki"]


def test_search_by_the_beginning_of_an_id(seam, house):
    """Four characters of an id find its device; it has to be the beginning."""
    device_id = house[1].device_id

    assert names(seam.devices.list(search=device_id[:8])) == ["August"]
    assert names(seam.devices.list(search=device_id[1:9])) == []


def test_search_by_account(seam, house):
    """The id of the account is looked at as well."""
    assert names(seam.devices.list(search=house[1].connected_account_id)) == ["August"]


def test_filter_by_user_identifier_key(seam, house):
    """user_identifier_key finds the devices of the accounts that the user's client sessions hold."""
    account_id = house[0].connected_account_id
    seam.client_sessions.create(user_identifier_key="jane", connected_account_ids=[account_id])

    assert names(seam.devices.list(user_identifier_key="jane")) == ["Nuki"]
    assert names(seam.devices.list(user_identifier_key="jane", customer_key="acme")) == []


def test_flags_of_a_filter_follow_the_state(seam, house):
    """include_if asks what a device can do now."""
    august = house[1]
    seam.devices.simulate.disconnect(device_id=august.device_id)

    answer = seam.client.post("/devices/list", json={"include_if": ["can_simulate_connection"]})

    assert [device["device_id"] for device in answer["devices"]] == [august.device_id]


def test_pages(seam, house):
    """The SDK's paginator walks all devices page by page."""
    pages = seam.devices.list(limit=2)

    assert names(pages) == ["Nuki", "August"]
    rest = seam.devices.list(limit=2, page_cursor=pages.pagination["next_page_cursor"])
    assert names(rest) == ["Minut"]
    assert rest.pagination == {"has_next_page": False, "next_page_cursor": None, "next_page_url": None}


def test_cursor_of_another_query_is_refused(seam_http, house):
    """A cursor belongs to the parameters of its first page."""
    cursor = seam_http.post("/devices/list", json={"limit": 1}).json()["pagination"]["next_page_cursor"]

    answer = seam_http.post("/devices/list", json={"limit": 1, "manufacturer": "august", "page_cursor": cursor})

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "mismatched_page_parameters")


@pytest.mark.parametrize(
    "filters",
    [{"device_type": "toaster"}, {"manufacturer": "acme"}, {"include_if": ["can_fly"]}, {"search": ""}, {"limit": 0}],
    ids=str,
)
def test_filter_value_that_seam_does_not_know_is_refused(seam_http, filters):
    """Enumerations are checked."""
    answer = seam_http.post("/devices/list", json=filters)

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")
