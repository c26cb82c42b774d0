"""What httpx shows of an answer: the same in process, where it came in one piece, as over a socket."""

import asyncio
import gzip
import pickle
from datetime import timedelta

import httpx
import pytest

PATH = "/devices/list"


@pytest.fixture(params=["process", "server"])
def http(request, seam_sandbox, sandbox_device):
    """A plain client through the transport, and one through the server."""
    if request.param == "process":
        with seam_sandbox.http() as client:
            yield client
        return
    headers = {"authorization": f"Bearer {seam_sandbox.api_key}"}
    with httpx.Client(base_url=request.getfixturevalue("seam_server"), headers=headers) as client:
        yield client


@pytest.fixture(params=["process", "server"])
def open_async(request, seam_sandbox, sandbox_device):
    """Opens an asynchronous client through the transport, and one through the server."""
    options = {"headers": {"authorization": f"Bearer {seam_sandbox.api_key}"}}
    if request.param == "process":
        options |= {"base_url": seam_sandbox.endpoint, "transport": seam_sandbox.transport}
    else:
        options |= {"base_url": request.getfixturevalue("seam_server")}
    return lambda: httpx.AsyncClient(**options)


def test_answer_is_read_and_closed(http, sandbox_device):
    """After a plain call all of the body is there, counted, and the time that it took is known."""
    answer = http.get(PATH)

    assert answer.json()["devices"][0]["device_id"] == sandbox_device.device_id
    assert answer.is_closed
    assert answer.is_stream_consumed
    assert answer.num_bytes_downloaded == len(answer.content) > 0
    assert timedelta() < answer.elapsed < timedelta(minutes=1)


def test_status_line_is_that_of_the_wire(http):
    """Version and reason phrase are there, for a success and for an error."""
    found, missing = http.get(PATH), http.get("/devices/get", params={"name": "nobody"})

    assert (found.http_version, found.reason_phrase) == ("HTTP/1.1", "OK")
    assert (missing.http_version, missing.reason_phrase) == ("HTTP/1.1", "Not Found")


def test_body_can_be_asked_for_again(http):
    """A body that was read can be read, iterated and pickled as often as one likes."""
    answer = http.get(PATH)
    content = answer.content

    assert answer.read() == content
    assert b"".join(answer.iter_bytes(7)) == content
    assert "".join(answer.iter_lines()) == answer.text
    assert pickle.loads(pickle.dumps(answer)).content == content


def test_streamed_body_has_to_be_read(http):
    """Inside `stream` the body is there once it was read, not before."""
    with http.stream("GET", PATH) as answer:
        with pytest.raises(httpx.ResponseNotRead):
            _ = answer.content
        content = answer.read()

    assert answer.content == content == http.get(PATH).content


@pytest.mark.parametrize("way", ["iter_raw", "iter_bytes", "iter_text", "iter_lines"])
def test_streamed_body_comes_once(http, way):
    """A body that was taken piece by piece is gone."""
    expected = http.get(PATH).text
    with http.stream("GET", PATH) as answer:
        pieces = list(getattr(answer, way)())
        with pytest.raises(httpx.StreamConsumed):
            answer.read()

    assert "".join(piece.decode() if isinstance(piece, bytes) else piece for piece in pieces) == expected


def test_stream_that_was_closed_cannot_be_read(http):
    """What nobody read before the end of the block is lost."""
    with http.stream("GET", PATH) as answer:
        pass

    with pytest.raises(httpx.StreamClosed):
        answer.read()


