"""Parameters of an endpoint: the types that a signature may name, and what each of them says of wrong values."""

from typing import Annotated, Generic, Literal, TypeVar, Unpack

import pytest
from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import PlainValidator, StringConstraints
from typing_extensions import TypedDict

from pytest_seam_sandbox.engine.errors import ApiError
from pytest_seam_sandbox.engine.params import Complaint, Params, at_least_one, kind_of, parse_json
from pytest_seam_sandbox.engine.query import QueryType
from pytest_seam_sandbox.engine.types import (
    UNSET,
    Date,
    DateTime,
    Email,
    Key,
    Nullable,
    Number,
    Text,
    Unset,
    Url,
    Uuid,
    integer,
    one_of,
    one_of_enums,
)

Integer = Annotated[int, PlainValidator(integer), QueryType("number")]
COLOUR = Annotated[str, one_of("red", "blue")]
SHAPE = Annotated[str, one_of_enums(("disc", "ring"), ("cube",))]
ID = "00000000-0000-4000-8000-000000000000"


class Place(TypedDict):
    b: Text
    flag: bool


class Schedule(TypedDict, total=False):
    starts_at: Nullable[DateTime]
    places: list[Place]


def params_of(annotation, **rules):
    """Params with one required parameter `a` of this type."""

    def endpoint(workspace, *, a): ...

    endpoint.__annotations__["a"] = annotation
    return Params(endpoint, **rules)


def refusal(params, strict_ids=True, **values):
    with pytest.raises(ApiError) as caught:
        params.validate(values, strict_ids=strict_ids)
    assert (caught.value.status, caught.value.type) == (400, "invalid_input")
    return caught.value


