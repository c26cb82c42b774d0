"""Two families of errors that never mix.

Exception
├── ApiError               an answer of the Seam API; becomes an HTTP response
└── SandboxError           a mistake in a test, said to its author at once
    ├── OutageNotPossible  this outage cannot happen to this resource now
    ├── UnknownId          the sandbox holds nothing under this id
    ├── UnknownDeviceType  Seam has no such device type
    ├── UnknownWorld       there is no world of this name
    ├── EmbeddedOnly       no workspace at Seam can do this, only the emulator
    ├── NotEmulated        Seam has this path, the sandbox does not (yet)
    ├── MissingDependency  an optional package has to be installed first
    └── ProductionRefused  a live workspace was not proved to be a sandbox; no write was sent
AssertionError
└── ExpectationFailed      what a test expected of the sandbox did not happen
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

_LONG = 100
_MOST_TOLD = 10
_LONGEST_PATH = 5_000  # longer ones cannot be opened


def shortened(text: str, most: int = _LONG) -> str:
    """A text of at most `most` characters; what is cut is counted."""
    if len(text) <= most:
        return text
    end = f"… ({len(text):,} characters)"
    return text[: max(0, most - len(end))] + end


def quoted(value: object, most: int = _LONG) -> str:
    """A value as Python writes it, shortened, for a message."""
    try:
        return shortened(repr(value), most)
    except ValueError:  # an integer of more digits than Python writes out
        return f"a value of the type {type(value).__qualname__} that is too long to be written out"


def quoted_path(path: str | os.PathLike[str]) -> str:
    """A path as Python writes it, for a message: whole, since the name of a file stands at its end."""
    return quoted(os.fspath(path), _LONGEST_PATH)


def is_for_the_test(excinfo: Any) -> bool:
    """Whether an exception is what the sandbox tells the author of a test: then pytest shows the line of the test.

    For `__tracebackhide__` of our modules; an exception of any other kind is a fault of ours, and shows where it was.
    """
    return excinfo is not None and isinstance(excinfo.value, SandboxError | ExpectationFailed)


class ApiError(Exception):
    """An error answer of the Seam API: HTTP status, error type, message and optional extras."""

    def __init__(
        self,
        status: int,
        type: str,  # noqa: A002 - the name of the field on the wire
        message: str,
        *,
        data: Mapping[str, Any] | None = None,
        validation_errors: Mapping[str, Any] | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(f"{status} {type}: {message}")
        self.status = status
        self.type = type
        self.message = message
        self.data = data
        self.validation_errors = validation_errors
        self.headers = headers

    def body(self) -> dict[str, Any]:
        """The `error` object of the envelope, without the request id."""
        error: dict[str, Any] = {"type": self.type, "message": self.message}
        if self.data is not None:
            error["data"] = self.data
        if self.validation_errors is not None:
            error["validation_errors"] = self.validation_errors
        return error


class SandboxError(Exception):
    """A mistake in a test; the message says what was found, what was expected and what to do."""


class OutageNotPossible(SandboxError):
    """The resource cannot suffer this outage in its present state."""


class UnknownId(SandboxError, LookupError):
    """The sandbox holds nothing under this id."""


class UnknownDeviceType(SandboxError, ValueError):
    """Seam has no device type of this name."""


class UnknownWorld(SandboxError, ValueError):
    """There is no world of this name."""


class EmbeddedOnly(SandboxError):
    """A live sandbox was asked for what only the emulator can do; the plugin skips the test, with the message."""


def embedded_only(what: str, why: str = "no endpoint of Seam does it") -> EmbeddedOnly:
    """What to raise where a live sandbox is asked for what a workspace at Seam cannot do."""
    return EmbeddedOnly(
        f"{what} is embedded only, and this sandbox is live: {why}. Run the test on the emulator, also under "
        "--seam-backend=live, with @pytest.mark.seam(backend='embedded')."
    )


class NotEmulated(SandboxError):
    """A path of Seam was called that the sandbox does not emulate."""


class MissingDependency(SandboxError, ImportError):
    """An optional package is needed for this; the message holds the command that installs it."""


class ProductionRefused(SandboxError):
    """It is not proved that a live workspace is a sandbox in which tests may write. No write was sent."""


class SandboxWarning(UserWarning):
    """Something in a test that is probably not meant, though it may be."""


class ExpectationFailed(AssertionError):
    """What a test expected of the sandbox did not happen; the message shows what did."""


def raise_together(errors: Sequence[Exception]) -> None:
    """Raise the first, with the others and their notes as notes of it; nothing when there is none."""
    __tracebackhide__ = True
    if not errors:
        return
    for text in all_told(errors[1:]):
        errors[0].add_note(f"and: {text}")
    raise errors[0]


def all_told(errors: Sequence[BaseException]) -> list[str]:
    """The texts of the first exceptions and their notes, and how many more there are."""
    texts = [text for error in errors[:_MOST_TOLD] for text in told(error)]
    left = len(errors) - _MOST_TOLD
    return [*texts, f"… and {left:,} more"] if left > 0 else texts


def told(error: BaseException) -> list[str]:
    """The text of an exception and its notes; its type where it has no text."""
    return [str(error) or type(error).__name__, *getattr(error, "__notes__", ())]
