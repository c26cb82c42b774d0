"""Media: what cameras have taken."""

import pytest

from pytest_seam_sandbox import seam_raises
from pytest_seam_sandbox.api.media import add_media

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def camera(seam_sandbox):
    return seam_sandbox.create_device("ring_camera")


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
