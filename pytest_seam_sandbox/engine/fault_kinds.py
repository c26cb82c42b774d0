"""The kinds of faults: one row each, which faults, strategies, sweeps, machines, control routes and docs read.

A new kind is its name in `FaultKind`, a row of `FAULTS`, and a method of `Faults` whose parameters are the options of
the row. What it does to a connection, if that is new, stands in `http.Wire` and in each transport. A part that is
missing fails on import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Protocol, get_args

from pydantic_core import to_json

from .errors import SandboxError, is_for_the_test, quoted
from .http import JSON_TYPE, Response, Wire
from .json_values import why_no_json

__tracebackhide__ = is_for_the_test

FaultKind = Literal["fail", "rate_limit", "lose_answer", "time_out", "reset", "garbage", "slow", "refuse"]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
"""The faults of `sandbox.faults` by the names of its methods, the simplest first."""

Garbage = Literal["not_json", "truncated", "wrong_content_type"]
GARBAGE: Mapping[Garbage, tuple[str, bytes]] = MappingProxyType(
    {
        "not_json": ("application/json; charset=utf-8", b"<html><body>Bad Gateway</body></html>"),
        "truncated": ("application/json; charset=utf-8", b'{"ok":true,"devi'),
        "wrong_content_type": ("text/html; charset=utf-8", b"<html><body>Welcome</body></html>"),
    }
)
_LONGEST = 1_000_000_000  # seconds; no thread can wait longer than ten times that


class FaultOptions(Protocol):
    """What a fault of any kind was told; each kind reads what its row names."""

    status: int
    error_type: str
    message: str
    empty: bool
    seconds: float
    garbage: Garbage


@dataclass(frozen=True, slots=True)
class FaultOption:
    """A parameter of one kind of fault. field: where a fault and a FaultSpec keep it. check: see `FaultRow`."""

    name: str
    field: str
    check: Callable[[str, Any], None]


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One kind of fault.

    sentence: what happens to a request, with `{status}` and `{seconds:g}` in it. when: whether it happens before the
    request takes effect or after it; "either" as its `after` says. options: its own parameters; the check of each gets
    the name and the value, and raises SandboxError. wire: what becomes of the connection. answer: makes the answer,
    from what the fault was told and the id of the request; None for the one that the request would have had.
    is_repeated: whether the official SDK sends a request that met it again. keeps_waiting: whether a client that comes
    back before `seconds` have passed fails the test. no_route: why a running server has no control route for it.
    """

    name: FaultKind
    sentence: str
    when: Literal["before", "after", "either"]
    options: tuple[FaultOption, ...] = ()
    wire: Wire = "answer"
    answer: Callable[[FaultOptions, str], Response] | None = None
    is_repeated: Callable[[FaultOptions], bool] = lambda _fault: False
    keeps_waiting: bool = False
    no_route: str = ""

    def takes(self, field: str) -> bool:
        """Whether one of its own parameters is kept under this name."""
        return any(option.field == field for option in self.options)


def _check_status(_name: str, status: object) -> None:
    if isinstance(status, bool) or not isinstance(status, int) or not 400 <= status <= 599:
        raise SandboxError(f"a fault answers with a status from 400 to 599, not {status!r}.")


def _check_text(name: str, text: object) -> None:
    if not isinstance(text, str) or why_no_json(text) is not None:
        raise SandboxError(f"{name} is {quoted(text)}; it takes a text.")


def _check_flag(name: str, flag: object) -> None:
    if not isinstance(flag, bool):
        raise SandboxError(f"{name} is {quoted(flag)}; it takes True or False.")


def _check_garbage(_name: str, kind: object) -> None:
    if kind not in tuple(GARBAGE):
        raise SandboxError(f"garbage is one of {', '.join(GARBAGE)}; got {quoted(kind)}.")


def _check_seconds(name: str, seconds: object) -> None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST:
        raise SandboxError(f"{name} is {quoted(seconds)}; it takes a number of seconds from 0 to {_LONGEST}.")


def _error(fault: FaultOptions, request_id: str) -> Response:
    """The HTTP error that a `fail` fault was told to answer."""
    headers = (("seam-request-id", request_id),)
    if fault.empty:
        return Response(fault.status, headers)
    message = fault.message or f"The sandbox was told to answer {fault.status}"
    return _envelope(fault.status, fault.error_type or "internal_server_error", message, request_id, headers)


