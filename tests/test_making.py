"""What a sandbox refuses to make: it says what was found and expected, and nothing has changed."""

import math
from datetime import UTC, datetime
from threading import Event, Thread

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError, UnknownId
from pytest_seam_sandbox.catalog.devices import device_models
from pytest_seam_sandbox.engine.types import Uuid
from pytest_seam_sandbox.provisioning.arguments import checked, device_properties

NOTHING = "00000000-0000-4000-8000-000000000000"
TAKEN = "11111111-1111-4111-8111-111111111111"
HALF = "\ud800"
"""Half a surrogate pair: Python takes it for a text, and no JSON body can hold it."""
DEEP = []
for _ in range(200):
    DEEP = [DEEP]


@pytest.fixture(scope="module")
def furnished():
    """A hotel with a lock, a phone and an account; tests here change nothing."""
    sandbox = Sandbox(world="hotel")
    sandbox.create_device(device_id=TAKEN, name="Cellar")
    sandbox.create_connected_account("nuki", email="ada@example.com")
    return sandbox


def state(sandbox):
    """All rows and events, and the place in the sequence of ids."""
    return sandbox.embedded.dump(), sandbox.embedded.app.ids.count


WRONG = {
    "create_device": [
        ({"device_type": "agust_lock"}, "Did you mean 'august_lock'"),
        ({"device_type": "x" * 100_000}, "(100,002 characters)"),
        ({"name": HALF}, 'Invalid unicode for "name"'),
        ({"custom_metadata": {HALF: "x"}}, "Invalid unicode"),
        (
            {"custom_metadata": {"floor": HALF}},
            "custom_metadata is no JSON: custom_metadata.floor has half a surrogate",
        ),
        ({"properties": {5: "x"}}, 'received number for "properties.5"'),
        ({"properties": {"august_metadata": {"level": math.nan}}}, "properties.august_metadata.level is nan"),
        ({"properties": {"august_metadata": {"level": 10**400}}}, "is an integer of 1,329 bits"),
        ({"properties": {"august_metadata": {"at": datetime(2040, 1, 1, tzinfo=UTC)}}}, "the type datetime"),
        ({"properties": {"august_metadata": {"tree": DEEP}}}, "properties is no JSON: it is nested too deeply"),
        ({"device_type": None}, "device_type is required."),
        ({"device_type": 5}, 'Expected string, received number for "device_type"; got device_type=5'),
        ({"device_type": "ios_phone"}, "Use create_phone"),
        ({"device_id": "DOOR-1"}, "Invalid uuid for \"device_id\"; got device_id='DOOR-1'"),
        ({"device_id": TAKEN}, f"there is a device {TAKEN!r} already"),
        ({"name": 5}, 'Expected string, received number for "name"'),
        ({"name": ""}, "at least 1 character"),
        ({"connected_account_id": NOTHING}, "no connected account"),
        ({"online": "no"}, 'Expected boolean, received string for "online"'),
        ({"custom_metadata": {"floor": 3}}, r"custom_metadata.floor.*got custom_metadata=\{'floor': 3\}"),
        ({"custom_metadata": {"floor": None}}, "needs a text or a boolean for 'floor', got None"),
        ({"custom_metadata": {"floor": ""}}, "needs a text or a boolean for 'floor', got ''"),
        ({"custom_metadata": {"a.b": "c"}}, "cannot contain a period"),
        ({"custom_metadata": {f"key{number}": "x" for number in range(51)}}, "maximum of 50 keys"),
        ({"custom_metadata": ["floor"]}, "Expected object, received array"),
        ({"properties": {"battery_level": "low"}}, "'battery_level' is a value of type number; got 'low'"),
        ({"properties": {"battery_level": 80}}, "battery_level is a number from 0 to 1, got 80"),
        ({"properties": {"battery": {"level": -1}}}, "battery.level is a number from 0 to 1, got -1"),
        ({"properties": {"battery": {"status": "low"}}}, "battery needs a level"),
        (
            {"properties": {"battery": {"level": 0.5, "status": "fine"}}},
            "battery.status is one of critical, .* got 'fine'",
        ),
        ({"properties": {"battery": {"level": 0.5}, "battery_level": 0.6}}, "two charges"),
        ({"properties": {"batery_level": 0.5}}, "Did you mean 'battery_level'"),
        ({"properties": {"qqqqqqqqqqqq": 0.5}}, "See `device.properties` in Seam's documentation"),
        ({"properties": {"locked": "yes"}}, "'locked' is a value of type boolean"),
        ({"properties": {"online": False}}, "Give online=False"),
        ({"properties": {"august_metadata": "x"}}, "'august_metadata' is a value of type object"),
        ({"properties": {"august_metadata": {"lock_id": object()}}}, "properties is no JSON"),
        ({"properties": "locked"}, "Expected object, received string"),
        ({"properties": {"appearance": {"name": 5}}}, "'appearance.name' is a value of type string; got 5"),
        ({"properties": {"appearance": {"name": None}}}, "'appearance.name' is a value of type string; got None"),
        ({"properties": {"appearance": {"name": ""}}}, "properties.appearance.name is empty"),
        ({"properties": {"name": ""}}, "properties.name is empty"),
        ({"properties": {"supported_code_lengths": ["a"]}}, "'supported_code_lengths.0' is a value of type integer"),
        ({"properties": {"supported_code_lengths": [4, 4.5]}}, "'supported_code_lengths.1' is a value of type integer"),
        ({"properties": {"august_metadata": {"lock_id": 5}}}, "'august_metadata.lock_id' is a value of type string"),
        ({"properties": {"model": {"display_name": None}}}, "'model.display_name' is a value of type string"),
        ({"properties": {"code_constraints": [5]}}, "'code_constraints.0' is a value of type object"),
        (
            {"properties": {"offline_time_frame_options": [{"time_pairs": {"start_time": "16:00"}}]}},
            "'offline_time_frame_options.0.time_pairs' is a value of type array",
        ),
        (
            {"properties": {"offline_time_frame_options": [{"display_name": "A", "max_duration": "31 days"}]}},
            "properties.offline_time_frame_options.0: not an ISO 8601 duration such as PT1H or P29D: '31 days'",
        ),
        (
            {"properties": {"online_time_frame_options": [{}, {"time_pairs": [{"start_time": "4pm"}]}]}},
            "properties.online_time_frame_options.1: .*'4pm'",
        ),
        (
            {"properties": {"online_time_frame_options": [{"time_pairs": [{"start_time": "16:00"}]}]}},
            "properties.online_time_frame_options.0: .*end_time",
        ),
        (
            {"properties": {"offline_time_frame_options": [{"time_zone": "Nowhere/X"}]}},
            "properties.offline_time_frame_options.0: .*Nowhere/X",
        ),
        ({"name": "A", "properties": {"name": "B"}}, "different names: name='A', properties.name='B'"),
        ({"name": "A", "properties": {"appearance": {"name": "B"}}}, "properties.appearance.name='B'"),
    ],
    "create_connected_account": [
        ({"provider": "nope"}, "Seam has no provider 'nope'. Providers: acuity_scheduling"),
        ({"provider": "agust"}, "Did you mean 'august'"),
        ({"provider": None}, "provider is required"),
        ({"email": "ada"}, "Invalid email"),
        ({"provider": "nuki", "email": "ada@example.com"}, "there is a nuki account of ada@example.com already"),
        ({"customer_key": 5}, 'Expected string, received number for "customer_key"'),
        ({"custom_metadata": {"plan": 1}}, "custom_metadata.plan"),
    ],
    "create_user_identity": [
        ({"full_name": 5}, 'Expected string, received number for "full_name"'),
        ({"email_address": "ada"}, "Invalid email"),
        ({"phone_number": 5551234}, 'Expected string, received number for "phone_number"'),
        ({"user_identity_key": " "}, "whitespace"),
        ({"user_identity_key": "guest-101"}, "409"),
    ],
    "create_phone": [
        ({"device_id": "PHONE-1"}, "Invalid uuid"),
        ({"device_id": TAKEN}, f"there is a device {TAKEN!r} already"),
        ({"operating_system": "windows"}, "Expected 'android' | 'ios', received 'windows'"),
        ({"user_identity_id": NOTHING}, "user_identity_not_found"),
        ({"user_identity_id": 5}, 'Expected string, received number for "user_identity_id"'),
        ({"nickname": 5}, 'Expected string, received number for "nickname"'),
        ({"custom_metadata": {"floor": 3}}, "custom_metadata.floor"),
        ({"custom_sdk_installation_id": 5}, 'Expected string, received number for "custom_sdk_installation_id"'),
        ({"phone_metadata": {"device_model": 5}}, "phone_metadata.device_model"),
        ({"phone_metadata": {"device_modle": "Pixel 9"}}, "Did you mean 'device_model'"),
        ({"operating_system": "ios", "phone_metadata": {"operating_system": "android"}}, "two operating systems"),
        ({"assa_abloy_metadata": {"ble_capability": "yes"}}, "assa_abloy_metadata.ble_capability"),
        ({"assa_abloy_metadata": {"qqqqqqqqqqqqqq": True}}, "It takes application_version"),
        ({"properties": {"appearance": {"name": 5}}}, "properties.appearance.name"),
        ({"properties": {"appearance": {"name": "A"}, "name": "B"}}, "different names"),
        ({"properties": {"name": ""}}, "properties.name is empty"),
        (
            {"properties": {"salto_space_credential_service_metadata": {"has_active_phone": "yes"}}},
            "properties.salto_space_credential_service_metadata.has_active_phone",
        ),
        (
            {
                "properties": {
                    "assa_abloy_credential_service_metadata": {
                        "has_active_endpoint": True,
                        "endpoints": [{"endpoint_id": "1", "is_active": False}],
                    }
                }
            },
            "contradict each other",
        ),
    ],
    "create_access_code": [
        ({"device": NOTHING}, f"no device {NOTHING!r} in this sandbox"),
        ({"device": None}, "expected an object with a device_id"),
        ({"code": 1234}, "Expected string, received number"),
        ({"code": "12"}, "invalid_input"),
        ({"starts_at": datetime(2040, 1, 1), "ends_at": "2040-01-02T00:00:00Z"}, "Add a tzinfo"),  # noqa: DTZ001
        ({"device_id": TAKEN}, r"create_access_code\(\) has no parameter 'device_id'. Did you mean 'device'"),
        ({"nme": "Guest"}, r"create_access_code\(\) has no parameter 'nme'. Did you mean 'name'"),
        ({"name": Ellipsis}, "takes JSON only: name is a value of the type ellipsis"),
        ({"name": math.inf}, "takes JSON only: name is inf"),
        ({"name": HALF}, "takes JSON only: name has half a surrogate pair"),
        ({"preferred_code_length": 10**400}, "takes JSON only: preferred_code_length is an integer"),
        ({"code": "1" * 100_000}, "characters)"),
    ],
    "create_acs_system": [
        ({"system_type": "visionlin_system"}, "there are"),
        ({"entrances": "Lobby"}, "Expected array, received string"),
        ({"entrances": ["Lobby", 5]}, "Expected string, received number"),
        ({"entrances": [""]}, "at least 1 character"),
        ({"name": 5}, 'Expected string, received number for "name"'),
        ({"connected_account_id": NOTHING}, "no connected account"),
    ],
    "create_acs_credential": [
        ({"access_method": "fax"}, "received 'fax'"),
        ({"access_method": "cloud_key", "acs_system_id": NOTHING}, "404"),
        ({"access_method": "code", "code": 5}, "Expected string, received number"),
        ({"acs_entrance_ids": [NOTHING]}, "40"),
        ({"user_identity_id": NOTHING}, "user_identity_not_found"),
        ({"is_multi_phone_sync_credential": "yes"}, "Expected boolean"),
        ({"starts": "2040-01-01T00:00:00Z"}, "Did you mean 'starts_at'"),
        ({"allowed_acs_entrance_ids": [NOTHING]}, "Did you mean 'acs_entrance_ids'"),
        ({"starts_at": datetime(2040, 1, 1)}, "Add a tzinfo"),  # noqa: DTZ001
        ({"visionline_metadata": {"card_format": math.nan}}, "takes JSON only: visionline_metadata.card_format is nan"),
    ],
}


