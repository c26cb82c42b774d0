"""The two envelopes: what every success and every error looks like on the wire."""

from uuid import UUID

import pytest

from pytest_seam_sandbox import Sandbox

pytestmark = pytest.mark.every_transport

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_success_has_its_payload_and_then_ok(seam_http):
    """A success is a JSON object: the response key, then `ok` as the last key."""
    answer = seam_http.get("/phones/list")

    assert answer.status_code == 200
    assert answer.text == '{"phones":[],"ok":true}'


def test_answer_without_payload_is_just_ok(seam_http, sandbox_device):
    """A path without a response key answers `{"ok": true}` and nothing else."""
    answer = seam_http.post("/devices/simulate/disconnect", json={"device_id": sandbox_device.device_id})

    assert answer.json() == {"ok": True}


def test_creation_answers_200(seam_http):
    """Creations answer 200 like everything else, not 201."""
    assert seam_http.post("/user_identities/create", json={}).status_code == 200


def test_paginated_list_has_pagination_beside_the_list(seam_http):
    """A paginated list carries `pagination` between the list and `ok`."""
    assert list(seam_http.get("/devices/list").json()) == ["devices", "pagination", "ok"]


def test_answer_with_two_names_repeats_its_payload(seam_http, sandbox_device):
    """/locks/get gives the same lock as `device` and as `lock`."""
    answer = seam_http.get("/locks/get", params={"device_id": sandbox_device.device_id}).json()

    assert list(answer) == ["device", "lock", "ok"]
    assert answer["device"] == answer["lock"]


@pytest.mark.parametrize("path", ["/phones/list", "/phones/get"])
def test_json_answers_say_that_they_are_json(seam_http, path):
    """Successes and errors alike carry Seam's JSON content type."""
    assert seam_http.get(path).headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("path", ["/phones/list", "/phones/get"])
def test_every_answer_has_a_request_id_of_version_4(seam_http, path):
    """Successes and errors alike carry a UUID of version 4 as seam-request-id."""
    assert UUID(seam_http.get(path).headers["seam-request-id"]).version == 4


def test_request_ids_differ(seam_http):
    """No two answers share a request id."""
    first, second = seam_http.get("/phones/list"), seam_http.get("/phones/list")

    assert first.headers["seam-request-id"] != second.headers["seam-request-id"]


def test_request_ids_do_not_disturb_the_ids_of_resources():
    """A read between two creations changes no id: request ids come from a sequence of their own."""
    with Sandbox(seed="same") as quiet, Sandbox(seed="same") as talkative:
        talkative.http().get("/phones/list")

        assert quiet.create_user_identity().user_identity_id == talkative.create_user_identity().user_identity_id


def test_error_has_type_message_and_request_id(seam_http):
    """An error is `{"error": {...}, "ok": false}` with the request id of the header repeated in it."""
    answer = seam_http.get("/events/get", params={"event_id": UNKNOWN})

    assert answer.status_code == 404
    assert answer.json() == {
        "error": {
            "type": "event_not_found",
            "message": "Event not found",
            "request_id": answer.headers["seam-request-id"],
        },
        "ok": False,
    }


def test_error_about_an_id_repeats_it(seam_http):
    """A lookup that fails has what was looked up under `data`."""
    error = seam_http.post("/devices/simulate/connect", json={"device_id": UNKNOWN}).json()["error"]

    assert error["data"] == {"device_id": UNKNOWN}


def test_sdk_reads_type_status_and_request_id(seam, seam_sandbox):
    """The SDK's exception carries what the envelope says."""
    import seam as sdk

    with pytest.raises(sdk.SeamHttpApiError) as caught:
        seam.phones.get(device_id=UNKNOWN)

    assert caught.value.code == "device_not_found"
    assert caught.value.status_code == 404
    assert caught.value.request_id == seam_sandbox.requests[-1].request_id


def test_sdk_reads_validation_errors(seam):
    """The SDK finds the text of a field in the tree of validation errors."""
    import seam as sdk

    with pytest.raises(sdk.SeamHttpInvalidInputError) as caught:
        seam.phones.get(device_id="nope")

    assert caught.value.get_validation_error_messages("device_id") == ["Invalid uuid"]
