"""The console of a running server: its page, what it is told, what it offers, and to whom it is served."""

import httpx
import pytest

from pytest_seam_sandbox.console.routes import console_of
from pytest_seam_sandbox.console.state import MOST_ENTRIES, MOST_THINGS
from pytest_seam_sandbox.outages import KINDS
from pytest_seam_sandbox.transports.server import Listener

PAGE = "/_sandbox/console"


@pytest.fixture
def served(seam_sandbox):
    """An HTTP client of a server with a console."""
    listener = Listener(control=console_of(seam_sandbox.embedded))
    with listener.serving(seam_sandbox.embedded.app) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture
def post(served):
    """Calls a control route and gives its answer, which has to be a success."""

    def call(route, **values):
        answer = served.post(f"/_sandbox/{route}", json=values)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return call


@pytest.fixture
def look(post):
    """What the page is told now."""
    return lambda **known: post("console/changes", **known)


def offers(answer, part, name):
    """The offers of the thing of this name, by their texts."""
    [thing] = [one for one in answer["state"][part]["shown"] if one["name"] == name]
    return {offer["text"]: offer for offer in thing["offers"]}


@pytest.mark.parametrize(
    ("path", "content_type", "says"),
    [
        (PAGE, "text/html; charset=utf-8", "<title>Seam sandbox</title>"),
        (f"{PAGE}/console.js", "text/javascript; charset=utf-8", "console/changes"),
        (f"{PAGE}/cards.js", "text/javascript; charset=utf-8", "export function showCards"),
        (f"{PAGE}/console.css", "text/css; charset=utf-8", "prefers-color-scheme: dark"),
    ],
)
def test_page_is_served_with_a_policy_that_lets_nothing_else_in(served, path, content_type, says):
    """Page, scripts and style; a browser runs nothing else, and shows it in no frame."""
    answer = served.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert says in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (served.head(path).status_code, served.head(path).content) == (200, b"")


def test_page_names_no_other_host(served):
    """All that it needs is in the package."""
    texts = [
        served.get(path).text
        for path in (PAGE, *(f"{PAGE}/{name}" for name in ("console.js", "cards.js", "console.css")))
    ]

    assert [text for text in texts if "://" in text or "innerHTML" in text] == []


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/changes", f"{PAGE}/simulate", f"{PAGE}/console.js"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [({"host": "console.example"}, 421), ({"origin": "https://console.example"}, 403), ({"origin": "null"}, 403)],
    ids=["rebound name", "other origin", "no origin"],
)
def test_others_are_refused(served, path, headers, status):
    """It is served to whom control routes are served: not under a name of somebody's own, not to other pages."""
    answer = served.get(path, headers=headers) if "." in path or path == PAGE else served.post(path, headers=headers)

    assert answer.status_code == status
    assert "error" in answer.json()


@pytest.mark.parametrize("route", ["console/changes", "console/simulate"])
def test_routes_are_posts_with_json(served, route):
    """As all control routes are."""
    assert served.get(f"/_sandbox/{route}").status_code == 405
    assert served.post(f"/_sandbox/{route}", content="{}", headers={"content-type": "text/plain"}).status_code == 415
    assert served.post(f"/_sandbox/{route}", json={"nothing": 1}).status_code == 400


def test_other_control_routes_are_there(seam_sandbox, post, served):
    """The page uses them, and a test in another language may too."""
    assert post("clock/freeze")["now"]
    assert post("webhooks/deliver_to")["webhook_id"]
    assert served.get(f"{PAGE}/nothing").status_code == 404


def test_without_console_there_is_no_page(seam_sandbox):
    """Control routes alone do not serve it."""
    with seam_sandbox.serve(control=True) as url:
        assert httpx.get(f"{url}{PAGE}").status_code == 404
        assert httpx.post(f"{url}{PAGE}/changes").status_code == 404


# what it is told


def test_changes_have_the_state_once(look, sandbox_device):
    """A page that knows the state is told the time, and nothing else."""
    first = look()
    again = look(run=first["run"], since=first["place"], version=first["version"])

    assert [thing["name"] for thing in first["state"]["devices"]["shown"]] == [sandbox_device.display_name]
    assert "state" not in again
    assert again["entries"] == []
    assert again["now"] >= first["now"]


