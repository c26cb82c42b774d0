"""Reading a query string by the schema of the endpoint: the strict form of the SDKs, and the generous one."""

import pytest

from pytest_seam_sandbox import seam_raises
from pytest_seam_sandbox.engine.errors import ApiError
from pytest_seam_sandbox.engine.query import QueryType, parse_query

pytestmark = pytest.mark.every_transport

STRING, NUMBER, BOOLEAN = QueryType("string"), QueryType("number"), QueryType("boolean")
KINDS = {
    "a": QueryType("array", item=STRING),
    "an": QueryType("array", item=NUMBER),
    "ab": QueryType("array", item=BOOLEAN),
    "s": STRING,
    "s2": QueryType("string", nullable=True),
    "n": NUMBER,
    "b": BOOLEAN,
    "o": QueryType("object", fields={"k": STRING, "m": NUMBER, "inner": QueryType("object", fields={"x": BOOLEAN})}),
    "r": QueryType("record", item=STRING),
}
YES = ["1", "True", "TRUE", "yes", "Yes", "YES"]
NO = ["0", "False", "FALSE", "no", "No", "NO"]

SAME_IN_BOTH = [
    ("a=x&a=y", {"a": ["x", "y"]}),
    ("a=x", {"a": ["x"]}),
    ("a=", {"a": []}),
    ("a[0]=x", {}),
    ("an=1&an=2", {"an": [1, 2]}),
    ("ab=true&ab=false", {"ab": [True, False]}),
    ("s=x+y%20z", {"s": "x y z"}),
    ("s=+x+", {"s": " x "}),
    ("s=%C3%A9", {"s": "é"}),
    ("s=%FF", {"s": "�"}),
    ("s2=", {"s2": None}),
    ("n=5", {"n": 5}),
    ("n=-5", {"n": -5}),
    ("n=1e3", {"n": 1000}),
    ("n=1.5", {"n": 1.5}),
    ("n=.5", {"n": 0.5}),
    ("n=0x10", {"n": 16}),
    ("n=0b11", {"n": 3}),
    ("n=12345678901234567890", {"n": 12345678901234567168}),
    ("n=abc", {"n": "abc"}),
    ("n=Infinity", {"n": "Infinity"}),
    ("n=1e999", {"n": "1e999"}),
    ("n=NaN", {"n": "NaN"}),
    ("n=", {"n": None}),
    ("b=", {"b": None}),
    ("b=true", {"b": True}),
    ("b=false", {"b": False}),
    ("b=perhaps", {"b": "perhaps"}),
    ("o.k=v&o.m=3", {"o": {"k": "v", "m": 3}}),
    ("o.inner.x=true", {"o": {"inner": {"x": True}}}),
    ("o.unknown=1", {"o": {}}),
    ("o=", {"o": None}),
    ("o=x", {"o": "x"}),
    ("r=", {"r": None}),
    ("r=x", {"r": "x"}),
    ("r.k=true", {"r": {"k": "true"}}),
    ("r.k=", {"r": {"k": None}}),
    ("r.k=1&r.j=2", {"r": {"k": "1", "j": "2"}}),
    ("unknown=1", {}),
    ("", {}),
]
STRICT = [
    ("a=x,y", {"a": ["x,y"]}),
    ("a[]=x&a[]=y", {}),
    ("a=x,y&a=z", {"a": ["x,y", "z"]}),
    ("a[]=x,y", {}),
    ("a=x,,y", {"a": ["x,,y"]}),
    ("a=1&a[]=2", {"a": ["1"]}),
    ("an=1,2", {"an": ["1,2"]}),
    ("s=", {"s": None}),
    ("s", {"s": None}),
    ("n=+5+", {"n": " 5 "}),
    *((f"b={word}", {"b": word}) for word in YES + NO),
]
GENEROUS = [
    ("a=x,y", {"a": ["x", "y"]}),
    ("a[]=x&a[]=y", {"a": ["x", "y"]}),
    ("a[]=x", {"a": ["x"]}),
    ("a[]=", {"a": []}),
    ("an=1,2", {"an": [1, 2]}),
    ("s=", {"s": ""}),
    ("s", {"s": ""}),
    ("n=+5+", {"n": 5}),
    *((f"b={word}", {"b": True}) for word in YES),
    *((f"b={word}", {"b": False}) for word in NO),
]
COMMA_AND_REPEATED = 'mixes the comma and repeated array formats, or repeats a value containing a comma ","'
NESTED = "is nested inside a record parameter, but a record value type may not be an object, array, or record"
REPEATED = "has repeated values but is not an array parameter"
UNREADABLE_IN_BOTH = [
    ("a=&a=x", "a", "mixes empty values with other values"),
    ("s=a&s=b", "s", REPEATED),
    ("n=1&n=1", "n", REPEATED),
    ("b=true&b=true", "b", REPEATED),
    ("o=a&o=b", "o", REPEATED),
    ("o.k=1&o.k=2", "o.k", REPEATED),
    ("r.k=1&r.k=2", "r.k", REPEATED),
    ("r.k.j=1", "r.k.j", NESTED),
    ("r=&r.k=1", "r", "conflicts with the nested parameter 'r.k'"),
    ("o=&o.k=1", "o", "conflicts with the nested parameter 'o.k'"),
]
UNREADABLE_IN_GENEROUS = [
    ("a=x,y&a=z", "a", COMMA_AND_REPEATED),
    ("a[]=x,y", "a", 'uses the bracket array format with a value containing a comma ","'),
    ("a=x,,y", "a", "uses the comma array format with one or more empty values"),
    ("a=1&a[]=2", "a", "mixes the repeated and bracket array formats"),
    ("a[]=&a[]=x", "a", "mixes empty values with other values"),
]


