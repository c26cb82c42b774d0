"""JSON values that nobody can change, for facts that all sandboxes share and for what a sandbox hands out."""

from __future__ import annotations

from typing import Any, NoReturn


class FrozenDict(dict[str, Any]):
    """A dict that refuses changes with a TypeError. Equal to the same dict, and JSON to every encoder; copies are
    dicts of their own.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class FrozenList(list[Any]):
    """A list that refuses changes with a TypeError; else like FrozenDict."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


def _refuse(self: object, *_: object, **__: object) -> NoReturn:
    kind = "dict" if isinstance(self, dict) else "list"
    raise TypeError(f"this {kind} is read-only, since others see it too. Change a copy of it: {kind}(...).")


for _kind in (FrozenDict, FrozenList):
    for _name in (
        *("__setitem__", "__delitem__", "__ior__", "__iadd__", "__imul__", "clear", "pop", "popitem", "setdefault"),
        *("update", "append", "extend", "insert", "remove", "reverse", "sort"),
    ):
        if hasattr(_kind, _name):
            setattr(_kind, _name, _refuse)


def freeze(value: Any) -> Any:
    """The same JSON value as one that refuses changes, at every depth."""
    if isinstance(value, dict):
        return FrozenDict([(name, inner if type(inner) is str else freeze(inner)) for name, inner in value.items()])
    if isinstance(value, list):
        return FrozenList([freeze(inner) for inner in value])
    return value
