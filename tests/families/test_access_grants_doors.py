"""The doors of access grants: spaces whose members change, PINs that locks can share, and what no lock takes."""

from datetime import UTC, datetime

import pytest

from pytest_seam_sandbox import seam_raises

FAR = "2990-01-01T00:00:00Z"


@pytest.fixture
def ada(seam_sandbox):
    return seam_sandbox.create_user_identity(full_name="Ada").user_identity_id


@pytest.fixture
def lock(seam_sandbox):
    return seam_sandbox.create_device("august_lock")


@pytest.fixture
def office(seam, seam_sandbox):
    """The ids of two entrances that all modes open."""
    seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby", "Gym"])
    return [row.acs_entrance_id for row in seam.acs.entrances.list()]


def grant_of(seam, ada, *requests, **given):
    """A grant with these requests, and its methods; without any: one for a PIN."""
    asked = [{"mode": one} if isinstance(one, str) else one for one in requests or ("code",)]
    grant = seam.access_grants.create(user_identity_id=ada, requested_access_methods=asked, **given)
    return grant, seam.access_methods.list(access_grant_id=grant.access_grant_id)


def pins(seam, *devices):
    return [code.code for device in devices for code in seam.access_codes.list(device_id=device.device_id)]


def again(seam, resource):
    if hasattr(resource, "mode"):
        return seam.access_methods.get(access_method_id=resource.access_method_id)
    return seam.access_grants.get(access_grant_id=resource.access_grant_id)


def codes(conditions, word="warning"):
    return [getattr(one, f"{word}_code") for one in conditions]


def mutations(resource):
    return [one.mutation_code for one in resource.pending_mutations]


def grant_events(sandbox):
    return [event.event_type for event in sandbox.events if event.event_type.startswith("access_grant.")]


# spaces


def test_new_member_gets_the_same_pin(seam, seam_sandbox, ada, lock):
    """The method stays as it is; all doors work again once the new one does."""
    other = seam_sandbox.create_device("schlage_lock")
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id])
    grant, (method,) = grant_of(seam, ada, space_ids=[space.space_id])

    seam.spaces.add_devices(space_id=space.space_id, device_ids=[other.device_id])

    assert pins(seam, lock, other) == [method.code] * 2
    assert again(seam, grant).access_method_ids == [method.access_method_id]
    assert (again(seam, grant).warnings, mutations(again(seam, grant))) == ([], [])
    assert grant_events(seam_sandbox) == ["access_grant.created", *["access_grant.access_granted_to_all_doors"] * 2]
    seam_sandbox.expect_no_event("access_method.revoked")


def test_new_member_that_is_offline_is_under_way(seam, seam_sandbox, ada, lock):
    """Grant and method say what changes, from which devices to which."""
    other = seam_sandbox.create_device("schlage_lock")
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id])
    grant, (method,) = grant_of(seam, ada, space_ids=[space.space_id])
    with seam_sandbox.disconnected(other):
        seam.spaces.add_devices(space_id=space.space_id, device_ids=[other.device_id])
        changing, pending = again(seam, grant), again(seam, method)
        assert (codes(changing.warnings), mutations(changing)) == (["underprovisioned_access"], ["updating_spaces"])
        assert (mutations(pending), pending.is_issued) == (["provisioning_access"], True)
        for change in (changing.pending_mutations[0], pending.pending_mutations[0]):
            assert change.from_.device_ids == [lock.device_id]
            assert change.to.device_ids == [lock.device_id, other.device_id]

    assert (again(seam, grant).warnings, mutations(again(seam, method))) == ([], [])


@pytest.mark.parametrize("further", [False, True])
def test_new_member_that_is_deleted_under_way(seam, seam_sandbox, ada, lock, further):
    """Nothing names it any more: what changes is the rest, if there is one."""
    other, third = (seam_sandbox.create_device(kind) for kind in ("schlage_lock", "august_lock"))
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id])
    grant, (method,) = grant_of(seam, ada, space_ids=[space.space_id])
    for device in (other, third):
        seam.devices.simulate.disconnect(device_id=device.device_id)
    added = [other.device_id, *([third.device_id] if further else [])]
    seam.spaces.add_devices(space_id=space.space_id, device_ids=added)

    seam.connected_accounts.delete(connected_account_id=other.connected_account_id)

    changes = [change for row in (again(seam, grant), again(seam, method)) for change in row.pending_mutations]
    assert [change.to.device_ids for change in changes] == [[lock.device_id, third.device_id]] * (2 * further)


