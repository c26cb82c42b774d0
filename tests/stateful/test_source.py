"""Values as Python source: whatever a rule draws, the printed test is code that gives it again."""

import ast
import dataclasses
import datetime as dt
import enum
import math
import uuid
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox.stateful.source import Source


class Floor(enum.Enum):
    GROUND = 0


@dataclasses.dataclass
class Guest:
    name: str
    floor: Floor = Floor.GROUND


class Mute:
    """Has no repr that is code, but can be pickled."""

    def __eq__(self, other):
        return isinstance(other, Mute)

    __hash__ = None


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.datetimes(timezones=st.none() | st.just(dt.UTC))
    | st.timedeltas()
    | st.uuids()
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.sampled_from(Floor)
    | st.builds(Guest, st.text())
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.sets(st.integers() | st.text())
        | st.frozensets(st.integers())
    ),
    max_leaves=6,
)


def evaluated(source, text):
    space = {}
    exec("\n".join(source.imports), space)
    return eval(text, space)


def same(one, other):
    """Equal, and nan to nan."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@given(VALUES)
def test_code_gives_the_value_again(value):
    """Scalars, containers and values of one's own classes come back from their source and its imports."""
    source = Source(lambda _: None)

    assert same(evaluated(source, source.of(value)), value)


@pytest.mark.parametrize(
    ("value", "text", "imports"),
    [
        (dt.timedelta(seconds=5), "datetime.timedelta(seconds=5)", ["import datetime"]),
        (Decimal("1.5"), "Decimal('1.5')", ["from decimal import Decimal"]),
        (Fraction(1, 3), "Fraction(1, 3)", ["from fractions import Fraction"]),
        (uuid.UUID(int=1), "UUID('00000000-0000-0000-0000-000000000001')", ["from uuid import UUID"]),
        ([Floor.GROUND], "[Floor.GROUND]", [f"from {__name__} import Floor"]),
        (math.inf, "float('inf')", []),
        ((1,), "(1,)", []),
        (set(), "set()", []),
        (frozenset(), "frozenset()", []),
    ],
    ids=str,
)
def test_code_reads_as_people_write_it(value, text, imports):
    """Source is short, and names come from where they stand."""
    source = Source(lambda _: None)

    assert source.of(value) == text
    assert source.imports == imports


def test_named_values_are_written_by_their_names():
    """What has a name keeps it, inside containers too."""
    thing = object()
    source = Source(lambda value: "thing" if value is thing else None)

    assert source.of({"a": [thing, 1]}) == "{'a': [thing, 1]}"


def test_value_without_code_is_pickled():
    """A value whose repr is no code comes back from a pickle."""
    source = Source(lambda _: None)

    assert evaluated(source, source.of([Mute()])) == [Mute()]
    assert source.imports == ["import pickle"]


class Elsewhere(Mute):
    """Its repr is code, but not for it."""

    def __repr__(self):
        return "nowhere(1)"


def test_repr_that_is_no_code_for_the_value_is_not_used():
    """A repr that cannot be evaluated gives way to a pickle."""
    source = Source(lambda _: None)

    assert evaluated(source, source.of(Elsewhere())) == Elsewhere()


def test_value_that_cannot_be_written_is_an_ellipsis():
    """The printed test stays code that Python reads."""
    source = Source(lambda _: None)

    text = source.of({"callback": lambda: None})

    assert text == "{'callback': ...}"
    ast.parse(text)
