"""Async clients among other tasks, on asyncio and on trio: turns, timeouts and cancellation."""

import asyncio
from contextlib import contextmanager
from functools import partial

import anyio
import httpx
import pytest
import seam
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.stateful import AsyncSandboxMachine, rule

BACKENDS = ("asyncio", "trio")


@pytest.fixture(params=BACKENDS)
def run(request):
    """Runs an async function in an event loop."""
    return lambda function: anyio.run(function, backend=request.param)


@contextmanager
def plain_client(sandbox):
    yield sandbox.async_http()


@contextmanager
def sdk_client(sandbox):
    yield sandbox.async_client().client  # the SDK's own httpx client, with its retries


@contextmanager
def intercepted_client(sandbox):
    with sandbox.intercepted():
        yield seam.AsyncSeam(api_key=sandbox.api_key).client


@pytest.fixture(params=[plain_client, sdk_client, intercepted_client], ids=lambda make: make.__name__)
def client(request, seam_sandbox):
    """An async client that leads to the sandbox."""
    with request.param(seam_sandbox) as made:
        yield made


@pytest.fixture
def is_whole(seam_sandbox, sandbox_device):
    """Whether the sandbox works as if nothing had been cut off: from another thread, with a running clock."""

    def check():
        app = seam_sandbox.embedded.app

        async def ask():
            return await anyio.to_thread.run_sync(lambda: seam_sandbox.get_device(sandbox_device.device_id))

        assert anyio.run(ask) == seam_sandbox.get_device(sandbox_device)
        before = seam_sandbox.clock.now()
        seam_sandbox.clock.advance(1)
        return seam_sandbox.clock.now() > before and app.clock.pinned_at is None and not app.internal_errors

    return check


def content(answer):
    """The JSON of an answer, which the SDK's client reads itself."""
    return answer.json() if isinstance(answer, httpx.Response) else answer


async def unlock(client, device):
    return await client.post("/locks/unlock_door", json={"device_id": device.device_id})


def test_polling_task_lets_others_run(run, client):
    """A task that only sends requests ends when another one says so."""
    done = []

    async def poll():
        while not done:
            await client.post("/devices/list", json={})

    async def main():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(poll)
            for _ in range(3):
                await anyio.lowlevel.checkpoint()
            done.append(True)

    run(main)


def test_timeout_ends_a_polling_task(run, client, seam_sandbox, is_whole):
    """A deadline in the middle of requests leaves a whole sandbox."""

    async def main():
        with anyio.move_on_after(0.01) as scope:
            while True:
                await client.post("/devices/list", json={})
        return scope.cancelled_caught

    assert run(main)
    assert {request.status for request in seam_sandbox.requests} <= {200}
    assert is_whole()


def test_timeout_of_asyncio_ends_a_polling_task(client):
    """`asyncio.timeout` and `asyncio.wait_for` do too."""

    async def poll():
        while True:
            await client.post("/devices/list", json={})

    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await poll()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(poll(), 0.01)

    asyncio.run(main())


def test_gathered_requests_take_turns(client, seam_sandbox):
    """Three tasks of three requests each come in turn, not one task after the other."""

    async def ask(name):
        for _ in range(3):
            await client.post("/devices/list", json={"search": name})

    async def main():
        await asyncio.gather(*map(ask, "abc"))

    asyncio.run(main())

    assert [request.params["search"] for request in seam_sandbox.requests] == list("abcabcabc")


def test_cancelled_request_has_not_happened(run, client, seam_sandbox, sandbox_device, is_whole):
    """A request that is cancelled before its turn leaves no record, no event and no hit of a fault."""

    async def main():
        with anyio.CancelScope() as scope:
            scope.cancel()
            await unlock(client, sandbox_device)
        return scope.cancelled_caught

    with seam_sandbox.faults.fail("/locks/unlock_door", times=1, optional=True) as fault:
        assert run(main)

    assert (seam_sandbox.requests, fault.times_met) == ([], 0)
    seam_sandbox.expect_no_event("lock.unlocked")
    assert is_whole()


