"""docs/compare.md: it names every option, kind and scenario."""

import argparse
import json
import re
from collections import Counter

from docs_pages import PAGES, ROOT, table
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
    assert set(re.findall(r"(?<![\w-])--(?!seam-)[a-z][a-z-]+", PAGE)) <= there


def test_page_names_every_kind():
    assert [row[0].strip("`") for row in table(PAGE, "kind")] == list(KINDS)


def test_page_tells_every_scenario():
    """Its name, its sentence, and what it needs."""
    rows = [[cell.replace("`", "") for cell in row] for row in table(PAGE, "scenario")]

    assert rows == [[each.name, each.sentence, ", ".join(map(str, each.needs)) or "nothing"] for each in SCENARIOS]


def test_page_counts_the_differences_to_the_official_fake():
    """As many of each kind as the test with the fake expects."""
    content = json.loads((ROOT / "tests" / "live" / "fake_seam_connect.json").read_text("utf-8"))
    there = Counter(one["kind"] for one in content["differences"])

    rows = table(PAGE, "kind", "differences to the fake")

    assert {row[0].strip("`"): int(row[1]) for row in rows} == there
