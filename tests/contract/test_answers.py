"""What sandboxes rely on in the answers of a live workspace is what Seam's document says of them."""

import pytest

from contract.openapi import DOCUMENT, SPEC, answer_of
from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.backends.answers import fault_in

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="needs Seam's OpenAPI document")

SAMPLES = {"string": "x", "number": 7, "integer": 7, "boolean": True, "object": {}, "array": []}


def resolved(schema):
    while "$ref" in schema:
        found = SPEC
        for part in schema["$ref"].split("/")[1:]:
            found = found[part]
        schema = found
    return schema


def kinds(schema):
    """The JSON types that a schema allows."""
    schema = resolved(schema)
    own = schema.get("type", [])
    found = {own} if isinstance(own, str) else set(own)
    return found.union(*(kinds(part) for name in ("oneOf", "anyOf", "allOf") for part in schema.get(name, ())))


def fields(schema):
    """The fields of an object and their schemas, of all its forms."""
    schema = resolved(schema)
    yield from schema.get("properties", {}).items()
    for name in ("oneOf", "anyOf", "allOf"):
        for part in schema.get(name, ()):
            yield from fields(part)


def answers():
    """Answers with one resource that has one field, with each type that the document allows it."""
    for path in sorted({endpoint.path for endpoint in all_endpoints()} & set(SPEC["paths"])):
        for key, part in fields(answer_of(path)):
            is_list = kinds(part) == {"array"}
            shown = list(fields(resolved(part).get("items", {}) if is_list else part))
            needed = {name: "x" for name, _ in shown if name.endswith("_id") or name == "event_type"}
            for name, field in shown:
                for kind in kinds(field) & set(SAMPLES):
                    yield path, key, name, needed | {name: SAMPLES[kind]}, is_list


def test_no_answer_that_the_document_allows_is_refused():
    found, wrong = 0, set()
    for path, key, name, row, is_list in answers():
        found += 1
        fault = fault_in({key: [row] if is_list else row})
        if fault is not None:
            wrong.add((path, name, fault))
    assert found > 2000
    assert wrong == set()