def test_device_that_is_deleted_leaves_other_changes_under_way(seam, seam_sandbox, ada, lock):
    """Times that an offline lock does not have yet name no devices."""
    other = seam_sandbox.create_device("schlage_lock")
    grant, (method,) = grant_of(seam, ada, device_ids=[lock.device_id, other.device_id])
    seam.devices.simulate.disconnect(device_id=lock.device_id)
    seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at=FAR)
    before = [again(seam, row).pending_mutations for row in (grant, method)]

    seam.connected_accounts.delete(connected_account_id=other.connected_account_id)

    assert mutations(again(seam, grant)) == ["updating_access_times"]
    assert [again(seam, row).pending_mutations for row in (grant, method)] == before


def test_former_member_loses_its_code(seam, seam_sandbox, ada, lock):
    """While it is offline the code stays, and grant and method say so."""
    other = seam_sandbox.create_device("schlage_lock")
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id, other.device_id])
    grant, (method,) = grant_of(seam, ada, space_ids=[space.space_id])
    with seam_sandbox.disconnected(other):
        seam.spaces.remove_devices(space_id=space.space_id, device_ids=[other.device_id])
        assert codes(again(seam, grant).warnings) == ["overprovisioned_access"]
        assert mutations(again(seam, method)) == ["revoking_access"]

    assert (pins(seam, other), again(seam, grant).warnings, mutations(again(seam, method))) == ([], [], [])
    assert again(seam, method).is_issued


def test_member_that_the_grant_has_otherwise_stays(seam, seam_sandbox, ada, lock):
    """By its id, or through another space."""
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id])
    twin = seam.spaces.create(name="House", device_ids=[lock.device_id])
    grant_of(seam, ada, space_ids=[space.space_id, twin.space_id])
    grant_of(seam, ada, space_ids=[space.space_id], device_ids=[lock.device_id])

    seam.spaces.delete(space_id=space.space_id)

    assert len(pins(seam, lock)) == 2
    assert all(grant.pending_mutations == [] for grant in seam.access_grants.list())


def test_deleted_space_takes_its_doors_along(seam, seam_sandbox, ada, lock, office):
    """The grant stays, without methods, and tells of the entrance."""
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id], acs_entrance_ids=office[:1])
    grant, _ = grant_of(seam, ada, "code", "cloud_key", space_ids=[space.space_id])

    seam.spaces.delete(space_id=space.space_id)

    assert (again(seam, grant).space_ids, again(seam, grant).access_method_ids) == ([], [])
    assert (pins(seam, lock), seam.acs.credentials.list()) == ([], [])
    seam_sandbox.expect_event("access_grant.access_to_door_lost", count=1, acs_entrance_id=office[0])


def test_entrances_come_and_go_with_their_space(seam, seam_sandbox, ada, office):
    """The credential has one door more or fewer, and each has its event, again when it comes back."""
    space = seam.spaces.create(name="Suite", acs_entrance_ids=office[:1])
    grant, (key, code, card) = grant_of(seam, ada, "cloud_key", "code", "card", space_ids=[space.space_id])
    about = {"space_id": space.space_id, "acs_entrance_ids": office[1:]}

    seam.spaces.add_acs_entrances(**about)
    opened = seam.acs.entrances.list(access_method_id=key.access_method_id)
    seam.spaces.remove_acs_entrances(**about)
    seam.spaces.add_acs_entrances(**about)

    assert [row.acs_entrance_id for row in opened] == office
    assert len(seam.acs.credentials.list()) == 3
    assert again(seam, grant).access_method_ids == [one.access_method_id for one in (key, code, card)]
    doors = [event.event_type.split(".")[1] for event in seam_sandbox.events if event.acs_entrance_id == office[1]]
    assert doors == ["added", "access_granted_to_door", "access_to_door_lost", "access_granted_to_door"]


def test_withdrawn_method_does_not_come_back(seam, seam_sandbox, ada, lock):
    """A method that a client has deleted gets no successor when the doors change."""
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id])
    grant, (method,) = grant_of(seam, ada, space_ids=[space.space_id])
    seam.access_methods.delete(access_method_id=method.access_method_id)

    other = seam_sandbox.create_device("schlage_lock")
    seam.spaces.add_devices(space_id=space.space_id, device_ids=[other.device_id])

    assert (again(seam, grant).access_method_ids, pins(seam, lock, other)) == ([], [])


