"""Access grants follow what they stand on: locks, accounts, access systems, phones and plans that fail, and come back."""

from datetime import UTC, datetime

import pytest

from pytest_seam_sandbox import SandboxError, seam_raises

CODE = [{"mode": "code"}]


@pytest.fixture
def ada(seam_sandbox):
    return seam_sandbox.create_user_identity(full_name="Ada").user_identity_id


@pytest.fixture
def lock(seam_sandbox):
    return seam_sandbox.create_device("august_lock")


@pytest.fixture
def room(seam, seam_sandbox):
    """The door of a hotel room."""
    seam_sandbox.create_acs_system("visionline_system", entrances=["Room 101"])
    return seam.acs.entrances.list()[0]


@pytest.fixture
def lobby(seam, seam_sandbox):
    """An entrance that all modes open."""
    seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby"])
    return seam.acs.entrances.list()[0]


def grant_of(seam, ada, modes=("code",), **given):
    """A grant and its methods."""
    asked = [{"mode": mode} for mode in modes]
    grant = seam.access_grants.create(user_identity_id=ada, requested_access_methods=asked, **given)
    return grant, seam.access_methods.list(access_grant_id=grant.access_grant_id)


def again(seam, method):
    return seam.access_methods.get(access_method_id=method.access_method_id)


def codes(conditions, word):
    return [getattr(one, f"{word}_code") for one in conditions]


def method_events(sandbox):
    return [event.event_type for event in sandbox.events if event.event_type.startswith("access_method.")]


def test_grant_over_an_offline_lock_is_late_and_fails_and_heals(seam, seam_sandbox, ada, lock):
    """A warning and an error, one poll apart, each with its event after that of the code; both go with the outage."""
    with seam_sandbox.disconnected(lock):
        grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id])
        assert (method.is_issued, method.display_status, method.code is not None) == (False, "Awaiting issuance", True)
        seam_sandbox.clock.advance(600)
        late = again(seam, method)
        seam_sandbox.clock.advance(600)
        failed = again(seam, method)
        seam_sandbox.clock.advance(6000)

    assert (codes(late.warnings, "warning"), late.errors) == (["delay_in_issuing"], [])
    assert (codes(failed.warnings, "warning"), codes(failed.errors, "error")) == (
        ["delay_in_issuing"],
        ["failed_to_issue"],
    )
    healed = again(seam, method)
    assert (healed.is_issued, healed.errors, healed.warnings) == (True, [], [])
    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).errors == []
    told = [event.event_type for event in seam_sandbox.events if event.event_type.startswith("access_")]
    assert told == [
        "access_grant.created",
        "access_method.created",
        "access_code.created",
        "access_code.delay_in_setting_on_device",
        "access_method.delay_in_issuing",
        "access_code.failed_to_set_on_device",
        "access_method.failed_to_issue",
        "access_code.set_on_device",
        "access_method.issued",
        "access_grant.access_granted_to_all_doors",
    ]


def test_grant_for_a_later_day_is_late_an_hour_before(seam, seam_sandbox, ada, lock):
    """Nothing is late before that; the error comes with the start."""
    start = seam_sandbox.clock.now().timestamp() + 86400
    times = {"starts_at": _text(start), "ends_at": _text(start + 86400)}
    with seam_sandbox.disconnected(lock):
        grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id], **times)
        assert grant.display_status == "Upcoming"
        seam_sandbox.clock.advance(82000)
        assert again(seam, method).warnings == []
        seam_sandbox.clock.advance(900)
        assert codes(again(seam, method).warnings, "warning") == ["delay_in_issuing"]
        seam_sandbox.clock.advance(3500)
        assert codes(again(seam, method).errors, "error") == ["failed_to_issue"]

    assert again(seam, method).is_issued


def _text(timestamp):
    return datetime.fromtimestamp(timestamp, UTC).isoformat()


def test_grant_for_a_later_day_is_issued_while_the_lock_is_in_reach(seam, seam_sandbox, ada, lock):
    """Its PIN is fixed before it goes to the lock, which it does in time."""
    start = seam_sandbox.clock.now().timestamp() + 7 * 86400
    _, (method,) = grant_of(
        seam, ada, device_ids=[lock.device_id], starts_at=_text(start), ends_at=_text(start + 86400)
    )

    assert method.is_issued
    assert seam.access_codes.list(device_id=lock.device_id)[0].status == "unset"
    seam_sandbox.clock.advance(7 * 86400 + 1)
    assert seam.access_codes.list(device_id=lock.device_id)[0].status == "set"


