"""Signals: every reaction hears of what happens, in a fixed order."""

from pytest_seam_sandbox.engine.signals import Signal


def test_signal_without_reactions_is_silent():
    """Sending something that nobody reacts to is fine."""
    assert Signal().send("x") is None


def test_reactions_run_by_their_order_and_not_by_their_declaration():
    """It does not matter which module was imported first."""
    signal, heard = Signal(), []
    signal.reaction(order=2)(lambda word: heard.append(f"second {word}"))
    signal.reaction(order=1)(lambda word: heard.append(f"first {word}"))

    signal.send("x")

    assert heard == ["first x", "second x"]


def test_reactions_of_one_order_run_as_declared():
    """Within one order the declaration decides."""
    signal, heard = Signal(), []
    signal.reaction(order=1)(lambda: heard.append("a"))
    signal.reaction(order=1)(lambda: heard.append("b"))

    signal.send()

    assert heard == ["a", "b"]


def test_declaring_a_reaction_leaves_the_function_usable():
    """The decorator gives the function back."""
    signal = Signal()

    @signal.reaction(order=1)
    def react(word):
        return word

    assert react("x") == "x"
