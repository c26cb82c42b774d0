# Fields of Seam's objects that the models do not declare. Made by tests/typing/generate.py from the schema.
# What an object does not carry is None; a nested object has what it carries and nothing else.

from typing import Any, Literal

from ._shared import Resource

class AccessCodeDormakabaOracodeMetadata(Resource):
    is_cancellable: bool
    is_early_checkin_able: bool
    is_extendable: bool
    is_overridable: bool
    site_name: str
    stay_id: float
    user_level_id: str
    user_level_name: str | None

class SeamAccessCode(Resource):
    dormakaba_oracode_metadata: AccessCodeDormakabaOracodeMetadata | None
    is_backup: bool | None
    is_external_modification_allowed: bool
    is_offline_access_code: bool
    is_one_time_use: bool
    is_waiting_for_code_assignment: bool | None

class AcsCredentialAssaAbloyVostioMetadata(Resource):
    auto_join: bool
    door_names: list[str]
    endpoint_id: str
    key_id: str
    key_issuing_request_id: str
    override_guest_acs_entrance_ids: list[str]

class AcsCredentialVisionlineMetadata(Resource):
    auto_join: bool
    card_function_type: Literal["guest", "staff"]
    card_id: str
    common_acs_entrance_ids: list[str]
    credential_id: str
    guest_acs_entrance_ids: list[str]
    is_valid: bool
    joiner_acs_credential_ids: list[str]

class SeamAcsCredential(Resource):
    acs_credential_pool_id: str | None
    assa_abloy_vostio_metadata: AcsCredentialAssaAbloyVostioMetadata | None
    card_number: str | None
    connected_account_id: str
    display_name: str
    external_type: (
        Literal[
            "pti_card",
            "brivo_credential",
            "hid_credential",
            "visionline_card",
            "salto_ks_credential",
            "assa_abloy_vostio_key",
            "salto_space_key",
            "latch_access",
            "dormakaba_ambiance_credential",
            "hotek_card",
            "salto_ks_tag",
            "avigilon_alta_credential",
            "kisi_credential",
        ]
        | None
    )
    external_type_display_name: str | None
    is_latest_desired_state_synced_with_provider: bool | None
    is_managed: bool
    is_one_time_use: bool | None
    issued_at: str | None
    latest_desired_state_synced_with_provider_at: str | None
    visionline_metadata: AcsCredentialVisionlineMetadata | None

class AcsEntranceAssaAbloyVostioMetadata(Resource):
    door_name: str
    door_number: float
    door_type: Literal["CommonDoor", "EntranceDoor", "GuestDoor", "Elevator"]
    pms_id: str
    stand_open: bool

class AcsEntranceAvigilonAltaMetadata(Resource):
    entry_name: str
    entry_relays_total_count: float
    org_name: str
    site_id: float
    site_name: str
    zone_id: float
    zone_name: str

class AcsEntranceBrivoMetadata(Resource):
    access_point_id: str
    site_id: float
    site_name: str

class AcsEntranceDormakabaAmbianceMetadata(Resource):
    access_point_name: str

class AcsEntranceDormakabaCommunityMetadata(Resource):
    access_point_profile: str

class AcsEntranceHotekMetadata(Resource):
    common_area_name: str
    common_area_number: str
    room_number: str

class AcsEntranceLatchMetadata(Resource):
    accessibility_type: str
    door_name: str
    door_type: str
    is_connected: bool

class AcsEntranceSaltoKsMetadata(Resource):
    battery_level: str
    door_name: str
    intrusion_alarm: bool
    left_open_alarm: bool
    lock_type: str
    locked_state: str
    online: bool
    privacy_mode: bool

class AcsEntranceSaltoSpaceMetadata(Resource):
    audit_on_keys: bool
    door_description: str
    door_id: str
    door_name: str
    room_description: str
    room_name: str

class AcsEntranceVisionlineMetadataProfile(Resource):
    visionline_door_profile_id: str
    visionline_door_profile_type: Literal["BLE", "commonDoor", "touch"]

class AcsEntranceVisionlineMetadata(Resource):
    door_category: Literal["entrance", "guest", "elevator reader", "common", "common (PMS)"]
    door_name: str
    profiles: list[AcsEntranceVisionlineMetadataProfile]

