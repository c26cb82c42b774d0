"""seam_environ: apps that build Seam() from the environment reach the sandbox through the server."""

import os

import pytest
from seam.seam import Seam


@pytest.fixture
def _crowded_environment(monkeypatch):
    monkeypatch.setenv("SEAM_PERSONAL_ACCESS_TOKEN", "seam_at1_of_the_developer")
    monkeypatch.setenv("SEAM_API_KEY", "seam_production_key")


@pytest.mark.usefixtures("_crowded_environment")
def test_an_app_that_builds_seam_from_the_environment(seam_environ, sandbox_device):
    """`Seam()` finds endpoint and key, whatever the developer's own environment holds."""
    with Seam() as client:
        assert client.devices.list()[0].device_id == sandbox_device.device_id
    assert os.environ["SEAM_API_KEY"] == seam_environ["SEAM_API_KEY"]
    assert "SEAM_PERSONAL_ACCESS_TOKEN" not in os.environ


def test_the_environment_is_restored(pytester):
    """After the test the variables are as they were."""
    pytester.makepyfile(
        """
        import os

        def test_inside(seam_environ):
            assert os.environ["SEAM_API_KEY"].startswith("seam_test")

        def test_after():
            assert os.environ.get("SEAM_API_KEY") == "mine"
            assert "SEAM_ENDPOINT" not in os.environ
        """
    )
    pytester._monkeypatch.setenv("SEAM_API_KEY", "mine")

    pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:schemathesis").assert_outcomes(passed=2)
