"""Whatever a request holds, the answer is one of the two envelopes, and a refusal leaves everything as it was."""

import json
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.api.workspaces import open_workspace
from pytest_seam_sandbox.worlds.build import build_world

ENDPOINTS = {endpoint.path: endpoint for endpoint in all_endpoints()}
READING_QUERIES = sorted(path for path, endpoint in ENDPOINTS.items() if endpoint.reads_query)
MODERATE = settings(max_examples=20, deadline=None, derandomize=True)

UNKNOWN = "00000000-0000-4000-8000-000000000000"
WORDS = [
    "",
    " ",
    "x",
    "x" * 600,
    "é\x00😀",
    "true",
    "null",
    "0",
    "1e3",
    "-1",
    "a,b",
    "august_lock",
    "august",
    "android",
    "lock",
    "stable",
    "can_remotely_lock",
    "device.connected",
    "ada@example.com",
    "1234",
    UNKNOWN,
    "abc=",
    "W10=",
]
TIMES = [
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "3000-01-01T00:00:00.000Z",
    "2026-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "2026-W01-1",
    "20260101",
    "2026-02-30",
]
NUMBERS = [0, 1, 2, 60, -1, 1.5, 1e300, -1e300, 10**18, 10**30, 10**309]


class Arena:
    """A server with a sandbox workspace, another user's workspace, and one client for each kind of caller."""

    def __init__(self, sandbox):
        self.app = sandbox.embedded.app
        self.ids = {}
        house, other = sandbox.embedded.workspace, open_workspace(self.app, name="Other", is_sandbox=False)
        build_world(other, "house")
        build_world(house, "hotel")
        nuki = sandbox.create_device("nuki_lock", custom_metadata={"floor": "1"})
        sandbox.create_phone()
        sandbox.client().devices.update(device_id=nuki.device_id, is_managed=False)
        sandbox.client().locks.lock_door(device_id=sandbox.create_device().device_id)
        session = {"connected_account_ids": [nuki.connected_account_id], "user_identifier_key": "x"}
        made = sandbox.http().post("/client_sessions/create", json=session).json()["client_session"]
        token = sandbox.embedded.add_access_token(house)
        self.any_caller = st.sampled_from(
            [
                {"authorization": f"Bearer {sandbox.api_key}"},
                {"authorization": f"Bearer {sandbox.embedded.add_api_key(other)}"},
                {"authorization": f"Bearer {token}", "seam-workspace": house.workspace_id},
                {"authorization": f"Bearer {token}"},
                {"client-session-token": made["token"]},
            ]
        )
        for workspace in (house, other):
            for table in [*workspace._tables.values(), workspace.events]:
                for row in table:
                    self.ids.setdefault(row.key, []).append(row.id)
        self.own = {"authorization": f"Bearer {sandbox.api_key}"}
        self.http = httpx.Client(transport=sandbox.transport, base_url=sandbox.endpoint)
        self.start = sandbox.snapshot()
        self.restore = lambda: sandbox.restore(self.start)

    def contents(self):
        """All rows, events, pending work and credentials."""
        gate = self.app.gate
        state = [dict(gate.api_keys), dict(gate.access_tokens), dict(gate.publishable_keys)]
        for workspace in self.app.workspaces.values():
            tables = {kind.__name__: list(table) for kind, table in workspace._tables.items() if len(table)}
            state.append((workspace.workspace_id, tables, list(workspace.events), workspace.agenda.snapshot()))
        return state


@pytest.fixture(scope="module")
def arena():
    with Sandbox(world="house") as sandbox:
        yield Arena(sandbox)


