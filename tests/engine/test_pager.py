"""Pages of a table and the cursors between them."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox.engine.errors import ApiError
from pytest_seam_sandbox.engine.pages import Page, Pager, describe, fingerprint, read_cursor
from pytest_seam_sandbox.engine.store import Table

URL = "https://connect.getseam.com/things/list"


@pytest.fixture
def table(thing):
    """Things with the ids 0 to 9."""
    table = Table()
    for number in range(10):
        table.put(thing(thing_id=str(number)))
    return table


def ids(page):
    return "".join(row.id for row in page.rows)


def walk(table, limit, matches=None, between=lambda: None):
    """The ids of each page, from the first to the last."""
    first, pages = 0, []
    while first is not None:
        page = Pager(limit, first).page(table, matches)
        pages.append(ids(page))
        first = page.next_number
        between()
    return pages


@pytest.mark.parametrize(
    ("limit", "pages"),
    [(4, ["0123", "4567", "89"]), (5, ["01234", "56789"]), (10, ["0123456789"]), (99, ["0123456789"])],
)
def test_pages_are_filled_in_order(table, limit, pages):
    """Every page but the last has as many rows as the limit says; no page is empty."""
    assert walk(table, limit) == pages


def test_filter_is_applied_before_the_limit(table):
    """A page is filled with rows that match."""
    assert walk(table, 2, lambda row: int(row.id) % 3 == 0) == ["03", "69"]


def test_last_match_ends_the_pages(table):
    """Rows behind the last match make no further page."""
    assert walk(table, 2, lambda row: row.id in "12") == ["12"]


def test_empty_table_has_one_empty_page(thing):
    """A list of nothing is one page."""
    assert walk(Table(), 5) == [""]


def test_row_at_which_the_next_page_starts_may_go(table):
    """When that row is removed meanwhile, the next page starts with the one behind it."""
    doomed = iter("4")

    pages = walk(table, 4, between=lambda: [table.remove(row_id) for row_id in doomed])

    assert pages == ["0123", "5678", "9"]


def test_row_that_is_added_meanwhile_stands_on_the_last_page(table, thing):
    """New rows come at the end, so no page gives a row twice."""
    added = iter("x")

    pages = walk(table, 4, between=lambda: [table.put(thing(thing_id=row_id)) for row_id in added])

    assert pages == ["0123", "4567", "89x"]


@given(
    st.dictionaries(st.text(max_size=3), st.one_of(st.none(), st.integers(), st.text(max_size=3)), max_size=4),
    st.integers(1, 10**9),
)
def test_cursor_leads_to_its_row(parameters, number):
    """A cursor that is given back with the same parameters names the row at which the page starts."""
    cursor = describe(Page([], number), parameters, URL)["next_page_cursor"]

    assert read_cursor(cursor, parameters) == number


@pytest.mark.parametrize("cursor", [None, ""])
def test_no_cursor_starts_at_the_first_row(cursor):
    """Without a cursor, or with an empty one, the page is the first."""
    assert read_cursor(cursor, {}) == 0


def test_cursor_of_other_parameters_is_refused():
    """A cursor remembers the request that it came from."""
    cursor = describe(Page([], 5), {"limit": 2}, URL)["next_page_cursor"]

    with pytest.raises(ApiError) as caught:
        read_cursor(cursor, {"limit": 3})

    assert caught.value.type == "mismatched_page_parameters"


def test_fingerprint_does_not_depend_on_the_order_of_parameters():
    """Query and body may give the same parameters in another order."""
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})


def test_last_page_is_described_by_three_empty_keys():
    """All three keys are always there."""
    assert describe(Page([]), {}, URL) == {"next_page_cursor": None, "has_next_page": False, "next_page_url": None}


def test_link_has_the_parameters_in_the_form_of_a_query():
    """Lists are repeated in their order, maps dotted, booleans in words, null and the empty list empty."""
    parameters = {
        "ids": ["b", "a"],
        "none": [],
        "map": {"k": "v", "yes": True},
        "flag": False,
        "null": None,
        "limit": 2,
    }

    link = describe(Page([], 5), parameters, URL)["next_page_url"]

    found = parse_qs(urlsplit(link).query, keep_blank_values=True)
    assert len(found.pop("page_cursor")) == 1
    assert found == {
        "ids": ["b", "a"],
        "none": [""],
        "map.k": ["v"],
        "map.yes": ["true"],
        "flag": ["false"],
        "null": [""],
        "limit": ["2"],
    }
