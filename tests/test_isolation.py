"""Sandboxes do not meet, follow from their seed alone, and bear many threads."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier

import httpx
import pytest

from pytest_seam_sandbox import Sandbox, seam_raises
from pytest_seam_sandbox.transports.server import Listener

THREADS = 8


def make(sandbox):
    """A bit of everything that takes ids, names, PINs and serial numbers."""
    phone = sandbox.create_phone()
    device = sandbox.create_device()
    client = sandbox.client()
    with sandbox.http() as plain:
        request_id = plain.get("/workspaces/get").headers["seam-request-id"]
    client.locks.unlock_door(device_id=device.device_id)
    return {
        "workspace": [sandbox.workspace_id, sandbox.api_key],
        "devices": [[one.device_id, one.display_name, one.properties.serial_number] for one in client.devices.list()],
        "phones": [phone.device_id],
        "people": [[one.user_identity_id, one.full_name] for one in client.user_identities.list()],
        "events": [event.event_id for event in sandbox.events],
        "session": client.client_sessions.create().token,
        "request": request_id,
        "pins": [sandbox.embedded.app.ids.pin(4), sandbox.embedded.app.ids.pin(6)],
    }


def test_two_sandboxes_do_not_meet():
    """What one holds the other does not find, and neither key opens the other."""
    first, second = Sandbox(seed=1), Sandbox(seed=2)
    device, phone = first.create_device(), first.create_phone()
    client = second.client()

    assert (client.devices.list(), client.phones.list(), second.events, second.requests[2:]) == ([], [], [], [])
    with seam_raises("device_not_found"):
        client.devices.get(device_id=device.device_id)
    with seam_raises("device_not_found"):
        client.phones.deactivate(device_id=phone.device_id)
    with seam_raises("unauthorized", status_code=401):
        second.client(api_key=first.api_key).devices.list()


def test_outage_of_one_sandbox_stays_there():
    """Sandboxes of the same seed have the same ids, and still nothing in common."""
    first, second = Sandbox(seed=1), Sandbox(seed=1)
    device, twin = first.create_device(), second.create_device()

    with first.disconnected(device) as outage:
        second.expect_no_device_error(twin)

    assert device.device_id == twin.device_id
    assert len(outage.events) == 2
    second.expect_no_event("device.disconnected")


def test_clocks_of_two_sandboxes_differ():
    """Each sandbox has its own time."""
    first, second = Sandbox(), Sandbox()
    moment = datetime(2099, 1, 1, tzinfo=UTC)
    first.clock.freeze(moment)
    second.clock.freeze(moment)

    first.clock.advance(60)

    assert (first.clock.now() - moment, second.clock.now() - moment) == (timedelta(seconds=60), timedelta(0))


@pytest.mark.parametrize("world", ["empty", "house", "everything"])
def test_same_seed_makes_the_same_things(world):
    """Ids, names, keys, PINs and serial numbers follow from the seed."""
    assert make(Sandbox(seed=7, world=world)) == make(Sandbox(seed=7, world=world))


def test_another_seed_makes_other_things():
    """Nothing that looks random is shared by two seeds."""
    first, second = make(Sandbox(seed=7)), make(Sandbox(seed=8))

    assert [name for name in first if first[name] == second[name]] == []


PROGRAM = """
import json
from pytest_seam_sandbox import Sandbox
with Sandbox(seed=7, world="house") as sandbox:
    phone, device = sandbox.create_phone(), sandbox.create_device()
    print(json.dumps([
        sandbox.workspace_id, sandbox.api_key, phone.device_id, device.device_id, device.properties.serial_number,
        sandbox.create_user_identity().full_name, sandbox.embedded.app.ids.pin(6), sandbox.events[-1].event_id,
    ]))
"""


def told_by_a_process(hash_seed):
    """What another process makes of the same seed."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", PROGRAM]
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)


def test_same_seed_in_other_processes():
    """Neither the process nor its hash seed matters."""
    first, second = told_by_a_process("1"), told_by_a_process("2")

    assert first == second
    assert first[:2] == [Sandbox(seed=7, world="house").workspace_id, Sandbox(seed=7, world="house").api_key]


def together(work):
    """Run work(number) in eight threads that start at one moment; their results in order."""
    barrier = Barrier(THREADS)

    def start(number):
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(start, range(THREADS)))


def test_threads_lose_no_update(seam_sandbox, sandbox_device):
    """Metadata that eight threads write is all there."""
    clients = [seam_sandbox.client() for _ in range(THREADS)]

    def write(number):
        for step in range(5):
            clients[number].devices.update(
                device_id=sandbox_device.device_id, custom_metadata={f"key{number}-{step}": True}
            )

    together(write)

    metadata = seam_sandbox.get_device(sandbox_device).custom_metadata
    assert metadata == {f"key{number}-{step}": True for number in range(THREADS) for step in range(5)}


