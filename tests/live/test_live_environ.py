"""While tests are live, the environment holds nothing with which a program could write to Seam past the guard."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.leaks import names_of_what_shows
from live.state import differences, state_of
from pytest_seam_sandbox import ProductionRefused, Sandbox
from pytest_seam_sandbox.backends.live.keys import STAND_IN_KEY, ApiKey
from pytest_seam_sandbox.live_runs import LiveRuns
from pytest_seam_sandbox.transports.live_environ import LiveEnviron
from pytest_seam_sandbox.watch import Watch

WITHOUT = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:asyncio", "--assert=plain")
KEY = "seam_test1AbCd_94SrGUXuNR2JmJkjtvBQDg5c"
TOKEN = "seam_at1AbCd_94SrGUXuNR2JmJkjtvBQDg5c"


@pytest.fixture
def environ(server, live_folder, monkeypatch, pytester):
    """The environment of a machine that runs live tests; the program has a copy of the key, and a token."""
    given = {
        "SEAM_API_KEY": server.first.api_key,
        "SEAM_ENDPOINT": server.url,
        "SHOP_SEAM_KEY": server.first.api_key,
        "SHOP_SEAM_TOKEN": TOKEN,
        "PYTEST_SEAM_LIVE_WORKSPACES": server.first.workspace_id,
        "PYTEST_SEAM_LIVE_ENDPOINT": server.url,
        "PYTEST_SEAM_LIVE_TIMEOUT": "5",
        "PYTEST_SEAM_LIVE_FOLDER": str(live_folder),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return now_in_environ()


def now_in_environ():
    """All but what pytest itself changes."""
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


PROGRAM = """
import os
import subprocess
import sys

import pytest
from seam import Seam, SeamHttpApiError

from pytest_seam_sandbox import Sandbox

AT_IMPORT = Seam()
OPEN = [AT_IMPORT]


def plain_client():
    OPEN.append(Seam())
    return OPEN[-1]


@pytest.fixture(autouse=True, scope="module")
def _closed():
    yield
    for client in OPEN:
        client.client.close()


def check_environment():
    assert os.environ["SEAM_API_KEY"] == os.environ["SHOP_SEAM_KEY"] == "{stand_in}"
    assert "SHOP_SEAM_TOKEN" not in os.environ


check_environment()


def test_plain_client(seam_sandbox):
    check_environment()
    AT_IMPORT.user_identities.create(full_name="By a client of the program")
    plain_client().user_identities.create(full_name="By another one")
    code = "from seam import Seam; Seam().user_identities.create(full_name='By a process of the program')"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert [call.path for call in seam_sandbox.requests] == ["/user_identities/create"] * 3


def test_without_a_sandbox():
    with pytest.raises(SeamHttpApiError, match="no test with a live sandbox runs now") as raised:
        plain_client().user_identities.create(full_name="Nobody")
    assert raised.value.status_code == 403


def test_sandbox_of_the_test_itself():
    for given in ({{}}, {{"api_key": os.environ["SEAM_API_KEY"]}}):
        with Sandbox.live(
            workspaces=os.environ["PYTEST_SEAM_LIVE_WORKSPACES"],
            endpoint=os.environ["PYTEST_SEAM_LIVE_ENDPOINT"],
            folder=os.environ["PYTEST_SEAM_LIVE_FOLDER"],
            **given,
        ) as sandbox:
            assert sandbox.client().devices.list()


def test_interception(seam_intercept):
    assert plain_client().devices.list()
    assert [call.path for call in seam_intercept.requests] == ["/devices/list"]


def test_environ(seam_sandbox, seam_environ):
    assert plain_client().devices.list()
    assert len(seam_sandbox.requests) == 1


@pytest.mark.seam(backend="embedded", api_key="{stand_in}")
def test_embedded(seam_intercept, sandbox_device):
    assert not seam_intercept.is_live
    assert [device.device_id for device in plain_client().devices.list()] == [sandbox_device.device_id]


def test_worker(pytestconfig):
    assert "seam_live_key" not in getattr(pytestconfig, "workerinput", {{}})
