"""Hypothesis has what is used of it beyond its documented interface; each test fails when one such thing changes."""

import hypothesis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pytest_seam_sandbox.strategies import hypothesis_internals as internals
from stateful.running import QUICK

SEARCH = settings(QUICK, max_examples=5)
NUMBERS = st.integers()


class Counter(RuleBasedStateMachine):
    """Has one of everything."""

    found = Bundle("found")

    def __init__(self):
        super().__init__()
        self.count = 0

    @initialize(target=found)
    def begin(self):
        return multiple(1, 2)

    @precondition(lambda self: self.count > 0)
    @rule(target=found, number=found)
    def add(self, number):
        self.count += number
        return number

    @rule()
    def count_one(self):
        self.count += 1

    @precondition(lambda self: self.count > 0)
    @invariant()
    def is_more(self):
        assert self.count > 0

    @invariant()
    def is_never_less(self):
        assert self.count >= 0


def test_strategies_of_a_test():
    """The strategies given to a test are found; any other function has none."""

    @given(number=NUMBERS)
    def prop(number):
        pass

    assert dict(internals.given_strategies(prop)) == {"number": NUMBERS}
    assert dict(internals.given_strategies(print)) == {}


def test_settings_of_a_test_are_those_with_which_it_runs():
    """They can be read and replaced, and the test runs with the new ones; any other function has none."""
    runs = []

    @settings(SEARCH, max_examples=1)
    @given(NUMBERS)
    def prop(number):
        runs.append(number)

    assert internals.settings_of(print) is None
    assert internals.settings_of(prop).max_examples == 1
    internals.use_settings(prop, settings(SEARCH, max_examples=3))
    prop()

    assert len(runs) == 3


def test_end_of_an_example():
    """What is to be called at the end of an example is called then, once for each."""
    order = []

    @settings(SEARCH, max_examples=2)
    @given(NUMBERS)
    def prop(number):
        internals.at_end_of_example(lambda: order.append("end"))
        order.append("body")

    prop()

    assert order == ["body", "end"] * 2


def test_final_run_is_the_one_that_raises():
    """The last of the failing runs is final, and nothing outside of a test is."""
    finals = []

    @settings(SEARCH)
    @given(NUMBERS)
    def prop(number):
        finals.append(internals.is_final())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        prop()

    assert finals[-1]
    assert not finals[0]
    assert not internals.is_final()


def test_rules_of_a_machine():
    """Each rule has its function, its targets and its bundles; so has each `initialize`."""
    rules = {found.function.__name__: found for found in internals.rules_of(Counter)}

    assert list(rules) == ["add", "count_one", "begin"]
    assert [bundle.name for bundle in rules["add"].bundles] == ["found"]
    assert [tuple(found.targets) for found in rules.values()] == [("found",), (), ("found",)]


def test_rule_of_a_method():
    """A method with `rule` or `initialize` has its rule, and any other has none."""
    assert internals.rule_of(Counter.add).function.__name__ == "add"
    assert internals.rule_of(Counter.begin).function.__name__ == "begin"
    assert internals.rule_of(Counter.is_more) is None


def test_preconditions_of_a_method():
    """A method can run when its preconditions hold, and always when it has none."""
    machine = Counter()

    assert not internals.can_run(machine, machine.add)
    assert internals.can_run(machine, machine.is_never_less)

    machine.count = 1
    assert internals.can_run(machine, machine.add)


def test_invariants_that_are_due():
    """Those whose preconditions hold, as functions of the machine."""
    machine = Counter()
    assert [function.__name__ for function in internals.due_invariants(machine)] == ["is_never_less"]

    machine.count = 1
    assert {function.__name__ for function in internals.due_invariants(machine)} == {"is_more", "is_never_less"}
    assert [function(machine) for function in internals.due_invariants(machine)] == [None, None]


def test_function_without_its_invariant():
    """The function that `invariant` has marked comes back as it was."""

    def holds(self):
        pass

    assert internals.without_invariant(invariant()(holds)) is holds
    assert internals.without_invariant(holds) is holds


def test_values_of_a_result():
    """What `multiple` has put together comes apart; a result that looks like it is one value."""
    lookalike = type("Lookalike", (), {"values": (1, 2)})()

    assert internals.values_of(multiple(1, 2)) == (1, 2)
    assert internals.values_of(multiple()) == ()
    assert internals.values_of(lookalike) is None
    assert internals.values_of(None) is None


def test_case_of_a_machine_can_be_changed():
    """The case is pytest's entry to the machine: it runs it with its settings, and a changed one stays when it is set."""
    machine = type("Mine", (Counter,), {"__module__": __name__})
    case = internals.case_of(machine)
    case.settings = SEARCH
    machine.TestCase = case

    assert machine.TestCase is case
    case("runTest").runTest()


def test_run_that_is_given_up():
    """An example that does not fit, and one that Hypothesis stops itself, end by one of these."""
    with pytest.raises(internals.GIVEN_UP):
        hypothesis.assume(False)
    with pytest.raises(internals.GIVEN_UP):
        raise hypothesis.errors.StopTest(1)


@pytest.mark.parametrize("has_group", [False, True], ids=["exception", "group"])
def test_listings_are_dropped(has_group):
    """Hypothesis's own list of the steps goes, and the notes before it stay."""

    class Wrong(Counter):
        @rule()
        def fail(self):
            error = ZeroDivisionError("wrong")
            error.add_note("mine")
            raise error

    with pytest.raises(ZeroDivisionError) as found:
        run_state_machine_as_test(Wrong, settings=SEARCH)
    error = found.value
    assert any("state.fail()" in note for note in error.__notes__)

    internals.drop_listings(ExceptionGroup("both", [error]) if has_group else error)

    assert error.__notes__[0] == "mine"
    assert not any("state" in note for note in error.__notes__)
