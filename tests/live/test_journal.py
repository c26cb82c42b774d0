"""What a live sandbox changes is on disk before it is changed; a journal is read whatever has become of it."""

import errno
import json
import multiprocessing
import os
import stat
from contextlib import closing
from pathlib import Path

import pytest

from live.recording_server import KEY, json_answer, recording
from pytest_seam_sandbox.backends.live import journal as journals
from pytest_seam_sandbox.backends.live.connection import Connection
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.journal import Journal, JournalFailed, leftovers, read
from pytest_seam_sandbox.backends.live.undo import Undo


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path, workspace_id="w1", endpoint="https://seam.example.com")
    yield journal
    journal.close()


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def abandoned(folder, *lines):
    """A journal whose process is gone, with these lines."""
    header = {
        "journal": 1,
        "workspace_id": "w1",
        "endpoint": "e",
        "pid": 1,
        "host": "h",
        "begun": "2026-01-01T00:00:00",
    }
    path = folder / "journals" / "20260101T000000-1-1.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in (header, *lines)))
    return path


CHANGE = {"n": 1, "path": "/webhooks/create", "at": 0.0, "known": {"shows": {}}}


def test_file_is_there_from_the_first_change_to_the_last_that_is_undone(journal, tmp_path):
    assert journal.path is None
    assert files(tmp_path) == []
    first = journal.intend("/user_identities/create", 1.0, {"shows": {}})
    journal.answered(first, {"ids": ["u"]})
    second = journal.intend("/webhooks/create", 2.0, {})

    assert read(journal.path).changes == [first, second]
    assert read(journal.path).problems == []
    assert read(journal.path).header.workspace_id == "w1"
    journal.over(first, "undone")
    assert [change.over for change in read(journal.path).changes] == ["undone", None]
    journal.over(second, "undone")

    assert files(tmp_path) == []
    third = journal.intend("/webhooks/create", 3.0, {})
    assert third.number == 3
    journal.over(third, "undone")


def test_only_the_owner_can_read_it(journal, tmp_path):
    journal.intend("/webhooks/create", 1.0, {})
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


def test_every_line_is_on_the_disk_before_the_change_leaves(tmp_path, monkeypatch):
    order = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (order.append("fsync"), real(file)))
    with recording() as server, closing(Connection(server.url, KEY)) as connection:
        server.answers["/user_identities/list"] = json_answer({"user_identities": []})
        server.answers["/user_identities/create"] = json_answer({"user_identity": {"user_identity_id": "u"}})
        prove(connection, workspaces=["w1"], endpoint=server.url)
        undo = Undo(connection, tmp_path)
        send = connection.send
        monkeypatch.setattr(connection, "send", lambda path, body: (order.append(path), send(path, body))[1])
        undo.send("/user_identities/create", b'{"full_name": "Jane"}')
        undo.close()

    assert order == ["/user_identities/list", "fsync", "fsync", "/user_identities/create", "fsync"]
    (path,) = tmp_path.rglob("*.jsonl")
    assert KEY not in path.read_text()


def test_close_keeps_what_is_left_to_be_undone(journal, tmp_path):
    journal.intend("/webhooks/create", 1.0, {"shows": {}})
    journal.close()

    (leftover,) = leftovers(tmp_path)
    (change,) = leftover.changes
    assert (change.path, change.at, change.known, change.made) == ("/webhooks/create", 1.0, {"shows": {}}, None)
    leftover.answered(change, {"ids": ["h"]})
    leftover.let_go()
    (leftover,) = leftovers(tmp_path)
    assert leftover.changes[0].made == {"ids": ["h"]}
    leftover.over(leftover.changes[0], "undone")
    leftover.let_go()
    assert files(tmp_path) == []


def test_answer_that_comes_after_the_end_is_not_noted(journal, tmp_path):
    """A thread of the program may still wait for it."""
    change = journal.intend("/webhooks/create", 1.0, {"shows": {}})
    journal.close()
    journal.answered(change, {"ids": ["h"]})
    (content,) = [read(path) for path in tmp_path.rglob("*.jsonl")]
    assert content.changes[0].made is None


def test_journals_of_the_living_are_theirs(journal, tmp_path):
    change = journal.intend("/webhooks/create", 1.0, {"shows": {}})
    journal.answered(change, {"ids": ["h"]})

    assert list(leftovers(tmp_path)) == []
    (content,) = journals.in_use(tmp_path)
    assert content.changes == [change]
    journal.close()
    assert journals.in_use(tmp_path) == []


