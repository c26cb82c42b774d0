"""What must hold between access grants, methods, codes, credentials, spaces and thermostats: plain functions.

Each gives a list of sentences, empty when nothing contradicts itself.
"""

from consistency import about, error_codes, found, mutation_codes, warning_codes
from consistency_acs import by_id, listed


class Everything:
    """All that a workspace shows, each kind by id."""

    def __init__(self, http):
        self.http = http
        self.people = self._all("/user_identities/list", "user_identities", "user_identity_id")
        self.devices = self._all("/devices/list", "devices", "device_id")
        self.entrances = self._all("/acs/entrances/list", "acs_entrances", "acs_entrance_id")
        self.systems = self._all("/acs/systems/list", "acs_systems", "acs_system_id")
        self.users = self._all("/acs/users/list", "acs_users", "acs_user_id")
        self.credentials = self._all("/acs/credentials/list", "acs_credentials", "acs_credential_id")
        self.spaces = self._all("/spaces/list", "spaces", "space_id")
        self.grants = self._all("/access_grants/list", "access_grants", "access_grant_id")
        self.keys = self._all("/instant_keys/list", "instant_keys", "instant_key_id")
        self.sessions = self._all("/client_sessions/list", "client_sessions", "client_session_id")
        self.accounts = self._all("/connected_accounts/list", "connected_accounts", "connected_account_id")
        self.methods = {
            one: row for grant in self.grants for one, row in self.of("access_methods", access_grant_id=grant).items()
        }
        self.codes = {
            one: row
            for device in self.devices
            for one, row in self._all("/access_codes/list", "access_codes", "access_code_id", device_id=device).items()
        }

    def _all(self, path, key, name, **params):
        return by_id(listed(self.http, path, key, **params), name)

    def of(self, key, **params):
        """The resources of a list, by id."""
        paths = {"access_methods": "access_method_id", "devices": "device_id", "acs_entrances": "acs_entrance_id"}
        paths |= {"access_codes": "access_code_id", "spaces": "space_id", "access_grants": "access_grant_id"}
        path = f"/acs/{key[4:]}/list" if key.startswith("acs_") else f"/{key}/list"
        return self._all(path, key, paths[key], **params)

    def related(self, family, **ids):
        """The batch of get_related, each kind by id."""
        names = {
            "spaces": "space_id",
            "devices": "device_id",
            "acs_entrances": "acs_entrance_id",
            "connected_accounts": "connected_account_id",
            "acs_systems": "acs_system_id",
            "user_identities": "user_identity_id",
            "access_methods": "access_method_id",
            "access_grants": "access_grant_id",
            "instant_keys": "instant_key_id",
            "client_sessions": "client_session_id",
            "acs_credentials": "acs_credential_id",
            "acs_access_groups": "acs_access_group_id",
        }
        batch = self.http.post(f"/{family}/get_related", json=ids).raise_for_status().json()["batch"]
        return {kind: by_id(rows, names[kind]) for kind, rows in batch.items()}


def contradictions(there):
    """Everything that contradicts itself or something else."""
    spaces = there.spaces.keys()
    return [
        *(text for grant in there.grants.values() for text in _of_grant(there, grant)),
        *(text for method in there.methods.values() for text in _of_method(there, method)),
        *(text for space in there.spaces.values() for text in _of_space(there, space)),
        *(text for key in there.keys.values() for text in _of_key(there, key)),
        *(f"a code is on no device: {code}" for code in there.codes.values() if code["device_id"] not in there.devices),
        *(
            f"is in a space that is not there: {row}"
            for rows in (there.devices, there.entrances, there.accounts)
            for row in rows.values()
            if not {*row.get("space_ids", ())} <= spaces
        ),
    ]


