"""Control routes for webhooks, for tests in other languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from ..backends.embedded import Control, Embedded
from ..engine.errors import SandboxError, is_for_the_test
from ..transports.control_arguments import arguments
from .messages import Delivery
from .webhooks import Webhooks

__tracebackhide__ = is_for_the_test

Act = Callable[..., Mapping[str, Any]]
"""What a route calls; its parameters are those of the method of Webhooks."""
Make = Callable[[Webhooks], Act]
_DONE = MappingProxyType({"ok": True})

_DISTURBANCES = ("duplicate", "drop", "lose", "stale_timestamp", "wrong_secret", "partial_body")


def routes(webhooks: Callable[[], Webhooks], workspace_id: str) -> Mapping[str, Control]:
    """The routes by name. webhooks: gives those of the sandbox. workspace_id: of its workspace."""
    return {f"webhooks/{name}": partial(_carry_out, make, webhooks, workspace_id) for name, make in ACTS.items()}


def _carry_out(
    make: Make, webhooks: Callable[[], Webhooks], workspace_id: str, backend: Embedded, values: dict[str, Any]
) -> dict[str, Any]:
    if backend.workspace_id != workspace_id:
        raise SandboxError(
            f"the routes below webhooks/ are those of the workspace {workspace_id}, which the server began with. Leave "
            "the query out, and make webhooks of another workspace with Seam's /webhooks/create."
        )
    method = make(webhooks())
    return dict(method(**arguments(method, values)))


def _deliver_to(webhooks: Webhooks) -> Act:
    def deliver_to(url: str | None = None, event_types: list[str] | None = None) -> dict[str, Any]:
        return webhooks.deliver_to(webhooks.inbox if url is None else url, event_types).model_dump(mode="json")

    return deliver_to


def _route(webhooks: Webhooks) -> Act:
    def route(url: str, target: str) -> Mapping[str, Any]:
        webhooks.route(url, target)
        return _DONE

    return route


def _deliveries(webhooks: Webhooks) -> Act:
    def deliveries() -> dict[str, Any]:
        return {"deliveries": [_shown(delivery) for delivery in webhooks.inbox]}

    return deliveries


def _shown(delivery: Delivery) -> dict[str, Any]:
    names = ("event_type", "webhook_id", "url", "attempt", "status", "error", "seconds", "at")
    return {
        **{name: getattr(delivery, name) for name in names},
        "event": delivery.row.view(),
        "headers": dict(delivery.headers),
        "disturbed_by": list(delivery.disturbed_by),
    }


def _simply(name: str) -> Make:
    def make(webhooks: Webhooks) -> Act:
        def act() -> Mapping[str, Any]:
            getattr(webhooks, name)()
            return _DONE

        return act

    return make


def _disturb(name: str, least: int = 1) -> Make:
    def make(webhooks: Webhooks) -> Act:
        def disturb(event_type: str | None = None, times: int = least) -> dict[str, Any]:
            return {"disturbance": str(getattr(webhooks, name)(event_type, times=times))}

        return disturb

    return make


def _delay(webhooks: Webhooks) -> Act:
    def delay(seconds: float, event_type: str | None = None, times: int = 1) -> dict[str, Any]:
        return {"disturbance": str(webhooks.delay(seconds, event_type, times=times))}  # type: ignore[arg-type]

    return delay


def _rotate_secret(webhooks: Webhooks) -> Act:
    def rotate_secret(webhook_id: str | None = None) -> dict[str, Any]:
        rotation = webhooks.rotate_secret(webhook_id)
        return {"secret": rotation.secret, "old_secret": rotation.old_secret}

    return rotate_secret


ACTS: Mapping[str, Make] = MappingProxyType(
    {
        "deliver_to": _deliver_to,
        "route": _route,
        "deliveries": _deliveries,
        **{name: _simply(name) for name in ("flush", "pause", "resume", "allow_undelivered")},
        **{
            name: _disturb(name)
            for name in ("duplicate", "drop", "lose", "stale_timestamp", "wrong_secret", "partial_body")
        },
        "reorder": _disturb("reorder", 2),
        "delay": _delay,
        "rotate_secret": _rotate_secret,
    }
)
"""For each route below webhooks/, what makes its act."""