def values(ids):
    """JSON values of every sort, ids that exist among them."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.sampled_from(NUMBERS),
        st.sampled_from([*WORDS, *TIMES, *(some[0] for some in ids.values())]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    )
    names = st.sampled_from(["k", "name", "operating_system", "seos_tsm_endpoint_id", "a.b", "k" * 41, ""])
    return st.one_of(
        scalars,
        st.lists(scalars, max_size=3),
        st.dictionaries(names, st.one_of(scalars, st.lists(scalars, max_size=2)), max_size=3),
    )


def fitting(name, kind, ids):
    """Values of the sort that a parameter takes, so that some requests get through to the endpoint."""
    if kind.name == "array":
        return st.lists(fitting(name.removesuffix("s"), kind.item, ids), max_size=2)
    texts = ids.get(name, []) if name.endswith("_id") else [*WORDS, *TIMES]
    return {
        "number": st.sampled_from(NUMBERS),
        "boolean": st.booleans(),
        "string": st.sampled_from([*texts, UNKNOWN]),
    }.get(
        kind.name,
        st.dictionaries(st.sampled_from(["k", "floor", "name"]), st.sampled_from(["1", True, None]), max_size=2),
    )


def bodies(path, ids):
    """Bodies of a path: some of its parameters, right or wrong, and now and then no object at all."""
    params = ENDPOINTS[path].params
    right = {name: fitting(name, kind, ids) for name, kind in params.kinds.items()}
    anything = values(ids)
    required = {name: field for name, field in right.items() if name in params.required}
    optional = {name: field for name, field in right.items() if name not in params.required}
    return st.one_of(
        st.fixed_dictionaries(required, optional=optional),
        st.fixed_dictionaries({}, optional={name: st.one_of(field, anything) for name, field in right.items()}),
        st.fixed_dictionaries(
            {name: lopsided(name, params.kinds[name], ids) for name in required},
            optional={name: lopsided(name, params.kinds[name], ids) for name in optional},
        ),
        st.dictionaries(st.sampled_from([*right, "unknown"]), anything, max_size=3),
        anything,
    )


def lopsided(name, kind, ids):
    """Values of nearly the right shape: lists of the wrong length or with one wrong item, huge and hostile texts."""
    fits = fitting(name, kind, ids)
    if kind.name == "array":
        items = fitting(name.removesuffix("s"), kind.item, ids)
        strangers = st.sampled_from([3, None, True, "", [], {}, ["x"], 10**400, "x" * 600, "\ud800", "é\x00"])
        return st.lists(st.one_of(items, strangers), max_size=4)
    return st.one_of(fits, fits.map(lambda value: [value]), st.sampled_from(STRANGE))


STRANGE = ["\ud800", "\udfff\ud800", "\x00", "é", 10**400, -(10**400), [[[]]], {"": None}, [None, 1], {"k": {"k": []}}]


def json_of(value):
    """The body as JSON text that may hold what httpx would refuse to write: half a surrogate pair."""
    return json.dumps(value).encode("ascii")


def queries(path, ids):
    """Queries of a path: its names in every notation, with texts that may or may not fit."""
    suffixes = st.sampled_from(["", "", "", "[]", "[0]", ".k", ".k.j"])
    names = st.sampled_from([*ENDPOINTS[path].params.kinds, "unknown", "next_page_cursor"])
    texts = st.sampled_from([*(some[0] for some in ids.values()), *WORDS, *TIMES, *map(str, NUMBERS[:6])])
    pairs = st.lists(st.tuples(st.builds(str.__add__, names, suffixes), texts), max_size=5)
    flags = st.sampled_from(["", "&_strict=true"])
    raw = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=20)
    return st.one_of(st.builds(lambda pairs, flag: urlencode(pairs) + flag, pairs, flags), raw)


def check_envelope(answer):
    """One of the two envelopes, and nothing of the other."""
    content = answer.json()
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    if answer.status_code == 200:
        assert list(content)[-1] == "ok"
        assert content["ok"] is True
        return
    assert answer.status_code in (400, 401, 403, 404, 409)
    assert list(content) == ["error", "ok"]
    assert content["ok"] is False
    error = content["error"]
    assert (
        {"type", "message", "request_id"}
        <= error.keys()
        <= {"type", "message", "request_id", "data", "validation_errors"}
    )
    assert error["request_id"] == answer.headers["seam-request-id"]


def check(arena, request):
    before = arena.contents()

    answer = arena.http.send(request)

    check_envelope(answer)
    if answer.is_success:
        arena.restore()
    else:
        assert arena.contents() == before


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_any_body_gets_an_envelope(arena, path):
    """No JSON body, from any caller, breaks an endpoint or half changes the state."""
    methods = st.sampled_from(ENDPOINTS[path].methods)

    @MODERATE
    @given(caller=arena.any_caller, method=methods, body=bodies(path, arena.ids))
    def ask(caller, method, body):
        headers = {**caller, "content-type": "application/json"}
        check(arena, arena.http.build_request(method, path, content=json_of(body), headers=headers))

    ask()


@pytest.mark.parametrize("path", READING_QUERIES)
def test_any_query_gets_an_envelope(arena, path):
    """No query, from any caller, breaks an endpoint or half changes the state."""
    methods = st.sampled_from(ENDPOINTS[path].methods)

    @MODERATE
    @given(caller=arena.any_caller, method=methods, query=queries(path, arena.ids))
    def ask(caller, method, query):
        url = httpx.URL(arena.http.base_url, path=path, query=query.encode("ascii"))
        check(arena, arena.http.build_request(method, url, headers=caller))

    ask()


ALONE = [
    (path, name)
    for path, endpoint in sorted(ENDPOINTS.items())
    for name, kind in sorted(endpoint.params.kinds.items())
    if endpoint.params.checks or endpoint.params.one_of or kind.name in ("array", "object", "record")
]
"""The parameters on which something runs besides the check of their own type."""


@pytest.mark.parametrize(("path", "name"), ALONE)
def test_each_parameter_that_rules_look_at_takes_anything(arena, path, name):
    """Every such parameter, each with lists of every length and items of every type, gets an envelope."""
    params, method = ENDPOINTS[path].params, ENDPOINTS[path].methods[0]
    method = "POST" if method == "GET" else method
    others = {other: fitting(other, kind, arena.ids) for other, kind in params.kinds.items() if other != name}
    required = {other: field for other, field in others.items() if other in params.required}
    headers = {**arena.own, "content-type": "application/json"}

    @settings(MODERATE, max_examples=8)
    @given(
        value=st.one_of(lopsided(name, params.kinds[name], arena.ids), values(arena.ids)),
        rest=st.fixed_dictionaries(required),
        more=st.fixed_dictionaries({}, optional=others),
    )
    def ask(value, rest, more):
        for body in ({**rest, name: value}, {**rest, **more, name: value}):
            check(arena, arena.http.build_request(method, path, content=json_of(body), headers=headers))

    ask()


HEADERS = (
    "origin",
    "host",
    "seam-workspace",
    "seam-client-session-token",
    "client-session-token",
    "seam-publishable-key",
    "user-identifier-key",
    "seam-user-identifier-key",
    "content-type",
    "accept",
)


@settings(MODERATE, max_examples=300)
@given(
    path=st.sampled_from(["/devices/list", "/client_sessions/get_or_create", "/workspaces/list", "/locks/get"]),
    method=st.sampled_from(["POST", "OPTIONS", "GET", "PUT"]),
    headers=st.dictionaries(st.sampled_from(HEADERS), st.binary(max_size=6).map(lambda text: b"seam_" + text)),
    body=st.one_of(st.just(b"{}"), st.just(b'{"limit": 1}'), st.binary(max_size=12)),
)
def test_any_bytes_in_headers_and_body_get_an_answer(arena, path, method, headers, body):
    """Bytes that are no text, in a header or as the body, are refused or passed over; never an exception."""
    sent = {"content-type": b"application/json", **arena.own, **headers}

    answer = arena.http.request(method, path, headers=sent, content=body)
    arena.restore()

    assert answer.status_code in (200, 400, 401, 403, 404, 405)
    if "origin" in headers and "access-control-allow-origin" in answer.headers:
        allowed = dict(answer.headers.raw)[b"access-control-allow-origin"]
        assert allowed == headers["origin"]


def test_arbitrary_requests_reach_every_kind_of_answer(arena):
    """The generators above are no mere noise: they get a success and each refusal out of an endpoint."""
    path, seen = "/devices/simulate/disconnect", set()

    @settings(MODERATE, max_examples=300)
    @given(caller=arena.any_caller, body=bodies(path, arena.ids))
    def ask(caller, body):
        headers = {**caller, "content-type": "application/json"}
        seen.add(arena.http.post(path, content=json_of(body), headers=headers).status_code)
        arena.restore()

    ask()

    assert seen == {200, 400, 401, 404}
