"""Parameters in a query string, read as Seam's server reads them: by the schema of the endpoint.

Two modes. With `_strict=true`, which the SDKs send, a list is a repeated name and nothing is guessed. Without it
lists may also be comma-separated or written `name[]`, and booleans and numbers may be sloppy.
Source: official fake (its parser @seamapi/url-search-params-parser).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal
from urllib.parse import parse_qsl

from .errors import ApiError
from .frozen import FrozenDict

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_INTEGER = re.compile(r"[+-]?\d+")
_RADIX = re.compile(r"0(x[0-9a-fA-F]+|o[0-7]+|b[01]+)")
_YES = frozenset({"true", "1", "True", "TRUE", "yes", "Yes", "YES"})
_NO = frozenset({"false", "0", "False", "FALSE", "no", "No", "NO"})


_COMPOSED = frozenset({"array", "record", "object"})


@dataclass(frozen=True, slots=True)
class QueryType:
    """What the query parser has to know of a parameter's type. A record's `item` is a string."""

    name: Literal["string", "number", "boolean", "array", "record", "object"]
    nullable: bool = False
    item: QueryType | None = None
    fields: Mapping[str, QueryType] = field(default_factory=FrozenDict, hash=False)


def parse_query(query: str, kinds: Mapping[str, QueryType]) -> dict[str, object]:
    """The parameters that `kinds` declares and the query holds; everything else is dropped.

    Raises ApiError 400 `invalid_query_params` for text that cannot be read one way only.
    """
    values: dict[str, list[str]] = {}
    for name, value in _pairs(query):
        if name in values:
            values[name].append(value)
        else:
            values[name] = [value]
    strict = values.pop("_strict", None) == ["true"]
    return _parse_fields(values, kinds, "", strict)


def _pairs(query: str) -> list[tuple[str, str]]:
    if "%" in query or "+" in query:
        return parse_qsl(query, keep_blank_values=True, errors="replace")
    pairs = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name or value:
            pairs.append((name, value))
    return pairs


def _parse_fields(
    values: Mapping[str, list[str]], kinds: Mapping[str, QueryType], prefix: str, strict: bool
) -> dict[str, object]:
    found: dict[str, object] = {}
    for field_name, kind in kinds.items():
        name = prefix + field_name
        if kind.name in _COMPOSED:
            read = _array if kind.name == "array" else _nested
            present, value = read(values, name, kind, strict)
            if present:
                found[field_name] = value
        elif name in values:
            texts = values[name]
            if len(texts) > 1:
                raise _unreadable(name, "has repeated values but is not an array parameter")
            found[field_name] = _scalar(texts[0], kind, strict)
    return found


def _array(values: Mapping[str, list[str]], name: str, kind: QueryType, strict: bool) -> tuple[bool, object]:
    plain = values.get(name, [])
    brackets = [] if strict else values.get(f"{name}[]", [])
    if plain and brackets:
        raise _unreadable(name, "mixes the repeated and bracket array formats")
    texts = plain or brackets
    if not texts:
        return False, None
    if texts == [""]:
        return True, []
    if "" in texts:
        raise _unreadable(name, "mixes empty values with other values")
    if not strict and any("," in text for text in texts):
        texts = _split_commas(name, texts, bool(brackets))
    item = kind.item or QueryType("string")
    return True, [_scalar(text, item, strict) for text in texts]


def _split_commas(name: str, texts: list[str], in_brackets: bool) -> list[str]:
    if in_brackets:
        raise _unreadable(name, 'uses the bracket array format with a value containing a comma ","')
    if len(texts) > 1:
        raise _unreadable(name, 'mixes the comma and repeated array formats, or repeats a value containing a comma ","')
    parts = texts[0].split(",")
    if "" in parts:
        raise _unreadable(name, "uses the comma array format with one or more empty values")
    return parts


def _nested(values: Mapping[str, list[str]], name: str, kind: QueryType, strict: bool) -> tuple[bool, object]:
    prefix = f"{name}."
    inner = [key for key in values if key.startswith(prefix)]
    if name in values:
        if inner:
            raise _unreadable(name, f"conflicts with the nested parameter '{inner[0]}'")
        if len(values[name]) > 1:
            raise _unreadable(name, "has repeated values but is not an array parameter")
        return True, values[name][0] or None
    if not inner:
        return False, None
    if kind.name == "object":
        return True, _parse_fields(values, kind.fields, prefix, strict)
    record: dict[str, object] = {}
    for key in inner:
        if "." in key[len(prefix) :]:
            raise _unreadable(
                key,
                "is nested inside a record parameter, but a record value type may not be an object, array, or record",
            )
        if len(values[key]) > 1:
            raise _unreadable(key, "has repeated values but is not an array parameter")
        record[key[len(prefix) :]] = values[key][0] or None
    return True, record


def _scalar(text: str, kind: QueryType, strict: bool) -> object:
    if text == "":
        return "" if kind.name == "string" and not strict and not kind.nullable else None
    if kind.name == "number":
        return _number(text if strict else text.strip())
    if kind.name == "boolean":
        if text in ("true", "false"):
            return text == "true"
        if not strict and (text in _YES or text in _NO):
            return text in _YES
    return text


def _number(text: str) -> object:
    if _INTEGER.fullmatch(text) and len(text) < 17:
        return int(text)
    if _DECIMAL.fullmatch(text):
        number = float(text)
        if isfinite(number):
            return int(number) if number.is_integer() else number
    if _RADIX.fullmatch(text):
        return int(text, 0)
    return text


def _unreadable(name: str, reason: str) -> ApiError:
    return ApiError(400, "invalid_query_params", f"Could not parse parameter: '{name}' {reason}")
