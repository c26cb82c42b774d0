"""The order in which the families of the API stand on each other."""

from __future__ import annotations

from types import MappingProxyType

RANKS = (
    "_ranks",
    "_shared",
    "_filters",
    "_batches",
    "connect_webviews.model",
    "phones.model",
    "client_sessions.model",
    "user_identities.model",
    "webhooks.model",
    "action_attempts",
    "connected_accounts",
    "devices",
    "locks",
    "noise_sensors",
    "thermostats",
    "cameras",
    "media",
    "access_codes",
    "phones",
    "client_sessions",
    "instant_keys",
    "acs",
    "spaces",
    "access_grants",
    "access_methods",
    "customers",
    "events",
    "webhooks",
    "connect_webviews",
    "workspaces",
    "user_identities",
    "_marks",
)
"""The families in the order in which they stand on each other: each imports only what is named before it.

A module that lower families need, as `phones.model`, has a rank of its own; the name of a family stands for the others.
What serves no paths begins with an underscore.
"""

FAMILIES = tuple(sorted(name for name in RANKS if not name.startswith("_") and "." not in name))
"""The modules and folders that have endpoints, in alphabetical order; each serves the paths below its name."""

_NUMBERS = MappingProxyType({name: number for number, name in enumerate(RANKS)})


def rank_of(module: str) -> int:
    """The rank of a module of this package by its full name: that of its own, else that of its family."""
    name = module.removeprefix(f"{__package__}.")
    found = _NUMBERS.get(name, _NUMBERS.get(name.partition(".")[0]))
    if found is None:
        raise ValueError(
            f"{module} has no rank. A family: add its name to RANKS in {__name__}, behind those that it imports."
        )
    return found


def by_rank(*modules: str, highest_first: bool = False) -> tuple[str, ...]:
    """The full names of modules of this package in the order of their ranks, those of one rank by their names.

    highest_first: from the top down, for what has to go before that on which it stands.
    """
    names = sorted(f"{__package__}.{module}" for module in modules)
    return tuple(sorted(names, key=rank_of, reverse=highest_first))
