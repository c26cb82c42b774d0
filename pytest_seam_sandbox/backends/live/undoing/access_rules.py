"""How writes about access are undone: codes, credentials, grants, customers. The general ways are in rules.py."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from ....engine.errors import is_for_the_test
from ..calls import Calls
from .rules import (
    ARRIVES_WITHIN,
    CannotUndo,
    Changed,
    Made,
    Member,
    Rule,
    Values,
    Written,
    hangs_on_ours,
    is_alike,
    is_made_within,
    is_ours,
)

__tracebackhide__ = is_for_the_test

_OF_CUSTOMERS = (
    ("/spaces/list", "spaces"),
    ("/access_grants/list", "access_grants"),
    ("/connected_accounts/list", "connected_accounts"),
    ("/connect_webviews/list", "connect_webviews"),
)


class CodeChanged(Rule):
    """/access_codes/update: the values of a code that was there before."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """The values that it will change; None for a code that was made here."""
        code_id = params.get("access_code_id")
        row = calls.row("/access_codes/get", "access_code", {"access_code_id": code_id}) or {}
        if not row or hangs_on_ours(row, ours):
            return None
        known: Values = {"access_code_id": code_id}
        known |= {name: row.get(name) for name in ("name", "code") if name in params and row.get(name) is not None}
        if {"starts_at", "ends_at", "type"} & params.keys():
            known["type"] = row["type"]
            if row["type"] == "time_bound":
                known |= {name: row[name] for name in ("starts_at", "ends_at")}
        if {"is_external_modification_allowed", "allow_external_modification"} & params.keys():
            known["is_external_modification_allowed"] = row["is_external_modification_allowed"]
        if params.get("is_managed") is False:
            known["is_managed"] = True
        return known

    def undo(self, calls: Calls, written: Written) -> None:
        """Put the values back."""
        known = dict(written.known)
        code_id = {"access_code_id": known["access_code_id"]}
        if known.pop("is_managed", None) and calls.find("/access_codes/get", code_id) is None:
            calls.find("/access_codes/unmanaged/convert_to_managed", code_id)
        if len(known) > 1:
            calls.find(written.path, known)


class Backup(Rule):
    """/access_codes/pull_backup_access_code: the backup code is deleted."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """The code; None when it has a backup code already."""
        code = calls.row("/access_codes/get", "access_code", {"access_code_id": params.get("access_code_id")})
        if code is None or code.get("pulled_backup_access_code_id") is not None:
            return None
        return {"access_code_id": code["access_code_id"]}

    def after(self, known: Values, at: float, answer: Values) -> Values:
        """The id of the backup code."""
        return {"ids": [answer["backup_access_code"]["access_code_id"]]}

    def find(self, calls: Calls, written: Written) -> Values | None:
        """The backup code that the code has pulled meanwhile."""
        code = calls.row("/access_codes/get", "access_code", written.known) or {}
        backup_id = code.get("pulled_backup_access_code_id")
        return None if backup_id is None else {"ids": [backup_id]}

    def undo(self, calls: Calls, written: Written) -> None:
        """Delete it."""
        for backup_id in (written.made or {}).get("ids", ()):
            calls.find("/access_codes/delete", {"access_code_id": backup_id})


class CredentialGiven(Rule):
    """/acs/credentials/assign and unassign: who had the credential has it again."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """Who has it; None for one that was made here."""
        credential = {"acs_credential_id": params.get("acs_credential_id")}
        row = calls.row("/acs/credentials/get", "acs_credential", credential)
        if row is None or hangs_on_ours(row, ours):
            return None
        return {**credential, "acs_user_id": row.get("acs_user_id")}

    def undo(self, calls: Calls, written: Written) -> None:
        """Give it back."""
        credential = {"acs_credential_id": written.known["acs_credential_id"]}
        row = calls.row("/acs/credentials/get", "acs_credential", credential)
        had = written.known["acs_user_id"]
        if row is None or row.get("acs_user_id") == had:
            return
        if had is None:
            calls.find("/acs/credentials/unassign", {**credential, "acs_user_id": row["acs_user_id"]})
        else:
            calls.find("/acs/credentials/assign", {**credential, "acs_user_id": had})


class MethodsRequested(Rule):
    """/access_grants/request_access_methods: the methods that are new are deleted."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """The methods of the grant."""
        row = self._grant(calls, params.get("access_grant_id"))
        return None if row is None else {"access_grant_id": row["access_grant_id"], "methods": row["access_method_ids"]}

    def after(self, known: Values, at: float, answer: Values) -> Values:
        """The methods that it has now, so that it is known whose they are."""
        methods = answer["access_grant"]["access_method_ids"]
        return {"keys": [method_id for method_id in methods if method_id not in known["methods"]]}

    def undo(self, calls: Calls, written: Written) -> None:
        """Delete those that came."""
        row = self._grant(calls, written.known["access_grant_id"]) or {}
        for method_id in row.get("access_method_ids", ()):
            if method_id not in written.known["methods"]:
                calls.find("/access_methods/delete", {"access_method_id": method_id})

    @staticmethod
    def _grant(calls: Calls, grant_id: Any) -> Values | None:
        return calls.row("/access_grants/get", "access_grant", {"access_grant_id": grant_id})


class Grant(Made):
    """A new access grant; its person too, if it came with the grant."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """Also who is there that looks like the person whom it brings."""
        known = super().before(calls, params, ours)
        person = params.get("user_identity")
        if known is not None and isinstance(person, dict):
            known["people"] = [row["user_identity_id"] for row in _people_like(calls, person)]
            known["person"] = person
        return known

    def told(self, rows: list[Values]) -> Values:
        """Also its person and its methods."""
        told = super().told(rows)
        methods = [method_id for row in rows for method_id in row["access_method_ids"]]
        people = [row["user_identity_id"] for row in rows]
        return {**told, "keys": [*told["keys"], *methods], "people": people}

    def _is_surely(self, calls: Calls, row: Values, written: Written) -> bool:
        """Also where it brought the person who was sent with it."""
        if super()._is_surely(calls, row, written):
            return True
        person = written.known.get("person", {})
        return is_made_within(row, written.at, ARRIVES_WITHIN) is True and any(
            each["user_identity_id"] == row["user_identity_id"] and is_alike(each, person)
            for each in (_people_like(calls, person) if person else ())
            if each["user_identity_id"] not in written.known["people"]
        )

    def undo(self, calls: Calls, written: Written) -> None:
        """Delete the grant, then the person if he was not there before."""
        super().undo(calls, written)
        people = (written.made or {}).get("people", ()) if "people" in written.known else ()
        for person_id in people:
            if person_id not in written.known["people"]:
                calls.find("/user_identities/delete", {"user_identity_id": person_id})


def _people_like(calls: Calls, person: Values) -> list[Values]:
    """The people that a search finds by the first of these values."""
    sought = next((person[name] for name in ("email_address", "phone_number", "full_name") if person.get(name)), None)
    return calls.rows("/user_identities/list", "user_identities", {} if sought is None else {"search": sought})


@dataclass(frozen=True, kw_only=True)
class BringsUsers(Rule):
    """A write that may give a person users in access systems, which stay. write: how the rest of it is undone."""

    write: Rule

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """Also the users that the person has; a person that was made here takes his users along."""
        known = self.write.before(calls, params, ours)
        person_id = params.get("user_identity_id")
        users = None
        if person_id is not None and not is_ours(person_id, ours):
            users = [row["acs_user_id"] for row in self._users(calls, person_id)]
        if known is None and users is None:
            return None
        return {"write": known, "person": person_id, "users": users}

    def after(self, known: Values, at: float, answer: Values) -> Values:
        """What the rest of it tells."""
        return {} if known["write"] is None else self.write.after(known["write"], at, answer)

    def find(self, calls: Calls, written: Written) -> Values | None:
        """What the rest of it has made."""
        write = written.known["write"]
        return None if write is None else self.write.find(calls, written._replace(known=write))

    def undo(self, calls: Calls, written: Written) -> None:
        """Undo the rest of it, then delete the users that came."""
        known = written.known
        if known["write"] is not None:
            self.write.undo(calls, written._replace(known=known["write"]))
        if known["users"] is not None:
            for row in self._users(calls, known["person"]):
                if row["acs_user_id"] not in known["users"]:
                    calls.find("/acs/users/delete", {"acs_user_id": row["acs_user_id"]})

    @staticmethod
    def _users(calls: Calls, person_id: Any) -> list[Values]:
        return calls.rows("/acs/users/list", "acs_users", {"user_identity_id": person_id})


class Customer(Rule):
    """/customers/push_data and create_portal: a customer who was not known before is deleted with all that is his."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """Whether the customer was known."""
        key = params.get("customer_key") or (params.get("customer_data") or {}).get("customer_key")
        return None if key is None else {"customer_key": key, "was_known": self._is_known(calls, key)}

    def after(self, known: Values, at: float, answer: Values) -> Values:
        """The key of a customer who is new."""
        return {"keys": [] if known["was_known"] else [known["customer_key"]]}

    def undo(self, calls: Calls, written: Written) -> None:
        """Delete what is the customer's."""
        key = written.known["customer_key"]
        if written.known["was_known"]:
            raise CannotUndo(
                f"{written.path} has changed the data of the customer {key!r}, who was there before. Push the old data "
                "again, or let tests have customers of their own."
            )
        calls.find("/customers/delete_data", {"customer_keys": [key]})

    @staticmethod
    def _is_known(calls: Calls, key: Any) -> bool:
        return any(calls.rows(path, rows, {"customer_key": key}) for path, rows in _OF_CUSTOMERS)


