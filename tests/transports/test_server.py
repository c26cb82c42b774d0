"""The loopback server: life and end, and its manners as an HTTP/1.1 server."""

import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from urllib.parse import urlsplit

import freezegun
import httpx
import pytest
import time_machine
from seam.seam import Seam

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine.errors import SandboxError
from pytest_seam_sandbox.engine.http import Response
from pytest_seam_sandbox.transports import connection
from pytest_seam_sandbox.transports.connection import Connection
from pytest_seam_sandbox.transports.server import Listener


def bearer(sandbox):
    """The header that carries the sandbox's key."""
    return {"authorization": f"Bearer {sandbox.api_key}"}


def has_ipv6():
    """Whether this machine has the IPv6 loopback address."""
    try:
        with socket.socket(socket.AF_INET6) as found:
            found.bind(("::1", 0))
    except OSError:
        return False
    return True


# life


def test_server_listens_on_loopback_while_its_block_lasts(connect):
    """serve() gives a loopback URL that answers inside the block and refuses connections after it."""
    with Sandbox().serve() as url:
        assert httpx.get(f"{url}/health").status_code == 200

    assert urlsplit(url).hostname == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        connect(url)


def test_stopping_closes_the_connections_that_are_open(connect, get):
    """A client that keeps its connection alive sees its end when the server stops."""
    with Sandbox().serve() as url:
        wire = connect(url).send(get("/health"))
        assert wire.answer().status == 200

    assert wire.rest() == b""


def test_server_comes_back_on_the_port_that_it_had():
    """A listener that is stopped and started again has the same URL."""
    with Listener() as listener:
        before = listener.url
        listener.stop()
        listener.start()

        assert listener.url == before


def test_starting_and_stopping_twice_changes_nothing():
    """start and stop may be called again."""
    listener = Listener()
    listener.start()
    url = listener.url
    listener.start()
    assert listener.url == url

    listener.stop()
    listener.stop()


def test_listener_that_does_not_run_has_no_url():
    """Asked for its URL before the start, a listener says that it is not running."""
    with pytest.raises(SandboxError, match="the loopback server is not running"):
        _ = Listener().url


def test_port_that_is_taken_is_named():
    """Two servers cannot have one port; the second says which and what to do."""
    with Sandbox().serve() as url, pytest.raises(SandboxError) as caught, Sandbox().serve(port=urlsplit(url).port):
        pass  # pragma: no cover

    assert f"cannot listen on 127.0.0.1:{urlsplit(url).port}: " in str(caught.value)
    assert "Choose another port, or 0 for a free one." in str(caught.value)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("127.0.0.1", -1), ("192.0.2.1", 0)])
def test_address_that_cannot_be_is_named(host, port):
    """A port or host that this machine does not have is refused with its name."""
    with pytest.raises(SandboxError, match=f"cannot listen on {host}:{port}: .+ Choose another port"):
        Listener(host=host, port=port).start()


@pytest.mark.parametrize("host", [None, 127, b"127.0.0.1"])
def test_host_is_a_text(host):
    """Anything else is named."""
    with pytest.raises(SandboxError, match=f"is a name or an address as text; got {host!r}"):
        Listener(host=host).start()


@pytest.mark.parametrize("host", ["", "  "])
def test_empty_host_is_refused(host):
    """An empty host would mean every address of this machine, which nobody gets without asking for it."""
    with pytest.raises(
        SandboxError, match=r"would open the port to the whole network\. Give 127\.0\.0\.1, or 0\.0\.0\.0"
    ):
        Listener(host=host).start()


@pytest.mark.parametrize("port", ["8080", None])
def test_port_that_is_no_number_is_refused(port):
    """A port as text is refused with what was found."""
    with pytest.raises(SandboxError, match=f"cannot listen on 127.0.0.1:{port}: "):
        Listener(port=port).start()


@pytest.mark.skipif(not has_ipv6(), reason="there is no IPv6 here")
@pytest.mark.parametrize(("host", "shown"), [("::1", "[::1]"), ("::", "[::1]")])
def test_ipv6_address_has_brackets_in_the_url(host, shown):
    """The URL of a server on an IPv6 address can be used as it is."""
    with Sandbox().serve(host=host) as url:
        assert urlsplit(url).netloc.startswith(f"{shown}:")
        assert httpx.get(f"{url}/health").status_code == 200