def test_cards_are_made_for_each_access_system(seam, seam_sandbox, ada, office):
    """Other modes have one method for all systems."""
    seam_sandbox.create_acs_system("kisi_organization", entrances=["Roof", "Cellar"])
    doors = [row.acs_entrance_id for row in seam.acs.entrances.list()]
    space = seam.spaces.create(name="Suite", acs_entrance_ids=doors[1:3])

    _, methods = grant_of(seam, ada, "card", "mobile_key", space_ids=[space.space_id])
    seam.spaces.add_acs_entrances(space_id=space.space_id, acs_entrance_ids=[doors[0], doors[3]])

    assert [method.mode for method in methods] == ["card", "card", "mobile_key"]
    assert len(seam.access_methods.list(acs_entrance_id=doors[0])) == 2
    assert len(seam.access_methods.list(acs_entrance_id=doors[3])) == 2
    assert len(seam.acs.credentials.list()) == 4


def test_mobile_key_needs_a_credential_manager(seam, seam_sandbox, ada):
    """A hotel system that lost its own cannot hand out one."""
    seam_sandbox.create_acs_system("visionline_system", entrances=["Lobby"])
    manager = next(one for one in seam.acs.systems.list() if one.is_credential_manager)
    seam.connected_accounts.delete(connected_account_id=manager.connected_account_id)
    door = seam.acs.entrances.list()[0].acs_entrance_id

    grant, methods = grant_of(seam, ada, "mobile_key", acs_entrance_ids=[door])

    assert (methods, codes(grant.errors, "error")) == ([], ["cannot_create_requested_access_methods"])


def test_space_of_a_grant_that_is_over_changes_nothing(seam, seam_sandbox, ada, lock):
    """Its new member gets no code."""
    space = seam.spaces.create(name="Suite", device_ids=[])
    end = _text(seam_sandbox.clock.now().timestamp() + 60)
    grant_of(seam, ada, space_ids=[space.space_id], ends_at=end)
    seam_sandbox.clock.advance(120)

    seam.spaces.add_devices(space_id=space.space_id, device_ids=[lock.device_id])

    assert pins(seam, lock) == []


def test_error_that_stays_is_told_once(seam, seam_sandbox, ada, lock):
    """A further member that does not help either is no news."""
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id])
    grant, _ = grant_of(seam, ada, "card", space_ids=[space.space_id])

    other = seam_sandbox.create_device("schlage_lock")
    seam.spaces.add_devices(space_id=space.space_id, device_ids=[other.device_id])

    assert codes(again(seam, grant).errors, "error") == ["cannot_create_requested_access_methods"]
    seam_sandbox.expect_event("access_grant.could_not_create_requested_access_methods", count=1)


def test_member_that_comes_before_the_start_gets_its_code_then(seam, seam_sandbox, ada, lock):
    """A grant without an end has its codes from its start on; an entrance has one at once, of its own."""
    panel = seam_sandbox.create_device("butterflymx_panel")
    seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby"])
    door = seam.acs.entrances.list()[0].acs_entrance_id
    space = seam.spaces.create(name="Suite", device_ids=[panel.device_id], acs_entrance_ids=[door])
    start = _text(seam_sandbox.clock.now().timestamp() + 3600)
    _, methods = grant_of(seam, ada, space_ids=[space.space_id], starts_at=start)
    assert [method.code is None for method in methods] == [True, False]

    seam.spaces.add_devices(space_id=space.space_id, device_ids=[lock.device_id])
    other = seam_sandbox.create_device("schlage_lock")
    seam.spaces.add_devices(space_id=space.space_id, device_ids=[other.device_id])
    assert pins(seam, panel, lock, other) == []
    seam_sandbox.clock.advance(3600)

    assert pins(seam, lock) == pins(seam, other)
    assert len(pins(seam, panel)) == 1


def test_offline_code_of_a_former_member_cannot_be_taken_back(seam, seam_sandbox, ada):
    """It works until its end; the grant names the device."""
    door = seam_sandbox.create_device("dormakaba_oracode_door")
    space = seam.spaces.create(name="Suite", device_ids=[door.device_id])
    times = {"starts_at": "2990-01-02T00:00:00Z", "ends_at": "2990-01-03T19:00:00Z"}
    grant, (method,) = grant_of(seam, ada, space_ids=[space.space_id], **times)

    seam.spaces.remove_devices(space_id=space.space_id, device_ids=[door.device_id])

    warning = again(seam, grant).warnings[-1]
    assert (warning.warning_code, warning.failed_devices[0].device_id) == ("overprovisioned_access", door.device_id)
    assert pins(seam, door) == [method.code]


