"""Process (1): the emulator behind HTTP, as strict as a production server, for tests of live sandboxes.

Events show late, action attempts are pending first, devices notice late, rate limits are on, there are no control
routes. Several workspaces: two sandboxes, and one of production. In a thread of the test process, a test can look at
what a workspace holds; `python tests/live/strict_server.py` is a process of its own, which prints URL and keys as JSON.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import format_datetime
from threading import Condition, Event
from typing import Self

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api.devices.state import add_device
from pytest_seam_sandbox.api.workspaces import open_workspace
from pytest_seam_sandbox.backends.embedded import Embedded
from pytest_seam_sandbox.catalog.devices import device_model
from pytest_seam_sandbox.engine.http import Response
from pytest_seam_sandbox.transports.server import Listener
from pytest_seam_sandbox.watch import unnoticed
from pytest_seam_sandbox.worlds.build import add_account, add_acs_system

STRICT = {
    "action_attempts": 0.05,
    "event_latency": 0.1,
    "state_latency": 0.05,
    "deactivation_latency": 0.05,
    "rate_limits": True,
}
"""Short, so that tests are quick; long enough that nobody sees anything at once. Seconds of the wall clock."""

DEVICES = {
    "august": [("august_lock", name) for name in ("Front Door", "Back Door", "Garage", "Cellar")],
    "yale": [("yale_lock", name) for name in ("Office", "Studio")],
    "schlage": [("schlage_lock", name) for name in ("Shed", "Gate")],
    "nuki": [("nuki_lock", "Attic")],
    "ecobee": [("ecobee_thermostat", "Hall")],
    "minut": [("minut_sensor", "Living Room")],
    "akuvox": [("akuvox_lock", "Lobby")],
}
"""What each workspace has, by the provider of the account: devices with and without each simulation."""


@dataclass(frozen=True)
class StrictWorkspace:
    """A workspace of the server. name: for messages of tests. api_key: has it in its form whether it is production."""

    name: str
    workspace_id: str
    api_key: str
    is_sandbox: bool
    device_ids: dict[str, str]


class StrictServer:
    """The server, in threads of this process, inside a with block.

    first, second: sandbox workspaces. production: one that nobody may ever write to. before, after: called with the
    number of the request, from 1, before it takes effect and when it has, but before it is answered; a test sets them.
    When `before` gives True, the request is lost: it never takes effect. seen: method, path and API key of every request.
    """

    def __init__(self, **settings) -> None:
        self._sandbox = unnoticed(Sandbox(seed="strict", **(STRICT | settings)))
        embedded = self._sandbox.embedded
        self._backends: dict[str, Embedded] = {}
        self.first = self._furnish("first", embedded)
        self.second = self._furnish("second", Embedded(beside=embedded, world="empty", name="Second"))
        self.production = self._furnish("production", self._production(embedded))
        self._sandbox.clock.advance(10)  # the furniture is older than the first test; nobody's clock is that of Seam
        self.before: Callable[[int], object] | None = None
        self.after: Callable[[int], None] | None = None
        self.seen: list[tuple[str, str, str]] = []
        self._counting = Condition()
        self._on_their_way = 0
        self._block = ExitStack()
        self.url = ""

    def __enter__(self) -> Self:
        listener = Listener(control=None, handle=self._handle)
        self.url = self._block.enter_context(listener.serving(self._sandbox.embedded.app))
        return self

    def __exit__(self, *_) -> None:
        self._block.close()

    @property
    def workspaces(self) -> list[StrictWorkspace]:
        return [self.first, self.second, self.production]

    def backend(self, workspace: StrictWorkspace) -> Embedded:
        """The emulator behind a workspace, for what a test wants to do behind the back of the program."""
        return self._backends[workspace.workspace_id]

    def dump(self, workspace: StrictWorkspace) -> dict:
        """All rows and events of a workspace, as clients see them. What is due by now is done first."""
        self._sandbox.embedded.app.settle()
        return self.backend(workspace).dump()

    def wait(self) -> None:
        """Until every request that has come has taken effect, or is lost: its sender may be gone meanwhile."""
        with self._counting:
            self._counting.wait_for(lambda: not self._on_their_way, timeout=30)

    def restart(self) -> None:
        """Forget the requests and the counts of rate limits, but no state."""
        with self._counting:
            self.seen = []
            self.before = self.after = None
        limits = self._sandbox.embedded.app.limits
        self._sandbox.embedded.app.limits = type(limits)()

    def writes(self) -> list[str]:
        """The paths of the requests that may change something: all but those that look."""
        looks = ("/get", "/get_related", "/generate_code")
        with self._counting:
            paths = [path for _, path, _ in self.seen]
        return [path for path in paths if not path.endswith(looks) and not path.rsplit("/", 1)[1].startswith("list")]

    def announcement(self) -> dict:
        """URL, workspaces and keys, for another process."""
        found = {each.name: {"workspace_id": each.workspace_id, "api_key": each.api_key} for each in self.workspaces}
        return {"url": self.url, **found}

    def _handle(self, app, request):
        key = (request.headers.get("authorization") or "").removeprefix("Bearer ")
        with self._counting:
            self.seen.append((request.method, request.path, key))
            number = len(self.seen)
            self._on_their_way += 1
            before, after = self.before, self.after
        try:
            is_lost = before is not None and before(number) is True
            response = Response(503) if is_lost else app.handle(request)
            response = response._replace(headers=(*response.headers, ("date", self._date())))
            if after is not None:
                after(number)
            return response
        finally:
            with self._counting:
                self._on_their_way -= 1
                self._counting.notify_all()

    def _date(self) -> str:
        """The time of the server, in whole seconds, as every server on the internet gives it."""
        return format_datetime(self._sandbox.embedded.now(), usegmt=True)

    def _furnish(self, name: str, backend: Embedded) -> StrictWorkspace:
        workspace, device_ids = backend.workspace, {}
        for provider, devices in DEVICES.items():
            account = add_account(workspace, provider)
            for device_type, device_name in devices:
                device = add_device(workspace, account, device_model(device_type), name=device_name)
                device_ids[device_name] = device.device_id
        add_acs_system(workspace, "salto_ks_site", name="Site", entrances=("North Gate", "South Gate"))
        workspace.mark_start()
        self._backends[backend.workspace_id] = backend
        return StrictWorkspace(name, backend.workspace_id, backend.api_key, workspace.is_sandbox, device_ids)

    @staticmethod
    def _production(beside: Embedded) -> Embedded:
        """A backend that stands on a workspace of production; the sandbox that it is made with is taken away."""
        backend = Embedded(beside=beside, world="empty")
        app = beside.app
        del app.gate.api_keys[backend.api_key], app.workspaces[backend.workspace_id]
        backend.workspace = open_workspace(app, name="Production", is_sandbox=False)
        backend.api_key = backend.add_api_key(backend.workspace)
        return backend


def main() -> None:
    """Serve until SIGTERM or SIGINT; the first line of the output is the announcement."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with StrictServer(**json.loads(sys.argv[1] if len(sys.argv) > 1 else "{}")) as server:
        sys.stdout.write(json.dumps(server.announcement()) + "\n")
        sys.stdout.flush()
        while not stopped.wait(0.5):
            pass


if __name__ == "__main__":
    main()
