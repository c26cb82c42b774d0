"""The sandbox that a test holds: life cycle, identity, clients, making, looking, requests, timeline."""

import re
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import httpx
import pytest

import pytest_seam_sandbox
from pytest_seam_sandbox import NotEmulated, Sandbox, SandboxError
from pytest_seam_sandbox.report.timeline import render_timeline

NOTHING = "00000000-0000-4000-8000-000000000000"


# life


def test_sandbox_works_without_pytest():
    """A sandbox is a context manager of its own."""
    with Sandbox() as sandbox:
        device = sandbox.create_device()

        assert sandbox.get_device(device) == device


def test_leaving_raises_what_went_unnoticed():
    """A path that is not emulated fails the block although the program swallowed the 501."""
    with pytest.raises(NotEmulated, match=r"/thermostats/get"), Sandbox() as sandbox, sandbox.http() as client:
        client.post("/thermostats/get", json={})


def test_unnoticed_trouble_joins_the_exception_of_the_block():
    """The block's own exception wins; the problem is a note."""
    with pytest.raises(KeyError, match="body") as raised, Sandbox() as sandbox, sandbox.http() as client:
        client.post("/thermostats/get", json={})
        raise KeyError("body")

    (note,) = raised.value.__notes__
    assert "the sandbox says" in note
    assert "/thermostats/get" in note


def test_check_names_each_path_once():
    """The same call many times is one problem; after the check it is forgotten."""
    sandbox = Sandbox()
    with sandbox.http() as client:
        client.post("/thermostats/get", json={})
        client.post("/thermostats/get", json={})
        client.post("/devices/delete", json={})

    with pytest.raises(NotEmulated, match=r"called /thermostats/get, /devices/delete, which Seam has"):
        sandbox.check()

    sandbox.check()


def test_sandbox_is_printed_in_short():
    """The repr of a sandbox says its world and what there is now; a property's report shows it."""
    house, mine = Sandbox(world="house"), Sandbox()
    mine.create_device()
    mine.create_phone()

    assert repr(house) == "Sandbox(world='house', devices=3)"
    assert repr(mine) == "Sandbox(world='empty', devices=1, phones=1)"
    assert repr(Sandbox()) == "Sandbox(world='empty')"


def test_closed_sandbox_can_be_looked_at():
    """Closing lets go of the own client; the sandbox stays readable, and closing twice is fine."""
    sandbox = Sandbox()
    device = sandbox.create_device()
    client = sandbox.client()

    sandbox.close()
    sandbox.close()

    assert client.devices.get(device_id=device.device_id).device_id == device.device_id
    assert sandbox.get_device(device) == device
    sandbox.close()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"action_attempts": "later"}, "action_attempts is 'later'; it takes 'instant', 'poll' or a number of seconds"),
        ({"action_attempts": -1}, "action_attempts is -1"),
        ({"action_attempts": True}, "action_attempts is True"),
        ({"event_latency": -1}, "event_latency is -1; it takes a number of seconds from 0 to"),
        ({"event_latency": "soon"}, "event_latency is 'soon'"),
    ],
    ids=str,
)
def test_bad_settings(settings, words):
    """A setting that makes no sense is refused at once."""
    with pytest.raises(SandboxError) as raised:
        Sandbox(**settings)

    assert words in str(raised.value)


def test_strict_ids(seam_sandbox):
    """By default an id that is no UUID is refused; without strict_ids it is looked up."""
    lenient = Sandbox(strict_ids=False)

    with seam_sandbox.http() as strict_client, lenient.http() as lenient_client:
        answers = [
            client.post("/devices/get", json={"device_id": "front-door"}) for client in (strict_client, lenient_client)
        ]

    assert [(answer.status_code, answer.json()["error"]["type"]) for answer in answers] == [
        (400, "invalid_input"),
        (404, "device_not_found"),
    ]


# identity


def test_identity(seam_sandbox):
    """A sandbox has a key of the test form, an id, Seam's own address, and is not live."""
    assert re.fullmatch(r"seam_test\w{4}_\w{24}", seam_sandbox.api_key)
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", seam_sandbox.workspace_id
    )
    assert seam_sandbox.endpoint == "https://connect.getseam.com"
    assert seam_sandbox.is_live is False


# make


def test_device_is_made_as_asked(seam_sandbox):
    """Id, name, account, metadata and properties are taken."""
    account = seam_sandbox.create_connected_account("august")

    device = seam_sandbox.create_device(
        "yale_lock",
        device_id=NOTHING,
        name="Cellar",
        connected_account_id=account.connected_account_id,
        custom_metadata={"room": "101"},
        properties={"locked": False, "serial_number": "s-1"},
    )

    assert (device.device_id, device.display_name) == (NOTHING, "Cellar")
    assert device.connected_account_id == account.connected_account_id
    assert device.custom_metadata == {"room": "101"}
    assert (device.properties.locked, device.properties.serial_number) == (False, "s-1")