def test_changes_of_rows_without_an_event_show(look, sandbox_device, seam_sandbox):
    """A made-up warning logs no event, and is shown."""
    first = look()

    seam_sandbox.set_warning(sandbox_device, "something_odd")

    state = look(run=first["run"], since=first["place"], version=first["version"])["state"]
    assert state["devices"]["shown"][0]["warnings"] == ["something_odd"]


def test_page_of_an_earlier_server_is_told_all(look, sandbox_device):
    """Its place and its version mean nothing here."""
    first = look()

    again = look(run="another", since=first["place"], version=first["version"])

    assert "state" in again
    assert again["entries"] == first["entries"]


def test_entries_are_requests_events_webhooks_and_notes(look, post, seam_sandbox, seam_http, sandbox_device):
    """In order, with names in place of ids; what failed is marked."""
    seam_sandbox.webhooks.deliver_to(seam_sandbox.webhooks.inbox)
    first = look()
    seam_http.post("/devices/get", json={"device_id": "none"})
    post("outages/begin", kind="disconnected", target=sandbox_device.display_name)

    entries = look(run=first["run"], since=first["place"])["entries"]
    post("outages/end", outage=f"disconnected({sandbox_device.display_name})")

    told = [(entry["kind"], entry["text"], entry["outcome"], entry["is_failure"]) for entry in entries]
    name = sandbox_device.display_name
    assert told == [
        ("request", "POST /devices/get", "400 invalid_input", True),
        ("note", "outage", "", False),
        ("request", "POST /devices/simulate/disconnect", "200", False),
        ("event", "device.disconnected", "", False),
        ("webhook", "device.disconnected", "200", False),
    ]
    assert [entries[place]["about"] for place in (1, 2, 3)] == [
        f"disconnected({name}) begins",
        f"device_id={name}",
        f"device_id={name}",
    ]
    assert "Invalid uuid" in entries[0]["detail"]
    assert entries[3]["detail"]["event_type"] == "device.disconnected"


def test_misspelt_path_shows_with_the_nearest(look, seam_http):
    """In the detail of the request."""
    seam_http.get("/devices/lst")

    (entry,) = look()["entries"]

    assert (entry["outcome"], entry["detail"]) == ("404", "no such path; nearest: /devices/list")


def test_attempt_that_failed_shows_with_its_error(look, seam_sandbox, seam_http, sandbox_device):
    """Beside the 200 of the answer, and beside the event."""
    seam_sandbox.webhooks.deliver_to(seam_sandbox.webhooks.inbox)
    with seam_sandbox.disconnected(sandbox_device):
        first = look()
        seam_http.post("/locks/unlock_door", json={"device_id": sandbox_device.device_id})

    entries = look(run=first["run"], since=first["place"])["entries"]
    asked, ended = [one for one in entries if "unlock" in one["text"] and one["kind"] != "webhook"]

    assert (asked["outcome"], asked["is_failure"]) == ("200 error device_disconnected", True)
    assert "the device is offline" in asked["detail"]
    assert (ended["kind"], ended["outcome"], ended["is_failure"]) == ("event", "device_disconnected", True)


def test_second_attempts_and_failures_of_webhooks_show(look, seam_sandbox, sandbox_device):
    """An app that answers 500 gets the event again."""
    seam_sandbox.webhooks.deliver_to(lambda _: 500)
    seam_sandbox.webhooks.allow_undelivered()
    seam_sandbox.create_device()
    seam_sandbox.clock.advance(10)

    sent = [entry for entry in look()["entries"] if entry["kind"] == "webhook"]

    assert {(entry["is_failure"], "(attempt 2)" in entry["about"]) for entry in sent} == {(True, False), (True, True)}


def test_secrets_are_not_shown(look, seam_sandbox):
    """Neither keys nor what opens a door to an account."""
    with seam_sandbox.http() as http:
        http.post("/client_sessions/get", json={"client_session_token": "seam_cst1_secret"})
        http.post("/devices/list", json={"search": seam_sandbox.api_key})
        answer = look()

    assert seam_sandbox.api_key not in str(answer)
    assert "seam_cst1_secret" not in str(answer)


def test_thousands_of_events_are_not_sent(look, seam_sandbox, sandbox_device):
    """The newest are, and how many were left out."""
    for _ in range(3 * MOST_ENTRIES):
        seam_sandbox.emit("device.connected", sandbox_device)

    answer = look()

    assert len(answer["entries"]) == MOST_ENTRIES
    assert answer["skipped"] >= 2 * MOST_ENTRIES
    assert len(answer["entries"]) + answer["skipped"] <= answer["place"]


