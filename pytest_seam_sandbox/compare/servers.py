"""The two sides of a comparison: the emulator, and a server of Seam's API behind HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any, Protocol

from pydantic_core import from_json, to_json

from ..api.acs.kinds import SYSTEM_KINDS
from ..catalog.devices import device_models, providers
from ..engine.http import Request
from ..sandbox import Sandbox
from .steps import DeviceNeed, Need

Exchange = Callable[[str, bytes, "str | None"], "tuple[int, bytes]"]
"""Posts a body to a path; gives status and body of the answer. The last is a token other than the API key."""

Device = Mapping[str, Any]
Hold = Callable[[Sequence[Device], DeviceNeed], "AbstractContextManager[str]"]
"""Holds one of these devices, so that nobody else uses it; gives its id. Entering raises NotThere when none is free."""

UNKNOWN_KEY = "seam_test1unknown_key_of_nobody_0000000"
"""Of the form of a sandbox key, and of no workspace."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 4.0


class NotThere(Exception):
    """A server does not have what a scenario needs; the message says what."""


@dataclass(frozen=True)
class Found:
    """What a need has brought: values by the names under which they are kept.

    type, provider: of the device or access system, and of its account, so that the other side can have such a one.
    """

    values: Mapping[str, str]
    type: str
    provider: str = ""


def _first(devices: Sequence[Device], _need: DeviceNeed) -> AbstractContextManager[str]:
    return nullcontext(str(devices[0]["device_id"]))


class Server(Protocol):
    """One side of a comparison."""

    def post(self, path: str, params: Mapping[str, Any], token: str | None = None) -> tuple[int, Any]:
        """The status of an answer and its JSON; None for what is no JSON. token: in place of the API key."""
        ...

    def now(self) -> datetime:
        """The present time there."""
        ...

    def looks(self) -> Iterator[int]:
        """Numbers the looks for what is waited for, from 0 on, with pauses between them; ends with the time for it."""
        ...


class Emulator:
    """A fresh embedded sandbox in which action attempts are pending first, as at Seam."""

    def __init__(self) -> None:
        self._sandbox = Sandbox(action_attempts="poll")

    def post(self, path: str, params: Mapping[str, Any], token: str | None = None) -> tuple[int, Any]:
        """The answer of the emulator."""
        headers = {"authorization": f"Bearer {token or self._sandbox.api_key}", "content-type": "application/json"}
        response = self._sandbox.embedded.app.handle(Request("POST", path, headers=headers, body=to_json(params)))
        return response.status, _json(response.body)

    def now(self) -> datetime:
        """The time of the sandbox."""
        return self._sandbox.clock.now()

    def looks(self) -> Iterator[int]:
        """A few looks: what is to happen happens at the first, or at the next one."""
        return iter(range(3))

    def make(self, need: Need, like: Found) -> Found:
        """What a need brings, of the type that the other side has. Raises NotThere."""
        provision = self._sandbox.backend.provision
        if not isinstance(need, DeviceNeed):
            if like.type not in SYSTEM_KINDS:
                raise NotThere(f"the emulator has no access system of the type {like.type}")
            return Found({"acs_system": provision.create_acs_system(like.type)}, like.type)
        if like.type not in device_models():
            raise NotThere(f"the emulator has no device of the type {like.type}")
        is_known = like.provider in {row["device_provider_name"] for row in providers()}
        account_id = provision.create_account(like.provider) if is_known else None
        device_id = provision.create_device(like.type, connected_account_id=account_id)
        device = self._sandbox.get_device(device_id)
        return Found({"device": device_id, "connected_account": str(device.connected_account_id)}, like.type)


class Remote:
    """A workspace behind HTTP. wait: the most seconds to wait for an event or an action attempt."""

    def __init__(self, exchange: Exchange, *, wait: float, hold: Hold = _first) -> None:
        self._exchange, self._wait, self._hold = exchange, wait, hold

    def post(self, path: str, params: Mapping[str, Any], token: str | None = None) -> tuple[int, Any]:
        """The answer of the server."""
        status, content = self._exchange(path, to_json(params), token)
        return status, _json(content)

    def now(self) -> datetime:
        """The time of this machine."""
        return datetime.now(UTC)

    def looks(self) -> Iterator[int]:
        """Looks with longer and longer pauses between them, until the time is over."""
        end, pause, number = monotonic() + self._wait, _FIRST_PAUSE, 0
        while True:
            yield number
            if monotonic() + pause > end:
                return
            sleep(pause)
            pause, number = min(pause * 2, _LONGEST_PAUSE), number + 1

    @contextmanager
    def holding(self, need: Need) -> Iterator[Found]:
        """What a scenario needs, of what the workspace has, for the time of the block. Raises NotThere."""
        if not isinstance(need, DeviceNeed):
            system = next(self._rows("/acs/systems/list", "acs_systems"), None)
            if system is None:
                raise NotThere(f"the workspace has no {need}")
            yield Found({"acs_system": system["acs_system_id"]}, str(system.get("external_type")))
            return
        devices = {
            device["device_id"]: device for device in self._rows("/devices/list", "devices") if need.fits(device)
        }
        if not devices:
            raise NotThere(f"the workspace has no {need}")
        with self._hold(list(devices.values()), need) as device_id:
            device = devices[device_id]
            account_id = str(device.get("connected_account_id"))
            kept = {"device": device_id, "connected_account": account_id}
            yield Found(kept, str(device.get("device_type")), self._provider(account_id))

    def _provider(self, connected_account_id: str) -> str:
        """Whose account it is; "" when it does not say so."""
        _, answer = self.post("/connected_accounts/get", {"connected_account_id": connected_account_id})
        account = answer.get("connected_account") if isinstance(answer, dict) else None
        return str(account.get("account_type") or account.get("provider") or "") if isinstance(account, dict) else ""

    def _rows(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        """All resources of a list, page by page."""
        cursor, seen = None, set[str]()
        while True:
            status, answer = self.post(path, {} if cursor is None else {"page_cursor": cursor})
            if status != 200 or not isinstance(answer, dict) or not isinstance(answer.get(key), list):
                raise NotThere(f"{path} answers {status} without {key}")
            own_id = f"{key.removesuffix('s')}_id"
            yield from (row for row in answer[key] if isinstance(row, dict) and isinstance(row.get(own_id), str))
            cursor = at("pagination.next_page_cursor", answer)
            if not isinstance(cursor, str) or cursor in seen:  # a page that comes again has no end
                return
            seen.add(cursor)


def at(place: str, value: Any) -> Any:
    """What stands at a place in an answer, such as "access_codes.0.code"; None where there is nothing."""
    for part in place.split("."):
        if isinstance(value, list) and part.isdecimal():
            value = next(iter(value[int(part) :]), None)
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def _json(content: bytes) -> Any:
    try:
        return from_json(content)
    except ValueError:
        return None
