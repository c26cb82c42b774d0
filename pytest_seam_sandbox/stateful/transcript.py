"""The steps of a run: as sentences, and as a plain pytest test that repeats them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from textwrap import indent
from types import MappingProxyType
from typing import Any

from ..engine.errors import SandboxError, is_for_the_test
from ..outages.specs import OutageSpec
from ..strategies.fault_specs import FaultSpec
from ..strategies.hypothesis_internals import values_of
from .source import Source

__tracebackhide__ = is_for_the_test

_PUBLIC = "pytest_seam_sandbox.stateful"
_SHORT = MappingProxyType({OutageSpec: "OutageSpec", FaultSpec: "FaultSpec"})
"""Types that a printed test imports from where users do."""
_SINGLETONS = (bool, int, type(None))
"""Types whose values are shared by everybody, so that identity says nothing."""


@dataclass
class Step:
    """One call of a method of the machine.

    arguments: as they were given, lists and the like copied. sentence: what it means, with the arguments in braces;
    None for the call itself. is_shown: False for what a repetition does by itself. results: what it gave; gives_many:
    as several values for a bundle.
    """

    name: str
    arguments: Mapping[str, object]
    sentence: str | None
    number: int
    is_shown: bool = True
    results: tuple[object, ...] = ()
    gives_many: bool = False

    def expression(self, index: int) -> str:
        """How a later step names one of the results."""
        return f"step_{self.number}.values[{index}]" if self.gives_many else f"step_{self.number}"


class Drawn:
    """Stands in for Hypothesis's `data()` in a test that repeats a run: gives the values that were drawn, in order."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values
        self._given = 0

    def draw(self, strategy: Any = None, label: Any = None) -> Any:  # noqa: ARG002 - as Hypothesis's
        """The next value. Raises SandboxError when the run drew no more."""
        if self._given == len(self.values):
            raise SandboxError(
                f"this step draws more than the {len(self.values)} value(s) that it drew when it failed, so it does "
                "something else than then. Give Drawn() one value for each draw."
            )
        self._given += 1
        return self.values[self._given - 1]


class Recorded(Drawn):
    """Hypothesis's `data()`, which notes what it gives."""

    def __init__(self, data: Any, keep: Callable[[object], object]) -> None:
        super().__init__([])
        self._data = data
        self._keep = keep

    def draw(self, strategy: Any = None, label: Any = None) -> Any:
        """Draw from a strategy, like Hypothesis's."""
        value = self._data.draw(strategy, label)
        self.values.append(self._keep(value))
        return value


@dataclass(frozen=True)
class Name:
    """What to call a value. The value is kept, so that its identity stays its own."""

    value: object
    expression: str
    label: str
    step: Step | None = None


