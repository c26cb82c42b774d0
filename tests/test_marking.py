"""Errors and warnings that a test puts on resources: any code of Seam's with what follows from it, and any other."""

import math

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.api.devices.issues import DEVICE_ERRORS, UNREACHABLE
from pytest_seam_sandbox.catalog.known import codes

MADE_UP = "flux_capacitor_overheated"
CONNECTIONS = ("connected_account.connected", "connected_account.disconnected")
KINDS = (
    "device",
    "phone",
    "connected_account",
    "access_code",
    "acs_system",
    "acs_user",
    "acs_credential",
    "acs_entrance",
    "acs_access_group",
    "acs_encoder",
    "user_identity",
    "access_grant",
    "access_method",
)
CODES = [
    (kind, field, code)
    for kind in KINDS
    for field in ("error", "warning")
    for code in codes().get(kind, {}).get(f"{field}s", ())
]


class World:
    """A sandbox with one of each kind that can carry errors and warnings."""

    def __init__(self):
        self.sandbox = Sandbox(world="hotel")
        self.sandbox.clock.freeze()
        self.seam = self.sandbox.client()
        lock = self.sandbox.create_device()
        guest = self.seam.acs.users.list()[0]
        person = self.seam.user_identities.get(user_identity_id=guest.user_identity_id)
        self.of = {
            "device": lock,
            "phone": self.seam.phones.list(owner_user_identity_id=person.user_identity_id)[0],
            "connected_account": self.seam.connected_accounts.get(connected_account_id=lock.connected_account_id),
            "access_code": self.sandbox.create_access_code(lock, code="1234"),
            "acs_system": self.seam.acs.systems.get(acs_system_id=guest.acs_system_id),
            "acs_user": guest,
            "acs_credential": self.seam.acs.credentials.list(user_identity_id=person.user_identity_id)[0],
            "acs_entrance": self.seam.acs.entrances.list()[0],
            "user_identity": person,
        } | self.grants()

    def grants(self):
        """An encoder, a group of another access system, and a grant for another lock with its method."""
        lock = self.sandbox.create_device("schlage_lock", name="GATE")
        office = self.sandbox.create_acs_system("salto_ks_site", name="Office", entrances=["Lobby"])
        ada = self.sandbox.create_user_identity(full_name="Ada", email_address="ada@example.com")
        grant = self.seam.access_grants.create(
            user_identity_id=ada.user_identity_id,
            device_ids=[lock.device_id],
            requested_access_methods=[{"mode": "code"}],
        )
        return {
            "acs_access_group": self.seam.acs.access_groups.list(acs_system_id=office.acs_system_id)[0],
            "acs_encoder": self.seam.acs.encoders.list()[0],
            "access_grant": grant,
            "access_method": self.seam.access_methods.get(access_method_id=grant.access_method_ids[0]),
        }

    def shown(self, kind):
        """The resource as Seam shows it now."""
        key = "device_id" if kind in ("device", "phone") else f"{kind}_id"
        path = {"phone": "phones", "user_identity": "user_identities"}.get(kind, f"{kind}s").replace("acs_", "acs/")
        with self.sandbox.http() as http:
            answer = http.post(f"/{path}/get", json={key: getattr(self.of[kind], key)})
        return answer.raise_for_status().json()[kind]

    def listed(self, kind, field):
        return [entry[f"{field}_code"] for entry in self.shown(kind)[f"{field}s"]]

    def state(self):
        """All rows, without the events."""
        return {kind: rows for kind, rows in self.sandbox.embedded.dump().items() if rows and kind != "Event"}

    def set(self, kind, field, code, **details):
        getattr(self.sandbox, f"set_{field}")(self.of[kind], code, **details)

    def clear(self, kind, field, code):
        getattr(self.sandbox, f"clear_{field}")(self.of[kind], code)

    def log(self):
        return [event.event_type for event in self.sandbox.events]


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize(("kind", "field", "code"), CODES)
def test_every_code_comes_and_goes(world, kind, field, code):
    """It shows in the form that Seam's schema demands, a second time changes nothing, and clearing it undoes it all."""
    before = world.state()

    world.set(kind, field, code)
    during, log = world.state(), world.log()
    world.set(kind, field, code)

    assert (world.state(), world.log()) == (during, log)
    assert world.listed(kind, field).count(code) == 1
    world.clear(kind, field, code)
    assert code not in world.listed(kind, field)
    assert world.state() == before