def _of_grant(there, grant):
    grant_id = grant["access_grant_id"]
    own = there.of("access_methods", access_grant_id=grant_id)
    created = [one for request in grant["requested_access_methods"] for one in request["created_access_method_ids"]]
    links = [method["instant_key_url"] for method in own.values() if "instant_key_url" in method]
    is_single = len([method for method in own.values() if method["mode"] == "mobile_key"]) == 1
    batch = there.related("access_grants", access_grant_ids=[grant_id])
    devices, entrances = batch["devices"], batch["acs_entrances"]
    inside = {device for space in batch["spaces"] for device in there.of("devices", space_id=space)}
    doors = [*devices.values(), *entrances.values()]
    return about(
        grant,
        "access_grant_id",
        found(
            names_other_methods_than_it_has=sorted(grant["access_method_ids"]) != sorted(own),
            has_made_other_methods_than_it_has=sorted(created) != sorted(own),
            is_that_of_nobody=grant["user_identity_id"] not in there.people,
            has_a_space_that_is_not_there=not {*grant["space_ids"]} <= there.spaces.keys(),
            shows_another_link_than_its_method=("instant_key_url" in grant) is not (is_single and len(links) == 1),
            has_a_link_of_no_instant_key=not {*links} <= {key["instant_key_url"] for key in there.keys.values()},
            has_other_methods_in_its_batch=batch["access_methods"].keys() != own.keys(),
            has_another_person_in_its_batch=batch["user_identities"].keys() != {grant["user_identity_id"]},
            has_other_spaces_in_its_batch=batch["spaces"].keys() != {*grant["space_ids"]},
            lacks_devices_of_its_spaces=not inside <= devices.keys(),
            has_devices_that_are_not_there=not devices.keys() <= there.devices.keys(),
            has_entrances_that_are_not_there=not entrances.keys() <= there.entrances.keys(),
            has_other_accounts_than_its_doors=batch["connected_accounts"].keys()
            != {door["connected_account_id"] for door in doors},
            has_other_systems_than_its_entrances=batch["acs_systems"].keys()
            != {door["acs_system_id"] for door in entrances.values()},
            tells_of_a_device_that_is_not_there=not _devices_in(grant) <= there.devices.keys(),
            is_not_found_by_its_doors=any(grant_id not in there.of("access_grants", device_id=one) for one in devices)
            or any(grant_id not in there.of("access_grants", acs_entrance_id=one) for one in entrances),
        ),
    )


def _devices_in(value):
    """The ids of devices that stand anywhere in errors, warnings and pending changes."""
    if isinstance(value, list):
        return {one for part in value for one in _devices_in(part)}
    if not isinstance(value, dict):
        return set()
    own = {value["device_id"]} if "device_id" in value else set()
    own |= {one for name, ids in value.items() if name.endswith("device_ids") for one in ids}
    return own | {one for part in value.values() for one in _devices_in(part)}


def _of_method(there, method):
    method_id = method["access_method_id"]
    batch = there.related("access_methods", access_method_ids=[method_id])
    codes = there.of("access_codes", access_method_id=method_id)
    devices, keys = batch["devices"].keys(), batch["instant_keys"].values()
    warnings, errors = warning_codes(method), error_codes(method)
    is_changing = bool(method["pending_mutations"]) or "being_deleted" in warnings
    stays = {code["device_id"] for code in codes.values() if "deleting" not in mutation_codes(code)}
    sessions = {key["client_session_id"] for key in keys} & there.sessions.keys()
    return about(
        method,
        "access_method_id",
        found(
            is_of_no_grant=not batch["access_grants"] or not batch["access_grants"].keys() <= there.grants.keys(),
            is_not_in_its_own_batch=batch["access_methods"].keys() != {method_id},
            has_devices_that_are_not_there=not devices <= there.devices.keys(),
            has_entrances_that_are_not_there=not batch["acs_entrances"].keys() <= there.entrances.keys(),
            opens_no_door=not devices and not batch["acs_entrances"] and not is_changing,
            has_credentials_that_are_not_there=not batch["acs_credentials"].keys() <= there.credentials.keys(),
            shows_another_link_than_it_has=[key["instant_key_url"] for key in keys]
            != [method["instant_key_url"] for _ in range("instant_key_url" in method)],
            has_other_sessions_than_its_links=batch["client_sessions"].keys() != sessions,
            has_a_code_without_being_one=(method["mode"] == "code") is not ("code" in method),
            has_access_codes_without_being_one=method["mode"] != "code" and bool(codes),
            has_codes_that_are_not_there=not codes.keys() <= there.codes.keys(),
            has_a_code_on_a_device_that_it_does_not_open=not stays <= devices and not is_changing,
            does_not_know_whether_it_is_issued=method["is_issued"] is (method["issued_at"] is None),
            is_issued_and_is_not=method["is_issued"]
            and bool({"failed_to_issue", "delay_in_issuing"} & (errors | warnings)),
            tells_of_a_device_that_is_not_there=not _devices_in(method) <= there.devices.keys(),
        ),
    )


