"""Leases of devices: threads, processes, two machines; who gets what, and what is said to whoever gets nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import closing
from threading import Barrier, Thread

import httpx
import pytest
from filelock import FileLock
from freezegun import freeze_time

from live.notes import Noted
from live.strict_server import StrictServer
from pytest_seam_sandbox.backends.live import lease_folder
from pytest_seam_sandbox.backends.live.lease_records import GRACE, KEY, LeaseRecord
from pytest_seam_sandbox.backends.live.leases import Leases
from pytest_seam_sandbox.backends.seam_api import SeamApi
from pytest_seam_sandbox.engine.errors import SandboxError

DISCONNECT = ("can_simulate_disconnection",)


@pytest.fixture(scope="module")
def server():
    """One for all tests: each leaves behind what it found, and no test here unlocks a door."""
    with StrictServer(state_latency=0) as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_left(server):
    before = rows(server)
    yield
    assert rows(server) == before


@pytest.fixture
def _restored(server, nothing_left):
    """What the test does to devices behind the back of leases is gone afterwards."""
    state = server.backend(server.first).app.snapshot()
    yield
    server.backend(server.first).app.restore(state)


def rows(server):
    return {row["device_id"]: row for row in server.dump(server.first)["Device"]}


@pytest.fixture
def machine(server, tmp_path):
    """Makes leases: of one machine, or of several by a number."""
    made, clients = [], []

    def machine(number=0, holder="test_a", **given):
        client = httpx.Client(headers={"authorization": f"Bearer {server.first.api_key}"}, trust_env=False)
        clients.append(client)

        def send(path, body):
            answer = client.post(server.url + path, content=body, headers={"content-type": "application/json"})
            return answer.status_code, answer.content

        folder = tmp_path / f"machine {number}"
        given = {"notes": Noted()} | given
        made.append(Leases(SeamApi(send), server.first.workspace_id, folder, holder, **given))
        return made[-1]

    yield machine
    for leases in made:
        leases.release()
    for client in clients:
        client.close()


def name_of(server, device_id):
    return next(name for name, found in server.first.device_ids.items() if found == device_id)


def metadata(server, name):
    return rows(server)[server.first.device_ids[name]]["custom_metadata"]


def change(server, name, path="/devices/update", **params):
    server.backend(server.first).api.call(path, device_id=server.first.device_ids[name], **params)


class TestChoice:
    def test_device_of_the_type_with_the_flags(self, server, machine):
        leases = machine()
        found = [
            leases.lease(device_type="yale_lock"),
            leases.lease(flags=("can_simulate_hub_disconnection",)),
            leases.lease(device_type="schlage_lock", flags=("can_simulate_disconnection", "can_simulate_removal")),
            leases.lease(),
        ]
        assert [name_of(server, each) for each in found] == ["Office", "Front Door", "Shed", "Back Door"]

    @pytest.mark.usefixtures("_restored")
    def test_healthy_ones_first_and_none_that_is_offline(self, server, machine):
        backend = server.backend(server.first)
        change(server, "Front Door", "/devices/simulate/disconnect")
        backend.provision.set_mark(server.first.device_ids["Back Door"], "warnings", "low_battery", None, {})
        leases = machine()
        found = [name_of(server, leases.lease(device_type="august_lock")) for _ in range(3)]
        assert found == ["Garage", "Cellar", "Back Door"]
        with pytest.raises(
            SandboxError, match=r"Front Door \(.*\): offline \(device_disconnected\), and not by a lease"
        ):
            leases.lease(device_type="august_lock", deadline=0)
        leases.release()

    def test_those_that_can_simulate_more_are_tried_before_others(self, machine):
        leases = machine()
        rows = [
            {"device_id": name, "device_type": "august_lock", f"can_simulate_{name}": name != "a"} for name in "abc"
        ]
        leases._api = SeamApi(lambda *_: (200, json.dumps({"devices": rows}).encode()))
        with pytest.raises(SandboxError) as raised:
            leases.lease(deadline=0)
        assert [line.split()[1] for line in str(raised.value).splitlines()[1:4]] == ["(b):", "(c):", "(a):"]

    @pytest.mark.usefixtures("_restored")
    def test_an_unmanaged_one_is_not_for_lease(self, server, machine):
        change(server, "Attic", is_managed=False)
        with pytest.raises(SandboxError, match="has no nuki_lock; it has 1 akuvox_lock, 4 august_lock"):
            machine().lease(device_type="nuki_lock")

    def test_workspace_without_such_a_device_says_what_it_has(self, server, machine):
        with pytest.raises(SandboxError) as raised:
            machine().lease(device_type="akuvox_lock", flags=DISCONNECT)
        assert str(raised.value) == (
            f"the workspace {server.first.workspace_id} has no akuvox_lock with can_simulate_disconnection; it has "
            "1 akuvox_lock (0 with can_simulate_disconnection), 4 august_lock (4 with can_simulate_disconnection), "
            "1 ecobee_thermostat (1 with can_simulate_disconnection), 1 minut_sensor (0 with can_simulate_disconnection), "
            "1 nuki_lock (0 with can_simulate_disconnection), 2 schlage_lock (2 with can_simulate_disconnection), "
            "2 yale_lock (2 with can_simulate_disconnection). Connect an account that has one in Seam's console, or ask "
            "for another kind of device."
        )

    def test_empty_workspace(self, machine):
        leases = machine()
        leases._api = SeamApi(lambda *_: (200, b'{"devices": []}'))
        with pytest.raises(SandboxError, match="has no device; it has no device"):
            leases.lease()


class TestRecord:
    @pytest.mark.usefixtures("_restored")
    def test_it_is_there_while_the_device_is_leased_and_then_gone(self, server, machine):
        change(server, "Garage", custom_metadata={"room": "12", "is_vip": True})
        before = rows(server)
        leases = machine(holder="tests/test_desk.py::test_offline")
        for _ in range(3):
            leases.lease(device_type="august_lock")
        found = metadata(server, "Garage")
        (key,) = found.keys() - {"room", "is_vip"}
        assert key.startswith(KEY)
        assert json.loads(found[key])["holder"] == "tests/test_desk.py::test_offline"
        leases.release(server.first.device_ids["Garage"])
        assert rows(server)[server.first.device_ids["Garage"]] == before[server.first.device_ids["Garage"]]
        leases.release()
        assert rows(server) == before

    def test_holders(self, machine):
        here, there = machine(holder="test_a"), machine(1, holder="test_b")
        mine, other = here.lease(device_type="yale_lock"), there.lease(device_type="yale_lock")
        found = {holder.device_id: holder for holder in here.holders()}
        assert found.keys() == {mine, other}
        assert (found[mine].record.holder, found[mine].is_here, found[mine].is_over) == ("test_a", True, False)
        assert (found[other].device_name, found[other].is_here, found[other].is_over) == ("Studio", False, False)

    def test_frozen_clock_makes_no_record_old(self, machine):
        with freeze_time("2001-02-03"):
            machine().lease(device_type="nuki_lock")
        with pytest.raises(SandboxError, match="no nuki_lock of the workspace"):
            machine(1).lease(device_type="nuki_lock", deadline=0)

    def test_frozen_clock_ends_no_wait(self, machine):
        machine().lease(device_type="nuki_lock")
        with freeze_time("2001-02-03"), pytest.raises(SandboxError, match="in 0.1 s, no nuki_lock"):
            machine(1).lease(device_type="nuki_lock", deadline=0.1)


class TestTooFew:
    def test_message_says_who_holds_what(self, server, machine):
        machine(holder="tests/test_desk.py::test_a").lease(device_type="nuki_lock")
        with pytest.raises(SandboxError) as raised:
            machine(1).lease(device_type="nuki_lock", deadline=0)
        first, second, *_ = str(raised.value).splitlines()
        assert first == f"in 0 s, no nuki_lock of the workspace {server.first.workspace_id} was free:"
        assert second.startswith(
            f"  Attic ({server.first.device_ids['Attic']}): held by tests/test_desk.py::test_a on "
        )

    def test_message_of_the_same_machine_too(self, machine):
        machine(holder="test_a").lease(device_type="nuki_lock")
        with pytest.raises(SandboxError, match=r"Attic \(.*\): held by test_a on .* \(process \d+\) since 20"):
            machine(holder="test_b").lease(device_type="nuki_lock", deadline=0)

    def test_lock_without_a_record(self, server, machine, tmp_path):
        folder = lease_folder.LeaseFolder(tmp_path / "machine 0")
        lock = folder.lock(server.first.workspace_id, server.first.device_ids["Attic"])
        with pytest.raises(SandboxError, match="held by a process of this machine that has just taken it"):
            machine().lease(device_type="nuki_lock", deadline=0)
        lock.release()
        assert not folder.is_locked(server.first.workspace_id, server.first.device_ids["Attic"])

    def test_who_waits_gets_it_when_it_is_given_back(self, machine):
        first, pauses = machine(), []
        door = first.lease(device_type="nuki_lock")

        def pause(seconds):
            pauses.append(seconds)
            if len(pauses) == 3:
                first.release(door)

        assert machine(1, pause=pause).lease(device_type="nuki_lock") == door
        assert len(pauses) == 3

    @pytest.mark.usefixtures("_restored")
    def test_device_that_somebody_else_disconnects_while_it_is_leased(self, server, machine):
        leases = machine(holder="test_a")
        leases.lease(device_type="ecobee_thermostat")
        change(server, "Hall", "/devices/simulate/disconnect")
        with pytest.raises(SandboxError, match=r"offline \(device_disconnected\), held by test_a on"):
            machine(1).lease(device_type="ecobee_thermostat", deadline=0)
        leases.release()

    def test_offline_without_an_error(self, machine):
        leases = machine()
        row = {"device_id": "x", "device_type": "nuki_lock"}
        leases._api = SeamApi(lambda *_: (200, json.dumps({"devices": [row]}).encode()))
        with pytest.raises(SandboxError, match=r"nuki_lock \(x\): offline \(without an error\), and not by a lease"):
            leases.lease(deadline=0)


class TestKilled:
    """What a process leaves behind that had no time to give back."""

    def left_behind(self, server, **fields):
        given = {"holder": "test_killed", "host": "ci", "pid": 1, "machine": "x", "since": 0.0, "until": 2e9}
        record = LeaseRecord(f"{KEY}left", **(given | fields))
        change(server, "Attic", custom_metadata={record.key: record.to_text()})

    def test_its_record_is_taken_over_on_this_machine_at_once(self, server, machine):
        leases = machine()
        self.left_behind(server, machine=leases._machine)
        assert [(found.is_here, found.is_over) for found in leases.holders()] == [(False, True)]
        leases.lease(device_type="nuki_lock")
        assert f"{KEY}left" not in metadata(server, "Attic")

    def test_its_record_is_taken_over_elsewhere_when_it_is_over(self, server, machine):
        leases = machine()
        now = leases._folder.now()
        self.left_behind(server, until=now)
        with pytest.raises(SandboxError, match="held by test_killed on ci"):
            leases.lease(device_type="nuki_lock", deadline=0)
        self.left_behind(server, until=now - GRACE - 1)
        assert [(found.is_here, found.is_over) for found in leases.holders()] == [(False, True)]
        leases.lease(device_type="nuki_lock")
        assert f"{KEY}left" not in metadata(server, "Attic")


class TestRenewal:
    def test_a_thread_renews_what_is_held_for_long(self, server, machine):
        leases = machine(renewal=0.001)
        leases.lease(device_type="nuki_lock")
        claim = next(iter(leases._held.values())).claim
        first = claim.record.until
        while claim.record.until == first:
            leases._ended.wait(0.01)
        renewing = leases._renewing
        leases.release()
        renewing.join(10)
        assert not renewing.is_alive()
        assert name_of(server, leases.lease(device_type="nuki_lock")) == "Attic"
        assert leases._renewing is not renewing

    def test_failing_renewal_is_tried_again(self, machine):
        leases = machine(renewal=0.001)
        leases.lease(device_type="nuki_lock")
        claim = next(iter(leases._held.values())).claim
        calls, renew = [], claim.renew

        def fails_first(seconds):
            calls.append(seconds)
            if len(calls) < 3:
                raise SandboxError("the network is down.")
            return renew(seconds)

        claim.renew = fails_first
        while len(calls) < 4:
            leases._ended.wait(0.01)
        leases.release()

    @pytest.mark.parametrize("why", ["record gone", "stopped for long"])
    def test_lost_lease_is_told_and_nothing_is_left(self, server, machine, why):
        leases = machine()
        leases.lease(device_type="nuki_lock")
        leases.lease(device_type="ecobee_thermostat")
        held = leases._held[server.first.device_ids["Attic"]]
        if why == "record gone":
            change(server, "Attic", custom_metadata={held.claim.record.key: None})
            held.is_lost = not held.claim.renew(900.0)
        else:
            now = held.claim._now()
            held.claim._now = lambda: now + 901
        with pytest.raises(
            SandboxError, match=r"Attic was leased, but not to the end by this test alone: .* run it again"
        ):
            leases.release()
        assert leases.holders() == []

    def test_record_that_cannot_be_taken_away_is_told_and_the_others_are(self, server, machine):
        journal = Noted()
        leases = machine(notes=journal)
        for kind in ("nuki_lock", "ecobee_thermostat"):
            leases.lease(device_type=kind)
        claim = leases._held[server.first.device_ids["Attic"]].claim
        claim._api = SeamApi(lambda *_: (500, b'{"error": {"type": "x", "message": "down"}}'))
        with pytest.raises(SandboxError, match="Seam refused /devices/update.*500 x: down"):
            leases.release()
        assert [record.device_name for record in leases.holders()] == ["Attic"]
        assert [change.known for change in journal.open] == [claim._change(None)]
        change(server, "Attic", custom_metadata={claim.record.key: None})


class TestFolder:
    def test_one_machine_has_one_name(self, tmp_path, monkeypatch):
        here = lease_folder.LeaseFolder(tmp_path)
        assert here.machine() == lease_folder.LeaseFolder(tmp_path).machine()
        assert here.machine() != lease_folder.LeaseFolder(tmp_path / "other").machine()
        name = here.machine()
        monkeypatch.setattr("platform.node", lambda: "another host")
        assert here.machine() != name
        monkeypatch.undo()
        assert here.machine() == name
        monkeypatch.setattr(lease_folder, "_BOOT", tmp_path / "not there")
        assert here.machine() != name

    def test_copy_of_a_folder_is_another_machine(self, tmp_path):
        """As from the cache of a CI server: several runs may get it, whose locks are not the same."""
        here = lease_folder.LeaseFolder(tmp_path / "here")
        name = here.machine()
        shutil.copytree(tmp_path / "here", tmp_path / "there")
        assert lease_folder.LeaseFolder(tmp_path / "there").machine() != name
        shutil.rmtree(tmp_path / "here")
        shutil.copytree(tmp_path / "there", tmp_path / "here")
        assert here.machine() != name

    def test_ids_of_a_lying_server_lead_to_no_other_folder(self, tmp_path):
        folder = lease_folder.LeaseFolder(tmp_path)
        with closing_lock(folder.lock("../../x", "/etc/passwd")):
            assert folder.is_locked("../../x", "/etc/passwd")
        assert [path.parent for path in tmp_path.rglob("*.lock")] == [tmp_path / "leases"]

    def test_folder_that_cannot_be_used(self, tmp_path):
        (tmp_path / "leases").write_text("no folder")
        with pytest.raises(
            SandboxError, match=r"the folder for leases .* cannot be used: .*Set live_folder to a folder"
        ):
            lease_folder.LeaseFolder(tmp_path)

    def test_disk_without_locks(self, tmp_path, monkeypatch):
        def acquire(*_, **__):
            raise NotImplementedError("FileSystem does not appear to support flock")

        folder = lease_folder.LeaseFolder(tmp_path)
        monkeypatch.setattr(FileLock, "acquire", acquire)
        with pytest.raises(SandboxError, match="does not appear to support flock"):
            folder.lock("x", "y")


def closing_lock(lock):
    lock.close = lock.release
    return closing(lock)


@pytest.mark.parametrize("machines", [1, 2])
def test_threads_never_get_the_same_device(server, machine, machines):
    barrier, found, problems = Barrier(6), [], []
    leases = [machine(number % machines, holder=f"thread {number}") for number in range(6)]

    def run(number):
        try:
            barrier.wait()
            found.append(leases[number].lease(flags=DISCONNECT))
        except SandboxError as error:
            problems.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (problems, len(set(found))) == ([], 6)


TAKE = """
import json, sys
from pathlib import Path
import httpx
from pytest_seam_sandbox.backends.live.journal import Change
from pytest_seam_sandbox.backends.live.leases import Leases
from pytest_seam_sandbox.backends.seam_api import SeamApi

