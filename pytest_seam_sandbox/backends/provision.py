"""What no API of Seam offers: things out of nothing, and what people do at a provider; embedded only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields as fields_of
from typing import TYPE_CHECKING, Any, Literal, cast

from ..api._shared import plain
from ..engine.app import App
from ..engine.errors import SandboxError, UnknownId, is_for_the_test, quoted
from ..engine.events import Provided
from ..engine.frozen import freeze
from ..engine.store import Row
from ..engine.workspace import Workspace
from ..report.texts import joined
from .extensions import NO_EXTENSIONS, Extensions
from .finder import ambiguous, named

if TYPE_CHECKING:
    from ..api.connect_webviews.model import ConnectWebviewRow
    from ..api.connected_accounts.model import ConnectedAccountRow
    from ..api.phones.model import PhoneMetadata

__tracebackhide__ = is_for_the_test


class EmbeddedProvision:
    """Makes things in one workspace of the emulator.

    codes_set: where the codes of errors and warnings go that a test puts on things.
    """

    def __init__(
        self, app: App, workspace: Workspace, codes_set: set[str], extensions: Extensions = NO_EXTENSIONS
    ) -> None:
        self._app = app
        self._workspace = workspace
        self._codes_set = codes_set
        self._device_models = extensions.device_models

    def create_account(self, provider: str, **details: Any) -> str:
        """A new connected account; its id. Raises SandboxError for no provider of Seam's, and for a login twice."""
        from ..api.connected_accounts.model import account_of_login
        from ..catalog.devices import check_provider
        from ..worlds.adding import add_account

        check_provider(provider)
        with self._app.changing():
            email = details.get("email")
            if email is not None and account_of_login(self._workspace, provider, email) is not None:
                raise SandboxError(
                    f"there is a {provider} account of {email} already; a login has one account. Give another email."
                )
            return add_account(self._workspace, provider, **details).connected_account_id

    def create_acs_system(self, system_type: str, *, connected_account_id: str | None = None, **details: Any) -> str:
        """A new access system of the account, or of an account of its own; its id."""
        from ..api.acs.kinds import SYSTEM_KINDS
        from ..worlds.adding_systems import add_acs_system

        if system_type not in SYSTEM_KINDS:
            raise SandboxError(
                f"Seam has no access system of the type {quoted(system_type)}; there are "
                f"{', '.join(sorted(SYSTEM_KINDS))}."
            )
        with self._app.changing():
            self._check_free("acs_system_id", details.get("acs_system_id"))
            account = self._account(connected_account_id)
            return add_acs_system(self._workspace, system_type, account=account, **details).acs_system_id

    def create_device(self, device_type: str, *, connected_account_id: str | None = None, **details: Any) -> str:
        """A new device of the account, or of the provider's own account; its id."""
        from ..api.connected_accounts.model import ConnectedAccountRow
        from ..api.devices.state import add_device
        from ..catalog.devices import device_model
        from ..worlds.adding import add_account

        model = device_model(device_type, self._device_models)
        if model.provider is None:
            raise SandboxError(f"{device_type!r} is a phone, not a device of an account. Use create_phone() instead.")
        with self._app.changing():
            self._check_free("device_id", details.get("device_id"))
            account = self._account(connected_account_id)
            if account is None:
                accounts = self._workspace[ConnectedAccountRow]
                account = next((row for row in accounts if row.account_type == model.provider), None)
            account = account or add_account(self._workspace, model.provider)
            return add_device(self._workspace, account, model, **details).device_id

    def check_new_phone(
        self, device_id: str | None, user_identity_id: str | None, custom_sdk_installation_id: str | None
    ) -> None:
        """Raise SandboxError when a phone of this id is there, or the phone of this installation has another id."""
        from ..api.phones.state import find_installation

        with self._app.lock:
            self._check_free("device_id", device_id)
            known = find_installation(self._workspace, user_identity_id or "", custom_sdk_installation_id)
            if device_id is not None and known is not None:
                raise SandboxError(
                    f"the user identity has a phone {known.device_id!r} with this installation already, so it cannot "
                    f"be {device_id!r}. Leave the device_id out, or give another custom_sdk_installation_id."
                )

    def check_customizing(self, what: str) -> None:
        """Everything can be had here."""

    def _check_free(self, name: str, new_id: str | None) -> None:
        """Raise SandboxError for an id that something has already, in any workspace. name: of the parameter."""
        tables = [table for workspace in self._app.workspaces.values() for table in workspace.tables()]
        row = next((row for table in tables if (row := table.get(new_id)) is not None), None)
        if row is not None:
            words = re.sub("(?<!^)([A-Z])", r" \1", type(row).__name__.removesuffix("Row")).lower()
            article = "an" if words[0] in "aeio" else "a"
            raise SandboxError(f"there is {article} {words} {new_id!r} already; give another {name}.")

    def customize_phone(self, device_id: str, new_id: str, properties: dict[str, Any]) -> str:
        """Give a phone the id and the properties that a test wants; the id."""
        from ..api.phones.model import PhoneRow
        from ..api.phones.state import customize_phone

        with self._app.changing():
            phone = self._workspace[PhoneRow][device_id]
            return customize_phone(self._workspace, phone, new_id, properties).device_id

    def fail_action_attempt(self, action_attempt_id: str, error_type: str, message: str) -> dict[str, Any]:
        """Let a pending action attempt fail, as it stands before the next look; the attempt as clients see it."""
        from ..api.action_attempts import ActionAttemptRow, fail

        clock = self._app.clock
        with self._app.lock, clock.pinned(clock.timestamp()):
            attempts = self._workspace[ActionAttemptRow]
            attempt = attempts.get(action_attempt_id)
            if attempt is None:
                raise UnknownId(
                    f"no action attempt {quoted(action_attempt_id)} in this sandbox; it has "
                    f"{joined(row.id for row in attempts) or 'none'}."
                )
            if attempt.status != "pending":
                raise SandboxError(
                    f"the action attempt {action_attempt_id} ({attempt.action_type}) has ended already, with "
                    f"{attempt.status}; only a pending one can fail. Give the sandbox action_attempts='poll' or "
                    "seconds, and let the attempt fail before the program looks at it again."
                )
            return fail(self._workspace, action_attempt_id, error_type=error_type, message=message).view()

    @contextmanager
    def naming(self, **wanted: str | None) -> Iterator[None]:
        """What is made first in the block has this id, by the name of the parameter; None for one of the sequence.

        Raises SandboxError for an id that something has already.
        """
        [(name, new_id)] = wanted.items()
        with self._app.lock:
            self._check_free(name, new_id)
            with self._app.ids.naming(new_id):
                yield

    @contextmanager
    def ids_kept_on_error(self) -> Iterator[None]:
        """A call that Seam refuses changes nothing; let it use up no id either."""
        with self._app.lock:
            count = self._app.ids.count
            try:
                yield
            except Exception:
                self._app.ids.count = count
                raise

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Several calls, of which none has happened when one is refused; other requests wait meanwhile."""
        with self._app.lock:
            state = self._app.snapshot()
            try:
                yield
            except Exception:
                self._app.restore(state)
                raise

    def readd_device(self, device_id: str) -> None:
        """Put a removed device back into its account, as a person does at the provider; Seam notices in its time."""
        from ..api._shared import when_noticed
        from ..api.devices.model import find_device
        from ..api.devices.state import put_back

        with self._app.changing():
            when_noticed(self._workspace, put_back, find_device(self._workspace, device_id).id)

    def complete_login(self, connect_webview_id: str, *, email: str, provider: str | None) -> str:
        """Log in with a Connect Webview, as a person does; the id of the account."""
        from ..api.connect_webviews.logins import log_in

        with self._app.changing():
            webview = self._webview(connect_webview_id)
            return log_in(self._workspace, webview, email=email, provider=provider).connected_account_id

    def fail_login(self, connect_webview_id: str) -> None:
        """Try to log in with a Connect Webview, and fail."""
        from ..api.connect_webviews.logins import fail

        with self._app.changing():
            fail(self._workspace, self._webview(connect_webview_id))

    def open_instant_key(self, instant_key: str, about: Mapping[str, Any]) -> str:
        """Open the link of an instant key on a phone, as a person does; the id of the phone."""
        from ..api.instant_keys.model import InstantKeyRow
        from ..api.instant_keys.state import open_link

        with self._app.changing():
            keys = self._workspace[InstantKeyRow]
            found = next((row for row in keys if instant_key in (row.id, row.instant_key_url)), None)
            if found is None:
                raise UnknownId(
                    f"no instant key {quoted(instant_key)} in this sandbox; it has "
                    f"{joined(row.id for row in keys) or 'none'}. Let the program under test make one with "
                    "/user_identities/generate_instant_key or an access grant."
                )
            return open_link(self._workspace, found, cast("PhoneMetadata", about)).device_id

    def full_name(self) -> str:
        """The name of a person, as it follows from the seed."""
        return self._app.ids.full_name()

    def set_mark(
        self, row_id: str, field: Literal["errors", "warnings"], code: str, message: str | None, fields: dict[str, Any]
    ) -> str:
        """Put an error or a warning on a resource; the name of the resource."""
        from ..api._marks import find_markable, put_mark

        with self._app.changing():
            row = find_markable(self._workspace, row_id)
            put_mark(self._workspace, row, field, code, message=message, fields=fields)
            self._codes_set.add(code)
            return row.label or row_id

    def clear_mark(self, row_id: str, field: Literal["errors", "warnings"], code: str) -> str:
        """Take an error or a warning off a resource; the name of the resource."""
        from ..api._marks import find_markable, take_mark

        with self._app.changing():
            row = find_markable(self._workspace, row_id)
            take_mark(self._workspace, row, field, code)
            return row.label or row_id

    def set_battery(self, device_id: str, level: float) -> None:
        """Give the battery of a device another charge, as its provider tells Seam."""
        from ..api._shared import when_noticed
        from ..api.devices.hardware import set_battery

        with self._app.changing():
            when_noticed(self._workspace, set_battery, device_id, level)

    def set_keypad(self, device_id: str, *, is_connected: bool) -> None:
        """Attach the keypad of a device, or take it off, as its provider tells Seam."""
        from ..api._shared import when_noticed
        from ..api.devices.hardware import set_keypad

        with self._app.changing():
            when_noticed(self._workspace, set_keypad, device_id, is_connected)

    def change_code_outside(self, access_code_id: str, *, erase: bool) -> None:
        """Give an access code another PIN at its lock, or erase it there, as a person does without Seam."""
        from ..api._shared import when_noticed
        from ..api.access_codes.external import delete_outside, modify_outside
        from ..api.access_codes.model import AccessCodeRow

        with self._app.changing():
            if erase:
                when_noticed(self._workspace, delete_outside, access_code_id)
            else:
                now = self._workspace[AccessCodeRow][access_code_id].code
                pins = iter(lambda: self._workspace.ids.pin(len(now or "0000")), now)
                when_noticed(self._workspace, modify_outside, access_code_id, next(pins))

    def change_code_back(self, access_code_id: str) -> None:
        """Undo that: Seam sets the code again, or who has changed it gives it the old PIN."""
        from ..api._shared import when_noticed
        from ..api.access_codes.external import change_back

        with self._app.changing():
            when_noticed(self._workspace, change_back, access_code_id)

    def emit(self, event_type: str, resource: str | None, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Log an event; what it carries about the resource is filled in. The event as clients see it.

        Raises SandboxError when a field is missing that every such event has.
        """
        from ..api._marks import find_markable
        from ..catalog.known import event_fields, required_event_fields

        with self._app.changing():
            about = {} if resource is None else self._facts_about(find_markable(self._workspace, resource))
            known = event_fields(event_type)
            given = {**{name: value for name, value in about.items() if name in known}, **fields}
            missing = [name for name in required_event_fields(event_type) if name not in given]
            if missing:
                raise SandboxError(
                    f"every event {event_type!r} has {', '.join(missing)}, which was not given. Give it as an "
                    "argument, or give the resource that has it."
                )
            event = Provided(event_type, given.get("device_id"), freeze(given))
            return self._workspace.events.emit(self._workspace, event).view()

    def _facts_about(self, row: Row) -> dict[str, Any]:
        """What events say about a resource: its id, those that it names, and the metadata of device and account."""
        from ..api.connected_accounts.model import ConnectedAccountRow
        from ..api.devices.model import DeviceRow

        facts: dict[str, Any] = {row.key: row.id}
        for field in fields_of(row):
            value = getattr(row, field.name)
            if field.name.endswith("_id") and isinstance(value, str):
                facts[field.name] = value
        device = self._workspace[DeviceRow].get(facts.get("device_id"))
        if device is not None:
            facts["device_custom_metadata"] = plain(device.custom_metadata)
            facts.setdefault("connected_account_id", device.connected_account_id)
        account = self._workspace[ConnectedAccountRow].get(facts.get("connected_account_id"))
        if account is not None:
            facts["connected_account_custom_metadata"] = plain(account.custom_metadata)
        return facts

    def _webview(self, connect_webview_id: str) -> ConnectWebviewRow:
        from ..api.connect_webviews.model import ConnectWebviewRow

        webviews = self._workspace[ConnectWebviewRow]
        webview = webviews.get(connect_webview_id)
        if webview is None:
            raise UnknownId(
                f"no Connect Webview {quoted(connect_webview_id)} in this sandbox; it has "
                f"{joined(row.id for row in webviews) or 'none'}. Let the program under test make one with "
                "/connect_webviews/create."
            )
        return webview

    def _account(self, connected_account_id: str | None) -> ConnectedAccountRow | None:
        from ..api.connected_accounts.model import ConnectedAccountRow

        accounts = self._workspace[ConnectedAccountRow]
        account = accounts.get(connected_account_id)
        if connected_account_id is not None and account is None:
            found = list(accounts.called(connected_account_id))
            if len(found) > 1:
                raise ambiguous("connected account", connected_account_id, [row.id for row in found])
            if found:
                return found[0]
            raise UnknownId(
                f"no connected account {quoted(connected_account_id)} in this sandbox; "
                f"it has {named(accounts)}. Make one with create_connected_account()."
            )
        return account
