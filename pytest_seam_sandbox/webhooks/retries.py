"""When a failed delivery is tried again, and when a webhook is given up."""

from __future__ import annotations

from ..api.webhooks.model import WebhookRow

DELAYS = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 36_000.0)
"""Seconds from a failure to the next attempt; after the first one that came at once. Source: Seam's docs."""
ATTEMPTS = len(DELAYS) + 1

_DAY = 86_400.0
_LONG_ENOUGH = _DAY / 2
_PATIENCE = 5 * _DAY
_APART = 60.0  # failures of one minute count as one, so that the list stays short


def after_success(webhook: WebhookRow) -> WebhookRow:
    """The webhook after a delivery: what failed before is forgotten."""
    return webhook.but(failures=(), failing_since=None) if webhook.failures else webhook


def after_failure(webhook: WebhookRow, at: float) -> WebhookRow:
    """The webhook after a failed attempt. Source: Svix's docs; Seam's are silent.

    It is disabled when all attempts have failed for 5 days. These begin when several failed within 24 hours, the last
    at least 12 hours after the first.
    """
    recent = tuple(one for one in webhook.failures if at - one <= _DAY)
    if not recent or at - recent[-1] >= _APART:
        recent = (*recent, at)
    since = webhook.failing_since
    if since is None and at - recent[0] >= _LONG_ENOUGH:
        since = at
    is_over = since is not None and at - since >= _PATIENCE
    return webhook.but(failures=recent, failing_since=since, is_disabled=is_over)
