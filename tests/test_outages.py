"""Outages of devices and accounts: what is asserted on entry and on leaving, and what an outage tells."""

import re
from datetime import timedelta

import pytest

from pytest_seam_sandbox import ExpectationFailed, OutageNotPossible, Sandbox, SandboxError, seam_raises
from pytest_seam_sandbox.backends.seam_api import SeamApi

pytestmark = pytest.mark.every_transport


def types(events):
    return [event.event_type for event in events]


def deaf_to(monkeypatch, *paths):
    """Let Seam answer these calls of the sandbox without doing anything."""
    call = SeamApi.call
    monkeypatch.setattr(
        SeamApi, "call", lambda api, path, **params: {"ok": True} if path in paths else call(api, path, **params)
    )


@pytest.fixture
def nuki(seam_sandbox):
    return seam_sandbox.create_device("nuki_lock")


DEVICE_OUTAGES = {
    "disconnected": ("august_lock", "device_disconnected", "device.disconnected", "device.connected"),
    "hub_disconnected": ("ttlock_lock", "hub_disconnected", "device.disconnected", "device.connected"),
    "removed": ("yale_lock", "device_removed", "device.removed", "device.connected"),
    "subscription_expired": (
        "nuki_lock",
        "subscription_required",
        "device.error.subscription_required",
        "device.error.subscription_required.resolved",
    ),
}
each_device_outage = pytest.mark.parametrize(
    ("kind", "device_type", "code", "events"),
    [(kind, *facts[:2], facts[2:]) for kind, facts in DEVICE_OUTAGES.items()],
)


@each_device_outage
def test_device_is_lost_inside_and_back_afterwards(seam, seam_sandbox, kind, device_type, code, events):
    """Inside the block the device carries the error; after it the device is what it was."""
    device = seam_sandbox.create_device(device_type)

    with getattr(seam_sandbox, kind)(device) as outage:
        inside = seam.devices.get(device_id=device.device_id)

    assert [error.error_code for error in inside.errors] == [code]
    assert inside.properties.online is (kind == "subscription_expired")
    assert [error.error_code for error in outage.device.errors] == [code]
    assert seam_sandbox.get_device(device) == device
    assert (types(outage.events)[0], types(outage.events)[-1]) == events


@each_device_outage
def test_loss_and_recovery_are_logged_once_each(seam_sandbox, kind, device_type, code, events):
    """One event tells the loss and one the recovery, both about this device."""
    device = seam_sandbox.create_device(device_type)

    with getattr(seam_sandbox, kind)(device) as outage:
        pass

    outage.expect_event(events[0], device_id=device.device_id, count=1)
    outage.expect_event(events[1], device_id=device.device_id, count=1)


def test_app_sees_the_outage(seam, seam_sandbox, sandbox_device):
    """Commands of the app fail inside the block, and the events tell the whole story in order."""
    with seam_sandbox.disconnected(sandbox_device) as outage, seam_raises("device_disconnected"):
        seam.locks.unlock_door(device_id=sandbox_device.device_id)

    assert types(outage.events) == ["device.disconnected", "action_attempt.unlock_door.failed", "device.connected"]
    assert seam.locks.unlock_door(device_id=sandbox_device.device_id).status == "success"


def test_removed_device_is_added_again(seam_sandbox, sandbox_device):
    """Seam has no way back from a removal: the sandbox puts the device back, which logs device.added."""
    with seam_sandbox.removed(sandbox_device) as outage:
        pass

    assert types(outage.events) == ["device.removed", "device.added", "device.connected"]


def test_removed_device_stays_removed_without_restore(seam_sandbox, sandbox_device):
    """restore=False leaves the device where it is."""
    with seam_sandbox.removed(sandbox_device, restore=False) as outage:
        pass

    seam_sandbox.expect_device_error(sandbox_device, "device_removed")
    assert types(outage.events) == ["device.removed"]


@pytest.mark.parametrize("as_what", ["model", "sdk", "id", "json"])
def test_device_is_named_in_any_form(seam_sandbox, seam_client, sandbox_device, as_what):
    """Our model, the SDK's object, a JSON object or an id."""
    device_id = sandbox_device.device_id
    device = {
        "model": sandbox_device,
        "sdk": seam_client.devices.get(device_id=device_id),
        "id": device_id,
        "json": {"device_id": device_id},
    }[as_what]

    with seam_sandbox.disconnected(device) as outage:
        pass

    assert outage.device.device_id == device_id


def test_exception_of_the_body_passes_and_the_device_is_healed(seam_sandbox, sandbox_device):
    """A failing test leaves no broken device behind, and its own exception is what comes out."""
    with pytest.raises(KeyError, match="body") as raised, seam_sandbox.disconnected(sandbox_device):
        raise KeyError("body")

    assert not hasattr(raised.value, "__notes__")
    seam_sandbox.expect_no_device_error(sandbox_device)


