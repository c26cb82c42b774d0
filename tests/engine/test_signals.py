"""Signals: every module that a signal names reacts, in that order, whatever was imported before."""

import sys
from types import ModuleType

import pytest

from pytest_seam_sandbox.engine.signals import Signal

FIRST, SECOND = "signals_first", "signals_second"


@pytest.fixture
def react(monkeypatch):
    """Makes a function of a module, which is there from then on, that adds what it hears to a list."""

    def make(module, heard):
        def reaction(word):
            heard.append(f"{module} {word}")

        monkeypatch.setitem(sys.modules, module, ModuleType(module))
        reaction.__module__ = module
        return reaction

    return make


def test_signal_without_reactions_is_silent():
    """Sending something that nobody reacts to is fine."""
    assert Signal().send("x") is None


def test_reactions_run_in_the_order_that_the_signal_names(react):
    """It does not matter which module was imported first."""
    signal, heard = Signal((FIRST, SECOND)), []
    signal.reaction(react(SECOND, heard))
    signal.reaction(react(FIRST, heard))

    signal.send("x")

    assert heard == [f"{FIRST} x", f"{SECOND} x"]


def test_modules_that_react_are_imported_when_the_signal_is_sent(tmp_path, monkeypatch):
    """A family that nobody used yet reacts as well."""
    package = tmp_path / "signals_package"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from pytest_seam_sandbox.engine.signals import Signal\nsignal = Signal(('signals_package.late',))\n"
    )
    (package / "late.py").write_text(
        "from . import signal\n@signal.reaction\ndef react(heard):\n    heard.append('late')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    from signals_package import signal

    heard = []
    signal.send(heard)
    signal.send(heard)

    assert heard == ["late", "late"]


def test_declaring_a_reaction_leaves_the_function_usable(react):
    """The decorator gives the function back."""
    heard = []
    reaction = Signal((FIRST,)).reaction(react(FIRST, heard))

    reaction("x")

    assert heard == [f"{FIRST} x"]


def test_reaction_of_a_module_that_the_signal_does_not_name_is_refused(react):
    """It would run or not, as the module happens to be imported; the message says what to do."""
    with pytest.raises(LookupError, match=f"does not name the module {SECOND}; name it there.*It names: {FIRST}"):
        Signal((FIRST,)).reaction(react(SECOND, []))


def test_second_reaction_of_a_module_is_refused(react):
    """Which of the two comes first would hang on the order of lines."""
    signal = Signal((FIRST,))
    signal.reaction(react(FIRST, []))

    other = react(FIRST, [])
    other.__qualname__ = "another"
    with pytest.raises(LookupError, match="of the same module reacts already"):
        signal.reaction(other)


def test_module_that_is_named_and_does_not_react_is_refused(react):
    """A name that was left in the declaration is told when the signal is sent."""
    signal = Signal((FIRST, SECOND))
    signal.reaction(react(FIRST, []))
    react(SECOND, [])

    with pytest.raises(LookupError, match=f"^{SECOND} shall react to a signal"):
        signal.send("x")


def test_module_that_is_imported_once_more_reacts_once(react):
    """pytest forgets the modules that a run inside a test has imported; the signal keeps what it knows of them."""
    signal, heard = Signal((FIRST,)), []
    signal.reaction(react(FIRST, []))
    signal.reaction(react(FIRST, heard))

    signal.send("x")

    assert heard == [f"{FIRST} x"]
