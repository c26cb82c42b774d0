"""How the official fake answers where Seam answers otherwise: ids, action attempts, console sessions."""

import base64
import hmac
import json
import time

import pytest


def signed(claims, *, secret=b"secret", algorithm="HS256"):
    """A JSON Web Token as the web console has it."""
    parts = [json.dumps(part).encode() for part in ({"alg": algorithm, "typ": "JWT"}, claims)]
    text = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    signature = hmac.digest(secret, text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


JOHN = {"user_id": "john_user_id", "key": "john_user_key"}


def test_request_ids_are_counted(fake):
    """Each request has an id that starts with `request`, in header and error, /health as well."""
    healthy, refused = fake.send("/health"), fake.send("/devices/get", {"device_id": "unknown-device"})

    assert healthy.json()["service_health_statuses"]
    assert healthy.headers["seam-request-id"] == "request1"
    assert refused.headers["seam-request-id"] == refused.json()["error"]["request_id"] == "request2"


def test_routes_of_the_fake_have_request_ids(fake):
    """Those below /_fake/ count with all others, mistakes too; the sandbox's own control routes have none."""
    answers = [
        fake.send("/_fake/default_seed"),
        fake.send("/_fake/no_such_route"),
        fake.send("/_sandbox/check", {}),
        fake.send("/devices/list"),
    ]

    assert [answer.headers.get("seam-request-id") for answer in answers] == ["request1", "request2", None, "request3"]


def test_unknown_id_of_any_form_is_not_found(fake):
    """An id that is no UUID is looked up."""
    refused = fake.send("/devices/get", {"device_id": "unknown-device"})

    assert (refused.status_code, refused.json()["error"]["type"]) == (404, "device_not_found")


def test_unknown_key_is_unauthorized(fake):
    """The key that the suites call invalid gets 401."""
    assert fake.send("/devices/list", key="seam_invalid_api_key").status_code == 401


def test_action_attempt_is_pending_first(fake):
    """An action attempt is pending in its answer and has succeeded at the next look."""
    assert fake.attempt(fake.unlock()["action_attempt_id"])["status"] == "success"


def test_sync_is_obeyed(fake):
    """With `sync` the attempt has ended in its answer."""
    answer = fake.call("/locks/unlock_door", {"device_id": "august_device_1", "sync": True})

    assert answer["action_attempt"]["status"] == "success"


def test_settings_win(start):
    """Settings that are given take the place of what the fake does."""
    fake = start(action_attempts="instant", seed="seven")

    answer = fake.call("/locks/unlock_door", {"device_id": "august_device_1"})
    assert answer["action_attempt"]["status"] == "success"


def test_console_session_reaches_its_workspace(fake):
    """A token signed with the fake's secret acts for John in the workspace that the header names."""
    token = signed(JOHN)
    device = fake.call("/devices/get", {"device_id": "august_device_1"}, key=token, seam_workspace="seed_workspace_1")[
        "device"
    ]

    assert device["workspace_id"] == "seed_workspace_1"
    assert fake.send("/devices/list", key=token, seam_workspace="seed_workspace_2").status_code == 401


def test_console_session_lists_workspaces(fake):
    """Without a workspace it lists those of its user."""
    workspaces = fake.call("/workspaces/list", key=signed(JOHN))["workspaces"]

    assert [workspace["workspace_id"] for workspace in workspaces] == ["seed_workspace_1"]


@pytest.mark.parametrize(
    "token",
    [
        signed(JOHN, secret=b"other"),
        signed(JOHN, algorithm="none"),
        signed({**JOHN, "user_id": "jane"}),
        signed({**JOHN, "exp": time.time() - 60}),
        signed(["john_user_id"]),
        "eyJhbGciOiJIUzI1NiJ9.e30",
        "ey.e30.e30",
        "ey.e30.x",
    ],
    ids=["other secret", "no signature", "other user", "expired", "no object", "two parts", "bad header", "bad base64"],
)
def test_other_tokens_get_nothing(fake, token):
    """What is no console session of John's is refused."""
    assert fake.send("/devices/list", key=token, seam_workspace="seed_workspace_1").status_code == 401


def test_console_session_that_is_not_expired_is_taken(fake):
    """An expiry in the future changes nothing."""
    token = signed({**JOHN, "exp": time.time() + 3600})

    assert fake.send("/devices/list", key=token, seam_workspace="seed_workspace_1").status_code == 200
