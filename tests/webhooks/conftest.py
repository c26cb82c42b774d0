"""An app that keeps the events of verified webhooks, in each form that a target can have."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from seam import SeamWebhook


class Keeper:
    """Verifies as the SDK's documentation says, and keeps what it was sent. status: what it answers."""

    def __init__(self):
        self.secret = None
        self.events = []
        self.ids = []
        self.status = 200
        self.also = lambda _event: None

    def take(self, body, headers):
        event = SeamWebhook(self.secret).verify(body, dict(headers))
        self.events.append(event)
        self.ids.append({name.lower(): value for name, value in headers.items()}["svix-id"])
        self.also(event)
        return self.status

    @property
    def types(self):
        return [event.event_type for event in self.events]

    def __call__(self, request):
        return self.take(request.body, request.headers)

    def wsgi(self, environ, start_response):
        names = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        status = self.take(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])), names)
        start_response(f"{status} whatever", [])
        return [b""]

    async def asgi(self, scope, receive, send):
        assert scope["type"] == "http"
        body = (await receive())["body"]
        names = {name.decode(): value.decode() for name, value in scope["headers"]}
        await send({"type": "http.response.start", "status": self.take(body, names), "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def coroutine(self, request):
        return self.take(request.body, request.headers)


@pytest.fixture
def keeper():
    return Keeper()


@pytest.fixture
def local_server():
    """Starts servers on loopback that answer by a function of body and headers; ends them with the test."""
    started = []

    def start(answer):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(answer(body, self.headers))
                self.send_header("location", "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        started.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/hooks"

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


FORMS = ["callable", "wsgi", "asgi", "coroutine", "url"]


@pytest.fixture(params=FORMS)
def target(request, keeper):
    """The keeper in one of the forms that webhooks can be delivered to."""
    if request.param == "url":
        return request.getfixturevalue("local_server")(keeper.take)
    return keeper if request.param == "callable" else getattr(keeper, request.param)


@contextmanager
def refusing(keeper, status=503):
    """Inside the block the keeper answers otherwise."""
    before, keeper.status = keeper.status, status
    try:
        yield
    finally:
        keeper.status = before


def body_of(delivery):
    return json.loads(delivery.body)
