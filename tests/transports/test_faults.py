"""Faults: each one through the transport and through the server, and what they say when they are misused."""

import time
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from seam.exceptions import SeamHttpApiError, SeamHttpInvalidResponseError
from seam.seam import Seam

from pytest_seam_sandbox import ExpectationFailed, Sandbox, SandboxError, seam_raises

UNLOCK = "POST /locks/unlock_door"
NO_DEVICE = "00000000-0000-4000-8000-000000000000"
GET = "GET /devices/get"


@contextmanager
def _in_process(sandbox, **options):
    yield sandbox.client(**options)


@contextmanager
def _over_loopback(sandbox, **options):
    with sandbox.serve() as url, Seam(api_key=sandbox.api_key, endpoint=url, **options) as client:
        yield client


@contextmanager
def _intercepted(sandbox, **options):
    with sandbox.intercepted(), Seam(api_key=sandbox.api_key, **options) as client:
        yield client


@pytest.fixture(params=[_in_process, _over_loopback, _intercepted], ids=["transport", "server", "intercept"])
def connected(request, seam_sandbox):
    """Makes an SDK client through each transport. It waits for half a second where it is to get no answer in time."""
    with ExitStack() as stack:

        def connect(*, in_vain=False):
            return stack.enter_context(request.param(seam_sandbox, timeout=0.5 if in_vain else 30))

        yield connect


@pytest.fixture
def client(connected):
    """An SDK client through each transport."""
    return connected()


def _until_met(fault):
    """Wait for a server whose client has gone: its thread may come to the request later."""
    while not fault.times_met:
        time.sleep(0.01)


@pytest.fixture
def faults(seam_sandbox):
    return seam_sandbox.faults


def _unlocks(sandbox):
    return [event for event in sandbox.events if event.event_type == "lock.unlocked"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (lambda faults: faults.fail(UNLOCK), SeamHttpApiError),
        (lambda faults: faults.fail(UNLOCK, empty=True), httpx.HTTPStatusError),
        (lambda faults: faults.fail(UNLOCK, error_type="service_unavailable"), SeamHttpApiError),
        (lambda faults: faults.fail(UNLOCK, status=500), SeamHttpApiError),
        (lambda faults: faults.fail(UNLOCK, status=500, error_type="oops"), SeamHttpApiError),
        (lambda faults: faults.time_out(UNLOCK), httpx.ReadTimeout),
        (lambda faults: faults.reset(UNLOCK), httpx.ReadError),
        (lambda faults: faults.garbage(UNLOCK), SeamHttpInvalidResponseError),
        (lambda faults: faults.garbage(UNLOCK, kind="truncated"), SeamHttpInvalidResponseError),
        (lambda faults: faults.garbage(UNLOCK, kind="wrong_content_type"), SeamHttpInvalidResponseError),
        (lambda faults: faults.slow(UNLOCK, 5), httpx.ReadTimeout),
        (lambda faults: faults.rate_limit(UNLOCK, retry_after=2), SeamHttpApiError),
        (lambda faults: faults.lose_answer(UNLOCK), httpx.RemoteProtocolError),
        (lambda faults: faults.refuse(times=None), httpx.ConnectError),
    ],
    ids=[
        "503",
        "503 without a body",
        "503 with a type",
        "500",
        "500 with a type",
        "time_out",
        "reset",
        "not_json",
        "truncated",
        "html",
        "slow",
        "rate_limit",
        "lose",
        "refuse",
    ],
)
def test_every_transport_gives_the_same_exception(connected, faults, sandbox_device, fault, expected):
    """A fault raises the same exception in process as over a real connection."""
    client = connected(in_vain=expected is httpx.ReadTimeout)

    with fault(faults) as met:
        with pytest.raises(expected) as caught:
            client.locks.unlock_door(device_id=sandbox_device.device_id)
        if expected is httpx.ReadTimeout:
            _until_met(met)

    assert type(caught.value) is expected


