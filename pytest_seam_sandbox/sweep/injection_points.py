"""What a sweep does to a program, and at which of its calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from ..backends.lookup import id_of
from ..engine.errors import OutageNotPossible, SandboxError, is_for_the_test
from ..outages.names import devices_of, find_device, find_phone, phones_of
from ..outages.specs import OutageKind, OutageSpec
from ..strategies.fault_specs import AFTER, FaultSpec

if TYPE_CHECKING:
    from ..engine.fault import Fault
    from ..outages import Outage
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test

When = Literal["before", "after"]
WHENS: tuple[When, ...] = get_args(When)
Called = tuple[str, str]
"""Method and path of a call."""

_ONLY_AFTER = frozenset({"lose_answer", "slow"})


@dataclass(frozen=True)
class Disruption:
    """A loss or a fault that can strike at any call. whens: whether it strikes before calls, after them, or both.

    cause: the loss, with the id of its target, or the fault.
    """

    name: str
    cause: OutageSpec | FaultSpec
    whens: tuple[When, ...]


@dataclass(frozen=True)
class InjectionPoint:
    """One place at which a trial is hit: before or after the call of this number (from 1).

    A loss begins there. A fault strikes that very call: before it takes effect, or after; and the next ones, if it is
    to strike several.
    """

    hit: Disruption
    when: When
    number: int

    def __str__(self) -> str:
        return f"{self.hit.name} {self.when} call {self.number}"

    @property
    def place(self) -> tuple[int, int]:
        """Where it is in a scenario, to be compared."""
        return self.number, WHENS.index(self.when)

    @property
    def begins(self) -> tuple[int, When]:
        """When it has to be set up: a fault before the call that it strikes."""
        return self.number, self.when if isinstance(self.hit.cause, OutageSpec) else "before"

    def last_call(self, lasting: int | None) -> int | None:
        """The number of the last call that is struck; None for a loss without an end of its own."""
        if isinstance(self.hit.cause, FaultSpec):
            return self.number + (lasting or self.hit.cause.times) - 1
        return None if lasting is None else self.number + lasting - (self.when == "before")

    def can_follow(self, first: InjectionPoint, lasting: int | None) -> bool:
        """Whether a trial can be hit here after it was hit at `first`: later, and not by what goes on already."""
        if self.place <= first.place:
            return False
        last = first.last_call(lasting)
        if isinstance(self.hit.cause, FaultSpec) and isinstance(first.hit.cause, FaultSpec):
            return last is not None and self.number > last
        goes_on = last is None or self.place < (last, 1)
        return self.hit != first.hit or not goes_on

    def strike(self, sandbox: Sandbox, lasting: int | None) -> Outage | Fault:
        """Begin the loss, or set the fault for the next request. Raises UnknownId or OutageNotPossible."""
        cause = self.hit.cause
        if isinstance(cause, OutageSpec):
            return cause.on(sandbox).__enter__()
        sandbox._note("fault", str(self))
        try:
            after = self.when == "after" and cause.kind in AFTER
            return replace(cause, after=after, times=lasting or cause.times).on(sandbox)
        except SandboxError as error:
            raise OutageNotPossible(str(error)) from error


def name_of(points: Sequence[InjectionPoint]) -> str:
    """The name of the trial that is hit at these points."""
    return ", then ".join(map(str, points)) or "undisturbed"


def points_in(calls: Sequence[Called], hits: Sequence[Disruption]) -> Iterator[InjectionPoint]:
    """All points of a scenario that makes these calls, in the order of the calls."""
    for number in range(1, len(calls) + 1):
        for when in WHENS:
            yield from (InjectionPoint(hit, when, number) for hit in hits if when in hit.whens)


def hits_of(
    sandbox: Sandbox, losses: Mapping[OutageKind, Any], more: Iterable[OutageSpec], faults: Any, whens: tuple[When, ...]
) -> list[Disruption]:
    """What was asked for. losses: labels, ids or models by kind; faults: names or values.

    Raises UnknownId for what is not there, OutageNotPossible for what cannot be lost now.
    """
    hits = [
        _loss(sandbox, kind, _only(sandbox, kind, one), whens)
        for kind, found in losses.items()
        for one in listed(found)
    ]
    hits += [_loss(sandbox, loss.kind, loss.target, whens) for loss in more]
    hits += [_fault(fault, whens) for fault in listed(faults)]
    if not hits:
        raise SandboxError(
            "this sweep has nothing to do to the program. Give it a kind of trouble, such as disconnect='FRONT DOOR', "
            "losses=possible_outages(sandbox) or faults=['lose_answer']."
        )
    return list({hit.name: hit for hit in hits}.values())


def listed(given: Any) -> list[Any]:
    """One thing, several things or None, as a list."""
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple | set | frozenset) else [given]


def _only(sandbox: Sandbox, kind: OutageKind, target: Any) -> str:
    """The id of what the test has named. Raises UnknownId for the name of several."""
    if kind == "account_disconnected":
        return sandbox._account_id(target)
    return sandbox._id("phone" if kind == "deactivated" else "device", target)


def _loss(sandbox: Sandbox, kind: OutageKind, target: Any, whens: tuple[When, ...]) -> Disruption:
    if kind == "deactivated":
        label, found = _labelled(phones_of(sandbox), find_phone(sandbox, id_of(target, "device_id")).device_id)
    elif kind == "account_disconnected":
        label, found = _labelled(devices_of(sandbox), _device_of_account(sandbox, target))
    else:
        label, found = _labelled(devices_of(sandbox), find_device(sandbox, id_of(target, "device_id")).device_id)
    loss = OutageSpec(kind, found)
    loss.on(sandbox).check()
    return Disruption(f"{kind}({label})", loss, whens)


def _device_of_account(sandbox: Sandbox, target: Any) -> str:
    """The id of the first device of an account. target: the account or one of its devices: model, id or label."""
    wanted = id_of(target, "connected_account_id")
    accounts = {row.connected_account_id: row for row in reversed(devices_of(sandbox).values())}
    return (accounts.get(wanted) or find_device(sandbox, wanted)).device_id


def _labelled(rows: Mapping[str, Any], device_id: str) -> tuple[str, str]:
    return next(label for label, row in rows.items() if row.device_id == device_id), device_id


def _fault(given: Any, whens: tuple[When, ...]) -> Disruption:
    """A fault strikes a call of any path, so what a value says of its target does not matter."""
    value = given if isinstance(given, FaultSpec) else FaultSpec(given)
    fault = replace(value, target="*", after=False)
    possible = WHENS if fault.kind in AFTER else ("after",) if fault.kind in _ONLY_AFTER else ("before",)
    chosen = tuple(when for when in possible if when in whens)
    if not chosen:
        raise SandboxError(
            f"the fault {fault.kind!r} only strikes {possible[0]} a call takes effect, and when= leaves that out. "
            f"Add {possible[0]!r} to when, or leave the fault out."
        )
    options = [f"{name}={getattr(fault, name):g}" for name in ("status", "seconds", "times") if _differs(fault, name)]
    options += [] if fault.until_seen else ["once"]
    return Disruption(f"{fault.kind}({', '.join(options)})" if options else fault.kind, fault, chosen)


def _differs(fault: FaultSpec, name: str) -> bool:
    return bool(getattr(fault, name) != getattr(FaultSpec, name))
