"""A real Chromium without a window, for the pages that people see. Skipped where it is missing; a CI server has it.

A test that asks for `page` runs in a thread of its own kind: Playwright's sync API holds an event loop open in the
thread that started it, and no asyncio code could run there. Fixtures run in the main thread, as ever.
"""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


def _missing(what):
    text = f"{what}: `pip install playwright` and `apt-get install chromium` bring what the browser tests need."
    if os.environ.get("CI"):
        pytest.fail(f"{text} CI is set, so they must not be left out.", pytrace=False)
    pytest.skip(text)


@pytest.fixture(scope="session")
def chromium():
    """The path of the browser."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or _missing(f"there is none of {', '.join(NAMES)} in PATH")


@pytest.fixture(scope="session")
def browser_thread():
    """Where all calls of Playwright are made."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="browser") as thread:
        yield thread


@pytest.fixture(scope="session")
def browser(chromium, browser_thread):
    """One browser for all tests of the session."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("playwright is not installed")
    playwright = browser_thread.submit(sync_playwright().start).result()
    options = {"executable_path": chromium, "args": ["--no-sandbox"]}
    launched = browser_thread.submit(playwright.chromium.launch, **options).result()
    yield launched
    browser_thread.submit(launched.close).result()
    browser_thread.submit(playwright.stop).result()


@pytest.fixture
def page(browser, browser_thread):
    """An empty tab of 1280 by 800 points in a profile of its own; what goes wrong in the page's scripts fails the test."""
    wrong = []

    def opened():
        tab = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
        tab.set_default_timeout(30_000)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        return tab

    tab = browser_thread.submit(opened).result()
    yield tab
    browser_thread.submit(tab.context.close).result()
    assert wrong == []


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run a test with `page` where the browser is."""
    if "page" not in pyfuncitem.funcargs:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    thread = pyfuncitem._request.getfixturevalue("browser_thread")
    thread.submit(copy_context().run, pyfuncitem.obj, **arguments).result()
    return True