def test_async_answer_is_read_and_closed(open_async):
    """The same for an asynchronous client; its answers cannot be read in a blocking way."""

    async def run():
        async with open_async() as http:
            answer = await http.get(PATH)
            async with http.stream("GET", PATH) as stream:
                with pytest.raises(RuntimeError, match="sync iterator on an async stream"):
                    stream.read()
                content = await stream.aread()
            async with http.stream("GET", PATH) as stream:
                pieces = [piece async for piece in stream.aiter_bytes()]
                with pytest.raises(httpx.StreamConsumed):
                    await stream.aread()
        return answer, content, b"".join(pieces)

    answer, content, pieces = asyncio.run(run())

    assert answer.content == content == pieces
    assert answer.is_closed
    assert answer.num_bytes_downloaded == len(content)
    assert timedelta() < answer.elapsed < timedelta(minutes=1)


class Wrapped(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport of the program's own, which puts a stream of its own in place of the answer's."""

    def __init__(self, inner, stream):
        self.inner, self.stream = inner, stream

    def handle_request(self, request):
        response = self.inner.handle_request(request)
        response.stream = self.stream(response.stream)
        return response

    async def handle_async_request(self, request):
        response = await self.inner.handle_async_request(request)
        response.stream = self.stream(response.stream)
        return response


class Cut(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Breaks off."""

    def __init__(self, inner):
        self.inner = inner

    def __iter__(self):
        yield b"{"
        raise httpx.ReadError("cut")

    async def __aiter__(self):
        yield b"{"
        raise httpx.ReadError("cut")


def test_stream_that_a_wrapper_put_in_place_is_read(seam_sandbox):
    """A program's own transport around ours has the last word on what comes."""
    transport = Wrapped(seam_sandbox.transport, Cut)

    async def ask():
        async with httpx.AsyncClient(transport=transport) as http:
            await http.get(f"{seam_sandbox.endpoint}{PATH}")

    with seam_sandbox.http(transport=transport) as http, pytest.raises(httpx.ReadError, match="cut") as caught:
        http.get(PATH)
    assert caught.value.request.url.path == PATH
    with pytest.raises(httpx.ReadError, match="cut") as caught:
        asyncio.run(ask())
    assert caught.value.request.url.path == PATH


class Zipped(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport of the program's own that compresses answers."""

    def __init__(self, inner):
        self.inner = inner

    def handle_request(self, request):
        content = self.inner.handle_request(request).read()
        response = self.inner.handle_request(request)
        response.headers["content-encoding"] = "gzip"
        response.stream = httpx.ByteStream(gzip.compress(content))
        return response

    async def handle_async_request(self, request):
        return self.handle_request(request)


def test_stream_that_a_wrapper_compressed_is_read(seam_sandbox):
    """A content-encoding that a wrapper adds is undone."""
    headers = {"authorization": f"Bearer {seam_sandbox.api_key}"}

    async def ask():
        async with httpx.AsyncClient(transport=Zipped(seam_sandbox.transport), headers=headers) as http:
            return await http.get(f"{seam_sandbox.endpoint}{PATH}")

    with seam_sandbox.http() as http, seam_sandbox.http(transport=Zipped(seam_sandbox.transport)) as zipped:
        plain, answers = http.get(PATH), [zipped.get(PATH), asyncio.run(ask())]

    assert [answer.content for answer in answers] == [plain.content] * 2
    assert answers[0].num_bytes_downloaded != len(plain.content)


def test_answers_share_nothing(http):
    """What a program notes on one answer is not on the next."""
    http.get(PATH).extensions["from_cache"] = True

    assert "from_cache" not in http.get(PATH).extensions


@pytest.mark.parametrize("transport_name", ["process", "server"])
def test_framing_belongs_to_the_wire(request, seam_sandbox, transport_name):
    """Over a socket an answer tells its length; in process it just ends."""
    url = seam_sandbox.endpoint if transport_name == "process" else request.getfixturevalue("seam_server")
    transport = seam_sandbox.transport if transport_name == "process" else None
    headers = {"authorization": f"Bearer {seam_sandbox.api_key}"}
    with httpx.Client(base_url=url, transport=transport, headers=headers) as http:
        answer = http.get(PATH)

    assert ("content-length" in answer.headers) is (transport_name == "server")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
