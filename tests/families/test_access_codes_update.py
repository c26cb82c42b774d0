"""Changing access codes: at once on a lock in reach, pending on one that is not."""

from datetime import timedelta

import pytest

from families.codes import log, look, pending
from pytest_seam_sandbox import seam_raises

NOTHING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def code(seam, seam_sandbox, sandbox_device):
    """A code that is set on the lock."""
    made = seam_sandbox.create_access_code(sandbox_device, name="Jane", code="1234")
    return seam.access_codes.get(access_code_id=made.access_code_id)


@pytest.mark.parametrize(
    ("change", "event_type", "before", "after"),
    [
        ({"name": "Joe"}, "access_code.name_changed", {"name": "Jane"}, {"name": "Joe"}),
        ({"code": "4321"}, "access_code.code_changed", {"code": "1234"}, {"code": "4321"}),
        (
            {"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"},
            "access_code.time_frame_changed",
            {"starts_at": None, "ends_at": None},
            {"starts_at": "2020-01-01T00:00:00.000Z", "ends_at": "2099-01-01T00:00:00.000Z"},
        ),
    ],
)
def test_change_on_a_lock_in_reach(seam, seam_sandbox, code, change, event_type, before, after):
    """The change is asked for, then confirmed, each with its event, and nothing stays pending."""
    seam.access_codes.update(access_code_id=code.access_code_id, **change)

    found = look(seam, code)

    assert {name: getattr(found, name) for name in after} == after
    assert (found.status, found.pending_mutations) == ("set", [])
    assert log(seam_sandbox)[2:] == ["access_code.mutations_requested", "access_code.changed", event_type]
    told = seam_sandbox.expect_event(event_type, count=1, access_code_id=code.access_code_id).model_dump()
    assert (told["from"], told["to"]) == (before, after)


def test_changed_event_names_each_property(seam, seam_sandbox, code):
    """Name and PIN changed together make one access_code.changed with both."""
    seam.access_codes.update(access_code_id=code.access_code_id, name="Joe", code="4321")

    event = seam_sandbox.expect_event("access_code.changed", count=1).model_dump()

    assert event["changed_properties"] == [
        {"property": "name", "from": "Jane", "to": "Joe"},
        {"property": "code", "from": "1234", "to": "4321"},
    ]


def test_change_to_what_is_so_already_is_none(seam, seam_sandbox, code):
    """Nothing is asked for, so nothing is logged."""
    before = seam_sandbox.events

    seam.access_codes.update(access_code_id=code.access_code_id, name="Jane", code="1234")

    assert look(seam, code).name == "Jane"
    assert seam_sandbox.events == before


def test_ongoing_drops_the_time_frame(seam, seam_sandbox, sandbox_device):
    """Type ongoing takes both dates away."""
    made = seam_sandbox.create_access_code(sandbox_device, starts_at="2020-01-01", ends_at="2099-01-01")

    seam.access_codes.update(access_code_id=made.access_code_id, type="ongoing")

    found = look(seam, made)
    assert (made.type, found.type, found.starts_at, found.ends_at) == ("time_bound", "ongoing", None, None)


def test_one_date_moves_alone_when_the_other_is_there(seam, seam_sandbox, sandbox_device):
    """The end of a stay is moved without repeating its start."""
    made = seam_sandbox.create_access_code(sandbox_device, starts_at="2020-01-01", ends_at="2099-01-01")

    seam.access_codes.update(access_code_id=made.access_code_id, ends_at="2098-01-01", type="time_bound")

    assert look(seam, made).ends_at == "2098-01-01T00:00:00.000Z"


@pytest.mark.parametrize("field", ["is_external_modification_allowed", "allow_external_modification"])
def test_external_modification_is_switched(seam, code, field):
    """Both names of the switch work, in both directions."""
    seam.access_codes.update(access_code_id=code.access_code_id, **{field: True})
    on = look(seam, code).is_external_modification_allowed
    seam.access_codes.update(access_code_id=code.access_code_id, **{field: False})

    assert (on, look(seam, code).is_external_modification_allowed) == (True, False)


