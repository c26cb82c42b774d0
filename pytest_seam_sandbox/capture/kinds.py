"""The kinds of resources of a workspace: how each is called, its id, and where it is among what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .found import Found, Row

Rows = Callable[[Found], Iterable[Row]]


def _each(lists: Mapping[str, Iterable[Row]]) -> list[Row]:
    return [row for rows in lists.values() for row in rows]


KINDS: tuple[tuple[str, str, Rows], ...] = (
    ("accounts", "connected_account_id", lambda found: found.accounts),
    ("devices", "device_id", lambda found: found.devices),
    ("access codes", "access_code_id", lambda found: _each(found.codes)),
    ("thermostat schedules", "thermostat_schedule_id", lambda found: _each(found.schedules)),
    ("noise thresholds", "noise_threshold_id", lambda found: _each(found.thresholds)),
    ("people", "user_identity_id", lambda found: found.people),
    ("phones", "device_id", lambda found: _each(found.phones)),
    ("systems", "acs_system_id", lambda found: found.systems),
    ("entrances", "acs_entrance_id", lambda found: found.entrances),
    ("users", "acs_user_id", lambda found: found.users),
    ("access groups", "acs_access_group_id", lambda found: found.groups),
    ("encoders", "acs_encoder_id", lambda found: found.encoders),
    ("credentials", "acs_credential_id", lambda found: found.credentials),
    ("spaces", "space_id", lambda found: found.spaces),
    ("access grants", "access_grant_id", lambda found: found.grants),
    ("access methods", "access_method_id", lambda found: _each(found.methods)),
    ("webhooks", "webhook_id", lambda found: found.webhooks),
)
