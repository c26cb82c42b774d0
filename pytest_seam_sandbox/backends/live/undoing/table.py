"""How each write of Seam's API is undone in a live workspace: one row for each path."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .access_rows import ACCESS_CODES, ACCESS_GRANTS, ACS
from .device_rows import DEVICES
from .people_rows import ACCOUNTS, PEOPLE, SPACES
from .rules import Lost, Rule

UNDO: Mapping[str, Rule] = MappingProxyType(
    {**ACCESS_CODES, **ACCESS_GRANTS, **ACS, **ACCOUNTS, **DEVICES, **PEOPLE, **SPACES}
)

_UNKNOWN = Lost(advice="This release does not know that path; look in the workspace for what it has done.")


def rule_of(path: str) -> Rule:
    """How a write is undone."""
    return UNDO.get(path, _UNKNOWN)
