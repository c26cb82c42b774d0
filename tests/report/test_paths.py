"""A request for a path that Seam does not have: the answer is Seam's, and the reports name the nearest path."""

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.report.paths import no_path

MISSPELT = """
def test_fails(seam_sandbox, seam_http):
    for path in ("/devices/lst", "/devices/lst", "/locks/unlok_door"):
        assert seam_http.post(path).status_code == 404
    assert 0

def test_fails_otherwise(seam_sandbox, seam_http):
    seam_http.post("/devices/get", json={"device_id": "00000000-0000-4000-8000-000000000001"})
    assert 0

def test_passes(seam_http):
    assert "nearest" not in seam_http.post("/devices/lst").text
"""


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/devices/lst", "no such path; nearest: /devices/list"),
        ("/devices/list/", "no such path; nearest: /devices/list"),
        ("/Devices/List", "no such path; nearest: /devices/list"),
        ("/api/devices/list", "no such path; nearest: /devices/list"),
        ("/lock/unlock_door", "no such path; nearest: /locks/unlock_door"),
        ("/", "no such path"),
        ("/_sandbox/requests", "no such path"),
    ],
)
def test_nearest_path(path, said):
    """However it is misspelt; none where none is near."""
    assert no_path(path) == said


def test_timeline_names_the_nearest_path():
    """Behind the 404 of the answer, whose text is as it was."""
    with Sandbox() as sandbox, sandbox.http() as client:
        answer = client.post("/devices/lst")

    assert sandbox.timeline.endswith("! request  POST /devices/lst () → 404: no such path; nearest: /devices/list")
    assert answer.text.startswith("404: Seam has no path '/devices/lst'. Paths look like")


def test_other_404_is_told_as_before():
    """A path that Seam has, and a resource that is not there."""
    with Sandbox() as sandbox, sandbox.http() as client:
        client.post("/devices/get", json={"device_id": "00000000-0000-4000-8000-000000000001"})

    assert "→ 404 device_not_found: " in sandbox.timeline
    assert "no such path" not in sandbox.timeline


def test_failure_has_a_note(pytester):
    """Each path once, with the nearest; a test that passes is told nothing."""
    pytester.makepyfile(MISSPELT)

    result = pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:cacheprovider")

    result.assert_outcomes(failed=2, passed=1)
    said = "for what Seam does not have: "
    notes = [line.partition(said)[2] for line in result.stdout.str().splitlines() if said in line]
    (note,) = notes
    assert note == (
        "/devices/lst (no such path; nearest: /devices/list), "
        "/locks/unlok_door (no such path; nearest: /locks/unlock_door)."
    )
