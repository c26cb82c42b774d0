"""Where a timeline is marked, and what is left out of a long one."""

import pytest
from seam import SeamHttpApiError

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.backends.raised import note_raised
from pytest_seam_sandbox.report.failures import Failure, failure_of
from pytest_seam_sandbox.report.timeline import render_timeline


def marked(sandbox, failure):
    """The texts of the lines with the mark."""
    text = render_timeline(sandbox.backend.history(), name_of=sandbox.backend.names(), failure=failure)
    return [line.split(" > ")[1] for line in text.splitlines() if " > " in line[:28]]


def test_exception_stands_where_an_outage_was_left_by_it():
    """The line is before the recovery, and says where the exception was raised."""
    sandbox = Sandbox()
    door = sandbox.create_device()
    with pytest.raises(ValueError, match="^no$") as caught, sandbox.disconnected(door):
        raise ValueError("no")

    lines = [line.split(maxsplit=1)[1] for line in sandbox.timeline.splitlines()]
    place = next(place for place, line in enumerate(lines) if line.startswith("raised"))
    assert lines[place].startswith("raised   ValueError: no (tests/report/test_folding.py:")
    assert "simulate/connect" in lines[place + 1]
    assert marked(sandbox, failure_of(caught.value)) == [lines[place]]


def test_request_whose_answer_it_was():
    """An error of the SDK marks its request as well, and so does one of httpx."""
    sandbox = Sandbox()
    with pytest.raises(SeamHttpApiError) as caught:
        sandbox.client().devices.get(name="none")
    with pytest.raises(Exception, match="404") as plain:
        sandbox.http().get("/devices/get", params={"name": "other"}).raise_for_status()

    assert [line[:22] for line in marked(sandbox, note_raised(sandbox.backend, caught.value))] == [
        "request  GET /devices/",
        "raised   SeamHttpApiEr",
    ]
    assert len(marked(sandbox, failure_of(plain.value))) == 1


def test_exception_is_noted_once_and_a_later_one_by_its_cause():
    """However many blocks it leaves; what is raised because of it is not a step of its own."""
    sandbox = Sandbox()
    door, other = sandbox.create_device(name="A"), sandbox.create_device(name="B")
    with pytest.raises(RuntimeError) as caught:
        try:
            with sandbox.disconnected(door), sandbox.disconnected(other):
                raise ValueError("no")
        except ValueError as error:
            raise RuntimeError("because") from error

    failure = note_raised(sandbox.backend, caught.value)

    assert sandbox.timeline.count("   raised ") == 1
    assert failure.text.startswith("ValueError: no (")


def test_end_of_a_generator_is_no_failure():
    """What ends no test is not noted."""
    sandbox = Sandbox()

    note_raised(sandbox.backend, GeneratorExit())

    assert "raised" not in sandbox.timeline


def test_exception_without_words_or_place():
    """The type says what there is."""
    assert failure_of(ValueError()) == Failure("ValueError")


def test_newest_exception_of_the_same_words_is_marked():
    """An expected one of the same words before it is not."""
    sandbox = Sandbox()
    for _ in range(2):
        note_raised(sandbox.backend, ValueError("no"))

    assert len(marked(sandbox, failure_of(ValueError("no")))) == 1
    assert render_timeline(sandbox.backend.history(), failure=Failure("ValueError: no")).endswith(
        "> raised   ValueError: no"
    )


def folded(before, behind, *, most=20, fails=True):
    """The texts of a timeline with a failure among requests."""
    sandbox = Sandbox()
    for number in range(before):
        sandbox.backend.note("clock", f"before {number}")
    if fails:
        sandbox.backend.note("raised", "ValueError")
    for number in range(behind):
        sandbox.backend.note("clock", f"behind {number}")
    failure = Failure("ValueError") if fails else None
    text = render_timeline(sandbox.backend.history(), most=most, failure=failure)
    return [line if line.startswith("…") else line[24:].strip() for line in text.splitlines()]


def test_short_timeline_is_whole():
    assert len(folded(10, 9)) == 20


def test_long_timeline_is_folded_around_the_break():
    """Its beginning stays, what is right before and behind the break, and what is left out is counted."""
    lines = folded(100, 100)

    assert lines[:5] == [f"before {number}" for number in range(5)]
    assert lines[5] == "… 86 entries (86 clock)"
    assert lines[6:15] == [f"before {number}" for number in range(91, 100)]
    assert lines[15] == "ValueError"
    assert lines[16:] == [*(f"behind {number}" for number in range(5)), "… 95 later entries (95 clock)"]


def test_break_at_the_beginning_or_at_the_end():
    """Nothing is folded where there is nothing."""
    early, late = folded(2, 100), folded(100, 0)

    assert early[2] == "ValueError"
    assert early[20:] == ["… 83 later entries (83 clock)"]
    assert late[5] == "… 81 entries (81 clock)"
    assert late[20:] == ["ValueError"]


def test_long_timeline_without_a_break():
    """The newest entries stay."""
    assert folded(100, 0, fails=False)[0] == "… 80 earlier entries (80 clock)"
