"""What is drawn of a sandbox: the lanes of devices and phones, and the entries in them."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.backends.raised import note_raised
from pytest_seam_sandbox.report import picture
from pytest_seam_sandbox.report.page import as_json, page_of


@pytest.fixture
def sandbox():
    """A sandbox with one lock."""
    sandbox = Sandbox()
    sandbox.create_device(name="GARAGE")
    return sandbox


def drawn(sandbox, failure=None):
    """The picture of a sandbox, as JSON has it."""
    return json.loads(as_json(picture.picture_of(sandbox.backend, "title", failure)))


def lane(sandbox, name):
    """The states of a lane, one after the other."""
    (found,) = [lane for lane in drawn(sandbox)["lanes"] if lane["name"] == name]
    return [" ".join(filter(None, span[2:])) for span in found["spans"]]


def test_device_that_goes_offline_and_comes_back(sandbox):
    """With the error code, for as long as it lasts; before it was made it was not there."""
    with sandbox.disconnected("GARAGE"):
        pass

    assert lane(sandbox, "GARAGE") == ["absent", "online", "offline device_disconnected", "online"]


def test_spans_are_numbers_of_entries(sandbox):
    """Each begins at the entry that changes the state, and the last one ends with the picture."""
    with sandbox.disconnected("GARAGE"):
        pass
    found = drawn(sandbox)
    (garage,) = [lane for lane in found["lanes"] if lane["name"] == "GARAGE"]
    texts = [entry[3] for entry in found["entries"]]

    assert [texts[start] for start, *_ in garage["spans"]][1:] == [
        "device.added device_id=GARAGE",
        "device.disconnected device_id=GARAGE",
        "device.connected device_id=GARAGE",
    ]
    assert garage["spans"][-1][1] == len(texts)


def test_device_that_is_offline_from_the_start():
    """Without an event that says so, what is true now was true."""
    sandbox = Sandbox()
    sandbox.create_device(name="GARAGE", online=False)

    assert lane(sandbox, "GARAGE")[-1].startswith("offline")


def test_world_that_was_there_before(monkeypatch):
    """What a template has brought has no events here; the first change says what was before it."""
    template = Sandbox(world="house")
    sandbox = Sandbox(world="house")
    sandbox.embedded.adopt(template.embedded)
    sandbox.embedded.forget()
    with sandbox.disconnected("FRONT DOOR"):
        sandbox.backend.note("clock", "x")
    sandbox.backend.api.call("/devices/simulate/disconnect", device_id=sandbox.get_device("BACK DOOR").device_id)
    sandbox.embedded.forget()
    sandbox.backend.note("clock", "x")

    assert lane(sandbox, "BACK DOOR") == ["offline"]
    assert drawn(sandbox)["quiet"] == ["FRONT DOOR", "GARAGE"]


def test_device_that_is_removed_and_deleted(sandbox):
    """Removed from its account, put back, and gone in the end."""
    door = sandbox.get_device("GARAGE")
    with sandbox.removed(door):
        pass
    sandbox.http().post("/devices/simulate/remove", json={"device_id": door.device_id})

    assert lane(sandbox, "GARAGE") == ["absent", "online", "removed", "online", "removed"]

    account = door.connected_account_id
    sandbox.http().post("/connected_accounts/delete", json={"connected_account_id": account})
    assert lane(sandbox, "GARAGE")[-1] == "deleted"


def test_phone_that_dies(sandbox):
    """Alive until it was deactivated."""
    phone = sandbox.create_phone()
    with sandbox.deactivated(phone):
        pass

    assert lane(sandbox, phone.display_name) == ["active", "dead"]
    assert drawn(sandbox)["lanes"][-1]["kind"] == "phone"


def test_snapshot_that_is_restored(sandbox):
    """The states go back with it."""
    before = sandbox.snapshot()
    sandbox.http().post("/devices/simulate/disconnect", json={"device_id": sandbox.get_device("GARAGE").device_id})
    sandbox.restore(before)
    sandbox.backend.note("clock", "x")

    assert lane(sandbox, "GARAGE") == ["absent", "online", "offline device_disconnected", "online"]


def test_change_before_a_snapshot_is_restored(sandbox):
    """The first change behind it says what it had gone back to."""
    door = sandbox.get_device("GARAGE").device_id
    client = sandbox.http()
    client.post("/devices/simulate/disconnect", json={"device_id": door})
    before = sandbox.snapshot()
    client.post("/devices/simulate/connect", json={"device_id": door})
    sandbox.restore(before)
    sandbox.backend.note("clock", "x")
    client.post("/devices/simulate/connect", json={"device_id": door})

    assert lane(sandbox, "GARAGE")[2:] == ["offline device_disconnected", "online", "offline", "online"]


def test_where_entries_stand(sandbox):
    """In the lane of their device, else in that of the test, the program, its webhooks or the workspace."""
    sandbox.webhooks.deliver_to(lambda _: 200)
    client = sandbox.http()
    client.post("/devices/list", json={"device_ids": [sandbox.get_device("GARAGE").device_id]})
    client.post("/devices/list")
    client.post("/spaces/create", json={"name": "Home"})
    sandbox.clock.advance(1)
    found = drawn(sandbox)

    names = [lane["name"] for lane in found["lanes"]]
    places = {(entry[1], names[entry[5]]) for entry in found["entries"]}
    assert names[:4] == ["test", "program", "webhooks", "workspace"]
    assert {
        ("request", "GARAGE"),
        ("request", "program"),
        ("clock", "test"),
        ("event", "GARAGE"),
        ("event", "workspace"),
    } <= places


def test_details_have_what_a_line_leaves_out(sandbox):
    """The ids of the request and the event, the parameters and the fields."""
    with sandbox.http() as client:
        client.post("/locks/unlock_door", json={"device_id": sandbox.get_device("GARAGE").device_id})
    entries = drawn(sandbox)["entries"]

    (request,) = [entry for entry in entries if entry[1] == "request"]
    (event,) = [entry for entry in entries if entry[3].startswith("lock.unlocked")]
    assert list(request[7]) == ["request id", "answered in", "device_id"]
    assert request[7]["device_id"] == "GARAGE"
    assert {"event id", "device_id"} <= event[7].keys()
    assert event[4] == "POST /locks/unlock_door"


def test_event_that_shows_later():
    """Both of its times are there."""
    sandbox = Sandbox(event_latency=5)
    sandbox.create_device()

    assert [entry[6] - entry[0] for entry in drawn(sandbox)["entries"]] == [pytest.approx(5)] * 3


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_far_from_the_break_is_left_out(sandbox, monkeypatch, fails):
    """A picture has so many entries at most, around the break or at the end."""
    monkeypatch.setattr(picture, "MOST", 20)
    for number in range(50):
        sandbox.backend.note("clock", f"before {number}")
    failure = note_raised(sandbox.backend, ValueError("no")) if fails else None
    for number in range(50):
        sandbox.backend.note("clock", f"behind {number}")

    found = drawn(sandbox, failure)

    assert len(found["entries"]) == 20
    assert found["left_out"] == 83 + fails
    assert found["entries"][-1][3] == ("behind 3" if fails else "behind 49")


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "<!--", "a & b", "\u2028", "\ud800"])
def test_page_is_whole_whatever_a_device_is_called(name):
    """No name ends the part of the page that it stands in, and each comes back as it was."""
    text = page_of([as_json({"name": name})], "made by <me>")

    data = text.split('id="data">')[1].split("</script>")[0]
    assert json.loads(data) == {"made": "made by <me>", "coverage": [], "tests": [{"name": name}]}
    assert "<" not in data
    text.encode()


def test_page_asks_the_network_for_nothing():
    """No address is in it, and its policy forbids all but what is in the page itself."""
    text = page_of([], "made")

    assert "default-src 'none'" in text
    assert [part for part in ("http://www.w3.org/2000/svg",) if part in text] == ["http://www.w3.org/2000/svg"]
    assert text.count("http") - text.count("http-equiv") == 1
    assert "url(" not in text


def test_device_that_the_first_entry_is_about(sandbox):
    """Nothing was before it."""
    account = sandbox.get_device("GARAGE").connected_account_id
    sandbox.embedded.forget()
    sandbox.create_device(name="CELLAR", connected_account_id=account)

    assert lane(sandbox, "CELLAR") == ["online"]


STEPS = st.lists(
    st.sampled_from(["disconnect", "connect", "remove", "note", "phone", "snapshot", "restore"]), max_size=12
)


@given(steps=STEPS)
def test_spans_follow_each_other_without_a_gap(steps):
    """Whatever happens, a lane has one state at each entry, and no state twice in a row; it ends as things are now."""
    sandbox = Sandbox()
    door = sandbox.create_device(name="GARAGE")
    kept = [sandbox.snapshot()]
    actions = {
        "disconnect": lambda: sandbox.http().post("/devices/simulate/disconnect", json={"device_id": door.device_id}),
        "connect": lambda: sandbox.http().post("/devices/simulate/connect", json={"device_id": door.device_id}),
        "remove": lambda: sandbox.http().post("/devices/simulate/remove", json={"device_id": door.device_id}),
        "note": lambda: sandbox.backend.note("clock", "x"),
        "phone": sandbox.create_phone,
        "snapshot": lambda: kept.append(sandbox.snapshot()),
        "restore": lambda: sandbox.restore(kept[-1]),
    }
    for step in steps:
        actions[step]()
    found = drawn(sandbox)
    device = sandbox.backend.find_device(door.device_id)
    now = "removed" if device.is_removed else "online" if device.is_online else "offline"

    for spans in [lane["spans"] for lane in found["lanes"] if lane["kind"] != "all"]:
        assert spans[0][0] == 0
        assert spans[-1][1] == len(found["entries"])
        assert all(one[1] == other[0] and one[2:] != other[2:] for one, other in pairwise(spans))
    (garage,) = [lane for lane in found["lanes"] if lane["name"] == "GARAGE"]
    assert steps[-1:] == ["restore"] or garage["spans"][-1][2] == now