def test_things_are_found_by_name(look, seam_sandbox):
    """Of many, some are shown; a part of the name finds the others, in any case."""
    for number in range(MOST_THINGS + 5):
        seam_sandbox.create_device(name=f"Room {number}")
    seam_sandbox.create_device(name="CELLAR")

    all_of_them, found = look()["state"]["devices"], look(find="cellar")["state"]["devices"]

    assert (len(all_of_them["shown"]), all_of_them["count"]) == (MOST_THINGS, MOST_THINGS + 6)
    assert ([thing["name"] for thing in found["shown"]], found["count"]) == (["CELLAR"], MOST_THINGS + 6)


# what it offers


@pytest.mark.seam(world="everything")
def test_every_kind_of_outage_that_is_possible_is_offered(seam_sandbox, look):
    """The offers follow from the table of kinds: each can begin, and its end is offered then."""
    device = seam_sandbox.create_device()
    seam_sandbox.create_access_code(device, name="Guest")
    seam_sandbox.create_acs_system("visionline_system")
    state = look()["state"]
    things = [thing for part in ("devices", "phones", "others") for thing in state[part]["shown"]]

    begun = {
        offer["params"]["kind"] for thing in things for offer in thing["offers"] if offer["path"] == "outages/begin"
    }

    assert begun == set(KINDS)
    assert {thing["what"] for thing in state["others"]["shown"]} == {"access code", "access system"}


def test_outage_begins_and_ends(look, post, seam_sandbox, sandbox_device):
    """While it lasts, its end is offered: on its thing, and in the list of open outages."""
    name = sandbox_device.display_name
    begin = offers(look(), "devices", name)["Disconnect"]
    post(begin["path"], **begin["params"])
    answer = look()
    during = offers(answer, "devices", name)
    [opened] = answer["state"]["outages"]
    [device] = answer["state"]["devices"]["shown"]

    assert (opened["name"], opened["text"]) == (f"disconnected({name})", "End: disconnected")
    assert {"Disconnect", "Connect"} & during.keys() == set()
    assert (device["is_online"], device["errors"]) == (False, ["device_disconnected"])

    post(during["End: disconnected"]["path"], **during["End: disconnected"]["params"])

    assert seam_sandbox.get_device(sandbox_device).properties.online
    assert "Disconnect" in offers(look(), "devices", name)


def test_way_back_is_offered_where_no_outage_will_take_it(look, post, seam_sandbox, seam_http, sandbox_device):
    """What the app has disconnected by itself has no end on the page, but its flag says that it can be connected."""
    seam_http.post("/devices/simulate/disconnect", json={"device_id": sandbox_device.device_id})

    connect = offers(look(), "devices", sandbox_device.display_name)["Connect"]
    post(connect["path"], **connect["params"])

    assert seam_sandbox.get_device(sandbox_device).properties.online


def test_phone_is_deactivated_and_replaced(look, post, seam_sandbox, sandbox_phone):
    """Its owner gets a new one when the outage ends."""
    begin = offers(look(), "phones", sandbox_phone.display_name)["Deactivate"]
    post(begin["path"], **begin["params"])
    answer = look()

    assert answer["state"]["phones"]["shown"] == []

    [end] = answer["state"]["outages"]
    post(end["path"], **end["params"])

    assert look()["state"]["phones"]["count"] == 1


@pytest.mark.seam(world="everything")
def test_every_simulation_works(look, post, seam_sandbox):
    """What is offered is not refused, when a person fills in what it needs."""
    filled = {
        "hvac_mode": "heat",
        "heating_set_point_celsius": 21,
        "temperature_celsius": 20,
        "code": "1234",
        "name": "Guest",
        "is_expired": True,
    }
    things = look()["state"]["devices"]["shown"]
    found = [offer for thing in things for offer in thing["offers"] if offer["path"] == "console/simulate"]

    for offer in found:
        chosen = {field["name"]: filled[field["name"]] for field in offer["fields"] if field["name"] in filled}
        assert {field["name"] for field in offer["fields"] if field["is_needed"]} <= chosen.keys()
        post(offer["path"], path=offer["params"]["path"], params={**offer["params"]["params"], **chosen})

    assert {offer["text"] for offer in found} == {
        "Keypad code entry",
        "Manual lock via keypad",
        "Create unmanaged access code",
        "Trigger noise threshold",
        "Hvac mode adjusted",
        "Temperature reached",
        "Paid subscription",
    }


