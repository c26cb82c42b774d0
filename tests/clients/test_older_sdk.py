"""An older Python SDK, which posts everything through another HTTP library, in its own environment."""

import json

import pytest

pytestmark = pytest.mark.seam(world="house")


def test_older_sdk_lives_through_the_story(site, older_python, story_script):
    """An app with version 2.2.0 of the SDK unlocks, loses the lock and the phone, and reads the events."""
    site.assert_story(json.loads(site.run(older_python, "-W", "error", story_script)))

    assert {call.method for call in site.sandbox.requests} == {"POST"}
