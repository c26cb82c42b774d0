"""For the project's own suite only: pytester may be asked for in the root conftest alone."""

import asyncio
import os

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

if "HYPOTHESIS_PROFILE" in os.environ:  # .ci/run looks at the same examples each time, with or without CI
    settings.load_profile(os.environ["HYPOTHESIS_PROFILE"])


@pytest.fixture(scope="session", autouse=True)
def _event_loop_of_the_main_thread():
    """There is one, and it is closed: older versions of pytest-asyncio make one where there is none, and leave it open.

    When it is collected, the warnings about it and its sockets would fail whatever test is running.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
