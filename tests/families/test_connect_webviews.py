"""Connect Webviews as objects: create, get, list, delete."""

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"


def ids(webviews):
    return [webview.connect_webview_id for webview in webviews]


def ask(seam_sandbox, token, path, **params):
    with seam_sandbox.http(headers={"authorization": f"Bearer {token}"}) as app:
        return app.post(f"/connect_webviews/{path}", json=params)


def test_webview_without_parameters(seam, seam_sandbox):
    """A webview that nobody restricted allows any provider, and waits for a login."""
    webview = seam.connect_webviews.create()

    assert (webview.status, webview.login_successful, webview.authorized_at) == ("pending", False, None)
    assert (webview.connected_account_id, webview.selected_provider) == (None, None)
    assert webview.any_provider_allowed
    assert {"august", "minut", "visionline"} < set(webview.accepted_providers)
    assert webview.accepted_capabilities == ["lock", "thermostat", "noise_sensor", "access_control", "camera"]
    assert (webview.automatically_manage_new_devices, webview.wait_for_device_creation) == (True, False)
    assert (webview.custom_redirect_url, webview.custom_redirect_failure_url) == (None, None)
    assert webview.custom_metadata == {}
    assert webview.workspace_id == seam_sandbox.workspace_id
    assert webview.url.startswith(
        f"https://connect.getseam.com/connect_webviews/view?connect_webview_id={webview.connect_webview_id}&auth_token="
    )


def test_webview_keeps_what_is_given(seam):
    """Providers, capabilities, metadata, customer, redirects and behaviour come back."""
    webview = seam.connect_webviews.create(
        accepted_providers=["schlage", "august"],
        accepted_capabilities=["lock", "camera"],
        custom_metadata={"house": "17", "vip": True, "empty": ""},
        customer_key="acme",
        custom_redirect_url="https://example.com/done",
        custom_redirect_failure_url="https://example.com/failed",
        automatically_manage_new_devices=False,
        wait_for_device_creation=True,
    )

    assert seam.connect_webviews.get(connect_webview_id=webview.connect_webview_id) == webview
    assert (webview.accepted_providers, webview.any_provider_allowed) == (["schlage", "august"], False)
    assert webview.accepted_capabilities == ["lock", "camera"]
    assert (webview.custom_metadata, webview.customer_key) == ({"house": "17", "vip": True}, "acme")
    assert webview.custom_redirect_url == "https://example.com/done"
    assert webview.custom_redirect_failure_url == "https://example.com/failed"
    assert (webview.automatically_manage_new_devices, webview.wait_for_device_creation) == (False, True)


@pytest.mark.parametrize(("mode", "shown"), [(None, "none"), ("none", "none"), ("multiple", "multiple")])
def test_device_selection_mode(seam_http, mode, shown):
    """The mode that the SDK does not offer is kept; there is none by default."""
    params = {} if mode is None else {"device_selection_mode": mode}

    webview = seam_http.post("/connect_webviews/create", json=params).json()["connect_webview"]

    assert webview["device_selection_mode"] == shown


@pytest.mark.parametrize(
    ("params", "providers"),
    [
        ({"provider_category": "noise_sensors"}, ["noiseaware", "minut"]),
        ({"provider_category": "noise_sensors", "excluded_providers": ["minut"]}, ["noiseaware"]),
        ({"provider_category": "internal_beta"}, []),
        ({"provider_category": "noise_sensors", "accepted_providers": ["nuki"]}, ["nuki"]),
        ({"accepted_providers": ["nuki", "minut"], "excluded_providers": ["nuki", "unheard_of"]}, ["minut"]),
        ({"accepted_providers": ["slack"]}, ["slack"]),
    ],
    ids=str,
)
def test_providers_that_are_accepted(seam, params, providers):
    """A category stands for its providers; a list of providers wins; those that are excluded are not shown."""
    webview = seam.connect_webviews.create(**params)

    assert (webview.accepted_providers, webview.any_provider_allowed) == (providers, False)


@pytest.mark.parametrize(
    ("provider", "capabilities"),
    [
        ("august", ["lock"]),
        ("smartthings", ["lock"]),
        ("ecobee", ["thermostat"]),
        ("minut", ["noise_sensor"]),
        ("ring", ["camera"]),
        ("visionline", ["access_control"]),
        ("salto_ks", ["lock", "access_control"]),
        ("ical", []),
    ],
)
def test_capabilities_follow_from_the_provider(seam, provider, capabilities):
    """Without accepted_capabilities the devices of the provider count; who has locks connects just those."""
    assert seam.connect_webviews.create(accepted_providers=[provider]).accepted_capabilities == capabilities


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"accepted_providers": ["nobody"]}, "accepted_providers"),
        ({"accepted_providers": "august"}, "accepted_providers"),
        ({"accepted_capabilities": ["door"]}, "accepted_capabilities"),
        ({"provider_category": "locks"}, "provider_category"),
        ({"device_selection_mode": "some"}, "device_selection_mode"),
        ({"custom_metadata": {"a.b": "c"}}, "custom_metadata"),
        ({"custom_metadata": {"a": 5}}, "custom_metadata"),
        ({"custom_redirect_url": 5}, "custom_redirect_url"),
        ({"customer_key": ""}, "customer_key"),
        ({"customer_key": None}, "customer_key"),
        ({"wait_for_device_creation": "yes"}, "wait_for_device_creation"),
        ({"automatically_manage_new_devices": None}, "automatically_manage_new_devices"),
    ],
    ids=str,
)
def test_bad_parameters_are_refused(seam_http, params, field):
    """A wrong value is named in the tree, and no webview is made."""
    answer = seam_http.post("/connect_webviews/create", json=params)

    assert answer.status_code == 400
    assert field in answer.json()["error"]["validation_errors"]
    assert seam_http.get("/connect_webviews/list").json()["connect_webviews"] == []