# PINs


def test_locks_share_a_pin_where_they_can(seam, seam_sandbox, ada, lock):
    """One method for all, of a length that each of them takes; the codes have a common key."""
    nuki = seam_sandbox.create_device("nuki_lock")

    _, methods = grant_of(seam, ada, device_ids=[lock.device_id, nuki.device_id])

    assert (len(methods), len(methods[0].code)) == (1, 6)
    assert pins(seam, lock, nuki) == [methods[0].code] * 2
    keys = {code.common_code_key for code in seam.access_codes.list(access_method_id=methods[0].access_method_id)}
    assert len(keys) == 1
    assert None not in keys


def test_requested_pin_is_used_where_it_can_be(seam, seam_sandbox, ada, lock):
    """Another lock has one of its own, in a method of its own, with a warning that names both."""
    nuki = seam_sandbox.create_device("nuki_lock")

    grant, methods = grant_of(seam, ada, {"mode": "code", "code": "2468"}, device_ids=[lock.device_id, nuki.device_id])

    other = pins(seam, nuki)[0]
    assert (pins(seam, lock), [method.code for method in methods]) == (["2468"], ["2468", other])
    assert grant.requested_access_methods[0].created_access_method_ids == [one.access_method_id for one in methods]
    warning = grant.warnings[0]
    assert (warning.warning_code, warning.device_id) == ("requested_code_unavailable", nuki.device_id)
    assert (warning.original_code, warning.new_code) == ("2468", other)


def test_requested_pin_that_is_taken_is_another(seam, ada, lock):
    """A code of the lock has it; the warning stays, once."""
    seam.access_codes.create(device_id=lock.device_id, code="2468")
    grant, (method,) = grant_of(seam, ada, {"mode": "code", "code": "2468"}, device_ids=[lock.device_id], ends_at=FAR)

    seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at=FAR.replace("2990", "2991"))

    assert method.code != "2468"
    assert codes(again(seam, grant).warnings) == ["requested_code_unavailable"]


def test_salto_locks_share_a_generated_pin(seam, seam_sandbox, ada, lock):
    """With several of them the requested one is ignored for them; for one alone it is used."""
    locks = [seam_sandbox.create_device("salto_lock") for _ in range(2)]
    asked = {"mode": "code", "code": "246813"}

    _, methods = grant_of(seam, ada, asked, device_ids=[lock.device_id, *(one.device_id for one in locks)])
    _, (alone,) = grant_of(seam, ada, asked, device_ids=[locks[0].device_id])

    assert (methods[0].code, alone.code) == ("246813", "246813")
    assert {*pins(seam, locks[1])} == {methods[1].code} != {"246813"}
    assert pins(seam, locks[0])[0] == methods[1].code


def test_lock_that_chooses_its_pins_has_its_own(seam, seam_sandbox, ada, lock):
    """No warning where none was asked for."""
    panel = seam_sandbox.create_device("butterflymx_panel")

    grant, methods = grant_of(seam, ada, device_ids=[lock.device_id, panel.device_id])

    assert (len(methods), grant.warnings) == (2, [])
    assert pins(seam, lock, panel) == [method.code for method in methods]


def test_person_has_the_same_pin_again_where_it_is_free(seam, seam_sandbox, ada, lock, office):
    """At another lock and another door; at the same lock it is taken."""
    other = seam_sandbox.create_device("schlage_lock")
    _, (first,) = grant_of(seam, ada, device_ids=[lock.device_id])
    bob = seam_sandbox.create_user_identity().user_identity_id

    _, (second,) = grant_of(seam, ada, device_ids=[other.device_id])
    _, (third,) = grant_of(seam, ada, device_ids=[lock.device_id])
    _, (at_door,) = grant_of(seam, ada, acs_entrance_ids=office)
    _, (of_bob,) = grant_of(seam, bob, acs_entrance_ids=office)

    assert second.code == at_door.code == first.code
    assert third.code != first.code
    assert len(of_bob.code) == 4


