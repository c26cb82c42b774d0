"""The httpx transport for clients of the program under test: to the workspace that was proved, and to nothing else."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any, Protocol
from urllib.parse import parse_qsl
from uuid import uuid4

import httpx
from anyio.to_thread import run_sync
from pydantic_core import from_json

from ...engine.errors import ApiError, ProductionRefused, SandboxError, is_for_the_test, quoted
from ...engine.http import SEAM_URL
from .connection import NOT_CONNECTED, Connection, is_read, json_of
from .journal import Change
from .keys import is_harmless
from .lease_records import without_records

__tracebackhide__ = is_for_the_test

_PLAIN_PATH = re.compile(r"(/[a-z0-9_]+)+")
_CREDENTIALS = (
    "authorization",
    "seam-api-key",
    "client-session-token",
    "seam-client-session-token",
    "seam-publishable-key",
    "seam-workspace",
)
_OF_KEYS = frozenset({"authorization", "seam-api-key"})
_BEARER = re.compile("bearer ", re.IGNORECASE)
_WRONG_KEY = "API Key not found (it is not the key of this live sandbox, which answers for Seam: nothing was sent)"
_SET_ANEW = (
    "host",
    "seam-api-key",
    "content-length",
    "transfer-encoding",
    "connection",
    "cookie",
    "proxy-authorization",
)
_OF_THE_BODY = ("content-length", "content-encoding", "transfer-encoding")


class Notes(Protocol):
    """What has to hear of a write before it leaves, and of its answer."""

    def begin(self, method: str, path: str, params: dict[str, Any]) -> Change | None:
        """Note a write; raise SandboxError when it must not leave."""
        ...

    def finish(self, change: Change | None, status: int, answer: Any) -> None:
        """Note what the answer told."""
        ...

    def had_no_effect(self, change: Change | None) -> None:
        """Note that a write never left."""
        ...


class GuardedTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends the requests of any client, sync or async, on the connection of a live sandbox.

    A request to another host, or with a credential that may lead to another workspace, is refused with SandboxError
    before it leaves. A key that is wrong gets 401 without leaving, as at Seam. Seam's host means the endpoint of the
    connection. The answer comes as it is, but for lease records; redirects are for the client to follow, through here
    again.
    """

    def __init__(self, connection: Connection, notes: Notes) -> None:
        self._connection = connection
        self._notes = notes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the workspace."""
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the workspace. The request is sent in a thread: one way out is easier to guard than two."""
        return await run_sync(self._answer, request, await request.aread())

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        path = self._path_of(request)
        if self._has_wrong_key(request):
            return _refused_as_by_seam(request)
        try:
            if not is_read(request.method, path):
                check_form(request, path, body)
            change = self._notes.begin(request.method, path, params_of(request, body))
        except SandboxError as refused:
            raise self._connection.refusal(refused) from None
        try:
            answer = self._connection.exchange(self._leaving(request, path, body), with_key=_takes_key(request))
        except NOT_CONNECTED:
            self._notes.had_no_effect(change)
            raise
        try:
            self._connection.check_workspace(answer)
        except ProductionRefused as refused:
            raise self._connection.refusal(refused) from None
        self._notes.finish(change, answer.status_code, json_of(answer))
        answer = _shown(answer)
        answer.request = request
        return answer

    def _path_of(self, request: httpx.Request) -> str:
        """The path below the endpoint. Raises ProductionRefused for another server."""
        url = str(request.url.copy_with(userinfo=b"", query=None, fragment=None))  # a name and a password go unsaid
        for endpoint in (self._connection.endpoint, SEAM_URL):
            if url.startswith(f"{endpoint}/"):
                return url.removeprefix(endpoint)
        raise self._connection.refusal(
            ProductionRefused(
                f"{request.method} {quoted(url)} goes to another server than {self._connection.endpoint}, which is all "
                "that a live sandbox talks to. It was not sent. Build the client with the endpoint of the sandbox."
            )
        )

    def _has_wrong_key(self, request: httpx.Request) -> bool:
        """Whether the API key is wrong. Raises ProductionRefused for a credential that may be of another workspace."""
        unknown = self._unknown_credentials(request)
        for name, is_wrong_key in unknown.items():
            if not is_wrong_key:
                raise self._connection.refusal(
                    ProductionRefused(
                        f"{request.method} {request.url.path} has a credential in the header {name} that is not of the "
                        "workspace of this sandbox. It was not sent. Build the client with the key of the sandbox."
                    )
                )
        return bool(unknown)

    def _unknown_credentials(self, request: httpx.Request) -> dict[str, bool]:
        """The headers with them, and whether each is no more than a wrong key.

        In a frame of its own, since a report of a failure may show the variables of frames.
        """
        found = {}
        for name in _CREDENTIALS:
            value = request.headers.get(name)
            if value is not None and not self._connection.knows(name, value.removeprefix("Bearer ")):
                found[name] = name in _OF_KEYS and is_harmless(_BEARER.sub("", value, count=1))
        return found

    def _leaving(self, request: httpx.Request, path: str, body: bytes) -> httpx.Request:
        query = f"?{request.url.query.decode('ascii')}" if request.url.query else ""
        headers = [pair for pair in request.headers.multi_items() if pair[0] not in _SET_ANEW]
        return httpx.Request(
            request.method,
            f"{self._connection.endpoint}{path}{query}",
            headers=headers,
            content=body or None,
            extensions={name: value for name, value in request.extensions.items() if name == "timeout"},
        )


