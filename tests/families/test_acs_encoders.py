"""Card encoders: writing cards, reading them, and what a test wants to happen next."""

from datetime import UTC, datetime, timedelta

import pytest

from pytest_seam_sandbox import Sandbox, seam_raises

NOTHING = "00000000-0000-4000-8000-000000000000"
NOON = datetime(2050, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(seam_sandbox):
    seam_sandbox.clock.freeze(NOON)


@pytest.fixture
def hotel(seam_sandbox):
    return seam_sandbox.create_acs_system("visionline_system", entrances=["Room 101"])


@pytest.fixture
def encoder(seam, hotel):
    (found,) = seam.acs.encoders.list(acs_system_id=hotel.acs_system_id)
    return found


@pytest.fixture
def guest(seam, hotel):
    return seam.acs.users.create(acs_system_id=hotel.acs_system_id, full_name="Ada")


@pytest.fixture
def card(seam, guest):
    return make_card(seam, guest)


def make_card(seam, guest):
    return seam.acs.credentials.create(
        access_method="card", acs_user_id=guest.acs_user_id, ends_at="2050-01-05T12:00:00Z"
    )


def encode(seam, encoder, card, **options):
    return seam.acs.encoders.encode_credential(
        acs_encoder_id=encoder.acs_encoder_id, acs_credential_id=card.acs_credential_id, **options
    )


def scan(seam, encoder):
    return seam.acs.encoders.scan_credential(acs_encoder_id=encoder.acs_encoder_id)


def assign(seam, encoder, **who):
    return seam.acs.encoders.scan_to_assign_credential(acs_encoder_id=encoder.acs_encoder_id, **who)


def shown(seam, card):
    return seam.acs.credentials.get(acs_credential_id=card.acs_credential_id)


def next_(seam, name, encoder, **how):
    getattr(seam.acs.encoders.simulate, f"next_credential_{name}")(acs_encoder_id=encoder.acs_encoder_id, **how)


# encoders


def test_encoder_of_a_system(seam, seam_sandbox, hotel, encoder):
    """It comes with the system, and its event tells."""
    assert encoder == seam.acs.encoders.get(acs_encoder_id=encoder.acs_encoder_id)
    assert (encoder.display_name, encoder.errors) == ("Encoder 1", [])
    assert encoder.connected_account_id == hotel.connected_account_id
    seam_sandbox.expect_event(
        "acs_encoder.added", count=1, acs_encoder_id=encoder.acs_encoder_id, acs_system_id=hotel.acs_system_id
    )


def test_encoders_are_listed(seam, seam_sandbox, hotel, encoder):
    """By id and by system; a system without cards that Seam writes has none."""
    other = seam_sandbox.create_acs_system("assa_abloy_vostio")
    none = seam_sandbox.create_acs_system("salto_ks_site")
    found = [
        len(seam.acs.encoders.list(**filters))
        for filters in (
            {},
            {"acs_system_id": hotel.acs_system_id},
            {"acs_system_ids": [hotel.acs_system_id, other.acs_system_id]},
            {"acs_system_id": none.acs_system_id},
            {"acs_encoder_ids": [encoder.acs_encoder_id]},
            {"limit": 1},
        )
    ]

    assert found == [2, 1, 2, 0, 1, 1]


def test_unknown_encoder(seam):
    """It is 404 wherever it is named."""
    api = seam.acs.encoders
    calls = (
        api.get,
        api.scan_credential,
        lambda **about: api.encode_credential(acs_credential_id=NOTHING, **about),
        lambda **about: api.scan_to_assign_credential(acs_user_id=NOTHING, **about),
        api.simulate.next_credential_encode_will_succeed,
        api.simulate.next_credential_encode_will_fail,
        api.simulate.next_credential_scan_will_succeed,
        api.simulate.next_credential_scan_will_fail,
    )
    for call in calls:
        with seam_raises("acs_encoder_not_found", status_code=404):
            call(acs_encoder_id=NOTHING)


def test_session_of_a_customer(seam_sandbox, encoder, card):
    """A customer's portal sees and uses the encoders of its accounts only."""
    other = seam_sandbox.create_acs_system("assa_abloy_vostio")
    client = seam_sandbox.client()
    session = client.client_sessions.create(connected_account_ids=[encoder.connected_account_id], customer_key="acme")
    stranger = client.acs.encoders.list(acs_system_id=other.acs_system_id)[0]
    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as http:
        listed = http.post("/acs/encoders/list", json={}).json()["acs_encoders"]
        answers = [
            http.post(
                "/acs/encoders/encode_credential",
                json={"acs_encoder_id": one.acs_encoder_id, "acs_credential_id": card.acs_credential_id},
            ).status_code
            for one in (encoder, stranger)
        ]

    assert [one["acs_encoder_id"] for one in listed] == [encoder.acs_encoder_id]
    assert answers == [200, 401]


def test_encoders_of_hotek_are_reported(seam, seam_sandbox):
    """A site says which it has; one that is gone stays with an error, and can come back."""
    site = seam_sandbox.create_acs_system("hotek_site")
    seen = []
    for number, is_removed in ((2, True), (2, False), (2, False), (2, True), (2, True), (2, False)):
        seam.acs.systems.report_devices(
            acs_system_id=site.acs_system_id,
            acs_encoders=[{"hotek_metadata": {"encoder_number": str(number)}, "is_removed": is_removed}],
        )
        encoders = seam.acs.encoders.list(acs_system_id=site.acs_system_id)
        seen.append([(one.display_name, [error.error_code for error in one.errors]) for one in encoders[1:]])

    here, gone = [("Encoder 2", [])], [("Encoder 2", ["acs_encoder_removed"])]
    assert seen == [[], here, here, gone, gone, here]
    logged = [event.event_type for event in seam_sandbox.events if event.event_type.startswith("acs_encoder")]
    assert logged == ["acs_encoder.added", "acs_encoder.added", "acs_encoder.removed", "acs_encoder.added"]


# writing


def test_card_is_written(seam, seam_sandbox, encoder, card):
    """It waited for that: then it is issued and has a number; the attempt gives it back."""
    waited = shown(seam, card)

    attempt = encode(seam, encoder, card)

    done = shown(seam, card)
    assert (attempt.action_type, attempt.status) == ("ENCODE_CREDENTIAL", "success")
    assert attempt.result.acs_credential_id == card.acs_credential_id
    assert attempt.result.card_number == done.card_number
    assert (waited.is_issued, waited.card_number) == (False, None)
    assert (done.is_issued, done.issued_at, done.warnings) == (True, "2050-01-01T12:00:00.000Z", [])
    assert done.card_number.isdigit()
    seam_sandbox.expect_event("acs_credential.issued", count=1, acs_credential_id=card.acs_credential_id)
    assert [one.acs_credential_id for one in seam.acs.credentials.list(search=done.card_number)] == [
        card.acs_credential_id
    ]


def test_card_that_is_written_already(seam, seam_sandbox, encoder, card):
    """It cannot go on a second card."""
    encode(seam, encoder, card)

    with seam_raises("credential_cannot_be_reissued"):
        encode(seam, encoder, card)

    seam_sandbox.expect_event("acs_credential.issued", count=1)


def test_card_whose_end_was_changed(seam, seam_sandbox, encoder, card):
    """It has to be written again; the new card has another number."""
    encode(seam, encoder, card)
    number = shown(seam, card).card_number
    seam.acs.credentials.update(acs_credential_id=card.acs_credential_id, ends_at="2050-01-09T12:00:00Z")
    (warning,) = shown(seam, card).warnings
    seam_sandbox.expect_no_event("acs_credential.reissued")

    encode(seam, encoder, card)

    done = shown(seam, card)
    assert warning.warning_code == "needs_to_be_reissued"
    assert done.warnings == []
    assert done.card_number != number
    seam_sandbox.expect_event("acs_credential.reissued", count=1, acs_credential_id=card.acs_credential_id)


def test_what_cannot_be_written(seam, seam_sandbox, encoder, guest, card):
    """Other credentials, cards of other systems, and nothing or two things at once."""
    other = seam_sandbox.create_acs_system("assa_abloy_vostio")
    stranger = make_card(seam, seam.acs.users.create(acs_system_id=other.acs_system_id, full_name="Eve"))
    key = seam.acs.credentials.create(
        access_method="mobile_key", acs_user_id=guest.acs_user_id, is_multi_phone_sync_credential=True
    )
    about = {"acs_encoder_id": encoder.acs_encoder_id}
    with seam_raises("not_supported", status_code=400):
        encode(seam, encoder, key)
    with seam_raises("acs_system_mismatch", status_code=400):
        encode(seam, encoder, stranger)
    with seam_raises("acs_credential_not_found", status_code=404):
        seam.acs.encoders.encode_credential(acs_credential_id=NOTHING, **about)
    with seam_raises("access_method_not_found", status_code=404):
        seam.acs.encoders.encode_credential(access_method_id=NOTHING, **about)
    for things in ({}, {"acs_credential_id": card.acs_credential_id, "access_method_id": NOTHING}):
        with seam_raises("invalid_input", status_code=400):
            seam.acs.encoders.encode_credential(**about, **things)

    assert seam.action_attempts.list() == []


@pytest.mark.parametrize("gone", ["credential", "account"])
def test_something_is_deleted_before_the_card_is_written(gone):
    """The attempt ends in error."""
    with Sandbox(action_attempts=10.0) as sandbox:
        client = sandbox.client()
        hotel = sandbox.create_acs_system("visionline_system")
        (encoder,) = client.acs.encoders.list(acs_system_id=hotel.acs_system_id)
        card = make_card(client, client.acs.users.create(acs_system_id=hotel.acs_system_id, full_name="Ada"))
        attempt = encode(client, encoder, card, wait_for_action_attempt=False)
        if gone == "credential":
            client.acs.credentials.delete(acs_credential_id=card.acs_credential_id)
        else:
            client.connected_accounts.delete(connected_account_id=hotel.connected_account_id)
        sandbox.clock.advance(10)

        assert attempt.status == "pending"
        with seam_raises("credential_deleted" if gone == "credential" else "encoder_not_online"):
            client.action_attempts.get(action_attempt_id=attempt.action_attempt_id)


@pytest.mark.parametrize(
    ("where", "code", "error_type"),
    [
        ("encoder", "acs_encoder_removed", "encoder_not_online"),
        ("system", "bridge_disconnected", "bridge_disconnected"),
        ("system", "seam_bridge_disconnected", "bridge_disconnected"),
        ("system", "visionline_instance_unreachable", "encoder_not_online"),
    ],
)
def test_encoder_out_of_reach(seam, seam_sandbox, hotel, encoder, card, guest, where, code, error_type):
    """Nothing is written or read; when it is back, both work again."""
    marked = encoder.acs_encoder_id if where == "encoder" else hotel.acs_system_id
    seam_sandbox.set_error(marked, code)
    with seam_raises(error_type):
        encode(seam, encoder, card)
    with seam_raises(error_type):
        scan(seam, encoder)
    with seam_raises("uncategorized_error"):
        assign(seam, encoder, acs_user_id=guest.acs_user_id)
    assert shown(seam, card).is_issued is False
    seam_sandbox.clear_error(marked, code)

    assert encode(seam, encoder, card).status == "success"


def test_account_is_lost(seam, seam_sandbox, hotel, encoder, card):
    """The encoder is out of reach with it."""
    with seam_sandbox.account_disconnected(hotel.connected_account_id), seam_raises("encoder_not_online"):
        encode(seam, encoder, card)


def test_encoder_with_an_error_of_its_own(seam, seam_sandbox, encoder, card):
    """Any error of an encoder keeps it from writing; a warning shows, and that is all."""
    seam_sandbox.set_warning(encoder.acs_encoder_id, "dusty")
    assert encode(seam, encoder, card).status == "success"
    seam_sandbox.set_error(encoder.acs_encoder_id, "jammed")
    seam_sandbox.clear_error(encoder.acs_encoder_id, "jammed")
    seam_sandbox.clear_warning(encoder.acs_encoder_id, "dusty")

    seam_sandbox.expect_no_event("acs_encoder.removed")


def test_removed_encoder_is_told_once(seam, seam_sandbox, encoder):
    """By the event; its removal from the account tells nothing new."""
    seam_sandbox.set_error(encoder.acs_encoder_id, "acs_encoder_removed")
    seam.connected_accounts.delete(connected_account_id=encoder.connected_account_id)

    assert seam.acs.encoders.list() == []
    seam_sandbox.expect_no_event("acs_encoder.removed")


# reading


def test_card_that_was_written_is_read(seam, encoder, card):
    """What is on it, and the credential that Seam knows it as."""
    encode(seam, encoder, card)

    attempt = scan(seam, encoder)

    known = shown(seam, card)
    result = attempt.result
    assert (attempt.action_type, attempt.status) == ("SCAN_CREDENTIAL", "success")
    assert result.acs_credential_on_encoder.card_number == known.card_number
    assert result.acs_credential_on_encoder.ends_at == "2050-01-05T12:00:00.000Z"
    assert result.acs_credential_on_encoder.is_issued is True
    assert result.acs_credential_on_seam.acs_credential_id == card.acs_credential_id
    assert result.warnings == []


def test_there_is_no_card(seam, encoder):
    """Nothing was written at the encoder yet."""
    with seam_raises("no_credential_on_encoder"):
        scan(seam, encoder)


def test_card_that_does_not_have_the_new_end(seam, encoder, card):
    """The warning names what differs."""
    encode(seam, encoder, card)
    seam.acs.credentials.update(acs_credential_id=card.acs_credential_id, ends_at="2050-01-09T12:00:00Z")

    result = scan(seam, encoder).result

    (warning,) = result.warnings
    assert warning.warning_code == "acs_credential_on_encoder_out_of_sync"
    assert "ends_at" in warning.warning_message
    assert result.acs_credential_on_encoder.ends_at == "2050-01-05T12:00:00.000Z"
    assert result.acs_credential_on_seam.ends_at == "2050-01-09T12:00:00.000Z"


def test_card_whose_credential_was_deleted(seam, encoder, card):
    """Seam knows it no more."""
    encode(seam, encoder, card)
    seam.acs.credentials.delete(acs_credential_id=card.acs_credential_id)

    result = scan(seam, encoder).result

    assert result.acs_credential_on_seam is None
    assert [warning.warning_code for warning in result.warnings] == ["acs_credential_on_seam_not_found"]


# assigning


def test_known_card_is_assigned(seam, encoder, card, guest, hotel):
    """It goes to the user, from whoever had it; once more changes nothing."""
    encode(seam, encoder, card)
    other = seam.acs.users.create(acs_system_id=hotel.acs_system_id, full_name="Grace")

    attempts = [assign(seam, encoder, acs_user_id=other.acs_user_id) for _ in range(2)]

    assert {attempt.action_type for attempt in attempts} == {"SCAN_TO_ASSIGN_CREDENTIAL"}
    assert {attempt.result.acs_credential_id for attempt in attempts} == {card.acs_credential_id}
    assert shown(seam, card).acs_user_id == other.acs_user_id
    assert shown(seam, card).is_issued is True


def test_unknown_card_is_assigned_to_a_person(seam, seam_sandbox, encoder):
    """The card becomes a credential, and the person gets a user."""
    person = seam.user_identities.create(full_name="Grace")
    next_(seam, "scan_will_succeed", encoder, scenario="credential_does_not_exist_on_seam")

    made = assign(seam, encoder, user_identity_id=person.user_identity_id).result

    (user,) = seam.acs.users.list(user_identity_id=person.user_identity_id)
    assert (made.acs_user_id, made.user_identity_id) == (user.acs_user_id, person.user_identity_id)
    assert (made.access_method, made.is_issued) == ("card", True)
    seam_sandbox.expect_event("acs_credential.issued", count=1, acs_credential_id=made.acs_credential_id)


def test_nothing_can_be_assigned(seam, seam_sandbox, encoder, guest):
    """No card, an empty one, a failure; a user of another system, and nobody."""
    who = {"acs_user_id": guest.acs_user_id}
    with seam_raises("no_credential_on_encoder"):
        assign(seam, encoder, **who)
    next_(seam, "scan_will_succeed", encoder, scenario="credential_on_encoder_is_empty")
    with seam_raises("no_credential_on_encoder"):
        assign(seam, encoder, **who)
    next_(seam, "scan_will_fail", encoder, error_code="action_attempt_expired")
    with seam_raises("action_attempt_expired"):
        assign(seam, encoder, **who)
    other = seam_sandbox.create_acs_system("assa_abloy_vostio")
    stranger = seam.acs.users.create(acs_system_id=other.acs_system_id, full_name="Eve")
    with seam_raises("acs_system_mismatch", status_code=400):
        assign(seam, encoder, acs_user_id=stranger.acs_user_id)
    with seam_raises("invalid_input", status_code=400):
        assign(seam, encoder)


# what happens next


@pytest.mark.parametrize(
    ("how", "error_type"),
    [
        ({}, "no_credential_on_encoder"),
        ({"error_code": "encoding_interrupted"}, "encoding_interrupted"),
        ({"error_code": "uncategorized_error"}, "uncategorized_error"),
        ({"error_code": "action_attempt_expired"}, "action_attempt_expired"),
    ],
    ids=str,
)
def test_next_encoding_fails(seam, seam_sandbox, encoder, card, how, error_type):
    """Once; the card is not written, and the second attempt works."""
    next_(seam, "encode_will_fail", encoder, **how)
    with seam_raises(error_type):
        encode(seam, encoder, card)
    assert shown(seam, card).is_issued is False
    seam_sandbox.expect_no_event("acs_credential.issued")

    assert encode(seam, encoder, card).status == "success"


def test_later_setting_replaces_the_earlier_one(seam, encoder, card):
    """Success takes a failure back."""
    next_(seam, "encode_will_fail", encoder)
    next_(seam, "encode_will_succeed", encoder)

    assert encode(seam, encoder, card).status == "success"


def test_next_encoding_of_one_credential_fails(seam, encoder, guest, card):
    """Another one goes through, and the setting stays."""
    other = make_card(seam, guest)
    next_(
        seam,
        "encode_will_fail",
        encoder,
        error_code="uncategorized_error",
        acs_credential_id=card.acs_credential_id,
    )

    assert encode(seam, encoder, other).status == "success"
    with seam_raises("uncategorized_error"):
        encode(seam, encoder, card)
    assert encode(seam, encoder, card).status == "success"


@pytest.mark.parametrize("error_code", ["no_credential_on_encoder", "uncategorized_error", "action_attempt_expired"])
def test_next_scan_fails(seam, encoder, card, error_code):
    """Once; encoding is not touched."""
    next_(seam, "scan_will_fail", encoder, error_code=error_code)
    encode(seam, encoder, card)
    with seam_raises(error_code):
        scan(seam, encoder)

    assert scan(seam, encoder).status == "success"


def scenario(seam, encoder, name, **how):
    next_(seam, "scan_will_succeed", encoder, scenario=name, **how)
    return scan(seam, encoder).result


def test_scan_finds_a_known_card(seam, encoder, guest, card):
    """The one that is named, else the one that was written last."""
    other = make_card(seam, guest)
    encode(seam, encoder, card)
    named = scenario(seam, encoder, "credential_exists_on_seam", acs_credential_id_on_seam=other.acs_credential_id)
    last = scenario(seam, encoder, "credential_exists_on_seam")

    assert named.acs_credential_on_seam.acs_credential_id == other.acs_credential_id
    assert last.acs_credential_on_seam.acs_credential_id == card.acs_credential_id
    assert (named.warnings, last.warnings) == ([], [])


def test_scan_knows_of_no_card(seam, encoder):
    """There is none that Seam could know."""
    next_(seam, "scan_will_succeed", encoder)
    with seam_raises("no_credential_on_encoder"):
        scan(seam, encoder)


@pytest.mark.parametrize("ends_at", ["2050-01-05T12:00:00Z", None])
def test_scan_finds_a_card_that_needs_an_update(seam, encoder, guest, ends_at):
    """Its end differs from the credential's."""
    end = {} if ends_at is None else {"ends_at": ends_at}
    card = seam.acs.credentials.create(access_method="card", acs_user_id=guest.acs_user_id, **end)
    result = scenario(
        seam,
        encoder,
        "credential_on_encoder_needs_update",
        acs_credential_id_on_seam=card.acs_credential_id,
    )

    assert result.acs_credential_on_encoder.ends_at != result.acs_credential_on_seam.ends_at
    assert [warning.warning_code for warning in result.warnings] == ["acs_credential_on_encoder_out_of_sync"]


def test_scan_finds_an_unknown_card(seam, encoder):
    """Something is on it, and Seam has no credential for that."""
    result = scenario(seam, encoder, "credential_does_not_exist_on_seam")

    assert result.acs_credential_on_encoder.card_number.isdigit()
    assert result.acs_credential_on_seam is None
    assert [warning.warning_code for warning in result.warnings] == ["acs_credential_on_seam_not_found"]


def test_scan_finds_an_empty_card(seam, encoder):
    """Nothing on it, nothing known, nothing to warn of."""
    result = scenario(seam, encoder, "credential_on_encoder_is_empty")

    assert (result.acs_credential_on_encoder, result.acs_credential_on_seam, result.warnings) == (None, None, [])


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("encode_will_fail", {"error_code": "encoding_interrupted", "acs_credential_id": NOTHING}),
        ("encode_will_fail", {"acs_credential_id": NOTHING}),
        ("scan_will_fail", {"error_code": "no_credential_on_encoder", "acs_credential_id_on_seam": NOTHING}),
        (
            "scan_will_succeed",
            {"scenario": "credential_on_encoder_is_empty", "acs_credential_id_on_seam": NOTHING},
        ),
    ],
)
def test_credential_does_not_go_with_every_outcome(seam, encoder, name, how):
    """It belongs to some branches of the union only."""
    with seam_raises("invalid_input", status_code=400):
        next_(seam, name, encoder, **how)


