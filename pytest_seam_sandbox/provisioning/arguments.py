"""Checks of what a test gives to the methods that make things; all of them run before anything changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any

from ..api import find_endpoint
from ..api._shared import plain
from ..catalog.devices import DeviceModel
from ..engine.errors import ApiError, SandboxError, is_for_the_test, quoted, shortened
from ..engine.params import Params
from ..engine.query import QueryType
from ..worlds import properties as properties_of

__tracebackhide__ = is_for_the_test

Properties = Annotated[dict[str, Any], QueryType("record")]

_SHOWN = 200
_LONGEST = 1_000


def checked(method: str, rules: Callable[..., None], *, strict_ids: bool = True, **values: Any) -> dict[str, Any]:
    """The values that are given (not None), once each has the type that `rules` declares for its name.

    rules: a function whose keyword-only parameters are annotated with the types of `engine.types`.
    Raises SandboxError that says what was found and what was expected.
    """
    given = {name: plain(value) for name, value in values.items() if value is not None}
    try:
        _params(rules).validate(given, strict_ids=strict_ids)
    except ApiError as error:
        wrong = [name for name in error.validation_errors or () if name in given]
        found = ", ".join(f"{name}={shown(given[name])}" for name in wrong)
        got = f"; got {found}" if found else ""
        raise SandboxError(f"{method}() cannot use its arguments: {shortened(error.message, _LONGEST)}{got}.") from None
    for name, value in given.items():
        check_json(method, name, value)
    refuse_empty(method, "custom_metadata", given.get("custom_metadata", {}))
    return given


@cache
def _params(rules: Callable[..., None]) -> Params:
    return Params(rules)


def refuse_empty(method: str, name: str, metadata: Mapping[str, Any]) -> None:
    """Raise SandboxError for metadata without a value: that is how Seam is told to delete a key."""
    for key, value in metadata.items():
        if value is None or value == "":
            raise SandboxError(
                f"{method}() cannot use its arguments: {name} needs a text or a boolean for {key!r}, got {value!r}."
            )


def known_names(method: str, details: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise SandboxError for a keyword that would be left out in silence."""
    for name in details:
        if name not in known:
            hint = _near(name, known) or f"It takes {', '.join(sorted(known))}."
            call = method if method.endswith(")") else f"{method}()"
            raise SandboxError(f"{call} has no parameter {shown(name)}. {hint}")


def parameters_of(path: str) -> list[str]:
    """The names of the parameters of an emulated endpoint."""
    endpoint = find_endpoint(path)
    return [] if endpoint is None else list(endpoint.params.fields)


def one_name(method: str, names: Mapping[str, str | None]) -> str | None:
    """The name that several arguments give, by what each is called. Raises SandboxError for an empty one, and two."""
    with _said_by(method):
        return properties_of.one_name(names)


def shown(value: Any) -> str:
    """A value in a message, cut when it is long."""
    return quoted(value, _SHOWN)


def device_properties(method: str, properties: Mapping[str, Any], model: DeviceModel) -> dict[str, Any]:
    """What `own_properties` of worlds/properties.py gives, or its SandboxError with the name of the method."""
    with _said_by(method):
        return properties_of.own_properties(properties, model)


def phone_properties(method: str, properties: Mapping[str, Any], operating_system: str) -> dict[str, Any]:
    """What `own_phone_properties` of worlds/properties.py gives, or its SandboxError with the name of the method."""
    with _said_by(method):
        return properties_of.own_phone_properties(properties, operating_system)


def check_json(method: str, name: str, value: Any) -> None:
    """Raise SandboxError for a value that no JSON body could hold."""
    with _said_by(method):
        properties_of.refuse_no_json(name, value)


@contextmanager
def _said_by(method: str) -> Iterator[None]:
    try:
        yield
    except SandboxError as mistake:
        raise SandboxError(f"{method}() cannot use its arguments: {mistake}") from None


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(str(name), known, n=3)
    return f"Did you mean {', '.join(map(repr, near))}?" if near else ""
