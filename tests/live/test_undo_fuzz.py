"""Whatever a program sends and whatever a server answers: noting it and undoing it ends, in words or in nothing."""

import json
import os

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live.furnished import connected
from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.backends.live.undo import Undo
from pytest_seam_sandbox.backends.live.undoing.table import UNDO

PARAMS = {endpoint.path: sorted(endpoint.params.kinds) for endpoint in all_endpoints()}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "8d2c0b28-79ea-4aaf-b76f-ff61b053435b"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)
KEYS = ("device", "phone", "access_code", "acs_user", "user_identity", "access_grant", "webhook", "client_session")
ROWS = st.dictionaries(
    st.sampled_from(
        ["device_id", "properties", "custom_metadata", "acs_user_id", "user_identity_id", "type", "created_at"]
    ),
    JSON,
    max_size=3,
)


class Anything(httpx.BaseTransport):
    """Answers reads with what a test wants."""

    def __init__(self, sandbox):
        self._transport = sandbox.transport
        self.answer = None

    def handle_request(self, request):
        if self.answer is None:
            return self._transport.handle_request(request)
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(self.answer).encode()))


@pytest.fixture(scope="module")
def it(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, Sandbox(world="house") as sandbox:
        patch.setattr(os, "fsync", lambda _: None)
        carrier = Anything(sandbox)
        yield carrier, Undo(connected(sandbox, carrier), tmp_path_factory.mktemp("live"), sleep=lambda _: None)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), path=st.sampled_from(sorted(UNDO)))
def test_noting_and_undoing_take_anything(it, data, path):
    carrier, undo = it
    names = st.sampled_from(PARAMS[path] or ["x"])
    params = data.draw(st.dictionaries(names, JSON, max_size=4), label="params")
    answer = st.dictionaries(st.sampled_from(KEYS), JSON | ROWS | st.lists(ROWS, max_size=2), max_size=2)
    carrier.answer = data.draw(st.none() | answer, label="reads answer")
    try:
        change = undo.begin("POST", path, params)
    except SandboxError:
        change = None
    undo.finish(
        change, data.draw(st.sampled_from([200, 400, 500])), data.draw(answer | JSON, label="the write answers")
    )
    carrier.answer = data.draw(st.none() | answer, label="later reads answer")
    assert all(isinstance(problem, str) for problem in undo.undo())
    for left in undo.journal.changes:
        undo.journal.over(left, "given up")
