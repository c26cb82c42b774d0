"""An older Python SDK, which posts everything through another HTTP library, without the packages of this environment."""

import json
import os
import sys

import pytest

pytestmark = pytest.mark.seam(world="house")


def test_older_sdk_lives_through_the_story(site, older_sdk, story_script):
    """An app with version 2.2.0 of the SDK unlocks, loses the lock and the phone, and reads the events."""
    environ = {**os.environ, "PYTHONPATH": str(older_sdk)}

    site.assert_story(json.loads(site.run(sys.executable, "-S", "-W", "error", story_script, env=environ)))

    assert {call.method for call in site.sandbox.requests} == {"POST"}
