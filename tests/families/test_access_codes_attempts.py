"""What a call about a code answers beside it: an attempt that says whether the lock has what was asked for."""

import pytest

from families.codes import DAY, look, stay
from pytest_seam_sandbox import seam_raises

OUTAGES = ["disconnected", "hub_disconnected"]


@pytest.fixture(autouse=True)
def frozen(seam_sandbox):
    """The clock moves when a test moves it."""
    seam_sandbox.clock.freeze()


def call(http, path, **params):
    """The answer of an endpoint."""
    answer = http.post(f"/access_codes/{path}", json=params)
    answer.raise_for_status()
    return answer.json()


def create(http, device, **details):
    """A new code and its attempt."""
    answer = call(http, "create", device_id=device.device_id, **details)
    return answer["access_code"], answer["action_attempt"]


def now(seam, attempt):
    """The attempt as it is by now."""
    return seam.action_attempts.get(action_attempt_id=attempt["action_attempt_id"], wait_for_action_attempt=False)


def test_attempt_succeeds_with_the_code(seam, seam_http, sandbox_device):
    """The answer is pending, as the code in it is; then the attempt holds the code that was set."""
    code, attempt = create(seam_http, sandbox_device)

    found = now(seam, attempt)

    assert (code["status"], attempt["status"], attempt["result"]) == ("setting", "pending", None)
    assert (found.status, found.result["access_code"]["access_code_id"]) == ("success", code["access_code_id"])
    assert found.result["access_code"]["status"] == "set"


@pytest.mark.parametrize("kind", OUTAGES)
def test_attempts_wait_for_the_lock(seam, seam_sandbox, seam_http, sandbox_device, kind):
    """To create, to change and to delete are pending for as long as the lock is out of reach."""
    kept, gone = (create(seam_http, sandbox_device)[0]["access_code_id"] for _ in range(2))
    with getattr(seam_sandbox, kind)(sandbox_device):
        attempts = [
            create(seam_http, sandbox_device)[1],
            call(seam_http, "update", access_code_id=kept, name="Joe")["action_attempt"],
            call(seam_http, "delete", access_code_id=gone)["action_attempt"],
        ]
        seam_sandbox.clock.advance(DAY)

        assert [now(seam, attempt).status for attempt in attempts] == ["pending"] * 3

    created, changed, deleted = (now(seam, attempt) for attempt in attempts)
    assert {created.status, changed.status, deleted.status} == {"success"}
    assert created.result["access_code"]["status"] == "set"
    assert changed.result["access_code"]["name"] == "Joe"
    assert deleted.result is not None


def test_attempt_waits_for_the_start_of_a_stay(seam, seam_sandbox, seam_http, sandbox_device):
    """A code that goes to the lock later is not on it yet; a change of it is on the lock together with it."""
    start = seam_sandbox.clock.now() + 10 * DAY
    frame = {"starts_at": start.isoformat(), "ends_at": (start + DAY).isoformat()}
    code, first = create(seam_http, sandbox_device, **frame)
    second = call(seam_http, "update", access_code_id=code["access_code_id"], name="Joe")["action_attempt"]

    early = [now(seam, attempt).status for attempt in (first, second)]
    seam_sandbox.clock.advance(8 * DAY)

    assert early == ["pending", "pending"]
    assert [now(seam, attempt).status for attempt in (first, second)] == ["success", "success"]


def test_attempt_for_a_change_that_is_none_succeeds(seam, seam_http, sandbox_device):
    """What the lock has already is there at once."""
    code, _ = create(seam_http, sandbox_device, name="Jane")
    look(seam, seam.access_codes.get(access_code_id=code["access_code_id"]))

    attempt = call(seam_http, "update", access_code_id=code["access_code_id"], name="Jane")["action_attempt"]

    assert (attempt["status"], attempt["result"]["access_code"]["name"]) == ("success", "Jane")


@pytest.mark.parametrize("way", ["code", "account"])
def test_code_that_goes_before_it_was_set_ends_its_attempt(seam, seam_sandbox, seam_http, sandbox_device, way):
    """Nothing waits for a code that is gone: to create it has failed, to delete it has succeeded."""
    with seam_sandbox.disconnected(sandbox_device):
        code, created = create(seam_http, sandbox_device)
        if way == "code":
            deleted = call(seam_http, "delete", access_code_id=code["access_code_id"])["action_attempt"]
            assert now(seam, deleted).status == "success"
        else:
            seam.connected_accounts.delete(connected_account_id=sandbox_device.connected_account_id)

        failed = now(seam, created)

    assert (failed.status, failed.error["type"]) == ("error", "access_code_deleted")