@dataclass
class Transcript:
    """What happened in one run, with names for the values that steps got and gave."""

    steps: list[Step] = field(default_factory=list)
    _names: dict[int, Name] = field(default_factory=dict)

    def name(self, value: object, expression: str, label: str) -> None:
        """Write a value as this expression from now on, and as this label where people read it."""
        self._names[id(value)] = Name(value, expression, label)

    def begin(self, name: str, arguments: Mapping[str, object], sentence: str | None, *, is_shown: bool = True) -> Step:
        """Add a step that is about to happen. sentence: as Step has it."""
        kept = {key: self.keep(value) for key, value in arguments.items()}
        step = Step(name, kept, sentence, len(self.shown()) + 1, is_shown)
        self.steps.append(step)
        return step

    def end(self, step: Step, result: object) -> None:
        """Note what a step gave, for later steps that use it."""
        step.results, step.gives_many = results_of(result)
        for index, value in enumerate(step.results):
            if type(value) not in _SINGLETONS:
                name = Name(value, step.expression(index), f"the result of step {step.number}", step)
                self._names.setdefault(id(value), name)

    def keep(self, value: object) -> object:
        """A value as it is now: what has no name and is a container is copied, since the app may change it later."""
        if id(value) in self._names:
            return value
        if type(value) is list:
            return [self.keep(member) for member in value]
        if type(value) is dict:
            return {key: self.keep(member) for key, member in value.items()}
        return set(value) if type(value) is set else value

    def instead_of(self, other: Transcript) -> dict[int, object]:
        """For what another transcript of the same machine names, by identity: what has that name here."""
        mine = {name.expression: name.value for name in self.names() if name.step is None}
        theirs = [name for name in other.names() if name.step is None]
        return {id(name.value): mine[name.expression] for name in theirs if name.expression in mine}

    def step_of(self, value: object) -> Step | None:
        """The step that gave this value."""
        name = self._names.get(id(value))
        return None if name is None else name.step

    def names(self) -> Collection[Name]:
        """All names for values."""
        return self._names.values()

    def shown(self) -> list[Step]:
        """The steps that people read, and that a test has to repeat."""
        return [step for step in self.steps if step.is_shown]

    def _label(self, value: object) -> str:
        """A value for people."""
        name = self._names.get(id(value))
        if name is not None:
            return name.label
        if isinstance(value, Drawn):
            return f"drawn: {', '.join(map(self._label, value.values)) or 'nothing'}"
        return f"[{', '.join(map(self._label, value))}]" if isinstance(value, list) else repr(value)

    def in_words(self) -> str:
        """The steps for people, one a line."""
        sentences = [self.sentence_of(step) for step in self.shown()]
        return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1)) or "nothing yet"

    def sentence_of(self, step: Step) -> str:
        """A step for people."""
        if step.sentence is not None:
            return step.sentence.format(**step.arguments)
        given = ", ".join(f"{key}={self._label(value)}" for key, value in step.arguments.items())
        return f"{step.name}({given})"

    def as_test(self, machine: type) -> str:
        """A pytest test that repeats the steps; Hypothesis chooses nothing in it."""
        source = _Writer(self._names)
        calls = [(step, source.call(step)) for step in self.shown()]
        lines = [f"step_{step.number} = {call}" if id(step) in source.used else call for step, call in calls]
        source.needs(machine.__module__, machine.__qualname__.partition(".")[0])
        return "\n".join(
            [
                *source.imports,
                "",
                "",
                f"def test_{machine.__name__.lower()}_again():",
                f"    with {machine.__qualname__}.again() as machine:",
                indent("\n".join(lines or ["pass"]), " " * 8),
            ]
        )


class _Writer(Source):
    """Writes calls of a machine. used: the steps whose results are named, by identity."""

    def __init__(self, names: Mapping[int, Name]) -> None:
        super().__init__(self._expression)
        self._names = names
        self.used: set[int] = set()

    def _expression(self, value: object) -> str | None:
        name = self._names.get(id(value))
        if name is None:
            return None
        self.used.add(id(name.step))
        return name.expression

    def call(self, step: Step) -> str:
        """A step as a line of Python."""
        return f"machine.{step.name}({', '.join(f'{name}={self.of(value)}' for name, value in step.arguments.items())})"

    def of(self, value: object) -> str:
        """An expression for a value; those that a printed test can import from a public place come from there."""
        if isinstance(value, Drawn):
            self.needs(_PUBLIC, "Drawn")
            return f"Drawn({super().of(value.values)})"
        if type(value) in _SHORT:
            self.needs(_PUBLIC, _SHORT[type(value)])
            if isinstance(value, OutageSpec) and value.is_added:
                self.of_type(value.outage_type)
            return repr(value)
        return super().of(value)


def results_of(result: object) -> tuple[tuple[object, ...], bool]:
    """What a method gave, and whether that is several values for a bundle."""
    values = values_of(result)
    if values is not None:
        return values, True
    return () if result is None else (result,), False


def failure_note(transcript: Transcript, machine: type, timeline: Any) -> str:
    """What a failing run says beside its exception."""
    return "\n\n".join(
        [
            f"What happened in {machine.__name__}:\n{indent(transcript.in_words(), '  ')}",
            f"A test that repeats it:\n\n{indent(transcript.as_test(machine), '    ')}",
            f"Seam timeline:\n{indent(timeline, '  ')}",
        ]
    )