def test_end_is_offered_on_what_the_outage_is_of(look, post, seam_sandbox):
    """Names move on when a phone goes: the second of a name is called by it then, and is alive."""
    for _ in range(2):
        seam_sandbox.create_phone(nickname="Pixel 9")
    begin = offers(look(), "phones", "Pixel 9 #2")["Deactivate"]
    post("outages/begin", kind="deactivated", target="Pixel 9")  # by somebody else, meanwhile
    after = look()["state"]

    [alive] = after["phones"]["shown"]
    assert (alive["name"], [offer["text"] for offer in alive["offers"]]) == ("Pixel 9", ["Deactivate"])
    assert alive["id"] == begin["params"]["target"]

    post(begin["path"], **begin["params"])
    first, second = look()["state"]["outages"]

    assert (first["name"], second["name"]) == ("deactivated(Pixel 9)", "deactivated(Pixel 9)")
    for end in (first, second):
        post(end["path"], **end["params"])
    assert look()["state"]["phones"]["count"] == 2


def test_outage_that_is_over_cannot_end_again(look, post, served, seam_sandbox, sandbox_device):
    """The page of another person may be late."""
    with seam_sandbox.disconnected(sandbox_device):
        [end] = look()["state"]["outages"]

    answer = served.post(f"/_sandbox/{end['path']}", json=end["params"])

    assert (answer.status_code, answer.json()) == (400, {"error": "no outage 'outage-1' is open; open: none."})


@pytest.mark.seam(world="house")
def test_outage_of_an_account_ends_on_each_of_its_devices(look, post):
    """All of them are lost by it."""
    post("outages/begin", kind="account_disconnected", target="FRONT DOOR")
    answer = look()

    [opened] = answer["state"]["outages"]
    ends = [offers(answer, "devices", name)["End: account disconnected"] for name in ("FRONT DOOR", "GARAGE")]
    assert [end["params"] for end in ends] == [opened["params"]] * 2
    post(opened["path"], **opened["params"])


def test_device_out_of_its_account_has_no_simulations(look, post, seam_sandbox, sandbox_device):
    """Nobody can type at its keypad."""
    name = sandbox_device.display_name
    post("outages/begin", kind="removed", target=name)

    found = offers(look(), "devices", name)
    assert "End: removed" in found
    assert [offer for offer in found.values() if offer["path"] == "console/simulate"] == []
    post("outages/end", outage=f"removed({name})")


def test_other_endpoints_are_not_called(served, sandbox_device):
    """The route calls what the page offers, and no other path; Seam's refusal is told."""
    other = served.post(f"{PAGE}/simulate", json={"path": "/devices/delete", "params": {}})
    refused = served.post(
        f"{PAGE}/simulate",
        json={"path": "/locks/simulate/keypad_code_entry", "params": {"device_id": sandbox_device.device_id}},
    )

    assert (other.status_code, refused.status_code) == (400, 400)
    assert "is none of the simulate endpoints" in other.json()["error"]
    assert "code" in refused.json()["error"]


# several workspaces


@pytest.fixture
def annex(seam_sandbox):
    """A further workspace of the server, in which there is a house."""
    return seam_sandbox.create_workspace(name="Annex", world="house")


def test_workspaces_are_listed_and_the_first_is_shown(look, annex, seam_sandbox):
    """So that a page can offer the others."""
    answer = look()

    assert answer["workspace_id"] == seam_sandbox.workspace_id
    assert [one["name"] for one in answer["state"]["workspaces"]] == ["Sandbox", "Annex"]
    assert answer["state"]["devices"]["count"] == 0


def test_workspace_that_is_chosen_is_shown(look, annex):
    """With what is in it; one that is not there is none, and the first is shown."""
    chosen, gone = look(workspace=annex.workspace_id), look(workspace="gone")

    assert chosen["workspace_id"] == annex.workspace_id
    assert [thing["name"] for thing in chosen["state"]["devices"]["shown"]] == ["FRONT DOOR", "BACK DOOR", "GARAGE"]
    assert gone["workspace_id"] != annex.workspace_id


def test_new_workspace_changes_the_state(look, seam_sandbox):
    """Nothing else has happened, and the list of the page is longer."""
    first = look()

    seam_sandbox.create_workspace(name="Annex")

    again = look(run=first["run"], since=first["place"], version=first["version"])
    assert [one["name"] for one in again["state"]["workspaces"]] == ["Sandbox", "Annex"]


