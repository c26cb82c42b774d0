"""What helps those who work on the project agrees with itself: the checks, and the recipes that messages point to."""

import re
import shutil
import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import pytest_seam_sandbox

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


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_tests_that_steps_leave_out_are_there():
    """What was renamed is left out under its new name, or is run by every step."""
    lists = re.findall(r"^\w+=\((\s*tests/.*?)\)$", CHECKS, flags=re.MULTILINE | re.DOTALL)
    listing = f"printf '%s\\n' {' '.join(' '.join(each.split()) for each in lists)}"
    names = subprocess.run(["bash", "-c", listing], capture_output=True, text=True, check=True).stdout.split()

    assert len(lists) == 3
    assert [name for name in names if not (ROOT / name).exists()] == []


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


FETCHED = (ROOT / ".gitignore").read_text("utf-8").splitlines()
"""What a fresh clone does not have, among other things."""
FILES = sorted(
    set(re.findall(r"`((?:api|engine|catalog|outages|tests|docs|transports)/[\w/]+\.\w+)`", CONTRIBUTING))
    - set(FETCHED)
)


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


def release_notes():
    spec = spec_from_file_location("release_notes", ROOT / "docs" / "release_notes.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.notes


CHANGELOG = """# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added

- A thing.

## [0.1.0] - 2026-11-01
"""


def test_release_has_the_notes_of_its_version():
    """The section of the changelog, without its heading."""
    notes = release_notes()

    assert notes("v0.2.0", CHANGELOG, 'version = "0.2.0"', '__version__ = "0.2.0"') == "### Added\n\n- A thing.\n"


@pytest.mark.parametrize(
    ("tag", "project", "package", "said"),
    [
        ("v0.3.0", "0.2.0", "0.3.0", "pyproject.toml has 0.2.0"),
        ("v0.3.0", "0.3.0", "0.2.0", "__version__ has 0.2.0"),
        ("v0.3.0", "0.3.0", "0.3.0", r"no section '## \[0.3.0\]"),
    ],
)
def test_release_that_does_not_fit_is_refused(tag, project, package, said):
    """Tag, package and changelog name one version."""
    with pytest.raises(SystemExit, match=said):
        release_notes()(tag, CHANGELOG, f'version = "{project}"', f'__version__ = "{package}"')


def test_versions_agree():
    """The package says the version that it is released as."""
    stated = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), flags=re.MULTILINE)[1]

    assert stated == pytest_seam_sandbox.__version__
