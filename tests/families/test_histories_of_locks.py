"""Random histories of locks, their access codes and a noise sensor: no answer contradicts itself or another."""

from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

import consistency
from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine.clock import format_time

LOCKS = ("august_lock", "nuki_lock", "igloohome_lock", "salto_lock")
"""One with every simulation, one with a paid plan, one that computes codes, one that cannot be locked."""
OUTAGES = {
    "device": ("disconnect", "connect", {}),
    "hub": ("disconnect_from_hub", "connect_to_hub", {}),
    "plan": ("paid_subscription", "paid_subscription", {"is_expired": True}),
}
MARKS = {"august_lock_not_authorized": "error", "privacy_mode": "warning", "hub_disconnected": "error"}
"""Marks with what follows from them: no codes and no turning, no unlocking, out of reach."""
HOUR = 3600
MINUTES = (1, 10, 60, 24 * 60, 72 * 60, 30 * 24 * 60)
FRAME = st.tuples(
    st.sampled_from([-HOUR, 0, 30 * 60, 2 * HOUR, 100 * HOUR]), st.sampled_from([HOUR, 26 * HOUR, 30 * 24 * HOUR])
)
PIN = st.sampled_from([None, "471147", "815815"])
LOCK = st.integers(0, len(LOCKS) - 1)
CODE = st.integers(0, 5)
STAYS = (
    {},
    {"use_backup_access_code_pool": True},
    {"use_backup_access_code_pool": True, "prefer_native_scheduling": False},
    {"common_code_key": "family"},
    {"attempt_for_offline_device": False},
    {"is_one_time_use": True, "sync": True},
)
COMPUTED = ({}, {"max_time_rounding": "1d"}, {"is_one_time_use": True})


def has_codes(machine):
    """Whether there was a code yet."""
    return bool(machine.codes)


