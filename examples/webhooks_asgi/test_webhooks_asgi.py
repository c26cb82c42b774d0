"""Whatever happens to webhooks on their way, the board shows in the end what Seam shows."""

import pytest
from hypothesis import given, settings

from pytest_seam_sandbox.strategies import delivery_plans, outage_plans, sandboxes
from webhooks_asgi.app import EVENT_TYPES, PATH, make_app


class Site:
    """The app beside a sandbox, with a webhook of its own."""

    def __init__(self, sandbox) -> None:
        webhook = sandbox.webhooks.deliver_to(self, EVENT_TYPES, path=PATH)
        self._app = make_app(sandbox.async_client(), webhook.secret)

    async def __call__(self, scope, receive, send) -> None:
        """The ASGI app, which cannot be made before its secret is known."""
        await self._app(scope, receive, send)

    @property
    def board(self):
        """The board of the app."""
        return self._app.state.board


def as_seam_shows_them(sandbox):
    """The doors as they are."""
    shown = {device.device_id: device for device in sandbox.devices}
    return {key: "ready" if device.properties.online else "offline" for key, device in shown.items()}


@pytest.fixture
def site(seam_sandbox, sandbox_device):  # noqa: ARG001 - the door
    """The app under test; there is a door."""
    return Site(seam_sandbox)


def test_board_follows_an_outage(site, seam_sandbox, sandbox_device):
    """The door is offline until it is back, without a call of anybody."""
    with seam_sandbox.disconnected(sandbox_device):
        assert site.board.doors == {sandbox_device.device_id: "offline"}

    assert site.board.doors == {sandbox_device.device_id: "ready"}


@pytest.mark.parametrize("spoil", ["wrong_secret", "stale_timestamp", "partial_body"])
def test_forged_and_old_webhooks_are_refused(site, seam_sandbox, seam_webhooks, sandbox_device, spoil):
    """They come to nothing; the right one follows when Svix tries again."""
    with getattr(seam_webhooks, spoil)(), seam_sandbox.disconnected(sandbox_device):
        pass
    refused = [delivery.status for delivery in seam_webhooks.inbox], site.board.looks
    seam_sandbox.clock.run_until_idle()

    assert refused == ([401, 401], 0)
    assert site.board.looks == 2


def test_message_that_comes_twice_is_handled_once(site, seam_sandbox, seam_webhooks, sandbox_device):
    """By the id of the message."""
    with seam_webhooks.duplicate(), seam_sandbox.disconnected(sandbox_device):
        pass

    assert (len(seam_webhooks.inbox), site.board.looks) == (4, 2)


def test_board_is_right_wherever_webhooks_are_disturbed(seam_sweep, sandbox_device):
    """Twice or late, after each call of the app."""
    trials = seam_sweep(deliveries=["duplicate", "delay"], app=Site)
    for trial in trials:
        with trial as sandbox:
            for _ in range(2):
                with sandbox.disconnected(sandbox_device):
                    pass
            trial.heal()
            assert trial.app.board.doors == as_seam_shows_them(sandbox)

    assert "passed" in {result.outcome for result in trials.results}


@given(sandbox=sandboxes(world="house"), outages=outage_plans(world="house"), deliveries=delivery_plans())
@settings(max_examples=25)
def test_board_is_right_in_the_end(sandbox, outages, deliveries):
    """At least once and in any order is enough."""
    site = Site(sandbox)
    with deliveries.play(sandbox):
        for _ in outages.play(sandbox):
            pass

    if sandbox.webhooks.inbox.accepted:  # else the app has not even started
        assert site.board.doors == as_seam_shows_them(sandbox)
