"""What interception lets out of the process: loopback and allowed hosts.

Only httpx can be answered. Other libraries are watched where they all pass by: http.client, on which urllib, urllib3
and requests stand; and the look-up of a name, which aiohttp and plain sockets need too.
"""

from __future__ import annotations

import http.client
import socket
import sys
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from ..engine.errors import SandboxError, is_for_the_test
from ..engine.http import SEAM_HOST
from ..setting_values import host_of

__tracebackhide__ = is_for_the_test

_CONNECTS = "was about to connect to"


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_host(host: str, allow: Sequence[str], did: str) -> None:
    """Raise SandboxError unless a host may be reached for real. host: in the form of `host_of`. did: "sent … to"."""
    if is_loopback(host) or host in allow:
        return
    raise SandboxError(
        f"the program under test {did} the host {host!r}, which is not Seam's. Tests "
        f"with an intercepted sandbox reach {SEAM_HOST} and loopback only; name the host in the setting "
        "`intercept_allow` (marker seam, option, ini or environment) if it may be reached for real."
    )


def refusals(allow: Sequence[str], is_own: Callable[[], bool] = lambda: False) -> list[tuple[Any, str, Any]]:
    """What has to be replaced to refuse the requests of other libraries: owner, name and function.

    Seam's host is refused to all that look up its name, other hosts to what stands on http.client. is_own: whether the
    look-up is the sandbox's own.
    """
    connection = http.client.HTTPConnection
    getaddrinfo, putrequest, set_tunnel = socket.getaddrinfo, connection.putrequest, connection.set_tunnel

    def look_up(host: Any, *args: Any, **options: Any) -> Any:
        if _host(host) == SEAM_HOST and not is_own():
            raise _not_httpx(_CONNECTS)
        return getaddrinfo(host, *args, **options)

    def put(self: Any, method: str, url: str, *args: Any, **options: Any) -> None:
        behind_proxy = urlsplit(url).hostname if url.lower().startswith(("http://", "https://")) else None
        _check(behind_proxy or self._tunnel_host or self.host, allow, f"sent {method} {url} to")
        putrequest(self, method, url, *args, **options)

    def tunnel(self: Any, *args: Any, **options: Any) -> None:
        set_tunnel(self, *args, **options)  # which sends nothing yet
        _check(self._tunnel_host, allow, _CONNECTS)

    return [
        (socket, "getaddrinfo", look_up),
        (connection, "putrequest", put),
        (connection, "set_tunnel", tunnel),
        *_refusals_of_urllib3(allow),
    ]


def _refusals_of_urllib3(allow: Sequence[str]) -> list[tuple[Any, str, Any]]:
    """urllib3 connects before it sends, so it is stopped there, if it is loaded. A proxy may be connected to."""
    module = sys.modules.get("urllib3.connection")
    owners = [] if module is None else [module.HTTPConnection, module.HTTPSConnection]
    return [(owner, "connect", _checked_connect(owner.connect, allow)) for owner in owners]


def _checked_connect(connect: Callable[[Any], None], allow: Sequence[str]) -> Callable[[Any], None]:
    def checked(self: Any) -> None:
        if getattr(self, "proxy", None) is None:
            _check(self.host, allow, _CONNECTS)
        connect(self)

    return checked


def _check(host: str | bytes, allow: Sequence[str], did: str) -> None:
    found = _host(host)
    if found == SEAM_HOST:
        raise _not_httpx(did)
    check_host(found, allow, did)


def _host(host: object) -> str:
    """In the form of `host_of`; as it is when it cannot be one. None stands for this machine."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "localhost")
    try:
        return host_of(text)
    except UnicodeError:
        return text


def _not_httpx(did: str) -> SandboxError:
    return SandboxError(
        f"the program under test {did} {SEAM_HOST} with another library than httpx (requests, urllib3, urllib, aiohttp "
        "...), and only httpx is intercepted. Nothing has left. Let the program talk to a server instead: seam_environ "
        "sets SEAM_ENDPOINT and SEAM_API_KEY for it, seam_server or seam_sandbox.serve() give the URL."
    )
