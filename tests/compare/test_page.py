"""docs/compare.md: it names every option, kind and scenario."""

import argparse
import re

from docs_pages import PAGES, table
from pytest_seam_sandbox.cli import compare
from pytest_seam_sandbox.compare.differences import KINDS
from pytest_seam_sandbox.compare.scenarios import SCENARIOS

PAGE = PAGES["docs/compare.md"]


def test_page_names_every_option():
    parser = argparse.ArgumentParser()
    compare.add_options(parser)
    there = set(re.findall(r"--[a-z-]+", parser.format_help())) - {"--help"}

    named = {row[0].strip("`").split()[0] for row in table(PAGE, "option")}

    assert named == there
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) <= there


def test_page_names_every_kind():
    assert [row[0].strip("`") for row in table(PAGE, "kind")] == list(KINDS)


def test_page_tells_every_scenario():
    """Its name, its sentence, and what it needs."""
    rows = [[cell.replace("`", "") for cell in row] for row in table(PAGE, "scenario")]

    assert rows == [[each.name, each.sentence, ", ".join(map(str, each.needs)) or "nothing"] for each in SCENARIOS]