@pytest.mark.parametrize(
    ("method", "wrong", "text"),
    [(method, wrong, text) for method, cases in WRONG.items() for wrong, text in cases],
    ids=lambda value: str(value)[:60],
)
def test_refused_means_not_made(furnished, method, wrong, text):
    """No row, no event, no id that is used up; the text says what was found and what was expected."""
    if method == "create_access_code":
        wrong = {"device": TAKEN, **wrong}
    before = state(furnished)

    with pytest.raises(SandboxError) as refused:
        getattr(furnished, method)(**wrong)

    assert state(furnished) == before
    assert all(part in str(refused.value) for part in text.replace("\\", "").split(".*"))
    assert len(str(refused.value)) < 3_000


def test_credential_of_an_empty_sandbox_is_made_whole_or_not_at_all():
    """The system and the person that it would need are not left behind."""
    sandbox = Sandbox()
    before = state(sandbox)

    with pytest.raises(SandboxError):
        sandbox.create_acs_credential("code", code="not a PIN", acs_entrance_ids=[NOTHING])

    assert state(sandbox) == before


def test_what_others_do_meanwhile_is_not_undone():
    """A key that is refused after several calls takes back those calls, and nothing of another thread."""
    sandbox, is_inside = Sandbox(), Event()

    def elsewhere():
        is_inside.wait()
        sandbox.create_user_identity(full_name="Ada Lovelace")

    other = Thread(target=elsewhere)
    other.start()
    with pytest.raises(ZeroDivisionError), sandbox.embedded.provision.all_or_nothing():
        is_inside.set()
        other.join(0.2)  # it has to wait, so this does not end it
        1 / 0  # noqa: B018
    other.join()

    assert [person.full_name for person in sandbox.client().user_identities.list()] == ["Ada Lovelace"]


