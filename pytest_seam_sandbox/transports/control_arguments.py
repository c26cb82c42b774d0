"""JSON values as the arguments of a method: names and types are those of its signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from ..engine.errors import SandboxError, is_for_the_test

_SHOWN = 100
__tracebackhide__ = is_for_the_test


def arguments(method: Callable[..., object], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, if the method takes them. Raises SandboxError that says what was found and what was expected.

    Whatever the method takes as an object or an id is an id here. What it takes as `**fields: Any` may have any name.
    """
    kinds, needed, takes_any = _parameters(method)
    unknown = [] if takes_any else sorted(set(values) - set(kinds))
    if unknown:
        raise SandboxError(
            f"there is no parameter {shorten(repr(unknown[0]))}; there are {', '.join(kinds) or 'none'}."
        )
    missing = [name for name in needed if name not in values]
    if missing:
        raise SandboxError(f"the parameter {', '.join(map(repr, missing))} is missing.")
    for name, value in values.items():
        if name not in kinds:
            continue
        try:
            TypeAdapter(kinds[name]).validate_python(value, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = "".join(f"[{step!r}]" for step in first["loc"] if isinstance(value, dict) and step in value)
            raise SandboxError(f"{name}{place} is {shorten(repr(first['input']))}. {first['msg']}.") from None
    return dict(values)


def shorten(text: str, longest: int = _SHOWN) -> str:
    """The text, cut off after so many characters, for a message."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def _parameters(method: Callable[..., object]) -> tuple[dict[str, Any], list[str], bool]:
    """The types of the parameters by name, the names of those without a default, and whether it takes any others."""
    function = getattr(method, "__func__", method)
    spelled = {name: kind for name, kind in function.__annotations__.items() if name != "return"}
    hints = get_type_hints(type("_", (), {"__annotations__": spelled}), globalns=function.__globals__)
    kinds: dict[str, Any] = {}
    needed = []
    takes_any = False
    for name, parameter in signature(method).parameters.items():
        if parameter.kind is Parameter.VAR_KEYWORD and hints[name] is Any:
            takes_any = True
        elif parameter.kind is Parameter.VAR_KEYWORD:
            kinds |= get_type_hints(get_args(hints[name])[0])
        else:
            kinds[name] = hints[name]
            needed += [name] if parameter.default is Parameter.empty else []
    return {name: str | None if kind is Any else kind for name, kind in kinds.items()}, needed, takes_any
