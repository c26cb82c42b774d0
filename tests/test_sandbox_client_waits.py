"""The SDK's own wait for an action attempt passes on the sandbox clock, whoever made the client."""

import asyncio
import time
from importlib import import_module
from types import FunctionType, ModuleType

import anyio
import pytest
from seam import AsyncSeam, Seam, SeamActionAttemptFailedError, SeamActionAttemptTimeoutError

from pytest_seam_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("awake")


def of_sandbox(sandbox, call, **options):
    return call(sandbox.client(**options))


def built_by_the_app(sandbox, call, **options):
    with sandbox.intercepted(), Seam(api_key=sandbox.api_key, **options) as client:
        return call(client)


def async_on(backend):
    def run(sandbox, call, **options):
        async def body():
            async with sandbox.async_client(**options) as client:
                return await call(client)

        return anyio.run(body, backend=backend)

    return run


def async_built_by_the_app_on(backend):
    def run(sandbox, call, **options):
        async def body():
            async with AsyncSeam(api_key=sandbox.api_key, **options) as client:
                return await call(client)

        with sandbox.intercepted():
            return anyio.run(body, backend=backend)

    return run


WAYS = {
    "client": of_sandbox,
    "intercepted": built_by_the_app,
    **{f"async_client-{name}": async_on(name) for name in ("asyncio", "trio")},
    **{f"async-intercepted-{name}": async_built_by_the_app_on(name) for name in ("asyncio", "trio")},
}


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def ask(request):
    """Asks a client of some kind."""
    return request.param


@pytest.fixture
def unlock(seam_sandbox, sandbox_device):
    """What to ask: unlock the door."""
    seam_sandbox.clock.freeze()
    return lambda client, **options: client.locks.unlock_door(device_id=sandbox_device.device_id, **options)


@pytest.fixture
def passed(seam_sandbox, unlock):
    """How many sandbox seconds have passed since the clock was frozen."""
    began = seam_sandbox.clock.now()

    def seconds():
        return (seam_sandbox.clock.now() - began).total_seconds()

    return seconds


@pytest.mark.seam(action_attempts="poll")
def test_wait_between_two_looks_is_sandbox_time(seam_sandbox, ask, unlock, passed):
    """The SDK looks again after its half second, which is in the timeline, and the attempt has ended."""
    assert ask(seam_sandbox, unlock).status == "success"
    assert passed() == 0.5
    assert "0.500 s passed until the client looked at the action attempt again" in seam_sandbox.timeline


@pytest.mark.seam(action_attempts=3.2)
def test_wait_lasts_as_long_as_the_attempt(seam_sandbox, ask, unlock, passed):
    """A delayed attempt is looked at every half second until it has ended."""
    assert ask(seam_sandbox, unlock).status == "success"
    assert passed() == 3.5
    assert [call.path for call in seam_sandbox.requests] == ["/locks/unlock_door"] + 7 * ["/action_attempts/get"]


@pytest.mark.seam(action_attempts=30)
def test_wait_has_the_timeout_of_the_sdk(seam_sandbox, ask, unlock, passed):
    """The SDK gives up after its five seconds, as at Seam."""
    with pytest.raises(SeamActionAttemptTimeoutError) as caught:
        ask(seam_sandbox, unlock)

    assert caught.value.action_attempt.status == "pending"
    assert passed() == pytest.approx(5, abs=0.002)


@pytest.mark.seam(action_attempts="poll")
def test_failed_attempt_raises_what_the_sdk_raises(seam_sandbox, sandbox_device, ask, unlock):
    """An attempt that ends in error is the SDK's exception."""
    with seam_sandbox.disconnected(sandbox_device), pytest.raises(SeamActionAttemptFailedError) as caught:
        ask(seam_sandbox, unlock)

    assert caught.value.code == "device_disconnected"


@pytest.mark.seam(action_attempts=30)
def test_options_of_the_client_and_of_the_call(seam_sandbox, ask, unlock, passed):
    """Both mean sandbox seconds; those of the call win, also when they say not to wait."""
    patient = {"timeout": 60, "polling_interval": 20}

    ended = ask(seam_sandbox, unlock, wait_for_action_attempt=patient)
    assert (ended.status, passed()) == ("success", 40)

    pending = ask(
        seam_sandbox, lambda client: unlock(client, wait_for_action_attempt=False), wait_for_action_attempt=patient
    )
    assert (pending.status, passed()) == ("pending", 40)

    pending = ask(seam_sandbox, unlock, wait_for_action_attempt=False)
    assert pending.status == "pending"
    ended = ask(
        seam_sandbox,
        lambda client: client.action_attempts.get(
            action_attempt_id=pending.action_attempt_id, wait_for_action_attempt=patient
        ),
        wait_for_action_attempt=False,
    )
    assert (ended.status, passed()) == ("success", 80)


