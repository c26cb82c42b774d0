"""Expectations on events and devices, and what a person reads who has to act on their failure."""

import re

import pytest

from pytest_seam_sandbox import ExpectationFailed, OutageNotPossible, SandboxError

NOTHING = "00000000-0000-4000-8000-000000000000"


def text_of(error, call):
    """The text with which a call fails, without how long it waited: a live sandbox does."""
    with pytest.raises(error) as raised:
        call()
    return re.sub(r"\n\(waited \S+ s\)$", "", str(raised.value))


def fail_in(manager, body=lambda: None):
    """Run a body inside a context manager."""
    with manager:
        body()


@pytest.fixture
def unlock(seam_client):
    """Unlocks devices, one after the other: that is two events of each."""

    def unlock(*devices):
        for device in devices:
            seam_client.locks.unlock_door(device_id=device.device_id)

    return unlock


@pytest.fixture
def two_devices(seam_sandbox):
    """Two locks."""
    return seam_sandbox.create_device(), seam_sandbox.create_device()


def names_of(first, second):
    """The names of two devices, as texts have them: with ids where they are the same."""
    if first.display_name != second.display_name:
        return [first.display_name, second.display_name]
    return [f"{device.display_name} ({device.device_id})" for device in (first, second)]


# events


def test_expect_event_gives_the_newest_that_fits(seam_sandbox, two_devices, unlock):
    """The event of the last change is what a test wants to look at."""
    unlock(*two_devices)

    assert seam_sandbox.expect_event("lock.unlocked", count=2).device_id == two_devices[1].device_id
    assert seam_sandbox.expect_event("lock.unlocked").device_id == two_devices[1].device_id


def test_event_that_was_not_seen_shows_near_misses(seam_sandbox, sandbox_device, unlock):
    """Events of the same type are listed with the field that differs, then all that was seen."""
    name = sandbox_device.display_name
    unlock(sandbox_device)

    text = text_of(ExpectationFailed, lambda: seam_sandbox.expect_event("lock.unlocked", device_id=NOTHING))

    assert f"expected event 'lock.unlocked' with device_id={NOTHING!r}, but it was not seen." in text
    assert "Near misses:" in text
    assert f"device_id is {name}, expected {NOTHING!r}" in text
    assert re.search(r"^Seen: \d event\(s\):$", text, re.MULTILINE)
    assert f"action_attempt.unlock_door.succeeded device_id={name}" in text
    assert sandbox_device.device_id not in text


def test_near_miss_names_only_what_differs(seam_sandbox, sandbox_device, unlock):
    """Fields that fit are not repeated."""
    device_id = sandbox_device.device_id
    unlock(sandbox_device)

    text = text_of(
        ExpectationFailed,
        lambda: seam_sandbox.expect_event("lock.unlocked", device_id=device_id, customer_key="acme"),
    )

    assert "customer_key is None, expected 'acme'" in text
    assert f"device_id is {device_id!r}" not in text


def test_event_of_a_type_that_was_not_seen(seam_sandbox, sandbox_device, unlock):
    """Without near misses the text lists what was seen."""
    unlock(sandbox_device)

    text = text_of(ExpectationFailed, lambda: seam_sandbox.expect_event("lock.locked"))

    assert re.match(r"expected event 'lock\.locked', but it was not seen\.\nSeen: \d event\(s\):\n", text)
    assert "Near misses" not in text


def test_no_event_at_all(seam_sandbox):
    """An empty log is said to be empty."""
    text = text_of(ExpectationFailed, lambda: seam_sandbox.expect_event("lock.locked"))

    assert text.endswith("No event was seen at all.")


@pytest.mark.seam(backend="embedded")  # a lock at Seam takes 15 commands in a minute
def test_long_log_is_cut(seam_sandbox, seam_client, sandbox_device):
    """Only the newest twenty events are listed."""
    for _ in range(10):
        seam_client.locks.lock_door(device_id=sandbox_device.device_id)

    text = text_of(ExpectationFailed, lambda: seam_sandbox.expect_event("lock.unlocked"))

    assert "Seen: 23 event(s) (the last 20):" in text
    assert len(text.splitlines()) == 22


def test_event_seen_too_seldom(seam_sandbox, two_devices, unlock):
    """A count that is not reached lists those that fit, then the near misses."""
    unlock(*two_devices)
    names, first = names_of(*two_devices), two_devices[0].device_id

    text = text_of(ExpectationFailed, lambda: seam_sandbox.expect_event("lock.unlocked", count=2, device_id=first))

    assert f"with device_id={names[0]} exactly 2 time(s), but it was seen 1 time(s):" in text
    assert f"device_id is {names[1]}, expected {names[0]}" in text
    assert "too early" not in text


