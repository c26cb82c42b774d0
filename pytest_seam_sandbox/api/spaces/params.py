"""What is told of a place in a request."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator
from typing_extensions import TypedDict

from ...engine.query import QueryType
from ...engine.types import Nullable, Text, refused

_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


def _time_of_day(value: str) -> str:
    if _TIME_OF_DAY.fullmatch(value) is None:
        raise refused("Invalid")
    return value


TimeOfDay = Annotated[str, AfterValidator(_time_of_day), QueryType("string")]


class CustomerDataParam(TypedDict, total=False):
    """What a customer tells about a place; null clears."""

    address: Nullable[Text]
    default_checkin_time: Nullable[TimeOfDay]
    default_checkout_time: Nullable[TimeOfDay]
    time_zone: Nullable[Text]
