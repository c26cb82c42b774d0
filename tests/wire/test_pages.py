"""Pages: cursors that survive change, and refusal of cursors of another request."""

import base64
import json

import pytest

from each import each
from pytest_seam_sandbox import Sandbox, seam_raises
from pytest_seam_sandbox.api import all_endpoints

pytestmark = pytest.mark.every_transport

ENDPOINTS = {endpoint.path: endpoint for endpoint in all_endpoints()}
DEFAULT_LIMITS = {
    "/access_codes/list": 55000,
    "/access_codes/unmanaged/list": 300000,
    "/access_grants/list": 500,
    "/access_grants/unmanaged/list": 500,
    "/access_methods/list": 500,
    "/acs/credentials/list": 500,
    "/acs/encoders/list": 500,
    "/acs/entrances/list": 900,
    "/acs/users/list": 500,
    "/action_attempts/list": 500,
    "/connect_webviews/list": 500,
    "/connected_accounts/list": 11000,
    "/devices/list": 500,
    "/devices/unmanaged/list": 22900,
    "/spaces/list": 500,
    "/user_identities/list": 500,
    "/user_identities/unmanaged/list": 500,
}
"""All lists that Seam paginates, with their default limits; the emulated ones are tested."""
LAST = {"next_page_cursor": None, "has_next_page": False, "next_page_url": None}


@pytest.fixture
def five(seam_sandbox):
    """The ids of five devices, in the order of their creation."""
    return [seam_sandbox.create_device().device_id for _ in range(5)]


def page(http, **params):
    answer = http.get("/devices/list", params=params).json()
    return [device["device_id"] for device in answer["devices"]], answer["pagination"]


def encoded(value):
    return base64.b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).decode()


@each("path", sorted(ENDPOINTS))
def test_default_limit_is_that_of_the_specification(path):
    """Each list that Seam paginates has Seam's default limit, and no other path has pages."""
    assert ENDPOINTS[path].page_limit == DEFAULT_LIMITS.get(path)


@pytest.mark.parametrize(
    "path", ["/action_attempts/list", "/connected_accounts/list", "/devices/list", "/user_identities/list"]
)
def test_last_page_says_so(seam_http, path):
    """A list that fits on one page has no cursor, no link and no next page."""
    assert seam_http.get(path).json()["pagination"] == LAST


@pytest.mark.parametrize("path", ["/phones/list", "/locks/list", "/workspaces/list", "/client_sessions/list"])
def test_other_lists_have_no_pagination(seam_http, path):
    """Lists that Seam does not paginate answer without the pagination object."""
    assert "pagination" not in seam_http.get(path).json()


def test_pages_give_every_row_once_in_order(seam_http, five):
    """Following the cursor gives all rows, none twice, in the order of their creation."""
    first, pagination = page(seam_http, limit=2)
    second, pagination = page(seam_http, limit=2, page_cursor=pagination["next_page_cursor"])
    third, end = page(seam_http, limit=2, page_cursor=pagination["next_page_cursor"])

    assert first + second + third == five
    assert end == LAST


def test_page_that_ends_with_the_list_is_the_last(seam_http, five):
    """There is no empty page behind the last row."""
    assert page(seam_http, limit=5)[1] == LAST


def test_paginator_of_the_sdk_reads_all_pages(seam_client, five):
    """The SDK's paginator goes through every page."""
    pages = seam_client.create_paginator(seam_client.devices.list, {"limit": 2})

    assert [device.device_id for device in pages.flatten()] == five


def test_cursor_is_opaque_base64(seam_http, five):
    """A cursor is base64, so that it survives a query string."""
    cursor = page(seam_http, limit=1)[1]["next_page_cursor"]

    assert base64.b64decode(cursor, validate=True)


@pytest.mark.parametrize("query", ["page_cursor=", "page_cursor=&_strict=true"])
def test_empty_cursor_in_a_query_is_the_first_page(seam_http, five, query):
    """An empty cursor starts at the first row."""
    answer = seam_http.get(f"/devices/list?limit=1&{query}").json()

    assert [device["device_id"] for device in answer["devices"]] == five[:1]