def test_method_waits_for_all_its_locks(seam, seam_sandbox, ada, lock):
    """The one in reach has its code; the method is issued with the last."""
    other = seam_sandbox.create_device("schlage_lock")
    with seam_sandbox.disconnected(lock):
        _, (method,) = grant_of(seam, ada, device_ids=[lock.device_id, other.device_id])
        assert seam.access_codes.list(device_id=other.device_id)[0].status == "set"
        assert not again(seam, method).is_issued

    assert again(seam, method).is_issued


def test_issued_method_outlives_an_outage(seam, seam_sandbox, ada, lock):
    """The PIN is in the lock, so the method stays usable and tells nothing."""
    _, (method,) = grant_of(seam, ada, device_ids=[lock.device_id])
    with seam_sandbox.disconnected(lock), seam_sandbox.account_disconnected(lock.connected_account_id):
        seam_sandbox.clock.advance(6000)
        assert again(seam, method).is_issued

    assert method_events(seam_sandbox) == ["access_method.created", "access_method.issued"]


def test_lost_account_holds_up_a_new_grant(seam, seam_sandbox, ada, lock):
    """The code's status is unknown, the grant has no error of its own, and the account heals it."""
    with seam_sandbox.account_disconnected(lock.connected_account_id):
        grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id])
        assert (grant.errors, method.is_issued) == ([], False)
        assert seam.access_codes.list(device_id=lock.device_id)[0].status == "unknown"

    assert again(seam, method).is_issued


def test_expired_plan_holds_up_a_new_grant(seam, seam_sandbox, ada):
    """Codes need the plan."""
    nuki = seam_sandbox.create_device("nuki_lock")
    with seam_sandbox.subscription_expired(nuki):
        _, (method,) = grant_of(seam, ada, device_ids=[nuki.device_id])
        assert not method.is_issued

    assert again(seam, method).is_issued


def test_grant_deleted_over_an_offline_lock_stays_until_it_is_back(seam, seam_sandbox, ada, lock):
    """Both say that they are being deleted; asked again nothing more happens; the events come with the lock."""
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id])
    about = {"access_grant_id": grant.access_grant_id}
    with seam_sandbox.disconnected(lock):
        seam.access_grants.delete(**about)
        seam.access_grants.delete(**about)
        leaving = seam.access_grants.get(**about)
        assert codes(leaving.warnings, "warning") == codes(again(seam, method).warnings, "warning") == ["being_deleted"]
        assert leaving.display_status == again(seam, method).display_status == "Deleting"
        with seam_raises("invalid_input", status_code=400):
            seam.access_grants.request_access_methods(requested_access_methods=CODE, **about)
        seam.access_methods.delete(access_method_id=method.access_method_id)
        seam_sandbox.expect_no_event("access_grant.deleted")

    assert seam.access_grants.list() == []
    seam_sandbox.expect_event("access_method.deleted", count=1)
    seam_sandbox.expect_event("access_grant.deleted", count=1)


def test_person_takes_the_grant_along_whatever_the_lock_does(seam, seam_sandbox, ada, lock):
    """A grant without a person cannot be; the code goes when the lock is back."""
    grant_of(seam, ada, device_ids=[lock.device_id])
    with seam_sandbox.disconnected(lock):
        seam.user_identities.delete(user_identity_id=ada)
        assert seam.access_grants.list() == []
        assert seam.access_codes.list(device_id=lock.device_id)[0].status == "removing"

    assert seam.access_codes.list(device_id=lock.device_id) == []


def test_access_system_that_is_down_holds_up_new_methods(seam, seam_sandbox, ada, lobby):
    """A card waits for its system and says so; issued methods stay, and no door counts as lost."""
    account = lobby.connected_account_id
    seam_sandbox.create_acs_credential("cloud_key")
    door = {"acs_entrance_ids": [lobby.acs_entrance_id]}
    old, (key,) = grant_of(seam, ada, ["cloud_key"], **door)
    with seam_sandbox.account_disconnected(account):
        _, methods = grant_of(seam, ada, ["code", "card", "mobile_key", "cloud_key"], **door)
        card = methods[1]
        assert not any(method.is_issued for method in methods)
        assert (card.is_ready_for_assignment, card.is_ready_for_encoding) == (False, False)
        waiting = [one.mutation_code for one in card.pending_mutations]
        assert waiting == ["waiting_for_access_on_acs_system"]
        assert again(seam, key).is_issued
        seam_sandbox.clock.advance(1200)
        assert codes(again(seam, methods[3]).errors, "error") == ["failed_to_issue"]

    assert [again(seam, method).is_issued for method in methods] == [True, False, True, True]
    assert again(seam, card).is_ready_for_assignment
    assert again(seam, card).pending_mutations == []
    seam_sandbox.expect_no_event("access_grant.access_to_door_lost")
    assert seam.access_grants.get(access_grant_id=old.access_grant_id).errors == []


