"""docs/extending.md: the package that it shows is the one of these tests, and its blocks run."""

import re
from pathlib import Path

from docs_pages import PAGES

BLOCKS = dict(re.findall(r'^```python title="(.*?)"\n(.*?)^```', PAGES["docs/extending.md"], re.MULTILINE | re.DOTALL))


FEW = """
from hypothesis import HealthCheck, settings

unhurried = {"deadline": None, "suppress_health_check": list(HealthCheck)}
settings.register_profile("few", max_examples=10, stateful_step_count=10, **unhurried)
settings.load_profile("few")
"""
"""What keeps the run short, and takes a busy machine for no failure."""


def test_page_shows_the_package():
    """What a reader copies is what is tested here."""
    assert BLOCKS["spa.py"] == Path(__file__).with_name("spa.py").read_text("utf-8")


def test_blocks_run(pytester):
    """All tests of the page pass with its conftest.py."""
    for name, block in BLOCKS.items():
        pytester.path.joinpath(name).write_text(block + FEW * (name == "conftest.py"), encoding="utf-8")

    result = pytester.runpytest_subprocess(
        "-W", "error", "-p", "no:randomly", "-p", "no:asyncio", "-p", "no:schemathesis"
    )

    result.assert_outcomes(passed=5)
