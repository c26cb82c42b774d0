"""Runs a scenario on one server, and writes down what can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from ..engine.clock import format_time
from ..engine.errors import SandboxError
from .records import Answer, Latency, Logged, Outcome, Record, Skipped
from .servers import UNKNOWN_KEY, Found, Server, at
from .shapes import Known
from .steps import Call, InHours, Scenario, The, Unique, named

_OVERLAP = timedelta(minutes=10)  # the clocks of two machines differ
_NO_JSON = "no JSON"


def run(scenario: Scenario, server: Server, found: Sequence[Found], *, word: str, like: Record | None = None) -> Record:
    """What the scenario shows on a server. Whatever it makes there is taken back at the end, also after an error.

    found: what its needs have brought. word: what no other run has used. like: the record of the other server, if it
    was there first: then events are waited for until there are as many.
    """
    return _Run(scenario, server, found, word).go(like)


class _Missing(Exception):
    """A value that an earlier step should have kept is not there."""


class _Run:
    def __init__(self, scenario: Scenario, server: Server, found: Sequence[Found], word: str) -> None:
        self._scenario, self._server, self._word = scenario, server, word
        self._start = server.now().replace(microsecond=0)
        self._kept = {name: value for each in found for name, value in each.values.items()}
        self._known = Known(kept={value: f"={name}" for name, value in self._kept.items()})
        self._undo: list[tuple[Call, int]] = []  # with the number of steps that were done before
        self._done: list[tuple[str, Any]] = []
        self._old_events: set[str] = set()
        self._left: list[str] = []

    def go(self, like: Record | None) -> Record:
        self._old_events = {event["event_id"] for event in self._events()}
        steps: dict[str, Outcome] = {}
        try:
            for name, step in named(self._scenario.steps):
                other = None if like is None else like.steps.get(name)
                try:
                    steps[name] = self._call(step) if isinstance(step, Call) else self._look(other)
                except _Missing as missing:
                    steps[name] = Skipped(str(missing))
        except BaseException as problem:
            self._take_back()
            for each in self._left:
                problem.add_note(f"and could not be taken back: {each}")
            raise
        self._take_back()
        forms = {key: frozenset(found) for key, found in self._known.forms.items()}
        # Those of the end too: what comes late would count as the next scenario's.
        logged, _ = self._wait_for_events(0 if like is None else like.logged)
        return Record(self._scenario.name, steps, forms, left=tuple(self._left), logged=len(logged))

    # calls

    def _call(self, step: Call) -> Answer:
        params = self._filled(step.params)
        token = UNKNOWN_KEY if step.caller == "unknown key" else None
        if isinstance(step.caller, The):
            token = self._filled(step.caller)
        status, body = self._server.post(step.path, params, token)
        self._known.learn(params)
        self._keep(step, body)
        if step.undo is not None and not 400 <= status < 500:  # what was refused has made nothing
            self._undo.append((step.undo, len(self._done)))
        if status == 200:
            self._done.append((step.path, params))
        ending, body = self._ended(status, body)
        if status != 200 or not isinstance(body, dict):
            return self._refusal(step.path, status, body)
        body = self._with_all_pages(step.path, params, token, body)
        if step.envelope_only:
            body = {key: [] if isinstance(value, list) else value for key, value in body.items()}
        shapes = {key: self._known.shape(value, key) for key, value in body.items()}
        return Answer(step.path, status, "", shapes, ending=ending)

    def _with_all_pages(
        self, path: str, params: Mapping[str, Any], token: str | None, body: dict[str, Any]
    ) -> dict[str, Any]:
        """A list to its end, so that it has what the scenario has made, however much else there is."""
        if "limit" in params:
            return body
        seen: set[str] = set()
        while isinstance(cursor := at("pagination.next_page_cursor", body), str) and cursor not in seen:
            seen.add(cursor)  # a page that comes again has no end
            status, more = self._server.post(path, {**params, "page_cursor": cursor}, token)
            if status != 200 or not isinstance(more, dict):
                break
            lists = {key: [*value, *more[key]] for key, value in body.items() if isinstance(more.get(key), list)}
            body = {**more, **lists}
        return body

    def _filled(self, value: Any) -> Any:
        """The parameters with their values."""
        if isinstance(value, The):
            if value.name not in self._kept:
                raise _Missing(value.name)
            return self._kept[value.name]
        if isinstance(value, InHours):
            return format_time(self._start + timedelta(hours=value.hours))
        if isinstance(value, Unique):
            return value.text.format(self._word)
        if isinstance(value, Mapping):
            return {name: self._filled(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._filled(each) for each in value]
        return value

    def _keep(self, step: Call, body: Any) -> None:
        for name, place in step.keep.items():
            value = at(place, body)
            if isinstance(value, str):
                self._kept[name] = value
                self._known.kept[value] = f"={name}"

    def _refusal(self, path: str, status: int, body: Any) -> Answer:
        error = body.get("error") if isinstance(body, dict) else None
        if not isinstance(error, dict) or not isinstance(error.get("type"), str):
            return Answer(path, status, _NO_JSON, {})
        data = {"data": self._known.shape(error["data"])} if "data" in error else {}
        return Answer(path, status, error["type"], data, tuple(sorted(_fields(error))))

    def _ended(self, status: int, body: Any) -> tuple[Latency | None, Any]:
        """How soon the action attempt of an answer was finished, and the answer with the finished one."""
        attempt = body.get("action_attempt") if status == 200 and isinstance(body, dict) else None
        if not isinstance(attempt, dict):
            return None, body
        if attempt.get("status") != "pending":
            return "at once", body
        for _ in self._server.looks():
            asked = {"action_attempt_id": attempt.get("action_attempt_id")}
            _, answer = self._server.post("/action_attempts/get", asked)
            found = answer.get("action_attempt") if isinstance(answer, dict) else None
            if isinstance(found, dict) and found.get("status") != "pending":
                return "later", {**body, "action_attempt": found}
        return "never", body

    # events

    def _look(self, other: Outcome | None) -> Logged:
        wanted = len(other.types) if isinstance(other, Logged) else 0
        events, looks = self._wait_for_events(wanted)
        latency: Latency = "never" if len(events) < wanted else "later" if looks else "at once"
        shapes = {str(event.get("event_type")): self._known.shape(event) for event in events}
        return Logged(tuple(str(event.get("event_type")) for event in events), shapes, latency)

    def _wait_for_events(self, wanted: int) -> tuple[list[dict[str, Any]], int]:
        """The events of the scenario, when there are so many or the time is over; how many looks that took, from 0."""
        events: list[dict[str, Any]] = []
        looks = 0
        for look in self._server.looks():
            events, looks = self._own_events(), look
            if len(events) >= wanted:
                break
        return events, looks

    def _own_events(self) -> list[dict[str, Any]]:
        """The events since the start that are about what the scenario knows, oldest first."""
        known = {value for name, value in self._kept.items() if name != "connected_account"}
        found = [
            event
            for event in self._events()
            if event["event_id"] not in self._old_events and known & {v for v in event.values() if isinstance(v, str)}
        ]
        times = [str(event.get("created_at")) for event in found]
        newest_first = found if times == sorted(times) and times[:1] != times[-1:] else reversed(found)
        return sorted(newest_first, key=lambda event: str(event.get("created_at")))

    def _events(self) -> list[dict[str, Any]]:
        since = format_time(self._start - _OVERLAP)
        _, answer = self._server.post("/events/list", {"since": since})
        rows = answer.get("events") if isinstance(answer, dict) else None
        return [row for row in rows or () if isinstance(row, dict) and isinstance(row.get("event_id"), str)]

    # the end

    def _take_back(self) -> None:
        """Take back what was made, the latest first, but for what a step has taken back already."""
        for call, before in reversed(self._undo):
            with suppress(_Missing):
                params = self._filled(call.params)
                if (call.path, params) in self._done[before:]:
                    continue
                try:
                    status, _ = self._server.post(call.path, params)
                except SandboxError as problem:
                    self._left.append(f"{call.path}: {problem}")
                    continue
                if status not in {200, 404}:
                    self._left.append(f"{call.path} answered {status}")


def _fields(error: Mapping[str, Any]) -> Iterator[str]:
    """The fields that a refusal names, with dots between their parts; "" for the request as a whole."""
    tree = error.get("validation_errors")
    todo = [("", tree)] if isinstance(tree, dict) else []
    while todo:
        place, node = todo.pop()
        if node.get("_errors"):
            yield place
        children = ((key, child) for key, child in node.items() if isinstance(child, dict))
        todo += [(f"{place}.{key}" if place else key, child) for key, child in children]