class AcsEntranceWarning(Resource):
    created_at: str
    message: str
    warning_code: Literal[
        "salto_ks_entrance_access_code_support_removed",
        "entrance_shares_zone",
        "entrance_setup_required",
        "salto_ks_privacy_mode",
        "privacy_mode",
    ]

class SeamAcsEntrance(Resource):
    assa_abloy_vostio_metadata: AcsEntranceAssaAbloyVostioMetadata | None
    avigilon_alta_metadata: AcsEntranceAvigilonAltaMetadata | None
    brivo_metadata: AcsEntranceBrivoMetadata | None
    can_belong_to_reservation: bool | None
    can_unlock_with_card: bool | None
    can_unlock_with_cloud_key: bool | None
    can_unlock_with_code: bool | None
    can_unlock_with_mobile_key: bool | None
    connected_account_id: str
    dormakaba_ambiance_metadata: AcsEntranceDormakabaAmbianceMetadata | None
    dormakaba_community_metadata: AcsEntranceDormakabaCommunityMetadata | None
    hotek_metadata: AcsEntranceHotekMetadata | None
    is_locked: bool | None
    latch_metadata: AcsEntranceLatchMetadata | None
    salto_ks_metadata: AcsEntranceSaltoKsMetadata | None
    salto_space_metadata: AcsEntranceSaltoSpaceMetadata | None
    space_ids: list[str]
    visionline_metadata: AcsEntranceVisionlineMetadata | None
    warnings: list[AcsEntranceWarning]

class AcsSystemLocation(Resource):
    time_zone: str | None

class AcsSystemVisionlineMetadata(Resource):
    lan_address: str
    mobile_access_uuid: str
    system_id: str

class SeamAcsSystem(Resource):
    acs_access_group_count: float | None
    acs_user_count: float | None
    connected_account_ids: list[str]
    external_type_display_name: str | None
    image_alt_text: str
    image_url: str
    location: AcsSystemLocation
    system_type: (
        Literal[
            "pti_site",
            "avigilon_alta_org",
            "salto_ks_site",
            "salto_space_system",
            "brivo_account",
            "hid_credential_manager_organization",
            "visionline_system",
            "assa_abloy_credential_service",
            "latch_building",
            "dormakaba_community_site",
            "dormakaba_ambiance_site",
            "legic_connect_credential_service",
            "assa_abloy_vostio",
            "assa_abloy_vostio_credential_service",
            "hotek_site",
            "kisi_organization",
        ]
        | None
    )
    system_type_display_name: str | None
    visionline_metadata: AcsSystemVisionlineMetadata | None

class AcsUserAccessSchedule(Resource):
    ends_at: str | None
    starts_at: str

class AcsUserPendingMutationTo(Resource):
    acs_access_group_id: str | None
    acs_credential_id: str | None
    email_address: str | None
    ends_at: str | None
    full_name: str | None
    is_suspended: bool
    phone_number: str | None
    starts_at: str | None

class AcsUserPendingMutation(Resource):
    acs_access_group_id: str
    created_at: str
    message: str
    mutation_code: Literal[
        "creating",
        "deleting",
        "deferring_creation",
        "updating_user_information",
        "updating_access_schedule",
        "updating_suspension_state",
        "updating_group_membership",
        "deferring_group_membership_update",
        "updating_credential_assignment",
    ]
    scheduled_at: str | None
    to: AcsUserPendingMutationTo
    variant: Literal["adding", "removing"]

class AcsUserSaltoKsMetadata(Resource):
    is_subscribed: bool

class AcsUserSaltoSpaceMetadata(Resource):
    audit_openings: bool
    user_id: str

class SeamAcsUser(Resource):
    access_schedule: AcsUserAccessSchedule | None
    connected_account_id: str
    email: str | None
    email_address: str | None
    external_type: (
        Literal[
            "pti_user",
            "brivo_user",
            "hid_credential_manager_user",
            "salto_site_user",
            "latch_user",
            "dormakaba_community_user",
            "salto_space_user",
            "avigilon_alta_user",
            "kisi_user",
        ]
        | None
    )
    external_type_display_name: str | None
    hid_acs_system_id: str | None
    is_managed: bool
    last_successful_sync_at: str | None
    pending_mutations: list[AcsUserPendingMutation] | None
    phone_number: str | None
    salto_ks_metadata: AcsUserSaltoKsMetadata | None
    salto_space_metadata: AcsUserSaltoSpaceMetadata | None
    user_identity_email_address: str | None
    user_identity_full_name: str | None
    user_identity_phone_number: str | None

