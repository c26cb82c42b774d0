"""What an app does wrong reaches the test, marked as the app's."""

import asyncio
from threading import Event

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError


@pytest.fixture
def deliver():
    """Delivers one event to a target, and gives the sandbox."""

    def to(target, **options):
        sandbox = Sandbox()
        device = sandbox.create_device()
        sandbox.webhooks.deliver_to(target, ["lock.locked"], **options)
        sandbox.webhooks.allow_undelivered()
        sandbox.client().locks.lock_door(device_id=device.device_id)
        return sandbox

    return to


def raising(request):
    raise LookupError("no such door")


async def raising_coroutine(request):
    raise LookupError("no such door")


def raising_wsgi(environ, start_response):
    raise LookupError("no such door")


async def raising_asgi(scope, receive, send):
    raise LookupError("no such door")


async def raising_after_its_answer(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})
    raise LookupError("no such door")


@pytest.mark.parametrize(
    ("app", "status"),
    [
        (raising, 500),
        (raising_coroutine, 500),
        (raising_wsgi, 500),
        (raising_asgi, 500),
        (raising_after_its_answer, 204),
    ],
)
def test_exception_of_the_app_reaches_the_test(deliver, app, status):
    """The app answers as its server would; the test gets the exception itself, which says whose it is."""
    sandbox = deliver(app)

    assert sandbox.webhooks.inbox[0].status == status
    with pytest.raises(LookupError, match="no such door") as failed:
        sandbox.check()
    assert "raised by the program under test, when webhooks delivered lock.locked" in failed.value.__notes__[0]


@pytest.mark.parametrize("app", [raising, raising_coroutine, raising_wsgi, raising_asgi])
def test_exception_of_the_app_may_be_a_failed_attempt_and_no_more(deliver, app):
    """For tests of an app that fails on purpose."""
    sandbox = deliver(app, raise_app_exceptions=False)

    sandbox.check()
    assert sandbox.webhooks.inbox[0].status == 500


def silent_wsgi(environ, start_response):
    return []


def strange_wsgi(environ, start_response):
    start_response("fine", [])
    return []


async def silent_asgi(scope, receive, send):
    pass


async def coroutine_that_returns_text(request):
    return "ok"


def forgets_to_await(request):
    return coroutine_that_returns_text(request)


@pytest.mark.parametrize(
    ("app", "said"),
    [
        (lambda _request: "ok", "returned 'ok'"),
        (lambda _request: True, "returned True"),
        (forgets_to_await, "returned <coroutine"),
        (coroutine_that_returns_text, "returned 'ok'"),
        (silent_wsgi, "the WSGI app ended without having sent an answer"),
        (strange_wsgi, "the WSGI app answered the status 'fine'"),
        (silent_asgi, "the ASGI app ended without having sent an answer"),
    ],
    ids=["text", "truth", "coroutine", "text of a coroutine", "silent WSGI", "no status", "silent ASGI"],
)
def test_nonsense_is_told(deliver, app, said):
    """What came back, and what should have."""
    with pytest.raises(SandboxError, match=said):
        deliver(app).check()


async def hanging_asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        raise NotImplementedError
    await asyncio.Event().wait()


async def hanging_coroutine(request):
    await asyncio.Event().wait()


@pytest.mark.parametrize("app", [hanging_asgi, hanging_coroutine])
def test_app_that_never_answers_is_a_failed_attempt(deliver, app):
    """After the time that it has; it is tried again later."""
    sandbox = deliver(app, timeout=0.01)

    (delivery,) = sandbox.webhooks.inbox
    assert (delivery.status, delivery.error) == (None, "no answer within 0.01 s")
    sandbox.check()


def test_server_that_never_answers_is_a_failed_attempt(deliver, local_server):
    """Likewise."""
    over = Event()
    sandbox = deliver(local_server(lambda _body, _headers: over.wait(30) and 200), timeout=0.05)
    over.set()

    assert sandbox.webhooks.inbox[0].error == "no answer within 0.05 s"
    sandbox.check()


async def failing_lifespan(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})


def test_lifespan_that_fails_is_told(deliver):
    """The app gets no request then."""
    with pytest.raises(SandboxError, match="the lifespan of the app did not start: no database"):
        deliver(failing_lifespan).check()


async def failing_at_the_end(scope, receive, send):
    if scope["type"] != "lifespan":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})
        return
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.failed", "message": "still busy"})


def test_lifespan_that_fails_at_its_end_is_told(deliver):
    """When the sandbox closes."""
    sandbox = deliver(failing_at_the_end)
    sandbox.close()

    with pytest.raises(SandboxError, match="the lifespan of the app did not end: still busy"):
        sandbox.check()


def test_timeout_of_the_app_itself_is_the_apps_own(deliver):
    """A TimeoutError that the app raises is not that of the delivery."""

    async def app(scope, receive, send):
        raise TimeoutError("of its database")

    with pytest.raises(TimeoutError, match="of its database"):
        deliver(app).check()
