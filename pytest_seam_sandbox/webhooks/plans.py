"""Plans of deliveries: what happens to one message after the other, as values that can be drawn, printed and played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from ..engine.blocks import Block
from ..engine.errors import SandboxError, is_for_the_test, quoted
from .disturbances import Planned

if TYPE_CHECKING:
    from ..backends.embedded import Embedded
    from .delivery import Courier

__tracebackhide__ = is_for_the_test

DeliveryKind = Literal[
    "on_time", "duplicate", "delay", "drop", "lose", "stale_timestamp", "wrong_secret", "partial_body"
]
KINDS: Mapping[DeliveryKind, str] = MappingProxyType(
    {
        "on_time": "comes at once",
        "duplicate": "comes twice",
        "delay": "comes late",
        "drop": "does not come at the first attempt",
        "lose": "never comes",
        "stale_timestamp": "comes with an old timestamp first",
        "wrong_secret": "comes with a wrong signature first",
        "partial_body": "comes with half of its body first",
    }
)


@dataclass(frozen=True)
class PlannedDelivery:
    """What happens to one message. seconds: how late it comes, in sandbox seconds, for the kind "delay"."""

    kind: DeliveryKind
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise SandboxError(f"{quoted(self.kind)} happens to no delivery; there are {', '.join(KINDS)}.")
        is_number = isinstance(self.seconds, int | float) and not isinstance(self.seconds, bool)
        if not is_number or (self.kind == "delay") != (self.seconds > 0):
            raise SandboxError(
                f"seconds is {quoted(self.seconds)}; it takes sandbox seconds > 0 for a delay, and nothing for others."
            )

    def __str__(self) -> str:
        late = f" by {self.seconds:g} s" if self.seconds else ""
        return f"{KINDS[self.kind]}{late}"

    def __repr__(self) -> str:
        return f"PlannedDelivery({self.kind!r}{f', {self.seconds!r}' if self.seconds else ''})"


@dataclass(frozen=True)
class DeliveryPlan:
    """What happens to one message after the other; those that come after the last of them are delivered at once."""

    deliveries: tuple[PlannedDelivery, ...] = ()

    def __str__(self) -> str:
        told = [f"message {number} {one}" for number, one in enumerate(self.deliveries, 1) if one.kind != "on_time"]
        return "; ".join(told) or "every message comes at once"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))

    @property
    def loses(self) -> bool:
        """Whether a message never comes."""
        return any(one.kind == "lose" for one in self.deliveries)

    def play(self, sandbox: Any) -> Block[None]:
        """Let it happen to the messages of a sandbox inside the block; at its end the clock runs until all have come.

        sandbox: a Sandbox.
        """
        waits = sandbox.backend.unfinished.waits(
            f"the play of {self!r}", "no message was disturbed", "Write it as a block: with plan.play(sandbox): ..."
        )
        return Block(lambda: _played(self, sandbox.embedded, sandbox.webhooks.courier), waits)


@contextmanager
def _played(plan: DeliveryPlan, backend: Embedded, courier: Courier) -> Iterator[None]:
    planned = Planned(courier.active, plan.deliveries)
    courier.active.add(planned)
    try:
        yield
    finally:
        courier.active.end(planned)
    backend.clock.run_until_idle()
