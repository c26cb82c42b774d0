"""What can happen to a webhook on its way: one class for each kind, and the list of those that are in force."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType, TracebackType
from typing import ClassVar, Protocol, Self, TypeVar

from ..engine.places import place_of_caller, seen_at
from ..engine.workspace import Workspace
from .messages import Message, hand_over

STALE = 600
"""Seconds by which a stale timestamp is too old; verifiers take up to 300 (sdk)."""


@dataclass
class Attempt:
    """One request before it is signed. is_lost: it does not reach the program. names: what was done to it."""

    timestamp: int
    secrets: tuple[str, ...]
    body: bytes
    sent_body: bytes
    is_lost: bool = False
    names: list[str] = field(default_factory=list)


class Disturbance:
    """Something that happens to the next deliveries, `times` of them, or to all inside of its `with` block.

    One that no delivery meets fails the test. name: the method of `Webhooks`. met: how many deliveries it has met.
    may_be_unmet: one that nothing meets is no mistake.
    """

    name: ClassVar[str] = ""

    def __init__(self, active: ActiveDisturbances, times: int, event_type: str | None) -> None:
        self._active = active
        self._event_type = event_type
        self.times: int | None = times
        self.met = 0
        self.may_be_unmet = False
        self.place = place_of_caller()

    def __str__(self) -> str:
        return f"{self.name}({self._event_type or ''})"

    def __enter__(self) -> Self:
        self.times = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._active.end(self)

    def meets(self, message: Message) -> bool:
        """Whether it happens to this message; it is counted then."""
        is_meant = self._event_type in (None, message.row.event_type)
        if not is_meant or (self.times is not None and self.met >= self.times):
            return False
        self.met += 1
        return True

    @property
    def is_over(self) -> bool:
        """Whether it has met as many as it had to."""
        return self.times is not None and self.met >= self.times

    def release(self) -> None:
        """Let go what it holds back."""


class OfMessages(Disturbance):
    """A kind that happens once to a message, before its first attempt. kept: what became of one not sent now."""

    kept: str = "not sent"

    def admit(self, workspace: Workspace, message: Message, /) -> list[Message]:
        """What is sent in place of the message."""
        raise NotImplementedError


class OfAttempts(Disturbance):
    """A kind that happens to an attempt, whichever it is of its message."""

    def alter(self, attempt: Attempt) -> None:
        """Change what is sent."""
        raise NotImplementedError


class Duplicate(OfMessages):
    """Sent twice, with one id."""

    name = "duplicate"

    def admit(self, _workspace: Workspace, message: Message) -> list[Message]:
        """The message and a copy."""
        return [message, message.copied()]


class Reorder(OfMessages):
    """Held back until there are as many as were asked for, or the block ends; then sent in another order."""

    name = "reorder"
    kept = "held back (reorder)"

    def __init__(self, active: ActiveDisturbances, times: int, event_type: str | None, random: Random) -> None:
        super().__init__(active, times, event_type)
        self._random = random
        self.held: list[tuple[Workspace, Message]] = []

    def admit(self, workspace: Workspace, message: Message) -> list[Message]:
        """Nothing yet."""
        self.held.append((workspace, message))
        if self.is_over:
            self.release()
        return []

    def release(self) -> None:
        """Make what is held ready, in an order that is not that of the events."""
        order, self.held = self.held, []
        mixed = order.copy()
        while len(order) > 1 and mixed == order:
            self._random.shuffle(mixed)
        for workspace, message in mixed:
            if workspace.events.find(message.row.event_id) is message.row:  # else the state is another one by now
                workspace.outbox.add(message)


class Delay(OfMessages):
    """Sent so many sandbox seconds later."""

    name = "delay"
    kept = "held back (delay)"

    def __init__(self, active: ActiveDisturbances, times: int, event_type: str | None, seconds: float) -> None:
        super().__init__(active, times, event_type)
        self._seconds = seconds

    def admit(self, workspace: Workspace, message: Message) -> list[Message]:
        """Nothing now."""
        workspace.agenda.plan(workspace.clock.timestamp() + self._seconds, hand_over, message)
        return []


class Lose(OfMessages):
    """Never sent."""

    name = "lose"
    kept = "never sent (lose)"

    def admit(self, _workspace: Workspace, _message: Message) -> list[Message]:
        """Nothing."""
        return []


class Drop(OfAttempts):
    """An attempt that does not arrive; the next one comes as after any failure."""

    name = "drop"

    def alter(self, attempt: Attempt) -> None:
        """Keep it from the program."""
        attempt.is_lost = True


class StaleTimestamp(OfAttempts):
    """Signed rightly, ten minutes ago."""

    name = "stale_timestamp"

    def alter(self, attempt: Attempt) -> None:
        """Take ten minutes off."""
        attempt.timestamp -= STALE


class WrongSecret(OfAttempts):
    """Signed with a secret that is not the webhook's."""

    name = "wrong_secret"

    def alter(self, attempt: Attempt) -> None:
        """Sign with another secret."""
        attempt.secrets = (new_secret(b"not the secret of any webhook"),)