def test_deleted_webview_is_gone(seam):
    """A deleted webview is found neither by its id nor in the list."""
    webview = seam.connect_webviews.create()

    seam.connect_webviews.delete(connect_webview_id=webview.connect_webview_id)

    assert seam.connect_webviews.list() == []
    with seam_raises("connect_webview_not_found", status_code=404, match="Connect webview not found"):
        seam.connect_webviews.get(connect_webview_id=webview.connect_webview_id)


@pytest.mark.parametrize("action", ["get", "delete"])
@pytest.mark.parametrize(
    ("webview_id", "error", "status"),
    [(NOTHING, "connect_webview_not_found", 404), ("webview", "invalid_input", 400)],
)
def test_webview_that_does_not_exist(seam, action, webview_id, error, status):
    """An unknown id is not found; a text that is no UUID is refused."""
    with seam_raises(error, status_code=status):
        getattr(seam.connect_webviews, action)(connect_webview_id=webview_id)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"customer_key": "acme"}, [0]),
        ({"customer_key": "nobody"}, []),
        ({"custom_metadata_has": {"house": "North"}}, [0]),
        ({"custom_metadata_has": {"vip": True}}, [1]),
        ({"search": "schl"}, [0]),
        ({"search": "NUKI"}, [1]),
        ({"search": "north"}, [0]),
        ({"search": "acm"}, [0]),
        ({"user_identifier_key": "jane"}, [1]),
        ({"user_identifier_key": "john"}, []),
        ({"customer_key": "acme", "user_identifier_key": "jane"}, []),
        ({}, [0, 1]),
    ],
    ids=str,
)
def test_list_filters(seam, filters, found):
    """All filters that are given have to match; the oldest comes first."""
    first = seam.connect_webviews.create(
        accepted_providers=["schlage"], customer_key="acme", custom_metadata={"house": "North"}
    )
    second = seam.connect_webviews.create(accepted_providers=["nuki"], custom_metadata={"vip": True})
    seam.client_sessions.create(user_identifier_key="jane", connect_webview_ids=[second.connect_webview_id])

    listed = seam.connect_webviews.list(**filters)

    assert ids(listed) == ids([[first, second][index] for index in found])


def test_list_is_searched_by_id(seam):
    """The id of a webview finds it."""
    _, second = seam.connect_webviews.create(), seam.connect_webviews.create()

    assert ids(seam.connect_webviews.list(search=second.connect_webview_id)) == ids([second])


def test_list_has_pages(seam_http):
    """Three webviews in pages of two."""
    made = [seam_http.post("/connect_webviews/create", json={}).status_code for _ in range(3)]

    first = seam_http.post("/connect_webviews/list", json={"limit": 2}).json()
    rest = seam_http.get(first["pagination"]["next_page_url"]).json()

    assert made == [200, 200, 200]
    assert (len(first["connect_webviews"]), len(rest["connect_webviews"])) == (2, 1)
    assert not rest["pagination"]["has_next_page"]


def test_session_sees_the_webviews_that_it_holds(seam, seam_sandbox):
    """A client session reads its own webviews; another's is refused, and is not listed."""
    own, other = seam.connect_webviews.create(), seam.connect_webviews.create()
    token = seam.client_sessions.create(connect_webview_ids=[own.connect_webview_id]).token

    listed = ask(seam_sandbox, token, "list").json()["connect_webviews"]
    read = ask(seam_sandbox, token, "get", connect_webview_id=own.connect_webview_id)
    refused = ask(seam_sandbox, token, "get", connect_webview_id=other.connect_webview_id)

    assert [webview["connect_webview_id"] for webview in listed] == [own.connect_webview_id]
    assert read.status_code == 200
    assert (refused.status_code, refused.json()["error"]["type"]) == (401, "unauthorized")


def test_session_holds_the_webview_that_it_makes(seam, seam_sandbox):
    """A webview of a client session is within its reach, and the session lists it."""
    session = seam.client_sessions.create()

    made = ask(seam_sandbox, session.token, "create").json()["connect_webview"]

    (listed,) = seam.client_sessions.list(connect_webview_id=made["connect_webview_id"])
    assert listed.client_session_id == session.client_session_id
    assert ask(seam_sandbox, session.token, "get", connect_webview_id=made["connect_webview_id"]).status_code == 200


def test_portal_makes_and_sees_the_webviews_of_its_customer(seam, seam_sandbox):
    """A customer's session makes webviews for the customer, and reads all that the customer has."""
    token = seam.client_sessions.create(customer_key="acme").token
    theirs = seam.connect_webviews.create(customer_key="acme")
    seam.connect_webviews.create(customer_key="other")

    made = ask(seam_sandbox, token, "create").json()["connect_webview"]

    listed = ask(seam_sandbox, token, "list").json()["connect_webviews"]
    assert made["customer_key"] == "acme"
    assert [row["connect_webview_id"] for row in listed] == [theirs.connect_webview_id, made["connect_webview_id"]]


def test_webview_of_another_workspace_is_not_found(seam, production):
    """Webviews of one workspace do not exist in another."""
    webview = production.client.connect_webviews.create()

    with seam_raises("connect_webview_not_found", status_code=404):
        seam.connect_webviews.get(connect_webview_id=webview.connect_webview_id)


def test_deleted_webview_leaves_its_client_sessions(seam):
    """No session holds what is not there."""
    webview = seam.connect_webviews.create()
    session = seam.client_sessions.create(connect_webview_ids=[webview.connect_webview_id])

    seam.connect_webviews.delete(connect_webview_id=webview.connect_webview_id)

    assert seam.client_sessions.get(client_session_id=session.client_session_id).connect_webview_ids == []
