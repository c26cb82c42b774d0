"""What no answer may say: resources that contradict themselves or each other.

Each function takes resources as JSON and gives one sentence for each contradiction; none is good. `now` is the sandbox
clock as Seam writes times, so that texts compare.
"""

from datetime import datetime, timedelta

BLOCKING = {"device_disconnected", "hub_disconnected", "account_disconnected", "device_removed"}
DISPLAYED = {"setting": "Issuing", "set": "Active", "unset": "Scheduled", "unknown": "Unknown"}
JUST_IN_TIME = timedelta(hours=1)


def error_codes(resource):
    """The codes of its errors."""
    return {error["error_code"] for error in resource["errors"]}


def warning_codes(resource):
    """The codes of its warnings."""
    return {warning["warning_code"] for warning in resource["warnings"]}


def mutation_codes(code):
    """What is pending for a code."""
    return [mutation["mutation_code"] for mutation in code["pending_mutations"]]


def found(**wrong):
    """The names of what is wrong."""
    return [name.replace("_", " ") for name, is_so in wrong.items() if is_so]


def about(resource, key, sentences):
    """The sentences with the resource that they are about."""
    return [f"{resource[key]}: {sentence}: {resource}" for sentence in sentences]


def access_code(code, now):
    """A managed access code by itself."""
    starts, ends, pending = code.get("starts_at"), code.get("ends_at"), mutation_codes(code)
    status, warnings, is_lost = code["status"], warning_codes(code), "account_disconnected" in error_codes(code)
    is_over, is_bound = ends is not None and ends <= now, code["type"] == "time_bound"
    early = starts is not None and datetime.fromisoformat(starts) - datetime.fromisoformat(now)
    is_moving = "updating_time_frame" in pending
    displayed = DISPLAYED.get(status) or ("Deleting" if "deleting" in pending else "Expired")
    return about(
        code,
        "access_code_id",
        found(
            times_do_not_fit_the_type=is_bound is (starts is None) or is_bound is (ends is None),
            ends_before_it_starts=is_bound and ends <= starts,
            is_over_and_still_there=is_over and status not in ("removing", "unknown"),
            is_being_removed_for_no_reason=status == "removing" and not is_over and "deleting" not in pending,
            is_set_and_still_to_be_created=status == "set" and bool({"creating", "deferring_creation"} & {*pending}),
            is_set_long_before_its_start=status == "set" and not is_moving and early and early > JUST_IN_TIME,
            is_being_set_without_being_created=status == "setting" and "creating" not in pending,
            waits_for_a_start_that_has_come=status == "unset" and not is_moving and (starts is None or starts <= now),
            is_unknown_although_the_account_is_there=(status == "unknown")
            is not (is_lost and not code["is_offline_access_code"]),
            is_scheduled_and_works_already=code["is_scheduled_on_device"] and status == "set",
            is_offline_and_pending=code["is_offline_access_code"] and bool(pending),
            is_offline_and_ongoing=code["is_offline_access_code"] and not is_bound,
            warning_of_a_backup_without_one=(code["pulled_backup_access_code_id"] is not None)
            is not ("using_backup_access_code" in warnings),
            backup_for_an_ongoing_code=not is_bound and code["is_backup_access_code_available"],
            is_being_deleted_and_works="being_deleted" in warnings and status not in ("removing", "unknown"),
            is_late_and_set="delay_in_setting_on_device" in warnings and status == "set",
            has_failed_and_nothing_is_pending="failed_to_set_on_device" in error_codes(code) and not pending,
            the_same_change_is_pending_twice=len(pending) != len({*pending}),
            a_change_is_pending_that_is_none=any(
                "from" in mutation and mutation["from"] == mutation["to"] for mutation in code["pending_mutations"]
            ),
            says_otherwise_to_people=code["display_status"] != displayed,
        ),
    )


def unmanaged_access_code(code):
    """An unmanaged access code by itself."""
    displayed = {"set": "Active", "unset": "Not active"}[code["status"]]
    return about(code, "access_code_id", found(says_otherwise_to_people=code["display_status"] != displayed))


