"""Access methods: found, deleted, their cards assigned, and doors unlocked with a cloud key."""

import pytest
from seam.exceptions import SeamActionAttemptFailedError

from pytest_seam_sandbox import AccessMethod, Sandbox, seam_raises
from pytest_seam_sandbox.api.access_grants.methods import AccessMethodRow

pytestmark = pytest.mark.every_transport

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ada(seam_sandbox):
    return seam_sandbox.create_user_identity(full_name="Ada").user_identity_id


@pytest.fixture
def lock(seam_sandbox):
    return seam_sandbox.create_device("august_lock")


@pytest.fixture
def office(seam, seam_sandbox):
    """The entrances of a system that has all modes; its cards are assigned."""
    seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby", "Gym"])
    return seam.acs.entrances.list()


def grant_of(seam, ada, modes, **doors):
    """A grant with these modes, and its methods."""
    grant = seam.access_grants.create(
        user_identity_id=ada, requested_access_methods=[{"mode": mode} for mode in modes], **doors
    )
    return grant, seam.access_methods.list(access_grant_id=grant.access_grant_id)


def test_methods_are_found_by_grant_and_door(seam, seam_sandbox, ada, lock, office):
    """All filters have to match, and one of them is a grant or an entrance."""
    lobby, gym = (row.acs_entrance_id for row in office)
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id], acs_entrance_ids=[gym])
    grant, (code, key) = grant_of(
        seam, ada, ["code", "cloud_key"], acs_entrance_ids=[lobby], space_ids=[space.space_id]
    )
    other, _ = grant_of(seam, ada, ["cloud_key"], acs_entrance_ids=[lobby])
    pin = seam.access_codes.list(device_id=lock.device_id)[0].access_code_id
    about = {"access_grant_id": grant.access_grant_id}

    def found(**filters):
        return [one.access_method_id for one in seam.access_methods.list(**filters)]

    assert found(acs_entrance_id=gym) == found(**about) == [code.access_method_id, key.access_method_id]
    assert found(acs_entrance_id=lobby) == [*found(**about), *other.access_method_ids]
    assert found(device_id=lock.device_id, **about) == found(access_code_id=pin, **about) == [code.access_method_id]
    assert found(space_id=space.space_id, **about) == [code.access_method_id, key.access_method_id]
    assert found(space_id=NOBODY, **about) == found(access_grant_key="k") == found(access_code_id=NOBODY, **about) == []
    assert found(limit=1, **about) == [code.access_method_id]
    for filters in ({"device_id": lock.device_id}, {"space_id": space.space_id}, {"access_code_id": pin}):
        with seam_raises("invalid_input", status_code=400):
            seam.access_methods.list(**filters)


def test_deleted_method_leaves_the_others(seam, seam_sandbox, ada, office):
    """Its credential goes first; the request stays, without it, and no door counts as lost."""
    grant, (code, key) = grant_of(seam, ada, ["code", "cloud_key"], acs_entrance_ids=[office[0].acs_entrance_id])

    seam.access_methods.delete(access_method_id=code.access_method_id)

    left = seam.access_grants.get(access_grant_id=grant.access_grant_id)
    assert left.access_method_ids == [key.access_method_id]
    assert [one.created_access_method_ids for one in left.requested_access_methods] == [[], [key.access_method_id]]
    assert [one.access_method for one in seam.acs.credentials.list()] == ["cloud_key"]
    seam_sandbox.expect_event("access_method.deleted", count=1, access_method_id=code.access_method_id)
    seam_sandbox.expect_no_event("access_method.revoked")
    seam.access_methods.delete(access_method_id=key.access_method_id)
    seam_sandbox.expect_no_event("access_grant.access_to_door_lost")
    with seam_raises("access_method_not_found", status_code=404):
        seam.access_methods.delete(access_method_id=code.access_method_id)


def test_methods_of_a_grant_or_a_reservation_are_deleted_at_once(seam, seam_sandbox, ada, lock):
    """Their grants stay."""
    grant, _ = grant_of(seam, ada, ["code", "code"], device_ids=[lock.device_id], reservation_key="r1")
    seam.access_methods.delete(access_grant_id=grant.access_grant_id)
    seam.access_grants.request_access_methods(
        access_grant_id=grant.access_grant_id, requested_access_methods=[{"mode": "code"}]
    )
    seam.access_methods.delete(reservation_key="r1")

    assert seam.access_grants.list(reservation_key="r1")[0].access_method_ids == []
    seam_sandbox.expect_event("access_method.deleted", count=3)
    with seam_raises("access_grant_not_found", status_code=404):
        seam.access_methods.delete(reservation_key="r2")
    with seam_raises("invalid_input", status_code=400, match="exactly one"):
        seam.access_methods.delete(access_grant_id=grant.access_grant_id, reservation_key="r1")