def _too_many_requests(fault: FaultOptions, request_id: str) -> Response:
    headers = (("seam-request-id", request_id), ("retry-after", f"{fault.seconds:g}"))
    return _envelope(429, "too_many_requests", "Too many requests", request_id, headers)


def _envelope(
    status: int, error_type: str, message: str, request_id: str, headers: tuple[tuple[str, str], ...]
) -> Response:
    error = {"type": error_type, "message": message, "request_id": request_id}
    return Response(status, (("content-type", JSON_TYPE), *headers), to_json({"error": error, "ok": False}))


def _garbled(fault: FaultOptions, _request_id: str) -> Response:
    content_type, body = GARBAGE[fault.garbage]
    return Response(200, (("content-type", content_type),), body)


def _always(_fault: FaultOptions) -> bool:
    return True


def rows_by_name(*rows: FaultRow) -> Mapping[FaultKind, FaultRow]:
    """The rows by name, in the order of FAULT_KINDS. Raises TypeError for one that is missing or not finished."""
    by_name = {row.name: row for row in rows}
    wrong = [f"{name!r} has no row" for name in FAULT_KINDS if name not in by_name]
    wrong += [f"{name!r} is not in FaultKind" for name in by_name if name not in FAULT_KINDS]
    wrong += [f"{row.name!r} has no sentence" for row in rows if not row.sentence]
    wrong += [
        f"{row.name!r} does nothing: no wire, no answer, no seconds"
        for row in rows
        if row.wire == "answer" and row.answer is None and not row.takes("seconds")
    ]
    if wrong:
        raise TypeError(f"{'; '.join(wrong)}. {NEXT_STEP}")
    return MappingProxyType({name: by_name[name] for name in FAULT_KINDS})


NEXT_STEP = (
    "A fault kind: its name in FaultKind and its row in FAULTS, both in engine/fault_kinds.py, and a method of this "
    "name of Faults in engine/faults.py, which takes the options of the row, and `after` where the row says either: "
    "CONTRIBUTING.md, 'A fault kind'."
)
FAULTS: Mapping[FaultKind, FaultRow] = rows_by_name(
    FaultRow(
        "fail",
        "answers {status}",
        "either",
        (
            FaultOption("status", "status", _check_status),
            FaultOption("error_type", "error_type", _check_text),
            FaultOption("message", "message", _check_text),
            FaultOption("empty", "empty", _check_flag),
        ),
        answer=_error,
        is_repeated=lambda fault: fault.status == 429 or fault.status >= 500,
    ),
    FaultRow(
        "rate_limit",
        "answers 429, to be tried again in {seconds:g} s",
        "before",
        (FaultOption("retry_after", "seconds", _check_seconds),),
        answer=_too_many_requests,
        is_repeated=_always,
        keeps_waiting=True,
    ),
    FaultRow("lose_answer", "takes effect, and its answer is lost", "after", wire="drop", is_repeated=_always),
    FaultRow("time_out", "is never answered", "either", wire="time_out", is_repeated=_always),
    FaultRow("reset", "is answered by half, then the connection is reset", "either", wire="reset"),
    FaultRow(
        "garbage",
        "is answered with garbage",
        "either",
        (FaultOption("kind", "garbage", _check_garbage),),
        answer=_garbled,
    ),
    FaultRow("slow", "is answered after {seconds:g} s", "after", (FaultOption("seconds", "seconds", _check_seconds),)),
    FaultRow(
        "refuse",
        "finds nobody listening",
        "before",
        wire="refuse",
        is_repeated=_always,
        no_route="a server that refuses connections could not be told to stop doing so. Use faults/reset or "
        "faults/lose_answer, or end the server for a while.",
    ),
)


def check_methods(methods: type, common: Iterable[str]) -> None:
    """Raise TypeError for a kind without a method, or one whose parameters are not those of its row.

    methods: the class that has them. common: the parameters that every method has.
    """
    wrong = []
    for name, row in FAULTS.items():
        function = getattr(methods, name, None)
        if function is None:
            wrong.append(f"{methods.__name__} has no method {name!r}")
            continue
        code = function.__code__
        found = {*code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]} - {*common}
        wanted = {option.name for option in row.options} | ({"after"} if row.when == "either" else set())
        if found != wanted:
            wrong.append(f"{methods.__name__}.{name} takes {sorted(found)}, and the row has {sorted(wanted)}")
    if wrong:
        raise TypeError(f"{'; '.join(wrong)}. {NEXT_STEP}")
