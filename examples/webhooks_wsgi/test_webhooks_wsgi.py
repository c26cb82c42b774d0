"""The caretaker is warned once for each door that goes offline, and never of one that is back."""

import pytest

from webhooks_wsgi.app import EVENT_TYPES, PATH, Warnings, make_app


@pytest.fixture
def warnings(seam_sandbox, seam_webhooks):
    """What the caretaker is told. The app registers its public address at Seam, as in production."""
    found = Warnings()
    address = f"https://warnings.example{PATH}"
    webhook = seam_sandbox.client().webhooks.create(url=address, event_types=EVENT_TYPES)
    seam_webhooks.route(address, make_app(found, webhook.secret))
    return found


def test_caretaker_is_warned(warnings, seam_sandbox, sandbox_device):
    """When the door is lost; and not when it is back."""
    with seam_sandbox.disconnected(sandbox_device):
        assert warnings.offline == {sandbox_device.device_id}

    assert (warnings.offline, warnings.sent) == (set(), [sandbox_device.device_id])


def test_second_copy_sends_no_second_warning(warnings, seam_sandbox, seam_webhooks, sandbox_device):
    """Messages come twice now and then."""
    seam_webhooks.duplicate("device.disconnected")
    with seam_sandbox.disconnected(sandbox_device):
        pass

    assert warnings.sent == [sandbox_device.device_id]


def test_late_event_does_not_undo_a_newer_one(warnings, seam_sandbox, seam_webhooks, sandbox_device):
    """The loss is told after the recovery."""
    seam_sandbox.clock.freeze()
    seam_webhooks.delay(600, "device.disconnected")
    with seam_sandbox.disconnected(sandbox_device):
        seam_sandbox.clock.advance(60)
    seam_sandbox.clock.run_until_idle()

    seam_webhooks.inbox.expect("device.disconnected", count=1)
    assert warnings.offline == set()


def test_warning_comes_when_the_first_attempt_is_lost(warnings, seam_sandbox, seam_webhooks, sandbox_device):
    """Five seconds later."""
    seam_webhooks.drop("device.disconnected")
    with seam_sandbox.disconnected(sandbox_device):
        before = warnings.offline
        seam_sandbox.clock.advance(5)
        assert (before, warnings.offline) == (set(), {sandbox_device.device_id})


def test_forged_webhook_warns_nobody(warnings, seam_sandbox, seam_webhooks, sandbox_device):
    """Whoever guesses the address cannot send the caretaker out."""
    with seam_webhooks.wrong_secret(), seam_sandbox.disconnected(sandbox_device):
        pass

    assert warnings.sent == []
