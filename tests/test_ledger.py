"""The ledger counts what is declared, and leaves nothing of Seam's public paths out."""

import ast
import inspect

import pytest

from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.api.devices import filters
from pytest_seam_sandbox.catalog.known import codes, event_types, public_paths
from pytest_seam_sandbox.report import ledger

LEDGER = ledger.as_json()
COUNTS = {count["what"]: (count["have"], count["known"]) for count in LEDGER["counts"]}
PATHS = {endpoint.path for endpoint in all_endpoints()}


def test_ledger_counts_six_things():
    """The table has paths, events, errors and warnings, in this order; the latter as reached, and as a test sets them."""
    assert list(COUNTS) == [
        *("public paths", "event types", "error codes", "warning codes"),
        *("error codes with set_error", "warning codes with set_warning"),
    ]


@pytest.mark.parametrize("kind", ["error", "warning"])
def test_codes_that_a_test_can_set_are_those_of_emulated_resources(kind):
    """All codes but those of bridges, which no path gives."""
    absent = ("bridge_client_session",)
    have, known = COUNTS[f"{kind} codes with set_{kind}"]

    missing = {name: len(found.get(f"{kind}s", ())) for name, found in codes().items() if name in absent}
    assert have == known - sum(missing.values())


def test_known_counts_are_those_of_the_published_types():
    """The newest specification documents 202 paths, the SDK calls 5 more; 6 of the 114 event types are undocumented."""
    assert (COUNTS["public paths"][1], COUNTS["event types"][1]) == (207, 114)
    assert (len(LEDGER["sdk_only_paths"]), len(LEDGER["undocumented_event_types"])) == (5, 6)
    assert set(LEDGER["sdk_only_paths"]) < public_paths().keys()
    assert set(LEDGER["undocumented_event_types"]) < set(event_types())


def test_text_says_against_what_it_counts():
    """Below the table of counts stands where the numbers come from."""
    assert ledger.as_text().splitlines()[9] == (
        "Counted against Seam's newest specification together with its Python SDK: 202 documented paths and 5 that "
        "only the SDK calls; 114 event types, 6 of them marked undocumented."
    )


def test_public_paths_are_counted_from_the_declarations():
    """A path counts as emulated when an endpoint declares it and Seam documents it."""
    assert COUNTS["public paths"][0] == len(PATHS & public_paths().keys())


def test_events_are_counted_from_the_declarations():
    """The number of events is that of the event types listed, and Seam knows each of them."""
    assert COUNTS["event types"][0] == len(set(LEDGER["events"]))
    assert set(LEDGER["events"]) <= set(event_types())


@pytest.mark.parametrize(("what", "kind"), [("error codes", "errors"), ("warning codes", "warnings")])
def test_codes_are_counted_from_the_declarations(what, kind):
    """The numbers of codes are the sums of those listed and of those known."""
    listed = sum(len(set(kinds[kind])) for kinds in LEDGER["codes"].values())
    known = sum(len(kinds.get(kind, [])) for kinds in codes().values())

    assert COUNTS[what] == (listed, known)


@pytest.mark.parametrize("kind", ["errors", "warnings"])
@pytest.mark.parametrize("resource", sorted(LEDGER["codes"]))
def test_declared_codes_are_codes_of_seam(resource, kind):
    """A row class declares only codes that Seam documents for its resource."""
    assert set(LEDGER["codes"][resource][kind]) <= set(codes()[resource].get(kind, []))


def test_every_public_path_is_an_endpoint_or_named_as_missing():
    """The endpoints and what is not emulated share nothing, and together hold all public paths."""
    endpoints = {row["path"] for row in LEDGER["endpoints"]}
    missing = set(LEDGER["not_emulated"])

    assert endpoints == PATHS
    assert not endpoints & missing
    assert endpoints | missing >= public_paths().keys()
    assert missing <= public_paths().keys()


@pytest.mark.parametrize("row", LEDGER["endpoints"], ids=lambda row: row["path"])
def test_endpoint_has_a_source_and_a_sentence(row):
    """Each endpoint tells on whose word it behaves so, and what it does."""
    assert row["source"].strip()
    assert row["does"].endswith(".")


def test_text_begins_with_the_counts():
    """The first rows of the text are the counts of the JSON."""
    rows = [f"| {what} | {have} | {known} |" for what, (have, known) in COUNTS.items()]

    assert ledger.as_text().splitlines()[2:8] == rows


@pytest.mark.parametrize("path", sorted(PATHS))
def test_text_has_a_row_for_each_endpoint(path):
    """Each endpoint has one row of three cells."""
    table, _, _ = ledger.as_text().partition("Accepted, no effect")
    rows = [line for line in table.splitlines() if line.startswith(f"| `{path}` |")]

    assert [line.replace(r"\|", "").count("|") for line in rows] == [4]


def test_text_names_what_is_not_emulated():
    """The last line counts and lists the public paths that are missing."""
    missing = LEDGER["not_emulated"]

    assert ledger.as_text().splitlines()[-1] == f"Not emulated ({len(missing)}): {', '.join(missing) or 'nothing'}"


def unread(function):
    """The parameters that the body of an endpoint never reads; none if it hands all of them on by `locals()`.

    `**` stands for those that it takes by that.
    """
    (definition,) = ast.parse(inspect.getsource(function)).body
    names = {node.id for statement in definition.body for node in ast.walk(statement) if isinstance(node, ast.Name)}
    if "locals" in names:
        return set()
    arguments = definition.args
    others = {"**"} if arguments.kwarg is not None and arguments.kwarg.arg not in names else set()
    return others | {argument.arg for argument in arguments.kwonlyargs} - names


def test_filters_of_devices_act():
    """What the lists of devices take by `**` is read where their filters are."""
    (definition,) = ast.parse(inspect.getsource(filters.matching)).body
    read = {node.value for node in ast.walk(definition) if isinstance(node, ast.Constant)}

    assert filters.DeviceFilters.__annotations__.keys() <= read


@pytest.mark.parametrize("endpoint", all_endpoints(), ids=lambda endpoint: endpoint.path)
def test_parameter_acts_or_is_said_to_have_no_effect(endpoint):
    """What an endpoint never reads stands in its row with the reason, and a row names parameters and their fields only."""
    declared = set(endpoint.no_effect)

    assert unread(endpoint.function) <= declared
    assert {name.partition(".")[0] for name in declared} <= endpoint.params.fields.keys()
    assert all(reason.strip() for reason in endpoint.no_effect.values())


def test_text_lists_what_has_no_effect_and_what_is_doubted():
    """Both tables have a row for each entry, and say how many there are."""
    rows = [
        f"| `{row['path']}` | `{name}` | {why} |"
        for row in LEDGER["endpoints"]
        for name, why in row["no_effect"].items()
    ]
    doubted = [f"| `{row['path']}` | {row['conflict']} |" for row in LEDGER["endpoints"] if row["conflict"]]
    lines = ledger.as_text().splitlines()

    assert f"Accepted, no effect ({len(rows)}):" in lines
    assert f"Sources conflict ({len(doubted)}):" in lines
    assert {*rows, *doubted} <= set(lines)
