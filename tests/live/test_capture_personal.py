"""No personal detail gets out of a captured workspace, wherever it stands: into no file, and onto no terminal."""

import json
import re
from string import ascii_lowercase

import pytest

from live.furnished import furnished
from live.test_capture import as_text, captured, furnish
from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.catalog.devices import property_fields

STRUCTURE = re.compile(
    r"(_ids?|_at|_code|_type|_types|_status|status|mode|_modes|_settings?|_time|_rule|_duration|access_method"
    r"|capabilities_supported|accepted_capabilities|time_zone|iana_timezone|owner|change_type|field|code|provider_name|account_type_display_name)$"
)
"""The fields of ids, times, PINs and Seam's own words, in which nobody can write."""

WORDS = ("indoor", "bridge")
"""Values of Seam's own in fields that hold other texts elsewhere."""
STAYS = {
    "access_grants": "access_grant_key",
    "access_groups": "name",
    "accelerometer_z": "time",
    "acs_systems": "name",
    "access_codes": "common_code_key",
    "available_climate_presets": "climate_preset_key display_name name",
    "connected_accounts": "customer_key",
    "current_climate_setting": "climate_preset_key display_name name",
    "custom_metadata": "*",
    "devices": "name nickname",
    "encoders": "display_name",
    "entrances": "display_name",
    "errors": "message",
    "humidity": "time",
    "model": "display_name manufacturer_display_name",
    "noise_thresholds": "name",
    "offline_time_frame_options": "display_name",
    "periods": "climate_preset_key",
    "phones": "name nickname custom_sdk_installation_id",
    "predefined_time_slots": "name check_in_time check_out_time",
    "pressure": "time",
    "properties": "fallback_climate_preset_key image_alt_text manufacturer",
    "sound": "time",
    "spaces": "name space_key customer_key",
    "temperature": "time",
    "thermostat_daily_programs": "name",
    "thermostat_schedules": "name climate_preset_key",
    "user_identities": "user_identity_key",
    "user_levels": "user_level user_level_check_in_time user_level_check_out_time user_level_name user_level_type",
    "wireless_keypads": "wireless_keypad_name",
}
"""What may stay of a text that is known as nothing personal, by the object or list in which it stands.

Blocks of providers, named `…_metadata`, keep names of things and the provider's own words: `KEPT_OF_PROVIDERS`.
"""
KEPT_OF_PROVIDERS = re.compile(
    r"(^|_)(device|custom|lock|door|entry|bridge|gadget|product|zone|relay|encoder)_name$"
    r"|^(name|display_name|description|climate_ref|lock_alias|customer_reference)$"
    r"|(^|_)(model|level|state|value|version|method|plan|movement|category|type|status|time_zone|timezone)(_|$)"
    r"|^enforced_setpoint_range_celsius$"
)


def word_of(number):
    """Another word for each number, of letters alone."""
    return "Qz" + "".join(ascii_lowercase[int(digit)] for digit in f"{number:05}") + "zq"


MARKERS = {
    "e-mail address": lambda number: f"{word_of(number)}@{word_of(number)}.example",
    "phone number": lambda number: f"+4989{number:07}",
    "name of a person": lambda _: "Wexqwort",
    "any text": word_of,
}


class Planter:
    """Puts a marker into every text of an answer of the API. planted: the markers."""

    def __init__(self, make):
        self._make = make
        self._blocks = True
        self._count = 0
        self._keys = {}
        self.planted = set()

    def marker(self):
        """Another one each time, unless all are the same."""
        self._count += 1
        self.planted.add(self._make(self._count))
        return self._make(self._count)

    def changed(self, path, answer):
        """The answer with markers; the first device also has the blocks of all providers."""
        answer = json.loads(json.dumps({name: part for name, part in answer.items() if name != "ok"}))
        for device in answer.get("devices", ())[:1] if path == "/devices/list" and self._blocks else ():
            blocks = {name: sample(part) for name, part in property_fields().items() if name.endswith("_metadata")}
            blocks["noiseaware_metadata"]["device_model"] = "indoor"
            blocks["seam_bridge_metadata"]["unlock_method"] = "bridge"
            device["properties"] |= blocks
            self._blocks = False
        for row in answer.get("connected_accounts", ()):
            row |= {"image_url": "https://x", "customer_key": "x"}
        for row in answer.get("spaces", ()):
            where = {"latitude": 48.137154, "longitude": 11.576124}
            row |= {"customer_key": "x", "customer_data": {"address": "x"}, "geolocation": where}
        for row in answer.get("phones", ()):
            row["custom_sdk_installation_id"] = "x"
        skipped = ("pagination", "workspace", "batch")
        return {name: part if name in skipped else self._with_markers(name, part) for name, part in answer.items()}

    def _with_markers(self, name, value):
        if isinstance(value, dict):
            found = {key: self._with_markers(key, inner) for key, inner in value.items()}
            return found | (
                {self.marker().replace(".", ""): "x", "more": self.marker()} if name == "custom_metadata" else {}
            )
        if isinstance(value, list):
            return [self._with_markers(name, inner) for inner in value]
        if not isinstance(value, str) or value in WORDS or (STRUCTURE.search(name) and value not in ("sample", "x")):
            return value
        if name.endswith("climate_preset_key"):  # one key is one marker, since things are found by it
            return self._keys.setdefault(value, self.marker())
        return f"https://{self.marker()}.example/?t={self.marker()}" if name.endswith("url") else self.marker()


