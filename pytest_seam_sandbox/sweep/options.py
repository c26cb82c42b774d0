"""`sweep` and what it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Unpack, overload

from ..engine.errors import SandboxError, is_for_the_test
from ..engine.fault_kinds import FaultKind
from ..outages import OutageKind, OutageSpec
from ..outages.kinds import OutageTargets, kinds_of
from ..strategies.fault_specs import FaultSpec
from .deliveries import DeliveryDisruption
from .injection_points import WHENS, When, as_list, disruptions_of
from .loop import Sweep
from .trial import App

if TYPE_CHECKING:
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test


class SweepOptions(OutageTargets, total=False):
    """What `sweep` takes beside the sandbox and the app."""

    outages: Iterable[OutageSpec]
    faults: FaultKind | FaultSpec | Iterable[FaultKind | FaultSpec]
    deliveries: DeliveryDisruption | Iterable[DeliveryDisruption]
    when: When | Sequence[When]
    depth: int
    max_trials: int
    lasting: int | None
    only: str | None
    subtests: Any


@overload
def sweep(
    sandbox: Sandbox, *, app: Callable[[Sandbox], Awaitable[App]], **options: Unpack[SweepOptions]
) -> Sweep[App]: ...
@overload
def sweep(sandbox: Sandbox, *, app: Callable[[Sandbox], App], **options: Unpack[SweepOptions]) -> Sweep[App]: ...
@overload
def sweep(sandbox: Sandbox, *, app: None = None, **options: Unpack[SweepOptions]) -> Sweep[None]: ...
def sweep(
    sandbox: Sandbox,
    *,
    outages: Iterable[OutageSpec] = (),
    faults: Any = (),
    deliveries: Any = (),
    when: When | Sequence[When] = WHENS,
    depth: int = 1,
    max_trials: int = 1000,
    lasting: int | None = None,
    only: str | None = None,
    app: Callable[[Sandbox], Any] | None = None,
    subtests: Any = None,
    **targets: Unpack[OutageTargets],
) -> Sweep[Any]:
    """Run a scenario with an outage or a fault at each of its calls in turn, or with disturbed webhooks.

        for trial in sweep(sandbox, disconnect="FRONT DOOR", app=DoorService):
            with trial as sandbox:
                assert trial.app.unlock(door) in ("open", "offline")

    The first trial is undisturbed, and counts the calls of the program. Then there is one trial for each call, each
    outage or fault, and before and after the call, all from the state and the time in which the loop begins. After the
    loop the clock shows the latest time of any trial.

    disconnect, disconnect_hub, remove, expire, disconnect_account, deactivate, make_flaky, drain_battery,
        disconnect_keypad, disconnect_bridge, disconnect_acs_system, modify_code, delete_code: the devices (accounts,
        phones, access systems, access codes) that suffer it: label, id or model, or a list of them. outages: the same
        as values.
    faults: names of faults, or FaultSpec values, whose target does not matter. A fault "before" a call keeps it from
        taking effect, one "after" it loses the answer to what took effect. What the client repeats by itself meets the
        fault again, until the program sees the failure; FaultSpec(..., until_seen=False) happens once, and a trial
        in which the client got through then is "absorbed" in the table.
    deliveries: what happens to the webhooks "after" a call: those whose events come when it has begun, and before the
        next call begins; the events of an outage that is placed before the call are among them. "duplicate": each is
        sent twice. "delay": they are sent when the next call has been answered, after the webhooks of that call; at
        the latest when `trial.heal()` or the end of the block has ended the outages. "lose": they are never sent, and
        healing does not send them: the program has to look by itself. "drop", "wrong_secret", "stale_timestamp",
        "partial_body": the first attempt does not arrive, or arrives like that, and if the program does not answer
        2xx to it, a right one comes when delayed ones would. A call without webhooks is "n/a" in the table.
    when: "before", "after" or both. depth: 2 for pairs of injection points too. max_trials: how many trials at most,
        the undisturbed one not counted. only: the name of a trial, to run just that one.
    lasting: the number of calls of the program that a disruption lasts; else `times` calls meet a fault, one by
        default, the webhooks of one call are disturbed, and an outage lasts to `trial.heal()` or to the end of the
        block.
    app: builds the program anew for each trial, as `trial.app`. subtests: pytest's fixture; each trial is a subtest.

    A trial keeps the failure of its block; when all have run, the loop raises SweepFailed with a table of them.
    Raises UnknownId or OutageNotPossible for what cannot suffer this, SandboxError for a sweep that makes no sense.
    """
    whens: tuple[When, ...] = tuple(as_list(when))
    _check(bool(whens) and set(whens) <= set(WHENS), "when", when, "'before', 'after' or both")
    _check(depth in (1, 2), "depth", depth, "1 (single injection points) or 2 (pairs too)")
    _check(_is_count(max_trials), "max_trials", max_trials, "a number of at least 1")
    _check(lasting is None or _is_count(lasting), "lasting", lasting, "a number of calls of at least 1")
    _check(app is None or callable(app), "app", app, "a function of the sandbox that builds the program")
    kinds = kinds_of(sandbox.backend)
    options = [outage.option for outage in kinds.values()]
    for name in targets:
        _check(
            name in options,
            "an option",
            name,
            f"{', '.join(options)} beside outages, faults, deliveries and the others",
        )
    by_kind: dict[OutageKind, Any] = {name: targets.get(outage.option) for name, outage in kinds.items()}
    disruptions = disruptions_of(sandbox, by_kind, outages, faults, deliveries=deliveries, whens=whens)
    return Sweep(
        sandbox, disruptions, depth=depth, max_trials=max_trials, lasting=lasting, only=only, app=app, subtests=subtests
    )


def _is_count(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1


def _check(condition: bool, name: str, found: object, wanted: str) -> None:
    if not condition:
        raise SandboxError(f"{name} is {found!r}; it takes {wanted}.")


class SeamSweep(Protocol):
    """What the fixture seam_sweep is: `sweep` of seam_sandbox."""

    @overload
    def __call__(self, *, app: Callable[[Sandbox], Awaitable[App]], **options: Unpack[SweepOptions]) -> Sweep[App]: ...
    @overload
    def __call__(self, *, app: Callable[[Sandbox], App], **options: Unpack[SweepOptions]) -> Sweep[App]: ...
    @overload
    def __call__(self, *, app: None = None, **options: Unpack[SweepOptions]) -> Sweep[None]: ...
