"""Action attempts that fail with an error of the test's own."""

from __future__ import annotations

from typing import Any

from ..api.action_attempts import ActionAttempt
from ..backends.base import SandboxPart
from ..backends.lookup import id_of
from ..engine.errors import is_for_the_test
from ..engine.types import NonEmptyText, Text
from .arguments import checked

__tracebackhide__ = is_for_the_test


class Attempts(SandboxPart):
    """The method of a sandbox that ends an action attempt."""

    def fail_action_attempt(self, action_attempt: Any, error_type: str, message: str) -> ActionAttempt:
        """Let a pending action attempt fail, with its event; what it was to do is not done; embedded only.

        action_attempt: our model, the SDK's object, a JSON object or an id. error_type, message: what the program reads
        as `error`, such as "device_disconnected". Gives the attempt.
        For a sandbox with action_attempts="poll" or seconds: in others no attempt is pending. Raises UnknownId, and
        SandboxError for an attempt that has ended.
        """
        attempt_id = id_of(action_attempt, "action_attempt_id")
        checked("fail_action_attempt", _of_a_failure, error_type=error_type, message=message)
        failed = self._backend.provision.fail_action_attempt(attempt_id, error_type, message)
        return ActionAttempt.model_validate(failed)


def _of_a_failure(*, error_type: NonEmptyText, message: Text) -> None: ...