@pytest.mark.parametrize(
    ("kind", "options", "happened"),
    [
        ("lose_answer", {}, 1),
        ("time_out", {}, 0),
        ("time_out", {"after": True}, 1),
        ("reset", {}, 0),
        ("reset", {"after": True}, 1),
        ("garbage", {}, 0),
        ("garbage", {"after": True}, 1),
        ("fail", {}, 0),
        ("fail", {"after": True}, 1),
        ("slow", {"seconds": 5}, 1),
        ("rate_limit", {}, 0),
    ],
)
def test_a_fault_takes_effect_before_or_after_the_call(
    connected, faults, seam_sandbox, sandbox_device, kind, options, happened
):
    """Whether the lock was opened is as the fault says, whatever the client saw."""
    client = connected(in_vain=kind in ("time_out", "slow"))

    with getattr(faults, kind)(UNLOCK, **options) as met:
        with pytest.raises((httpx.HTTPError, SeamHttpApiError, SeamHttpInvalidResponseError)):
            client.locks.unlock_door(device_id=sandbox_device.device_id)
        _until_met(met)

    assert len(_unlocks(seam_sandbox)) == happened


def test_the_sdk_retries_a_read(client, faults, sandbox_device):
    """Two 503 answers to a read stay unseen, because the SDK's own retries are in force in every transport."""
    with faults.fail(GET, times=2) as fault:
        device = client.devices.get(device_id=sandbox_device.device_id)

    assert device.device_id == sandbox_device.device_id
    assert fault.times_met == 2


def test_the_sdk_gives_up_after_three_attempts(client, faults, sandbox_device):
    """Three 503 answers to a read reach the app."""
    with faults.fail(GET, times=3), pytest.raises(SeamHttpApiError):
        client.devices.get(device_id=sandbox_device.device_id)


def test_a_lost_answer_to_a_read_is_asked_for_again(client, faults, sandbox_device):
    """A disconnection without an answer is retried for reads."""
    with faults.lose_answer(GET):
        assert client.devices.get(device_id=sandbox_device.device_id)


def test_a_reset_in_the_middle_of_an_answer_is_not_retried(client, faults, sandbox_device):
    """The headers are there before the reset, so the SDK's retries have handed the answer on."""
    with faults.reset(GET), pytest.raises(httpx.ReadError):
        client.devices.get(device_id=sandbox_device.device_id)


def test_a_client_that_waits_is_not_blamed(client, faults, sandbox_device):
    """The SDK waits as long as retry-after says, in sandbox time in process and in real time over loopback."""
    with faults.rate_limit(GET, retry_after=1):
        assert client.devices.get(device_id=sandbox_device.device_id)

    assert faults.complaints() == []


def test_a_client_that_comes_back_too_early_fails_the_test(faults, seam_sandbox, seam_http, sandbox_device):
    """429 again for a client that does not wait, and a complaint that names both times."""
    params = {"device_id": sandbox_device.device_id}
    faults.rate_limit(GET, retry_after=5)

    first, second = seam_http.get("/devices/get", params=params), seam_http.get("/devices/get", params=params)

    assert (first.status_code, first.headers["retry-after"], second.status_code) == (429, "5", 429)
    with pytest.raises(ExpectationFailed, match=r"came back to GET /devices/get after .* told it to wait 5 s"):
        seam_sandbox.check()


def test_a_client_that_waited_gets_its_answer(faults, seam_sandbox, seam_http, sandbox_device):
    """After retry-after has passed on the sandbox clock the request goes through."""
    params = {"device_id": sandbox_device.device_id}
    faults.rate_limit(GET, retry_after=5)

    seam_http.get("/devices/get", params=params)
    seam_sandbox.clock.advance(5)

    assert seam_http.get("/devices/get", params=params).status_code == 200


def test_slow_takes_sandbox_time_only(faults, seam_sandbox, seam_client, sandbox_device):
    """In process a slow answer moves the sandbox clock and nothing else."""
    before, started = seam_sandbox.clock.now(), time.monotonic()

    with faults.slow(GET, 20):
        seam_client.devices.get(device_id=sandbox_device.device_id)

    assert (seam_sandbox.clock.now() - before).total_seconds() >= 20
    assert time.monotonic() - started < 20


def test_a_slow_answer_over_loopback_is_slow(faults, seam_server, seam_sandbox, sandbox_device):
    """Through the server the delay is real."""
    started = time.monotonic()

    with faults.slow(GET, 0.1), Seam(api_key=seam_sandbox.api_key, endpoint=seam_server) as client:
        client.devices.get(device_id=sandbox_device.device_id)

    assert time.monotonic() - started >= 0.1


def test_a_client_without_a_timeout_is_told_so(faults, seam_sandbox, sandbox_device):
    """No answer and no read timeout would hang for ever: the author hears it at once."""
    client = seam_sandbox.client(timeout=None)

    with faults.time_out(GET), pytest.raises(SandboxError, match="has no read timeout"):
        client.devices.get(device_id=sandbox_device.device_id)


