"""Media: the images and videos that a camera has taken. Only the SDK has this path.

Nothing in a sandbox takes pictures, so a workspace has the media that a test adds to it. The URLs lead nowhere.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, ClassVar, Literal

from ..engine.auth import Caller
from ..engine.clock import written_at
from ..engine.errors import ApiError
from ..engine.router import Router
from ..engine.store import Row, row_type
from ..engine.types import Uuid
from ..engine.workspace import Workspace
from ._shared import WITH_SESSION, find, given
from .devices.lookup import reachable

router = Router("/media")

MediaType = Literal["video", "image"]
MediaStatus = Literal["pending", "available", "unavailable", "failed"]

_URL_SECONDS = 300
_CONTENT_TYPES = MappingProxyType({"video": "video/mp4", "image": "image/jpeg"})


@row_type
class MediaRow(Row):
    """An image or a video of a camera."""

    key: ClassVar[str] = "media_id"
    not_found: ClassVar[str] = "media_not_found"
    media_id: str
    workspace_id: str
    device_id: str
    event_id: str | None
    media_type: MediaType
    status: MediaStatus
    created_at: str

    def view(self) -> dict[str, Any]:
        """The media without a URL, which each answer has anew."""
        is_there = self.status == "available"
        return {
            "media_id": self.media_id,
            "workspace_id": self.workspace_id,
            "device_id": self.device_id,
            "event_id": self.event_id,
            "media_type": self.media_type,
            "status": self.status,
            "url": None,
            "content_type": _CONTENT_TYPES[self.media_type] if is_there else None,
            "expires_at": None,
            "created_at": self.created_at,
            **given(video_codec="h264" if self.media_type == "video" else None),
        }


def add_media(
    workspace: Workspace,
    device_id: str,
    *,
    media_type: MediaType = "image",
    status: MediaStatus = "available",
    event_id: str | None = None,
) -> MediaRow:
    """New media of a camera."""
    return workspace[MediaRow].put(
        MediaRow(
            media_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            device_id=device_id,
            event_id=event_id,
            media_type=media_type,
            status=status,
            created_at=workspace.clock.text(),
        )
    )


@router.get(
    "get",
    key="media",
    allow=WITH_SESSION,
    source="assumed",
    conflict="Only the SDK has media: nothing says who may call, or the error types.",
)
def get(
    workspace: Workspace,
    *,
    caller: Caller,
    format: Literal["json", "redirect"] = "json",  # noqa: A002 - the word of the API
    media_id: Uuid,
) -> dict[str, Any]:
    """The media of this id, with a URL that is another one each time and good for five minutes (SDK).

    format redirect: 302 to that URL (SDK); there is none yet: 404 `media_not_available`.
    """
    media = find(workspace, MediaRow, media_id, words="Media", data={"media_id": media_id})
    reachable(workspace, caller, media.device_id)
    url = None
    if media.status == "available":
        expires = written_at(workspace.clock.timestamp() + _URL_SECONDS)
        url = f"https://media.seam.invalid/{media.id}?expires_at={expires}&signature={workspace.ids.uuid()}"
    if format == "json":
        return {**media.view(), "url": url}
    if url is None:
        raise ApiError(404, "media_not_available", f"The media is {media.status}", data={"media_id": media_id})
    raise ApiError(302, "redirect", "The media is at the URL of the header Location", headers=(("location", url),))
