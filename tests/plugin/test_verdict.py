"""When a test is judged: what is certain at the end of its call, what is left over when its fixtures have ended."""

import re

import pytest

HELD = """
import pytest
from pytest_seam_sandbox import Sandbox, seam_raises

@pytest.fixture
def nuki(seam_sandbox):
    return seam_sandbox.create_device("nuki_lock")

@pytest.fixture(params=["disconnected", "hub_disconnected", "removed"])
def lost_device(request, seam_sandbox, sandbox_device):
    with getattr(seam_sandbox, request.param)(sandbox_device):
        yield sandbox_device

@pytest.fixture
def lost_account(seam_sandbox, sandbox_device):
    with seam_sandbox.account_disconnected(sandbox_device.connected_account_id):
        yield sandbox_device

@pytest.fixture
def expired(seam_sandbox, nuki):
    with seam_sandbox.subscription_expired(nuki):
        yield nuki

@pytest.fixture(params=[False, True], ids=["for good", "replaced"])
def dead_phone(request, seam_sandbox, sandbox_phone):
    with seam_sandbox.deactivated(sandbox_phone, replace=request.param):
        yield sandbox_phone

@pytest.fixture
def slow_list(seam_sandbox):
    with seam_sandbox.faults.fail("GET /devices/list", status=503) as fault:
        yield fault

@pytest.fixture
def for_the_shutdown(seam_sandbox, seam_http):
    seam_sandbox.faults.fail("POST /locks/lock_door")
    yield
    seam_http.post("/locks/lock_door", json={})

def test_device(lost_device, seam_client):
    assert seam_client.devices.get(device_id=lost_device.device_id).properties.online is False

def test_account(lost_account, seam_client):
    assert seam_client.devices.get(device_id=lost_account.device_id).properties.online is False

def test_subscription(expired, seam_sandbox):
    seam_sandbox.expect_device_error(expired, "subscription_required")

def test_phone(dead_phone, seam_client):
    with seam_raises("device_not_found"):
        seam_client.phones.get(device_id=dead_phone.device_id)

def test_fault(slow_list, seam_http):
    assert seam_http.get("/devices/list").status_code == 503

def test_shutdown(for_the_shutdown):
    pass

class TestInAClass:
    @pytest.fixture(autouse=True)
    def held(self, seam_sandbox, sandbox_device):
        self.sandbox, self.device = seam_sandbox, sandbox_device
        with seam_sandbox.disconnected(sandbox_device), seam_sandbox.faults.refuse("/locks/*", times=None):
            yield

    def teardown_method(self):
        self.outage.__exit__(None, None, None)

    def test_it(self):
        self.sandbox.expect_device_error(self.device, "device_disconnected")
        self.outage = self.sandbox.hub_disconnected(self.device).__enter__()

@pytest.fixture(scope="class")
def wide():
    with Sandbox(world="house") as sandbox, sandbox.disconnected(sandbox.client().devices.list()[0]):
        yield sandbox

class TestOfAClass:
    def test_one(self, wide, seam_sandbox):
        assert [device.properties.online for device in wide.client().devices.list()] == [False, True, True]

    def test_two(self, wide):
        wide.expect_event("device.disconnected", count=1)
"""
HELD_ASYNC = """
import pytest

@pytest.fixture
async def dark(seam_sandbox, sandbox_device, async_seam_client):
    async with seam_sandbox.disconnected(sandbox_device), seam_sandbox.faults.fail("/phones/list"):
        yield sandbox_device
        await async_seam_client.phones.list()

{mark}
async def test_it(dark, async_seam_client):
    device = await async_seam_client.devices.get(device_id=dark.device_id)
    assert device.properties.online is False
"""


def outcomes(result):
    """What the summary says of each test: pairs of a word and a name."""
    lines = [re.match(r"(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b.*?::(\S+)", line) for line in result.stdout.lines]
    return [(line[1], line[2]) for line in lines if line]


def below(result, headline):
    """What stands under a headline of a failure, up to the next."""
    text = result.stdout.str()
    assert text.count(f" {headline} _") == 1
    return re.split(r"\n(?:_{3,} |={3,} )", text.split(f" {headline} _")[1])[0]


def test_fixtures_hold_outages_and_faults(pytester, in_process):
    """Every outage, and a fault as a block, may be held over the yield of a fixture; what the shutdown meets counts."""
    pytester.makepyfile(HELD)

    in_process("-W", "error").assert_outcomes(passed=12)


