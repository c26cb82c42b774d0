"""Tests as a user writes them, with all annotations: checked by mypy --strict and pyright (strict), never run."""

from typing import assert_type

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seam.seam import AsyncSeam, Seam

from pytest_seam_sandbox import (
    AccessCode,
    AcsCredential,
    AcsSystem,
    ConnectedAccount,
    Device,
    DeviceType,
    Event,
    EventList,
    EventType,
    ExpectationFailed,
    FaultKind,
    OutageKind,
    Phone,
    Provider,
    Sandbox,
    SandboxError,
    SandboxWarning,
    SeamSweep,
    Snapshot,
    Sweep,
    SweepFailed,
    Trial,
    UnknownId,
    UserIdentity,
    World,
    seam_raises,
)
from pytest_seam_sandbox.stateful import (
    AsyncSandboxMachine,
    SandboxMachine,
    devices,
    eventually,
    initialize,
    invariant,
    phones,
    precondition,
    rule,
)
from pytest_seam_sandbox.strategies import OutagePlan, event_payloads, events, outage_plans, sandboxes
from pytest_seam_sandbox.strategies import devices as any_device

MANY: tuple[DeviceType, ...] = ("august_lock", "nuki_lock")
TYPES: list[EventType] = ["device.connected", "lock.unlocked"]
LOSSES: list[OutageKind] = ["disconnected", "removed"]
FAULTS: list[FaultKind] = ["fail", "lose_answer"]
WORLD: World = "house"
PROVIDER: Provider = "august"


class Doors:
    """An app."""

    def __init__(self, seam: Seam) -> None:
        self.seam = seam

    def unlock(self, device_id: str) -> str:
        """The answer of the app."""
        return self.seam.locks.unlock_door(device_id=device_id).status


class AsyncDoors:
    """An async app."""

    def __init__(self, seam: AsyncSeam) -> None:
        self.seam = seam

    async def unlock(self, device_id: str) -> str:
        """The answer of the app."""
        return (await self.seam.locks.unlock_door(device_id=device_id)).status


# fixtures


@pytest.fixture
def doors(seam_sandbox: Sandbox) -> Doors:
    """The app."""
    return Doors(seam_sandbox.client())


def test_fixtures(
    seam_sandbox: Sandbox,
    sandbox_device: Device,
    sandbox_phone: Phone,
    seam_client: Seam,
    async_seam_client: AsyncSeam,
    seam_http: httpx.Client,
    seam_intercept: Sandbox,
    seam_server: str,
    seam_environ: dict[str, str],
) -> None:
    """What the fixtures give can be annotated."""
    assert_type(seam_sandbox.client(), Seam)
    assert_type(seam_sandbox.async_client(), AsyncSeam)
    assert_type(seam_sandbox.http(), httpx.Client)
    assert_type(seam_sandbox.get_device(sandbox_device), Device)
    assert_type(seam_sandbox.get_phone(sandbox_phone.device_id), Phone)
    assert seam_server.startswith(seam_environ["SEAM_ENDPOINT"])


# models


def test_models(seam_sandbox: Sandbox, sandbox_device: Device) -> None:
    """Fields have the types of Seam's schema; what an object may lack can be None."""
    assert_type(sandbox_device.properties.online, bool)
    assert_type(sandbox_device.properties.locked, bool | None)
    assert_type(sandbox_device.can_hvac_heat, bool | None)
    assert_type(sandbox_device.errors[0].error_code, str | None)
    august = sandbox_device.properties.august_metadata
    assert august is not None
    assert_type(august.house_id, str)
    assert_type(sandbox_device.custom_metadata, dict[str, str | bool])
    code = seam_sandbox.create_access_code(sandbox_device, code="1234")
    assert_type(code, AccessCode)
    assert_type(code.is_offline_access_code, bool)
    system = seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby"])
    assert_type(system, AcsSystem)
    assert_type(seam_sandbox.create_acs_credential("code", acs_system_id=system.acs_system_id), AcsCredential)
    assert_type(seam_sandbox.create_connected_account(PROVIDER), ConnectedAccount)
    assert_type(seam_sandbox.create_user_identity(full_name="Jane"), UserIdentity)
    phone = seam_sandbox.create_phone(operating_system="ios")
    service = phone.properties.assa_abloy_credential_service_metadata
    assert service is None or service.has_active_endpoint


# expectations, outages, time


def test_expectations(seam_sandbox: Sandbox, sandbox_device: Device) -> None:
    """`count=0` gives None, all else an event."""
    assert_type(seam_sandbox.expect_event("device.connected", device_id=sandbox_device.device_id), Event)
    assert_type(seam_sandbox.events, EventList)
    for event_type in TYPES:
        seam_sandbox.expect_no_event(event_type, device_id="x")
    with seam_sandbox.disconnected(sandbox_device) as outage:
        assert_type(outage.device, Device)
        assert_type(outage.expect_event("device.disconnected"), Event)
        error = seam_sandbox.expect_device_error(sandbox_device, "device_disconnected")
        assert_type(error, Device)
    with seam_sandbox.deactivated(seam_sandbox.create_phone(), replace=True) as deactivation:
        assert_type(deactivation.replacement, Phone | None)
    with seam_sandbox.expecting("lock.locked", "lock.unlocked"), seam_raises("device_not_found") as info:
        assert_type(info.error_type, str | None)
    before = seam_sandbox.snapshot()
    assert_type(before, Snapshot)
    seam_sandbox.restore(before)
    seam_sandbox.faults.fail("/devices/list", times=2)
    event = seam_sandbox.events[-1]
    assert_type(event.access_code_id, str | None)
    assert event.event_type in ("device.connected", "device.disconnected")


