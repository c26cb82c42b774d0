"""Webhooks as objects."""

from base64 import b64decode

import pytest

from pytest_seam_sandbox import Sandbox, seam_raises

pytestmark = pytest.mark.every_transport

URL = "https://example.com/hook"


def test_create_makes_a_webhook_of_all_events(seam):
    """Without event types a webhook gets all of them; its secret has the form that the SDK verifies with."""
    webhook = seam.webhooks.create(url=URL)

    assert (webhook.url, webhook.event_types) == (URL, ["*"])
    assert webhook.secret.startswith("whsec_")
    assert len(b64decode(webhook.secret.removeprefix("whsec_"), validate=True)) == 24


def test_secret_is_told_by_get_and_list(seam):
    """An app that lost the secret can read it again."""
    webhook = seam.webhooks.create(url=URL)

    assert seam.webhooks.get(webhook_id=webhook.webhook_id) == webhook
    assert seam.webhooks.list() == [webhook]


def test_webhooks_have_secrets_of_their_own(seam):
    """Two webhooks of the same url share neither id nor secret; the list has the oldest first."""
    first, second = seam.webhooks.create(url=URL), seam.webhooks.create(url=URL)

    assert first.secret != second.secret
    assert seam.webhooks.list() == [first, second]


def test_secret_follows_from_the_seed():
    """The same seed gives the same secret, another seed another."""

    def secret(seed):
        with Sandbox(seed=seed) as sandbox, sandbox.http() as http:
            return http.post("/webhooks/create", json={"url": URL}).json()["webhook"]["secret"]

    assert secret(1) == secret(1)
    assert secret(1) != secret(2)


@pytest.mark.parametrize("event_types", [["*"], [], ["device.connected", "phone.deactivated"]], ids=str)
def test_event_types_are_kept_and_updated(seam, event_types):
    """Names of event types, none, or the asterisk: at the creation and later."""
    made = seam.webhooks.create(url=URL, event_types=event_types)
    changed = seam.webhooks.create(url=URL, event_types=["lock.locked"])
    seam.webhooks.update(webhook_id=changed.webhook_id, event_types=event_types)

    assert made.event_types == event_types
    assert seam.webhooks.get(webhook_id=changed.webhook_id).event_types == event_types
    assert seam.webhooks.get(webhook_id=changed.webhook_id).secret == changed.secret


@pytest.mark.parametrize("event_types", [["nope"], ["device.connected", "nope"], ["*", "device.connected"]], ids=str)
def test_unknown_event_types_are_refused(seam, event_types):
    """A name that Seam does not have is refused by create and update, and nothing changes."""
    webhook = seam.webhooks.create(url=URL)

    with seam_raises("invalid_event_types", status_code=400, match="Invalid event types"):
        seam.webhooks.create(url=URL, event_types=event_types)
    with seam_raises("invalid_event_types", status_code=400):
        seam.webhooks.update(webhook_id=webhook.webhook_id, event_types=event_types)

    assert seam.webhooks.list() == [webhook]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "url is required"),
        ({"url": "nope"}, 'Invalid url for "url"'),
        ({"url": None}, 'Expected string, received null for "url"'),
        ({"url": URL, "event_types": "x"}, 'Expected array, received string for "event_types"'),
        ({"url": URL, "event_types": [1]}, 'Expected string, received number for "event_types.0"'),
        ({"url": URL, "event_types": None}, 'Expected array, received null for "event_types"'),
    ],
    ids=str,
)
def test_bad_parameters_are_refused(seam_http, params, message):
    """What is wrong is said, and no webhook is made."""
    answer = seam_http.post("/webhooks/create", json=params)

    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)
    assert seam_http.get("/webhooks/list").json()["webhooks"] == []


@pytest.mark.parametrize("missing", ["webhook_id", "event_types"])
def test_update_needs_both(seam_http, missing):
    """An update without its webhook or without event types is refused."""
    webhook = seam_http.post("/webhooks/create", json={"url": URL}).json()["webhook"]
    params = {"webhook_id": webhook["webhook_id"], "event_types": []}
    del params[missing]

    answer = seam_http.put("/webhooks/update", json=params)

    assert (answer.status_code, answer.json()["error"]["message"]) == (400, f"{missing} is required")


def test_deleted_webhook_is_gone(seam):
    """A deleted webhook is found neither by its id nor in the list."""
    webhook = seam.webhooks.create(url=URL)

    seam.webhooks.delete(webhook_id=webhook.webhook_id)

    assert seam.webhooks.list() == []
    with seam_raises("webhook_not_found", status_code=404, match="webhook not found"):
        seam.webhooks.get(webhook_id=webhook.webhook_id)


@pytest.mark.parametrize(("action", "more"), [("get", {}), ("delete", {}), ("update", {"event_types": ["*"]})], ids=str)
def test_webhook_that_does_not_exist(seam, action, more):
    """Ids of webhooks are any text; one that names nothing is not found."""
    with seam_raises("webhook_not_found", status_code=404):
        getattr(seam.webhooks, action)(webhook_id="nothing", **more)


def test_reset_keeps_webhooks(seam, sandbox_device):
    """A reset takes the devices, not the webhooks."""
    webhook = seam.webhooks.create(url=URL)

    seam.workspaces.reset_sandbox()

    assert seam.devices.list() == []
    assert seam.webhooks.list() == [webhook]


def test_webhook_of_another_workspace_is_not_found(seam, production):
    """Webhooks of one workspace do not exist in another."""
    webhook = production.client.webhooks.create(url=URL)

    with seam_raises("webhook_not_found", status_code=404):
        seam.webhooks.get(webhook_id=webhook.webhook_id)
