"""The JavaScript SDK, through node in a subprocess."""

import json

import pytest

pytestmark = pytest.mark.seam(world="house")


def test_javascript_sdk_lives_through_the_story(site, javascript_sdk, javascript_story):
    """A JavaScript app that builds `new Seam()` from the environment unlocks, loses lock and phone, reads events."""
    site.assert_story(json.loads(site.run("node", "--input-type=module", input=javascript_story, cwd=javascript_sdk)))
