"""An endpoint is one function; its decorator is the row of the route table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields
from functools import cached_property
from inspect import signature
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args, get_type_hints

from pydantic_core import to_json

from .auth import Caller, Method, Server
from .http import Request
from .pages import Page, Pager, describe, read_cursor
from .params import Check, Params, not_an_object
from .query import parse_query
from .store import Row
from .types import Limit, PageCursor
from .work import WorkStatus
from .workspace import Workspace

F = TypeVar("F", bound=Callable[..., object])
DeviceFinder = Callable[[Workspace, Mapping[str, Any]], "str | None"]
Source = Literal["spec", "docs", "official fake", "assumed"]
INJECTED = (Caller, Pager, Server, Request)
NOTHING: Mapping[str, str] = MappingProxyType({})


def named_device(_workspace: Workspace, arguments: Mapping[str, Any]) -> str | None:
    """The device that a call names itself."""
    return arguments.get("device_id")


@dataclass(frozen=True)
class Endpoint:
    """One row of the route table.

    methods: in the order of the specification. allow: who may call. source: on whose word the behaviour is. key: the
    name of the payload in the answer; None for `{"ok": true}`. twin: a second name under which the answer repeats the
    payload. also: names of further payloads, for a function that gives a tuple. checks: rules between parameters.
    one_of: see Params. page_limit: the default limit of a paginated list. per_minute: Seam's rate limit per device.
    device: finds the device that a call counts for. no_effect: parameters that are accepted and change nothing, each
    with the reason. conflict: where the sources contradict each other or are silent, and what was chosen.
    """

    path: str
    methods: tuple[str, ...]
    function: Callable[..., object]
    _: KW_ONLY
    allow: tuple[Method, ...]
    source: Source
    key: str | None = None
    twin: str | None = None
    also: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    one_of: tuple[str, ...] = ()
    page_limit: int | None = None
    per_minute: int | None = None
    device: DeviceFinder = named_device
    no_effect: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    conflict: str = ""

    @cached_property
    def reads_query(self) -> bool:
        """Whether parameters may stand in the query: on every method of a path that has GET or DELETE."""
        return "GET" in self.methods or "DELETE" in self.methods

    @cached_property
    def injected(self) -> Mapping[str, type]:
        """The parameters that are no part of the request, with their types."""
        hints = get_type_hints(self.function)
        names = signature(self.function).parameters
        return MappingProxyType({name: hints[name] for name in names if hints.get(name) in INJECTED})

    @cached_property
    def params(self) -> Params:
        """The request's parameters; built on the first call, since most tests use a handful of endpoints."""
        paging: dict[str, Any] = {}
        if self.page_limit is not None:
            paging = {"limit": Limit, "page_cursor": PageCursor}
        return Params(self.function, skip=self.injected, also=paging, checks=self.checks, one_of=self.one_of)

    def read(self, request: Request, body: object) -> dict[str, Any]:
        """The request's parameters as sent, query and body merged where Seam merges them; the body wins."""
        if not self.reads_query:
            if not isinstance(body, dict):
                raise not_an_object(body)
            return body
        values = parse_query(request.query, self.query_kinds) if request.query else {}
        if isinstance(body, dict):
            values.update(body)
        if self.page_limit is not None and "next_page_cursor" in values:
            values.setdefault("page_cursor", values.pop("next_page_cursor"))
        return values

    @cached_property
    def query_kinds(self) -> Mapping[str, Any]:
        """How to read the query; the link in `next_page_url` of older servers names the cursor otherwise."""
        kinds = dict(self.params.kinds)
        if self.page_limit is not None:
            kinds["next_page_cursor"] = kinds["page_cursor"]
        return MappingProxyType(kinds)

    def call(
        self, workspace: Workspace | None, caller: Caller, server: Server, arguments: dict[str, Any], request: Request
    ) -> tuple[bytes, WorkStatus | None]:
        """Run the function; its answer, rendered, and what that says of work."""
        given: dict[str, Any] = {}
        pager = None
        if self.page_limit is not None:
            limit, cursor = arguments.pop("limit", self.page_limit), arguments.pop("page_cursor", None)
            given = {**arguments, "limit": limit}
            pager = Pager(limit, read_cursor(cursor, given))
        for name, kind in self.injected.items():
            arguments[name] = (
                caller if kind is Caller else server if kind is Server else pager if kind is Pager else request
            )
        payload = self.function(workspace, **arguments)
        if isinstance(payload, Row) and self.key is not None and self.twin is None:
            return self._start + payload.to_json() + b',"ok":true}', payload.work
        return self._render(payload, given, request), self._work_in(payload)

    def _work_in(self, payload: object) -> WorkStatus | None:
        """The work of which one of several payloads tells."""
        parts = payload if self.also and isinstance(payload, tuple) else ()
        return next((part.work for part in parts if isinstance(part, Row) and part.work), None)

    def _render(self, payload: object, given: Mapping[str, Any], request: Request) -> bytes:
        """An answer that is not just one row. given: what a page was asked for with."""
        if self.key is None:
            return b'{"ok":true}'
        if isinstance(payload, Page):
            pagination = describe(payload, given, request.base_url + self.path)
            return _around_list(self._start, payload.rows, b',"pagination":' + to_json(pagination) + b',"ok":true}')
        parts: dict[str, object] = {self.key: payload}
        if self.twin is not None:
            parts[self.twin] = payload
        elif self.also and isinstance(payload, tuple):
            parts = dict(zip((self.key, *self.also), payload, strict=True))
        return b'{%b,"ok":true}' % b",".join(
            [b'"%b":%b' % (name.encode(), render(part)) for name, part in parts.items()]
        )

    @cached_property
    def _start(self) -> bytes:
        return b'{"%b":' % (self.key or "").encode()


