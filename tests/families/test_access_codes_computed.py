"""Offline access codes: the lock computes them, so they need no connection and can never be changed."""

from datetime import datetime, timedelta

import pytest

from families.codes import DAY, HOUR, log, look, status, stay
from pytest_seam_sandbox import seam_raises


@pytest.fixture(autouse=True)
def frozen(seam_sandbox):
    """The clock moves when a test moves it, so that every time is exact."""
    seam_sandbox.clock.freeze()


@pytest.fixture
def igloohome(seam_sandbox):
    """A lock that computes codes of its own."""
    return seam_sandbox.create_device("igloohome_lock")


def create(sandbox, device, start, end=None, **details):
    """A code through the SDK; times are moments or their texts."""
    times = {"starts_at": start} if end is None else {"starts_at": start, "ends_at": end}
    texts = {name: time if isinstance(time, str) else time.isoformat() for name, time in times.items()}
    return sandbox.client().access_codes.create(device_id=device.device_id, **texts, **details)


def computed(sandbox, device, *, starts_in=HOUR, lasts=DAY, **details):
    """An offline code of a lock."""
    start = sandbox.clock.now() + starts_in
    return create(sandbox, device, start, start + lasts, is_offline_access_code=True, **details)


def only_start(sandbox, device, **details):
    """A one-time-use offline code, which needs no end."""
    details = {"is_offline_access_code": True, "is_one_time_use": True} | details
    return create(sandbox, device, sandbox.clock.now() + HOUR, details.pop("ends_at", None), **details)


def test_offline_code_needs_no_connection(seam, seam_sandbox, igloohome):
    """A code that the lock computes is there at once, whether or not the lock can be reached."""
    with seam_sandbox.account_disconnected(igloohome.connected_account_id):
        code = computed(seam_sandbox, igloohome)
        found = look(seam, code)

        assert (found.status, found.is_offline_access_code, found.pending_mutations) == ("unset", True, [])
        assert found.code
        seam_sandbox.clock.advance(HOUR)
        assert status(seam, code) == "set"
        assert log(seam_sandbox) == ["access_code.created", "access_code.set_on_device"]


def test_offline_code_that_has_begun_is_set(seam, seam_sandbox, igloohome):
    """A code works from its start, and the log says so."""
    code = computed(seam_sandbox, igloohome, starts_in=-HOUR)

    assert status(seam, code) == "set"
    seam_sandbox.expect_event("access_code.set_on_device", count=1, code=code.code)


def test_attempt_of_an_offline_code_has_succeeded(seam_sandbox, seam_http, igloohome):
    """There is nothing to wait for."""
    start = seam_sandbox.clock.now()
    times = {"starts_at": start.isoformat(), "ends_at": (start + HOUR).isoformat()}
    about = {"device_id": igloohome.device_id, "is_offline_access_code": True}
    answer = seam_http.post("/access_codes/create", json=about | times).json()

    assert answer["action_attempt"]["status"] == "success"


def test_offline_code_may_be_refused_no_wait(seam_sandbox, igloohome):
    """Refusing to wait does not concern a code that never waits."""
    start = seam_sandbox.clock.now()
    with seam_sandbox.account_disconnected(igloohome.connected_account_id):
        code = seam_sandbox.create_access_code(
            igloohome,
            starts_at=start,
            ends_at=start + DAY,
            use_offline_access_code=True,
            attempt_for_offline_device=False,
        )

    assert code.is_offline_access_code is True


def test_offline_code_cannot_be_chosen(seam, seam_sandbox, igloohome):
    """The lock computes the PIN: a program cannot choose it."""
    with seam_raises("invalid_input", status_code=400, match="cannot be chosen"):
        computed(seam_sandbox, igloohome, code="1234")


def test_offline_code_can_never_be_changed(seam, seam_sandbox, igloohome):
    """An update of an offline code answers 400, and the code stays as it was."""
    code = computed(seam_sandbox, igloohome, name="Jane")

    with seam_raises("access_code_not_updatable", status_code=400):
        seam.access_codes.update(access_code_id=code.access_code_id, name="Joe")

    assert look(seam, code).name == "Jane"


