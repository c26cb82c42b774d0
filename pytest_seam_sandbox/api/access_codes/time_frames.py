"""The time frames that a device takes, as its `online_time_frame_options` and `offline_time_frame_options` say.

A device without such a list takes any time frame (spec). Times that miss the times of day of an option are moved to
the nearest that fit it, by at most `max_time_rounding`, an hour unless told otherwise (docs for igloohome and Oracode;
that only the end is moved where start and end have to match is assumed). Durations are never moved. Recurrence rules of
an option are not looked at: no device of the catalogue has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import product
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from ...engine.clock import format_time, parse_time
from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from ..devices.model import DeviceRow
from .model import AccessCodeRow, codes_on

Rounding = Literal["1hour", "1day", "1h", "1d"]
ALGO_PIN = frozenset({"igloohome_lock", "igloo_lock"})
"""The device types whose offline codes are algoPINs."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LONGEST_HOURLY = 28 * _DAY
_NO_TIMES = "Both starts_at and ends_at must be provided if one is"
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


@dataclass(frozen=True, slots=True)
class Frame:
    """A time frame that satisfies an option. moved: how far its farther end is from what was asked for."""

    start: datetime
    end: datetime
    moved: timedelta = timedelta(0)


def fit(
    device: DeviceRow,
    starts_at: str | None,
    ends_at: str | None,
    *,
    offline: bool,
    one_time: bool,
    rounding: str | None,
) -> tuple[str | None, str | None]:
    """The time frame that a new code gets: the wanted one, or the nearest that the device takes.

    Raises ApiError 400 `invalid_input` when there is none. An offline code is time bound or one-time-use (docs). A
    one-time-use algoPIN has a start only and lasts 24 hours (docs).
    """
    try:
        return _fit(device, starts_at, ends_at, offline=offline, one_time=one_time, rounding=rounding)
    except OverflowError:
        raise _refused("The time frame reaches beyond the calendar") from None


def _fit(
    device: DeviceRow,
    starts_at: str | None,
    ends_at: str | None,
    *,
    offline: bool,
    one_time: bool,
    rounding: str | None,
) -> tuple[str | None, str | None]:
    start, end = _read(starts_at), _read(ends_at)
    if offline and start is None:
        raise _refused("An offline access code needs starts_at and ends_at; there are no ongoing ones")
    if start is not None and offline and one_time and device.device_type in ALGO_PIN:
        return starts_at, format_time(start + _DAY)
    if (start is None) != (end is None):
        raise _refused(_NO_TIMES)
    name = "offline_time_frame_options" if offline else "online_time_frame_options"
    if start is None or end is None or device.property(name) is None:
        return starts_at, ends_at
    frame = _nearest(device, name, start, end, _DAY if rounding in ("1day", "1d") else _HOUR)
    return format_time(frame.start), format_time(frame.end)


def _nearest(device: DeviceRow, name: str, start: datetime, end: datetime, most: timedelta) -> Frame:
    """The time frame of these options of the device that is moved least, if by no more than `most`."""
    options = device.property(name)
    found = [frame for option in options for frame in _frames(option, start, end, _zone(device)) if frame.moved <= most]
    if not found:
        offered = "; ".join(_describe(option) for option in options)
        raise _refused(f"The time frame fits none of the {name} of this device within {most}: {offered}")
    return min(found, key=lambda each: each.moved)


def refuse_too_many(workspace: Workspace, device: DeviceRow, starts_at: str, ends_at: str, *, one_time: bool) -> None:
    """Raise ApiError 400 `invalid_input` for one algoPIN too many.

    There are at most 3 hourly ones that begin in the same hour, 3 daily ones and 5 for one-time use that begin on the
    same day (docs); hours and days are those of the lock, and only codes that are not over count (assumed).
    """
    if device.device_type not in ALGO_PIN:
        return
    kind, slot, most = _slot(device, starts_at, ends_at, one_time=one_time)
    taken = [
        row
        for row in codes_on(workspace, device.device_id)
        if row.is_offline and _slot_of(device, row) == (kind, slot, most)
    ]
    if len(taken) >= most:
        raise _refused(f"This device takes at most {most} {kind} offline access codes that begin at {slot}")


