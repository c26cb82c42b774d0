"""The ledger counts what is declared, and leaves nothing of Seam's public paths out."""

import ast
import inspect
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import pytest
from typing_extensions import is_typeddict

from each import each
from pytest_seam_sandbox import api
from pytest_seam_sandbox.api import all_endpoints, declared, events
from pytest_seam_sandbox.api.devices import filters
from pytest_seam_sandbox.catalog.known import codes, event_types, public_paths
from pytest_seam_sandbox.engine.store import Row
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


def test_text_says_what_events_come_from():
    """Calls, the clock and outages; warnings that a test puts on resources; and those that only emit() logs."""
    assert ledger.as_text().splitlines()[10] == (
        "Of the 103 emulated event types 98 come from calls, the clock and outages, and with set_warning() only: "
        "connected_account.reauthorization_requested, device.salto.privacy_mode_activated, "
        "device.salto.privacy_mode_deactivated, device.third_party_integration_detected, "
        "device.third_party_integration_no_longer_detected. emit() logs the other 11 as well."
    )


def test_events_of_warnings_are_those_that_a_test_causes(seam_sandbox):
    """set_warning and clear_warning log each of them."""
    salto, lock = (seam_sandbox.create_device(kind) for kind in ("salto_lock", "august_lock"))
    account = seam_sandbox.get_connected_account(lock.connected_account_id)
    for resource, warning in (
        (account, "account_reauthorization_requested"),
        (salto, "privacy_mode"),
        (lock, "third_party_integration_detected"),
    ):
        seam_sandbox.set_warning(resource, warning)
        seam_sandbox.clear_warning(resource, warning)

    assert {event.event_type for event in seam_sandbox.events} >= {*ledger.WITH_WARNINGS_ONLY}
    assert LEDGER["events_with_set_warning"] == [*ledger.WITH_WARNINGS_ONLY]
    assert {*ledger.WITH_WARNINGS_ONLY} < {*LEDGER["events"]}


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


@each("row", LEDGER["endpoints"])
def test_endpoint_has_a_source_and_a_sentence(row):
    """Each endpoint tells on whose word it behaves so, and what it does."""
    assert row["source"].strip()
    assert row["does"].endswith(".")


def test_text_begins_with_the_counts():
    """The first rows of the text are the counts of the JSON."""
    rows = [f"| {what} | {have} | {known} |" for what, (have, known) in COUNTS.items()]

    assert ledger.as_text().splitlines()[2:8] == rows


@each("path", sorted(PATHS))
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


@each("endpoint", all_endpoints())
def test_parameter_acts_or_is_said_to_have_no_effect(endpoint):
    """What an endpoint never reads stands in its row with the reason, and a row names parameters and their fields only."""
    declared = set(endpoint.no_effect)

    assert unread(endpoint.function) <= declared
    assert {name.partition(".")[0] for name in declared} <= endpoint.params.fields.keys()
    assert all(reason.strip() for reason in endpoint.no_effect.values())


def fields_of_parameters(endpoint):
    """The fields of the parameters that are objects, or lists of them, as `parameter.field`."""
    found = set()

    def walk(kind, path):
        if is_typeddict(kind):
            for name, inner in get_type_hints(kind, include_extras=True).items():
                found.add(f"{path}.{name}")
                walk(inner, f"{path}.{name}")
            return
        for argument in (get_origin(kind), *get_args(kind)):
            if argument is not None and not isinstance(argument, str):
                walk(argument, path)

    for name, kind in endpoint.params.fields.items():
        walk(kind, name)
    return found


def attributes_in(texts):
    """The names of the attributes that code reads."""
    return {name for text in texts for name in re.findall(r"\.([a-z_]\w*)\b(?! = )", text)}


def texts_of(folder):
    return [file.read_text("utf-8") for file in folder.rglob("*.py")]


FAMILIES = Path(api.__file__).parent


KEPT = {
    "/customers/create_portal": ("customer_data.spaces.customer_data", "customer_data.spaces.geolocation"),
    "/customers/push_data": ("spaces.customer_data", "spaces.geolocation"),
    "/spaces/create": ("customer_data",),
    "/spaces/update": ("customer_data",),
    "/thermostats/create_climate_preset": ("ecobee_metadata",),
    "/thermostats/update_climate_preset": ("ecobee_metadata",),
}
"""Objects that are kept and shown as they are."""