def test_assigned_card_is_issued(seam, seam_sandbox, ada, office):
    """The attempt gives the method; the credential has the number and is issued before the method."""
    _, (card,) = grant_of(seam, ada, ["card"], acs_entrance_ids=[office[0].acs_entrance_id])
    before = len(seam_sandbox.events)

    attempt = seam.access_methods.assign_card(access_method_id=card.access_method_id, card_number="0815")

    assert (attempt.action_type, attempt.status) == ("ASSIGN_CREDENTIAL", "success")
    assert attempt.result.is_issued is True
    assert [event.event_type for event in seam_sandbox.events[before:]] == [
        "acs_credential.issued",
        "access_method.issued",
        "access_grant.access_granted_to_door",
        "access_grant.access_granted_to_all_doors",
    ]
    credential = seam.acs.credentials.list()[0]
    assert (credential.is_issued, credential.card_number) == (True, "0815")
    with seam_raises("invalid_input", status_code=400, match="is_ready_for_assignment"):
        seam.access_methods.assign_card(access_method_id=card.access_method_id, card_number="0816")


def test_card_of_another_cannot_be_assigned(seam, ada, office):
    """One method fits one card."""
    _, cards = grant_of(seam, ada, ["card", "card"], acs_entrance_ids=[office[0].acs_entrance_id])
    seam.access_methods.assign_card(access_method_id=cards[0].access_method_id, card_number="0815")

    for number in ("0815", " "):
        with pytest.raises(SeamActionAttemptFailedError) as failure:
            seam.access_methods.assign_card(access_method_id=cards[1].access_method_id, card_number=number)
        assert failure.value.code == "credential_not_found"
    assert not seam.access_methods.get(access_method_id=cards[1].access_method_id).is_issued


def test_card_of_a_deleted_method_cannot_be_assigned():
    """A pending attempt ends in error when its method is gone."""
    with Sandbox(action_attempts=10.0) as sandbox:
        entrance = _entrance(sandbox)
        seam = sandbox.client(wait_for_action_attempt=False)
        ada = sandbox.create_user_identity().user_identity_id
        _, (card,) = grant_of(seam, ada, ["card"], acs_entrance_ids=[entrance])
        attempt = seam.access_methods.assign_card(access_method_id=card.access_method_id, card_number="0815")
        seam.access_methods.delete(access_method_id=card.access_method_id)
        sandbox.clock.advance(10)

        ended = seam.action_attempts.get(action_attempt_id=attempt.action_attempt_id)

        assert (attempt.status, ended.status) == ("pending", "error")
        assert "deleted meanwhile" in ended.error.message


def _entrance(sandbox):
    system = sandbox.create_acs_system("salto_ks_site", entrances=["Lobby"])
    return sandbox.client().acs.entrances.list(acs_system_id=system.acs_system_id)[0].acs_entrance_id


@pytest.fixture
def hotel(seam, seam_sandbox):
    """The id of a door, and that of the encoder that writes the cards."""
    seam_sandbox.create_acs_system("visionline_system", entrances=["Lobby"])
    return seam.acs.entrances.list()[0].acs_entrance_id, seam.acs.encoders.list()[0].acs_encoder_id


def test_card_of_a_hotel_has_to_be_encoded(seam, seam_sandbox, ada, hotel):
    """Its event says so, and the flags; then it is issued, and needs no encoder any more."""
    door, encoder = hotel
    grant, (card,) = grant_of(seam, ada, ["card"], acs_entrance_ids=[door])
    about = {"access_method_id": card.access_method_id}

    assert (card.is_encoding_required, card.is_ready_for_encoding, card.is_assignment_required) == (True, True, False)
    assert card.display_status == "Awaiting encoding"
    seam_sandbox.expect_event("access_method.card_encoding_required", count=1, **about)
    with seam_raises("invalid_input", status_code=400, match="is_ready_for_assignment"):
        seam.access_methods.assign_card(card_number="0815", **about)
    attempt = seam.access_methods.encode(acs_encoder_id=encoder, **about)

    assert (attempt.action_type, attempt.status, attempt.result.is_issued) == ("ENCODE_CREDENTIAL", "success", True)
    assert seam.access_methods.get(**about).is_issued
    seam_sandbox.expect_event("access_method.issued", count=1, **about)
    seam_sandbox.expect_event("access_grant.access_granted_to_all_doors", access_grant_id=grant.access_grant_id)
    with seam_raises("invalid_input", status_code=400, match="is_ready_for_encoding"):
        seam.access_methods.encode(acs_encoder_id=encoder, **about)