def _takes_key(request: httpx.Request) -> bool:
    """Whether the API key is to be put in: the request has what stands in for it."""
    key = request.headers.get("authorization", request.headers.get("seam-api-key"))
    return key is not None and not key.startswith("Bearer seam_cst")


def _refused_as_by_seam(request: httpx.Request) -> httpx.Response:
    """What Seam answers to a key that it does not know."""
    request_id, error = str(uuid4()), ApiError(401, "unauthorized", _WRONG_KEY)
    answer = {"error": {**error.body(), "request_id": request_id}, "ok": False}
    return httpx.Response(error.status, json=answer, headers={"seam-request-id": request_id}, request=request)


def _shown(answer: httpx.Response) -> httpx.Response:
    """The answer without lease records."""
    content = without_records(answer.content)
    if content is answer.content:
        return answer
    headers = [pair for pair in answer.headers.multi_items() if pair[0] not in _OF_THE_BODY]
    return httpx.Response(answer.status_code, headers=headers, content=content)


def check_form(request: httpx.Request, path: str, body: bytes) -> None:
    """Raise SandboxError for a write that a server may read otherwise than it is read here: its note would be wrong."""
    told = _unclear(request, path, body)
    if told:
        raise SandboxError(
            f"{request.method} {quoted(path)} {told}, so nobody here can tell what it changes, and how to undo it. It "
            "was not sent. Send JSON in UTF-8 to a path such as /devices/update, or test this on the emulator, with "
            "@pytest.mark.seam(backend='embedded')."
        )


def _unclear(request: httpx.Request, path: str, body: bytes) -> str:
    """What keeps a write from being read; nothing when it is plain."""
    if not _PLAIN_PATH.fullmatch(path):
        return "has a path that is not in the form of Seam's (small letters, no slash at the end)"
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        return f"has a body in the encoding {quoted(encoding)}"
    charset = request.headers.get("content-type", "").lower().partition("charset=")[2].strip(' "')
    if charset not in ("", "utf-8", "utf8"):
        return f"has a body in the character set {quoted(charset)}"
    try:
        _json_in(body)
    except JSONDecodeError:
        return ""  # no server takes it for JSON
    except (ValueError, RecursionError):
        return "has a body with numbers of too many digits, or too deep"
    return ""


def params_of(request: httpx.Request, body: bytes) -> dict[str, Any]:
    """The parameters of a request, from its query and its JSON; a repeated one is a list."""
    params: dict[str, Any] = {}
    for name, value in _pairs(request):
        before = params.get(name)
        params[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    try:
        given = _json_in(body) if body else {}
    except (ValueError, RecursionError):
        given = {}
    return params | (given if isinstance(given, dict) else {})


def _json_in(body: bytes) -> Any:
    """The JSON in a body, read as JavaScript does: a mark at its start and bytes that are no UTF-8 do no harm."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        value = json.loads(body.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace"))
    plain = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")  # without halves of characters
    return json.loads(plain)


def _pairs(request: httpx.Request) -> Iterator[tuple[str, str]]:
    query = request.url.query.decode("ascii", "replace")
    yield from ((name.removesuffix("[]"), value) for name, value in parse_qsl(query) if name != "_strict")
