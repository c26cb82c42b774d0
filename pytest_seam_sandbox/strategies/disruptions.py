"""Hypothesis strategies for sandboxes, for outages in them, and for the faults that an app meets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache, partial
from itertools import pairwise
from typing import Any, TypeVar, get_args

from hypothesis import strategies as st

from ..api import FAMILIES, all_paths, all_routes
from ..backends.extensions import NO_EXTENSIONS, Extensions
from ..catalog.literals import DeviceType, World
from ..engine.errors import SandboxError, is_for_the_test
from ..engine.fault import Target
from ..engine.fault_kinds import FAULT_KINDS, FAULTS, FaultKind
from ..engine.faults import Faults
from ..engine.settings import ActionAttempts
from ..outages import DEFAULT_KINDS, KINDS, OutageKind, OutageSpec, possible_outages
from ..sandbox import Sandbox
from ..worlds.naming import AnyWorld
from .fault_specs import FaultSpec, check_kinds, check_targets
from .given_settings import ours
from .hypothesis_internals import at_end_of_example
from .plans import FaultPlan, OutagePlan, PlannedOutage
from .template import SandboxTemplate, as_names, at_least

__tracebackhide__ = is_for_the_test

Name = TypeVar("Name", bound=str)

ONE_LOCK: tuple[DeviceType, ...] = ("august_lock",)
BY_FAMILY = tuple(f"/{family}/*" for family in FAMILIES)
_STATUSES = (503, 500, 502, 504)
_FLAPPING = 60
"""Half of all plans begin within so many seconds, since what flaps finds other bugs than what lasts for an hour."""
_FEW_SECONDS = 30


# sandboxes


def worlds() -> st.SearchStrategy[World]:
    """The names of the worlds; shrinks to "empty"."""
    return st.sampled_from(get_args(World))


def sandboxes(
    world: World | AnyWorld = "empty", *, devices: Iterable[DeviceType] = ONE_LOCK, phones: int = 0, **settings: Any
) -> st.SearchStrategy[Sandbox]:
    """A fresh sandbox for each example, with the same ids in each: `@given(sandbox=sandboxes())`.

    Its clock stands, and moves by what the test, faults and waits of the SDK do, so that an example can be repeated.
    devices: the types of the devices that it has beyond those of the world. phones: how many phones. settings: as
    Sandbox takes them. action_attempts varies unless it is given: "instant", to which it shrinks, "poll" or 3 seconds,
    since an app that works with instant attempts alone fails at Seam. What the sandbox noticed (a path that is not
    emulated, an outage that was never left) fails the example when it ends; `with sandbox:` in the test does so
    earlier. Under the plugin, such tests have no deadline unless they choose one; elsewhere, use
    `@settings(deadline=None)`.
    """
    template = SandboxTemplate(world, devices, phones, settings)
    return ours(_sandboxes(st.just(template), st.sampled_from(template.attempts)))


# Composite strategies rather than `map`: Hypothesis prints what `map` makes as a call of the function that made it.
@st.composite
def _sandboxes(
    draw: st.DrawFn, templates: st.SearchStrategy[SandboxTemplate], attempts: st.SearchStrategy[ActionAttempts]
) -> Sandbox:
    sandbox = draw(templates).sandbox(action_attempts=draw(attempts))
    sandbox.clock.freeze()
    at_end_of_example(lambda: _leave(sandbox))
    return sandbox


def _leave(sandbox: Sandbox) -> None:
    """End the sandbox as its `with` block would, with the exception with which the example ends."""
    error = sys.exception()
    sandbox.__exit__(None if error is None else type(error), error, None)


def checked_names(what: str, names: Iterable[Name], there_are: Sequence[Name]) -> tuple[Name, ...]:
    """The names, if there are any and each is one of those that there are; SandboxError otherwise."""
    found = as_names(names)
    if not found:
        raise SandboxError(f"no {what} is given; there are {', '.join(there_are)}.")
    for name in found:
        if name not in there_are:
            near = get_close_matches(name, there_are, n=3)
            hint = f"Did you mean {', '.join(map(repr, near))}?" if near else f"There are {', '.join(there_are)}."
            raise SandboxError(f"there is no {what} {name!r}. {hint}")
    return found


# outages


def outages(
    sandbox: Sandbox | None = None,
    *,
    world: World | AnyWorld = "empty",
    devices: Iterable[DeviceType] = ONE_LOCK,
    phones: int = 0,
    kinds: Collection[OutageKind] = DEFAULT_KINDS,
    extensions: Extensions = NO_EXTENSIONS,
) -> st.SearchStrategy[OutageSpec]:
    """An outage that is possible: `with outage.on(sandbox): ...`; shrinks to the first kind and the oldest device.

    In this sandbox as it is now, or in one that `sandboxes` makes with the same arguments. kinds: by default, those
    that Seam has an endpoint for.
    """
    template_of = partial(SandboxTemplate, world, devices, phones, {"extensions": extensions})
    return ours(_one_outage(_possible_outages(sandbox, kinds, extensions, template_of)))


@st.composite
def _one_outage(draw: st.DrawFn, possible: Callable[[], st.SearchStrategy[OutageSpec]]) -> OutageSpec:
    return draw(possible())


def outage_plans(
    sandbox: Sandbox | None = None,
    *,
    world: World | AnyWorld = "empty",
    devices: Iterable[DeviceType] = ONE_LOCK,
    phones: int = 0,
    kinds: Collection[OutageKind] = DEFAULT_KINDS,
    max_outages: int = 4,
    horizon: int = 3600,
    extensions: Extensions = NO_EXTENSIONS,
) -> st.SearchStrategy[OutagePlan]:
    """A plan that is possible: `plan.run(sandbox)`; shrinks to one outage of the first kind that begins at once.

    For this sandbox as it is now, or for one that `sandboxes` makes with the same arguments. max_outages: a plan has
    from one to so many. horizon: all are over so many seconds after the start; times are whole seconds.
    """
    at_least(1, max_outages=max_outages, horizon=horizon)
    template_of = partial(SandboxTemplate, world, devices, phones, {"extensions": extensions})
    possible = _possible_outages(sandbox, kinds, extensions, template_of)
    paces = dict.fromkeys((min(_FLAPPING, horizon), horizon))
    drawn_paces = st.sampled_from([(st.integers(0, pace - 1), st.integers(1, pace)) for pace in paces])
    return ours(_plans(possible, st.integers(1, max_outages), drawn_paces, horizon))


@st.composite
def _plans(
    draw: st.DrawFn,
    possible: Callable[[], st.SearchStrategy[OutageSpec]],
    counts: st.SearchStrategy[int],
    paces: st.SearchStrategy[tuple[st.SearchStrategy[int], st.SearchStrategy[int]]],
    horizon: int,
) -> OutagePlan:
    outage, (starts, durations) = possible(), draw(paces)
    return fit([(draw(outage), draw(starts), draw(durations)) for _ in range(draw(counts))], horizon)


def _possible_outages(
    sandbox: Sandbox | None,
    kinds: Collection[OutageKind],
    extensions: Extensions,
    template_of: Callable[[], SandboxTemplate],
) -> Callable[[], st.SearchStrategy[OutageSpec]]:
    """Gives the outages that are possible in this sandbox, or in one from a template, made when they are needed."""
    added: Any = (extensions if sandbox is None else sandbox.backend.extensions).outages
    wanted = checked_names("outage", kinds, (*KINDS, *added))
    if sandbox is not None:
        possible = _sampled(sandbox, wanted, f"{sandbox!r}")
        return lambda: possible
    template = template_of()
    return cache(lambda: _sampled(template.start, wanted, f"a sandbox with the {template}"))


def _sampled(sandbox: Sandbox, kinds: Sequence[OutageKind], where: str) -> st.SearchStrategy[OutageSpec]:
    possible = possible_outages(sandbox, kinds)
    if not possible:
        raise SandboxError(
            f"none of the outages {', '.join(kinds)} is possible in {where}. Give other kinds, "
            "or devices for which they are possible, such as 'august_lock'."
        )
    return st.sampled_from(possible)


def fit(drawn: Iterable[tuple[OutageSpec, int, int]], horizon: int) -> OutagePlan:
    """The plan of these outages, starts and durations, each moved and cut to what is possible beside those before it.

    Removals come last, because they have to find their place between the moments at which something else begins or
    ends for their device. What finds no place is left out; the first always finds one.
    """
    placed: list[PlannedOutage] = []
    for spec, start, duration in sorted(drawn, key=lambda one: one[0].outage_type.takes_device_away):
        gaps = list(_gaps(spec, placed, horizon))
        if gaps:
            first, last = min(gaps, key=lambda gap: (max(gap[0] - start, start - gap[1] + 1, 0), gap))
            begin = max(first, min(start, last - 1))
            length = min(duration, last - begin)
            placed.append(PlannedOutage(spec.outage_type, spec.target, start=begin, duration=length))
    return OutagePlan(placed)


def _gaps(spec: OutageSpec, placed: Iterable[PlannedOutage], horizon: int) -> Iterable[tuple[int, int]]:
    """The stretches of time in each of which the outage may begin and end."""
    about = [outage for outage in placed if outage.target == spec.target]
    same = [outage for outage in about if outage.kind == spec.kind]
    if same and spec.outage_type.is_for_good:
        return
    others = [outage for outage in about if spec.outage_type.takes_device_away and outage.spec.outage_type.needs_device]
    edges = {int(edge) for outage in (*same, *others) for edge in (outage.start, outage.end)}
    for first, last in pairwise(sorted(edges | {0, horizon})):
        if not any(outage.start <= first < outage.end for outage in same):
            yield first, last


# faults


def faults(
    targets: Iterable[str] = ("*",), *, kinds: Collection[FaultKind] = FAULT_KINDS, max_times: int = 3
) -> st.SearchStrategy[FaultSpec]:
    """A fault: `with fault.on(sandbox): ...`; shrinks to the first kind, once, before the request takes effect.

    targets: paths, or methods and paths, as `sandbox.faults` takes them. max_times: how many requests meet it at most.
    """
    at_least(1, max_times=max_times)
    return ours(_one_fault(_FaultChoices(_parsed(targets), kinds, max_times)))


def fault_plans(
    targets: Iterable[str] = BY_FAMILY, *, kinds: Collection[FaultKind] = FAULT_KINDS, max_faults: int = 3
) -> st.SearchStrategy[FaultPlan]:
    """Faults that are set together: `with plan.on(sandbox): ...`; shrinks to a single one.

    No request could meet two of them. targets: by default, one for each family that is emulated. max_faults: a plan
    has from one to so many.
    """
    at_least(1, max_faults=max_faults)
    parsed = _parsed(targets)
    paths = {target: [path for path in all_paths() if fnmatchcase(path, parsed[target].path)] for target in parsed}
    clashes = {(one, other): parsed[one].overlaps(parsed[other], paths[one]) for one in parsed for other in parsed}
    choices = _FaultChoices(parsed, kinds, max_times=3)
    return ours(_fault_plans(choices, st.integers(1, max_faults), clashes))


class _FaultChoices:
    """What is chosen for a fault: the same number of choices for each kind, since fewer choices would be simpler."""

    def __init__(self, targets: Iterable[str], kinds: Iterable[FaultKind], max_times: int) -> None:
        check_kinds(as_names(kinds), "kinds", "targets")
        self.kinds = st.sampled_from(checked_names("fault", kinds, FAULT_KINDS))
        self.targets = st.sampled_from(tuple(targets))
        self.often = st.integers(0, 2 * max_times - 1)
        self.details = st.integers(0, _FEW_SECONDS - 1)

    def fault(self, draw: st.DrawFn) -> FaultSpec:
        kind, target = draw(self.kinds), draw(self.targets)
        (more, after), detail = divmod(draw(self.often), 2), draw(self.details)
        options: dict[str, Any] = {"times": more + 1, "after": bool(after) and FAULTS[kind].when == "either"}
        if FAULTS[kind].takes("status"):
            options["status"] = _STATUSES[detail % len(_STATUSES)]
            options["empty"] = detail // len(_STATUSES) % 2 == 1
        if FAULTS[kind].takes("seconds"):
            options["seconds"] = detail + 1
        return FaultSpec(kind, target, **options)


@st.composite
def _one_fault(draw: st.DrawFn, choices: _FaultChoices) -> FaultSpec:
    return choices.fault(draw)


@st.composite
def _fault_plans(
    draw: st.DrawFn,
    choices: _FaultChoices,
    counts: st.SearchStrategy[int],
    clashes: Mapping[tuple[str, str], bool],
) -> FaultPlan:
    chosen: list[FaultSpec] = []
    for _ in range(draw(counts)):
        fault = choices.fault(draw)
        if not any(clashes[fault.target, other.target] for other in chosen):
            chosen.append(fault)
    return FaultPlan(chosen)


def _parsed(targets: Iterable[str]) -> dict[str, Target]:
    """The targets as they are given, and as they are meant. Raises SandboxError where no emulated path matches."""
    found = as_names(targets)
    if not found:
        raise SandboxError("no target is given; a target is a path, such as '/locks/*', or '*' for all requests.")
    check_targets(found, "targets", "kinds")
    return {target: Faults(all_routes).parse_target(target) for target in found}
