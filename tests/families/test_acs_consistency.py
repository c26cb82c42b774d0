"""Whatever happens to people, phones, access systems and sessions, and in whatever order: nothing contradicts itself."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consistency_acs import contradictions, listed
from pytest_seam_sandbox import Sandbox

HISTORIES = settings(max_examples=60, deadline=None, derandomize=True)
STEPS = {}
NOBODY = "00000000-0000-4000-8000-000000000000"


def step(function):
    """One thing that can happen. It gets the site and a number with which it chooses among what is there."""
    STEPS[function.__name__] = function
    return function


class Site:
    """A sandbox with three access systems and three people who have phones, keys and sessions.

    The rest is what a history needs to find its way in it.
    """

    def __init__(self, sandbox):
        self.sandbox, self.http = sandbox, sandbox.http()
        for number, kind in enumerate(("visionline_system", "salto_ks_site", "assa_abloy_vostio")):
            system = sandbox.create_acs_system(kind, entrances=["Lobby", "Room 101", "Room 102"])
            details = {"phone_number": kind} if number % 2 else {"email_address": f"{kind}@example.com"}
            person = sandbox.create_user_identity(**details).user_identity_id
            sandbox.create_phone(user_identity_id=person)
            sandbox.create_acs_credential(acs_system_id=system.acs_system_id, user_identity_id=person)
            period = {"starts_at": self.at(0), "ends_at": self.at(number + 1)}
            self.ask("/acs/users/update", acs_user_id=self.user(-1), access_schedule=period)
            self.ask("/client_sessions/create", user_identity_id=person, connected_account_ids=[self.account(-1)])

    def one(self, path, key, name, number, **params):
        """The id of one of the resources of a list; one that is not there when the list is empty."""
        rows = listed(self.http, path, key, **params)
        return rows[number % len(rows)][name] if rows else NOBODY

    def person(self, number):
        return self.one("/user_identities/list", "user_identities", "user_identity_id", number)

    def user(self, number):
        return self.one("/acs/users/list", "acs_users", "acs_user_id", number)

    def credential(self, number):
        return self.one("/acs/credentials/list", "acs_credentials", "acs_credential_id", number)

    def system(self, number):
        return self.one("/acs/systems/list", "acs_systems", "acs_system_id", number)

    def door(self, number):
        return self.one("/acs/entrances/list", "acs_entrances", "acs_entrance_id", number)

    def account(self, number):
        return self.one("/connected_accounts/list", "connected_accounts", "connected_account_id", number)

    def ask(self, path, **params):
        """Seam may refuse; it may not break."""
        answer = self.http.post(path, json={name: value for name, value in params.items() if value is not None})
        assert answer.status_code in (200, 400, 404, 409)

    def at(self, hours):
        return (self.sandbox.clock.now() + timedelta(hours=hours)).isoformat()


@step
def person_comes(site, number):
    own = site.system(number) if number % 3 == 0 else None
    email = f"{number % 4}@example.com" if number % 2 else None
    site.ask("/user_identities/create", email_address=email, acs_system_ids=own and [own])


@step
def phone_comes(site, number):
    site.ask("/phones/simulate/create_sandbox_phone", user_identity_id=site.person(number))


@step
def phone_is_lost(site, number):
    site.ask("/phones/deactivate", device_id=site.one("/phones/list", "phones", "device_id", number))


@step
def person_is_deleted(site, number):
    site.ask("/user_identities/delete", user_identity_id=site.person(number))


@step
def person_changes(site, number):
    site.ask("/user_identities/update", user_identity_id=site.person(number), full_name=f"Name {number}")


@step
def people_are_merged(site, number):
    ids = [site.person(number + 1)]
    site.ask("/user_identities/merge", user_identity_id=site.person(number), merged_user_identity_ids=ids)


@step
def user_is_made(site, number):
    period = {"starts_at": site.at(number % 3), "ends_at": site.at(number % 3 + 2)} if number % 2 else None
    person = site.person(number) if number % 3 else None
    system = site.system(number)
    site.ask(
        "/acs/users/create", acs_system_id=system, full_name="Ada", user_identity_id=person, access_schedule=period
    )


@step
def user_is_linked(site, number):
    site.ask("/user_identities/add_acs_user", user_identity_id=site.person(number), acs_user_id=site.user(number // 2))


@step
def user_is_parted(site, number):
    person = site.person(number)
    user = site.one("/acs/users/list", "acs_users", "acs_user_id", number, user_identity_id=person)
    site.ask("/user_identities/remove_acs_user", user_identity_id=person, acs_user_id=user)


@step
def user_changes(site, number):
    call = ("suspend", "unsuspend", "delete", "revoke_access_to_all_entrances")[number % 4]
    site.ask(f"/acs/users/{call}", acs_user_id=site.user(number // 4))


@step
def access_is_granted(site, number):
    whom = {"user_identity_id": site.person(number)} if number % 2 else {"acs_user_id": site.user(number)}
    site.ask("/acs/entrances/grant_access", acs_entrance_id=site.door(number), **whom)


@step
def key_is_made(site, number):
    system = site.system(number)
    doors = [
        row["acs_entrance_id"]
        for row in listed(site.http, "/acs/entrances/list", "acs_entrances", acs_system_id=system)
    ]
    site.ask(
        "/acs/credentials/create",
        access_method="mobile_key",
        acs_system_id=system,
        user_identity_id=site.person(number),
        is_multi_phone_sync_credential=number % 5 != 0,
        allowed_acs_entrance_ids=doors[: number % 4] or None,
        ends_at=site.at(3) if number % 7 == 0 else None,
        visionline_metadata={"override": number % 2 == 0},
    )


@step
def other_credential_is_made(site, number):
    method = ("code", "card", "cloud_key")[number % 3]
    site.ask("/acs/credentials/create", access_method=method, acs_user_id=site.user(number))


@step
def credential_changes(site, number):
    rows = listed(site.http, "/acs/credentials/list", "acs_credentials")
    parents = [row["acs_credential_id"] for row in rows if "parent_acs_credential_id" not in row]
    credential = parents[number % len(parents)] if parents else NOBODY
    call = ("assign", "unassign", "update", "delete")[number % 4]
    whom = {"user_identity_id": site.person(number)} if number % 3 else {"acs_user_id": site.user(number)}
    given = {"update": {"ends_at": site.at(5)}, "delete": {}}.get(call, whom)
    site.ask(f"/acs/credentials/{call}", acs_credential_id=credential, **given)


@step
def account_is_lost(site, number):
    site.ask("/connected_accounts/simulate/disconnect", connected_account_id=site.account(number))


@step
def account_logs_in(site, number):
    rows = listed(site.http, "/connected_accounts/list", "connected_accounts")
    if rows:
        row = rows[number % len(rows)]
        asked = {"accepted_providers": [row["account_type"]]}
        webview = site.http.post("/connect_webviews/create", json=asked).json()["connect_webview"]
        site.sandbox.complete_login(webview["connect_webview_id"], email=row["user_identifier"]["email"])


@step
def account_is_deleted(site, number):
    if number % 3 == 0:
        site.ask("/connected_accounts/delete", connected_account_id=site.account(number))


@step
def provider_is_connected(site, number):
    provider = ("hotek", "salto_ks", "visionline", "assa_abloy_credential_service", "august")[number % 5]
    webview = site.http.post("/connect_webviews/create", json={"accepted_providers": [provider]}).json()
    webview_id = webview["connect_webview"]["connect_webview_id"]
    site.ask("/client_sessions/create", connect_webview_ids=[webview_id])
    site.sandbox.complete_login(webview_id, email=f"{number % 3}@example.com")


@step
def session_is_made(site, number):
    who = site.person(number) if number % 2 else None
    site.ask("/client_sessions/create", user_identity_id=who, connected_account_ids=[site.account(number)])


@step
def webview_is_deleted(site, number):
    webview = site.one("/connect_webviews/list", "connect_webviews", "connect_webview_id", number)
    site.ask("/connect_webviews/delete", connect_webview_id=webview)


@step
def hotel_reports(site, number):
    room = {"hotek_metadata": {"room_number": str(101 + number % 6)}, "is_removed": number % 2 == 0}
    site.ask("/acs/systems/report_devices", acs_system_id=site.system(number), acs_entrances=[room])


@step
def time_passes(site, number):
    site.sandbox.clock.advance(timedelta(minutes=20 * (number % 6)))


@HISTORIES
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 20)), min_size=4, max_size=25))
def test_nothing_contradicts_itself(history):
    """After every step of a random history every resource agrees with itself and with all others."""
    with Sandbox() as sandbox:
        site = Site(sandbox)
        for number, (name, choice) in enumerate(history):
            STEPS[name](site, choice)
            assert contradictions(site.http) == [], f"after step {number}: {name}({choice})"


@pytest.mark.parametrize("world", ["empty", "house", "hotel", "everything"])
def test_worlds_do_not_contradict_themselves(world):
    """Nor does any starting state."""
    with Sandbox(world=world) as sandbox, sandbox.http() as http:
        assert contradictions(http) == []
