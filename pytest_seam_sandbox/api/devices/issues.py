"""What each error and warning of a device means: its message, the flags of its variant, what does not work meanwhile.

Codes, variants and causes: spec. Effects: docs, else assumed; which errors make a device unreachable is drawn from the
error codes of `device.disconnected`. That `can_program_online_access_codes` stays true while a device is offline is the
docs'; the keypad, and codes that the lock computes, need no connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Cause = Literal["account_disconnected", "hub_disconnected", "device_disconnected"]

REMOTE = frozenset({"can_remotely_lock", "can_remotely_unlock"})
CODES = frozenset({"can_program_online_access_codes"})
NO_CONNECTION_NEEDED = CODES | {"can_program_offline_access_codes", "can_unlock_with_code"}
"""The flags that stay as they are while a device is unreachable."""

Flags = tuple[tuple[str, object], ...]
OF_DEVICE: Flags = (("is_device_error", True),)
OF_ACCOUNT: Flags = (("is_connected_account_error", True), ("is_device_error", False))
OF_BRIDGE: Flags = (("is_bridge_error", True), ("is_connected_account_error", True))


@dataclass(frozen=True, slots=True)
class Issue:
    """What an error or a warning means.

    message: Seam's are free texts; these are in the manner of its samples. flags: further fields of an error's variant.
    is_unreachable: properties.online is false. cause: the error_code with which `device.disconnected` names it.
    without: the can_* flags that are false meanwhile. is_gone: all of them are.
    """

    message: str
    flags: Flags = ()
    is_unreachable: bool = False
    cause: Cause | None = None
    without: frozenset[str] = frozenset()
    is_gone: bool = False

    def stops(self, flag: str) -> bool:
        """Whether this can_* flag is false meanwhile."""
        return self.is_gone or flag in self.without or (self.is_unreachable and flag not in NO_CONNECTION_NEEDED)


def _offline(message: str, cause: Cause, flags: Flags = OF_DEVICE) -> Issue:
    return Issue(message, flags, is_unreachable=True, cause=cause)


DEVICE_ERRORS: Mapping[str, Issue] = MappingProxyType(
    {
        "device_disconnected": _offline(
            "Device Disconnected: the device is offline. Check its power and its connection.", "device_disconnected"
        ),
        "device_offline": _offline("Device Offline: the device is offline.", "device_disconnected"),
        "hub_disconnected": _offline(
            "Hub Disconnected: the hub that this device hangs on is offline. Check its power and network.",
            "hub_disconnected",
        ),
        "account_disconnected": _offline(
            "Account Disconnected: the login at the provider no longer works. Reconnect the account.",
            "account_disconnected",
            OF_ACCOUNT,
        ),
        "bridge_disconnected": _offline(
            "Bridge Disconnected: Seam Bridge cannot be reached. Check that it runs.", "account_disconnected", OF_BRIDGE
        ),
        "dormakaba_sites_disconnected": _offline(
            "Site Disconnected: Seam cannot connect to the dormakaba site of the device.",
            "account_disconnected",
            OF_ACCOUNT,
        ),
        "device_removed": Issue(
            "Device Removed: the device is no longer in the account at the provider.",
            OF_DEVICE,
            is_unreachable=True,
            is_gone=True,
        ),
        "missing_device_credentials": Issue(
            "Missing Device Credentials: the device needs a login of its own. Give it in a Connect Webview.",
            OF_DEVICE,
            is_unreachable=True,
            cause="device_disconnected",
            is_gone=True,
        ),
        "subscription_required": Issue(
            "Subscription Required: the device needs a paid plan at the provider.", OF_DEVICE, without=CODES
        ),
        "insufficient_permissions": Issue(
            "Insufficient Permissions: Seam's user lacks rights at the provider.",
            OF_ACCOUNT,
            without=CODES | {"can_remotely_unlock"},
        ),
        "august_lock_not_authorized": Issue(
            "Lock Not Authorized: the August user may not use this lock.", OF_DEVICE, without=REMOTE | CODES
        ),
        "salto_ks_subscription_limit_exceeded": Issue(
            "Subscription Limit Exceeded: the Salto KS site has no free user.", OF_ACCOUNT, without=CODES
        ),
        "empty_backup_access_code_pool": Issue("The backup access code pool is empty.", OF_DEVICE),
        "auxiliary_heat_running": Issue("The auxiliary heat of the thermostat is on.", OF_DEVICE),
    }
)

DEVICE_WARNINGS: Mapping[str, Issue] = MappingProxyType(
    {
        "device_has_flaky_connection": Issue("The device loses its connection often."),
        "device_communication_degraded": Issue("The device answers slowly or not at all."),
        "unreliable_online_status": Issue("The provider does not say reliably whether the device is online."),
        "power_saving_mode": Issue("The device saves power; its functions are limited."),
        "scheduled_maintenance_window": Issue("The provider maintains its service."),
        "provider_issue": Issue("The provider has an issue."),
        "third_party_integration_detected": Issue("Other software manages the codes of this device."),
        "hub_required_for_additional_capabilities": Issue("The device needs a hub for remote control.", without=REMOTE),
        "accessory_keypad_setup_required": Issue("The keypad is not linked to the bridge.", without=CODES),
        "accessory_keypad_low_battery": Issue("The battery of the keypad is low."),
        "max_access_codes_reached": Issue("The device stores as many codes as it can."),
        "partial_backup_access_code_pool": Issue("The backup pool is not being refilled."),
        "many_active_backup_codes": Issue("Many backup access codes are in use."),
        "privacy_mode": Issue("The privacy mode is on.", without=frozenset({"can_remotely_unlock"})),
        "salto_ks_privacy_mode": Issue("The privacy mode is on.", without=frozenset({"can_remotely_unlock"})),
        "salto_ks_office_mode": Issue("The office mode is on."),
        "salto_ks_subscription_limit_almost_reached": Issue("The Salto KS site has few free users left."),
        "salto_ks_lock_access_code_support_removed": Issue("The lock takes no access codes any more.", without=CODES),
        "ttlock_lock_gateway_unlocking_not_enabled": Issue(
            "Remote unlocking is off in the TTLock app.", without=frozenset({"can_remotely_unlock"})
        ),
        "ttlock_weak_gateway_signal": Issue("The signal between lock and gateway is weak."),
        "temperature_threshold_exceeded": Issue("The temperature is beyond its threshold."),
        "time_zone_unknown": Issue("The time zone of the device is unknown."),
        "ultraloq_time_zone_unknown": Issue("The time zone of the device is unknown."),
        "lockly_time_zone_not_configured": Issue("The time zone of the device is not configured."),
        "time_zone_mismatch": Issue("The time zone of the device differs from that of its hardware."),
        "two_n_device_missing_timezone": Issue("The device has no time zone.", without=CODES),
        "keynest_unsupported_locker": Issue("The locker takes no access codes.", without=CODES),
        "unknown_issue_with_phone": Issue("The phone has an issue that Seam does not know."),
    }
)

PRIVACY = ("privacy_mode", "salto_ks_privacy_mode")
OF_THE_ACCOUNT = frozenset(
    {
        "account_disconnected",
        "bridge_disconnected",
        "dormakaba_sites_disconnected",
        "salto_ks_subscription_limit_exceeded",
    }
)
"""The errors of a connected account that all of its devices have too (docs for the first, else assumed)."""
DISCONNECTING = MappingProxyType(
    {code: issue.cause for code, issue in DEVICE_ERRORS.items() if issue.cause is not None}
)
"""The errors with which a device goes offline, and how `device.disconnected` names each (spec)."""
UNREACHABLE = tuple(code for code, issue in DEVICE_ERRORS.items() if issue.is_unreachable)
"""The errors under which properties.online is false."""