def test_times_of_a_credential_may_be_datetimes(seam_sandbox):
    """As those of an access code."""
    key = seam_sandbox.create_acs_credential(
        "code", starts_at=datetime(2040, 1, 1, tzinfo=UTC), ends_at=datetime(2040, 1, 2, tzinfo=UTC)
    )

    assert (key.starts_at, key.ends_at) == ("2040-01-01T00:00:00.000Z", "2040-01-02T00:00:00.000Z")


@pytest.mark.parametrize("login", [{"email": "jane"}, {"email": 5}, {"provider": "nope"}, {"provider": 5}], ids=str)
def test_refused_login_connects_nothing(seam_sandbox, seam_client, login):
    """The webview can still be completed afterwards."""
    webview = seam_client.connect_webviews.create(accepted_providers=["august"])
    before = state(seam_sandbox)

    with pytest.raises(SandboxError):
        seam_sandbox.complete_login(webview, **login)

    assert state(seam_sandbox) == before
    assert seam_sandbox.complete_login(webview).account_type == "august"


def test_id_that_is_no_uuid_in_a_lenient_sandbox():
    """With strict_ids off, a device may have any id; elsewhere it is refused."""

    def rules(*, device_id: Uuid) -> None: ...

    assert checked("create_device", rules, strict_ids=False, device_id="DOOR-1") == {"device_id": "DOOR-1"}
    with pytest.raises(SandboxError, match="Invalid uuid"):
        checked("create_device", rules, device_id="DOOR-1")


