"""Calls that undo something, or look before something changes: nulls, all pages, action attempts at their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import to_json

from ...engine.errors import SandboxError, is_for_the_test
from ..answers import Shown, all_rows, read
from ..seam_api import Refused
from .connection import Connection

__tracebackhide__ = is_for_the_test

_LOOKS = 30  # at an action attempt, before it counts as one that never ends
_BETWEEN = 1.0  # seconds between two looks, at most


class Calls:
    """Calls by path. sleep: waits between two looks at an action attempt."""

    def __init__(self, connection: Connection, sleep: Callable[[float], None]) -> None:
        self.connection = connection
        self._sleep = sleep

    def call(self, path: str, params: dict[str, Any]) -> Shown:
        """POST to a path; None goes as null. The answer; its action attempt may be pending. Raises Refused."""
        status, content = self.connection.send(path, to_json(params))
        answer = read(path, content)
        if status >= 400:
            raise Refused(path, params, status, answer["error"])
        return answer

    def do(self, path: str, params: dict[str, Any]) -> None:
        """Let a device do something, and wait until it has; nothing when the device is gone.

        Raises SandboxError when it fails, or takes for ever.
        """
        attempt = (self.find(path, params) or {}).get("action_attempt")
        for look in range(_LOOKS):
            if not isinstance(attempt, dict) or attempt.get("status") == "success":
                return
            if attempt.get("status") == "error":
                error = attempt.get("error") or {}
                raise SandboxError(f"{path} failed: {error.get('type')}: {error.get('message')}")
            self._sleep(min(_BETWEEN, 0.05 * 2**look))
            attempt_id = {"action_attempt_id": attempt["action_attempt_id"]}
            attempt = self.row("/action_attempts/get", "action_attempt", attempt_id)
        raise SandboxError(f"the action attempt of {path} is still pending after {_LOOKS} looks at it.")

    def find(self, path: str, params: dict[str, Any]) -> dict[str, Any] | None:
        """Like `call`, but None for what is not there (404)."""
        try:
            return self.call(path, params)
        except Refused as refused:
            if refused.status != 404:
                raise
            return None

    def row(self, path: str, key: str, params: dict[str, Any]) -> dict[str, Any] | None:
        """What the answer shows under the key; None for what is not there."""
        answer = self.find(path, params)
        row: dict[str, Any] | None = None if answer is None else answer[key]
        return row

    def rows(self, path: str, key: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        """All rows of a list; none when what it is asked about is not there."""
        nothing: dict[str, Any] = {key: []}
        return all_rows(
            path,
            key,
            lambda cursor: self.find(path, params if cursor is None else {**params, "page_cursor": cursor}) or nothing,
        )