@pytest.mark.parametrize("field", ["error", "warning"])
@pytest.mark.parametrize("kind", KINDS)
def test_code_that_seam_does_not_have(world, kind, field):
    """It shows as it is, with a message, and nothing else happens."""
    before, log = world.state(), world.log()

    world.set(kind, field, MADE_UP, message="It glows.")

    found = world.shown(kind)[f"{field}s"]
    entry = next(entry for entry in found if entry[f"{field}_code"] == MADE_UP)
    assert (entry["message"], bool(entry["created_at"])) == ("It glows.", True)
    flags = {
        "device": "is_device_error",
        "connected_account": "is_connected_account_error",
        "access_code": "is_access_code_error",
    }
    own = {flags[kind]: True} if field == "error" and kind in flags else {}
    assert {name: value for name, value in entry.items() if name.startswith("is_")} == own
    assert world.log() == log
    world.clear(kind, field, MADE_UP)
    assert world.state() == before


def test_message_is_made_when_none_is_given(world):
    """A code without a known message is its words."""
    world.set("phone", "error", MADE_UP)

    assert world.shown("phone")["errors"][0]["message"] == "Flux capacitor overheated."


def test_empty_message_is_a_message(world):
    """An empty message shows as it is given, at first and as a change."""
    world.set("phone", "error", MADE_UP, message="")
    world.set("device", "error", "hub_disconnected")
    world.set("device", "error", "hub_disconnected", message="")

    assert [error["message"] for kind in ("phone", "device") for error in world.shown(kind)["errors"]] == ["", ""]


def test_message_can_be_changed(world):
    """A second call with a message changes the message and nothing else."""
    world.set("device", "error", "hub_disconnected")
    log = world.log()

    world.set("device", "error", "hub_disconnected", message="The hub is on fire.")

    assert [error["message"] for error in world.shown("device")["errors"]] == ["The hub is on fire."]
    assert [error["message"] for error in world.shown("access_code")["errors"]] == ["The hub is on fire."]
    assert world.log() == log


@pytest.mark.parametrize("code", sorted(DEVICE_ERRORS))
def test_error_of_a_device_decides_whether_it_is_online(world, code):
    """Errors that make a device unreachable take it offline, with the event that names the cause, and back."""
    lost = code in UNREACHABLE
    start = len(world.log())

    world.set("device", "error", code)

    device = world.shown("device")
    assert device["properties"]["online"] is not lost
    assert device["can_remotely_unlock"] is (
        not lost and code not in ("august_lock_not_authorized", "insufficient_permissions")
    )
    assert ("device.disconnected" in world.log()[start:]) is (lost and code != "device_removed")
    start = len(world.log())
    world.clear("device", "error", code)
    assert ("device.connected" in world.log()[start:]) is lost
    assert world.shown("device")["properties"]["online"] is True


def test_codes_wait_for_a_lock_that_is_marked_as_lost(world):
    """An access code that is made meanwhile is set when the error is gone."""
    lock = world.of["device"]
    world.set("device", "error", "bridge_disconnected")

    late = world.seam.access_codes.create(device_id=lock.device_id, code="5678")

    assert late.status == "setting"
    assert [error.error_code for error in late.errors] == ["bridge_disconnected"]
    world.clear("device", "error", "bridge_disconnected")
    assert world.seam.access_codes.get(access_code_id=late.access_code_id).status == "set"


