"""What must hold between people, phones, access systems and sessions: plain functions that name contradictions.

Each takes a client of plain HTTP and gives a list of sentences, empty when nothing contradicts itself.
"""

from collections import Counter


def listed(http, path, key, **params):
    """All resources of a list, as dictionaries."""
    return http.post(path, json=params).raise_for_status().json()[key]


def by_id(rows, name):
    return {row[name]: row for row in rows}


def contradictions(http):
    """Everything that contradicts itself or something else."""
    return [*between_people_and_users(http), *of_credentials(http), *of_systems(http), *of_client_sessions(http)]


def between_people_and_users(http):
    """User identities and the users of access systems name each other, and the users repeat their person's details."""
    people = by_id(listed(http, "/user_identities/list", "user_identities"), "user_identity_id")
    users = by_id(listed(http, "/acs/users/list", "acs_users"), "acs_user_id")
    return [
        *(f"person {one_id}: {wrong}" for one_id in people for wrong in _wrong_with_person(one_id, people, users)),
        *(f"user {one_id}: {wrong}" for one_id, one in users.items() for wrong in _wrong_with_user(http, one, people)),
    ]


def _wrong_with_person(person_id, people, users):
    person = people[person_id]
    own = [user["acs_user_id"] for user in users.values() if user.get("user_identity_id") == person_id]
    if sorted(own) != sorted(person["acs_user_ids"]):
        yield f"names the users {person['acs_user_ids']}, but has {own}"
    for system_id, count in Counter(users[one]["acs_system_id"] for one in own).items():
        if count > 1:
            yield f"has {count} users in the system {system_id}"
    if set(person["merged_user_identity_ids"]) & people.keys():
        yield "stands for somebody who is still there"


def _wrong_with_user(http, user, people):
    person = people.get(user.get("user_identity_id"))
    if (person is None) != ("user_identity_id" not in user):
        yield "is that of a person who is not there"
    details = ("full_name", "email_address", "phone_number")
    if person is not None and any(user.get(f"user_identity_{field}") != person[field] for field in details):
        yield "repeats other details than its person has"
    if person is None and any(f"user_identity_{field}" in user for field in details):
        yield "has details of nobody"
    user_id = user["acs_user_id"]
    opens = listed(http, "/acs/users/list_accessible_entrances", "acs_entrances", acs_user_id=user_id)
    is_inactive = "acs_user_inactive" in [warning["warning_code"] for warning in user["warnings"]]
    if opens and (user["is_suspended"] or is_inactive):
        yield f"has no access, but opens {len(opens)} doors"
    if any(door["acs_system_id"] != user["acs_system_id"] for door in opens):
        yield "opens doors of another system"


def of_credentials(http):
    """Credentials, their users, their copies, the phones that hold them, and what they say of being issued."""
    credentials = by_id(listed(http, "/acs/credentials/list", "acs_credentials"), "acs_credential_id")
    users = by_id(listed(http, "/acs/users/list", "acs_users"), "acs_user_id")
    systems = by_id(listed(http, "/acs/systems/list", "acs_systems"), "acs_system_id")
    asked = {"since": "2000-01-01", "event_type": "acs_credential.invalidated"}
    dead = {event["acs_credential_id"] for event in listed(http, "/events/list", "events", **asked)}
    found = []
    for one_id, one in credentials.items():
        owner = one.get("user_identity_id")
        held = _phones(http, acs_credential_id=one_id)
        own = _phones(http, owner_user_identity_id=owner) if owner else set()
        copies = [row for row in credentials.values() if row.get("parent_acs_credential_id") == one_id]
        parent = credentials.get(one.get("parent_acs_credential_id"))
        wrong = [*_wrong_with_credential(one, users, systems), *_wrong_with_copy(one, parent)]
        if one["access_method"] == "mobile_key":
            reaches_phones = not systems[one["acs_system_id"]]["errors"] and one_id not in dead
            wrong += _wrong_with_mobile_key(one, held, own, copies, reaches_phones=reaches_phones)
        elif held or copies:
            wrong.append(f"is a {one['access_method']} on a phone")
        found += [f"credential {one_id}: {text}" for text in wrong]
    return found


def _phones(http, **params):
    return {phone["device_id"] for phone in listed(http, "/phones/list", "phones", **params)}


def _wrong_with_mobile_key(one, held, own, copies, *, reaches_phones):
    is_synced = one["is_multi_phone_sync_credential"]
    if not held <= own:
        yield "is on somebody else's phone"
    if one["is_issued"] != bool(held):
        yield f"is issued: {one['is_issued']}, but is on {len(held)} phones"
    if is_synced and len(copies) != len(held):
        yield f"is on {len(held)} phones with {len(copies)} copies"
    if not is_synced and (copies or len(held) > 1):
        yield f"is for one phone, but is on {len(held)} with {len(copies)} copies"
    if reaches_phones and own and not held and "parent_acs_credential_id" not in one:
        yield "waits although its person has a phone"
    if reaches_phones and is_synced and held != own:
        yield "is not on every phone of its person"


