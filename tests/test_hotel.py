"""The world `hotel`: guests with phones and mobile keys, and the loss of such a phone."""

import pytest

from pytest_seam_sandbox import ExpectationFailed, Sandbox
from pytest_seam_sandbox.api.acs.issuing import delete_credentials
from pytest_seam_sandbox.api.acs.model import AcsCredentialRow
from pytest_seam_sandbox.api.phones.model import PhoneRow
from pytest_seam_sandbox.api.phones.state import deactivating_phone

pytestmark = pytest.mark.seam(world="hotel")


def names(resources):
    return [one.display_name for one in resources]


def keys_of(seam, phone):
    return [
        key.acs_credential_id
        for key in seam.acs.credentials.list(is_multi_phone_sync_credential=False)
        if phone.device_id in [one.device_id for one in seam.phones.list(acs_credential_id=key.acs_credential_id)]
    ]


def test_hotel_has_rooms_and_guests(seam):
    """A Visionline system with its credential manager, five entrances, and three guests."""
    systems = {system.external_type for system in seam.acs.systems.list()}

    assert systems == {"visionline_system", "assa_abloy_credential_service"}
    assert names(seam.acs.entrances.list()) == ["Lobby", "Elevator", "Room 101", "Room 102", "Room 103"]
    assert [guest.user_identity_key for guest in seam.user_identities.list()] == ["guest-101", "guest-102", "guest-103"]


@pytest.mark.parametrize("room", ["101", "102", "103"])
def test_each_guest_may_open_their_room(seam, room):
    """A guest's phone holds an issued mobile key to the lobby, the elevator and the room."""
    guest = seam.user_identities.get(user_identity_key=f"guest-{room}")

    doors = seam.user_identities.list_accessible_entrances(user_identity_id=guest.user_identity_id)
    parent, copy = seam.acs.credentials.list(user_identity_id=guest.user_identity_id)
    phone = seam.phones.list(owner_user_identity_id=guest.user_identity_id)[0]

    assert names(doors) == ["Lobby", "Elevator", f"Room {room}"]
    assert (parent.is_multi_phone_sync_credential, parent.is_issued, copy.is_issued) == (True, True, True)
    assert keys_of(seam, phone) == [copy.acs_credential_id]


def test_same_seed_is_the_same_hotel():
    """The guests' names follow from the seed."""
    guests = []
    for _ in range(2):
        with Sandbox(world="hotel", seed=7) as sandbox:
            guests.append([one.full_name for one in sandbox.client().user_identities.list()])

    assert guests[0] == guests[1]


def test_lost_phone_loses_its_keys_only(seam, seam_sandbox):
    """Inside the block the key is revoked; the other guests keep theirs, the replacement gets a new one.

    Two credentials are issued then: the copy on the phone, and the key itself, which waited for a phone.
    """
    lost, *others = seam.phones.list()
    kept = [keys_of(seam, phone) for phone in others]

    with seam_sandbox.deactivated(lost, replace=True) as loss:
        inside = keys_of(seam, lost)

    assert inside == []
    assert [keys_of(seam, phone) for phone in others] == kept
    assert len(keys_of(seam, loss.replacement)) == 1
    assert [event.event_type for event in loss.events] == [
        "acs_credential.deleted",
        "phone.deactivated",
        "acs_credential.issued",
        "acs_credential.issued",
    ]


def seam_that(monkeypatch, does_wrong):
    """Let Seam do something wrong whenever a phone is deactivated."""
    monkeypatch.setattr(deactivating_phone, "send", does_wrong)


def keep_the_keys(workspace, phone):
    pass


def revoke_all_keys(workspace, phone):
    delete_credentials(workspace, list(workspace[AcsCredentialRow]))


def test_deactivation_notices_a_key_that_stays(seam_sandbox, monkeypatch):
    """A phone whose key was not revoked is not properly dead."""
    phone = seam_sandbox.backend.api.phones()[0]
    seam_that(monkeypatch, keep_the_keys)

    with pytest.raises(ExpectationFailed, match="acs_credential.deleted"):
        seam_sandbox.deactivated(phone).__enter__()


def test_deactivation_notices_keys_of_others_that_go(seam_sandbox, monkeypatch):
    """The loss of one phone must not cost the other guests their keys."""
    phone = seam_sandbox.backend.api.phones()[0]
    seam_that(monkeypatch, revoke_all_keys)

    with pytest.raises(ExpectationFailed, match="mobile keys of other phones went with it"):
        seam_sandbox.deactivated(phone).__enter__()


def test_deactivation_notices_a_key_that_goes_too_late(seam_sandbox, monkeypatch):
    """phone.deactivated is the last word about a phone."""
    phone = seam_sandbox.backend.api.phones()[0]
    call = seam_sandbox.backend.api.call
    seam_that(monkeypatch, keep_the_keys)

    def deactivate_and_revoke(path, **params):
        held = {key for key, phones in seam_sandbox.backend.api.mobile_keys().items() if phone.device_id in phones}
        answer = call(path, **params)
        for key in held:
            call("/acs/credentials/delete", acs_credential_id=key)
        return answer

    monkeypatch.setattr(
        seam_sandbox.backend.api,
        "call",
        lambda path, **params: (deactivate_and_revoke if path == "/phones/deactivate" else call)(path, **params),
    )

    with pytest.raises(ExpectationFailed, match="revoked after phone.deactivated"):
        seam_sandbox.deactivated(phone).__enter__()


def test_renamed_phone_keeps_its_keys(seam, seam_sandbox):
    """A phone with an id of the test's choice holds the keys of its owner."""
    guest = seam.user_identities.get(user_identity_key="guest-101")

    phone = seam_sandbox.create_phone(
        user_identity_id=guest.user_identity_id, device_id="00000000-0000-4000-8000-000000000001"
    )

    assert len(keys_of(seam, phone)) == 1
    assert len(seam_sandbox.embedded.workspace[PhoneRow].get(phone.device_id).acs_credential_ids) == 2
