"""A fault as a value, for plans, machines and sweeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ..engine.errors import SandboxError, is_for_the_test
from ..engine.fault_kinds import FAULT_KINDS, FAULTS, FaultKind

if TYPE_CHECKING:
    from ..engine.fault import Fault
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test


@dataclass(frozen=True)
class FaultSpec:
    """One fault that an app may meet, and may also not meet.

    target: a path, or a method and a path, as `sandbox.faults` takes them. times: how many calls of the app meet it at
    most. after: whether those requests take effect all the same. status: of "fail". seconds: of "rate_limit" and
    "slow", in sandbox time. until_seen: what the client repeats by itself meets it again, until the app sees the
    failure; False for a fault that happens once, which the client may absorb. empty: of
    "fail", an answer without a body.
    """

    kind: FaultKind
    target: str = "*"
    times: int = 1
    after: bool = False
    status: int = 503
    seconds: float = 1
    until_seen: bool = True
    empty: bool = False

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise SandboxError(f"there is no fault {self.kind!r}; there are {', '.join(FAULT_KINDS)}.")
        if self.after and FAULTS[self.kind].when != "either":
            either = sorted(kind for kind, row in FAULTS.items() if row.when == "either")
            raise SandboxError(f"the fault {self.kind!r} does not take after=True; {', '.join(either)} do.")

    def __str__(self) -> str:
        return f"{self.kind}({self.target})"

    def __repr__(self) -> str:
        given = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self)[2:] if getattr(self, f.name) != f.default]
        return f"FaultSpec({', '.join([repr(self.kind), repr(self.target), *given])})"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis prints a dataclass field by field otherwise

    @property
    def sentence(self) -> str:
        """What happens, as a sentence."""
        whose = "" if self.target == "*" else f" to {self.target}"
        which = f"the next request{whose}" if self.times == 1 else f"each of the next {self.times} requests{whose}"
        effect = (" without a body" if self.empty else "") + (" after it took effect" if self.after else "")
        once = "" if self.until_seen else ", but not when the client repeats it"
        return f"{which} {FAULTS[self.kind].sentence.format(status=self.status, seconds=self.seconds)}{effect}{once}"

    def on(self, sandbox: Sandbox) -> Fault:
        """Set the fault; a context manager that takes it away."""
        options: dict[str, object] = {"times": self.times, "optional": True, "until_seen": self.until_seen}
        row = FAULTS[self.kind]
        if row.when == "either":
            options["after"] = self.after
        options |= {option.name: getattr(self, option.field) for option in row.options if hasattr(self, option.field)}
        fault: Fault = getattr(sandbox.faults, self.kind)(self.target, **options)
        return fault


def check_targets(targets: Iterable[object], what: str, kinds: str) -> None:
    """Raise SandboxError for what is no target of faults but a kind, or a fault. what, kinds: where each is said."""
    for target in targets:
        if isinstance(target, FaultSpec):
            raise SandboxError(_taken_apart(target, what, kinds))
        if not isinstance(target, str):
            raise SandboxError(f"{what} has {target!r}; it takes paths, such as 'POST /locks/unlock_door' or '*'.")
        if target in FAULT_KINDS:
            raise SandboxError(
                f"{what} says which requests may go wrong, and {target!r} is a kind of fault. Say {kinds} = "
                f"({target!r},), and {what} = ('*',) for all requests."
            )


def check_kinds(chosen: Iterable[object], what: str, targets: str) -> None:
    """Raise SandboxError for a target or a fault in place of a kind. what, targets: where each is said."""
    for kind in chosen:
        if isinstance(kind, FaultSpec):
            raise SandboxError(_taken_apart(kind, targets, what))
        if not isinstance(kind, str) or "/" in kind or kind == "*":
            hint = f"That is a target: say {targets} = ({kind!r},). " if isinstance(kind, str) else ""
            raise SandboxError(f"{what} has {kind!r}. {hint}The kinds of faults: {', '.join(FAULT_KINDS)}.")


def _taken_apart(fault: FaultSpec, targets: str, kinds: str) -> str:
    return (
        f"{fault!r} is one fault, and here they are drawn, from targets and kinds. Say {targets} = "
        f"({fault.target!r},) and {kinds} = ({fault.kind!r},)."
    )