class ConnectedAccountUserIdentifier(Resource):
    api_url: str
    email: str
    exclusive: bool
    phone: str
    username: str

class SeamConnectedAccount(Resource):
    default_checkin_time: str | None
    default_checkout_time: str | None
    ical_feed_origin: str | None
    ical_url: str | None
    image_url: str | None
    time_zone: str | None
    user_identifier: ConnectedAccountUserIdentifier | None

class DeviceDeviceManufacturer(Resource):
    display_name: str
    image_url: str
    manufacturer: str

class DeviceDeviceProvider(Resource):
    device_provider_name: str
    display_name: str
    image_url: str
    provider_category: str

class DeviceLocation(Resource):
    location_name: str
    time_zone: str
    timezone: str

class SeamDevice(Resource):
    can_configure_auto_lock: bool | None
    can_hvac_cool: bool | None
    can_hvac_heat: bool | None
    can_hvac_heat_cool: bool | None
    can_program_offline_access_codes: bool | None
    can_program_thermostat_programs_as_different_each_day: bool | None
    can_program_thermostat_programs_as_same_each_day: bool | None
    can_program_thermostat_programs_as_weekday_weekend: bool | None
    can_run_thermostat_programs: bool | None
    can_turn_off_hvac: bool | None
    can_unlock_with_code: bool | None
    device_manufacturer: DeviceDeviceManufacturer | None
    device_provider: DeviceDeviceProvider | None
    location: DeviceLocation | None
    space_ids: list[str]

class DevicePropertiesAccessoryKeypadBattery(Resource):
    level: float

class DevicePropertiesAccessoryKeypad(Resource):
    battery: DevicePropertiesAccessoryKeypadBattery
    is_connected: bool

class DevicePropertiesActiveThermostatScheduleError(Resource):
    created_at: str
    error_code: str
    message: str

class DevicePropertiesActiveThermostatSchedule(Resource):
    climate_preset_key: str
    created_at: str
    device_id: str
    ends_at: str
    errors: list[DevicePropertiesActiveThermostatScheduleError]
    is_override_allowed: bool
    max_override_period_minutes: int | None
    name: str | None
    starts_at: str
    thermostat_schedule_id: str
    workspace_id: str

class DevicePropertiesAkilesMetadata(Resource):
    gadget_id: str
    gadget_name: str
    product_name: str

class DevicePropertiesAppearance(Resource):
    name: str

class DevicePropertiesAssaAbloyCredentialServiceMetadataEndpoint(Resource):
    endpoint_id: str
    is_active: bool

class DevicePropertiesAssaAbloyCredentialServiceMetadata(Resource):
    endpoints: list[DevicePropertiesAssaAbloyCredentialServiceMetadataEndpoint]
    has_active_endpoint: bool

class DevicePropertiesAssaAbloyVostioMetadata(Resource):
    encoder_name: str

class DevicePropertiesAugustMetadata(Resource):
    has_keypad: bool
    house_id: str
    house_name: str
    keypad_battery_level: str
    lock_id: str
    lock_name: str
    model: str

class DevicePropertiesAvailableClimatePresetEcobeeMetadata(Resource):
    climate_ref: str
    is_optimized: bool
    owner: Literal["user", "system"]

class DevicePropertiesAvailableClimatePreset(Resource):
    can_delete: bool
    can_edit: bool
    can_use_with_thermostat_daily_programs: bool
    climate_preset_key: str
    climate_preset_mode: Literal["home", "away", "wake", "sleep", "occupied", "unoccupied"]
    cooling_set_point_celsius: float
    cooling_set_point_fahrenheit: float
    display_name: str
    ecobee_metadata: DevicePropertiesAvailableClimatePresetEcobeeMetadata
    fan_mode_setting: Literal["auto", "on", "circulate"]
    heating_set_point_celsius: float
    heating_set_point_fahrenheit: float
    hvac_mode_setting: Literal["off", "heat", "cool", "heat_cool", "eco"]
    manual_override_allowed: bool
    name: str | None

class DevicePropertiesBattery(Resource):
    level: float
    status: Literal["critical", "low", "good", "full"]

class DevicePropertiesBrivoMetadata(Resource):
    activation_enabled: bool
    device_name: str

