"""How a family tells families above it that something happened to one of its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Signal(Generic[P]):
    """Something that happens, and the functions that react to it.

    A family declares the signal and sends it; families of a higher rank react. Reactions are declared while modules
    are imported, never later. They run in the order of `order`, so it never matters which module came first.
    """

    def __init__(self) -> None:
        self._reactions: tuple[tuple[int, Callable[P, None]], ...] = ()

    def reaction(self, order: int) -> Callable[[Callable[P, None]], Callable[P, None]]:
        """Declare the decorated function a reaction; smaller orders run first."""

        def declare(function: Callable[P, None]) -> Callable[P, None]:
            self._reactions = tuple(sorted((*self._reactions, (order, function)), key=lambda reaction: reaction[0]))
            return function

        return declare

    def send(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run all reactions."""
        for _, function in self._reactions:
            function(*args, **kwargs)