def test_card_with_new_times_has_to_be_encoded_again(seam, seam_sandbox, ada, hotel):
    """It is out of service until then, and reissued by it."""
    door, encoder = hotel
    grant, (card,) = grant_of(seam, ada, ["card"], acs_entrance_ids=[door])
    about = {"access_method_id": card.access_method_id}
    seam.access_methods.encode(acs_encoder_id=encoder, **about)

    seam.access_grants.update(access_grant_id=grant.access_grant_id, ends_at="2990-01-01T00:00:00Z")

    waiting = seam.access_methods.get(**about)
    assert (waiting.is_issued, waiting.is_ready_for_encoding) == (False, True)
    assert seam.acs.credentials.list()[0].warnings[0].warning_code == "needs_to_be_reissued"
    seam_sandbox.expect_event("access_method.card_encoding_required", count=2)
    seam.acs.encoders.encode_credential(acs_encoder_id=encoder, **about)
    assert seam.access_methods.get(**about).is_issued
    seam_sandbox.expect_event("acs_credential.reissued", count=1)
    seam_sandbox.expect_event("access_method.reissued", count=1)


def test_card_that_could_not_be_encoded_waits(seam, seam_sandbox, ada, hotel):
    """The attempt fails; the method stays as it was, and the next attempt succeeds."""
    door, encoder = hotel
    _, (card,) = grant_of(seam, ada, ["card"], acs_entrance_ids=[door])
    about = {"access_method_id": card.access_method_id, "acs_encoder_id": encoder}
    seam.acs.encoders.simulate.next_credential_encode_will_fail(acs_encoder_id=encoder)

    with pytest.raises(SeamActionAttemptFailedError) as failure:
        seam.access_methods.encode(**about)

    assert failure.value.code == "no_credential_on_encoder"
    assert not seam.access_methods.get(access_method_id=card.access_method_id).is_issued
    assert seam.access_methods.encode(**about).status == "success"


def test_card_with_one_more_door_has_to_be_written_again(seam, seam_sandbox, ada, hotel):
    """The method stays issued, since the card opens its other doors."""
    _, encoder = hotel
    other = seam_sandbox.create_acs_system("hotek_site", entrances=["Room 1", "Room 2"]).acs_system_id
    first, second = (one.acs_entrance_id for one in seam.acs.entrances.list(acs_system_id=other))
    space = seam.spaces.create(name="Suite", acs_entrance_ids=[first])
    _, (card,) = grant_of(seam, ada, ["card"], space_ids=[space.space_id])
    about = {"access_method_id": card.access_method_id}
    with seam_raises("acs_system_mismatch", status_code=400):
        seam.access_methods.encode(acs_encoder_id=encoder, **about)
    with seam_raises("acs_encoder_not_found", status_code=404):
        seam.access_methods.encode(acs_encoder_id=NOBODY, **about)
    seam.access_methods.encode(acs_encoder_id=seam.acs.encoders.list(acs_system_id=other)[0].acs_encoder_id, **about)

    seam.spaces.add_acs_entrances(space_id=space.space_id, acs_entrance_ids=[second])

    assert seam.access_methods.get(**about).is_issued
    assert seam.acs.credentials.list()[0].warnings[0].warning_code == "needs_to_be_reissued"


def test_encoder_writes_what_belongs_to_no_grant(seam, seam_sandbox, hotel):
    """A card of its own has no access method, and an unknown method no card."""
    card = seam_sandbox.create_acs_credential("card")
    encoder = seam.acs.encoders.list(acs_system_id=card.acs_system_id)[0].acs_encoder_id

    attempt = seam.acs.encoders.encode_credential(acs_encoder_id=encoder, acs_credential_id=card.acs_credential_id)

    assert attempt.status == "success"
    with seam_raises("access_method_not_found", status_code=404):
        seam.acs.encoders.encode_credential(acs_encoder_id=encoder, access_method_id=NOBODY)


def test_only_cards_are_encoded_and_assigned(seam, ada, office):
    """Another mode is refused, and a card that waits for no encoder."""
    _, (code, card) = grant_of(seam, ada, ["code", "card"], acs_entrance_ids=[office[0].acs_entrance_id])

    with seam_raises("invalid_input", status_code=400, match="has the mode code"):
        seam.access_methods.assign_card(access_method_id=code.access_method_id, card_number="0815")
    with seam_raises("invalid_input", status_code=400, match="is_ready_for_encoding"):
        seam.access_methods.encode(access_method_id=card.access_method_id, acs_encoder_id=NOBODY)