def render(payload: object) -> bytes:
    """Rows, lists of rows and plain JSON values as JSON text."""
    if isinstance(payload, Row):
        return payload.to_json()
    if isinstance(payload, list | tuple):
        return b"[" + b",".join([render(item) for item in payload]) + b"]"
    return to_json(payload)


def _around_list(before: bytes, rows: Sequence[Row], after: bytes) -> bytes:
    """A list of rows between two texts, made in one piece: a copy of a long list costs as much as all else."""
    if not rows:
        return before + b"[]" + after
    texts = [row.to_json() for row in rows]
    texts[0] = before + b"[" + texts[0]
    texts[-1] += b"]" + after
    return b",".join(texts)


class Router:
    """The endpoints of one family, below one prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._endpoints: Mapping[str, Endpoint] = MappingProxyType({})

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self._endpoints.values())

    def find(self, path: str) -> Endpoint | None:
        """The endpoint of exactly this path."""
        return self._endpoints.get(path)

    def include(self, other: Router) -> None:
        """Take over the endpoints of a part of this family."""
        for endpoint in other:
            self._declare(endpoint)

    def get(self, name: str, **row: Any) -> Callable[[F], F]:
        """A read: GET and POST, parameters in query or body."""
        return self._add(name, ("GET", "POST"), **row)

    def post(self, name: str, **row: Any) -> Callable[[F], F]:
        """A creation or an action: POST, parameters in the body."""
        return self._add(name, ("POST",), **row)

    def delete(self, name: str, **row: Any) -> Callable[[F], F]:
        """A removal: DELETE and POST, parameters in query or body."""
        return self._add(name, ("DELETE", "POST"), **row)

    def patch(self, name: str, **row: Any) -> Callable[[F], F]:
        """A change: PATCH and POST, parameters in the body."""
        return self._add(name, ("PATCH", "POST"), **row)

    def put(self, name: str, **row: Any) -> Callable[[F], F]:
        """A change: PUT and POST, parameters in the body."""
        return self._add(name, ("POST", "PUT"), **row)

    def patch_or_put(self, name: str, **row: Any) -> Callable[[F], F]:
        """A change: PATCH, PUT and POST, parameters in the body."""
        return self._add(name, ("PATCH", "POST", "PUT"), **row)

    def _add(self, name: str, methods: tuple[str, ...], **row: Any) -> Callable[[F], F]:
        def declare(function: F) -> F:
            path = f"{self.prefix}/{name}"
            _check_row(path, function, row)
            unchanging = {
                "checks": tuple(row.get("checks", ())),
                "no_effect": MappingProxyType({**row.get("no_effect", {})}),
            }
            self._declare(Endpoint(path, methods, function, **(row | unchanging)))
            return function

        return declare

    def _declare(self, endpoint: Endpoint) -> None:
        if endpoint.path in self._endpoints:
            raise ValueError(f"the path {endpoint.path} is declared twice; give each path one function")
        self._endpoints = MappingProxyType({**self._endpoints, endpoint.path: endpoint})


_PARTS = frozenset(part.name for part in fields(Endpoint) if part.kw_only)
_SOURCES = get_args(Source)


def _check_row(path: str, function: Callable[..., object], row: Mapping[str, Any]) -> None:
    """Raise TypeError for a row of which a part is missing or unknown."""
    names = function.__code__.co_varnames
    idle = [name for name in row.get("no_effect", ()) if name.partition(".")[0] not in names]
    wrong = [f"there is no part {name!r}" for name in row if name not in _PARTS]
    wrong += [f"{name} is missing" for name in ("allow", "source") if not row.get(name)]
    wrong += [f"no_effect names {name!r}, which is no parameter" for name in idle]
    if row.get("source", "spec") not in _SOURCES:
        wrong.append(f"the source is {row['source']!r}; it is one of {', '.join(_SOURCES)}")
    if not function.__doc__:
        wrong.append(f"the function {function.__name__} has no docstring")
    if wrong:
        raise TypeError(
            f"the route row of {path}: {'; '.join(wrong)}. An endpoint: a function with a docstring, and the row "
            "`allow` (who may call), `source` (on whose word it is), `key` (the name of the payload), and what else it "
            f"needs of {', '.join(sorted(_PARTS))}."
        )