def test_credential_of_an_outcome_is_looked_up(seam, seam_sandbox, encoder):
    """It has to be there, and in the same system."""
    other = seam_sandbox.create_acs_system("assa_abloy_vostio")
    stranger = make_card(seam, seam.acs.users.create(acs_system_id=other.acs_system_id, full_name="Eve"))
    for number, error_type in (
        (NOTHING, "acs_credential_not_found"),
        (stranger.acs_credential_id, "acs_system_mismatch"),
    ):
        with seam_raises(error_type):
            next_(seam, "scan_will_succeed", encoder, acs_credential_id_on_seam=number)


def test_production_workspace_has_no_next_outcome(production):
    """It can be chosen in a sandbox only."""
    simulate = production.client.acs.encoders.simulate

    with seam_raises("workspace_not_sandbox", status_code=400):
        simulate.next_credential_encode_will_fail(acs_encoder_id=NOTHING)


def test_settings_of_the_future_do_not_outlive_a_snapshot(seam, seam_sandbox, encoder, card):
    """They are part of the state."""
    before = seam_sandbox.snapshot()
    next_(seam, "encode_will_fail", encoder)
    seam_sandbox.clock.advance(timedelta(seconds=1))
    seam_sandbox.restore(before)

    assert encode(seam, encoder, card).status == "success"