def test_offline_code_can_never_be_deleted(seam, seam_sandbox, igloohome):
    """A deletion of an offline code answers 400, and the code stays."""
    code = computed(seam_sandbox, igloohome)

    with seam_raises("access_code_not_deletable", status_code=400):
        seam.access_codes.delete(access_code_id=code.access_code_id)

    assert status(seam, code) == "unset"


def test_offline_code_ends_by_itself(seam, seam_sandbox, igloohome):
    """At its end the record goes, also while the lock is offline, and nothing was erased."""
    computed(seam_sandbox, igloohome)
    with seam_sandbox.account_disconnected(igloohome.connected_account_id):
        seam_sandbox.clock.advance(HOUR + DAY)

        assert seam.access_codes.list(device_id=igloohome.device_id) == []
    seam_sandbox.expect_event("access_code.deleted", count=1)
    seam_sandbox.expect_no_event("access_code.removed_from_device")


def test_lost_account_does_not_touch_offline_codes(seam, seam_sandbox, igloohome):
    """Seam knows what an offline code does without asking anybody."""
    code = computed(seam_sandbox, igloohome, starts_in=-HOUR)
    with seam_sandbox.account_disconnected(igloohome.connected_account_id):
        assert status(seam, code) == "set"


@pytest.mark.parametrize("device_type", ["igloohome_lock", "lockly_lock", "dormakaba_oracode_door"])
def test_there_are_no_ongoing_offline_codes(seam, seam_sandbox, device_type):
    """An offline code has a time frame, whatever the lock."""
    device = seam_sandbox.create_device(device_type)

    with seam_raises("invalid_input", status_code=400, match="no ongoing ones"):
        seam.access_codes.create(device_id=device.device_id, is_offline_access_code=True)


def test_one_time_code_of_an_algopin_lock_lasts_a_day(seam_sandbox, igloohome):
    """It has a start only; an end that is given makes no difference."""
    start = seam_sandbox.clock.now() + HOUR
    codes = [only_start(seam_sandbox, igloohome), only_start(seam_sandbox, igloohome, ends_at=start + 2 * DAY)]

    assert {(code.type, code.ends_at[:16]) for code in codes} == {("time_bound", f"{start + DAY:%Y-%m-%dT%H:%M}")}
    assert all(code.is_one_time_use for code in codes)


def test_one_time_code_of_another_lock_needs_an_end(seam_sandbox):
    """Lockly's one-time-use codes have both times."""
    lockly = seam_sandbox.create_device("lockly_lock")

    with seam_raises("invalid_input", status_code=400, match="Both starts_at and ends_at"):
        only_start(seam_sandbox, lockly)

    assert computed(seam_sandbox, lockly, is_one_time_use=True, lasts=2 * DAY).is_one_time_use


@pytest.mark.parametrize(
    "details",
    [{"is_one_time_use": False}, {"is_offline_access_code": False}, {"is_offline_access_code": None}],
    ids=str,
)
def test_other_codes_need_both_times(seam_sandbox, igloohome, details):
    """A start without an end is no time frame."""
    with seam_raises("invalid_input", status_code=400, match="Both starts_at and ends_at"):
        only_start(seam_sandbox, igloohome, **details)


@pytest.mark.parametrize("lasts", [HOUR, 672 * HOUR, 29 * DAY, 367 * DAY], ids=str)
def test_algopin_of_a_length_that_there_is(seam_sandbox, igloohome, lasts):
    """One to 672 hours, or 29 to 367 days with the same time of day; kept as asked for."""
    code = computed(seam_sandbox, igloohome, lasts=lasts)

    start = seam_sandbox.clock.now() + HOUR
    assert code.ends_at[:19] == f"{start + lasts:%Y-%m-%dT%H:%M:%S}"


@pytest.mark.parametrize(
    "lasts", [timedelta(minutes=59), 673 * HOUR, 28 * DAY + 22 * HOUR, 40 * DAY + 3 * HOUR, 368 * DAY], ids=str
)
def test_algopin_of_a_length_that_there_is_not(seam, seam_sandbox, igloohome, lasts):
    """What is neither hourly nor daily answers 400 with what there is, and makes no record."""
    with seam_raises("invalid_input", status_code=400, match=r"Hourly .*PT672H.*Daily .*P29D"):
        computed(seam_sandbox, igloohome, lasts=lasts)

    assert seam.access_codes.list(device_id=igloohome.device_id) == []


