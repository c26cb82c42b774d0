"""The ids, keys and tokens of the official fake's seed, under the names that /_fake/default_seed gives them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

JOHN = "john_connected_account_id"
JANE = "jane_connected_account_id"
JOHN_ASSA = "john_assa_cs_connected_account_id"
WORKSPACE_1 = "seed_workspace_1"
WORKSPACE_2 = "seed_workspace_2"
AUGUST_1 = "august_device_1"
AUGUST_2 = "august_device_2"
ECOBEE = "ecobee_device_1"
MINUT = "minut_device_1"
SCHLAGE = "schlage_device_id"
API_KEY_1 = "seam_apikey1_token"
API_KEY_2 = "seam_apikey2_token"
CLIENT_SESSION = "seam_cst1_token"
PUBLISHABLE_KEY = "seam_pk1_token"
ACCESS_TOKEN = "seam_at1_longtoken"  # noqa: S105 - of an emulator
OLDER_ACCESS_TOKEN = "seam_at1_token"  # noqa: S105 - as its key in the seed, which older clients write down
USER_IDENTIFIER_KEY = "john_user_identifier_key"
USER_IDENTITY = "john_user_identity_id"
USER = "john_user_id"
USER_KEY = "john_user_key"
ACS_SYSTEM = "visionline_acs_system_1"

SEED: Mapping[str, str] = MappingProxyType(
    {
        "john_connected_account_id": JOHN,
        "jane_connected_account_id": JANE,
        "john_assa_cs_connected_account_id": JOHN_ASSA,
        "seed_workspace_1": WORKSPACE_1,
        "seed_workspace_2": WORKSPACE_2,
        "john_user_workspace_1": "john_user_workspace_1",
        "august_device_1": AUGUST_1,
        "august_device_2": AUGUST_2,
        "ecobee_device_1": ECOBEE,
        "minut_device_1": MINUT,
        "schlage_device_1": SCHLAGE,
        "seam_apikey1_token": API_KEY_1,
        "seam_apikey2_token": API_KEY_2,
        "seam_cst1_token": CLIENT_SESSION,
        "seam_pk1_token": PUBLISHABLE_KEY,
        "seam_at1_token": ACCESS_TOKEN,
        "john_user_identifier_key": USER_IDENTIFIER_KEY,
        "john_user_identity_id": USER_IDENTITY,
        "john_user_id": USER,
        "john_user_key": USER_KEY,
        "visionline_acs_system_1": ACS_SYSTEM,
        "bridge_client_session_token": "bcs1_token",
    }
)
"""The 22 entries of the seed. Source: official fake, version 1.86.0.

Two stand for nothing here: the sandbox has no user's membership of a workspace and no bridge.
"""