def test_every_address_is_reached_by_loopback():
    """The URL of a server on all addresses is one that this machine can connect to."""
    with Sandbox().serve(host="0.0.0.0") as url:
        assert urlsplit(url).hostname == "127.0.0.1"
        assert httpx.get(f"{url}/health").status_code == 200


def test_name_of_the_host_stays_in_the_url():
    """A server on localhost is shown with that name, and is on IPv4 where there is a choice."""
    with Sandbox().serve(host="localhost") as url:
        assert urlsplit(url).hostname == "localhost"
        assert httpx.get(url.replace("localhost", "127.0.0.1") + "/health").status_code == 200


def test_listener_without_a_sandbox_says_so():
    """A request that comes when no sandbox is served gets 503 with the reason."""
    with Listener() as listener:
        answer = httpx.get(f"{listener.url}/devices/list")

    assert answer.status_code == 503
    assert answer.text == "503: no sandbox is served here now"


# manners


def test_connection_serves_several_requests(wire, get):
    """A connection stays open: the second request goes over the same one."""
    first, second, third = [wire.send(get()).answer() for _ in range(3)]

    assert (first.status, second.status, third.status) == (200, 200, 200)
    assert "connection" not in third.headers


def test_connection_ends_when_the_client_wants_it(wire, get):
    """`Connection: close` is obeyed and repeated."""
    answer = wire.send(get("/devices/list", "Connection: close")).answer()

    assert answer.headers["connection"] == "close"
    assert wire.rest() == b""


def test_version_1_0_closes_after_its_answer(wire, get):
    """An HTTP/1.0 client without keep-alive gets its answer and the end of the connection."""
    answer = wire.send(get().replace("HTTP/1.1", "HTTP/1.0")).answer()

    assert answer.status == 200
    assert wire.rest() == b""


def test_empty_line_between_requests_is_passed_over(wire, get):
    """Some clients end a body with a line too many; the next request is understood all the same."""
    wire.send(get()).answer()

    assert wire.send("\n" + get()).answer().status == 200


def test_head_is_405_without_a_body(wire, get):
    """HEAD is no method of Seam: the JSON headers of a 405, no body, and the connection goes on."""
    answer = wire.send(get(method="HEAD")).answer(has_body=False)

    assert answer.status == 405
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert wire.send(get()).answer().status == 200


def test_options_is_answered_before_any_check(wire):
    """A browser's preflight has no credentials and gets 200, the CORS headers, no body and no request id."""
    answer = wire.send("OPTIONS /devices/list HTTP/1.1\nHost: x\nOrigin: https://app.example\n\n").answer()

    assert (answer.status, answer.text) == (200, "")
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert answer.headers["access-control-allow-methods"] == "GET, POST, PUT, PATCH, DELETE, OPTIONS"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "seam-publishable-key" in answer.headers["access-control-allow-headers"]
    assert "seam-request-id" not in answer.headers


def test_options_of_an_unknown_path_is_404(wire):
    """A preflight for a path that Seam does not have is no success."""
    assert wire.send("OPTIONS /nothing HTTP/1.1\nHost: x\n\n").answer().status == 404


@pytest.mark.parametrize(
    ("headers", "allowed"), [([], "*"), (["Origin: http://localhost:3000"], "http://localhost:3000")]
)
@pytest.mark.parametrize("path", ["/devices/list", "/devices/get"])
def test_browser_pages_may_read_answers(wire, get, path, headers, allowed):
    """Successes and errors carry the CORS headers, for the origin that asks or for all."""
    answer = wire.send(get(path, *headers)).answer()

    assert answer.headers["access-control-allow-origin"] == allowed


def test_log_is_told_of_each_request(seam_sandbox):
    """The listener's log gets the request, its answer and the seconds that it took."""
    told = []
    with Listener(log=lambda *entry: told.append(entry)) as listener, listener.joined(seam_sandbox.embedded.app) as url:
        httpx.get(f"{url}/devices/list?limit=1", headers=bearer(seam_sandbox))

    [(request, response, seconds)] = told
    assert (request.method, request.path, request.query) == ("GET", "/devices/list", "limit=1")
    assert response.status == 200
    assert seconds > 0