ACCEPTED = [
    *((Uuid, value) for value in (ID, ID.upper(), "ffffffff-ffff-ffff-ffff-ffffffffffff", ID.replace("4", "1"))),
    *((Email, value) for value in ("a@b.co", "a.b+c@example.com", "o'brien@sub.example.org", "A_1-x@ex-ample.io")),
    *((Url, value) for value in ("http://localhost:3000", "https://a.b/c?d#e", "mailto:a@b", "javascript:alert(1)")),
    *((DateTime, f"2026-01-31T12:00:00{zone}") for zone in ("Z", "+02:00", "-0730", ".1Z", ".123456789Z")),
    (DateTime, "2026-01-31T12:00Z"),
    (DateTime, "2024-02-29T23:59:59Z"),
    *((Date, value) for value in ("3001-01-01", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00", " 2026-01-31 ")),
    *((Number, value) for value in (1, 1.5, -1, 0, 1e300)),
    *((Integer, value) for value in (1, -1, 0)),
    (Key, " a "),
    (COLOUR, "red"),
    (SHAPE, "disc"),
    (bool, False),
    (Literal["x", "y"], "y"),
    (list[Text], []),
    (Nullable[Text], None),
    (Place, {"b": "x", "flag": True}),
    (Schedule, {"starts_at": None, "places": [{"b": "x", "flag": False}]}),
    (dict[str, str], {"k": "v"}),
]
REFUSED = [
    *(
        (Uuid, value, "Invalid uuid")
        for value in ("", ID[:-1], f" {ID}", f"{{{ID}}}", ID.replace("-", ""), "g" + ID[1:])
    ),
    *(
        (Email, value, "Invalid email")
        for value in ("", "a", "a@b", "a@b.c", "a b@c.de", ".a@b.co", "a..b@c.de", "ä@b.co", "a@b_c.de", "a@b.co\n")
    ),
    *((Url, value, "Invalid url") for value in ("", "foo", "//a", "http://", "http://[", "a/b")),
    *(
        (DateTime, value, "Invalid datetime")
        for value in (
            "",
            "2026-01-31",
            "2026-01-31T12:00:00",
            "2026-01-31t12:00:00Z",
            "2026-01-31T12:00:00z",
            "2026-01-31 12:00:00Z",
            "2026-02-30T12:00:00Z",
            "2023-02-29T12:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-13-01T12:00:00Z",
            "9999-12-31T23:59:59-23:00",
            "0001-01-01T00:00:00+23:00",
        )
    ),
    *((Date, value, "Must be parsable date string if defined") for value in ("", "foo", "2026-02-30")),
    *((Key, value, "Must not consist only of whitespace") for value in (" ", "\t\n")),
    (Key, "", "String must contain at least 1 character(s)"),
    *((Number, value, "Expected number, received string") for value in ("5", "")),
    (Number, True, "Expected number, received boolean"),
    (Number, None, "Expected number, received null"),
    (Integer, 1.5, "Expected integer, received float"),
    (Integer, [], "Expected number, received array"),
    (Annotated[Text, StringConstraints(pattern="^x$")], "y", "Invalid"),
    (Annotated[Text, MinLen(2)], "x", "String must contain at least 2 character(s)"),
    (Annotated[Text, MaxLen(2)], "xyz", "String must contain at most 2 character(s)"),
    (Annotated[Number, Ge(1)], 0, "Number must be greater than or equal to 1"),
    (Annotated[Number, Le(1.5)], 2, "Number must be less than or equal to 1.5"),
    (Annotated[list[Text], MinLen(1)], [], "Array must contain at least 1 element(s)"),
    (Annotated[list[Text], MaxLen(1)], ["x", "y"], "Array must contain at most 1 element(s)"),
    (bool, "true", "Expected boolean, received string"),
    (bool, 1, "Expected boolean, received number"),
    (Literal["x", "y"], "z", "Invalid enum value. Expected 'x' | 'y', received 'z'"),
    (Literal["x", "y", "w"], 5, "Expected 'x' | 'y' | 'w', received number"),
    (Literal["x"], None, "Expected 'x', received null"),
    (Literal[True], False, "Invalid literal value, expected true"),
    (Literal[False], "x", "Invalid literal value, expected false"),
    (COLOUR, "grey", "Invalid enum value. Expected 'red' | 'blue', received 'grey'"),
    (COLOUR, None, "Expected 'red' | 'blue', received null"),
    (Place, "x", "Expected object, received string"),
    (dict[str, str], 5, "Expected object, received number"),
]


@pytest.mark.parametrize(("annotation", "value"), ACCEPTED)
def test_right_value_arrives_as_it_is(annotation, value):
    """A value that fits its type is given to the endpoint unchanged."""
    assert params_of(annotation).validate({"a": value}, strict_ids=True) == {"a": value}


@pytest.mark.parametrize(("annotation", "value", "text"), REFUSED)
def test_wrong_value_is_refused_in_the_words_of_zod(annotation, value, text):
    """A value that does not fit is named with its parameter in the message, and stands in the tree at its place."""
    error = refusal(params_of(annotation), a=value)

    assert error.message == f'{text} for "a"'
    assert error.validation_errors == {"_errors": [], "a": {"_errors": [text]}}


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        (Place, {"flag": True}, "a.b is required"),
        (list[Place], [{"b": "x", "flag": True}, {"flag": True}], "a.1.b is required"),
        (dict[str, Text], {"k": 5}, 'Expected string, received number for "a.k"'),
        (Schedule, {"places": [{"b": 5, "flag": True}]}, 'Expected string, received number for "a.places.0.b"'),
        (list[list[Text]], [["x"], ["x", None]], 'Expected string, received null for "a.1.1"'),
    ],
)
def test_nested_value_is_named_by_its_path(annotation, value, message):
    """A complaint about a nested value names the way to it with dots."""
    assert refusal(params_of(annotation), a=value).message == message


def test_union_of_enums_has_one_text_for_each():
    """A value that is in none of several lists: "Invalid input", and what each list says at the node."""
    error = refusal(params_of(SHAPE), a="star")

    assert error.message == 'Invalid input for "a"'
    assert error.validation_errors["a"]["_errors"] == [
        "Invalid enum value. Expected 'disc' | 'ring', received 'star'",
        "Invalid enum value. Expected 'cube', received 'star'",
    ]


