"""How each write of Seam's API is undone in a live workspace: one row for each path."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .rules import Broken, Lost, Made, Rule

_DEVICE = (("device_id", "device_id"),)

UNDO: Mapping[str, Rule] = MappingProxyType(
    {
        "/access_codes/create": Made(
            key="access_code",
            id="access_code_id",
            delete="/access_codes/delete",
            listed="/access_codes/list",
            rows="access_codes",
            within=_DEVICE,
            shows=("name", "code"),
        ),
        "/devices/simulate/connect": Rule(),
        "/devices/simulate/connect_to_hub": Rule(),
        "/devices/simulate/disconnect": Broken(back="/devices/simulate/connect", subject="device_id"),
        "/devices/simulate/disconnect_from_hub": Broken(back="/devices/simulate/connect_to_hub", subject="device_id"),
        "/devices/simulate/paid_subscription": Broken(
            back="/devices/simulate/paid_subscription",
            subject="device_id",
            fixed=(("is_expired", False),),
        ),
        "/phones/simulate/create_sandbox_phone": Made(
            key="phone",
            id="device_id",
            delete="/phones/deactivate",
            listed="/phones/list",
            rows="phones",
            within=(("user_identity_id", "owner_user_identity_id"),),
        ),
        "/user_identities/create": Made(
            key="user_identity",
            id="user_identity_id",
            delete="/user_identities/delete",
            listed="/user_identities/list",
            rows="user_identities",
            shows=("full_name", "email_address", "phone_number", "user_identity_key"),
        ),
        "/webhooks/create": Made(
            key="webhook",
            id="webhook_id",
            delete="/webhooks/delete",
            listed="/webhooks/list",
            rows="webhooks",
            shows=("url",),
            is_dated=False,
        ),
    }
)

_UNKNOWN = Lost(advice="This release does not know that path; look in the workspace for what it has done.")


def rule_of(path: str) -> Rule:
    """How a write is undone."""
    return UNDO.get(path, _UNKNOWN)
