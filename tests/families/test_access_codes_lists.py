"""Finding access codes: by id, by PIN, by filters, page by page, and for client sessions."""

import pytest

from pytest_seam_sandbox import seam_raises

NOTHING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def codes(seam_sandbox):
    """Two codes on an August lock of one customer, one on a Nuki lock of nobody."""
    acme = seam_sandbox.create_connected_account(customer_key="acme")
    august = seam_sandbox.create_device(connected_account_id=acme.connected_account_id)
    nuki = seam_sandbox.create_device("nuki_lock")
    return {
        "Jane": seam_sandbox.create_access_code(august, name="Jane", code="1234"),
        "Joe": seam_sandbox.create_access_code(august, name="Joe", code="4321"),
        "Ada": seam_sandbox.create_access_code(nuki, name="Ada", code="345678"),
    }


def names(found):
    return [code.name for code in found]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"customer_key": "acme"}, ["Jane", "Joe"]),
        ({"customer_key": "nobody"}, []),
        ({"search": "j"}, ["Jane", "Joe"]),
        ({"search": "34567"}, ["Ada"]),
        ({"search": "JOE", "customer_key": "acme"}, ["Joe"]),
        ({"access_code_ids": []}, []),
        ({"access_code_ids": [NOTHING]}, []),
        ({"access_grant_id": NOTHING}, []),
        ({"access_grant_key": "grant"}, []),
        ({"access_method_id": NOTHING}, []),
        ({"user_identifier_key": "jane"}, []),
    ],
    ids=str,
)
def test_filters(seam, codes, filters, expected):
    """Codes are listed oldest first, and filters add up."""
    assert names(seam.access_codes.list(**filters)) == expected


def test_codes_of_one_lock(seam, codes):
    """A lock lists its own codes."""
    assert names(seam.access_codes.list(device_id=codes["Ada"].device_id)) == ["Ada"]


def test_codes_by_id(seam, codes):
    """Several ids give their codes, in the order of creation."""
    ids = [codes[name].access_code_id for name in ("Ada", "Jane")]

    assert names(seam.access_codes.list(access_code_ids=ids)) == ["Jane", "Ada"]


def test_codes_of_a_user(seam, seam_sandbox, codes):
    """The key of a client session leads to the codes of its accounts."""
    account = seam_sandbox.get_device(codes["Ada"].device_id).connected_account_id
    seam.client_sessions.create(user_identifier_key="ada", connected_account_ids=[account])
    owner = seam.access_codes.unmanaged.list(device_id=codes["Ada"].device_id, user_identifier_key="ada")

    assert names(seam.access_codes.list(user_identifier_key="ada")) == ["Ada"]
    assert owner == []


def test_list_without_a_filter_is_refused(seam_http):
    """All codes of a workspace are too many: 400."""
    error = seam_http.get("/access_codes/list").json()["error"]

    assert error["type"] == "invalid_input"
    assert "'device_id' or 'access_code_ids'" in error["message"]


@pytest.mark.parametrize("path", ["/access_codes/list", "/access_codes/unmanaged/list"])
def test_list_of_an_unknown_lock_is_not_found(seam_http, path):
    """A lock that is not there answers 404."""
    answer = seam_http.post(path, json={"device_id": NOTHING})

    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "device_not_found")


def test_pages(seam_http, codes):
    """The second page goes on where the first one ended."""
    filters = {"customer_key": "acme", "limit": 1}
    first = seam_http.post("/access_codes/list", json=filters).json()
    cursor = first["pagination"]["next_page_cursor"]

    second = seam_http.post("/access_codes/list", json={**filters, "page_cursor": cursor}).json()

    assert [code["name"] for page in (first, second) for code in page["access_codes"]] == ["Jane", "Joe"]
    assert second["pagination"]["has_next_page"] is False


@pytest.fixture
def strangers(seam_sandbox, sandbox_device):
    """Three codes that Seam does not manage."""
    client = seam_sandbox.client()
    return [
        client.access_codes.simulate.create_unmanaged_access_code(
            device_id=sandbox_device.device_id, name=name, code=code
        )
        for name, code in (("Jane", "1111"), ("Joe", "2222"), ("Ada", "33337777"))
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["Jane", "Joe", "Ada"]),
        ({"search": "3333777"}, ["Ada"]),
        ({"limit": 2}, ["Jane", "Joe"]),
        ({"user_identifier_key": "nobody"}, []),
    ],
    ids=str,
)
def test_unmanaged_filters(seam, sandbox_device, strangers, filters, expected):
    """Unmanaged codes of a lock are listed oldest first, and filters narrow them."""
    found = seam.access_codes.unmanaged.list(device_id=sandbox_device.device_id, **filters)

    assert names(found) == expected


def test_code_by_pin(seam, codes):
    """PIN and lock name a code."""
    found = seam.access_codes.get(device_id=codes["Joe"].device_id, code="4321")

    assert found.name == "Joe"


def test_unmanaged_code_by_pin(seam, sandbox_device, strangers):
    """PIN and lock name an unmanaged code."""
    found = seam.access_codes.unmanaged.get(device_id=sandbox_device.device_id, code="2222")

    assert found.name == "Joe"


@pytest.mark.parametrize("path", ["/access_codes/get", "/access_codes/unmanaged/get"])
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"code": "1234"},
        {"device_id": NOTHING},
        {"access_code_id": NOTHING, "code": "1234"},
        {"access_code_id": NOTHING, "code": "1234", "device_id": NOTHING},
        {"access_code_id": "jane"},
    ],
    ids=str,
)
def test_code_has_to_be_named_one_way(seam_http, path, params):
    """An id, or PIN and lock, but not both: else 400."""
    answer = seam_http.post(path, json=params)

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")


@pytest.mark.parametrize(
    "params", [{"access_code_id": NOTHING}, {"code": "0000", "device_id": NOTHING}], ids=["id", "pin"]
)
def test_unknown_code_is_not_found(seam, codes, params):
    """What names no code answers 404."""
    with seam_raises("not_found", status_code=404):
        seam.access_codes.get(**params)


def test_id_on_another_lock_is_not_found(seam, codes):
    """A lock beside the id has to be the code's own."""
    with seam_raises("not_found", status_code=404):
        seam.access_codes.get(access_code_id=codes["Ada"].access_code_id, device_id=codes["Joe"].device_id)


def test_session_lists_codes_of_its_accounts_only(seam_sandbox, codes):
    """A client session sees the codes of its own locks, whatever it asks for."""
    account = seam_sandbox.get_device(codes["Ada"].device_id).connected_account_id
    session = seam_sandbox.client().client_sessions.create(connected_account_ids=[account])

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as client:
        ids = [code.access_code_id for code in codes.values()]
        found = client.post("/access_codes/list", json={"access_code_ids": ids}).json()["access_codes"]
        other = client.post("/access_codes/list", json={"device_id": codes["Joe"].device_id})

    assert [code["name"] for code in found] == ["Ada"]
    assert other.status_code == 401
