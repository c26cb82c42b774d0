"""Requests and responses that belong to no HTTP library, so that every transport is a small adapter."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

JSON_TYPE = "application/json; charset=utf-8"
MAX_BODY = 1024 * 1024  # bytes
SEAM_HOST = "connect.getseam.com"
SEAM_URL = f"https://{SEAM_HOST}"

CORS_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
CORS_HEADERS = (
    "x-csrf-token, x-requested-with, accept, accept-version, content-length, content-md5, content-type, date, "
    "x-api-version, seam-workspace, authorization, user-agent, seam-lts-version, seam-sdk-version, seam-sdk-name, "
    "seam-publishable-key, seam-client-session-token, client-session-token, seam-api-key, seam-user-identifier-key"
)


Headers = tuple[tuple[str, str], ...]


class Request(NamedTuple):
    """One HTTP request as a transport received it.

    path: without the query, still percent-encoded. query: the raw text behind the question mark.
    headers: with lower-case names. origin: "app" for the program under test, "sandbox" for the sandbox's own calls,
    which no fault may touch. arrived_at: real seconds, from transports that are real; None where sandbox time counts.
    attempt: 2 and more when the client itself sends the same request again, for transports that can tell.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    origin: str = "app"
    scheme: str = "https"
    arrived_at: float | None = None
    attempt: int = 1

    @property
    def is_json(self) -> bool:
        """Whether the body is said to be JSON."""
        return "application/json" in (self.headers.get("content-type") or "")

    @property
    def base_url(self) -> str:
        """Scheme and host, for links in answers."""
        host = self.headers.get("host")
        return f"{self.scheme}://{host}" if host else SEAM_URL


Wire = Literal["answer", "refuse", "time_out", "reset", "drop"]
"""What a transport does with an answer: send it, refuse the connection, never answer, reset it midway, disconnect."""


class Response(NamedTuple):
    """One HTTP answer: status, headers with lower-case names, body; and how it comes about.

    wire: what the transport does with it. delay: seconds until it comes.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    wire: Wire = "answer"
    delay: float = 0.0


def cors(origin: str | None) -> Headers:
    """The headers that let a browser page of `origin` read the answer. Source: official fake."""
    return (
        ("access-control-allow-origin", origin or "*"),
        ("access-control-allow-methods", CORS_METHODS),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-headers", CORS_HEADERS),
    )
