"""Proxies in the environment, as companies have them: loopback must not be looked for there."""

from __future__ import annotations

from collections.abc import Mapping

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NAMES = ("NO_PROXY", "no_proxy")


def around_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """The values of NO_PROXY and no_proxy with which HTTP clients reach loopback without a proxy.

    What stands there is kept. Both are given, because clients differ in which of the two they prefer.
    """
    standing = {name: environ[name] for name in _NAMES if name in environ}
    return {name: _with_loopback(standing.get(name, next(iter(standing.values()), ""))) for name in _NAMES}


def _with_loopback(standing: str) -> str:
    if standing.strip() == "*":  # no proxy for any host; in a list, some clients take it for a name
        return standing
    named = [name.strip() for name in standing.split(",") if name.strip()]
    return ",".join([*named, *(name for name in LOOPBACK if name not in named)])
