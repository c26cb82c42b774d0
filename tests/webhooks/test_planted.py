"""The usual mistakes of apps that get webhooks: plans of deliveries find each of them, and never fail the correct twin.

The app keeps a board of the doors, and warns once of each loss of a door that is still lost. Its database fails now and
then.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from seam import SeamWebhook, SeamWebhookVerificationError

from pytest_seam_sandbox.strategies import DeliveryPlan, delivery_plans, outage_plans, sandboxes

TYPES = ["device.connected", "device.disconnected"]
PLACE = {"devices": ["august_lock", "august_lock"]}


class DatabaseDown(Exception):
    pass


class Correct:
    """Does it right. fails_at: the writes, counted from 0, that the database refuses."""

    def __init__(self, sandbox, fails_at=()):
        self.seam = sandbox.client()
        self.fails_at, self.writes = fails_at, 0
        self.board, self.warnings, self.handled = {}, [], set()
        self.earlier = len(sandbox.events)
        self.secret = sandbox.webhooks.deliver_to(self, TYPES).secret

    def __call__(self, request):
        try:
            event = self.read(request)
        except SeamWebhookVerificationError:
            return 401
        try:
            self.handle(request.headers["svix-id"], event)
        except DatabaseDown:
            return self.answer_of_failure()
        return 200

    def read(self, request):
        return SeamWebhook(self.secret).verify(request.body, request.headers)

    def handle(self, message_id, event):
        if message_id in self.handled:
            return
        is_online = self.is_online(event)
        self.write(event, is_online)
        self.handled.add(message_id)

    def is_online(self, event):
        """Whether the door is online now: events come late."""
        return self.seam.devices.get(device_id=event.device_id).properties.online

    def write(self, event, is_online):
        self.writes += 1
        if self.writes - 1 in self.fails_at:
            raise DatabaseDown
        self.board[event.device_id] = is_online
        if event.event_type == "device.disconnected" and not is_online:
            truth = self.seam.devices.get(device_id=event.device_id).properties.online
            self.warnings.append((event.event_id, truth))

    def answer_of_failure(self):
        return 503


class NoIdempotency(Correct):
    """Warns again when a message comes twice."""

    def handle(self, message_id, event):  # noqa: ARG002 - this is the bug
        self.write(event, self.is_online(event))


class TrustsOrder(Correct):
    """Takes the event that comes last for the newest."""

    def is_online(self, event):
        return event.event_type == "device.connected"

    def write(self, event, is_online):
        super().write(event, is_online)
        self.warnings.clear()


class WarnsOfThePast(Correct):
    """Warns of a door that has come back meanwhile."""

    def write(self, event, is_online):
        super().write(event, is_online and event.event_type == "device.connected")
        self.board[event.device_id] = is_online


class AnswersBeforeItStores(Correct):
    """Says 200 although the database has failed."""

    def answer_of_failure(self):
        return 200


class ChecksNoSignature(Correct):
    """Believes everybody."""

    def read(self, request):
        from seam.resources import seam_event_from_dict

        return seam_event_from_dict(request.json())


class IgnoresTheRetry(Correct):
    """Takes a message for handled before it is."""

    def handle(self, message_id, event):
        if message_id in self.handled:
            return
        self.handled.add(message_id)
        self.write(event, self.is_online(event))


BUGGY = [NoIdempotency, TrustsOrder, WarnsOfThePast, AnswersBeforeItStores, ChecksNoSignature, IgnoresTheRetry]


def check(app, sandbox):
    """What holds in the end."""
    online = {device.device_id: device.properties.online for device in sandbox.devices}
    assert app.board == {key: online.get(key) for key in app.board}
    told = {event.device_id for event in sandbox.events[app.earlier :] if event.event_type in TYPES}
    assert told & online.keys() <= app.board.keys()
    warned = [event_id for event_id, _ in app.warnings]
    assert len(warned) == len(set(warned))
    assert not any(was_online for _, was_online in app.warnings)
    accepted = [each for each in sandbox.webhooks.inbox if each.is_accepted]
    assert not [each for each in accepted if "wrong_secret" in each.disturbed_by]


def search(kind, examples):
    """Look for a failure of this kind of app."""

    @seed(1)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        sandbox=sandboxes(**PLACE),
        outages=outage_plans(**PLACE),
        deliveries=delivery_plans(),
        fails_at=st.frozensets(st.integers(0, 4), max_size=2),
    )
    def hold(sandbox, outages, deliveries, fails_at):
        app = kind(sandbox, fails_at)
        with deliveries.play(sandbox):
            for _ in outages.play(sandbox):
                pass
        sandbox.clock.run_until_idle()
        check(app, sandbox)

    hold()


@pytest.mark.parametrize("kind", BUGGY)
def test_mistake_is_found(kind):
    """Within a few hundred examples."""
    with pytest.raises((AssertionError, ValueError)):  # half a body is no JSON
        search(kind, 500)


def test_correct_twin_never_fails():
    """With as many examples as a suite has time for."""
    search(Correct, 100)


@pytest.mark.parametrize("kind", [Correct, *BUGGY])
def test_authors_own_example_misses_them_all(kind, seam_sandbox, sandbox_device):
    """Everything comes once, in order, and the database works."""
    app = kind(seam_sandbox)
    with DeliveryPlan().play(seam_sandbox), seam_sandbox.disconnected(sandbox_device):
        assert app.board == {sandbox_device.device_id: False}

    check(app, seam_sandbox)
