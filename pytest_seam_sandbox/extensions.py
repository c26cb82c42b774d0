"""What other packages add to a sandbox: taken from their hooks, checked, and made one value for `Sandbox`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from .api import find_endpoint
from .backends.extensions import NO_EXTENSIONS, Extensions, Family
from .catalog.devices import DeviceModel, check_provider, device_models
from .catalog.known import event_types
from .engine.errors import SandboxError, is_for_the_test, quoted
from .engine.events import EventFields
from .engine.frozen import freeze
from .engine.router import Router
from .hookspecs import HOOKS
from .outages.base import Outage
from .outages.kinds import Outages, OutageSwitches, OutageTargets

if TYPE_CHECKING:
    import pytest

__all__ = ["NO_EXTENSIONS", "Extensions", "Family", "extensions_of"]
__tracebackhide__ = is_for_the_test

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PATH = re.compile(r"(/[a-z][a-z0-9_]*){2,}")
_OWN = (
    "of",
    "lost_id",
    "target",
    "possible",
    "_prepare",
    "_break",
    "_assert_broken",
    "_heal",
    "_assert_healed",
)
"""What every kind of outage does in its own way."""


class _Given(NamedTuple):
    """What one plugin gives in one hook."""

    plugin: str
    hook: str
    value: Any

    def refuse(self, found: str, wanted: str) -> NoReturn:
        """Raise SandboxError. found: what is wrong. wanted: what to do instead."""
        raise SandboxError(f"the plugin {self.plugin!r} gives in {self.hook}() {found}. {wanted}")

    def parts(self) -> list[Any]:
        """The things in a list."""
        if isinstance(self.value, str | bytes | Mapping) or not isinstance(self.value, Iterable):
            self.refuse(shown(self.value), "It takes a list; return one, also for a single thing.")
        return list(self.value)


def shown(value: object) -> str:
    """A value in a message: a class by its name."""
    return value.__qualname__ if isinstance(value, type) else quoted(value)


def extensions_of(*plugins: object) -> Extensions:
    """What these plugins add: modules or objects that have functions with the names of the hooks.

    For a sandbox that no fixture makes: `Sandbox(extensions=extensions_of(my_package.seam))`. Raises SandboxError for
    what cannot be added, with the name of the plugin.
    """
    return _checked(
        _Given(name_of(plugin), hook, getattr(plugin, hook)())
        for hook in HOOKS
        for plugin in plugins
        if callable(getattr(plugin, hook, None))
    )


def extensions_named(modules: Iterable[str]) -> Extensions:
    """What modules of these names add; they may also stand in the current folder."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    return extensions_of(*[_imported(name) for name in modules])


def _imported(name: str) -> ModuleType:
    try:
        if name.startswith("."):
            raise ValueError("it begins with a dot, and belongs to no package here")
        return import_module(name)
    except (ImportError, ValueError) as error:
        raise SandboxError(f"the extension {name!r} cannot be imported: {error}. Name a module.") from error


def name_of(plugin: object) -> str:
    """What to call a plugin that was not registered."""
    return str(getattr(plugin, "__name__", None) or type(plugin).__qualname__)


def extensions_of_run(manager: pytest.PytestPluginManager) -> Extensions:
    """What the plugins of a pytest run add, by their hooks; plugins in the order of their names."""
    return _checked(given for hook in HOOKS for given in _given_in(manager, hook))


def _given_in(manager: pytest.PytestPluginManager, hook: str) -> Iterable[_Given]:
    plugins = {impl.plugin_name: impl.plugin for impl in getattr(manager.hook, hook).get_hookimpls()}
    for name, plugin in sorted(plugins.items()):
        alone = manager.subset_hook_caller(hook, [other for other in plugins.values() if other is not plugin])
        yield from (_Given(name, hook, value) for value in alone())


def _checked(everything: Iterable[_Given]) -> Extensions:
    """One value of all that was given. Raises SandboxError for what cannot be added, and for what is there twice."""
    found: dict[str, dict[str, Any]] = {hook: {} for hook in HOOKS}
    givers: dict[tuple[str, str], str] = {}
    for given in everything:
        for name, thing in _READERS[given.hook](given):
            first = givers.setdefault((given.hook, name), given.plugin)
            if name in found[given.hook]:
                given.refuse(f"{name!r}, which {first!r} gives already", "Give it another name, or use one of them.")
            found[given.hook][name] = thing
    if not givers:
        return NO_EXTENSIONS
    families, models, worlds, outages = (found[hook] for hook in HOOKS)
    _refuse_same_parts(outages.values(), givers)
    return Extensions(
        tuple(dict.fromkeys(families.values())),
        MappingProxyType(models),
        MappingProxyType(worlds),
        MappingProxyType(outages),
    )


