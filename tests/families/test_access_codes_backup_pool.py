"""The backup pool: codes that are on the lock already, to stand in for one that is late."""

from datetime import timedelta

import pytest

from families.codes import look
from pytest_seam_sandbox import seam_raises

NOTHING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def frozen(seam_sandbox):
    """The clock moves when a test moves it."""
    seam_sandbox.clock.freeze()


def stay(sandbox, device, **details):
    """A code for a stay that begins now and has a backup."""
    start = sandbox.clock.now()
    return sandbox.create_access_code(
        device,
        starts_at=start,
        ends_at=start + timedelta(days=2),
        **{"use_backup_access_code_pool": True, **details},
    )


def warned(sandbox, device):
    return [warning.warning_code for warning in sandbox.get_device(device).warnings]


def pull(seam_http, code):
    return seam_http.post("/access_codes/pull_backup_access_code", json={"access_code_id": code.access_code_id})


def test_backup_is_ready_before_it_is_needed(seam, seam_sandbox, sandbox_device):
    """A code that asks for backups has one from the start; the pool itself is not listed and not logged."""
    code = stay(seam_sandbox, sandbox_device)

    listed = seam.access_codes.list(device_id=sandbox_device.device_id)

    assert code.is_backup_access_code_available is True
    assert [each.access_code_id for each in listed] == [code.access_code_id]
    seam_sandbox.expect_event("access_code.created", count=1)


def test_lock_without_backups_has_none(seam_sandbox):
    """A lock that keeps no pool makes the code without."""
    device = seam_sandbox.create_device("lockly_lock")

    assert stay(seam_sandbox, device).is_backup_access_code_available is False


def test_pulled_backup_stands_in(seam, seam_sandbox, sandbox_device):
    """The code leads to its backup, which works now and ends with it; list and event tell of it."""
    code = stay(seam_sandbox, sandbox_device)

    pulled = seam.access_codes.pull_backup_access_code(access_code_id=code.access_code_id)

    backup = seam.access_codes.get(access_code_id=pulled.pulled_backup_access_code_id)
    assert pulled.access_code_id == code.access_code_id
    assert [warning.warning_code for warning in pulled.warnings] == ["using_backup_access_code"]
    assert (backup.status, backup.is_backup, backup.ends_at) == ("set", True, code.ends_at)
    assert len(seam.access_codes.list(device_id=sandbox_device.device_id)) == 2
    event = seam_sandbox.expect_event("access_code.backup_access_code_pulled", count=1)
    assert (event.access_code_id, event.backup_access_code_id) == (code.access_code_id, backup.access_code_id)


@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected"])
def test_backup_of_an_offline_lock_can_be_pulled(seam_sandbox, seam_http, sandbox_device, kind):
    """The code cannot get to the lock, but its backup is there: set, valid until the same end."""
    stay(seam_sandbox, sandbox_device)
    with getattr(seam_sandbox, kind)(sandbox_device):
        late = stay(seam_sandbox, sandbox_device)

        answer = pull(seam_http, late).json()

    assert answer["access_code"]["status"] == "setting"
    backup = answer["backup_access_code"]
    assert (backup["status"], backup["is_backup"], backup["ends_at"]) == ("set", True, late.ends_at)
    assert answer["access_code"]["pulled_backup_access_code_id"] == backup["access_code_id"]


def test_keypad_opens_to_a_backup(seam, seam_sandbox, seam_http, sandbox_device):
    """The guest gets in with the backup code."""
    backup = pull(seam_http, stay(seam_sandbox, sandbox_device)).json()["backup_access_code"]

    seam.locks.simulate.keypad_code_entry(device_id=sandbox_device.device_id, code=backup["code"])

    seam_sandbox.expect_event("lock.unlocked", count=1, access_code_id=backup["access_code_id"])


def test_pulling_again_gives_the_same_backup(seam_sandbox, seam_http, sandbox_device):
    """One code has one backup, however often it is asked for."""
    code = stay(seam_sandbox, sandbox_device)

    backups = [pull(seam_http, code).json()["backup_access_code"]["access_code_id"] for _ in range(2)]

    assert backups[0] == backups[1]
    seam_sandbox.expect_event("access_code.backup_access_code_pulled", count=1)


def test_two_codes_get_two_backups(seam_sandbox, seam_http, sandbox_device):
    """A backup stands in for one code only."""
    codes = [stay(seam_sandbox, sandbox_device) for _ in range(2)]

    backups = {pull(seam_http, code).json()["backup_access_code"]["access_code_id"] for code in codes}

    assert len(backups) == 2