class DevicePropertiesCodeConstraint(Resource):
    constraint_type: Literal[
        "no_zeros",
        "cannot_start_with_12",
        "no_triple_consecutive_ints",
        "cannot_specify_pin_code",
        "pin_code_matches_existing_set",
        "start_date_in_future",
        "no_ascending_or_descending_sequence",
        "at_least_three_unique_digits",
        "cannot_contain_089",
        "cannot_contain_0789",
        "unique_first_four_digits",
        "no_all_same_digits",
        "name_length",
        "name_must_be_unique",
    ]
    max_length: float
    min_length: float

class DevicePropertiesControlbywebMetadata(Resource):
    device_id: str
    device_name: str
    relay_name: str | None

class DevicePropertiesDormakabaOracodeMetadataPredefinedTimeSlot(Resource):
    check_in_time: str
    check_out_time: str
    dormakaba_oracode_user_level_id: str
    dormakaba_oracode_user_level_prefix: float
    is_24_hour: bool
    is_biweekly_mode: bool
    is_master: bool
    is_one_shot: bool
    name: str
    prefix: float

class DevicePropertiesDormakabaOracodeMetadata(Resource):
    device_id: float | str
    door_id: float
    door_is_wireless: bool
    door_name: str
    iana_timezone: str
    predefined_time_slots: list[DevicePropertiesDormakabaOracodeMetadataPredefinedTimeSlot]
    site_id: float | None
    site_name: str

class DevicePropertiesEcobeeMetadata(Resource):
    device_name: str
    ecobee_device_id: str

class DevicePropertiesFourSuitesMetadata(Resource):
    device_id: float
    device_name: str
    reclose_delay_in_seconds: float

class DevicePropertiesGenieMetadata(Resource):
    device_name: str
    door_name: str

class DevicePropertiesHoneywellResideoMetadata(Resource):
    device_name: str
    honeywell_resideo_device_id: str

class DevicePropertiesIglooMetadata(Resource):
    bridge_id: str
    device_id: str
    model: str

class DevicePropertiesIgloohomeMetadata(Resource):
    bridge_id: str
    bridge_name: str
    device_id: str
    device_name: str
    is_accessory_keypad_linked_to_bridge: bool
    keypad_id: str

class DevicePropertiesKeynestMetadata(Resource):
    address: str | None
    current_or_last_store_id: float
    current_status: str | None
    current_user_company: str | None
    current_user_email: str | None
    current_user_name: str | None
    current_user_phone_number: str | None
    default_office_id: float
    device_name: str
    fob_id: float
    handover_method: str | None
    has_photo: bool
    is_quadient_locker: bool
    key_id: str
    key_notes: str | None
    keynest_app_user: str | None
    last_movement: str
    property_id: str | None
    property_postcode: str | None
    status_type: str
    subscription_plan: str

class DevicePropertiesKisiMetadata(Resource):
    description: str | None
    lock_id: float
    lock_name: str
    place_name: str | None

class DevicePropertiesKorelockMetadata(Resource):
    device_id: str
    device_name: str
    firmware_version: str
    location_id: str | None
    model_code: str
    serial_number: str
    wifi_signal_strength: float

class DevicePropertiesKwiksetMetadata(Resource):
    device_id: str
    device_name: str
    model_number: str

class DevicePropertiesLocklyMetadata(Resource):
    device_id: str
    device_name: str
    model: str

class DevicePropertiesMinutMetadataLatestSensorValuesAccelerometerZ(Resource):
    time: str
    value: float

class DevicePropertiesMinutMetadataLatestSensorValues(Resource):
    accelerometer_z: DevicePropertiesMinutMetadataLatestSensorValuesAccelerometerZ
    humidity: DevicePropertiesMinutMetadataLatestSensorValuesAccelerometerZ
    pressure: DevicePropertiesMinutMetadataLatestSensorValuesAccelerometerZ
    sound: DevicePropertiesMinutMetadataLatestSensorValuesAccelerometerZ
    temperature: DevicePropertiesMinutMetadataLatestSensorValuesAccelerometerZ

class DevicePropertiesMinutMetadata(Resource):
    device_id: str
    device_name: str
    latest_sensor_values: DevicePropertiesMinutMetadataLatestSensorValues