def test_null_cursor_in_a_body_is_the_first_page(seam_http, five):
    """A null cursor starts at the first row."""
    answer = seam_http.post("/devices/list", json={"limit": 1, "page_cursor": None}).json()

    assert [device["device_id"] for device in answer["devices"]] == five[:1]


def test_link_to_the_next_page_works_verbatim(seam_http, five):
    """Following next_page_url gives the next page: it carries the parameters and the cursor."""
    pagination = page(seam_http, limit=2)[1]

    answer = seam_http.get(pagination["next_page_url"]).json()

    assert [device["device_id"] for device in answer["devices"]] == five[2:4]


def test_link_to_the_next_page_keeps_every_parameter(seam_sandbox, seam_http):
    """Lists, maps and booleans of the first request stand in the link in the form that is read back."""
    made = [seam_sandbox.create_device(custom_metadata={"floor": "1", "wing": "a b&c"}) for _ in range(3)]
    ids = [device.device_id for device in made]
    body = {
        "limit": 1,
        "device_ids": ids,
        "custom_metadata_has": {"floor": "1", "wing": "a b&c"},
        "unstable_location_id": None,
        "exclude_if": [],
    }

    first = seam_http.post("/devices/list", json=body).json()
    second = seam_http.get(first["pagination"]["next_page_url"]).json()
    third = seam_http.get(second["pagination"]["next_page_url"]).json()

    assert [answer["devices"][0]["device_id"] for answer in (first, second, third)] == ids
    assert third["pagination"] == LAST


def test_link_to_the_next_page_has_the_host_of_the_request(seam_http, five):
    """The link leads back to where the request went."""
    answer = seam_http.get("http://127.0.0.1:8080/devices/list?limit=1").json()

    assert answer["pagination"]["next_page_url"].startswith("http://127.0.0.1:8080/devices/list?")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_cursor_is_also_taken_under_the_name_next_page_cursor(seam_http, five, method):
    """`next_page_cursor`, the name in the links of older servers, is an alias."""
    cursor = page(seam_http, limit=2)[1]["next_page_cursor"]

    answer = seam_http.request(method, "/devices/list", params={"limit": 2, "next_page_cursor": cursor}).json()

    assert [device["device_id"] for device in answer["devices"]] == five[2:4]


def test_alias_of_the_cursor_works_in_a_body(seam_http, five):
    """So is it in a JSON body."""
    cursor = page(seam_http, limit=2)[1]["next_page_cursor"]

    answer = seam_http.post("/devices/list", json={"limit": 2, "next_page_cursor": cursor}).json()

    assert [device["device_id"] for device in answer["devices"]] == five[2:4]


def test_method_may_change_between_pages(seam_http, five):
    """A cursor of a GET continues in a POST."""
    cursor = page(seam_http, limit=2)[1]["next_page_cursor"]

    answer = seam_http.post("/devices/list", json={"limit": 2, "page_cursor": cursor}).json()

    assert [device["device_id"] for device in answer["devices"]] == five[2:4]


def test_unknown_parameters_are_no_part_of_the_request_that_a_cursor_remembers(seam_http, five):
    """Neither an unknown parameter nor `_strict` makes a cursor mismatch."""
    cursor = page(seam_http, limit=2)[1]["next_page_cursor"]

    rows, _ = page(seam_http, limit=2, page_cursor=cursor, colour="red", _strict="true")

    assert rows == five[2:4]


@pytest.mark.parametrize("changed", [{"limit": 3}, {}, {"limit": 2, "search": "x"}])
def test_cursor_of_other_parameters_is_refused(seam_http, five, changed):
    """Another limit, no limit or another filter than on the first page: 400 `mismatched_page_parameters`."""
    cursor = page(seam_http, limit=2)[1]["next_page_cursor"]

    answer = seam_http.get("/devices/list", params={**changed, "page_cursor": cursor})

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "mismatched_page_parameters"
    assert answer.json()["error"]["message"] == (
        "When using next_page_cursor, the request must send parameters identical to the initial request."
    )


def test_cursor_that_is_no_base64_is_refused(seam_http):
    """A cursor that is no base64 is a wrong value of its parameter."""
    error = seam_http.get("/devices/list?page_cursor=abc").json()["error"]

    assert error["message"] == 'Invalid base64 for "page_cursor"'
    assert error["validation_errors"]["page_cursor"]["_errors"] == ["Invalid base64"]


