"""Malformed HTTP: a clear message or the end of the connection, and the server lives on."""

import pytest


@pytest.fixture(autouse=True)
def _server_lives_on(connect, seam_server, seam_sandbox, get):
    """After each test, whatever it sent, a normal request succeeds and the sandbox has no complaint."""
    yield
    assert connect(seam_server).send(get()).answer().status == 200
    seam_sandbox.check()


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("nonsense", 400, "'nonsense' is no request line of HTTP/1.1"),
        ("GET /devices/list", 400, "'GET /devices/list' is no request line of HTTP/1.1"),
        ("POST /devices/list", 400, "'POST /devices/list' is no request line of HTTP/1.1"),
        ("GET /devices/list HTTP/1.1 again", 400, "'GET /devices/list HTTP/1.1 again' is no request line of HTTP/1.1"),
        ("GET a b HTTP/1.1", 400, "'GET a b HTTP/1.1' is no request line of HTTP/1.1"),
        ("GET /devices/list HTTPS/1.1", 400, "'GET /devices/list HTTPS/1.1' is no request line of HTTP/1.1"),
        ("GET /devices/list HTTP/one", 400, "'GET /devices/list HTTP/one' is no request line of HTTP/1.1"),
        ("\x16\x03\x01\x02 hello", 400, "'\\x16\\x03\\x01\\x02 hello' is no request line of HTTP/1.1"),
        ("GET /\x1b[31mred HTTP/1.1", 400, "'GET /\\x1b[31mred HTTP/1.1' is no request line of HTTP/1.1"),
        ("GET /devices/list HTTP/2.0", 505, "HTTP/2.0 is not supported; use HTTP/1.1"),
        ("PRI * HTTP/2.0", 505, "HTTP/2.0 is not supported; use HTTP/1.1"),
    ],
)
def test_garbage_line_is_named(wire, line, status, message):
    """A request line that is none gets a status and a text that shows what is wrong, then the connection ends."""
    answer = wire.send(f"{line}\n\n").answer()

    assert (answer.status, answer.text) == (status, f"{status}: {message}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert wire.end_of_sending().rest() == b""


def test_version_0_9_is_refused_at_once(wire):
    """A line without a version is answered although no headers follow it."""
    assert wire.send("GET /devices/list\n").answer().status == 400


def test_greeting_of_tls_ends_the_connection(wire):
    """A client that speaks TLS to the plain port gets the end of its connection, sooner than its patience lasts."""
    wire.send(b"\x16\x03\x01\x00\xf8\x01\x00\x00\xf4\x03\x03" + bytes(range(256))).end_of_sending()

    assert b"400" in wire.rest()


@pytest.mark.parametrize("method", ["BREW", "get", "TRACE", "CONNECT"])
def test_unknown_method_is_named(wire, get, method):
    """A method that HTTP or Seam does not have is refused by its name."""
    answer = wire.send(get(method=method)).answer()

    assert (answer.status, answer.text) == (405, f"405: the method {method} is not supported")


def test_path_that_is_too_long_is_refused(wire):
    """A request line of more than 64 KiB gets 414."""
    answer = wire.send(f"GET /{'x' * 70_000} HTTP/1.1\nHost: x\n\n").answer()

    assert (answer.status, answer.text) == (414, "414: the request line is too long")


def test_huge_header_is_refused(wire, get):
    """Headers of more than 64 KiB get 431."""
    answer = wire.send(get("/devices/list", f"X-Big: {'x' * 70_000}")).answer()

    assert (answer.status, answer.text) == (431, "431: the headers are longer than 65536 bytes")


def test_too_many_headers_are_refused(wire, get):
    """More than a hundred headers get 431."""
    answer = wire.send(get("/devices/list", *[f"X-{number}: x" for number in range(2000)])).answer()

    assert (answer.status, answer.text) == (431, "431: more than 100 headers")


def test_folded_header_is_refused(wire, get):
    """A header that goes on in the next line could smuggle a line into the answer, so it gets 400."""
    answer = wire.send(get("/devices/list", "Origin: http://x\n X-Injected: yes")).answer()

    assert (answer.status, answer.text) == (400, "400: ' X-Injected: yes' is no header")


@pytest.mark.parametrize("rest", ["", " HTTP/1.1"])
def test_head_that_does_not_end_is_refused(wire, rest):
    """A head that goes on for more than 64 KiB is refused before it ends."""
    line_only = not rest
    wire.send(f"GET /{'x' * (70_000 if line_only else 1)}{rest}" + ("" if line_only else "\n" + "X-Big: x\n" * 7000))

    assert wire.answer().status == (414 if line_only else 431)


@pytest.mark.parametrize(
    "line",
    [
        "this is no header",
        ": no name",
        "X Y: a blank in the name",
        "X-Tail : a blank behind it",
        "X-Control: one \x00 zero",
        "X-Control: an \x1b escape",
        "X-Control: a \x7f delete",
    ],
)
def test_line_that_is_no_header_is_named(wire, get, line):
    """A line among the headers that is none gets 400 and is shown."""
    answer = wire.send(get("/devices/list", line)).answer()

    assert (answer.status, answer.text) == (400, f"400: {line!r} is no header")


@pytest.mark.parametrize("length", ["x", "-1", "1.5", "+5", "5, 5", "\u0665", "0x10"])
def test_content_length_that_is_no_number_is_refused(wire, get, length):
    """A Content-Length that is no plain number gets 400."""
    head = get("/devices/get", f"Content-Length: {length}", method="POST").replace("\n", "\r\n")

    answer = wire.send(head.encode()).answer()

    assert answer.status == 400
    assert answer.text.endswith("is no number")


def test_content_length_of_thousands_of_digits_is_refused(wire, get):
    """A number that no server counts up to is malformed, as it is to Node."""
    answer = wire.send(get("/devices/get", f"Content-Length: {'9' * 5000}", method="POST")).answer()

    assert (answer.status, answer.text) == (400, f"400: the content-length {'9' * 40!r} has too many digits")


@pytest.mark.parametrize(("lengths", "shown"), [(["2", "2"], "'2, 2'"), (["2, 2"], "'2, 2'")])
def test_repeated_content_length_is_refused(wire, get, lengths, shown):
    """More than one Content-Length gets 400, as from Node, although they agree."""
    headers = [f"Content-Length: {length}" for length in lengths]

    answer = wire.send(get("/devices/list", *headers, method="POST") + "{}").answer()

    assert (answer.status, answer.text) == (400, f"400: the content-length {shown} is no number")


def test_contradictory_content_lengths_are_refused(wire, get):
    """Two that differ get 400."""
    answer = wire.send(get("/devices/list", "Content-Length: 2", "Content-Length: 3", method="POST") + "{}").answer()

    assert answer.status == 400
    assert "Content-Length" in answer.text


def test_two_framings_are_refused(wire, get, seam_sandbox):
    """A length beside chunks gets 400, as from Node: proxies could disagree on where the request ends."""
    headers = ["Content-Length: 2", "Transfer-Encoding: chunked"]

    answer = wire.send(get("/devices/list", *headers, method="POST") + "2\n{}\n0\n\n").answer()

    assert answer.status == 400
    assert answer.text == "400: a request has a content-length or a transfer-encoding, not both"
    assert seam_sandbox.requests == []


@pytest.mark.parametrize("hosts", ["", "Host: x\nHost: y\n"])
def test_request_has_one_host(wire, hosts):
    """A request of HTTP/1.1 without a host, or with two, gets 400, as HTTP has it."""
    answer = wire.send(f"GET /health HTTP/1.1\n{hosts}\n").answer()

    assert answer.status == 400
    assert "Host" in answer.text


def test_body_that_ends_too_early_ends_the_connection(wire, get, seam_sandbox):
    """A client that announces more than it sends gets no answer, and the half of the request has no effect."""
    wire.send(get("/devices/list", "Content-Length: 100", method="POST") + "{}").end_of_sending()

    assert wire.rest() == b""
    assert seam_sandbox.requests == []


@pytest.mark.parametrize(
    "chunks",
    [
        "zz\n{}\n0\n\n",
        "-2\n{}\n0\n\n",
        "+2\n{}\n0\n\n",
        "0x2\n{}\n0\n\n",
        "2_0\n{}\n0\n\n",
        "\n",
        "2\n{}}\n0\n\n",
        "2\n{}0\n\n",
        f"{'0' * 10_000}2\n{{}}\n0\n\n",
    ],
)
def test_malformed_chunk_is_refused(wire, get, seam_sandbox, chunks):
    """A chunk whose size is no hexadecimal number, or whose end is not where it should be, gets 400."""
    answer = wire.send(get("/devices/list", "Transfer-Encoding: chunked", method="POST") + chunks).answer()

    assert (answer.status, answer.text) == (400, "400: malformed chunk")
    assert seam_sandbox.requests == []


@pytest.mark.parametrize("chunks", ["", "5", "5\n{", "2\n{}", "2\n{}\n", "2\n{}\n0\n"])
def test_chunks_that_end_too_early_end_the_connection(wire, get, seam_sandbox, chunks):
    """A client that goes away in the middle of its chunks has sent no request and gets no answer."""
    wire.send(get("/devices/list", "Transfer-Encoding: chunked", method="POST") + chunks).end_of_sending()

    assert wire.rest() == b""
    assert seam_sandbox.requests == []


def test_compressed_transfer_is_refused_by_name(wire, get):
    """A transfer coding other than chunked gets 501, as HTTP has it."""
    answer = wire.send(get("/devices/list", "Transfer-Encoding: gzip, chunked", method="POST")).answer()

    assert (answer.status, answer.text) == (501, "501: the transfer encoding gzip, chunked is not supported")


def test_pipelined_requests_are_answered_in_order(wire, get):
    """Requests that are sent without waiting are answered one after the other."""
    wire.send(get("/devices/list") + get("/nothing") + get("/phones/list"))

    first, second, third = [wire.answer() for _ in range(3)]

    assert '"devices":[]' in first.text
    assert second.status == 404
    assert '"phones":[]' in third.text


def test_garbage_behind_a_request_is_answered_after_it(wire, get):
    """A good request before a bad one has its answer."""
    wire.send(get() + "nonsense\n\n")

    assert [wire.answer().status for _ in range(2)] == [200, 400]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://127.0.0.1/devices/list", 200),
        ("https://connect.getseam.com/devices/list?limit=1", 200),
        ("HTTP://x/devices/list", 200),
        ("http://x/nothing", 404),
        ("http://x", 404),
        ("http://x?a=/devices/list", 404),
        ("/nothing?to=http://x/devices/list", 404),
        ("/devices/list?next=http://x/", 200),
        ("ftp://x/devices/list", 404),
        ("*", 404),
        ("devices/list", 404),
    ],
)
def test_absolute_target_means_its_path(wire, get, target, status):
    """A target with scheme and host, as proxies send it, is that path; what is none of ours is 404."""
    assert wire.send(get(target)).answer().status == status