def test_missing_parameter_is_required():
    """A parameter without a default has to be there."""
    error = refusal(params_of(Text))

    assert error.message == "a is required"
    assert error.validation_errors == {"_errors": [], "a": {"_errors": ["Required"]}}


def test_whole_float_is_an_integer():
    """JSON does not tell 5.0 from 5, so both are integers."""
    assert params_of(Integer).validate({"a": 5.0}, strict_ids=True) == {"a": 5}


def test_lenient_ids_need_no_form():
    """Without strict ids any text passes for an id."""
    assert params_of(Uuid).validate({"a": "nope"}, strict_ids=False) == {"a": "nope"}


def test_lenient_ids_are_texts_nevertheless():
    """Without strict ids a number is still no id."""
    assert refusal(params_of(Uuid), strict_ids=False, a=5).message == 'Expected string, received number for "a"'


def test_absent_parameters_are_left_to_their_defaults():
    """Only what the request has is passed on, so that an endpoint can tell null from absent."""

    def endpoint(workspace, *, a: Text | None = None, b: Nullable[Text] | Unset = UNSET, c: bool = True): ...

    assert Params(endpoint).validate({"b": None}, strict_ids=True) == {"b": None}


def test_optional_parameter_refuses_null():
    """`X | None` means that a parameter may be left out, not that null is a value."""

    def endpoint(workspace, *, a: Text | None = None): ...

    assert refusal(Params(endpoint), a=None).message == 'Expected string, received null for "a"'


def test_skipped_and_positional_parameters_are_no_part_of_the_request():
    """What the router gives an endpoint is not read from a request."""

    def endpoint(workspace, *, caller: object, a: Text): ...

    assert set(Params(endpoint, skip=["caller"]).fields) == {"a"}


T = TypeVar("T", bound=str)


class Filters(TypedDict, Generic[T], total=False):
    """What two lists can be asked for."""

    name: Text | None
    colour: T | None
    colours: list[T] | None


def test_shared_parameters_stand_among_the_own_ones_in_alphabetical_order():
    """They are optional, and a type that the endpoint names takes the place of its variable."""

    def list_(workspace, *, limit: Number = 10, area: Text, **asked: Unpack[Filters[Literal["red", "blue"]]]):
        pass

    params = Params(list_)

    assert list(params.fields) == ["area", "colour", "colours", "limit", "name"]
    assert params.required == {"area"}
    assert params.kinds["colours"] == QueryType("array", item=QueryType("string"))
    with pytest.raises(ApiError, match="Invalid enum value. Expected 'red' [|] 'blue', received 'green'"):
        params.validate({"area": "x", "colour": "green"}, strict_ids=True)


def test_parameter_of_two_types_is_a_mistake_of_the_declaration():
    """A union of real types cannot be read from a query, so its declaration fails at once."""

    def endpoint(workspace, *, a: Text | bool | None = None): ...

    with pytest.raises(TypeError, match="ambiguous"):
        Params(endpoint)


def test_required_parameter_and_defaults_are_known():
    """The row of an endpoint tells which parameters are required and what the others default to."""

    def endpoint(workspace, *, a: Text, b: bool = True): ...

    params = Params(endpoint)

    assert params.required == {"a"}
    assert params.defaults == {"b": True}


@pytest.mark.parametrize(("values", "message"), [({}, "one of them"), ({"a": None}, "one of them")])
def test_rule_of_the_request_is_checked_last(values, message):
    """A rule between parameters speaks when the parameters themselves are right."""

    def endpoint(workspace, *, a: Nullable[Text] = None, b: Text | None = None): ...

    assert refusal(Params(endpoint, checks=(at_least_one("a", "b", text=message),)), **values).message == message


def test_wrong_type_hides_rules_of_the_request():
    """A rule between parameters is silent when a parameter has the wrong type."""

    def endpoint(workspace, *, a: Text | None = None, b: Text | None = None): ...

    params = Params(endpoint, checks=(at_least_one("a", text="a is needed"),))

    assert refusal(params, b=5).message == 'Expected string, received number for "b"'
    assert refusal(params, b="x").message == "a is needed"


