"""What was read of a workspace, as Seam shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass
class Found:
    """What a workspace holds, as Seam shows it; what Seam shows elsewhere of a resource was put into its row.

    codes, schedules, thresholds: of each device, by its id. phones, holders: the phones of each person, and of each
    credential the phones that hold it. methods: of each access grant. backup_codes: how many there are in pools.
    unread: the paths that could not be read. left: what is not in the file, with the reason.
    """

    workspace: Row
    accounts: list[Row] = field(default_factory=list)
    devices: list[Row] = field(default_factory=list)
    codes: dict[str, list[Row]] = field(default_factory=dict)
    schedules: dict[str, list[Row]] = field(default_factory=dict)
    thresholds: dict[str, list[Row]] = field(default_factory=dict)
    people: list[Row] = field(default_factory=list)
    phones: dict[str, list[Row]] = field(default_factory=dict)
    holders: dict[str, list[str]] = field(default_factory=dict)
    systems: list[Row] = field(default_factory=list)
    entrances: list[Row] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    encoders: list[Row] = field(default_factory=list)
    credentials: list[Row] = field(default_factory=list)
    spaces: list[Row] = field(default_factory=list)
    grants: list[Row] = field(default_factory=list)
    methods: dict[str, list[Row]] = field(default_factory=dict)
    webhooks: list[Row] = field(default_factory=list)
    backup_codes: int = 0
    unread: frozenset[str] = frozenset()
    left: list[str] = field(default_factory=list)
