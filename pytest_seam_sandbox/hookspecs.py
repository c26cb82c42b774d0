"""The hooks by which another package adds to every sandbox of a pytest run. Imports the standard library only.

Each is called once in a run, before the first sandbox of a test is made, and not at all where no test has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .backends.extensions import Family
    from .catalog.devices import DeviceModel
    from .outages import Outage
    from .sandbox import SandboxWorkspace

HOOKS = ("pytest_seam_families", "pytest_seam_device_models", "pytest_seam_worlds", "pytest_seam_outages")


def pytest_seam_families() -> Iterable[Family]:  # type: ignore[empty-body]
    """Endpoints that the sandbox does not have, and the events that they log."""


def pytest_seam_device_models() -> Iterable[DeviceModel]:  # type: ignore[empty-body]
    """Device types that Seam does not name, for `create_device`."""


def pytest_seam_worlds() -> Mapping[str, Callable[[SandboxWorkspace], object]]:  # type: ignore[empty-body]
    """Starting states by name. Each is a function that fills an empty workspace."""


def pytest_seam_outages() -> Iterable[type[Outage]]:  # type: ignore[empty-body]
    """Kinds of outages, for `Sandbox.outage`, state machines, strategies, sweeps and the control routes."""
