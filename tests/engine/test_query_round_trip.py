"""What the SDK writes into a query is what an endpoint reads out of it, for every schema that is declared."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seam import NULL
from seam.strict_url_search_params_serializer import serialize_url_search_params

from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.engine.errors import ApiError
from pytest_seam_sandbox.engine.query import QueryType, parse_query

ENDPOINTS = {endpoint.path: endpoint for endpoint in all_endpoints() if endpoint.reads_query and endpoint.params.kinds}

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
NUMBERS = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
KEYS = st.text("abcxyz_-é ", min_size=1, max_size=5)


def written(kind):
    """Values that the SDK can write for a parameter of this kind."""
    return {
        "string": TEXTS,
        "number": NUMBERS,
        "boolean": st.booleans(),
        "array": st.lists(written(kind.item), max_size=3) if kind.item else st.nothing(),
        "record": st.dictionaries(KEYS, TEXTS, min_size=1, max_size=3),
        "object": st.fixed_dictionaries(
            {}, optional={name: written(part) for name, part in kind.fields.items()}
        ).filter(bool),
    }[kind.name]


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_query_of_the_sdk_is_read_as_it_was_meant(path):
    """Any parameters of an endpoint survive the SDK's serialiser and the sandbox's parser."""
    kinds = ENDPOINTS[path].query_kinds

    @settings(max_examples=15, deadline=None)
    @given(st.fixed_dictionaries({}, optional={name: written(kind) for name, kind in kinds.items()}))
    def check(parameters):
        query = serialize_url_search_params(parameters)

        assert parse_query(query, kinds) == parameters

    check()


@given(NUMBERS)
def test_number_in_the_form_of_javascript_is_read_back(number):
    """Every number comes back as the same number, large and small exponents included."""
    query = serialize_url_search_params({"n": number})

    assert parse_query(query, {"n": QueryType("number")}) == {"n": number}


@given(TEXTS)
def test_text_is_read_back(text):
    """Every text comes back, whatever letters it has."""
    query = serialize_url_search_params({"s": text})

    assert parse_query(query, {"s": QueryType("string")}) == {"s": text}


@pytest.mark.parametrize("name", ["string", "number", "boolean", "record", "object"])
def test_explicit_null_is_read_back(name):
    """The SDK's NULL is null, whatever the parameter's type."""
    query = serialize_url_search_params({"x": NULL})

    assert parse_query(query, {"x": QueryType(name)}) == {"x": None}


@given(st.text(st.characters(min_codepoint=1, max_codepoint=126), max_size=30), st.booleans())
def test_any_query_is_read_or_refused(query, strict):
    """No query breaks the parser: it is read, or refused as unreadable."""
    kinds = {
        "a": QueryType("array", item=QueryType("number")),
        "b": QueryType("boolean"),
        "n": QueryType("number"),
        "o": QueryType("object", fields={"n": QueryType("number")}),
        "r": QueryType("record"),
        "s": QueryType("string"),
    }
    with suppress(ApiError):
        assert parse_query(query + "&_strict=true" * strict, kinds).keys() <= kinds.keys()
