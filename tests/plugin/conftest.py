"""Runs of pytest inside a test."""

import pytest

WITHOUT = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:schemathesis", "--assert=plain")


@pytest.fixture
def in_process(pytester):
    """Run the project of `pytester` in this process."""

    def run(*arguments):
        return pytester.runpytest_inprocess(*WITHOUT, "-p", "no:unraisableexception", "-p", "no:asyncio", *arguments)

    return run


@pytest.fixture
def in_subprocess(pytester):
    """Run the project of `pytester` in a process of its own."""

    def run(*arguments):
        return pytester.runpytest_subprocess(*WITHOUT, *arguments)

    return run
