"""The times of access grants: changed, begun and over, and what becomes of their methods."""

from datetime import UTC, datetime

import pytest

from pytest_seam_sandbox import seam_raises

CODE = [{"mode": "code"}]
DAY = 86400


@pytest.fixture
def ada(seam_sandbox):
    return seam_sandbox.create_user_identity(full_name="Ada").user_identity_id


@pytest.fixture
def lock(seam_sandbox):
    return seam_sandbox.create_device("august_lock")


@pytest.fixture
def at(seam_sandbox):
    """Gives the text of a time so many seconds from now, when the test began."""
    seam_sandbox.clock.freeze()
    start = seam_sandbox.clock.now().timestamp()

    def text(seconds):
        moment = datetime.fromtimestamp(start + seconds, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    return text


def grant_of(seam, ada, modes=("code",), **given):
    """A grant and its methods."""
    asked = [{"mode": mode} for mode in modes]
    grant = seam.access_grants.create(user_identity_id=ada, requested_access_methods=asked, **given)
    return grant, seam.access_methods.list(access_grant_id=grant.access_grant_id)


def again(seam, method):
    return seam.access_methods.get(access_method_id=method.access_method_id)


def warning_codes(resource):
    return [one.warning_code for one in resource.warnings]


def mutation_codes(resource):
    return [one.mutation_code for one in resource.pending_mutations]


def test_changed_end_is_revoked_and_reissued(seam, seam_sandbox, ada, lock, at):
    """The code keeps its PIN; what happens to it comes between the method's two events."""
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id], ends_at=at(DAY), access_grant_key="stay")
    before = len(seam_sandbox.events)

    seam.access_grants.update(access_grant_key="stay", ends_at=at(2 * DAY))

    changed = again(seam, method)
    assert (changed.is_issued, changed.code, warning_codes(changed), mutation_codes(changed)) == (
        True,
        method.code,
        [],
        [],
    )
    assert seam.access_codes.list(device_id=lock.device_id)[0].ends_at == at(2 * DAY)
    assert [event.event_type for event in seam_sandbox.events[before:]] == [
        "access_grant.access_times_changed",
        "access_method.revoked",
        "access_code.mutations_requested",
        "access_code.changed",
        "access_code.time_frame_changed",
        "access_method.reissued",
    ]
    told = seam_sandbox.expect_event("access_grant.access_times_changed", access_grant_key="stay", ends_at=at(2 * DAY))
    assert told.starts_at is None
    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).pending_mutations == []


def test_change_over_an_offline_lock_is_under_way_until_it_is_back(seam, seam_sandbox, ada, lock, at):
    """Grant and method say so, from the first times to the last; the method is revoked at once."""
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id], ends_at=at(DAY))
    about = {"access_grant_id": grant.access_grant_id}
    with seam_sandbox.disconnected(lock):
        seam.access_grants.update(ends_at=at(2 * DAY), **about)
        seam.access_grants.update(ends_at=at(3 * DAY), **about)
        changing, pending = seam.access_grants.get(**about), again(seam, method)
        assert (pending.is_issued, pending.issued_at) == (False, None)
        for resource in (changing, pending):
            assert warning_codes(resource) == mutation_codes(resource) == ["updating_access_times"]
        change = pending.pending_mutations[0]
        assert (change.from_.ends_at, change.to.ends_at) == (at(DAY), at(3 * DAY))
        assert changing.pending_mutations[0].access_method_ids == [method.access_method_id]
        seam_sandbox.clock.advance(1200)
        assert [one.error_code for one in again(seam, method).errors] == ["failed_to_issue"]

    assert again(seam, method).is_issued
    assert seam.access_grants.get(**about).warnings == []
    seam_sandbox.expect_event("access_method.revoked", count=1)
    seam_sandbox.expect_event("access_method.reissued", count=1)
    seam_sandbox.expect_event("access_method.issued", count=1)


def test_method_that_was_never_issued_is_not_revoked(seam, seam_sandbox, ada, lock, at):
    """It is issued, for the first time, once the lock is back."""
    with seam_sandbox.disconnected(lock):
        grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id], ends_at=at(DAY))
        seam_sandbox.clock.advance(1200)
        seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at=at(2 * DAY))
        assert again(seam, method).errors == []

    assert again(seam, method).is_issued
    seam_sandbox.expect_no_event("access_method.revoked")
    seam_sandbox.expect_no_event("access_method.reissued")
    seam_sandbox.expect_event("access_code.set_on_device", count=1)


