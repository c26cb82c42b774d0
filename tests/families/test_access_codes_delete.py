"""Deleting access codes: at once on a lock in reach; from one that is not, as soon as it is back."""

from datetime import timedelta

import pytest

from families.codes import log, look, pending
from pytest_seam_sandbox import Sandbox, seam_raises
from pytest_seam_sandbox.api.access_codes.model import AccessCodeRow

POLL = 600


@pytest.fixture
def code(seam, seam_sandbox, sandbox_device):
    """A code that is set on the lock."""
    made = seam_sandbox.create_access_code(sandbox_device, name="Jane", code="1234")
    return seam.access_codes.get(access_code_id=made.access_code_id)


def warned(code):
    return [warning.warning_code for warning in code.warnings]


def test_deleted_code_is_gone(seam, seam_sandbox, sandbox_device, code):
    """On a lock in reach the code is erased at once, then its record goes; a second deletion finds nothing."""
    seam.access_codes.delete(access_code_id=code.access_code_id, device_id=sandbox_device.device_id)

    with seam_raises("not_found", status_code=404):
        look(seam, code)
    with seam_raises("access_code_not_found", status_code=404):
        seam.access_codes.delete(access_code_id=code.access_code_id)
    assert log(seam_sandbox)[2:] == ["access_code.removed_from_device", "access_code.deleted"]
    seam_sandbox.expect_event("access_code.deleted", count=1, code="1234")


@pytest.mark.parametrize("action_attempts", ["poll", 5])
def test_deletion_takes_as_long_as_action_attempts_do(action_attempts):
    """The code is removing and the attempt pending until the lock has erased it."""
    with Sandbox(action_attempts=action_attempts) as sandbox:
        door, api = sandbox.create_device(), sandbox.backend.api
        code = api.call("/access_codes/create", device_id=door.device_id)["access_code"]
        sandbox.clock.advance(5)
        assert api.call("/access_codes/get", access_code_id=code["access_code_id"])["access_code"]["status"] == "set"

        attempt = api.call("/access_codes/delete", access_code_id=code["access_code_id"])["action_attempt"]
        between = sandbox.embedded.workspace[AccessCodeRow][code["access_code_id"]]
        sandbox.clock.advance(5)
        later = api.call("/action_attempts/get", action_attempt_id=attempt["action_attempt_id"])["action_attempt"]

        assert (attempt["status"], between.status, later["status"]) == ("pending", "removing", "success")
        assert log(sandbox)[-2:] == ["access_code.removed_from_device", "access_code.deleted"]
        assert api.find("/access_codes/get", access_code_id=code["access_code_id"]) is None


def test_deletion_on_a_lock_that_is_lost_meanwhile_waits():
    """What the lock had no time to do is done when it is back."""
    with Sandbox(action_attempts=5) as sandbox:
        door, api = sandbox.create_device(), sandbox.backend.api
        code = api.call("/access_codes/create", device_id=door.device_id)["access_code"]
        sandbox.clock.advance(5)
        api.call("/access_codes/delete", access_code_id=code["access_code_id"])

        with sandbox.disconnected(door):
            sandbox.clock.advance(5)
            during = api.call("/access_codes/get", access_code_id=code["access_code_id"])["access_code"]

        assert (during["status"], during["warnings"][0]["warning_code"]) == ("removing", "being_deleted")
        assert api.find("/access_codes/get", access_code_id=code["access_code_id"]) is None


def test_pin_of_a_deleted_code_is_free(seam, sandbox_device, code):
    """A new code may have the PIN of one that is gone."""
    seam.access_codes.delete(access_code_id=code.access_code_id)

    again = seam.access_codes.create(device_id=sandbox_device.device_id, code="1234")

    assert look(seam, again).status == "set"