@pytest.mark.parametrize(
    ("lasts", "rounding", "days"),
    [
        (40 * DAY + timedelta(minutes=30), None, 40),
        (40 * DAY - HOUR, "1hour", 40),
        (40 * DAY + 3 * HOUR, "1d", 40),
        (40 * DAY + 21 * HOUR, "1day", 41),
        (28 * DAY + 12 * HOUR, "1d", 29),
    ],
    ids=str,
)
def test_time_is_rounded_to_what_the_lock_takes(seam_sandbox, igloohome, lasts, rounding, days):
    """The end moves to the nearest time of day that fits, by an hour, or by a day if the program allows that."""
    details = {} if rounding is None else {"max_time_rounding": rounding}
    code = computed(seam_sandbox, igloohome, lasts=lasts, **details)

    start = seam_sandbox.clock.now() + HOUR
    assert (code.starts_at[:19], code.ends_at[:19]) == tuple(
        f"{time:%Y-%m-%dT%H:%M:%S}" for time in (start, start + days * DAY)
    )


def test_rounding_is_no_more_than_allowed(seam_sandbox, igloohome):
    """An hour is not enough for three."""
    with seam_raises("invalid_input", status_code=400, match="within 1:00:00"):
        computed(seam_sandbox, igloohome, lasts=40 * DAY + 3 * HOUR, max_time_rounding="1h")


@pytest.mark.parametrize(
    ("lasts", "details", "most", "apart"),
    [
        (3 * HOUR, {}, 3, HOUR),
        (40 * DAY, {}, 3, DAY),
        (DAY, {"is_one_time_use": True}, 5, DAY),
    ],
    ids=["hourly", "daily", "one-time"],
)
def test_only_so_many_algopins_begin_together(seam_sandbox, igloohome, lasts, details, most, apart):
    """One too many answers 400; later there is room again, and codes of the other kinds do not count."""
    computed(seam_sandbox, igloohome, lasts=40 * DAY if lasts == 3 * HOUR else 3 * HOUR)
    for _ in range(most):
        computed(seam_sandbox, igloohome, lasts=lasts, **details)

    with seam_raises("invalid_input", status_code=400, match=f"at most {most} "):
        computed(seam_sandbox, igloohome, lasts=lasts, **details)

    assert computed(seam_sandbox, igloohome, starts_in=HOUR + apart, lasts=lasts, **details).code


def test_other_locks_know_no_such_limit(seam_sandbox):
    """Lockly's codes are limited by the lock's memory only."""
    lockly = seam_sandbox.create_device("lockly_lock", properties={"max_active_codes_supported": 7})
    for _ in range(7):
        computed(seam_sandbox, lockly, lasts=3 * HOUR)

    with seam_raises("no_space_for_access_code_on_device", status_code=400):
        computed(seam_sandbox, lockly, lasts=3 * HOUR)


def test_offline_codes_take_space_from_online_ones(seam, seam_sandbox):
    """The limit of a lock counts both."""
    device = seam_sandbox.create_device("igloohome_lock", properties={"max_active_codes_supported": 1})
    computed(seam_sandbox, device)
    code = seam_sandbox.create_access_code(device)

    assert [error.error_code for error in look(seam, code).errors] == ["no_space_for_access_code_on_device"]


def at(day, clock):
    """A time in the zone of the Oracode door, in winter."""
    return f"2098-12-{day:02}T{clock}:00-08:00"


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ((at(1, "16:00"), at(4, "11:00")), (at(1, "16:00"), at(4, "11:00"))),
        ((at(1, "15:45"), at(4, "11:10")), (at(1, "16:00"), at(4, "11:00"))),
        ((at(1, "00:00"), at(2, "23:30")), (at(1, "00:00"), at(2, "23:59"))),
        ((at(1, "23:30"), at(3, "23:59")), (at(2, "00:00"), at(3, "23:59"))),
    ],
)
def test_code_gets_the_times_of_a_slot(seam_sandbox, wanted, given):
    """An Oracode door has fixed pairs of times; a code gets those of the nearest one."""
    door = seam_sandbox.create_device("dormakaba_oracode_door")

    code = create(seam_sandbox, door, *wanted, is_offline_access_code=True)

    assert [datetime.fromisoformat(time) for time in (code.starts_at, code.ends_at)] == [
        datetime.fromisoformat(time) for time in given
    ]