def test_name_of_a_device_by_its_properties(seam_sandbox):
    """properties.name and properties.appearance.name are the name, in whichever way it is given."""
    by_name = seam_sandbox.create_device(properties={"name": "A"})
    by_appearance = seam_sandbox.create_device(properties={"appearance": {"name": "B"}})
    twice = seam_sandbox.create_device(name="C", properties={"name": "C"})

    for device, name in ((by_name, "A"), (by_appearance, "B"), (twice, "C")):
        assert device.display_name == device.properties.name == device.properties.appearance.name == name


@pytest.mark.parametrize(
    ("given", "level", "status"),
    [
        ({"battery_level": 0.05}, 0.05, "critical"),
        ({"battery_level": 0.3}, 0.3, "low"),
        ({"battery": {"level": 0.5}}, 0.5, "good"),
        ({"battery": {"level": 1}, "battery_level": 1}, 1, "full"),
        ({"battery": {"level": 0.8, "status": "good"}}, 0.8, "good"),
    ],
    ids=str,
)
def test_battery_is_said_once_and_shown_twice(seam_sandbox, given, level, status):
    """battery_level and battery agree, whichever of them a test gives."""
    properties = seam_sandbox.create_device(properties=given).properties

    assert properties.battery_level == properties.battery.level == level
    assert properties.battery.status == status


