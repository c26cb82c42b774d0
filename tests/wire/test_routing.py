"""From path and method to an endpoint: aliases, 404, 405, 501, OPTIONS, CORS."""

import httpx
import pytest

from each import each
from pytest_seam_sandbox import NotEmulated, Sandbox, seam_raises
from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.catalog.known import all_paths, public_paths

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ENDPOINTS = {endpoint.path: endpoint for endpoint in all_endpoints()}
ACCEPTED = [(method, path) for path, endpoint in ENDPOINTS.items() for method in endpoint.methods]
REFUSED = [
    (method, path) for path, endpoint in ENDPOINTS.items() for method in METHODS if method not in endpoint.methods
]
NOT_EMULATED = sorted(all_paths() - ENDPOINTS.keys())
ORIGIN = "https://app.example.com"


@pytest.fixture(scope="module")
def anyone():
    """A client for requests whose answer depends on path and method alone."""
    with Sandbox() as sandbox, sandbox.http() as client:
        yield client


@pytest.fixture(scope="module")
def owner_of_token():
    """A client with a personal access token and no workspace, for the one path that takes no API key."""
    with Sandbox() as sandbox:
        token = sandbox.embedded.add_access_token(sandbox.embedded.workspace)
        with sandbox.http(headers={"authorization": f"Bearer {token}"}) as client:
            yield client


@each("method,path", ACCEPTED)
def test_every_listed_method_of_a_path_is_accepted(anyone, method, path):
    """Each method in an endpoint's row reaches its parameters: no 404, no 405, no 501."""
    answer = anyone.request(method, path)

    assert answer.status_code in (200, 400, 404, 401)
    assert answer.headers["content-type"].startswith("application/json")


@each("method,path", [row for row in REFUSED if row[1] != "/workspaces/create"])
def test_other_methods_are_refused_with_the_list(anyone, method, path):
    """A method that a path lacks gets 405 and the methods in their declared order."""
    answer = anyone.request(method, path)

    assert answer.status_code == 405
    assert answer.json()["error"]["type"] == "method_not_allowed"
    assert answer.json()["error"]["message"] == f"only {','.join(ENDPOINTS[path].methods)} accepted"


def test_path_without_workspace_refuses_methods_likewise(owner_of_token):
    """/workspaces/create, which takes tokens only, answers 405 to a GET with a token."""
    assert owner_of_token.get("/workspaces/create").json()["error"]["message"] == "only POST accepted"


def test_wrong_method_without_credentials_is_401(seam_http):
    """Authentication comes before the method."""
    answer = seam_http.delete("/devices/list", headers={"authorization": ""})

    assert answer.status_code == 401


def test_head_is_405_without_a_body(seam_http):
    """HEAD gets the headers of the refusal and no body."""
    answer = seam_http.head("/devices/list")

    assert answer.status_code == 405
    assert answer.content == b""
    assert answer.headers["content-type"].startswith("application/json")
    assert "seam-request-id" in answer.headers


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path",
    ["/", "/nope", "/devices", "/devices/", "/devices/nope", "/devices/list/", "/Devices/List", "/api/devices/list"],
)
def test_unknown_path_is_404_in_plain_text(anyone, method, path):
    """A path that Seam lacks is 404 text without a request id, so that it looks like no missing resource."""
    answer = anyone.request(method, path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "seam-request-id" not in answer.headers
    assert "Seam has no path" in answer.text


def test_unknown_path_is_no_error_of_the_api_for_the_sdk(seam_client):
    """The SDK raises a plain HTTP error for it, no Seam error."""
    with pytest.raises(httpx.HTTPStatusError) as caught:
        seam_client.client.get("/devices/nope")

    assert type(caught.value) is httpx.HTTPStatusError


def test_path_prefix_is_not_stripped(seam_http):
    """The host does not matter, but the path does."""
    assert seam_http.get("http://127.0.0.1:9/phones/list").status_code == 200
    assert seam_http.get("http://127.0.0.1:9/pre/phones/list").status_code == 404


@pytest.mark.parametrize("path", NOT_EMULATED)
def test_path_of_seam_that_is_not_emulated_is_501(path):
    """A path that Seam has and the sandbox has not answers 501 and names itself."""
    with Sandbox() as sandbox, sandbox.http() as client:
        answer = client.post(path, json={})

        assert answer.status_code == 501
        assert answer.json()["error"]["type"] == "not_implemented"
        assert path in answer.json()["error"]["message"]
        with pytest.raises(NotEmulated, match=path):
            sandbox.check()


def test_501_is_an_api_error_for_the_sdk(seam_sandbox, seam_client):
    """The SDK raises its own error with the type."""
    with seam_raises("not_implemented", status_code=501):
        seam_client.client.post(NOT_EMULATED[0], json={})

    with pytest.raises(NotEmulated):
        seam_sandbox.check()


def test_path_that_is_not_emulated_fails_the_test_once():
    """`check` names each path once, says what to do, and does not repeat itself."""
    with Sandbox() as sandbox, sandbox.http() as client:
        client.get(NOT_EMULATED[1])
        client.get(NOT_EMULATED[1])
        client.get(NOT_EMULATED[0])

        with pytest.raises(NotEmulated) as caught:
            sandbox.check()
        sandbox.check()

    assert str(caught.value).startswith(
        f"the program under test called {NOT_EMULATED[1]}, {NOT_EMULATED[0]}, which Seam has"
    )
    assert "stub" in str(caught.value)


def test_path_that_is_not_emulated_fails_a_test_in_its_call_phase(pytester):
    """A pytest test that swallows the 501 fails nevertheless, and as a failure, not as an error of its teardown."""
    pytester.makepyfile(f"def test(seam_http): seam_http.get('{NOT_EMULATED[0]}')")

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:schemathesis")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*NotEmulated*{NOT_EMULATED[0]}*"])