def test_backup_ends_with_the_stay(seam, seam_sandbox, seam_http, sandbox_device):
    """When the stay is over, code and backup are gone from the lock."""
    backup = pull(seam_http, stay(seam_sandbox, sandbox_device)).json()["backup_access_code"]
    seam_sandbox.clock.advance(timedelta(days=2))

    seam.locks.simulate.keypad_code_entry(device_id=sandbox_device.device_id, code=backup["code"])

    assert seam.access_codes.list(device_id=sandbox_device.device_id) == []
    assert seam_sandbox.expect_event("lock.access_denied", count=1).reason.reason_code == "unknown_code"


def test_backup_does_not_go_back_into_the_pool(seam, seam_sandbox, seam_http, sandbox_device):
    """The guest may still know a pulled backup when the code it stood in for is deleted: nobody else gets it."""
    first, second = stay(seam_sandbox, sandbox_device), stay(seam_sandbox, sandbox_device)
    used = pull(seam_http, first).json()["backup_access_code"]["access_code_id"]
    seam.access_codes.delete(access_code_id=first.access_code_id)

    other = pull(seam_http, second).json()["backup_access_code"]["access_code_id"]

    assert other != used


def test_code_keeps_its_backup_when_it_is_set_at_last(seam, seam_sandbox, seam_http, sandbox_device):
    """The guest has the backup's PIN, so the warning stays after the lock is back."""
    stay(seam_sandbox, sandbox_device)
    with seam_sandbox.disconnected(sandbox_device):
        late = stay(seam_sandbox, sandbox_device)
        pull(seam_http, late)
        seam_sandbox.clock.advance(600)

    found = look(seam, late)

    assert found.status == "set"
    assert [warning.warning_code for warning in found.warnings] == ["using_backup_access_code"]


def test_pool_of_an_offline_lock_runs_dry_and_is_refilled(seam_sandbox, seam_http, sandbox_device):
    """Each pull shows on the lock, until there is none left; back in reach the pool is full again."""
    stay(seam_sandbox, sandbox_device)
    with seam_sandbox.disconnected(sandbox_device):
        late = [stay(seam_sandbox, sandbox_device) for _ in range(3)]
        pull(seam_http, late[0])
        partial = warned(seam_sandbox, sandbox_device)
        pull(seam_http, late[1])
        seam_sandbox.expect_device_error(sandbox_device, "empty_backup_access_code_pool")
        empty = warned(seam_sandbox, sandbox_device)
        refused = pull(seam_http, late[2])

    assert (partial, empty) == (["partial_backup_access_code_pool"], [])
    assert (refused.status_code, refused.json()["error"]["type"]) == (404, "backup_access_code_not_found")
    seam_sandbox.expect_no_device_error(sandbox_device)
    assert warned(seam_sandbox, sandbox_device) == []
    assert pull(seam_http, late[2]).status_code == 200


def test_empty_pool_shows_on_the_codes(seam, seam_sandbox, seam_http, sandbox_device):
    """Codes repeat the error of their lock and have no backup available any more."""
    stay(seam_sandbox, sandbox_device)
    with seam_sandbox.disconnected(sandbox_device):
        late = [stay(seam_sandbox, sandbox_device) for _ in range(2)]
        before = look(seam, late[1]).is_backup_access_code_available
        pull(seam_http, late[0])
        pull(seam_http, late[1])

        found = look(seam, late[1])

        assert (before, found.is_backup_access_code_available) == (True, False)
        assert {error.error_code for error in found.errors} == {
            "device_disconnected",
            "empty_backup_access_code_pool",
        }


def test_many_pulled_backups_are_a_warning(seam_sandbox, seam_http, sandbox_device):
    """A lock on which many backups are in use says so."""
    codes = [stay(seam_sandbox, sandbox_device) for _ in range(3)]
    pulled = [pull(seam_http, code).status_code for code in codes]

    assert pulled == [200] * 3
    assert warned(seam_sandbox, sandbox_device) == ["many_active_backup_codes"]


def enabled(seam, device):
    """Whether the lock says that it keeps a pool."""
    return seam.devices.get(device_id=device.device_id).properties.backup_access_code_pool_enabled


def switch(seam, device, *, on):
    """Enable or disable the pool of a lock."""
    seam.devices.update(device_id=device.device_id, backup_access_code_pool_enabled=on)


def test_lock_says_whether_it_keeps_a_pool(seam, seam_sandbox, sandbox_device):
    """The first code that asks for backups enables the pool; one that can have none says nothing of it."""
    before = enabled(seam, sandbox_device)
    stay(seam_sandbox, sandbox_device, use_backup_access_code_pool=False)
    without = enabled(seam, sandbox_device)
    stay(seam_sandbox, sandbox_device)

    assert (before, without, enabled(seam, sandbox_device)) == (False, False, True)
    lockly = seam_sandbox.create_device("lockly_lock")
    stay(seam_sandbox, lockly)
    switch(seam, lockly, on=True)
    assert enabled(seam, lockly) is None


