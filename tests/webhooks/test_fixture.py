"""The fixture `seam_webhooks` in a run of pytest, and what fails its tests."""

import pytest

from pytest_seam_sandbox import ExpectationFailed, Sandbox

TESTS = """
import pytest

def lock(sandbox, device):
    sandbox.client().locks.lock_door(device_id=device.device_id)

def test_delivered(seam_webhooks, seam_sandbox, sandbox_device):
    seam_webhooks.deliver_to(seam_webhooks.inbox)
    lock(seam_sandbox, sandbox_device)
    seam_webhooks.inbox.expect("lock.locked", device_id=sandbox_device.device_id, count=1)

def test_raises(seam_webhooks, seam_sandbox, sandbox_device):
    def app(request):
        raise LookupError("no such door")
    seam_webhooks.deliver_to(app, ["lock.locked"])
    seam_webhooks.allow_undelivered()
    lock(seam_sandbox, sandbox_device)

def test_undelivered(seam_webhooks, seam_sandbox, sandbox_device):
    seam_webhooks.deliver_to(lambda request: 503, ["lock.locked"])
    lock(seam_sandbox, sandbox_device)

def test_foreign(seam_sandbox, sandbox_device):
    seam_sandbox.client().webhooks.create(url="https://app.example/hooks", event_types=["lock.locked"])
    lock(seam_sandbox, sandbox_device)

def test_expectation(seam_webhooks, seam_sandbox, sandbox_device):
    seam_webhooks.deliver_to(seam_webhooks.inbox)
    lock(seam_sandbox, sandbox_device)
    seam_webhooks.inbox.expect("lock.unlocked")
"""


def test_fixture_delivers_and_judges(pytester):
    """A test fails for what its app did wrong, with the timeline; for what was not delivered, at its end."""
    pytester.makepyfile(TESTS)

    result = pytester.runpytest("-p", "no:cacheprovider", "-p", "no:asyncio")

    result.assert_outcomes(passed=2, failed=3, errors=1)
    result.stdout.fnmatch_lines_random(
        [
            "*LookupError: no such door",
            "*raised by the program under test, when webhooks delivered lock.locked device_id=* to it (attempt 1)*",
            "*1 webhook message(s) were not delivered when the test ended: lock.locked to *(attempt 1 → 503)*",
            "*sandbox.webhooks.route(url, app)*",
            "*expected event 'lock.unlocked', but it was not delivered.",
            "*! webhook  lock.locked device_id=* → http://app.localhost/ → 503*",
        ]
    )
    result.stdout.no_fnmatch_line("*webhooks/delivery.py*")


def test_app_without_a_route_at_the_root():
    """Who is asked for "/" and has no such route is told to give its path; who has given one is not."""
    hints = {"/": r"The app has no route '/'. Give the path .* path='/hooks'\)", "/hook": r"undelivered\(\).$"}
    for path, advice in hints.items():
        sandbox = Sandbox()
        sandbox.webhooks.deliver_to(lambda _request: 404, ["lock.locked"], path=path)
        sandbox.client().locks.lock_door(device_id=sandbox.create_device().device_id)

        with pytest.raises(ExpectationFailed, match=advice):
            sandbox.check()
