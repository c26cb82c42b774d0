"""What the README and the pages say is true: their examples run, and they name what there is and nothing else."""

import re
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from docs_pages import PAGES, README, ROOT, TEXT, WRITTEN_BY_HOOKS, page, table
from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine.fault_kinds import FAULTS
from pytest_seam_sandbox.settings import OF_THE_RUN, SETTINGS

WITHOUT = ("-p", "no:asyncio", "-p", "no:schemathesis")
BLOCKS = {
    f"{name}:{number}": block
    for name, text in PAGES.items()
    for number, block in enumerate(re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL), 1)
    if "def test_" in block or "TestCase" in block
}
LINKS = sorted(
    (name, target)
    for name, text in PAGES.items()
    for target in set(re.findall(r"\]\((?!https?:)([^)\s]+)\)", text))
    if ((ROOT / name).parent / target).resolve() not in [ROOT / page for page in WRITTEN_BY_HOOKS]
)


def headings(text):
    """The anchors of a page."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("name", BLOCKS)
def test_example_passes(pytester, name):
    """Each block with a test is a test file that a reader can copy and run, beside the files that the page shows."""
    block = BLOCKS[name]
    pytester.makepyfile(block)
    files = re.findall(r'^```json title="([^"]*)"\n(.*?)^```', PAGES[name.partition(":")[0]], re.MULTILINE | re.DOTALL)
    for path, text in files:
        (pytester.path / path).write_text(text, "utf-8")

    result = pytester.runpytest("-W", "error", "-p", "no:randomly", *WITHOUT)

    machines = len(re.findall(r"^Test\w+ = \w+\.TestCase$", block, flags=re.MULTILINE))
    result.assert_outcomes(passed=block.count("def test_") + machines)


def test_readme_names_every_fixture(pytester):
    """The table of fixtures has the public fixtures of the plugin, no more and no fewer."""
    shown = pytester.runpytest("--fixtures", *WITHOUT).stdout.str()
    there = set(re.findall(r"^(\w+)(?: \[.*\])? -- \S*pytest_seam_sandbox/plugin.py", shown, flags=re.MULTILINE))

    named = {row[0].strip("`") for row in table(README, "fixture")}

    assert named == there


def test_page_names_every_setting_with_its_default():
    """The table of settings has every setting, with the default that is in force."""
    there = {name: setting.default or "none" for name, setting in SETTINGS.items()}

    named = {row[0].strip("`"): row[1].strip("`") for row in table(page("settings"), "setting")}

    assert named == there


def test_page_names_every_setting_of_the_run_with_its_default():
    """The second table has those that concern a whole run."""
    there = {name: setting.default or "none" for name, setting in OF_THE_RUN.items()}

    named = {row[0].strip("`"): row[1].strip("`") for row in table(page("settings"), "of the run")}

    assert named == there


def test_pages_name_no_option_that_is_not_there(pytester):
    """Every --seam-option is one that pytest offers."""
    there = set(re.findall(r"--seam-[a-z-]+", pytester.runpytest("--help", *WITHOUT).stdout.str()))

    named = set(re.findall(r"--seam-[a-z-]+", TEXT)) - {"--seam-"}

    assert named
    assert named <= there


def test_pages_name_no_method_that_is_not_there():
    """Every `seam_sandbox.something` exists."""
    named = set(re.findall(r"\bseam_sandbox\.(\w+)", TEXT))

    assert [name for name in sorted(named) if not hasattr(Sandbox, name)] == []


@pytest.mark.parametrize("name", [name for name in dir(Sandbox) if not name.startswith("_")])
def test_pages_name_every_method(name):
    """Whatever a sandbox offers stands on a page."""
    found = re.search(rf"\b{name}\b", TEXT)

    assert found


def test_page_has_a_row_for_every_kind_of_fault():
    """The table of faults is complete."""
    named = re.findall(r"^\| `(\w+)\(target", page("faults"), flags=re.MULTILINE)

    assert sorted(named) == sorted(FAULTS)


def test_table_of_what_is_emulated_is_up_to_date():
    """The table is what `python docs/emulated.py` writes; run that when this fails."""
    spec = spec_from_file_location("emulated", ROOT / "docs" / "emulated.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)

    text = PAGES["docs/reference/emulated.md"]

    assert module.updated(text) == text


@pytest.mark.parametrize(("name", "target"), LINKS, ids=[f"{name}-{target}" for name, target in LINKS])
def test_link_leads_somewhere(name, target):
    """Pictures, examples, pages and their headings are there."""
    path, _, anchor = target.partition("#")
    there = (ROOT / name).parent / path if path else ROOT / name

    assert there.exists()
    assert not anchor or anchor in headings(there.read_text("utf-8"))


@pytest.mark.parametrize("folder", sorted({path.parent.name for path in ROOT.glob("examples/*/test_*.py")}))
def test_readme_names_every_example(folder):
    """Each folder of examples stands in the README."""
    assert f"(examples/{folder})" in README


def test_readme_leads_to_every_page():
    """Whoever reads the README finds each page of the guide, and those that stand beside it."""
    pages = {name for name in PAGES if name.startswith("docs/guide/") or name.count("/") == 1} - {"docs/index.md"}

    assert {name for name in pages if f"({name})" not in README} == set()


def test_site_leads_to_every_page():
    """Each page stands in the navigation of mkdocs.yml, and nothing else does."""
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8").split("\nnav:\n")[1]
    pages = {name for name in PAGES if name.startswith("docs/")} | set(WRITTEN_BY_HOOKS)

    assert {f"docs/{name}" for name in re.findall(r"- (\S+\.md)", navigation)} == pages