def test_end_of_null_opens_the_end(seam, seam_sandbox, ada, lock, at):
    """Its code is ongoing then, and the event names no end."""
    grant, _ = grant_of(seam, ada, device_ids=[lock.device_id], ends_at=at(DAY))
    about = {"access_grant_id": grant.access_grant_id}

    seam_sandbox.http().post("/access_grants/update", json={"ends_at": None, **about}).raise_for_status()

    assert seam.access_grants.get(**about).ends_at is None
    assert seam.access_codes.list(device_id=lock.device_id)[0].type == "ongoing"
    told = seam_sandbox.expect_event("access_grant.access_times_changed", count=1)
    assert (told.ends_at, told.starts_at) == (None, None)


@pytest.mark.parametrize("given", [{}, {"name": "Stay"}])
def test_name_alone_touches_no_door(seam, seam_sandbox, ada, lock, given):
    """Neither does a call that asks for nothing."""
    grant, _ = grant_of(seam, ada, device_ids=[lock.device_id])
    before = len(seam_sandbox.events)

    seam.access_grants.update(access_grant_id=grant.access_grant_id, **given)

    found = seam.access_grants.get(access_grant_id=grant.access_grant_id)
    assert (found.name, found.display_name) == (given.get("name"), given.get("name") or "Ada")
    assert len(seam_sandbox.events) == before


def test_times_that_do_not_fit_are_refused(seam, seam_sandbox, ada, lock, at):
    """An end in the past or before the start changes nothing; one of the two names is needed."""
    grant, _ = grant_of(seam, ada, device_ids=[lock.device_id], ends_at=at(DAY))
    about = {"access_grant_id": grant.access_grant_id}

    for times in ({"ends_at": at(-1)}, {"starts_at": at(2 * DAY)}, {"starts_at": at(-9), "ends_at": at(-5)}):
        with seam_raises("invalid_input", status_code=400, match="ends_at must be"):
            seam.access_grants.update(**times, **about)
    assert seam_sandbox.http().post("/access_grants/update", json={"name": "Stay"}).status_code == 400
    seam_sandbox.expect_no_event("access_grant.access_times_changed")


def test_end_of_a_grant_revokes_its_methods(seam, seam_sandbox, ada, lock, at):
    """Grant and methods stay readable; the code is gone, and nothing is late or can be added."""
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id], ends_at=at(DAY))
    about = {"access_grant_id": grant.access_grant_id}

    seam_sandbox.clock.advance(DAY + 7200)

    over = again(seam, method)
    assert (over.is_issued, over.warnings, over.errors) == (False, [], [])
    assert seam.access_grants.get(**about).display_status == "Expired"
    assert seam.access_codes.list(device_id=lock.device_id) == []
    seam_sandbox.expect_event("access_method.revoked", count=1)
    seam_sandbox.expect_no_event("access_method.deleted")
    with seam_raises("invalid_input", status_code=400):
        seam.access_grants.request_access_methods(requested_access_methods=CODE, **about)
    seam.access_grants.delete(**about)
    assert seam.access_grants.list() == []


def test_grant_that_is_over_can_be_extended(seam, seam_sandbox, ada, lock, at):
    """It gets its code again, with the same PIN."""
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id], ends_at=at(DAY))
    seam_sandbox.clock.advance(DAY + 1)

    seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at=at(2 * DAY))

    assert again(seam, method).is_issued
    assert seam.access_codes.list(device_id=lock.device_id)[0].code == method.code
    seam_sandbox.expect_event("access_method.reissued", count=1)


def test_method_that_was_late_is_not_late_any_more_when_the_grant_is_over(seam, seam_sandbox, ada, lock, at):
    """Seam stops trying at the end."""
    with seam_sandbox.disconnected(lock):
        _, (method,) = grant_of(seam, ada, device_ids=[lock.device_id], ends_at=at(900))
        seam_sandbox.clock.advance(7200)

        assert again(seam, method).errors == []

    seam_sandbox.expect_no_event("access_method.failed_to_issue")
    seam_sandbox.expect_no_event("access_method.issued")


