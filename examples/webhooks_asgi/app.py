"""Keeps a board of doors up to date by Seam's webhooks; a Starlette app, as FastAPI is one too.

Webhooks come late, twice and out of order, and now and then one is lost. So the app takes an event for what it is: a
reason to look. It verifies, remembers which messages it has handled, asks Seam for the device as it is now, and says
200 when the answer is stored. What was lost it finds when it looks at everything, as it does at its start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from seam import AsyncSeam, SeamHttpApiError, SeamWebhook, SeamWebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

State = Literal["ready", "offline"]

PATH = "/webhooks/seam"
EVENT_TYPES = ["device.connected", "device.disconnected", "device.removed", "device.added"]


class Board:
    """The state of each door by its id."""

    def __init__(self, seam: AsyncSeam) -> None:
        self._seam = seam
        self._handled: set[str] = set()
        self.doors: dict[str, State] = {}
        self.looks = 0

    async def refresh(self) -> None:
        """Look at all doors."""
        doors = await self._seam.devices.list()
        self.doors = {door.device_id: _state(door.properties.online) for door in doors}

    async def take(self, message_id: str, device_id: str) -> None:
        """Look at the door of one message, if that has not been handled before."""
        if message_id in self._handled:
            return
        await self._look(device_id)
        self._handled.add(message_id)  # only now: when looking has failed, the message comes again

    async def _look(self, device_id: str) -> None:
        self.looks += 1
        try:
            door = await self._seam.devices.get(device_id=device_id)
        except SeamHttpApiError as error:
            if error.code != "device_not_found":
                raise
            self.doors.pop(device_id, None)
            return
        if any(problem.error_code == "device_removed" for problem in door.errors):
            self.doors.pop(device_id, None)
        else:
            self.doors[device_id] = _state(door.properties.online)


def _state(online: bool) -> State:
    return "ready" if online else "offline"


def make_app(seam: AsyncSeam, secret: str) -> Starlette:
    """The app; `app.state.board` is its board. secret: that of the webhook."""
    board = Board(seam)
    verifier = SeamWebhook(secret)

    async def hook(request: Request) -> Response:
        try:
            event = verifier.verify((await request.body()).decode(), dict(request.headers))
        except (SeamWebhookVerificationError, UnicodeDecodeError):
            return Response(status_code=401)
        await board.take(request.headers["svix-id"], event.device_id)
        return Response(status_code=204)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await board.refresh()
        yield

    app = Starlette(routes=[Route(PATH, hook, methods=["POST"])], lifespan=lifespan)
    app.state.board = board
    return app
