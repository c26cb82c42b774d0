"""A state machine that takes an app through every outage, its recovery, faults and time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, cached_property
from inspect import getmembers, iscoroutinefunction
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

from hypothesis import stateful
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException, StopTest
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, precondition
from pydantic import BaseModel

from ..api.devices.model import Device, DeviceRow
from ..api.phones.model import Phone, PhoneRow
from ..catalog.literals import DeviceType, World
from ..engine.errors import ExpectationFailed, SandboxError, UnknownId, is_for_the_test
from ..engine.settings import ActionAttempts
from ..outages import OUTAGES, Outage, OutageKind, OutageSpec, possible_outages
from ..outages.kinds import OutageSwitches
from ..outages.names import find_device
from ..report.texts import joined
from ..settings import read_setting
from ..strategies import disruptions as strategies
from ..strategies.fault_specs import FAULT_KINDS, FaultKind, FaultSpec, check_kinds, check_targets
from ..strategies.template import SandboxTemplate, listed
from ..watch import unnoticed
from .case import adapt, check_bundles, note_calls
from .decorators import EVENTUALLY, initialize, is_final, rule, told, untold
from .invariants import Invariants
from .shortest import shortest
from .transcript import Recorded, Transcript, failure_note

__tracebackhide__ = is_for_the_test

devices: Bundle[Device] = Bundle("devices")
"""The devices of the machine, as they were at its start."""
phones: Bundle[Phone] = Bundle("phones")
"""The phones of the machine; a lost one stays in the bundle, and its replacement joins it."""
codes: Bundle[Any] = Bundle("codes")
"""The access codes that the machine made (switch `access_codes`)."""

R = TypeVar("R")
WAITS = (1, 10, 60, 600, 3600, 86400)
"""What `pass_time` chooses from, in sandbox seconds."""
GIVEN_UP = (HypothesisException, StopTest)
"""How a run ends that Hypothesis does not want any further."""
_WORDS = MappingProxyType(
    {
        "lose": "{loss.sentence}",
        "recover": "the outage {loss} ends",
        "pass_time": "{seconds} s pass",
        "break_calls": "{fault.words}",
        "let_attempts_end": "the sandbox has action_attempts={when!r}",
        "make_code": "somebody makes an access code on {label}",
        "quiesce": "everything heals, and what is pending is done",
    }
)
"""What the machine's own steps mean; those that it does by itself at each start are not told."""


@cache
def _faults_of(machine: type[Machine]) -> st.SearchStrategy[FaultSpec]:
    return strategies.faults(machine.faults, kinds=machine.fault_kinds)


