"""Strategies for the way of webhooks."""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import strategies as st

from ..engine.errors import SandboxError, is_for_the_test, quoted
from ..webhooks.plans import KINDS, DeliveryKind, DeliveryPlan, PlannedDelivery
from .given_settings import ours
from .template import as_names

__tracebackhide__ = is_for_the_test

_DELAYS = (1.0, 60.0, 3_600.0)
AT_LEAST_ONCE: tuple[DeliveryKind, ...] = tuple(kind for kind in KINDS if kind != "lose")


def delivery_plans(
    *, kinds: Collection[DeliveryKind] = AT_LEAST_ONCE, max_size: int = 8
) -> st.SearchStrategy[DeliveryPlan]:
    """What happens to one webhook after the other: they come twice, late and so out of order, forged first.

    kinds: what can happen, by default all but "lose": at least once, in any order, is what Seam promises. max_size: how
    many messages are disturbed at most. Shrinks to fewer messages that come at once. Raises SandboxError for an
    unknown kind.
    """
    kinds = as_names(kinds)
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        raise SandboxError(f"kinds has {quoted(unknown)}; it takes one or more of {', '.join(KINDS)}.")
    one = st.sampled_from([kind for kind in KINDS if kind in kinds]).flatmap(_delivery)
    return ours(st.lists(one, max_size=max_size).map(lambda drawn: DeliveryPlan(tuple(drawn))))


def _delivery(kind: DeliveryKind) -> st.SearchStrategy[PlannedDelivery]:
    if kind != "delay":
        return st.just(PlannedDelivery(kind))
    return st.sampled_from(_DELAYS).map(lambda seconds: PlannedDelivery(kind, seconds))
