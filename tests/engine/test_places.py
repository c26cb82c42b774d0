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