@dataclass(frozen=True, kw_only=True)
class GroupMember(Member):
    """A membership in an access group; the user may also be named by his person."""

    def part_of(self, calls: Calls, params: Values) -> Any:
        """The id of the user."""
        person_id = params.get("user_identity_id")
        if person_id is None:
            return super().part_of(calls, params)
        group = calls.row("/acs/access_groups/get", "acs_access_group", {self.whole: params.get(self.whole)}) or {}
        users = calls.rows("/acs/users/list", "acs_users", {"user_identity_id": person_id})
        return next(
            (user["acs_user_id"] for user in users if user["acs_system_id"] == group.get("acs_system_id")), None
        )


class PersonOfUser(Rule):
    """/user_identities/add_acs_user and remove_acs_user: the user of an access system gets back whom it belonged to."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """Whom it belongs to, and whether a new key makes a person; None for a user that was made here."""
        user_id, key = params.get("acs_user_id"), params.get("user_identity_key")
        row = None if is_ours(user_id, ours) else self._user(calls, user_id)
        if row is None:
            return None
        is_new = key is not None and calls.find("/user_identities/get", {"user_identity_key": key}) is None
        return {"acs_user_id": user_id, "person": row.get("user_identity_id"), "new_key": key if is_new else None}

    def undo(self, calls: Calls, written: Written) -> None:
        """Take it from whom it belongs to now, and give it back; a person that came with the write goes."""
        user_id, had, new_key = (written.known[name] for name in ("acs_user_id", "person", "new_key"))
        has = (self._user(calls, user_id) or {}).get("user_identity_id")
        if has is not None and has != had:
            calls.find("/user_identities/remove_acs_user", {"acs_user_id": user_id, "user_identity_id": has})
        if new_key is not None:
            key = {"user_identity_key": new_key}
            person = calls.row("/user_identities/get", "user_identity", key)
            if person is not None:
                calls.find("/user_identities/delete", {"user_identity_id": person["user_identity_id"]})
        if had is not None and has != had:
            calls.find("/user_identities/add_acs_user", {"acs_user_id": user_id, "user_identity_id": had})

    @staticmethod
    def _user(calls: Calls, user_id: Any) -> Values | None:
        return calls.row("/acs/users/get", "acs_user", {"acs_user_id": user_id})


@dataclass(frozen=True, kw_only=True)
class SpaceChanged(Changed):
    """/spaces/update: also the members, of which a list replaces all."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """Also the members."""
        known = super().before(calls, params, ours)
        if known is None:
            return None
        space = calls.row(self.read, self.key, {name: params[name] for name in self.subject if name in params}) or {}
        of_space = {"space_id": space.get("space_id")}
        if "device_ids" in params:
            known["device_ids"] = [row["device_id"] for row in calls.rows("/devices/list", "devices", of_space)]
        if "acs_entrance_ids" in params:
            rows = calls.rows("/acs/entrances/list", "acs_entrances", of_space)
            known["acs_entrance_ids"] = [row["acs_entrance_id"] for row in rows]
        return known
