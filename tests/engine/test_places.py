"""The places that messages name: lines of a test or of the program under test, not of libraries."""

import pytest

from pytest_seam_sandbox.engine.places import place_of_caller


@pytest.mark.parametrize(
    "library",
    [
        "/usr/lib/python3/dist-packages/httpx/_client.py",
        "/home/ada/.local/lib/python3.12/site-packages/httpx/_client.py",
    ],
)
def test_line_of_a_library_is_left_out(library):
    """Also where it is installed for the user or the system, outside of the virtual environment."""
    names = {"place_of_caller": place_of_caller}
    exec(compile("def send(): return place_of_caller()", library, "exec"), names)
    exec(compile("\ndef sync(): return send()", "/srv/app/doors.py", "exec"), names)

    assert names["sync"]() == "/srv/app/doors.py:2"


def test_place_is_told_from_the_present_working_directory(tmp_path, monkeypatch):
    """Also when the same line has been told before, from another one."""
    file, names = tmp_path / "app" / "doors.py", {"place_of_caller": place_of_caller}
    exec(compile("def sync(): return place_of_caller()", str(file), "exec"), names)
    file.parent.mkdir()

    assert names["sync"]() == f"{file}:1"
    monkeypatch.chdir(tmp_path)
    assert names["sync"]() == "app/doors.py:1"
    monkeypatch.chdir(file.parent)
    assert names["sync"]() == "doors.py:1"
