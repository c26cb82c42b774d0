"""Cameras: live views, and the media that they have taken."""

import pytest

from pytest_seam_sandbox import seam_raises
from pytest_seam_sandbox.api.media import add_media

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


# media


@pytest.mark.parametrize(
    ("media_type", "content_type", "codec"), [("image", "image/jpeg", None), ("video", "video/mp4", "h264")]
)
def test_media(seam, seam_sandbox, camera, media_type, content_type, codec):
    """Each answer has a URL of its own."""
    made = add_media(seam_sandbox.embedded.workspace, camera.device_id, media_type=media_type)

    first, second = (seam.media.get(media_id=made.media_id) for _ in range(2))

    assert (first.media_type, first.status, first.content_type) == (media_type, "available", content_type)
    assert (first.video_codec, first.device_id) == (codec, camera.device_id)
    assert first.url.startswith("https://")
    assert first.url != second.url


def test_media_as_the_source_of_an_image(seam_http, seam_sandbox, camera):
    """The answer leads to the URL."""
    made = add_media(seam_sandbox.embedded.workspace, camera.device_id)

    answer = seam_http.get("/media/get", params={"media_id": made.media_id, "format": "redirect"})

    assert answer.status_code == 302
    assert made.media_id in answer.headers["location"]


@pytest.mark.parametrize("status", ["pending", "unavailable", "failed"])
def test_media_that_is_not_there(seam, seam_sandbox, camera, status):
    """It has no URL, and leads nowhere."""
    made = add_media(seam_sandbox.embedded.workspace, camera.device_id, status=status)

    shown = seam.media.get(media_id=made.media_id)

    assert (shown.status, shown.url, shown.content_type) == (status, None, None)
    with seam_raises("media_not_available", status_code=404):
        seam.media.get(media_id=made.media_id, format="redirect")


def test_unknown_media(seam):
    """It is 404."""
    with seam_raises("media_not_found", status_code=404):
        seam.media.get(media_id=NOTHING)
