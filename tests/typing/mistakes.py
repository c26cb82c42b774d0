"""Mistakes that type checkers find: `# E: <mypy's code> <pyright's rule, or ->`; checked, never run."""

from pytest_seam_sandbox import Device, DeviceType, Event, Phone, Sandbox, SeamSweep
from pytest_seam_sandbox.stateful import AsyncSandboxMachine, SandboxMachine
from pytest_seam_sandbox.strategies import devices, events, outage_plans


class Doors:
    """An app."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox


def names(sandbox: Sandbox, device: Device) -> None:
    """Names that Seam does not have."""
    sandbox.create_device("august_lok")  # E: arg-type reportArgumentType
    sandbox.create_device("ios_phone")  # E: arg-type reportArgumentType
    sandbox.create_device(nam="FRONT DOOR")  # E: call-arg reportCallIssue
    sandbox.create_connected_account("augusst")  # E: arg-type reportArgumentType
    sandbox.complete_login("x", provider="augusst")  # E: arg-type reportArgumentType
    sandbox.create_acs_system("visionline")  # E: arg-type reportArgumentType
    sandbox.create_acs_credential("key")  # E: arg-type reportArgumentType
    sandbox.create_phone(operating_system="windows")  # E: arg-type reportArgumentType
    sandbox.expect_event("device.disconected", device_id="x")  # E: call-overload reportArgumentType
    sandbox.expect_no_event("device.disconected")  # E: arg-type reportArgumentType
    sandbox.expecting("device.connected", "lock.lockd")  # E: arg-type reportArgumentType
    with sandbox.disconnected(device) as outage:
        outage.expect_no_event("device.disconected")  # E: arg-type reportArgumentType


def nothing(sandbox: Sandbox) -> None:
    """`count=0` gives None."""
    sandbox.expect_event("lock.locked", count=0).event_id  # E: attr-defined reportAttributeAccessIssue


def attributes(device: Device, phone: Phone, event: Event) -> None:
    """Fields that Seam's objects do not have."""
    assert device.properties.onlin  # E: attr-defined reportAttributeAccessIssue
    assert device.propertys  # E: attr-defined reportAttributeAccessIssue
    assert device.errors[0].code  # E: attr-defined reportAttributeAccessIssue
    assert device.properties.august_metadata
    assert device.properties.august_metadata.hous_id  # E: attr-defined reportAttributeAccessIssue
    assert phone.properties.locked  # E: attr-defined reportAttributeAccessIssue
    assert event.devise_id  # E: attr-defined reportAttributeAccessIssue
    assert event.event_type == "lock.unlokced"  # E: comparison-overlap -


def sweeps(seam_sweep: SeamSweep) -> None:
    """Options that a sweep does not have, and an app that it does not build."""
    for trial in seam_sweep(faults=["fail"], app=Doors):
        assert trial.app.door  # E: attr-defined reportAttributeAccessIssue
    seam_sweep(faults=["fails"])  # E: list-item reportArgumentType
    seam_sweep(disconect="FRONT DOOR")  # E: call-overload reportCallIssue
    seam_sweep(when="during")  # E: arg-type reportArgumentType


def strategies() -> None:
    """Names in strategies."""
    devices(["august_lok"])  # E: list-item reportArgumentType
    events(["lock.lockd"])  # E: list-item reportArgumentType
    outage_plans(kinds=["lost"])  # E: list-item reportArgumentType
    door: DeviceType = "frontdoor_lock"  # E: assignment reportAssignmentType
    assert door


class Hotel(SandboxMachine):
    """A machine."""

    device_types = ("august_lok",)  # E: assignment reportAssignmentType
    fault_kinds = ("fails",)  # E: assignment reportAssignmentType

    async def start(self) -> None:  # E: override reportIncompatibleMethodOverride
        """A SandboxMachine waits for nothing."""


class AsyncHotel(AsyncSandboxMachine):
    """An async machine."""

    async def stop(self) -> int:  # E: override reportIncompatibleMethodOverride
        """Nobody takes what it gives."""
        return 1
