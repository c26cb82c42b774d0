"""A served sandbox with one story that every client lives through, and the clients that have to be installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installing import CACHE, NPM_INSTALL, RETRIES, install, need_node, unavailable

HERE = Path(__file__).parent


class Site:
    """A served sandbox: the house with one phone, reachable by SEAM_ENDPOINT and SEAM_API_KEY of this process."""

    def __init__(self, sandbox, environ):
        self.sandbox = sandbox
        self.url, self.api_key = environ["SEAM_ENDPOINT"], environ["SEAM_API_KEY"]
        self.phone = sandbox.create_phone()

    def run(self, *command, **options):
        """What a client in a subprocess prints; its errors are shown when it fails."""
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def assert_story(self, told):
        """The client saw what it had to see, and the sandbox saw a client."""
        assert told == {
            "devices": ["BACK DOOR", "FRONT DOOR", "GARAGE"],
            "unlocked": "success",
            "online": False,
            "errors": ["device_disconnected"],
            "unlocked_offline": "device_disconnected",
            "phones": [],
            "lost_phone": "device_not_found",
            "events": ["device.disconnected", "phone.deactivated"],
        }
        self.sandbox.expect_event("phone.deactivated", device_id=self.phone.device_id, count=1)
        assert [call.path for call in self.sandbox.requests if call.status != 200] == ["/phones/get"]


@pytest.fixture
def site(seam_sandbox, seam_environ):
    return Site(seam_sandbox, seam_environ)


@pytest.fixture(scope="session")
def plain_story():
    """The story for clients without an SDK: `call(path, **params)` posts JSON and gives the JSON of the answer."""

    def tell(call):
        names = [device["display_name"] for device in call("/devices/list")["devices"]]
        door = call("/devices/get", name="FRONT DOOR")["device"]["device_id"]
        phone = call("/phones/list")["phones"][0]["device_id"]
        unlocked = call("/locks/unlock_door", device_id=door)["action_attempt"]
        call("/devices/simulate/disconnect", device_id=door)
        device = call("/devices/get", device_id=door)["device"]
        offline = call("/locks/unlock_door", device_id=door)["action_attempt"]
        call("/phones/deactivate", device_id=phone)
        kinds = ["device.disconnected", "phone.deactivated"]
        events = call("/events/list", since="2020-01-01T00:00:00.000Z", event_types=kinds)["events"]
        return {
            "devices": sorted(names),
            "unlocked": unlocked["status"],
            "online": device["properties"]["online"],
            "errors": [error["error_code"] for error in device["errors"]],
            "unlocked_offline": offline["error"]["type"],
            "phones": call("/phones/list")["phones"],
            "lost_phone": call("/phones/get", device_id=phone)["error"]["type"],
            "events": sorted(event["event_type"] for event in events),
        }

    return tell


@pytest.fixture(scope="session")
def story_script():
    """The story as a Python script for the SDK."""
    return str(HERE / "story.py")


@pytest.fixture(scope="session")
def javascript_story():
    """The story as a script for node."""
    return (HERE / "story.mjs").read_text()


@pytest.fixture(scope="session")
def curl():
    """The path of curl."""
    return shutil.which("curl") or unavailable("curl is not installed")


@pytest.fixture(scope="session")
def javascript_webhook():
    """A folder in which node finds Seam's own verifier of webhooks."""
    need_node()
    package = {"private": True, "dependencies": {"@seamapi/webhook": "1.5.0"}}
    return install("webhook", NPM_INSTALL, files={"package.json": package})


@pytest.fixture(scope="session")
def javascript_sdk():
    """A folder in which node finds the JavaScript SDK; its command line tool, which is large, is left out."""
    need_node()
    package = {
        "private": True,
        "dependencies": {"seam": "1.245.0"},
        "overrides": {"@seamapi/cli": "file:./no-cli"},
    }
    return install(
        "javascript",
        NPM_INSTALL,
        files={"package.json": package, "no-cli/package.json": {"name": "@seamapi/cli", "version": "0.0.0"}},
    )


@pytest.fixture(scope="session")
def older_sdk():
    """A folder with version 2.2.0 of the SDK, which posts everything through another HTTP library, and what it needs."""
    wanted = ["--target", str(CACHE / "seam-2.2.0"), "seam==2.2.0"]
    return install("seam-2.2.0", [sys.executable, "-m", "pip", "install", "--quiet", "--retries", RETRIES, *wanted])
