"""Saunas for the Seam sandbox: a family of endpoints, a device type, a world and a kind of outage."""

from dataclasses import replace

from pytest_seam_sandbox import OutageNotPossible
from pytest_seam_sandbox.api.devices.model import DeviceRow, find_device
from pytest_seam_sandbox.catalog.devices import device_model
from pytest_seam_sandbox.engine.auth import Method
from pytest_seam_sandbox.engine.events import EventFields
from pytest_seam_sandbox.engine.router import Router
from pytest_seam_sandbox.engine.types import Uuid
from pytest_seam_sandbox.engine.workspace import Workspace
from pytest_seam_sandbox.extensions import Family
from pytest_seam_sandbox.outages.devices import DeviceOutage

TOO_HOT = 110.0
WITH_KEY = (Method.API_KEY, Method.PAT)  # who may call: with an API key, or a personal access token


class SaunaOverheated(EventFields, event_type="sauna.overheated"):
    device_id: str
    temperature_celsius: float


class SaunaCooledDown(EventFields, event_type="sauna.cooled_down"):
    device_id: str


router = Router("/saunas")


@router.get("get", key="sauna", allow=WITH_KEY, source="assumed")
def get(workspace: Workspace, *, device_id: Uuid) -> dict:
    """The sauna of this id."""
    device = find_device(workspace, device_id)
    return {"device_id": device.device_id, "temperature_celsius": device.property("temperature_celsius")}


@router.post("simulate/overheat", allow=WITH_KEY, source="assumed")
def overheat(workspace: Workspace, *, device_id: Uuid) -> None:
    """Let a sauna become too hot: sauna.overheated."""
    _set_temperature(workspace, device_id, TOO_HOT)
    workspace.events.emit(workspace, SaunaOverheated(device_id=device_id, temperature_celsius=TOO_HOT))


@router.post("simulate/cool_down", allow=WITH_KEY, source="assumed")
def cool_down(workspace: Workspace, *, device_id: Uuid) -> None:
    """Let a sauna cool down: sauna.cooled_down."""
    _set_temperature(workspace, device_id, 80.0)
    workspace.events.emit(workspace, SaunaCooledDown(device_id=device_id))


def _set_temperature(workspace: Workspace, device_id: str, temperature: float) -> None:
    device = find_device(workspace, device_id)
    properties = {**device.properties, "temperature_celsius": temperature}
    workspace[DeviceRow].put(device.but(properties=properties))  # rows are frozen: a change is a new row


class Overheated(DeviceOutage):
    """The sauna is too hot. Heals by cooling down."""

    name = "overheated"
    sentence = "{} becomes too hot"
    switch = "overheatings"
    option = "overheat"
    embedded_only = True
    needs_device = True
    break_path = "/saunas/simulate/overheat"
    heal_path = "/saunas/simulate/cool_down"

    @classmethod
    def _can(cls, device):
        return device.is_online and (device.property("temperature_celsius") or TOO_HOT) < TOO_HOT

    def _prepare(self):
        if not self._can(self._backend.find_device(self.device_id)):
            raise OutageNotPossible(f"{self} is not possible: it is no sauna, too hot already, or offline.")

    def _assert_broken(self):
        self._expect("sauna.overheated", device_id=self.device_id, temperature_celsius=TOO_HOT)

    def _assert_healed(self):
        self._expect_some("sauna.cooled_down", device_id=self.device_id)


def fill_spa(workspace):
    """Two saunas, and a guest with a phone."""
    for name in ("FINNISH SAUNA", "STEAM BATH"):
        workspace.create_device("sauna_lock", name=name)
    workspace.create_phone()


def pytest_seam_families():
    return [Family(router, events=(SaunaOverheated, SaunaCooledDown))]


def pytest_seam_device_models():
    lock = device_model("august_lock")
    return [replace(lock, device_type="sauna_lock", properties={**lock.properties, "temperature_celsius": 80.0})]


def pytest_seam_worlds():
    return {"spa": fill_spa}


def pytest_seam_outages():
    return [Overheated]
