"""The only way out to a Seam sandbox workspace: one endpoint, one key, no redirect, and no write before the proof."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from email.utils import parsedate_to_datetime
from functools import partial
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx
from pydantic_core import from_json

from ...engine.errors import ProductionRefused, SandboxError, is_for_the_test, quoted, shortened
from ...engine.http import SEAM_URL
from ..answers import NotOfSeam, fault_in
from .keys import STAND_IN_KEY, ApiKey, KeyForm

__tracebackhide__ = is_for_the_test

_READ = re.compile(r"(/[a-z0-9_]+)+/(get|list|list_[a-z0-9_]+|get_related|generate_code)")
NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout)
"""Exceptions of httpx after which it is certain that nothing was sent."""
_READING_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS"})
_SET_ANEW = 60.0  # seconds by which the date of an answer differs when the clock of the server was set anew
_SOON = 1.0  # seconds until the next try, where a 429 does not say
_STARTED = time.time()
# Seconds of a clock that runs on while freezegun or time-machine hold the others; Windows has no such function.
_running: Callable[[], float] = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else time.monotonic
)
_STARTED_AT = _running()
_LEAVING: ContextVar[bool] = ContextVar("whether a request of a live sandbox leaves here", default=False)


class Unreachable(SandboxError):
    """No answer of Seam came, or one that Seam does not give."""


class NeverLeft(Unreachable):
    """No connection came about: the request was not sent."""


class NoSuchPath(Unreachable):
    """The server has no such path: it answered 404, and not in Seam's form."""


class TooManyRequests(SandboxError):
    """Seam answered 429 until the deadline. seconds: how much longer it asks to wait."""

    def __init__(self, text: str, seconds: float = 0.0) -> None:
        super().__init__(text)
        self.seconds = seconds


class Proof(NamedTuple):
    """That writes may leave: the workspace was seen to be a sandbox, and is one of those that were named."""

    workspace_id: str
    name: str
    publishable_key: str | None


def is_read(method: str, path: str) -> bool:
    """Whether a request changes nothing, by a fixed set of paths. Whatever is not in it is a write."""
    return method.upper() in _READING_METHODS and _READ.fullmatch(path) is not None


def is_leaving() -> bool:
    """Whether the code that runs here carries a request that the guard has let through."""
    return _LEAVING.get()


def _network() -> httpx.BaseTransport:
    return _Network(trust_env=False)


class _Network(httpx.HTTPTransport):
    """httpx's own way out, also while interception has replaced that: what leaves here has been intercepted already."""

    _send = httpx.HTTPTransport.handle_request

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. What this looks up and connects to is the sandbox's own."""
        before = _LEAVING.set(True)
        try:
            return self._send(request)
        finally:
            _LEAVING.reset(before)


