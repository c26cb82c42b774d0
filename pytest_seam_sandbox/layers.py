"""Where a setting of a test comes from: environment, ini file, option, marker; the later wins.

Imports pytest and the standard library only: every run of pytest loads this module.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from .settings import OF_THE_RUN, SETTINGS, read_setting

_PREFIX = "PYTEST_SEAM_"
_MARKER = "the marker seam()"


def option_of(name: str) -> str:
    """The command line option of a setting."""
    return f"--seam-{name.replace('_', '-')}"


def configured(config: pytest.Config, name: str) -> tuple[Any, str]:
    """The value of a setting for the whole run, and the layer: option before ini before environment before default.

    An empty text is as good as none. An empty option is a value where the setting takes one: it clears a list.
    """
    setting = SETTINGS.get(name) or OF_THE_RUN[name]
    option = config.getoption(f"seam_{name}")
    if not _is_empty(option) or (setting.takes_empty and option is not None):
        return option, f"the option {option_of(name)}"
    ini = config.getini(f"seam_{name}")
    if not _is_empty(ini):
        return ini, f"seam_{name} in the ini file"
    variable = f"{_PREFIX}{name.upper()}"
    text = os.environ.get(variable)
    if not _is_empty(text):
        return text, f"the environment variable {variable}"
    return setting.default or None, ""


def _check_environment() -> None:
    """Raise UsageError for a variable of the environment that looks like a setting, and is none."""
    __tracebackhide__ = True
    from .report.texts import nearest

    known = [f"{_PREFIX}{name.upper()}" for name in (*SETTINGS, *OF_THE_RUN)]
    for name in sorted(os.environ):
        if name.startswith(_PREFIX) and name not in known:
            hint = nearest(name, known) or f"There are {', '.join(known)}."
            raise pytest.UsageError(f"the environment variable {name} is no setting. {hint}")


class Wanted(NamedTuple):
    """What a run shows of its tests: the settings of OF_THE_RUN.

    page: the file; "" for none. coverage: the file, "text" for the terminal alone, "" for neither.
    """

    timeline: str
    page: str
    page_of: str
    coverage: str

    @property
    def of_all(self) -> bool:
        """Whether tests that pass are shown too."""
        return self.timeline == "all" or bool(self.page and self.page_of == "all")


def wanted(config: pytest.Config) -> Wanted:
    """What this run is to show. Raises UsageError for a value that it does not take."""
    return Wanted(*(_of_the_run(config, name) for name in OF_THE_RUN))


def _of_the_run(config: pytest.Config, name: str) -> str:
    value, layer = configured(config, name)
    if not layer:
        return OF_THE_RUN[name].default
    from .engine.errors import SandboxError

    try:
        return str(OF_THE_RUN[name].read(name, value))
    except SandboxError as mistake:
        raise pytest.UsageError(f"{layer}: {mistake}") from None


def _is_empty(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _from_root(config: pytest.Config, name: str, value: Any) -> Any:
    """The value; a world in a file is looked for from the rootdir on, wherever pytest was started."""
    from .worlds.naming import is_file

    is_path = name == "world" and isinstance(value, str | os.PathLike) and is_file(value)
    return str(config.rootpath / os.fspath(value)) if is_path else value


def settings_of(request: pytest.FixtureRequest, worlds: Collection[str] = ()) -> dict[str, Any]:
    """The arguments for the Sandbox of this test; markers come last, the closest of them wins.

    worlds: the names of those that other packages have added.
    """
    __tracebackhide__ = True
    _check_environment()
    given = {name: configured(request.config, name) for name in SETTINGS}
    for marker in reversed(list(request.node.iter_markers("seam"))):
        unknown = sorted(set(marker.kwargs) - set(SETTINGS))
        if marker.args or unknown:
            found = ", ".join([*map(repr, marker.args), *unknown])
            raise pytest.UsageError(
                f"the marker seam() does not take {found}; it takes the keywords {', '.join(SETTINGS)}."
            )
        given |= {name: (value, _MARKER) for name, value in marker.kwargs.items()}
    settings: dict[str, Any] = {}
    for name, (value, layer) in given.items():  # no comprehension, whose frame pytest would show
        is_added = name == "world" and isinstance(value, str) and value in worlds
        if layer:
            found = value if is_added else read_setting(name, _from_root(request.config, name, value), layer)
            settings[name] = found
    if settings.get("backend") == "live":
        _check_live(settings, [name for name, (_, layer) in given.items() if layer == _MARKER])
    return settings | {"seed": f"{settings.get('seed', SETTINGS['seed'].default)}/{request.node.nodeid}"}


def _check_live(settings: Mapping[str, Any], marked: Sequence[str]) -> None:
    """Raise EmbeddedOnly for a test whose own marker says how the emulator has to behave."""
    __tracebackhide__ = True
    for name in marked:
        if SETTINGS[name].is_manner:
            from .engine.errors import embedded_only

            raise embedded_only(f"{name}={settings[name]!r}", "Seam behaves as it does")