@pytest.mark.parametrize("code", sorted(DEVICE_ERRORS))
def test_error_of_a_device_says_the_same_on_an_access_code(world, code):
    """Whose error it is: insufficient_permissions is one of the account, wherever it stands (SDK)."""
    for name in ("device", "access_code"):
        world.set(name, "error", code)
    on_device, on_code = (
        next(error for error in world.shown(name)["errors"] if error["error_code"] == code)
        for name in ("device", "access_code")
    )

    of_device, of_code = (
        {name: error[name] for name in error if name.startswith("is_")} for error in (on_device, on_code)
    )
    assert of_device == of_code


@pytest.mark.parametrize("code", ["august_lock_not_authorized", "insufficient_permissions", "subscription_required"])
def test_codes_wait_while_they_cannot_be_programmed(world, code):
    """The device stays online; online codes are not programmed until the error is gone."""
    world.set("device", "error", code)
    late = world.seam.access_codes.create(device_id=world.of["device"].device_id, code="5678")

    assert world.shown("device")["can_program_online_access_codes"] is False
    assert late.status == "setting"
    world.clear("device", "error", code)
    assert world.seam.access_codes.get(access_code_id=late.access_code_id).status == "set"


@pytest.mark.parametrize(
    ("field", "code", "flag"),
    [
        ("error", "august_lock_not_authorized", "can_remotely_lock"),
        ("error", "august_lock_not_authorized", "can_remotely_unlock"),
        ("error", "insufficient_permissions", "can_remotely_unlock"),
        ("error", "bridge_disconnected", "can_configure_auto_lock"),
        ("warning", "privacy_mode", "can_remotely_unlock"),
        ("warning", "hub_required_for_additional_capabilities", "can_remotely_lock"),
    ],
)
def test_command_fails_while_its_flag_is_false(world, field, code, flag):
    """The attempt ends with the code that stands in the way, and works again without it."""
    path = {"can_remotely_lock": "lock_door", "can_remotely_unlock": "unlock_door"}.get(flag, "configure_auto_lock")
    world.set("device", field, code)

    def attempt():
        body = {"device_id": world.of["device"].device_id, "auto_lock_enabled": False}
        with world.sandbox.http() as http:
            return http.post(f"/locks/{path}", json=body).json()["action_attempt"]

    assert world.shown("device")[flag] is False
    assert (attempt()["status"], attempt()["error"]["type"]) == ("error", code)
    world.clear("device", field, code)
    assert (world.shown("device")[flag], attempt()["status"]) == (True, "success")


@pytest.mark.parametrize(
    ("field", "code", "event"),
    [
        ("error", "failed_to_set_on_device", "access_code.failed_to_set_on_device"),
        ("error", "no_space_for_access_code_on_device", "access_code.failed_to_set_on_device"),
        ("warning", "delay_in_setting_on_device", "access_code.delay_in_setting_on_device"),
    ],
)
def test_code_that_is_not_on_its_lock(world, field, code, event):
    """It is being set until the mark is gone, whatever happens to the lock meanwhile."""
    world.set("access_code", field, code)

    assert world.log()[-1] == event
    assert world.shown("access_code")["status"] == "setting"
    with world.sandbox.disconnected(world.of["device"]):
        pass
    world.sandbox.clock.advance(3600)
    assert (world.shown("access_code")["status"], code in world.listed("access_code", field)) == ("setting", True)
    world.clear("access_code", field, code)
    assert world.shown("access_code")["status"] == "set"
    world.sandbox.expect_event("access_code.set_on_device", access_code_id=world.of["access_code"].access_code_id)


def test_code_that_cannot_be_erased(world):
    """A code that is deleted meanwhile goes when the mark does."""
    code = world.of["access_code"]
    world.set("access_code", "error", "failed_to_remove_from_device")
    world.seam.access_codes.delete(access_code_id=code.access_code_id)

    assert world.shown("access_code")["status"] == "removing"
    world.clear("access_code", "error", "failed_to_remove_from_device")
    assert world.seam.access_codes.list(device_id=code.device_id) == []
    world.sandbox.expect_event("access_code.removed_from_device", access_code_id=code.access_code_id)