def _families(given: _Given) -> Iterable[tuple[str, Family]]:
    """Each path and each type of event, with its family."""
    for family in given.parts():
        if not isinstance(family, Family) or not isinstance(family.router, Router) or not list(family.router):
            given.refuse(shown(family), "It takes Family(router) with a Router that has endpoints.")
        for endpoint in family.router:
            if not _PATH.fullmatch(endpoint.path):
                given.refuse(f"the path {quoted(endpoint.path)}", "A path is like Seam's: /family/name, in lower case.")
            if find_endpoint(endpoint.path) is not None:
                given.refuse(
                    f"the path {endpoint.path}, which the sandbox has already",
                    "Give another path; what Seam has is not replaced. For one answer, use sandbox.stub().",
                )
            yield endpoint.path, family
        for kind in family.events:
            if not (isinstance(kind, type) and issubclass(kind, EventFields) and kind.event_type):
                given.refuse(f"the event {shown(kind)}", "It takes classes below EventFields with an event_type.")
            if kind.event_type in event_types():
                given.refuse(f"the event {kind.event_type!r}, which is Seam's", "Give it a type of its own.")
            yield kind.event_type, family


def _models(given: _Given) -> Iterable[tuple[str, DeviceModel]]:
    for model in given.parts():
        if not isinstance(model, DeviceModel) or not _is_name(model.device_type):
            given.refuse(
                shown(model),
                "It takes DeviceModel values with a device_type such as 'sauna_lock'; "
                "dataclasses.replace(device_model('august_lock'), device_type=...) makes one.",
            )
        if model.device_type in device_models():
            given.refuse(f"the device type {model.device_type!r}, which is Seam's", "Give it a type of its own.")
        try:
            check_provider(str(model.provider))
        except SandboxError as mistake:
            given.refuse(f"{model.device_type!r} with the provider {model.provider!r}", str(mistake))
        yield (
            model.device_type,
            replace(model, **{name: freeze(getattr(model, name)) for name in ("properties", "manufacturer")}),
        )


def _worlds(given: _Given) -> Iterable[tuple[str, Callable[[Any], object]]]:
    from .worlds.build import WORLDS  # loads what they are built from

    if not isinstance(given.value, Mapping):
        given.refuse(shown(given.value), "It takes a dict of functions by the names of the worlds.")
    for name, fill in given.value.items():
        if not _is_name(name) or not callable(fill):
            given.refuse(
                f"{shown(name)}: {shown(fill)}", "It takes names such as 'spa', and functions that take a workspace."
            )
        if name in WORLDS:
            given.refuse(f"the world {name!r}, which the sandbox has already", "Give it another name.")
        yield name, fill


def _outages(given: _Given) -> Iterable[tuple[str, type[Outage]]]:
    for kind in given.parts():
        if not (isinstance(kind, type) and issubclass(kind, Outage)):
            given.refuse(shown(kind), "It takes classes below Outage, such as those below DeviceOutage.")
        for part in ("sentence", "word"):
            if not getattr(kind, part):
                given.refuse(f"{shown(kind)} without a {part}", f"Set {part} in the class: see Outage.")
        for name in _OWN:
            if _function(kind, name) is _function(Outage, name):
                given.refuse(f"{shown(kind)} without {name}()", "Write it, or take DeviceOutage as the base.")
        for part, taken in (
            ("name", dir(Outages)),
            ("switch", dir(OutageSwitches)),
            ("option", (*OutageTargets.__annotations__, *SWEEP_OPTIONS)),
        ):
            _check_part(given, kind, part, taken)
        yield kind.name, kind


def _check_part(given: _Given, kind: type[Outage], part: str, taken: Iterable[str]) -> None:
    value = getattr(kind, part)
    if not _is_name(value):
        given.refuse(
            f"{shown(kind)} with the {part} {quoted(value)}", f"Set {part} in the class, such as {part} = 'overheated'."
        )
    if value in taken:
        given.refuse(f"{shown(kind)} with the {part} {value!r}, which the sandbox has already", "Give it another one.")


SWEEP_OPTIONS = (
    "outages",
    "faults",
    "deliveries",
    "when",
    "depth",
    "max_trials",
    "lasting",
    "only",
    "app",
    "subtests",
)
"""What `sweep` takes beside the targets of outages."""


def _refuse_same_parts(kinds: Iterable[type[Outage]], givers: Mapping[tuple[str, str], str]) -> None:
    """Raise SandboxError where two kinds have one switch or one option."""
    for part in ("switch", "option"):
        seen: dict[str, type[Outage]] = {}
        for kind in kinds:
            first = seen.setdefault(getattr(kind, part), kind)
            if first is not kind:
                raise SandboxError(
                    f"the plugin {givers[HOOKS[3], kind.name]!r} gives in {HOOKS[3]}() {shown(kind)} with the {part} "
                    f"{getattr(kind, part)!r}, which {shown(first)} of {givers[HOOKS[3], first.name]!r} has. Give it "
                    "another one."
                )


def _function(kind: type, name: str) -> object:
    found = getattr(kind, name)
    return getattr(found, "__func__", found)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


_READERS: Mapping[str, Callable[[_Given], Iterable[tuple[str, Any]]]] = MappingProxyType(
    dict(zip(HOOKS, (_families, _models, _worlds, _outages), strict=True))
)