def test_deletion_of_a_code_on_another_lock_is_refused(seam, seam_sandbox, code):
    """A device_id beside the id has to be the code's own."""
    other = seam_sandbox.create_device()

    with seam_raises("access_code_not_found", status_code=404):
        seam.access_codes.delete(access_code_id=code.access_code_id, device_id=other.device_id)

    assert look(seam, code).status == "set"


@pytest.mark.parametrize(
    ("kind", "status"),
    [("disconnected", "removing"), ("hub_disconnected", "removing"), ("account_disconnected", "unknown")],
)
def test_code_deleted_out_of_reach_stays_until_it_is_off_the_lock(
    seam, seam_sandbox, sandbox_device, code, kind, status
):
    """The record stays and says that it is being deleted; on reconnection code and record are gone."""
    about = sandbox_device.connected_account_id if kind == "account_disconnected" else sandbox_device
    with getattr(seam_sandbox, kind)(about):
        seam.access_codes.delete(access_code_id=code.access_code_id)
        during = look(seam, code)
        seam_sandbox.expect_no_event("access_code.deleted")

    assert (during.status, pending(during), warned(during)) == (status, ["deleting"], ["being_deleted"])
    assert seam.access_codes.list(device_id=sandbox_device.device_id) == []
    assert log(seam_sandbox)[-2:] == ["access_code.removed_from_device", "access_code.deleted"]


def test_code_that_cannot_be_erased_has_failed_after_a_poll(seam, seam_sandbox, sandbox_device, code):
    """Ten minutes later the code has an error of its own, with its event, once."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.delete(access_code_id=code.access_code_id)
        seam_sandbox.clock.advance(10 * POLL)
        during = look(seam, code)

    assert [error.error_code for error in during.errors] == ["failed_to_remove_from_device", "device_disconnected"]
    event = seam_sandbox.expect_event("access_code.failed_to_remove_from_device", count=1)
    assert [error.error_code for error in event.access_code_errors] == ["failed_to_remove_from_device"]
    assert [warning.warning_code for warning in event.access_code_warnings] == ["being_deleted"]
    seam_sandbox.expect_event("access_code.deleted", count=1)


def test_code_erased_in_time_has_not_failed(seam, seam_sandbox, sandbox_device, code):
    """A lock that is back before the poll makes no failure."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.delete(access_code_id=code.access_code_id)

    seam_sandbox.clock.advance(POLL)

    seam_sandbox.expect_no_event("access_code.failed_to_remove_from_device")


def test_code_that_was_never_on_the_lock_is_gone_at_once(seam, seam_sandbox, sandbox_device):
    """There is nothing to erase, so the outage does not matter."""
    with seam_sandbox.disconnected(sandbox_device):
        made = seam_sandbox.create_access_code(sandbox_device)
        seam.access_codes.delete(access_code_id=made.access_code_id)
        seam_sandbox.clock.advance(3 * POLL)

        assert log(seam_sandbox) == ["access_code.created", "access_code.deleted"]

    seam_sandbox.expect_no_event("access_code.set_on_device")


def test_failure_of_a_waiting_code_outlives_the_deletion_of_its_neighbour(seam, seam_sandbox, sandbox_device):
    """Deleting one code of an offline lock does not make another one look well."""
    with seam_sandbox.disconnected(sandbox_device):
        one = seam_sandbox.create_access_code(sandbox_device)
        two = seam_sandbox.create_access_code(sandbox_device)
        seam_sandbox.clock.advance(2 * POLL)
        seam.access_codes.delete(access_code_id=one.access_code_id)

        errors = [error.error_code for error in look(seam, two).errors]

    assert errors == ["failed_to_set_on_device", "device_disconnected"]
    seam_sandbox.expect_event("access_code.failed_to_set_on_device", count=1, access_code_id=two.access_code_id)