@pytest.mark.parametrize(
    "wanted",
    [(at(1, "13:00"), at(4, "11:00")), (at(1, "16:00"), at(4, "13:00")), (at(1, "16:00"), "2099-02-01T11:00-08")],
)
def test_code_that_fits_no_slot_is_refused(seam_sandbox, wanted):
    """More than an hour from every slot, or longer than 31 days."""
    door = seam_sandbox.create_device("dormakaba_oracode_door")

    with seam_raises("invalid_input", status_code=400, match="offline_time_frame_options"):
        create(seam_sandbox, door, *wanted, is_offline_access_code=True)


NIGHTS = {"display_name": "Nights", "matching_start_end_time": True, "min_duration": "P1D"}


@pytest.fixture
def choosy(seam_sandbox):
    """A lock that takes online codes for whole days only."""
    return seam_sandbox.create_device(properties={"online_time_frame_options": [NIGHTS]})


def test_online_codes_are_held_against_the_options_too(seam, seam_sandbox, choosy):
    """The list of the device is the rule, also for a change; a code without times needs none."""
    code = stay(seam_sandbox, choosy, starts_in=HOUR, lasts=2 * DAY + timedelta(minutes=20))

    with seam_raises("invalid_input", status_code=400, match="Nights .*min_duration P1D"):
        create(seam_sandbox, choosy, seam_sandbox.clock.now() + HOUR, seam_sandbox.clock.now() + 6 * HOUR)
    later = seam_sandbox.clock.now() + HOUR + 3 * DAY
    with seam_raises("invalid_input", status_code=400):
        seam.access_codes.update(access_code_id=code.access_code_id, ends_at=(later + 5 * HOUR).isoformat())
    seam.access_codes.update(access_code_id=code.access_code_id, ends_at=(later + timedelta(minutes=5)).isoformat())

    assert look(seam, code).ends_at[:16] == f"{later:%Y-%m-%dT%H:%M}"
    assert status(seam, seam_sandbox.create_access_code(choosy)) == "set"


def test_several_locks_are_each_held_against_their_options(seam, seam_sandbox, choosy, sandbox_device):
    """When one lock does not take the times, none gets a code."""
    start = seam_sandbox.clock.now()

    with seam_raises("invalid_input", status_code=400):
        seam.access_codes.create_multiple(
            device_ids=[sandbox_device.device_id, choosy.device_id],
            starts_at=start.isoformat(),
            ends_at=(start + HOUR).isoformat(),
        )

    seam_sandbox.expect_no_event("access_code.created")


@pytest.mark.parametrize("one_time", [False, True])
def test_time_frame_beyond_the_calendar_is_refused(seam_sandbox, igloohome, one_time):
    """There is no day after the last one."""
    details = {"is_offline_access_code": True, "is_one_time_use": one_time}
    with seam_raises("invalid_input", status_code=400):
        create(seam_sandbox, igloohome, "9999-12-31T10:00:00Z", "9999-12-31T23:00:00Z", **details)


def test_daily_code_across_the_change_of_the_clocks(seam_sandbox):
    """The same time of day means that of the lock, or that of UTC."""
    option = {"display_name": "Daily", "min_duration": "P29D", "matching_start_end_time": True}
    lockly = seam_sandbox.create_device("lockly_lock", properties={"offline_time_frame_options": [option]})
    codes = [
        seam_sandbox.create_access_code(lockly, starts_at=start, ends_at=end, is_offline_access_code=True)
        for start, end in [
            ("2098-01-10T16:00:00-08:00", "2098-06-10T16:00:00-07:00"),
            ("2098-01-10T16:00:00Z", "2098-06-10T16:00:00Z"),
        ]
    ]

    assert [code.ends_at for code in codes] == ["2098-06-10T23:00:00.000Z", "2098-06-10T16:00:00.000Z"]