def test_cloud_key_unlocks_its_doors(seam, seam_sandbox, ada, office):
    """Other doors, other modes and a system that is down do not work."""
    lobby, gym = office
    _, (key, code) = grant_of(seam, ada, ["cloud_key", "code"], acs_entrance_ids=[lobby.acs_entrance_id])
    about = {"access_method_id": key.access_method_id}

    attempt = seam.access_methods.unlock_door(acs_entrance_id=lobby.acs_entrance_id, **about)

    assert (attempt.action_type, attempt.status) == ("UNLOCK_DOOR", "success")
    for entrance, status in ((gym.acs_entrance_id, 404), (NOBODY, 404)):
        with seam_raises("acs_entrance_not_found", status_code=status):
            seam.access_methods.unlock_door(acs_entrance_id=entrance, **about)
    with seam_raises("invalid_input", status_code=400):
        seam.access_methods.unlock_door(acs_entrance_id=lobby.acs_entrance_id, access_method_id=code.access_method_id)
    seam.connected_accounts.simulate.disconnect(connected_account_id=lobby.connected_account_id)
    with pytest.raises(SeamActionAttemptFailedError) as failure:
        seam.access_methods.unlock_door(acs_entrance_id=lobby.acs_entrance_id, **about)
    assert failure.value.code == "uncategorized_error"


def test_related_resources_come_in_one_batch(seam, ada, lock, office):
    """The doors, the grant, the credentials, the link and its session."""
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id])
    grant, (code, key) = grant_of(
        seam, ada, ["code", "mobile_key"], acs_entrance_ids=[office[0].acs_entrance_id], space_ids=[space.space_id]
    )

    batch = seam.access_methods.get_related(access_method_ids=[code.access_method_id, key.access_method_id])

    def ids(name, field):
        return [one[field] for one in getattr(batch, name)]

    assert ids("spaces", "space_id") == [space.space_id]
    assert ids("devices", "device_id") == [lock.device_id]
    assert ids("acs_entrances", "acs_entrance_id") == [office[0].acs_entrance_id]
    assert ids("access_grants", "access_grant_id") == [grant.access_grant_id]
    assert ids("access_methods", "access_method_id") == [code.access_method_id, key.access_method_id]
    assert ids("instant_keys", "instant_key_url") == [key.instant_key_url]
    assert ids("client_sessions", "token") == [key.client_session_token]
    assert ids("acs_credentials", "access_method") == ["code", "mobile_key"]
    with seam_raises("access_method_not_found", status_code=404):
        seam.access_methods.get_related(access_method_ids=[NOBODY])


def test_unmanaged_methods_are_a_world_of_their_own(seam, seam_sandbox, ada, lock):
    """Found by their own paths only."""
    grant, (code,) = grant_of(seam, ada, ["code"], device_ids=[lock.device_id])
    about = {"access_grant_id": grant.access_grant_id}
    assert seam.access_methods.unmanaged.list(**about) == []
    table = seam_sandbox._backend.workspace[AccessMethodRow]
    table.put(table[code.access_method_id].but(is_managed=False))

    found = seam.access_methods.unmanaged.list(device_id=lock.device_id, **about)

    assert found == [seam.access_methods.unmanaged.get(access_method_id=code.access_method_id)]
    assert (found[0].code, seam.access_methods.list(**about)) == (code.code, [])
    assert seam.access_methods.unmanaged.list(acs_entrance_id=NOBODY, **about) == []
    with seam_raises("access_method_not_found", status_code=404):
        seam.access_methods.get(access_method_id=code.access_method_id)


def test_portal_sees_the_methods_of_its_customer(seam, seam_sandbox, ada, lock):
    """Another's method is not found."""
    _, (code,) = grant_of(seam, ada, ["code"], device_ids=[lock.device_id])
    token = seam.client_sessions.create(customer_key="acme").token
    http = seam_sandbox.http(headers={"authorization": f"Bearer {token}"})

    answer = http.post("/access_methods/delete", json={"access_method_id": code.access_method_id})

    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "access_method_not_found")


def test_model_reads_the_answer(seam_sandbox, seam, ada, lock):
    """The exported model has the fields by attribute."""
    _, (code,) = grant_of(seam, ada, ["code"], device_ids=[lock.device_id])

    body = {"access_method_id": code.access_method_id}
    answer = seam_sandbox.http().post("/access_methods/get", json=body).json()

    assert AccessMethod.model_validate(answer["access_method"]).code == code.code
