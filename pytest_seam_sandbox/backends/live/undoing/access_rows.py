"""How writes about access are undone: codes, grants, access systems."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .access_rules import Backup, BringsUsers, CodeChanged, CredentialGiven, Grant, GroupMember, MethodsRequested
from .device_rules import DeviceSetting
from .rules import AS_IT_WAS, NOTHING, Broken, Changed, Lost, Made, Rule, Switched, deleted, same

_DEVICE = (("device_id", "device_id"),)
_ONE_USER = ("acs_user_id", "acs_system_id", "user_identity_id")


def _group_member(back: str, *, begins: bool) -> Rule:
    return BringsUsers(
        write=GroupMember(
            back=back,
            begins=begins,
            whole="acs_access_group_id",
            part="acs_user_id",
            listed="/acs/access_groups/list_users",
            rows="acs_users",
        )
    )


ACCESS_CODES: Mapping[str, Rule] = MappingProxyType(
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
        "/access_codes/create_multiple": Made(
            key="access_codes",
            id="access_code_id",
            delete="/access_codes/delete",
            listed="/access_codes/list",
            rows="access_codes",
            within=(("device_ids", "device_id"),),
            shows=("name", "code"),
        ),
        "/access_codes/delete": deleted("access_code_id", read="/access_codes/get", key="access_code"),
        "/access_codes/pull_backup_access_code": Backup(),
        "/access_codes/report_device_constraints": DeviceSetting(
            places=(("supported_code_lengths", "supported_code_lengths"),)
        ),
        "/access_codes/simulate/create_unmanaged_access_code": Made(
            key="access_code",
            id="access_code_id",
            delete="/access_codes/unmanaged/delete",
            listed="/access_codes/unmanaged/list",
            rows="access_codes",
            within=_DEVICE,
            shows=("name", "code"),
        ),
        "/access_codes/unmanaged/convert_to_managed": Switched(
            back="/access_codes/update",
            subject=("access_code_id",),
            read="/access_codes/unmanaged/get",
            key="access_code",
            place="is_managed",
            is_on=True,
            more=(("is_managed", False),),
        ),
        "/access_codes/unmanaged/delete": deleted("access_code_id"),
        "/access_codes/unmanaged/update": Switched(
            back="/access_codes/update",
            subject=("access_code_id",),
            read="/access_codes/unmanaged/get",
            key="access_code",
            place="is_managed",
            is_on=True,
            more=(("is_managed", False),),
        ),
        "/access_codes/update": CodeChanged(),
        "/access_codes/update_multiple": Lost(subject=("common_code_key",), advice=AS_IT_WAS),
    }
)

ACCESS_GRANTS: Mapping[str, Rule] = MappingProxyType(
    {
        "/access_grants/create": BringsUsers(
            write=Grant(
                key="access_grant",
                id="access_grant_id",
                delete="/access_grants/delete",
                listed="/access_grants/list",
                rows="access_grants",
                within=(("user_identity_id", "user_identity_id"),),
                shows=("name", "access_grant_key"),
            )
        ),
        "/access_grants/delete": deleted("access_grant_id", read="/access_grants/get", key="access_grant"),
        "/access_grants/request_access_methods": MethodsRequested(),
        "/access_grants/unmanaged/update": Lost(subject=("access_grant_id",), advice=AS_IT_WAS),
        "/access_grants/update": Changed(
            read="/access_grants/get",
            key="access_grant",
            subject=("access_grant_id", "access_grant_key"),
            places=same("name", "starts_at", "ends_at"),
        ),
        "/access_methods/assign_card": Lost(subject=("access_method_id",), advice=AS_IT_WAS),
        "/access_methods/delete": deleted("access_method_id", "access_grant_id", "reservation_key"),
        "/access_methods/encode": Lost(subject=("access_method_id",), advice=AS_IT_WAS),
        "/access_methods/unlock_door": NOTHING,
    }
)

ACS: Mapping[str, Rule] = MappingProxyType(
    {
        "/acs/access_groups/add_user": _group_member("/acs/access_groups/remove_user", begins=True),
        "/acs/access_groups/delete": deleted("acs_access_group_id"),
        "/acs/access_groups/remove_user": _group_member("/acs/access_groups/add_user", begins=False),
        "/acs/credentials/assign": BringsUsers(write=CredentialGiven()),
        "/acs/credentials/create": BringsUsers(
            write=Made(
                key="acs_credential",
                id="acs_credential_id",
                delete="/acs/credentials/delete",
                listed="/acs/credentials/list",
                rows="acs_credentials",
                within=(
                    ("acs_user_id", "acs_user_id"),
                    ("acs_system_id", "acs_system_id"),
                    ("user_identity_id", "user_identity_id"),
                ),
                shows=("access_method", "code"),
            )
        ),
        "/acs/credentials/delete": deleted("acs_credential_id", read="/acs/credentials/get", key="acs_credential"),
        "/acs/credentials/unassign": CredentialGiven(),
        "/acs/credentials/update": Changed(
            read="/acs/credentials/get",
            key="acs_credential",
            subject=("acs_credential_id",),
            places=same("code", "ends_at"),
        ),
        "/acs/encoders/encode_credential": Lost(
            subject=("acs_credential_id", "access_method_id"),
            read="/acs/credentials/get",
            key="acs_credential",
            advice=AS_IT_WAS,
        ),
        "/acs/encoders/scan_credential": NOTHING,
        "/acs/encoders/scan_to_assign_credential": Lost(subject=("acs_user_id", "user_identity_id"), advice=AS_IT_WAS),
        "/acs/encoders/simulate/next_credential_encode_will_fail": Broken(
            back="/acs/encoders/simulate/next_credential_encode_will_succeed", subject="acs_encoder_id"
        ),
        "/acs/encoders/simulate/next_credential_encode_will_succeed": NOTHING,
        "/acs/encoders/simulate/next_credential_scan_will_fail": Broken(
            back="/acs/encoders/simulate/next_credential_scan_will_succeed", subject="acs_encoder_id"
        ),
        "/acs/encoders/simulate/next_credential_scan_will_succeed": NOTHING,
        "/acs/entrances/grant_access": BringsUsers(
            write=Lost(subject=("acs_user_id", "user_identity_id"), advice=AS_IT_WAS)
        ),
        "/acs/entrances/unlock": NOTHING,
        "/acs/systems/report_devices": Lost(subject=("acs_system_id",), advice=AS_IT_WAS),
        "/acs/users/add_to_access_group": _group_member("/acs/users/remove_from_access_group", begins=True),
        "/acs/users/create": Made(
            key="acs_user",
            id="acs_user_id",
            delete="/acs/users/delete",
            listed="/acs/users/list",
            rows="acs_users",
            within=(("acs_system_id", "acs_system_id"), ("user_identity_id", "user_identity_id")),
            shows=("full_name", "email_address", "phone_number"),
        ),
        "/acs/users/delete": deleted(*_ONE_USER, read="/acs/users/get", key="acs_user"),
        "/acs/users/remove_from_access_group": _group_member("/acs/users/add_to_access_group", begins=False),
        "/acs/users/revoke_access_to_all_entrances": Lost(
            subject=_ONE_USER, read="/acs/users/get", key="acs_user", advice=AS_IT_WAS
        ),
        "/acs/users/suspend": Switched(
            back="/acs/users/unsuspend",
            subject=_ONE_USER,
            read="/acs/users/get",
            key="acs_user",
            place="is_suspended",
            is_on=True,
        ),
        "/acs/users/unsuspend": Switched(
            back="/acs/users/suspend",
            subject=_ONE_USER,
            read="/acs/users/get",
            key="acs_user",
            place="is_suspended",
            is_on=False,
        ),
        "/acs/users/update": Changed(
            read="/acs/users/get",
            key="acs_user",
            subject=_ONE_USER,
            places=same("full_name", "email_address", "phone_number", "access_schedule"),
        ),
    }
)