def strictly(query):
    return f"{query}&_strict=true" if query else "_strict=true"


@pytest.mark.parametrize(("query", "values"), [*SAME_IN_BOTH, *STRICT])
def test_strict_query_is_read_as_written(query, values):
    """With `_strict=true` nothing is guessed: no comma lists, no brackets, no sloppy booleans."""
    assert parse_query(strictly(query), KINDS) == values


@pytest.mark.parametrize(("query", "values"), [*SAME_IN_BOTH, *GENEROUS])
def test_generous_query_is_read_as_meant(query, values):
    """Without the flag commas and brackets make lists, and booleans and numbers may be sloppy."""
    assert parse_query(query, KINDS) == values


@pytest.mark.parametrize(("query", "name", "reason"), UNREADABLE_IN_BOTH)
def test_strict_query_that_reads_two_ways_is_refused(query, name, reason):
    """An ambiguous query is 400 `invalid_query_params` with the parameter and the reason."""
    with pytest.raises(ApiError) as caught:
        parse_query(strictly(query), KINDS)

    assert (caught.value.status, caught.value.type) == (400, "invalid_query_params")
    assert caught.value.message == f"Could not parse parameter: '{name}' {reason}"


@pytest.mark.parametrize(("query", "name", "reason"), [*UNREADABLE_IN_BOTH, *UNREADABLE_IN_GENEROUS])
def test_generous_query_that_reads_two_ways_is_refused(query, name, reason):
    """Mixed formats of lists are ambiguous too when commas and brackets mean something."""
    with pytest.raises(ApiError) as caught:
        parse_query(query, KINDS)

    assert (caught.value.status, caught.value.type) == (400, "invalid_query_params")
    assert caught.value.message == f"Could not parse parameter: '{name}' {reason}"


@pytest.mark.parametrize("flag", ["_strict=1", "_strict=", "_strict=True", "_strict=true&_strict=true"])
def test_only_the_one_word_true_is_the_flag(flag):
    """Any other form of the flag leaves the query generous."""
    assert parse_query(f"a=x,y&{flag}", KINDS) == {"a": ["x", "y"]}


def test_flag_may_stand_anywhere():
    """The flag counts wherever it stands, also before the parameters."""
    assert parse_query("_strict=true&a=x,y", KINDS) == {"a": ["x,y"]}


# through the wire


def test_ambiguous_query_has_no_tree(seam_http):
    """The answer to an ambiguous query carries no validation errors."""
    answer = seam_http.get("/phones/get?device_id=a&device_id=b")

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_query_params"
    assert "validation_errors" not in answer.json()["error"]


def test_list_of_ids_goes_through_the_query(seam, seam_sandbox):
    """A list that the SDK sends by GET arrives as that list."""
    first, _, third = (seam_sandbox.create_device() for _ in range(3))

    found = seam.devices.list(device_ids=[third.device_id, first.device_id])

    assert [device.device_id for device in found] == [first.device_id, third.device_id]


def test_empty_list_goes_through_the_query(seam, sandbox_device):
    """An empty list is a filter that nothing passes, not a missing filter."""
    assert seam.devices.list(device_ids=[]) == []


def test_comma_list_works_for_people(seam_http, seam_sandbox):
    """A hand-written query may separate ids by commas."""
    first, second, _ = (seam_sandbox.create_device() for _ in range(3))

    answer = seam_http.get(f"/devices/list?device_ids={first.device_id},{second.device_id}").json()

    assert [device["device_id"] for device in answer["devices"]] == [first.device_id, second.device_id]


def test_boolean_filter_in_metadata_goes_through_the_query(seam, seam_sandbox):
    """A stored true is found by a filter that a query can only write as text."""
    kept = seam_sandbox.create_device(custom_metadata={"guest": True})
    seam_sandbox.create_device(custom_metadata={"guest": False})

    assert [device.device_id for device in seam.devices.list(custom_metadata_has={"guest": True})] == [kept.device_id]


def test_explicit_null_goes_through_the_query(seam, sandbox_device):
    """The SDK's NULL arrives as null: accepted where null is, refused where it is not."""
    from seam import NULL

    assert len(seam.devices.list(unstable_location_id=NULL)) == 1
    with seam_raises("invalid_input", match="Expected string, received null"):
        seam.devices.list(customer_key=NULL)


def test_deletion_reads_its_query(seam, sandbox_phone):
    """DELETE, for which the SDK writes a query, finds its parameters there."""
    seam.phones.deactivate(device_id=sandbox_phone.device_id)

    assert seam.phones.list() == []
