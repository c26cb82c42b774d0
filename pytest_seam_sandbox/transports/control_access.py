"""Which requests may use the control routes: those that address this machine, and no cross-origin requests.

A browser lets any web page send requests to loopback, with the page's origin in the header Origin. A page can also
reach loopback under a host name of its own, which then stands in the header Host (DNS rebinding).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from ..engine.http import JSON_TYPE, Request, Response
from .other_hosts import is_loopback

_HOST = re.compile(r"(?:\[([^\[\]]+)\]|([^:\[\]]+))(?::\d*)?")


def check_access(request: Request, *, hosts: Collection[str], is_open: bool) -> Response | None:
    """The answer to a request that may not use the control routes; None for one that may.

    hosts: names that are allowed besides loopback. is_open: whether the server can be reached from other machines;
    then any IP address is allowed, since DNS rebinding needs a name.
    """
    host = request.headers.get("host", "")
    match = _HOST.fullmatch(host)
    if match is None or not _is_trusted(match[1] or match[2], hosts, is_open=is_open):
        return complaint(
            421,
            f"control routes are for requests to this machine, not to the host {host!r}. Address 127.0.0.1 or localhost"
            ", or start the server with --control-host for a name of your own.",
        )
    origin = request.headers.get("origin")
    if origin is not None and not _is_trusted(_host_of(origin), hosts, is_open=is_open):
        return complaint(
            403,
            f"control routes take no cross-origin requests, and this one has the origin {origin!r}. Send it from a "
            "program, or from a page on localhost.",
        )
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.body and content_type != "application/json":
        return complaint(
            415,
            f"the body has the content type {content_type or 'none'!r}; control routes take application/json. "
            "With curl, use --json.",
        )
    return None


def complaint(status: int, text: str) -> Response:
    """A refusal as JSON."""
    return Response(status, (("content-type", JSON_TYPE),), json.dumps({"error": text}).encode())


def _is_trusted(host: str | None, hosts: Collection[str], *, is_open: bool) -> bool:
    name = (host or "").lower()
    return is_loopback(name) or name in hosts or (is_open and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:
        return None