def test_grant_deleted_under_a_system_that_is_down_stays_until_it_is_back(seam, seam_sandbox, ada, lobby):
    """The credential cannot be taken back before."""
    grant, _ = grant_of(seam, ada, ["cloud_key"], acs_entrance_ids=[lobby.acs_entrance_id])
    with seam_sandbox.account_disconnected(lobby.connected_account_id):
        seam.access_grants.delete(access_grant_id=grant.access_grant_id)
        assert len(seam.acs.credentials.list()) == 1
        assert len(seam.access_grants.list()) == 1

    assert (seam.acs.credentials.list(), seam.access_grants.list()) == ([], [])


def test_lost_phone_leaves_the_method_issued(seam, seam_sandbox, ada, room):
    """Its key is revoked; the link serves for the next phone, which gets the key."""
    phone = seam_sandbox.create_phone(user_identity_id=ada)
    grant, (key,) = grant_of(seam, ada, ["mobile_key"], acs_entrance_ids=[room.acs_entrance_id], reservation_key="r1")
    assert len(seam.acs.credentials.list(is_multi_phone_sync_credential=False)) == 1

    with seam_sandbox.deactivated(phone, replace=True) as loss:
        assert seam.acs.credentials.list(is_multi_phone_sync_credential=False) == []
        assert again(seam, key).is_issued

    held = seam.acs.credentials.list(is_multi_phone_sync_credential=False)[0]
    assert seam.phones.list(acs_credential_id=held.acs_credential_id)[0].device_id == loss.replacement.device_id
    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).instant_key_url == key.instant_key_url
    assert method_events(seam_sandbox) == ["access_method.created", "access_method.issued"]


def test_mobile_key_is_issued_without_a_phone(seam, ada, room):
    """Its link is what is delivered; the credential waits for a phone."""
    _, (key,) = grant_of(seam, ada, ["mobile_key"], acs_entrance_ids=[room.acs_entrance_id], reservation_key="r1")

    assert (key.is_issued, seam.acs.credentials.list()[0].is_issued) == (True, False)


def test_deleted_device_leaves_its_method(seam, seam_sandbox, ada, lock):
    """The method keeps its other lock; with the last it goes, and the grant lacks what it names."""
    other = seam_sandbox.create_device("schlage_lock")
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id, other.device_id])

    seam.connected_accounts.delete(connected_account_id=lock.connected_account_id)
    left = seam.access_grants.get(access_grant_id=grant.access_grant_id)
    assert codes(left.warnings, "warning") == ["underprovisioned_access"]
    assert again(seam, method).is_issued
    seam.connected_accounts.delete(connected_account_id=other.connected_account_id)

    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).access_method_ids == []
    seam_sandbox.expect_event("access_method.deleted", count=1)
    seam_sandbox.expect_no_event("access_grant.deleted")


def test_unmanaged_device_leaves_its_method(seam, seam_sandbox, ada, lock):
    """Its code is nobody's then."""
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id])

    seam.devices.update(device_id=lock.device_id, is_managed=False)

    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).access_method_ids == []
    with seam_raises("access_method_not_found", status_code=404):
        again(seam, method)


def test_deleted_entrance_is_a_door_that_is_lost(seam, seam_sandbox, ada, lobby):
    """One event for each grant that reached it; a method without doors goes."""
    grant, _ = grant_of(seam, ada, ["cloud_key"], acs_entrance_ids=[lobby.acs_entrance_id])
    grant_of(seam, ada, device_ids=[seam_sandbox.create_device("august_lock").device_id])

    seam.connected_accounts.delete(connected_account_id=lobby.connected_account_id)

    seam_sandbox.expect_event(
        "access_grant.access_to_door_lost",
        count=1,
        access_grant_id=grant.access_grant_id,
        acs_entrance_id=lobby.acs_entrance_id,
    )
    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).access_method_ids == []


