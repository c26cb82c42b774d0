"""The same stay under every outage: nobody is promised a door that stays shut, and nobody keeps access too long."""

from datetime import timedelta

import pytest

from guest_stay.app import GuestStays, Report, Stay

HOUR = timedelta(hours=1)

WORKS = Report("works", "works")

# What the app has to say during each outage of the lock, of the hotel or of Jane's phone: to Jane, who prolongs, to
# Joe, who books just now, and whether Jim, who leaves, is locked out.
NO_LOCK = (Report("changing", "works"), Report("not yet", "works"), False)
NO_HOTEL = (Report("works", "changing"), Report("works", "not yet"), False)
EXPECTED = {
    ("disconnected", "lock"): NO_LOCK,
    ("hub_disconnected", "lock"): NO_LOCK,
    ("account_disconnected", "lock"): NO_LOCK,
    ("removed", "lock"): (Report("changing", "works"), Report("none", "works"), False),
    ("acs_system_disconnected", "hotel"): NO_HOTEL,
    ("account_disconnected", "hotel"): NO_HOTEL,
    ("deactivated", "phone"): (Report("works", "no phone"), WORKS, True),
}


@pytest.fixture
def stays(seam_client):
    """The app under test, with the official SDK as in production."""
    return GuestStays(seam_client)


@pytest.fixture
def hotel(seam_sandbox):
    """The access system of the hotel that the flat is in."""
    return seam_sandbox.create_acs_system("visionline_system", entrances=["Room 101"])


@pytest.fixture
def stay_of(seam_sandbox, seam_client, sandbox_device, hotel):
    """Makes the stay of a guest that begins now; the guest has a phone with the hotel's app."""
    room = seam_client.acs.entrances.list(acs_system_id=hotel.acs_system_id)[0]

    def make(guest: str) -> Stay:
        now = seam_sandbox.clock.now()
        guest_id = seam_sandbox.create_user_identity(full_name=guest).user_identity_id
        seam_sandbox.create_phone(user_identity_id=guest_id)
        return Stay(f"{guest}'s", guest_id, sandbox_device.device_id, room.acs_entrance_id, now, now + 8 * HOUR)

    return make


@pytest.fixture
def jane(stays, stay_of):
    """Jane is in the flat already."""
    return stays.book(stay_of("Jane"))


@pytest.fixture(params=EXPECTED, ids=" of ".join)
def case(request):
    """Each outage in turn: its kind and what it is of."""
    return request.param


@pytest.fixture
def outage(case, seam_sandbox, sandbox_device, hotel, jane):
    """The outage, which a test enters when it wants, and what is expected during it."""
    parts = {"lock": sandbox_device, "hotel": hotel, "phone": phones_of(seam_sandbox, jane)[0]}
    return getattr(seam_sandbox, case[0])(parts[case[1]]), EXPECTED[case]


def phones_of(sandbox, stay):
    """The phones of a guest."""
    return sandbox.client().phones.list(owner_user_identity_id=stay.guest_id)


def pin_of(sandbox, stay):
    """What the guest types at the lock."""
    return sandbox.client().access_codes.list(access_grant_key=stay.booking)[0].code


def type_pin(sandbox, stay, pin):
    """Somebody types a PIN at the lock of a stay."""
    sandbox.client().locks.simulate.keypad_code_entry(device_id=stay.lock_id, code=pin)


def test_story_of_three_guests(stays, stay_of, jane, seam_sandbox, outage):
    """During the outage Jane prolongs, Joe books and Jim checks out: the app tells the truth and puts it right."""
    jim = stays.book(stay_of("Jim"))
    jims_pin = pin_of(seam_sandbox, jim)

    block, expected = outage
    with block:
        joe = stays.book(stay_of("Joe"))
        stays.prolong(jane, jane.ends_at + HOUR)
        jim_is_out = stays.check_out(jim)
        of_jane, of_joe = stays.report(jane), stays.report(joe)
    stays.catch_up(seam_sandbox.clock.now())

    assert (of_jane, of_joe, jim_is_out) == expected
    assert (of_joe.can_get_in, stays.report(joe)) == (of_joe == WORKS, WORKS)
    assert (stays.report(jane).by_pin, stays.is_locked_out(jim)) == ("works", True)
    type_pin(seam_sandbox, jim, jims_pin)
    seam_sandbox.expect_event("lock.access_denied", count=1)
    type_pin(seam_sandbox, joe, pin_of(seam_sandbox, joe))
    seam_sandbox.expect_event("lock.unlocked", count=1)
    seam_sandbox.clock.advance(8 * HOUR)
    stays.catch_up(seam_sandbox.clock.now())
    assert (stays.report(jane).by_pin, stays.is_locked_out(joe)) == ("works", True)
    seam_sandbox.clock.advance(HOUR)
    stays.catch_up(seam_sandbox.clock.now())
    assert stays.is_locked_out(jane)


