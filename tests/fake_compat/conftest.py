"""The stand-in for the official fake, served in this process and as a command."""

import json
import subprocess
import sys
from functools import partial
from itertools import count

import httpx
import pytest

from pytest_seam_sandbox.fake_compat.options import fake_options
from pytest_seam_sandbox.fake_compat.routes import control
from pytest_seam_sandbox.fake_compat.server import FakeServer
from pytest_seam_sandbox.transports.server import Listener

MODULE = [sys.executable, "-m", "pytest_seam_sandbox"]


class Fake:
    """A served fake. Calls are made with the first workspace's key unless another is given."""

    def __init__(self, url):
        self.url = url
        self.http = httpx.Client(base_url=url)

    def send(self, path, body=None, *, key="seam_apikey1_token", method=None, **headers):
        """GET a path, or POST a body to it; the response."""
        sent = {"authorization": f"Bearer {key}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.http.request(method or ("GET" if body is None else "POST"), path, json=body, headers=sent)

    def call(self, path, body=None, **options):
        """The JSON of an answer that has to be 200."""
        response = self.send(path, body, **options)
        assert response.status_code == 200, response.text
        return response.json()

    def unlock(self):
        """A new action attempt on the first lock, pending."""
        attempt = self.call("/locks/unlock_door", {"device_id": "august_device_1"})["action_attempt"]
        assert attempt["status"] == "pending"
        return attempt

    def attempt(self, attempt_id):
        """An action attempt as it is now."""
        return self.call("/action_attempts/get", {"action_attempt_id": attempt_id})["action_attempt"]

    def update(self, attempt, **changes):
        """Set the status of an action attempt."""
        self.call("/_fake/update_action_attempt", {"action_attempt_id": attempt["action_attempt_id"], **changes})


@pytest.fixture
def start():
    """Serves a fake with settings, in this process."""
    open_blocks = []

    def serve(**settings):
        numbers = count(1)
        server = FakeServer(**fake_options(settings), new_id=lambda: f"request{next(numbers)}")
        ways = {
            "control": partial(control, server),
            "control_paths": ("/_sandbox/", "/_fake/"),
            "handle": server.handle,
        }
        block = Listener(**ways).serving(server.backend.app)
        fake = Fake(block.__enter__())
        open_blocks.append((fake, block))
        return fake

    yield serve
    for fake, block in open_blocks:
        fake.http.close()
        block.__exit__(None, None, None)


@pytest.fixture
def fake(start):
    return start()


@pytest.fixture
def run():
    """Runs a command that serves, with `--json`; the process and its ready line."""
    started = []

    def start(*options, command=(*MODULE, "serve", "--fake-compat"), **environ):
        process = subprocess.Popen(
            [*command, "--json", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **environ
        )
        started.append(process)
        line = process.stdout.readline()
        assert line, process.stderr.read()
        return process, json.loads(line)

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=30)
