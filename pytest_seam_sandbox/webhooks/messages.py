"""What is sent, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import from_json, to_json

from ..engine.workspace import Workspace
from .signature import message_id

if TYPE_CHECKING:
    from ..api.events import Event
    from ..api.webhooks.model import WebhookRow
    from ..engine.events import EventRow


@dataclass(frozen=True)
class Message:
    """An event on its way to a webhook.

    attempt: the number of the next attempt, from 1 on. failure: what came of the last one. is_excused: that one failed
    because the test wanted it to. is_copy: sent beside the message itself, which is the one that is tried again.
    spoilt_by: the kind of disturbance that the next attempt meets.
    """

    webhook_id: str
    row: EventRow
    svix_id: str
    body: bytes
    attempt: int = 1
    failure: str = ""
    is_excused: bool = False
    is_copy: bool = False
    spoilt_by: str = ""

    @classmethod
    def about(cls, row: EventRow, webhook: WebhookRow) -> Message:
        """A new message: the event as /events/get shows it, flat (docs)."""
        return cls(webhook.webhook_id, row, message_id(row.event_id), to_json(row.view()))

    def again(self, failure: str, *, is_excused: bool) -> Message:
        """The message for the next attempt."""
        return replace(self, attempt=self.attempt + 1, failure=failure, is_excused=is_excused, spoilt_by="")

    def spoilt(self, kind: str) -> Message:
        """The message with a disturbance of its next attempt."""
        return replace(self, spoilt_by=kind)

    def copied(self) -> Message:
        """A copy, for a duplicate."""
        return replace(self, is_copy=True)


def hand_over(workspace: Workspace, message: Message) -> None:
    """Make a message ready to leave, when the time of its next attempt has come; for the agenda."""
    workspace.outbox.add(message)


@dataclass(frozen=True)
class WebhookRequest:
    """One request to the program under test, as a callable gets it. headers: with lower-case names."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"

    def json(self) -> Any:
        """The body, read as JSON."""
        return from_json(self.body)


class Answer(NamedTuple):
    """What a target made of a request. status: None when nothing was answered. failure: why, in words.

    error: what the program raised, or did wrong.
    """

    status: int | None
    failure: str = ""
    error: Exception | None = None

    @property
    def is_success(self) -> bool:
        """Whether Svix takes the message for delivered: any 2xx (svix-docs)."""
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        return self.failure or str(self.status)


@dataclass(frozen=True)
class Delivery:
    """One attempt to deliver an event.

    attempt: its number, from 1 on. headers, body: as sent. status: what the program answered; None when it did not.
    error: what went wrong, in words; None where nothing did. seconds: real seconds until the answer. at: sandbox time,
    in seconds since 1970. disturbed_by: what the test had done to it, by the names of the methods of Webhooks.
    """

    row: EventRow
    webhook_id: str
    url: str
    attempt: int
    headers: Mapping[str, str]
    body: bytes
    status: int | None
    error: str | None
    seconds: float
    at: float
    disturbed_by: tuple[str, ...] = ()

    @cached_property
    def event(self) -> Event:
        """The event."""
        from ..backends.event_list import event_of

        return event_of(self.row)

    @property
    def event_type(self) -> str:
        """The type of the event."""
        return self.row.event_type

    @property
    def is_accepted(self) -> bool:
        """Whether the program answered 2xx."""
        return self.status is not None and 200 <= self.status < 300


class SyncTarget:
    """What answers requests, and needs no event loop."""

    def call(self, request: WebhookRequest) -> Answer:
        """Send one request; raises nothing."""
        raise NotImplementedError


class AsyncTarget:
    """What answers requests on an event loop."""

    async def send(self, request: WebhookRequest) -> Answer:
        """Send one request; raises nothing."""
        raise NotImplementedError

    async def close(self) -> None:
        """End what it keeps on the running loop."""