def test_code_that_never_was_on_its_lock_can_be_deleted(world):
    """Nothing has to be erased, so nothing waits."""
    code = world.of["access_code"]
    world.set("access_code", "error", "failed_to_set_on_device")

    world.seam.access_codes.delete(access_code_id=code.access_code_id)

    assert world.seam.access_codes.list(device_id=code.device_id) == []


def test_account_takes_its_devices_and_systems_along(world):
    """The bridge of an account is that of all its devices and systems."""
    hotel = world.of["acs_system"]
    world.sandbox.create_device("brivo_access_point", connected_account_id=hotel.connected_account_id)
    account = world.seam.connected_accounts.get(connected_account_id=hotel.connected_account_id)

    world.sandbox.set_error(account, "bridge_disconnected")
    late = world.sandbox.create_device(
        "brivo_access_point", connected_account_id=hotel.connected_account_id, name="Late"
    )

    assert world.listed("acs_system", "error") == ["bridge_disconnected"]
    devices = world.seam.devices.list(connected_account_id=account.connected_account_id)
    assert [(device.properties.online, device.errors[0].error_code) for device in devices] == [
        (False, "bridge_disconnected")
    ] * 2
    world.sandbox.expect_event("acs_system.disconnected", acs_system_id=hotel.acs_system_id)
    world.sandbox.clear_error(account, "bridge_disconnected")
    world.sandbox.expect_event("acs_system.connected", acs_system_id=hotel.acs_system_id)
    world.sandbox.expect_event("device.connected", device_id=late.device_id)


def test_fields_are_copied(world):
    """What the test does to its own list later does not change the entry."""
    doors = ["front"]
    world.set("device", "error", MADE_UP, doors=doors)
    doors.append("back")

    world.sandbox.set_warning(world.of["device"], MADE_UP)

    assert world.shown("device")["errors"][0]["doors"] == ["front"]


@pytest.mark.parametrize("code", ["bridge_disconnected", "dormakaba_sites_disconnected", "account_disconnected"])
def test_error_that_a_device_has_of_its_account_is_that_of_the_account(world, code):
    """Cleared on the device, it is cleared on the account and on its other devices."""
    other = world.sandbox.create_device(name="ATTIC")
    world.sandbox.set_error(world.of["connected_account"], code)

    world.clear("device", "error", code)

    assert world.listed("connected_account", "error") == world.listed("device", "error") == []
    world.sandbox.expect_no_device_error(other)


def test_account_with_two_errors_is_back_when_both_are_gone(world):
    """It says once that it is disconnected and once that it is back."""
    start = len(world.log())
    for code in ("bridge_disconnected", "account_disconnected"):
        world.set("connected_account", "error", code)
    for code in ("account_disconnected", "bridge_disconnected"):
        world.clear("connected_account", "error", code)

    told = [event for event in world.log()[start:] if event in CONNECTIONS]
    assert told == ["connected_account.disconnected", "connected_account.connected"]


def test_bridge_of_a_lost_account(world):
    """That the bridge goes and comes changes nothing that the account would have to tell."""
    world.set("connected_account", "error", "account_disconnected")
    start = len(world.log())

    world.set("connected_account", "error", "bridge_disconnected")
    world.clear("connected_account", "error", "bridge_disconnected")

    assert [event for event in world.log()[start:] if event in CONNECTIONS] == []


def test_plan_of_a_removed_device(world):
    """It can end and come back although Seam's own simulation is refused."""
    world.set("device", "error", "device_removed")

    world.set("device", "error", "subscription_required")
    assert world.listed("device", "error") == ["device_removed", "subscription_required"]

    world.clear("device", "error", "subscription_required")
    assert world.listed("device", "error") == ["device_removed"]


