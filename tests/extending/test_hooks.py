"""The hooks in runs of pytest: who may have them, when they are called, and what a test sees of them."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from pytest_seam_sandbox import cli
from pytest_seam_sandbox.report import ledger

SOURCE = Path(__file__).with_name("spa.py").read_text("utf-8")
WITHOUT = ("-W", "error", "-p", "no:randomly", "-p", "no:asyncio", "-p", "no:schemathesis")
TEST = """
def test_spa(seam_sandbox):
    assert list(seam_sandbox.embedded.devices()) == ["FINNISH SAUNA", "STEAM BATH"]
"""


@pytest.fixture
def run(pytester):
    """Runs tests where the package `spa` can be imported."""
    pytester.path.joinpath("spa.py").write_text(SOURCE, encoding="utf-8")
    pytester.syspathinsert()

    def started(test, *options, conftest="pytest_plugins = ['spa']"):
        pytester.makeconftest(conftest)
        pytester.makepyfile(test)
        return pytester.runpytest_inprocess(*WITHOUT, *options)

    return started


@pytest.mark.parametrize("layer", ["marker", "option", "ini", "environment"])
def test_added_world_is_named_in_every_layer(run, pytester, monkeypatch, layer):
    """As Seam's own are."""
    test, options = TEST, ()
    if layer == "marker":
        test = f"import pytest\n\npytestmark = pytest.mark.seam(world='spa')\n{TEST}"
    elif layer == "option":
        options = ("--seam-world=spa",)
    elif layer == "ini":
        pytester.makeini("[pytest]\nseam_world = spa")
    else:
        monkeypatch.setenv("PYTEST_SEAM_WORLD", "spa")

    run(test, *options).assert_outcomes(passed=1)


def test_plugin_of_a_package_adds(run):
    """Registered by name, as by an entry point."""
    run(TEST, "--seam-world=spa", "-p", "spa", conftest="").assert_outcomes(passed=1)


def test_conftest_adds(run):
    """A project needs no package for it."""
    done = run(
        TEST,
        "--seam-world=spa",
        conftest="from spa import pytest_seam_device_models, pytest_seam_families, pytest_seam_worlds",
    )

    done.assert_outcomes(passed=1)


def test_hooks_are_called_once_and_only_for_tests_that_have_a_sandbox(run):
    """A run without one pays nothing."""
    conftest = "def pytest_seam_worlds():\n    print('CALLED')\n    return {}"
    two = "def test_one(seam_sandbox):\n    pass\n\n\ndef test_other(seam_sandbox):\n    pass"

    used = run(two, "-s", conftest=conftest).stdout.str()
    unused = run("def test_none():\n    pass", "-s", conftest=conftest).stdout.str()

    assert (used.count("CALLED"), unused.count("CALLED")) == (1, 0)


def test_mistake_fails_tests_with_a_sandbox_and_names_the_plugin(run):
    """The first of them, and each that follows; others pass."""
    tests = "def test_one(seam_sandbox):\n    pass\n\n\ndef test_none():\n    pass"

    done = run(tests, conftest="def pytest_seam_worlds():\n    return {'house': print}")

    done.assert_outcomes(errors=1, passed=1)
    done.stdout.fnmatch_lines(
        [
            "E*SandboxError: the plugin '*conftest.py' gives in pytest_seam_worlds() the world 'house', which the sandbox *"
        ]
    )


def test_unknown_hook_is_refused(run):
    """pytest itself says so, since the hooks are declared."""
    done = run("def test_none():\n    pass", conftest="def pytest_seam_wrolds():\n    return {}")

    assert "unknown hook 'pytest_seam_wrolds'" in done.stdout.str() + done.stderr.str()


def test_other_sandboxes_take_what_the_hooks_give(run):
    """By a fixture, where a test makes its own."""
    run(
        """
        from pytest_seam_sandbox import Sandbox

        def test_own(seam_extensions):
            with Sandbox(world="spa", extensions=seam_extensions) as sandbox:
                with sandbox.outage("overheated", "STEAM BATH"):
                    pass
        """
    ).assert_outcomes(passed=1)


@pytest.fixture
def here(pytester, monkeypatch):
    """The package stands in the current folder, and nobody has imported it."""
    pytester.path.joinpath("spa.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(pytester.path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "spa", raising=False)


def test_ledger_has_added_endpoints_and_events(here, capsys):
    """Beside Seam's, which are counted as before."""
    assert cli.main(["ledger", "--json", "--extension", "spa"]) == 0
    extended = json.loads(capsys.readouterr().out)
    assert cli.main(["ledger", "--extension", "spa"]) == 0
    text = capsys.readouterr().out

    assert {"/saunas/get", "/locks/get"} <= {row["path"] for row in extended["endpoints"]}
    assert {"sauna.overheated", "device.connected"} <= set(extended["events"])
    assert extended["counts"] == ledger.as_json()["counts"]
    assert "| `/saunas/get` | assumed | The sauna of this id. |" in text


def test_command_serves_what_a_module_adds(here):
    """For apps in other languages, and for the console."""
    command = [sys.executable, "-m", "pytest_seam_sandbox", "serve", "--json", "--extension", "spa", "--world", "spa"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        told = json.loads(server.stdout.readline())
        devices = httpx.post(
            f"{told['url']}/devices/list", headers={"authorization": f"Bearer {told['api_key']}"}
        ).json()
        begun = httpx.post(f"{told['url']}/_sandbox/outages/begin", json={"kind": "overheated", "target": "STEAM BATH"})
        server.send_signal(signal.SIGTERM)

    assert [device["device_type"] for device in devices["devices"]] == ["sauna_lock"] * 2
    assert begun.json()["outage"] == "overheated(STEAM BATH)"


@pytest.mark.parametrize("name", ["no_such_module", "..spa", ""])
def test_unknown_module_is_refused(here, capsys, name):
    """In one line, with its name."""
    assert cli.main(["ledger", "--extension", name]) == 2
    assert f"the extension {name!r} cannot be imported" in capsys.readouterr().err