def test_failed_recovery_joins_the_exception_of_the_body(seam_sandbox, sandbox_device, monkeypatch):
    """What went wrong on leaving is a note of the body's exception."""
    deaf_to(monkeypatch, "/devices/simulate/connect")

    with pytest.raises(KeyError, match="body") as raised, seam_sandbox.disconnected(sandbox_device):
        raise KeyError("body")

    (note,) = raised.value.__notes__
    assert "did not end well" in note
    assert "device_disconnected" in note


@pytest.mark.parametrize(
    ("kind", "device_type", "path"),
    [
        ("disconnected", "august_lock", "/devices/simulate/disconnect"),
        ("hub_disconnected", "august_lock", "/devices/simulate/disconnect_from_hub"),
        ("removed", "august_lock", "/devices/simulate/remove"),
        ("subscription_expired", "nuki_lock", "/devices/simulate/paid_subscription"),
    ],
)
def test_loss_that_does_not_appear_fails_on_entry(seam_sandbox, monkeypatch, kind, device_type, path):
    """The event of the loss is asserted before the body runs."""
    device = seam_sandbox.create_device(device_type)
    deaf_to(monkeypatch, path)

    with (
        pytest.raises(ExpectationFailed, match=r"expected event 'device\..* exactly 1 time"),
        getattr(seam_sandbox, kind)(device),
    ):
        pytest.fail("the body ran")


def test_event_that_must_not_appear_fails_on_entry(seam_sandbox, sandbox_device, monkeypatch):
    """A removal that also logs a disconnection is found."""
    call = SeamApi.call

    def talkative(api, path, **params):
        if path == "/devices/simulate/remove":
            call(api, "/devices/simulate/disconnect", **params)
        return call(api, path, **params)

    monkeypatch.setattr(SeamApi, "call", talkative)

    with (
        pytest.raises(ExpectationFailed, match=r"expected no event 'device\.disconnected'"),
        seam_sandbox.removed(sandbox_device),
    ):
        pytest.fail("the body ran")


@pytest.mark.parametrize(
    ("kind", "path"),
    [("disconnected", "/devices/simulate/connect"), ("hub_disconnected", "/devices/simulate/connect_to_hub")],
)
def test_recovery_that_does_not_appear_fails_on_leaving(seam_sandbox, sandbox_device, monkeypatch, kind, path):
    """That the error is gone is asserted after the body."""
    deaf_to(monkeypatch, path)

    with pytest.raises(ExpectationFailed, match="expected no error"), getattr(seam_sandbox, kind)(sandbox_device):
        pass


def test_recovery_inside_the_body_is_fine(seam, seam_sandbox, sandbox_device):
    """An app that brings the device back itself leaves nothing to heal; the recovery is logged once."""
    with seam_sandbox.disconnected(sandbox_device) as outage:
        seam.devices.simulate.connect(device_id=sandbox_device.device_id)

    assert types(outage.events) == ["device.disconnected", "device.connected"]


def test_device_that_is_removed_inside_is_not_healed(seam, seam_sandbox, sandbox_device):
    """A removed device stays removed, and the timeline says why."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.devices.simulate.remove(device_id=sandbox_device.device_id)

    seam_sandbox.expect_device_error(sandbox_device, "device_removed")
    assert "cannot be healed: the device was removed" in seam_sandbox.timeline


@pytest.mark.parametrize("kind", ["disconnected", "removed"])
def test_device_that_is_deleted_inside_is_not_healed(seam, seam_sandbox, sandbox_device, kind):
    """What is deleted stays deleted, and the timeline says so."""
    with getattr(seam_sandbox, kind)(sandbox_device):
        seam.connected_accounts.delete(connected_account_id=sandbox_device.connected_account_id)

    assert seam.devices.list() == []
    assert "cannot be healed: the device was deleted" in seam_sandbox.timeline


def test_device_that_becomes_unmanaged_inside_is_healed(seam, seam_sandbox, sandbox_device):
    """The recovery of a device that was given up is that of an unmanaged one."""
    with seam_sandbox.disconnected(sandbox_device) as outage:
        seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)

    assert types(outage.events)[-1] == "device.unmanaged.connected"


@pytest.mark.seam(backend="embedded")
def test_unmanaged_device(seam, seam_sandbox, sandbox_device):
    """An unmanaged device is lost and comes back with the events of unmanaged devices."""
    seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)

    with seam_sandbox.disconnected(sandbox_device) as outage:
        pass

    assert types(outage.events) == ["device.unmanaged.disconnected", "device.unmanaged.connected"]


@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected", "removed"])
def test_async_with(run, seam_sandbox, sandbox_device, kind):
    """An outage is an async context manager too."""

    async def test():
        async with getattr(seam_sandbox, kind)(sandbox_device) as outage, seam_sandbox.async_http() as client:
            answer = await client.post("/devices/get", json={"device_id": sandbox_device.device_id})
        return outage, answer.json()["device"]["properties"]["online"]

    outage, online = run(test())

    assert online is False
    assert types(outage.events)[-1] == "device.connected"
    seam_sandbox.expect_no_device_error(sandbox_device)


def test_async_with_keeps_the_exception_of_the_body(run, seam_sandbox, sandbox_device):
    """The body's exception comes out of `async with`, and the device is healed."""

    async def test():
        async with seam_sandbox.disconnected(sandbox_device):
            raise KeyError("body")

    with pytest.raises(KeyError, match="body"):
        run(test())

    seam_sandbox.expect_no_device_error(sandbox_device)


