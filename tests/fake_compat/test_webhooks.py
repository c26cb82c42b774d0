"""Webhooks of the stand-in: where the official fake keeps them and sends nothing, it delivers as Seam does."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from seam import SeamWebhook

from pytest_seam_sandbox import cli


@pytest.fixture
def app():
    """A server on this machine that keeps bodies and headers of what it is sent; its URL is `url`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.came.append((self.rfile.read(int(self.headers["content-length"])), dict(self.headers)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.came, server.url = [], f"http://127.0.0.1:{server.server_port}/hooks"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def verified(app, webhook):
    """The types of the events that came, each checked with the secret of the webhook."""
    verify = SeamWebhook(webhook["secret"]).verify
    return [verify(body.decode(), headers).event_type for body, headers in app.came]


@pytest.mark.parametrize("key", ["seam_apikey1_token", "seam_at1_longtoken"])
def test_events_go_to_a_webhook_that_the_app_has_made(fake, app, key):
    """Signed, when the call that caused them has been answered."""
    scope = {"seam_workspace": "seed_workspace_1"} if key.startswith("seam_at") else {}
    made = fake.call("/webhooks/create", {"url": app.url, "event_types": ["device.disconnected"]}, key=key, **scope)

    fake.call("/devices/simulate/disconnect", {"device_id": "august_device_1"})

    assert verified(app, made["webhook"]) == ["device.disconnected"]


def test_events_of_the_other_workspace_stay_there(fake, app):
    """A webhook of the second workspace hears of nothing in the first."""
    fake.call("/webhooks/create", {"url": app.url}, key="seam_apikey2_token")

    fake.call("/devices/simulate/disconnect", {"device_id": "august_device_1"})

    assert app.came == []


def test_webhook_that_leads_elsewhere_is_kept_and_sent_nothing(fake):
    """Calls are answered as before: suites of the fake make webhooks at addresses that are not there."""
    made = fake.call("/webhooks/create", {"url": "https://example.com/webhooks"})["webhook"]

    fake.call("/devices/simulate/disconnect", {"device_id": "august_device_1"})

    assert fake.call("/webhooks/list")["webhooks"] == [made]
    assert "'https://example.com/webhooks'" in fake.call("/_sandbox/check", {})["problem"]


def test_control_routes_for_webhooks_are_there(fake):
    """As without the flag."""
    fake.call("/_sandbox/webhooks/deliver_to", {"event_types": ["device.disconnected"]})

    fake.call("/devices/simulate/disconnect", {"device_id": "august_device_1"})

    [delivery] = fake.call("/_sandbox/webhooks/deliveries", {})["deliveries"]
    assert delivery["event"]["device_id"] == "august_device_1"


def test_webhook_url_is_taken(run, app):
    """The option makes a webhook of the first workspace, and its secret is told."""
    _, ready = run("--webhook-url", app.url)

    assert ready["webhooks"][0]["url"] == app.url
    assert ready["webhooks"][0]["secret"].startswith("whsec_")


def test_webhook_url_elsewhere_is_refused(capsys):
    """Nothing leaves this machine."""
    assert cli.main(["serve", "--fake-compat", "--webhook-url", "https://app.example/hooks"]) == 2
    assert "nothing leaves this machine" in capsys.readouterr().err
