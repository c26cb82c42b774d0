"""The table of planted bugs is complete, and what nothing random decides in it is true."""

import re

import pytest

from planted.harness import FOLDER, NAMES, planted
from planted.measure import by_example, by_sweep

ROWS = {
    cells[0].strip("`"): cells
    for cells in (
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in re.findall(r"^\| `.*", (FOLDER / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    )
}


def test_table_names_every_pair():
    """Each module has its row, and there is no other row."""
    assert sorted(ROWS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_table_says_what_the_module_says(name):
    """The bug and its effect stand as in the module."""
    module = planted(name).module

    assert ROWS[name][1:3] == [module.BUG, module.WRONG]


@pytest.mark.parametrize("name", NAMES)
def test_table_says_what_the_example_and_the_sweep_find(name):
    """Run `python -m planted.measure` when this fails."""
    pair = planted(name)

    assert (ROWS[name][3], ROWS[name][7].partition(",")[0]) == (by_example(pair), by_sweep(pair))


@pytest.mark.parametrize("name", NAMES)
def test_machine_or_sweep_found_the_bug_when_it_was_measured(name):
    """No bug needs an example test."""
    *_, machine, _, sweep = ROWS[name]

    assert "not in" not in f"{machine}{sweep}"
