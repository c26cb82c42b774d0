"""What a sweep does to the webhooks of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from ..engine.errors import SandboxError, is_for_the_test, quoted
from ..webhooks.disturbances import ActiveDisturbances, Duplicate, Lose, OfMessages

if TYPE_CHECKING:
    from ..engine.workspace import Workspace
    from ..sandbox import Sandbox
    from ..webhooks.messages import Message

__tracebackhide__ = is_for_the_test

DeliveryDisruption = Literal["delay", "duplicate", "lose"]


@dataclass(frozen=True)
class DeliverySpec:
    """What happens to the webhooks of a call, as a value. Raises SandboxError for a kind that there is not."""

    kind: DeliveryDisruption

    def __post_init__(self) -> None:
        if self.kind not in tuple(_KINDS):
            raise SandboxError(
                f"{quoted(self.kind)} is nothing that a sweep does to webhooks; deliveries= takes {', '.join(_KINDS)}."
            )

    def on(self, sandbox: Sandbox, last: int) -> DisturbedDeliveries:
        """Let it happen to the webhooks from now on, to the end of call `last` and of what follows it."""
        return DisturbedDeliveries(sandbox, self.kind, last)


class _Delay(OfMessages):
    """Held back until it is let go."""

    name = "delay"
    kept = "held back (delay)"

    def __init__(self, active: ActiveDisturbances, times: int, event_type: str | None) -> None:
        super().__init__(active, times, event_type)
        self._held: list[tuple[Workspace, Message]] | None = []

    def admit(self, workspace: Workspace, message: Message) -> list[Message]:
        """Nothing, unless it has been let go."""
        if self._held is None:
            return [message]
        self._held.append((workspace, message))
        return []

    def let_go(self) -> None:
        """Make all that is held back ready to leave, after what is ready already."""
        held, self._held = self._held or (), None
        for workspace, message in held:
            workspace.outbox.add(message)


_KINDS: Mapping[DeliveryDisruption, type[OfMessages]] = MappingProxyType(
    {"delay": _Delay, "duplicate": Duplicate, "lose": Lose}
)


class DisturbedDeliveries(OfMessages):
    """Does one thing to the webhooks of some calls in a row: of all events until the call after them begins.

    last: the number of the last of these calls. What is delayed leaves when the call after it has been answered.
    """

    name = "sweep"

    def __init__(self, sandbox: Sandbox, kind: DeliveryDisruption, last: int) -> None:
        self._courier = sandbox.webhooks.courier
        super().__init__(self._courier.active, 1, None)
        self.times = None
        self.may_be_unmet = True
        self._app = sandbox.embedded.app
        self._workspace = sandbox.embedded.workspace
        self._last = last
        self._earlier = self._workspace.events.emitted
        self._until = inf
        self._kind = _KINDS[kind](self._active, 1, None)
        self.kept = self._kind.kept
        self._active.add(self)

    def meets(self, message: Message) -> bool:
        """Whether the event of the message is one of these calls."""
        row = message.row
        is_meant = self._earlier < row.number <= self._until and self._workspace.events.find(row.event_id) is row
        self.met += is_meant
        return is_meant

    def admit(self, workspace: Workspace, message: Message) -> list[Message]:
        """The message as the kind has it."""
        return self._kind.admit(workspace, message)

    def call_begins(self, number: int) -> None:
        """Leave alone what comes from now on, if this is the call after the last one."""
        if number > self._last:
            self.close()

    def call_ended(self, number: int) -> None:
        """Deliver what was delayed, if this was the call after the last one."""
        if number > self._last:
            self.let_go()

    def close(self) -> None:
        """Leave alone the events that come from now on."""
        self._until = min(self._until, self._workspace.events.emitted)

    def let_go(self) -> None:
        """Deliver what was delayed, after all that is due by now."""
        with self._app.lock:
            self._courier.waiting()
            if isinstance(self._kind, _Delay):
                self._kind.let_go()

    def end(self) -> None:
        """Let it happen no more."""
        self._active.end(self)
