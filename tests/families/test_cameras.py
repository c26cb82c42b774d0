"""Cameras: their live views."""

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"
OFFER = (
    "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
)


@pytest.fixture
def camera(seam_sandbox):
    return seam_sandbox.create_device("ring_camera")


@pytest.fixture
def view(seam, camera):
    return seam.cameras.live_views.create(device_id=camera.device_id)


def offer(seam, view, *, token=None, text=OFFER):
    return seam.cameras.live_views.offer(
        camera_live_view_session_id=view.camera_live_view_session_id, token=token or view.token, sdp_offer=text
    )


def stop(seam, view):
    seam.cameras.live_views.stop(camera_live_view_session_id=view.camera_live_view_session_id, token=view.token)


def media_of(answer):
    return [line.split(" ", 2)[:2] for line in answer.sdp_answer.split("\r\n") if line.startswith("m=")]


def test_live_view(seam, camera, view):
    """A session with a token answers an offer part by part; audio is refused when it was not asked for."""
    answer = offer(seam, view)

    assert view.device_id == camera.device_id
    assert answer.sdp_answer.startswith("v=0\r\n")
    assert media_of(answer) == [["m=audio", "0"], ["m=video", "9"]]
    assert camera.can_stream_live_video is True


def test_live_view_with_audio(seam, camera):
    """Both parts are taken."""
    view = seam.cameras.live_views.create(device_id=camera.device_id, include_audio=True)

    assert media_of(offer(seam, view)) == [["m=audio", "9"], ["m=video", "9"]]


@pytest.mark.parametrize(("asked", "seconds"), [({}, 300), ({"duration_seconds": 30}, 30)], ids=str)
def test_live_view_ends_by_itself(seam, seam_sandbox, camera, asked, seconds):
    """After five minutes, or when it was asked to."""
    seam_sandbox.clock.freeze()
    view = seam.cameras.live_views.create(device_id=camera.device_id, **asked)
    seam_sandbox.clock.advance(seconds - 1)
    offer(seam, view)
    seam_sandbox.clock.advance(1)

    with seam_raises("live_view_session_expired", status_code=400):
        offer(seam, view)


def test_live_view_is_stopped(seam, view):
    """It answers no more; stopping it again is fine."""
    stop(seam, view)
    stop(seam, view)

    with seam_raises("live_view_session_expired", status_code=400):
        offer(seam, view)


def test_token_of_somebody_else(seam, view):
    """A session answers to its own token only."""
    with seam_raises("unauthorized", status_code=401):
        offer(seam, view, token="live_view_abcd_efgh")


@pytest.mark.parametrize(
    ("call", "error_type"),
    [
        ({"duration_seconds": 0}, "invalid_input"),
        ({"duration_seconds": 601}, "invalid_input"),
        ({"device_id": NOTHING}, "device_not_found"),
    ],
    ids=str,
)
def test_live_view_that_cannot_be(seam, camera, call, error_type):
    """Wrong durations and unknown devices."""
    with seam_raises(error_type):
        seam.cameras.live_views.create(**{"device_id": camera.device_id} | call)


def test_lock_streams_nothing(seam, sandbox_device):
    """Only a camera has the capability."""
    with seam_raises("live_video_not_supported", status_code=400):
        seam.cameras.live_views.create(device_id=sandbox_device.device_id)


@pytest.mark.parametrize("text", ["", "hello", "v=0\r\ns=-\r\n", OFFER + "a=" + "é" * 33_000])
def test_offer_that_is_none(seam, view, text):
    """An offer is a description of a session with parts, of at most 64 KiB."""
    with seam_raises("invalid_input", status_code=400, match="sdp_offer|SDP"):
        offer(seam, view, text=text)


def test_unknown_session(seam):
    """It is 404."""
    with seam_raises("camera_live_view_session_not_found", status_code=404):
        seam.cameras.live_views.stop(camera_live_view_session_id=NOTHING, token="x")


def test_camera_out_of_reach(seam, seam_sandbox, camera, view):
    """It begins no view and answers no offer; a view can be stopped all the same."""
    with seam_sandbox.account_disconnected(camera):
        shown = seam.devices.get(device_id=camera.device_id)
        with seam_raises("account_disconnected", status_code=400):
            seam.cameras.live_views.create(device_id=camera.device_id)
        with seam_raises("account_disconnected", status_code=400):
            offer(seam, view)
        stop(seam, view)

    assert shown.can_stream_live_video is False
