"""Events that only a provider causes, or a person at a lock: a test logs them itself."""

from __future__ import annotations

from typing import Any

from ..api.events import Event
from ..backends.base import SandboxPart
from ..catalog.literals import EventType
from ..engine.errors import is_for_the_test
from ..expectations.possible import check_emitted
from .marks import id_of_resource

__tracebackhide__ = is_for_the_test


class Emission(SandboxPart):
    """The method of a sandbox that logs an event."""

    def emit(self, event_type: EventType, resource: Any = None, **fields: Any) -> Event:
        """Log an event as if it had happened at the provider; embedded only. It changes nothing else.

        resource: what it is about: our model, the SDK's object, a JSON object, an id or a name; its ids and metadata
        are filled in. fields: further fields, as Seam has them, or instead of those. Gives the event.
        Raises SandboxError for a type, field or value that Seam does not have, and for a field that is missing.
        """
        check_emitted(event_type, fields, strict_ids=self._backend.strict_ids, hint_at=self._backend.hint_at)
        about = None if resource is None else id_of_resource(resource)
        return Event.model_validate(self._backend.provision.emit(event_type, about, fields))