def test_events_inside_grow_and_afterwards_stay(seam_sandbox, sandbox_device):
    """The events are those so far inside the block, and those of the outage ever after."""
    with seam_sandbox.disconnected(sandbox_device) as outage:
        inside = types(outage.events)
    with seam_sandbox.removed(sandbox_device):
        pass

    assert inside == ["device.disconnected"]
    assert types(outage.events) == ["device.disconnected", "device.connected"]


@pytest.mark.seam(backend="embedded")
def test_events_are_those_of_the_workspace(seam_sandbox, sandbox_device):
    """Events of other devices are listed too, and every event answers device_id."""
    with seam_sandbox.disconnected(sandbox_device) as outage:
        other = seam_sandbox.create_device("nuki_lock")

    assert [(event.event_type, event.device_id) for event in outage.events] == [
        ("device.disconnected", sandbox_device.device_id),
        ("connected_account.connected", None),
        ("device.added", other.device_id),
        ("device.connected", other.device_id),
        ("device.connected", sandbox_device.device_id),
    ]


def test_times_of_an_outage(seam_sandbox, sandbox_device):
    """Start, end and duration are sandbox times; inside the block the duration runs."""
    seam_sandbox.clock.freeze()
    outage = seam_sandbox.disconnected(sandbox_device)
    before = (outage.started_at, outage.duration)
    began = seam_sandbox.clock.now()
    with outage:
        seam_sandbox.clock.advance(90)
        inside = outage.duration
        seam_sandbox.clock.advance(30)
    seam_sandbox.clock.advance(1000)

    assert before == (None, timedelta(0))
    assert inside == timedelta(seconds=90)
    assert outage.started_at == began
    assert outage.ended_at == began + timedelta(seconds=120)
    assert outage.duration == timedelta(seconds=120)


def test_outage_can_be_entered_again(seam_sandbox, sandbox_device):
    """A second run of the same outage has times and events of its own."""
    seam_sandbox.clock.freeze()
    outage = seam_sandbox.disconnected(sandbox_device)
    with outage:
        seam_sandbox.clock.advance(10)
    first = outage.events
    with outage:
        seam_sandbox.clock.advance(20)

    assert types(outage.events) == ["device.disconnected", "device.connected"]
    assert outage.events[0].event_id != first[0].event_id
    assert outage.duration == timedelta(seconds=20)


@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "running"])
@pytest.mark.parametrize("kind", ["disconnected", "removed"])
@pytest.mark.seam(event_latency=5)
def test_latency(seam_sandbox, sandbox_device, kind, frozen):
    """With late events the outage waits in sandbox time, and still sees both ends."""
    seam_sandbox.clock.advance(10)
    if_frozen = {True: seam_sandbox.clock.freeze, False: seam_sandbox.clock.resume}
    if_frozen[frozen]()

    with getattr(seam_sandbox, kind)(sandbox_device) as outage:
        inside = types(outage.events)

    assert inside == [DEVICE_OUTAGES[kind][2]]
    assert types(outage.events)[-1] == "device.connected"
    assert outage.duration >= timedelta(seconds=5)


@pytest.mark.seam(event_latency=5)
def test_latency_that_is_exceeded_fails(seam_sandbox, sandbox_device, monkeypatch):
    """An event that does not show within the latency fails the entry, and the text says how long it waited."""
    seam_sandbox.clock.advance(10)
    deaf_to(monkeypatch, "/devices/simulate/disconnect")

    with (
        pytest.raises(ExpectationFailed, match=r"waited 5 s"),
        seam_sandbox.disconnected(sandbox_device),
    ):
        pytest.fail("the body ran")


