"""Access codes on a lock that can be reached: what a new one looks like, how it gets there, and what is refused."""

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"


def kinds(sandbox, prefix="access_code."):
    return [event.event_type for event in sandbox.events if event.event_type.startswith(prefix)]


def test_new_code_is_being_programmed(seam, sandbox_device):
    """The answer shows the record at once: setting, with the pending creation, and all that was asked for."""
    code = seam.access_codes.create(device_id=sandbox_device.device_id, name="Jane", code="1234")

    assert (code.name, code.code, code.status, code.type) == ("Jane", "1234", "setting", "ongoing")
    assert [mutation.mutation_code for mutation in code.pending_mutations] == ["creating"]
    assert (code.device_id, code.is_managed, code.errors, code.warnings) == (sandbox_device.device_id, True, [], [])
    assert (code.common_code_key, code.is_backup_access_code_available, code.is_one_time_use) == (None, False, False)


def test_code_is_set_by_the_next_look(seam, seam_sandbox, sandbox_device):
    """An online lock takes the code right away: set, nothing pending, and the event carries the PIN."""
    code = seam.access_codes.create(device_id=sandbox_device.device_id, code="1234")

    found = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (found.status, found.pending_mutations) == ("set", [])
    assert kinds(seam_sandbox) == ["access_code.created", "access_code.set_on_device"]
    event = seam_sandbox.expect_event("access_code.set_on_device", count=1, access_code_id=code.access_code_id)
    assert (event.code, event.device_id) == ("1234", sandbox_device.device_id)
    assert event.connected_account_id == sandbox_device.connected_account_id


def test_events_carry_the_metadata_of_device_and_account(seam, seam_sandbox):
    """What a program stored on device and account comes back with each event of a code."""
    account = seam_sandbox.create_connected_account(custom_metadata={"site": "north"})
    device = seam_sandbox.create_device(
        connected_account_id=account.connected_account_id, custom_metadata={"room": "7"}
    )

    seam.access_codes.create(device_id=device.device_id)

    event = seam_sandbox.expect_event("access_code.created", count=1)
    assert event.device_custom_metadata == {"room": "7"}
    assert event.connected_account_custom_metadata == {"site": "north"}


@pytest.mark.seam(action_attempts=5.0)
def test_programming_takes_as_long_as_an_action(seam, seam_sandbox, sandbox_device):
    """The program sees the code in the making for the delay of action attempts."""
    code = seam.access_codes.create(device_id=sandbox_device.device_id)
    before = seam.access_codes.get(access_code_id=code.access_code_id).status

    seam_sandbox.clock.advance(5)

    assert (before, seam.access_codes.get(access_code_id=code.access_code_id).status) == ("setting", "set")


def test_code_without_a_pin_gets_one_that_the_lock_takes(seam, seam_sandbox):
    """A random PIN has a length that the lock supports, and the preferred one where it can."""
    device = seam_sandbox.create_device("tedee_lock")

    plain = seam.access_codes.create(device_id=device.device_id)
    longer = seam.access_codes.create(device_id=device.device_id, preferred_code_length=7)
    unusual = seam.access_codes.create(device_id=device.device_id, preferred_code_length=20)

    assert [len(code.code) for code in (plain, longer, unusual)] == [5, 7, 5]


def test_generated_code_is_not_stored(seam, seam_sandbox, sandbox_device):
    """A generated PIN is a proposal: no record, no event."""
    before = seam_sandbox.events

    proposal = seam.access_codes.generate_code(device_id=sandbox_device.device_id)

    assert (len(proposal.code), proposal.status, proposal.device_id) == (4, "unset", sandbox_device.device_id)
    assert seam.access_codes.list(device_id=sandbox_device.device_id) == []
    assert seam_sandbox.events == before