@pytest.mark.parametrize(
    ("mark", "ini", "without"),
    [
        ("", "asyncio_mode = auto\nasyncio_default_fixture_loop_scope = function", "anyio"),
        ("@pytest.mark.anyio", "", "asyncio"),
    ],
    ids=["pytest-asyncio", "anyio"],
)
def test_async_fixtures_hold_outages_and_faults(pytester, in_subprocess, mark, ini, without):
    """The same with `async with`, and a client that the shutdown awaits."""
    pytester.makeini(f"[pytest]\n{ini}\n")
    pytester.makeconftest("import pytest\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n")
    pytester.makepyfile(HELD_ASYNC.format(mark=mark))

    in_subprocess("-p", f"no:{without}", "-W", "error").assert_outcomes(passed=1)


IN_A_TEARDOWN = """
import pytest

@pytest.fixture
def app(seam_sandbox, seam_http, sandbox_device):
    yield seam_sandbox
    seam_http.get("/devices/list")
    {teardown}

def test_passes(app):
    pass

def test_fails(app):
    assert app is None
"""
NOT_EMULATED = "seam_http.post('/bridges/list', json={})"
INTERNAL_ERROR = "seam_sandbox.embedded.app.internal_errors.append(ZeroDivisionError('inside'))"
UNUSED_FAULT = "seam_sandbox.faults.fail('/locks/*')"
IMPATIENCE = "seam_sandbox.faults.rate_limit('/devices/list'); [seam_http.get('/devices/list') for _ in range(2)]"
OPEN_OUTAGE = "seam_sandbox.disconnected(sandbox_device).__enter__()"
TROUBLES = {
    NOT_EMULATED: "called /bridges/list, which Seam has and this sandbox does not emulate",
    INTERNAL_ERROR: "inside",
    UNUSED_FAULT: "the fault fail on any method /locks/* was met 0 of 1 time(s)",
    IMPATIENCE: "the client came back to any method /devices/list after",
    OPEN_OUTAGE: "the test ended inside disconnected(GARAGE). Use outages in a with block",
}


@pytest.mark.parametrize(("teardown", "said"), TROUBLES.items(), ids=lambda text: text[:30])
def test_trouble_in_a_teardown_counts(pytester, in_process, teardown, said):
    """It is an error of the teardown of a test that passed, and stands below the failure of one that failed."""
    pytester.makepyfile(IN_A_TEARDOWN.format(teardown=teardown))

    result = in_process("-rA")

    assert sorted(outcomes(result)) == [("ERROR", "test_passes"), ("FAILED", "test_fails"), ("PASSED", "test_passes")]
    error, failure = below(result, "ERROR at teardown of test_passes"), below(result, "test_fails")
    assert said in error
    assert error.count("- Seam timeline -") == failure.count("- Seam timeline -") == 1
    assert "GET /devices/list" in error
    assert "GET /devices/list" not in failure  # what was known when the test failed
    assert said in failure.split("- Seam sandbox at teardown -")[1]
    assert "pytest_seam_sandbox/" not in error + failure  # no line of ours


LEFT_BY_A_TEST = """
import pytest

def test_unused(seam_sandbox):
    seam_sandbox.faults.fail("/locks/*")

def test_open(seam_sandbox, sandbox_device):
    seam_sandbox.disconnected(sandbox_device).__enter__()

def test_certain(seam_sandbox, seam_http):
    seam_http.post("/bridges/list", json={})
    seam_sandbox.faults.fail("/locks/*")

@pytest.fixture
def setup_calls(seam_http):
    seam_http.post("/bridges/list", json={})

def test_setup(setup_calls):
    pass

@pytest.fixture
def setup_fails(seam_sandbox, seam_http, sandbox_device):
    seam_http.post("/bridges/list", json={})
    seam_sandbox.disconnected(sandbox_device).__enter__()
    raise LookupError("no app")

def test_of_no_app(setup_fails):
    pass

@pytest.fixture
def teardown_fails(seam_sandbox, seam_http):
    seam_sandbox.faults.fail("/locks/*")
    yield
    seam_http.post("/bridges/list", json={})
    raise LookupError("no end")

def test_without_end(teardown_fails):
    pass

@pytest.fixture
def block(seam_sandbox):
    with seam_sandbox.faults.fail("/locks/*"):
        yield

def test_block(block):
    pass

def test_block_after_a_failure(block):
    assert 1 == 2

def test_heals_badly(seam_sandbox, sandbox_device, monkeypatch):
    seam_sandbox.disconnected(sandbox_device).__enter__()
    seam_sandbox.backend.api.call = lambda *_, **__: 1 / 0
"""


