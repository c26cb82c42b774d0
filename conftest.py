"""For the project's own suite only: pytester may be asked for in the root conftest alone."""

import asyncio
import os

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

settings.register_profile("busy", deadline=None)  # a test is not wrong because other programs take the processor
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if "CI" in os.environ else "busy"))


@pytest.fixture(scope="session", autouse=True)
def _event_loop_of_the_main_thread():
    """There is one, and it is closed: older versions of pytest-asyncio make one where there is none, and leave it open.

    When it is collected, the warnings about it and its sockets would fail whatever test is running.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
