"""The route table: one function for each path, and what a row of it says."""

import pytest

from pytest_seam_sandbox.engine.auth import Caller, Method
from pytest_seam_sandbox.engine.pages import Pager
from pytest_seam_sandbox.engine.params import Params
from pytest_seam_sandbox.engine.router import Router, render
from pytest_seam_sandbox.engine.types import NonEmptyText

ROW = {"allow": (Method.API_KEY,), "source": "assumed"}


@pytest.fixture
def router():
    return Router("/things")


def list_(workspace, *, caller: Caller, page: Pager, colour: NonEmptyText | None = None):
    """All things."""


def undescribed(workspace): ...


@pytest.mark.parametrize(
    ("verb", "methods"),
    [
        ("get", ("GET", "POST")),
        ("post", ("POST",)),
        ("delete", ("DELETE", "POST")),
        ("patch", ("PATCH", "POST")),
        ("put", ("POST", "PUT")),
        ("patch_or_put", ("PATCH", "POST", "PUT")),
    ],
)
def test_decorator_says_which_methods_a_path_has(router, verb, methods):
    """Every path has POST, and the method that its decorator is named after."""
    getattr(router, verb)("paint", **ROW)(list_)

    assert router.find("/things/paint").methods == methods


@pytest.mark.parametrize(
    ("verb", "reads"), [("get", True), ("delete", True), ("post", False), ("patch", False), ("put", False)]
)
def test_query_is_read_where_a_path_has_get_or_delete(router, verb, reads):
    """Only such paths take parameters from the query."""
    getattr(router, verb)("paint", **ROW)(list_)

    assert router.find("/things/paint").reads_query is reads


def test_decorator_gives_the_function_back(router):
    """An endpoint stays a plain function."""
    assert router.get("list", **ROW)(list_) is list_


def test_unknown_path_has_no_endpoint(router):
    """A router finds exactly what was declared."""
    router.get("list", **ROW)(list_)

    assert router.find("/things/list/") is None


def test_path_declared_twice_is_a_mistake(router):
    """Two functions for one path fail when they are declared, not when they are called."""
    router.get("list", **ROW)(list_)

    with pytest.raises(ValueError, match="the path /things/list is declared twice"):
        router.post("list", **ROW)(list_)


@pytest.mark.parametrize(
    ("row", "function", "wrong"),
    [
        ({"source": "spec"}, list_, "allow is missing"),
        ({**ROW, "allow": ()}, list_, "allow is missing"),
        ({"allow": ROW["allow"]}, list_, "source is missing"),
        (
            {**ROW, "source": "hearsay"},
            list_,
            "the source is 'hearsay'; it is one of spec, docs, official fake, assumed",
        ),
        ({**ROW, "pages": 5}, list_, "there is no part 'pages'"),
        ({**ROW, "no_effect": {"size": "x"}}, list_, "no_effect names 'size', which is no parameter"),
        (ROW, undescribed, "the function undescribed has no docstring"),
    ],
)
def test_row_with_a_part_missing_fails_when_it_is_declared(router, row, function, wrong):
    """The message names the path, what is wrong with its row, and how an endpoint is made."""
    with pytest.raises(TypeError, match=f"^the route row of /things/list: {wrong}. An endpoint: ") as mistake:
        router.get("list", **row)(function)

    assert "`allow` (who may call)" in str(mistake.value)
    assert router.find("/things/list") is None


def test_router_takes_over_the_endpoints_of_a_part(router):
    """A family in several modules has one router."""
    part = Router("/things/unmanaged")
    part.get("list", **ROW)(list_)

    router.include(part)

    assert [endpoint.path for endpoint in router] == ["/things/unmanaged/list"]


def test_what_is_injected_is_no_part_of_the_request(router):
    """The caller and the pager come from the router; a list with pages takes limit and page_cursor."""
    router.get("list", page_limit=5, **ROW)(list_)

    endpoint = router.find("/things/list")

    assert endpoint.injected == {"caller": Caller, "page": Pager}
    assert set(endpoint.params.fields) == {"limit", "page_cursor", "colour"}


def test_parameters_are_built_on_the_first_call_and_kept(router):
    """Most tests use few endpoints, so a row costs nothing until it is used."""
    router.get("list", **ROW)(list_)
    endpoint = router.find("/things/list")
    before = dict(vars(endpoint))

    first = endpoint.params

    assert "params" not in before
    assert isinstance(first, Params)
    assert endpoint.params is first


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({"a": [1, None, True, "x"]}, b'{"a":[1,null,true,"x"]}'),
        ([], b"[]"),
        ([{"a": 1}, ["b"]], b'[{"a":1},["b"]]'),
        ((1, 2), b"[1,2]"),
        ("é", '"é"'.encode()),
    ],
)
def test_plain_values_are_rendered_as_json(payload, text):
    """What an endpoint gives becomes compact JSON."""
    assert render(payload) == text


def test_rows_are_rendered_by_themselves(thing):
    """A list of rows is made of the JSON that each row keeps."""
    assert render([thing(thing_id="a"), thing(thing_id="b")]) == (
        b'[{"thing_id":"a","colour":"red"},{"thing_id":"b","colour":"red"}]'
    )