def codes_of_lock(device, codes, *, at_once=True):
    """The managed access codes of a lock together, and beside the lock. at_once: what can be done has been done."""
    properties = device["properties"]
    takes_codes = properties["online"] and device["can_program_online_access_codes"]
    most, ids = properties.get("max_active_codes_supported"), {code["access_code_id"] for code in codes}
    has_pool = properties.get("backup_access_code_pool_enabled")
    pins = [code["code"] for code in codes if code["status"] == "set" and not mutation_codes(code)]
    sentences = []
    for code in codes:
        own = {error["error_code"] for error in code["errors"] if error.get("is_access_code_error")}
        sentences += about(
            code,
            "access_code_id",
            found(
                repeats_other_errors_than_those_of_its_lock=error_codes(code) - own != error_codes(device),
                waits_for_a_lock_that_takes_codes=at_once and code["status"] == "setting" and takes_codes and not own,
                points_to_a_backup_that_is_gone=code["pulled_backup_access_code_id"] not in {None, *ids},
                has_a_backup_in_a_pool_that_is_disabled=code["is_backup_access_code_available"] and not has_pool,
            ),
        )
    return sentences + about(
        device,
        "device_id",
        found(
            two_codes_have_one_pin=len(pins) != len({*pins}),
            holds_more_codes_than_it_can=most is not None and len(pins) > most,
            has_an_empty_pool_that_is_disabled="empty_backup_access_code_pool" in error_codes(device) and not has_pool,
        ),
    )


def linked_codes(codes):
    """The access codes of a workspace: one PIN under one common_code_key."""
    pins = {}
    for code in codes:
        pins.setdefault(code["common_code_key"], set()).add(code["code"])
    return [f"{key}: several PINs {found}" for key, found in pins.items() if key is not None and len(found) > 1]


def lock(device):
    """A managed lock by itself."""
    properties, errors = device["properties"], error_codes(device)
    is_online, level = properties["online"], properties.get("battery_level")
    salto = {properties[name]["locked_state"] for name in ("salto_ks_metadata", "salto_metadata") if name in properties}
    shown = {True: {"locked"}, False: {"unlocked"}, None: salto}[properties.get("locked")]
    turns = device.get("can_remotely_lock") or device.get("can_remotely_unlock")
    return about(
        device,
        "device_id",
        found(
            is_online_and_out_of_reach=is_online is bool(errors & BLOCKING),
            turns_and_is_out_of_reach=bool(turns) and not is_online,
            shows_the_bolt_of_a_lock_that_is_out_of_reach="locked" in properties and not is_online,
            is_locked_and_is_not=bool(salto) and salto != shown,
            has_two_battery_levels=level is not None and properties["battery"]["level"] != level,
            takes_codes_without_its_plan="subscription_required" in errors
            and device.get("can_program_online_access_codes") is not False,
        ),
    )


def action_attempt(attempt):
    """An action attempt by itself."""
    result, error = attempt["result"], attempt["error"]
    ended = {"pending": (False, False), "success": (True, False), "error": (False, True)}[attempt["status"]]
    made = {"CREATE_ACCESS_CODE": "access_code", "CREATE_NOISE_THRESHOLD": "noise_threshold"}
    needed = made.get(attempt["action_type"])
    return about(
        attempt,
        "action_attempt_id",
        found(
            status_does_not_fit_the_outcome=(result is not None, error is not None) != ended,
            made_something_that_it_does_not_show=attempt["status"] == "success" and needed and needed not in result,
        ),
    )


def attempt_for_code(attempt, code):
    """An attempt to create, change or delete an access code, and the managed code; None when it is gone."""
    is_pending = attempt["status"] == "pending"
    is_waiting = code is not None and bool(code["pending_mutations"])
    return about(
        attempt,
        "action_attempt_id",
        found(
            is_pending_for_a_code_that_is_gone=is_pending and code is None,
            is_pending_for_a_code_that_has_all=is_pending and code is not None and not is_waiting,
            has_deleted_a_code_that_is_there=attempt["action_type"] == "DELETE_ACCESS_CODE"
            and attempt["status"] == "success"
            and code is not None,
        ),
    )


def noise_sensor(device, thresholds):
    """A managed noise sensor beside its thresholds."""
    properties, level = device["properties"], device["properties"]["noise_level_decibels"]
    by_id = {threshold["noise_threshold_id"]: threshold for threshold in thresholds}
    triggering = properties["currently_triggering_noise_threshold_ids"]
    loud = [by_id[each]["noise_threshold_decibels"] for each in triggering if each in by_id]
    sound = properties.get("minut_metadata", {}).get("latest_sensor_values", {}).get("sound", {}).get("value", level)
    return about(
        device,
        "device_id",
        found(
            triggers_a_threshold_that_is_gone=not {*triggering} <= by_id.keys(),
            triggers_a_threshold_that_is_louder=device["device_type"] == "minut_sensor"
            and max(loud, default=0) > level,
            has_two_noise_levels=sound != level,
            has_more_than_two_thresholds=device["device_type"] == "minut_sensor" and len(thresholds) > 2,
        ),
    )