def test_event_seen_too_often(seam_sandbox, two_devices, unlock):
    """A count that is exceeded lists all that were seen."""
    unlock(*two_devices)
    seam_sandbox.expect_event("lock.unlocked", count=2)

    text = text_of(ExpectationFailed, lambda: seam_sandbox.expect_event("lock.unlocked", count=1))

    assert "expected event 'lock.unlocked' exactly 1 time(s), but it was seen 2 time(s):" in text
    for name in names_of(*two_devices):
        assert f"lock.unlocked device_id={name}" in text


def test_unexpected_event(seam_sandbox, sandbox_device, unlock):
    """An event that must not be there is shown."""
    unlock(sandbox_device)
    seam_sandbox.expect_event("lock.unlocked")

    text = text_of(ExpectationFailed, lambda: seam_sandbox.expect_no_event("lock.unlocked"))

    assert text.startswith("expected no event 'lock.unlocked', but it was seen 1 time(s):")
    assert f"lock.unlocked device_id={sandbox_device.display_name}" in text


def test_expect_no_event_looks_at_the_fields(seam_sandbox, sandbox_device, unlock):
    """An event of the type with other values is not the one that must not be there."""
    unlock(sandbox_device)
    seam_sandbox.expect_event("lock.unlocked")

    seam_sandbox.expect_no_event("lock.unlocked", device_id=NOTHING)
    seam_sandbox.expect_no_event("device.removed")


# none of an event


def test_expecting_none_of_an_event(seam_sandbox, sandbox_device):
    """A count of nothing is met by nothing, and gives nothing."""
    assert seam_sandbox.expect_event("lock.unlocked", count=0) is None
    assert seam_sandbox.expect_event("device.added", count=0, device_id=NOTHING) is None
    with seam_sandbox.disconnected(sandbox_device) as outage:
        assert outage.expect_event("device.connected", count=0) is None


def test_expecting_none_of_an_event_that_came(seam_sandbox, sandbox_device, unlock):
    """What came is shown."""
    unlock(sandbox_device)
    seam_sandbox.expect_event("lock.unlocked")

    text = text_of(ExpectationFailed, lambda: seam_sandbox.expect_event("lock.unlocked", count=0))

    assert text.startswith("expected event 'lock.unlocked' exactly 0 time(s), but it was seen 1 time(s):\n")
    assert text.endswith(f"lock.unlocked device_id={sandbox_device.display_name}")


@pytest.mark.seam(action_attempts=30)
def test_expecting_none_of_an_event_for_a_while(seam_client, seam_sandbox, sandbox_device):
    """With `within` there must be none all that time."""
    seam_client.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)

    seam_sandbox.expect_event("lock.unlocked", count=0, within=29)
    text = text_of(ExpectationFailed, lambda: seam_sandbox.expect_event("lock.unlocked", count=0, within=2))

    assert "exactly 0 time(s), but it was seen 1 time(s)" in text


@pytest.mark.parametrize("count", [-1, 1.5, "1", True])
def test_count_that_is_none(seam_sandbox, count):
    """What cannot be a number of events is refused."""
    assert f"count is {count!r}; it takes" in text_of(
        SandboxError, lambda: seam_sandbox.expect_event("device.added", count=count)
    )


@pytest.mark.parametrize("method", ["expect_event", "expect_no_event"])
def test_misspelt_event_type(seam_sandbox, method):
    """A type that Seam does not have is an error that names the nearest ones."""
    text = text_of(SandboxError, lambda: getattr(seam_sandbox, method)("device.disconected"))

    assert "Seam has no event type 'device.disconected'" in text
    assert "'device.disconnected'" in text


def test_event_type_without_a_near_name(seam_sandbox):
    """When nothing is near the text says where to look."""
    text = text_of(SandboxError, lambda: seam_sandbox.expect_event("xyzzy"))

    assert "See the event types in Seam's documentation." in text


def test_matcher_objects_serve_as_values(seam_sandbox, sandbox_device, unlock):
    """Whatever defines == can be a value, as matchers do."""
    unlock(sandbox_device)

    class Anything:
        __hash__ = None

        def __eq__(self, other):
            return True

    assert seam_sandbox.expect_event("lock.unlocked", connected_account_id=Anything())


@pytest.mark.seam(event_latency=5)
def test_expect_event_waits_for_the_latency(seam_sandbox):
    """By default an expectation waits as long as events may take, in sandbox time."""
    device = seam_sandbox.create_device()

    assert seam_sandbox.expect_event("device.added").device_id == device.device_id


