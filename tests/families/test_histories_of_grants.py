"""Random histories of access grants, spaces, people, doors and thermostats: no answer contradicts itself or another."""

from contextlib import suppress
from datetime import timedelta
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from consistency_acs import listed
from consistency_of_grants import Everything, contradictions, of_stories, of_thermostats, unresolved
from pytest_seam_sandbox import Sandbox, SandboxError

HISTORIES = settings(max_examples=6, deadline=None, derandomize=True, phases=(Phase.generate,))
STEPS = {}
NOBODY = "00000000-0000-4000-8000-000000000000"
HOUR = 3600
MODES = ["code", "card", "mobile_key", "cloud_key"]


def step(function):
    """One thing that can happen. It gets the site, and chance with which to choose."""
    STEPS[function.__name__] = function
    return function


class Site:
    """A sandbox with locks, a thermostat, two access systems, two people, two spaces and a grant.

    The rest is what a history needs to find its way in it.
    """

    def __init__(self, sandbox):
        self.sandbox, self.http = sandbox, sandbox.http()
        sandbox.clock.freeze()
        for kind in ("august_lock", "schlage_lock", "igloohome_lock", "ecobee_thermostat"):
            sandbox.create_device(kind)
        for kind in ("salto_ks_site", "visionline_system"):
            sandbox.create_acs_system(kind, entrances=["Lobby", "Room 101"])
        for name in ("Ada", "Bob"):
            sandbox.create_user_identity(full_name=name, email_address=f"{name}@example.com")
        self.known, self.seen = set(), 0
        for chance in (Random(1), Random(2)):
            space_is_made(self, chance)
        grant_is_made(self, Random(3))
        assert self.wrong() == []

    def ask(self, path, **params):
        """The answer; None where Seam refuses. It may refuse; it may not break."""
        answer = self.http.post(path, json={name: value for name, value in params.items() if value is not None})
        assert answer.status_code in (200, 400, 404, 409), answer.text
        return answer.json() if answer.status_code == 200 else None

    def all(self, path, key, name, **params):
        answer = self.ask(path, **params)
        return [row[name] for row in answer[key]] if answer else []

    def people(self):
        return self.all("/user_identities/list", "user_identities", "user_identity_id")

    def devices(self):
        return self.all("/devices/list", "devices", "device_id")

    def doors(self):
        return self.all("/acs/entrances/list", "acs_entrances", "acs_entrance_id")

    def spaces(self):
        return self.all("/spaces/list", "spaces", "space_id")

    def grants(self):
        return self.all("/access_grants/list", "access_grants", "access_grant_id")

    def methods(self):
        path, key, name = "/access_methods/list", "access_methods", "access_method_id"
        return [one for grant in self.grants() for one in self.all(path, key, name, access_grant_id=grant)]

    def accounts(self):
        return self.all("/connected_accounts/list", "connected_accounts", "connected_account_id")

    def thermostat(self):
        return one_of(Random(0), self.all("/thermostats/list", "devices", "device_id"))

    def at(self, hours):
        return None if hours is None else (self.sandbox.clock.now() + timedelta(hours=hours)).isoformat()

    def wrong(self):
        """What contradicts itself now, and events about what never was."""
        there = Everything(self.http)
        dump = self.sandbox.embedded.dump()
        events = dump.pop("Event")
        rows = [row for rows in dump.values() if isinstance(rows, list) for row in rows]
        self.known |= {value for row in rows for name, value in row.items() if name.endswith("_id") and value}
        new, self.seen = events[self.seen :], len(events)
        found = [*contradictions(there), *of_stories(there, events), *of_thermostats(self.http)]
        return [*found, *unresolved(new, self.known)]


def one_of(chance, found):
    return chance.choice(found) if found else NOBODY


def some_of(chance, found, most=2):
    return chance.sample(found, min(len(found), chance.randint(0, most)))


def period(chance):
    starts = chance.choice([None, None, 0, 0.5, 2, 80])
    return starts, chance.choice([None, (starts or 0) + 1, (starts or 0) + 48])


@step
def grant_is_made(site, chance):
    starts, ends = period(chance)
    site.ask(
        "/access_grants/create",
        user_identity_id=one_of(chance, site.people()),
        requested_access_methods=[{"mode": mode} for mode in chance.sample(MODES, chance.randint(1, 3))],
        device_ids=some_of(chance, site.devices()),
        acs_entrance_ids=some_of(chance, site.doors()),
        space_ids=some_of(chance, site.spaces()) or None,
        starts_at=site.at(starts),
        ends_at=site.at(ends),
        reservation_key=chance.choice([None, "stay 1", "stay 2"]),
        access_grant_key=chance.choice([None, None, "grant 1"]),
    )


