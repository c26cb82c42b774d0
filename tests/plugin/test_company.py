"""The plugin beside other plugins, and the plugin unused."""

import json
import re

FIXTURES = [
    "seam_extensions",
    "seam_sandbox",
    "sandbox_phone",
    "sandbox_device",
    "seam_client",
    "async_seam_client",
    "seam_http",
    "seam_intercept",
    "seam_server",
    "seam_environ",
    "seam_webhooks",
    "seam_sweep",
]
USES_IT = "def test_it(sandbox_device, seam_client): assert len(seam_client.devices.list()) == 1"
HEAVY = ["httpx", "pydantic", "seam", "hypothesis", "faker"]


def test_fixtures_are_explained_in_one_sentence(in_process):
    """`pytest --fixtures` shows one line below each fixture, which says what it gives."""
    shown = in_process("--fixtures").stdout.str()

    explained = re.findall(
        r"^(\w+)(?: \[\w+ scope\])? -- \S*pytest_seam_sandbox/plugin\.py:\d+\n    ([A-Z].*\.)\n(?!    )",
        shown,
        flags=re.MULTILINE,
    )
    assert [name for name, _ in explained] == FIXTURES


def test_unused_plugin_imports_nothing_heavy(pytester, in_subprocess):
    """A run that asks for no sandbox loads neither httpx nor pydantic, and of the package only what each run needs."""
    pytester.makeconftest(
        f"""
        import json, sys

        def pytest_unconfigure(config):
            heavy = [name for name in {HEAVY} if name in sys.modules]
            own = sorted(name for name in sys.modules if name.startswith("pytest_seam_sandbox"))
            print("LOADED", json.dumps([heavy, own]))
        """
    )
    pytester.makepyfile("def test_it(): pass")

    result = in_subprocess(
        "--junit-xml=junit.xml",
        "-p",
        "no:hypothesispytest",
        "-p",
        "no:_hypothesis_pytestplugin",
        "-p",
        "no:faker",
        "-p",
        "no:anyio",
        "-p",
        "no:schemathesis",
    )

    result.assert_outcomes(passed=1)
    (told,) = [line for line in result.stdout.lines if line.startswith("LOADED ")]
    heavy, own = json.loads(told.removeprefix("LOADED "))
    assert heavy == []
    assert own == [
        "pytest_seam_sandbox",
        *(
            f"pytest_seam_sandbox.{name}"
            for name in (
                "hookspecs",
                "judging",
                "layers",
                "live_runs",
                "plugin",
                "run_hooks",
                "setting_values",
                "settings",
                "watch",
            )
        ),
    ]


def test_plugin_can_be_switched_off(pytester, in_subprocess):
    """Without the plugin the fixtures are unknown, and other tests run."""
    pytester.makepyfile("def test_it(): pass\n" + USES_IT.replace("test_it", "test_sandbox"))

    result = in_subprocess("-p", "no:pytest_seam_sandbox.plugin")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fixture 'sandbox_device' not found*"])


def test_plugin_may_be_named_in_a_conftest(pytester, in_subprocess):
    """`pytest_plugins` together with the entry point registers nothing twice."""
    pytester.makeconftest('pytest_plugins = ["pytest_seam_sandbox.plugin"]')
    pytester.makepyfile(USES_IT)

    in_subprocess().assert_outcomes(passed=1)


def test_conftest_may_import_what_is_rewritten(pytester, in_subprocess):
    """A conftest.py that imports expectations gets no warning that they came too early."""
    pytester.makeconftest("from pytest_seam_sandbox import seam_raises")
    pytester.makepyfile(USES_IT)

    in_subprocess("-W", "error::pytest.PytestAssertRewriteWarning").assert_outcomes(passed=1)


def test_plugin_works_without_its_entry_point(pytester, monkeypatch, in_subprocess):
    """With automatic loading off the plugin is named on the command line."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(USES_IT)

    in_subprocess("-p", "pytest_seam_sandbox.plugin").assert_outcomes(passed=1)


def test_xdist(pytester, in_subprocess):
    """Two workers share the tests; settings and the failure report reach across."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(6))
        def test_it(seam_sandbox, seam_client, number):
            assert len(seam_client.devices.list()) == 3
            assert number < 5
        """
    )

    result = in_subprocess("-p", "xdist", "-n", "2", "--seam-world=house")

    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*--- Seam timeline ---*", "*GET /devices/list*"])


def test_pytest_asyncio_in_strict_mode(pytester, in_subprocess):
    """An async test uses the async client of the SDK and `async with` outages."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.asyncio
        async def test_it(seam_sandbox, sandbox_device, async_seam_client):
            async with seam_sandbox.disconnected(sandbox_device):
                device = await async_seam_client.devices.get(device_id=sandbox_device.device_id)
                assert device.properties.online is False
            attempt = await async_seam_client.locks.unlock_door(device_id=sandbox_device.device_id)
            assert attempt.status == "success"
        """
    )

    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")

    in_subprocess("-p", "no:anyio", "--asyncio-mode=strict", "-W", "error").assert_outcomes(passed=1)


def test_anyio(pytester, in_subprocess):
    """The same with anyio's plugin."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        async def test_it(sandbox_device, async_seam_client):
            device = await async_seam_client.devices.get(device_id=sandbox_device.device_id)
            assert device.properties.online is True
        """
    )

    in_subprocess("-p", "no:asyncio", "-W", "error").assert_outcomes(passed=1)


def test_sandbox_in_a_property_test(pytester, in_subprocess):
    """A fresh sandbox per example, as a context manager."""
    pytester.makepyfile(
        """
        from hypothesis import given, settings, strategies as st
        from pytest_seam_sandbox import Sandbox

        @settings(max_examples=10, deadline=None)
        @given(st.sampled_from(["august_lock", "yale_lock"]))
        def test_it(device_type):
            with Sandbox() as sandbox:
                device = sandbox.create_device(device_type)
                with sandbox.disconnected(device):
                    pass
        """
    )

    in_subprocess("-p", "no:asyncio", "-W", "error").assert_outcomes(passed=1)