url, key, workspace_id, folder = sys.argv[1:]
client = httpx.Client(headers={"authorization": f"Bearer {key}"}, trust_env=False)

class Notes:
    def intend(self, path, at, known):
        return Change(1, path, at, known)
    def answered(self, change, made):
        pass

    def over(self, change, why):
        pass

def send(path, body):
    answer = client.post(url + path, content=body, headers={"content-type": "application/json"})
    return answer.status_code, answer.content

leases = Leases(SeamApi(send), workspace_id, Path(folder), "a process", notes=Notes())
print("ready", flush=True)
sys.stdin.readline()
for _ in range(2):
    print(leases.lease(device_type="august_lock"), flush=True)
sys.stdin.readline()
leases.release()
"""


@pytest.mark.parametrize("machines", [1, 2])
def test_processes_never_get_the_same_device_and_leave_it_to_others_when_killed(server, machine, tmp_path, machines):
    """Two processes that begin at one time take all four locks; one is killed, and its locks go to the next one."""
    first = server.first
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TAKE, server.url, first.api_key, first.workspace_id, tmp_path / f"machine {number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in (0, machines - 1)
    ]
    try:
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        found = [[process.stdout.readline().strip() for _ in range(2)] for process in processes]
        assert len({*found[0], *found[1]}) == 4
        killed, other = processes
        killed.kill()
        killed.wait()
        assert sorted(found[0]) == sorted(machine().lease(device_type="august_lock") for _ in range(2))
        other.communicate("\n")
        assert other.returncode == 0
    finally:
        for process in processes:
            process.kill()
            process.communicate()
