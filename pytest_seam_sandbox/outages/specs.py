"""An outage as a value: which kind, and of what. What strategies draw, machines begin and sweeps place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ..backends.base import Backend, SandboxPart
from ..engine.errors import SandboxError, is_for_the_test
from .base import Outage
from .kinds import DEFAULT_KINDS, KINDS, OUTAGES, OutageKind, kinds_of, to_be_entered

__tracebackhide__ = is_for_the_test


@dataclass(frozen=True, order=True, init=False)
class OutageSpec:
    """One kind of outage of one thing.

    kind: its name; for a kind that another package has added, its class: `OutageSpec(SaunaOverheated, "SAUNA")`.
    target: the name of a device (its display name, "NAME #2" for the second of a name) or its id; for
    "account_disconnected" that of a device of the account, for "deactivated" that of a phone, of an access system or
    an access code for theirs.
    """

    kind: OutageKind
    target: str
    outage_type: type[Outage] = field(compare=False, repr=False)

    def __init__(self, kind: OutageKind | type[Outage], target: str) -> None:
        found = kind if isinstance(kind, type) else next((OUTAGES[name] for name in KINDS if name == kind), None)
        if found is None or not issubclass(found, Outage):
            raise SandboxError(
                f"there is no outage {kind!r}; there are {', '.join(KINDS)}. A kind that another package has added is "
                "given as its class."
            )
        object.__setattr__(self, "kind", found.name)
        object.__setattr__(self, "target", target)
        object.__setattr__(self, "outage_type", found)

    def __str__(self) -> str:
        return f"{self.kind}({self.target})"

    def __repr__(self) -> str:
        return f"OutageSpec({self.kind_as_given}, {self.target!r})"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis prints a dataclass field by field otherwise

    @property
    def sentence(self) -> str:
        """What happens, as a sentence."""
        return self.outage_type.sentence.format(self.target)

    @property
    def is_added(self) -> bool:
        """Whether another package has added the kind."""
        return self.kind not in KINDS

    @property
    def kind_as_given(self) -> str:
        """The kind in code."""
        return self.outage_type.__qualname__ if self.is_added else repr(self.kind)

    def same_of(self, target: str) -> OutageSpec:
        """The same kind of outage of something else."""
        return OutageSpec(self.outage_type, target)

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

    kinds: by default, those that Seam has an endpoint for. Kinds that other packages have added come last.
    """
    backend = sandbox.backend
    wanted = [kind for name, kind in kinds_of(backend).items() if name in kinds]
    return [OutageSpec(kind, name) for kind in wanted for name in kind.possible(backend)]
