"""What docs/live.md says is true: its options, settings, commands and workflow."""

import argparse
import re

import pytest

from docs_pages import PAGES, table
from pytest_seam_sandbox import cli
from pytest_seam_sandbox.backends.live.connection import is_read
from pytest_seam_sandbox.cli import heal
from pytest_seam_sandbox.settings import OF_THE_RUN, SETTINGS

yaml = pytest.importorskip("yaml")  # comes with schemathesis, which the oldest libraries do without

PAGE = PAGES["docs/live.md"]
(WORKFLOW,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
STEPS = yaml.safe_load(WORKFLOW)["jobs"]["live"]["steps"]


def test_page_names_the_settings_of_live_sandboxes():
    named = [row[0].strip("`") for row in table(PAGE, "setting")]
    assert named == [name for name in SETTINGS if name == "backend" or name.startswith("live_")]


def test_page_names_the_options_of_heal():
    parser = argparse.ArgumentParser()
    heal.add_options(parser)
    there = {option for action in parser._actions for option in action.option_strings if option.startswith("--live")}
    sentence = re.search(r"^It has the options (.*?), prints", PAGE, flags=re.MULTILINE | re.DOTALL)[1]
    assert set(re.findall(r"--live-\w+", sentence)) == there


def test_page_names_what_reads():
    sentence = re.search(r"is a write: only (.*?) read\.", PAGE, flags=re.DOTALL)[1]
    words = re.findall(r"`(\w+)…?`", sentence)
    assert words == ["get", "list", "list_", "get_related", "generate_code"]
    assert all(is_read("POST", f"/devices/{word}{'x' if word.endswith('_') else ''}") for word in words)


def test_workflow_is_a_workflow_and_keeps_the_key_in_a_secret():
    workflow = yaml.safe_load(WORKFLOW)
    job = workflow["jobs"]["live"]
    assert set(workflow) == {"name", True, "permissions", "concurrency", "jobs"}  # YAML takes `on` for true
    assert workflow[True]["schedule"][0]["cron"].count(" ") == 4
    assert job["env"]["SEAM_API_KEY"] == "${{ secrets.SEAM_SANDBOX_KEY }}"
    assert all(set(step) & {"uses", "run"} for step in STEPS)
    assert "seam_test" not in WORKFLOW


def test_workflow_sets_what_there_is():
    names = yaml.safe_load(WORKFLOW)["jobs"]["live"]["env"]
    settings = {f"PYTEST_SEAM_{name.upper()}" for name in (*SETTINGS, *OF_THE_RUN)}
    assert set(names) - {"SEAM_API_KEY"} <= settings


@pytest.mark.parametrize("step", [step["run"] for step in STEPS if step.get("run", "").startswith("seam-sandbox")])
def test_workflow_runs_commands_that_there_are(step):
    assert step.split()[1] in cli.COMMANDS


def test_workflow_runs_pytest_with_options_that_there_are():
    (command,) = [step["run"] for step in STEPS if step.get("run", "").startswith("pytest ")]
    options = re.findall(r"--seam-([a-z-]+)=(\S+)", command)
    for name, value in options:
        setting = (SETTINGS | OF_THE_RUN)[name.replace("-", "_")]
        setting.read(name, value)
    assert {name for name, _ in options} == {"backend", "live-timeout", "report"}
