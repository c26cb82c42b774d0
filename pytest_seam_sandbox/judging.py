"""What the sandboxes of a test have noticed, as its failure, its skip, or notes on the failure that there is.

Imports pytest and the standard library only: every test that runs loads this module.
"""

from __future__ import annotations

from collections.abc import Container, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .sandbox import Sandbox

SANDBOXES = pytest.StashKey[list["Sandbox"]]()
"""The sandboxes that the fixtures have given to a test."""


@contextmanager
def joining(item: pytest.Item, *, at_the_end: bool = False) -> Generator[None, None, None]:
    """Add what the sandboxes noticed to the exception of the block, if there is one."""
    __tracebackhide__ = True
    try:
        yield
    except BaseException as error:
        skipped = as_skip(error)
        tell(item, skipped or error, [*mishaps(item), *(left_over(item) if at_the_end else ())])
        if skipped:
            raise skipped from None
        raise


def as_skip(error: BaseException) -> BaseException | None:
    """The skip of a test that asks a live sandbox for what only the emulator can do; None for any other exception."""
    kind = type(error)
    if (kind.__module__, kind.__name__) != (f"{__package__}.engine.errors", "EmbeddedOnly"):
        return None
    return pytest.skip.Exception(str(error), _use_item_location=True)


def tell(item: pytest.Item, error: BaseException, problems: Sequence[Exception]) -> None:
    """Add what the sandboxes noticed to an exception: to the reason of a skip or expected failure, else as notes."""
    from unittest import SkipTest

    if not isinstance(error, pytest.skip.Exception | pytest.xfail.Exception | SkipTest):
        for text in [*texts(problems), *hints(item)]:
            error.add_note(f"and the Seam sandbox says: {text}")
    elif said_so := texts([problem for problem in problems if not as_skip(problem)]):
        said = [f"the Seam sandbox says: {text}" for text in said_so]
        # pytest shows a reason in one line
        reason = " ".join("; ".join([str(error), *said] if str(error) else said).split())
        if isinstance(error, SkipTest):
            error.args = (reason,)
        else:
            error.msg = reason


def _asked(item: pytest.Item, question: str) -> list[Any]:
    """What the module `verdict` says of the sandboxes of a test. It is imported when there is one."""
    sandboxes = item.stash.get(SANDBOXES, ())
    if not sandboxes:
        return []
    from . import verdict

    return [said for sandbox in sandboxes for said in getattr(verdict, question)(sandbox.backend)]


def mishaps(item: pytest.Item) -> list[Exception]:
    """What is wrong for certain, whatever the test still does; each is told once."""
    return _asked(item, "mishaps")


def left_over(item: pytest.Item) -> list[Exception]:
    """What the end of the test makes wrong."""
    return _asked(item, "left_over")


def hints(item: pytest.Item) -> list[str]:
    """What explains a failure and is none itself."""
    return _asked(item, "hints")


def raise_all(item: pytest.Item, problems: Sequence[Exception]) -> None:
    """Raise the first of the problems, with the others and the hints as notes; a skip comes before all of them."""
    __tracebackhide__ = True
    for skipped in filter(None, map(as_skip, problems)):
        raise skipped
    if problems:
        from .engine.errors import raise_together

        for hint in hints(item):
            problems[0].add_note(f"and: {hint}")
        raise_together(problems)


def texts(problems: Sequence[Exception]) -> list[str]:
    """The problems in words."""
    if not problems:
        return []
    from .engine.errors import all_told

    return all_told(problems)


def hint_at_strategies(item: pytest.Item, error: BaseException, fixtures: Container[str]) -> None:
    """Say what to do where Hypothesis refuses @given beside one of the fixtures of the plugin, by their names."""
    ours = [name for name in getattr(item, "fixturenames", ()) if name in fixtures]
    if ours and type(error).__name__ == "FailedHealthCheck" and "function-scoped fixture" in str(error):
        error.add_note(
            f"{', '.join(ours)}: a Seam sandbox that all examples share would keep what one of them does to it. Draw a "
            "fresh one for each example instead of using the fixture:\n"
            "    from pytest_seam_sandbox.strategies import sandboxes\n\n"
            "    @given(sandbox=sandboxes())\n"
            "    def test_...(sandbox):\n"
            "        device, = sandbox.client().devices.list()\n"
            "It takes the place of seam_sandbox: sandbox.client(), .async_client(), .http(), .serve(), .intercepted(); "
            "sandboxes(devices=[...], phones=1) has devices and phones; sweep(sandbox, ...) is seam_sweep."
        )


def hint_at_closed_client(item: pytest.Item, error: BaseException) -> None:
    """Say what to do where the program has kept the client that a fixture gave to an earlier test."""
    if item.stash.get(SANDBOXES, ()) and isinstance(error, RuntimeError) and "client has been closed" in str(error):
        error.add_note(
            "The clients of seam_client and seam_http are closed at the end of their test. If the program under test "
            "keeps one for its lifetime, give it that of each test, or let it make its own, with seam_intercept or "
            "seam_environ, and with the setting api_key if it makes only one."
        )
