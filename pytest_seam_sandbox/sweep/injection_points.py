"""What a sweep does to a program, and at which of its calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from ..engine.errors import OutageNotPossible, SandboxError, is_for_the_test
from ..engine.fault_kinds import FAULTS
from ..outages import Outage, OutageKind, OutageSpec
from ..outages.kinds import kinds_of
from ..strategies.fault_specs import FaultSpec
from .deliveries import DeliverySpec

if TYPE_CHECKING:
    from ..engine.fault import Fault
    from ..sandbox import Sandbox
    from .deliveries import DisturbedDeliveries

__tracebackhide__ = is_for_the_test

When = Literal["before", "after"]
WHENS: tuple[When, ...] = get_args(When)
Called = tuple[str, str]
"""Method and path of a call."""


@dataclass(frozen=True)
class Disruption:
    """An outage or a fault that can be placed at any call, or what happens to the webhooks that follow the call.

    cause: the outage, with the id of its target, or the others. whens: before calls, after them, or both.
    """

    name: str
    cause: OutageSpec | FaultSpec | DeliverySpec
    whens: tuple[When, ...]


@dataclass(frozen=True)
class InjectionPoint:
    """Where a disruption is placed: before or after the call of this number (from 1).

    An outage begins there. A fault is met by that very call, before it takes effect or after it; and by the next calls,
    if it is to be met by several. Webhooks are disturbed whose events come after the call has begun, and before the
    next call begins.
    """

    disruption: Disruption
    when: When
    number: int

    def __str__(self) -> str:
        return f"{self.disruption.name} {self.when} call {self.number}"

    @property
    def place(self) -> tuple[int, int]:
        """Where it is in a scenario, to be compared."""
        return self.number, WHENS.index(self.when)

    @property
    def set_up_at(self) -> tuple[int, When]:
        """When it has to be set up: all but an outage before the call that meets it."""
        return self.number, self.when if isinstance(self.disruption.cause, OutageSpec) else "before"

    def last_call(self, lasting: int | None) -> int | None:
        """The number of the last call that it concerns; None for an outage without an end of its own."""
        if isinstance(self.disruption.cause, FaultSpec):
            return self.number + (lasting or self.disruption.cause.times) - 1
        if isinstance(self.disruption.cause, DeliverySpec):
            return self._last_disturbed(lasting)
        return None if lasting is None else self.number + lasting - (self.when == "before")

    def can_follow(self, first: InjectionPoint, lasting: int | None) -> bool:
        """Whether it can be the second one of a trial, after `first`: later, and not of what goes on already."""
        if self.place <= first.place:
            return False
        last = first.last_call(lasting)
        is_same = self.disruption == first.disruption
        are_faults = isinstance(self.disruption.cause, FaultSpec) and isinstance(first.disruption.cause, FaultSpec)
        if are_faults or (is_same and isinstance(self.disruption.cause, DeliverySpec)):
            return last is not None and self.number > last
        goes_on = last is None or self.place < (last, 1)
        return not (is_same and goes_on)

    def begin(self, sandbox: Sandbox, lasting: int | None) -> Outage | Fault | DisturbedDeliveries:
        """Begin the outage, or set the others for the next request. Raises UnknownId or OutageNotPossible."""
        cause = self.disruption.cause
        if isinstance(cause, OutageSpec):
            return cause.on(sandbox).__enter__()
        if isinstance(cause, DeliverySpec):
            sandbox.backend.note("webhook", str(self))
            return cause.on(sandbox, self._last_disturbed(lasting))
        sandbox.backend.note("fault", str(self))
        try:
            after = self.when == "after" and FAULTS[cause.kind].when == "either"
            return replace(cause, after=after, times=lasting or cause.times).on(sandbox)
        except SandboxError as error:
            raise OutageNotPossible(str(error)) from error

    def _last_disturbed(self, lasting: int | None) -> int:
        """The number of the last call whose webhooks are disturbed."""
        return self.number + (lasting or 1) - 1


def trial_name(points: Sequence[InjectionPoint]) -> str:
    """The name of the trial with these injection points."""
    return ", then ".join(map(str, points)) or "undisturbed"


def all_injection_points(calls: Sequence[Called], disruptions: Sequence[Disruption]) -> Iterator[InjectionPoint]:
    """All injection points of a scenario that makes these calls, in the order of the calls."""
    for number in range(1, len(calls) + 1):
        for when in WHENS:
            yield from (InjectionPoint(one, when, number) for one in disruptions if when in one.whens)


def disruptions_of(
    sandbox: Sandbox,
    by_kind: Mapping[OutageKind, Any],
    outages: Iterable[OutageSpec],
    faults: Any,
    *,
    deliveries: Any,
    whens: tuple[When, ...],
) -> list[Disruption]:
    """What was asked for. by_kind: labels, ids or models; outages: values; faults: names or values;
    deliveries: names.

    Raises UnknownId for what is not there, OutageNotPossible for an outage that cannot begin now.
    """
    kinds = kinds_of(sandbox.backend)
    disruptions = [
        _outage(sandbox, kinds[kind], one, whens) for kind, found in by_kind.items() for one in as_list(found)
    ]
    disruptions += [_outage(sandbox, outage.outage_type, _id_of_target(sandbox, outage), whens) for outage in outages]
    disruptions += [_fault(fault, whens) for fault in as_list(faults)]
    disruptions += [_delivery(kind, whens) for kind in as_list(deliveries)]
    if not disruptions:
        raise SandboxError(
            "this sweep has nothing to do to the program. Give it an outage or a fault, such as "
            "disconnect='FRONT DOOR', outages=possible_outages(sandbox) or faults=['lose_answer'], or disturb its "
            "webhooks: deliveries=['duplicate']."
        )
    return list({one.name: one for one in disruptions}.values())


def as_list(given: Any) -> list[Any]:
    """One thing, several things or None, as a list."""
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple | set | frozenset) else [given]


def _outage(sandbox: Sandbox, kind: type[Outage], given: Any, whens: tuple[When, ...]) -> Disruption:
    name, target = kind.target(sandbox.backend, given)
    outage = OutageSpec(kind, target)
    outage.on(sandbox).check()
    return Disruption(f"{kind.name}({name})", outage, whens)


def _id_of_target(sandbox: Sandbox, outage: OutageSpec) -> str:
    """The id of what a value names: the first of a name, where `_outage` refuses a name of several."""
    target, _ = outage.outage_type.lost_id(sandbox.backend, outage.target)
    return target


def _fault(given: Any, whens: tuple[When, ...]) -> Disruption:
    """A call of any path meets the fault, so what a value says of its target does not matter."""
    value = given if isinstance(given, FaultSpec) else FaultSpec(given)
    fault = replace(value, target="*", after=False)
    possible = WHENS if FAULTS[fault.kind].when == "either" else (FAULTS[fault.kind].when,)
    chosen = tuple(when for when in possible if when in whens)
    if not chosen:
        raise SandboxError(
            f"the fault {fault.kind!r} only happens {possible[0]} a call takes effect, and when= leaves that out. "
            f"Add {possible[0]!r} to when, or leave the fault out."
        )
    options = [f"{name}={getattr(fault, name):g}" for name in ("status", "seconds", "times") if _differs(fault, name)]
    options += [] if fault.until_seen else ["once"]
    return Disruption(f"{fault.kind}({', '.join(options)})" if options else fault.kind, fault, chosen)


def _delivery(kind: Any, whens: tuple[When, ...]) -> Disruption:
    if "after" not in whens:
        raise SandboxError(
            f"webhooks follow a call, and when= leaves out what is after calls. Add 'after' to when, or leave {kind!r} "
            "out of deliveries."
        )
    return Disruption(f"{kind} webhooks", DeliverySpec(kind), ("after",))


def _differs(fault: FaultSpec, name: str) -> bool:
    return bool(getattr(fault, name) != getattr(FaultSpec, name))
