"""A bare workspace of the engine, with a kind of row that Seam does not have."""

from typing import ClassVar

import pytest
from hypothesis import settings

from pytest_seam_sandbox.engine.agenda import Agenda
from pytest_seam_sandbox.engine.clock import Clock
from pytest_seam_sandbox.engine.events import EventFields, EventLog
from pytest_seam_sandbox.engine.ids import Ids
from pytest_seam_sandbox.engine.settings import Settings
from pytest_seam_sandbox.engine.store import Row, row_type
from pytest_seam_sandbox.engine.workspace import Workspace

settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
settings.load_profile("unhurried")


@row_type
class Thing(Row):
    key: ClassVar[str] = "thing_id"
    not_found: ClassVar[str] = "thing_not_found"
    thing_id: str
    colour: str = "red"

    def view(self):
        return {"thing_id": self.thing_id, "colour": self.colour}


class ThingPainted(EventFields, event_type="thing.painted"):
    thing_id: str
    colour: str | None = None
    layer_ids: tuple[str, ...] = ()


@pytest.fixture
def thing():
    """The kind of row."""
    return Thing


@pytest.fixture
def painted():
    """The kind of event."""
    return ThingPainted


@pytest.fixture
def heard():
    """The events that the log told its listener of."""
    return []


@pytest.fixture
def make_workspace(heard):
    """Makes an empty workspace whose clock stands."""

    def make(**settings):
        clock = Clock()
        clock.hold()
        return Workspace(
            "workspace-1",
            is_sandbox=True,
            clock=clock,
            ids=Ids(0),
            settings=Settings(**settings),
            events=EventLog(heard.append),
            agenda=Agenda(),
        )

    return make


@pytest.fixture
def workspace(make_workspace):
    return make_workspace()