class DevicePropertiesModel(Resource):
    accessory_keypad_supported: bool
    can_connect_accessory_keypad: bool
    display_name: str
    has_built_in_keypad: bool
    manufacturer_display_name: str
    offline_access_codes_supported: bool
    online_access_codes_supported: bool

class DevicePropertiesNestMetadata(Resource):
    device_custom_name: str
    device_name: str
    display_name: str
    nest_device_id: str

class DevicePropertiesNoiseawareMetadata(Resource):
    device_id: str
    device_model: Literal["indoor", "outdoor"]
    device_name: str
    noise_level_decibel: float
    noise_level_nrs: float

class DevicePropertiesNukiMetadata(Resource):
    device_id: str
    device_name: str
    keypad_2_paired: bool
    keypad_battery_critical: bool
    keypad_paired: bool

class DevicePropertiesOfflineTimeFrameOptionTimePair(Resource):
    display_name: str
    end_time: str
    start_time: str

class DevicePropertiesOfflineTimeFrameOption(Resource):
    display_name: str
    end_date_recurrence_rule: str
    matching_start_end_time: bool
    max_duration: str
    min_duration: str
    start_date_recurrence_rule: str
    time_pairs: list[DevicePropertiesOfflineTimeFrameOptionTimePair]
    time_zone: str

class DevicePropertiesOmnitecMetadata(Resource):
    has_gateway: bool
    lock_alias: str
    lock_id: float
    lock_mac: str
    lock_name: str
    time_zone: str | None
    timezone_raw_offset_ms: float

class DevicePropertiesRingMetadata(Resource):
    device_id: str
    device_name: str

class DevicePropertiesSaltoKsMetadata(Resource):
    battery_level: str
    customer_reference: str
    has_custom_pin_subscription: bool
    lock_id: str
    lock_type: str
    locked_state: str
    model: str
    site_id: str
    site_name: str

class DevicePropertiesSaltoMetadata(Resource):
    battery_level: str
    customer_reference: str
    lock_id: str
    lock_type: str
    locked_state: str
    model: str
    site_id: str
    site_name: str

class DevicePropertiesSaltoSpaceCredentialServiceMetadata(Resource):
    has_active_phone: bool

class DevicePropertiesSeamBridgeMetadata(Resource):
    device_num: float
    name: str
    unlock_method: Literal["bridge", "doorking"]

class DevicePropertiesSensiMetadata(Resource):
    device_id: str
    device_name: str
    dual_setpoints_not_supported: bool
    enforced_setpoint_range_celsius: Any
    product_type: str

class DevicePropertiesSmartthingsMetadata(Resource):
    device_id: str
    device_name: str
    location_id: str
    model: str

class DevicePropertiesTadoMetadata(Resource):
    device_type: str
    serial_no: str

class DevicePropertiesTedeeMetadata(Resource):
    bridge_id: float
    bridge_name: str
    device_id: float
    device_model: str
    device_name: str
    keypad_id: float
    serial_number: str

class DevicePropertiesTemperatureThreshold(Resource):
    lower_limit_celsius: float | None
    lower_limit_fahrenheit: float | None
    upper_limit_celsius: float | None
    upper_limit_fahrenheit: float | None

class DevicePropertiesThermostatDailyProgramPeriod(Resource):
    climate_preset_key: str
    starts_at_time: str

class DevicePropertiesThermostatDailyProgram(Resource):
    created_at: str
    device_id: str
    name: str | None
    periods: list[DevicePropertiesThermostatDailyProgramPeriod]
    thermostat_daily_program_id: str
    workspace_id: str

class DevicePropertiesThermostatWeeklyProgram(Resource):
    created_at: str
    friday_program_id: str | None
    monday_program_id: str | None
    saturday_program_id: str | None
    sunday_program_id: str | None
    thursday_program_id: str | None
    tuesday_program_id: str | None
    wednesday_program_id: str | None

class DevicePropertiesTtlockMetadataFeatures(Resource):
    auto_lock_time_config: bool
    incomplete_keyboard_passcode: bool
    lock_command: bool
    passcode: bool
    passcode_management: bool
    unlock_via_gateway: bool
    wifi: bool

class DevicePropertiesTtlockMetadataWirelessKeypad(Resource):
    wireless_keypad_id: float
    wireless_keypad_name: str

