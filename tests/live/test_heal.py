"""What a process that was stopped has left in a workspace is undone by the next start, or by `seam-sandbox heal`."""

import json
import multiprocessing
import os
import signal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from live.arrival import arrives_at_once
from live.killed_program import healed, is_webhook_that_nobody_knows, killed, requests_of
from live.recording_server import KEY, json_answer, recording
from live.state import differences, state_of
from live.strict_server import StrictServer
from pytest_seam_sandbox import cli
from pytest_seam_sandbox.backends.live.connection import Connection
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.undo import Undo
from pytest_seam_sandbox.backends.seam_api import SeamApi

pytestmark = pytest.mark.usefixtures("_undone_at_once")


def test_killed_at_every_request_and_healed(place, tmp_path):
    count = requests_of(place, tmp_path)
    place.sandbox.restore(place.start)
    before = state_of(place.sandbox.backend)
    assert count > 40
    for at in range(2, count + 1):
        for takes_effect in (False, True):
            place.sandbox.restore(place.start)
            killed(place, tmp_path, at, takes_effect=takes_effect)
            problems = healed(place, tmp_path)
            if is_webhook_that_nobody_knows(problems):
                assert takes_effect
                continue
            assert problems == [], (at, takes_effect)
            assert differences(before, state_of(place.sandbox.backend)) == [], (at, takes_effect)
            assert list(tmp_path.rglob("*.jsonl")) == []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_killed_while_it_was_healed_and_healed_again(place, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("journals")
    place.sandbox.restore(place.start)
    before = state_of(place.sandbox.backend)
    killed(place, folder, data.draw(st.integers(20, 80), label="killed at"), takes_effect=data.draw(st.booleans()))
    for again in data.draw(
        st.lists(st.tuples(st.integers(2, 25), st.booleans()), max_size=3), label="healing killed at"
    ):
        healed(place, folder, again[0], takes_effect=again[1])
    problems = healed(place, folder)
    assume(not is_webhook_that_nobody_knows(problems))
    assert problems == []
    assert differences(before, state_of(place.sandbox.backend)) == []


# the command


def stopped(server, folder):
    """A person and an outage in the first workspace, by a process that was stopped."""
    connection = Connection(server.url, server.first.api_key)
    prove(connection, workspaces=[server.first.workspace_id], endpoint=server.url)
    undo = Undo(connection, folder)
    call = SeamApi(undo.send).call
    call("/user_identities/create", full_name="Guest")
    call("/devices/simulate/disconnect", device_id=server.first.device_ids["Front Door"])
    undo.close()
    connection.close()


@pytest.fixture
def server(monkeypatch):
    arrives_at_once(monkeypatch)
    with StrictServer(state_latency=0) as server:
        monkeypatch.setenv("SEAM_API_KEY", server.first.api_key)
        monkeypatch.setenv("PYTEST_SEAM_LIVE_ENDPOINT", server.url)
        monkeypatch.setenv("PYTEST_SEAM_LIVE_WORKSPACES", server.first.workspace_id)
        yield server


def test_command_heals(server, tmp_path, capsys):
    before = state_of(server.backend(server.first))
    stopped(server, tmp_path)

    assert cli.main(["heal", "--live-folder", str(tmp_path)]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "undone: /devices/simulate/disconnect",
        "undone: /user_identities/create",
        "1 journals read, 0 things left.",
    ]
    assert differences(before, state_of(server.backend(server.first))) == []
    server.restart()
    assert cli.main(["heal", "--live-folder", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"No process that is gone has left anything to undo, says {tmp_path}.\n"
    assert server.seen == []


def test_command_says_what_is_left(server, tmp_path, capsys):
    stopped(server, tmp_path)
    (path,) = tmp_path.rglob("*.jsonl")
    with path.open("a") as file:
        file.write('{"n": 3, "path": "/phones/deactivate", "at": 0.0, "known": {"device_id": "d"}}\nnonsense\n')

    assert cli.main(["heal", "--live-folder", str(tmp_path)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "1 journals read, 2 things left."
    assert [line.partition(":")[0] for line in lines[:-1]] == ["undone", "undone", "left", "left"]
    assert "nonsense" in lines[2]
    assert "/phones/deactivate with device_id 'd', of which no answer came, cannot be undone." in lines[3]
    assert path.exists()


def test_command_leaves_journals_of_other_workspaces(server, tmp_path, capsys, monkeypatch):
    stopped(server, tmp_path)
    monkeypatch.setenv("SEAM_API_KEY", server.second.api_key)
    monkeypatch.setenv("PYTEST_SEAM_LIVE_WORKSPACES", server.second.workspace_id)
    server.restart()

    assert cli.main(["heal", "--live-folder", str(tmp_path)]) == 1

    out = capsys.readouterr().out
    assert (
        f"is of the workspace {server.first.workspace_id} at {server.url}. Run seam-sandbox heal with its API key."
        in out
    )
    assert server.writes() == []
    assert len(list(tmp_path.rglob("*.jsonl"))) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "SEAM_API_KEY holds nothing"),
        (["--live-workspaces", "w9"], "is not in live_workspaces"),
        (["--live-endpoint", "http://127.0.0.1:1"], "could not be read: http://127.0.0.1:1 gave no answer"),
        (["--live-endpoint", "nowhere"], "--live-endpoint: live_endpoint is 'nowhere'"),
    ],
)
def test_command_is_guarded_as_tests_are(server, tmp_path, capsys, monkeypatch, options, told):
    stopped(server, tmp_path)
    if not options:
        monkeypatch.delenv("SEAM_API_KEY")
    server.restart()

    assert cli.main(["heal", "--live-folder", str(tmp_path), *options]) == 2

    assert told in capsys.readouterr().err
    assert server.writes() == []


def test_unreadable_folder_is_said(tmp_path, capsys):
    (tmp_path / "journals").write_text("")
    assert cli.main(["heal", "--live-folder", str(tmp_path)]) == 2
    assert "of the journals cannot be read: Not a directory" in capsys.readouterr().err


# undoing, when things are in the way


@pytest.fixture
def recorded(tmp_path):
    with recording() as server:
        connection = Connection(server.url, KEY, sleep=lambda _: None, timeout=2)
        prove(connection, workspaces=["w1"], endpoint=server.url)
        yield server, connection, Undo(connection, tmp_path, sleep=lambda _: None)
        connection.close()


BREAK, HEAL = "/devices/simulate/disconnect", "/devices/simulate/connect"


def refusal(status, kind="no"):
    return json_answer({"error": {"type": kind, "message": "No."}, "ok": False}, status)


def test_what_is_gone_already_is_fine(recorded):
    server, _, undo = recorded
    undo.send(BREAK, b'{"device_id": "d"}')
    server.answers[HEAL] = refusal(404)
    assert undo.undo() == []
    assert undo.undo() == []


def test_what_seam_refuses_is_told_and_tried_once_more_at_the_next_start(recorded, tmp_path):
    server, connection, undo = recorded
    undo.send(BREAK, b'{"device_id": "d"}')
    server.answers[HEAL] = refusal(400, "device_removed")
    told = "/devices/simulate/disconnect could not be undone: Seam refused /devices/simulate/connect with {'device_id': 'd'}"
    assert undo.undo()[0].startswith(told)
    undo.close()

    def again():
        return Undo(connection, tmp_path, sleep=lambda _: None).heal()

    assert again()[0].startswith(told)
    assert again() == []


@pytest.mark.parametrize("what", ["network", "429"])
def test_undoing_stops_when_nothing_gets_through(recorded, tmp_path, what):
    server, connection, undo = recorded
    for number in range(3):
        undo.send(BREAK, json.dumps({"device_id": str(number)}).encode())
    endpoint = connection.endpoint
    if what == "network":
        connection.close()
        connection.endpoint = "http://127.0.0.1:1"
    else:
        server.answers[HEAL] = refusal(429)
    (told,) = undo.undo()
    assert told.startswith("/devices/simulate/disconnect and 2 changes before it were not undone: ")

    connection.endpoint = endpoint
    server.answers[HEAL] = json_answer({"ok": True})
    assert undo.undo() == []
    assert list(tmp_path.rglob("*.jsonl")) == []


def too_many(seconds):
    status, headers, body = refusal(429)
    return status, {**headers, "retry-after": str(seconds)}, body


def test_undoing_waits_for_the_next_minute(recorded, tmp_path):
    """Longer than live_timeout, which is 2 s here: a device that stays lost is in the way of other tests."""
    server, connection, undo = recorded
    undo.close()
    waited = []

    def sleep(seconds):
        waited.append(seconds)
        server.answers[HEAL] = json_answer({"ok": True})

    undo = Undo(connection, tmp_path / "more", sleep=sleep)
    undo.send(BREAK, b'{"device_id": "d"}')
    server.answers[HEAL] = too_many(55)

    assert undo.undo() == []
    assert waited == [55]


@pytest.mark.parametrize(("seconds", "waits"), [(60, [60]), (61, [])])
def test_undoing_waits_once_and_no_longer_than_a_minute(recorded, tmp_path, seconds, waits):
    server, connection, undo = recorded
    undo.close()
    waited = []
    undo = Undo(connection, tmp_path / "more", sleep=waited.append)
    for number in range(3):
        undo.send(BREAK, json.dumps({"device_id": str(number)}).encode())
    server.answers[HEAL] = too_many(seconds)

    (told,) = undo.undo()

    assert told.startswith("/devices/simulate/disconnect and 2 changes before it were not undone: ")
    assert f"asks to wait {seconds} s more" in told
    assert waited == waits


def test_what_is_noted_already_is_noted_once(recorded):
    """Not what is under way or was refused: it says nothing of how it was."""
    server, _, undo = recorded
    body = b'{"device_id": "d"}'
    server.answers[BREAK] = refusal(400)
    undo.send(BREAK, body)
    server.answers[BREAK] = json_answer({"ok": True})
    under_way = undo.begin("POST", BREAK, {"device_id": "d"})
    undo.send(BREAK, body)
    undo.send(BREAK, body)
    undo.send("/devices/simulate/disconnect_from_hub", body)
    undo.send(BREAK, b'{"device_id": "e"}')

    assert under_way is not None
    left = [(change.path, change.known["device_id"]) for change in undo.journal.changes if change.over is None]
    assert left == [(BREAK, "d"), (BREAK, "d"), ("/devices/simulate/disconnect_from_hub", "d"), (BREAK, "e")]
    assert undo.undo() == []


def test_answer_that_is_an_error_of_the_server_leaves_it_open(recorded):
    """Whether it happened is not known then."""
    server, _, undo = recorded
    server.answers[BREAK] = refusal(503)
    undo.send(BREAK, b'{"device_id": "d"}')
    assert undo.undo() == []
    assert server.writes == [("POST", BREAK), ("POST", HEAL), ("POST", HEAL)]


def test_what_was_refused_has_not_to_be_undone(recorded):
    server, _, undo = recorded
    server.answers[BREAK] = refusal(400)
    undo.send(BREAK, b'{"device_id": "d"}')
    assert undo.undo() == []
    assert server.writes == [("POST", BREAK)]


def test_several_things_that_look_like_what_was_lost_are_left_to_people(recorded):
    server, _, undo = recorded
    server.answers["/user_identities/list"] = json_answer({"user_identities": []})
    assert undo.begin("POST", "/user_identities/create", {"full_name": "Guest"}).known["ids"] == []
    rows = [{"user_identity_id": name, "full_name": "Guest"} for name in ("a", "b")]
    server.answers["/user_identities/list"] = json_answer(
        {"user_identities": [*rows, {"user_identity_id": "c", "full_name": "Else"}]}
    )
    (told,) = undo.undo()
    assert told == (
        "/user_identities/create got no answer, and may have made one of these, or another run has: a ('Guest'), "
        "b ('Guest'). Delete what belongs to no test that runs, with /user_identities/delete."
    )
    assert server.writes == []


NEW_YEAR = {"date": "Thu, 01 Jan 2032 00:00:00 GMT"}


def test_what_another_process_has_made_is_not_taken_for_it(recorded, tmp_path):
    server, connection, undo = recorded
    server.answers["/user_identities/list"] = json_answer({"user_identities": []}, **NEW_YEAR)
    SeamApi(undo.send).call("/user_identities/list")
    undo.begin("POST", "/user_identities/create", {"full_name": "Guest"})
    other = Undo(connection, tmp_path)
    server.answers["/user_identities/create"] = json_answer({"user_identity": {"user_identity_id": "o"}})
    other.send("/user_identities/create", b'{"full_name": "Guest"}')
    server.answers["/user_identities/list"] = json_answer(
        {
            "user_identities": [
                {"user_identity_id": name, "full_name": "Guest", "created_at": "2032-01-01T00:00:01Z"}
                for name in ("m", "o")
            ]
        },
        **NEW_YEAR,
    )
    assert undo.undo() == []
    assert set(server.writes) == {("POST", "/user_identities/create"), ("POST", "/user_identities/delete")}
    assert list(server.asked("/user_identities/delete")) == [{"user_identity_id": "m"}] * 2
    other.close()


def noted_at_new_year(server, undo, params, rows):
    """A person of whom no answer told, and the people who are there afterwards."""
    server.answers["/user_identities/list"] = json_answer({"user_identities": []}, **NEW_YEAR)
    SeamApi(undo.send).call("/user_identities/list")
    undo.begin("POST", "/user_identities/create", params)
    server.answers["/user_identities/list"] = json_answer({"user_identities": rows}, **NEW_YEAR)


def test_what_was_made_at_another_time_is_not_taken_for_it(recorded):
    server, _, undo = recorded
    times = {"early": "2031-12-31T23:59:00Z", "right": "2032-01-01T00:00:03Z", "late": "2032-01-01T00:10:00Z"}
    rows = [{"user_identity_id": name, "created_at": time, "full_name": "G"} for name, time in times.items()]
    noted_at_new_year(server, undo, {"full_name": "G"}, rows)
    server.answers["/user_identities/delete"] = refusal(400)
    (told,) = undo.undo()
    assert "/user_identities/delete with {'user_identity_id': 'right'}" in told


@pytest.mark.parametrize(
    ("params", "row"),
    [
        ({"full_name": "G"}, {"created_at": "2032-01-01T00:00:40Z"}),
        ({"full_name": "G"}, {}),
        ({}, {"created_at": "2032-01-01T00:00:01Z"}),
        ({"full_name": "G", "shoe_size": 43}, {"created_at": "2032-01-01T00:00:01Z", "shoe_size": 44}),
    ],
    ids=["made later", "made nobody knows when", "nothing that tells it from others", "something else"],
)
def test_what_another_machine_may_have_made_is_told_and_not_deleted(recorded, params, row):
    server, _, undo = recorded
    noted_at_new_year(server, undo, params, [{"user_identity_id": "a", "full_name": "G", **row}])
    (told,) = undo.undo()
    assert told == (
        "/user_identities/create got no answer, and may have made one of these, or another run has: a ('G'). Delete "
        "what belongs to no test that runs, with /user_identities/delete."
    )
    assert server.writes == []
    assert undo.undo() == []


def test_only_what_was_found_first_is_deleted(recorded):
    """What comes between the two looks is of somebody else."""
    server, _, undo = recorded
    row = {"full_name": "G", "created_at": "2032-01-01T00:00:01Z"}
    noted_at_new_year(server, undo, {"full_name": "G"}, [{"user_identity_id": "a", **row}])
    server.answers["/user_identities/list"] = [
        server.answers["/user_identities/list"],
        json_answer({"user_identities": [{"user_identity_id": "b", **row}]}, **NEW_YEAR),
    ]
    assert undo.undo() == []
    assert set(server.writes) == {("POST", "/user_identities/delete")}
    assert undo.journal.changes == []


def test_change_that_nobody_could_look_at_before(recorded):
    server, _, undo = recorded
    server.answers["/devices/get"] = refusal(400)
    undo.send("/devices/update", b'{"device_id": "d", "name": "x"}')
    (told,) = undo.undo()
    assert told == (
        "/devices/update has changed something that could not be looked at before. Look in the workspace for it."
    )
    change = undo.begin("POST", "/devices/update", {"device_id": "d"})
    assert change.made is None
    (told,) = undo.undo()
    assert told.startswith("/devices/update got no answer, and may have changed something that could not be looked at")


def test_journal_without_a_header_and_a_note_that_is_none_are_left(recorded, tmp_path):
    server, _, undo = recorded
    folder = tmp_path / "journals"
    folder.mkdir()
    (folder / "a.jsonl").write_text('nonsense\n{"n": 1, "path": "/webhooks/create", "at": 0.0, "known": {}}\n')
    header = {"journal": 1, "workspace_id": "w1", "endpoint": server.url, "pid": 1, "host": "h", "begun": "b"}
    note = {"n": 1, "path": "/webhooks/create", "at": 0.0, "known": {"shows": 3}}
    (folder / "b.jsonl").write_text(json.dumps(header) + "\n" + json.dumps(note) + "\n")

    told = undo.heal()

    assert [text.partition(" ")[0] for text in told] == ["line", "the", "/webhooks/create"]
    assert "does not say of which workspace it is" in told[1]
    assert "is not in the form in which this release writes them: KeyError('within')" in told[2]
    assert server.writes == []
    assert [path.name for path in folder.glob("*.jsonl")] == ["a.jsonl"]


def _program(url, key, workspace_id, door, folder):
    """Makes and breaks things until it is killed."""
    connection = Connection(url, key)
    prove(connection, workspaces=[workspace_id], endpoint=url)
    call = SeamApi(Undo(connection, folder).send).call
    while True:
        person = call("/user_identities/create", full_name="Guest")["user_identity"]["user_identity_id"]
        call("/phones/simulate/create_sandbox_phone", user_identity_id=person)
        call("/devices/simulate/disconnect", device_id=door)


def test_process_that_is_really_killed(server, tmp_path):
    before = state_of(server.backend(server.first))
    door = server.first.device_ids["Front Door"]
    about = (server.url, server.first.api_key, server.first.workspace_id, door, tmp_path)
    process = multiprocessing.get_context("spawn").Process(target=_program, args=about)
    server.after = lambda number: os.kill(process.pid, signal.SIGKILL) if number == 17 else None
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    server.restart()

    assert cli.main(["heal", "--live-folder", str(tmp_path)]) == 0

    server.dump(server.first)
    assert differences(before, state_of(server.backend(server.first))) == []
    assert list(tmp_path.rglob("*.jsonl")) == []


@pytest.mark.parametrize("ending", ["raise KeyboardInterrupt", "assert False"])
def test_run_that_ends_early_leaves_nothing(server, tmp_path, pytester, monkeypatch, ending):
    monkeypatch.setenv("PYTEST_SEAM_LIVE_FOLDER", str(tmp_path))
    monkeypatch.setenv("PYTEST_SEAM_LIVE_TIMEOUT", "30")
    before = state_of(server.backend(server.first))
    pytester.makepyfile(
        f"""
        import pytest

        def test_it(seam_sandbox, seam_client, sandbox_device, sandbox_phone):
            seam_client.user_identities.create(full_name="Jane")
            seam_client.devices.update(device_id=sandbox_device.device_id, name="Other")
            with seam_sandbox.disconnected(sandbox_device):
                {ending}
        """
    )

    options = ("--seam-backend=live", "-p", "no:asyncio", "-p", "no:cacheprovider")
    result = pytester.runpytest_inprocess(*options, no_reraise_ctrlc=True)

    if ending == "assert False":
        result.assert_outcomes(failed=1)
    assert result.ret == (pytest.ExitCode.TESTS_FAILED if ending == "assert False" else pytest.ExitCode.INTERRUPTED)
    server.dump(server.first)
    assert differences(before, state_of(server.backend(server.first))) == []
    assert list(tmp_path.rglob("*.jsonl")) == []
