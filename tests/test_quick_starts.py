"""The first steps that Seam's documentation takes with a newcomer, with the official SDK and in this order."""

from datetime import UTC, datetime, timedelta

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOON = datetime(2050, 1, 1, 12, tzinfo=UTC)
STAY = {"starts_at": NOON.isoformat(), "ends_at": (NOON + timedelta(days=2)).isoformat()}


@pytest.fixture
def connected(seam, seam_sandbox):
    """Somebody connects the account of a provider with a Connect Webview; the id of the account."""

    def connect(provider):
        webview = seam.connect_webviews.create(accepted_providers=[provider])
        assert (webview.status, webview.url != "") == ("pending", True)

        seam_sandbox.complete_login(webview.connect_webview_id)

        done = seam.connect_webviews.get(connect_webview_id=webview.connect_webview_id)
        assert (done.status, done.login_successful) == ("authorized", True)
        return done.connected_account_id

    return connect


def test_connect_an_account_and_unlock_its_lock(seam, seam_sandbox, connected):
    """From an empty workspace to an open door: connect, find a lock, unlock it, see that it is unlocked."""
    assert seam.devices.list() == []

    account_id = connected("august")
    lock = next(device for device in seam.locks.list(connected_account_id=account_id) if device.can_remotely_unlock)
    seam.locks.lock_door(device_id=lock.device_id)
    attempt = seam.locks.unlock_door(device_id=lock.device_id)

    assert attempt.status == "success"
    assert seam.locks.get(device_id=lock.device_id).properties.locked is False
    seam_sandbox.expect_event(
        "lock.unlocked", count=1, device_id=lock.device_id, action_attempt_id=attempt.action_attempt_id
    )


def test_first_code_opens_the_lock(seam, seam_sandbox, connected):
    """The step after unlocking: an access code that is set, works at the keypad, and is deleted."""
    connected("august")
    lock = next(one for one in seam.locks.list(device_type="august_lock") if one.can_program_online_access_codes)

    code = seam.access_codes.create(device_id=lock.device_id, name="my code", code="1234")
    assert seam.access_codes.get(access_code_id=code.access_code_id).status == "set"
    seam.locks.simulate.keypad_code_entry(device_id=lock.device_id, code="1234")

    seam_sandbox.expect_event("lock.unlocked", count=1, access_code_id=code.access_code_id, method="keycode")
    seam.access_codes.delete(access_code_id=code.access_code_id)
    assert seam.access_codes.list(device_id=lock.device_id) == []


def test_access_grant_over_a_lock(seam, seam_sandbox, connected):
    """Who, where, when and how in one call; the PIN of its access method opens the door until the stay is over."""
    seam_sandbox.clock.freeze(NOON)
    connected("august")
    lock = next(one for one in seam.devices.list(device_type="august_lock") if one.can_program_online_access_codes)

    grant = seam.access_grants.create(
        user_identity={"full_name": "Ada", "email_address": "ada@example.com"},
        device_ids=[lock.device_id],
        requested_access_methods=[{"mode": "code"}],
        **STAY,
    )
    (method,) = seam.access_methods.list(access_grant_id=grant.access_grant_id)

    assert (method.mode, method.is_issued, len(method.code)) == ("code", True, 4)
    seam_sandbox.expect_event("access_method.issued", count=1, access_method_id=method.access_method_id)
    assert seam.user_identities.get(user_identity_id=grant.user_identity_id).full_name == "Ada"

    def type_pin():
        seam.locks.simulate.keypad_code_entry(device_id=lock.device_id, code=method.code)

    type_pin()
    seam_sandbox.expect_event("lock.unlocked", count=1, device_id=lock.device_id)
    seam_sandbox.clock.advance(timedelta(days=2))
    type_pin()
    seam_sandbox.expect_event("lock.access_denied", count=1, device_id=lock.device_id)


def test_access_grant_over_an_entrance(seam, seam_sandbox, connected):
    """The same call for a door of an access system: several methods, one of them with a link for any phone."""
    seam_sandbox.clock.freeze(NOON)
    connected("salto_space")
    (system,) = seam.acs.systems.list()
    entrance = seam.acs.entrances.list(acs_system_id=system.acs_system_id)[0]
    guest = seam.user_identities.create(full_name="Ben", email_address="ben@example.com")

    grant = seam.access_grants.create(
        user_identity_id=guest.user_identity_id,
        acs_entrance_ids=[entrance.acs_entrance_id],
        requested_access_methods=[{"mode": "mobile_key"}, {"mode": "card"}],
        **STAY,
    )
    methods = {one.mode: one for one in seam.access_methods.list(access_grant_id=grant.access_grant_id)}

    assert set(grant.access_method_ids) == {one.access_method_id for one in methods.values()}
    assert methods["mobile_key"].instant_key_url == grant.instant_key_url
    assert grant.instant_key_url
    assert methods["card"].is_encoding_required

    seam.access_grants.delete(access_grant_id=grant.access_grant_id)
    with seam_raises("access_grant_not_found", status_code=404):
        seam.access_grants.get(access_grant_id=grant.access_grant_id)
    assert seam.access_methods.list(access_grant_id=grant.access_grant_id) == []


def test_access_grant_while_the_lock_is_offline(seam, seam_sandbox, connected):
    """What a newcomer meets first in production: the method waits for the lock, and is issued when it is back."""
    connected("august")
    lock = next(one for one in seam.devices.list() if one.can_simulate_disconnection)

    with seam_sandbox.disconnected(lock):
        grant = seam.access_grants.create(
            user_identity={"full_name": "Ada"}, device_ids=[lock.device_id], requested_access_methods=[{"mode": "code"}]
        )
        (waiting,) = seam.access_methods.list(access_grant_id=grant.access_grant_id)
        assert waiting.is_issued is False

    assert seam.access_methods.get(access_method_id=waiting.access_method_id).is_issued is True