class DevicePropertiesTtlockMetadata(Resource):
    feature_value: str
    features: DevicePropertiesTtlockMetadataFeatures
    has_gateway: bool
    lock_alias: str
    lock_id: float
    timezone_raw_offset_ms: float | None
    wireless_keypads: list[DevicePropertiesTtlockMetadataWirelessKeypad]

class DevicePropertiesTwoNMetadata(Resource):
    device_id: float
    device_name: str

class DevicePropertiesUltraloqMetadata(Resource):
    device_id: str
    device_name: str
    device_type: str
    time_zone: str | None

class DevicePropertiesVisionlineMetadata(Resource):
    encoder_id: str

class DevicePropertiesWyzeMetadata(Resource):
    device_id: str
    device_info_model: str
    device_name: str
    keypad_uuid: str
    locker_status_hardlock: float
    product_model: str
    product_name: str
    product_type: str

class SeamDeviceProperties(Resource):
    accessory_keypad: DevicePropertiesAccessoryKeypad | None
    active_thermostat_schedule: DevicePropertiesActiveThermostatSchedule | None
    active_thermostat_schedule_id: str | None
    akiles_metadata: DevicePropertiesAkilesMetadata | None
    appearance: DevicePropertiesAppearance
    assa_abloy_credential_service_metadata: DevicePropertiesAssaAbloyCredentialServiceMetadata | None
    assa_abloy_vostio_metadata: DevicePropertiesAssaAbloyVostioMetadata | None
    august_metadata: DevicePropertiesAugustMetadata | None
    auto_lock_delay_seconds: float | None
    auto_lock_enabled: bool | None
    available_climate_preset_modes: list[Literal["home", "away", "wake", "sleep", "occupied", "unoccupied"]] | None
    available_climate_presets: list[DevicePropertiesAvailableClimatePreset] | None
    available_fan_mode_settings: list[Literal["auto", "on", "circulate"]] | None
    available_hvac_mode_settings: list[Literal["off", "heat", "cool", "heat_cool", "eco"]] | None
    avigilon_alta_metadata: AcsEntranceAvigilonAltaMetadata | None
    backup_access_code_pool_enabled: bool | None
    battery: DevicePropertiesBattery | None
    brivo_metadata: DevicePropertiesBrivoMetadata | None
    code_constraints: list[DevicePropertiesCodeConstraint] | None
    controlbyweb_metadata: DevicePropertiesControlbywebMetadata | None
    current_climate_setting: DevicePropertiesAvailableClimatePreset | None
    currently_triggering_noise_threshold_ids: list[str] | None
    default_climate_setting: DevicePropertiesAvailableClimatePreset | None
    dormakaba_oracode_metadata: DevicePropertiesDormakabaOracodeMetadata | None
    ecobee_metadata: DevicePropertiesEcobeeMetadata | None
    fallback_climate_preset_key: str | None
    fan_mode_setting: Literal["auto", "on", "circulate"] | None
    four_suites_metadata: DevicePropertiesFourSuitesMetadata | None
    genie_metadata: DevicePropertiesGenieMetadata | None
    has_direct_power: bool | None
    has_native_entry_events: bool | None
    honeywell_resideo_metadata: DevicePropertiesHoneywellResideoMetadata | None
    igloo_metadata: DevicePropertiesIglooMetadata | None
    igloohome_metadata: DevicePropertiesIgloohomeMetadata | None
    image_alt_text: str | None
    image_url: str | None
    is_cooling: bool | None
    is_fan_running: bool | None
    is_heating: bool | None
    is_temporary_manual_override_active: bool | None
    keynest_metadata: DevicePropertiesKeynestMetadata | None
    keypad_battery: DevicePropertiesAccessoryKeypadBattery | None
    kisi_metadata: DevicePropertiesKisiMetadata | None
    korelock_metadata: DevicePropertiesKorelockMetadata | None
    kwikset_metadata: DevicePropertiesKwiksetMetadata | None
    lockly_metadata: DevicePropertiesLocklyMetadata | None
    max_active_codes_supported: float | None
    max_cooling_set_point_celsius: float | None
    max_cooling_set_point_fahrenheit: float | None
    max_heating_set_point_celsius: float | None
    max_heating_set_point_fahrenheit: float | None
    max_thermostat_daily_program_periods_per_day: float | None
    max_unique_climate_presets_per_thermostat_weekly_program: float | None
    min_cooling_set_point_celsius: float | None
    min_cooling_set_point_fahrenheit: float | None
    min_heating_cooling_delta_celsius: float | None
    min_heating_cooling_delta_fahrenheit: float | None
    min_heating_set_point_celsius: float | None
    min_heating_set_point_fahrenheit: float | None
    minut_metadata: DevicePropertiesMinutMetadata | None
    model: DevicePropertiesModel
    nest_metadata: DevicePropertiesNestMetadata | None
    noise_level_decibels: float | None
    noiseaware_metadata: DevicePropertiesNoiseawareMetadata | None
    nuki_metadata: DevicePropertiesNukiMetadata | None
    offline_access_codes_enabled: bool | None
    offline_time_frame_options: list[DevicePropertiesOfflineTimeFrameOption] | None
    omnitec_metadata: DevicePropertiesOmnitecMetadata | None
    online_access_codes_enabled: bool | None
    online_time_frame_options: list[DevicePropertiesOfflineTimeFrameOption] | None
    relative_humidity: float | None
    ring_metadata: DevicePropertiesRingMetadata | None
    salto_ks_metadata: DevicePropertiesSaltoKsMetadata | None
    salto_metadata: DevicePropertiesSaltoMetadata | None
    salto_space_credential_service_metadata: DevicePropertiesSaltoSpaceCredentialServiceMetadata | None
    schlage_metadata: DevicePropertiesLocklyMetadata | None
    seam_bridge_metadata: DevicePropertiesSeamBridgeMetadata | None
    sensi_metadata: DevicePropertiesSensiMetadata | None
    smartthings_metadata: DevicePropertiesSmartthingsMetadata | None
    supports_accessory_keypad: bool | None
    supports_backup_access_code_pool: bool | None
    supports_offline_access_codes: bool | None
    tado_metadata: DevicePropertiesTadoMetadata | None
    tedee_metadata: DevicePropertiesTedeeMetadata | None
    temperature_celsius: float | None
    temperature_fahrenheit: float | None
    temperature_threshold: DevicePropertiesTemperatureThreshold | None
    thermostat_daily_program_period_precision_minutes: float | None
    thermostat_daily_programs: list[DevicePropertiesThermostatDailyProgram] | None
    thermostat_weekly_program: DevicePropertiesThermostatWeeklyProgram | None
    ttlock_metadata: DevicePropertiesTtlockMetadata | None
    two_n_metadata: DevicePropertiesTwoNMetadata | None
    ultraloq_metadata: DevicePropertiesUltraloqMetadata | None
    visionline_metadata: DevicePropertiesVisionlineMetadata | None
    wyze_metadata: DevicePropertiesWyzeMetadata | None