def test_same_pin_twice_on_one_lock_is_refused(seam, sandbox_device):
    """A second code with the PIN of the first answers 409 and is not stored."""
    seam.access_codes.create(device_id=sandbox_device.device_id, code="1234")

    with seam_raises("duplicate_access_code", status_code=409, match="1234 named Joe"):
        seam.access_codes.create(device_id=sandbox_device.device_id, code="1234", name="Joe")

    assert len(seam.access_codes.list(device_id=sandbox_device.device_id)) == 1


def test_refused_duplicate_names_its_period(seam, sandbox_device):
    """For a code with a time frame the refusal names it."""
    seam.access_codes.create(device_id=sandbox_device.device_id, code="1234")

    with seam_raises("duplicate_access_code", match="for period 2099-01-01T00:00:00.000Z-2099-01-02T00:00:00.000Z"):
        seam.access_codes.create(
            device_id=sandbox_device.device_id, code="1234", starts_at="2099-01-01", ends_at="2099-01-02"
        )


def test_same_pin_on_two_locks_is_fine(seam, seam_sandbox, sandbox_device):
    """PINs are unique for one lock only."""
    other = seam_sandbox.create_device()

    codes = [seam.access_codes.create(device_id=each.device_id, code="1234").code for each in (sandbox_device, other)]

    assert codes == ["1234", "1234"]


def test_common_code_key_shares_the_pin(seam, seam_sandbox, sandbox_device):
    """Codes with the same key have the same PIN, on whatever lock."""
    other = seam_sandbox.create_device()
    first = seam.access_codes.create(device_id=sandbox_device.device_id, common_code_key="stay-7")

    second = seam.access_codes.create(device_id=other.device_id, common_code_key="stay-7")

    assert (second.code, second.common_code_key) == (first.code, "stay-7")


def test_create_multiple_shares_one_pin(seam, seam_sandbox, sandbox_device):
    """Without a PIN several locks get one together, linked by a key; a lock named twice gets one code."""
    other = seam_sandbox.create_device("yale_lock")
    ids = [sandbox_device.device_id, other.device_id, other.device_id]

    codes = seam.access_codes.create_multiple(device_ids=ids, name="Cleaner")

    assert [code.device_id for code in codes] == ids[:2]
    assert len({code.code for code in codes}) == 1
    assert len({code.common_code_key for code in codes}) == 1
    assert codes[0].common_code_key is not None


def test_create_multiple_with_a_pin_has_no_key(seam, sandbox_device):
    """A PIN that the program chose does not link the codes."""
    codes = seam.access_codes.create_multiple(device_ids=[sandbox_device.device_id], code="4711")

    assert [(code.code, code.common_code_key) for code in codes] == [("4711", None)]


def test_create_multiple_for_no_lock_makes_nothing(seam):
    """An empty list of locks is no mistake."""
    assert seam.access_codes.create_multiple(device_ids=[]) == []


def test_create_multiple_is_all_or_nothing(seam, seam_sandbox, sandbox_device):
    """When one lock refuses the PIN, no lock gets it."""
    nuki = seam_sandbox.create_device("nuki_lock")

    with seam_raises("invalid_input", status_code=400, match="6 digits"):
        seam.access_codes.create_multiple(device_ids=[sandbox_device.device_id, nuki.device_id], code="4711")

    assert seam.access_codes.list(device_id=sandbox_device.device_id) == []
    seam_sandbox.expect_no_event("access_code.created")


def test_create_multiple_may_give_another_pin(seam, seam_sandbox, sandbox_device):
    """Asked to, a lock that refuses the shared PIN gets one of its own."""
    nuki = seam_sandbox.create_device("nuki_lock")

    codes = seam.access_codes.create_multiple(
        device_ids=[sandbox_device.device_id, nuki.device_id],
        code="4711",
        behavior_when_code_cannot_be_shared="create_random_code",
    )

    assert [len(code.code) for code in codes] == [4, 6]


