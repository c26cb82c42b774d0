"""The two workspaces of the official fake's seed, as it fills them. Source: official fake, version 1.86.0."""

from __future__ import annotations

from ..api.acs.state import add_system
from ..api.client_sessions.model import ClientSessionRow
from ..api.client_sessions.state import LIFETIME
from ..api.connect_webviews.endpoints import create as create_webview
from ..api.connect_webviews.model import ConnectWebviewRow
from ..api.connected_accounts.model import ConnectedAccountRow
from ..api.connected_accounts.state import make_account
from ..api.devices.events import DeviceConnected
from ..api.devices.model import DeviceRow, device_fields
from ..api.devices.state import add_device
from ..api.noise_sensors.levels import TRIGGERING
from ..api.noise_sensors.model import NoiseThresholdRow
from ..api.thermostats.climate import adjust
from ..api.thermostats.set_points import both_units
from ..api.user_identities.model import UserIdentityRow
from ..backends.embedded import Embedded
from ..catalog.devices import device_model
from ..engine.auth import AccessToken, Caller, Method
from ..engine.clock import format_time
from ..engine.settings import Settings
from ..engine.workspace import Workspace
from . import names
from .endpoints import PATHS


def open_seed(settings: Settings, seed: int | str) -> Embedded:
    """A server with both workspaces and all keys and tokens of the seed; gives the workspace that is not empty."""
    first = Embedded(
        world="empty",
        seed=seed,
        settings=settings,
        api_key=names.API_KEY_1,
        name="My Workspace",
        workspace_id=names.WORKSPACE_1,
        publishable_key=names.PUBLISHABLE_KEY,
        extensions=PATHS,
    )
    Embedded(
        world="empty",
        beside=first,
        api_key=names.API_KEY_2,
        name="Empty Workspace",
        workspace_id=names.WORKSPACE_2,
    )
    for token in (names.ACCESS_TOKEN, names.OLDER_ACCESS_TOKEN):
        first.app.gate.access_tokens[token] = AccessToken(token, (names.WORKSPACE_1, names.WORKSPACE_2))
    first.world = "seed"
    return first


def fill(workspace: Workspace) -> None:
    """Three accounts, five devices, a person with a client session, an access system; one event.

    That one event is the fake's, too: it adds its devices without any.
    """
    john = _account(workspace, "august", "john@example.com", names.JOHN)
    webview = _webview(workspace, john)
    _devices(workspace, john)
    jane = _account(workspace, "schlage", "jane@example.com", names.JANE)
    schlage = device_model("schlage_lock")
    add_device(workspace, jane, schlage, device_id=names.SCHLAGE, name="Bathroom Door", properties={"locked": True})
    _person(workspace, john, webview)
    _account(workspace, "assa_abloy_credential_service", "john@example.com", names.JOHN_ASSA)
    with workspace.ids.naming(names.ACS_SYSTEM):
        add_system(workspace, john, "visionline_system", name="Fake Visionline System")
    for device in list(workspace[DeviceRow]):  # of several providers, although in one account
        workspace[DeviceRow].put(device.but(provider=device.model.provider))
    workspace.events.clear()
    connected = device_fields(workspace, workspace[DeviceRow][names.AUGUST_1])
    workspace.events.emit(workspace, DeviceConnected(**connected))
    workspace.mark_start()


def _account(workspace: Workspace, provider: str, email: str, account_id: str) -> ConnectedAccountRow:
    with workspace.ids.naming(account_id):
        return make_account(workspace, provider, email=email)


def _webview(workspace: Workspace, account: ConnectedAccountRow) -> ConnectWebviewRow:
    """The Connect Webview through which the account came."""
    webview = create_webview(workspace, caller=Caller(Method.API_KEY))
    workspace[ConnectedAccountRow].put(account.but(connect_webview_ids=(webview.id,)))
    return workspace[ConnectWebviewRow].put(
        webview.but(
            status="authorized",
            connected_account_id=account.id,
            selected_provider=account.account_type,
            authorized_at=workspace.clock.text(),
        )
    )


def _devices(workspace: Workspace, john: ConnectedAccountRow) -> None:
    """John's devices. Clients see the locks by names that the fake gives them beside those of the provider."""
    august, locked = device_model("august_lock"), {"locked": True}
    locks = ((names.AUGUST_1, "Front Door", "Fake August Lock 1"), (names.AUGUST_2, "Back Door", "Fake August Lock 2"))
    for device_id, name, nickname in locks:
        add_device(workspace, john, august, device_id=device_id, name=name, nickname=nickname, properties=locked)
    warm = both_units("temperature", 26, None)
    thermostat = device_model("ecobee_thermostat")
    device = add_device(workspace, john, thermostat, device_id=names.ECOBEE, name="Thermostat 1", properties=warm)
    cool = {"hvac_mode_setting": "cool", **both_units("cooling_set_point", 24, None)}
    adjust(workspace, device, cool, method="seam")  # so it cools, and its fan is running
    minut, loud = device_model("minut_sensor"), {"noise_level_decibels": 70}
    sensor = add_device(workspace, john, minut, device_id=names.MINUT, name="Minut Sensor 1", properties=loud)
    _threshold(workspace, sensor)


def _threshold(workspace: Workspace, sensor: DeviceRow) -> None:
    """The only noise threshold, which the noise level reaches."""
    thresholds = workspace[NoiseThresholdRow]
    for threshold in list(thresholds):
        thresholds.remove(threshold.id)
    zone = "America/Los_Angeles"
    reached = thresholds.put(
        NoiseThresholdRow(
            workspace.ids.uuid(),
            sensor.id,
            "builtin_normal_hours",
            f"00:00:00[{zone}]",
            f"23:59:59[{zone}]",
            noise_threshold_decibels=60,
            is_programmed=True,
        )
    )
    workspace[DeviceRow].put(sensor.but(properties={**sensor.properties, TRIGGERING: [reached.id]}))


def _person(workspace: Workspace, account: ConnectedAccountRow, webview: ConnectWebviewRow) -> None:
    """A user identity, and the client session that acts for it and reaches the account."""
    workspace[UserIdentityRow].put(
        UserIdentityRow(
            user_identity_id=names.USER_IDENTITY,
            workspace_id=workspace.workspace_id,
            created_at=workspace.clock.text(),
            email_address="jane@example.com",
            user_identity_key=names.USER_IDENTIFIER_KEY,
        )
    )
    workspace[ClientSessionRow].put(
        ClientSessionRow(
            client_session_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            token=names.CLIENT_SESSION,
            created_at=workspace.clock.text(),
            expires_at=format_time(workspace.clock.now() + LIFETIME),
            user_identifier_key=names.USER_IDENTIFIER_KEY,
            connected_account_ids=(account.id,),
            connect_webview_ids=(webview.id,),
            user_identity_ids=(names.USER_IDENTITY,),
        )
    )
