"""What a sweep does to the webhooks of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from ..engine.errors import SandboxError, is_for_the_test, quoted
from ..webhooks.disturbances import ActiveDisturbances, Duplicate, Lose, OfMessages
from ..webhooks.messages import hand_over

if TYPE_CHECKING:
    from ..engine.agenda import Task
    from ..engine.workspace import Workspace
    from ..sandbox import Sandbox
    from ..webhooks.messages import Message

__tracebackhide__ = is_for_the_test

DeliveryDisruption = Literal["delay", "drop", "duplicate", "lose", "partial_body", "stale_timestamp", "wrong_secret"]


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


class _UntilLetGo(OfMessages):
    """A kind that comes to an end when it is let go."""

    def let_go(self) -> None:
        """Make all that is still to come ready to leave, after what is ready already."""
        raise NotImplementedError


class _Delay(_UntilLetGo):
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
        """Make all that is held back ready to leave."""
        held, self._held = self._held or (), None
        for workspace, message in held:
            workspace.outbox.add(message)


class _Spoil(_UntilLetGo):
    """The first attempt is spoilt; the second one comes by its schedule, or earlier when it is let go."""

    def __init__(self, active: ActiveDisturbances, kind: str) -> None:
        super().__init__(active, 1, None)
        self._kind = kind
        self._spoilt: list[tuple[Workspace, Message]] = []
        self._is_let_go = False

    def admit(self, workspace: Workspace, message: Message) -> list[Message]:
        """The message, its first attempt spoilt, unless it has been let go."""
        if self._is_let_go:
            return [message]
        self._spoilt.append((workspace, message))
        return [message.spoilt(self._kind)]

    def let_go(self) -> None:
        """Make the second attempts ready to leave that are planned by now."""
        self._is_let_go = True
        for workspace, message in self._spoilt:
            for task in workspace.agenda.tasks:
                if _is_second_attempt(task, message):
                    workspace.agenda.take(task.about[0])
                    workspace.outbox.add(task.about[0])


def _is_second_attempt(task: Task, message: Message) -> bool:
    if task.function is not hand_over:
        return False
    again: Message = task.about[0]
    return again.attempt == 2 and (again.webhook_id, again.svix_id) == (message.webhook_id, message.svix_id)


def _spoil(kind: str) -> Callable[[ActiveDisturbances], OfMessages]:
    return lambda active: _Spoil(active, kind)


_KINDS: Mapping[DeliveryDisruption, Callable[[ActiveDisturbances], OfMessages]] = MappingProxyType(
    {
        "delay": lambda active: _Delay(active, 1, None),
        "drop": _spoil("drop"),
        "duplicate": lambda active: Duplicate(active, 1, None),
        "lose": lambda active: Lose(active, 1, None),
        "partial_body": _spoil("partial_body"),
        "stale_timestamp": _spoil("stale_timestamp"),
        "wrong_secret": _spoil("wrong_secret"),
    }
)


class DisturbedDeliveries(OfMessages):
    """Does one thing to the webhooks of some calls in a row: of all events until the call after them begins.

    last: the number of the last of these calls. What is delayed leaves when the call after it has been answered, and so
    does the second attempt of what was spoilt.
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
        self._kind = _KINDS[kind](self._active)
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
        """Deliver what is still to come, if this was the call after the last one."""
        if number > self._last:
            self.let_go()

    def close(self) -> None:
        """Leave alone the events that come from now on."""
        self._until = min(self._until, self._workspace.events.emitted)

    def let_go(self) -> None:
        """Deliver what is still to come, after all that is due by now."""
        with self._app.lock:
            self._courier.waiting()
            if isinstance(self._kind, _UntilLetGo):
                self._kind.let_go()

    def end(self) -> None:
        """Let it happen no more."""
        self._active.end(self)
