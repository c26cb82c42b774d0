"""How a family tells families above it that something happened to one of its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Signal(Generic[P]):
    """Something that happens, and the functions that react to it.

    A family declares the signal and sends it; families of a higher rank react. Reactions are declared while modules
    are imported, never later. They run in the order of the ranks of their modules, so it never matters which module
    came first. rank: gives the rank of a module by its name. highest_first: let the families run from the top down,
    where what stands on others has to go before them.
    """

    def __init__(self, rank: Callable[[str], int], *, highest_first: bool = False) -> None:
        self._rank = rank
        self._sign = -1 if highest_first else 1
        self._reactions: tuple[Callable[P, None], ...] = ()

    def reaction(self, function: Callable[P, None]) -> Callable[P, None]:
        """Declare the decorated function a reaction."""
        self._reactions = tuple(sorted((*self._reactions, function), key=self._place))
        return function

    def _place(self, function: Callable[P, None]) -> tuple[int, str]:
        return self._sign * self._rank(function.__module__), function.__module__

    def send(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run all reactions."""
        for function in self._reactions:
            function(*args, **kwargs)