def test_grant_without_an_end_gets_its_code_at_its_start(seam, seam_sandbox, ada, lock, at):
    """Before that there is none; the method is issued as soon as the lock is in reach."""
    with seam_sandbox.disconnected(lock):
        _, (method,) = grant_of(seam, ada, device_ids=[lock.device_id], starts_at=at(DAY))
        assert (method.is_issued, seam.access_codes.list(device_id=lock.device_id)) == (False, [])
    assert again(seam, method).is_issued

    seam_sandbox.clock.advance(DAY)

    code = seam.access_codes.list(device_id=lock.device_id)[0]
    assert (code.type, code.status, code.code) == ("ongoing", "set", method.code)


def test_lock_that_is_given_up_before_the_start_leaves_the_grant(seam, seam_sandbox, ada, lock, at):
    """Its method has no door then."""
    grant, _ = grant_of(seam, ada, device_ids=[lock.device_id], starts_at=at(DAY))

    seam.devices.update(device_id=lock.device_id, is_managed=False)

    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).access_method_ids == []


def test_pin_that_is_taken_before_the_start_leaves_the_lock_out(seam, seam_sandbox, ada, lock, at):
    """Another code was made with it meanwhile."""
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id], starts_at=at(DAY))
    seam.access_codes.create(device_id=lock.device_id, code=method.code)

    seam_sandbox.clock.advance(DAY)

    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).access_method_ids == []


def test_start_that_moves_away_takes_the_code_of_an_open_end(seam, seam_sandbox, ada, lock, at):
    """It comes back with the start."""
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id])

    seam.access_grants.update(access_grant_id=grant.access_grant_id, starts_at=at(DAY))
    assert seam.access_codes.list(device_id=lock.device_id) == []
    seam_sandbox.clock.advance(DAY)

    assert seam.access_codes.list(device_id=lock.device_id)[0].code == method.code
    assert again(seam, method).is_issued


def test_edited_code_is_overwritten_by_the_next_change(seam, ada, lock, at):
    """Unless somebody else has the PIN by then."""
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id], ends_at=at(DAY))
    code = seam.access_codes.list(device_id=lock.device_id)[0].access_code_id
    seam.access_codes.update(access_code_id=code, code="8642")
    seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at=at(2 * DAY))
    assert seam.access_codes.get(access_code_id=code).code == method.code

    seam.access_codes.update(access_code_id=code, code="8642")
    seam.access_codes.create(device_id=lock.device_id, code=method.code)
    seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at=at(3 * DAY))

    assert seam.access_codes.get(access_code_id=code).code == "8642"
    assert seam.access_codes.get(access_code_id=code).ends_at == at(3 * DAY)


def test_credentials_take_the_new_times(seam, seam_sandbox, ada, at):
    """They are issued again; the link follows as long as it works, and a card that nobody has written yet waits on."""
    seam_sandbox.create_acs_system("hotek_site", entrances=["Room 101"])
    seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby"])
    doors = [row.acs_entrance_id for row in seam.acs.entrances.list()]
    grant, methods = grant_of(seam, ada, ["cloud_key", "mobile_key", "card"], acs_entrance_ids=doors, ends_at=at(DAY))
    assigned = next(one for one in methods if one.is_assignment_required)
    seam.access_methods.assign_card(access_method_id=assigned.access_method_id, card_number="1")

    seam.access_grants.update(access_grant_id=grant.access_grant_id, starts_at=at(-DAY), ends_at=at(2 * DAY))

    modes = {one.mode: again(seam, one) for one in methods if one.mode != "card"}
    assert all(one.is_issued for one in modes.values())
    assert again(seam, assigned).is_issued
    credentials = seam.acs.credentials.list()
    assert {(one.starts_at, one.ends_at) for one in credentials} == {(at(-DAY), at(2 * DAY))}
    assert seam.instant_keys.list()[0].expires_at == at(2 * DAY)
    seam_sandbox.expect_event("acs_credential.reissued", count=2)
    seam_sandbox.expect_event("access_method.card_encoding_required", count=1)


def test_credentials_of_a_system_that_is_down_take_the_new_times_later(seam, seam_sandbox, ada, at):
    """The method is revoked until then."""
    seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby"])
    door = seam.acs.entrances.list()[0]
    grant, (key,) = grant_of(seam, ada, ["cloud_key"], acs_entrance_ids=[door.acs_entrance_id], ends_at=at(DAY))
    with seam_sandbox.account_disconnected(door.connected_account_id):
        seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at=at(2 * DAY))
        assert (again(seam, key).is_issued, seam.acs.credentials.list()[0].ends_at) == (False, at(DAY))

    assert (again(seam, key).is_issued, seam.acs.credentials.list()[0].ends_at) == (True, at(2 * DAY))


