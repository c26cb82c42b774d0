"""What a lock accepts: constraints on the PIN, lengths, space; and who reports them."""

from datetime import timedelta

import pytest

from families.codes import look
from pytest_seam_sandbox import seam_raises


def lock(sandbox, *kinds, **properties):
    """A lock with these constraints."""
    constraints = [kind if isinstance(kind, dict) else {"constraint_type": kind} for kind in kinds]
    return sandbox.create_device(properties={"code_constraints": constraints, **properties})


PINS = [
    ("no_zeros", "1204", "1234"),
    ("cannot_start_with_12", "1299", "2199"),
    ("no_triple_consecutive_ints", "12349", "1239"),
    ("no_triple_consecutive_ints", "94321", "9321"),
    ("no_triple_consecutive_ints", "91111", "9111"),
    ("no_ascending_or_descending_sequence", "3456", "3465"),
    ("no_ascending_or_descending_sequence", "6543", "6534"),
    ("at_least_three_unique_digits", "1212", "1213"),
    ("cannot_contain_089", "1284", "1274"),
    ("cannot_contain_0789", "1274", "1264"),
    ("no_all_same_digits", "1111", "1112"),
    ("cannot_specify_pin_code", "1357", None),
]


@pytest.mark.parametrize(("kind", "bad", "good"), PINS)
def test_pin_that_breaks_a_constraint_is_refused(seam, seam_sandbox, kind, bad, good):
    """A PIN that the lock cannot take answers 400 and leaves no record."""
    device = lock(seam_sandbox, kind)

    with seam_raises("invalid_input", status_code=400):
        seam.access_codes.create(device_id=device.device_id, code=bad)

    assert seam.access_codes.list(device_id=device.device_id) == []
    seam_sandbox.expect_no_event("access_code.created")


@pytest.mark.parametrize(("kind", "bad", "good"), PINS)
def test_pin_within_the_constraint_is_set(seam, seam_sandbox, kind, bad, good):
    """A PIN that the lock takes, or none where it cannot be chosen, gets on the lock."""
    device = lock(seam_sandbox, kind)

    code = seam_sandbox.create_access_code(device, code=good)

    assert look(seam, code).status == "set"


def test_refusal_names_the_constraint(seam, seam_sandbox):
    """The message says which rule of the lock was broken."""
    device = lock(seam_sandbox, "no_zeros")

    with seam_raises("invalid_input", match="Access code 1200 violates the constraint no_zeros"):
        seam.access_codes.create(device_id=device.device_id, code="1200")


@pytest.mark.parametrize(("kind", "bad", "good"), PINS[:-1])
def test_change_that_breaks_a_constraint_is_refused(seam, seam_sandbox, kind, bad, good):
    """A change of the PIN is held against the same rules."""
    code = seam_sandbox.create_access_code(lock(seam_sandbox, kind), code=good)

    with seam_raises("invalid_input", status_code=400):
        seam.access_codes.update(access_code_id=code.access_code_id, code=bad)

    assert look(seam, code).code == good


def test_random_pins_keep_the_constraints(seam_sandbox):
    """A PIN that Seam chooses is one that the lock takes."""
    device = lock(seam_sandbox, "cannot_contain_0789", "at_least_three_unique_digits", "cannot_start_with_12")

    pins = [seam_sandbox.create_access_code(device).code for _ in range(30)]

    assert len(set(pins)) == 30
    assert not [pin for pin in pins if set(pin) & set("0789") or len(set(pin)) < 3 or pin.startswith("12")]


def test_first_four_digits_have_to_be_unique(seam, seam_sandbox):
    """Two codes may not begin alike on such a lock; another beginning is fine, and the code itself is no rival."""
    device = lock(seam_sandbox, "unique_first_four_digits")
    code = seam_sandbox.create_access_code(device, code="12345")

    with seam_raises("invalid_input", status_code=400, match="unique_first_four_digits"):
        seam.access_codes.create(device_id=device.device_id, code="12346")
    seam.access_codes.update(access_code_id=code.access_code_id, code="12347")

    assert look(seam, code).code == "12347"
    assert look(seam, seam_sandbox.create_access_code(device, code="21345")).status == "set"


def test_start_has_to_lie_in_the_future(seam, seam_sandbox):
    """Such a lock takes no stay that has begun, and an ongoing code, which has no start."""
    device = lock(seam_sandbox, "start_date_in_future")

    with seam_raises("invalid_input", status_code=400, match="starts_at must be in the future"):
        seam.access_codes.create(device_id=device.device_id, starts_at="2020-01-01", ends_at="2099-01-01")

    assert look(seam, seam_sandbox.create_access_code(device)).status == "set"
    later = seam_sandbox.create_access_code(device, starts_at="2098-01-01", ends_at="2099-01-01")
    assert look(seam, later).status == "unset"