def test_lock_that_has_a_pin_of_its_own_is_not_linked(seam, seam_sandbox, sandbox_device):
    """A common_code_key promises one PIN, so it links only the codes that share theirs."""
    nuki, other = seam_sandbox.create_device("nuki_lock"), seam_sandbox.create_device()

    shared, own, second = seam.access_codes.create_multiple(
        device_ids=[sandbox_device.device_id, nuki.device_id, other.device_id],
        behavior_when_code_cannot_be_shared="create_random_code",
    )

    assert (shared.code, shared.common_code_key) == (second.code, second.common_code_key)
    assert (len(own.code), own.common_code_key) == (6, None)


def test_key_of_other_codes_comes_with_their_pin(seam, seam_sandbox, sandbox_device):
    """Another PIN under the same key answers 400; the same one is fine."""
    other = seam_sandbox.create_device()
    seam.access_codes.create(device_id=sandbox_device.device_id, common_code_key="stay-7", code="4711")

    with seam_raises("invalid_input", status_code=400, match="have another code"):
        seam.access_codes.create(device_id=other.device_id, common_code_key="stay-7", code="4712")

    assert seam.access_codes.create(device_id=other.device_id, common_code_key="stay-7", code="4711").code == "4711"


def test_random_pin_is_as_short_as_the_lock_allows(seam, seam_sandbox):
    """In whatever order the lock lists its lengths."""
    device = seam_sandbox.create_device(properties={"supported_code_lengths": [8, 5, 6]})

    assert len(seam.access_codes.create(device_id=device.device_id).code) == 5


def test_unknown_lock_is_not_found(seam):
    """A code for a device that is not there answers 404."""
    with seam_raises("device_not_found", status_code=404):
        seam.access_codes.create(device_id=NOTHING)


def test_unmanaged_lock_is_refused(seam, sandbox_device):
    """Seam cannot program a lock that it does not manage."""
    seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)

    with seam_raises("device_unmanaged", status_code=400):
        seam.access_codes.create(device_id=sandbox_device.device_id)


@pytest.mark.parametrize(
    ("device_type", "params", "flag"),
    [
        ("kisi_lock", {}, "can_program_online_access_codes"),
        ("august_lock", {"is_offline_access_code": True}, "can_program_offline_access_codes"),
        ("dormakaba_oracode_door", {}, "can_program_online_access_codes"),
    ],
)
def test_device_without_such_codes_is_refused(seam, seam_sandbox, device_type, params, flag):
    """Hardware that cannot have the code answers 400, naming the missing capability."""
    device = seam_sandbox.create_device(device_type)

    with seam_raises("access_codes_not_supported", status_code=400, match=flag):
        seam.access_codes.create(device_id=device.device_id, **params)


@pytest.mark.parametrize(
    "params",
    [
        {"code": "123"},
        {"code": "1" * 13},
        {"code": "12a4"},
        {"code": "١٢٣٤"},
        {"code": 1234},
        {"starts_at": "2099-01-01"},
        {"ends_at": "2099-01-01"},
        {"starts_at": "2099-01-02", "ends_at": "2099-01-01"},
        {"starts_at": "2099-01-01", "ends_at": "2099-01-01"},
        {"starts_at": "soon", "ends_at": "2099-01-01"},
        {"starts_at": "2019-01-01", "ends_at": "2019-01-02"},
        {"use_backup_access_code_pool": True},
        {"max_time_rounding": "1week"},
        {"device_id": "garage"},
        {"code": "123456789"},
        {"is_one_time_use": "yes"},
    ],
    ids=str,
)
def test_bad_input_is_refused_and_leaves_no_trace(seam_sandbox, seam_http, sandbox_device, params):
    """A code that cannot be answers 400 `invalid_input`; no record, no event."""
    before = seam_sandbox.events

    answer = seam_http.post("/access_codes/create", json={"device_id": sandbox_device.device_id, **params})

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")
    assert seam_sandbox.events == before
    listed = seam_http.post("/access_codes/list", json={"device_id": sandbox_device.device_id})
    assert listed.json()["access_codes"] == []