@step
def times_change(site, chance):
    starts, ends = period(chance)
    one = one_of(chance, site.grants())
    site.ask("/access_grants/update", access_grant_id=one, starts_at=site.at(starts), ends_at=site.at(ends))


@step
def methods_are_added(site, chance):
    more = [{"mode": mode} for mode in chance.sample(MODES, 2)]
    one = one_of(chance, site.grants())
    site.ask("/access_grants/request_access_methods", access_grant_id=one, requested_access_methods=more)


@step
def grant_is_deleted(site, chance):
    if chance.random() < 0.5:
        site.ask("/access_grants/delete", access_grant_id=one_of(chance, site.grants()))


@step
def method_is_deleted(site, chance):
    site.ask("/access_methods/delete", access_method_id=one_of(chance, site.methods()))


@step
def card_is_written(site, chance):
    method = one_of(chance, site.methods())
    encoder = one_of(chance, site.all("/acs/encoders/list", "acs_encoders", "acs_encoder_id"))
    site.ask("/access_methods/encode", access_method_id=method, acs_encoder_id=encoder)
    site.ask("/access_methods/assign_card", access_method_id=method, card_number=str(chance.randint(1, 3)))


@step
def link_is_opened(site, chance):
    links = site.all("/instant_keys/list", "instant_keys", "instant_key_id")
    with suppress(SandboxError):  # there is none, or it is used up
        site.sandbox.open_instant_key(one_of(chance, links))


@step
def link_is_deleted(site, chance):
    what, name = chance.choice([("instant_keys", "instant_key_id"), ("client_sessions", "client_session_id")])
    site.ask(f"/{what}/delete", **{name: one_of(chance, site.all(f"/{what}/list", what, name))})


@step
def space_is_made(site, chance):
    site.ask(
        "/spaces/create",
        name="Space",
        space_key=f"key {chance.randint(1, 4)}",
        device_ids=some_of(chance, site.devices()),
        acs_entrance_ids=some_of(chance, site.doors()),
    )


@step
def members_change(site, chance):
    space, devices, doors = (
        one_of(chance, site.spaces()),
        some_of(chance, site.devices()),
        some_of(chance, site.doors()),
    )
    how = chance.choice(["add", "remove", "update"])
    if how == "update":
        site.ask("/spaces/update", space_id=space, device_ids=devices, acs_entrance_ids=doors)
    else:
        site.ask(f"/spaces/{how}_devices", space_id=space, device_ids=devices)
        site.ask(f"/spaces/{how}_acs_entrances", space_id=space, acs_entrance_ids=doors)


@step
def space_is_deleted(site, chance):
    site.ask("/spaces/delete", space_id=one_of(chance, site.spaces()))


@step
def device_goes_or_comes(site, chance):
    how = chance.choice(["connect", "connect", "disconnect", "disconnect", "remove"])
    site.ask(f"/devices/simulate/{how}", device_id=one_of(chance, site.devices()))


@step
def account_goes(site, chance):
    how = chance.choice(["delete", *["simulate/disconnect"] * 6])
    site.ask(f"/connected_accounts/{how}", connected_account_id=one_of(chance, site.accounts()))


@step
def account_comes_back(site, chance):
    accounts = listed(site.http, "/connected_accounts/list", "connected_accounts")
    lost = [account for account in accounts if account["errors"]]
    if lost:
        account = chance.choice(lost)
        kind, email = account["account_type"], account["user_identifier"]["email"]
        webview = site.ask("/connect_webviews/create", accepted_providers=[kind])["connect_webview"]
        site.sandbox.complete_login(webview["connect_webview_id"], email=email, provider=kind)


@step
def people_go(site, chance):
    one, other = one_of(chance, site.people()), one_of(chance, site.people())
    if chance.random() < 0.2:
        site.ask("/user_identities/delete", user_identity_id=one)
    else:
        site.ask("/user_identities/merge", user_identity_id=one, merged_user_identity_ids=[other])


@step
def person_comes(site, chance):
    site.ask("/user_identities/create", full_name="Cy", user_identity_key=f"key {chance.randint(1, 4)}")


@step
def phone_comes_or_goes(site, chance):
    if chance.random() < 0.5:
        site.ask("/phones/deactivate", device_id=one_of(chance, site.all("/phones/list", "phones", "device_id")))
    else:
        site.ask("/phones/simulate/create_sandbox_phone", user_identity_id=one_of(chance, site.people()))


