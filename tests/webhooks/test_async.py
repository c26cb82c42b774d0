"""Webhooks in async code: on the loop of the test, with the app's lifespan, without a deadlock."""

import asyncio
from contextlib import asynccontextmanager

import pytest
import trio
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from pytest_seam_sandbox import ExpectationFailed, Sandbox

from .conftest import refusing


class Site:
    """A Starlette app that keeps what is verified, and on which loop; its lifespan has a state."""

    def __init__(self, keeper):
        self.told, self.loops = [], set()

        async def hook(request):
            self.loops.add(asyncio.get_running_loop())
            self.told.append(request.state.greeting)
            return Response(status_code=keeper.take(await request.body(), request.headers))

        self.app = Starlette(routes=[Route("/hooks", hook, methods=["POST"])], lifespan=self.lifespan)

    @asynccontextmanager
    async def lifespan(self, _app):
        self.told.append("up")
        yield {"greeting": "hello"}
        self.told.append("down")


@pytest.fixture
def site(keeper):
    return Site(keeper)


def test_lifespans_of_apps_that_were_replaced_end_with_the_sandbox(keeper):
    """Such as those of the trials of a sweep."""
    sites = [Site(keeper), Site(keeper)]
    with Sandbox() as sandbox:
        door = sandbox.create_device("august_lock")
        keeper.secret = sandbox.client().webhooks.create(url="https://app.example/hooks").secret
        for site in sites:
            sandbox.webhooks.route("https://app.example/hooks", site.app)
            sandbox.client().locks.lock_door(device_id=door.device_id)

    assert [site.told[0] for site in sites] == ["up", "up"]
    assert [site.told[-1] for site in sites] == ["down", "down"]


@pytest.mark.parametrize("way", ["seam", "http"])
def test_async_call_returns_when_its_webhooks_are_delivered(keeper, site, way, seam_sandbox, sandbox_device):
    """On the loop of the test, to an app whose lifespan has begun there."""
    keeper.secret = seam_sandbox.webhooks.deliver_to(site.app, ["lock.locked"], path="/hooks").secret

    async def story():
        if way == "seam":
            await seam_sandbox.async_client().locks.lock_door(device_id=sandbox_device.device_id)
        else:
            async with seam_sandbox.async_http() as http:
                await http.post("/locks/lock_door", json={"device_id": sandbox_device.device_id})
        assert site.loops == {asyncio.get_running_loop()}
        return keeper.types

    assert asyncio.run(story()) == ["lock.locked"]
    assert site.told == ["up", "hello"]


def test_sync_code_has_a_loop_for_the_app(keeper, site):
    """One for all requests; the lifespan ends with the sandbox."""
    with Sandbox() as sandbox:
        device = sandbox.create_device()
        keeper.secret = sandbox.webhooks.deliver_to(site.app, ["lock.locked"], path="/hooks").secret
        for _ in range(2):
            sandbox.client().locks.lock_door(device_id=device.device_id)

    assert (len(site.loops), site.told) == (1, ["up", "hello", "hello", "down"])


def test_handler_may_await_seam(keeper, seam_sandbox, sandbox_device):
    """In process, in its own delivery; what it causes is delivered after it."""
    client = seam_sandbox.async_client()
    order = []

    async def app(request):
        keeper.take(request.body, request.headers)
        if request.json()["event_type"] == "lock.unlocked":
            await client.locks.lock_door(device_id=sandbox_device.device_id)
        order.append(request.json()["event_type"])

    async def story():
        await client.locks.unlock_door(device_id=sandbox_device.device_id)

    keeper.secret = seam_sandbox.webhooks.deliver_to(app, ["lock.unlocked", "lock.locked"]).secret
    asyncio.run(asyncio.wait_for(story(), 20))

    assert order == ["lock.unlocked", "lock.locked"]


def test_sync_call_in_async_code_is_delivered_while_the_test_waits(keeper, seam_sandbox, sandbox_device):
    """`aflush` waits for it."""
    keeper.secret = seam_sandbox.webhooks.deliver_to(keeper.coroutine, ["lock.locked"]).secret

    async def story():
        seam_sandbox.client().locks.lock_door(device_id=sandbox_device.device_id)
        before = keeper.types.copy()
        await seam_sandbox.webhooks.aflush()
        return before, keeper.types

    assert asyncio.run(story()) == ([], ["lock.locked"])


def test_aflush_delivers_what_is_paused(keeper, seam_sandbox, sandbox_device):
    """And leaves delivery paused."""
    webhooks = seam_sandbox.webhooks
    keeper.secret = webhooks.deliver_to(keeper.asgi, ["lock.locked"]).secret
    webhooks.pause()

    async def story():
        client = seam_sandbox.async_client()
        await client.locks.lock_door(device_id=sandbox_device.device_id)
        before = len(keeper.events)
        await webhooks.aflush()
        await client.locks.lock_door(device_id=sandbox_device.device_id)
        return before, len(keeper.events)

    assert asyncio.run(story()) == (0, 1)
    webhooks.resume()
    assert len(keeper.events) == 2


