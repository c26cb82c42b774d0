"""Webhooks in a state machine: they arrive when a rule says so, in any order, twice or never."""

import re

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from pytest_seam_sandbox import SandboxError
from pytest_seam_sandbox.stateful import OutageSpec, SandboxMachine, eventually

LIMITS = settings(
    max_examples=60,
    stateful_step_count=10,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Board:
    """Looks at a door when an event says that it has changed; counts what it handles."""

    def __init__(self, seam):
        self.seam, self.doors, self.handled = seam, {}, []

    def take(self, request):
        event = request.json()
        if request.headers["svix-id"] not in self.handled:
            self.handled.append(request.headers["svix-id"])
            self.doors[event["device_id"]] = self.is_online(event)

    def is_online(self, event):
        return self.seam.devices.get(device_id=event["device_id"]).properties.online


class LastWins(Board):
    """Takes the event that arrives last for the newest."""

    def is_online(self, event):
        return event["event_type"] == "device.connected"


class CountsTwice(Board):
    """Handles each message as often as it arrives."""

    def take(self, request):
        self.handled.append(request.headers["svix-id"])
        self.doors[request.json()["device_id"]] = self.is_online(request.json())


def machine_of(board, **switches):
    class Watched(SandboxMachine):
        webhooks = True

        def start(self):
            self.board = board(self.sandbox.client())
            self.sandbox.webhooks.deliver_to(self.board.take, ["device.connected", "device.disconnected"])

        @eventually
        def board_is_right(self):
            for device in self.sandbox.devices:
                assert self.board.doors.get(device.device_id, True) == device.properties.online
            assert len(self.board.handled) == len(set(self.board.handled))

    for name, value in switches.items():
        setattr(Watched, name, value)
    return Watched


def test_right_app_withstands_what_happens_to_webhooks():
    """At least once, in any order."""
    run_state_machine_as_test(machine_of(Board), settings=LIMITS)


@pytest.mark.parametrize(
    ("board", "step"), [(LastWins, r"number [2-9] arrives"), (CountsTwice, "and will arrive again")]
)
def test_machine_finds_what_order_and_copies_break(board, step):
    """And says which webhook arrived when; the test that it prints fails too."""
    found = settings(LIMITS, max_examples=1000, phases=[Phase.generate, Phase.shrink])
    machine = machine_of(board, removals=False, hub_disconnections=False, account_losses=False, clock_moves=False)
    with pytest.raises(AssertionError) as failed:
        run_state_machine_as_test(machine, settings=found)

    assert re.search(step, "\n".join(failed.value.__notes__))


def test_lost_webhook_leaves_an_app_wrong_that_only_listens():
    """The steps as a printed test has them."""
    outage = OutageSpec("disconnected", "GARAGE")
    with machine_of(Board, lost_webhooks=True).again() as machine:
        machine.begin_outage(outage=outage)
        machine.deliver_webhook(number=1, fate="arrives")
        machine.end_outage(outage=outage)
        machine.deliver_webhook(number=1, fate="is lost")
        with pytest.raises(AssertionError):
            machine.quiesce()


def test_waiting_messages_are_delivered_by_number(keeper, seam, seam_webhooks, sandbox_device):
    """The second before the first, the first twice, one never."""
    keeper.secret = seam_webhooks.deliver_to(keeper).secret
    seam_webhooks.pause()
    seam.locks.lock_door(device_id=sandbox_device.device_id)
    waiting = [event.event_type for event in seam_webhooks.waiting]
    seam_webhooks.deliver(2)
    seam_webhooks.deliver(again=True)
    seam_webhooks.deliver()
    seam.locks.unlock_door(device_id=sandbox_device.device_id)
    seam_webhooks.discard()
    seam_webhooks.discard()

    assert waiting == ["lock.locked", "action_attempt.lock_door.succeeded"]
    assert keeper.types == [waiting[1], waiting[0], waiting[0]]
    assert seam_webhooks.waiting == []


@pytest.mark.parametrize("number", [0, 1, True, "1"])
def test_number_that_no_message_has_is_refused(seam_webhooks, number):
    """With how many there are."""
    with pytest.raises(SandboxError, match="and 0 do"):
        seam_webhooks.deliver(number)
    with pytest.raises(SandboxError, match="number is"):
        seam_webhooks.discard(number)
