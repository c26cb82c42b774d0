"""Signatures as Svix makes them, which delivers Seam's webhooks: headers, and the ids of messages."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from hashlib import blake2b

from standardwebhooks import Webhook

_LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE62 = bytes(_LETTERS[byte % len(_LETTERS)] for byte in range(256))
_LENGTH = 27


def message_id(event_id: str) -> str:
    """The id of the message about an event: `msg_` and 27 letters and digits (svix-docs).

    It follows from the event, so that it is the same in all attempts, and for all webhooks.
    """
    letters = blake2b(event_id.encode(), digest_size=_LENGTH).digest().translate(_BASE62)
    return f"msg_{letters.decode('ascii')}"


def wall_seconds() -> int:
    """The time that a signature carries: the wall clock's, against which verifiers hold it, and not the sandbox's."""
    return int(time.time())


def signature(secret: str, svix_id: str, timestamp: int, body: bytes) -> str:
    """The signature of one message: `v1,` and the HMAC-SHA256 of id, timestamp and body, in base64 (sdk)."""
    return Webhook(secret).sign(svix_id, datetime.fromtimestamp(timestamp, UTC), body.decode())


def headers(*secrets: str, svix_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one attempt. secrets: one signature for each, with blanks between them (svix-docs)."""
    return {
        "content-type": "application/json",
        "svix-id": svix_id,
        "svix-timestamp": str(timestamp),
        "svix-signature": " ".join(signature(secret, svix_id, timestamp, body) for secret in secrets),
        "user-agent": "Svix-Webhooks/1.0 (seam-sandbox)",
    }
