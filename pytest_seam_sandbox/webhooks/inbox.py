"""What was delivered, and expectations of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from sys import maxsize
from typing import TYPE_CHECKING, Any, Literal, overload

from standardwebhooks import Webhook, WebhookVerificationError

from ..backends.embedded import Embedded
from ..engine.errors import is_for_the_test
from ..engine.events import EventRow
from ..engine.history import KEPT
from ..expectations.checks import check_count, check_event, check_no_event, check_within
from ..expectations.expecting import check_possible, fail, wait_until, wanted_event
from .messages import Delivery, WebhookRequest

if TYPE_CHECKING:
    from ..catalog.literals import EventType

__tracebackhide__ = is_for_the_test


class Inbox(Sequence[Delivery]):
    """Every attempt to deliver an event, oldest first, to whatever target; read it like a list.

    A restored sandbox has those that there were at the snapshot, and each trial of a sweep begins so.

    It is a target itself, for tests without an app: `webhooks.deliver_to(webhooks.inbox)`. As such it verifies the
    signature as an app should, and answers 200, or 400 for a bad one. status: what it answers to a good one.
    """

    def __init__(self, backend: Embedded) -> None:
        self._backend = backend
        self._deliveries: deque[Delivery] = deque(maxlen=KEPT)
        self.status = 200

    def __len__(self) -> int:
        return len(self._deliveries)

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> list[Delivery]: ...
    def __getitem__(self, index: int | slice) -> Delivery | list[Delivery]:
        return list(self._deliveries)[index]

    def __iter__(self) -> Iterator[Delivery]:
        return iter(tuple(self._deliveries))

    def __repr__(self) -> str:
        return f"Inbox({len(self)} deliveries)"

    def __call__(self, request: WebhookRequest) -> int:
        """Take a request as an app would."""
        secrets = [webhook["secret"] for webhook in self._backend.api.call("/webhooks/list")["webhooks"]]
        return self.status if any(_is_signed_with(secret, request) for secret in secrets) else 400

    def add(self, delivery: Delivery) -> None:
        """Keep one attempt."""
        self._deliveries.append(delivery)

    def clear(self) -> None:
        """Forget all deliveries."""
        self._deliveries.clear()

    def go_back(self, deliveries: Sequence[Delivery]) -> None:
        """Keep these alone."""
        self._deliveries = deque(deliveries, maxlen=KEPT)

    @property
    def accepted(self) -> list[Delivery]:
        """Those that were answered with 2xx, oldest first."""
        return [delivery for delivery in self if delivery.is_accepted]

    @overload
    def expect(
        self, event_type: EventType, *, count: Literal[0], within: float | None = None, **fields: Any
    ) -> None: ...
    @overload
    def expect(
        self, event_type: EventType, *, count: int | None = None, within: float | None = None, **fields: Any
    ) -> Delivery: ...
    def expect(
        self, event_type: EventType, *, count: int | None = None, within: float | None = None, **fields: Any
    ) -> Delivery | None:
        """Expect that an event of this type with these field values was delivered; gives the newest such delivery.

        Those count that the target answered with 2xx, duplicates included. count: how many there have to be, else at
        least one; 0 gives None. within: seconds of sandbox time to wait. Raises as `Sandbox.expect_event`.
        """
        backend = self._backend
        check_possible(backend, event_type, fields)
        check_count(count)
        check_within(within)
        wanted = wanted_event(backend, event_type, fields)
        wait_until(backend, lambda: check_event(_Accepted(self.accepted), wanted, count, _DELIVERED), within)
        found = [
            delivery for delivery in self.accepted if delivery.event_type == event_type and wanted.fits(delivery.row)
        ]
        return found[-1] if found else None

    def expect_no(self, event_type: EventType, **fields: Any) -> None:
        """Expect that no event of this type with these field values was delivered by now; raises as `expect`."""
        check_possible(self._backend, event_type, fields)
        wanted = wanted_event(self._backend, event_type, fields)
        fail(check_no_event(_Accepted(self.accepted), wanted, _DELIVERED))


_DELIVERED = "delivered"


class _Accepted:
    """The events of deliveries, in the order in which they came, as expectations read events."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        self._rows = [delivery.row for delivery in deliveries]

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, *, newest: int = maxsize) -> Iterator[EventRow]:
        """All, or the newest so many; oldest first."""
        return iter(self._rows[-newest:])

    def newest_first(self, event_type: str, device_id: str | None = None) -> Iterator[EventRow]:
        """Those of this type, and about this device if one is given."""
        for row in reversed(self._rows):
            if row.event_type == event_type and device_id in (None, row.fields.about_device):
                yield row


def _is_signed_with(secret: str, request: WebhookRequest) -> bool:
    names = {name.replace("svix-", "webhook-"): value for name, value in request.headers.items()}
    try:
        Webhook(secret).verify(request.body, names, json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True