def test_devices_of_a_provider_share_its_account(seam_sandbox, seam_client):
    """Without an account a device joins that of its provider, which is made once."""
    first, second = seam_sandbox.create_device(), seam_sandbox.create_device()
    other = seam_sandbox.create_device("nuki_lock")

    assert first.connected_account_id == second.connected_account_id != other.connected_account_id
    assert [account.account_type for account in seam_client.connected_accounts.list()] == ["august", "nuki"]


def test_device_id_can_be_given_once(seam_sandbox, sandbox_device):
    """A second device of the same id is refused."""
    with pytest.raises(SandboxError, match=r"there is a device .* already; give another device_id"):
        seam_sandbox.create_device(device_id=sandbox_device.device_id)


@pytest.mark.parametrize("device_type", ["ios_phone", "android_phone"])
def test_phone_is_not_made_as_a_device(seam_sandbox, device_type):
    """The text says what to use instead."""
    with pytest.raises(SandboxError, match=r"is a phone.*Use create_phone\(\) instead"):
        seam_sandbox.create_device(device_type)


def test_account_is_made_as_asked(seam_sandbox):
    """Provider, login, customer and metadata are taken."""
    account = seam_sandbox.create_connected_account(
        "salto_ks", email="ada@example.com", customer_key="acme", custom_metadata={"plan": "gold"}
    )

    assert (account.account_type, account.account_type_display_name) == ("salto_ks", "Salto KS")
    assert (account.display_name, account.customer_key) == ("ada@example.com", "acme")
    assert account.custom_metadata == {"plan": "gold"}


def test_phone_is_made_as_asked(seam_sandbox, seam_client):
    """Owner, system, id, installation and metadata are taken."""
    person = seam_sandbox.create_user_identity(full_name="Ada", user_identity_key="ada")

    phone = seam_sandbox.create_phone(
        user_identity_id=person.user_identity_id,
        operating_system="ios",
        device_id=NOTHING,
        custom_sdk_installation_id="install-1",
        phone_metadata={"device_model": "iPhone 12"},
        assa_abloy_metadata={"seos_tsm_endpoint_id": 5},
    )

    assert (phone.device_id, phone.device_type, phone.display_name) == (NOTHING, "ios_phone", "iPhone 12")
    owned = seam_client.phones.list(owner_user_identity_id=person.user_identity_id)
    assert [one.device_id for one in owned] == [NOTHING]


def test_phone_id_can_be_given_once(seam_sandbox, sandbox_phone):
    """A second phone of the same id is refused."""
    with pytest.raises(SandboxError, match=r"there is a phone .* already; give another device_id"):
        seam_sandbox.create_phone(device_id=sandbox_phone.device_id)


def test_refusal_of_seam_reaches_the_author(seam_sandbox):
    """What Seam refuses while a test makes something is an error of the test."""
    with pytest.raises(SandboxError, match=r"Seam refused /phones/simulate/create_sandbox_phone .* 404 user_identity"):
        seam_sandbox.create_phone(user_identity_id=NOTHING)


def test_refusal_while_looking_reaches_the_author(seam_sandbox):
    """A refusal that is no bad id is not taken for "not there"."""
    seam_sandbox.embedded.app.gate.api_keys.clear()

    with pytest.raises(SandboxError, match=r"Seam refused /devices/get .* 401 unauthorized"):
        seam_sandbox.get_device(NOTHING)


# look


def test_models_keep_unknown_fields_as_attributes(seam_sandbox, sandbox_device):
    """Nested objects and lists of them are read by attribute; models are frozen."""
    phone = seam_sandbox.create_phone()

    assert sandbox_device.properties.august_metadata.lock_name
    assert phone.properties.assa_abloy_credential_service_metadata.endpoints[0].is_active is True
    with pytest.raises(ValueError, match="frozen"):
        sandbox_device.display_name = "x"


def test_many_devices_are_looked_through_page_by_page(seam_sandbox):
    """The sandbox's own lists do not end with the first page."""
    account = seam_sandbox.create_connected_account()
    for _ in range(501):
        seam_sandbox.embedded.provision.create_device("august_lock", connected_account_id=account.connected_account_id)

    assert len(seam_sandbox.backend.api.devices(connected_account_id=account.connected_account_id)) == 501


def test_requests_are_those_of_the_program(seam_sandbox, seam_client, sandbox_device):
    """Method, path, parameters, status and duration of each call; the sandbox's own calls are left out."""
    seam_client.devices.list(limit=5)
    with seam_sandbox.http() as client:
        client.post("/devices/get", json={"device_id": NOTHING})

    listing, failing = seam_sandbox.requests
    assert (listing.method, listing.path, listing.status, listing.error) == ("GET", "/devices/list", 200, None)
    assert listing.params["limit"] == 5
    assert listing.seconds > 0
    assert (failing.method, failing.path, failing.status, failing.error) == (
        "POST",
        "/devices/get",
        404,
        "device_not_found",
    )
    assert failing.params == {"device_id": NOTHING}


