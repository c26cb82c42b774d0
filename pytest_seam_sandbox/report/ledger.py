"""The ledger: what of Seam is emulated, and on whose word. Made from the declarations themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..api import all_endpoints, all_events, declared
from ..api._marks import MARKABLE
from ..catalog.known import codes, event_types, public_paths, sdk_paths, undocumented_event_types
from ..engine.router import Endpoint
from ..engine.store import Row

WITH_WARNINGS_ONLY = (
    "connected_account.reauthorization_requested",
    "device.salto.privacy_mode_activated",
    "device.salto.privacy_mode_deactivated",
    "device.third_party_integration_detected",
    "device.third_party_integration_no_longer_detected",
)
"""The event types that tell of a warning which nothing in a sandbox causes, but a test may put on its resource."""


@dataclass(frozen=True)
class Count:
    """How much of something is there: `have` of `known`."""

    what: str
    have: int
    known: int


def counts() -> tuple[Count, ...]:
    """Paths declared, events emitted, error and warning codes reachable; each of all that Seam has.

    Codes: those that the API and the clock lead to, then those that a test can put on a resource, with their effects.

    All: the union of the newest specification and the SDK.
    """
    known_codes = codes()
    reachable = reachable_codes()
    return (
        Count(
            "public paths",
            len({endpoint.path for endpoint in all_endpoints()} & public_paths().keys()),
            len(public_paths()),
        ),
        Count("event types", len(emitted_events()), len(event_types())),
        *(
            Count(
                f"{kind[:-1]} codes",
                sum(len(found.get(kind, ())) for found in reachable.values()),
                sum(len(found.get(kind, ())) for found in known_codes.values()),
            )
            for kind in ("errors", "warnings")
        ),
        *(
            Count(
                f"{kind[:-1]} codes with set_{kind[:-1]}",
                sum(len(known_codes.get(one.resource, {}).get(kind, ())) for one in MARKABLE.values()),
                sum(len(found.get(kind, ())) for found in known_codes.values()),
            )
            for kind in ("errors", "warnings")
        ),
    )


def emitted_events() -> tuple[str, ...]:
    """The event types that some family declares."""
    return tuple(sorted(all_events()))


def reachable_codes() -> dict[str, dict[str, tuple[str, ...]]]:
    """The error and warning codes that the sandbox can put on each resource."""
    return {
        kind.resource: {"errors": kind.error_codes, "warnings": kind.warning_codes}
        for kind in declared(Row)
        if kind.resource
    }


def as_json(added: Iterable[Endpoint] = (), added_events: Iterable[str] = ()) -> dict[str, Any]:
    """The whole ledger. added, added_events: endpoints and types of events that other packages have added.

    What is counted is what Seam has.
    """
    endpoints = (*all_endpoints(), *added)
    return {
        "counts": [vars(count) for count in counts()],
        "endpoints": [
            {
                "path": endpoint.path,
                "methods": list(endpoint.methods),
                "source": endpoint.source,
                "does": _first_sentence(endpoint),
                "no_effect": dict(endpoint.no_effect),
                "conflict": endpoint.conflict,
            }
            for endpoint in sorted(endpoints, key=lambda endpoint: endpoint.path)
        ],
        "sdk_only_paths": sorted(sdk_paths()),
        "undocumented_event_types": list(undocumented_event_types()),
        "events_with_set_warning": list(WITH_WARNINGS_ONLY),
        "not_emulated": sorted(public_paths().keys() - {endpoint.path for endpoint in endpoints}),
        "events": sorted((*emitted_events(), *added_events)),
        "codes": {
            name: {kind: list(found) for kind, found in kinds.items()} for name, kinds in reachable_codes().items()
        },
    }


def as_text(added: Iterable[Endpoint] = ()) -> str:
    """The ledger as Markdown. added: endpoints that other packages have added.

    The counts, every endpoint with its source, the parameters that change nothing, what the sources contradict each
    other in, and what is not emulated.
    """
    ledger = as_json(added)
    lines = ["| what | emulated | of |", "|---|---:|---:|"]
    lines += [f"| {count['what']} | {count['have']} | {count['known']} |" for count in ledger["counts"]]
    lines += ["", _union(len(ledger["sdk_only_paths"]), len(ledger["undocumented_event_types"]))]
    lines += [_reach_of_events(ledger["events_with_set_warning"])]
    lines += ["", "| endpoint | source | what it does |", "|---|---|---|"]
    lines += [f"| `{row['path']}` | {row['source']} | {row['does']} |" for row in ledger["endpoints"]]
    rows = [(f"`{row['path']}`", row) for row in ledger["endpoints"]]
    unused = [(path, f"`{name}`", why) for path, row in rows for name, why in row["no_effect"].items()]
    doubted = [(path, row["conflict"]) for path, row in rows if row["conflict"]]
    lines += _table("Accepted, no effect", ("endpoint", "parameter", "reason"), unused)
    lines += _table("Sources conflict", ("endpoint", "what is doubted, and what was chosen"), doubted)
    lines += ["", f"Not emulated ({len(ledger['not_emulated'])}): {', '.join(ledger['not_emulated']) or 'nothing'}"]
    return "\n".join(lines)


def _union(sdk_only: int, undocumented: int) -> str:
    """Against what is counted."""
    return (
        "Counted against Seam's newest specification together with its Python SDK: "
        f"{len(public_paths()) - sdk_only} documented paths and {sdk_only} that only the SDK calls; "
        f"{len(event_types())} event types, {undocumented} of them marked undocumented."
    )


def _reach_of_events(with_warnings: Sequence[str]) -> str:
    """What the emulated event types come from."""
    emulated, known = len(emitted_events()), len(event_types())
    caused = emulated - len(with_warnings)
    return (
        f"Of the {emulated} emulated event types {caused} come from calls, the clock and outages, "
        f"and with set_warning() only: {', '.join(with_warnings)}. emit() logs the other {known - emulated} as well."
    )


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A titled Markdown table."""
    cells = [head, ("---",) * len(head), *rows]
    return ["", f"{title} ({len(rows)}):", "", *(f"| {' | '.join(row)} |" for row in cells)]


def _first_sentence(endpoint: Endpoint) -> str:
    doc = endpoint.function.__doc__ or ""
    return " ".join(doc.split("\n\n")[0].split()).replace("|", "\\|")