@pytest.mark.parametrize(
    ("params", "status", "error"),
    [
        ({"code": "12"}, 400, "invalid_input"),
        ({"code": "123456789"}, 400, "invalid_input"),
        ({"code": "9999"}, 409, "duplicate_access_code"),
        ({"starts_at": "2099-01-01"}, 400, "invalid_input"),
        ({"starts_at": "2099-01-02", "ends_at": "2099-01-01"}, 400, "invalid_input"),
        ({"type": "time_bound"}, 400, "invalid_input"),
        ({"type": "eternal"}, 400, "invalid_input"),
        ({"device_id": NOTHING}, 404, "access_code_not_found"),
        ({"access_code_id": NOTHING}, 404, "access_code_not_found"),
        ({"access_code_id": "jane"}, 400, "invalid_input"),
    ],
    ids=str,
)
def test_bad_change_is_refused_and_changes_nothing(seam_sandbox, seam_http, sandbox_device, params, status, error):
    """What cannot be is refused whole: the name beside it does not change either."""
    other = seam_sandbox.create_access_code(sandbox_device, code="9999")
    made = seam_sandbox.create_access_code(sandbox_device, name="Jane", code="1234")
    before = seam_http.post("/access_codes/get", json={"access_code_id": made.access_code_id}).json()
    events = seam_sandbox.events

    answer = seam_http.patch(
        "/access_codes/update", json={"access_code_id": made.access_code_id, "name": "Joe", **params}
    )

    assert (answer.status_code, answer.json()["error"]["type"]) == (status, error)
    assert seam_http.post("/access_codes/get", json={"access_code_id": made.access_code_id}).json() == before
    assert seam_sandbox.events == events
    assert other.code == "9999"


def test_end_must_follow_the_start_that_is_kept(seam, seam_sandbox, sandbox_device):
    """An end before the start that the code has is refused."""
    made = seam_sandbox.create_access_code(sandbox_device, starts_at="2098-01-01", ends_at="2099-01-01")

    with seam_raises("invalid_input", status_code=400, match="ends_at must be after starts_at"):
        seam.access_codes.update(access_code_id=made.access_code_id, ends_at="2097-01-01")


def test_change_of_a_pin_to_one_that_a_stranger_put_on_the_lock(seam, seam_sandbox, sandbox_device, code):
    """The lock refuses the PIN: an error with the owner's code, until that is gone."""
    owner = seam.access_codes.simulate.create_unmanaged_access_code(
        device_id=sandbox_device.device_id, name="Stranger", code="5555"
    )
    seam.access_codes.update(access_code_id=code.access_code_id, code="5555")
    blocked = look(seam, code)
    seam.access_codes.unmanaged.delete(access_code_id=owner.access_code_id)

    assert [error.error_code for error in blocked.errors] == ["duplicate_code_on_device"]
    assert (blocked.status, pending(blocked)) == ("set", ["updating_code"])
    assert (look(seam, code).errors, look(seam, code).pending_mutations) == ([], [])
    seam_sandbox.expect_event("access_code.code_changed", count=1)


@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected", "account_disconnected"])
def test_change_while_the_lock_is_out_of_reach_is_pending(seam, seam_sandbox, sandbox_device, code, kind):
    """The record shows what is wanted and that it waits; it is confirmed when the lock is back."""
    about = sandbox_device.connected_account_id if kind == "account_disconnected" else sandbox_device
    with getattr(seam_sandbox, kind)(about):
        seam.access_codes.update(access_code_id=code.access_code_id, code="4321")
        during = look(seam, code)
        seam_sandbox.expect_event("access_code.mutations_requested", count=1)
        seam_sandbox.expect_no_event("access_code.changed")

    assert (during.code, pending(during)) == ("4321", ["updating_code"])
    mutation = during.pending_mutations[0]
    assert (mutation.from_.code, mutation.to.code) == ("1234", "4321")
    assert look(seam, code).pending_mutations == []
    seam_sandbox.expect_event("access_code.code_changed", count=1)