@pytest.mark.seam(action_attempts=30)
def test_what_is_due_happens_before_a_mark(seam_sandbox, seam_client, sandbox_device):
    """A door that was to be open by now is open, although nobody has looked before the device was lost."""
    seam_client.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)
    clock = seam_sandbox.embedded.app.clock
    clock.move(31)  # as the wall clock does: nothing is done on the way

    seam_sandbox.set_error(sandbox_device, "device_disconnected")

    log = [event.event_type for event in seam_sandbox.events]
    assert log.index("lock.unlocked") < log.index("device.disconnected")
    seam_sandbox.expect_event("action_attempt.unlock_door.succeeded")


def test_login_meets_a_request_for_it(world):
    """account_reauthorization_requested is told by an event, and a new login of the account takes it away."""
    world.set("connected_account", "warning", "account_reauthorization_requested")

    event = world.sandbox.expect_event("connected_account.reauthorization_requested")
    assert [warning.warning_code for warning in event.connected_account_warnings] == [
        "account_reauthorization_requested"
    ]
    account = world.of["connected_account"]
    webview = world.seam.connect_webviews.create(accepted_providers=["august"])
    world.sandbox.complete_login(webview, email=account.user_identifier.email)
    assert world.listed("connected_account", "warning") == []


def test_credentials_wait_for_a_system_that_cannot_be_managed(world):
    """What is made meanwhile is issued when the error is gone."""
    world.set("acs_system", "error", "visionline_instance_unreachable")

    key = world.sandbox.create_acs_credential(user_identity_id=world.of["user_identity"].user_identity_id)

    assert key.is_issued is False
    world.clear("acs_system", "error", "visionline_instance_unreachable")
    assert world.seam.acs.credentials.get(acs_credential_id=key.acs_credential_id).is_issued is True


def test_system_with_two_errors_is_back_when_both_are_gone(world):
    """It says once that it is disconnected and once that it is back."""
    start = len(world.log())
    for code in ("acs_system_disconnected", "visionline_instance_unreachable"):
        world.set("acs_system", "error", code)

    world.clear("acs_system", "error", "acs_system_disconnected")
    assert world.log()[start:] == ["acs_system.disconnected"]
    world.clear("acs_system", "error", "visionline_instance_unreachable")
    assert world.log()[start:] == ["acs_system.disconnected", "acs_system.connected"]


def test_credential_that_no_phone_has_goes_on_waiting(world):
    """Held back or not, a key needs a phone."""
    key = world.sandbox.create_acs_credential()
    world.sandbox.set_warning(key, MADE_UP)
    world.sandbox.clear_warning(key, MADE_UP)

    world.sandbox.set_warning(key, "waiting_to_be_issued", message="Wait.")
    shown = world.seam.acs.credentials.get(acs_credential_id=key.acs_credential_id)

    assert [warning.message for warning in shown.warnings] == ["Wait."]
    world.sandbox.create_phone(user_identity_id=key.user_identity_id)
    world.sandbox.clear_warning(key, "waiting_to_be_issued")
    assert world.seam.acs.credentials.get(acs_credential_id=key.acs_credential_id).is_issued is True


@pytest.mark.parametrize(
    ("field", "code"),
    [("error", "conflicting_external_modification"), ("warning", "external_modification_in_effect")],
)
@pytest.mark.parametrize(("change", "told"), [("modified", "modified"), ("removed", "deleted"), (None, "modified")])
def test_change_outside_seam_is_told(world, field, code, change, told):
    """The type of the change decides on the event; without one it is a modification."""
    start = len(world.log())

    world.set("access_code", field, code, **({} if change is None else {"change_type": change}))

    assert world.log()[start:] == [f"access_code.{told}_external_to_seam"]