class Machine(OutageSwitches, RuleBasedStateMachine):
    """What SandboxMachine and AsyncSandboxMachine have in common, which is nearly all."""

    world: ClassVar[World] = "empty"
    device_types: ClassVar[Sequence[DeviceType]] = ("august_lock",)
    phone_count: ClassVar[int] = 0
    sandbox_settings: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    clock_moves: ClassVar[bool] = True
    pending_attempts: ClassVar[bool] = True
    faults: ClassVar[Sequence[str]] = ()
    fault_kinds: ClassVar[Sequence[FaultKind]] = FAULT_KINDS
    access_codes: ClassVar[bool] = False

    _in_the_end: ClassVar[tuple[Callable[..., Any], ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        adapt(cls)
        cls.faults, cls.fault_kinds = listed(cls.faults), listed(cls.fault_kinds)
        check_targets(cls.faults, f"{cls.__name__}.faults", f"{cls.__name__}.fault_kinds")
        check_kinds(cls.fault_kinds, f"{cls.__name__}.fault_kinds", f"{cls.__name__}.faults")
        strategies.known("fault", cls.fault_kinds, FAULT_KINDS)
        members = dict(getmembers(cls))
        cls._in_the_end = tuple(member for member in members.values() if getattr(member, EVENTUALLY, False))
        for name, member in vars(cls).items():
            if untold(member):
                raise SandboxError(
                    f"{cls.__name__}.{name} is a rule by the decorator of hypothesis.stateful, which no story can "
                    "tell. Import rule and initialize from pytest_seam_sandbox.stateful instead."
                )

    def __init__(self) -> None:
        super().__init__()
        self._begin()

    def _begin(self) -> None:
        """Make the sandbox, and let the subclass build its app."""
        self.has_failed = False
        self._outer_exception = sys.exception()  # another one in the end means that the run has been given up
        self._story = Transcript()
        self._depth = 0
        self._repeats = False
        self._lost: dict[OutageSpec, Outage] = {}
        self._known_losses: tuple[tuple[object, ...], list[OutageSpec]] = ((), [])
        start = _start_of(type(self))
        filled = {"devices": start.devices, "phones": start.phones, "codes": self.access_codes}
        check_bundles(type(self), [name for name, values in filled.items() if values], __name__)
        self.sandbox = unnoticed(start.furnished.sandbox())  # the story of a run has its timeline
        self._devices = {label: Device.model_validate_json(text) for label, text in start.devices.items()}
        self._phones = {label: Phone.model_validate_json(text) for label, text in start.phones.items()}
        for label, device in self._devices.items():
            self._story.name(device, f"machine.device({label!r})", label)
        for label, phone in self._phones.items():
            self._story.name(phone, f"machine.phone({label!r})", label)
        self.sandbox.clock.freeze()
        self._laws = Invariants(self.sandbox)
        self._call(type(self).start)

    # what a subclass fills in

    def start(self) -> Any:
        """Build the app under test; `self.sandbox` is there, with all devices and phones."""

    def catch_up(self) -> Any:
        """Let the app notice that everything is healed, before what is marked `eventually` is checked."""

    def stop(self) -> Any:
        """Let go of what `start` opened."""

    # the bundles

    def device(self, label: str) -> Device:
        """The device of this label, as it was at the start."""
        return _named(self._devices, label, "device")

    def phone(self, label: str) -> Phone:
        """The phone of this label, as it was at the start."""
        return _named(self._phones, label, "phone")

    @initialize(target=devices)
    def add_devices(self) -> Any:
        """All devices of the start."""
        return multiple(*self._devices.values())

    @initialize(target=phones)
    def add_phones(self) -> Any:
        """All phones of the start."""
        return multiple(*self._phones.values())

    # how action attempts end

    @stateful.initialize(when=st.runner().flatmap(lambda self: st.sampled_from(self._endings())))
    def choose_attempts(self, when: ActionAttempts) -> None:
        """Attempts end otherwise than at once, in some runs."""
        if when != self.sandbox.embedded.app.settings.action_attempts:
            self.let_attempts_end(when=when)

    @told
    def let_attempts_end(self, when: ActionAttempts) -> None:
        """From now on the sandbox has this setting `action_attempts`."""
        app = self.sandbox.embedded.app
        app.change(replace(app.settings, action_attempts=read_setting("action_attempts", when)))

    def _endings(self) -> Sequence[ActionAttempts]:
        endings = _start_of(type(self)).furnished.attempts
        return endings if self.pending_attempts else endings[:1]

    # rules

    @precondition(lambda self: self._possible())
    @rule(loss=st.runner().flatmap(lambda self: st.sampled_from(self._possible())))
    def lose(self, loss: OutageSpec) -> None:
        """An outage begins."""
        outage = self._lost[loss] = loss.made(self.sandbox.backend)
        outage.begin()

    @precondition(lambda self: self._recoverable())
    @rule(target=phones, loss=st.runner().flatmap(lambda self: st.sampled_from(self._recoverable())))
    def recover(self, loss: OutageSpec) -> Any:
        """An outage ends; after the loss of a phone, its owner gets a new one."""
        outage = self._lost.pop(loss)
        outage.end()
        return multiple() if outage.replacement is None else multiple(outage.replacement)

    @precondition(lambda self: self.clock_moves)
    @rule(seconds=st.sampled_from(WAITS))
    def pass_time(self, seconds: float) -> None:
        """Time passes, and what becomes due is done."""
        self.sandbox.clock.advance(seconds)

    @precondition(lambda self: self.faults and (self._repeats or not self.sandbox.faults.active))
    @rule(fault=st.runner().flatmap(lambda self: self._possible_faults()))
    def break_calls(self, fault: FaultSpec) -> None:
        """The next calls of the app go wrong."""
        self._end_faults()
        fault.on(self.sandbox)

    @precondition(lambda self: self.access_codes and self._programmable())
    @rule(target=codes, label=st.runner().flatmap(lambda self: st.sampled_from(self._programmable())))
    def make_code(self, label: str) -> Any:
        """Somebody makes an access code on a lock."""
        return self.sandbox.create_access_code(find_device(self.sandbox.backend, label).device_id)

    @told
    def quiesce(self) -> None:
        """Everything heals, time passes until nothing is pending, and what has to hold in the end is checked."""
        for loss in reversed(list(self._lost)):
            self._lost.pop(loss).end()
        self._end_faults()
        self.sandbox.clock.run_until_idle()
        self._call(type(self).catch_up)
        self._laws.check()
        for check in self._in_the_end:
            self._call(check)
        self.sandbox.check()

    # checks

    def check(self) -> None:
        """Seam's laws, then all invariants of the class."""
        self._laws.check()
        for invariant in self.invariants:
            if all(holds(self) for holds in invariant.preconditions):
                invariant.function(self)

    def check_invariants(self, *args: Any, **kwargs: Any) -> None:
        """Called by Hypothesis after each step."""
        try:
            self._laws.check()
            super().check_invariants(*args, **kwargs)
        except BaseException as error:
            self._fail(error)
            raise

    @classmethod
    @contextmanager
    def again(cls) -> Iterator[Self]:
        """A machine for a test that repeats a run: each step is followed by all checks, the end by `quiesce`."""
        machine = cls()
        machine._repeats = True
        try:
            machine.check()
            yield machine
        except BaseException:
            machine.has_failed = True
            raise
        finally:
            machine.teardown()

    def teardown(self) -> None:
        """Called by Hypothesis after each run: `quiesce` unless the run failed or was given up, then `stop`."""
        try:
            if not self.has_failed and sys.exception() is self._outer_exception:
                self.quiesce()
        finally:
            self._call(type(self).stop)
            self._end()

    def _end(self) -> None:
        if self.faults:
            note_calls((call.method, call.path) for call in self.sandbox.requests)
        self.sandbox.close()

    # how steps are made and told

    def _call(self, function: Callable[..., Any], **arguments: Any) -> Any:
        if iscoroutinefunction(function):
            raise SandboxError(
                f"{function.__qualname__} is an async function, and {type(self).__name__} is a SandboxMachine. "
                "Make it an AsyncSandboxMachine."
            )
        return function(self, **arguments)

    def _perform(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """One step: told, done, and checked when nobody else does."""
        if self._depth:
            return self._call(function, **arguments)
        words, is_ours = None, function.__module__ == __name__
        if is_ours and function.__name__ in _WORDS:
            words = _WORDS[function.__name__]
        arguments = {name: self._recorded(value) for name, value in arguments.items()}
        step = self._story.begin(function.__name__, arguments, words, is_told=words is not None or not is_ours)
        self._depth += 1
        try:
            result = self._call(function, **arguments)
            if self._repeats:
                self.check()
        except BaseException as error:
            self._fail(error)
            raise
        finally:
            self._depth -= 1
        self._story.end(step, result)
        return result

    def _recorded(self, value: Any) -> Any:
        """Hypothesis's `data()` in a form that notes what is drawn; anything else as it is."""
        return Recorded(value, self._story.keep) if isinstance(value, st.DataObject) else value

    def _fail(self, error: BaseException) -> None:
        """Note what happened, in the run that Hypothesis reports."""
        if self.has_failed or isinstance(error, GIVEN_UP):
            return
        self.has_failed = True
        if not self._repeats and is_final():
            told = shortest(type(self), self._story, error) or self
            error.add_note(failure_note(told._story, type(self), told.sandbox.timeline))

    # what is possible now

    def _possible(self) -> list[OutageSpec]:
        """The losses that can begin now, by the switches; found once for each state of the devices and phones."""
        workspace = self.sandbox.embedded.workspace
        with self.sandbox.embedded.app.lock:
            state = (*workspace[DeviceRow], *workspace[PhoneRow], *self._lost)
        before, losses = self._known_losses
        if len(before) != len(state) or any(one is not other for one, other in zip(before, state, strict=True)):
            found = possible_outages(self.sandbox, self._kinds)
            losses = [loss for loss in found if loss not in self._lost]
            self._known_losses = (state, losses)
        return losses

    @cached_property
    def _kinds(self) -> set[OutageKind]:
        return {name for name, outage in OUTAGES.items() if getattr(self, outage.switch)}

    def _recoverable(self) -> list[OutageSpec]:
        """The outages that can end now: those of a removed device wait until it is back."""
        removed = {loss.target for loss in self._lost if loss.outage_type.takes_device_away}
        return [loss for loss in self._lost if loss.outage_type.takes_device_away or loss.target not in removed]

    def _possible_faults(self) -> st.SearchStrategy[FaultSpec]:
        return _faults_of(type(self))

    def _programmable(self) -> list[str]:
        """The devices on which a code can be made now."""
        found = self.sandbox.embedded.devices().items()
        return [label for label, row in found if row.is_online and row.flags().get("can_program_online_access_codes")]

    def _end_faults(self) -> None:
        complaints = self.sandbox.faults.complaints()
        if complaints:
            raise ExpectationFailed("\n".join(complaints))


class _Start(NamedTuple):
    """The state in which each run of a machine starts; no run changes it.

    devices, phones: as JSON, by label: each run has objects of its own.
    """

    furnished: SandboxTemplate
    devices: Mapping[str, str]
    phones: Mapping[str, str]


@cache
def _start_of(machine: type[Machine]) -> _Start:
    furnished = SandboxTemplate(machine.world, machine.device_types, machine.phone_count, machine.sandbox_settings)
    sandbox = furnished.start
    found = {label: sandbox.get_device(row.device_id) for label, row in sandbox.embedded.devices().items()}
    carried = {label: sandbox.get_phone(row.device_id) for label, row in sandbox.embedded.phones().items()}
    if not found and not carried:
        raise SandboxError(
            f"{machine.__name__} has no devices and no phones, so nothing could be lost. "
            'Set device_types = ("august_lock",), phone_count = 1 or world = "house".'
        )
    return _Start(furnished, _as_json(found), _as_json(carried))


def _as_json(found: Mapping[str, BaseModel]) -> Mapping[str, str]:
    return MappingProxyType({label: one.model_dump_json(exclude_unset=True) for label, one in found.items()})


def _named(found: Mapping[str, R], label: str, what: str) -> R:
    if label not in found:
        raise UnknownId(f"the machine started with no {what} {label!r}; it has {joined(found) or 'none'}.")
    return found[label]