def test_timeline_shows_requests_events_and_clock_in_order(seam_sandbox, seam_client, sandbox_device):
    """One list of all that happened; failed requests are marked, own reads left out."""
    seam_client.locks.unlock_door(device_id=sandbox_device.device_id)
    seam_sandbox.clock.advance(90)
    with seam_sandbox.disconnected(sandbox_device), seam_sandbox.http() as client:
        client.post("/devices/get", json={"device_id": NOTHING})

    text = re.sub(r"(\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d\.\d{3}Z?", "TIME", seam_sandbox.timeline)  # over midnight too
    device = "device_id=GARAGE"
    lines = [
        f"TIME   request  POST /locks/unlock_door ({device}) → 200",
        f"TIME   event    lock.unlocked {device} ← POST /locks/unlock_door",
        "TIME   clock    advanced by 90 s",
        f"TIME   outage   disconnected({sandbox_device.display_name}) begins",
        f"TIME   sandbox  POST /devices/simulate/disconnect ({device}) → 200",
        f"TIME   event    device.disconnected {device} ← POST /devices/simulate/disconnect",
        f"TIME ! request  POST /devices/get (device_id={NOTHING}) → 404 device_not_found: Device not found",
        f"TIME   sandbox  POST /devices/simulate/connect ({device}) → 200",
        f"TIME   event    device.connected {device} ← POST /devices/simulate/connect",
        f"TIME   outage   disconnected({sandbox_device.display_name}) is over",
    ]
    assert [line for line in text.splitlines() if line in lines][-len(lines) :] == lines
    assert "/devices/list" not in text


def test_timeline_is_cut(seam_sandbox, seam_client):
    """Only the newest entries are shown, and how many came before."""
    for number in range(5):
        seam_client.devices.list(limit=number + 1)

    text = render_timeline(seam_sandbox.embedded.app.history, most=2)

    assert text.splitlines()[0] == "… 3 earlier entries (3 request)"
    assert len(text.splitlines()) == 3


def test_package_shows_its_names():
    """dir() lists the public names, and an unknown one is an AttributeError."""
    assert dir(pytest_seam_sandbox) == sorted(pytest_seam_sandbox.__all__)
    assert all(hasattr(pytest_seam_sandbox, name) for name in pytest_seam_sandbox.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Sandbx'"):
        _ = pytest_seam_sandbox.Sandbx


def test_an_access_token_is_as_good_as_a_key(seam_sandbox, sandbox_device):
    """An app that uses a personal access token reads the workspace that it names."""
    token = seam_sandbox.create_access_token()

    with seam_sandbox.client(personal_access_token=token, workspace_id=seam_sandbox.workspace_id) as client:
        devices = client.devices.list()

    assert [device.device_id for device in devices] == [sandbox_device.device_id]


def test_the_clock_ends_with_the_year_9999(seam_sandbox):
    """An absurd move is refused, and the clock stays where it was."""
    with pytest.raises(SandboxError, match="beyond the year 9999"):
        seam_sandbox.clock.advance(1e300)


def test_request_that_a_bug_inside_interrupts_is_shown(seam_sandbox, monkeypatch):
    """It has no answer, so it stands in the timeline as a failed one."""

    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(seam_sandbox.embedded.app.gate, "admit", broken)
    with seam_sandbox.http() as http, pytest.raises(ZeroDivisionError):
        http.get("/devices/list")

    assert [(call.path, call.status) for call in seam_sandbox.requests] == [("/devices/list", 500)]
    assert "! request  GET /devices/list () → 500" in seam_sandbox.timeline


def test_request_is_shown_when_it_is_answered(seam_sandbox, monkeypatch):
    """Whoever looks while another thread still waits for an answer is made to wait, too."""
    gate, arrived, go_on = seam_sandbox.embedded.app.gate, Event(), Event()
    admit = gate.admit

    def slow(*request):
        arrived.set()
        go_on.wait(10)
        return admit(*request)

    monkeypatch.setattr(gate, "admit", slow)
    with seam_sandbox.http() as http, ThreadPoolExecutor() as threads:
        asking = threads.submit(http.get, "/devices/list")
        arrived.wait(10)
        looking = threads.submit(lambda: [call.status for call in seam_sandbox.requests])
        wait([looking], timeout=0.1)
        go_on.set()

    assert asking.result().status_code == 200
    assert looking.result() == [200]


def test_exception_of_the_body_wins_over_an_error_inside():
    """A bug inside the sandbox is told beside the exception of the block, and does not take its place."""
    with pytest.raises(LookupError) as raised, Sandbox() as sandbox:
        sandbox.embedded.app.internal_errors.append(ZeroDivisionError("inside"))
        raise LookupError

    assert "inside" in "".join(raised.value.__notes__)


def test_program_that_never_gets_in_is_told_how():
    """The exception of a block whose every request got 401 has a note about the key."""
    headers = {"authorization": "Bearer seam_test1_mine"}
    with (
        pytest.raises(httpx.HTTPStatusError) as raised,
        Sandbox() as sandbox,
        sandbox.http(headers=headers) as client,
    ):
        client.get("/devices/list").raise_for_status()

    (note,) = raised.value.__notes__
    assert note.startswith("and the sandbox says: every request of the program under test got 401")
    assert "Sandbox(api_key=...)" in note
