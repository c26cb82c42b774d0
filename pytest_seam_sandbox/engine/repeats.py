"""What requests mean that have come before: an app that polls repeats itself."""

from __future__ import annotations

from typing import Any

from .frozen import FrozenDict

RequestKey = tuple[str, str, str, bytes, str | None]
"""All that the meaning of a request depends on in one app: path, method, query, body, content type."""
Meaning = tuple[FrozenDict, dict[str, Any]]
"""What a request was found to mean: the parameters as sent, and the arguments for the function, to be copied."""
_SHORT = 512
_MANY = 1024


class Repeats:
    """The short valid requests of one app that came more than once, with what they mean.

    Nothing is kept of a request that comes once, as most do that name another resource each time, but the hash.
    """

    def __init__(self) -> None:
        self._meanings: dict[RequestKey, Meaning] = {}
        self._once: set[int] = set()

    def get(self, key: RequestKey) -> Meaning | None:
        """What this request means; None when it has to be read."""
        return self._meanings.get(key)

    def keep(self, key: RequestKey, meaning: Meaning) -> None:
        """Keep what a request means, if it is short and has no lists or objects, which the function could change."""
        mark = hash(key)
        if mark not in self._once:
            if len(self._once) >= _MANY:
                self._once.clear()
            self._once.add(mark)
            return
        _, _, query, body, _ = key
        if len(query) + len(body) > _SHORT:
            return
        for value in meaning[1].values():
            if isinstance(value, (list, dict)):
                return
        if len(self._meanings) >= _MANY:
            self._meanings.clear()
        self._meanings[key] = meaning[0], meaning[1].copy()
