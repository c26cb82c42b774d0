"""docs/control.md: its examples run, and it names every route with every parameter."""

import inspect
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.console.routes import CONSOLE_ROUTES
from pytest_seam_sandbox.console.state import ConsoleState
from pytest_seam_sandbox.engine.fault_kinds import FAULTS
from pytest_seam_sandbox.engine.faults import Faults
from pytest_seam_sandbox.transports.control import MARKS, ROUTES
from pytest_seam_sandbox.webhooks.control import ACTS

PAGE = (Path(__file__).parents[2] / "docs" / "control.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\n(.*?)```(?:\n\n```json\n(.*?)```)?", PAGE, re.DOTALL)
MORE_ROUTES = [f"webhooks/{name}" for name in ACTS]
LINES = dict(re.findall(r"^\| (`.*?) \| (.*) \|$", PAGE, re.MULTILINE))


def parameters(method):
    return set(inspect.signature(method).parameters) - {"self", "narrowing", "fields"}


def documented(route):
    [text] = [text for routes, text in LINES.items() if f"`{route}`" in routes]
    return set(re.findall(r"`(\w+)`", text))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.seam(world="house")
def test_examples_run_and_answer_as_the_page_says(seam_sandbox):
    """Every example is run in turn against one server, and its answer is the one that follows it on the page."""
    with seam_sandbox.serve(control=True) as url:
        environ = os.environ | {"SEAM_ENDPOINT": url, "SEAM_API_KEY": seam_sandbox.api_key}
        done = [
            subprocess.run(["sh", "-c", command], env=environ, capture_output=True, text=True, check=True)
            for command, _ in EXAMPLES
        ]

    answers = [json.loads(run.stdout) for run in done]
    promised = [json.loads(text) if text else answer for (_, text), answer in zip(EXAMPLES, answers, strict=True)]
    assert len(answers) > 10
    assert answers == promised


def test_page_names_every_route():
    """No route is missing from the table, and none there is too much."""
    assert sorted(re.findall(r"`([a-z_/]+)`", " ".join(LINES))) == sorted([*ROUTES, *MORE_ROUTES, *CONSOLE_ROUTES])


@pytest.mark.parametrize(
    "route",
    [
        "create_device",
        "create_phone",
        "create_connected_account",
        "complete_login",
        "fail_login",
        "open_instant_key",
        "emit",
        "fail_action_attempt",
        *MARKS,
    ],
)
def test_page_names_the_parameters_of_methods(route):
    """The table has all parameters of the method that the route stands for."""
    assert documented(route) == parameters(getattr(Sandbox, route))


@pytest.mark.parametrize("name", ACTS)
def test_page_names_the_parameters_of_routes_for_webhooks(seam_webhooks, name):
    """The table has all parameters of what the route calls."""
    assert documented(f"webhooks/{name}") == parameters(ACTS[name](seam_webhooks))


def test_page_names_the_parameters_of_the_console():
    """The table has all parameters of what the page asks for, and of the simulation that a button sends."""
    assert documented("console/changes") == parameters(ConsoleState.changes)
    assert documented("console/simulate") == {"path", "params"}


@pytest.mark.parametrize("kind", [kind for kind, row in FAULTS.items() if not row.no_route])
def test_page_names_the_parameters_of_faults(kind):
    """The table has all parameters of the fault; the words for kinds of garbage stand beside them."""
    assert documented(f"faults/{kind}") - {"not_json", "truncated", "wrong_content_type"} == parameters(
        getattr(Faults, kind)
    )
