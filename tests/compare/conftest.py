"""Another server for comparisons: a sandbox whose answers a test can change."""

import json

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.compare.comparison import compare
from pytest_seam_sandbox.compare.servers import Remote
from pytest_seam_sandbox.engine.http import Request


class Other:
    """A sandbox as the other side. twists: functions by path, which get status and JSON of an answer and give others.

    calls: path, parameters and token of each request.
    """

    def __init__(self, **settings):
        self.sandbox = Sandbox(**{"action_attempts": "poll"} | settings)
        self.twists = {}
        self.calls = []

    def exchange(self, path, body, token):
        self.calls.append((path, json.loads(body), token))
        headers = {"authorization": f"Bearer {token or self.sandbox.api_key}", "content-type": "application/json"}
        response = self.sandbox.embedded.app.handle(Request("POST", path, headers=headers, body=body))
        status, answer = response.status, response.body
        if path in self.twists:
            status, answer = self.twists[path](status, json.loads(answer))
            answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return status, answer

    def paths(self):
        return [path for path, _, _ in self.calls]

    def remote(self, **options):
        return Remote(self.exchange, **{"wait": 0.0} | options)

    def compare(self, *scenarios, **options):
        """What comes out for these scenarios."""
        return compare(scenarios, self.remote(**options))

    def told(self, *scenarios, **options):
        """The differences as texts."""
        return [str(one) for one in self.compare(*scenarios, **options).differences]


@pytest.fixture
def other():
    """A sandbox with a device of each kind, and an access system."""
    other = Other()
    for device_type in ("august_lock", "ecobee_thermostat", "noiseaware_activity_zone"):
        other.sandbox.create_device(device_type)
    other.sandbox.create_acs_system()
    return other


@pytest.fixture
def bare():
    """A sandbox with nothing in it."""
    return Other()
