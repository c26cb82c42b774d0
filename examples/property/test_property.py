"""Whatever goes offline, and whenever: the desk of `door_service` never calls a door open that stayed shut."""

from hypothesis import given, settings

from door_service.app import DoorService
from pytest_seam_sandbox.stateful import SandboxMachine, devices, eventually, invariant, rule
from pytest_seam_sandbox.strategies import outage_plans, sandboxes

DOORS = ("august_lock", "yale_lock")


def openings(sandbox):
    """How often Seam says that a lock was opened."""
    return sum(event.event_type == "lock.unlocked" for event in sandbox.events)


@settings(max_examples=30, deadline=None)
@given(sandbox=sandboxes(devices=DOORS), plan=outage_plans(devices=DOORS))
def test_board_is_right_at_each_moment_of_any_plan(sandbox, plan):
    """The screen shows a door as ready exactly while it is online, whatever is lost and comes back in between."""
    service = DoorService(sandbox.client())

    for _ in plan.play(sandbox, every=600):
        ready = {name for name, state in service.board().items() if state == "ready"}
        online = {door.display_name for door in sandbox.client().devices.list() if door.properties.online}
        assert ready == online

    assert set(service.board().values()) == {"ready"}


class Desk(SandboxMachine):
    """Somebody at the desk opens doors, while anything may be lost, come back, and be lost again."""

    device_types = DOORS

    def start(self):
        """The app under test, and what it said so far."""
        self.service = DoorService(self.sandbox.client())
        self.said_open = 0

    @rule(device=devices)
    def unlock(self, device):
        """Somebody opens a door."""
        self.said_open += self.service.unlock(device.device_id) == "open"

    @invariant()
    def says_open_when_it_is(self):
        """The desk says "open" once for each time that a lock was opened."""
        assert self.said_open == openings(self.sandbox)

    @eventually
    def all_doors_open_again(self):
        """When all is healed, every door is ready."""
        assert set(self.service.board().values()) == {"ready"}


Desk.TestCase.settings = settings(max_examples=30, deadline=None)
TestDesk = Desk.TestCase


def test_outage_at_any_call_is_reported_honestly(seam_sweep, sandbox_device):
    """Offline before or after any of its calls, the desk says "open" as often as the door opened, and it recovers."""
    outages = {
        "disconnect": sandbox_device,
        "disconnect_hub": sandbox_device,
        "remove": sandbox_device,
        "disconnect_account": sandbox_device.connected_account_id,
    }
    for trial in seam_sweep(**outages, app=lambda sandbox: DoorService(sandbox.client())):
        with trial as sandbox:
            answers = [trial.app.unlock(sandbox_device.device_id) for _ in range(2)]
            assert answers.count("open") == openings(sandbox)

            trial.heal()
            assert trial.app.unlock(sandbox_device.device_id) == "open"