def _write_and_die(folder):
    journal = Journal(folder, workspace_id="w1", endpoint="e")
    journal.intend("/webhooks/create", 1.0, {})
    os._exit(9)


def test_journal_of_a_process_that_was_killed_is_free(tmp_path):
    process = multiprocessing.get_context("spawn").Process(target=_write_and_die, args=(tmp_path,))
    process.start()
    process.join()
    assert process.exitcode == 9

    (leftover,) = leftovers(tmp_path)
    assert [change.path for change in leftover.changes] == ["/webhooks/create"]
    leftover.let_go()


def test_no_folder_has_no_leftovers(tmp_path):
    assert list(leftovers(tmp_path / "none")) == []
    assert journals.in_use(tmp_path / "none") == []


def test_two_processes_that_start_at_once_have_two_files(tmp_path, monkeypatch):
    monkeypatch.setattr(journals, "_now", lambda: "2026-01-01T00:00:00")
    both = [Journal(tmp_path, workspace_id="w1", endpoint="e") for _ in range(2)]
    for each in both:
        each.intend("/webhooks/create", 1.0, {})
    assert both[0].path != both[1].path
    both[0].close()
    third = Journal(tmp_path, workspace_id="w1", endpoint="e")
    third.intend("/webhooks/create", 1.0, {})
    assert third.path not in {both[0].path, both[1].path}
    for each in (*both, third):
        each.close()


# what can have become of a file


def problems(folder):
    found = []
    for leftover in leftovers(folder):
        found += leftover.content.problems
        leftover.let_go()
    return found


def test_journal_that_ends_in_the_middle_of_a_line(tmp_path):
    path = abandoned(tmp_path, CHANGE, '{"n": 2, "path": "/user_ide')

    (leftover,) = leftovers(tmp_path)
    assert [change.path for change in leftover.changes] == ["/webhooks/create"]
    (told,) = leftover.content.problems
    assert told.startswith(f"line 3 of the journal {path} ends in the middle: ")
    leftover.over(leftover.changes[0], "undone")
    leftover.let_go()

    content = read(path)  # it is kept, and what was written to it afterwards can be read
    assert [change.over for change in content.changes] == ["undone"]
    assert len(content.problems) == 1


def test_journal_cut_anywhere_is_read_up_to_the_cut(tmp_path):
    path = abandoned(tmp_path, CHANGE, {"n": 1, "made": {"ids": ["h"]}}, CHANGE | {"n": 2}, {"n": 1, "over": "undone"})
    whole = path.read_bytes()
    ends = [number for number, byte in enumerate(whole) if byte == ord("\n")]
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        content = read(path)
        lines = len([end for end in ends if end <= size])  # a line is whole without its end, too
        assert len(content.changes) == [0, 0, 1, 1, 2, 2][lines]
        assert len(content.problems) == (0 if size in {0, *ends, *(end + 1 for end in ends)} or lines == 0 else 1)


def test_journal_of_a_process_that_stopped_before_the_first_change_says_nothing(tmp_path):
    path = abandoned(tmp_path)
    path.write_text("")
    assert problems(tmp_path) == []
    path.write_text('{"journal": 1, "works')
    assert problems(tmp_path) == []
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("no json\n", "cannot be read: 'no json'. Undo by hand what it tells, and delete the file."),
        ("[1]\n", "cannot be read: '[1]'."),
        ('{"n": 7, "over": "undone"}\n', "cannot be read: "),
        ('{"n": 7, "made": {}}\n', "cannot be read: "),
        ('{"n": 7, "path": "/x"}\n', "cannot be read: "),
        (
            '{"journal": 2, "workspace_id": "w1"}\n',
            "is of version '2', and this release reads 1. Run seam-sandbox heal of",
        ),
        ('{"journal": 1, "workspace_id": "w1"}\n', "cannot be read: "),
        ("\x00\x00\n", "cannot be read: "),
    ],
)
def test_line_that_cannot_be_read_is_told_and_the_file_kept(tmp_path, line, told):
    path = abandoned(tmp_path, line, CHANGE)

    (leftover,) = leftovers(tmp_path)
    (problem,) = leftover.content.problems
    assert problem.startswith(f"line 2 of the journal {path} {told}")
    assert [change.path for change in leftover.changes] == ["/webhooks/create"]
    leftover.over(leftover.changes[0], "undone")
    leftover.let_go()

    assert path.exists()


