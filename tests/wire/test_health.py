"""/health: the same answer through each transport, free of credentials, faults and traces."""

import httpx
import pytest

from pytest_seam_sandbox import Sandbox


def in_process(sandbox, _request):
    return sandbox.http()


def over_loopback(_sandbox, request):
    return httpx.Client(base_url=request.getfixturevalue("seam_server"))


def intercepted(sandbox, request):
    request.getfixturevalue("seam_intercept")
    return httpx.Client(base_url=sandbox.endpoint)


@pytest.fixture(params=[in_process, over_loopback, intercepted], ids=lambda way: way.__name__)
def http(request, seam_sandbox):
    """A client without credentials, through each transport."""
    with request.param(seam_sandbox, request) as client:
        client.headers.pop("authorization", None)
        yield client


@pytest.mark.parametrize("path", ["/health", "/health/get_health"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_server_is_healthy(http, seam_sandbox, method, path):
    """The answer has a request id, the sandbox's time and a list of healthy services."""
    seam_sandbox.clock.freeze()

    answer = http.request(method, path)

    body = answer.json()
    assert (answer.status_code, body["ok"]) == (200, True)
    assert len(answer.headers["seam-request-id"]) == 36
    assert body["last_service_evaluation_at"][:19] == seam_sandbox.clock.now().isoformat()[:19]
    assert [sorted(each) for each in body["service_health_statuses"]] == [["description", "service", "status"]]
    assert {each["status"] for each in body["service_health_statuses"]} == {"healthy"}


def test_health_is_no_request_to_seam(http, seam_sandbox):
    """An app that waits for its server to be healthy meets no fault and leaves no trace."""
    with seam_sandbox.faults.fail("*", times=None):
        assert http.get("/health").status_code == 200

    assert seam_sandbox.requests == []
    assert "/health" not in seam_sandbox.timeline


def test_ids_of_requests_do_not_depend_on_health():
    """Request ids follow from the seed, however often somebody asks whether the server works."""
    with Sandbox().http() as asked, Sandbox().http() as other:
        asked.get("/health")
        ids = [http.get("/devices/list").headers["seam-request-id"] for http in (asked, other)]

    assert ids[0] == ids[1]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_other_methods_are_refused(http, method):
    """As at every path, a method that is not there is 405 with those that are."""
    error = http.request(method, "/health").json()["error"]

    assert (error["type"], error["message"]) == ("method_not_allowed", "only GET,POST accepted")


def test_head_has_no_body(http):
    """HEAD is no method of Seam."""
    answer = http.head("/health")

    assert (answer.status_code, answer.content) == (405, b"")


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_browser_pages_may_ask(http, method):
    """A page of any origin may read whether the server works."""
    answer = http.request(method, "/health", headers={"origin": "https://app.example"})

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
