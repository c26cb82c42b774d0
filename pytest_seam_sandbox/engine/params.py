"""From the keyword-only parameters of an endpoint to validated arguments, or to Seam's 400 `invalid_input`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from annotated_types import MaxLen, MinLen
from pydantic import (
    ConfigDict,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    with_config,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, from_json
from typing_extensions import TypedDict, is_typeddict

from .errors import ApiError
from .query import QueryType
from .types import NULLABLE, Unset, enum_text, refused, type_name


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint about the request: where, and what. `texts` differs from (`text`,) for unions only."""

    path: tuple[str, ...]
    text: str
    texts: tuple[str, ...] = ()
    is_fatal: bool = False

    @property
    def message(self) -> str:
        """The complaint as one sentence that names the parameter."""
        if not self.path:
            return self.text
        where = ".".join(self.path)
        return f"{where} is required" if self.text == "Required" else f'{self.text} for "{where}"'


_LONGEST_INTEGER = 400

Check = Callable[[Mapping[str, Any]], "Complaint | None"]


def at_least_one(*names: str, text: str) -> Check:
    """A rule of the whole request: one of the parameters has to be there."""

    def check(values: Mapping[str, Any]) -> Complaint | None:
        for name in names:
            if values.get(name) is not None:
                return None
        return Complaint((), text)

    return check


def exactly_one(*names: str) -> Check:
    """A rule of the whole request: one of the parameters has to be there, and no other of them."""

    def check(values: Mapping[str, Any]) -> Complaint | None:
        if sum(values.get(name) is not None for name in names) == 1:
            return None
        return Complaint((), f"Must specify exactly one of {', '.join(names)}")

    return check


class Params:
    """The parameters of one endpoint: their schema, how to read them from a query, the rules between them.

    Those that several endpoints share are a TypedDict, which an endpoint takes as `**asked: Unpack[...]`; together with
    its own they are in alphabetical order then, as in Seam's specification.

    skip: names of keyword-only parameters that are no part of the request. also: types of optional ones that are.
    checks: rules between parameters; they run when every parameter has its type, as zod runs a refinement.
    one_of: names of which the first that is there and valid is taken, as a union of objects takes its first branch.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        skip: Iterable[str] = (),
        also: Mapping[str, Any] | None = None,
        checks: tuple[Check, ...] = (),
        one_of: tuple[str, ...] = (),
    ) -> None:
        hints = get_type_hints(function, include_extras=True)
        skipped = set(skip)
        own: dict[str, Any] = {}
        defaults: dict[str, Any] = {}
        required = set()
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.kind is parameter.VAR_KEYWORD:
                shared = _shared(hints[name])
                own = dict(sorted((own | shared).items()))
                defaults |= dict.fromkeys(shared)
            if parameter.kind is not parameter.KEYWORD_ONLY or name in skipped:
                continue
            own[name] = _accepted(hints[name])
            if parameter.default is parameter.empty:
                required.add(name)
            else:
                defaults[name] = parameter.default
        fields: dict[str, Any] = {**(also or {}), **own}
        self.fields: Mapping[str, Any] = MappingProxyType(fields)
        self.defaults: Mapping[str, Any] = MappingProxyType(defaults)
        self.required = frozenset(required)
        self.kinds = MappingProxyType({name: kind_of(annotation) for name, annotation in fields.items()})
        self.checks = checks
        self.one_of = one_of
        declared = {
            name: annotation if name in required else NotRequired[annotation] for name, annotation in fields.items()
        }
        values: Any = TypedDict("Params", declared)  # type: ignore[misc]  # takes half the time of a model
        config = with_config(ConfigDict(strict=True, extra="ignore"))
        self._validator = TypeAdapter[Any](config(values)).validator

    def validate(self, values: Mapping[str, Any], *, strict_ids: bool) -> dict[str, Any]:
        """The arguments for the function: just the parameters that the request has.

        Raises ApiError 400 `invalid_input` with everything that is wrong, in the order of the declaration.
        """
        complaints, arguments = self._read(values, strict_ids)
        if self.one_of:
            branch = self._branch(complaints, arguments)
            others = set(self.one_of) - {branch}
            if not others.isdisjoint(arguments):
                kept = {name: value for name, value in values.items() if name not in others}
                complaints, arguments = self._read(kept, strict_ids)
        if self.checks and not (complaints and any(complaint.is_fatal for complaint in complaints)):
            for check in self.checks:
                complaint = check(arguments)
                if complaint is not None:
                    complaints.append(complaint)
        if complaints:
            raise invalid_input(complaints)
        return arguments

    def _read(self, values: Mapping[str, Any], strict_ids: bool) -> tuple[list[Complaint], dict[str, Any]]:
        """What is wrong, and the arguments; as they were sent, when something is wrong."""
        try:
            return [], self._validator.validate_python(values, context=None if strict_ids else "lenient")
        except ValidationError as error:
            complaints = [_complaint(detail) for detail in error.errors(include_url=False)]
            return complaints, {name: values[name] for name in self.fields if name in values}

    def _branch(self, complaints: Iterable[Complaint], arguments: Mapping[str, Any]) -> str:
        """The first of `one_of` that is there and valid."""
        failures: list[Complaint] = []
        for name in self.one_of:
            own = [complaint for complaint in complaints if complaint.path[:1] == (name,)]
            if name in arguments and not own:
                return name
            failures += own or [Complaint((name,), "Required", is_fatal=True)]
        raise invalid_input([Complaint((), "Invalid input", is_fatal=True)], branches=failures)


def invalid_input(complaints: list[Complaint], branches: Iterable[Complaint] = ()) -> ApiError:
    """Seam's answer to a request that breaks its schema. `branches` show in the tree only."""
    tree: dict[str, Any] = {"_errors": []}
    for complaint in [*complaints, *branches]:
        node = tree
        for part in complaint.path:
            node = node.setdefault(part, {"_errors": []})
        if not (branches and not complaint.path):
            node["_errors"].extend(complaint.texts or (complaint.text,))
    messages = [complaint.message for complaint in complaints]
    message = messages[0] if len(messages) == 1 else f"{len(messages)} Input Errors: {', '.join(messages)}"
    return ApiError(400, "invalid_input", message, validation_errors=tree)


