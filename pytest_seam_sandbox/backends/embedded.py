"""The emulator as a backend of a Sandbox: what no API of Seam offers, so that a live workspace cannot have it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from .. import api
from ..api.workspaces import open_workspace
from ..engine.app import App
from ..engine.auth import AccessToken
from ..engine.clock import format_time
from ..engine.errors import SandboxError, UnknownId, is_for_the_test, quoted
from ..engine.history import Call, Entry
from ..engine.http import Request
from ..engine.settings import Settings
from ..engine.workspace import Workspace
from ..report.texts import Names, joined
from .event_list import EventList
from .names import Finder, named

if TYPE_CHECKING:
    from ..api.connect_webviews.model import ConnectWebviewRow
    from ..api.connected_accounts.model import ConnectedAccountRow

__tracebackhide__ = is_for_the_test


class Embedded:
    """One emulated Seam server with one sandbox workspace."""

    is_live = False

    def __init__(self, *, world: str, seed: int | str, settings: Settings, api_key: str | None = None) -> None:
        self.app = App(api, settings=settings, seed=seed)
        self.workspace = open_workspace(self.app, name="Sandbox", is_sandbox=True)
        self.api_key = self.add_api_key(self.workspace)
        if api_key is not None:  # the ids that follow are the same with a key of one's own
            self.app.gate.api_keys = {api_key: self.app.gate.api_keys.pop(self.api_key)}
            self.api_key = api_key
        if world != "empty":
            from ..worlds.build import build_world

            build_world(self.workspace, world)
        self.workspace.mark_start()
        self.world = world
        self.clock = SandboxClock(self.app)
        self._kept: dict[str, tuple[Any, ...]] = {}
        self._remembered: dict[str, str] = {}
        self.codes_set: set[str] = set()

    def adopt(self, other: Embedded) -> None:
        """Start from the present state of another backend of the same world, seed and settings; costs microseconds.

        What rows and events say never changes, so the two share them until one of them writes.
        """
        with self.app.lock, other.app.lock:
            self.workspace.restore(other.workspace.snapshot())
            self.workspace.events.emitted = other.workspace.events.emitted
            self.workspace.mark_start()
            self.app.ids.count = other.app.ids.count
            self.app.clock.follow(other.app.clock)
            self.world = other.world
            self.codes_set |= other.codes_set

    def send(self, path: str, body: bytes) -> tuple[int, bytes]:
        """A call of the sandbox's own, straight to the emulator: no fault meets it, and no test is shown it."""
        headers = {"authorization": f"Bearer {self.api_key}", "content-type": "application/json"}
        response = self.app.handle(Request("POST", path, headers=headers, body=body, origin="sandbox"))
        return response.status, response.body

    def add_api_key(self, workspace: Workspace) -> str:
        """A new API key of a workspace: of the test form for a sandbox, of the production form otherwise."""
        with self.app.lock:
            key = self.app.ids.token("seam_test" if workspace.is_sandbox else "seam_", 4, 24)
            self.app.gate.api_keys[key] = workspace.workspace_id
            return key

    def dump(self) -> dict[str, Any]:
        """All rows of the workspace by kind, and its events, as clients see them."""
        with self.app.lock:
            rows = self.workspace.rows()
            kinds = {kind.__name__.removesuffix("Row"): [row.view() for row in found] for kind, found in rows.items()}
            return {
                "workspace_id": self.workspace.workspace_id,
                **kinds,
                "Event": [e.view() for e in self.workspace.events],
            }

    def contents(self) -> str:
        """The world, how many devices and phones there are now, and `action_attempts` if not "instant"; in short."""
        from ..api.devices.model import DeviceRow
        from ..api.phones.model import PhoneRow

        counts = {"devices": len(self.workspace[DeviceRow]), "phones": len(self.workspace[PhoneRow])}
        attempts = self.app.settings.action_attempts
        ending = [] if attempts == "instant" else [f"action_attempts={attempts!r}"]
        furniture = [f"{name}={count}" for name, count in counts.items() if count]
        return ", ".join([f"world={self.world!r}", *furniture, *ending])

    @contextmanager
    def whole_or_not_at_all(self) -> Iterator[None]:
        """Undo what the block did to the workspaces and to the history if it raises; other requests wait meanwhile."""
        with self.app.lock:
            state, place = self.app.snapshot(), self.app.history.place
            try:
                yield
            except BaseException:
                self.app.restore(state)
                self.app.history.cut(place)
                raise

    def keep_snapshot(self) -> str:
        """Keep a snapshot under a name, for callers who cannot hold one."""
        name = f"snapshot-{len(self._kept) + 1}"
        self._kept[name] = self.app.snapshot()
        return name

    def restore_kept(self, snapshot: str) -> None:
        """Go back to a kept snapshot."""
        if snapshot not in self._kept:
            raise UnknownId(f"there is no snapshot {quoted(snapshot)}; there are {joined(self._kept) or 'none'}.")
        self.app.restore(self._kept[snapshot])

    def add_access_token(self, *workspaces: Workspace) -> str:
        """A new personal access token of a user of these workspaces."""
        with self.app.lock:
            token = self.app.ids.token("seam_at1", 8, 24)
            ids = tuple(workspace.workspace_id for workspace in workspaces)
            self.app.gate.access_tokens[token] = AccessToken(token, ids)
            return token

    def mark(self) -> int:
        """A place in the event log, for `events_after`."""
        return self.workspace.events.emitted

    def events_after(self, mark: int) -> EventList:
        """The events that were logged after the mark and show by now, oldest first."""
        with self.app.lock:
            self.app.settle()
            return EventList(*self.workspace.events.seen(after=mark, at=self.app.clock.timestamp()))

    def names(self) -> Names:
        """The names of what there is at present, for texts."""
        return Names(self.app.workspaces.values(), self._remembered)

    def remember_names(self) -> None:
        """Keep the names of what there is for texts that are made when it is gone: after a failed trial, for one."""
        with self.app.lock:
            self._remembered |= self.names().all()

    def hint_at(self, text: str) -> str:
        """The ids of what a text is the name of, as a sentence; empty when it is no name."""
        with self.app.lock:
            ids = Finder(self.workspace).ids_called(text)
        return f"That is the name of {ids}." if ids else ""

    @contextmanager
    def finding(self) -> Iterator[Finder]:
        """Finds devices, phones and accounts by id or name."""
        with self.app.lock:
            yield Finder(self.workspace)

    def history(self) -> list[Entry]:
        """All that has happened, in order; a request that is being answered in another thread is waited for."""
        with self.app.lock:
            return list(self.app.history)

    def calls(self) -> list[Call]:
        """Every request that the program under test has made, oldest first, as far as they are kept."""
        return [entry for entry in self.history() if isinstance(entry, Call) and entry.origin == "app"]

    def forget(self) -> None:
        """Forget the history, and trouble that nobody was told of."""
        with self.app.lock:
            self.app.history.clear()
            self.app.not_emulated.clear()
            self.app.internal_errors.clear()

    def pass_time(self, seconds: float, why: str = "") -> None:
        """Let sandbox time pass while something is waited for; costs no real time."""
        self.app.pass_time(seconds, why)

    def create_account(self, provider: str, **details: Any) -> str:
        """A new connected account; its id. Raises SandboxError for no provider of Seam's, and for a login twice."""
        from ..api.connected_accounts.model import account_of_login
        from ..catalog.devices import check_provider
        from ..worlds.build import add_account

        check_provider(provider)
        with self.app.changing():
            email = details.get("email")
            if email is not None and account_of_login(self.workspace, provider, email) is not None:
                raise SandboxError(
                    f"there is a {provider} account of {email} already; a login has one account. Give another email."
                )
            return add_account(self.workspace, provider, **details).connected_account_id

    def create_acs_system(self, system_type: str, *, connected_account_id: str | None = None, **details: Any) -> str:
        """A new access system of the account, or of an account of its own; its id."""
        from ..api.acs.kinds import SYSTEM_KINDS
        from ..worlds.build import add_acs_system

        if system_type not in SYSTEM_KINDS:
            raise SandboxError(
                f"Seam has no access system of the type {quoted(system_type)}; there are "
                f"{', '.join(sorted(SYSTEM_KINDS))}."
            )
        with self.app.changing():
            account = self._account(connected_account_id)
            return add_acs_system(self.workspace, system_type, account=account, **details).acs_system_id

    def create_device(self, device_type: str, *, connected_account_id: str | None = None, **details: Any) -> str:
        """A new device of the account, or of the provider's own account; its id."""
        from ..api.connected_accounts.model import ConnectedAccountRow
        from ..api.devices.state import add_device
        from ..catalog.devices import device_model
        from ..worlds.build import add_account

        model = device_model(device_type)
        if model.provider is None:
            raise SandboxError(f"{device_type!r} is a phone, not a device of an account. Use create_phone() instead.")
        with self.app.changing():
            self._check_free(details.get("device_id"))
            account = self._account(connected_account_id)
            if account is None:
                accounts = self.workspace[ConnectedAccountRow]
                account = next((row for row in accounts if row.account_type == model.provider), None)
            account = account or add_account(self.workspace, model.provider)
            return add_device(self.workspace, account, model, **details).device_id

    def check_new_phone(
        self, device_id: str | None, user_identity_id: str | None, custom_sdk_installation_id: str | None
    ) -> None:
        """Raise SandboxError when a phone of this id is there, or the phone of this installation has another id."""
        from ..api.phones.state import find_installation

        with self.app.lock:
            self._check_free(device_id)
            known = find_installation(self.workspace, user_identity_id or "", custom_sdk_installation_id)
            if device_id is not None and known is not None:
                raise SandboxError(
                    f"the user identity has a phone {known.device_id!r} with this installation already, so it cannot "
                    f"be {device_id!r}. Leave the device_id out, or give another custom_sdk_installation_id."
                )

    def _check_free(self, device_id: str | None) -> None:
        from ..api.devices.model import DeviceRow
        from ..api.phones.model import PhoneRow

        for word, kind in (("device", DeviceRow), ("phone", PhoneRow)):
            if self.workspace[kind].get(device_id) is not None:
                raise SandboxError(f"there is a {word} {device_id!r} already; give another device_id.")

    def furnish_phone(self, device_id: str, new_id: str, properties: dict[str, Any]) -> str:
        """Give a phone the id and the properties that a test wants; the id."""
        from ..api.phones.model import PhoneRow
        from ..api.phones.state import furnish_phone

        with self.app.changing():
            phone = self.workspace[PhoneRow][device_id]
            return furnish_phone(self.workspace, phone, new_id, properties).device_id

    @contextmanager
    def ids_kept_on_error(self) -> Iterator[None]:
        """A call that Seam refuses changes nothing; let it use up no id either."""
        with self.app.lock:
            count = self.app.ids.count
            try:
                yield
            except Exception:
                self.app.ids.count = count
                raise

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Several calls, of which none has happened when one is refused; other requests wait meanwhile."""
        with self.app.lock:
            state = self.app.snapshot()
            try:
                yield
            except Exception:
                self.app.restore(state)
                raise

    def readd_device(self, device_id: str) -> None:
        """Put a removed device back into its account, as a person does at the provider."""
        from ..api.devices.model import find_device
        from ..api.devices.state import readd_device

        with self.app.changing():
            readd_device(self.workspace, find_device(self.workspace, device_id))

    def complete_login(self, connect_webview_id: str, *, email: str, provider: str | None) -> str:
        """Log in with a Connect Webview, as a person does; the id of the account."""
        from ..api.connect_webviews.logins import log_in

        with self.app.changing():
            webview = self._webview(connect_webview_id)
            return log_in(self.workspace, webview, email=email, provider=provider).connected_account_id

    def fail_login(self, connect_webview_id: str) -> None:
        """Try to log in with a Connect Webview, and fail."""
        from ..api.connect_webviews.logins import fail

        with self.app.changing():
            fail(self.workspace, self._webview(connect_webview_id))

    def set_mark(
        self, row_id: str, field: Literal["errors", "warnings"], code: str, message: str | None, fields: dict[str, Any]
    ) -> str:
        """Put an error or a warning on a resource; the name of the resource."""
        from ..api.marks import find_markable, put_mark

        with self.app.changing():
            row = find_markable(self.workspace, row_id)
            put_mark(self.workspace, row, field, code, message=message, fields=fields)
            self.codes_set.add(code)
            return row.label or row_id

    def clear_mark(self, row_id: str, field: Literal["errors", "warnings"], code: str) -> str:
        """Take an error or a warning off a resource; the name of the resource."""
        from ..api.marks import find_markable, take_mark

        with self.app.changing():
            row = find_markable(self.workspace, row_id)
            take_mark(self.workspace, row, field, code)
            return row.label or row_id

    def _webview(self, connect_webview_id: str) -> ConnectWebviewRow:
        from ..api.connect_webviews.model import ConnectWebviewRow

        webviews = self.workspace[ConnectWebviewRow]
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

        accounts = self.workspace[ConnectedAccountRow]
        account = accounts.get(connected_account_id)
        if connected_account_id is not None and account is None:
            raise UnknownId(
                f"no connected account {quoted(connected_account_id)} in this sandbox; "
                f"it has {named(accounts)}. Make one with create_connected_account()."
            )
        return account


class SandboxClock:
    """The sandbox's time. It runs with the wall clock until it is frozen, and never goes backwards.

    Between the trials of a sweep it goes back, together with everything else.

    Where the wall clock is set back (by freezegun, for one), it runs on from what it shows.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    def now(self) -> datetime:
        """The present sandbox time, aware, in UTC."""
        with self._app.lock:  # while a request is answered in another thread, the clock shows that one's time
            return self._app.clock.now()

    def advance(self, seconds: float | timedelta) -> None:
        """Move the clock forward, from what it shows.

        seconds: sandbox seconds, >= 0; no real time passes. Work that becomes due is done before this returns, in
            order, and its events carry the time at which it was due.
        Raises SandboxError for a negative amount.
        """
        with self._app.lock:
            self._app.clock.move(seconds)
            self._app.settle()
            self._app.note("clock", f"advanced by {seconds}{'' if isinstance(seconds, timedelta) else ' s'}")

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock, at the present moment or at a later one; `advance` still moves it."""
        with self._app.lock:
            self._app.clock.hold(at)
            self._app.settle()
            self._app.note("clock", f"frozen at {format_time(self.now())}")

    def resume(self) -> None:
        """Let a frozen clock run again from where it stands."""
        with self._app.lock:
            self._app.clock.release()
            self._app.note("clock", "runs again")

    def run_until_idle(self) -> None:
        """Move on until nothing is under way: no action attempt, no change of a code, no event that does not show yet.

        What somebody has set for a later time, such as the end of a guest's stay, is not waited for: `advance` does.
        """
        with self._app.lock:
            clock = self._app.clock
            began = clock.timestamp()
            for due in self._due_times():
                clock.move_to(due)
                self._app.settle()
            self._app.note("clock", f"ran for {clock.timestamp() - began:.3f} s until idle")

    def _due_times(self) -> Iterator[float]:
        """When what is under way is due next, until nothing is; then when the last event shows."""
        workspaces = self._app.workspaces.values()
        while times := [due for workspace in workspaces if (due := workspace.agenda.next_due()) is not None]:
            yield min(times)
        yield max([workspace.events.all_shown_at for workspace in workspaces])
