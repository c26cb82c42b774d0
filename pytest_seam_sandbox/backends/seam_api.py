"""The sandbox's own client of Seam's API. Embedded and live sandboxes change and read state through it alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic_core import to_json

from ..api._shared import Resource
from ..api.connected_accounts.model import ConnectedAccount
from ..api.devices.model import Device
from ..api.phones.model import Phone
from ..engine.errors import SandboxError, is_for_the_test, shortened
from ..engine.json_values import why_no_json
from .answers import Shown, all_rows, as_model, read

if TYPE_CHECKING:
    from ..api.access_codes.model import AccessCode
    from ..api.acs.resources import AcsSystem

R = TypeVar("R", bound=Resource)

__tracebackhide__ = is_for_the_test


class Refused(SandboxError):
    """Seam refused a call that the sandbox made for the test."""

    def __init__(self, path: str, params: dict[str, Any], status: int, error: dict[str, Any]) -> None:
        self.status = status
        self.error_type = str(error.get("type"))
        given, message = shortened(str(params), 1_000), shortened(str(error.get("message")), 1_000)
        super().__init__(f"Seam refused {path} with {given}: {status} {self.error_type}: {message}")


Send = Callable[[str, bytes], "tuple[int, bytes]"]
"""Sends a JSON body to a path by POST; gives the status and the body of the answer."""


class SeamApi:
    """Calls by path, with the credentials of the workspace."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def call(self, path: str, **params: Any) -> Shown:
        """POST to a path, without the parameters that are None; the answer. Raises Refused."""
        sent = {name: value for name, value in params.items() if value is not None}
        fault = why_no_json(sent)
        if fault is not None:
            raise SandboxError(f"{path} takes JSON only: {shortened(fault, 200)}.")
        status, content = self._send(path, to_json(sent))
        answer = read(path, content)
        if status >= 400:
            raise Refused(path, sent, status, answer["error"])
        return answer

    def find(self, path: str, **params: Any) -> Shown | None:
        """Like `call`, but None for what is not there (404)."""
        try:
            return self.call(path, **params)
        except Refused as refused:
            if refused.status != 404:
                raise
            return None

    def device(self, device_id: str) -> Device | None:
        """The device of this id, managed or not; None when there is none."""
        row = self.device_row(device_id)
        return None if row is None else as_model(Device, row)

    def device_row(self, device_id: str) -> dict[str, Any] | None:
        """Like `device`, as JSON."""
        for path in ("/devices/get", "/devices/unmanaged/get"):
            answer = self.find(path, device_id=device_id)
            if answer is not None:
                row: dict[str, Any] = answer["device"]
                return row
        return None

    def devices(self, **filters: Any) -> list[Device]:
        """All devices that pass the filters of /devices/list, the managed ones first."""
        return [as_model(Device, row) for row in self.device_rows(**filters)]

    def device_rows(self, **filters: Any) -> list[dict[str, Any]]:
        """Like `devices`, as JSON: a model of each of a thousand devices takes longer than all else."""
        paths = ("/devices/list", "/devices/unmanaged/list")
        return [row for path in paths for row in self.rows(path, "devices", **filters)]

    def phone(self, device_id: str) -> Phone | None:
        """The phone of this id; None when there is none."""
        answer = self.find("/phones/get", device_id=device_id)
        return None if answer is None else as_model(Phone, answer["phone"])

    def phones(self, **filters: Any) -> list[Phone]:
        """All phones that pass the filters of /phones/list."""
        return [as_model(Phone, row) for row in self.call("/phones/list", **filters)["phones"]]

    def phone_ids(self, **filters: Any) -> set[str]:
        """The ids of the phones that pass the filters of /phones/list; without a model of each."""
        return {row["device_id"] for row in self.call("/phones/list", **filters)["phones"]}

    def connected_account(self, connected_account_id: str) -> ConnectedAccount | None:
        """The connected account of this id; None when there is none."""
        answer = self.find("/connected_accounts/get", connected_account_id=connected_account_id)
        return None if answer is None else as_model(ConnectedAccount, answer["connected_account"])

    def all(self, kind: type[R], path: str, key: str, **params: Any) -> list[R]:
        """All resources of a list, whatever pages it comes in."""
        return [as_model(kind, row) for row in self.rows(path, key, **params)]

    def access_codes(self) -> list[AccessCode]:
        """All access codes by device: Seam lists those of one device."""
        from ..api.access_codes.model import AccessCode

        codes: list[AccessCode] = []
        for device in self.device_rows():
            for path in ("/access_codes/list", "/access_codes/unmanaged/list"):
                codes += self.all(AccessCode, path, "access_codes", device_id=device["device_id"])
        return codes

    def acs_system(self, acs_system_id: str) -> AcsSystem:
        """The access system of this id. Raises Refused when there is none."""
        from ..api.acs.resources import AcsSystem

        return as_model(AcsSystem, self.call("/acs/systems/get", acs_system_id=acs_system_id)["acs_system"])

    def acs_systems(self) -> list[AcsSystem]:
        """All access systems, oldest first."""
        from ..api.acs.resources import AcsSystem

        return [as_model(AcsSystem, row) for row in self.call("/acs/systems/list")["acs_systems"]]

    def mobile_keys(self) -> dict[str, set[str]]:
        """The ids of the phones that hold it, for the id of each mobile key that is issued to one phone."""
        rows = self.rows("/acs/credentials/list", "acs_credentials", is_multi_phone_sync_credential=False)
        ids = [row["acs_credential_id"] for row in rows if row["access_method"] == "mobile_key"]
        return {key: self.phone_ids(acs_credential_id=key) for key in ids}

    def owner_of(self, phone_id: str) -> str | None:
        """The user identity that owns a phone: the phone does not say it, but lists by owner do."""
        for identity in self.rows("/user_identities/list", "user_identities"):
            if phone_id in self.phone_ids(owner_user_identity_id=identity["user_identity_id"]):
                return str(identity["user_identity_id"])
        return None

    def rows(self, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        """Like `all`, as JSON."""
        return all_rows(path, key, lambda cursor: self.call(path, page_cursor=cursor, **params))
