"""Cameras: live views. Only the SDK has these paths; what it says of them is all that is known.

Assumed: defaults, error types, and that an unreachable camera refuses. Nothing is streamed: the answer to an offer is a
valid description of a session that sends nothing.
"""

from __future__ import annotations

import hmac
import re
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le
from pydantic import AfterValidator, BeforeValidator

from ..engine.auth import Caller
from ..engine.clock import written_at
from ..engine.errors import ApiError
from ..engine.query import QueryType
from ..engine.router import Router
from ..engine.store import Row, row_type
from ..engine.types import Text, Uuid, integer, refused
from ..engine.workspace import Workspace
from ._shared import WITH_SESSION, find
from .devices.issues import UNREACHABLE
from .devices.lookup import reachable
from .devices.model import DeviceRow

router = Router("/cameras")

_FLAG = "can_stream_live_video"
_DEFAULT_SECONDS = 300
_LONGEST_SECONDS = 600
_MOST_BYTES = 64 * 1024
_MEDIA = re.compile(r"^m=(\w+) \d+ (\S+) (.+?)\r?$", re.MULTILINE)


def _session_description(value: str) -> str:
    if len(value.encode("utf-8", "replace")) > _MOST_BYTES:
        raise refused("SDP offer must be at most 65536 bytes")
    if not value.startswith("v=0") or _MEDIA.search(value) is None:
        raise refused("Invalid SDP offer")
    return value


Seconds = Annotated[int, BeforeValidator(integer), Ge(1), Le(_LONGEST_SECONDS), QueryType("number")]
SdpOffer = Annotated[str, AfterValidator(_session_description), QueryType("string")]


@row_type
class CameraLiveViewSessionRow(Row):
    """A live view of a camera. expires: when it ends by itself, in seconds since 1970."""

    key: ClassVar[str] = "camera_live_view_session_id"
    not_found: ClassVar[str] = "camera_live_view_session_not_found"
    camera_live_view_session_id: str
    device_id: str
    token: str
    expires: float
    includes_audio: bool
    is_stopped: bool = False

    def view(self) -> dict[str, Any]:
        """The session as a client sees it."""
        return {
            "camera_live_view_session_id": self.camera_live_view_session_id,
            "device_id": self.device_id,
            "expires_at": written_at(self.expires),
            "token": self.token,
        }


def _camera(workspace: Workspace, caller: Caller, device_id: str) -> DeviceRow:
    """The camera, if it streams and can be reached; ApiError 400 `live_video_not_supported`, or what blocks it."""
    device = reachable(workspace, caller, device_id)
    if _FLAG not in device.model.flags:
        raise ApiError(400, "live_video_not_supported", f"The device lacks the capability {_FLAG}")
    obstacle = next((error for error in device.errors if error.code in UNREACHABLE), None)
    if obstacle is not None:
        raise ApiError(400, obstacle.code, obstacle.message, data={"device_id": device_id})
    return device


def _session(workspace: Workspace, caller: Caller, session_id: str, token: str) -> CameraLiveViewSessionRow:
    session = find(workspace, CameraLiveViewSessionRow, session_id, words="Camera live view session")
    reachable(workspace, caller, session.device_id)
    if not hmac.compare_digest(session.token.encode(), token.encode("utf-8", "replace")):
        raise ApiError(401, "invalid_live_view_token", "The token is not that of the live view session")
    return session


@router.post(
    "live_views/create",
    key="camera_live_view_session",
    allow=WITH_SESSION,
    source="assumed",
    conflict="Only the SDK has live views: nothing says who may call, the default duration or the error types.",
)
def create(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    duration_seconds: Seconds = _DEFAULT_SECONDS,
    include_audio: bool = False,
) -> CameraLiveViewSessionRow:
    """Begin a live view of a camera, for 1 to 600 seconds (SDK), 300 by default; no event.

    A camera out of reach: 400 with the code of what blocks it.
    """
    device = _camera(workspace, caller, device_id)
    return workspace[CameraLiveViewSessionRow].put(
        CameraLiveViewSessionRow(
            camera_live_view_session_id=workspace.ids.uuid(),
            device_id=device.id,
            token=workspace.ids.token("live_view_", 4, 24),
            expires=workspace.clock.timestamp() + duration_seconds,
            includes_audio=include_audio,
        )
    )


@router.post("live_views/offer", key="camera_live_view_answer", allow=WITH_SESSION, source="assumed")
def offer(
    workspace: Workspace, *, caller: Caller, camera_live_view_session_id: Uuid, sdp_offer: SdpOffer, token: Text
) -> dict[str, str]:
    """Answer a WebRTC offer; audio is refused in it unless the session includes audio. Nothing is streamed.

    Another token: 401 `invalid_live_view_token`; a session that is over: 400 `live_view_session_expired`.
    """
    session = _session(workspace, caller, camera_live_view_session_id, token)
    if session.is_stopped or workspace.clock.timestamp() >= session.expires:
        raise ApiError(400, "live_view_session_expired", "The live view session is over. Create another one")
    _camera(workspace, caller, session.device_id)
    return {"sdp_answer": _answer(workspace, sdp_offer, includes_audio=session.includes_audio)}


def _answer(workspace: Workspace, sdp_offer: str, *, includes_audio: bool) -> str:
    """A description that takes each part of the offer, with port 0 for what is refused (RFC 8866, RFC 3264)."""
    digest = workspace.ids.uuid().replace("-", "").upper() * 2
    lines = ["v=0", f"o=- {workspace.ids.pin(12)} 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    for kind, protocol, formats in _MEDIA.findall(sdp_offer):
        is_refused = kind == "audio" and not includes_audio
        lines += [f"m={kind} {0 if is_refused else 9} {protocol} {formats}", "c=IN IP4 0.0.0.0"]
        lines += [
            "a=sendonly",
            f"a=ice-ufrag:{digest[:8]}",
            f"a=ice-pwd:{digest[:24]}",
            f"a=fingerprint:sha-256 {':'.join(re.findall('..', digest))}",
            "a=setup:active",
        ]
    return "\r\n".join([*lines, ""])


@router.post("live_views/stop", allow=WITH_SESSION, source="assumed")
def stop(workspace: Workspace, *, caller: Caller, camera_live_view_session_id: Uuid, token: Text) -> None:
    """End a live view, also of a camera that is out of reach; once more changes nothing."""
    session = _session(workspace, caller, camera_live_view_session_id, token)
    workspace[CameraLiveViewSessionRow].put(session.but(is_stopped=True))