@step
def access_system_changes(site, chance):
    what, name = chance.choice([("credentials", "acs_credential_id"), ("users", "acs_user_id")])
    one = one_of(chance, site.all(f"/acs/{what}/list", f"acs_{what}", name))
    if what == "users" and chance.random() < 0.7:
        site.ask(f"/acs/users/{chance.choice(['suspend', 'unsuspend'])}", acs_user_id=one)
    else:
        site.ask(f"/acs/{what}/delete", **{name: one})


@step
def code_is_deleted(site, chance):
    path, key, name = "/access_codes/list", "access_codes", "access_code_id"
    codes = [one for device in site.devices() for one in site.all(path, key, name, device_id=device)]
    site.ask("/access_codes/delete", access_code_id=one_of(chance, codes))


@step
def customer_tells(site, chance):
    key = f"key {chance.randint(1, 4)}"
    if chance.random() < 0.5:
        site.ask("/customers/delete_data", space_keys=[key], user_identity_keys=[key], reservation_keys=["stay"])
    else:
        starts, ends = (site.at(hours) for hours in period(chance))
        place = f"key {chance.randint(1, 4)}"
        stay = {
            "reservation_key": "stay",
            "guest_key": key,
            "space_keys": [place],
            "starts_at": starts,
            "ends_at": ends,
        }
        site.ask(
            "/customers/push_data",
            customer_key="acme",
            spaces=[{"space_key": key, "name": key}],
            guests=[{"guest_key": key, "name": "Di"}],
            reservations=[{name: value for name, value in stay.items() if value is not None}],
        )


@step
def thermostat_is_planned(site, chance):
    device, path, name = site.thermostat(), "/thermostats/schedules", "thermostat_schedule_id"
    known = site.all(f"{path}/list", "thermostat_schedules", name, device_id=device)
    starts, ends = chance.choice([(0, 2), (1, 3), (0.5, 50), (2, 1)])
    times, preset = {"starts_at": site.at(starts), "ends_at": site.at(ends)}, one_of(chance, presets(site))
    if known and chance.random() < 0.4:
        how = chance.choice(["delete", "update"])
        more = {"climate_preset_key": preset, **times} if how == "update" else {}
        site.ask(f"{path}/{how}", **{name: chance.choice(known)}, **more)
    else:
        site.ask(f"{path}/create", device_id=device, climate_preset_key=preset, name="Plan", **times)


def properties(site):
    answer = site.ask("/devices/get", device_id=site.thermostat())
    return answer["device"]["properties"] if answer else {}


def presets(site):
    return [preset["climate_preset_key"] for preset in properties(site).get("available_climate_presets", ())]


@step
def preset_changes(site, chance):
    how = chance.choice(["create", "delete", "fallback", "activate"])
    asked = {"device_id": site.thermostat(), "climate_preset_key": one_of(chance, presets(site))}
    if how == "create":
        asked["climate_preset_key"] = f"preset {chance.randint(1, 3)}"
        asked |= {"hvac_mode_setting": "heat", "heating_set_point_celsius": 20}
    path = {"fallback": "set_fallback_climate_preset", "activate": "activate_climate_preset"}
    site.ask(f"/thermostats/{path.get(how, f'{how}_climate_preset')}", **asked)


@step
def program_changes(site, chance):
    programs = properties(site).get("thermostat_daily_programs") or ()
    one = one_of(chance, [program["thermostat_daily_program_id"] for program in programs])
    how = chance.choice(["create", "delete", "week", "week"])
    if how == "create":
        periods = [{"starts_at_time": "07:00:00", "climate_preset_key": one_of(chance, presets(site))}]
        site.ask("/thermostats/daily_programs/create", device_id=site.thermostat(), name="Day", periods=periods)
    elif how == "delete":
        site.ask("/thermostats/daily_programs/delete", thermostat_daily_program_id=one)
    else:
        site.ask("/thermostats/update_weekly_program", device_id=site.thermostat(), monday_program_id=one)


@step
def time_passes(site, chance):
    site.sandbox.clock.advance(chance.choice([60, HOUR / 2, HOUR, 3 * HOUR, 30 * HOUR]))


@HISTORIES
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 99)), min_size=4, max_size=16))
def test_nothing_ever_contradicts_itself(steps):
    """After each step, and when all that was under way is done."""
    with Sandbox(automations=True) as sandbox:
        site = Site(sandbox)
        for name, number in steps:
            STEPS[name](site, Random(number))
            assert site.wrong() == [], f"after step {name}({number})"
        sandbox.clock.run_until_idle()
        assert site.wrong() == []