def sample(known):
    """A block as the specification describes it; what it leaves open is a text."""
    if isinstance(known, list | tuple):
        return [sample(known[0])]
    if known is None:
        return "sample"
    if isinstance(known, str):
        return {"string": "sample", "boolean": True, "array": []}.get(known.split(" or ")[0], 1)
    return {name: sample(part) for name, part in known.items()}


def left_in(value, planted, place=()):
    """Where in a world a marker is left: the object or list, and the field."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from left_in(key, planted, (*place, "*"))
            yield from left_in(inner, planted, (*place, key))
    elif isinstance(value, list):
        for inner in value:
            yield from left_in(inner, planted, place)
    elif isinstance(value, str) and any(marker.casefold() in value.casefold() for marker in planted):
        yield place[-2:]


def may_stay(parent, name):
    """Whether what is known as nothing personal may stay there."""
    fields = STAYS.get(parent, "").split()
    return name in fields or "*" in fields or (parent.endswith("_metadata") and KEPT_OF_PROVIDERS.search(name))


@pytest.fixture
def odd_answers(recorder, monkeypatch):
    """Answers of the sandbox that is made for comparison are not held to Seam's contract: they have the markers."""
    if recorder is not None:
        monkeypatch.setattr(recorder, "answer", lambda *_, **__: None)
        monkeypatch.setattr(recorder, "event", lambda *_, **__: None)


@pytest.mark.usefixtures("odd_answers")
@pytest.mark.parametrize("kind", MARKERS)
def test_details_get_out_where_they_may_and_nowhere_else(kind):
    """E-mail addresses, phone numbers and names of people nowhere; other texts in the fields of a list."""
    planter = Planter(MARKERS[kind])
    with Sandbox(world="house", seed=4) as sandbox:
        furnished(sandbox)
        furnish(sandbox)
        found = captured(sandbox, planter.changed)

    assert len(found.world["access_grants"]) == len(found.world["spaces"]) == len(found.world["webhooks"]) == 1
    assert len(found.world["devices"]) > 10, found.left_out[:3]
    left = set(left_in(found.world, planter.planted))
    allowed = {place for place in left if kind == "any text" and may_stay(*place)}
    assert left - allowed == set()
    assert "48.137154" not in as_text(found.world)
    assert [line for line in found.left_out for marker in planter.planted if marker in line] == []


@pytest.mark.usefixtures("odd_answers")
def test_list_of_what_may_stay_is_true():
    """Each entry is needed, so that the list tells what a file can hold."""
    planter = Planter(word_of)
    with Sandbox(world="house", seed=4) as sandbox:
        furnished(sandbox)
        furnish(sandbox)
        left = set(left_in(captured(sandbox, planter.changed).world, planter.planted))

    unused = {(parent, name) for parent, names in STAYS.items() for name in names.split()} - left
    assert unused == set()


def test_secrets_are_kept_never():
    """Neither the secret of a webhook nor a link or token of an access grant, also with --keep-personal."""
    with Sandbox(world="house", seed=4) as sandbox:
        furnished(sandbox)
        call = sandbox.backend.api.call
        person = call("/user_identities/list")["user_identities"][0]["user_identity_id"]
        doors = [door["acs_entrance_id"] for door in call("/acs/entrances/list")["acs_entrances"]][:1]
        modes = [{"mode": "mobile_key"}]
        call("/access_grants/create", user_identity_id=person, acs_entrance_ids=doors, requested_access_methods=modes)
        methods = [
            method
            for grant in call("/access_grants/list")["access_grants"]
            for method in call("/access_methods/list", access_grant_id=grant["access_grant_id"])["access_methods"]
        ]
        secrets = [hook["secret"] for hook in call("/webhooks/list")["webhooks"]]
        secrets += [method[name] for method in methods for name in ("instant_key_url", "client_session_token")
                    if name in method]  # fmt: skip
        secrets += [sandbox.api_key, sandbox.workspace_id]
        text = as_text(captured(sandbox, keep_personal=True).world)

    assert len(secrets) >= 5
    assert [secret for secret in secrets if secret in text] == []