NO_POSITIONS = [None, "y", 1.5, float("inf"), [1]]


@pytest.mark.parametrize(
    "content",
    [
        b"abc",
        b"\xff",
        b"[" * 100_000,
        [],
        {},
        5,
        ["x"],
        ["x", {}],
        ["x", 5],
        *(["x", {"number": n}] for n in NO_POSITIONS),
    ],
    ids=lambda content: str(content)[:20],
)
def test_cursor_that_is_something_else_is_refused(seam_http, content):
    """Base64 of anything but a cursor: `invalid_input` without a tree."""
    answer = seam_http.post("/devices/list", json={"page_cursor": encoded(content)})

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Error while parsing input"
    assert "validation_errors" not in answer.json()["error"]


def test_cursor_in_letters_beyond_ascii_is_refused(seam_http):
    """A cursor of other letters is no base64 either."""
    assert (
        seam_http.post("/devices/list", json={"page_cursor": "é"})
        .json()["error"]["message"]
        .startswith("Invalid base64")
    )


def test_new_row_shows_on_the_last_page(seam_sandbox, seam_http, five):
    """A row that is added between two pages stands at the end, and nothing is given twice."""
    cursor = page(seam_http, limit=3)[1]["next_page_cursor"]
    added = seam_sandbox.create_device().device_id

    assert page(seam_http, limit=3, page_cursor=cursor)[0] == [*five[3:], added]


@pytest.mark.parametrize("gone", range(5))
def test_removed_row_costs_no_other_row(gone):
    """A row that goes between two pages, even the one at which the next page starts, takes no other along."""
    with Sandbox() as sandbox, sandbox.http() as http:
        ids = [sandbox.create_user_identity().user_identity_id for _ in range(5)]
        first = http.get("/user_identities/list?limit=2").json()
        http.post("/user_identities/delete", json={"user_identity_id": ids[gone]})

        cursor = first["pagination"]["next_page_cursor"]
        second = http.get("/user_identities/list", params={"limit": 2, "page_cursor": cursor}).json()

        left = [identity for identity in ids if identity != ids[gone]]
        expected = [identity for identity in left if identity not in ids[:2]][:2]
        assert [row["user_identity_id"] for row in second["user_identities"]] == expected


def test_filter_holds_on_every_page(seam_sandbox, seam_client):
    """The rows that a filter takes out count on no page."""
    seam_sandbox.create_device("yale_lock")
    first = seam_sandbox.create_device("august_lock")
    seam_sandbox.create_device("yale_lock")
    second = seam_sandbox.create_device("august_lock")

    pages = list(
        seam_client.create_paginator(seam_client.devices.list, {"limit": 1, "device_type": "august_lock"}).flatten()
    )

    assert [device.device_id for device in pages] == [first.device_id, second.device_id]


def test_cursor_of_another_workspace_gives_none_of_its_rows(seam_sandbox, five):
    """A cursor holds a place, no rows: in another sandbox it leads to that sandbox's own rows."""
    cursor = page(seam_sandbox.http(), limit=2)[1]["next_page_cursor"]

    with Sandbox() as other:
        assert page(other.http(), limit=2, page_cursor=cursor)[0] == []


def test_limit_cuts_a_list_of_locks(seam_http, five):
    """/locks/list takes a limit although it has no pages."""
    assert len(seam_http.get("/locks/list?limit=2").json()["locks"]) == 2


def test_limit_and_offset_cut_a_list_of_events(seam_http, five):
    """/events/list takes `unstable_offset` in place of a cursor."""
    everything = seam_http.get("/events/list?since=2020-01-01").json()["events"]

    some = seam_http.get("/events/list?since=2020-01-01&limit=3&unstable_offset=2").json()["events"]

    assert some == everything[2:5]


def test_sdk_is_told_of_a_broken_cursor(seam):
    """Through the SDK a broken cursor is an error of its parameter."""
    with seam_raises("invalid_input", match="Invalid base64"):
        seam.devices.list(page_cursor="abc")
