"""A Seam sandbox workspace that a test holds: make things, look at them, break them, expect what must appear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeVar

from . import watch
from .backends.embedded import Embedded, SandboxClock
from .backends.names import What
from .catalog.literals import World
from .engine.blocks import Block
from .engine.errors import (
    ExpectationFailed,
    NotEmulated,
    OutageNotPossible,
    SandboxError,
    is_for_the_test,
    raise_together,
    told,
)
from .engine.faults import Faults
from .engine.http import Request, Response
from .engine.places import seen_at
from .engine.settings import ActionAttempts, Settings
from .engine.stubs import Answer, Stub
from .marking import Marker
from .outages import (
    AccountDisconnected,
    Deactivation,
    Disconnected,
    HubDisconnected,
    Outage,
    Removed,
    SubscriptionExpired,
)
from .settings import read_setting

_ONE_KEY = (
    "Each sandbox has a key of its own. Give the program seam_sandbox.api_key in each test, or let all sandboxes have "
    "the key that it has, with the setting api_key: --seam-api-key, seam_api_key in the ini file, PYTEST_SEAM_API_KEY, "
    "the marker, or Sandbox(api_key=...)."
)

_FOR_DEVICES: Mapping[What, str] = MappingProxyType(
    {"phone": "deactivated()", "connected account": "account_disconnected()"}
)
_FOR_PHONES: Mapping[What, str] = MappingProxyType(
    {"device": "disconnected() or removed()", "connected account": "account_disconnected()"}
)
_FOR_ACCOUNTS: Mapping[What, str] = MappingProxyType({"phone": "deactivated()"})
"""Which outages there are for other things, where one of the things named is wanted."""

__tracebackhide__ = is_for_the_test


AnyOutage = TypeVar("AnyOutage", bound=Outage)


@dataclass(frozen=True)
class Snapshot:
    """A state of a sandbox; give it to `restore` of the same sandbox.

    outages: those inside which it was taken.
    """

    sandbox: Sandbox
    state: tuple[Any, ...]
    outages: tuple[Outage, ...]


class Sandbox(Marker):
    """One isolated Seam sandbox workspace.

    Usable without pytest: `with Sandbox() as sandbox:`. Leaving the block calls `check`, which raises what went wrong
    without an exception: a path that is not emulated, a fault that nobody met, an outage that was never left.

    world: the starting state, "empty", "house", "hotel" or "everything". seed: ids, names, PINs and serial numbers
    follow from it; give two sandboxes of one test different seeds if their ids have to differ. action_attempts:
    "instant", "poll" or seconds. event_latency: seconds until an event shows. strict_ids: refuse ids that are no UUID.
    rate_limits: answer 429 beyond Seam's documented limits per device. intercept_allow: further hosts that may be
    reached for real under interception, as text separated by commas or as a list. api_key: of the form seam_test…; by
    default it follows from the seed.
    All seconds are sandbox seconds. Each setting is also taken as the text of an ini file. Environment, ini file,
    options and markers are not read here; the fixtures do that. Raises SandboxError for a value that it does not take.
    """

    def __init__(
        self,
        *,
        world: World = "empty",
        seed: int | str = 0,
        action_attempts: ActionAttempts | str = "instant",
        event_latency: float | str = 0.0,
        strict_ids: bool | str = True,
        rate_limits: bool | str = False,
        intercept_allow: str | Iterable[str] = (),
        api_key: str | None = None,
    ) -> None:
        settings = Settings(
            action_attempts=read_setting("action_attempts", action_attempts),
            event_latency=read_setting("event_latency", event_latency),
            strict_ids=read_setting("strict_ids", strict_ids),
            rate_limits=read_setting("rate_limits", rate_limits),
        )
        allowed = read_setting("intercept_allow", intercept_allow)
        backend = Embedded(
            world=read_setting("world", world),
            seed=read_setting("seed", seed),
            settings=settings,
            api_key=read_setting("api_key", api_key),
        )
        super().__init__(backend, settings.event_latency, allowed)
        self._open_outages: list[Outage] = []
        self._unentered: list[Outage] = []
        self._kept: list[Exception] = []
        self._unused: list[Exception] = []
        self._has_hinted = False
        watch.note(self)

    def __repr__(self) -> str:
        return f"Sandbox({self._backend.contents()})"

    # life

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            for hint in self._hints():
                error.add_note(f"and the sandbox says: {hint}")
        try:
            self.check()
        except Exception as trouble:
            if error is None:
                raise
            for text in told(trouble):
                error.add_note(f"and the sandbox says: {text}")
        finally:
            self.close()

    def check(self) -> None:
        """Raise what went wrong without an exception in the test: mishaps, and what was left over.

        For the end of a test; the plugin does so when all fixtures have ended. When it is more than one thing, the
        others are notes of the first. Outages that are open are ended, and faults are taken away.
        """
        __tracebackhide__ = True
        raise_together([*self._mishaps(), *self._left_over()])

    def _keep(self, trouble: Exception) -> None:
        """Let `check` raise what could not be raised where it happened."""
        self._kept.append(trouble)

    def _mishaps(self) -> Iterator[Exception]:
        """What is wrong for certain, whatever the test still does; each is told once."""
        app = self._backend.app
        while self._kept:
            yield self._kept.pop(0)
        if app.internal_errors:
            yield app.internal_errors[0]
            app.internal_errors.clear()
        if app.not_emulated:
            paths, place = ", ".join(app.not_emulated), next(iter(app.not_emulated.values()))
            app.not_emulated.clear()
            yield NotEmulated(
                f"the program under test called {paths}, which Seam has and this sandbox does not emulate; it got 501. "
                "Avoid the call in this test, answer it with sandbox.stub(path, {...}), or ask for it in an issue."
                f"{seen_at(place)}"
            )
        impatience = app.faults.impatience()
        if impatience:
            yield ExpectationFailed("\n".join(impatience))

    def _hints(self) -> Iterator[str]:
        """What explains a failure and is none itself: keys of other sandboxes. Each is told once."""
        strangers = self._backend.app.strangers
        calls = self.requests
        if strangers:
            owners = ", ".join(dict.fromkeys(strangers))
            strangers.clear()
            yield f"the program under test has the key of another sandbox, made for {owners}, and got 401. {_ONE_KEY}"
        elif not self._has_hinted and calls and all(call.status == 401 for call in calls):
            self._has_hinted = True
            yield f"every request of the program under test got 401: it has no key of this sandbox. {_ONE_KEY}"

    def _left_over(self) -> Iterator[Exception]:
        """What the end of the test makes wrong: faults that nobody met, sweeps that did not run, open outages."""
        app = self._backend.app
        unmet = [*app.faults.complaints(), *app.stubs.complaints()]
        if unmet:
            yield ExpectationFailed("\n".join(unmet))
        while self._unused:
            yield self._unused.pop(0)
        while self._unentered:
            outage = self._unentered.pop(0)
            yield SandboxError(
                f"{outage} was made and never entered, so nothing was lost. Write it as a block: with "
                f"sandbox.{outage.name}(...): ...{seen_at(outage.place)}"
            )
        if self._open_outages:
            names = ", ".join(map(str, self._open_outages))
            yield SandboxError(
                f"the test ended inside {names}. Use outages in a with block, so that they end."
                f"{seen_at(self._open_outages[0].place)}"
            )
        for outage in reversed(self._open_outages.copy()):
            try:
                outage.__exit__(None, None, None)
            except Exception as trouble:  # noqa: BLE001 - whatever it is, it is raised or noted
                yield trouble

    def close(self) -> None:
        """Do nothing: there is nothing to clean up, and the sandbox and its clients work on."""

    def serve(self, *, host: str = "127.0.0.1", port: int = 0, control: bool = False) -> Block[str]:
        """A loopback server for this sandbox, running inside the block; gives its base URL.

        port: 0 for a free one. control: answer the control routes below /_sandbox/ as well.
        Entering raises SandboxError where it cannot listen.
        """
        from .transports.server import Listener

        listener = Listener(host=host, port=port, control=self._control if control else None)
        return Block(partial(listener.serving, self._backend.app))

    def _control(self, _app: Any, request: Request) -> Response:
        from .transports.control import control

        return control(self, request)

    # break

    def disconnected(self, device: Any) -> Disconnected:
        """The device is offline inside the block. Raises OutageNotPossible when it cannot be disconnected now."""
        return self._to_be_entered(Disconnected(self, self._id("device", device, _FOR_DEVICES)))

    def hub_disconnected(self, device: Any) -> HubDisconnected:
        """The hub of the device is offline inside the block."""
        return self._to_be_entered(HubDisconnected(self, self._id("device", device, _FOR_DEVICES)))

    def removed(self, device: Any, *, restore: bool = True) -> Removed:
        """The device is gone from its account inside the block. restore: put it back on leaving; embedded only."""
        return self._to_be_entered(
            Removed(self, self._id("device", device, _FOR_DEVICES), restore=_yes_or_no("restore", restore))
        )

    def subscription_expired(self, device: Any) -> SubscriptionExpired:
        """The paid plan of the device has expired inside the block."""
        return self._to_be_entered(SubscriptionExpired(self, self._id("device", device, _FOR_DEVICES)))

    def account_disconnected(self, account: Any) -> AccountDisconnected:
        """The account, and with it each of its devices, is offline in the block; a device stands for its account."""
        return self._to_be_entered(AccountDisconnected(self, self._account_id(account)))

    def deactivated(self, phone: Any, *, replace: bool = False) -> Deactivation:
        """The phone is lost from the start of the block on. replace: give its owner a new one on leaving."""
        phone_id = self._id("phone", phone, _FOR_PHONES)
        with self._backend.finding() as finder:
            dead = None if finder.ids("phone", phone_id) else finder.gone("phone", phone_id)
        if dead is not None:
            raise OutageNotPossible(
                f"deactivated({dead}) is not possible: the phone is deactivated already, and stays so. Make a new one "
                "with create_phone()."
            )
        return self._to_be_entered(Deactivation(self, phone_id, replace=_yes_or_no("replace", replace)))

    def _account_id(self, account: Any) -> str:
        """The id of an account, given as such or by the id or name of one of its devices."""
        if isinstance(account, str):
            with self._backend.finding() as finder:
                is_device = not finder.ids("connected account", account) and finder.ids("device", account)
            if is_device:
                device_id = self._id("device", account)
                with self._backend.finding() as finder:
                    return finder.account_of(device_id)
        return self._id("connected account", account, _FOR_ACCOUNTS)

    def _to_be_entered(self, outage: AnyOutage) -> AnyOutage:
        """Remember an outage until it is entered."""
        self._unentered.append(outage)
        return outage

    # steer

    @property
    def clock(self) -> SandboxClock:
        """The sandbox's time; embedded only."""
        return self._backend.clock

    @property
    def faults(self) -> Faults:
        """Misbehaviour between the program under test and Seam: errors, timeouts, lost answers; embedded only."""
        return self._backend.app.faults

    def stub(self, path: str, answer: Answer, *, status: int = 200, times: int | None = None) -> Stub:
        """Answer calls to a path that Seam has and this sandbox does not emulate; embedded only.

        answer: the JSON object, without `ok`, or a function of the request's parameters that gives it. status: the HTTP
        status. times: how often the program has to call it, no more and no less; None for any number. The timeline
        marks the answers as a stub's. Also a context manager that takes it away. Raises SandboxError for a path that
        Seam does not have or that is emulated.
        """
        return self._backend.app.stubs.add(path, answer, status=status, times=times)

    def snapshot(self) -> Snapshot:
        """The present state of the workspace, to go back to with `restore`; embedded only, costs microseconds."""
        return Snapshot(self, self._backend.app.snapshot(), tuple(self._open_outages))

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this sandbox: rows, events and ids; the clock goes on.

        Raises SandboxError for a snapshot of another sandbox, and for one that was taken inside other outages than
        those that are open now: their end could not be asserted.
        """
        if not isinstance(snapshot, Snapshot) or snapshot.sandbox is not self:
            found = "a snapshot of another sandbox" if isinstance(snapshot, Snapshot) else repr(snapshot)
            raise SandboxError(f"{self} cannot restore {found}. Give what snapshot() of this sandbox gave.")
        if snapshot.outages != tuple(self._open_outages):
            now, then = (", ".join(map(str, some)) or "no outage" for some in (self._open_outages, snapshot.outages))
            raise SandboxError(
                f"the snapshot was taken inside {then}, and cannot be restored inside {now}: an outage ends what it "
                "has begun. Leave the outages first, or take the snapshot inside them."
            )
        self._backend.app.restore(snapshot.state)
        self._note("snapshot", "restored")


def _yes_or_no(name: str, value: bool) -> bool:
    if not isinstance(value, bool):
        raise SandboxError(f"{name} is True or False; got {value!r}.")
    return value