def test_async_outage_waits_for_its_webhooks(keeper, seam_sandbox, sandbox_device):
    """Entering and leaving alike."""
    keeper.secret = seam_sandbox.webhooks.deliver_to(keeper.asgi, ["device.connected", "device.disconnected"]).secret

    async def story():
        async with seam_sandbox.disconnected(sandbox_device):
            during = keeper.types.copy()
        return during, keeper.types

    assert asyncio.run(story()) == (["device.disconnected"], ["device.disconnected", "device.connected"])


def test_server_on_the_loop_of_the_test_is_reached(keeper, seam_sandbox, sandbox_device):
    """A request to it does not block the loop on which it answers."""

    async def answer(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        original = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        keeper.take(body, original)
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def story():
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            keeper.secret = seam_sandbox.webhooks.deliver_to(f"http://127.0.0.1:{port}/", ["lock.locked"]).secret
            await seam_sandbox.async_client().locks.lock_door(device_id=sandbox_device.device_id)
        return keeper.types

    assert asyncio.run(asyncio.wait_for(story(), 20)) == ["lock.locked"]


def test_call_in_another_thread_lets_the_loop_of_the_test_deliver(keeper, seam_sandbox, sandbox_device):
    """The app belongs to that loop, wherever the event comes from."""
    loops = []

    async def app(request):
        loops.append(asyncio.get_running_loop())
        keeper.take(request.body, request.headers)

    async def story():
        client, device_id = seam_sandbox.client(), sandbox_device.device_id
        await seam_sandbox.async_client().locks.lock_door(device_id=device_id)
        await asyncio.to_thread(client.locks.unlock_door, device_id=device_id)
        await seam_sandbox.webhooks.aflush()
        assert set(loops) == {asyncio.get_running_loop()}
        return keeper.types

    keeper.secret = seam_sandbox.webhooks.deliver_to(app, ["lock.locked", "lock.unlocked"]).secret
    assert asyncio.run(story()) == ["lock.locked", "lock.unlocked"]


@pytest.mark.parametrize("form", ["callable", "asgi", "coroutine"])
def test_apps_are_reached_under_trio(keeper, form, seam_sandbox, sandbox_device):
    """Also those for asyncio, by sync and by async calls."""
    keeper.secret = seam_sandbox.webhooks.deliver_to(getattr(keeper, form, keeper), ["lock.locked"]).secret

    async def story():
        async with seam_sandbox.async_http() as http:
            await http.post("/locks/lock_door", json={"device_id": sandbox_device.device_id})
        seam_sandbox.client().locks.lock_door(device_id=sandbox_device.device_id)

    trio.run(story)

    assert keeper.types == ["lock.locked"] * 2


def test_loop_that_ended_before_the_delivery_leaves_it_undelivered(keeper):
    """The test is told at its end; before that, `flush` delivers it elsewhere."""
    sandbox = Sandbox()
    device = sandbox.create_device()

    async def story():
        sandbox.client().locks.lock_door(device_id=device.device_id)

    async def app(request):
        for _ in range(9):  # longer than the loop takes to end
            await asyncio.sleep(0)
        return await keeper.coroutine(request)

    keeper.secret = sandbox.webhooks.deliver_to(app, ["lock.locked"]).secret
    asyncio.run(story())
    sandbox.webhooks.flush()
    assert keeper.types == ["lock.locked"]
    asyncio.run(story())

    with pytest.raises(ExpectationFailed, match="lock.locked to .*not sent yet"):
        sandbox.check()


def test_cancelled_delivery_is_made_again(keeper, seam_sandbox, sandbox_device):
    """What a loop was delivering when it ended is ready for the next one."""

    async def app(request):
        if not keeper.events:
            keeper.events.append(None)
            begun.set()
            await asyncio.Event().wait()
        keeper.take(request.body, request.headers)

    async def story():
        locking = asyncio.create_task(client.locks.lock_door(device_id=sandbox_device.device_id))
        await begun.wait()
        locking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await locking

    begun = asyncio.Event()
    client = seam_sandbox.async_client()
    keeper.secret = seam_sandbox.webhooks.deliver_to(app, ["lock.locked"]).secret
    asyncio.run(story())
    seam_sandbox.webhooks.flush()

    assert len(keeper.events) == 2


def test_retries_come_in_async_code(keeper, seam_sandbox, sandbox_device):
    """The clock moves them, `aflush` waits for the app."""
    keeper.secret = seam_sandbox.webhooks.deliver_to(keeper.asgi, ["lock.locked"]).secret

    async def story():
        with refusing(keeper):
            await seam_sandbox.async_client().locks.lock_door(device_id=sandbox_device.device_id)
        seam_sandbox.clock.advance(5)
        await seam_sandbox.webhooks.aflush()
        return [delivery.status for delivery in seam_sandbox.webhooks.inbox]

    assert asyncio.run(story()) == [503, 200]
