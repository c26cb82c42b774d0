"""The steps of a run, told in the words of the domain, and as a plain pytest test that repeats them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import indent
from types import MappingProxyType
from typing import Any

_IMPORTS = MappingProxyType(
    {
        "datetime.": "import datetime",
        "Loss(": "from pytest_seam_sandbox.stateful import Loss",
        "PlannedFault(": "from pytest_seam_sandbox.stateful import PlannedFault",
    }
)


@dataclass
class Step:
    """One call of a method of the machine. is_told: False for what a repetition does by itself."""

    name: str
    arguments: dict[str, str]
    words: str
    number: int
    is_told: bool = True
    is_used: bool = False

    @property
    def code(self) -> str:
        """The call as a line of Python; its result has a name when a later step uses it."""
        call = f"machine.{self.name}({', '.join(f'{name}={value}' for name, value in self.arguments.items())})"
        return f"step_{self.number} = {call}" if self.is_used else call


@dataclass(frozen=True)
class _Name:
    """What to call a value. The value is kept, so that its identity stays its own."""

    value: object
    expression: str
    label: str
    step: Step | None = None


@dataclass
class Story:
    """What happened in one run, with names for the values that steps got and gave."""

    steps: list[Step] = field(default_factory=list)
    _names: dict[int, _Name] = field(default_factory=dict)

    def name(self, value: object, expression: str, label: str) -> None:
        """Write a value as this expression from now on, and as this label where people read it."""
        self._names[id(value)] = _Name(value, expression, label)

    def begin(self, name: str, arguments: Mapping[str, object], words: str | None, *, is_told: bool = True) -> Step:
        """Add a step that is about to happen. words: by default the call itself."""
        code = {key: self._code(value) for key, value in arguments.items()}
        told = ", ".join(f"{key}={self._label(value)}" for key, value in arguments.items())
        number = sum(earlier.is_told for earlier in self.steps) + 1
        step = Step(name, code, words or f"{name}({told})", number, is_told)
        self.steps.append(step)
        return step

    def end(self, step: Step, result: object) -> None:
        """Note what a step gave, for later steps that use it."""
        values = getattr(result, "values", None)
        if isinstance(values, tuple):
            for index, value in enumerate(values):
                self._result(value, f"step_{step.number}.values[{index}]", step)
        elif result is not None:
            self._result(result, f"step_{step.number}", step)

    def _result(self, value: object, expression: str, step: Step) -> None:
        self._names.setdefault(id(value), _Name(value, expression, f"the result of step {step.number}", step))

    def _code(self, value: object) -> str:
        name = self._names.get(id(value))
        if name is None:
            return f"[{', '.join(map(self._code, value))}]" if isinstance(value, list) else repr(value)
        if name.step is not None:
            name.step.is_used = True
        return name.expression

    def _label(self, value: object) -> str:
        name = self._names.get(id(value))
        if name is None:
            return f"[{', '.join(map(self._label, value))}]" if isinstance(value, list) else repr(value)
        return name.label

    def tell(self) -> str:
        """The steps for people, one a line."""
        told = [step.words for step in self.steps if step.is_told]
        return "\n".join(f"{number}. {words}" for number, words in enumerate(told, 1)) or "nothing yet"

    def as_test(self, machine: type) -> str:
        """A pytest test that repeats the steps; Hypothesis chooses nothing in it."""
        lines = [step.code for step in self.steps if step.is_told] or ["pass"]
        body = "\n".join(lines)
        imports = sorted({line for mark, line in _IMPORTS.items() if mark in body})
        return "\n".join(
            [
                *[line for line in imports if line.startswith("import ")],
                *[line for line in imports if line.startswith("from ")],
                f"from {machine.__module__} import {machine.__qualname__}",
                "",
                "",
                f"def test_{machine.__name__.lower()}_again():",
                f"    with {machine.__qualname__}.again() as machine:",
                indent(body, " " * 8),
            ]
        )


def failure_note(story: Story, machine: type, timeline: Any) -> str:
    """What a failing run says beside its exception."""
    return "\n\n".join(
        [
            f"What happened in {machine.__name__}:\n{indent(story.tell(), '  ')}",
            f"A test that repeats it:\n\n{indent(story.as_test(machine), '    ')}",
            f"Seam timeline:\n{indent(timeline, '  ')}",
        ]
    )
