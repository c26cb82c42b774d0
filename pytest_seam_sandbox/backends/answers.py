"""The form of Seam's answers, as far as sandboxes rely on it. What is not in it is told in words, with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from ..engine.errors import SandboxError, is_for_the_test, quoted, shortened

__tracebackhide__ = is_for_the_test

M = TypeVar("M", bound=BaseModel)

_IDS: Mapping[str, str] = MappingProxyType(
    {
        "access_code": "access_code_id",
        "access_codes": "access_code_id",
        "access_grant": "access_grant_id",
        "access_grants": "access_grant_id",
        "acs_access_group": "acs_access_group_id",
        "acs_access_groups": "acs_access_group_id",
        "acs_credential": "acs_credential_id",
        "acs_credentials": "acs_credential_id",
        "acs_entrances": "acs_entrance_id",
        "acs_system": "acs_system_id",
        "acs_systems": "acs_system_id",
        "acs_user": "acs_user_id",
        "acs_users": "acs_user_id",
        "action_attempt": "action_attempt_id",
        "backup_access_code": "access_code_id",
        "client_session": "client_session_id",
        "client_sessions": "client_session_id",
        "connect_webview": "connect_webview_id",
        "connect_webviews": "connect_webview_id",
        "connected_account": "connected_account_id",
        "connected_accounts": "connected_account_id",
        "device": "device_id",
        "devices": "device_id",
        "events": "event_id",
        "instant_key": "instant_key_id",
        "instant_keys": "instant_key_id",
        "noise_threshold": "noise_threshold_id",
        "noise_thresholds": "noise_threshold_id",
        "phone": "device_id",
        "phones": "device_id",
        "space": "space_id",
        "spaces": "space_id",
        "thermostat_daily_program": "thermostat_daily_program_id",
        "thermostat_schedule": "thermostat_schedule_id",
        "thermostat_schedules": "thermostat_schedule_id",
        "user_identities": "user_identity_id",
        "user_identity": "user_identity_id",
        "webhook": "webhook_id",
        "webhooks": "webhook_id",
        "workspace": "workspace_id",
    }
)
"""The keys under which answers show a resource, or a list of such, and what each has as its id."""

_MORE: Mapping[str, tuple[str, ...]] = MappingProxyType({"event_id": ("event_type",)})
"""What a resource has beside its id in any case."""
_OBJECTS = frozenset(
    {
        "access_schedule",
        "appearance",
        "current_climate_setting",
        "custom_metadata",
        "device_provider",
        "error",
        "location",
        "pagination",
        "properties",
        "temperature_threshold",
        "thermostat_weekly_program",
        "user_identifier",
    }
)
_LISTS_OF_OBJECTS = frozenset({"available_climate_presets", "errors", "thermostat_daily_programs", "warnings"})
_LISTS_OF_TEXTS = frozenset({"capabilities_supported"})
_TEXTS = frozenset(
    {
        "access_grant_key",
        "common_code_key",
        "display_name",
        "event_type",
        "next_page_cursor",
        "space_key",
        "type",
        "user_identifier_key",
        "user_identity_key",
    }
)
_OWN_NAMES = frozenset({"pagination", "error", *_IDS})
"""What is looked into, at the top of an answer."""
_LOOKED_INTO = frozenset({"properties", "appearance"})
"""What is looked into in a resource. Ids in the data of a provider, for one, are what the provider likes."""


class NotOfSeam(SandboxError):
    """An answer that is not in the form of Seam's."""


class Shown(dict[str, Any]):
    """An answer to a path, or what it shows under a key. What it lacks is told: then some server is not like Seam."""

    def __init__(self, path: str, values: Mapping[str, Any], place: str = "") -> None:
        super().__init__(values)
        self.path = path
        self._place = place

    def __missing__(self, key: str) -> Any:
        found = shortened(", ".join(self), 200) or "nothing"
        where = f", in {self._place}," if self._place else ""
        raise NotOfSeam(
            f"the answer to {self.path}{where} has no {key!r}, as Seam's have; it has {found}. Check which server "
            "answers (live_endpoint)."
        )


def read(path: str, content: bytes) -> Shown:
    """An answer; what it shows at its top is `Shown` too. Raises NotOfSeam for what is no JSON object."""
    try:
        value = from_json(content)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise NotOfSeam(
            f"{path} was answered with {quoted(shortened(content.decode('utf-8', 'replace'), 200))}; an answer of Seam "
            "is a JSON object. Check which server answers (live_endpoint)."
        )
    return _all_shown(path, value)