def test_start_cannot_be_moved_into_the_past(seam, seam_sandbox):
    """The same rule for a change of the start; the end may move alone."""
    code = seam_sandbox.create_access_code(
        lock(seam_sandbox, "start_date_in_future"), starts_at="2098-01-01", ends_at="2099-01-01"
    )

    with seam_raises("invalid_input", status_code=400):
        seam.access_codes.update(access_code_id=code.access_code_id, starts_at="2020-01-01")
    seam.access_codes.update(access_code_id=code.access_code_id, ends_at="2099-02-01")

    assert look(seam, code).starts_at == "2098-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    "kind",
    [
        {"constraint_type": "name_length", "max_length": 9},
        {"constraint_type": "name_length", "min_length": 40},
        "name_must_be_unique",
    ],
    ids=str,
)
def test_names_are_no_concern_of_the_api(seam, seam_sandbox, kind):
    """What the lock can store of a name does not limit it: Seam keeps the whole one, on creation and on a change."""
    device = lock(seam_sandbox, kind)
    name = "Anna Bartholomew, room 12"

    codes = [seam.access_codes.create(device_id=device.device_id, name=name) for _ in range(2)]
    seam.access_codes.update(access_code_id=codes[1].access_code_id, name=f"{name} (late)")

    assert [look(seam, code).name for code in codes] == [name, f"{name} (late)"]


@pytest.mark.parametrize("device_type", ["kwikset_lock", "schlage_lock", "nuki_lock"])
def test_lock_with_short_names_takes_a_guest(seam, seam_sandbox, device_type):
    """The locks that store 9 to 20 characters take a name of any length."""
    device = seam_sandbox.create_device(device_type)

    code = seam.access_codes.create(device_id=device.device_id, name="Anna Bartholomew, room 12")

    assert look(seam, code).name == "Anna Bartholomew, room 12"


def test_unknown_set_of_pins_refuses_nothing(seam, seam_sandbox):
    """Nothing tells which PINs `pin_code_matches_existing_set` means, so every PIN passes."""
    code = seam_sandbox.create_access_code(lock(seam_sandbox, "pin_code_matches_existing_set"), code="1234")

    assert look(seam, code).status == "set"


@pytest.mark.parametrize(
    ("lengths", "text"), [([6], "must have 6 digits"), ([4, 6, 8], "must have 4, 6 or 8 digits on this device, got 5")]
)
def test_pin_of_the_wrong_length_is_refused(seam, seam_sandbox, lengths, text):
    """A length that the lock does not support answers 400 with those that it does."""
    device = lock(seam_sandbox, supported_code_lengths=lengths)

    with seam_raises("invalid_input", status_code=400, match=text):
        seam.access_codes.create(device_id=device.device_id, code="12345")


def test_lock_without_a_list_of_lengths_takes_any(seam, seam_sandbox):
    """Nothing known is no reason to refuse; a random PIN has four digits then."""
    device = lock(seam_sandbox, supported_code_lengths=[])

    codes = [seam_sandbox.create_access_code(device, code=pin) for pin in ("12345678", None)]

    assert [len(look(seam, code).code) for code in codes] == [8, 4]


def test_lock_on_which_no_pin_is_left(seam, seam_sandbox):
    """When nothing fits the lock, a random PIN is refused instead of searched for ever."""
    device = lock(seam_sandbox, "at_least_three_unique_digits", supported_code_lengths=[2])

    with seam_raises("invalid_input", status_code=400, match="No access code is left"):
        seam.access_codes.create(device_id=device.device_id)
    with seam_raises("invalid_input", status_code=400, match="No access code is left"):
        seam.access_codes.generate_code(device_id=device.device_id)


def test_full_lock_sets_no_further_code(seam, seam_sandbox):
    """The code is accepted and waits with an error; the lock says that it is full."""
    device = lock(seam_sandbox, max_active_codes_supported=1)
    seam_sandbox.create_access_code(device)
    waiting = seam_sandbox.create_access_code(device)

    found = look(seam, waiting)

    assert (found.status, [error.error_code for error in found.errors]) == (
        "setting",
        ["no_space_for_access_code_on_device"],
    )
    event = seam_sandbox.expect_event("access_code.failed_to_set_on_device", count=1)
    assert event.access_code_id == waiting.access_code_id
    warnings = seam_sandbox.get_device(device).warnings
    assert [warning.warning_code for warning in warnings] == ["max_access_codes_reached"]


def test_space_that_is_freed_is_used(seam, seam_sandbox):
    """Deleting one code lets the waiting one onto the lock, and its error goes."""
    device = lock(seam_sandbox, max_active_codes_supported=1)
    first = seam_sandbox.create_access_code(device)
    waiting = seam_sandbox.create_access_code(device)
    seam.access_codes.delete(access_code_id=first.access_code_id)

    found = look(seam, waiting)

    assert (found.status, found.errors) == ("set", [])
    seam_sandbox.expect_event("access_code.set_on_device", count=1, access_code_id=waiting.access_code_id)