class EventAccessCodeWarning(Resource):
    created_at: str
    message: str
    warning_code: str

class EventChangedPropertie(Resource):
    property: str
    to: str | None

class EventReason(Resource):
    message: str
    reason_code: Literal[
        "unknown_code",
        "expired_code",
        "blocklisted_code",
        "too_many_attempts",
        "blocked_by_privacy_mode",
        "credential_error",
    ]

class EventRequestedMutation(Resource):
    mutation_code: Literal[
        "updating_name", "updating_code", "updating_time_frame", "deleting", "creating", "deferring_creation"
    ]
    to: dict[str, Any]

class EventTo(Resource):
    code: str | None
    ends_at: str | None
    name: str | None
    starts_at: str | None

class SeamEvent(Resource):
    access_code_errors: list[DevicePropertiesActiveThermostatScheduleError] | None
    access_code_id: str | None
    access_code_is_managed: bool | None
    access_code_warnings: list[EventAccessCodeWarning] | None
    access_grant_id: str | None
    access_grant_ids: list[str] | None
    access_grant_key: str | None
    access_grant_keys: list[str] | None
    access_method_id: str | None
    acs_access_group_id: str | None
    acs_credential_id: str | None
    acs_encoder_id: str | None
    acs_entrance_id: str | None
    acs_entrance_ids: list[str] | None
    acs_system_errors: list[DevicePropertiesActiveThermostatScheduleError] | None
    acs_system_id: str | None
    acs_system_warnings: list[EventAccessCodeWarning] | None
    acs_user_id: str | None
    action_type: str | None
    activation_reason: Literal["motion_detected"] | None
    backup_access_code_id: str | None
    battery_level: float | None
    battery_status: Literal["critical", "low", "good", "full"] | None
    change_reason: str | None
    changed_properties: list[EventChangedPropertie] | None
    client_session_id: str | None
    climate_preset_key: str | None
    code: str | None
    connect_webview_id: str | None
    connected_account_custom_metadata: dict[str, Any] | None
    connected_account_errors: list[DevicePropertiesActiveThermostatScheduleError] | None
    connected_account_type: str | None
    connected_account_warnings: list[EventAccessCodeWarning] | None
    cooling_set_point_celsius: float | None
    cooling_set_point_fahrenheit: float | None
    customer_key: str | None
    description: str | None
    desired_temperature_celsius: float | None
    desired_temperature_fahrenheit: float | None
    device_custom_metadata: dict[str, Any] | None
    device_errors: list[DevicePropertiesActiveThermostatScheduleError] | None
    device_ids: list[str] | None
    device_name: str | None
    device_warnings: list[EventAccessCodeWarning] | None
    ends_at: str | None
    enrollment_automation_id: str | None
    error_message: str | None
    fan_mode_setting: Literal["auto", "on", "circulate"] | None
    heating_set_point_celsius: float | None
    heating_set_point_fahrenheit: float | None
    hvac_mode_setting: Literal["off", "heat", "cool", "heat_cool", "eco"] | None
    image_url: str | None
    is_backup_code: bool | None
    is_fallback_climate_preset: bool | None
    is_via_bluetooth: bool | None
    is_via_nfc: bool | None
    lower_limit_celsius: float | None
    lower_limit_fahrenheit: float | None
    method: Literal["keycode", "manual", "automatic", "unknown", "remote", "card", "seam", "external"] | None
    minut_metadata: dict[str, Any] | None
    missing_device_ids: list[str] | None
    motion_sub_type: Literal["human", "vehicle", "package", "other"] | None
    noise_level_decibels: float | None
    noise_level_nrs: float | None
    noise_threshold_id: str | None
    noise_threshold_name: str | None
    noiseaware_metadata: dict[str, Any] | None
    reason: EventReason | None
    requested_mutations: list[EventRequestedMutation] | None
    space_id: str | None
    space_key: str | None
    starts_at: str | None
    status: str | None
    temperature_celsius: float | None
    temperature_fahrenheit: float | None
    thermostat_schedule_id: str | None
    to: EventTo | None
    upper_limit_celsius: float | None
    upper_limit_fahrenheit: float | None
    user_identity_id: str | None
    video_url: str | None