@pytest.mark.seam(action_attempts="poll")
def test_wrong_option_is_refused_by_the_sdk(seam_sandbox, ask, unlock):
    """The SDK's own check of the option is in force."""
    with pytest.raises(Exception, match="unknown key 'interval'"):
        ask(seam_sandbox, lambda client: unlock(client, wait_for_action_attempt={"interval": 1}))


def test_wait_that_never_ends_within_a_millisecond(seam_sandbox, unlock, passed):
    """The clock shows milliseconds; a shorter interval moves it all the same."""
    sandbox = Sandbox(action_attempts=1)
    sandbox.clock.freeze()
    door = sandbox.create_device()
    client = sandbox.client(wait_for_action_attempt={"timeout": 0.01, "polling_interval": 1e-9})

    with pytest.raises(SeamActionAttemptTimeoutError):
        client.locks.unlock_door(device_id=door.device_id)


@pytest.mark.seam(action_attempts="poll")
def test_cancelled_wait_has_not_passed(seam_sandbox, unlock, passed):
    """A cancelled task waits no longer, and leaves the clock as it is."""

    async def body():
        async with seam_sandbox.async_client(wait_for_action_attempt=False) as client:
            pending = await unlock(client)
            with anyio.move_on_after(0):
                await client.action_attempts.get(
                    action_attempt_id=pending.action_attempt_id, wait_for_action_attempt=True
                )

    anyio.run(body, backend="trio")

    assert passed() == 0


def test_every_waiting_method_of_the_sdk_is_met(seam_sandbox):
    """No method of the SDK that takes the option is left out, also not those of nested routes."""
    client = seam_sandbox.client()
    plain = Seam(api_key=seam_sandbox.api_key)
    plain.close()
    expected = dict(waiting(plain))

    assert {"locks.unlock_door", "action_attempts.get", "acs.entrances.unlock"} < set(expected)
    for name, method in waiting(client):
        assert method.__wrapped__.__func__ is expected.pop(name).__func__
    assert expected == {}


def waiting(route, path=()):
    """The methods below a route that take the option, by name."""
    for name in dir(route):
        member = getattr(route, name)
        if name.startswith(("_", "from_")) or name in {"client", "defaults"}:
            continue
        if type(member).__module__.startswith("seam.routes."):
            yield from waiting(member, (*path, name))
        elif (
            "wait_for_action_attempt"
            in getattr(getattr(member, "__wrapped__", member), "__code__", Nothing).co_varnames
        ):
            yield ".".join((*path, name)), member


class Nothing:
    co_varnames = ()


@pytest.mark.parametrize("name", ["time", "asyncio"])
def test_interception_ends_with_its_block(seam_sandbox, name):
    """The SDK is as before, and was never touched for clients that the sandbox makes."""
    from seam.modules import action_attempts

    before = getattr(action_attempts, name)
    seam_sandbox.client()
    assert getattr(action_attempts, name) is before

    with seam_sandbox.intercepted():
        assert getattr(action_attempts, name) is not before
    assert getattr(action_attempts, name) is before


@pytest.mark.parametrize("function", ["resolve_action_attempt", "resolve_action_attempt_async"])
def test_module_of_the_sdk_reads_the_time_as_expected(function):
    """The SDK's module uses these names of these modules and no others, so that replacing them is enough."""
    waiting = vars(import_module("seam.modules.action_attempts"))
    used = {name for each in waiting.values() if isinstance(each, FunctionType) for name in each.__code__.co_names}

    assert function in waiting
    assert {name for name, value in waiting.items() if isinstance(value, ModuleType)} == {"time", "asyncio"}
    of_modules = {name for each in (time, asyncio) for name in dir(each) if not name.startswith("__")}
    assert used & of_modules - {"time", "asyncio"} == {"monotonic", "sleep"}


def test_an_sdk_that_waits_elsewhere(seam_sandbox, monkeypatch, sandbox_device):
    """A client of an SDK without the module is the SDK's own in everything."""
    monkeypatch.setattr("pytest_seam_sandbox.transports.waits._MODULE", "seam.modules.gone")
    client = seam_sandbox.client()

    assert client.locks.unlock_door.__func__ is Seam.from_api_key("seam_x").locks.unlock_door.__func__
    with seam_sandbox.intercepted():
        assert client.devices.list()