def is_below(field, others):
    return any(field == other or field.startswith(f"{other}.") for other in others)


def test_field_of_a_parameter_acts_or_is_said_to_have_no_effect():
    """What no code reads is kept and shown as a part of its object, or stands in the row with the reason."""
    texts = texts_of(FAMILIES)
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    read = attributes_in(texts)
    read |= {node.value for node in nodes if isinstance(node, ast.Constant)}
    read |= {node.arg for node in nodes if isinstance(node, ast.keyword)}
    unread = {
        f"{endpoint.path} {field}"
        for endpoint in all_endpoints()
        for field in fields_of_parameters(endpoint)
        if field.rpartition(".")[2] not in read
        and not is_below(field, {*endpoint.no_effect, *KEPT.get(endpoint.path, ())})
    }

    assert unread == set()


def test_what_a_row_declares_about_fields_is_about_those_that_there_are():
    """A field that is said to have no effect is one."""
    fields = {(endpoint.path, field) for endpoint in all_endpoints() for field in fields_of_parameters(endpoint)}
    declared = {(endpoint.path, name) for endpoint in all_endpoints() for name in endpoint.no_effect if "." in name}

    assert declared <= fields
    assert {(path, field) for path, kept in KEPT.items() for field in kept if "." in field} <= fields


def test_objects_are_shown_as_they_were_given(seam_sandbox, seam_http):
    """Those of which no code reads the fields."""
    place = {"time_zone": "Europe/Lisbon", "default_checkin_time": "15:00", "default_checkout_time": "11:00"}
    spot = {"latitude": 1, "longitude": 2}
    climate = {"climate_ref": "home", "is_optimized": True, "owner": "user"}
    device_id = seam_sandbox.create_device("ecobee_thermostat").device_id
    preset = {"device_id": device_id, "climate_preset_key": "mine"}

    def call(path, **parameters):
        return seam_http.post(path, json=parameters).raise_for_status().json()

    def pushed(key):
        return {"space_key": key, "name": key, "customer_data": place, "geolocation": spot}

    def shown():
        properties = call("/devices/get", device_id=device_id)["device"]["properties"]
        return properties["available_climate_presets"][-1]["ecobee_metadata"]

    call("/customers/push_data", customer_key="one", spaces=[pushed("hall")])
    call("/customers/create_portal", customer_data={"customer_key": "other", "spaces": [pushed("den")]})
    attic = call("/spaces/create", name="Attic", customer_data=place)["space"]
    changed = call("/spaces/update", space_id=attic["space_id"], customer_data={"address": "Rua 1"})["space"]
    call("/thermostats/create_climate_preset", **preset, ecobee_metadata={**climate, "owner": "system"})
    before = shown()
    call("/thermostats/update_climate_preset", **preset, manual_override_allowed=True, ecobee_metadata=climate)

    told = [(space["customer_data"], space["geolocation"]) for space in call("/spaces/list")["spaces"][:2]]
    assert told == [(place, spot)] * 2
    assert (attic["customer_data"], changed["customer_data"]) == (place, {**place, "address": "Rua 1"})
    assert (before, shown()) == ({**climate, "owner": "system"}, climate)


def test_events_are_asked_for_by_every_parameter():
    """The list of events reads its parameters by name."""
    (definition,) = ast.parse(inspect.getsource(events.list_)).body
    read = {node.id for statement in definition.body for node in ast.walk(statement) if isinstance(node, ast.Name)}
    by_name = {node.value for node in ast.walk(ast.parse(inspect.getsource(events))) if isinstance(node, ast.Constant)}

    assert {argument.arg for argument in definition.args.kwonlyargs} <= read | by_name


def test_what_a_resource_keeps_is_read():
    """No row has a field that nothing reads: what is kept for nothing has no effect."""
    read = attributes_in(texts_of(FAMILIES.parent))
    kept = {f"{kind.__name__}.{field.name}" for kind in declared(Row) for field in fields(kind)}

    assert {name for name in kept if name.rpartition(".")[2] not in read} == set()


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