def test_the_sandbox_itself_meets_no_faults(faults, seam_sandbox, sandbox_device):
    """Outages and looks of the test go through whatever faults are set."""
    with faults.fail("*", times=None), seam_sandbox.disconnected(sandbox_device) as outage:
        pass

    assert [event.event_type for event in outage.events] == ["device.disconnected", "device.connected"]


def test_a_fault_can_be_limited_to_a_device(faults, seam_sandbox, seam_client, sandbox_device):
    """Other devices are spared."""
    other = seam_sandbox.create_device(name="OTHER")

    with faults.fail(UNLOCK, device=sandbox_device, status=500, error_type="jammed"):
        seam_client.locks.unlock_door(device_id=other.device_id)
        with seam_raises("jammed", status_code=500):
            seam_client.locks.unlock_door(device_id=sandbox_device.device_id)


def test_a_fault_can_be_limited_to_a_caller(faults, seam_sandbox, sandbox_device):
    """Another API key is spared."""
    other_key = seam_sandbox.embedded.add_api_key(seam_sandbox.embedded.workspace)

    with faults.fail("/devices/get", caller=other_key, status=500), seam_sandbox.http() as mine:
        assert mine.get("/devices/get", params={"device_id": sandbox_device.device_id}).status_code == 200
        theirs = mine.get(
            "/devices/get",
            params={"device_id": sandbox_device.device_id},
            headers={"authorization": f"Bearer {other_key}"},
        )

    assert theirs.status_code == 500


def test_a_request_that_cannot_be_read_can_still_meet_a_fault(faults, seam_http):
    """A fault on a path takes effect before the parameters are validated."""
    with faults.fail("/devices/list", empty=True):
        answer = seam_http.get("/devices/list?device_ids=a&device_ids=")

    assert (answer.status_code, answer.content) == (503, b"")


def test_unavailable_with_a_message_says_it(seam_sandbox):
    """A 503 has the message that it was given."""
    with seam_sandbox.faults.fail("/devices/list", message="Down for maintenance"), seam_sandbox.http() as http:
        answer = http.post("/devices/list", json={})

    assert (answer.status_code, answer.json()["error"]["message"]) == (503, "Down for maintenance")


def test_an_error_without_a_type_has_a_default(faults, seam_http):
    """Whatever its status."""
    with faults.fail("/devices/list", status=500, message="broken"):
        error = seam_http.get("/devices/list").json()["error"]

    assert (error["type"], error["message"]) == ("internal_server_error", "broken")


def test_a_fault_that_nobody_met_fails_its_block(faults):
    """Leaving the block says how often the fault was met and what to do."""
    with (
        pytest.raises(ExpectationFailed, match=r"fail on POST /locks/unlock_door was met 0 of 2 time"),
        faults.fail(UNLOCK, times=2),
    ):
        pass


def test_a_fault_that_nobody_met_joins_another_failure():
    """The body's exception wins, with a note."""
    with pytest.raises(KeyError) as caught, Sandbox() as sandbox, sandbox.faults.fail(UNLOCK):
        raise KeyError("the app's own")

    assert any("was met 0 of 1" in note for note in caught.value.__notes__)


def test_a_fault_that_nobody_met_fails_the_test():
    """A fault that was set without a block is checked at the end of the sandbox."""
    with pytest.raises(ExpectationFailed, match="was met 0 of 1"), Sandbox() as sandbox:
        sandbox.faults.fail(UNLOCK)


def test_an_unlimited_fault_need_not_be_met():
    """times=None is for as long as it is set, without a check."""
    with Sandbox() as sandbox, sandbox.faults.fail(UNLOCK, times=None) as fault:
        assert fault.unmet() is None


async def _enter(faults):
    async with faults.fail(UNLOCK, times=None) as fault:
        return fault


@pytest.mark.asyncio
async def test_a_fault_is_an_async_context_manager_too(faults):
    """`async with` takes it away as `with` does."""
    await _enter(faults)

    assert faults.active == []


def test_two_faults_on_one_target_are_refused(faults):
    """The second names the active first one."""
    with (
        faults.fail(UNLOCK, times=None),
        pytest.raises(SandboxError, match=r"active fault fail on POST /locks/unlock_door"),
    ):
        faults.time_out("/locks/*")


