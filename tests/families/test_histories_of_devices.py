"""Random histories of devices, phones and accounts: no answer contradicts itself or another."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

import consistency_of_devices as consistency
from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.catalog.devices import device_models
from pytest_seam_sandbox.catalog.known import codes

TYPES = ("august_lock", "yale_lock", "nuki_lock", "ecobee_thermostat", "salto_lock")
SIMULATIONS = ("connect", "disconnect", "connect_to_hub", "disconnect_from_hub", "remove")
ERRORS = st.sampled_from(sorted(codes()["device"]["errors"]))
WARNINGS = st.sampled_from(sorted(codes()["device"]["warnings"]))
OF_ACCOUNT = st.sampled_from(sorted(codes()["connected_account"]["errors"]))
DEVICE = st.integers(0, len(TYPES) - 1)
PHONE = st.integers(0, 5)
NAME = st.sampled_from([None, "My Thing", ""])
METADATA = st.sampled_from([{}, {"floor": "1"}, {"floor": None, "is_guest": True}])


class Devices(RuleBasedStateMachine):
    """Whatever happens to devices and phones, what a program reads afterwards fits together."""

    def __init__(self):
        super().__init__()
        self.sandbox = Sandbox()
        self.http = self.sandbox.http()
        self.sandbox.clock.freeze()
        house = self.sandbox.create_connected_account("august").connected_account_id
        accounts = {"yale_lock": house}
        self.devices = [
            self.sandbox.create_device(kind, connected_account_id=accounts.get(kind)).device_id for kind in TYPES
        ]
        self.phones = [self.sandbox.create_phone().device_id]

    def teardown(self):
        """End the sandbox."""
        self.http.close()
        self.sandbox.close()

    def call(self, path, **params):
        """The answer of an endpoint; None when Seam refuses."""
        answer = self.http.post(path, json=params)
        assert answer.status_code in (200, 400, 404), answer.text
        return answer.json() if answer.status_code == 200 else None

    def device(self, number):
        """The JSON of a device, managed or not."""
        device_id = self.devices[number]
        found = self.call("/devices/get", device_id=device_id) or self.call(
            "/devices/unmanaged/get", device_id=device_id
        )
        return found["device"]

    @rule(number=DEVICE, name=st.sampled_from(SIMULATIONS))
    def simulate(self, number, name):
        """One of Seam's simulations."""
        self.call(f"/devices/simulate/{name}", device_id=self.devices[number])

    @rule(number=DEVICE, is_expired=st.booleans())
    def let_the_plan(self, number, is_expired):
        """The paid plan of a device ends, or is renewed."""
        self.call("/devices/simulate/paid_subscription", device_id=self.devices[number], is_expired=is_expired)

    @rule(number=DEVICE)
    def lose_the_account(self, number):
        """The login behind a device no longer works."""
        account = self.device(number)["connected_account_id"]
        self.call("/connected_accounts/simulate/disconnect", connected_account_id=account)

    @rule(number=DEVICE)
    def log_in(self, number):
        """The user of an account logs in again."""
        account = self.sandbox.get_connected_account(self.device(number)["connected_account_id"])
        webview = self.sandbox.client().connect_webviews.create()
        self.sandbox.complete_login(webview, email=account.user_identifier.email, provider=account.account_type)

    @rule(number=DEVICE, name=NAME, metadata=METADATA, is_managed=st.booleans())
    def update(self, number, name, metadata, is_managed):
        """A device gets a name and metadata, or is given up."""
        changes = {"name": name, "custom_metadata": metadata, "is_managed": is_managed}
        self.call("/devices/update", device_id=self.devices[number], **changes)

    @rule(number=DEVICE)
    def manage(self, number):
        """A device is taken back."""
        self.call("/devices/unmanaged/update", device_id=self.devices[number], is_managed=True)

    @rule(number=DEVICE, command=st.sampled_from(["lock_door", "unlock_door"]))
    def command(self, number, command):
        """A door is locked or unlocked; the attempt succeeds exactly if the flag was true."""
        flag = {"lock_door": "can_remotely_lock", "unlock_door": "can_remotely_unlock"}[command]
        works = self.device(number).get(flag)
        answer = self.call(f"/locks/{command}", device_id=self.devices[number])
        assert (answer is not None and answer["action_attempt"]["status"] == "success") is bool(answer and works)

    @rule(number=DEVICE, code=ERRORS)
    def set_error(self, number, code):
        """Any error of Seam's on a device."""
        self.sandbox.set_error(self.devices[number], code)

    @rule(number=DEVICE, code=ERRORS)
    def clear_error(self, number, code):
        """Take it off again, if it is there."""
        account = self.sandbox.get_connected_account(self.device(number)["connected_account_id"])
        if code not in consistency.OF_THE_ACCOUNT or code not in [error.error_code for error in account.errors]:
            self.attempt(self.sandbox.clear_error, self.devices[number], code)

    @rule(number=DEVICE, code=WARNINGS, comes=st.booleans())
    def warn(self, number, code, comes):
        """Any warning of Seam's on a device, or off it."""
        self.attempt(self.sandbox.set_warning if comes else self.sandbox.clear_warning, self.devices[number], code)

    @rule(number=DEVICE, code=OF_ACCOUNT, comes=st.booleans())
    def trouble_the_account(self, number, code, comes):
        """Any error of Seam's on an account, or off it."""
        account = self.device(number)["connected_account_id"]
        self.attempt(self.sandbox.set_error if comes else self.sandbox.clear_error, account, code)

    @rule(number=PHONE, name=NAME, metadata=METADATA)
    def update_phone(self, number, name, metadata):
        """A phone gets a nickname and metadata."""
        self.call("/devices/update", device_id=self.of_phone(number), name=name, custom_metadata=metadata)

    @rule(maker=st.sampled_from(["Google", "Samsung", None]), installation=st.sampled_from(["app", None]))
    def add_phone(self, maker, installation):
        """A phone of somebody new, or the same again."""
        person = self.sandbox.create_user_identity().user_identity_id
        for _ in range(2):
            answer = self.call(
                "/phones/simulate/create_sandbox_phone",
                user_identity_id=person,
                phone_metadata={"device_manufacturer": maker} if maker else {},
                custom_sdk_installation_id=installation or "own",
            )
            self.phones.append(answer["phone"]["device_id"])

    @rule(number=PHONE)
    def deactivate(self, number):
        """A phone is lost."""
        self.call("/phones/deactivate", device_id=self.of_phone(number))

    @rule(number=PHONE, code=ERRORS)
    def trouble_phone(self, number, code):
        """Any code on a phone."""
        self.attempt(self.sandbox.set_error, self.of_phone(number), code)

    def of_phone(self, number):
        """The id of one of the newest phones, alive or not."""
        return self.phones[-1 - number % len(self.phones)]

    @staticmethod
    def attempt(change, *arguments):
        """Do what may be impossible now."""
        try:
            change(*arguments)
        except SandboxError:
            return

    @invariant()
    def devices_fit(self):
        """Each device by itself, beside its account, and in the list."""
        listed = self.call("/devices/list")["devices"] + self.call("/devices/unmanaged/list")["devices"]
        by_id = {device["device_id"]: device for device in listed}
        accounts = self.call("/connected_accounts/list")["connected_accounts"]
        by_account = {account["connected_account_id"]: account for account in accounts}
        for number, device_id in enumerate(self.devices):
            device = self.device(number)
            account = by_account[device["connected_account_id"]]
            assert by_id[device_id] == device
            assert consistency.device(device) + consistency.device_and_account(device, account) == []

    @invariant()
    def phones_fit(self):
        """Each phone by itself, and beside the device that it is."""
        listed = self.call("/phones/list")["phones"]
        assert {phone["device_id"] for phone in listed} <= {*self.phones}
        for phone in listed:
            assert self.call("/phones/get", device_id=phone["device_id"])["phone"] == phone
            device = self.call("/devices/get", device_id=phone["device_id"])["device"]
            assert consistency.phone(phone) + consistency.phone_and_device(phone, device) == []
            assert (
                consistency.device({**device, "errors": []} | {"properties": {**device["properties"], "online": True}})
                == []
            )