def test_pool_outlives_the_codes_that_asked_for_it(seam, seam_sandbox, seam_http, sandbox_device):
    """Once enabled, a pool is kept: the next code finds a backup, also when the lock is offline by then."""
    code = stay(seam_sandbox, sandbox_device)
    seam.access_codes.delete(access_code_id=code.access_code_id)

    assert enabled(seam, sandbox_device) is True
    with seam_sandbox.disconnected(sandbox_device):
        assert pull(seam_http, stay(seam_sandbox, sandbox_device)).status_code == 200


def test_backup_is_named_after_its_id(seam, seam_http, seam_sandbox, sandbox_device):
    """The name says what the code is, in the manufacturer's app too."""
    backup = pull(seam_http, stay(seam_sandbox, sandbox_device)).json()["backup_access_code"]

    assert backup["name"] == f"Backup {backup['access_code_id']} (Seam)"


def test_disabled_pool_gives_nothing(seam, seam_sandbox, sandbox_device):
    """The codes of the pool go and there is no backup to pull; what was pulled before stays."""
    first, second = stay(seam_sandbox, sandbox_device), stay(seam_sandbox, sandbox_device)
    pulled = seam.access_codes.pull_backup_access_code(access_code_id=first.access_code_id)
    switch(seam, sandbox_device, on=False)

    assert enabled(seam, sandbox_device) is False
    assert look(seam, second).is_backup_access_code_available is False
    with seam_raises("backup_access_code_not_found", status_code=404):
        seam.access_codes.pull_backup_access_code(access_code_id=second.access_code_id)
    assert seam.access_codes.get(access_code_id=pulled.pulled_backup_access_code_id).status == "set"
    assert len(seam_sandbox.embedded.dump()["AccessCode"]) == 3
    seam_sandbox.expect_no_device_error(sandbox_device)


@pytest.mark.parametrize("way", ["update", "create"])
def test_pool_can_be_enabled_again(seam, seam_sandbox, seam_http, sandbox_device, way):
    """By the device itself, or by the next code that asks for backups."""
    code = stay(seam_sandbox, sandbox_device)
    switch(seam, sandbox_device, on=False)
    if way == "update":
        switch(seam, sandbox_device, on=True)
    else:
        stay(seam_sandbox, sandbox_device)

    assert enabled(seam, sandbox_device) is True
    assert pull(seam_http, code).status_code == 200


def test_disabling_clears_what_showed_an_empty_pool(seam, seam_sandbox, sandbox_device):
    """A lock without a pool has no empty one."""
    with seam_sandbox.disconnected(sandbox_device):
        stay(seam_sandbox, sandbox_device)
        seam_sandbox.expect_device_error(sandbox_device, "empty_backup_access_code_pool")

        switch(seam, sandbox_device, on=False)

        seam_sandbox.expect_no_device_error(sandbox_device, "empty_backup_access_code_pool")


def test_giving_up_a_lock_disables_its_pool(seam, seam_sandbox, sandbox_device):
    """An unmanaged lock has no pool and no problem with one; managed again, it starts without."""
    stay(seam_sandbox, sandbox_device)
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.pull_backup_access_code(access_code_id=stay(seam_sandbox, sandbox_device).access_code_id)
        seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)
        shown = seam.devices.unmanaged.get(device_id=sandbox_device.device_id)

        assert [warning.warning_code for warning in shown.warnings] == []

    seam.devices.unmanaged.update(device_id=sandbox_device.device_id, is_managed=True)
    assert enabled(seam, sandbox_device) is False


@pytest.mark.parametrize("way", ["deleted", "given up"])
def test_code_does_not_point_to_a_backup_that_is_gone(seam, seam_sandbox, sandbox_device, way):
    """The backup stands in no longer: the code says so, and can pull another."""
    code = stay(seam_sandbox, sandbox_device)
    backup_id = seam.access_codes.pull_backup_access_code(
        access_code_id=code.access_code_id
    ).pulled_backup_access_code_id
    if way == "deleted":
        seam.access_codes.delete(access_code_id=backup_id)
    else:
        seam.access_codes.update(access_code_id=backup_id, is_managed=False)

    found = look(seam, code)

    assert (found.pulled_backup_access_code_id, found.warnings) == (None, [])
    again = seam.access_codes.pull_backup_access_code(access_code_id=code.access_code_id)
    assert again.pulled_backup_access_code_id not in (None, backup_id)