def test_what_is_left_over_is_judged_at_the_end(pytester, in_process):
    """Setup, call and teardown each say what is theirs; the texts stand where the test failed, and once."""
    pytester.makepyfile(LEFT_BY_A_TEST)

    result = in_process("-rfE")

    assert sorted(outcomes(result)) == [
        ("ERROR", "test_block"),
        ("ERROR", "test_heals_badly"),
        ("ERROR", "test_of_no_app"),
        ("ERROR", "test_open"),
        ("ERROR", "test_unused"),
        ("ERROR", "test_without_end"),
        ("FAILED", "test_block_after_a_failure"),
        ("FAILED", "test_certain"),
        ("FAILED", "test_setup"),
    ]
    assert "the fault fail on any method /locks/*" in below(result, "ERROR at teardown of test_unused")
    assert "the test ended inside disconnected(GARAGE)" in below(result, "ERROR at teardown of test_open")
    certain = below(result, "test_certain").split("- Seam sandbox at teardown -")
    assert "called /bridges/list" in certain[0]
    assert "/locks/*" in certain[1]
    assert "called /bridges/list" in below(result, "test_setup")
    setup = below(result, "ERROR at setup of test_of_no_app").split("- Seam sandbox at teardown -")
    assert "LookupError: no app" in setup[0]
    assert "and the Seam sandbox says: the program under test called /bridges/list" in setup[0]
    assert "POST /bridges/list" in setup[0].split("- Seam timeline -")[1]
    assert "the test ended inside disconnected(GARAGE)" in setup[1]
    teardown = below(result, "ERROR at teardown of test_without_end")
    assert "LookupError: no end" in teardown
    assert "and the Seam sandbox says: the program under test called /bridges/list" in teardown
    assert "and the Seam sandbox says: the fault fail on any method /locks/*" in teardown
    assert "was met 0 of 1" in below(result, "ERROR at teardown of test_block")
    late = below(result, "test_block_after_a_failure").split("- Seam sandbox at teardown -")
    assert "was met 0 of 1" in late[1]
    heals = below(result, "ERROR at teardown of test_heals_badly")
    assert "the test ended inside disconnected(GARAGE)" in heals
    assert "and: division by zero" in heals


@pytest.mark.parametrize("arguments", [("-n", "1"), ("-x",)], ids=["xdist", "exitfirst"])
def test_failed_setup_shows_what_its_teardown_noticed(pytester, in_subprocess, arguments):
    """Also from a worker of pytest-xdist, and when the run ends with this test."""
    pytester.makepyfile(LEFT_BY_A_TEST)

    result = in_subprocess("-p", "no:asyncio", "-k", "no_app", *arguments)

    result.assert_outcomes(errors=1)
    assert "the test ended inside disconnected(GARAGE)" in below(result, "ERROR at setup of test_of_no_app")


NOT_FAILED = """
import pytest

@pytest.fixture
def left(seam_sandbox, seam_http, sandbox_device):
    seam_sandbox.disconnected(sandbox_device).__enter__()
    seam_sandbox.faults.fail("/locks/*")
    with seam_sandbox.faults.fail("/phones/*"):
        yield seam_http

def test_skipped(left):
    pytest.skip("no")

def test_xfailed(left):
    pytest.xfail("no")

@pytest.mark.xfail
def test_marked(left):
    assert 1 == 2

@pytest.mark.xfail
def test_certain(seam_http):
    seam_http.post("/bridges/list", json={})

@pytest.fixture
def skips(left):
    pytest.skip("no")

def test_setup(skips):
    pass

@pytest.fixture
def calls(seam_http):
    yield
    seam_http.post("/bridges/list", json={})

def test_calls(calls):
    pytest.skip("no")
"""