class Connection:
    """The requests of a live sandbox, to one endpoint with one API key.

    timeout: seconds for an answer, and the most that is waited in all while Seam answers 429 to a call. most: where
    that is set, for messages. sleep: waits. transport: makes what carries the requests. refused: what the program under
    test was refused; whoever tells it takes it out. Proxies, certificates and passwords that the environment names are
    not used. The key shows nowhere: clients of the program under test get `stand_in_key`, and the key is put into their
    requests on the way out.
    """

    def __init__(
        self,
        endpoint: str,
        api_key: str | ApiKey,
        *,
        timeout: float = 30.0,
        most: str = "live_timeout",
        sleep: Callable[[float], None] = time.sleep,
        transport: Callable[[], httpx.BaseTransport] = _network,
    ) -> None:
        self._key = ApiKey(api_key) if isinstance(api_key, str) else api_key
        del api_key  # a report of a failure may show the variables of this frame
        self.endpoint = read_endpoint(endpoint or SEAM_URL)
        self.refused: list[Exception] = []
        self.proof: Proof | None = None
        self._timeout = timeout
        self._most = most
        self._sleep = sleep
        self._process = os.getpid()
        self._closed_because: str | None = None
        self._clock = _STARTED - _STARTED_AT
        self._has_clock = False
        self._lock = Lock()
        self._tokens: set[str] = set()
        self._transport = transport
        self._http: httpx.BaseTransport | None = None

    def __repr__(self) -> str:
        return f"<Connection to {self.endpoint}, {'open' if self.proof else 'not open'} for writes>"

    @property
    def key_form(self) -> KeyForm:
        """What the API key is by its form."""
        return self._key.form

    @property
    def stand_in_key(self) -> str:
        """The key for clients of the program under test: the true one takes its place on the way out."""
        return STAND_IN_KEY

    def open(self, proof: Proof) -> None:
        """Let writes through from now on."""
        if self._closed_because is not None:
            raise ProductionRefused(self._closed_because)
        self.proof = proof

    def refusal(self, error: SandboxError) -> SandboxError:
        """What to raise to the program under test; it is kept, in case that the program catches it."""
        self.refused.append(error)
        return error

    def close(self) -> None:
        """Give back the sockets; the next call takes new ones."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def now(self) -> float:
        """Seconds since 1970 on Seam's clock, by the date of its last answer; on this machine's if it gave none."""
        return self._clock + _running()

    def tell_time(self, at: float) -> None:
        """Move on to a time that an answer has: it is not earlier now. One that is far off is none to go by."""
        ahead = at - self.now()
        if 0 < ahead < _SET_ANEW:
            self._clock += ahead

    @property
    def has_clock(self) -> bool:
        """Whether an answer had a date. Else `now` may be wrong: this machine's clock may differ, and tests hold it."""
        return self._has_clock

    @property
    def is_forked(self) -> bool:
        """Whether this process was forked from the one whose sockets, journal and leases these are."""
        return os.getpid() != self._process

    # the sandbox's own calls

    def send(self, path: str, body: bytes) -> tuple[int, bytes]:
        """POST JSON to a path: the status, and the body of the answer, which is a JSON object.

        A 429 is obeyed: the call is sent again when it says so. Raises ProductionRefused for a write before the proof,
        TooManyRequests, and Unreachable where no answer of Seam came.
        """
        answer = self.answer(path, body)
        self._check_json(path, answer)
        return answer.status_code, answer.content

    def get(self, path: str, **parameters: str) -> tuple[int, bytes]:
        """GET a path with these parameters, otherwise like `send`; for whoever wants to read and nothing else."""
        answer = self._patiently("GET", path, b"", f"?{urlencode(parameters)}" if parameters else "")
        self._check_json(path, answer)
        return answer.status_code, answer.content

    def answer(self, path: str, body: bytes) -> httpx.Response:
        """Like `send`, for callers who look at whatever answer comes, also one that is not in Seam's form."""
        return self._patiently("POST", path, body)

    def _patiently(self, method: str, path: str, body: bytes, query: str = "") -> httpx.Response:
        self.check_write(method, path)
        waited = 0.0
        while True:
            answer = self._ask(method, path, body, query)
            if answer.status_code != 429:
                break
            seconds = _seconds_to_wait(answer, self.now())
            if waited + seconds > self._timeout:
                raise TooManyRequests(
                    f"{self.endpoint} answers 429 to {path} and asks to wait {seconds:g} s more, after {waited:g} s "
                    f"of waiting; the most is {self._timeout:g} s ({self._most}). Run fewer tests at once, or wait "
                    "longer.",
                    seconds,
                )
            self._sleep(seconds)
            waited += seconds
        self.check_workspace(answer)
        return answer

    def _ask(self, method: str, path: str, body: bytes, query: str) -> httpx.Response:
        headers = {"accept": "application/json"} | ({"content-type": "application/json"} if method == "POST" else {})
        request = httpx.Request(
            method,
            f"{self.endpoint}{path}{query}",
            content=body,
            headers=headers,
            extensions={"timeout": httpx.Timeout(self._timeout).as_dict()},
        )
        try:
            return self.exchange(request)
        except httpx.RequestError as error:
            why = f"{type(error).__name__}: {error}"
            kind = NeverLeft if isinstance(error, NOT_CONNECTED) else Unreachable
        undone = (
            "; what was changed until now is in the journal, and is undone at the next start or by: seam-sandbox heal"
        )
        raise kind(
            f"{self.endpoint} gave no answer to {path}: {shortened(why, 300)}. Check the network and the endpoint"
            f"{undone if self.proof is not None else ''}."
        )

    def _check_json(self, path: str, answer: httpx.Response) -> None:
        """Raise Unreachable for what Seam does not answer: a redirect, a page of a proxy, an error without a name."""
        status = answer.status_code
        if 300 <= status < 400:
            told = f"a redirect ({status}) to {quoted(answer.headers.get('location', ''))}, which is not followed"
        else:
            value = json_of(answer)
            names = value.get("error") if isinstance(value, dict) and status >= 400 else {"type": ""}
            if isinstance(value, dict) and isinstance(names, dict):
                self._check_fields(path, value)
                return
            told = f"{status} with {quoted(answer.text)}, which is not an answer of Seam"
        told = self._key.without(told)
        raise (NoSuchPath if status == 404 else Unreachable)(
            f"{self.endpoint} answered {path} with {told}. Check the endpoint, and what stands between it and here."
        )

    def _check_fields(self, path: str, answer: dict[str, Any]) -> None:
        """Raise NotOfSeam for what Seam never answers, where the sandbox relies on it."""
        fault = fault_in(answer)
        if fault is not None:
            raise NotOfSeam(
                f"in the answer of {self.endpoint} to {path}, {self._key.without(fault)}. Check the endpoint, and "
                "what stands between it and here."
            )

    # whatever leaves

    def check_write(self, method: str, path: str) -> None:
        """Raise ProductionRefused for a write for which there is no proof, SandboxError for one that another process
        would have to undo.
        """
        self._check_process()
        if self.proof is not None or is_read(method, path):
            return
        raise ProductionRefused(
            self._closed_because
            or f"{method} {path} is a write, and it was not proved that the workspace is a sandbox. It was not sent. "
            "Prove it first: backends.live.guard.prove."
        )

    def _check_process(self) -> None:
        if self.is_forked:
            raise SandboxError(
                f"the process {os.getpid()} was forked from {self._process}, to which the live sandbox belongs, and "
                "cannot use its connection and its journal. Nothing was sent. Let the forked process talk to the "
                "sandbox over loopback: seam_environ sets SEAM_ENDPOINT and SEAM_API_KEY for it, seam_server gives the "
                "URL."
            )

    def check_workspace(self, answer: httpx.Response) -> None:
        """Raise ProductionRefused, and let no more writes through, when an answer is about another workspace."""
        if self.proof is None:
            return
        value = json_of(answer)
        self._tokens.update(_session_tokens_in(value))
        others = set(_workspaces_in(value)) - {self.proof.workspace_id}
        if others:
            self._closed_because = (
                f"an answer is about the workspace {quoted(min(others))}, and what was proved is that "
                f"{self.proof.workspace_id} is a sandbox. No more writes are sent. Find out who answers at "
                f"{self.endpoint}, and run: seam-sandbox heal."
            )
            self.proof = None
            raise ProductionRefused(self._closed_because)

    def knows(self, header: str, value: str) -> bool:
        """Whether a credential of a request leads to this workspace: its API key, or what stands in for it; a client
        session that was made here; the publishable key.
        """
        if header == "seam-publishable-key":
            return self.proof is not None and value == self.proof.publishable_key
        if header == "seam-workspace":
            return self.proof is not None and value == self.proof.workspace_id
        return self._key.is_or_stands_in(value) or value in self._tokens

    def without_key(self, text: str) -> str:
        """The text, without the API key."""
        return self._key.without(text)

    def exchange(self, request: httpx.Request, *, with_key: bool = True) -> httpx.Response:
        """Send a request, and read the whole answer. with_key: put the API key into it.

        An exception of httpx comes anew from here: the frames of its origin hold the headers in their variables.
        """
        self._check_process()
        with self._lock:
            if self._http is None:
                self._http = self._transport()
        if with_key:
            request.headers["authorization"] = self._key.authorization()
        failure: httpx.RequestError
        try:
            answer = self._http.handle_request(request)
            try:
                body = b"".join(answer.iter_raw())
            finally:
                answer.close()
            self._set_clock(answer.headers.get("date", ""))
            return httpx.Response(answer.status_code, headers=answer.headers, content=body, request=request)
        except httpx.RequestError as error:
            failure = type(error)(self._key.without(str(error)), request=request)
        raise failure

    def _set_clock(self, date: str) -> None:
        """Go by the date of an answer, which has whole seconds: time does not go back for less than a minute."""
        with suppress(ValueError):
            at = parsedate_to_datetime(date).timestamp()
            if self._has_clock and abs(at - self.now()) < _SET_ANEW:
                self.tell_time(at)
            else:
                self._clock, self._has_clock = at - _running(), True


