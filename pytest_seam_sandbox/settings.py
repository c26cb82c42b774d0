"""The settings of a sandbox: one row each, with the function that reads it, wherever it was written.

Imports the standard library only: every run of pytest loads this module.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypedDict

if TYPE_CHECKING:
    from .catalog.literals import World
    from .engine.settings import ActionAttempts

__tracebackhide__ = True  # whatever is raised here is for the author of the test

_MOST_SECONDS = 1e9  # about 30 years; dates end in the year 9999
_TRUTH = MappingProxyType(
    {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
)
_SECONDS = "a number of seconds from 0 to 1e9"
_API_KEY = re.compile("seam_test[A-Za-z0-9_]+")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


class Setting(NamedTuple):
    """One setting.

    default: as it is written in text; "" for none. read: gives the value that the sandbox takes, from a text or a
    Python value, or raises SandboxError; called with the name of the setting. takes_empty: whether an empty text means
    something; else it is as good as no text. is_list: whether it may be several lines of an ini file. of_server:
    whether it says what an emulated server does, whoever has it started. bare: what the option means without a value,
    if that may be left out. is_manner: whether it says how the emulator behaves, so that it says nothing of a live
    sandbox.
    """

    default: str
    help: str
    read: Callable[[str, Any], Any]
    takes_empty: bool = False
    is_list: bool = False
    of_server: bool = True
    bare: str = ""
    is_manner: bool = False


def read_setting(name: str, value: Any, layer: str = "") -> Any:
    """The value of a setting. layer: where it was written, for the SandboxError about a value that it does not take."""
    read = SETTINGS[name].read
    if not layer:
        return read(name, value)
    from .engine.errors import SandboxError

    try:
        return read(name, value)
    except SandboxError as mistake:
        raise type(mistake)(f"{layer}: {mistake}") from None


def read_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the settings that are given. Raises SandboxError for a name that is no setting."""
    for name in given:
        if name not in SETTINGS:
            from .engine.errors import SandboxError
            from .report.texts import nearest

            hint = nearest(name, list(SETTINGS)) or f"There are {', '.join(SETTINGS)}."
            raise SandboxError(f"{name} is no setting of a sandbox. {hint}")
    return {name: SETTINGS[name].read(name, value) for name, value in given.items()}


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


def _world(name: str, value: Any) -> str:
    if not isinstance(value, str | os.PathLike):
        _refuse(name, value, "the name of a world as text, or the path of a world in a file")
    text = os.fspath(value)
    if not isinstance(text, str):
        _refuse(name, value, "a path that is text")
    if text != "empty":
        from .worlds.build import check_world

        check_world(text)
    return text


def _seed(name: str, value: Any) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        _refuse(name, value, "a text or a whole number")
    try:
        str(value).encode()  # Python writes out no integer of more than 4,300 digits
    except ValueError:
        _refuse(name, value, "a text of whole characters, or a whole number of at most 4,300 digits")
    return value


def _attempts(name: str, value: Any) -> str | float:
    text = value.strip() if isinstance(value, str) else value
    if text in ("instant", "poll"):
        return str(text)
    return _number(name, value, f"'instant', 'poll' or {_SECONDS}")


def _latency(name: str, value: Any) -> float:
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


def _flag(name: str, value: Any) -> bool:
    """Python's 0 and 1 are accepted too."""
    found = _TRUTH.get(str(value).strip().lower()) if isinstance(value, str | int) else None
    if found is None:
        _refuse(name, value, "true or false")
    return found


def _api_key(name: str, value: Any) -> str | None:
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


def _hosts(name: str, value: Any) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, Iterable) or isinstance(texts, bytes | Mapping):
        _refuse(name, value, "host names, as text separated by commas or as a list of texts")
    hosts = []
    for text in texts:
        if not isinstance(text, str):
            _refuse(name, value, "host names, as text separated by commas or as a list of texts")
        hosts += [_host(name, part) for part in re.split(r"[,\s]+", text) if part]
    return tuple(dict.fromkeys(hosts))


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


def _backend(name: str, value: Any) -> str:
    text = value.strip() if isinstance(value, str) else value
    if text not in ("embedded", "live"):
        _refuse(name, value, "'embedded' or 'live'")
    return str(text)


def _ids(name: str, value: Any) -> tuple[str, ...]:
    takes = "ids of workspaces, as text separated by commas or as a list of texts"
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, Iterable) or isinstance(texts, bytes | Mapping):
        _refuse(name, value, takes)
    found: list[str] = []
    for text in texts:
        if not isinstance(text, str):
            _refuse(name, value, takes)
        found += [part for part in re.split(r"[,\s]+", text) if part]
    return tuple(dict.fromkeys(found))


def _endpoint(name: str, value: Any) -> str:
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


def _seconds(name: str, value: Any) -> float:
    number = _number(name, value, _SECONDS)
    if not number:
        _refuse(name, value, "a number of seconds above 0, up to 1e9")
    return number


def _folder(name: str, value: Any) -> Path:
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


SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "world": Setting(
            "empty", "starting state of a sandbox: empty, house, hotel, everything, or the path of a JSON file", _world
        ),
        "seed": Setting("0", "ids, names, PINs and serial numbers follow from it, in a test also from its name", _seed),
        "action_attempts": Setting(
            "instant",
            "how action attempts end: instant, poll or a delay in sandbox seconds",
            _attempts,
            is_manner=True,
        ),
        "event_latency": Setting("0", "sandbox seconds until an event shows in /events/list", _latency, is_manner=True),
        "state_latency": Setting(
            "0", "sandbox seconds until a device shows what /devices/simulate does to it", _latency, is_manner=True
        ),
        "deactivation_latency": Setting(
            "0",
            "sandbox seconds from /phones/deactivate until the phone and its keys are gone",
            _latency,
            is_manner=True,
        ),
        "strict_ids": Setting(
            "true", "refuse ids that are no UUID with 400 (true) or look them up (false)", _flag, is_manner=True
        ),
        "rate_limits": Setting("false", "answer 429 beyond Seam's documented limits per device", _flag, is_manner=True),
        "intercept_allow": Setting(
            "",
            "hosts that may be reached for real under seam_intercept, separated by commas",
            _hosts,
            takes_empty=True,
            is_list=True,
            of_server=False,
        ),
        "api_key": Setting(
            "",
            "the API key of a sandbox, seam_test..., for an app that has one; by default it follows from the seed",
            _api_key,
        ),
        "backend": Setting(
            "embedded",
            "what a sandbox stands on: embedded, or live for a sandbox workspace at Seam, with SEAM_API_KEY",
            _backend,
            of_server=False,
        ),
        "live_workspaces": Setting(
            "",
            "ids of the workspaces at Seam that live sandboxes may change, separated by commas",
            _ids,
            is_list=True,
            of_server=False,
        ),
        "live_endpoint": Setting("", "base URL for live sandboxes; by default Seam's", _endpoint, of_server=False),
        "live_timeout": Setting(
            "30", "seconds for which a live sandbox waits for what must appear", _seconds, of_server=False
        ),
        "live_folder": Setting(
            "~/.pytest-seam-sandbox",
            "folder for what live sandboxes have to undo and have leased",
            _folder,
            of_server=False,
        ),
    }
)


def _one_of(*known: str) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        found = str(value).strip().lower()
        if found not in known:
            _refuse(name, value, f"{', '.join(known[:-1])} or {known[-1]}")
        return found

    return read


def _coverage(name: str, value: Any) -> str:
    found = str(value).strip()
    if found.lower() != "text" and not found.lower().endswith(".json"):
        _refuse(
            name,
            value,
            "text, or the path of a file of JSON, such as seam.json (paths of tests stand before --seam-coverage, or "
            "it is written with =)",
        )
    return found


def _page(name: str, value: Any) -> str:
    found = str(value).strip()
    if not found.lower().endswith((".html", ".htm")):
        _refuse(name, value, "the path of a file of HTML, such as seam.html")
    return found


OF_THE_RUN: Mapping[str, Setting] = MappingProxyType(
    {
        "timeline": Setting(
            "failed",
            "which tests show the timeline of their sandbox: failed, all or none",
            _one_of("failed", "all", "none"),
        ),
        "report": Setting("", "file for a page that draws what happened in each failed test, such as seam.html", _page),
        "report_of": Setting("failed", "which tests are on that page: failed or all", _one_of("failed", "all")),
        "coverage": Setting(
            "",
            "say at the end what of Seam the tests have tried and what they never have: text, or a file such as "
            "seam.json for the same as JSON too",
            _coverage,
            bare="text",
        ),
    }
)
"""The settings of a whole run of pytest, which no single sandbox has: option, ini file and environment alone."""


class SandboxSettings(TypedDict, total=False):
    """The settings as arguments of Sandbox; each is also taken as text."""

    world: World | str | os.PathLike[str]
    seed: int | str
    action_attempts: ActionAttempts | str
    event_latency: float | str
    state_latency: float | str
    deactivation_latency: float | str
    strict_ids: bool | str
    rate_limits: bool | str
    intercept_allow: str | Iterable[str]
    api_key: str | None
    backend: str
    live_workspaces: str | Iterable[str]
    live_endpoint: str
    live_timeout: float | str
    live_folder: str | os.PathLike[str]


def check_rows() -> None:
    """Raise TypeError, with what to do next, for a setting that lacks a part."""
    for name, setting in {**SETTINGS, **OF_THE_RUN}.items():
        if not setting.help:
            raise TypeError(f"the setting {name} has no help. Give it one in SETTINGS: CONTRIBUTING.md, 'A setting'.")
    untyped = SETTINGS.keys() ^ SandboxSettings.__annotations__.keys()
    if untyped:
        raise TypeError(
            f"{', '.join(sorted(untyped))}: a setting is a row of SETTINGS and a key of SandboxSettings. Add what is "
            "missing: CONTRIBUTING.md, 'A setting'."
        )


def check_fields(own: Iterable[str], of_emulator: Iterable[str]) -> None:
    """Raise TypeError, with what to do next, for a setting that nobody takes.

    own: those that the sandbox takes itself. of_emulator: the fields of the emulator's settings.
    """
    left = SETTINGS.keys() - {*own, *of_emulator}
    if left:
        raise TypeError(
            f"{', '.join(sorted(left))}: nobody takes this setting. Make it a field of Settings in engine/settings.py, "
            "or, if the emulator has no use for it, take it in Sandbox.__init__ and name it in OWN_SETTINGS of "
            "sandbox.py: CONTRIBUTING.md, 'A setting'."
        )


check_rows()
