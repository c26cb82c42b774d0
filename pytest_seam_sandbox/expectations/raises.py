"""`seam_raises`: like `pytest.raises`, for errors of Seam."""

from __future__ import annotations

import re
from contextlib import ContextDecorator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from ..engine.errors import ExpectationFailed, is_for_the_test, shortened

__tracebackhide__ = is_for_the_test


@dataclass
class SeamErrorInfo:
    """What `seam_raises` gives: the exception and what Seam said, filled when the block has ended."""

    value: Exception | None = None
    error_type: str | None = None
    status_code: int | None = None
    message: str = ""


def seam_raises(error_type: str, *, status_code: int | None = None, match: str | None = None) -> SeamRaises:
    """Expect the block to fail with this error of Seam, like `pytest.raises`.

    error_type: Seam's error type, such as "device_not_found"; for a failed action attempt the type of its error.
    status_code: the HTTP status, when it matters. match: a regular expression that the message has to contain.
    Accepts the exceptions of the SDK and `httpx.HTTPStatusError`. Raises ExpectationFailed when nothing or another
    error of Seam came; exceptions that are no answer of Seam pass through.
    """
    return SeamRaises(error_type, status_code, match)


class SeamRaises(ContextDecorator):
    """What `seam_raises` gives: a context manager. Frames of a generator would stand in the test's traceback."""

    def __init__(self, error_type: str, status_code: int | None, match: str | None) -> None:
        self._error_type = error_type
        self._status_code = status_code
        self._match = match
        self._info = SeamErrorInfo()

    def __enter__(self) -> SeamErrorInfo:
        self._info = SeamErrorInfo()
        return self._info

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if error is None:
            raise ExpectationFailed(
                f"expected Seam to answer with the error {self._error_type!r}, but the block raised nothing."
            )
        answer = _answer_of(error) if isinstance(error, Exception) else None
        if not isinstance(error, Exception) or answer is None:
            return False
        info = self._info
        info.value, (info.error_type, info.status_code, info.message) = error, answer
        complaint = _mismatch(info, self._error_type, self._status_code, self._match)
        if complaint is not None:
            raise ExpectationFailed(complaint) from error
        return True


def _mismatch(info: SeamErrorInfo, error_type: str, status_code: int | None, match: str | None) -> str | None:
    came = f"{type(info.value).__name__} with error type {info.error_type!r}"
    if info.status_code is not None:
        came += f", status {info.status_code}"
    came += f": {shortened(info.message, 500)}"
    if info.error_type != error_type:
        return f"expected Seam to answer with the error {error_type!r}, but this came: {came}"
    if status_code is not None and info.status_code != status_code:
        return f"expected the error {error_type!r} with status {status_code}, but this came: {came}"
    if match is not None and re.search(match, info.message) is None:
        return f"expected a message that matches {match!r}, but this came: {came}"
    return None


def _answer_of(error: Exception) -> tuple[str, int | None, str] | None:
    """Error type, status and message of an exception that stands for an answer of Seam; None for any other."""
    response = getattr(error, "response", None)
    if response is not None and type(error).__name__ == "HTTPStatusError":
        return _answer_of_response(response)
    code = getattr(error, "code", None)
    if type(error).__module__.partition(".")[0] == "seam" and isinstance(code, str):
        return code, getattr(error, "status_code", None), str(error)
    return None


def _answer_of_response(response: Any) -> tuple[str, int | None, str]:
    try:
        said = response.json()["error"]
        return str(said["type"]), response.status_code, str(said["message"])
    except (ValueError, KeyError, TypeError):
        return "(no Seam error)", response.status_code, response.text[:200]