def test_changes_of_one_kind_become_one(seam, seam_sandbox, sandbox_device, code):
    """Several changes while the lock is away are one from what it knows to what is wanted last."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.update(access_code_id=code.access_code_id, name="Joe")
        seam.access_codes.update(access_code_id=code.access_code_id, name="Jim")
        during = look(seam, code)

    assert pending(during) == ["updating_name"]
    event = seam_sandbox.expect_event("access_code.name_changed", count=1).model_dump()
    assert (event["from"], event["to"]) == ({"name": "Jane"}, {"name": "Jim"})


def test_change_that_is_taken_back_is_none(seam, seam_sandbox, sandbox_device, code):
    """Going back to what the lock knows leaves nothing to do."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.update(access_code_id=code.access_code_id, name="Joe")
        seam.access_codes.update(access_code_id=code.access_code_id, name="Jane")
        during = look(seam, code)

    assert during.pending_mutations == []
    seam_sandbox.expect_no_event("access_code.name_changed")


def test_change_of_a_code_that_waits_is_what_gets_set(seam, seam_sandbox, sandbox_device):
    """A code that never was on the lock is programmed as it is wanted last, without a change there."""
    with seam_sandbox.disconnected(sandbox_device):
        made = seam_sandbox.create_access_code(sandbox_device, code="1234")
        seam.access_codes.update(access_code_id=made.access_code_id, code="4321")
        during = look(seam, made)

    assert (during.code, pending(during)) == ("4321", ["creating"])
    seam_sandbox.expect_event("access_code.set_on_device", count=1, code="4321")
    seam_sandbox.expect_no_event("access_code.code_changed")