def test_lock_that_is_removed_has_no_method(seam, seam_sandbox, ada, lock):
    """Nothing can be made there."""
    seam_sandbox.set_error(lock.device_id, "device_removed")

    grant, methods = grant_of(seam, ada, device_ids=[lock.device_id])

    assert (methods, grant.errors[0].missing_device_ids) == ([], [lock.device_id])


def test_lock_of_another_length_has_its_own_pin(seam, seam_sandbox, ada):
    """There is none that both take."""
    locks = [seam_sandbox.create_device("schlage_lock") for _ in range(2)]
    for device, length in zip(locks, (4, 8), strict=True):
        seam.access_codes.report_device_constraints(device_id=device.device_id, supported_code_lengths=[length])

    _, methods = grant_of(seam, ada, device_ids=[one.device_id for one in locks])

    assert [len(method.code) for method in methods] == [4, 8]


def test_lock_without_a_free_pin_is_missing(seam, seam_sandbox, ada, lock):
    """The others have theirs; error and event name the device, until it gets one."""
    full = seam_sandbox.create_device("yale_lock")
    seam.access_codes.report_device_constraints(device_id=full.device_id, supported_code_lengths=[4])
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id, full.device_id])
    seam_sandbox.set_error(full.device_id, "device_removed")

    grant, methods = grant_of(seam, ada, space_ids=[space.space_id])

    assert len(methods) == 1
    assert grant.errors[0].missing_device_ids == [full.device_id]
    seam_sandbox.expect_event(
        "access_grant.could_not_create_requested_access_methods", count=1, missing_device_ids=[full.device_id]
    )
    seam_sandbox.clear_error(full.device_id, "device_removed")
    other = seam_sandbox.create_device("schlage_lock")
    seam.spaces.add_devices(space_id=space.space_id, device_ids=[other.device_id])
    assert (again(seam, grant).errors, len(pins(seam, full))) == ([], 1)


# what locks do not take


def test_lock_without_codes_is_left_out(seam, seam_sandbox, ada, lock):
    """With a warning; a thermostat that sits in the space has none, unless the grant names it."""
    akuvox = seam_sandbox.create_device("akuvox_lock")
    thermostat = seam_sandbox.create_device("ecobee_thermostat")
    members = [lock.device_id, akuvox.device_id, thermostat.device_id]
    space = seam.spaces.create(name="Suite", device_ids=members)

    grant, methods = grant_of(seam, ada, space_ids=[space.space_id])
    named, _ = grant_of(seam, ada, device_ids=[thermostat.device_id, lock.device_id])

    assert (len(methods), [warning.device_id for warning in grant.warnings]) == (1, [akuvox.device_id])
    assert codes(grant.warnings) == codes(named.warnings) == ["device_does_not_support_access_codes"]
    seam_sandbox.expect_event("access_grant.access_granted_to_all_doors", count=1)
    seam.spaces.remove_devices(space_id=space.space_id, device_ids=[akuvox.device_id])
    assert again(seam, grant).warnings == []


@pytest.mark.parametrize(
    ("device_type", "times", "reason"),
    [
        ("dormakaba_oracode_door", {}, "ongoing_not_supported"),
        ("dormakaba_oracode_door", {"ends_at": FAR}, "duration_exceeds_max"),
        (
            "dormakaba_oracode_door",
            {"starts_at": "2989-12-31T03:00:00Z", "ends_at": "2989-12-31T05:00:00Z"},
            "times_do_not_match_slots",
        ),
        ("kwikset_lock", {"ends_at": FAR}, "times_do_not_match_slots"),
    ],
)
def test_window_that_a_lock_does_not_take(seam, seam_sandbox, ada, lock, device_type, times, reason):
    """It is left out, with the reason, and missing; the others have their codes."""
    picky = seam_sandbox.create_device(device_type)

    grant, methods = grant_of(seam, ada, device_ids=[lock.device_id, picky.device_id], **times)

    assert (len(methods), pins(seam, picky)) == (1, [])
    warning = grant.warnings[0]
    assert (warning.warning_code, warning.device_id) == ("device_time_constraints_violated", picky.device_id)
    assert (warning.reason, grant.errors[0].missing_device_ids) == (reason, [picky.device_id])


