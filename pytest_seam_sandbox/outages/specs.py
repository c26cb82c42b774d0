"""An outage as a value: which kind, and of what. What strategies draw, machines begin and sweeps place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ..backends.base import Backend, SandboxPart
from ..engine.errors import SandboxError, is_for_the_test
from .base import Outage
from .kinds import DEFAULT_KINDS, KINDS, OUTAGES, OutageKind, to_be_entered

__tracebackhide__ = is_for_the_test


@dataclass(frozen=True, order=True)
class OutageSpec:
    """One kind of outage of one thing.

    target: the name of a device (its display name, "NAME #2" for the second of a name) or its id; for
    "account_disconnected" that of a device of the account, for "deactivated" that of a phone, of an access system or
    an access code for theirs.
    """

    kind: OutageKind
    target: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise SandboxError(f"there is no outage {self.kind!r}; there are {', '.join(KINDS)}.")

    def __str__(self) -> str:
        return f"{self.kind}({self.target})"

    def __repr__(self) -> str:
        return f"OutageSpec({self.kind!r}, {self.target!r})"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis prints a dataclass field by field otherwise

    @property
    def sentence(self) -> str:
        """What happens, as a sentence."""
        return self.outage_type.sentence.format(self.target)

    @property
    def outage_type(self) -> type[Outage]:
        """The class of the kind."""
        return OUTAGES[self.kind]

    def on(self, sandbox: SandboxPart) -> Outage:
        """The outage in a sandbox, to be entered. A lost phone is replaced in the end.

        Raises UnknownId for a target that is not there.
        """
        return to_be_entered(sandbox.backend, self.made(sandbox.backend))

    def made(self, backend: Backend) -> Outage:
        """The outage, for a caller who begins and ends it without assertions."""
        return self.outage_type.of(backend, self.target)


def possible_outages(sandbox: SandboxPart, kinds: Collection[OutageKind] = DEFAULT_KINDS) -> list[OutageSpec]:
    """All outages that can begin now, the simplest first: by kind in the order of KINDS, then by age of the target.

    kinds: by default, those that Seam has an endpoint for.
    """
    wanted = [kind for kind in KINDS if kind in kinds]
    return [OutageSpec(kind, name) for kind in wanted for name in OUTAGES[kind].possible(sandbox.backend)]
