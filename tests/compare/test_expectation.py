"""Differences that are kept: what is new, what has gone, and files that are none."""

import json

import pytest

from pytest_seam_sandbox import SandboxError
from pytest_seam_sandbox.compare import expectation
from pytest_seam_sandbox.compare.comparison import Comparison
from pytest_seam_sandbox.compare.differences import Difference
from pytest_seam_sandbox.compare.texts import as_json_text, as_text

FIELD = Difference("field", "webhook", "created_at", "absent", "time", ("webhooks",))
STATUS = Difference("status", "pages, devices/list", "", "200", "400 odd", ("pages",))
SLOW = Difference("timing", "locks, events", "events there", "at once", "later", ("locks",))
STOPPED = Difference("not run", "locks", "", "can run", "the workspace has no lock", ("locks",))
SCENARIOS = ("webhooks", "pages", "locks")


def comparison(*differences, scenarios=SCENARIOS, left=()):
    return Comparison(scenarios, differences, left)


def kept(*differences):
    return expectation.Expectation(differences)


def test_without_an_expectation_all_is_new():
    verdict = expectation.judge(comparison(FIELD, STATUS), kept())

    assert (verdict.news, verdict.expected, verdict.gone) == ((FIELD, STATUS), (), ())


def test_news_and_what_has_gone():
    """What is expected is no news; what was expected and is not there any more is told."""
    verdict = expectation.judge(comparison(STATUS), kept(FIELD))

    assert (verdict.news, verdict.expected, verdict.gone) == ((STATUS,), (), (FIELD,))
    assert expectation.judge(comparison(STATUS), kept(STATUS)).expected == (STATUS,)


def test_timing_is_known_by_its_place():
    """It differs from run to run: another moment is no news, and one that is as on the other side has not gone."""
    other = Difference("timing", "locks, events", "events there", "at once", "never", ("locks",))

    assert expectation.judge(comparison(other), kept(SLOW)).expected == (other,)
    assert expectation.judge(comparison(), kept(SLOW)).gone == ()


def test_what_was_not_run_has_not_gone():
    """Neither a scenario that was not chosen, nor one whose need was not there; that itself is news."""
    locked = Difference("field", "device august_lock", "locked", "true", "false", ("locks",))

    assert expectation.judge(comparison(scenarios=("pages",)), kept(FIELD)).gone == ()
    verdict = expectation.judge(comparison(STOPPED), kept(locked))
    assert (verdict.news, verdict.gone) == ((STOPPED,), ())


def test_file_keeps_differences_and_reasons(tmp_path):
    """A difference a line, for people and for git; what people write as the reason stays."""
    path = tmp_path / "expected.json"
    expectation.write(path, comparison(FIELD, STATUS), kept())
    content = json.loads(path.read_text())
    content["differences"][0]["reason"] = "documented"
    path.write_text(json.dumps(content))

    expectation.write(path, comparison(FIELD, SLOW), kept())

    found = expectation.read(path)
    assert found.differences == (FIELD, SLOW)
    assert found.differences[0].scenarios == ("webhooks",)
    assert dict(found.reasons)[STATUS.key if STATUS in found.differences else SLOW.key] == ""
    assert path.read_text().count("\n") == 4
    reasons = {one["about"]: one["reason"] for one in json.loads(path.read_text())["differences"]}
    assert reasons == {"locks, events": "", "webhook": ""}


def test_reason_stays_with_its_difference(tmp_path):
    path = tmp_path / "expected.json"
    expectation.write(path, comparison(FIELD), kept())
    path.write_text(path.read_text().replace('"reason": ""', '"reason": "documented"'))

    expectation.write(path, comparison(FIELD, STATUS), kept())

    assert dict(expectation.read(path).reasons) == {FIELD.key: "documented", STATUS.key: ""}


def test_file_keeps_what_a_part_could_not_find(tmp_path):
    """Run with some of the scenarios, a comparison does not forget the others."""
    path = tmp_path / "expected.json"
    expectation.write(path, comparison(FIELD, STATUS), kept())

    expectation.write(path, comparison(scenarios=("pages",)), kept())

    assert expectation.read(path).differences == (FIELD,)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("", "the file: Invalid JSON"),
        ("[]", "the file: Input should be"),
        ('{"version": 1}', "differences: Field required"),
        ('{"version": 1, "differences": [{"kind": "odd"}]}', r"differences\.0\.kind: Input should be 'not run'"),
        ('{"version": 2, "differences": []}', "is of version 2, and this release reads 1"),
    ],
)
def test_file_that_is_none(tmp_path, content, place):
    """The message names the file, the place and what to do."""
    path = tmp_path / "expected.json"
    path.write_text(content)

    with pytest.raises(SandboxError, match=f"{path}.*{place}.*--write-expectation"):
        expectation.read(path)


def test_file_that_is_not_there(tmp_path):
    with pytest.raises(SandboxError, match="No such file or directory. Make it with --write-expectation"):
        expectation.read(tmp_path / "none.json")
    with pytest.raises(SandboxError, match="there is no directory .* Make it first"):
        expectation.write(tmp_path / "no" / "folder.json", comparison(), kept())


def test_text():
    """News and what has gone, by kind, those of one resource together; what is expected is counted."""
    secret = Difference("field", "webhook", "secret", "text", "absent", ("webhooks",))
    found = comparison(STATUS, FIELD, secret, SLOW, left=("locks: /locks/lock_door answered 500",))

    text = as_text("a server", found, expectation.judge(found, kept(SLOW, STOPPED)))

    assert text == (
        "embedded and a server: 3 scenarios; differences: 3 new, 1 expected, 1 gone\n"
        "\n"
        "new: status and error type (1)\n"
        "  pages, devices/list: embedded 200, other 400 odd\n"
        "\n"
        "new: fields (2)\n"
        "  webhook\n"
        "    created_at: embedded absent, other time\n"
        "    secret: embedded text, other absent\n"
        "\n"
        "gone: not run (1)\n"
        "  locks: embedded can run, other the workspace has no lock\n"
        "could not be taken back: locks: /locks/lock_door answered 500"
    )


def test_json():
    found = comparison(FIELD, left=("a",))

    content = json.loads(as_json_text("a server", found, expectation.judge(found, kept(STATUS))))

    assert content == {
        "other": "a server",
        "scenarios": ["webhooks", "pages", "locks"],
        "news": [expectation.as_json(FIELD)],
        "expected": [],
        "gone": [expectation.as_json(STATUS)],
        "left": ["a"],
    }
