"""How many examples per second each strategy gives, beside the same property of integers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pytest_seam_sandbox.strategies import (
    devices,
    event_payloads,
    events,
    fault_plans,
    faults,
    outage_plans,
    outages,
    phones,
    sandboxes,
    worlds,
)

from .method import Case, Effort, Spread, ratios, rounds
from .table import Row

EXAMPLES = 50
FLOOR = "integers"
HOUSE = {"world": "house", "devices": ()}
STRATEGIES: Mapping[str, Callable[[], st.SearchStrategy[Any]]] = {
    "sandboxes()": sandboxes,
    'sandboxes("house", devices=())': lambda: sandboxes(**HOUSE),
    "devices()": devices,
    "phones()": phones,
    "worlds()": worlds,
    "outages()": outages,
    "outage_plans()": outage_plans,
    'outage_plans(world="house")': lambda: outage_plans(**HOUSE),
    "faults()": faults,
    "fault_plans()": fault_plans,
    "events()": events,
    "event_payloads()": event_payloads,
}
LIMITS = settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def chaos_rows(effort: Effort) -> Iterator[Row]:
    """Each strategy against integers: `@given` with an integer beside it, so that there are always enough examples."""
    cases = [Case(FLOOR, lambda: _property(st.integers()))]
    cases += [Case(name, _maker(make())) for name, make in STRATEGIES.items()]
    times = rounds(cases, effort)
    for name in STRATEGIES:
        rate = Spread.of(EXAMPLES / seconds for seconds in times[name])
        more = Spread.of(1e6 * (mine - base) / EXAMPLES for mine, base in zip(times[name], times[FLOOR], strict=True))
        detail = f"{rate.median:,.0f} examples/s, {more.median:,.0f} µs more than `integers()`"
        yield Row(f"`{name}` ÷ `integers()`, per example", ratios(times, name, FLOOR), detail=detail)


def _maker(strategy: st.SearchStrategy[Any]) -> Callable[[], Callable[[], object]]:
    return lambda: _property(strategy)


def _property(strategy: st.SearchStrategy[Any]) -> Callable[[], object]:
    """A property with an empty body that is run on EXAMPLES examples."""

    @LIMITS
    @given(number=st.integers(), drawn=strategy)
    def check(number: int, drawn: object) -> None:
        """Nothing: what it costs is drawing."""

    return check