def test_full_lock_that_comes_back_fails_once(seam, seam_sandbox):
    """Reconnecting tries again; the same obstacle is no new event."""
    device = lock(seam_sandbox, max_active_codes_supported=1)
    seam_sandbox.create_access_code(device)
    waiting = seam_sandbox.create_access_code(device)
    with seam_sandbox.disconnected(device):
        look(seam, waiting)

    assert look(seam, waiting).status == "setting"
    seam_sandbox.expect_event("access_code.failed_to_set_on_device", count=1)


def test_code_that_waited_for_the_lock_and_finds_it_full(seam, seam_sandbox):
    """Back in reach the lock has no space: the delay is over, another reason holds the code up."""
    device = lock(seam_sandbox, max_active_codes_supported=1)
    seam_sandbox.create_access_code(device)
    with seam_sandbox.disconnected(device):
        waiting = seam_sandbox.create_access_code(device)
        seam_sandbox.clock.advance(1200)

    found = look(seam, waiting)

    assert [error.error_code for error in found.errors] == ["no_space_for_access_code_on_device"]
    assert found.warnings == []
    seam_sandbox.expect_event("access_code.failed_to_set_on_device", count=2)


def test_code_for_a_full_lock_ends_unset(seam, seam_sandbox):
    """A code that never fitted is gone at its end."""
    device = lock(seam_sandbox, max_active_codes_supported=1)
    seam_sandbox.create_access_code(device)
    start = seam_sandbox.clock.now()
    seam_sandbox.create_access_code(device, starts_at=start, ends_at=start + timedelta(days=1))
    seam_sandbox.clock.advance(timedelta(days=1))

    assert len(seam.access_codes.list(device_id=device.device_id)) == 1
    seam_sandbox.expect_event("access_code.deleted", count=1)


def test_pin_that_a_stranger_put_on_the_lock(seam, seam_sandbox, sandbox_device):
    """The code waits with an error that names the owner's code."""
    owner = seam.access_codes.simulate.create_unmanaged_access_code(
        device_id=sandbox_device.device_id, name="Stranger", code="1234"
    )
    code = seam_sandbox.create_access_code(sandbox_device, code="1234")

    (error,) = look(seam, code).errors

    assert (error.error_code, error.unmanaged_access_code_id) == (
        "duplicate_code_on_device",
        owner.access_code_id,
    )
    seam_sandbox.expect_event("access_code.failed_to_set_on_device", count=1)


def test_pin_that_the_stranger_gave_up(seam, seam_sandbox, sandbox_device):
    """When the owner's code is gone, the waiting one is set."""
    owner = seam.access_codes.simulate.create_unmanaged_access_code(
        device_id=sandbox_device.device_id, name="Stranger", code="1234"
    )
    code = seam_sandbox.create_access_code(sandbox_device, code="1234")
    seam.access_codes.unmanaged.delete(access_code_id=owner.access_code_id)

    assert (look(seam, code).status, look(seam, code).errors) == ("set", [])


REPORTS = [
    ({"supported_code_lengths": [8, 6, 6]}, [6, 8]),
    ({"min_code_length": 5, "max_code_length": 7}, [5, 6, 7]),
    ({"min_code_length": 6}, [6, 7, 8]),
    ({"max_code_length": 5}, [4, 5]),
    ({"min_code_length": 10}, [10]),
]


@pytest.mark.parametrize(("report", "lengths"), REPORTS, ids=str)
def test_reported_lengths_hold(seam, seam_sandbox, sandbox_device, report, lengths):
    """What is reported shows on the lock, and PINs are held against it."""
    seam.access_codes.report_device_constraints(device_id=sandbox_device.device_id, **report)

    found = seam.devices.get(device_id=sandbox_device.device_id).properties
    assert found.supported_code_lengths == lengths
    assert len(seam_sandbox.create_access_code(sandbox_device).code) == lengths[0]


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"min_code_length": 8, "max_code_length": 5},
        {"supported_code_lengths": []},
        {"supported_code_lengths": [3]},
        {"max_code_length": 21},
        {"min_code_length": 4.5},
    ],
    ids=str,
)
def test_report_that_makes_no_sense_is_refused(seam_sandbox, seam_http, sandbox_device, report):
    """Such a report answers 400 and changes nothing."""
    body = {"device_id": sandbox_device.device_id, **report}

    answer = seam_http.post("/access_codes/report_device_constraints", json=body)

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")
    assert seam_sandbox.get_device(sandbox_device) == sandbox_device
