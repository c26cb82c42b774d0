"""Signals: every reaction hears of what happens, in a fixed order."""

import pytest

from pytest_seam_sandbox.engine.signals import Signal


def rank(module):
    """The rank of a module in these tests: the number that is its name."""
    return int(module.partition(".")[0])


def reacting(module, heard):
    """A reaction that belongs to a module of this name, and notes that it ran."""

    def react(word):
        heard.append(f"{module} {word}")

    react.__module__ = module
    return react


def test_signal_without_reactions_is_silent():
    """Sending something that nobody reacts to is fine."""
    assert Signal(rank).send("x") is None


@pytest.mark.parametrize(("highest_first", "order"), [(False, ["1 x", "2 x", "10 x"]), (True, ["10 x", "2 x", "1 x"])])
def test_reactions_run_by_the_rank_of_their_modules_and_not_by_their_declaration(highest_first, order):
    """It does not matter which module was imported first."""
    signal, heard = Signal(rank, highest_first=highest_first), []
    for module in ("2", "10", "1"):
        signal.reaction(reacting(module, heard))

    signal.send("x")

    assert heard == order


def test_reactions_of_one_rank_run_by_the_names_of_their_modules():
    """The modules of one family may be imported in any order too."""
    signal, heard = Signal(rank), []
    signal.reaction(reacting("1.b", heard))
    signal.reaction(reacting("1.a", heard))

    signal.send("x")

    assert heard == ["1.a x", "1.b x"]


def test_reactions_of_one_module_run_as_declared():
    """Within one module the declaration decides."""
    signal, heard = Signal(lambda _module: 1), []
    signal.reaction(lambda word: heard.append(f"a {word}"))
    signal.reaction(lambda word: heard.append(f"b {word}"))

    signal.send("x")

    assert heard == ["a x", "b x"]


def test_declaring_a_reaction_leaves_the_function_usable():
    """The decorator gives the function back."""
    signal = Signal(lambda _module: 1)

    @signal.reaction
    def react(word):
        return word

    assert react("x") == "x"