def test_a_spent_fault_makes_room(faults, seam_http):
    """Once it has happened as often as it should, another may be set on the target."""
    faults.fail("/devices/list")
    seam_http.get("/devices/list")

    faults.fail("/devices/list")

    assert len(faults.active) == 1
    faults.clear()


@pytest.mark.parametrize("other", ["POST /locks/lock_door", "GET /devices/get"])
def test_faults_on_different_targets_live_together(faults, other):
    """Different paths or methods do not overlap."""
    with faults.fail(UNLOCK, times=None), faults.fail(other, times=None):
        assert len(faults.active) == 2


def test_faults_on_different_devices_live_together(faults, seam_sandbox, sandbox_device):
    """Different devices do not overlap; ids are as good as models."""
    other = seam_sandbox.create_device()

    with (
        faults.fail(UNLOCK, device=sandbox_device, times=None),
        faults.slow(UNLOCK, 1, device=other.device_id, times=None),
        faults.slow(UNLOCK, 1, device={"device_id": NO_DEVICE}, times=None),
    ):
        assert len(faults.active) == 3


def test_an_unknown_path_is_refused_with_the_nearest(faults):
    """A typo in a target can never be met, so it is refused at once."""
    with pytest.raises(
        SandboxError, match=r"no emulated path matches .*POST /locks/unlok_door.*Nearest: /locks/unlock_door"
    ):
        faults.fail("POST /locks/unlok_door")


@pytest.mark.parametrize(
    ("misuse", "said"),
    [
        (lambda faults: faults.fail("UNLOCK /locks/unlock_door"), "has the method 'UNLOCK'"),
        (lambda faults: faults.fail(UNLOCK, status=200), "from 400 to 599, not 200"),
        (lambda faults: faults.fail(UNLOCK, times=0), "times is 0"),
        (lambda faults: faults.fail(UNLOCK, times=True), "times is True"),
        (lambda faults: faults.slow(UNLOCK, -1), "seconds is -1"),
        (lambda faults: faults.rate_limit(UNLOCK, retry_after="soon"), "retry_after is 'soon'"),
        (lambda faults: faults.garbage(UNLOCK, kind="xml"), "got 'xml'"),
        (lambda faults: faults.garbage(UNLOCK, kind=["not_json"]), r"got \['not_json'\]"),
        (lambda faults: faults.fail(None), "a fault target is a text .*; got None"),
        (lambda faults: faults.fail(b"/locks/unlock_door"), "a fault target is a text .*; got b'/locks/unlock_door'"),
        (lambda faults: faults.fail(UNLOCK, error_type=3), "error_type is 3; it takes a text"),
        (lambda faults: faults.fail(UNLOCK, empty=1), "empty is 1; it takes True or False"),
        (
            lambda faults: faults.fail(UNLOCK, empty=True, message="x"),
            "without a body has no error_type and no message",
        ),
        (lambda faults: faults.fail(UNLOCK, message="\ud800"), r"message is '\\ud800'; it takes a text"),
        (lambda faults: faults.fail(UNLOCK, after="no"), "after is 'no'; it takes True or False"),
        (lambda faults: faults.reset(UNLOCK, optional="false"), "optional is 'false'; it takes True or False"),
        (lambda faults: faults.reset(UNLOCK, until_seen=1), "until_seen is 1; it takes True or False"),
        (lambda faults: faults.reset(UNLOCK, device=""), "device is ''; it takes a device, or the id or name"),
        (lambda faults: faults.reset(UNLOCK, device=7), "device is 7; it takes a device, or the id or name"),
        (lambda faults: faults.reset(UNLOCK, device={"id": "x"}), r"device is \{'id': 'x'\}"),
        (lambda faults: faults.reset(UNLOCK, caller=""), "caller is ''; it takes an API key or a token"),
        (lambda faults: faults.reset(UNLOCK, tiems=2), r"reset\(\) has no parameter 'tiems'. Did you mean 'times'"),
        (lambda faults: faults.refuse(qqqqqqqq=2), "it takes times, optional, until_seen, device, caller"),
        (lambda faults: faults.fail("/" + "x" * 100_000), r"\(100,003 characters\)"),
    ],
)
def test_misuse_is_said_at_once(faults, misuse, said):
    """Bad arguments name what was found and what was expected."""
    with pytest.raises(SandboxError, match=said):
        misuse(faults)

    assert faults.all == []


def test_a_server_cannot_count_refused_connections(faults, seam_server):
    """A counted refusal is refused while a server is running, with the way out."""
    with pytest.raises(SandboxError, match=r"refuse\(times=None\)"):
        faults.refuse()

    assert seam_server.startswith("http://127.0.0.1:")