def test_client_that_is_left_without_an_answer_may_go_on_talking(wire, get, seam_sandbox, monkeypatch):
    """Under a time-out fault, what the client still sends is read away, and its end is the end of the connection."""
    app, met = seam_sandbox.embedded.app, Event()
    answer = app.handle
    monkeypatch.setattr(app, "handle", lambda request: (answer(request), met.set())[0])

    with seam_sandbox.faults.time_out("/devices/list"):
        wire.send(get())
        assert met.wait(10)
        wire.send("and another thing").end_of_sending()

        assert wire.rest() == b""


# before an app has joined


def early(request):
    """Answers /health at once, and lets others wait."""
    return Response(204) if request.path == "/health" else None


def test_request_waits_for_the_first_app(seam_sandbox):
    """A listener that has begun answers what can be answered without an app; the rest when the app has joined."""
    with Listener(early=early) as listener, ThreadPoolExecutor() as pool, httpx.Client(base_url=listener.url) as client:
        waiting = pool.submit(httpx.get, f"{listener.url}/devices/list", headers=bearer(seam_sandbox))
        assert client.get("/health").status_code == 204
        assert not waiting.done()

        with listener.joined(seam_sandbox.embedded.app):
            assert waiting.result(30).status_code == 200
            assert client.get("/health").status_code == 200


def test_request_that_waits_is_let_go_when_no_app_joins(monkeypatch):
    """The end of the listener ends the wait; nobody is answered, however late the connections are closed."""
    end = Connection.end
    monkeypatch.setattr(Connection, "end", lambda connection: (connection.wait(0.1), end(connection)))
    with ThreadPoolExecutor() as pool:
        asked = Event()

        def note(request):
            asked.set()
            return early(request)

        with Listener(early=note) as listener:
            waiting = pool.submit(httpx.get, f"{listener.url}/devices/list")
            assert asked.wait(10)

        with pytest.raises(httpx.TransportError):
            waiting.result(30)


# bodies


def test_chunked_body_is_put_together(wire, get, seam_sandbox, sandbox_device):
    """A body in chunks, with an extension and a trailer, is one body, and the connection goes on after it."""
    body = f'{{"device_id": "{sandbox_device.device_id}"}}'
    head = get("/devices/get", "Content-Type: application/json", "Transfer-Encoding: chunked", method="POST")

    wire.send(f"{head}5;part=1\n{body[:5]}\n{len(body) - 5:X}\n{body[5:]}\n0\nX-Checksum: none\n\n")

    assert sandbox_device.device_id in wire.answer().text
    assert wire.send(get()).answer().status == 200


@pytest.mark.parametrize("framing", ["Content-Length: 2", "Transfer-Encoding: chunked"])
def test_same_head_again_may_have_another_body(wire, get, seam_sandbox, framing):
    """Requests on one connection that differ in their bodies only are different requests."""
    head = get("/devices/list", "Content-Type: application/json", framing, method="POST")
    bodies = ["{}", "}{", "{}"] if "Length" in framing else ["2\n{}\n0\n\n", "2\n}{\n0\n\n", "1\n{\n1\n}\n0\n\n"]

    assert [wire.send(head + body).answer().status for body in bodies] == [200, 400, 200]


def test_generator_body_of_a_client_arrives(seam_server, seam_sandbox, sandbox_device):
    """httpx sends a generator in chunks."""
    parts = iter([b'{"device_id": "', sandbox_device.device_id.encode(), b'"}'])

    answer = httpx.post(
        f"{seam_server}/devices/get",
        content=parts,
        headers={**bearer(seam_sandbox), "content-type": "application/json"},
    )

    assert answer.json()["device"]["device_id"] == sandbox_device.device_id


def test_body_over_the_limit_is_refused_unread(wire, get):
    """The announcement of a body that is too long is answered at once: nothing of the body was sent."""
    answer = wire.send(get("/devices/get", "Content-Length: 99999999999", method="POST")).answer()

    assert (answer.status, answer.text) == (413, "Body exceeded 1mb limit")
    assert answer.headers["connection"] == "close"


def test_chunks_over_the_limit_are_refused_before_their_end(wire, get):
    """A body in chunks is refused as soon as too much of it has arrived, as by Node, which sees no announcement."""
    head = get("/devices/get", "Transfer-Encoding: chunked", method="POST")

    answer = wire.send(head + "1\nx\nfffffff\n" + "x" * 1_048_576).answer()

    assert (answer.status, answer.text) == (413, "Body exceeded 1mb limit")