def test_histories_of_devices():
    """Hypothesis looks for a history after which something contradicts something."""
    quick = settings(max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Devices, settings=quick)


@pytest.mark.parametrize("device_type", [name for name, model in device_models().items() if model.provider])
def test_device_of_each_type_fits(seam_http, seam_sandbox, device_type):
    """Each device of the catalogue is sound, online and without its account."""
    made = seam_sandbox.create_device(device_type)

    def wrong():
        device = seam_http.post("/devices/get", json={"device_id": made.device_id}).json()["device"]
        account = {"connected_account_id": made.connected_account_id}
        found = seam_http.post("/connected_accounts/get", json=account).json()["connected_account"]
        return consistency.device(device) + consistency.device_and_account(device, found)

    assert wrong() == []
    with seam_sandbox.account_disconnected(made.connected_account_id):
        assert wrong() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"errors": [{"error_code": "hub_disconnected", "is_device_error": True}]}, "is online and out of reach"),
        ({"nickname": "Another"}, "is not called by its nickname"),
        ({"can_simulate_connection": True}, "can be connected and disconnected"),
        ({"device_manufacturer": {"manufacturer": "yale"}}, "was made by two"),
        ({"battery": {"level": 0.5, "status": "good"}}, "has two charges"),
        ({"has_direct_power": True}, "has a cable and a battery"),
        ({"online": False}, "works without its connection"),
    ],
)
def test_contradictions_are_found(seam_http, sandbox_device, wrong, sentence):
    """What the histories look for is found where it is."""
    device = seam_http.post("/devices/get", json={"device_id": sandbox_device.device_id}).json()["device"]
    assert consistency.device(device) == []

    for name, value in wrong.items():
        of_properties = name in ("battery", "has_direct_power", "online")
        (device["properties"] if of_properties else device)[name] = value

    assert any(found.startswith(sentence) for found in consistency.device(device))