def test_code_that_is_over_gets_no_backup(seam, seam_sandbox, sandbox_device):
    """A backup would end with the code, that is at once."""
    code = stay(seam_sandbox, sandbox_device)
    with seam_sandbox.disconnected(sandbox_device):
        seam_sandbox.clock.advance(timedelta(days=2))

        with seam_raises("backup_access_code_not_found", status_code=404):
            seam.access_codes.pull_backup_access_code(access_code_id=code.access_code_id)


def test_pool_leaves_the_last_space_to_codes(seam_sandbox):
    """A lock that is full gets no backups beyond its size, and says that it is full."""
    device = seam_sandbox.create_device(properties={"max_active_codes_supported": 1})
    stay(seam_sandbox, device)
    seam_sandbox.clock.advance(1)

    warnings = seam_sandbox.get_device(device).warnings

    assert [warning.warning_code for warning in warnings] == [
        "partial_backup_access_code_pool",
        "max_access_codes_reached",
    ]
    assert (warnings[1].active_access_code_count, warnings[1].max_active_access_code_count) == (1, 1)


def test_pool_without_a_free_pin_stays_as_it_is(seam, seam_sandbox):
    """When no PIN is left for a backup, the pool stays empty, and the code itself is set."""
    device = seam_sandbox.create_device(
        properties={
            "supported_code_lengths": [1, 4],
            "code_constraints": [{"constraint_type": "at_least_three_unique_digits"}],
        }
    )
    code = stay(seam_sandbox, device, code="1234")

    assert look(seam, code).status == "set"
    seam_sandbox.expect_device_error(device, "empty_backup_access_code_pool")


def test_ongoing_code_has_no_backup(seam, seam_sandbox, sandbox_device):
    """Backups stand in for codes with an end only."""
    code = seam_sandbox.create_access_code(sandbox_device)

    with seam_raises("access_code_not_time_bound", status_code=400):
        seam.access_codes.pull_backup_access_code(access_code_id=code.access_code_id)


def test_stay_that_becomes_ongoing_loses_its_backup(seam, seam_sandbox, sandbox_device):
    """It does not promise what cannot be pulled."""
    code = stay(seam_sandbox, sandbox_device)
    seam.access_codes.update(access_code_id=code.access_code_id, type="ongoing")

    assert look(seam, code).is_backup_access_code_available is False


def test_code_that_did_not_ask_for_backups_has_none(seam, seam_sandbox, sandbox_device):
    """A code without the pool finds no backup, though the lock has some."""
    stay(seam_sandbox, sandbox_device)
    code = stay(seam_sandbox, sandbox_device, use_backup_access_code_pool=False)

    with seam_raises("backup_access_code_not_found", status_code=404):
        seam.access_codes.pull_backup_access_code(access_code_id=code.access_code_id)


def test_backup_of_an_unknown_code_is_not_found(seam):
    """An id that names no code answers 404."""
    with seam_raises("access_code_not_found", status_code=404):
        seam.access_codes.pull_backup_access_code(access_code_id=NOTHING)


def test_codes_of_a_deleted_lock_leave_no_word_of_the_pool(seam, seam_sandbox, seam_http, sandbox_device):
    """Code and pulled backup are each deleted with an event; what was never shown goes silently."""
    code = stay(seam_sandbox, sandbox_device)
    backup = pull(seam_http, code).json()["backup_access_code"]["access_code_id"]

    seam.connected_accounts.delete(connected_account_id=sandbox_device.connected_account_id)

    deleted = [e.access_code_id for e in seam_sandbox.events if e.event_type == "access_code.deleted"]
    assert sorted(deleted) == sorted([code.access_code_id, backup])


def test_pool_that_a_test_has_marked_as_empty_is_not_filled(seam, seam_sandbox):
    """The mark means that there are no backups, also for a code that asks for one; clearing it fills the pool."""
    lock = seam_sandbox.create_device("schlage_lock")
    seam_sandbox.set_error(lock, "empty_backup_access_code_pool")
    start = seam_sandbox.clock.now() + timedelta(hours=1)
    code = seam.access_codes.create(
        device_id=lock.device_id,
        starts_at=start.isoformat(),
        ends_at=(start + timedelta(days=1)).isoformat(),
        use_backup_access_code_pool=True,
    )
    while_marked = seam.access_codes.get(access_code_id=code.access_code_id).is_backup_access_code_available

    seam_sandbox.clear_error(lock, "empty_backup_access_code_pool")

    assert while_marked is False
    assert seam.access_codes.get(access_code_id=code.access_code_id).is_backup_access_code_available is True
