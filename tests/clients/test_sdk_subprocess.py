"""The present Python SDK in an app of its own process."""

import json
import sys

import pytest

pytestmark = pytest.mark.seam(world="house")


def test_sdk_in_a_subprocess_lives_through_the_story(site, story_script):
    """An app that builds `Seam()` from SEAM_ENDPOINT and SEAM_API_KEY unlocks, loses lock and phone, reads events."""
    site.assert_story(json.loads(site.run(sys.executable, "-W", "error", story_script)))

    assert {call.method for call in site.sandbox.requests} == {"GET", "POST", "DELETE"}
