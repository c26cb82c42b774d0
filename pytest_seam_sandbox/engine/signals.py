"""How a family tells families above it that something happened to one of its rows."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Signal(Generic[P]):
    """Something that happens, and the functions that react to it.

    A family declares the signal and sends it; modules of families of a higher rank react, with one function each. The
    declaration names them, since it cannot import them, in the order in which they react. They are imported when the
    signal is first sent, so it never matters what was imported before.
    """

    def __init__(self, modules: tuple[str, ...] = ()) -> None:
        """modules: those that react, by their full names."""
        self._modules = modules
        self._reactions: tuple[Callable[P, None], ...] = ()

    def reaction(self, function: Callable[P, None]) -> Callable[P, None]:
        """Declare the decorated function the reaction of its module.

        A module that is imported once more (pytest forgets what a run inside a test has imported) reacts once all the
        same. Raises LookupError when the declaration of the signal does not name the module, or another function of
        the module reacts already.
        """
        module = function.__module__
        if module not in self._modules:
            raise LookupError(
                f"{module}.{function.__qualname__} reacts to a signal whose declaration does not name the module "
                f"{module}; name it there. It names: {', '.join(self._modules) or 'none'}."
            )
        found = {reaction.__module__: reaction for reaction in self._reactions}
        if module in found and found[module].__qualname__ != function.__qualname__:
            raise LookupError(
                f"{module}.{function.__qualname__} reacts to a signal to which {found[module].__qualname__} of the "
                "same module reacts already; let one function do both."
            )
        found[module] = function
        self._reactions = tuple(found[name] for name in self._modules if name in found)
        return function

    def send(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run all reactions. Raises LookupError when a module that shall react has no reaction."""
        if len(self._reactions) < len(self._modules):
            self._load()
        for function in self._reactions:
            function(*args, **kwargs)

    def _load(self) -> None:
        for module in self._modules:
            import_module(module)
        silent = set(self._modules) - {reaction.__module__ for reaction in self._reactions}
        if silent:
            raise LookupError(
                f"{', '.join(sorted(silent))} shall react to a signal, as its declaration says, but no function there "
                "is decorated with its `reaction`; decorate one, or take the module out of the declaration."
            )
