"""The settings of a sandbox: one row each, with the function that reads it, wherever it was written.

Imports the standard library only: every run of pytest loads this module.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from . import setting_values as values

if TYPE_CHECKING:
    from .catalog.literals import World
    from .engine.settings import ActionAttempts

__tracebackhide__ = True  # whatever is raised here is for the author of the test


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


SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "world": Setting(
            "empty",
            "starting state of a sandbox: empty, house, hotel, everything, or the path of a JSON file",
            values.world,
        ),
        "seed": Setting(
            "0", "ids, names, PINs and serial numbers follow from it, in a test also from its name", values.seed
        ),
        "action_attempts": Setting(
            "instant",
            "how action attempts end: instant, poll or a delay in sandbox seconds",
            values.attempts,
            is_manner=True,
        ),
        "event_latency": Setting(
            "0", "sandbox seconds until an event shows in /events/list", values.latency, is_manner=True
        ),
        "state_latency": Setting(
            "0",
            "sandbox seconds until Seam notices what is simulated at a provider",
            values.latency,
            is_manner=True,
        ),
        "deactivation_latency": Setting(
            "0",
            "sandbox seconds from /phones/deactivate until the phone and its keys are gone",
            values.latency,
            is_manner=True,
        ),
        "strict_ids": Setting(
            "true", "refuse ids that are no UUID with 400 (true) or look them up (false)", values.flag, is_manner=True
        ),
        "rate_limits": Setting(
            "false", "answer 429 beyond Seam's documented limits per device", values.flag, is_manner=True
        ),
        "automations": Setting(
            "false",
            "make access grants of the stays in /customers/push_data, as Seam's automations do when they are on",
            values.flag,
            is_manner=True,
        ),
        "intercept_allow": Setting(
            "",
            "hosts that may be reached for real under seam_intercept, separated by commas",
            values.hosts,
            takes_empty=True,
            is_list=True,
            of_server=False,
        ),
        "api_key": Setting(
            "",
            "the API key of a sandbox, seam_test..., for an app that has one; by default it follows from the seed",
            values.api_key,
        ),
        "backend": Setting(
            "embedded",
            "what a sandbox stands on: embedded, or live for a sandbox workspace at Seam, with SEAM_API_KEY",
            values.backend,
            of_server=False,
        ),
        "live_workspaces": Setting(
            "",
            "ids of the workspaces at Seam that live sandboxes may change, separated by commas",
            values.ids,
            is_list=True,
            of_server=False,
        ),
        "live_endpoint": Setting(
            "", "base URL for live sandboxes; by default Seam's", values.endpoint, of_server=False
        ),
        "live_timeout": Setting(
            "30", "seconds for which a live sandbox waits for what must appear", values.seconds, of_server=False
        ),
        "live_folder": Setting(
            "~/.pytest-seam-sandbox",
            "folder for what live sandboxes have to undo and have leased",
            values.folder,
            of_server=False,
        ),
    }
)

OF_THE_RUN: Mapping[str, Setting] = MappingProxyType(
    {
        "timeline": Setting(
            "failed",
            "which tests show the timeline of their sandbox: failed, all or none",
            values.one_of("failed", "all", "none"),
        ),
        "report": Setting(
            "", "file for a page that draws what happened in each failed test, such as seam.html", values.page
        ),
        "report_of": Setting("failed", "which tests are on that page: failed or all", values.one_of("failed", "all")),
        "coverage": Setting(
            "",
            "say at the end what of Seam the tests have tried and what they never have: text, or a file such as "
            "seam.json for the same as JSON too",
            values.coverage,
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
    automations: bool | str
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