class PartialBody(OfAttempts):
    """The first half of the body, with the signature of the whole."""

    name = "partial_body"

    def alter(self, attempt: Attempt) -> None:
        """Cut the body."""
        attempt.sent_body = attempt.body[: len(attempt.body) // 2]


OF_ATTEMPTS: Mapping[str, type[OfAttempts]] = MappingProxyType(
    {kind.name: kind for kind in (Drop, StaleTimestamp, WrongSecret, PartialBody)}
)


class PlannedKind(Protocol):
    """What a plan says of one message."""

    @property
    def kind(self) -> str:
        """The name of a kind, or on_time."""
        ...

    @property
    def seconds(self) -> float:
        """How late a delayed one is."""
        ...


class Planned(OfMessages):
    """Does to each message what a plan says; a plan may be longer than what comes."""

    name = "plan"

    def __init__(self, active: ActiveDisturbances, plan: Sequence[PlannedKind]) -> None:
        super().__init__(active, max(1, len(plan)), None)
        self._plan = plan
        self.may_be_unmet = True

    def admit(self, workspace: Workspace, message: Message) -> list[Message]:
        """The message as the plan has it."""
        if self.met > len(self._plan):
            return [message]
        planned = self._plan[self.met - 1]
        self.kept = Lose.kept if planned.kind == "lose" else Delay.kept
        if planned.kind == "delay":
            workspace.agenda.plan(workspace.clock.timestamp() + planned.seconds, hand_over, message)
        if planned.kind in ("delay", "lose"):
            return []
        if planned.kind == "duplicate":
            return [message, message.copied()]
        return [message if planned.kind == "on_time" else message.spoilt(planned.kind)]


AnyDisturbance = TypeVar("AnyDisturbance", bound=Disturbance)


def new_secret(source: bytes) -> str:
    """A secret of the form of Svix's, from 24 bytes or more."""
    return "whsec_" + b64encode(source[:24]).decode("ascii")


class ActiveDisturbances:
    """The disturbances that are in force. deliver: lets go on what was held back."""

    def __init__(self, deliver: Callable[[], None]) -> None:
        self._deliver = deliver
        self._all: list[Disturbance] = []

    def add(self, disturbance: Disturbance) -> None:
        """Let it happen from now on."""
        self._all.append(disturbance)

    def end(self, disturbance: Disturbance) -> None:
        """Let it happen no more, and deliver what it has held back. One that has met nothing stays, to be told."""
        disturbance.times = disturbance.met
        is_done = disturbance.met or disturbance.may_be_unmet
        self._all = [one for one in self._all if one is not disturbance or not is_done]
        disturbance.release()
        self._deliver()

    def admit(self, workspace: Workspace, message: Message) -> tuple[list[Message], list[str]]:
        """What is sent in place of a new message, and what became of each that is not sent now."""
        messages, kept = [message], []
        for one in self._all.copy():
            if isinstance(one, OfMessages):
                arrived, messages = messages, []
                for each in arrived:
                    sent = one.admit(workspace, each) if one.meets(each) else [each]
                    messages += sent
                    kept += [] if sent else [one.kept]
        self._drop_those_that_are_over()
        return messages, kept

    def alter(self, message: Message, attempt: Attempt) -> None:
        """Change one attempt."""
        for one in self._all.copy():
            if isinstance(one, OfAttempts) and one.meets(message):
                one.alter(attempt)
                attempt.names.append(one.name)
        if message.spoilt_by:
            OF_ATTEMPTS[message.spoilt_by](self, 1, None).alter(attempt)
            attempt.names.append(message.spoilt_by)
        self._drop_those_that_are_over()

    def _drop_those_that_are_over(self) -> None:
        self._all = [one for one in self._all if not one.is_over or not one.met]

    def release(self) -> None:
        """Let go what is held back."""
        for one in self._all:
            one.release()

    def held(self, workspace: Workspace) -> list[Message]:
        """The messages of a workspace that are held back."""
        return [
            message
            for one in self._all
            if isinstance(one, Reorder)
            for holder, message in one.held
            if holder is workspace
        ]

    def unmet(self) -> Iterator[str]:
        """Those that met fewer deliveries than they had to; they are forgotten."""
        ones, self._all = self._all, []
        for one in ones:
            if one.may_be_unmet:
                continue
            if not one.met:
                yield f"webhooks.{one} did not meet any delivery.{seen_at(one.place)}"
            elif one.times is not None and not one.is_over:
                yield f"webhooks.{one} was to meet {one.times} deliveries, and met {one.met}.{seen_at(one.place)}"