class Locks(RuleBasedStateMachine):
    """Whatever a program asks for, what it reads afterwards fits together."""

    mode: ClassVar[str | float] = "instant"

    def __init__(self):
        super().__init__()
        self.sandbox = Sandbox(action_attempts=self.mode)
        self.http = self.sandbox.http()
        self.sandbox.clock.freeze()
        self.devices = [self.sandbox.create_device(kind) for kind in LOCKS]
        self.sensor = self.sandbox.create_device("minut_sensor").device_id
        self.codes, self.attempts = [], []

    def teardown(self):
        """End the sandbox; what it noticed would fail the example."""
        self.http.close()
        self.sandbox.close()

    def call(self, path, **params):
        """The answer of an endpoint; None when Seam refuses."""
        answer = self.http.post(path, json=params)
        assert answer.status_code in (200, 400, 404, 409), answer.text
        return answer.json() if answer.status_code == 200 else None

    def about_code(self, number):
        """The parameters that name one of the newest codes, gone or not."""
        return {"access_code_id": self.codes[-1 - number % len(self.codes)]}

    def times(self, frame):
        """The parameters for a time frame: from when, and how long; in seconds."""
        if frame is None:
            return {}
        start = self.sandbox.clock.now() + timedelta(seconds=frame[0])
        return {"starts_at": format_time(start), "ends_at": format_time(start + timedelta(seconds=frame[1]))}

    def remember(self, answer, code_id):
        """Keep the attempt of an answer, to look at it later."""
        if answer is not None:
            self.attempts.append((answer["action_attempt"]["action_attempt_id"], code_id))

    def make(self, number, **details):
        """A new code, if Seam takes it."""
        given = {name: value for name, value in details.items() if value is not None}
        answer = self.call("/access_codes/create", device_id=self.devices[number].device_id, **given)
        if answer is not None:
            self.codes.append(answer["access_code"]["access_code_id"])
            self.remember(answer, self.codes[-1])

    @rule(number=LOCK, pin=PIN)
    def create_ongoing(self, number, pin):
        """A code without an end."""
        self.make(number, code=pin)

    @rule(number=LOCK, pin=PIN, frame=FRAME, details=st.sampled_from(STAYS))
    def create_stay(self, number, pin, frame, details):
        """A code with an end."""
        self.make(number, code=pin, **self.times(frame), **details)

    @rule(frame=FRAME, details=st.sampled_from(COMPUTED))
    def create_offline(self, frame, details):
        """A code that the lock computes."""
        self.make(LOCKS.index("igloohome_lock"), is_offline_access_code=True, **self.times(frame), **details)

    @rule(frame=st.none() | FRAME, may_differ=st.booleans())
    def create_multiple(self, frame, may_differ):
        """One code for all locks."""
        answer = self.call(
            "/access_codes/create_multiple",
            device_ids=[device.device_id for device in self.devices],
            behavior_when_code_cannot_be_shared="create_random_code" if may_differ else "throw",
            **self.times(frame),
        )
        self.codes += [code["access_code_id"] for code in (answer or {"access_codes": []})["access_codes"]]

    @precondition(has_codes)
    @rule(number=CODE, pin=PIN, name=st.none() | st.just("Jane"))
    def change(self, number, pin, name):
        """A code has another PIN or name, or what it had."""
        changes = {key: value for key, value in {"code": pin, "name": name}.items() if value is not None}
        about = self.about_code(number)
        self.remember(self.call("/access_codes/update", **about, **changes), *about.values())

    @precondition(has_codes)
    @rule(number=CODE, frame=st.none() | FRAME)
    def move(self, number, frame):
        """A stay is at another time, or becomes an ongoing code."""
        about, changes = self.about_code(number), {"type": "ongoing"} if frame is None else self.times(frame)
        self.remember(self.call("/access_codes/update", **about, **changes), *about.values())

    @precondition(has_codes)
    @rule(number=CODE)
    def delete(self, number):
        """A code goes."""
        about = self.about_code(number)
        self.remember(self.call("/access_codes/delete", **about), *about.values())

    @precondition(has_codes)
    @rule(number=CODE)
    def give_up(self, number):
        """Seam lets go of a code."""
        about = self.about_code(number)
        self.remember(self.call("/access_codes/update", **about, is_managed=False), *about.values())

    @precondition(has_codes)
    @rule(number=CODE, erase=st.booleans())
    def take_over(self, number, erase):
        """An unmanaged code is erased, or managed again."""
        path = "delete" if erase else "convert_to_managed"
        self.call(f"/access_codes/unmanaged/{path}", **self.about_code(number))

    @rule(pin=st.sampled_from(["471147", "815815"]))
    def somebody_makes_a_code(self, pin):
        """A code appears on the first lock past Seam."""
        device_id = self.devices[0].device_id
        path = "/access_codes/simulate/create_unmanaged_access_code"
        self.codes.append(self.call(path, device_id=device_id, name="Joe", code=pin)["access_code"]["access_code_id"])

    @precondition(has_codes)
    @rule(number=CODE)
    def pull(self, number):
        """A backup stands in for a code."""
        answer = self.call("/access_codes/pull_backup_access_code", **self.about_code(number))
        if answer is not None and answer["backup_access_code"]["access_code_id"] not in self.codes:
            self.codes.append(answer["backup_access_code"]["access_code_id"])

    @rule(number=LOCK, on=st.booleans())
    def switch_pool(self, number, on):
        """A lock is to keep backups, or not."""
        self.call("/devices/update", device_id=self.devices[number].device_id, backup_access_code_pool_enabled=on)

    @rule(number=LOCK, kind=st.sampled_from(sorted(OUTAGES)), over=st.booleans())
    def lose(self, number, kind, over):
        """A lock is lost in one of the ways that it can be, or comes back."""
        enter, leave, details = OUTAGES[kind]
        details = dict.fromkeys(details, not over)
        path = f"/devices/simulate/{leave if over else enter}"
        self.call(path, device_id=self.devices[number].device_id, **details)

    @rule(number=LOCK, mark=st.sampled_from(sorted(MARKS)))
    def mark(self, number, mark):
        """Something else is wrong with a lock, or no longer."""
        device = self.sandbox.get_device(self.devices[number])
        codes = {issue.error_code or issue.warning_code for issue in (*device.errors, *device.warnings)}
        verb = "clear" if mark in codes else "set"
        getattr(self.sandbox, f"{verb}_{MARKS[mark]}")(device, mark)

    @rule(number=LOCK)
    def lose_account(self, number):
        """The account of a lock is lost with it."""
        account_id = self.devices[number].connected_account_id
        self.call("/connected_accounts/simulate/disconnect", connected_account_id=account_id)

    @rule(number=LOCK)
    def recover_account(self, number):
        """Its user logs in again."""
        account = self.sandbox.get_connected_account(self.devices[number].connected_account_id)
        if account.errors:
            webview = self.sandbox.client().connect_webviews.create()
            self.sandbox.complete_login(webview, email=account.user_identifier.email, provider=account.account_type)

    @rule(number=LOCK)
    def unmanage_and_manage(self, number):
        """A lock is given up and taken back."""
        device_id = self.devices[number].device_id
        self.call("/devices/update", device_id=device_id, is_managed=False)
        self.check_device_alone(device_id)
        self.call("/devices/unmanaged/update", device_id=device_id, is_managed=True)

    @rule(number=LOCK, command=st.sampled_from(["lock_door", "unlock_door"]))
    def turn(self, number, command):
        """The attempt does what the flag says."""
        device_id = self.devices[number].device_id
        device = self.call("/devices/get", device_id=device_id)["device"]
        answer = self.call(f"/locks/{command}", device_id=device_id, sync=True)

        flag = device.get("can_remotely_lock" if command == "lock_door" else "can_remotely_unlock")
        assert (answer is None) is (flag is None)
        if answer is not None:
            assert answer["action_attempt"]["status"] == ("success" if flag else "error")

    @rule(number=LOCK, delay=st.none() | st.just(30))
    def configure_auto_lock(self, number, delay):
        """A lock is to lock itself, or not."""
        details = {} if delay is None else {"auto_lock_delay_seconds": delay}
        device_id = self.devices[number].device_id
        self.call("/locks/configure_auto_lock", device_id=device_id, auto_lock_enabled=delay is not None, **details)

    @rule(pin=st.sampled_from(["471147", "815815"]))
    def type_code(self, pin):
        """Somebody types a code at the first lock."""
        self.call("/locks/simulate/keypad_code_entry", device_id=self.devices[0].device_id, code=pin)

    @rule(minutes=st.sampled_from(MINUTES))
    def wait(self, minutes):
        """Time passes."""
        self.sandbox.clock.advance(timedelta(minutes=minutes))

    @rule(change=st.sampled_from(["trigger", "create", "delete", "raise"]), decibels=st.sampled_from([40, 60, 90]))
    def make_noise(self, change, decibels):
        """It becomes loud, or the thresholds change."""
        about = {"device_id": self.sensor}
        first = self.call("/noise_sensors/noise_thresholds/list", **about)["noise_thresholds"][:1]
        if change == "trigger":
            self.call("/noise_sensors/simulate/trigger_noise_threshold", **about)
        elif change == "create":
            times = {"starts_daily_at": "00:00:00[Etc/UTC]", "ends_daily_at": "12:00:00[Etc/UTC]"}
            level = {"noise_threshold_decibels": decibels}
            self.call("/noise_sensors/noise_thresholds/create", **about, **times, **level)
        elif first:
            about["noise_threshold_id"] = first[0]["noise_threshold_id"]
            path = "delete" if change == "delete" else "update"
            details = {} if change == "delete" else {"noise_threshold_decibels": decibels}
            self.call(f"/noise_sensors/noise_thresholds/{path}", **about, **details)

    def check_device_alone(self, device_id):
        """An unmanaged lock has unmanaged codes only."""
        assert self.call("/access_codes/list", device_id=device_id)["access_codes"] == []

    @invariant()
    def nothing_contradicts_itself(self):
        """Every resource by itself, and each beside the others."""
        self.call("/devices/list")  # what is due is done before it is looked at
        now, wrong, everything = format_time(self.sandbox.clock.now()), [], {}
        for device in self.call("/devices/list")["devices"]:
            about = {"device_id": device["device_id"]}
            if device["device_type"] == "minut_sensor":
                thresholds = self.call("/noise_sensors/noise_thresholds/list", **about)["noise_thresholds"]
                wrong += consistency.noise_sensor(device, thresholds)
                continue
            codes = self.call("/access_codes/list", **about)["access_codes"]
            everything |= {code["access_code_id"]: code for code in codes}
            wrong += consistency.lock(device) + consistency.codes_of_lock(device, codes, at_once=self.mode == "instant")
            for code in codes:
                wrong += consistency.access_code(code, now)
            for code in self.call("/access_codes/unmanaged/list", **about)["access_codes"]:
                wrong += consistency.unmanaged_access_code(code)
        wrong += consistency.linked_codes(everything.values())
        for attempt_id, code_id in self.attempts:
            attempt = self.call("/action_attempts/get", action_attempt_id=attempt_id)["action_attempt"]
            wrong += consistency.action_attempt(attempt)
            wrong += consistency.attempt_for_code(attempt, everything.get(code_id))
        assert wrong == []


class SlowLocks(Locks):
    """The same with attempts that take their time."""

    mode = 5.0


MANY = settings(
    max_examples=40,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("machine", [Locks, SlowLocks])
def test_histories_of_locks(machine):
    """No history leads to answers that do not fit together."""
    run_state_machine_as_test(machine, settings=MANY)
