"""What helps those who work on the project agrees with itself: the checks, and the recipes that messages point to."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CHECKS = (ROOT / ".ci" / "run").read_text("utf-8")
STEPS = set(re.search(r"^all_steps=\((.*)\)$", CHECKS, flags=re.MULTILINE)[1].split())
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_workflow_runs_the_steps_of_the_checks():
    """GitHub runs each step, on the Pythons from the oldest to the newest, and nothing else."""
    text = (ROOT / ".github" / "workflows" / "checks.yml").read_text("utf-8")

    named = [step for steps in re.findall(r"steps: (.+) }", text) for step in steps.split()]

    assert sorted(named) == sorted(STEPS)
    assert re.findall(r"- run: (.*)", text) == ["bash .ci/run ${{ matrix.steps }}"]
    assert set(re.findall(r'python: "(.+?)"', text)) == {"3.11", "3.12", "3.13", "3.14"}


def test_hooks_of_pre_commit_run_tools_of_the_checks():
    """What git runs before a commit is what the steps lint and types run."""
    entries = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))

    assert entries
    assert [entry for entry in entries if not re.search(rf"^  {entry}\b", CHECKS, flags=re.MULTILINE)] == []


def test_steps_are_told_to_contributors():
    """CONTRIBUTING.md names each step of the checks."""
    assert {step for step in STEPS if f"`{step}`" not in CONTRIBUTING} == set()


RECIPES = sorted(
    {
        name
        for path in (ROOT / "pytest_seam_sandbox").rglob("*.py")
        for name in re.findall(r"CONTRIBUTING\.md, '(.+?)'", path.read_text("utf-8"))
    }
)


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_that_messages_point_to_are_there(recipe):
    """Whoever forgot a part of something new finds what to do."""
    assert f"\n### {recipe}\n" in CONTRIBUTING


FILES = sorted(set(re.findall(r"`((?:api|engine|catalog|outages|tests|docs|transports)/[\w/]+\.\w+)`", CONTRIBUTING)))


@pytest.mark.parametrize("name", FILES)
def test_files_of_the_recipes_are_there(name):
    """A recipe names no file that has moved."""
    assert (ROOT / name).exists() or (ROOT / "pytest_seam_sandbox" / name).exists()


def test_one_place_replaces_sleep():
    """A library that is imported meanwhile would keep the replacement for all tests that follow; there this is seen to."""
    found = {
        path.name
        for path in (ROOT / "tests").rglob("*.py")
        if re.search(r"setattr\([^)]*\bsleep\b", path.read_text("utf-8"))
    }

    assert found == {"sleeping.py"}
