"""Values as Python source, for printed tests: always an expression that Python reads, and the imports that it needs."""

from __future__ import annotations

import ast
import builtins
import math
import pickle
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from importlib import import_module

Named = Callable[[object], "str | None"]
"""The expression of a value that has a name; None for any other."""


class Source:
    """Writes values down. named: expressions of values that have a name. imports: the lines that they need, sorted."""

    def __init__(self, named: Named) -> None:
        self._named = named
        self._imports: set[tuple[str, str]] = set()

    @property
    def imports(self) -> list[str]:
        """The import lines, modules before names, one line for each module."""
        names: dict[str, list[str]] = {}
        for module, name in sorted(self._imports):
            names.setdefault(module, []).append(name)
        modules = [f"import {module}" for module, found in names.items() if "" in found]
        parts = {module: ", ".join(name for name in found if name) for module, found in names.items()}
        return modules + [f"from {module} import {found}" for module, found in parts.items() if found]

    def needs(self, module: str, name: str = "") -> None:
        """Import a module, or a name from it."""
        self._imports.add((module, name))

    def of(self, value: object) -> str:
        """An expression that gives this value, or its equal."""
        name = self._named(value)
        if name is not None:
            return name
        if isinstance(value, float) and not math.isfinite(value):
            return f"float({str(value)!r})"
        if isinstance(value, Enum):
            return f"{self.of_type(type(value))}.{value.name}" if value.name else self._by_repr(value)
        container = self._container(value)
        return container if container is not None else self._by_repr(value)

    def _container(self, value: object) -> str | None:
        """A container of one of Python's own types, with its members written by the same rules."""
        if type(value) is list:
            return f"[{self._members(value)}]"
        if type(value) is tuple:
            return f"({self._members(value)}{',' if len(value) == 1 else ''})"
        if type(value) in (set, frozenset):
            members: Iterable[object] = value  # type: ignore[assignment]
            written = f"{{{', '.join(sorted(map(self.of, members)))}}}" if value else "set()"
            return written if type(value) is set else f"frozenset({written if value else ''})"
        if type(value) is dict:
            items: Mapping[object, object] = value
            return f"{{{', '.join(f'{self.of(key)}: {self.of(member)}' for key, member in items.items())}}}"
        return None

    def _members(self, values: Iterable[object]) -> str:
        return ", ".join(map(self.of, values))

    def _by_repr(self, value: object) -> str:
        """Its repr, where that is code for it; else a pickle of it; else an ellipsis, which at least Python reads."""
        written = repr(value)
        found = _names_in(written, type(value))
        if found is not None and _gives(written, found, value):
            self._imports.update(found)
            return written
        try:
            pickled = pickle.dumps(value)
        except Exception:  # noqa: BLE001 - a class may refuse in any way
            return "..."
        self.needs("pickle")
        return f"pickle.loads({pickled!r})"

    def of_type(self, kind: type) -> str:
        """The name of a type, which is imported."""
        self.needs(kind.__module__, kind.__qualname__.partition(".")[0])
        return kind.__qualname__


def _names_in(written: str, kind: type) -> list[tuple[str, str]] | None:
    """The modules and names that an expression needs, as far as the module of a type has them; None for no code."""
    try:
        tree = ast.parse(written, mode="eval")
    except SyntaxError:
        return None
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(dir(builtins))
    module = import_module(kind.__module__)
    return [
        (kind.__module__, "" if name == kind.__module__ else name)
        for name in names
        if name == kind.__module__ or hasattr(module, name)
    ]


def _gives(written: str, needed: Iterable[tuple[str, str]], value: object) -> bool:
    """Whether the expression gives the value, or one that has the same repr."""
    modules = {module: import_module(module) for module, _ in needed}
    space = {name or module: getattr(modules[module], name) if name else modules[module] for module, name in needed}
    try:
        found = eval(written, space)  # noqa: S307 - the repr of a value of the test itself
        return type(found) is type(value) and (found == value or repr(found) == written)
    except Exception:  # noqa: BLE001 - whatever goes wrong, it is no code for the value
        return False
