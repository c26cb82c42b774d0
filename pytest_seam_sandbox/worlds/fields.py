"""What the fields of a world in a file may hold, and what its parts have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ..engine.clock import format_time, parse_time
from ..engine.frozen import freeze
from ..engine.types import Metadata as SeamMetadata

METADATA = "_metadata"
"""How the names of the blocks end in which a provider tells of its things."""


def _time(text: str) -> str:
    parsed = parse_time(text)
    if parsed is None:
        raise PydanticCustomError("time", "it is no time such as 2026-05-01T15:00:00.000Z")
    return format_time(parsed)


def _shortened(value: object, info: ValidationInfo) -> object:
    """An error or a warning that is given by its code alone."""
    name = "error_code" if info.field_name == "errors" else "warning_code"
    return [{name: entry} if isinstance(entry, str) else entry for entry in value] if isinstance(value, list) else value


_SEAM_METADATA: TypeAdapter[dict[str, str | bool | None]] = TypeAdapter(SeamMetadata)


def _metadata(value: object, _: ValidatorFunctionWrapHandler) -> Any:
    found = _SEAM_METADATA.validate_python(value)
    for key, item in found.items():
        if item is None or item == "":
            raise PydanticCustomError("empty", "it needs a text or a boolean for {key}", {"key": repr(key)})
    return freeze(found)


def _digits(value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        raise PydanticCustomError("digits", "it has digits only")
    return value


def _time_of_day(value: str) -> str:
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", value) is None:
        raise PydanticCustomError("time_of_day", "it is no time of day such as 15:00:00")
    return value


def with_seconds(time_of_day: str) -> str:
    """A time of day with its seconds."""
    return time_of_day if time_of_day.count(":") > 1 else f"{time_of_day}:00"


Text = Annotated[str, Field(min_length=1, max_length=10_000)]
Id = Annotated[str, Field(min_length=1, max_length=200)]
Time = Annotated[Text, AfterValidator(_time)]
TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
Digits = Annotated[str, Field(min_length=1, max_length=20), AfterValidator(_digits)]
Block = Annotated[dict[str, Any], AfterValidator(freeze)]
Metadata = Annotated[dict[str, str | bool], WrapValidator(_metadata)]


class Part(BaseModel):
    """A part of a world: what it has is declared, and nobody can change it. key: the field of its id, or none."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: ClassVar[str] = ""


class Entry(BaseModel):
    """An error or a warning: its code, and what Seam shows beside it."""

    model_config = ConfigDict(frozen=True, extra="allow")

    message: str | None = None
    created_at: Time | None = None

    @property
    def flags(self) -> Mapping[str, Any]:
        """The further fields of its variant, such as is_device_error."""
        return {name: freeze(value) for name, value in (self.__pydantic_extra__ or {}).items()}


class Error(Entry):
    """An entry of `errors`."""

    error_code: Text

    @property
    def code(self) -> str:
        """The code."""
        return self.error_code


class Warned(Entry):
    """An entry of `warnings`."""

    warning_code: Text

    @property
    def code(self) -> str:
        """The code."""
        return self.warning_code


Errors = Annotated[tuple[Error, ...], BeforeValidator(_shortened)]
Warnings = Annotated[tuple[Warned, ...], BeforeValidator(_shortened)]


class Thing(Part):
    """What most resources have."""

    created_at: Time | None = None
    errors: Errors = ()
    warnings: Warnings = ()


class OfProvider(Thing):
    """A resource with blocks in which its provider tells of it: all fields whose names end in `_metadata`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    @model_validator(mode="after")
    def _check_blocks(self) -> OfProvider:
        for name, value in (self.__pydantic_extra__ or {}).items():
            if not name.endswith(METADATA):
                raise PydanticCustomError("no_field", "it has the field {name}, which is not known", {"name": name})
            if not isinstance(value, dict):
                raise PydanticCustomError("no_object", "its field {name} is no object", {"name": name})
        return self

    @property
    def blocks(self) -> Mapping[str, Mapping[str, Any]]:
        """The blocks by name."""
        return {name: freeze(value) for name, value in (self.__pydantic_extra__ or {}).items()}