def _wrong_with_copy(one, parent):
    if "parent_acs_credential_id" not in one:
        return
    if parent is None or not parent["is_multi_phone_sync_credential"]:
        yield "is a copy of nothing"
        return
    for field in ("acs_user_id", "user_identity_id", "acs_system_id", "starts_at", "ends_at", "code"):
        if one.get(field) != parent.get(field):
            yield f"has another {field} than its parent"


def _wrong_with_credential(one, users, systems):
    """What a credential says of itself, of its user and of its system."""
    waits = "waiting_to_be_issued" in [warning["warning_code"] for warning in one["warnings"]]
    user, system = users.get(one.get("acs_user_id")), systems.get(one["acs_system_id"])
    if one["is_issued"] == waits or one["is_issued"] != (one["issued_at"] is not None):
        yield "does not know whether it is issued"
    if one["is_latest_desired_state_synced_with_provider"] != one["is_issued"]:
        yield "is in sync without being issued, or the other way round"
    if one.get("visionline_metadata", {}).get("is_valid") and not one["is_issued"]:
        yield "is valid without being issued"
    if system is None or system["connected_account_id"] != one["connected_account_id"]:
        yield "is in no system, or in one of another account"
    if user is None and ("acs_user_id" in one or "user_identity_id" in one):
        yield "is that of a user who is not there"
    if user is not None and user["acs_system_id"] != one["acs_system_id"]:
        yield "is that of a user of another system"
    if user is not None and user.get("user_identity_id") != one.get("user_identity_id"):
        yield "is that of another person than its user"


def of_systems(http):
    """Access systems, their accounts, entrances, managers and counts."""
    accounts = by_id(listed(http, "/connected_accounts/list", "connected_accounts"), "connected_account_id")
    systems = by_id(listed(http, "/acs/systems/list", "acs_systems"), "acs_system_id")
    users = Counter(user["acs_system_id"] for user in listed(http, "/acs/users/list", "acs_users"))
    found = [f"entrance without a system: {system_id}" for system_id in users.keys() - systems.keys()]
    for system_id, system in systems.items():
        account = accounts.get(system["connected_account_id"])
        if account is None:
            found.append(f"system {system_id} is in no account")
        elif bool(account["errors"]) != bool(system["errors"]):
            found.append(f"system {system_id} and its account disagree about being connected")
        if system["acs_user_count"] != users[system_id]:
            found.append(f"system {system_id} counts {system['acs_user_count']} users, not {users[system_id]}")
        manager = system["default_credential_manager_acs_system_id"]
        if manager is not None and not systems.get(manager, {}).get("is_credential_manager"):
            found.append(f"system {system_id} has a credential manager that is none")
    for door in listed(http, "/acs/entrances/list", "acs_entrances"):
        door_id = door["acs_entrance_id"]
        if door["acs_system_id"] not in systems:
            found.append(f"entrance {door_id} is in no system")
        keys = listed(http, "/acs/entrances/list_credentials_with_access", "acs_credentials", acs_entrance_id=door_id)
        for key in keys:
            key_id = key["acs_credential_id"]
            doors = listed(
                http, "/acs/credentials/list_accessible_entrances", "acs_entrances", acs_credential_id=key_id
            )
            if door not in doors:
                found.append(f"entrance {door_id} is opened by {key_id}, which does not open it")
    return found


def of_client_sessions(http):
    """Client sessions hold nothing but what is there, and count its devices."""
    accounts = by_id(listed(http, "/connected_accounts/list", "connected_accounts"), "connected_account_id")
    people = by_id(listed(http, "/user_identities/list", "user_identities"), "user_identity_id")
    webviews = by_id(listed(http, "/connect_webviews/list", "connect_webviews"), "connect_webview_id")
    devices = [
        *listed(http, "/devices/list", "devices"),
        *listed(http, "/devices/unmanaged/list", "devices"),
    ]
    found = []
    for session in listed(http, "/client_sessions/list", "client_sessions"):
        session_id = session["client_session_id"]
        for field, there in (
            ("connected_account_ids", accounts),
            ("user_identity_ids", people),
            ("connect_webview_ids", webviews),
        ):
            if set(session[field]) - there.keys():
                found.append(f"session {session_id} holds {field} that are not there")
        count = sum(device["connected_account_id"] in session["connected_account_ids"] for device in devices)
        if session["device_count"] != count:
            found.append(f"session {session_id} counts {session['device_count']} devices, not {count}")
    return found