def test_skip_and_expected_failure_stay_what_they_are(pytester, in_process):
    """What they leave over is no failure; a call of the teardown that is not emulated is one."""
    pytester.makepyfile(NOT_FAILED)

    result = in_process()

    result.assert_outcomes(skipped=3, xfailed=3, errors=1)
    assert "called /bridges/list" in below(result, "ERROR at teardown of test_calls")


GIVES_UP = """
import unittest
import pytest

@pytest.fixture
def call(seam_http):
    return lambda: seam_http.post("/bridges/list", json={})

def test_skip(call):
    call()
    pytest.skip("no spaces")

def test_skip_without_a_reason(call):
    call()
    pytest.skip()

def test_skip_of_unittest(call):
    call()
    raise unittest.SkipTest("no spaces")

@pytest.fixture
def skips(call):
    call()
    pytest.skip("no spaces")

def test_skip_in_setup(skips):
    pass

@pytest.fixture
def skips_at_the_end(call):
    yield
    call()
    pytest.skip("no spaces")

def test_skip_in_teardown(skips_at_the_end):
    pass

def test_xfail(call):
    call()
    pytest.xfail("no spaces")

class TestCase(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def use(self, call):
        self.call = call

    def test_skip(self):
        self.call()
        self.skipTest("no spaces")

    def test_fails(self):
        self.call()
        self.fail("no spaces")
"""


def test_reason_tells_what_a_test_met_before_it_gave_up(pytester, in_process):
    """A skip and an expected failure stay what they are; their reason has the 501, in one line."""
    pytester.makepyfile(GIVES_UP)

    result = in_process("-rsx")

    result.assert_outcomes(passed=1, skipped=6, xfailed=1, failed=1)
    told = "the Seam sandbox says: the program under test called /bridges/list, which Seam has and"
    lines = [line for line in result.stdout.lines if re.match("(SKIPPED|XFAIL) ", line)]
    assert [told in line for line in lines] == [True] * 7
    assert sum(f" no spaces; {told}" in line for line in lines) == 6  # one gives no reason
    assert f"and {told}" in below(result, "TestCase.test_fails")


def test_two_sandboxes_of_one_test_are_both_judged(pytester, in_process):
    """A fixture that gives a test a second sandbox adds its timeline and its problem."""
    pytester.makepyfile(
        """
        import pytest
        from pytest_seam_sandbox import Sandbox

        class TestOverridden:
            @pytest.fixture
            def other(self, seam_sandbox):
                with Sandbox(seed="other") as sandbox:
                    yield sandbox

            def test_it(self, seam_sandbox, other):
                for sandbox in (seam_sandbox, other):
                    sandbox.faults.fail("/locks/*")
        """
    )

    result = in_process()

    result.assert_outcomes(passed=1, errors=1)
    error = below(result, "ERROR at teardown of TestOverridden.test_it").partition("Seam timeline")[0]
    assert error.count("the fault fail on any method /locks/* was met 0 of 1 time(s)") == 2


def test_unittest_classes(pytester, in_process):
    """tearDown belongs to the call; what it heals is healed, what it leaves is judged."""
    pytester.makepyfile(
        """
        import unittest
        import pytest

        class Test(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def use(self, seam_sandbox, sandbox_device):
                self.sandbox, self.device = seam_sandbox, sandbox_device

            def setUp(self):
                self.outage = self.sandbox.disconnected(self.device).__enter__()

            def tearDown(self):
                if self._testMethodName != "test_leaves":
                    self.outage.__exit__(None, None, None)

            def test_heals(self):
                pass

            def test_leaves(self):
                pass
        """
    )

    result = in_process()

    result.assert_outcomes(passed=2, errors=1)
    assert "the test ended inside disconnected(GARAGE)" in below(result, "ERROR at teardown of Test.test_leaves")


def test_nothing_of_a_test_is_kept(pytester, in_process):
    """When a test has ended, its sandbox is let go of, although its item lives on."""
    pytester.makepyfile("def test_it(seam_sandbox, keep): keep(seam_sandbox)")
    pytester.makeconftest(
        """
        import gc
        import weakref
        import pytest

        seen = []

        @pytest.fixture
        def keep():
            return lambda sandbox: seen.append(weakref.ref(sandbox))

        def pytest_sessionfinish():
            gc.collect()
            print("KEPT", [one() for one in seen])
        """
    )

    result = in_process("-s")

    result.stdout.fnmatch_lines(["*KEPT [[]None[]]"])