def checked(path: str, answer: object) -> Shown:
    """The JSON of an answer, as `read` gives it. Raises NotOfSeam also for what `fault_in` finds."""
    if not isinstance(answer, dict):
        raise NotOfSeam(f"{path} was answered with {quoted(answer)}; an answer of Seam is a JSON object.")
    fault = fault_in(answer)
    if fault is not None:
        raise NotOfSeam(f"in the answer to {path}, {fault}. Check which server answers (live_endpoint).")
    return _all_shown(path, answer)


def _all_shown(path: str, answer: Mapping[str, Any]) -> Shown:
    return Shown(path, {key: _shown(path, key, part) for key, part in answer.items()})


def _shown(path: str, key: str, part: Any) -> Any:
    if isinstance(part, dict):
        return Shown(path, part, key)
    if isinstance(part, list):
        return [Shown(path, row, f"{key}[{at}]") if isinstance(row, dict) else row for at, row in enumerate(part)]
    return part


def all_rows(path: str, key: str, ask: Callable[[str | None], Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a list, whatever pages it comes in. ask: gives the page of a cursor; None for the first."""
    rows: list[dict[str, Any]] = []
    cursors: set[str] = set()
    cursor: str | None = None
    while True:
        answer = ask(cursor)
        rows += answer[key]
        cursor = (answer.get("pagination") or {}).get("next_page_cursor")
        if cursor is None:
            return rows
        if cursor in cursors:
            raise NotOfSeam(f"{path} gives the same page again and again, so the list has no end. Try again.")
        cursors.add(cursor)


def as_model(kind: type[M], row: Mapping[str, Any]) -> M:
    """A resource, from what an answer shows. Raises NotOfSeam where that is not in the form of Seam's."""
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        where = f"the answer to {row.path}" if isinstance(row, Shown) else "an answer"
        raise NotOfSeam(
            f"{where} shows something else than Seam's {kind.__name__}: {place} is {quoted(first['input'], 100)}: "
            f"{first['msg']}. Check which server answers (live_endpoint)."
        ) from None


def fault_in(answer: Mapping[str, Any]) -> str | None:
    """The first thing in an answer that Seam's never have, in words; None when all that is relied on is in order."""
    return next(_faults_of_answer(answer), None)


def _faults_of_answer(answer: Mapping[str, Any]) -> Iterator[str]:
    for key, part in answer.items():
        if key not in _OWN_NAMES:
            continue
        if key not in _IDS or not key.endswith("s"):
            yield from _faults_of_row(part, key, _IDS.get(key))
        elif not isinstance(part, list):
            yield _wrong(key, part, "a list")
        else:
            for at, row in enumerate(part):
                yield from _faults_of_row(row, f"{key}[{at}]", _IDS[key])


def _faults_of_row(row: Any, place: str, own_id: str | None) -> Iterator[str]:
    if not isinstance(row, dict):
        return iter([_wrong(place, row, "a JSON object")])
    return chain(_missing(row, place, own_id), _faults_of_fields(row, place))


def _missing(row: Mapping[str, Any], place: str, own_id: str | None) -> Iterator[str]:
    for name in (own_id, *_MORE.get(own_id, ())) if own_id is not None else ():
        if not (isinstance(row.get(name), str) and row[name]):
            found = quoted(row[name]) if name in row else "not there"
            yield f"{place}.{name} is {found}; Seam's is a text"


def _faults_of_fields(row: Mapping[str, Any], place: str, *, has_ids: bool = True) -> Iterator[str]:
    for name, value in row.items():
        where = f"{place}.{name}"
        expected = None if value is None else _expected(name, value, has_ids=has_ids)
        if expected is not None:
            yield _wrong(where, value, expected)
        elif name in _LOOKED_INTO and value is not None:
            yield from _faults_of_fields(value, where, has_ids=False)


def _expected(name: str, value: Any, *, has_ids: bool) -> str | None:
    """What a field of this name has to be; None where the value is that, or may be anything."""
    if name in _OBJECTS:
        return None if isinstance(value, dict) else "a JSON object"
    if name in _LISTS_OF_OBJECTS:
        is_fine = isinstance(value, list) and all(isinstance(each, dict) for each in value)
        return None if is_fine else "a list of JSON objects"
    if name in _LISTS_OF_TEXTS or (has_ids and name.endswith("_ids")):
        is_fine = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return None if is_fine else "a list of texts"
    is_text = has_ids and (name in _TEXTS or name.endswith(("_id", "_at")))
    return "a text" if is_text and not isinstance(value, str) else None


def _wrong(place: str, found: Any, expected: str) -> str:
    return f"{place} is {quoted(found)}; Seam's is {expected}"
