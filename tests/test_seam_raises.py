"""seam_raises: which errors it takes, and what it says when another came."""

import httpx
import pytest

from pytest_seam_sandbox import ExpectationFailed, seam_raises

NOTHING = "00000000-0000-4000-8000-000000000000"


def text_of(error, call):
    """The text with which a call fails."""
    with pytest.raises(error) as raised:
        call()
    return str(raised.value)


def fail_in(manager, body=lambda: None):
    """Run a body inside a context manager."""
    with manager:
        body()


def unknown_device(client):
    client.devices.get(device_id=NOTHING)


def test_seam_raises_takes_the_errors_of_the_sdk(seam):
    """The exception and what Seam said are there after the block."""
    with seam_raises("device_not_found", status_code=404, match="not found") as info:
        unknown_device(seam)

    assert type(info.value).__name__ == "SeamHttpApiError"
    assert (info.error_type, info.status_code) == ("device_not_found", 404)
    assert "Device not found" in info.message


def test_seam_raises_takes_bad_input(seam):
    """A refused parameter is an error like the others."""
    with seam_raises("invalid_input", status_code=400):
        seam.devices.get(device_id="no uuid")


def test_seam_raises_takes_a_refused_key(seam_sandbox):
    """The SDK's own exception for 401 is understood."""
    client = seam_sandbox.client(api_key="seam_test1234_unknown")

    with seam_raises("unauthorized", status_code=401):
        client.devices.list()


def test_seam_raises_takes_failed_action_attempts(seam, seam_sandbox, sandbox_device):
    """For an action attempt the type of its error counts; there is no status."""
    with seam_sandbox.disconnected(sandbox_device), seam_raises("device_disconnected") as info:
        seam.locks.unlock_door(device_id=sandbox_device.device_id)

    assert info.status_code is None


def test_seam_raises_takes_httpx(seam_http):
    """A client without SDK raises httpx.HTTPStatusError, which carries Seam's error."""
    with seam_raises("device_not_found", status_code=404, match="^Device not found$") as info:
        seam_http.post("/devices/get", json={"device_id": NOTHING}).raise_for_status()

    assert isinstance(info.value, httpx.HTTPStatusError)


CAME = "SeamHttpApiError with error type 'device_not_found', status 404: "


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (
            {"error_type": "device_unmanaged"},
            "expected Seam to answer with the error 'device_unmanaged', but this came: " + CAME,
        ),
        (
            {"error_type": "device_not_found", "status_code": 400},
            "expected the error 'device_not_found' with status 400, but this came: " + CAME,
        ),
        (
            {"error_type": "device_not_found", "match": "no such words"},
            "expected a message that matches 'no such words', but this came: " + CAME,
        ),
    ],
    ids=["type", "status", "message"],
)
def test_seam_raises_says_which_error_came_instead(seam_client, expected, words):
    """Type, status and message of the error that came, and the error itself as the cause."""
    with pytest.raises(ExpectationFailed) as raised:
        fail_in(seam_raises(**expected), lambda: unknown_device(seam_client))

    assert str(raised.value).startswith(words)
    assert type(raised.value.__cause__).__name__ == "SeamHttpApiError"


def test_seam_raises_says_which_attempt_failed_instead(seam_client, seam_sandbox, sandbox_device):
    """A failed attempt with another error is named without a status."""
    with seam_sandbox.hub_disconnected(sandbox_device):
        text = text_of(
            ExpectationFailed,
            lambda: fail_in(
                seam_raises("device_disconnected"),
                lambda: seam_client.locks.unlock_door(device_id=sandbox_device.device_id),
            ),
        )

    assert "SeamActionAttemptFailedError with error type 'hub_disconnected': " in text


def test_seam_raises_when_nothing_came(seam_client):
    """A block that succeeds is not what was expected."""
    text = text_of(ExpectationFailed, lambda: fail_in(seam_raises("device_not_found"), seam_client.devices.list))

    assert text == "expected Seam to answer with the error 'device_not_found', but the block raised nothing."


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), httpx.ConnectError("x")], ids=repr)
def test_seam_raises_lets_other_exceptions_pass(error):
    """What is no answer of Seam is none of its business."""

    def body():
        raise error

    with pytest.raises(type(error)) as raised:
        fail_in(seam_raises("device_not_found"), body)

    assert raised.value is error


def test_seam_raises_lets_interrupts_pass():
    """Ctrl-C is not caught."""

    def body():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_in(seam_raises("device_not_found"), body)


@pytest.mark.parametrize("content", [b"no JSON", b'{"message": "x"}', b"[]", b'{"error": "x"}'], ids=str)
def test_answer_that_is_no_seam_error(content):
    """An HTTP error of something else is shown with its text."""
    response = httpx.Response(502, content=content, request=httpx.Request("GET", "http://test"))

    text = text_of(ExpectationFailed, lambda: fail_in(seam_raises("unauthorized"), response.raise_for_status))

    assert "HTTPStatusError with error type '(no Seam error)', status 502: " in text
    assert content.decode() in text