def _of_space(there, space):
    space_id = space["space_id"]
    devices, entrances = (there.of(kind, space_id=space_id).keys() for kind in ("devices", "acs_entrances"))
    batch = there.related("spaces", space_ids=[space_id])
    return about(
        space,
        "space_id",
        found(
            counts_other_devices=space["device_count"] != len(devices),
            counts_other_entrances=space["acs_entrance_count"] != len(entrances),
            has_other_members_in_its_batch=(batch["devices"].keys(), batch["acs_entrances"].keys())
            != (devices, entrances),
            has_methods_that_are_not_there=not batch["access_methods"].keys() <= there.methods.keys(),
            has_accounts_that_are_not_there=not batch["connected_accounts"].keys() <= there.accounts.keys(),
        ),
    )


def _of_key(there, key):
    return about(
        key,
        "instant_key_id",
        found(
            is_that_of_nobody=key["user_identity_id"] not in there.people,
            expired_before_it_was_made=key["expires_at"] < key["created_at"],
        ),
    )


def of_thermostats(http):
    """Schedules, programs and presets name each other and their devices."""
    return [
        f"thermostat {device['device_id']} {text}"
        for device in listed(http, "/devices/list", "devices")
        if "available_climate_presets" in device["properties"]
        for text in _of_thermostat(http, device["device_id"], device["properties"])
    ]


def _of_thermostat(http, device_id, properties):
    path, key = "/thermostats/schedules/list", "thermostat_schedules"
    schedules = by_id(listed(http, path, key, device_id=device_id), "thermostat_schedule_id")
    programs = by_id(properties.get("thermostat_daily_programs") or (), "thermostat_daily_program_id")
    named = {schedule["climate_preset_key"] for schedule in schedules.values()}
    named |= {period["climate_preset_key"] for program in programs.values() for period in program["periods"]}
    named |= {properties.get("fallback_climate_preset_key"), properties.get("active_climate_preset_key")}
    named |= {(properties.get("active_climate_preset") or {}).get("climate_preset_key")}
    missing = named - {preset["climate_preset_key"] for preset in properties["available_climate_presets"]} - {None}
    if missing:
        yield f"names the presets {missing}, which are not there"
    if properties.get("active_thermostat_schedule_id") not in {None, *schedules}:
        yield "runs a schedule that is not there"
    week = properties.get("thermostat_weekly_program") or {}
    if {value for name, value in week.items() if name.endswith("_program_id")} - {None, *programs}:
        yield "has a week of programs that are not there"
    if any(one["ends_at"] is not None and one["ends_at"] <= one["starts_at"] for one in schedules.values()):
        yield "has a schedule that ends before it starts"


def unresolved(events, known):
    """The ids in events that are of nothing that was ever there."""
    return [
        f"{event['event_type']} names {name} {one}"
        for event in events
        for name, value in event.items()
        if (name.endswith(("_id", "_ids"))) and name not in ("event_id", "workspace_id")
        for one in (value if isinstance(value, list) else [value])
        if one is not None and one not in known
    ]


def of_stories(there, events):
    """What events tell of each resource in turn, beside the resource as it is: begun once, ended once and for good."""
    shown = {
        "access_grant": there.grants,
        "access_method": there.methods,
        "space": there.spaces,
        "acs_user": there.users,
        "acs_credential": there.credentials,
        "access_code": there.codes,
    }
    stories = {}
    for event in events:
        kind, _, what = event["event_type"].partition(".")
        if kind in shown:
            stories.setdefault((kind, event[f"{kind}_id"]), []).append(what)
    untold = [
        f"{kind} {one} is there, and no event has told of it"
        for kind in ("access_grant", "access_method", "space", "access_code")
        for one in shown[kind]
        if (kind, one) not in stories
    ]
    return untold + [
        f"{kind} {one} {text}: {story}"
        for (kind, one), story in stories.items()
        for text in (*_of_story(story, is_there=one in shown[kind]), *_of_issuing(kind, story, shown[kind].get(one)))
    ]


def _of_story(story, *, is_there):
    if story.count("created") > 1 or story.count("deleted") > 1:
        yield "begins or ends twice"
    if "created" in story[1:]:
        yield "begins late"
    if "deleted" in story[:-1]:
        yield "goes on after its end"
    if ("deleted" in story) is is_there:
        yield f"is there: {is_there}"


def _of_issuing(kind, story, row):
    if kind != "access_method" or row is None:
        return
    turns = [what for what in story if what in ("issued", "revoked", "reissued")]
    allowed = {None: {"issued"}, "issued": {"revoked"}, "revoked": {"reissued"}, "reissued": {"revoked"}}
    if any(turn not in allowed[before] for before, turn in zip([None, *turns], turns, strict=False)):
        yield "is issued and revoked in a wrong order"
    if row["is_issued"] != (turns[-1:] in (["issued"], ["reissued"])):
        yield f"is issued: {row['is_issued']}"
