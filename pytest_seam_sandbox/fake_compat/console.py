"""Console sessions, which Seam's own web console has: JSON Web Tokens that the fake signs with a fixed secret."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode
from typing import Any

_SECRET = b"secret"  # of the official fake


def claims_of(token: str, now: float) -> dict[str, Any] | None:
    """The claims of a token (HS256) that is signed with the fake's secret and not expired; None for any other text.

    now: seconds since 1970. Source: official fake.
    """
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii():
        return None
    signed = hmac.digest(_SECRET, f"{parts[0]}.{parts[1]}".encode(), "sha256")
    try:
        header, claims = (json.loads(_decode(part)) for part in parts[:2])
        is_genuine = hmac.compare_digest(signed, _decode(parts[2]))
    except (ValueError, RecursionError):
        return None
    if not (is_genuine and isinstance(header, dict) and isinstance(claims, dict) and header.get("alg") == "HS256"):
        return None
    expiry = claims.get("exp")
    return None if isinstance(expiry, int | float) and expiry <= now else claims


def _decode(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