def test_code_that_is_given_up_ends_its_attempts(seam, seam_sandbox, seam_http, sandbox_device):
    """To give up a code succeeds at once; the change that was pending for it will never be."""
    code, _ = create(seam_http, sandbox_device)
    about = {"access_code_id": code["access_code_id"]}
    with seam_sandbox.disconnected(sandbox_device):
        change = call(seam_http, "update", **about, name="Joe")["action_attempt"]
        given_up = call(seam_http, "update", **about, is_managed=False)["action_attempt"]

        assert now(seam, change).status == "error"
        assert (given_up["status"], given_up["result"]["access_code"]["is_managed"]) == ("success", False)


def test_code_that_is_given_up_before_it_was_set_is_gone(seam, seam_sandbox, seam_http, sandbox_device):
    """There is nothing on the lock to give up: the record goes, and the call has succeeded."""
    with seam_sandbox.disconnected(sandbox_device):
        code, created = create(seam_http, sandbox_device)
        given_up = call(seam_http, "update", access_code_id=code["access_code_id"], is_managed=False)["action_attempt"]

        assert (given_up["status"], now(seam, created).status) == ("success", "error")


def test_sync_answers_with_what_is_done(seam_http, sandbox_device):
    """With sync the code is set, changed and erased before the answer."""
    code, created = create(seam_http, sandbox_device, sync=True)
    about = {"access_code_id": code["access_code_id"], "sync": True}
    changed = call(seam_http, "update", **about, name="Joe")["action_attempt"]
    deleted = call(seam_http, "delete", **about)["action_attempt"]

    assert code["status"] == "set"
    assert [each["status"] for each in (created, changed, deleted)] == ["success"] * 3


def test_sync_cannot_reach_an_offline_lock(seam_sandbox, seam_http, sandbox_device):
    """Asking for it at once does not bring the lock back."""
    with seam_sandbox.disconnected(sandbox_device):
        code, created = create(seam_http, sandbox_device, sync=True)

    assert (code["status"], created["status"]) == ("setting", "pending")


@pytest.mark.seam(action_attempts=60.0)
def test_sync_does_not_wait_for_the_delay_of_attempts(seam_http, sandbox_device):
    """A lock turns before the answer when it is asked to, whatever the setting says."""
    about = {"device_id": sandbox_device.device_id}
    answers = [seam_http.post("/locks/unlock_door", json={**about, "sync": sync}).json() for sync in (False, True)]

    assert [answer["action_attempt"]["status"] for answer in answers] == ["pending", "success"]


def test_display_status_follows_the_code(seam, seam_sandbox, sandbox_device):
    """A person reads where the code stands, at every point of its life."""
    with seam_sandbox.disconnected(sandbox_device):
        late = seam.access_codes.create(device_id=sandbox_device.device_id)
        assert late.display_status == "Issuing"
    assert look(seam, late).display_status == "Active"
    ahead = stay(seam_sandbox, sandbox_device, starts_in=10 * DAY)
    assert ahead.display_status == "Scheduled"
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.delete(access_code_id=late.access_code_id)
        assert look(seam, late).display_status == "Deleting"
    with seam_raises("not_found"):
        look(seam, late)


def test_display_status_of_a_code_whose_time_is_over(seam, seam_sandbox, sandbox_device):
    """A code that could not be erased at its end has expired; nobody knows of one while the account is lost."""
    code = stay(seam_sandbox, sandbox_device, starts_in=DAY)
    seam_sandbox.clock.advance(DAY)
    with seam_sandbox.account_disconnected(sandbox_device.connected_account_id):
        assert look(seam, code).display_status == "Unknown"
    with seam_sandbox.disconnected(sandbox_device):
        seam_sandbox.clock.advance(DAY)
        assert look(seam, code).display_status == "Expired"


def test_display_status_of_somebody_elses_code(seam, sandbox_device):
    """A code that is not managed is on the lock or not."""
    code = seam.access_codes.simulate.create_unmanaged_access_code(
        device_id=sandbox_device.device_id, name="Jane", code="1234"
    )

    assert code.display_status == "Active"
