"""A Seam sandbox workspace that a test holds: make things, look at them, break them, expect what must appear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from . import verdict, watch
from .backends.base import Backend
from .backends.clock import SandboxClock
from .backends.embedded import Embedded
from .backends.extensions import NO_EXTENSIONS, Extensions
from .backends.raised import note_raised
from .backends.unfinished import Begun
from .clients import Clients
from .engine.errors import SandboxError, embedded_only, is_for_the_test, told
from .engine.faults import Faults
from .engine.history import Call
from .engine.settings import Settings
from .engine.stubs import Answer, Stub
from .engine.types import NonEmptyText, Uuid
from .expectations.expecting import Expectations
from .outages.kinds import Outages
from .provisioning.arguments import checked
from .provisioning.attempts import Attempts
from .provisioning.emission import Emission
from .provisioning.marks import Marks
from .provisioning.resources import Provisioning
from .report.timeline import render_timeline
from .settings import SandboxSettings, check_fields, read_settings
from .transports.ways import InProcess, Ways
from .webhooks.start import Starter

if TYPE_CHECKING:
    from .backends.live.keys import ApiKey
    from .catalog.literals import World
    from .webhooks.messages import Delivery
    from .webhooks.webhooks import Webhooks
    from .worlds.naming import AnyWorld

__tracebackhide__ = is_for_the_test

LIVE_SETTINGS = ("live_workspaces", "live_endpoint", "live_timeout", "live_folder")
OWN_SETTINGS = ("world", "seed", "api_key", "intercept_allow", "backend", *LIVE_SETTINGS)
"""The settings that a sandbox takes itself; the others are those of the emulator."""

check_fields(OWN_SETTINGS, (field.name for field in fields(Settings)))


@dataclass(frozen=True)
class Snapshot:
    """A state of a sandbox; give it to `restore` of the same sandbox.

    outages: those inside which it was taken. delivered: what webhooks had delivered.
    """

    sandbox: Sandbox
    state: tuple[Any, ...]
    outages: tuple[Begun, ...]
    delivered: tuple[Delivery, ...] = ()


class SandboxWorkspace(Clients, Provisioning, Marks, Emission, Attempts, Outages, Expectations):
    """One workspace of a sandbox, with a key of its own: make things there, break them, expect what must appear.

    Its API key, its clients and its events are its own. The server is that of the sandbox: the clock, the faults, the
    list of requests, the timeline, and the check at the end of the test.
    """

    def __init__(
        self, backend: Backend, ways: Ways, allowed: tuple[str, ...] = (), *, emulator: Embedded | None = None
    ) -> None:
        super().__init__(backend, ways, allowed)
        self._emulator = emulator

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._backend.contents()})"

    @property
    def embedded(self) -> Embedded:
        """The emulator that the workspace stands on, for what no workspace at Seam can do. Raises EmbeddedOnly."""
        return self._for("sandbox.embedded", "it has no emulator")

    def _for(self, what: str, why: str = "no endpoint of Seam does it") -> Embedded:
        """The emulator, for something that only it can do. Raises EmbeddedOnly where there is none. why: the reason."""
        if self._emulator is None:
            raise embedded_only(what, why)
        return self._emulator

    @property
    def workspace_id(self) -> str:
        """The id of the workspace."""
        return self._backend.workspace_id

    @property
    def is_live(self) -> bool:
        """Whether this is a workspace at Seam, and no emulated one."""
        return self._backend.is_live


class Sandbox(SandboxWorkspace):
    """One isolated Seam sandbox workspace.

    Usable without pytest: `with Sandbox() as sandbox:`. Leaving the block calls `check`, which raises what went wrong
    without an exception: a path that is not emulated, a fault that nobody met, an outage that was never left.

    world: the starting state, "empty", "house", "hotel", "everything" or the path of a world in a file. seed: ids,
    names, PINs and serial numbers follow from it; give two sandboxes of one test different seeds if their ids have to
    differ. action_attempts: "instant", "poll" or seconds. event_latency: seconds until an event shows. state_latency:
    seconds until Seam notices what is simulated at a provider. deactivation_latency: seconds until a deactivated
    phone is gone. strict_ids: refuse ids that are no UUID. rate_limits: answer 429 beyond Seam's documented limits per
    device. automations: make access grants of the stays that customers tell of. intercept_allow: further hosts that may
    be reached for real under interception, as text separated by commas or as a list. api_key: of the form seam_test…;
    by default it follows from the seed. backend: "live" for a workspace at Seam, see `live`; then there is no world,
    and what says how the emulator behaves has no effect.
    extensions: what other packages have added, from the fixture seam_extensions or from `extensions_of`.
    All seconds are sandbox seconds. Each setting is also taken as the text of an ini file. Environment, ini file,
    options and markers are not read here; the fixtures do that. Raises SandboxError for a value that it does not take.
    """

    def __init__(self, *, extensions: Extensions = NO_EXTENSIONS, **settings: Unpack[SandboxSettings]) -> None:
        given = _settings(settings, extensions)
        allowed = given.pop("intercept_allow", ())
        world, seed, api_key = given.pop("world", "empty"), given.pop("seed", 0), given.pop("api_key", None)
        live = {name: given.pop(name) for name in LIVE_SETTINGS if name in given}
        if given.pop("backend", "embedded") == "live":
            self._go_live(live, allowed, world=world, holder=str(seed), key=api_key)
            return
        emulator = Embedded(world=world, seed=seed, api_key=api_key, settings=Settings(**given), extensions=extensions)
        super().__init__(emulator, InProcess(emulator), allowed, emulator=emulator)
        deliveries = emulator.app.lock.afterwards = Starter(emulator)
        emulator.more_controls = deliveries.controls
        self._deliveries: Starter | None = deliveries
        _fill(self, emulator)
        watch.note(self)

    @classmethod
    def live(
        cls,
        *,
        workspaces: str | Iterable[str],
        api_key: str | None = None,
        endpoint: str = "",
        timeout: float = 30.0,
        folder: str | PathLike[str] | None = None,
    ) -> Self:
        """A sandbox on a sandbox workspace at Seam, over HTTP, in real time.

        Nothing is written before it is proved that the workspace is a sandbox and one of `workspaces`, by id; else
        ProductionRefused says which fact failed. What the test and the program change is undone when it is closed, and
        after a crash at the next start or by `seam-sandbox heal`. Calls that only the emulator can answer raise
        EmbeddedOnly. api_key: by default that in SEAM_API_KEY, or that of the run of live tests, which takes it out of
        there; clients get one that stands in for it. endpoint: by default Seam's. timeout: seconds until what is
        expected must have appeared. folder: for what is to be undone, and leases; by default ~/.pytest-seam-sandbox.
        """
        from .backends.live.keys import ApiKey

        try:
            true_key = ApiKey(api_key)
        finally:
            del api_key  # reports of failures show the variables of frames
        given: dict[str, Any] = {"live_workspaces": workspaces, "live_endpoint": endpoint, "live_timeout": timeout}
        settings = read_settings(given | ({} if folder is None else {"live_folder": folder}))
        sandbox = cls.__new__(cls)
        cls._go_live(sandbox, settings, (), true_key=true_key)
        return sandbox

    def _go_live(
        self,
        settings: Mapping[str, Any],
        allowed: tuple[str, ...],
        *,
        world: str = "empty",
        holder: str = "",
        key: str | None = None,
        true_key: ApiKey | None = None,
    ) -> None:
        """Stand on a workspace at Seam. key: what clients get in place of the true one, SEAM_API_KEY by default."""
        if world != "empty":
            raise embedded_only(f"world={world!r}", "a workspace has the devices that it has")
        from .backends.live.keys import ApiKey
        from .transports.over_http import open_ways

        found = ApiKey() if true_key is None else true_key
        if found.stands_in:  # what the environment has while live tests run
            found = watch.key_of_the_run() or found
        ways = open_ways(settings, holder=holder, key=key, api_key=found)
        super().__init__(ways.backend, ways, allowed)
        self._deliveries = None
        watch.note(self)

    # life

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            note_raised(self._backend, error)
            for hint in verdict.hints(self._backend):
                error.add_note(f"and the sandbox says: {hint}")
        try:
            self.check()
        except Exception as problem:
            if error is None:
                raise
            for text in told(problem):
                error.add_note(f"and the sandbox says: {text}")
        finally:
            self.close()

    def check(self) -> None:
        """Raise what went wrong without an exception in the test: mishaps, and what was left over.

        For the end of a test; the plugin does so when all fixtures have ended. When it is more than one thing, the
        others are notes of the first. Outages that are open are ended, and faults are taken away.
        """
        __tracebackhide__ = True
        verdict.check(self._backend)

    def close(self) -> None:
        """End the lifespans of apps that webhooks were delivered to; the sandbox and its clients work on.

        A live sandbox ends: outages that are open are ended, all that was changed is undone, and the devices are given
        back. Raises SandboxError for what stays.
        """
        if self._deliveries is not None:
            self._deliveries.close()
            return
        self._backend.unfinished.problems += verdict.left_over(self._backend)
        self._backend.close()

    # further workspaces, and who reaches them

    def create_workspace(
        self,
        *,
        name: str | None = None,
        workspace_id: str | None = None,
        api_key: str | None = None,
        world: World | AnyWorld = "empty",
    ) -> SandboxWorkspace:
        """A further sandbox workspace on the same server, with an API key of its own; embedded only.

        For apps that serve several customers, each with a workspace. workspace_id, api_key: by default they follow from
        the seed; a key has the form seam_test…. world: its starting state. Raises SandboxError for an id or a key that
        is there already.
        """
        backend = self._for("create_workspace()", "no endpoint of Seam deletes a workspace again")
        asked = {"world": world} | ({} if api_key is None else {"api_key": api_key})
        settings = _settings(asked, backend.extensions)
        given = {"name": name, "workspace_id": workspace_id}
        checked("create_workspace", _of_a_workspace, strict_ids=backend.strict_ids, **given)
        with backend.app.lock:
            if workspace_id in backend.app.workspaces or api_key in backend.app.gate.api_keys:
                raise SandboxError(
                    f"there is a workspace with the id {workspace_id!r} already; give another workspace_id."
                    if workspace_id in backend.app.workspaces
                    else "there is a workspace with this api_key already; give another api_key."
                )
            with backend.whole_or_not_at_all():
                made = Embedded(beside=backend, name=name or "Sandbox", workspace_id=workspace_id, **settings)
                workspace = SandboxWorkspace(made, InProcess(made), self._allowed, emulator=made)
                _fill(workspace, made)
        return workspace

    def create_access_token(self, *workspaces: SandboxWorkspace) -> str:
        """A personal access token of a user of this workspace, of the form `seam_at1…`; embedded only.

        For apps that use one in place of an API key, with the header or option for the workspace id. The user's
        workspaces/create makes further workspaces, production ones too. workspaces: further ones of the user, from
        `create_workspace`.
        """
        return self._for("create_access_token()", "people make them in Seam's console").add_access_token(
            *(each.embedded.workspace for each in (self, *workspaces))
        )

    # look

    @property
    def requests(self) -> list[Call]:
        """The requests that the program under test has made: method, path, params, status, seconds and more.

        Oldest first; of requests, events and clock moves together, the newest 100,000 are kept.
        """
        return self._backend.calls()

    @property
    def timeline(self) -> str:
        """The newest 200 requests, events, outages and clock moves in one ordered list, for people."""
        return render_timeline(self._backend.history(), name_of=self._backend.names())

    # steer

    @property
    def clock(self) -> SandboxClock:
        """The sandbox's time; embedded only."""
        return self._for("clock", "nobody moves the time at Seam").clock

    @property
    def faults(self) -> Faults:
        """Misbehaviour between the program under test and Seam: errors, timeouts, lost answers; embedded only."""
        return self._for("faults", "nobody makes Seam misbehave").app.faults

    @property
    def webhooks(self) -> Webhooks:
        """Signed delivery of events to the program under test, and an inbox of what was delivered; embedded only."""
        return self._delivering("webhooks", "Seam delivers them itself, to a URL that it can reach").webhooks()

    def stub(self, path: str, answer: Answer, *, status: int = 200, times: int | None = None) -> Stub:
        """Answer calls to a path that Seam has and this sandbox does not emulate; embedded only.

        answer: the JSON object, without `ok`, or a function of the request's parameters that gives it. status: the HTTP
        status. times: how often the program has to call it, no more and no less; None for any number. The timeline
        marks the answers as a stub's. Also a context manager that takes it away. Raises SandboxError for a path that
        Seam does not have or that is emulated.
        """
        return self._for("stub()", "Seam answers itself").app.stubs.add(path, answer, status=status, times=times)

    def snapshot(self) -> Snapshot:
        """The present state of the workspace, to go back to with `restore`; embedded only, costs microseconds."""
        opened = tuple(self._backend.unfinished.open)
        delivered = self._delivering("snapshot()", "a workspace at Seam cannot go back").delivered()
        return Snapshot(self, self.embedded.app.snapshot(), opened, delivered)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this sandbox: rows, events, ids, what webhooks have delivered; the clock goes on.

        Raises SandboxError for a snapshot of another sandbox, and for one that was taken inside other outages than
        those that are open now: their end could not be asserted.
        """
        if not isinstance(snapshot, Snapshot) or snapshot.sandbox is not self:
            found = "a snapshot of another sandbox" if isinstance(snapshot, Snapshot) else repr(snapshot)
            raise SandboxError(f"{self} cannot restore {found}. Give what snapshot() of this sandbox gave.")
        opened = tuple(self._backend.unfinished.open)
        if snapshot.outages != opened:
            now, then = (", ".join(map(str, some)) or "no outage" for some in (opened, snapshot.outages))
            raise SandboxError(
                f"the snapshot was taken inside {then}, and cannot be restored inside {now}: an outage ends what it "
                "has begun. Leave the outages first, or take the snapshot inside them."
            )
        self.embedded.app.restore(snapshot.state)
        self._delivering("restore()", "a workspace at Seam cannot go back").go_back(snapshot.delivered)
        self._backend.note("snapshot", "restored")

    def _delivering(self, what: str, why: str) -> Starter:
        """What delivers webhooks, for something that only the emulator can do."""
        if self._deliveries is None:
            raise embedded_only(what, why)
        return self._deliveries


def _of_a_workspace(*, name: NonEmptyText | None = None, workspace_id: Uuid | None = None) -> None: ...


def _settings(given: Mapping[str, Any], extensions: Extensions) -> dict[str, Any]:
    """The values of the settings; the world may be an added one."""
    if not isinstance(extensions, Extensions):
        raise SandboxError(
            f"extensions is {extensions!r}; it takes the fixture seam_extensions, or what extensions_of() gives."
        )
    world = {"world": extensions.read_world(given["world"])} if "world" in given else {}
    return read_settings({name: value for name, value in given.items() if name != "world"}) | world


def _fill(workspace: SandboxWorkspace, emulator: Embedded) -> None:
    """Fill a workspace that has an added world, and make that its starting state."""
    fill = emulator.extensions.worlds.get(emulator.world)
    if fill is not None:
        fill(workspace)
        emulator.workspace.mark_start()