def test_first_of_two_forms_that_fits_is_taken_alone():
    """With both forms given, the endpoint gets the first."""

    def endpoint(workspace, *, a: Uuid | None = None, b: Text | None = None, c: Text | None = None): ...

    params = Params(endpoint, one_of=("a", "b"))

    assert params.validate({"a": ID, "b": "x", "c": "y"}, strict_ids=True) == {"a": ID, "c": "y"}


def test_form_that_fits_leaves_other_complaints():
    """What is wrong beside the two forms is still refused."""

    def endpoint(workspace, *, a: Uuid | None = None, b: Text | None = None, c: Text | None = None): ...

    error = refusal(Params(endpoint, one_of=("a", "b")), a=5, b="x", c=5)

    assert error.message == 'Expected string, received number for "c"'


@pytest.mark.parametrize(
    ("complaint", "message"),
    [
        (Complaint((), "Broken"), "Broken"),
        (Complaint(("a", "0"), "Broken"), 'Broken for "a.0"'),
        (Complaint(("a", "b"), "Required"), "a.b is required"),
    ],
)
def test_complaint_is_a_sentence(complaint, message):
    """A complaint names its place, or stands alone when it concerns the whole request."""
    assert complaint.message == message


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (Uuid, QueryType("string")),
        (Number, QueryType("number")),
        (bool, QueryType("boolean")),
        (Literal[True], QueryType("boolean")),
        (Literal["x"], QueryType("string")),
        (Nullable[Number], QueryType("number", nullable=True)),
        (list[Integer], QueryType("array", item=QueryType("number"))),
        (Annotated[list[Uuid], MaxLen(2)], QueryType("array", item=QueryType("string"))),
        (bool | None, QueryType("boolean")),
        (Place, QueryType("object", fields={"b": QueryType("string"), "flag": QueryType("boolean")})),
    ],
)
def test_type_tells_how_its_query_is_read(annotation, kind):
    """The query parser learns from the annotation what a parameter is."""
    assert kind_of(annotation) == kind


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": [1, 1.5, true, null, "x"]}', {"a": [1, 1.5, True, None, "x"]}),
        (b"\xef\xbb\xbf5", 5),
        (b'"\xff"', "�"),
        (rb'"\ud800"', "�"),
        (rb'"\ud83d\ude00"', "😀"),
        (b'{"a":1,"a":2}', {"a": 2}),
    ],
)
def test_json_is_read_as_javascript_reads_it(text, value):
    """A body is read as JSON.parse reads it, with replacement characters for what is no text."""
    assert parse_json(text) == value


@pytest.mark.parametrize("text", [b"", b" ", b"{", b"NaN", b"-Infinity", b"{a:1}", b"[1,]", b"[" * 100_000])
def test_text_that_is_no_json_is_refused(text):
    """Whatever JSON.parse refuses is a ValueError."""
    with pytest.raises(ValueError, match=r"\S"):
        parse_json(text)


def test_rules_wait_for_the_items_of_a_list_that_is_too_long():
    """A list of the wrong length is looked through all the same; a wrong item in it keeps the rules from running."""
    seen = []
    params = params_of(Annotated[list[Text], MinLen(2), MaxLen(2)], checks=(lambda values: seen.append(values["a"]),))

    error = refusal(params, a=["x", "y", 3])
    assert error.message == (
        '2 Input Errors: Array must contain at most 2 element(s) for "a", Expected string, received number for "a.2"'
    )
    assert seen == []

    assert refusal(params, a=["x"]).message == 'Array must contain at least 2 element(s) for "a"'
    assert seen == [["x"]]


def test_parameters_beside_the_branch_are_read_as_always():
    """Where one of two parameters is taken and the other was wrong, a third still becomes what it stands for."""

    def endpoint(workspace, *, a: Text | None = None, b: Uuid | None = None, c: Integer | None = None): ...

    found = Params(endpoint, one_of=("a", "b")).validate({"a": "x", "b": "no", "c": 5.0}, strict_ids=True)

    assert found == {"a": "x", "c": 5}
    assert isinstance(found["c"], int)
