"""Blocks that a test opens: when one cannot begin, the test's own line shows, and no frame of contextlib."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ContextDecorator
from types import TracebackType
from typing import Generic, TypeVar

from .errors import SandboxError, is_for_the_test

__tracebackhide__ = is_for_the_test

T = TypeVar("T")


class Block(ContextDecorator, AbstractContextManager[T], Generic[T]):
    """The context manager that `make` gives, made anew each time that it is entered.

    A mistake that is found on entering has no frames of its own: what pytest shows ends with the line of the test.
    on_entry: called each time that it is entered.
    """

    def __init__(self, make: Callable[[], AbstractContextManager[T]], on_entry: Callable[[], None]) -> None:
        self._make = make
        self._on_entry = on_entry
        self._open: list[AbstractContextManager[T]] = []

    def __enter__(self) -> T:
        self._on_entry()
        manager = self._make()
        try:
            entered = manager.__enter__()
        except SandboxError as mistake:
            raise mistake.with_traceback(None) from None
        self._open.append(manager)
        return entered

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return self._open.pop().__exit__(kind, error, traceback)