def test_counted_refusals_work_in_process(faults, seam_client, sandbox_device):
    """In process a refusal is counted, and the SDK retries a read after it."""
    with faults.refuse(GET):
        assert seam_client.devices.get(device_id=sandbox_device.device_id)


def test_clear_ends_a_refusal(faults, seam_server, seam_sandbox):
    """Clearing the faults lets the server listen again."""
    faults.refuse(times=None)

    faults.clear()

    assert httpx.get(f"{seam_server}/health").status_code == 200
    assert seam_sandbox.faults.active == []


def test_rate_limits_of_seam_apply_per_device(sandbox_device):
    """With rate_limits the sixteenth unlock within a minute answers 429 with retry-after; other devices are free."""
    with Sandbox(rate_limits=True) as sandbox, sandbox.http() as http:
        first, second = sandbox.create_device(), sandbox.create_device()
        answers = [http.post("/locks/unlock_door", json={"device_id": first.device_id}) for _ in range(16)]

        assert [answer.status_code for answer in answers] == [200] * 15 + [429]
        assert answers[-1].json()["error"]["type"] == "too_many_requests"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert http.post("/locks/unlock_door", json={"device_id": second.device_id}).status_code == 200
        sandbox.clock.advance(61)
        assert http.post("/locks/unlock_door", json={"device_id": first.device_id}).status_code == 200


@pytest.mark.asyncio
async def test_an_async_client_sees_a_reset_in_the_middle(faults, async_seam_client, sandbox_device):
    """The async transport breaks off in the middle of the answer as the sync one does."""
    with faults.reset(GET), pytest.raises(httpx.ReadError):
        await async_seam_client.devices.get(device_id=sandbox_device.device_id)


def test_fault_lasts_until_the_program_sees_it(seam, seam_sandbox, sandbox_device):
    """With `until_seen` what the SDK tries again by itself meets the fault too; the program's next call does not."""
    seam_sandbox.faults.fail("/devices/get", status=503, until_seen=True)

    with pytest.raises(SeamHttpApiError):
        seam.devices.get(device_id=sandbox_device.device_id)
    seam.devices.get(device_id=sandbox_device.device_id)

    assert [call.status for call in seam_sandbox.requests] == [503, 503, 503, 200]


def test_what_the_client_does_not_repeat_meets_a_fault_once(seam, seam_sandbox, sandbox_device):
    """A 404 makes no client try again, so the program's own next call is another one."""
    seam_sandbox.faults.fail("/devices/get", status=404, error_type="device_not_found", until_seen=True)

    with pytest.raises(SeamHttpApiError):
        seam.devices.get(device_id=sandbox_device.device_id)

    assert seam.devices.get(device_id=sandbox_device.device_id).device_id == sandbox_device.device_id


def test_method_that_the_path_does_not_take(seam_sandbox):
    """A fault that no call could match is refused with the methods of its path."""
    with pytest.raises(SandboxError, match=r"no call can match .*: /locks/unlock_door takes POST. Give one of them"):
        seam_sandbox.faults.fail("GET /locks/unlock_door")


def test_requests_of_another_method_are_named(seam_sandbox, sandbox_device):
    """An unmet fault says that its path was called, with a method that it does not name."""
    code = seam_sandbox.create_access_code(sandbox_device)
    with (
        pytest.raises(ExpectationFailed, match=r"but DELETE requests to that path; leave the method off to meet all"),
        seam_sandbox.faults.fail("POST /access_codes/delete"),
    ):
        seam_sandbox.client().access_codes.delete(access_code_id=code.access_code_id)


def test_any_number_of_times_is_none_by_mistake(seam_sandbox, seam_client, sandbox_device):
    """With `times=None` it is fine that nobody met it, but not that all requests to its path had another method."""
    faults = seam_sandbox.faults
    get = seam_client.devices.get  # the SDK sends GET

    with (
        pytest.raises(
            ExpectationFailed, match=r"was never met, but GET requests to that path.* asked for at .*\.py:\d"
        ),
        faults.fail("POST /devices/get", times=None),
    ):
        get(device_id=sandbox_device.device_id)
    for target, narrowing in {"POST /devices/get": {"optional": True}, "POST /devices/*": {}, "/locks/get": {}}.items():
        with faults.fail(target, times=None, **narrowing):
            get(device_id=sandbox_device.device_id)