"""


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "xdist"])
def test_plain_clients_of_a_live_run_are_led_to_the_sandbox_or_refused(server, environ, pytester, workers):
    before = state_of(server.backend(server.first))
    pytester.makepyfile(PROGRAM.format(stand_in=STAND_IN_KEY))

    result = pytester.runpytest_inprocess(*WITHOUT, "--seam-backend=live", "--debug", "-vv", *workers)

    result.assert_outcomes(passed=7)
    assert names_of_what_shows(pytester, result, environ["SEAM_API_KEY"]) == []
    assert now_in_environ() == environ
    server.dump(server.first)
    assert differences(before, state_of(server.backend(server.first))) == []


def test_single_live_test_in_a_run_that_is_not(server, environ, pytester):
    pytester.makepyfile(
        f"""
        import os
        import pytest
        from seam import Seam

        KEY = os.environ["SEAM_API_KEY"]
        assert KEY != "{STAND_IN_KEY}"

        @pytest.mark.seam(backend="live")
        def test_live(seam_sandbox):
            assert os.environ["SEAM_API_KEY"] == "{STAND_IN_KEY}"
            client = Seam()
            assert client.devices.list()
            client.client.close()

        def test_embedded(seam_sandbox):
            assert os.environ["SEAM_API_KEY"] == KEY
        """
    )
    pytester.runpytest_inprocess(*WITHOUT).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    "ending", ["raise KeyboardInterrupt", "import no_such_module", "import pytest; pytest.exit('over')"]
)
def test_environment_is_put_back_however_the_run_ends(environ, pytester, ending):
    pytester.makepyfile(ending)
    pytester.runpytest_inprocess(*WITHOUT, "--seam-backend=live", no_reraise_ctrlc=True)
    assert now_in_environ() == environ


def test_worker_of_a_run_that_is_not_live_gets_no_key():
    runs, node = LiveRuns(SimpleNamespace(), Watch()), SimpleNamespace(workerinput={"workerid": "gw0"})
    runs.pytest_configure_node(node)
    runs.pytest_testnodeready(node)
    assert node.workerinput == {"workerid": "gw0"}


def test_run_inside_a_live_test_gets_the_key_of_the_outer_one():
    outer = LiveEnviron({"SEAM_API_KEY": KEY}).key
    assert LiveEnviron({"SEAM_API_KEY": STAND_IN_KEY}, outer=outer).key is outer
    assert LiveEnviron({"SEAM_API_KEY": TOKEN}, outer=outer).key is not outer
    assert LiveEnviron({"SEAM_API_KEY": STAND_IN_KEY}).key.stands_in


def test_without_pytest_the_environment_is_left_alone(server, environ, live_folder):
    with Sandbox.live(
        workspaces=server.first.workspace_id, endpoint=server.url, folder=live_folder, timeout=5
    ) as sandbox:
        assert sandbox.client().devices.list()
        assert now_in_environ() == environ


def test_what_stands_in_for_the_key_is_no_key(server, live_folder):
    """As the program of a test would find it that makes a live sandbox, or runs a command, in a process of its own."""
    with pytest.raises(ProductionRefused, match="api_key|SEAM_API_KEY holds what stands in for the API key") as raised:
        Sandbox.live(workspaces="w", endpoint=server.url, folder=live_folder, api_key=STAND_IN_KEY)
    assert "The plugin alone has the true one" in str(raised.value)
    assert server.seen == []
    assert repr(ApiKey(STAND_IN_KEY)) == "<what stands in for the API key while live tests run>"
    done = subprocess.run(
        [sys.executable, "-m", "pytest_seam_sandbox", "doctor", "--live-folder", str(live_folder)],
        env={**os.environ, "SEAM_API_KEY": STAND_IN_KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "what stands in for the API key" in done.stdout


VALUES = st.sampled_from(["", "x", KEY, TOKEN, STAND_IN_KEY, f" {TOKEN}\n", "https://example.com", "seam_sandbox"])
NAMES = st.sampled_from(["SEAM_API_KEY", "SEAM_ENDPOINT", "SEAM_API_URL", "SHOP_KEY", "PATH", "NO_PROXY", "no_proxy"])


@given(environ=st.dictionaries(NAMES, VALUES))
def test_no_credential_is_left_and_all_is_put_back(environ):
    before = dict(environ)
    live = LiveEnviron(environ)
    live.begin()
    try:
        assert not [value for value in environ.values() if value.strip() in {KEY, TOKEN}]
        assert environ["SEAM_API_KEY"] == STAND_IN_KEY
        assert environ["SEAM_ENDPOINT"].startswith("http://127.0.0.1:")
        assert "SEAM_API_URL" not in environ
        assert "127.0.0.1" in environ["NO_PROXY"]
    finally:
        live.end()
    assert environ == before
