"""The types of request parameters, with the checks and the wording of Seam's server (zod 3).

An endpoint annotates its keyword-only parameters with these. `X | None = None` means "may be left out, but an explicit
null is refused"; `Nullable[X]` accepts null too; `Nullable[X] | Unset = UNSET` tells null from absent.
"""

from __future__ import annotations

import re
from enum import Enum
from math import inf
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlsplit

from annotated_types import Gt, MaxLen, MinLen
from pydantic import AfterValidator, BeforeValidator, PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from .clock import parse_time
from .query import QueryType

T = TypeVar("T")


class Unset(Enum):
    """The type of UNSET, so that checkers tell it from None."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
NULLABLE: Final = "nullable"
Nullable = Annotated[T | None, NULLABLE]

_SAFE_INTEGER = 2**53
_HUGE = 10**308
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_EMAIL = re.compile(r"(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")


def refused(text: str) -> PydanticCustomError:
    """A value of the right type that breaks a rule; `text` is what the node of the field says."""
    return PydanticCustomError("refused", "{text}", {"text": text})


def mistyped(text: str) -> PydanticCustomError:
    """A value of the wrong type; it hides the rules that concern the whole request."""
    return PydanticCustomError("mistyped", "{text}", {"text": text})


def no_branch(texts: list[str]) -> PydanticCustomError:
    """A value that fits no branch of a union; `texts` has what each branch says."""
    return PydanticCustomError("no_branch", "Invalid input", {"texts": texts})


def type_name(value: object) -> str:
    """What JavaScript calls the type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def is_uuid(text: str) -> bool:
    """Whether a text has the form of an id."""
    return _UUID.fullmatch(text) is not None


def _uuid(value: str, info: ValidationInfo) -> str:
    if not is_uuid(value) and info.context != "lenient":
        raise refused("Invalid uuid")
    return value


def _email(value: str) -> str:
    if _EMAIL.fullmatch(value) is None:
        raise refused("Invalid email")
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        raise refused("Invalid url") from None
    if not parts.scheme or (parts.scheme in ("http", "https", "ws", "wss") and not parts.netloc):
        raise refused("Invalid url")
    return value


def _datetime(value: str) -> str:
    if _DATETIME.fullmatch(value) is None or parse_time(value) is None:
        raise refused("Invalid datetime")
    return value


def _date(value: str) -> str:
    if parse_time(value) is None:
        raise refused("Must be parsable date string if defined")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise refused("Must not consist only of whitespace")
    return value


def number(value: Any) -> Any:
    """The value, if it is what JSON calls a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise mistyped(f"Expected number, received {type_name(value)}")
    if isinstance(value, int) and abs(value) > _SAFE_INTEGER:  # JavaScript reads it as a float, at last as Infinity
        return float(value) if abs(value) < _HUGE else inf if value > 0 else -inf
    return value


def integer(value: Any) -> int:
    """The value, if it is a number without a fraction."""
    found = number(value)
    if isinstance(found, float) and not found.is_integer():
        raise refused("Expected integer, received float")
    return int(found)


def one_of_enums(*families: tuple[str, ...]) -> PlainValidator:
    """A string out of several lists; the refusal has one text for each list, as a union of enums gives."""
    allowed = frozenset(name for family in families for name in family)

    def check(value: Any) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        raise no_branch([enum_text(family, value) for family in families])

    return PlainValidator(check)


def one_of(*names: str) -> PlainValidator:
    """A string out of one list that is too long for a Literal."""
    allowed = frozenset(names)

    def check(value: Any) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        raise mistyped(enum_text(names, value))

    return PlainValidator(check)


def discriminator(*names: str) -> PlainValidator:
    """A string by which a union of objects tells its branches apart."""
    expected = " | ".join(f"'{name}'" for name in names)

    def check(value: Any) -> str:
        if isinstance(value, str) and value in names:
            return value
        raise mistyped(f"Invalid discriminator value. Expected {expected}")

    return PlainValidator(check)


def enum_text(names: tuple[str, ...], value: object) -> str:
    """What zod says of a value that is not in an enum."""
    expected = " | ".join(f"'{name}'" for name in names)
    if isinstance(value, str):
        return f"Invalid enum value. Expected {expected}, received '{value}'"
    return f"Expected {expected}, received {type_name(value)}"


def _metadata_value(value: Any) -> str | bool | None:
    if value is not None and not isinstance(value, str | bool):
        received = type_name(value)
        raise no_branch([f"Expected {name}, received {received}" for name in ("string", "boolean", "null")])
    if isinstance(value, str) and len(value) > 500:
        raise refused("String must contain at most 500 character(s)")
    return value


def _metadata_key(value: str) -> str:
    if "." in value:
        raise refused("Custom metadata key names cannot contain a period (.)")
    return value


def _metadata(value: dict[str, str | bool | None]) -> dict[str, str | bool | None]:
    if len(value) > 50:
        raise refused("Custom metadata is limited to a maximum of 50 keys")
    return value


Text = Annotated[str, QueryType("string")]
NonEmptyText = Annotated[str, MinLen(1), QueryType("string")]
Key = Annotated[str, MinLen(1), AfterValidator(_not_blank), QueryType("string")]
Uuid = Annotated[str, AfterValidator(_uuid), QueryType("string")]
Email = Annotated[str, AfterValidator(_email), QueryType("string")]
Url = Annotated[str, AfterValidator(_url), QueryType("string")]
DateTime = Annotated[str, AfterValidator(_datetime), QueryType("string")]
Date = Annotated[str, AfterValidator(_date), QueryType("string")]
Number = Annotated[float, PlainValidator(number), QueryType("number")]
Limit = Annotated[int, BeforeValidator(integer), Gt(0), QueryType("number")]
PageCursor = Annotated[str | None, NULLABLE]
MetadataValue = Annotated[str | bool | None, PlainValidator(_metadata_value), QueryType("string")]
Metadata = Annotated[
    dict[Annotated[str, MaxLen(40), AfterValidator(_metadata_key)], MetadataValue],
    AfterValidator(_metadata),
    QueryType("record"),
]