def test_entries_are_those_of_the_workspace(look, annex, seam_sandbox, sandbox_device):
    """Requests, events, webhooks and outages of one; what is of the whole server stands in all."""
    annex.client().webhooks.create(url="http://127.0.0.1:9/hooks")
    seam_sandbox.webhooks.allow_undelivered()
    first = look()
    known = {"run": first["run"], "since": first["place"]}
    with annex.disconnected("FRONT DOOR"), annex.http() as http:
        http.get("/locks/get", params={"device_id": annex.devices[0].device_id})
    with seam_sandbox.http() as http:
        http.get("/devices/list")
        http.get("/no/such/path")
    seam_sandbox.clock.advance(1)

    def told(workspace):
        return [(one["kind"], one["text"]) for one in look(workspace=workspace.workspace_id, **known)["entries"]]

    assert told(seam_sandbox) == [
        ("request", "GET /devices/list"),
        ("request", "GET /no/such/path"),
        ("note", "clock"),
    ]
    ours = told(annex)
    assert [one for one in ours if one[0] in ("request", "note")] == [
        ("note", "outage"),
        ("request", "POST /devices/simulate/disconnect"),
        ("request", "GET /locks/get"),
        ("request", "POST /devices/simulate/connect"),
        ("note", "outage"),
        ("request", "GET /no/such/path"),
        ("note", "clock"),
    ]
    assert {("event", "device.disconnected"), ("webhook", "device.disconnected")} <= set(ours)


def test_outage_and_simulation_in_another_workspace(look, post, annex, seam_sandbox):
    """Buttons do what they say where they are."""
    here = f"?workspace={annex.workspace_id}"
    begin = offers(look(workspace=annex.workspace_id), "devices", "GARAGE")["Disconnect"]
    post(begin["path"] + here, **begin["params"])
    shown = look(workspace=annex.workspace_id)
    during = offers(shown, "devices", "GARAGE")

    assert not annex.get_device("GARAGE").properties.online
    assert [one["name"] for one in shown["state"]["outages"]] == ["disconnected(GARAGE)"]
    assert look()["state"]["outages"] == []
    end = during["End: disconnected"]
    post(end["path"] + here, **end["params"])
    entry = offers(look(workspace=annex.workspace_id), "devices", "GARAGE")["Keypad code entry"]
    params = {**entry["params"]["params"], "code": "1234"}
    post(entry["path"] + here, path=entry["params"]["path"], params=params)

    assert annex.get_device("GARAGE").properties.online
    annex.expect_event("lock.access_denied", count=1)
    seam_sandbox.expect_no_event("lock.access_denied")


def test_workspace_that_the_app_has_made(look, served, seam_sandbox):
    """Nobody has opened it in Python; it has no key, and gets one that changes no other id."""
    token = seam_sandbox.create_access_token()
    headers = {"authorization": f"Bearer {token}"}
    made = served.post("/workspaces/create", json={"name": "New", "is_sandbox": True}, headers=headers).json()
    workspace_id = made["workspace"]["workspace_id"]
    before = seam_sandbox.embedded.app.ids.count

    answer = look(workspace=workspace_id)
    assert seam_sandbox.embedded.app.ids.count == before
    device = served.post(f"/_sandbox/create_device?workspace={workspace_id}", json={"name": "LOFT"}).json()
    begun = served.post(
        f"/_sandbox/outages/begin?workspace={workspace_id}", json={"kind": "disconnected", "target": "LOFT"}
    ).json()

    assert (answer["workspace_id"], answer["state"]["devices"]["count"]) == (workspace_id, 0)
    assert device["workspace_id"] == workspace_id
    assert served.post("/_sandbox/outages/end", json=begun).json()["events"] == [
        "device.disconnected",
        "device.connected",
    ]


def test_one_workspace_starts_over(look, post, annex, seam_sandbox, sandbox_device):
    """The others stay as they are, with their outages."""
    with seam_sandbox.disconnected(sandbox_device):
        post(f"outages/begin?workspace={annex.workspace_id}", kind="disconnected", target="GARAGE")
        annex.create_device(name="NEW")
        post(f"reset?workspace={annex.workspace_id}")

        assert [device.display_name for device in annex.devices] == ["FRONT DOOR", "BACK DOOR", "GARAGE"]
        assert [one["name"] for one in look()["state"]["outages"]] == [f"disconnected({sandbox_device.display_name})"]
        assert look(workspace=annex.workspace_id)["state"]["outages"] == []