def test_lock_opens_to_the_old_pin_until_it_has_the_new_one(seam, seam_sandbox, sandbox_device, code):
    """After the change was confirmed the new PIN opens and the old one does not."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.update(access_code_id=code.access_code_id, code="4321")

    seam.locks.simulate.keypad_code_entry(device_id=sandbox_device.device_id, code="1234")
    seam.locks.simulate.keypad_code_entry(device_id=sandbox_device.device_id, code="4321")

    seam_sandbox.expect_event("lock.access_denied", count=1)
    seam_sandbox.expect_event("lock.unlocked", count=1, code="4321")


def test_change_can_refuse_to_wait(seam, seam_sandbox, sandbox_device, code):
    """With attempt_for_offline_device false the change of a lock out of reach answers 400, and nothing is pending."""
    with seam_sandbox.disconnected(sandbox_device):
        with seam_raises("device_disconnected", status_code=400):
            seam.access_codes.update(access_code_id=code.access_code_id, name="Joe", attempt_for_offline_device=False)

        assert (look(seam, code).name, look(seam, code).pending_mutations) == ("Jane", [])


def test_update_multiple_changes_all_codes_of_the_key(seam, seam_sandbox, sandbox_device):
    """All codes that were made together change together."""
    other = seam_sandbox.create_device("yale_lock")
    codes = seam.access_codes.create_multiple(device_ids=[sandbox_device.device_id, other.device_id], name="Jane")

    seam.access_codes.update_multiple(
        common_code_key=codes[0].common_code_key, name="Joe", starts_at="2020-01-01", ends_at="2099-01-01"
    )

    found = [look(seam, code) for code in codes]
    assert [(code.name, code.type, code.status) for code in found] == [("Joe", "time_bound", "set")] * 2
    seam_sandbox.expect_event("access_code.name_changed", count=2)


def test_linked_codes_keep_one_pin(seam, seam_sandbox, sandbox_device):
    """A new PIN for one of them is the PIN of all; codes without a key go their own way."""
    locks = [sandbox_device.device_id, seam_sandbox.create_device().device_id]
    linked = seam.access_codes.create_multiple(device_ids=locks)
    loose = seam.access_codes.create_multiple(device_ids=locks, code="4711")
    seam.access_codes.update(access_code_id=linked[0].access_code_id, code="4815")
    seam.access_codes.update(access_code_id=loose[0].access_code_id, code="1623")

    assert [look(seam, code).code for code in (*linked, *loose)] == ["4815", "4815", "1623", "4711"]


def test_pin_that_one_of_the_linked_locks_refuses(seam, seam_sandbox, sandbox_device):
    """Then none of the codes changes; one that is being deleted has no say."""
    picky = seam_sandbox.create_device(properties={"supported_code_lengths": [4]})
    first, second = seam.access_codes.create_multiple(device_ids=[sandbox_device.device_id, picky.device_id])

    with seam_raises("invalid_input", status_code=400):
        seam.access_codes.update(access_code_id=first.access_code_id, code="12345")
    assert look(seam, first).code == first.code

    with seam_sandbox.disconnected(picky):
        seam.access_codes.delete(access_code_id=second.access_code_id)
        seam.access_codes.update(access_code_id=first.access_code_id, code="12345")
        assert look(seam, first).code == "12345"


def test_update_multiple_is_all_or_nothing(seam, seam_sandbox, sandbox_device):
    """When one lock cannot take the change, no code changes."""
    kwikset = seam_sandbox.create_device("kwikset_lock")
    locks = [sandbox_device.device_id, kwikset.device_id]
    codes = seam.access_codes.create_multiple(device_ids=locks, starts_at="2098-01-01", ends_at="2099-01-01")

    with seam_raises("invalid_input", status_code=400, match="starts_at must be in the future"):
        seam.access_codes.update_multiple(common_code_key=codes[0].common_code_key, starts_at="2020-01-01")

    assert [look(seam, code).starts_at for code in codes] == ["2098-01-01T00:00:00.000Z"] * 2
    seam_sandbox.expect_no_event("access_code.mutations_requested")


def test_update_multiple_of_an_unknown_key_is_not_found(seam):
    """A key that no code has answers 404."""
    with seam_raises("access_code_not_found", status_code=404):
        seam.access_codes.update_multiple(common_code_key="nobody", name="Joe")


def test_code_cannot_be_moved_into_the_past(seam, seam_sandbox, sandbox_device):
    """Its new end has to lie ahead, as that of a new code has."""
    now = seam_sandbox.clock.now()
    code = seam_sandbox.create_access_code(sandbox_device, starts_at=now, ends_at=now + timedelta(days=2))

    with seam_raises("invalid_input", status_code=400, match="ends_at must be in the future"):
        seam.access_codes.update(access_code_id=code.access_code_id, starts_at="2020-01-01", ends_at="2020-01-02")

    assert look(seam, code).ends_at == code.ends_at


def test_code_that_was_to_come_later_and_is_wanted_now_is_being_created(seam, seam_sandbox, sandbox_device):
    """Nothing defers it any more, also when something else is in its way."""
    now = seam_sandbox.clock.now()
    start = now + timedelta(days=9)
    seam.access_codes.simulate.create_unmanaged_access_code(device_id=sandbox_device.device_id, name="Joe", code="4711")
    code = seam_sandbox.create_access_code(
        sandbox_device, code="4711", starts_at=start, ends_at=start + timedelta(days=1)
    )
    before = look(seam, code)
    seam.access_codes.update(access_code_id=code.access_code_id, starts_at=now.isoformat())
    found = look(seam, code)

    assert pending(before) == ["deferring_creation"]
    assert (found.status, pending(found)) == ("setting", ["creating"])
    assert [error.error_code for error in found.errors] == ["duplicate_code_on_device"]