def test_properties_complete_those_of_the_catalogue(seam_sandbox):
    """An object among the properties changes the fields that it has."""
    device = seam_sandbox.create_device(properties={"model": {"display_name": "Pro"}, "locked": False})

    assert device.properties.model.display_name == "Pro"
    assert device.properties.model.manufacturer_display_name == "August"
    assert device.properties.locked is False


def test_device_without_its_keypad_takes_no_codes(seam_sandbox):
    """A keypad that can be attached and is not makes the flags of the codes false."""
    device = seam_sandbox.create_device(properties={"accessory_keypad": {"is_connected": False}})

    assert (device.can_program_online_access_codes, device.can_unlock_with_code) == (False, False)
    assert device.can_remotely_unlock is True


def test_phone_has_all_that_its_page_shows(seam_sandbox, seam_client):
    """Nickname, metadata and properties of a phone are those that a test gives."""
    phone = seam_sandbox.create_phone(
        device_id=NOTHING,
        nickname="My Phone",
        custom_metadata={"id": "internalId1"},
        properties={"salto_space_credential_service_metadata": {"has_active_phone": True}},
    )

    shown = seam_client.phones.get(device_id=NOTHING)
    assert (phone.nickname, shown.nickname, shown.display_name) == ("My Phone", "My Phone", "My Phone")
    assert shown.custom_metadata == {"id": "internalId1"}
    assert shown.properties.salto_space_credential_service_metadata.has_active_phone is True
    assert shown.properties.assa_abloy_credential_service_metadata.has_active_endpoint is True


def test_name_of_a_phone_without_a_nickname(seam_sandbox):
    """The display name is properties.appearance.name; a nickname comes before it."""
    named = seam_sandbox.create_phone(properties={"appearance": {"name": "Front desk"}})
    nicknamed = seam_sandbox.create_phone(nickname="Mine", properties={"name": "Front desk"})

    assert (named.display_name, nicknamed.display_name) == ("Front desk", "Mine")


@pytest.mark.parametrize(
    ("service", "is_active"),
    [
        ({"has_active_endpoint": False}, [False]),
        (
            {"endpoints": [{"endpoint_id": "a", "is_active": False}, {"endpoint_id": "b", "is_active": True}]},
            [False, True],
        ),
        ({"endpoints": []}, []),
        ({}, [True]),
    ],
    ids=str,
)
def test_endpoints_of_a_phone_agree_with_their_service(seam_sandbox, service, is_active):
    """has_active_endpoint is true exactly when an endpoint is active, whichever of them a test gives."""
    phone = seam_sandbox.create_phone(properties={"assa_abloy_credential_service_metadata": service})

    shown = phone.properties.assa_abloy_credential_service_metadata
    assert [endpoint.is_active for endpoint in shown.endpoints] == is_active
    assert shown.has_active_endpoint is any(is_active)


def test_phone_of_an_installation_keeps_its_id(seam_sandbox):
    """An installation that is there is the same phone, so it cannot get another id."""
    person = seam_sandbox.create_user_identity()
    details = {"user_identity_id": person.user_identity_id, "custom_sdk_installation_id": "install-1"}
    phone = seam_sandbox.create_phone(**details)

    assert seam_sandbox.create_phone(**details).device_id == phone.device_id
    with pytest.raises(SandboxError, match=r"has a phone .* with this installation already"):
        seam_sandbox.create_phone(device_id=NOTHING, **details)


