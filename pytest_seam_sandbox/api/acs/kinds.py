"""The kinds of access systems that Seam knows, and what each can do.

Source: spec for the names; which access methods and credential managers go together: docs where a guide says so
(Visionline, Vostio, dormakaba, Hotek), assumed for the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class SystemKind:
    """A kind of access system.

    provider: the account type to which it belongs. methods: the access methods of its credentials, and of its
    entrances. managers: the kinds of credential managers that hand out its mobile keys; none: it does so itself.
    needs_sync: whether every mobile key has to be a multi-phone sync credential. group_types: the kinds of its access
    groups; none: access belongs to its credentials. has_encoders: whether cards are written at encoders that Seam
    reaches (docs, on the pages of the systems).
    """

    provider: str
    display_name: str
    methods: tuple[str, ...] = ()
    user_type: str | None = None
    credential_type: str | None = None
    managers: tuple[str, ...] = ()
    is_credential_manager: bool = False
    needs_sync: bool = False
    group_types: tuple[str, ...] = ()
    has_encoders: bool = False


_CARD_AND_PHONE = ("card", "mobile_key")
_ALL = ("code", "card", "mobile_key", "cloud_key")
_LEGIC = ("legic_connect_credential_service",)

SYSTEM_KINDS: Mapping[str, SystemKind] = MappingProxyType(
    {
        "visionline_system": SystemKind(
            "visionline",
            "Visionline",
            _CARD_AND_PHONE,
            credential_type="visionline_card",
            managers=("assa_abloy_credential_service",),
            needs_sync=True,
            has_encoders=True,
        ),
        "assa_abloy_credential_service": SystemKind(
            "assa_abloy_credential_service", "ASSA ABLOY Credential Services", is_credential_manager=True
        ),
        "assa_abloy_vostio": SystemKind(
            "assa_abloy_vostio",
            "ASSA ABLOY Vostio",
            _CARD_AND_PHONE,
            credential_type="assa_abloy_vostio_key",
            managers=("assa_abloy_vostio_credential_service",),
            has_encoders=True,
        ),
        "assa_abloy_vostio_credential_service": SystemKind(
            "assa_abloy_vostio_credential_service",
            "ASSA ABLOY Vostio Credential Services",
            is_credential_manager=True,
        ),
        "salto_space_system": SystemKind(
            "salto_space",
            "Salto Space",
            ("code", *_CARD_AND_PHONE),
            "salto_space_user",
            "salto_space_key",
            group_types=("salto_space_group",),
            has_encoders=True,
        ),
        "salto_ks_site": SystemKind(
            "salto_ks",
            "Salto KS Site",
            _ALL,
            "salto_site_user",
            "salto_ks_credential",
            group_types=("salto_ks_access_group",),
        ),
        "brivo_account": SystemKind(
            "brivo", "Brivo Account", _ALL, "brivo_user", "brivo_credential", group_types=("brivo_group",)
        ),
        "latch_building": SystemKind("latch", "Latch Building", _ALL, "latch_user", "latch_access"),
        "dormakaba_community_site": SystemKind(
            "dormakaba_community",
            "dormakaba Community Site",
            _CARD_AND_PHONE,
            "dormakaba_community_user",
            managers=_LEGIC,
            group_types=("dormakaba_community_access_group",),
            has_encoders=True,
        ),
        "dormakaba_ambiance_site": SystemKind(
            "dormakaba_ambiance",
            "dormakaba Ambiance Site",
            _CARD_AND_PHONE,
            credential_type="dormakaba_ambiance_credential",
            managers=_LEGIC,
            group_types=("dormakaba_ambiance_access_group",),
            has_encoders=True,
        ),
        "legic_connect_credential_service": SystemKind(
            "legic_connect", "LEGIC Connect Credential Service", is_credential_manager=True
        ),
        "hotek_site": SystemKind("hotek", "Hotek Site", ("card",), credential_type="hotek_card", has_encoders=True),
        "pti_site": SystemKind(
            "pti",
            "PTI Site",
            ("code", "card", "cloud_key"),
            "pti_user",
            "pti_card",
            group_types=("pti_access_level", "pti_unit"),
        ),
        "avigilon_alta_org": SystemKind(
            "avigilon_alta",
            "Avigilon Alta Organization",
            _ALL,
            "avigilon_alta_user",
            "avigilon_alta_credential",
            group_types=("avigilon_alta_group",),
        ),
        "kisi_organization": SystemKind(
            "kisi", "Kisi Organization", _ALL, "kisi_user", "kisi_credential", group_types=("kisi_access_group",)
        ),
        "hid_credential_manager_organization": SystemKind(
            "hid_credential_manager",
            "HID Credential Manager Organization",
            ("mobile_key",),
            "hid_credential_manager_user",
            "hid_credential",
            is_credential_manager=True,
        ),
    }
)


def display_name_of(external_type: str) -> str:
    """A provider's term as people read it: `visionline_card` is "Visionline Card"."""
    return external_type.replace("_", " ").title()


def door_category(name: str) -> str:
    """What kind of door Visionline takes an entrance of this name for (assumed)."""
    lowered = name.lower()
    if "elevator" in lowered:
        return "elevator reader"
    return "guest" if lowered.startswith("room") else "common"
