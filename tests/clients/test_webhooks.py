"""Webhooks as a JavaScript app gets them: verified by Seam's own package, through node in a subprocess."""

import json
import os
import subprocess

SCRIPT = """
import { SeamWebhook } from "@seamapi/webhook"

const { secret, deliveries } = JSON.parse(process.env.GIVEN)
const verifier = new SeamWebhook(secret)
const told = deliveries.map(({ headers, body }) => {
  try {
    return verifier.verify(body, headers).event_type
  } catch (error) {
    return error.constructor.name
  }
})
console.log(JSON.stringify(told))
"""


def test_javascript_package_verifies_what_is_right_and_refuses_the_rest(
    javascript_webhook, seam_sandbox, seam_webhooks, sandbox_device
):
    """A rotated secret too; a forgery, a replay and half a body are errors."""
    webhook = seam_webhooks.deliver_to(seam_webhooks.inbox, ["lock.locked"])
    lock = seam_sandbox.client().locks.lock_door
    lock(device_id=sandbox_device.device_id)
    for spoil in ("wrong_secret", "stale_timestamp", "partial_body", "rotate_secret"):
        getattr(seam_webhooks, spoil)()
        lock(device_id=sandbox_device.device_id)
    given = {
        "secret": webhook.secret,
        "deliveries": [
            {"headers": dict(delivery.headers), "body": delivery.body.decode()} for delivery in seam_webhooks.inbox
        ],
    }

    done = subprocess.run(
        ["node", "--input-type=module"],
        input=SCRIPT,
        env={**os.environ, "GIVEN": json.dumps(given)},
        cwd=javascript_webhook,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    refused = "WebhookVerificationError"
    assert done.stderr == ""
    assert json.loads(done.stdout) == ["lock.locked", refused, refused, refused, "lock.locked"]