def test_code_on_its_way_out_survives_a_second_loss(seam, seam_sandbox, sandbox_device, code):
    """The hub goes as well: still one warning, and the code goes when all is back."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.delete(access_code_id=code.access_code_id)
        with seam_sandbox.hub_disconnected(sandbox_device):
            seam_sandbox.clock.advance(1)
        between = look(seam, code)
        seam.access_codes.delete(access_code_id=code.access_code_id)

    assert (between.status, warned(between)) == ("removing", ["being_deleted"])
    seam_sandbox.expect_event("access_code.deleted", count=1)


def test_stay_that_ends_while_its_code_waits_to_be_erased(seam, seam_sandbox, sandbox_device):
    """A deletion that is pending at the end of the stay is still one deletion."""
    now = seam_sandbox.clock.now()
    made = seam_sandbox.create_access_code(sandbox_device, starts_at=now, ends_at=now + timedelta(minutes=5))
    look(seam, made)
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.delete(access_code_id=made.access_code_id)
        seam_sandbox.clock.advance(timedelta(minutes=5))

        assert warned(look(seam, made)) == ["being_deleted"]

    seam_sandbox.expect_event("access_code.deleted", count=1)


def test_deleting_twice_is_deleting_once(seam, seam_sandbox, sandbox_device, code):
    """A repeated deletion is no mistake and changes nothing."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.delete(access_code_id=code.access_code_id)
        seam.access_codes.delete(access_code_id=code.access_code_id)

        assert pending(look(seam, code)) == ["deleting"]

    seam_sandbox.expect_event("access_code.deleted", count=1)


def test_code_that_is_being_deleted_cannot_be_changed(seam, seam_sandbox, sandbox_device, code):
    """A change of a code on its way out answers 400."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.delete(access_code_id=code.access_code_id)

        with seam_raises("access_code_being_deleted", status_code=400):
            seam.access_codes.update(access_code_id=code.access_code_id, name="Joe")


def test_code_with_pending_changes_can_be_deleted(seam, seam_sandbox, sandbox_device, code):
    """The deletion wins: no change is confirmed any more."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.update(access_code_id=code.access_code_id, name="Joe")
        seam.access_codes.delete(access_code_id=code.access_code_id)

    seam_sandbox.expect_event("access_code.deleted", count=1)
    seam_sandbox.expect_no_event("access_code.name_changed")


@pytest.mark.seam(action_attempts=5.0)
def test_code_deleted_before_it_was_programmed(seam, seam_sandbox, sandbox_device):
    """Work that was planned for a code does nothing once the code is gone."""
    made = seam_sandbox.create_access_code(sandbox_device)
    seam.access_codes.delete(access_code_id=made.access_code_id)

    seam_sandbox.clock.advance(timedelta(minutes=1))

    assert log(seam_sandbox) == ["access_code.created", "access_code.deleted"]


def test_deleted_device_account_takes_its_codes_along(seam, seam_sandbox, sandbox_device, code):
    """Each code is deleted with the account, before its lock."""
    with seam_sandbox.expecting("access_code.deleted", "device.deleted", "connected_account.deleted"):
        seam.connected_accounts.delete(connected_account_id=sandbox_device.connected_account_id)

    seam_sandbox.expect_event("access_code.deleted", count=1, access_code_id=code.access_code_id, code="1234")
    with seam_raises("not_found", status_code=404):
        look(seam, code)


def test_session_of_another_account_changes_nothing(seam_sandbox, sandbox_device):
    """A client session reaches the codes of its own accounts only."""
    made = seam_sandbox.create_access_code(sandbox_device, name="Jane")
    owner = seam_sandbox.create_connected_account()
    session = seam_sandbox.client().client_sessions.create(connected_account_ids=[owner.connected_account_id])
    body = {"access_code_id": made.access_code_id}

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as client:
        answers = [
            client.post(f"/access_codes/{call}", json=body).status_code
            for call in ("get", "update", "delete", "pull_backup_access_code")
        ]

    assert answers == [401] * 4
    assert seam_sandbox.client().access_codes.get(access_code_id=made.access_code_id).name == "Jane"