def not_an_object(value: object) -> ApiError:
    """Seam's answer to a body that is JSON, but no object."""
    return invalid_input([Complaint((), f"Expected object, received {type_name(value)}", is_fatal=True)])


def parse_json(text: bytes) -> object:
    """The value that a body holds. Raises ValueError for anything that JavaScript's JSON.parse refuses."""
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:  # what JavaScript may still accept: a byte order mark, broken UTF-8, half a surrogate pair
        pass
    try:
        value = json.loads(
            text.decode("utf-8-sig", errors="replace"), parse_constant=_no_constant, parse_int=_integer_of_any_length
        )
        written = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
        return json.loads(written.decode("utf-16", "replace"))
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def _integer_of_any_length(digits: str) -> int | float:
    """JavaScript reads what is too long for a number as Infinity, where Python refuses it."""
    return int(digits) if len(digits) < _LONGEST_INTEGER else float(digits)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def kind_of(annotation: Any) -> QueryType:
    """How the query parser has to read a parameter of this type."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *marks = get_args(annotation)
        found = next((mark for mark in marks if isinstance(mark, QueryType)), None) or kind_of(inner)
        return QueryType(found.name, True, found.item, found.fields) if NULLABLE in marks else found
    if origin in (Union, UnionType):
        return kind_of(next(arm for arm in get_args(annotation) if arm is not NoneType))
    if origin is list:
        return QueryType("array", item=kind_of(get_args(annotation)[0]))
    if is_typeddict(annotation):
        hints = get_type_hints(annotation, include_extras=True)
        return QueryType("object", fields=MappingProxyType({name: kind_of(hint) for name, hint in hints.items()}))
    if origin is Literal:
        return QueryType("boolean" if isinstance(get_args(annotation)[0], bool) else "string")
    return QueryType("boolean" if annotation is bool else "string")


def _shared(annotation: Any) -> dict[str, Any]:
    """The parameters of `Unpack[Filters]` or `Unpack[Filters[X]]`; all that a TypedDict of filters has are optional."""
    (declared,) = get_args(annotation)
    kind = get_origin(declared) or declared
    given = dict(zip(getattr(kind, "__parameters__", ()), get_args(declared), strict=True))
    hints = get_type_hints(kind, include_extras=True)
    return {name: _accepted(_filled(hint, given)) for name, hint in hints.items()}


def _filled(hint: Any, given: Mapping[Any, Any]) -> Any:
    """A type with its type variables replaced."""
    variables = getattr(hint, "__parameters__", ())
    return hint[tuple(given[variable] for variable in variables)] if variables else hint


def _accepted(annotation: Any) -> Any:
    """The type without the arms that stand for "left out": `X | None` and `X | Unset` become X."""
    if get_origin(annotation) in (Union, UnionType):
        arms = [arm for arm in get_args(annotation) if arm not in (NoneType, Unset)]
        if len(arms) != 1:
            raise TypeError(f"a parameter of type {annotation} is ambiguous; give one type beside None and Unset")
        annotation = arms[0]
    if get_origin(annotation) is Annotated and get_origin(get_args(annotation)[0]) is list:
        inner, *marks = get_args(annotation)
        limits = [mark for mark in marks if isinstance(mark, MinLen | MaxLen)]
        others = [mark for mark in marks if mark not in limits]
        return Annotated[(inner, *others, *map(_counted, limits))] if limits else annotation
    return annotation


def _counted(limit: MinLen | MaxLen) -> WrapValidator:
    """A limit on the length of a list that looks at the items too, as zod does; pydantic stops at the length.

    Without that, a list that is too long would seem to be one of items that have their type.
    """

    def check(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        items: list[InitErrorDetails] = []
        found = None
        try:
            found = validate(value)
        except ValidationError as error:
            items = [_again(detail) for detail in error.errors(include_url=False)]
        wrong = _wrong_length(value, limit) if isinstance(value, list) else None
        if wrong is not None:
            items.insert(0, InitErrorDetails(type=wrong, input=value))
        if items:
            raise ValidationError.from_exception_data("list", items)
        return found

    return WrapValidator(check)


def _wrong_length(value: list[Any], limit: MinLen | MaxLen) -> PydanticCustomError | None:
    if isinstance(limit, MinLen):
        text = f"Array must contain at least {limit.min_length} element(s)"
        return refused(text) if len(value) < limit.min_length else None
    text = f"Array must contain at most {limit.max_length} element(s)"
    return refused(text) if len(value) > limit.max_length else None


def _again(detail: ErrorDetails) -> InitErrorDetails:
    """A complaint of pydantic, to be raised once more."""
    kind, context = detail["type"], detail.get("ctx", {})
    own = kind in ("refused", "mistyped", "no_branch")
    again: InitErrorDetails = {
        "type": PydanticCustomError(kind, detail["msg"], context) if own else kind,
        "loc": detail["loc"],
        "input": detail["input"],
        "ctx": context,
    }
    return again


def _complaint(detail: ErrorDetails) -> Complaint:
    """One pydantic complaint in Seam's words."""
    path = tuple(str(part) for part in detail["loc"] if part != "[key]")
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind == "no_branch":
        return Complaint(path, "Invalid input", tuple(context["texts"]), is_fatal=True)
    if kind in ("refused", "mistyped"):
        return Complaint(path, context["text"], is_fatal=kind == "mistyped")
    if kind in _RULES:
        return Complaint(path, _RULES[kind].format(**context))
    return Complaint(path, _mistyped(kind, detail["input"], context), is_fatal=True)


_RULES = MappingProxyType(
    {
        "greater_than": "Number must be greater than {gt:g}",
        "greater_than_equal": "Number must be greater than or equal to {ge:g}",
        "less_than_equal": "Number must be less than or equal to {le:g}",
        "string_too_short": "String must contain at least {min_length} character(s)",
        "string_too_long": "String must contain at most {max_length} character(s)",
        "string_pattern_mismatch": "Invalid",
        "string_unicode": "Invalid unicode",
    }
)
_EXPECTED = MappingProxyType(
    {
        "string_type": "string",
        "bool_type": "boolean",
        "list_type": "array",
        "dict_type": "object",
        "typed_dict_type": "object",
        "model_attributes_type": "object",
        "model_type": "object",
    }
)


def _mistyped(kind: str, value: object, context: Mapping[str, Any]) -> str:
    if kind == "missing":
        return "Required"
    if kind == "literal_error":
        expected = context["expected"]
        if expected in ("True", "False"):
            return f"Invalid literal value, expected {expected.lower()}"
        return enum_text(tuple(name.strip("'") for name in expected.replace(" or ", ", ").split(", ")), value)
    return f"Expected {_EXPECTED[kind]}, received {type_name(value)}"
