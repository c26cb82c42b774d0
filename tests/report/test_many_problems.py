"""A test that has left many things unfinished: the first ten are told, and the others counted."""

import pytest

from pytest_seam_sandbox import ExpectationFailed, Sandbox, SandboxError

MANY = 30


def many_faults(sandbox):
    for number in range(MANY):
        sandbox.faults.fail("/devices/get", device=sandbox.create_device(name=f"DOOR {number}"))


def many_blocks(sandbox):
    for _ in range(MANY):
        sandbox.expecting("lock.unlocked")


def many_outages(sandbox):
    for number in range(MANY):
        sandbox.disconnected(sandbox.create_device(name=f"DOOR {number}"))


def many_disturbances(sandbox):
    sandbox.webhooks.deliver_to(sandbox.webhooks.inbox)
    for _ in range(MANY):
        sandbox.webhooks.duplicate()


@pytest.mark.parametrize(
    ("leave", "said"),
    [
        (many_faults, "… and 20 more faults that were not met"),
        (many_blocks, "and: … and 19 more"),
        (many_outages, "and: … and 19 more"),
        (many_disturbances, "… and 20 more disturbances that no delivery met"),
    ],
)
def test_the_others_are_counted(leave, said):
    """The text does not grow with what was left over."""
    sandbox = Sandbox()
    leave(sandbox)

    with pytest.raises((ExpectationFailed, SandboxError)) as told:
        sandbox.check()

    text = "\n".join([str(told.value), *getattr(told.value, "__notes__", ())])
    assert said in text
    assert len(text) < 6_000
    sandbox.check()


def test_a_section_of_a_failed_test_is_short_too(pytester):
    """So are the notes of a failure, and the section at the teardown."""
    pytester.makepyfile("""
        def test_fails(seam_sandbox, seam_http):
            for _ in range(30):
                seam_http.post("/bridges/list", json={})
                seam_sandbox.expecting("lock.unlocked")
            assert False
        """)

    result = pytester.runpytest("-p", "no:cacheprovider", "-p", "no:asyncio")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*… and 20 more*"])
    assert result.stdout.str().count("expecting('lock.unlocked') was made") == 10