def test_request_whose_turn_has_come_is_not_cut_off(client, seam_sandbox, sandbox_device):
    """What is cancelled after its turn has happened, with its record and its events."""

    async def main():
        task = asyncio.create_task(unlock(client, sandbox_device))
        seam_sandbox.embedded.app.probe = lambda _request: task.cancel
        with pytest.raises(asyncio.CancelledError):
            await task
            await asyncio.sleep(0)

    asyncio.run(main())

    assert [(request.path, request.status) for request in seam_sandbox.requests] == [("/locks/unlock_door", 200)]
    seam_sandbox.expect_event("lock.unlocked", count=1)


@given(turns=st.lists(st.integers(0, 6), min_size=1, max_size=6), backend=st.sampled_from(BACKENDS))
def test_each_request_happens_with_its_record_or_not_at_all(turns, backend):
    """However many turns pass before a task is cancelled: requests, events and attempts agree."""
    sandbox = Sandbox()
    device = sandbox.create_device()

    async def cancel_after(count, client):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(unlock, client, device))
            for _ in range(count):
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()

    async def main():
        async with sandbox.async_http() as client:
            for count in turns:
                await cancel_after(count, client)

    anyio.run(main, backend=backend)

    requests = [request for request in sandbox.requests if request.status == 200]
    assert requests == sandbox.requests
    unlocked = [event for event in sandbox.events if event.event_type == "lock.unlocked"]
    assert len(unlocked) == len(requests) <= len(turns)
    assert sandbox.embedded.app.clock.pinned_at is None


def test_wait_between_retries_is_a_turn(run, seam_sandbox):
    """The SDK's wait costs no real time, lets others run, and can be cancelled; it has not waited then."""
    began = seam_sandbox.clock.now()
    transport = seam_sandbox.async_client().client._transport
    policy = transport.retry
    answer = httpx.Response(429, headers={"retry-after": "60"})

    async def main():
        with anyio.CancelScope() as scope:
            scope.cancel()
            await policy.asleep(answer)
        before = seam_sandbox.clock.now()
        await policy.asleep(answer)
        return scope.cancelled_caught, before

    was_cancelled, before = run(main)

    assert was_cancelled
    assert (before - began).total_seconds() < 60 <= (seam_sandbox.clock.now() - before).total_seconds()


def test_retries_on_every_loop(run, client, seam_sandbox):
    """A rate limit is waited for on the sandbox clock, where the client retries."""

    async def main():
        return content(await client.get("/devices/list"))

    with seam_sandbox.faults.rate_limit("/devices/list", retry_after=60):
        answer = run(main)

    assert answer["ok"] is (type(client) is not httpx.AsyncClient)
    seam_sandbox.check()


def test_outages_on_every_loop(run, client, seam_sandbox, sandbox_device):
    """`async with` of an outage holds while other tasks take turns, and heals when its task is cancelled."""

    async def main():
        with anyio.CancelScope() as scope:
            async with seam_sandbox.disconnected(sandbox_device):
                answer = await client.post("/devices/get", json={"device_id": sandbox_device.device_id})
                scope.cancel()
                await client.post("/devices/list", json={})
        return content(answer)["device"]["properties"]["online"], scope.cancelled_caught

    assert run(main) == (False, True)
    assert seam_sandbox.get_device(sandbox_device).properties.online
    assert [request.path for request in seam_sandbox.requests] == ["/devices/get"]


def test_steps_of_an_async_machine_give_turns_to_tasks_of_the_app():
    """A task that the app started goes on while a rule awaits requests."""

    class Machine(AsyncSandboxMachine):
        async def start(self):
            self.ticks = 0
            self.client = self.sandbox.async_http()
            self.task = asyncio.create_task(self.tick())

        async def tick(self):
            while True:
                await asyncio.sleep(0)
                self.ticks += 1

        @rule()
        async def ask(self):
            before = self.ticks
            for _ in range(3):
                await self.client.get("/devices/list")
            assert self.ticks > before

        async def stop(self):
            self.task.cancel()
            await self.client.aclose()

    with Machine.again() as machine:
        machine.ask()
