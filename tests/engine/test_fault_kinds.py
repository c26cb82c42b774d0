"""The kinds of faults: one row each, and what is said when a part of a kind is missing."""

from dataclasses import replace

import pytest

from pytest_seam_sandbox.engine.fault_kinds import FAULTS, NEXT_STEP, FaultRow, check_methods, rows_by_name
from pytest_seam_sandbox.engine.faults import Faults

ROWS = tuple(FAULTS.values())
COMMON = ("self", "target")


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (ROWS[1:], "'fail' has no row"),
        ((*ROWS, FaultRow("sulk", "sulks", "before", wire="drop")), "'sulk' is not in FaultKind"),
        ((*ROWS, replace(FAULTS["reset"], sentence="")), "'reset' has no sentence"),
        ((*ROWS, replace(FAULTS["reset"], wire="answer")), "'reset' does nothing: no wire, no answer, no seconds"),
    ],
    ids=["no row", "no name", "no sentence", "no effect"],
)
def test_row_with_a_part_missing_fails_on_import(rows, wrong):
    """The message names the kind, the part, and the next step of whoever adds a kind."""
    with pytest.raises(TypeError) as mistake:
        rows_by_name(*rows)

    assert str(mistake.value) == f"{wrong}. {NEXT_STEP}"


class Unfinished(Faults):
    """Methods that do not go with the rows."""

    slow = None

    def refuse(self, target, *, politely=False, **narrowing): ...

    def reset(self, target, **narrowing): ...


def test_kind_without_its_method_fails_on_import():
    """Each row has a method, and the two have the same parameters."""
    with pytest.raises(TypeError) as mistake:
        check_methods(Unfinished, COMMON)

    assert str(mistake.value) == (
        "Unfinished.reset takes [], and the row has ['after']; Unfinished has no method 'slow'; "
        f"Unfinished.refuse takes ['politely'], and the row has []. {NEXT_STEP}"
    )


def test_rows_and_methods_go_together():
    """What is there is complete."""
    assert rows_by_name(*ROWS) == FAULTS
    assert check_methods(Faults, COMMON) is None
