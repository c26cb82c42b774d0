"""The table of figures: a row for each budget, and pictures that a browser can draw."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def benchmarks():
    """The modules of `benchmarks`, which stands beside the package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        from benchmarks import budgets, command, method, page, table

        yield {"budgets": budgets, "command": command, "method": method, "page": page, "table": table}
        for name in [name for name in sys.modules if name.partition(".")[0] == "benchmarks"]:
            del sys.modules[name]


def test_every_budget_has_its_row(benchmarks):
    """Each promise is measured by the group that it names, and printed with limit, figure and verdict."""
    budgets = [budget for budget in benchmarks["budgets"].BUDGETS.values() if budget.group != "suite"]
    groups = dict.fromkeys(budget.group for budget in budgets)

    command = [sys.executable, "-m", "benchmarks", "--quick", *groups]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in told.splitlines() if line.startswith("| ")]
    promised = [row for row in rows[1:] if row[1]]
    assert [row[:2] for row in promised] == [[budget.what, budget.text()] for budget in budgets]
    assert {verdict for _, _, _, verdict, _ in promised} <= {"met", "**missed**", "skipped"}
    assert all(figure or reason for _, _, figure, _, reason in promised)


def test_suite_row_is_the_suite_budget(benchmarks, monkeypatch):
    """The run of the suite is counted in seconds, and its last line stands beside it."""
    suite = sys.modules["benchmarks.suite"]
    told = type("Run", (), {"stdout": "...\n19000 passed\n"})
    monkeypatch.setattr(suite.subprocess, "run", lambda *_, **__: told)

    [row] = suite.suite_rows(benchmarks["method"].Effort(2))

    assert (row.budget, row.detail) == (benchmarks["budgets"].BUDGETS["suite"], "19000 passed")


def row_of(benchmarks, key, value):
    spread = benchmarks["method"].Spread(value, value, value)
    return benchmarks["table"].Row.of(key, spread)


@pytest.mark.parametrize(
    ("key", "value", "verdict", "used"),
    [
        ("get", 1.1, "met", 1.0),
        ("get", 1.11, "missed", 1.11 / 1.10),
        ("peer_inside", 4.0, "met", 1.0),
        ("peer_inside", 2.0, "missed", 2.0),
    ],
    ids=["at the limit", "above", "at least", "below"],
)
def test_verdict_follows_from_the_budget(benchmarks, key, value, verdict, used):
    """Some figures may be at most the limit, others at least."""
    row = row_of(benchmarks, key, value)

    assert row.verdict == verdict
    assert row.budget.used(row.value) == pytest.approx(used)


def test_page_has_the_table_and_its_pictures(benchmarks, tmp_path):
    """The table replaces the old one; each picture says in words what it shows."""
    page = tmp_path / "figures.md"
    page.write_text("before\n<!-- measured -->\nold\n<!-- /measured -->\nafter\n")
    point = benchmarks["table"].Point
    spread = benchmarks["method"].Spread(1e-6, 2e-6, 3e-6)
    grown = [
        benchmarks["table"].Row("get, 10", spread, "µs", 1e-6, point=point("devices", "get", 10)),
        benchmarks["table"].Row("get, 100", spread, "µs", 1e-6, point=point("devices", "get", 100)),
    ]

    benchmarks["page"].write_page("Python", [row_of(benchmarks, "get", 1.2), *grown], tmp_path)

    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| ≤ 1.1 x | 1.20 (1.20 to 1.20) x | **missed** |" in text
    for name, said in (("figures.svg", "missed"), ("growth.svg", "get, 100: 2 µs")):
        picture = ET.parse(tmp_path / name).getroot()
        described = picture.find("{http://www.w3.org/2000/svg}desc")
        assert said in described.text


def test_page_of_the_project_shows_both_pictures():
    """What was written last is there."""
    text = (ROOT / "docs" / "figures.md").read_text("utf-8")

    for name in ("figures.svg", "growth.svg"):
        assert f"({name})" in text
        assert (ROOT / "docs" / name).exists()


def test_unknown_group_is_refused(benchmarks, capsys):
    """The groups that there are are named."""
    with pytest.raises(SystemExit):
        benchmarks["command"].main(["sdkk"])

    assert "no group sdkk; there are sdk, pages, " in capsys.readouterr().err


def test_command_prints_the_table(benchmarks, capsys):
    """A quick run says nothing by its exit status."""
    assert benchmarks["command"].main(["state", "--quick"]) == 0

    assert "| what | budget | measured: median (quartiles) | verdict | absolute |" in capsys.readouterr().out
