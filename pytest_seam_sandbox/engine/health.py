"""`/health`: whether the server works. It needs no credentials, is no request to Seam and meets no faults."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

from .http import JSON_TYPE, Headers, Request, Response, cors

PATHS = frozenset(("/health", "/health/get_health"))
_METHODS = ("GET", "POST")
_SERVICE = MappingProxyType(
    {
        "service": "august.sandbox.login",
        "status": "healthy",
        "description": "August Login Working on Sandbox Workspaces",
    }
)


def health(request: Request, *, now: str, request_id: str) -> Response:
    """The answer to a request for one of `PATHS`. now: the time on the clock, as Seam writes it.

    Source: official fake, which has this text, this service and these methods.
    """
    origin = request.headers.get("origin")
    if request.method == "OPTIONS":
        return Response(200, cors(origin))
    headers: Headers = (("content-type", JSON_TYPE), ("seam-request-id", request_id))
    if origin is not None:
        headers = (*headers, *cors(origin))
    if request.method in _METHODS:
        return Response(200, headers, _json(_healthy(now)))
    message = f"only {','.join(_METHODS)} accepted"
    error = {"type": "method_not_allowed", "message": message, "request_id": request_id}
    body = b"" if request.method == "HEAD" else _json({"error": error, "ok": False})
    return Response(405, headers, body)


def _json(content: dict[str, Any]) -> bytes:
    """As every answer is written. By the standard library, so that a server can answer before the rest is loaded."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _healthy(now: str) -> dict[str, Any]:
    return {
        "ok": True,
        "msg": "I’m one with the Force. The Force is with me.",  # noqa: RUF001 - as Seam writes it
        "last_service_evaluation_at": now,
        "service_health_statuses": [dict(_SERVICE)],
    }