def test_expired_link_stays_expired(seam, seam_sandbox, ada, at):
    """A later end of the grant does not bring it back."""
    seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby"])
    door = seam.acs.entrances.list()[0].acs_entrance_id
    grant, _ = grant_of(seam, ada, ["mobile_key"], acs_entrance_ids=[door], ends_at=at(DAY))
    seam_sandbox.clock.advance(DAY + 1)

    seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at=at(3 * DAY))

    assert seam.instant_keys.list()[0].expires_at == at(DAY)


def test_deleted_grant_has_no_times(seam, seam_sandbox, ada, lock, at):
    """Neither its start nor its end does anything."""
    grant, _ = grant_of(seam, ada, device_ids=[lock.device_id], starts_at=at(60), ends_at=at(DAY))
    seam.access_grants.delete(access_grant_id=grant.access_grant_id)
    before = len(seam_sandbox.events)

    seam_sandbox.clock.advance(2 * DAY)

    assert len(seam_sandbox.events) == before


def test_code_that_is_leaving_keeps_its_times(seam, seam_sandbox, ada, lock, at):
    """It is of no interest to the grant any more."""
    other = seam_sandbox.create_device("schlage_lock")
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id, other.device_id])
    grant, _ = grant_of(seam, ada, space_ids=[space.space_id], ends_at=at(DAY))
    with seam_sandbox.disconnected(other):
        seam.spaces.remove_devices(space_id=space.space_id, device_ids=[other.device_id])
        seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at=at(2 * DAY))
        assert seam.access_codes.list(device_id=other.device_id)[0].ends_at == at(DAY)

    assert seam.access_codes.list(device_id=other.device_id) == []


EVENING, NOON = "2031-01-02T00:00:00.000Z", "2031-01-03T19:00:00.000Z"
"""A time slot of the door: from four in the afternoon to eleven in the morning, on the west coast."""


@pytest.fixture
def door(seam_sandbox):
    """A door whose codes are computed by its lock; it is never online."""
    seam_sandbox.clock.freeze(datetime(2031, 1, 1, 12, tzinfo=UTC))
    return seam_sandbox.create_device("dormakaba_oracode_door", online=False)


def test_offline_code_cannot_be_moved(seam, seam_sandbox, ada, door):
    """The old one works until its end, which the grant says; another one is made for the new times."""
    grant, (method,) = grant_of(seam, ada, device_ids=[door.device_id], starts_at=EVENING, ends_at=NOON)
    about = {"access_grant_id": grant.access_grant_id}
    assert (method.is_issued, grant.warnings) == (True, [])

    seam.access_grants.update(ends_at=NOON.replace("03T", "04T"), **about)

    found, changed = seam.access_grants.get(**about), again(seam, method)
    assert (changed.is_issued, changed.code == method.code) == (True, False)
    assert len(seam.access_codes.list(device_id=door.device_id)) == 2
    failed = found.warnings[0].failed_devices[0]
    assert (found.warnings[0].warning_code, failed.device_id) == ("overprovisioned_access", door.device_id)
    assert failed.error_code == "offline_access_code_not_revocable"
    seam_sandbox.clock.freeze(datetime(2031, 1, 3, 20, tzinfo=UTC))
    assert seam.access_grants.get(**about).warnings == []


def test_deleted_grant_with_an_offline_code_stays_until_its_end(seam, seam_sandbox, ada, door):
    """No lock can be made to forget it."""
    grant, _ = grant_of(seam, ada, device_ids=[door.device_id], starts_at=EVENING, ends_at=NOON)
    about = {"access_grant_id": grant.access_grant_id}

    seam.access_grants.delete(**about)

    assert warning_codes(seam.access_grants.get(**about)) == ["being_deleted", "overprovisioned_access"]
    seam_sandbox.clock.freeze(datetime(2031, 1, 3, 20, tzinfo=UTC))
    assert seam.access_grants.list() == []
    seam_sandbox.expect_event("access_grant.deleted", count=1)
