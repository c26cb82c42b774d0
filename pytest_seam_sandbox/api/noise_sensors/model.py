"""Noise thresholds: the row, and the part of the day in which one holds."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from ...engine.store import Row, row_type
from .._shared import given

MINUT = "minut_sensor"
MINUT_THRESHOLDS = MappingProxyType(
    {
        "builtin_quiet_hours": ("22:00:00", "06:00:00", 70.0),
        "builtin_normal_hours": ("06:00:00", "22:00:00", 75.0),
    }
)
"""The two thresholds that a Minut sensor has: name, from, to, decibels. Source: docs, a sample of the API reference."""

_DAILY_MOMENT = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)\[([A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+)\]")


def read_daily_moment(text: str) -> tuple[time, ZoneInfo]:
    """The time of day and the zone of `22:00:00[Europe/Berlin]`.

    Raises ValueError for a text of another form or with a zone that does not exist.
    """
    match = _DAILY_MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"not of the form HH:mm:ss[Region/City]: {text!r}")
    try:
        zone = ZoneInfo(match[4])
    except (LookupError, OSError) as error:  # unknown, or a folder of the time zone database
        raise ValueError(f"no time zone: {match[4]!r}") from error
    return time(int(match[1]), int(match[2]), int(match[3])), zone


@row_type
class NoiseThresholdRow(Row):
    """A noise threshold: a level in decibels or as NoiseAware's risk score, and the daily window in which it holds.

    is_programmed: whether the sensor knows of it; not shown to clients (spec).
    """

    key: ClassVar[str] = "noise_threshold_id"
    not_found: ClassVar[str] = "noise_threshold_not_found"
    noise_threshold_id: str
    device_id: str
    name: str
    starts_daily_at: str
    ends_daily_at: str
    noise_threshold_decibels: float | None = None
    noise_threshold_nrs: float | None = None
    is_programmed: bool = False

    @classmethod
    def builtin(cls, threshold_id: str, device_id: str, name: str, zone: str) -> NoiseThresholdRow:
        """One of the thresholds that a Minut sensor comes with, in the zone of the sensor."""
        starts, ends, decibels = MINUT_THRESHOLDS[name]
        times = f"{starts}[{zone}]", f"{ends}[{zone}]"
        return cls(threshold_id, device_id, name, *times, noise_threshold_decibels=decibels, is_programmed=True)

    @property
    def limit(self) -> float:
        """The level in its own unit."""
        return (self.noise_threshold_decibels if self.noise_threshold_nrs is None else self.noise_threshold_nrs) or 0

    def view(self) -> dict[str, Any]:
        """The threshold as a client sees it. The spec requires decibels: those of a risk score are assumed equal."""
        return {
            "noise_threshold_id": self.noise_threshold_id,
            "device_id": self.device_id,
            "name": self.name,
            "starts_daily_at": self.starts_daily_at,
            "ends_daily_at": self.ends_daily_at,
            "noise_threshold_decibels": self.limit,
            **given(noise_threshold_nrs=self.noise_threshold_nrs),
        }

    def covers(self, now: datetime) -> bool:
        """Whether the daily window is open: it began after it last ended. Equal times: the whole day (assumed)."""
        return self._last(self.starts_daily_at, now) >= self._last(self.ends_daily_at, now)

    def closes_at(self, now: datetime) -> datetime | None:
        """When the daily window ends next; None for one that is open all day."""
        ended = self._last(self.ends_daily_at, now)
        return None if self._last(self.starts_daily_at, now) == ended else ended + timedelta(days=1)

    @staticmethod
    def _last(text: str, now: datetime) -> datetime:
        """When a moment of the day was last reached: now, or less than a day ago."""
        at, zone = read_daily_moment(text)
        local = now.astimezone(zone)
        today = datetime.combine(local.date(), at, zone)
        return today if today <= local else today - timedelta(days=1)
