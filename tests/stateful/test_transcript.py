"""The story of a run: words for people, code for a test."""

import datetime as dt

from pytest_seam_sandbox.stateful.transcript import Transcript


class Machine:
    """Stands in for a machine."""


def test_story_without_steps_is_a_test_that_passes():
    """A failure before any step is told as such, and its test only starts the machine."""
    story = Transcript()

    assert story.tell() == "nothing yet"
    assert story.as_test(Machine).endswith("with Machine.again() as machine:\n        pass")


def test_what_a_test_needs_is_imported():
    """Values whose code needs a module bring its import along."""
    story = Transcript()

    story.begin("book", {"at": dt.datetime(2026, 1, 31, tzinfo=dt.UTC)}, None)

    text = story.as_test(Machine)
    assert text.startswith("import datetime\nfrom ")
    assert "machine.book(at=datetime.datetime(2026, 1, 31, 0, 0, tzinfo=datetime.timezone.utc))" in text


def test_lists_name_their_members():
    """A list of known values is written with their names."""
    story, first, second = Transcript(), object(), object()
    story.name(first, "machine.device('A')", "A")
    story.end(story.begin("make", {}, None), second)

    story.begin("use", {"all": [first, second, 7]}, None)

    assert "machine.use(all=[machine.device('A'), step_1, 7])" in story.as_test(Machine)


def test_step_that_gives_nothing_has_no_name():
    """Only results that a later step uses become variables."""
    story = Transcript()
    story.end(story.begin("idle", {}, None), None)
    story.end(story.begin("make", {}, None), object())

    assert "step_" not in story.as_test(Machine)
