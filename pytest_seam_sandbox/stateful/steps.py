"""A state machine that notes its steps, checks after each of them, and can repeat them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Self

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from .. import watch
from ..backends.raised import note_raised
from ..engine.errors import SandboxError, is_for_the_test
from ..report.picture import picture_of
from ..report.timeline import render_timeline
from ..strategies.hypothesis_internals import GIVEN_UP, due_invariants, is_final
from .decorators import is_own, sentence_of
from .invariants import Invariants
from .shortest import shortest
from .transcript import Recorded, Transcript, failure_note

if TYPE_CHECKING:
    from ..report.failures import Failure
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test


class StepMachine(RuleBasedStateMachine):
    """What a machine does around its steps. A subclass says what the steps are, and how a run begins and ends.

    has_failed: whether this run has failed. transcript: its steps so far. failure: what broke it.
    """

    sandbox: Sandbox

    def __init__(self) -> None:
        super().__init__()
        self.has_failed = False
        self._transcript = Transcript()
        self._outer_exception = sys.exception()  # another one in the end means that the run has been given up
        self._depth = 0
        self._repeats = False
        self._notes_steps = is_final()
        self.failure: Failure | None = None
        self._begin()
        self._seam_invariants = Invariants(self.sandbox)
        self.call_function(type(self).start)

    @property
    def transcript(self) -> Transcript:
        """The steps of this run."""
        return self._transcript

    def start(self) -> Any:
        """Build the app under test; `self.sandbox` is there, with all devices and phones."""

    def stop(self) -> Any:
        """Let go of what `start` opened."""

    def _begin(self) -> None:
        """Make the sandbox."""
        raise NotImplementedError

    def quiesce(self) -> None:
        """Bring everything to its end, and check what has to hold then."""
        raise NotImplementedError

    def _end(self) -> None:
        """Let go of the sandbox."""
        self.sandbox.close()

    # how steps are made

    def call_function(self, function: Callable[..., Any], **arguments: Any) -> Any:
        """Call a function of the class."""
        if iscoroutinefunction(function):
            raise SandboxError(
                f"{function.__qualname__} is an async function, and {type(self).__name__} is a SandboxMachine. "
                "Make it an AsyncSandboxMachine."
            )
        return function(self, **arguments)

    def perform_step(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """One step: noted, done, and checked when nobody else does. What a step calls is no step of its own."""
        if self._depth:
            return self.call_function(function, **arguments)
        sentence = sentence_of(function)
        arguments = {name: self._recorded(value) for name, value in arguments.items()}
        is_shown = sentence is not None or not is_own(function)
        step = self._transcript.begin(function.__name__, arguments, sentence, is_shown=is_shown)
        if is_shown and (self._repeats or self._notes_steps):
            self.sandbox.backend.note("step", f"{step.number}. {self._transcript.sentence_of(step)}")
        self._depth += 1
        try:
            result = self.call_function(function, **arguments)
            if self._repeats:
                self.check()
        except BaseException as error:
            self._fail(error)
            raise
        finally:
            self._depth -= 1
        self._transcript.end(step, result)
        return result

    def _recorded(self, value: Any) -> Any:
        """Hypothesis's `data()` in a form that notes what is drawn; anything else as it is."""
        return Recorded(value, self._transcript.keep) if isinstance(value, st.DataObject) else value

    def _fail(self, error: BaseException) -> None:
        """Note what happened, in the run that Hypothesis reports."""
        if self.has_failed or isinstance(error, GIVEN_UP):
            return
        self.has_failed = True
        self.failure = note_raised(self.sandbox.backend, error)
        if not self._repeats and is_final():
            shown = shortest(type(self).again, self._transcript, error) or self
            watch.show(lambda: _picture_of(shown))
            error.add_note(failure_note(shown.transcript, type(self), _timeline_of(shown)))

    # checks

    def check(self) -> None:
        """Seam's invariants, then all invariants of the class."""
        self._seam_invariants.check()
        for function in due_invariants(self):
            function(self)

    def check_invariants(self, *args: Any, **kwargs: Any) -> None:
        """Called by Hypothesis after each step."""
        try:
            self._seam_invariants.check()
            super().check_invariants(*args, **kwargs)
        except BaseException as error:
            self._fail(error)
            raise

    @classmethod
    @contextmanager
    def again(cls) -> Iterator[Self]:
        """A machine for a test that repeats a run: each step is followed by all checks, the end by `quiesce`."""
        machine = cls()
        machine._repeats = True
        try:
            machine.check()
            yield machine
        except BaseException as error:
            machine._fail(error)
            machine.has_failed = True
            raise
        finally:
            machine.teardown()

    def teardown(self) -> None:
        """Called by Hypothesis after each run: `quiesce` unless the run failed or was given up, then `stop`."""
        try:
            if not self.has_failed and sys.exception() is self._outer_exception:
                self.quiesce()
        finally:
            self.call_function(type(self).stop)
            self._end()


def _timeline_of(machine: StepMachine) -> str:
    """What happened in a failed run, with the step that broke."""
    backend = machine.sandbox.backend
    return render_timeline(backend.history(), name_of=backend.names(), failure=machine.failure)


def _picture_of(machine: StepMachine) -> dict[str, Any]:
    """A failed run, for the report page."""
    name = type(machine).__name__
    picture = picture_of(machine.sandbox.backend, f"{name}: the shortest run that fails", machine.failure)
    return picture | {"steps": [machine.transcript.sentence_of(step) for step in machine.transcript.shown()]}
