"""A lost phone must open no door from the moment on that it is lost, and its successor must."""

import pytest

from mobile_keys.app import MobileKeys

PERSON = "jane"


@pytest.fixture
def keys(seam_client, sandbox_phone):
    """The app under test; Jane's phone is trusted."""
    keys = MobileKeys(seam_client)
    keys.trust(PERSON, sandbox_phone.device_id)
    return keys


def test_phone_is_trusted_until_it_is_deactivated(keys, seam_sandbox, sandbox_phone):
    """Somebody else deactivates the phone, at the Seam Console for example: the app notices without being told."""
    before = keys.may_open(PERSON)

    with seam_sandbox.deactivated(sandbox_phone):
        during = keys.may_open(PERSON)

    assert (before, during) == (True, False)
    assert keys.may_open(PERSON) is False


def test_replacement_has_to_be_trusted_first(keys, seam_sandbox, sandbox_phone):
    """A new phone of the same person opens nothing until the app trusts it."""
    with seam_sandbox.deactivated(sandbox_phone, replace=True) as deactivation:
        pass

    before = keys.may_open(PERSON)
    keys.trust(PERSON, deactivation.replacement.device_id)

    assert (before, keys.may_open(PERSON)) == (False, True)


def test_reporting_a_loss_deactivates_the_phone_once(keys, seam_sandbox, sandbox_phone):
    """The app's own way of locking a phone out reaches Seam, and a second report does no harm."""
    answers = [keys.report_lost(PERSON), keys.report_lost(PERSON)]

    assert answers == [True, False]
    seam_sandbox.expect_event("phone.deactivated", count=1, device_id=sandbox_phone.device_id)


def test_loss_of_one_phone_leaves_the_others_alone(keys, seam_sandbox):
    """Locking Jane's phone out does not touch Joe's."""
    keys.trust("joe", seam_sandbox.create_phone(operating_system="ios").device_id)

    keys.report_lost(PERSON)

    assert (keys.may_open(PERSON), keys.may_open("joe")) == (False, True)