def test_operating_system_of_the_metadata_makes_an_iphone(seam_sandbox):
    """phone_metadata alone decides as well; an iPhone is Apple's."""
    phone = seam_sandbox.create_phone(phone_metadata={"operating_system": "ios"})

    assert (phone.device_type, phone.display_name) == ("ios_phone", "iPhone 17")


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"appearance": {"nmae": "x"}}, "the property 'appearance' has no field 'nmae'. Did you mean 'name'?"),
        ({"battery": {"level": 0.1, "statis": "low"}}, "'battery' has no field 'statis'. Did you mean 'status'?"),
        ({"battery": {"zzz": 1}}, "'battery' has no field 'zzz'. It has level, status."),
        ({"model": {"can_connect_accesory_keypad": True}}, "Did you mean 'can_connect_accessory_keypad'"),
        ({"accessory_keypad": {"battery": {"levle": 1}}}, "'accessory_keypad.battery' has no field 'levle'"),
        ({"code_constraints": [{}, {"min_lenght": 4}]}, "'code_constraints.1' has no field 'min_lenght'"),
        ({"august_metadata": {"lock_nmae": "x"}}, "'august_metadata' has no field 'lock_nmae'"),
        ({"agust_metadata": {}}, "a device has no property 'agust_metadata'. Did you mean 'august_metadata'"),
        ({"zzz_metadata": {}}, "a device has no property 'zzz_metadata'."),
    ],
)
def test_misspelt_fields_of_properties(properties, text):
    """A name at any depth that Seam does not have is refused with the nearest, and nothing is made."""
    sandbox = Sandbox()

    with pytest.raises(SandboxError) as refused:
        sandbox.create_device(properties=properties)

    assert text in str(refused.value)
    assert sandbox.devices == []


def test_misspelt_field_of_a_phone():
    """The same for phones."""
    service = {"endpionts": []}
    with pytest.raises(SandboxError, match="has no field 'endpionts'. Did you mean 'endpoints'"):
        Sandbox().create_phone(properties={"assa_abloy_credential_service_metadata": service})


@pytest.mark.parametrize("device_type", sorted(device_models()))
def test_the_catalogue_has_known_properties_only(device_type):
    """What each device shows can be given to a new one of its type."""
    model = device_models()[device_type]

    device_properties("create_device", {**model.properties}, model)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda sandbox: sandbox.restore(Sandbox().snapshot()), "cannot restore a snapshot of another sandbox"),
        (lambda sandbox: sandbox.restore("yesterday"), "cannot restore 'yesterday'"),
        (lambda sandbox: sandbox.expect_event("lock.locked", within="soon"), "within is 'soon'"),
        (lambda sandbox: sandbox.expect_event("lock.locked", within=-1), "within is -1"),
        (lambda sandbox: sandbox.expect_event("lock.locked", within=float("nan")), "within is nan"),
        (lambda sandbox: sandbox.expect_event("lock.locked", within=float("inf")), "within is inf"),
        (lambda sandbox: sandbox.clock.freeze("tomorrow"), "an aware datetime; got 'tomorrow'"),
        (lambda sandbox: sandbox.faults.fail("*", status="503"), "not '503'"),
        (lambda sandbox: sandbox.removed(TAKEN, restore="no"), "restore is True or False; got 'no'"),
        (lambda sandbox: sandbox.deactivated(sandbox.create_phone(), replace=1), "replace is True or False; got 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_methods_say_what_they_take(call, text):
    """Whatever a method of the sandbox cannot use is refused in words."""
    sandbox = Sandbox()
    sandbox.create_device(device_id=TAKEN)

    with pytest.raises(SandboxError) as refused:
        call(sandbox)

    assert text in str(refused.value)


def test_account_of_a_new_thing_by_its_name():
    """The e-mail address stands for the account, as elsewhere; of several, one has to be chosen by its id."""
    sandbox = Sandbox()
    account = sandbox.create_connected_account("august", email="ada@example.com")

    made = sandbox.create_device(connected_account_id="ada@example.com")
    assert made.connected_account_id == account.connected_account_id
    sandbox.create_connected_account("nuki", email="ada@example.com")
    with pytest.raises(SandboxError, match="'ada@example.com' of a connected account is not unique here"):
        sandbox.create_device(connected_account_id="ada@example.com")


def test_code_on_a_device_that_is_not_there():
    """Names and ids that nothing has are told with what there is, as everywhere."""
    sandbox = Sandbox()
    sandbox.create_device(name="CELLAR")
    sandbox.create_device(name="ATTIC")

    for wrong in ("KITCHEN", NOTHING):
        with pytest.raises(UnknownId, match=f"no device '{wrong}' in this sandbox; it has CELLAR .*, ATTIC"):
            sandbox.create_access_code(wrong)