@pytest.mark.seam(event_latency=5)
def test_expect_event_within_a_shorter_time(seam_sandbox):
    """An event that comes later than `within` is not seen, and the text says how long it waited."""
    seam_sandbox.create_device()

    with pytest.raises(ExpectationFailed, match=r"\n\(waited 2 s\)$"):
        seam_sandbox.expect_event("device.added", within=2)

    assert seam_sandbox.expect_event("device.added", within=4)


@pytest.mark.seam(action_attempts=30)
def test_expect_event_within_lets_pending_work_end(seam_client, seam_sandbox, sandbox_device):
    """Waiting in sandbox time lets a command under way take effect."""
    seam_client.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)

    assert seam_sandbox.expect_event("lock.unlocked", within=60)


# expecting


def test_expecting_takes_events_in_order(seam_client, seam_sandbox, sandbox_device, unlock):
    """Others may stand between the events that are expected."""
    with seam_sandbox.expecting("lock.locked", "lock.unlocked"):
        seam_client.locks.lock_door(device_id=sandbox_device.device_id)
        unlock(sandbox_device)


def test_expecting_wrong_order(seam_sandbox, sandbox_device):
    """The text names the first event that did not come in its place, and calls an early one early."""
    text = text_of(
        ExpectationFailed,
        lambda: fail_in(
            seam_sandbox.expecting("device.connected", "device.disconnected"),
            lambda: fail_in(seam_sandbox.disconnected(sandbox_device)),
        ),
    )

    assert "expected the events device.connected, device.disconnected in this order" in text
    assert "'device.disconnected' (number 2) was not seen after 'device.connected'" in text
    assert "too early" in text


def test_expecting_the_first_event(seam_sandbox):
    """The first event that lacks has nothing before it."""
    text = text_of(ExpectationFailed, lambda: fail_in(seam_sandbox.expecting("lock.locked")))

    assert "'lock.locked' (number 1) was not seen.\n" in text


def test_expecting_the_same_event_twice(seam_sandbox, sandbox_device, unlock):
    """An event serves once."""
    with seam_sandbox.expecting("lock.unlocked", "lock.unlocked"):
        unlock(sandbox_device, sandbox_device)

    text = text_of(
        ExpectationFailed,
        lambda: fail_in(seam_sandbox.expecting("lock.unlocked", "lock.unlocked"), lambda: unlock(sandbox_device)),
    )
    assert "(number 2)" in text


def test_expecting_looks_at_the_fields(seam_sandbox, sandbox_device):
    """All events have to carry the values that are given."""
    with seam_sandbox.expecting("device.disconnected", "device.connected", device_id=sandbox_device.device_id):
        fail_in(seam_sandbox.disconnected(sandbox_device))

    text = text_of(
        ExpectationFailed,
        lambda: fail_in(
            seam_sandbox.expecting("device.disconnected", device_id=NOTHING),
            lambda: fail_in(seam_sandbox.disconnected(sandbox_device)),
        ),
    )
    assert f"device_id is {sandbox_device.display_name}, expected {NOTHING!r}" in text


def test_expecting_ignores_what_was_before(seam_sandbox, sandbox_device, unlock):
    """Only events of the block count."""
    unlock(sandbox_device)
    seam_sandbox.expect_event("lock.unlocked")

    assert "not seen" in text_of(ExpectationFailed, lambda: fail_in(seam_sandbox.expecting("lock.unlocked")))


def test_expecting_a_misspelt_type_fails_before_the_block(seam_sandbox):
    """A type that Seam does not have is found at once."""
    manager = seam_sandbox.expecting("device.ad")

    with pytest.raises(SandboxError, match="no event type"):
        manager.__enter__()


def test_expecting_lets_the_exception_of_the_block_pass(seam_sandbox):
    """A block that fails is not asked for its events."""
    with pytest.raises(KeyError, match="body"), seam_sandbox.expecting("lock.locked"):
        raise KeyError("body")


# devices


def test_device_error_that_is_missing(seam_sandbox, sandbox_device):
    """The text names the device and the errors that it has."""
    text = text_of(ExpectationFailed, lambda: seam_sandbox.expect_device_error(sandbox_device, "device_disconnected"))

    name = sandbox_device.display_name
    assert text == f"expected the error 'device_disconnected' on {name}, but it has no errors."


def test_device_error_that_is_another(seam_sandbox, sandbox_device):
    """The errors that are there are listed."""
    with seam_sandbox.hub_disconnected(sandbox_device):
        text = text_of(
            ExpectationFailed, lambda: seam_sandbox.expect_device_error(sandbox_device, "device_disconnected")
        )

    assert text.endswith("but it has the errors 'hub_disconnected'.")