def read_endpoint(text: str) -> str:
    """An endpoint in the form in which endpoints are compared. Raises SandboxError for what is none."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        url = httpx.URL(scheme=parts.scheme, host=host, port=port, path=parts.path)
    except (ValueError, httpx.InvalidURL):
        host, port = "", None
    if not host or port == 0 or parts.scheme not in {"http", "https"} or parts.username is not None or parts.query:
        shown = quoted(text.rpartition("@")[2])  # what stands before an @ is a password
        raise SandboxError(
            f"live_endpoint is {shown}; it takes the URL of a server without a name and a password in it, such as "
            "'http://127.0.0.1:8080', or nothing for Seam's own."
        )
    return str(url).rstrip("/")


def json_of(answer: httpx.Response) -> Any:
    """The JSON of an answer; None where there is none."""
    try:
        return from_json(answer.content)
    except ValueError:
        return None


def _rows_in(value: Any) -> Iterator[dict[str, Any]]:
    """What an answer shows: the objects under its keys, alone or in lists."""
    found = value.values() if isinstance(value, dict) else ()
    yield from (row for part in found for row in (part if isinstance(part, list) else [part]) if isinstance(row, dict))


def _workspaces_in(value: Any) -> Iterator[str]:
    """The ids of the workspaces of what an answer shows."""
    yield from (row["workspace_id"] for row in _rows_in(value) if isinstance(row.get("workspace_id"), str))


def _session_tokens_in(value: Any) -> Iterator[str]:
    """The tokens of the client sessions that an answer shows."""
    tokens = [row.get(name) for row in _rows_in(value) for name in ("token", "client_session_token")]
    yield from (token for token in tokens if isinstance(token, str) and token.startswith("seam_cst"))


def _seconds_to_wait(answer: httpx.Response, now: float) -> float:
    """What `retry-after` says, in seconds or as a date."""
    text = answer.headers.get("retry-after", "")
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return _SOON
    return max(_SOON, until.timestamp() - now)
