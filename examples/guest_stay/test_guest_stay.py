"""The same stay under every outage: nobody is promised a door that stays shut, and nobody keeps a code too long."""

from datetime import timedelta

import pytest

from guest_stay.app import GuestStays, Stay

HOUR = timedelta(hours=1)


@pytest.fixture
def stays(seam_client):
    """The app under test, with the official SDK as in production."""
    return GuestStays(seam_client)


@pytest.fixture
def stay_of(seam_sandbox, sandbox_device, sandbox_phone):
    """Makes the stay of a guest that begins now; Jane has a key on her phone as well."""

    def make(guest: str) -> Stay:
        now = seam_sandbox.clock.now()
        phone_id = sandbox_phone.device_id if guest == "Jane" else None
        return Stay(guest, sandbox_device.device_id, now, now + 8 * HOUR, phone_id)

    return make


def pin_of(sandbox, stay):
    """What the guest types at the keypad."""
    return sandbox.client().access_codes.get(access_code_id=stay.code_id).code


def type_pin(sandbox, door, pin):
    """Somebody types a PIN at the door."""
    sandbox.client().locks.simulate.keypad_code_entry(device_id=door.device_id, code=pin)


# What the app has to say during each outage: of the door, of the code of a guest who is in the flat, of the code of one
# who books just now, and whether a cancelled code is off the lock.
EXPECTED = {
    "disconnected": ("offline", "works", "not yet", False),
    "hub_disconnected": ("offline", "works", "not yet", False),
    "account_disconnected": ("offline", "unknown", "unknown", False),
    "removed": ("gone", "works", "none", False),
    "deactivated": ("online", "works", "works", True),
}


@pytest.fixture(params=EXPECTED)
def outage(request, seam_sandbox, sandbox_device, sandbox_phone):
    """Each outage in turn, of the door, of its account or of Jane's phone; a test enters it when it wants."""
    about = {"account_disconnected": sandbox_device.connected_account_id, "deactivated": sandbox_phone}
    return getattr(seam_sandbox, request.param)(about.get(request.param, sandbox_device))


def test_story_of_three_guests(stays, stay_of, seam_sandbox, sandbox_device, outage):
    """During the outage Jane prolongs, Joe books and Jim cancels: the app tells the truth, and gets it right after."""
    jane, jim = stays.book(stay_of("Jane")), stays.book(stay_of("Jim"))
    jims_pin = pin_of(seam_sandbox, jim)

    with outage:
        joe = stays.book(stay_of("Joe"))
        stays.prolong(jane, jane.ends_at + HOUR)
        jim_is_out = stays.cancel(jim)
        during = (stays.report(jane).door, stays.report(jane).by_code, stays.report(joe).by_code, jim_is_out)
    stays.catch_up()

    assert during == EXPECTED[outage.name]
    assert stays.report(jane).by_code == stays.report(joe).by_code == "works"
    assert stays.is_locked_out(jim)
    type_pin(seam_sandbox, sandbox_device, jims_pin)
    seam_sandbox.expect_event("lock.access_denied", count=1)
    type_pin(seam_sandbox, sandbox_device, pin_of(seam_sandbox, joe))
    seam_sandbox.expect_event("lock.unlocked", count=1, access_code_id=joe.code_id)
    seam_sandbox.clock.advance(8 * HOUR)
    assert stays.report(jane).by_code == "works"
    seam_sandbox.clock.advance(HOUR)
    assert stays.is_locked_out(jane)


def test_nobody_is_sent_to_a_shut_door(stays, stay_of, outage):
    """Joe has no phone key: he is told that he can get in only when his code works."""
    with outage:
        joe = stays.book(stay_of("Joe"))

        report = stays.report(joe)

    assert report.can_get_in is (EXPECTED[outage.name][2] == "works")
    stays.catch_up()
    assert stays.report(joe).can_get_in


@pytest.mark.parametrize("waited", [timedelta(0), timedelta(minutes=10), timedelta(days=1)])
def test_stay_that_is_over_before_the_door_is_back(stays, stay_of, seam_sandbox, sandbox_device, waited):
    """However long the outage: a code is set afterwards only for a stay that goes on."""
    with seam_sandbox.disconnected(sandbox_device):
        joe = stays.book(stay_of("Joe"))
        seam_sandbox.clock.advance(waited)

    assert stays.is_locked_out(joe) is (waited > 8 * HOUR)


def test_cancelling_a_code_that_waits_for_the_door(stays, stay_of, seam_sandbox, sandbox_device):
    """A code that never got to the lock is gone at once, and does not appear when the door is back."""
    with seam_sandbox.disconnected(sandbox_device):
        joe = stays.book(stay_of("Joe"))
        gone = stays.cancel(joe)

    stays.catch_up()

    assert gone
    seam_sandbox.expect_no_event("access_code.set_on_device")


def test_cancelled_code_is_named_until_it_is_erased(stays, stay_of, seam_sandbox, sandbox_device):
    """An offline lock still opens to a cancelled code: the app does not say that the guest is locked out."""
    jim = stays.book(stay_of("Jim"))
    pin_of(seam_sandbox, jim)
    with seam_sandbox.disconnected(sandbox_device):
        during = stays.cancel(jim)
        seam_sandbox.clock.advance(timedelta(hours=1))
        later = stays.is_locked_out(jim)

    assert (during, later, stays.is_locked_out(jim)) == (False, False, True)
    seam_sandbox.expect_event("access_code.failed_to_remove_from_device", count=1)


def test_lost_phone_opens_nothing(stays, stay_of, seam_sandbox, sandbox_phone, outage):
    """Jane reports her phone during the outage: it is out at once and stays out, and her code is left."""
    jane = stays.book(stay_of("Jane"))
    before = stays.report(jane).by_phone

    with outage:
        stays.phone_lost(jane)
        during = stays.report(jane).by_phone

    assert (before, during, stays.report(jane).by_phone) == (True, False, False)
    assert stays.report(jane).by_code == "works"
    seam_sandbox.expect_event("phone.deactivated", count=1, device_id=sandbox_phone.device_id)


def test_phone_of_a_cancelled_guest_counts_for_nothing(stays, stay_of):
    """After the cancellation neither code nor phone lets the guest in."""
    jane = stays.book(stay_of("Jane"))
    stays.cancel(jane)

    assert stays.report(jane).can_get_in is False


def test_guest_without_a_phone_cannot_lose_one(stays, stay_of, seam_sandbox):
    """Joe has no key on a phone; reporting one lost changes nothing."""
    joe = stays.book(stay_of("Joe"))

    stays.phone_lost(joe)

    seam_sandbox.expect_no_event("phone.deactivated")


def test_mistake_of_the_app_is_not_hidden(stays, stay_of):
    """Only a door that is gone is waited for; any other refusal is raised."""
    stay = stay_of("Joe")
    stay.ends_at = stay.starts_at - HOUR

    with pytest.raises(Exception, match="ends_at must be after starts_at"):
        stays.book(stay)