def test_window_is_looked_at_again_when_it_changes(seam, seam_sandbox, ada, lock):
    """A lock that does not take the new times loses its code, and has one again when it does."""
    kwikset = seam_sandbox.create_device("kwikset_lock")
    later, end = FAR, FAR.replace("2990", "2991")
    grant, _ = grant_of(seam, ada, device_ids=[lock.device_id, kwikset.device_id], starts_at=later, ends_at=end)
    about = {"access_grant_id": grant.access_grant_id}
    assert len(pins(seam, kwikset)) == 1

    seam.access_grants.update(starts_at="2001-01-01T00:00:00Z", **about)
    assert (pins(seam, kwikset), codes(again(seam, grant).warnings)) == ([], ["device_time_constraints_violated"])
    seam.access_grants.update(starts_at=later, **about)

    assert (len(pins(seam, kwikset)), again(seam, grant).warnings) == (1, [])
    assert again(seam, grant).errors == []


def test_stay_that_has_begun_can_be_extended_on_a_lock_that_takes_future_starts(seam, seam_sandbox, ada):
    """Its code keeps its start, so only the end counts."""
    kwikset = seam_sandbox.create_device("kwikset_lock")
    start = seam_sandbox.clock.now().timestamp() + 60
    from_soon = {"starts_at": _text(start), "ends_at": FAR}
    grant, _ = grant_of(seam, ada, device_ids=[kwikset.device_id], **from_soon)
    seam_sandbox.clock.advance(120)

    seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at=FAR.replace("2990", "2991"))

    assert len(pins(seam, kwikset)) == 1
    assert again(seam, grant).warnings == []


def _text(timestamp):
    return datetime.fromtimestamp(timestamp, UTC).isoformat()


# reservations


@pytest.fixture
def hotel(seam, seam_sandbox):
    """The ids of two rooms and the lobby of a hotel."""
    seam_sandbox.create_acs_system("visionline_system", entrances=["Room 101", "Room 102", "Lobby"])
    rows = seam.acs.entrances.list()
    assert [row.can_belong_to_reservation for row in rows] == [True, True, False]
    return [row.acs_entrance_id for row in rows]


def test_guest_room_needs_a_reservation(seam, ada, hotel):
    """Common doors do not, nor do the doors of other systems."""
    with seam_raises("reservation_key_required", status_code=400):
        grant_of(seam, ada, "mobile_key", acs_entrance_ids=hotel)

    assert grant_of(seam, ada, "mobile_key", acs_entrance_ids=hotel[2:])[1][0].is_issued
    with seam_raises("reservation_key_not_supported", status_code=400):
        grant_of(seam, ada, "mobile_key", acs_entrance_ids=hotel[2:], reservation_key="r1")


def test_joiners_have_the_doors_of_the_first_or_fewer(seam, ada, hotel):
    """More of them, and others, are refused in two ways."""
    both, first, second = hotel[:2], hotel[:1], hotel[1:2]
    grant_of(seam, ada, "card", acs_entrance_ids=first, reservation_key="r1")
    grant_of(seam, ada, "card", acs_entrance_ids=[*first, hotel[2]], reservation_key="r1")
    grant_of(seam, ada, "card", acs_entrance_ids=both, reservation_key="r2")
    grant_of(seam, ada, "card", acs_entrance_ids=second, reservation_key="r2")

    with seam_raises("reservation_joiner_entrance_set_conflict", status_code=409):
        grant_of(seam, ada, "card", acs_entrance_ids=both, reservation_key="r1")
    with seam_raises("reservation_entrance_change_requires_cleanup", status_code=409):
        grant_of(seam, ada, "card", acs_entrance_ids=second, reservation_key="r1")
    assert len(seam.access_grants.list(reservation_key="r1")) == 2


def test_reservation_has_one_time(seam, ada, hotel, lock):
    """Windows that only touch do not overlap; a grant over a lock alone joins as well."""
    times = {"starts_at": "2990-01-01T00:00:00Z", "ends_at": "2990-01-02T00:00:00Z"}
    grant_of(seam, ada, device_ids=[lock.device_id], reservation_key="r1", **times)
    grant_of(seam, ada, "card", acs_entrance_ids=hotel[:1], reservation_key="r1", **times)

    for other in (
        {"starts_at": "2990-01-02T00:00:00Z"},
        {"starts_at": "2989-01-01T00:00:00Z", "ends_at": "2990-01-01T00:00:00Z"},
    ):
        with seam_raises("reservation_time_frames_must_overlap", status_code=409):
            grant_of(seam, ada, "card", acs_entrance_ids=hotel[:1], reservation_key="r1", **other)