class SeamShownPhoneProperties(Resource):
    assa_abloy_credential_service_metadata: DevicePropertiesAssaAbloyCredentialServiceMetadata | None
    salto_space_credential_service_metadata: DevicePropertiesSaltoSpaceCredentialServiceMetadata | None

class ProblemFailedDevice(Resource):
    device_id: str
    error_code: str
    message: str

class ProblemModifiedField(Resource):
    field: str
    to: str | None

class ProblemSaltoKsMetadataSite(Resource):
    site_id: str
    site_name: str
    site_user_subscription_limit: int
    subscribed_site_user_count: int

class ProblemSaltoKsMetadata(Resource):
    sites: list[ProblemSaltoKsMetadataSite]

class SeamProblem(Resource):
    access_method_ids: list[str] | None
    acs_system_id: str | None
    acs_user_id: str | None
    active_access_code_count: int | None
    can_tailscale_proxy_reach_bridge: bool | None
    can_tailscale_proxy_reach_tailscale_network: bool | None
    change_type: Literal["modified", "removed"] | None
    device_id: str | None
    failed_devices: list[ProblemFailedDevice] | None
    is_access_code_error: bool | None
    is_bridge_error: bool | None
    is_bridge_socks_server_healthy: bool | None
    is_tailscale_proxy_reachable: bool | None
    is_tailscale_proxy_socks_server_healthy: bool | None
    managed_access_code_id: str | None
    max_active_access_code_count: int | None
    misconfigured_acs_entrance_ids: list[str] | None
    missing_device_ids: list[str] | None
    modified_fields: list[ProblemModifiedField] | None
    new_code: str | None
    original_access_method_id: str | None
    original_code: str | None
    reason: Literal["duration_exceeds_max", "times_do_not_match_slots", "ongoing_not_supported"] | None
    salto_ks_metadata: ProblemSaltoKsMetadata | None
    unmanaged_access_code_id: str | None