@pytest.mark.parametrize("path", ["//devices/list", "/devices/list/", "/devices%2Flist", "/Devices/list"])
def test_path_that_only_resembles_one_is_unknown(wire, get, seam_http, path):
    """Paths are compared as they are, through the server as in process."""
    over_wire = wire.send(get(path)).answer()
    in_process = seam_http.get(f"https://connect.getseam.com{path}")

    assert over_wire.status == in_process.status_code == 404
    assert repr(path) in over_wire.text


def test_percent_encoded_query_is_read(wire, get, sandbox_device):
    """Percent-encoded parameters are decoded."""
    encoded = sandbox_device.device_id.replace("-", "%2D")

    assert sandbox_device.device_id in wire.send(get(f"/devices/get?device_id={encoded}")).answer().text


@pytest.mark.parametrize("query", ["?device_id=%zz", "?device_id=%ff%fe", "?=", "?&&&", "?" + "a=1&" * 5000])
def test_odd_query_is_answered(wire, get, query):
    """A query that decodes to nothing sensible is the client's mistake: 400, and never a failure of the server."""
    assert wire.send(get(f"/devices/get{query}")).answer().status == 400


def test_bytes_beyond_ascii_in_a_path_are_shown(wire, get):
    """Raw bytes in a path mean what they mean percent-encoded: here, a path that is unknown."""
    answer = wire.send(get("/türen/list")).answer()

    assert answer.status == 404
    assert "/t%FCren/list" in answer.text


def test_bytes_beyond_ascii_in_a_query_are_read(wire, get, seam_sandbox):
    """curl sends a query as it was typed, in UTF-8, and finds what is there."""
    device = seam_sandbox.create_device(name="Küche")

    wire.send(get("/devices/list?search=Küche").replace("\n", "\r\n").encode())

    assert device.device_id in wire.answer().text


def test_head_may_come_byte_by_byte(wire, get):
    """A request that is sent slowly is no malformed one, and bytes beyond ASCII in it neither."""
    for byte in get("/devices/list?search=ü").replace("\n", "\r\n").encode():
        wire.send(bytes([byte]))

    assert wire.answer().status == 200