def test_mark_on_a_code_that_seam_does_not_program(seam_sandbox, seam_client):
    """A code that the lock computes stays what it is."""
    lock = seam_sandbox.create_device("igloohome_lock")
    times = {"starts_at": "2040-01-01T00:00:00Z", "ends_at": "2040-01-01T10:00:00Z"}
    code = seam_client.access_codes.create(device_id=lock.device_id, is_offline_access_code=True, **times)

    seam_sandbox.set_error(code, "failed_to_set_on_device")

    shown = seam_client.access_codes.get(access_code_id=code.access_code_id)
    assert (shown.status, [error.error_code for error in shown.errors]) == (code.status, ["failed_to_set_on_device"])
    seam_sandbox.clear_error(code, "failed_to_set_on_device")
    assert seam_client.access_codes.get(access_code_id=code.access_code_id).errors == []


def test_credential_that_waits_to_be_issued(world):
    """It is not issued until the warning is gone, also when its person gets another phone."""
    world.set("acs_credential", "warning", "waiting_to_be_issued")
    shown = world.shown("acs_credential")

    assert (shown["is_issued"], shown["issued_at"]) == (False, None)
    world.sandbox.create_phone(user_identity_id=world.of["user_identity"].user_identity_id)
    assert world.shown("acs_credential")["is_issued"] is False
    world.clear("acs_credential", "warning", "waiting_to_be_issued")
    assert world.shown("acs_credential")["is_issued"] is True


def test_error_of_a_user_shows_on_its_person(world):
    """The identity says which user has an issue, until the last error of the user is gone."""
    world.set("acs_user", "error", "deleted_externally")
    world.set("acs_user", "error", MADE_UP)

    issue = world.shown("user_identity")["errors"]
    assert [error["acs_user_id"] for error in issue] == [world.of["acs_user"].acs_user_id]
    world.clear("acs_user", "error", MADE_UP)
    assert len(world.shown("user_identity")["errors"]) == 1
    world.clear("acs_user", "error", "deleted_externally")
    assert world.shown("user_identity")["errors"] == []


def test_salto_lock_tells_of_its_privacy_mode(seam_sandbox, seam_client):
    """Remote unlocking is off meanwhile, and two events tell of it."""
    lock = seam_sandbox.create_device("salto_lock")

    with seam_sandbox.expecting("device.salto.privacy_mode_activated", "device.salto.privacy_mode_deactivated"):
        seam_sandbox.set_warning(lock, "privacy_mode")
        assert seam_client.devices.get(device_id=lock.device_id).can_remotely_unlock is False
        seam_sandbox.clear_warning(lock, "privacy_mode")


def test_error_of_a_phone_shows_on_it_as_a_device(world):
    """/devices/get shows the errors of a phone with the flags of a device's error."""
    phone = world.of["phone"]
    world.set("phone", "error", "device_disconnected")
    world.set("phone", "warning", "unknown_issue_with_phone")

    assert set(world.shown("phone")["errors"][0]) == {"error_code", "message", "created_at"}
    device = world.seam.devices.get(device_id=phone.device_id)
    assert [(error.error_code, error.is_device_error) for error in device.errors] == [("device_disconnected", True)]
    assert device.warnings[0].warning_code == "unknown_issue_with_phone"


def test_further_fields_are_those_that_a_test_gives(world):
    """A field of the variant is filled in, unless it is given."""
    world.set("acs_credential", "warning", "requested_code_unavailable", original_code="1234", new_code="5678")

    entry = next(entry for entry in world.shown("acs_credential")["warnings"] if "new_code" in entry)
    assert (entry["original_code"], entry["new_code"]) == ("1234", "5678")


def test_resource_may_be_anything_that_names_it(world):
    """Our model, the SDK's object, a JSON object, an id: all the same."""
    device = world.of["device"]
    for resource in (
        device,
        world.seam.devices.get(device_id=device.device_id),
        world.shown("device"),
        device.device_id,
    ):
        world.sandbox.set_error(resource, "device_disconnected")
        world.sandbox.clear_error(resource, "device_disconnected")

    assert world.log().count("device.disconnected") == 4


