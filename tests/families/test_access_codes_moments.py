"""Access codes at the very moment at which a rule begins or ends to hold."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time

from families.codes import DAY, HOUR, look, stay
from pytest_seam_sandbox import Sandbox, seam_raises

INSTANT = timedelta(milliseconds=1)


@pytest.fixture(autouse=True)
def frozen(seam_sandbox):
    """The clock moves when a test moves it, so that every time is exact."""
    seam_sandbox.clock.freeze()


def entered(sandbox, device, code):
    """The type of the event that the entry of a code leaves."""
    sandbox.client().locks.simulate.keypad_code_entry(device_id=device.device_id, code=code.code)
    return next(
        e.event_type for e in reversed(sandbox.events) if e.event_type in {"lock.unlocked", "lock.access_denied"}
    )


@pytest.fixture
def computed(seam_sandbox):
    """A code that an igloohome lock computes; it starts in an hour."""

    def make(lasts, device=None):
        start = seam_sandbox.clock.now() + HOUR
        times = {"starts_at": start.isoformat(), "ends_at": (start + lasts).isoformat()}
        device = device or seam_sandbox.create_device("igloohome_lock")
        about = {"device_id": device.device_id, "is_offline_access_code": True}
        return device, seam_sandbox.client().access_codes.create(**about, **times)

    return make


def test_end_that_is_now_has_come(seam, seam_sandbox, sandbox_device):
    """A new code ends in the future: not now, but in the next millisecond."""
    now = seam_sandbox.clock.now()
    times = {"device_id": sandbox_device.device_id, "starts_at": (now - HOUR).isoformat()}

    with seam_raises("invalid_input", status_code=400, match="ends_at must be in the future"):
        seam.access_codes.create(**times, ends_at=now.isoformat())

    assert seam.access_codes.create(**times, ends_at=(now + INSTANT).isoformat()).status == "setting"


def test_start_that_is_now_is_not_in_the_future(seam, seam_sandbox):
    """Where a lock takes future starts only, the next millisecond is one, and now is none."""
    kinds = [{"constraint_type": "start_date_in_future"}]
    device = seam_sandbox.create_device(properties={"code_constraints": kinds})
    now = seam_sandbox.clock.now()
    times = {"device_id": device.device_id, "ends_at": (now + DAY).isoformat()}

    with seam_raises("invalid_input", status_code=400, match="starts_at must be in the future"):
        seam.access_codes.create(**times, starts_at=now.isoformat())

    assert seam.access_codes.create(**times, starts_at=(now + INSTANT).isoformat()).status == "unset"


def test_change_needs_an_end_after_the_start(seam, seam_sandbox, sandbox_device):
    """The end is moved to the start: refused, whether the change names both times or only one; a moment later is fine."""
    code = stay(seam_sandbox, sandbox_device, starts_in=HOUR)
    start, end = look(seam, code).starts_at, look(seam, code).ends_at
    about = {"access_code_id": code.access_code_id}

    for times in ({"ends_at": start}, {"starts_at": end}, {"starts_at": end, "ends_at": end}):
        with seam_raises("invalid_input", status_code=400, match="ends_at must be after starts_at"):
            seam.access_codes.update(**about, **times)
    unchanged = look(seam, code)
    next_moment = (seam_sandbox.clock.now() + HOUR + INSTANT).isoformat()
    seam.access_codes.update(**about, ends_at=next_moment)

    assert (unchanged.starts_at, unchanged.ends_at) == (start, end)
    assert look(seam, code).starts_at == start < look(seam, code).ends_at < end


def test_code_opens_from_its_start_until_its_end(seam, seam_sandbox, sandbox_device):
    """The lock opens in the first millisecond and in the last one before the end; at the end it is over.

    A code that was given up is erased by nobody, and the lock knows its times.
    """
    code = stay(seam_sandbox, sandbox_device, starts_in=HOUR)
    seam.access_codes.update(access_code_id=code.access_code_id, is_managed=False)
    seen = []
    for step in (HOUR - INSTANT, INSTANT, DAY - INSTANT, INSTANT):
        seam_sandbox.clock.advance(step)
        seen.append(entered(seam_sandbox, sandbox_device, code))

    assert seen == ["lock.access_denied", "lock.unlocked", "lock.unlocked", "lock.access_denied"]


def test_hourly_codes_last_28_days_at_most(computed):
    """A code of exactly 28 days is an hourly one, and takes its place among the three of an hour."""
    device, _ = computed(28 * DAY)
    computed(HOUR, device)
    computed(HOUR, device)

    with seam_raises("invalid_input", status_code=400, match="at most 3 hourly"):
        computed(HOUR, device)


@pytest.mark.parametrize("year", [1, 1969, 1999])
def test_code_of_long_ago_works_from_its_start(year):
    """A test that stops time in another century sees a code go to its lock, work and end as at any other time."""
    with freeze_time(datetime(year, 1, 1, tzinfo=UTC)):
        sandbox = Sandbox()
        seam, now = sandbox.client(), sandbox.clock.now()
        about = {"device_id": sandbox.create_device().device_id, "starts_at": (now + 2 * HOUR).isoformat()}
        code = seam.access_codes.create(**about, ends_at=(now + 3 * HOUR).isoformat())

        sandbox.clock.advance(2 * HOUR)

        assert (now.year, look(seam, code).status) == (year, "set")
        sandbox.clock.advance(HOUR)
        sandbox.expect_event("access_code.removed_from_device", access_code_id=code.access_code_id)
