"""A workspace in this process that somebody has furnished, and a way for requests of a live sandbox to get there."""

from email.utils import format_datetime
from types import SimpleNamespace

import httpx

from pytest_seam_sandbox.backends.live.connection import Connection, is_read
from pytest_seam_sandbox.backends.live.guard import prove

SOON, NEXT_YEAR, LATER = "2098-01-01T12:00:00.000Z", "2099-01-01T12:00:00.000Z", "2099-01-02T12:00:00.000Z"
URL = "http://127.0.0.1:1"


class Dated(httpx.BaseTransport):
    """Puts the date into the answers of another transport, as servers do, by the clock of the sandbox."""

    def __init__(self, sandbox, transport):
        self._sandbox, self._transport = sandbox, transport

    def handle_request(self, request):
        answer = self._transport.handle_request(request)
        answer.headers["date"] = format_datetime(self._sandbox.backend.now(), usegmt=True)
        return answer


def connected(sandbox, transport):
    """A connection that was proved, whose requests the transport carries."""
    dated = Dated(sandbox, transport)
    connection = Connection(URL, sandbox.api_key, sleep=lambda _: None, transport=lambda: dated)
    prove(connection, workspaces=[sandbox.workspace_id], endpoint=URL)
    return connection


class Carrier(httpx.BaseTransport):
    """Carries requests to a sandbox in this process; loses the next write, or its answer, when it is told to."""

    def __init__(self, sandbox):
        self._transport = sandbox.transport
        self.loses = None

    def handle_request(self, request):
        if is_read(request.method, request.url.path) or self.loses is None:
            return self._transport.handle_request(request)
        loses, self.loses = self.loses, None
        if loses == "answer":
            self._transport.handle_request(request)
        raise httpx.ReadTimeout("lost", request=request)


def furnished(sandbox):
    """The ids of what is in it, by name; `start` is a snapshot of it."""
    call = sandbox.backend.api.call
    for kind in ("nuki_lock", "ecobee_thermostat", "minut_sensor", "igloohome_lock"):
        sandbox.create_device(kind)
    office = sandbox.create_acs_system("salto_ks_site", name="Office", entrances=["Lobby", "Gym"]).acs_system_id
    hotel = sandbox.create_acs_system("visionline_system", name="Hotel", entrances=["Room 101"]).acs_system_id
    devices = {row["device_type"]: row["device_id"] for row in sandbox.backend.api.device_rows()}
    entrances = {row["display_name"]: row["acs_entrance_id"] for row in call("/acs/entrances/list")["acs_entrances"]}
    it = SimpleNamespace(sandbox=sandbox, call=call, office=office, hotel=hotel, **devices)
    it.gym, it.lobby = entrances["Gym"], entrances["Lobby"]
    it.jane = call("/user_identities/create", full_name="Jane")["user_identity"]["user_identity_id"]
    it.joe = call("/user_identities/create", full_name="Joe", user_identity_key="joe")["user_identity"][
        "user_identity_id"
    ]
    it.phone = call("/phones/simulate/create_sandbox_phone", user_identity_id=it.jane)["phone"]["device_id"]
    it.user = call("/acs/users/create", acs_system_id=office, full_name="Ada")["acs_user"]["acs_user_id"]
    it.owned = call("/acs/users/create", acs_system_id=office, full_name="Joe", user_identity_id=it.joe)["acs_user"][
        "acs_user_id"
    ]
    it.free = call("/acs/users/create", acs_system_id=office, full_name="Max")["acs_user"]["acs_user_id"]
    it.group = call("/acs/access_groups/list", acs_system_id=office)["acs_access_groups"][0]["acs_access_group_id"]
    call("/acs/access_groups/add_user", acs_access_group_id=it.group, acs_user_id=it.owned)
    it.credential = call(
        "/acs/credentials/create", access_method="code", acs_user_id=it.user, code="123456", ends_at=NEXT_YEAR
    )["acs_credential"]["acs_credential_id"]
    it.encoder = call("/acs/encoders/list", acs_system_id=hotel)["acs_encoders"][0]["acs_encoder_id"]
    it.space = call(
        "/spaces/create",
        name="Ground Floor",
        space_key="ground",
        device_ids=[it.august_lock],
        acs_entrance_ids=[entrances["Lobby"]],
    )["space"]["space_id"]
    it.account = call("/devices/get", device_id=it.august_lock)["device"]["connected_account_id"]
    it.code = call("/access_codes/create", device_id=it.august_lock, name="Cleaner", code="4321")["access_code"][
        "access_code_id"
    ]
    it.timed = call("/access_codes/create", device_id=it.august_lock, name="Guest", starts_at=NEXT_YEAR, ends_at=LATER)[
        "access_code"
    ]["access_code_id"]
    it.foreign = call(
        "/access_codes/simulate/create_unmanaged_access_code", device_id=it.august_lock, name="Own", code="9876"
    )["access_code"]["access_code_id"]
    it.grant = call(
        "/access_grants/create",
        user_identity_id=it.joe,
        device_ids=[it.yale_lock],
        requested_access_methods=[{"mode": "code"}],
        ends_at=LATER,
        access_grant_key="stay",
    )["access_grant"]["access_grant_id"]
    it.session = call("/client_sessions/create", user_identifier_key="jane")["client_session"]["client_session_id"]
    it.webview = call("/connect_webviews/create")["connect_webview"]["connect_webview_id"]
    it.threshold = call("/noise_sensors/noise_thresholds/list", device_id=it.minut_sensor)["noise_thresholds"][0][
        "noise_threshold_id"
    ]
    call(
        "/noise_sensors/noise_thresholds/delete",
        device_id=it.minut_sensor,
        noise_threshold_id=call("/noise_sensors/noise_thresholds/list", device_id=it.minut_sensor)["noise_thresholds"][
            1
        ]["noise_threshold_id"],
    )
    period = {"starts_at_time": "07:00:00", "climate_preset_key": "home"}
    it.program = call(
        "/thermostats/daily_programs/create", device_id=it.ecobee_thermostat, name="Day", periods=[period]
    )["thermostat_daily_program"]["thermostat_daily_program_id"]
    it.schedule = call(
        "/thermostats/schedules/create",
        device_id=it.ecobee_thermostat,
        name="Trip",
        climate_preset_key="work",
        starts_at=NEXT_YEAR,
        ends_at=LATER,
    )["thermostat_schedule"]["thermostat_schedule_id"]
    call("/devices/update", device_id=it.august_lock, custom_metadata={"floor": "1"})
    call("/customers/push_data", customer_key="acme", users=[{"user_key": "u", "name": "U"}])
    it.nuki_account = call("/devices/get", device_id=it.nuki_lock)["device"]["connected_account_id"]
    call("/spaces/add_connected_account", space_id=it.space, connected_account_id=it.nuki_account)
    call("/user_identities/grant_access_to_device", device_id=it.nuki_lock, user_identity_id=it.joe)
    it.webhook = call("/webhooks/create", url="https://example.com/old", event_types=["device.removed"])["webhook"][
        "webhook_id"
    ]
    it.open_lock = sandbox.create_device("august_lock", name="Open").device_id
    call("/locks/unlock_door", device_id=it.open_lock)
    it.start = sandbox.snapshot()
    return it


def filled(place, value):
    """A value with the ids of this place."""
    if isinstance(value, dict):
        return {name: filled(place, item) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(place, item) for item in value]
    return getattr(place, value[1:]) if isinstance(value, str) and value.startswith("@") else value
