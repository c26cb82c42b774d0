"""Requests and responses that belong to no HTTP library, so that every door is a small adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

JSON_TYPE = "application/json; charset=utf-8"
SEAM_URL = "https://connect.getseam.com"

CORS_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
CORS_HEADERS = (
    "x-csrf-token, x-requested-with, accept, accept-version, content-length, content-md5, content-type, date, "
    "x-api-version, seam-workspace, authorization, user-agent, seam-lts-version, seam-sdk-version, seam-sdk-name, "
    "seam-publishable-key, seam-client-session-token, client-session-token, seam-api-key, seam-user-identifier-key"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as a door received it.

    path: without the query, still percent-encoded. query: the raw text behind the question mark.
    headers: any mapping with lower-case lookup. origin: "app" for the program under test, "sandbox" for the
    sandbox's own calls, which no fault may touch. base_url: scheme and host, for links in answers.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    origin: str = "app"
    base_url: str = SEAM_URL


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer: status, headers with lower-case names, body."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def cors(origin: str | None) -> tuple[tuple[str, str], ...]:
    """The headers that let a browser page of `origin` read the answer. Source: official fake."""
    return (
        ("access-control-allow-origin", origin or "*"),
        ("access-control-allow-methods", CORS_METHODS),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-headers", CORS_HEADERS),
    )
