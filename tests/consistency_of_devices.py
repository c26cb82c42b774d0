"""What no answer about devices, phones and accounts may say: resources that contradict themselves or each other.

Each function takes resources as JSON and gives one sentence for each contradiction; none is good.
"""

OUT_OF_REACH = {
    "account_disconnected",
    "bridge_disconnected",
    "device_disconnected",
    "device_offline",
    "device_removed",
    "dormakaba_sites_disconnected",
    "hub_disconnected",
    "missing_device_credentials",
}
GONE = {"device_removed", "missing_device_credentials"}
WITHOUT_A_CONNECTION = {
    "can_program_online_access_codes",
    "can_program_offline_access_codes",
    "can_unlock_with_code",
}
OF_THE_ACCOUNT = {
    "account_disconnected",
    "bridge_disconnected",
    "dormakaba_sites_disconnected",
    "salto_ks_subscription_limit_exceeded",
}
SERVICES = {"yale": "august", "yale_access": "august", "google_nest": "nest"}
"""The services to which logins of other names lead."""
CHARGES = ((0.1, "critical"), (0.3, "low"), (0.75, "good"), (1, "full"))


def error_codes(resource):
    """The codes of its errors."""
    return [error["error_code"] for error in resource["errors"]]


def found(resource, **wrong):
    """The names of what is wrong, each with the resource."""
    return [f"{name.replace('_', ' ')}: {resource}" for name, is_so in wrong.items() if is_so]


def device(device):
    """A device by itself, managed or not."""
    properties, errors = device["properties"], error_codes(device)
    flags = {name: value for name, value in device.items() if name.startswith("can_")}
    working = {name for name, value in flags.items() if value and not name.startswith("can_simulate_")}
    is_online, is_gone = properties["online"], bool(GONE & {*errors})
    maker = device.get("device_manufacturer", {"manufacturer": properties.get("manufacturer")})
    return battery(device) + found(
        device,
        is_online_and_out_of_reach=is_online is bool(OUT_OF_REACH & {*errors}),
        has_an_error_twice=len(errors) != len({*errors}),
        works_without_its_connection=not is_online and bool(working - WITHOUT_A_CONNECTION),
        works_although_it_is_gone=is_gone and bool(working),
        shows_what_nobody_can_know=not is_online and bool({"locked", "battery", "battery_level"} & properties.keys()),
        has_two_names=properties["name"] != device["display_name"],
        is_not_called_by_its_nickname=device.get("nickname", device["display_name"]) != device["display_name"],
        was_made_by_two=properties.get("manufacturer") not in (None, maker["manufacturer"]),
        can_be_connected_and_disconnected=flags.get("can_simulate_connection") is True
        and flags.get("can_simulate_disconnection") is True,
        can_be_connected_and_is_not_disconnected=flags.get("can_simulate_connection") is True
        and "device_disconnected" not in errors,
        cannot_be_removed_and_is_there=flags.get("can_simulate_removal") is False and "device_removed" not in errors,
        has_an_error_of_nobody=any(
            error.get("is_device_error") is error.get("is_connected_account_error") for error in device["errors"]
        ),
        shows_more_than_an_unmanaged_device=not device["is_managed"]
        and bool({"nickname", "device_provider", "space_ids"} & device.keys()),
    )


def battery(device):
    """What a device says of its power."""
    properties = device["properties"]
    level, charge = properties.get("battery_level"), properties.get("battery", {})
    word = None if level is None else next(word for limit, word in CHARGES if level <= limit)
    return found(
        device,
        has_two_charges=charge.get("level") != level,
        says_otherwise_of_its_charge=charge.get("status") != word,
        has_a_cable_and_a_battery=properties.get("has_direct_power") is True and level is not None,
    )


def device_and_account(device, account):
    """A device beside the account through which it came."""
    own, inherited = {*error_codes(device)}, {*error_codes(account)} & OF_THE_ACCOUNT
    service = SERVICES.get(account["account_type"], account["account_type"])
    provider = device.get("device_provider", {"device_provider_name": service})
    return found(
        device,
        lacks_an_error_of_its_account=not inherited <= own,
        has_lost_an_account_that_is_there="account_disconnected" in own - inherited,
        is_controlled_by_another_service=provider["device_provider_name"] != service,
    )


def phone(phone):
    """A phone by itself."""
    service = phone["properties"]["assa_abloy_credential_service_metadata"]
    active = [endpoint["is_active"] for endpoint in service["endpoints"]]
    return found(
        phone,
        has_an_active_endpoint_and_none=service["has_active_endpoint"] is not any(active),
        is_not_called_by_its_nickname=phone.get("nickname", phone["display_name"]) != phone["display_name"],
    )


def phone_and_device(phone, device):
    """A phone beside what /devices/get shows of it."""
    names = ("device_id", "device_type", "display_name", "custom_metadata", "created_at", "workspace_id")
    return found(
        device,
        differs_from_the_phone=any(phone[name] != device[name] for name in names)
        or phone.get("nickname") != device.get("nickname"),
        has_other_errors_than_the_phone=error_codes(phone) != error_codes(device),
    )