def test_threads_see_no_torn_list(seam_sandbox):
    """While eight threads make, lose and read phones, every page is whole and in order."""
    person = seam_sandbox.create_user_identity()
    clients = [seam_sandbox.client() for _ in range(THREADS)]
    problems = []

    def mix(number):
        client = clients[number]
        for _ in range(10):
            phone = client.phones.simulate.create_sandbox_phone(user_identity_id=person.user_identity_id)
            listed = [one.device_id for one in client.phones.list()]
            if listed.count(phone.device_id) != 1 or len(set(listed)) != len(listed):
                problems.append(listed)
            client.phones.deactivate(device_id=phone.device_id)
            if phone.device_id in [one.device_id for one in client.phones.list()]:
                problems.append(phone.device_id)

    together(mix)

    assert problems == []
    assert clients[0].phones.list() == []
    seam_sandbox.expect_event("phone.deactivated", count=10 * THREADS)


def test_threads_of_mixed_calls_leave_one_order(seam_sandbox):
    """Locks that are turned, lost and healed by eight threads leave a log without gaps or doubles."""
    devices = [seam_sandbox.create_device() for _ in range(THREADS)]
    clients = [seam_sandbox.client() for _ in range(THREADS)]

    def mix(number):
        device_id, client = devices[number].device_id, clients[number]
        for _ in range(5):
            client.locks.unlock_door(device_id=device_id)
            client.devices.simulate.disconnect(device_id=device_id)
            client.devices.list(limit=3)
            client.devices.simulate.connect(device_id=device_id)
            client.locks.lock_door(device_id=device_id)

    together(mix)

    story = ["lock.unlocked", "action_attempt.unlock_door.succeeded", "device.disconnected", "device.connected"]
    story += ["lock.locked", "action_attempt.lock_door.succeeded"]
    stories = [
        [event.event_type for event in seam_sandbox.events if event.device_id == device.device_id][2:]
        for device in devices
    ]
    assert stories == [story * 5] * THREADS
    times = [event.created_at for event in seam_sandbox.events]
    assert times == sorted(times)
    assert len({event.event_id for event in seam_sandbox.events}) == len(times)
    assert len(seam_sandbox.requests) == 25 * THREADS


def test_outages_of_two_threads(seam_sandbox):
    """Outages of different devices may overlap in different threads."""
    devices = [seam_sandbox.create_device() for _ in range(THREADS)]

    def lose(number):
        with seam_sandbox.disconnected(devices[number]) as outage:
            pass
        return [event.event_type for event in outage.events if event.device_id == devices[number].device_id]

    assert together(lose) == [["device.disconnected", "device.connected"]] * THREADS


@contextmanager
def switching_often():
    """Threads take turns so often that they meet in the middle of things."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def test_threads_use_sessions_of_two_sandboxes_on_one_server():
    """While sessions come and go in both, each request finds the sandbox whose session it carries."""
    sandboxes = [Sandbox(seed=number) for number in range(2)]
    for sandbox in sandboxes:
        client = sandbox.client()
        for _ in range(300):  # a look for one of them takes a while
            client.client_sessions.create()
    wrong = []

    def use(number, url):
        sandbox = sandboxes[number % 2]
        with httpx.Client(base_url=url) as plain, sandbox.http() as http:
            for _ in range(20):
                session = http.post("/client_sessions/create", json={}).json()["client_session"]
                answer = plain.post("/devices/list", headers={"client-session-token": session["token"]})
                http.post("/client_sessions/delete", json={"client_session_id": session["client_session_id"]})
                gone = plain.post("/devices/list", headers={"client-session-token": session["token"]})
                if answer.status_code != 200 or gone.status_code != 401:
                    wrong.append((answer.text, gone.text))

    first, second = (sandbox.embedded.app for sandbox in sandboxes)
    with Listener() as listener, listener.joined(first) as url, listener.joined(second), switching_often():
        together(lambda number: use(number, url))

    assert wrong == []
    assert [sandbox.embedded.app.internal_errors for sandbox in sandboxes] == [[], []]


def test_asking_for_a_session_leaves_late_work_its_time():
    """The look at whose session it is writes nothing: what was due before is still dated when it was due."""
    sandbox = Sandbox(action_attempts=30)
    device, app = sandbox.create_device(), sandbox.embedded.app
    sandbox.clock.freeze()
    token = sandbox.client().client_sessions.create().token
    began = sandbox.clock.now()
    sandbox.client().locks.unlock_door(device_id=device.device_id, wait_for_action_attempt=False)
    app.clock.move(60)

    assert app.has_session(token)
    app.settle()

    event = sandbox.expect_event("lock.unlocked")
    assert datetime.fromisoformat(event.created_at) - began == timedelta(seconds=30)