def test_device_error_that_must_not_be(seam_sandbox, sandbox_device):
    """One error, or any."""
    with seam_sandbox.hub_disconnected(sandbox_device):
        any_error = text_of(ExpectationFailed, lambda: seam_sandbox.expect_no_device_error(sandbox_device))
        this_error = text_of(
            ExpectationFailed, lambda: seam_sandbox.expect_no_device_error(sandbox_device, "hub_disconnected")
        )
        found = seam_sandbox.expect_no_device_error(sandbox_device, "device_disconnected")

    assert "expected no error on" in any_error
    assert "expected no error 'hub_disconnected' on" in this_error
    assert found.device_id == sandbox_device.device_id


# outages


@pytest.mark.parametrize(
    ("kind", "device_type", "flag"),
    [
        ("disconnected", "nuki_lock", "can_simulate_disconnection"),
        ("hub_disconnected", "yale_lock", "can_simulate_hub_disconnection"),
        ("removed", "nuki_lock", "can_simulate_removal"),
        ("subscription_expired", "august_lock", "can_simulate_paid_subscription"),
    ],
)
def test_outage_that_a_type_cannot_have(seam_sandbox, kind, device_type, flag):
    """The text names the flag that is absent, the provider and the state, and what to do."""
    device = seam_sandbox.create_device(device_type)
    provider = device.device_provider.device_provider_name

    text = text_of(OutageNotPossible, lambda: fail_in(getattr(seam_sandbox, kind)(device)))

    assert f"{kind}({device.display_name}) is not possible: {flag} is absent." in text
    assert f"The device is online (errors: none), a {device_type} of the provider {provider!r}." in text
    assert "Use a device whose flag is true" in text


def test_outage_of_a_device_that_is_lost_already(seam_client, seam_sandbox, sandbox_device):
    """A flag that is false is told from one that is absent, and the errors are listed."""
    seam_client.devices.simulate.disconnect(device_id=sandbox_device.device_id)
    seam_sandbox.expect_device_error(sandbox_device, "device_disconnected")

    text = text_of(OutageNotPossible, lambda: fail_in(seam_sandbox.disconnected(sandbox_device)))

    assert "can_simulate_disconnection is false." in text
    assert "The device is offline (errors: device_disconnected), a august_lock of the provider 'august'." in text


def test_outage_without_a_way_back(seam_sandbox):
    """The hub of an igloohome lock can be lost and not be brought back, so the outage does not begin."""
    device = seam_sandbox.create_device("igloohome_lock")

    text = text_of(OutageNotPossible, lambda: fail_in(seam_sandbox.hub_disconnected(device)))

    assert "could not be healed: can_simulate_hub_connection is absent" in text
    assert "igloohome_lock of the provider 'igloohome'" in text
    assert seam_sandbox.get_device(device).properties.online is True


def test_plan_that_expired_already(seam_client, seam_sandbox):
    """A plan cannot expire twice."""
    device = seam_sandbox.create_device("nuki_lock")
    seam_client.devices.simulate.paid_subscription(device_id=device.device_id, is_expired=True)
    seam_sandbox.expect_device_error(device, "subscription_required")

    text = text_of(OutageNotPossible, lambda: fail_in(seam_sandbox.subscription_expired(device)))

    assert "the plan has expired already" in text
    assert "errors: subscription_required" in text


def test_fields_that_are_objects_are_written_as_dictionaries(seam_sandbox):
    """An expectation compares nested objects of an event with plain dictionaries and lists."""
    account = seam_sandbox.create_connected_account(custom_metadata={"site": "north"})
    device = seam_sandbox.create_device(connected_account_id=account.connected_account_id)

    with seam_sandbox.disconnected(device) as outage:
        outage.expect_event(
            "device.disconnected",
            connected_account_custom_metadata={"site": "north"},
            connected_account_errors=[],
        )


@pytest.mark.parametrize("event_type", [None, 5, ["device.added"], object])
def test_event_type_is_a_text(seam_sandbox, event_type):
    """Anything else is named, in every expectation."""
    for expect in (seam_sandbox.expect_event, seam_sandbox.expect_no_event):
        with pytest.raises(SandboxError, match="Seam has no event type"):
            expect(event_type)
    with pytest.raises(SandboxError, match="Seam has no event type"), seam_sandbox.expecting(event_type):
        pass


@pytest.mark.parametrize("within", [-1, True, "5", float("nan"), float("inf"), 10**400])
def test_within_is_a_number_of_seconds(seam_sandbox, within):
    """Nor is it waited for what no clock can count."""
    with pytest.raises(SandboxError, match="it takes how long to wait"):
        seam_sandbox.expect_event("device.added", within=within)
