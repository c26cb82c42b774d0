"""Which timelines stand under a failure: those of the sandboxes that the test has made, by whatever way."""

import gc
import re
import threading
from contextvars import Context

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.strategies import event_payloads, sandboxes
from pytest_seam_sandbox.watch import Made, Watch

HEAD = """
import asyncio, pytest, unittest
from hypothesis import given, settings, strategies as st
from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.strategies import devices, events, sandboxes

def made(name):
    sandbox = Sandbox()
    sandbox.create_device(name=name)
    return sandbox
"""


@pytest.fixture
def sections(pytester, in_process):
    """Run tests; gives, for each that failed, the names of the locks in each section "Seam timeline"."""

    def run(text, *arguments, runs=in_process):
        pytester.makepyfile(HEAD + text)
        output = runs(*arguments).stdout.str()
        failures = re.split(r"^_{3,} (?:ERROR at \w+ of )?(\S+) _{3,}$", output, flags=re.MULTILINE)[1:]
        return {
            name: [
                sorted(set(re.findall("device_id=([A-Z]+)", section)))
                for section in re.split("-{3,} Seam timeline -{3,}", body)[1:]
            ]
            for name, body in zip(failures[::2], failures[1::2], strict=True)
        }

    return run


WAYS = """
def test_it():
    sandbox = made("A")
    assert 0
---
def test_it():
    with made("A") as sandbox:
        assert 0
---
def test_it():
    with made("A") as sandbox:
        sandbox.http().post("/thermostats/get", json={})
---
@pytest.fixture
def app():
    yield made("A")

def test_it(app):
    assert 0
---
@pytest.fixture
def app():
    sandbox = made("A")
    assert 0

def test_it(app):
    pass
---
@pytest.fixture
def app():
    yield
    sandbox = made("A")
    assert 0

def test_it(app):
    pass
---
def test_it(seam_sandbox):
    seam_sandbox.create_device(name="A")
    assert 0
---
async def run():
    sandbox = made("A")
    assert 0

def test_it():
    asyncio.run(run())
---
async def run():
    sandbox = await asyncio.to_thread(made, "A")
    assert 0

def test_it():
    asyncio.run(run())
---
class TestIt:
    def setup_method(self):
        self.sandbox = made("A")

    def test_it(self):
        assert 0
---
class TestIt(unittest.TestCase):
    def test_it(self):
        sandbox = made("A")
        self.fail()
---
@given(st.integers())
def test_it(number):
    with made("AB"[number < 100]) as sandbox:
        assert number < 100
---
@given(sandboxes(), st.integers())
def test_it(sandbox, number):
    sandbox.create_device(name="AB"[number < 100])
    assert number < 100
---
@given(sandboxes(), devices(), events())
def test_it(sandbox, device, event):
    sandbox.create_device(name="A")
    assert 0
"""


@pytest.mark.parametrize("text", WAYS.split("---"))
def test_failed_test_has_the_timeline_of_its_sandbox(sections, text):
    """Once, wherever the sandbox was made; of Hypothesis's examples it is the one that fails in the end."""
    (found,) = sections(text).values()

    assert [[name for name in names if name in "AB"] for names in found] == [["A"]]


def test_example_that_is_flaky_has_a_timeline(sections):
    """The newest of the examples counts when Hypothesis repeats none."""
    text = "done = []\n\n@given(st.just(1))\ndef test_it(number):\n    sandbox = made('A')\n    done.append(1)\n"

    assert sections(text + "    assert len(done) > 1") == {"test_it": [["A"]]}


def test_each_failure_of_one_property_has_its_timeline(sections):
    """Two bugs are two examples in the end."""
    text = (
        "@settings(database=None)\n@given(st.integers(0, 9))\ndef test_it(number):\n"
        "    sandbox = made('A' if number < 5 else 'B')\n"
        "    if number < 5:\n        raise ValueError\n    raise KeyError"
    )

    assert sorted(sections(text)["test_it"]) == [["A"], ["B"]]


def test_many_sandboxes(sections):
    """The newest three are shown, oldest first; that of the fixture always."""
    text = (
        "def test_it(seam_sandbox):\n    seam_sandbox.create_device(name='F')\n"
        "    kept = [made(name) for name in 'ABCDE']\n    assert 0"
    )

    assert sections(text) == {"test_it": [["F"], ["C"], ["D"], ["E"]]}


def test_shared_sandbox(sections):
    """That of a fixture of a wider scope stands under each failed test that has the fixture, and under no other."""
    text = (
        "@pytest.fixture(scope='module')\ndef app():\n    return made('A')\n\n"
        "@pytest.fixture\ndef user(app):\n    pass\n\n"
        "def test_one(app):\n    sandbox = made('B')\n    assert 0\n\n"
        "def test_two(user):\n    assert 0\n\n"
        "def test_three():\n    assert 0\n"
    )

    assert sections(text) == {"test_one": [["A"], ["B"]], "test_two": [["A"]], "test_three": []}


def test_other_tests_have_no_timeline(sections):
    """Neither passed and skipped ones nor those that follow."""
    text = (
        "kept = made('M')\n\n"
        "def test_passes():\n    kept.other = made('A')\n\n"
        "def test_skips():\n    kept.third = made('B')\n    pytest.skip('no')\n\n"
        "def test_fails():\n    assert 0\n"
    )

    assert sections(text, "-rA") == {"test_fails": []}


def test_story_of_a_machine_has_the_only_timeline(pytester, in_process):
    """It stands in the note of the exception."""
    pytester.makepyfile(
        """
        from pytest_seam_sandbox.stateful import SandboxMachine, rule

        class Machine(SandboxMachine):
            @rule()
            def fail(self):
                assert 0

        Test = Machine.TestCase
        """
    )

    assert in_process().stdout.str().count("Seam timeline") == 1


def test_workers_of_xdist_send_timelines(sections, in_subprocess):
    """The section is part of the report."""
    found = sections("def test_it():\n    sandbox = made('A')\n    assert 0", "-n", "1", runs=in_subprocess)

    assert found == {"test_it": [["A"]]}


def test_sandboxes_are_let_go():
    """None lives longer than its test holds it."""
    made = Made()
    kept = Sandbox()
    made.add(kept)
    made.add(Sandbox())
    gc.collect()

    assert made.newest(3) == [kept]

    del kept
    gc.collect()

    assert made.newest(3) == []


def test_sandboxes_outside_of_pytest_are_not_watched():
    """Programs that use a sandbox without pytest are left alone, and so are templates there."""
    assert Context().run(Sandbox).requests == []
    assert Context().run(event_payloads) is not None
    assert Context().run(sandboxes) is not None


def test_watches_nest():
    """A session of pytest inside a test has a watch of its own, and the outer one goes on afterwards."""
    outer, inner = Watch(), Watch()
    outer.made, inner.made = Made(), Made()
    outer.begin()
    inner.begin()
    first = Sandbox()
    inner.end()
    second = Sandbox()
    outer.end()
    third = Sandbox()

    assert (inner.made.newest(9), outer.made.newest(9)) == ([first], [second])
    assert third not in (first, second)


def test_thread_of_its_own_is_no_trouble():
    """A sandbox that such a thread makes works; it has no timeline."""
    found = []
    thread = threading.Thread(target=lambda: found.append(Sandbox()))
    thread.start()
    thread.join()

    assert found[0].client().devices.list() == []
