"""Runs of pytest inside a test."""

import pytest

from pytest_seam_sandbox import Sandbox

WITHOUT = ("-p", "no:randomly", "-p", "no:cacheprovider", "--assert=plain")

with Sandbox(world="house") as _sandbox:
    _sandbox.client().devices.list()  # what is imported by now is not imported again by every inner run


@pytest.fixture
def in_process(pytester, monkeypatch):
    """Run the project of `pytester` in this process, without the settings of the outer run."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def run(*arguments):
        return pytester.runpytest_inprocess(*WITHOUT, "-p", "no:unraisableexception", "-p", "no:asyncio", *arguments)

    return run


@pytest.fixture
def in_subprocess(pytester, monkeypatch):
    """Run the project of `pytester` in a process of its own, without the settings of the outer run."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def run(*arguments):
        return pytester.runpytest_subprocess(*WITHOUT, *arguments)

    return run