def test_real_recovery_takes_a_marked_error_away(world):
    """A device that was marked as disconnected can be connected by Seam's own simulation."""
    world.set("device", "error", "device_disconnected")
    world.sandbox.expect_device_error(world.of["device"], "device_disconnected")

    world.seam.devices.simulate.connect(device_id=world.of["device"].device_id)

    world.sandbox.expect_no_device_error(world.of["device"])


def test_snapshot_holds_marks(world):
    """Going back takes a later mark away, and brings an earlier one back."""
    world.set("phone", "error", MADE_UP)
    marked = world.sandbox.snapshot()
    world.clear("phone", "error", MADE_UP)

    world.sandbox.restore(marked)

    assert world.listed("phone", "error") == [MADE_UP]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda world: world.clear("device", "error", MADE_UP),
            "no error 'flux_capacitor_overheated'; its errors: none",
        ),
        (lambda world: world.set("device", "error", "privacy_mode"), "use set_warning() for it"),
        (lambda world: world.set("device", "warning", "hub_disconnected"), "use set_error() for it"),
        (lambda world: world.set("device", "error", " "), "a code is a text"),
        (lambda world: world.set("device", "error", 5), "a code is a text"),
        (lambda world: world.set("device", "error", MADE_UP, created_at="now"), "the fields created_at follow from"),
        (lambda world: world.set("device", "error", MADE_UP, message=5), "a message is a text"),
        (lambda world: world.set("device", "error", "\ud800"), "code has half a surrogate pair"),
        (lambda world: world.set("device", "warning", MADE_UP, message="\ud800"), "message has half a surrogate pair"),
        (lambda world: world.set("device", "error", MADE_UP, level=math.nan), "level is nan"),
        (lambda world: world.set("phone", "error", MADE_UP, at=object()), "at is a value of the type object"),
        (
            lambda world: world.set("acs_user", "error", MADE_UP, at={"a": [b"x"]}),
            "at.a[0] is a value of the type bytes",
        ),
        (lambda world: world.clear("device", "error", "x" * 100_000), "(100,002 characters)"),
        (lambda world: world.sandbox.set_error("x" * 100_000, MADE_UP), "(100,002 characters)"),
        (lambda world: world.sandbox.set_error("nothing", MADE_UP), "no resource 'nothing' in this sandbox"),
        (lambda world: world.sandbox.set_error(world.sandbox.events[0], MADE_UP), "expected a resource that can carry"),
        (lambda world: world.sandbox.set_error(None, MADE_UP), "expected a resource that can carry"),
        (
            lambda world: world.sandbox.set_error(world.sandbox.create_user_identity(), "issue_with_acs_user"),
            "has no ACS user",
        ),
    ],
)
def test_mistakes_are_said(world, call, text):
    """The message says what was found and what to do; nothing has changed."""
    world.sandbox.create_user_identity()
    before = world.shown("device"), world.shown("phone"), world.shown("acs_user")

    with pytest.raises(SandboxError) as refused:
        call(world)

    assert text in str(refused.value)
    assert (world.shown("device"), world.shown("phone"), world.shown("acs_user")) == before


def test_what_is_there_is_said(world):
    """Clearing what is not there names what is."""
    world.set("device", "error", "hub_disconnected")

    with pytest.raises(SandboxError, match="its errors: 'hub_disconnected'"):
        world.clear("device", "error", "device_disconnected")


def test_marks_stand_in_the_timeline(world):
    """A person reads what the test has done."""
    world.set("device", "error", "hub_disconnected")
    world.clear("device", "error", "hub_disconnected")

    assert "hub_disconnected on GARAGE" in world.sandbox.timeline
    assert "hub_disconnected cleared on GARAGE" in world.sandbox.timeline
