"""The settings of `seam-sandbox serve --fake-compat`. Light, so that mistakes are told before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine.errors import SandboxError, is_for_the_test
from ..engine.settings import Settings
from ..settings import read_settings

__tracebackhide__ = is_for_the_test
_FIXED = ("world", "api_key")


def fake_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings and the seed of a FakeServer, from settings as they are written; `seed` may be empty.

    As the fake does, action attempts are pending first, and ids of any form are looked up, unless the settings say
    otherwise. Raises SandboxError for what the fake's own seed fixes.
    """
    for name in _FIXED:
        if name in given:
            raise SandboxError(
                f"--fake-compat has a starting state and keys of its own, so --{name.replace('_', '-')} has no "
                "effect. Leave one of them out."
            )
    values = read_settings({name: value for name, value in given.items() if (name, value) != ("seed", "")})
    seed = values.pop("seed", 0)
    return {"seed": seed, "settings": Settings(**{"action_attempts": "poll", "strict_ids": False, **values})}