@pytest.mark.parametrize("made", [{"ids": 5}, {"ids": [[1]]}, {"keys": "word"}])
def test_ids_that_are_none_are_told(tmp_path, made):
    """The ids of all journals come together, so one that is none would hold up the others."""
    content = read(abandoned(tmp_path, CHANGE, {"n": 1, "made": made}))

    assert [change.made for change in content.changes] == [None]
    assert "cannot be read: " in content.problems[0]


def test_journal_of_another_version_is_left_to_that_release(tmp_path):
    path = abandoned(tmp_path)
    path.write_text('{"journal": 2, "more": []}\n{"n": 1, "way": "/x"}\n')
    told = problems(tmp_path)
    assert len(told) == 3
    assert "is of version '2'" in told[0]
    assert f"the journal {path} does not say of which workspace it is" in told[2]
    assert path.exists()


def test_journal_that_cannot_be_opened_is_told(tmp_path):
    path = abandoned(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(JournalFailed, match=f"the journal {path} cannot be written: Is a directory"):
        list(leftovers(tmp_path))
    assert f"the journal {path} cannot be read: Is a directory" in read(path).problems[0]


@pytest.mark.parametrize("make", [lambda path: path.write_text(""), lambda path: path.symlink_to(path)])
def test_folder_that_is_none_is_told(tmp_path, make):
    make(tmp_path / "journals")
    journal = Journal(tmp_path, workspace_id="w1", endpoint="e")
    with pytest.raises(JournalFailed, match="for journals cannot be made: .* or name another folder in live_folder"):
        journal.intend("/webhooks/create", 1.0, {})
    assert journal.changes == []
    with pytest.raises(JournalFailed, match="of the journals cannot be read"):
        list(leftovers(tmp_path))


def test_folder_that_takes_no_lock_is_told(tmp_path, monkeypatch):
    def acquire(*_, **__):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(journals.FileLock, "acquire", acquire)
    with pytest.raises(JournalFailed, match="cannot be locked: Function not implemented"):
        Journal(tmp_path, workspace_id="w1", endpoint="e").intend("/webhooks/create", 1.0, {})
    abandoned(tmp_path)
    with pytest.raises(JournalFailed, match="cannot be locked"):
        list(leftovers(tmp_path))
    assert len(journals.in_use(tmp_path)) == 1


def test_journal_that_another_start_has_just_finished_is_no_leftover(tmp_path, monkeypatch):
    path = abandoned(tmp_path)
    acquire = journals.FileLock.acquire

    def acquired(lock, **options):
        path.unlink()
        return acquire(lock, **options)

    monkeypatch.setattr(journals.FileLock, "acquire", acquired)
    assert list(leftovers(tmp_path)) == []


class FullDisk:
    """Takes a number of bytes more, then none."""

    def __init__(self, monkeypatch, room):
        self._write, self._room = os.write, room
        monkeypatch.setattr(os, "write", self.write)

    def write(self, file, data):
        taken = min(len(data), self._room)
        self._room -= taken
        if not taken:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._write(file, data[:taken])


@pytest.mark.parametrize("room", [0, 10])
def test_full_disk_keeps_the_change_from_leaving_and_the_file_whole(tmp_path, monkeypatch, room):
    with recording() as server:
        connection = Connection(server.url, KEY)
        prove(connection, workspaces=["w1"], endpoint=server.url)
        undo = Undo(connection, tmp_path)
        undo.send("/devices/simulate/disconnect", b'{"device_id": "d"}')
        before = Path(undo.journal.path).read_bytes()
        with monkeypatch.context() as patch:
            FullDisk(patch, room)
            with pytest.raises(
                JournalFailed, match="cannot be written: No space left on device. No change leaves that"
            ):
                undo.send("/devices/simulate/disconnect_from_hub", b'{"device_id": "d"}')

        assert Path(undo.journal.path).read_bytes() == before
        assert server.writes == [("POST", "/devices/simulate/disconnect")]
        assert undo.undo() == []
        assert server.writes[1:] == [("POST", "/devices/simulate/connect")]
        connection.close()


def test_disk_that_is_full_before_the_first_line(journal, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        FullDisk(patch, 0)
        with pytest.raises(JournalFailed, match="No space left"):
            journal.intend("/webhooks/create", 1.0, {})
    assert files(tmp_path) == []
    journal.intend("/webhooks/create", 1.0, {})
    assert len(read(journal.path).changes) == 1


def test_no_write_goes_without_proof():
    with pytest.raises(Exception, match="is not proved to lead to a sandbox"):
        Undo(Connection("http://127.0.0.1:1", KEY), Path())