def test_every_emulated_path_is_one_of_seam():
    """No endpoint is declared at a path that Seam does not have."""
    assert ENDPOINTS.keys() <= all_paths()


@each("path", sorted(ENDPOINTS.keys() & public_paths().keys()))
def test_methods_are_those_of_the_specification(path):
    """Each endpoint takes the methods that the specification lists for its path."""
    assert sorted(ENDPOINTS[path].methods) == sorted(method.upper() for method in public_paths()[path])


@pytest.mark.parametrize("path", ["/devices/list", "/phones/simulate/create_sandbox_phone", NOT_EMULATED[0]])
def test_options_answers_before_authentication(anyone, path):
    """OPTIONS on a known path is 200, empty, without credentials and without a request id."""
    answer = anyone.options(path, headers={"authorization": "", "origin": ORIGIN})

    assert answer.status_code == 200
    assert answer.content == b""
    assert "seam-request-id" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_options_without_an_origin_allows_all(seam_http):
    """Without an Origin the answer allows every one."""
    assert seam_http.options("/devices/list").headers["access-control-allow-origin"] == "*"


def test_options_on_an_unknown_path_is_404(seam_http):
    """OPTIONS does not make a path exist."""
    assert seam_http.options("/nope").status_code == 404


@pytest.mark.parametrize("path", ["/phones/list", "/phones/get"])
def test_a_browser_page_may_read_answers_and_errors(seam_http, path):
    """An answer to a request with an Origin lets a page of that origin read it, with credentials."""
    headers = seam_http.get(path, headers={"origin": ORIGIN}).headers

    assert headers["access-control-allow-origin"] == ORIGIN
    assert headers["access-control-allow-credentials"] == "true"
    assert headers["access-control-allow-methods"] == "GET, POST, PUT, PATCH, DELETE, OPTIONS"


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
@pytest.mark.parametrize("origin", ["https://bücher.example".encode(), b"\xff\xfe"], ids=["utf-8", "no text"])
def test_origin_that_is_no_ascii_comes_back_as_it_was(seam_http, method, origin):
    """Node takes any bytes in a header and gives them back; so no Origin breaks an answer."""
    answer = seam_http.request(method, "/devices/list", headers={"origin": origin})

    assert answer.status_code == 200
    assert dict(answer.headers.raw)[b"access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-methods"] == "GET, POST, PUT, PATCH, DELETE, OPTIONS"


def test_a_browser_page_may_send_the_headers_of_seam(seam_http):
    """The list of allowed headers is the one of the official fake, 20 names long."""
    allowed = seam_http.options("/phones/list").headers["access-control-allow-headers"].split(", ")

    assert len(allowed) == 20
    assert {"authorization", "seam-workspace", "seam-sdk-version", "client-session-token"} <= set(allowed)