def test_expectations_of_an_outage_see_its_events_only(seam_sandbox, sandbox_device):
    """Events from before the outage do not count."""
    with seam_sandbox.disconnected(sandbox_device) as outage:
        outage.expect_no_event("device.connected")
        event = outage.expect_event("device.disconnected", count=1)
        with pytest.raises(ExpectationFailed, match=r"expected no event 'device\.disconnected'"):
            outage.expect_no_event("device.disconnected")
        with pytest.raises(ExpectationFailed, match=r"expected event 'device\.added'"):
            outage.expect_event("device.added")

    assert event.error_code == "device_disconnected"


def test_expectations_of_an_outage_know_the_event_types(seam_sandbox, sandbox_device):
    """A misspelt type is an error, not a fulfilled expectation."""
    with (
        seam_sandbox.disconnected(sandbox_device) as outage,
        pytest.raises(SandboxError, match=r"Did you mean 'device\.connected'"),
    ):
        outage.expect_no_event("device.conected")


def test_timeline_tells_of_the_outage(seam_sandbox, sandbox_device):
    """Begin and end stand in the timeline, between them the events."""
    with seam_sandbox.disconnected(sandbox_device):
        pass

    lines = seam_sandbox.timeline.splitlines()
    begins = next(number for number, line in enumerate(lines) if "begins" in line)
    over = next(number for number, line in enumerate(lines) if "is over" in line)
    between = "\n".join(lines[begins:over])
    assert f"disconnected({sandbox_device.display_name}) begins" in between
    assert "event    device.disconnected" in between
    assert "event    device.connected" in between


@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected", "removed", "subscription_expired"])
def test_production_device_cannot_be_broken(production_sandbox, kind):
    """Outside a sandbox workspace the flags are absent, so no outage is possible."""
    device = production_sandbox.create_device("nuki_lock" if kind == "subscription_expired" else "august_lock")
    outage = getattr(production_sandbox, kind)(device)

    with pytest.raises(OutageNotPossible, match=r"can_simulate_\w+ is absent"):
        outage.__enter__()

    production_sandbox.expect_no_device_error(device)


def test_production_account_cannot_be_broken(production_sandbox):
    """Seam refuses the loss of an account outside a sandbox workspace, and the test is told."""
    account = production_sandbox.create_connected_account()
    outage = production_sandbox.account_disconnected(account)

    with pytest.raises(SandboxError, match="workspace_not_sandbox"):
        outage.__enter__()

    assert production_sandbox.get_connected_account(account).errors == []


@pytest.fixture
def production_sandbox():
    """A Sandbox whose workspace is a production workspace."""
    from pytest_seam_sandbox.api.workspaces import open_workspace
    from pytest_seam_sandbox.backends.provision import EmbeddedProvision

    with Sandbox() as sandbox:
        backend = sandbox.embedded
        backend.workspace = open_workspace(backend.app, name="Production", is_sandbox=False)
        backend.api_key = backend.add_api_key(backend.workspace)
        backend.provision = EmbeddedProvision(backend.app, backend.workspace, backend.codes_set)
        yield sandbox


@pytest.fixture
def run():
    """Run a coroutine to its end."""
    import asyncio

    with asyncio.Runner() as runner:
        yield runner.run


def test_outage_that_is_never_entered_is_named():
    """An outage that is only made does nothing, which nobody means."""
    entered = pytest.raises(SandboxError, match=r"disconnected\(GARAGE\) was made and never entered")
    with entered as found, Sandbox() as sandbox:
        sandbox.disconnected(sandbox.create_device())

    assert re.search(r"with sandbox\.disconnected\(\.\.\.\): .* at .*test_outages\.py:\d+\.$", str(found.value))


def test_outage_that_is_only_checked_needs_no_block(seam_sandbox, sandbox_device):
    """Whoever asks whether an outage is possible gets an answer, and no complaint."""
    seam_sandbox.disconnected(sandbox_device).check()

    with pytest.raises(OutageNotPossible):
        seam_sandbox.subscription_expired(sandbox_device).check()


def test_messages_name_the_line_that_asked_for_it(tmp_path, monkeypatch):
    """What comes to light at the end points at the line of the test; elsewhere on the disk by its whole path."""
    asked = "def ask(sandbox):\n    sandbox.faults.fail('/devices/list')\n"
    code = compile(asked, str(tmp_path / "app.py"), "exec")
    space = {}
    exec(code, space)

    def complaint():
        with pytest.raises(ExpectationFailed) as found, Sandbox() as sandbox:
            space["ask"](sandbox)
        return str(found.value)

    assert complaint().endswith(f"It was asked for at {tmp_path / 'app.py'}:2.")
    monkeypatch.chdir(tmp_path)
    assert complaint().endswith("It was asked for at app.py:2.")
