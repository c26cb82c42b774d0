"""Warns the caretaker of doors that are offline, by Seam's webhooks; a Flask app.

It stores what it was told before it answers, once for each message, and lets no older event undo a newer one.
"""

from __future__ import annotations

from flask import Flask, Response, request
from seam import SeamWebhook, SeamWebhookVerificationError

PATH = "/webhooks/seam"
EVENT_TYPES = ["device.connected", "device.disconnected"]


class Warnings:
    """Which doors are offline, as the newest event of each says."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[str, str]] = {}
        self._handled: set[str] = set()
        self.sent: list[str] = []

    @property
    def offline(self) -> set[str]:
        """The doors that are offline."""
        return {device_id for device_id, (_, kind) in self._newest.items() if kind == "device.disconnected"}

    def store(self, message_id: str, device_id: str, occurred_at: str, event_type: str) -> None:
        """Take one event; send a warning for a door that has gone offline."""
        if message_id in self._handled:
            return
        self._handled.add(message_id)
        if occurred_at < self._newest.get(device_id, ("", ""))[0]:
            return
        self._newest[device_id] = (occurred_at, event_type)
        if event_type == "device.disconnected":
            self.sent.append(device_id)


def make_app(warnings: Warnings, secret: str) -> Flask:
    """The app. secret: that of the webhook."""
    app = Flask(__name__)
    verifier = SeamWebhook(secret)

    @app.post(PATH)
    def hook() -> Response:
        try:
            event = verifier.verify(request.get_data(as_text=True), dict(request.headers))
        except SeamWebhookVerificationError:
            return Response(status=401)
        warnings.store(request.headers["svix-id"], event.device_id, event.occurred_at, event.event_type)
        return Response(status=204)

    return app
