"""What the README says is true: its examples run, and it names what there is, all of it and nothing else."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine.fault_kinds import FAULTS
from pytest_seam_sandbox.settings import SETTINGS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
WITHOUT = ("-p", "no:asyncio", "-p", "no:schemathesis")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def table(heading):
    """The rows of the first table below a heading, as lists of cells."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = re.search(r"(?:^\|.*\n)+", section, flags=re.MULTILINE)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_example_of_the_readme_passes(pytester, number):
    """Each Python block is a test file that a reader can copy and run."""
    pytester.makepyfile(BLOCKS[number])

    result = pytester.runpytest("-W", "error", "-p", "no:randomly", *WITHOUT)

    machines = len(re.findall(r"^Test\w+ = \w+\.TestCase$", BLOCKS[number], flags=re.MULTILINE))
    result.assert_outcomes(passed=BLOCKS[number].count("def test_") + machines)


def test_readme_names_every_fixture(pytester):
    """The table of fixtures has the public fixtures of the plugin, no more and no fewer."""
    shown = pytester.runpytest("--fixtures", *WITHOUT).stdout.str()
    there = set(re.findall(r"^(\w+)(?: \[.*\])? -- \S*pytest_seam_sandbox/plugin.py", shown, flags=re.MULTILINE))

    named = {row[0].strip("`") for row in table("Fixtures")}

    assert named == there


def test_readme_names_every_setting_with_its_default():
    """The table of settings has every setting, with the default that is in force."""
    there = {name: setting.default or "none" for name, setting in SETTINGS.items()}

    named = {row[0].strip("`"): row[1].strip("`") for row in table("Settings")}

    assert named == there


def test_readme_names_no_option_that_is_not_there(pytester):
    """Every --seam-option of the README is one that pytest offers."""
    there = set(re.findall(r"--seam-[a-z-]+", pytester.runpytest("--help", *WITHOUT).stdout.str()))

    named = set(re.findall(r"--seam-[a-z-]+", README)) - {"--seam-"}

    assert named
    assert named <= there


def test_readme_names_no_method_that_is_not_there():
    """Every `seam_sandbox.something` of the README exists."""
    named = set(re.findall(r"\bseam_sandbox\.(\w+)", README))

    assert [name for name in sorted(named) if not hasattr(Sandbox, name)] == []


@pytest.mark.parametrize("name", [name for name in dir(Sandbox) if not name.startswith("_")])
def test_readme_names_every_method(name):
    """Whatever a sandbox offers stands in the README."""
    found = re.search(rf"\b{name}\b", README)

    assert found


def test_readme_has_a_row_for_every_kind_of_fault():
    """The table of faults is complete."""
    named = re.findall(r"^\| `(\w+)\(target", README, flags=re.MULTILINE)

    assert sorted(named) == sorted(FAULTS)


def test_table_of_what_is_emulated_is_up_to_date():
    """The table is what `python docs/emulated.py` writes; run that when this fails."""
    spec = spec_from_file_location("emulated", ROOT / "docs" / "emulated.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.updated(README) == README


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:|#)([^)]+)\)", README))))
def test_link_of_the_readme_leads_somewhere(target):
    """Pictures, examples and pages that the README links to are there."""
    found = (ROOT / target).exists()

    assert found


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(#([^)]+)\)", README))))
def test_link_within_the_readme_leads_to_a_heading(target):
    """Each link to a section has the section."""
    headings = {line[3:].lower().replace(" ", "-") for line in README.splitlines() if line.startswith("## ")}

    assert target in headings


@pytest.mark.parametrize("folder", sorted({path.parent.name for path in ROOT.glob("examples/*/test_*.py")}))
def test_readme_names_every_example(folder):
    """Each folder of examples stands in the README."""
    assert f"(examples/{folder})" in README
