"""The recorder that watches the suite is on, and notices what it is there for."""

import json

import pytest

from contract.openapi import DOCUMENT

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason=f"needs Seam's OpenAPI document as {DOCUMENT.name}")


@pytest.fixture
def phones(seam_sandbox):
    """The answer of /phones/list with one phone, to be spoiled."""
    seam_sandbox.create_phone()
    return seam_sandbox.http().post("/phones/list", json={}).json()


def test_recorder_sees_answers(recorder, seam_sandbox):
    """A new phone is checked in the event that tells of it, or in the answer that shows it."""
    before = recorder.checked

    seam_sandbox.create_phone()
    seam_sandbox.http().post("/phones/list", json={})

    assert recorder.checked > before


def test_recorder_leaves_faults_alone(recorder, seam_sandbox, seam_http):
    """An answer that a fault spoiled is not held against the contract."""
    before = recorder.checked

    with seam_sandbox.faults.garbage("/phones/list"):
        spoiled = seam_http.post("/phones/list", json={})

    assert (spoiled.status_code, recorder.checked) == (200, before)


def test_wrong_answer_is_noticed(recorder, phones):
    """A field of the wrong type is named with its path, its place and the reason."""
    phones["phones"][0]["display_name"] = 5

    with pytest.raises(AssertionError, match=r"(?s)/phones/list.*\$\['phones'\]\[0\]\['display_name'\]: 5 is not"):
        recorder.answer("/phones/list", json.dumps(phones))


def test_undeclared_code_is_noticed(recorder, seam_sandbox):
    """An error code that the row class does not declare is named."""
    device = seam_sandbox.create_device("august_lock")
    answer = seam_sandbox.http().post("/devices/get", json={"device_id": device.device_id}).json()
    warning = {"warning_code": "privacy_mode", "message": "Quiet", "created_at": "2026-01-01T00:00:00.000Z"}
    answer["device"]["warnings"] = [warning]

    with pytest.raises(AssertionError, match="'privacy_mode' is not in warning_codes of the row class of device"):
        recorder.answer("/devices/get", json.dumps(answer))


def test_wrong_event_is_noticed(recorder):
    """An event without what its schema requires is named."""
    with pytest.raises(AssertionError, match=r"(?s)phone\.deactivated leaves.*required"):
        recorder.event("phone.deactivated", '{"event_type": "phone.deactivated"}')
