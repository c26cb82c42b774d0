"""Generated requests through the served URL: every answer fits Seam's OpenAPI document, and none is a failure."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.openapi import DOCUMENT, PATHS_NEWER_THAN_THE_DOCUMENT, SPEC, amended
from pytest_seam_sandbox.api import all_endpoints

schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis")
checks = pytest.importorskip("schemathesis.specs.openapi.checks", reason="needs schemathesis")

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason=f"needs Seam's OpenAPI document as {DOCUMENT.name}")

DOCUMENTED = SPEC.get("paths", {}).keys() - PATHS_NEWER_THAN_THE_DOCUMENT
PATHS = sorted({endpoint.path for endpoint in all_endpoints()} & DOCUMENTED)
CONTRACT = [
    schemathesis.checks.not_a_server_error,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
FEW = settings(max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def schema():
    """The document, cut down to the declared paths and to POST, which all of them take."""
    paths = {path: {"post": {**SPEC["paths"][path]["post"], "security": []}} for path in PATHS}
    return schemathesis.openapi.from_dict(amended({**SPEC, "paths": paths}))


def ids_in(sandbox):
    """The ids of all that the sandbox has, by the name that requests have for them."""
    found = {}
    for kind, rows in sandbox.embedded.workspace.rows().items():
        found.setdefault(kind.key, []).extend(row.id for row in rows)
    return {key: sorted(ids) for key, ids in found.items() if ids}


def sensible(body, path, known, draw):
    """A generated body without what the document does not name, and mostly with ids of things that are there."""
    content = SPEC["paths"][path]["post"].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    named = {
        name
        for part in (schema, *schema.get("oneOf", ()), *schema.get("anyOf", ()))
        for name in part.get("properties", ())
    }
    return {
        name: draw(st.sampled_from(known[name]) | st.just(value)) if name in known else value
        for name, value in body.items()
        if name in named
    }


@pytest.mark.seam(world="hotel")
@pytest.mark.parametrize("path", PATHS)
def test_generated_requests_are_answered_by_the_contract(path, schema, seam_sandbox, seam_server):
    """Whatever the document allows in a request: no 5xx, and each answer has the content type and form it names."""
    known = ids_in(seam_sandbox)
    start = seam_sandbox.snapshot()

    @FEW
    @given(case=schema[path]["POST"].as_strategy(), data=st.data())
    def ask(case, data):
        seam_sandbox.restore(start)
        if isinstance(case.body, dict):
            case.body = sensible(case.body, path, known, data.draw)
        headers = {"authorization": f"Bearer {seam_sandbox.api_key}"}
        case.call_and_validate(base_url=seam_server, headers=headers, checks=CONTRACT)

    ask()