def test_client_that_sends_too_much_reads_the_refusal(seam_server, seam_sandbox):
    """A client that sends three megabytes before it reads gets 413, and no reset connection."""
    answer = httpx.post(f"{seam_server}/devices/get", content=b"x" * 3_000_000, headers=bearer(seam_sandbox))

    assert answer.status_code == 413


def test_client_that_goes_on_sending_does_not_hold_the_server(seam_sandbox, connect, get):
    """A refused client that neither sends nor closes is left when the server stops."""
    with seam_sandbox.serve() as url:
        wire = connect(url).send(get("/devices/get", "Content-Length: 99999999999", method="POST"))
        wire.answer()
        wire.send(b"x")

    assert wire.rest() == b""


def test_client_that_asks_first_is_told_to_go_on(wire, get):
    """`Expect: 100-continue` gets the 100 before the body is sent, and then the answer."""
    wire.send(get("/devices/list", "Expect: 100-continue", "Content-Length: 2", method="POST"))
    assert wire.answer().status == 100

    assert wire.send("{}").answer().status == 400


def test_client_that_asks_first_is_told_that_it_is_too_much(wire, get):
    """`Expect: 100-continue` for a body over the limit gets 413 in place of the 100."""
    wire.send(get("/devices/list", "Expect: 100-continue", "Content-Length: 2000000", method="POST"))

    assert wire.answer().status == 413


# several clients


def test_half_sent_request_blocks_nobody(connect, get, seam_server):
    """While one client has sent half of a head and one half of a body, others are answered; then those are, too."""
    half_head = connect(seam_server).send(get()[:20])
    half_body = connect(seam_server).send(get("/devices/list", "Content-Length: 2", method="POST") + "{")

    assert connect(seam_server).send(get()).answer().status == 200

    assert half_head.send(get()[20:]).answer().status == 200
    assert half_body.send("}").answer().status == 400


def test_client_that_leaves_midway_harms_nobody(connect, get, seam_server, seam_sandbox):
    """A client that sends half a request and goes away is no error of the test."""
    connect(seam_server).send(get()[:20]).close()
    connect(seam_server).send(get("/devices/list", "Content-Length: 9", method="POST") + "{").close()

    assert connect(seam_server).send(get()).answer().status == 200
    seam_sandbox.check()


def test_eight_clients_at_once(seam_server, seam_sandbox):
    """Eight clients with 25 requests each get 200 answers, and the sandbox has seen them all."""

    def work(number):
        with httpx.Client(base_url=seam_server, headers=bearer(seam_sandbox)) as client:
            answers = [
                client.post("/user_identities/create", json={"user_identity_key": f"{number}_{turn}"})
                for turn in range(25)
            ]
        return [answer.status_code for answer in answers]

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(work, range(8)))

    assert statuses == [[200] * 25] * 8
    assert len(seam_sandbox.requests) == 200
    assert len({identity.user_identity_key for identity in seam_sandbox.client().user_identities.list()}) == 200


# tools that hold the clock


def hold_with_freezegun():
    return freezegun.freeze_time("2031-05-06T07:08:09Z")


def hold_with_time_machine():
    return time_machine.travel("2031-05-06T07:08:09Z", tick=False)


@pytest.mark.parametrize("hold", [hold_with_freezegun, hold_with_time_machine])
def test_server_works_while_a_tool_holds_the_clock(hold):
    """Start, requests and stop work while the clock stands still, and what is made carries the time of the tool."""
    with hold(), Sandbox().serve() as url, Seam(api_key=Sandbox().api_key, endpoint=url) as client:
        identity = client.user_identities.create(full_name="Ada Lovelace")

    assert identity.created_at == "2031-05-06T07:08:09.000Z"


@pytest.mark.parametrize("hold", [hold_with_freezegun, hold_with_time_machine])
def test_server_knows_real_time_while_a_tool_holds_the_clock(hold):
    """The server's own clock, by which it tells whether a client waited, runs on."""
    with hold():
        before = connection.real_seconds()
        with Sandbox().serve() as url:
            httpx.get(f"{url}/health")

        assert connection.real_seconds() > before
