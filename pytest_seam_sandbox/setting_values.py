"""What the settings take: each function gives a value of a text or a Python value, or raises SandboxError.

Imports the standard library only: every run of pytest loads this module.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

__tracebackhide__ = True  # whatever is raised here is for the author of the test

_MOST_SECONDS = 1e9  # about 30 years; dates end in the year 9999
_TRUTH = MappingProxyType(
    {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
)
_SECONDS = "a number of seconds from 0 to 1e9"
_API_KEY = re.compile("seam_test[A-Za-z0-9_]+")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


def host_of(text: str) -> str:
    """A host name or address in the one form in which hosts are compared: lower case, ASCII, without a dot at the end.

    Raises UnicodeError for what cannot be a host.
    """
    host = text.rstrip(".").lower()
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if host.isascii():
        return host
    import idna  # what httpx uses

    return idna.encode(host, uts46=True).decode("ascii")


def _refuse(name: str, found: object, takes: str) -> NoReturn:
    from .engine.errors import SandboxError, quoted

    raise SandboxError(f"{name} is {quoted(found)}; it takes {takes}.")


def world(name: str, value: Any) -> str:
    """The name of a world, or the path of one in a file."""
    if not isinstance(value, str | os.PathLike):
        _refuse(name, value, "the name of a world as text, or the path of a world in a file")
    text = os.fspath(value)
    if not isinstance(text, str):
        _refuse(name, value, "a path that is text")
    if text != "empty":
        from .worlds.build import check_world

        check_world(text)
    return text


def seed(name: str, value: Any) -> int | str:
    """A seed."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        _refuse(name, value, "a text or a whole number")
    try:
        str(value).encode()  # Python writes out no integer of more than 4,300 digits
    except ValueError:
        _refuse(name, value, "a text of whole characters, or a whole number of at most 4,300 digits")
    return value


def attempts(name: str, value: Any) -> str | float:
    """How action attempts end."""
    text = value.strip() if isinstance(value, str) else value
    if text in ("instant", "poll"):
        return str(text)
    return _number(name, value, f"'instant', 'poll' or {_SECONDS}")


def latency(name: str, value: Any) -> float:
    """Seconds, from 0."""
    return _number(name, value, _SECONDS)


def _number(name: str, value: Any, takes: str) -> float:
    number = value
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            _refuse(name, value, takes)
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= _MOST_SECONDS:
        _refuse(name, value, takes)
    return number


def flag(name: str, value: Any) -> bool:
    """True or false; Python's 0 and 1 are accepted too."""
    found = _TRUTH.get(str(value).strip().lower()) if isinstance(value, str | int) else None
    if found is None:
        _refuse(name, value, "true or false")
    return found


def api_key(name: str, value: Any) -> str | None:
    """The API key of a sandbox; None for none."""
    if value is None:
        return None
    if not isinstance(value, str):
        _refuse(name, value, "a text")
    if _API_KEY.fullmatch(value) is None:
        shown = value if len(value) <= 10 else f"{value[:10]}…"  # it might be the key of a real workspace
        _refuse(
            name,
            shown,
            "the API key of a sandbox workspace, such as 'seam_test1AbCd_9': seam_test, then letters, digits and "
            "underscores",
        )
    return value


def hosts(name: str, value: Any) -> tuple[str, ...]:
    """Host names, each once."""
    parts = _parts(name, value, "host names, as text separated by commas or as a list of texts")
    return tuple(dict.fromkeys(_host(name, part) for part in parts))


def _parts(name: str, value: Any, takes: str) -> Iterator[str]:
    """The parts of a text that commas or blanks separate, or of each text of a list."""
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, Iterable) or isinstance(texts, bytes | Mapping):
        _refuse(name, value, takes)
    for text in texts:
        if not isinstance(text, str):
            _refuse(name, value, takes)
        yield from filter(None, re.split(r"[,\s]+", text))


def _host(name: str, text: str) -> str:
    from .engine.errors import SandboxError
    from .engine.http import SEAM_HOST

    try:
        host = host_of(text)
    except UnicodeError:
        host = ""
    if _HOST.fullmatch(host) is None and not _is_address(host):
        raise SandboxError(
            f"{name} has {text!r}; it takes host names such as 'api.example.com', compared as a whole: without scheme, "
            "port, path and wildcards."
        )
    if host == SEAM_HOST:
        raise SandboxError(f"{name} has {text!r}, which is Seam's own host; the sandbox answers for it. Leave it out.")
    return host


def backend(name: str, value: Any) -> str:
    """What a sandbox stands on."""
    text = value.strip() if isinstance(value, str) else value
    if text not in ("embedded", "live"):
        _refuse(name, value, "'embedded' or 'live'")
    return str(text)


def ids(name: str, value: Any) -> tuple[str, ...]:
    """Ids of workspaces, each once."""
    takes = "ids of workspaces, as text separated by commas or as a list of texts"
    return tuple(dict.fromkeys(_parts(name, value, takes)))


def endpoint(name: str, value: Any) -> str:
    """A base URL without a slash at the end; empty for Seam's own."""
    takes = (
        "the base URL of a server, such as 'https://connect.example.com', without name, password, query and fragment"
    )
    if not isinstance(value, str):
        _refuse(name, value, takes)
    text = value.strip().rstrip("/")
    if "@" in text:
        _refuse(name, "a URL with a name or a password", takes)  # which nobody should read in a report
    if text:
        from urllib.parse import urlsplit

        try:
            parts = urlsplit(text)
            is_base = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_base = False
        if not is_base or {"?", "#", " "} & set(text) or not text.isprintable():
            _refuse(name, value, takes)
    return text


def seconds(name: str, value: Any) -> float:
    """Seconds, more than none."""
    number = _number(name, value, _SECONDS)
    if not number:
        _refuse(name, value, "a number of seconds above 0, up to 1e9")
    return number


def folder(name: str, value: Any) -> Path:
    """The path of a folder."""
    if not isinstance(value, str | os.PathLike) or not os.fspath(value) or "\0" in str(value):
        _refuse(name, value, "the path of a folder")
    try:
        return Path(value).expanduser()
    except RuntimeError:  # nobody of that name, or no home
        _refuse(name, value, "the path of a folder; there is no such home folder")


def _is_address(text: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def one_of(*known: str) -> Callable[[str, Any], str]:
    """A function that takes one of these texts."""

    def read(name: str, value: Any) -> str:
        found = str(value).strip().lower()
        if found not in known:
            _refuse(name, value, f"{', '.join(known[:-1])} or {known[-1]}")
        return found

    return read


def coverage(name: str, value: Any) -> str:
    """The text 'text', or the path of a file of JSON."""
    found = str(value).strip()
    if found.lower() == "text":
        return "text"
    if not found.lower().endswith(".json"):
        _refuse(
            name,
            value,
            "text, or the path of a file of JSON, such as seam.json (paths of tests stand before --seam-coverage, or "
            "it is written with =)",
        )
    return found


def page(name: str, value: Any) -> str:
    """The path of a file of HTML."""
    found = str(value).strip()
    if not found.lower().endswith((".html", ".htm")):
        _refuse(name, value, "the path of a file of HTML, such as seam.html")
    return found
