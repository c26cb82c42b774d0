"""What is wrong at the end of a test although nothing was raised: what a sandbox noticed, and what is unfinished."""

from __future__ import annotations

from collections.abc import Iterator

from .backends.base import Backend
from .engine.errors import ExpectationFailed, SandboxError, raise_together
from .engine.places import seen_at
from .report.paths import misspelt
from .report.texts import first_of, joined

_PATHS = 5
"""So many paths that Seam does not have are told of."""
_ONE_KEY = (
    "Each sandbox has a key of its own. Give the program seam_sandbox.api_key in each test, or let all sandboxes have "
    "the key that it has, with the setting api_key: --seam-api-key, seam_api_key in the ini file, PYTEST_SEAM_API_KEY, "
    "the marker, or Sandbox(api_key=...)."
)


def check(backend: Backend) -> None:
    """Raise all that is wrong; when it is more than one thing, the others are notes of the first."""
    __tracebackhide__ = True
    raise_together([*mishaps(backend), *left_over(backend)])


def mishaps(backend: Backend) -> Iterator[Exception]:
    """What is wrong for certain, whatever the test still does; each is told once."""
    problems = backend.unfinished.problems
    while problems:
        yield problems.pop(0)
    yield from backend.mishaps()


def hints(backend: Backend) -> Iterator[str]:
    """What explains a failure and is none itself: wrong keys, paths that Seam does not have. Each is told once."""
    yield from _about_keys(backend)
    calls = backend.calls()
    wrong = [text for text in misspelt(calls) if text not in backend.unfinished.misspelt]
    if wrong:
        backend.unfinished.misspelt.update(wrong)
        yield f"the program under test got 404 for what Seam does not have: {joined(wrong, _PATHS)}."


def _about_keys(backend: Backend) -> Iterator[str]:
    owners = backend.owners_of_other_keys()
    if owners:
        yield (
            f"the program under test has the key of another sandbox, made for {', '.join(owners)}, and got 401. "
            f"{_ONE_KEY}"
        )
        return
    calls = backend.calls()
    if not backend.unfinished.has_hinted and calls and all(call.status == 401 for call in calls):
        backend.unfinished.has_hinted = True
        yield f"every request of the program under test got 401: it has no key of this sandbox. {_ONE_KEY}"


def left_over(backend: Backend) -> Iterator[Exception]:
    """What the end of the test makes wrong: faults that nobody met, webhooks that were not delivered, sweeps that
    did not run, blocks that were not entered, open outages.

    Outages that are open are ended, and faults are taken away.
    """
    unfinished = backend.unfinished
    unmet = backend.unmet()
    if unmet:
        yield ExpectationFailed("\n".join(first_of(unmet, "faults that were not met")))
    for ending in unfinished.endings:
        yield from ending()
    while unfinished.unused:
        yield unfinished.unused.pop(0)
    while unfinished.idle:
        yield unfinished.idle.pop(0)
    while unfinished.unentered:
        outage = unfinished.unentered.pop(0)
        yield SandboxError(
            f"{outage} was made and never entered, so nothing was lost. Write it as a block: with "
            f"sandbox.{outage.name}(...): ...{seen_at(outage.place)}"
        )
    if unfinished.open:
        names = ", ".join(map(str, unfinished.open))
        yield SandboxError(
            f"the test ended inside {names}. Use outages in a with block, so that they end."
            f"{seen_at(unfinished.open[0].place)}"
        )
    for outage in reversed(unfinished.open.copy()):
        try:
            outage.__exit__(None, None, None)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is raised or noted
            yield problem
