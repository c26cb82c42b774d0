"""A state machine that takes an app through every outage, its recovery, faults and time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from inspect import getmembers
from types import MappingProxyType
from typing import Any, ClassVar

from hypothesis import stateful
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, precondition

from ..api.devices.model import Device
from ..api.phones.model import Phone
from ..catalog.literals import DeviceType, World
from ..engine.errors import ExpectationFailed, SandboxError, is_for_the_test
from ..engine.fault_kinds import FAULT_KINDS, FaultKind
from ..engine.settings import ActionAttempts
from ..outages import OutageKind, OutageSpec
from ..outages.kinds import OutageSwitches, kinds_of
from ..outages.names import find_device
from ..settings import read_setting
from ..strategies.disruptions import checked_names
from ..strategies.disruptions import faults as drawn_faults
from ..strategies.fault_specs import FaultSpec, check_kinds, check_targets
from ..strategies.hypothesis_internals import GIVEN_UP
from ..strategies.template import SandboxTemplate, as_names
from ..watch import unnoticed
from ..worlds.naming import AnyWorld
from .attributes import check_attributes
from .case import adapt, check_bundles, note_run
from .decorators import as_step, initialize, is_eventual, is_no_step, own, rule
from .open_outages import OpenOutages
from .start import Start, named
from .webhook_steps import WebhookSteps

__tracebackhide__ = is_for_the_test

devices: Bundle[Device] = Bundle("devices")
"""The devices of the machine, as they were at its start."""
phones: Bundle[Phone] = Bundle("phones")
"""The phones of the machine; a deactivated one stays in the bundle, and its replacement joins it."""
codes: Bundle[Any] = Bundle("codes")
"""The access codes that the machine made (switch `access_codes`)."""

WAITS = (1, 10, 60, 600, 3600, 86400)
"""What `pass_time` chooses from, in sandbox seconds."""


@cache
def _faults_of(machine: type[Machine]) -> st.SearchStrategy[FaultSpec]:
    return drawn_faults(machine.faults, kinds=machine.fault_kinds)


@cache
def _start_of(machine: type[Machine]) -> Start:
    template = SandboxTemplate(machine.world, machine.device_types, machine.phone_count, machine.sandbox_settings)
    return Start(machine.__name__, template)


class Machine(OutageSwitches, WebhookSteps):
    """What SandboxMachine and AsyncSandboxMachine have in common, which is nearly all."""

    world: ClassVar[World | AnyWorld] = "empty"
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
        check_attributes(cls, Machine)
        adapt(cls, lambda: cls.faults)
        cls.faults, cls.fault_kinds = as_names(cls.faults), as_names(cls.fault_kinds)
        check_targets(cls.faults, f"{cls.__name__}.faults", f"{cls.__name__}.fault_kinds")
        check_kinds(cls.fault_kinds, f"{cls.__name__}.fault_kinds", f"{cls.__name__}.faults")
        checked_names("fault", cls.fault_kinds, FAULT_KINDS)
        cls._in_the_end = tuple(member for _, member in getmembers(cls, is_eventual))
        for name, member in vars(cls).items():
            if is_no_step(member):
                raise SandboxError(
                    f"{cls.__name__}.{name} is a rule by the decorator of hypothesis.stateful, which no transcript can "
                    "have. Import rule and initialize from pytest_seam_sandbox.stateful instead."
                )

    def _begin(self) -> None:
        """Make the sandbox."""
        start = _start_of(type(self))
        self._devices, self._phones = start.devices(), start.phones()
        filled = {"devices": self._devices, "phones": self._phones, "codes": self.access_codes}
        check_bundles(type(self), [name for name, values in filled.items() if values])
        self.sandbox = unnoticed(start.template.sandbox())  # the transcript of a run has its timeline
        self.sandbox.clock.freeze()
        self._hold_webhooks()
        for label, device in self._devices.items():
            self.transcript.name(device, f"machine.device({label!r})", label)
        for label, phone in self._phones.items():
            self.transcript.name(phone, f"machine.phone({label!r})", label)
        there_are = kinds_of(self.sandbox.backend)
        kinds: set[OutageKind] = {name for name, outage in there_are.items() if getattr(self, outage.switch, False)}
        self._outages = OpenOutages(self.sandbox, kinds)

    def _end(self) -> None:
        calls = self.sandbox.requests if self.faults else ()
        is_whole = not isinstance(sys.exception(), GIVEN_UP)
        note_run(((call.method, call.path) for call in calls), has_failed=self.has_failed, is_whole=is_whole)
        super()._end()

    # what a subclass fills in

    def catch_up(self) -> Any:
        """Let the app notice that everything is healed, before what is marked `eventually` is checked."""

    # the bundles

    def device(self, label: str) -> Device:
        """The device of this label, as it was at the start."""
        return named(self._devices, label, "device")

    def phone(self, label: str) -> Phone:
        """The phone of this label, as it was at the start."""
        return named(self._phones, label, "phone")

    @initialize(target=devices)
    @own(None)
    def add_devices(self) -> Any:
        """All devices of the start."""
        return multiple(*self._devices.values())

    @initialize(target=phones)
    @own(None)
    def add_phones(self) -> Any:
        """All phones of the start."""
        return multiple(*self._phones.values())

    # how action attempts end

    @stateful.initialize(when=st.runner().flatmap(lambda self: st.sampled_from(self._endings())))
    @own(None)
    def choose_attempts(self, when: ActionAttempts) -> None:
        """Attempts end otherwise than at once, in some runs."""
        if when != self.sandbox.embedded.app.settings.action_attempts:
            self.set_action_attempts(when=when)

    @as_step
    @own("the sandbox has action_attempts={when!r}")
    def set_action_attempts(self, when: ActionAttempts) -> None:
        """From now on the sandbox has this setting `action_attempts`."""
        app = self.sandbox.embedded.app
        app.change(replace(app.settings, action_attempts=read_setting("action_attempts", when)))

    def _endings(self) -> Sequence[ActionAttempts]:
        endings = _start_of(type(self)).template.attempts
        return endings if self.pending_attempts else endings[:1]

    # outages

    @precondition(lambda self: self._outages.possible())
    @rule(outage=st.runner().flatmap(lambda self: st.sampled_from(self._outages.possible())))
    @own("{outage.sentence}")
    def begin_outage(self, outage: OutageSpec) -> None:
        """An outage begins."""
        self._outages.begin(outage)

    @precondition(lambda self: self._outages.recoverable())
    @rule(target=phones, outage=st.runner().flatmap(lambda self: st.sampled_from(self._outages.recoverable())))
    @own("the outage {outage} ends")
    def end_outage(self, outage: OutageSpec) -> Any:
        """An outage ends; where a phone was deactivated, its owner gets a new one."""
        replacement = self._outages.end(outage)
        return multiple() if replacement is None else multiple(replacement)

    # faults, time, access codes

    @precondition(lambda self: self.faults and (self._repeats or not self.sandbox.faults.active))
    @rule(fault=st.runner().flatmap(lambda self: self._possible_faults()))
    @own("{fault.sentence}")
    def set_fault(self, fault: FaultSpec) -> None:
        """The next calls of the app go wrong."""
        self._end_faults()
        fault.on(self.sandbox)

    def _possible_faults(self) -> st.SearchStrategy[FaultSpec]:
        return _faults_of(type(self))

    def _end_faults(self) -> None:
        complaints = self.sandbox.faults.complaints()
        if complaints:
            raise ExpectationFailed("\n".join(complaints))

    @precondition(lambda self: self.clock_moves)
    @rule(seconds=st.sampled_from(WAITS))
    @own("{seconds} s pass")
    def pass_time(self, seconds: float) -> None:
        """Time passes, and what becomes due is done."""
        self.sandbox.clock.advance(seconds)

    @precondition(lambda self: self.access_codes and self._programmable())
    @rule(target=codes, label=st.runner().flatmap(lambda self: st.sampled_from(self._programmable())))
    @own("somebody makes an access code on {label}")
    def make_access_code(self, label: str) -> Any:
        """Somebody makes an access code on a lock."""
        return self.sandbox.create_access_code(find_device(self.sandbox.backend, label).device_id)

    def _programmable(self) -> list[str]:
        """The devices on which a code can be made now."""
        found = self.sandbox.embedded.devices().items()
        return [label for label, row in found if row.is_online and row.flags().get("can_program_online_access_codes")]

    # the end

    @as_step
    @own("everything heals, and what is pending is done")
    def quiesce(self) -> None:
        """Everything heals, time passes until nothing is pending, and what has to hold in the end is checked."""
        self._outages.end_all()
        self._end_faults()
        self.sandbox.clock.run_until_idle()
        self._deliver_webhooks()
        self.call_function(type(self).catch_up)
        self._seam_invariants.check()
        for function in self._in_the_end:
            self.call_function(function)
        self.sandbox.check()
