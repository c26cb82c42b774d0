"""Outages of what is found in a list of Seam's API: access codes, access systems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar

from ..backends.base import Backend
from ..backends.finder import labelled
from ..backends.lookup import id_of
from ..engine.errors import UnknownId, is_for_the_test, shortened
from ..report.texts import joined
from .base import Outage

__tracebackhide__ = is_for_the_test

M = TypeVar("M")


class ListedOutage(Outage, Generic[M]):
    """An outage of one resource of a list. id_name: the field that has its id."""

    id_name: ClassVar[str] = ""

    def __init__(self, backend: Backend, resource_id: str, label: str = "") -> None:
        super().__init__(backend, label)
        setattr(self, self.id_name, resource_id)

    @property
    def target_id(self) -> str:
        """The id of the resource."""
        return str(getattr(self, self.id_name))

    @classmethod
    def of(cls, backend: Backend, target: str) -> Self:
        """The outage of the resource of this name or id."""
        name, resource_id = cls.target(backend, target)
        return cls(backend, resource_id, name)

    @classmethod
    def lost_id(cls, backend: Backend, target: str) -> tuple[str, str]:
        """Twice the id of the resource."""
        _, found = cls.target(backend, target)
        return found, found

    @classmethod
    def target(cls, backend: Backend, given: Any) -> tuple[str, str]:
        """Name and id of the resource. Raises UnknownId, which says which are there."""
        wanted, resources = id_of(given, cls.id_name), cls.by_name(backend)
        ids = {name: str(getattr(one, cls.id_name)) for name, one in resources.items()}
        found = next((name for name, one in ids.items() if one == wanted), wanted)
        if found not in ids:
            raise UnknownId(
                f"no {cls.word} {shortened(repr(wanted))} in this sandbox; it has {joined(map(repr, ids)) or 'none'}. "
                "Name one of them."
            )
        return found, ids[found]

    @classmethod
    def by_name(cls, backend: Backend) -> Mapping[str, M]:
        """All resources by name; the second of a name is "NAME #2", one without a name is called by its id."""
        return labelled(cls._listed(backend), lambda one: getattr(one, "name", None) or getattr(one, cls.id_name))

    @classmethod
    def _listed(cls, backend: Backend) -> Iterable[M]:
        """All resources, oldest first."""
        raise NotImplementedError
