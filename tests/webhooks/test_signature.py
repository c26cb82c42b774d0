"""Signatures: those of Svix, accepted by every verifier of its format."""

import pytest
import standardwebhooks
import svix.webhooks
from seam import SeamWebhook, SeamWebhookVerificationError

from pytest_seam_sandbox.webhooks import signature

SVIX = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330)
EVENT = (
    b'{"event_id":"11111111-1111-4111-8111-111111111111","event_type":"device.connected",'
    b'"workspace_id":"22222222-2222-4222-8222-222222222222","created_at":"2025-01-01T00:00:00.000Z",'
    b'"occurred_at":"2025-01-01T00:00:00.000Z","device_id":"33333333-3333-4333-8333-333333333333",'
    b'"connected_account_id":"44444444-4444-4444-8444-444444444444"}'
)


@pytest.mark.parametrize(
    ("secret", "svix_id", "timestamp", "body", "expected"),
    [
        (*SVIX, b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        (
            "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
            "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
            1735689600,
            EVENT,
            "v1,ZKuFqG8hjwqxWODSXvGMXkb1zCKu+LtSrCT0OpqWnYk=",
        ),
    ],
    ids=["of Svix's documentation", "an event"],
)
def test_signature_of_known_messages(secret, svix_id, timestamp, body, expected):
    """The first is the example that Svix publishes."""
    assert signature.signature(secret, svix_id, timestamp, body) == expected


@pytest.fixture
def delivered(seam, seam_webhooks, sandbox_device):
    webhook = seam_webhooks.deliver_to(seam_webhooks.inbox, ["lock.locked"])
    seam.locks.lock_door(device_id=sandbox_device.device_id)
    (delivery,) = seam_webhooks.inbox
    return webhook.secret, delivery


def test_every_verifier_accepts_it(delivered):
    """The SDK, Svix and Standard Webhooks."""
    secret, delivery = delivered
    named = {name.replace("svix", "webhook"): value for name, value in delivery.headers.items()}

    assert SeamWebhook(secret).verify(delivery.body, delivery.headers).event_type == "lock.locked"
    assert svix.webhooks.Webhook(secret).verify(delivery.body, delivery.headers)["event_type"] == "lock.locked"
    assert standardwebhooks.Webhook(secret).verify(delivery.body, named)["event_type"] == "lock.locked"


@pytest.mark.parametrize("spoil", ["secret", "body", "id"])
def test_no_verifier_accepts_another(delivered, spoil):
    """Another secret, a body with one more blank, the id of another message."""
    secret, delivery = delivered
    secret = secret.replace("whsec_", "whsec_A")[:-1] if spoil == "secret" else secret
    body = delivery.body + b" " if spoil == "body" else delivery.body
    headers = {**delivery.headers, **({"svix-id": "msg_other"} if spoil == "id" else {})}

    with pytest.raises(SeamWebhookVerificationError):
        SeamWebhook(secret).verify(body, headers)


def test_message_id_has_the_form_of_svix():
    """`msg_` and 27 letters and digits; another event has another one."""
    first, second = signature.message_id("a"), signature.message_id("b")

    assert first.startswith("msg_")
    assert (len(first), first[4:].isalnum(), first == second) == (31, True, False)
