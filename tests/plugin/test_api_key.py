"""One client for the whole program: a key that the program has, and the key of another test."""

import re

import pytest

PROGRAM = """
from seam import Seam

seam = Seam(api_key="seam_test1_of_the_program")  # at import, as apps do
"""
TESTS = """
import pytest
from program import seam

@pytest.mark.parametrize("number", range(3))
def test_it(seam_intercept, sandbox_device, number):
    assert seam_intercept.api_key == "seam_test1_of_the_program"
    assert [device.device_id for device in seam.devices.list()] == [sandbox_device.device_id]
    seam.locks.unlock_door(device_id=sandbox_device.device_id)
    seam_intercept.expect_event("lock.unlocked", count=1)

def test_server(seam_server, seam_sandbox, sandbox_device):
    import httpx

    answer = httpx.get(f"{seam_server}/devices/list", headers={"authorization": f"Bearer {seam.client.headers['authorization'][7:]}"})
    assert len(answer.json()["devices"]) == 1
"""


def test_client_of_the_program_serves_every_test(pytester, in_subprocess):
    """With the setting api_key each sandbox has the key that the program has."""
    pytester.makeini("[pytest]\nseam_api_key = seam_test1_of_the_program\n")
    pytester.makepyfile(program=PROGRAM, test_program=TESTS)

    in_subprocess().assert_outcomes(passed=4)


def test_two_sandboxes_of_one_key_cannot_share_the_listener(pytester, in_process):
    """The server could not tell whose request it is; the error says what to change."""
    pytester.makepyfile(
        """
        import pytest
        from pytest_seam_sandbox import Sandbox

        @pytest.mark.seam(api_key="seam_test1_mine")
        def test_it(_seam_listener, seam_server):
            with _seam_listener.joined(Sandbox(api_key="seam_test1_mine").embedded.app):
                pass
        """
    )

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*cannot share one server. Give them different seeds, and not one api_key.*"])


CACHED = """
import pytest

{imports}
kept = []

@pytest.fixture
def client({fixture}, seam_sandbox):
    if not kept:
        kept.append({made})
    return kept[0]

def test_first(client):
    client.devices.list() if hasattr(client, "devices") else client.get("/devices/list").raise_for_status()

def test_second(client, seam_sandbox):
    seam_sandbox.create_device()
    client.devices.list() if hasattr(client, "devices") else client.get("/devices/list").raise_for_status()
"""


@pytest.mark.parametrize(
    ("imports", "fixture", "made"),
    [
        ("from seam import Seam", "seam_intercept", "Seam(api_key=seam_sandbox.api_key)"),
        (
            "from seam import Seam",
            "seam_intercept",
            "Seam.from_personal_access_token(seam_sandbox.create_access_token(), seam_sandbox.workspace_id)",
        ),
        ("from seam import Seam", "seam_environ", "Seam()"),
        (
            "import httpx",
            "seam_server",
            "httpx.Client(base_url=seam_server, headers={'authorization': f'Bearer {seam_sandbox.api_key}'})",
        ),
    ],
    ids=["intercepted", "access token", "environment", "server"],
)
def test_key_of_another_test_is_named(pytester, in_subprocess, imports, fixture, made):
    """The answer is Seam's 401; the failure says whose key it was and what to set, in a note and in the timeline."""
    pytester.makepyfile(test_app=CACHED.format(imports=imports, fixture=fixture, made=made))

    result = in_subprocess()

    result.assert_outcomes(passed=1, failed=1)
    said = "the program under test has the key of another sandbox, made for test_app.py::test_first, and got 401."
    result.stdout.fnmatch_lines(["*and the Seam sandbox says: " + said + "*seam_api_key in the ini file*"])
    assert result.stdout.str().count(said) == 1
    result.stdout.fnmatch_lines(
        [
            "*> request  GET /devices/list () → 401 unauthorized*",
            "*key      GET /devices/list has the key of another sandbox, made for test_app.py::test_first",
        ]
    )


FAILURES = """
import pytest
from program import seam

@pytest.fixture
def app(seam_intercept):
    seam.devices.list()

def test_setup(app):
    pass

def test_call(seam_intercept):
    seam.devices.list()

@pytest.fixture
def late(seam_intercept):
    seam_intercept.faults.fail("POST /locks/*")
    yield
    try:
        seam.devices.list()
    except Exception:
        pass

def test_teardown(late):
    pass

def test_seam_answers_401_to_a_wrong_key(seam_intercept):
    with pytest.raises(Exception):
        seam.devices.list()

def test_one_wrong_key_is_no_hint(seam_intercept, seam_client):
    seam_client.devices.list()
    with pytest.raises(Exception):
        seam.devices.list()
    assert 1 == 2
"""


def test_program_that_never_got_in_is_told_how(pytester, in_subprocess):
    """When every request of a failed test got 401, its failure says that the program has no key of the sandbox."""
    pytester.makepyfile(program=PROGRAM, test_app=FAILURES)

    text = in_subprocess("-rA").stdout.str()

    assert re.findall(r"^(PASSED|FAILED|ERROR) \S+::(\w+)", text, re.MULTILINE) == [
        ("PASSED", "test_teardown"),
        ("PASSED", "test_seam_answers_401_to_a_wrong_key"),
        ("ERROR", "test_setup"),
        ("ERROR", "test_teardown"),
        ("FAILED", "test_call"),
        ("FAILED", "test_one_wrong_key_is_no_hint"),
    ]
    assert text.count("every request of the program under test got 401: it has no key of this sandbox.") == 3
    assert "seam_test1_of_the_program" not in text.replace(PROGRAM.strip(), "")


def test_client_of_an_earlier_test_is_closed(pytester, in_process):
    """A program that keeps the client of a fixture is told so; other errors of that type get no such note."""
    pytester.makepyfile(
        """
        import pytest

        kept = []

        @pytest.fixture(params=["seam_client", "seam_http"])
        def client(request):
            return request.getfixturevalue(request.param)

        def test_first(client):
            kept.append(client)

        def test_second(seam_sandbox):
            kept[0].devices.list()

        def test_third(seam_sandbox):
            kept[1].get("/devices/list")

        def test_other(seam_sandbox):
            raise RuntimeError("something else")
        """
    )

    result = in_process()

    result.assert_outcomes(passed=2, failed=3)
    assert (
        result.stdout.str().count("The clients of seam_client and seam_http are closed at the end of their test") == 2
    )