def test_time_frame_at_the_edge_of_the_calendar(seam, sandbox_device):
    """The first and the last year of the calendar are times like others."""
    code = seam.access_codes.create(
        device_id=sandbox_device.device_id, starts_at="0001-01-01T00:00:00Z", ends_at="9999-12-31T00:00:00Z"
    )

    assert seam.access_codes.get(access_code_id=code.access_code_id).status == "set"


def test_session_of_another_account_is_refused(seam_sandbox, sandbox_device):
    """A client session reaches the locks of its own accounts only."""
    owner = seam_sandbox.create_connected_account()
    session = seam_sandbox.client().client_sessions.create(connected_account_ids=[owner.connected_account_id])

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as client:
        answer = client.post("/access_codes/create", json={"device_id": sandbox_device.device_id})

    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "unauthorized")
    seam_sandbox.expect_no_event("access_code.created")


def test_session_of_the_account_makes_codes(seam_sandbox, sandbox_device):
    """The owner of a lock may give codes to it."""
    session = seam_sandbox.client().client_sessions.create(connected_account_ids=[sandbox_device.connected_account_id])

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as client:
        answer = client.post("/access_codes/create", json={"device_id": sandbox_device.device_id})

    assert answer.status_code == 200
    seam_sandbox.expect_event("access_code.created", count=1)


@pytest.mark.seam(rate_limits=True)
def test_eleventh_code_in_a_minute_is_too_much(seam_sandbox, seam_http, sandbox_device):
    """A lock takes ten new codes a minute, then 429 with the time to wait; another lock is free."""
    other = seam_sandbox.create_device()
    body = {"device_id": sandbox_device.device_id}
    made = [seam_http.post("/access_codes/create", json=body).status_code for _ in range(10)]

    refused = seam_http.post("/access_codes/create", json=body)

    assert made == [200] * 10
    assert (refused.status_code, refused.json()["error"]["type"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert seam_http.post("/access_codes/create", json={"device_id": other.device_id}).status_code == 200


@pytest.mark.seam(rate_limits=True)
@pytest.mark.parametrize(("path", "limit"), [("/access_codes/update", 10), ("/access_codes/delete", 20)])
def test_rate_limit_of_a_change_counts_for_the_lock_of_the_code(seam_sandbox, seam_http, path, limit):
    """Changes and deletions name a code and count for its lock; codes of other locks and unknown ones do not."""
    busy, calm = seam_sandbox.create_device(), seam_sandbox.create_device()
    code, other = (seam_sandbox.create_access_code(busy, code=pin).access_code_id for pin in ("1234", "4321"))
    free = seam_sandbox.create_access_code(calm).access_code_id
    gone = [seam_http.post(path, json={"access_code_id": NOTHING}).status_code for _ in range(limit + 1)]
    with seam_sandbox.disconnected(busy):
        made = [seam_http.post(path, json={"access_code_id": code}).status_code for _ in range(limit)]

        refused = seam_http.post(path, json={"access_code_id": other})

    assert (gone, made) == ([404] * (limit + 1), [200] * limit)
    assert (refused.status_code, refused.json()["error"]["type"]) == (429, "too_many_requests")
    assert seam_http.post(path, json={"access_code_id": free}).status_code == 200


@pytest.mark.seam(rate_limits=True)
def test_a_minute_later_the_lock_takes_codes_again(seam_sandbox, seam_http, sandbox_device):
    """The limit slides with the sandbox clock."""
    body = {"device_id": sandbox_device.device_id}
    before = [seam_http.post("/access_codes/create", json=body).status_code for _ in range(11)]

    seam_sandbox.clock.advance(61)

    assert before[-1] == 429
    assert seam_http.post("/access_codes/create", json=body).status_code == 200
