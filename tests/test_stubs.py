"""Stubs answer paths that are not emulated; they are counted, and the timeline marks them."""

import httpx
import pytest
from seam import SeamHttpApiError

from pytest_seam_sandbox import ExpectationFailed, Sandbox, SandboxError, seam_raises
from pytest_seam_sandbox.api import find_endpoint
from pytest_seam_sandbox.catalog.known import is_known


def not_emulated():
    """A path that Seam has and that no endpoint declares: one outside of the public API, so that it stays so."""
    path = "/bridges/list"
    assert is_known(path)
    assert find_endpoint(path) is None
    return path


PATH = not_emulated()


def test_stub_answers_in_place_of_an_endpoint(seam_sandbox, seam_http):
    """The program gets the answer with Seam's envelope, and the test does not fail for the path."""
    seam_sandbox.stub(PATH, {"bridges": [{"name": "Villa"}]})

    answer = seam_http.post(PATH, json={"search": "v"})

    assert answer.status_code == 200
    assert answer.json() == {"bridges": [{"name": "Villa"}], "ok": True}
    assert answer.headers["seam-request-id"]
    (call,) = seam_sandbox.requests
    assert (call.path, call.params, call.error) == (PATH, {"search": "v"}, "stub")
    assert f"POST {PATH} (search=v) → 200 stub" in seam_sandbox.timeline


def test_stub_may_look_at_the_parameters(seam_sandbox, seam_http):
    """A function makes the answer from what was sent, in the query or in the body."""
    seam_sandbox.stub(PATH, lambda params: {"echo": dict(params)})

    assert seam_http.get(PATH, params={"a": "1"}).json()["echo"] == {"a": "1"}
    assert seam_http.post(PATH, json={"a": 1}).json()["echo"] == {"a": 1}


def test_stub_may_answer_an_error(seam_sandbox, seam_http):
    """A status of 400 or more is a refusal of Seam."""
    seam_sandbox.stub(PATH, {"error": {"type": "not_found", "message": "no"}}, status=404)

    with seam_raises("not_found", status_code=404):
        seam_http.post(PATH).raise_for_status()
    assert seam_http.post(PATH).json()["ok"] is False


def test_stub_needs_a_key_like_any_path(seam_sandbox):
    """Nobody is answered without credentials."""
    seam_sandbox.stub(PATH, {})

    with httpx.Client(transport=seam_sandbox.transport, base_url=seam_sandbox.endpoint) as client:
        assert client.post(PATH).status_code == 401


def test_stub_that_was_asked_too_rarely_fails_the_test():
    """With `times` the number of calls is expected."""
    with pytest.raises(ExpectationFailed, match=rf"the stub of {PATH} was asked 1 of 2 time"), Sandbox() as sandbox:
        sandbox.stub(PATH, {}, times=2)
        sandbox.http().post(PATH)


def test_stub_answers_no_more_often_than_it_should(seam_sandbox, seam_http):
    """After `times` calls the path is not emulated again."""
    with seam_sandbox.stub(PATH, {}, times=1):
        assert seam_http.post(PATH).status_code == 200
        assert seam_http.post(PATH).status_code == 501

    with pytest.raises(SandboxError, match=r"answer it with sandbox\.stub"):
        seam_sandbox.check()


def test_stub_of_a_block_ends_with_it(seam_sandbox, seam_http):
    """Leaving the block takes the stub away, and says if it was not asked."""
    with pytest.raises(ExpectationFailed, match="was asked 0 of 1"), seam_sandbox.stub(PATH, {}, times=1):
        pass
    with pytest.raises(ZeroDivisionError) as found, seam_sandbox.stub(PATH, {}, times=1):
        1 / 0  # noqa: B018

    assert "was asked 0 of 1" in found.value.__notes__[0]
    with seam_sandbox.stub(PATH, {}):
        assert seam_http.post(PATH).status_code == 200


@pytest.mark.parametrize(
    ("path", "answer", "options", "match"),
    [
        ("/doors/open", {}, {}, "Seam has no path '/doors/open'"),
        ("/devices/list", {"devices": []}, {}, "/devices/list is emulated, so it needs no stub"),
        (PATH, [], {}, "is a JSON object; got \\[\\]"),
        (PATH, {"at": object()}, {}, "is no JSON: it.at is a value of the type object"),
        (PATH, {"level": float("nan")}, {}, "is no JSON: it.level is nan"),
        (PATH, {1: 2}, {}, "is no JSON: it has a key of the type int"),
        ([PATH], {}, {}, "Seam has no path \\['/"),
        (PATH, {}, {"status": 99}, "status is 99"),
        (PATH, {}, {"times": 0}, "times is 0"),
    ],
    ids=["unknown", "emulated", "list", "no JSON", "nan", "key", "no text", "status", "times"],
)
def test_stub_that_makes_no_sense(seam_sandbox, path, answer, options, match):
    """A mistake is named when the stub is made."""
    with pytest.raises(SandboxError, match=match):
        seam_sandbox.stub(path, answer, **options)


def test_two_stubs_of_one_path(seam_sandbox):
    """A second stub of a path waits for the end of the first."""
    seam_sandbox.stub(PATH, {})

    with pytest.raises(SandboxError, match="there is a stub of .* already"):
        seam_sandbox.stub(PATH, {})


def test_refusals_of_a_stub_reach_the_sdk(seam_sandbox):
    """The SDK raises what it raises for an answer of Seam."""
    seam_sandbox.stub(PATH, {"error": {"type": "some_error", "message": "no"}}, status=400)

    with pytest.raises(SeamHttpApiError, match="no"):
        seam_sandbox.client().client.post(PATH, json={})


def test_stub_that_is_gone_when_its_block_ends(seam_sandbox):
    """What the end of the sandbox has told already is not told again."""
    with seam_sandbox.stub(PATH, {}, times=1), pytest.raises(ExpectationFailed, match="was asked 0 of 1"):
        seam_sandbox.check()


def test_answer_is_that_of_the_time_when_it_was_given(seam_sandbox, seam_http):
    """What a test does to the object later, such as a constant that tests share, changes no answer."""
    answer = {"bridges": []}
    seam_sandbox.stub("/bridges/list", answer)
    answer["bridges"].append("from another test")

    assert seam_http.post("/bridges/list", json={}).json()["bridges"] == []