def test_code_or_credential_deleted_by_itself_leaves_the_method(seam, seam_sandbox, ada, lock, lobby):
    """The method has one door fewer: without the last it is deleted, and an entrance counts as lost."""
    grant, (code, key) = grant_of(
        seam, ada, ["code", "cloud_key"], device_ids=[lock.device_id], acs_entrance_ids=[lobby.acs_entrance_id]
    )
    pin = seam.access_codes.list(device_id=lock.device_id)[0]
    seam.access_codes.delete(access_code_id=pin.access_code_id)
    assert again(seam, code).is_issued
    credential = next(one for one in seam.acs.credentials.list() if one.access_method == "cloud_key")
    seam.acs.credentials.delete(acs_credential_id=credential.acs_credential_id)
    with seam_raises("access_method_not_found", status_code=404):
        again(seam, key)
    seam_sandbox.expect_no_event("access_grant.access_to_door_lost")
    credential = seam.acs.credentials.list()[0]
    seam.acs.credentials.delete(acs_credential_id=credential.acs_credential_id)

    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).access_method_ids == []
    seam_sandbox.expect_event("access_grant.access_to_door_lost", count=1, acs_entrance_id=lobby.acs_entrance_id)


@pytest.mark.parametrize(
    ("field", "code", "event"),
    [
        ("error", "failed_to_issue", "access_method.failed_to_issue"),
        ("warning", "delay_in_issuing", "access_method.delay_in_issuing"),
    ],
)
def test_mark_takes_a_method_out_of_service(seam, seam_sandbox, ada, lock, field, code, event):
    """As long as the mark is there; then the method is usable again."""
    _, (method,) = grant_of(seam, ada, device_ids=[lock.device_id])

    getattr(seam_sandbox, f"set_{field}")(method.access_method_id, code)
    seam_sandbox.clock.advance(3600)

    assert not again(seam, method).is_issued
    seam_sandbox.expect_event(event, count=1)
    getattr(seam_sandbox, f"clear_{field}")(method.access_method_id, code)
    assert again(seam, method).is_issued
    seam_sandbox.expect_event("access_method.reissued", count=1)


def test_refused_access_keeps_a_method_from_being_issued(seam, seam_sandbox, ada, lock):
    """It does not take back what was issued."""
    _, (issued,) = grant_of(seam, ada, device_ids=[lock.device_id])
    with seam_sandbox.disconnected(lock):
        _, (waiting,) = grant_of(seam, ada, device_ids=[lock.device_id])
        for method in (issued, waiting):
            seam_sandbox.set_error(method.access_method_id, "access_not_provisioned", message="The room is taken.")

    assert (again(seam, issued).is_issued, again(seam, waiting).is_issued) == (True, False)
    seam_sandbox.clear_error(waiting.access_method_id, "access_not_provisioned")
    assert again(seam, waiting).is_issued


def test_code_that_a_test_holds_back_holds_up_its_method(seam, seam_sandbox, ada, lock):
    """Also when its start is far away."""
    start = seam_sandbox.clock.now().timestamp() + 7 * 86400
    with seam_sandbox.disconnected(lock):
        _, (method,) = grant_of(
            seam, ada, device_ids=[lock.device_id], starts_at=_text(start), ends_at=_text(start + 86400)
        )
        code = seam.access_codes.list(device_id=lock.device_id)[0].access_code_id
        seam_sandbox.set_error(code, "failed_to_set_on_device")
    assert not again(seam, method).is_issued

    seam_sandbox.clear_error(code, "failed_to_set_on_device")
    assert again(seam, method).is_issued


def test_warning_about_a_device_needs_one(seam, seam_sandbox, ada, lobby):
    """A grant without devices cannot have it."""
    grant, _ = grant_of(seam, ada, ["cloud_key"], acs_entrance_ids=[lobby.acs_entrance_id])

    with pytest.raises(SandboxError, match="has no device that the warning could name"):
        seam_sandbox.set_warning(grant.access_grant_id, "device_does_not_support_access_codes")


