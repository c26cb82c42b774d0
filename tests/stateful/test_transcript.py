"""The transcript of a run: sentences for people, code for a test."""

import datetime as dt

from pytest_seam_sandbox.stateful.transcript import Transcript


class Machine:
    """Stands in for a machine."""


def test_transcript_without_steps_is_a_test_that_passes():
    """A failure before any step is shown as such, and its test only starts the machine."""
    transcript = Transcript()

    assert transcript.in_words() == "nothing yet"
    assert transcript.as_test(Machine).endswith("with Machine.again() as machine:\n        pass")


def test_what_a_test_needs_is_imported():
    """Values whose code needs a module bring its import along."""
    transcript = Transcript()

    transcript.begin("book", {"at": dt.datetime(2026, 1, 31, tzinfo=dt.UTC)}, None)

    text = transcript.as_test(Machine)
    assert text.startswith("import datetime\nfrom ")
    assert "machine.book(at=datetime.datetime(2026, 1, 31, 0, 0, tzinfo=datetime.timezone.utc))" in text


def test_lists_name_their_members():
    """A list of named values is written with their names."""
    transcript, first, second = Transcript(), object(), object()
    transcript.name(first, "machine.device('A')", "A")
    transcript.end(transcript.begin("make", {}, None), second)

    transcript.begin("use", {"all": [first, second, 7]}, None)

    assert "machine.use(all=[machine.device('A'), step_1, 7])" in transcript.as_test(Machine)


def test_step_that_gives_nothing_has_no_name():
    """Only results that a later step uses become variables."""
    transcript = Transcript()
    transcript.end(transcript.begin("idle", {}, None), None)
    transcript.end(transcript.begin("make", {}, None), object())

    assert "step_" not in transcript.as_test(Machine)