@pytest.mark.parametrize("case", [("disconnected", "lock"), ("acs_system_disconnected", "hotel")], ids=" of ".join)
def test_access_that_waits_is_late_then_failed_then_there(stays, stay_of, seam_sandbox, outage):
    """Lock or hotel is offline while Joe waits: the app says how bad it is, and Seam itself puts it right after."""
    said = []
    with outage[0]:
        joe = stays.book(stay_of("Joe"))
        for minutes in (0, 10, 10):
            seam_sandbox.clock.advance(timedelta(minutes=minutes))
            said += {stays.report(joe).by_pin, stays.report(joe).by_key} - {"works"}

    assert said == ["not yet", "late", "failed"]
    assert stays.report(joe) == WORKS
    seam_sandbox.expect_event("access_method.delay_in_issuing", count=1)
    seam_sandbox.expect_event("access_method.failed_to_issue", count=1)


@pytest.mark.parametrize("waited", [timedelta(0), timedelta(minutes=10), timedelta(days=1)])
def test_stay_that_is_over_before_the_door_is_back(stays, stay_of, seam_sandbox, sandbox_device, waited):
    """However long the outage: a PIN is set afterwards only for a stay that goes on."""
    is_over = waited > 8 * HOUR
    with seam_sandbox.disconnected(sandbox_device):
        joe = stays.book(stay_of("Joe"))
        seam_sandbox.clock.advance(waited)
    stays.catch_up(seam_sandbox.clock.now())

    assert stays.is_locked_out(joe) is is_over
    seam_sandbox.expect_event("access_code.set_on_device", count=0 if is_over else 1)


def test_check_out_deletes_all_that_hangs_on_the_grant(stays, jane, seam_sandbox, seam_client):
    """PIN, mobile key, the credential on the phone, link and its session; the phone itself is Jane's."""
    link = jane.link

    gone = stays.check_out(jane)

    assert (gone, stays.report(jane)) == (True, Report("none", "none"))
    assert link.startswith("https://")
    left = [*seam_client.access_codes.list(device_id=jane.lock_id), *seam_client.acs.credentials.list()]
    assert [*left, *seam_client.access_grants.list(), *seam_client.instant_keys.list()] == []
    assert len(phones_of(seam_sandbox, jane)) == 1
    seam_sandbox.expect_event("access_method.deleted", count=2)
    seam_sandbox.expect_event("access_grant.deleted", count=1)
    seam_sandbox.expect_event("client_session.deleted", count=1)


def test_access_that_may_still_open_is_named_until_it_is_gone(stays, jane, seam_sandbox, sandbox_device):
    """An offline lock still opens to the PIN of a guest who left; the hotel's door has forgotten the key."""
    with seam_sandbox.disconnected(sandbox_device):
        during = stays.check_out(jane)
        seam_sandbox.clock.advance(HOUR)
        later = stays.report(jane)

    assert (during, later.by_pin, later.by_key) == (False, "ending", "none")
    assert not later.can_get_in
    assert stays.is_locked_out(jane)
    seam_sandbox.expect_event("access_code.failed_to_remove_from_device", count=1)


def test_pin_is_not_asked_for_while_the_lock_is_gone(stays, stay_of, seam_sandbox, seam_client, sandbox_device):
    """Seam refuses it until the lock is back: trying again before would only add requests to the grant."""
    with seam_sandbox.removed(sandbox_device):
        joe = stays.book(stay_of("Joe"))
        stays.catch_up(seam_sandbox.clock.now())
        asked = seam_client.access_grants.get(access_grant_key=joe.booking).requested_access_methods

    assert [request.mode for request in asked] == ["code", "mobile_key"]


def test_checking_out_before_the_door_is_back(stays, stay_of, seam_sandbox, sandbox_device):
    """A PIN that never got to the lock is gone at once, and does not appear when the lock is back."""
    with seam_sandbox.disconnected(sandbox_device):
        joe = stays.book(stay_of("Joe"))
        gone = stays.check_out(joe)

    stays.catch_up(seam_sandbox.clock.now())

    assert gone
    seam_sandbox.expect_no_event("access_code.set_on_device")


@pytest.mark.parametrize("case", [case for case in EXPECTED if case[1] != "phone"], ids=" of ".join)
def test_lost_phone_opens_nothing(stays, jane, seam_sandbox, seam_client, outage):
    """Jane reports her phone during the outage: phone and link are out at once, her PIN is left, a new link waits."""
    before, lost_link = stays.report(jane).by_key, jane.link

    with outage[0]:
        stays.phone_lost(jane)
        during = stays.report(jane).by_key

    assert (before, during, stays.report(jane).by_key) == ("works", "no phone", "no phone")
    assert [key.instant_key_url for key in seam_client.instant_keys.list()] == [jane.link] != [lost_link]
    assert stays.report(jane).by_pin == "works"
    seam_sandbox.expect_event("phone.deactivated", count=1)
    seam_sandbox.create_phone(user_identity_id=jane.guest_id)
    assert stays.report(jane).by_key == "works"
    assert stays.check_out(jane)
    assert seam_client.instant_keys.list() == []


def test_mistake_of_the_app_is_not_hidden(stays, stay_of):
    """Only what is offline is waited for; a refusal is raised."""
    stay = stay_of("Joe")
    stay.ends_at = stay.starts_at - HOUR

    with pytest.raises(Exception, match="ends_at must be after starts_at"):
        stays.book(stay)