def test_marks_on_a_grant(seam, seam_sandbox, ada, lock):
    """Each code shows with its fields; that methods could not be made is an event too."""
    grant, _ = grant_of(seam, ada, device_ids=[lock.device_id])
    about = {"access_grant_id": grant.access_grant_id}
    warnings = [
        "being_deleted",
        "device_does_not_support_access_codes",
        "device_time_constraints_violated",
        "overprovisioned_access",
        "requested_code_unavailable",
        "underprovisioned_access",
        "updating_access_times",
    ]

    for code in warnings:
        seam_sandbox.set_warning(grant.access_grant_id, code)
    seam_sandbox.set_error(grant.access_grant_id, "cannot_create_requested_access_methods")
    seam_sandbox.set_error(grant.access_grant_id, "access_not_provisioned")
    marked = seam.access_grants.get(**about)

    assert codes(marked.warnings, "warning") == warnings
    assert codes(marked.errors, "error") == ["cannot_create_requested_access_methods", "access_not_provisioned"]
    seam_sandbox.expect_event("access_grant.could_not_create_requested_access_methods", count=1)
    space = seam.spaces.create(name="Suite")
    seam.spaces.update(space_id=space.space_id, device_ids=[lock.device_id])
    for code in warnings:
        seam_sandbox.clear_warning(grant.access_grant_id, code)
    seam_sandbox.clear_error(grant.access_grant_id, "cannot_create_requested_access_methods")
    assert (seam.access_grants.get(**about).warnings, len(seam.access_grants.get(**about).errors)) == ([], 1)


def test_mark_that_names_missing_devices_tells_of_them(seam, seam_sandbox, ada, lock):
    """The event has the field of the error."""
    grant, _ = grant_of(seam, ada, device_ids=[lock.device_id])
    missing = {"missing_device_ids": [lock.device_id]}

    seam_sandbox.set_error(grant.access_grant_id, "cannot_create_requested_access_methods", **missing)

    seam_sandbox.expect_event("access_grant.could_not_create_requested_access_methods", **missing)


@pytest.fixture
def backed_up(seam, seam_sandbox):
    """A lock with backup codes."""
    device = seam_sandbox.create_device("august_lock")
    seam.devices.update(device_id=device.device_id, backup_access_code_pool_enabled=True)
    return device


def test_backup_code_stands_in_for_one_that_could_not_be_set(seam, seam_sandbox, ada, backed_up):
    """In a method of its own, which is issued at once; the one that failed goes with its last lock."""
    with seam_sandbox.disconnected(backed_up):
        grant, (method,) = grant_of(seam, ada, device_ids=[backed_up.device_id], ends_at="2990-01-01T00:00:00Z")
        seam_sandbox.clock.advance(1200)
        (split,) = seam.access_methods.list(access_grant_id=grant.access_grant_id)

    assert (split.is_issued, codes(split.warnings, "warning")) == (True, ["pulled_backup_access_code"])
    assert split.warnings[0].original_access_method_id == method.access_method_id
    assert [code.code for code in seam.access_codes.list(access_method_id=split.access_method_id)] == [split.code]
    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).requested_access_methods[
        0
    ].created_access_method_ids == [split.access_method_id]
    seam_sandbox.expect_event("access_method.issued", count=1, code=split.code, is_backup_code=True)
    seam_sandbox.expect_event("access_code.backup_access_code_pulled", count=1)
    seam_sandbox.expect_event("access_method.deleted", count=1, access_method_id=method.access_method_id)
    seam_sandbox.expect_no_event("access_method.failed_to_issue")
    assert again(seam, split).is_issued


def test_method_keeps_the_locks_without_backup_codes(seam, seam_sandbox, ada, lock, backed_up):
    """It fails for those that are offline, and is issued when they are back."""
    with seam_sandbox.disconnected(lock), seam_sandbox.disconnected(backed_up):
        devices = [lock.device_id, backed_up.device_id]
        grant, (method,) = grant_of(seam, ada, device_ids=devices, ends_at="2990-01-01T00:00:00Z")
        seam_sandbox.clock.advance(1200)
        assert codes(again(seam, method).errors, "error") == ["failed_to_issue"]
        assert len(seam.access_methods.list(access_grant_id=grant.access_grant_id)) == 2

    assert again(seam, method).is_issued
    assert len(seam.access_codes.list(device_id=lock.device_id)) == 1


def test_method_is_issued_for_its_other_locks(seam, seam_sandbox, ada, lock, backed_up):
    """Once the backup code has taken the lock that held it up."""
    with seam_sandbox.disconnected(backed_up):
        devices = [lock.device_id, backed_up.device_id]
        _, (method,) = grant_of(seam, ada, device_ids=devices, ends_at="2990-01-01T00:00:00Z")
        assert not method.is_issued
        seam_sandbox.clock.advance(1200)
        assert again(seam, method).is_issued

    seam_sandbox.expect_event("access_method.issued", count=2)