def _slot_of(device: DeviceRow, row: AccessCodeRow) -> tuple[str, str, int]:
    return _slot(device, row.starts_at or "", row.ends_at or "", one_time=row.is_one_time_use)


def _slot(device: DeviceRow, starts_at: str, ends_at: str, *, one_time: bool) -> tuple[str, str, int]:
    """The kind of an algoPIN, the hour or day in which it begins, and how many of the kind may begin then."""
    start, end = datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at)
    local = start.astimezone(_zone(device))
    if one_time:
        return "one-time-use", f"{local:%Y-%m-%d}", 5
    if end - start <= _LONGEST_HOURLY:
        return "hourly", f"{local:%Y-%m-%d %H:00}", 3
    return "daily", f"{local:%Y-%m-%d}", 3


def _frames(option: Mapping[str, Any], start: datetime, end: datetime, zone: tzinfo) -> Iterator[Frame]:
    """The time frames near the wanted one that satisfy an option."""
    pairs = option.get("time_pairs")
    if pairs is not None:
        zone = ZoneInfo(option["time_zone"]) if "time_zone" in option else zone
        for pair in pairs:
            first, last = time.fromisoformat(pair["start_time"]), time.fromisoformat(pair["end_time"])
            for frame in product(_near(start, first, zone), _near(end, last, zone)):
                yield from _within(option, *frame, start, end)
    elif option.get("matching_start_end_time"):
        for local_zone in (UTC, zone):
            local = start.astimezone(local_zone)
            for nearby in _near(end, local.time(), local_zone):
                yield from _within(option, local, nearby, start, end)
    else:
        yield from _within(option, start, end, start, end)


def _near(wanted: datetime, at: time, zone: tzinfo) -> list[datetime]:
    """That time of day on the wanted day, on the one before and on the one after."""
    day = wanted.astimezone(zone).date()
    return [datetime.combine(day + timedelta(days=away), at, zone) for away in (-1, 0, 1)]


def _within(
    option: Mapping[str, Any], start: datetime, end: datetime, wanted_start: datetime, wanted_end: datetime
) -> Iterator[Frame]:
    """The time frame, if it lasts as long as the option wants. Days are those of the zone that the times are in."""
    lasts = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    shortest, longest = option.get("min_duration"), option.get("max_duration")
    if lasts <= timedelta(0) or (shortest is not None and lasts < read_duration(shortest)):
        return
    if longest is not None and lasts > read_duration(longest):
        return
    yield Frame(start, end, max(abs(start - wanted_start), abs(end - wanted_end)))


def check_option(option: Mapping[str, Any]) -> None:
    """Raise ValueError for an option whose durations, times of day or time zone cannot be read."""
    for name in ("min_duration", "max_duration"):
        if name in option:
            read_duration(option[name])
    for pair in option.get("time_pairs", ()):
        for name in ("start_time", "end_time"):
            if name not in pair:
                raise ValueError(f"a time pair needs start_time and end_time; got {pair!r}")
            time.fromisoformat(pair[name])
    if "time_zone" in option and option["time_zone"] not in available_timezones():
        raise ValueError(f"there is no time zone {option['time_zone']!r}")


def read_duration(text: str) -> timedelta:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds. Raises ValueError for any other text."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"not an ISO 8601 duration such as PT1H or P29D: {text!r}")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _zone(device: DeviceRow) -> tzinfo:
    name = (device.location or {}).get("time_zone")
    return UTC if name is None else ZoneInfo(name)


def _read(text: str | None) -> datetime | None:
    return None if text is None else parse_time(text)


def _describe(option: Mapping[str, Any]) -> str:
    rules = [f"{name} {option[name]}" for name in ("min_duration", "max_duration") if name in option]
    if option.get("matching_start_end_time"):
        rules.append("start and end at the same time of day")
    rules += [f"{pair['start_time']} to {pair['end_time']}" for pair in option.get("time_pairs", ())]
    return f"{option['display_name']} ({', '.join(rules)})"


def _refused(message: str) -> ApiError:
    return ApiError(400, "invalid_input", message)
