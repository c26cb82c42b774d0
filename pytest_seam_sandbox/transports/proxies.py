"""Proxies in the environment, as companies have them: loopback must not be looked for there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NAMES = ("NO_PROXY", "no_proxy")


def around_proxies(environ: Mapping[str, str], url: str = "") -> dict[str, str]:
    """The values of NO_PROXY and no_proxy with which HTTP clients reach loopback, and a URL, without a proxy.

    What stands there is kept. Both are given, because clients differ in which of the two they prefer.
    """
    standing = {name: environ[name] for name in _NAMES if name in environ}
    hosts = [*LOOPBACK, *_names_of(urlsplit(url).hostname or "")]
    return {name: _with(hosts, standing.get(name, next(iter(standing.values()), ""))) for name in _NAMES}


def _names_of(host: str) -> list[str]:
    """A host as clients look for it: urllib keeps the brackets around an IPv6 address."""
    return [host, f"[{host}]"] if ":" in host else [host] if host else []


def _with(hosts: Iterable[str], standing: str) -> str:
    if standing.strip() == "*":  # no proxy for any host; in a list, some clients take it for a name
        return standing
    named = [name.strip() for name in standing.split(",") if name.strip()]
    return ",".join(dict.fromkeys([*named, *hosts]))
