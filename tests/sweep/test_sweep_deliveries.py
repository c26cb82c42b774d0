"""Sweeps that disturb webhooks: of each call in turn they come twice, late, never, or rightly only the second time."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from seam import SeamWebhook, SeamWebhookVerificationError
from seam.resources import seam_event_from_dict

from pytest_seam_sandbox.engine.errors import SandboxError
from pytest_seam_sandbox.sweep import SweepFailed

KINDS = ["duplicate", "delay", "lose", "drop", "wrong_secret"]
TYPES = ["lock.locked", "lock.unlocked", "device.connected", "device.disconnected"]


@pytest.fixture(autouse=True)
def standing_clock(seam_sandbox):
    """No attempt is due by itself, however slow the machine is."""
    seam_sandbox.clock.freeze()


class Hall:
    """Opens and closes a door, knows by webhooks whether it is locked, and greets once for each opening."""

    def __init__(self, sandbox):
        self.seam = sandbox.client()
        self.handled, self.heard, self.greeted = set(), [], []
        self.locked = {}
        self.secret = sandbox.webhooks.deliver_to(self, TYPES).secret

    def __call__(self, request):
        try:
            event = self.read(request)
        except SeamWebhookVerificationError:
            return self.answer_to_forgery()
        self.heard.append(event.event_type)
        if not self.is_known(request.headers["svix-id"]):
            self.handle(event)
        return 200

    def read(self, request):
        return SeamWebhook(self.secret).verify(request.body, request.headers)

    def answer_to_forgery(self):
        return 401

    def is_known(self, message_id):
        known = message_id in self.handled
        self.handled.add(message_id)
        return known

    def handle(self, event):
        if event.event_type == "lock.unlocked":
            self.greeted.append(event.event_id)
        self.locked[event.device_id] = self.is_locked(event)

    def is_locked(self, event):
        return self.look(event.device_id)

    def look(self, door_id):
        return self.seam.devices.get(device_id=door_id).properties.locked

    def open_and_close(self, door):
        self.seam.locks.unlock_door(device_id=door.device_id)
        self.seam.locks.lock_door(device_id=door.device_id)

    def catch_up(self, door):
        self.locked[door.device_id] = self.look(door.device_id)


class GreetsTwice(Hall):
    """Does not know a message again."""

    def is_known(self, _message_id):
        return False


class TrustsOrder(Hall):
    """Takes the event that comes last for the newest."""

    def is_locked(self, event):
        return event.event_type != "lock.unlocked"


class NeverLooks(Hall):
    """Relies on every message to come."""

    def catch_up(self, door):
        pass


class BelievesEverybody(Hall):
    """Does not look at the signature."""

    def read(self, request):
        return seam_event_from_dict(request.json())


class NeedsNoSecondTry(Hall):
    """Says 200 to what it has refused, so it is not sent again."""

    def answer_to_forgery(self):
        return 200


class Listener(Hall):
    """Makes no calls when it is told something."""

    def handle(self, event):
        pass


def check(trials, door):
    """Open and close the door in each trial, and look at what the hall knows in the end."""
    for trial in trials:
        with trial as sandbox:
            trial.app.open_and_close(door)
            trial.heal()
            if "lose" in trial.name:
                trial.app.catch_up(door)
            assert len(trial.app.greeted) == len(set(trial.app.greeted))
            truth = next(one for one in sandbox.devices if one.device_id == door.device_id).properties.locked
            assert trial.app.locked == {door.device_id: truth}
            accepted = [each for each in sandbox.webhooks.inbox if each.is_accepted]
            assert not [each for each in accepted if "wrong_secret" in each.disturbed_by]
    return trials


def heard(trials, scenario):
    """The types of events that the app was told, by the name of the trial."""
    found = {}
    for trial in trials:
        with trial as sandbox:
            scenario(trial, sandbox)
            trial.heal()
        found[trial.name] = trial.app.heard
    return found


def test_table_says_what_became_of_each_call(seam_sweep, sandbox_device):
    """The calls that it makes when it is told something are calls as all others; they cause no webhooks."""
    trials = check(seam_sweep(deliveries=["duplicate", "delay", "lose"], app=Hall), sandbox_device)

    assert trials.table.splitlines() == [
        "                            duplicate webhooks   delay webhooks   lose webhooks",
        "call                        after                after            after",
        "1 POST /locks/unlock_door   ok                   ok               ok",
        "2 GET /devices/get          n/a                  n/a              n/a",
        "3 POST /locks/lock_door     ok                   ok               ok",
        "4 GET /devices/get          n/a                  n/a              n/a",
        "",
        "12 trials with one injection point: 6 passed, 6 not possible.",
        *[
            f"n/a    {kind} webhooks after call {number} (GET /devices/get): OutageNotPossible: no webhook is sent "
            "between this call and the next one."
            for number in (2, 4)
            for kind in ("duplicate", "delay", "lose")
        ],
    ]


def test_correct_app_passes(seam_sweep, sandbox_device):
    """Whatever happens to its webhooks."""
    trials = check(seam_sweep(deliveries=KINDS, app=Hall), sandbox_device)

    assert Counter(result.outcome for result in trials.results) == {"passed": 10, "not possible": 10}


@pytest.mark.parametrize(
    ("app", "found"),
    [
        (GreetsTwice, ["duplicate webhooks after call 1"]),
        (
            TrustsOrder,
            ["delay webhooks after call 1", "drop webhooks after call 1", "wrong_secret webhooks after call 1"],
        ),
        (NeverLooks, ["lose webhooks after call 3"]),
        (BelievesEverybody, ["wrong_secret webhooks after call 1", "wrong_secret webhooks after call 3"]),
        (NeedsNoSecondTry, ["wrong_secret webhooks after call 1", "wrong_secret webhooks after call 3"]),
    ],
)
def test_mistake_is_found(seam_sweep, sandbox_device, app, found):
    """Each by the kinds that can show it, where it does harm, and by no other."""
    trials = seam_sweep(deliveries=KINDS, app=app)
    with pytest.raises(SweepFailed, match="webhooks after call"):
        check(trials, sandbox_device)

    assert [result.name for result in trials.failures] == found


@pytest.mark.parametrize("kind", ["drop", "stale_timestamp", "wrong_secret", "partial_body"])
def test_first_attempt_is_spoilt_and_the_second_one_right(seam_sweep, sandbox_device, kind):
    """The second one comes when the next call has been answered, after its webhooks, or with heal."""
    attempts = {}
    for trial in seam_sweep(deliveries=kind, app=Listener):
        with trial as sandbox:
            trial.app.open_and_close(sandbox_device)
            trial.heal()
            told = [(each.event_type, each.attempt, each.status) for each in sandbox.webhooks.inbox]
            attempts[trial.name] = (
                [(event_type, status) for event_type, attempt, status in told if attempt == 1],
                [event_type for event_type, attempt, _ in told if attempt == 2],
            )
            assert sorted(trial.app.heard) == ["lock.locked", "lock.unlocked"]

    refused = None if kind == "drop" else 401
    opened, closed = "lock.unlocked", "lock.locked"
    assert attempts == {
        "undisturbed": ([(opened, 200), (closed, 200)], []),
        f"{kind} webhooks after call 1": ([(opened, refused), (closed, 200)], [opened]),
        f"{kind} webhooks after call 2": ([(opened, 200), (closed, refused)], [closed]),
    }


def test_second_attempt_comes_by_itself_when_time_passes(seam_sweep, sandbox_device):
    """After the five seconds of the schedule, without another call, and only once."""
    for trial in seam_sweep(deliveries="drop", app=Listener):
        with trial as sandbox:
            trial.app.seam.locks.unlock_door(device_id=sandbox_device.device_id)
            early = len(trial.app.heard)
            sandbox.clock.advance(5)
            assert (early, len(trial.app.heard)) == ("undisturbed" in trial.name, 1)
            trial.heal()
            assert len(trial.app.heard) == 1


def test_only_what_was_spoilt_is_brought_forward(seam_sandbox, seam_sweep, sandbox_device):
    """Other attempts, and other work that is due later, keep their times."""
    now = seam_sandbox.clock.now()
    seam_sandbox.create_access_code(sandbox_device, starts_at=now, ends_at=now + timedelta(days=1))
    other = seam_sandbox.webhooks.deliver_to(lambda _: 503, ["lock.locked"])
    for trial in seam_sweep(deliveries="drop", app=Listener, only="drop webhooks after call 1"):
        with trial as sandbox:
            trial.app.open_and_close(sandbox_device)
            trial.heal()
            told = sandbox.webhooks.inbox
            assert [each.attempt for each in told if each.webhook_id == other.webhook_id] == [1]
            assert sorted(trial.app.heard) == ["lock.locked", "lock.unlocked"]
            sandbox.webhooks.allow_undelivered()


def test_attempts_that_fail_by_themselves_keep_their_schedule(seam_sweep, sandbox_device):
    """Only the second attempt is brought forward: an app that refuses that too is tried again in five minutes."""

    class Tired(Listener):
        def __call__(self, request):
            super().__call__(request)
            return 200 if len(self.heard) > 1 else 503

    for trial in seam_sweep(deliveries="drop", app=Tired, only="drop webhooks after call 1"):
        with trial as sandbox:
            trial.app.seam.locks.unlock_door(device_id=sandbox_device.device_id)
            trial.heal()
            heard = [len(trial.app.heard)]
            for seconds in (299, 1):
                sandbox.clock.advance(seconds)
                heard.append(len(trial.app.heard))
            if trial.name != "undisturbed":
                assert heard == [1, 1, 2]


def test_each_kind_disturbs_the_webhooks_of_one_call(seam_sweep, sandbox_device):
    """Delayed ones come after those of the next call, or with heal; lost ones are not healed."""
    trials = seam_sweep(deliveries=["duplicate", "delay", "lose"], app=Listener)

    found = heard(trials, lambda trial, _sandbox: trial.app.open_and_close(sandbox_device))

    opened, closed = "lock.unlocked", "lock.locked"
    assert found == {
        "undisturbed": [opened, closed],
        "duplicate webhooks after call 1": [opened, opened, closed],
        "delay webhooks after call 1": [closed, opened],
        "lose webhooks after call 1": [closed],
        "duplicate webhooks after call 2": [opened, closed, closed],
        "delay webhooks after call 2": [opened, closed],
        "lose webhooks after call 2": [opened],
    }


def test_delayed_webhooks_wait_for_the_next_call_or_for_heal(seam_sweep, sandbox_device):
    """Inside the block the app has not heard of the call before."""
    counts = {}
    for trial in seam_sweep(deliveries="delay", app=Listener):
        with trial:
            trial.app.seam.locks.unlock_door(device_id=sandbox_device.device_id)
            early = len(trial.app.heard)
            trial.app.look(sandbox_device.device_id)
            late = len(trial.app.heard)
            trial.app.seam.locks.lock_door(device_id=sandbox_device.device_id)
            last = len(trial.app.heard)
            trial.heal()
            counts[trial.name] = (early, late, last, len(trial.app.heard))

    assert counts == {
        "undisturbed": (1, 1, 2, 2),
        "delay webhooks after call 1": (0, 1, 2, 2),
        "delay webhooks after call 2": (1, 1, 2, 2),
        "delay webhooks after call 3": (1, 1, 1, 2),
    }


def test_webhooks_of_an_outage_between_calls_belong_to_the_call_before(seam_sweep, sandbox_device):
    """What the scenario itself lets happen is disturbed too; not after heal."""

    def scenario(trial, sandbox):
        trial.app.look(sandbox_device.device_id)
        with sandbox.disconnected(sandbox_device):
            trial.app.look(sandbox_device.device_id)
            trial.heal()

    found = heard(seam_sweep(deliveries=["lose"], app=Listener), scenario)

    lost, back = "device.disconnected", "device.connected"
    assert found == {
        "undisturbed": [lost, back],
        "lose webhooks after call 1": [back],
        "lose webhooks after call 2": [lost, back],
    }


def test_lasting_counts_the_calls_whose_webhooks_are_disturbed(seam_sweep, sandbox_device):
    """Two calls in a row."""
    trials = seam_sweep(deliveries=["lose"], lasting=2, app=Listener)

    found = heard(trials, lambda trial, _sandbox: [trial.app.open_and_close(sandbox_device) for _ in range(2)])

    assert {name: len(types) for name, types in found.items()} == {
        "undisturbed": 4,
        "lose webhooks after call 1": 2,
        "lose webhooks after call 2": 2,
        "lose webhooks after call 3": 2,
        "lose webhooks after call 4": 3,
    }


def test_pair_disturbs_the_webhooks_of_an_outage_of_the_sweep(seam_sweep, sandbox_device):
    """It is lost unheard; its end is told."""
    trials = seam_sweep(
        disconnect=sandbox_device,
        deliveries=["lose"],
        depth=2,
        app=Listener,
        only="disconnected(GARAGE) before call 2, then lose webhooks after call 2",
    )

    found = heard(trials, lambda trial, _sandbox: [trial.app.look(sandbox_device.device_id) for _ in range(2)])

    assert found == {
        "undisturbed": [],
        "disconnected(GARAGE) before call 2": ["device.disconnected", "device.connected"],
        "disconnected(GARAGE) before call 2, then lose webhooks after call 2": ["device.connected"],
    }


@pytest.mark.parametrize(("lasting", "of_one_kind"), [(None, 1), (2, 0)])
def test_pairs_of_disturbed_webhooks(seam_sweep, sandbox_device, lasting, of_one_kind):
    """One after the other; the same kind again only when the first is over."""
    trials = seam_sweep(deliveries=["duplicate", "lose"], depth=2, lasting=lasting, app=Listener)

    found = heard(trials, lambda trial, _sandbox: trial.app.open_and_close(sandbox_device))

    opened, closed = "lock.unlocked", "lock.locked"
    assert len(found) == 1 + 4 + 2 + 2 * of_one_kind
    if lasting is None:
        assert found["duplicate webhooks after call 1, then lose webhooks after call 2"] == [opened, opened]
        assert found["lose webhooks after call 1, then duplicate webhooks after call 2"] == [closed, closed]
        assert found["lose webhooks after call 1, then lose webhooks after call 2"] == []


@pytest.mark.seam(event_latency=60)
@pytest.mark.parametrize("kind", ["delay", "drop"])
def test_webhook_that_is_due_after_heal_comes_then(seam_sweep, sandbox_device, kind):
    """An event that shows late is neither delayed beyond heal nor spoilt."""
    for trial in seam_sweep(deliveries=kind, app=Listener):
        with trial as sandbox:
            trial.app.seam.locks.unlock_door(device_id=sandbox_device.device_id)
            trial.heal()
            sandbox.clock.run_until_idle()
            assert trial.app.heard == ["lock.unlocked"]


def test_async_app_gets_delayed_webhooks_before_its_trial_ends(seam_sandbox, seam_sweep, sandbox_device):
    """The end of the block waits for an app on the running loop."""
    found = {}

    async def story():
        for trial in seam_sweep(deliveries=["delay", "duplicate", "wrong_secret"]):
            taken = found[trial.name] = []

            async def app(request, taken=taken, refused="wrong_secret" in trial.name):
                taken.append(request.json()["event_type"])
                return 401 if refused and len(taken) == 1 else 200

            seam_sandbox.webhooks.deliver_to(app, ["lock.unlocked"])
            async with trial as sandbox:
                await sandbox.async_client().locks.unlock_door(device_id=sandbox_device.device_id)

    asyncio.run(story())

    assert {name: len(types) for name, types in found.items()} == {
        "undisturbed": 1,
        "delay webhooks after call 1": 1,
        "duplicate webhooks after call 1": 2,
        "wrong_secret webhooks after call 1": 2,
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"deliveries": ["twice"]},
            "'twice' is nothing that a sweep does to webhooks; deliveries= takes delay, drop, duplicate, lose, partial_body, stale_timestamp, wrong_secret",
        ),
        (
            {"deliveries": [{}]},
            "deliveries= takes delay, drop, duplicate, lose, partial_body, stale_timestamp, wrong_secret",
        ),
        ({"deliveries": "lose", "when": "before"}, "webhooks follow a call, and when= leaves out what is after calls"),
        ({"deliveries": []}, "or disturb its webhooks: deliveries="),
    ],
)
def test_bad_deliveries(seam_sweep, options, message):
    with pytest.raises(SandboxError, match=message):
        seam_sweep(**options)
