"""The browser of these tests: a test with a page and asyncio code get along in one session."""

import asyncio
import threading


def test_page_shows_what_it_is_given(page):
    """A test with a page runs beside the main thread."""
    page.set_content("<h1>front door</h1>")

    assert page.inner_text("h1") == "front door"
    assert threading.current_thread() is not threading.main_thread()


def test_event_loops_run_in_the_main_thread(browser):
    """Where a browser is open, other tests can run event loops as ever."""
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
