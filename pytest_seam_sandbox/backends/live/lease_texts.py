"""What is said to a test that gets no device."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ...report.texts import joined

_WHERE = "Connect an account that has one in Seam's console, or ask for another kind of device."


def no_such_device(
    workspace_id: str, device_type: str | None, flags: Collection[str], rows: Iterable[Mapping[str, Any]]
) -> str:
    """That no device of the workspace is of the kind; with what it has."""
    by_type: dict[str, Counter[str]] = {}
    for row in rows:
        found = by_type.setdefault(str(row.get("device_type")), Counter())
        found.update(["all", *(flag for flag in flags if row.get(flag) is True)])
    has = joined(_counted(name, found, flags) for name, found in sorted(by_type.items()))
    return f"the workspace {workspace_id} has no {_kind(device_type, flags)}; it has {has or 'no device'}. {_WHERE}"


def too_few(
    workspace_id: str, device_type: str | None, flags: Collection[str], seconds: float, reasons: Mapping[str, str]
) -> str:
    """That no device of the kind was free in time; with the reason for each."""
    lines = "\n".join(f"  {name}: {why}" for name, why in reasons.items())
    return (
        f"in {seconds:g} s, no {_kind(device_type, flags)} of the workspace {workspace_id} was free:\n{lines}\n"
        "Run fewer tests at once (pytest -n), wait longer (live_timeout), or add devices. What nobody holds and is "
        "offline was not broken by a lease: mend it at Seam; if a run on this machine was killed, seam-sandbox heal "
        "does so. A lease of a run that was killed on another machine ends with seam-sandbox heal there, or when it is "
        "over."
    )


def _kind(device_type: str | None, flags: Collection[str]) -> str:
    return f"{device_type or 'device'}" + (f" with {' and '.join(sorted(flags))}" if flags else "")


def _counted(device_type: str, found: Counter[str], flags: Collection[str]) -> str:
    able = [f"{found[flag]} with {flag}" for flag in sorted(flags)]
    return f"{found['all']} {device_type}" + (f" ({', '.join(able)})" if able else "")