def test_errors(seam_sandbox: Sandbox) -> None:
    """The exceptions are at the top."""
    with pytest.raises(UnknownId):
        seam_sandbox.get_device("x")
    with pytest.raises((SandboxError, ExpectationFailed, SweepFailed)), pytest.warns(SandboxWarning):
        seam_sandbox.check()


# sweeps


def test_sweep(seam_sweep: SeamSweep, sandbox_device: Device) -> None:
    """`trial.app` is what `app` builds."""
    sweep = seam_sweep(
        disconnect="FRONT DOOR", faults=["fail", "slow"], depth=2, app=lambda sandbox: Doors(sandbox.client())
    )
    assert_type(sweep, Sweep[Doors])
    for trial in sweep:
        assert_type(trial, Trial[Doors])
        with trial as sandbox:
            assert_type(sandbox, Sandbox)
            assert trial.app.unlock(sandbox_device.device_id) == "success"
            trial.heal()


def test_sweep_without_an_app(seam_sweep: SeamSweep) -> None:
    """Then there is none."""
    for trial in seam_sweep(faults="fail", when="before"):
        assert_type(trial.app, None)


async def build(sandbox: Sandbox) -> AsyncDoors:
    """Build the app inside its loop."""
    return AsyncDoors(sandbox.async_client())


async def test_async_sweep(seam_sweep: SeamSweep, sandbox_device: Device) -> None:
    """What an async function builds is awaited."""
    for trial in seam_sweep(remove=sandbox_device, faults=FAULTS, app=build):
        async with trial as sandbox:
            assert_type(sandbox, Sandbox)
            assert await trial.app.unlock(sandbox_device.device_id) == "success"


def run(sweep: Sweep) -> None:
    """A helper that takes any sweep."""
    assert sweep.table


# properties


@given(sandbox=sandboxes(WORLD, devices=MANY, phones=1), plan=outage_plans(kinds=LOSSES), number=st.integers())
def test_property(sandbox: Sandbox, plan: OutagePlan, number: int) -> None:
    """Each example has a sandbox."""
    assert number
    plan.run(sandbox)


@given(device=any_device(["august_lock"]), event=events(["lock.unlocked"]), payload=event_payloads())
def test_values(device: Device, event: Event, payload: dict[str, object]) -> None:
    """Values as an app gets them."""
    assert device.device_id != event.device_id
    assert payload["event_type"]


# machines


class Hotel(SandboxMachine):
    """An app that waits for its answers."""

    device_types = ("august_lock", "schlage_lock")
    phone_count = 1
    faults = ("POST /locks/unlock_door",)
    fault_kinds = ("fail",)

    def start(self) -> None:
        """Build the app."""
        self.doors = Doors(self.sandbox.client())
        self.opened: set[str] = set()

    @initialize()
    def prepare(self) -> None:
        """First step."""
        self.opened.clear()

    @precondition(lambda self: bool(self.opened))
    @rule(device=devices, phone=phones, seconds=st.integers())
    def open(self, device: Device, phone: Phone, seconds: int) -> None:
        """A step of the app."""
        assert phone.device_id
        assert seconds
        if self.doors.unlock(device.device_id) == "success":
            self.opened.add(device.device_id)

    @invariant()
    def few(self) -> None:
        """Always."""
        assert len(self.opened) < 3

    @eventually
    def none_left(self) -> None:
        """In the end."""
        assert not self.opened


class AsyncHotel(AsyncSandboxMachine):
    """An async app; each method is async or not, as it likes."""

    async def start(self) -> None:
        """Build the app."""
        self.doors = await build(self.sandbox)

    async def catch_up(self) -> None:
        """Let the app notice."""
        await self.doors.unlock("x")

    def stop(self) -> None:
        """Nothing to wait for."""

    @rule(device=devices)
    async def open(self, device: Device) -> None:
        """A step of the app."""
        await self.doors.unlock(device.device_id)

    @eventually
    async def all_is_well(self) -> None:
        """In the end."""
        assert await self.doors.unlock("x")


TestHotel = Hotel.TestCase
TestAsyncHotel = AsyncHotel.TestCase


def test_repeated() -> None:
    """As a failing machine prints it."""
    with Hotel.again() as machine:
        assert_type(machine, Hotel)
        machine.open(device=machine.device("FRONT DOOR"), phone=machine.phone("x"), seconds=1)
        machine.pass_time(seconds=10)
        machine.quiesce()
