"""The JavaScript SDK, through node in a subprocess."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs_pages import PAGES

SEED_SCRIPT = Path(__file__).with_name("fake_seed.mjs")

pytestmark = pytest.mark.seam(world="house")


def test_javascript_sdk_lives_through_the_story(site, javascript_sdk, javascript_story):
    """A JavaScript app that builds `new Seam()` from the environment unlocks, loses lock and phone, reads events."""
    site.assert_story(json.loads(site.run("node", "--input-type=module", input=javascript_story, cwd=javascript_sdk)))


def test_javascript_sdk_finds_the_seed_of_the_official_fake(javascript_sdk):
    """What the SDK's own tests do with the fake works with `serve --fake-compat`: keys, sessions, failing attempts."""
    serve = [sys.executable, "-m", "pytest_seam_sandbox", "serve", "--fake-compat", "--json"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = json.loads(server.stdout.readline())["url"]
            done = subprocess.run(
                ["node", "--input-type=module"],
                input=SEED_SCRIPT.read_text("utf-8"),
                cwd=javascript_sdk,
                env={**os.environ, "FAKE_ENDPOINT": url},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
        finally:
            server.terminate()

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "console": "seed_workspace_1",
        "workspaces": 1,
        "session": 4,
        "second": 0,
        "pending": "pending",
        "failure": {"name": "SeamActionAttemptFailedError", "code": "foo", "message": "Failed"},
        "unknown": {"status": 404, "code": "device_not_found", "requestId": True},
    }


def test_program_of_the_page_runs(site, javascript_sdk):
    """What docs/apps/javascript.md shows works as it stands, and prints what its comment says."""
    [program] = re.findall(r"^```js\n(.*?)^```", PAGES["docs/apps/javascript.md"], flags=re.MULTILINE | re.DOTALL)

    printed = site.run("node", "--input-type=module", input=program, cwd=javascript_sdk)

    assert printed.split() == re.findall(r"console.log.* // (.*)", program)


def test_every_javascript_block_is_run():
    """There is the one above, and one that tests/fake_compat/test_page.py runs."""
    assert {name for name, text in PAGES.items() if "```js\n" in text} == {"docs/apps/javascript.md", "docs/drop_in.md"}
