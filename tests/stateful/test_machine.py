"""The state machine: it finds what an app does wrong during outages, and shows it as a transcript and as a plain test."""

import re
import time
from contextlib import suppress
from itertools import chain, cycle
from types import SimpleNamespace

import hypothesis
import pytest
from httpx import ConnectError
from hypothesis import Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import StopTest, UnsatisfiedAssumption
from hypothesis.stateful import rule as plain_rule
from hypothesis.stateful import run_state_machine_as_test
from seam import SeamActionAttemptFailedError, SeamHttpApiError

from pytest_seam_sandbox import SandboxError
from pytest_seam_sandbox.api.devices.events import DeviceConnected
from pytest_seam_sandbox.api.devices.model import DeviceRow, device_fields
from pytest_seam_sandbox.engine.errors import SandboxWarning
from pytest_seam_sandbox.stateful import (
    Bundle,
    Drawn,
    FaultSpec,
    InvariantBroken,
    OutageSpec,
    SandboxMachine,
    codes,
    devices,
    eventually,
    initialize,
    invariant,
    multiple,
    phones,
    precondition,
    rule,
    shortest,
)
from pytest_seam_sandbox.strategies.given_settings import unexplained
from pytest_seam_sandbox.strategies.hypothesis_internals import is_final
from stateful.running import QUICK, failure_of, repeat, steps_of, transcript_of

LOOSE = settings(QUICK, derandomize=False, phases=[Phase.generate])
"""Searches that do not shrink, so that only the transcript is made short."""


class Desk(SandboxMachine):
    """Opens doors, and takes every answer for success."""

    removals = pending_attempts = False

    def start(self):
        self.seam = self.sandbox.client()
        self.opened = []

    @rule(device=devices)
    def unlock(self, device):
        self.seam.locks.unlock_door(device_id=device.device_id, wait_for_action_attempt=False)
        self.opened.append(device.device_id)

    @invariant()
    def says_the_truth(self):
        turned = [event.device_id for event in self.sandbox.events if event.event_type == "lock.unlocked"]
        assert self.opened == turned, "opened without a turn"


class Careful(Desk):
    """Opens doors, and believes only what Seam confirms."""

    phone_count = 1
    access_codes = pending_attempts = True
    faults = ("POST /locks/unlock_door",)
    fault_kinds = ("refuse", "rate_limit")

    @rule(device=devices)
    def unlock(self, device):
        try:
            self.seam.locks.unlock_door(device_id=device.device_id)
        except (SeamActionAttemptFailedError, ConnectError):
            return
        except SeamHttpApiError:
            self.sandbox.clock.advance(60)  # told to wait
            return
        self.opened.append(device.device_id)

    @rule(phone=phones)
    def look_at_phone(self, phone):
        assert phone.device_type == "android_phone"

    @rule(code=codes)
    def look_at_code(self, code):
        assert code.code


def test_correct_app_survives():
    """An app that is right stays right during every outage, fault and wait."""
    run_state_machine_as_test(Careful, settings=QUICK)


@pytest.fixture(scope="module")
def failed_desk():
    """How the wrong app fails."""
    return failure_of(Desk)


def test_wrong_app_is_found_with_the_shortest_transcript(failed_desk):
    """A bug shows as the fewest steps that lead to it, in the words of the domain."""
    assert transcript_of(failed_desk).startswith(
        "What happened in Desk:\n  1. GARAGE loses its connection\n  2. unlock(device=GARAGE)\n\n"
    )


def test_failing_run_prints_a_test_that_repeats_it(failed_desk):
    """The printed test fails as the run did, without Hypothesis choosing anything."""
    with pytest.raises(AssertionError, match="opened without a turn"):
        repeat(failed_desk)


def test_printed_test_reads_like_a_test(failed_desk):
    """The printed test imports what it needs and names devices by their names."""
    assert (
        "    from pytest_seam_sandbox.stateful import OutageSpec\n"
        f"    from {__name__} import Desk\n"
        "\n\n"
        "    def test_desk_again():\n"
        "        with Desk.again() as machine:\n"
        "            machine.begin_outage(outage=OutageSpec('disconnected', 'GARAGE'))\n"
        "            machine.unlock(device=machine.device('GARAGE'))\n"
    ) in transcript_of(failed_desk)


def test_failing_run_shows_the_timeline(failed_desk):
    """What the sandbox saw stands below the transcript."""
    assert "event    device.disconnected device_id=" in transcript_of(failed_desk).partition("Seam timeline:")[2]


class Draws(Desk):
    """Draws inside its rules, and meets faults that have nothing to do with its bug."""

    faults = ("/devices/list", "/events/list")

    @rule(data=st.data(), device=devices)
    def unlock(self, data, device):
        assert data.draw(st.integers(0, 9)) + data.draw(st.integers(0, 9)) < 9, "too many"
        self.seam.devices.get(device_id=device.device_id)


@pytest.mark.parametrize("seed", range(4))
def test_transcript_holds_only_what_the_failure_needs(seed):
    """Whatever Hypothesis has left in, no fault and no outage that does not matter is shown."""
    error = failure_of(hypothesis.seed(seed)(type("Draws", (Draws,), {"__module__": __name__})), LOOSE)

    assert re.match(
        r"What happened in Draws:\n  1\. unlock\(data=drawn: \d, \d, device=GARAGE\)\n\n", transcript_of(error)
    )


def test_drawn_values_are_part_of_the_printed_test():
    """What a rule draws from `data()` is written down, and drawn again."""
    error = failure_of(Draws)

    assert re.search(
        r"from pytest_seam_sandbox\.stateful import Drawn\n.*"
        r"machine\.unlock\(data=Drawn\(\[\d, \d\]\), device=machine\.device\('GARAGE'\)\)\n",
        transcript_of(error),
        re.DOTALL,
    )
    with pytest.raises(AssertionError, match="too many"):
        repeat(error)


def test_step_that_draws_more_than_before_says_so():
    """A printed test whose app has changed since fails with what to do."""
    with pytest.raises(SandboxError, match=r"draws more than the 1 value\(s\)"), Draws.again() as machine:
        machine.unlock(data=Drawn([1]), device=machine.device("GARAGE"))


class Sulking(SandboxMachine):
    """An app that never looks again at what was offline once."""

    account_losses = hub_disconnections = removals = False

    def start(self):
        self.given_up = set()

    @rule(device=devices)
    def look(self, device):
        if not self.sandbox.get_device(device).properties.online:
            self.given_up.add(device.device_id)

    @eventually
    def nobody_is_given_up(self):
        assert not self.given_up


def test_what_holds_eventually_is_checked_when_all_is_healed():
    """A bug that shows only in the end is found there, after everything was healed."""
    error = failure_of(Sulking)

    assert transcript_of(error).startswith(
        "What happened in Sulking:\n  1. GARAGE loses its connection\n  2. look(device=GARAGE)\n"
        "  3. everything heals, and what is pending is done\n"
    )
    with pytest.raises(AssertionError):
        repeat(error)


def test_eventually_holds_where_it_is_not_yet_the_end():
    """During an outage, what holds eventually is not asked."""
    with Sulking.again() as machine:
        machine.begin_outage(outage=OutageSpec("disconnected", "GARAGE"))
        machine.look(device=machine.device("GARAGE"))
        machine.given_up.clear()


class Both(SandboxMachine):
    @eventually
    @invariant()
    def above(self):
        assert not self._outages.active

    @invariant()
    @eventually
    def below(self):
        assert not self._outages.active


def test_invariant_marked_eventually_is_no_invariant_any_more():
    """In either order of the two decorators the check waits for the end."""
    run_state_machine_as_test(Both, settings=QUICK)

    assert not [check for check in Both.setup_state().invariants if check.function.__name__ in ("above", "below")]


class Bookings(SandboxMachine):
    """Hands the results of its rules on to other rules."""

    bookings = Bundle("bookings")
    disconnections = hub_disconnections = removals = account_losses = clock_moves = False

    @initialize(target=bookings)
    def first(self):
        return multiple({"guest": "Ann"})

    @rule(target=bookings, guest=st.sampled_from(["Bob", "Eve"]))
    def book(self, guest):
        return {"guest": guest}

    @rule(booking=bookings, other=bookings)
    def swap(self, booking, other):
        assert booking["guest"] != "Bob" or other["guest"] != "Ann", "Bob for Ann"


def test_results_of_rules_have_names_in_the_printed_test():
    """What one step gave and another takes is a variable of the printed test."""
    error = failure_of(Bookings, settings(QUICK, max_examples=500))

    text = transcript_of(error)

    assert "step_1 = machine.first()" in text
    booked = re.search(r"(step_\d+) = machine\.book\(guest='Bob'\)", text)[1]
    assert f"machine.swap(booking={booked}, other=step_1.values[0])" in text
    with pytest.raises(AssertionError, match="Bob for Ann"):
        repeat(error)


SWITCHES = {
    "disconnections": "disconnected",
    "hub_disconnections": "hub_disconnected",
    "removals": "removed",
    "subscription_expirations": "subscription_expired",
    "account_losses": "account_disconnected",
    "phone_losses": "deactivated",
}
FURTHER_SWITCHES = {
    "flaky_connections": "flaky_connection",
    "low_batteries": "low_battery",
    "keypad_disconnections": "accessory_keypad_disconnected",
    "bridge_disconnections": "bridge_disconnected",
    "acs_system_disconnections": "acs_system_disconnected",
    "external_code_modifications": "code_modified_external_to_seam",
    "external_code_deletions": "code_deleted_external_to_seam",
}


@pytest.mark.parametrize(("switch", "kind"), SWITCHES.items())
def test_switch_turns_an_outage_off(switch, kind):
    """With a switch off its outage never begins; with all the others off, it alone does."""
    common = {"device_types": ("nuki_lock", "august_lock"), "phone_count": 1, "__module__": __name__}
    without = type("Without", (SandboxMachine,), common | {switch: False})
    alone = type("Alone", (SandboxMachine,), common | dict.fromkeys(SWITCHES.keys() - {switch}, False))

    assert kind not in {outage.kind for outage in without()._outages.possible()}
    assert {outage.kind for outage in alone()._outages.possible()} <= {kind}


@pytest.mark.parametrize(("switch", "kind"), FURTHER_SWITCHES.items())
def test_switch_turns_an_outage_on(switch, kind):
    """What Seam has no endpoint for begins when its switch is on, and heals in the end."""
    off = dict.fromkeys(SWITCHES, False)
    common = {"world": "hotel", "device_types": ("august_lock",), "__module__": __name__, **off}
    without, alone = (
        type("Without", (SandboxMachine,), common),
        type("Alone", (SandboxMachine,), common | {switch: True}),
    )

    assert without()._outages.possible() == []
    with alone.again() as machine:
        machine.sandbox.create_access_code(machine.device("GARAGE"), code="1234", name="Ann")
        begun = machine._outages.possible()
        machine.begin_outage(outage=begun[0])
        machine.quiesce()

        assert {outage.kind for outage in begun} == {kind}
        assert machine._outages.possible() == begun


def test_clock_moves_are_a_switch():
    """Without clock moves no time passes until everything heals."""
    still = type("Still", (SandboxMachine,), {"clock_moves": False, "__module__": __name__})
    (wait,) = [rule for rule in still.setup_state().rules if rule.function.__name__ == "pass_time"]

    assert not all(holds(still()) for holds in wait.preconditions)


def test_removed_device_recovers_before_its_other_outages():
    """What else a removed device suffers from can end only when it is back."""
    with SandboxMachine.again() as machine:
        machine.begin_outage(outage=OutageSpec("disconnected", "GARAGE"))
        machine.begin_outage(outage=OutageSpec("removed", "GARAGE"))

        assert machine._outages.recoverable() == [OutageSpec("removed", "GARAGE")]

        machine.end_outage(outage=OutageSpec("removed", "GARAGE"))
        assert machine._outages.recoverable() == [OutageSpec("disconnected", "GARAGE")]


@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected", "removed", "account_disconnected"])
def test_quiesce_ends_every_outage(kind):
    """When all is quiet again, no device has an error."""
    with SandboxMachine.again() as machine:
        machine.begin_outage(outage=OutageSpec(kind, "GARAGE"))
        machine.quiesce()

        machine.sandbox.expect_no_device_error(machine.device("GARAGE"))


def test_removed_device_cannot_heal_otherwise():
    """What a device suffered from before the app saw to its removal stays, and no healing fails over it."""
    with SandboxMachine.again() as machine:
        machine.begin_outage(outage=OutageSpec("disconnected", "GARAGE"))
        machine.sandbox.backend.api.call("/devices/simulate/remove", device_id=machine.device("GARAGE").device_id)
        machine.quiesce()

        machine.sandbox.expect_device_error(machine.device("GARAGE"), "device_removed")


def test_repetition_heeds_preconditions():
    """A check that does not apply is not made in a repetition either."""

    class Picky(SandboxMachine):
        @precondition(lambda self: self._outages.active)
        @invariant()
        def device_is_offline(self):
            assert not self.sandbox.backend.api.devices()[0].properties.online

    with Picky.again() as machine:
        machine.pass_time(seconds=1)
        machine.begin_outage(outage=OutageSpec("disconnected", "GARAGE"))


def test_expired_plan_is_renewed():
    """An expired plan is renewed when all heals."""
    machine = type("Plans", (SandboxMachine,), {"device_types": ("nuki_lock",), "__module__": __name__})

    with machine.again() as running:
        (outage,) = [outage for outage in running._outages.possible() if outage.kind == "subscription_expired"]
        running.begin_outage(outage=outage)
        running.quiesce()

        running.sandbox.expect_event("device.error.subscription_required.resolved", count=1)


def test_device_that_the_app_deletes_needs_no_healing():
    """An outage of what is gone for good ends in silence."""
    with SandboxMachine.again() as machine:
        account_id = machine.device("GARAGE").connected_account_id
        machine.begin_outage(outage=OutageSpec("hub_disconnected", "GARAGE"))
        machine.begin_outage(outage=OutageSpec("account_disconnected", "GARAGE"))
        machine.sandbox.client().connected_accounts.delete(connected_account_id=account_id)
        machine.quiesce()

        assert machine._outages.possible() == []


def test_deactivated_phone_gets_a_replacement():
    """After the deactivation of a phone its owner has a new one, and the bundle too."""
    carrying = type("Carrying", (SandboxMachine,), {"phone_count": 1, "__module__": __name__})

    with carrying.again() as machine:
        machine.begin_outage(outage=OutageSpec("deactivated", "Samsung Galaxy S10"))
        (replacement,) = machine.end_outage(outage=OutageSpec("deactivated", "Samsung Galaxy S10")).values

        assert replacement.device_id != machine.phone("Samsung Galaxy S10").device_id
        assert [phone.device_id for phone in machine.sandbox.backend.api.phones()] == [replacement.device_id]


class Impatient(SandboxMachine):
    """An app that does not wait when it is told to."""

    faults = ("GET /devices/list", "POST /devices/list")
    fault_kinds = ("rate_limit",)
    disconnections = hub_disconnections = removals = account_losses = clock_moves = False

    @rule()
    def hammer(self):
        with self.sandbox.http() as http:
            http.get("/devices/list")


def test_fault_that_no_request_could_meet():
    """A target that is no path is refused with what is near."""
    lost = type("Lost", (Impatient,), {"faults": ("/door/open",), "__module__": __name__})

    with pytest.raises(SandboxError, match=r"no emulated path matches the fault target '/door/open'"):
        run_state_machine_as_test(lost, settings=QUICK)


def test_client_that_does_not_wait_is_found():
    """The complaint of a rate limit about an impatient client fails the run."""
    assert "although the answer 429 told it to wait" in str(failure_of(Impatient))


def test_faults_hit_the_app():
    """The next calls to a target go wrong, and no more than planned."""
    with Impatient.again() as machine:
        machine.set_fault(fault=FaultSpec("fail", "GET /devices/list", times=1))
        statuses = [machine.sandbox.http().get("/devices/list").status_code for _ in range(2)]

    assert statuses == [503, 200]


def test_rules_may_call_rules():
    """A rule that uses another rule is one step of the transcript."""

    class Twice(Desk):
        @rule(device=devices)
        def unlock_twice(self, device):
            self.unlock(device=device)
            self.unlock(device=device)

    with Twice.again() as machine:
        machine.unlock_twice(device=machine.device("GARAGE"))

        assert machine.transcript.in_words() == "1. unlock_twice(device=GARAGE)"


def test_invariants_of_seam_are_checked_after_each_step():
    """A workspace that breaks one of Seam's invariants fails the run."""

    class Broken(SandboxMachine):
        @rule()
        def break_an_invariant(self):
            workspace = self.sandbox.embedded.workspace
            lock = next(iter(workspace[DeviceRow]))
            workspace.events.emit(workspace, DeviceConnected(**device_fields(workspace, lock)))

    assert isinstance(failure_of(Broken), InvariantBroken)


def test_stop_is_called_at_the_end_of_each_run():
    """What start opens, stop can close, also after a failure."""
    stopped = []

    class Closing(SandboxMachine):
        def stop(self):
            stopped.append(self)

    with pytest.raises(ZeroDivisionError), Closing.again():
        1 / 0  # noqa: B018
    with Closing.again():
        pass

    assert len(stopped) == 2


def test_unnoticed_problem_fails_the_run():
    """A call that the sandbox does not emulate fails the run, also when the app swallows the answer."""

    class Exotic(SandboxMachine):
        @rule()
        def call(self):
            self.sandbox.http().post("/thermostats/get")

    error = failure_of(Exotic)

    assert "the program under test called /thermostats/get" in str(error)
    assert "1. call()" in transcript_of(error)


# mistakes


def test_machine_without_devices():
    """A machine in which no outage is possible is refused."""
    empty = type("Empty", (SandboxMachine,), {"device_types": (), "__module__": __name__})

    with pytest.raises(SandboxError, match="Empty has no devices and no phones, so no outage would be possible"):
        empty()


class Lonely(SandboxMachine):
    """Has a rule for phones, and no phone."""

    @rule(phone=phones)
    def use(self, phone):
        assert phone is None


def test_rule_that_can_never_run_is_refused():
    """A rule whose bundle nothing fills is named with what to do."""
    with pytest.raises(
        SandboxError, match=r"Lonely\.use can never run: nothing fills its bundle 'phones'. Set phone_c"
    ):
        Lonely()


@pytest.mark.parametrize(
    ("attribute", "meant"),
    [
        ({"disconnection": False}, "disconnections"),
        ({"fault": ("*",)}, "faults"),
        ({"device_type": "august_lock"}, "device_types"),
        ({"phones_count": 2}, "phone_count"),
        ({"sandbox_setting": {}}, "sandbox_settings"),
    ],
    ids=str,
)
def test_misspelt_attribute_is_refused(attribute, meant):
    """It would do nothing, and the machine would look for something else."""
    with pytest.raises(SandboxError, match=f"Typo.{next(iter(attribute))} is no attribute.* Did you mean '{meant}'"):
        type("Typo", (SandboxMachine,), {**attribute, "__module__": __name__})


def test_attributes_of_the_app_are_its_own():
    """Others, and those that are near but of another type, are left alone; so are those of a class below."""
    own = {"webhook": None, "removal": 3.5, "doors": ("a",), "is_open": True, "_faults": ("x",), "removals": False}
    first = type("First", (SandboxMachine,), {**own, "__module__": __name__})
    second = type("Second", (first,), {"doors": ("b",), "removals": True, "__module__": __name__})

    assert (first.removals, second.removals, second.doors) == (False, True, ("b",))


def test_bundle_that_a_rule_fills_needs_no_switch():
    """A rule of the app's own may fill the bundle of codes."""

    class Own(SandboxMachine):
        removals = False

        @rule(target=codes)
        def make(self):
            return self.sandbox.create_access_code(self.device("GARAGE"))

        @rule(code=codes)
        def use(self, code):
            assert code.access_code_id

    run_state_machine_as_test(Own, settings=QUICK)


class Forgetful(Desk):
    """Deletes codes as the SDK does: by DELETE."""

    faults = ("POST /access_codes/delete", "/locks/get", "/devices/get")

    @rule(device=devices)
    def unlock(self, device):
        code = self.sandbox.create_access_code(device)
        self.seam.access_codes.delete(access_code_id=code.access_code_id)
        with suppress(Exception):
            self.seam.devices.get(device_id=device.device_id)


def test_fault_target_that_no_call_matched_is_reported():
    """Targets that met nothing in the whole test are warned of, with the calls to their path."""
    case = Forgetful.TestCase()
    case.settings = QUICK
    with (
        pytest.warns(SandboxWarning, match=r"'/locks/get' in any run\.$"),
        pytest.warns(
            SandboxWarning, match=r"'POST /access_codes/delete' in any run. It called DELETE /access_codes/del"
        ),
    ):
        case.runTest()


def test_test_case_leaves_out_what_explains_and_lists():
    """Neither Hypothesis's explanation nor its own list of steps stands below the transcript."""
    case = Desk.TestCase()
    assert Phase.explain not in unexplained(case.settings).phases
    with pytest.raises(AssertionError) as found:
        case.runTest()

    assert [note for note in found.value.__notes__ if "state." in note or "Explanation" in note] == []
    assert "What happened in Desk" in transcript_of(found.value)


def test_test_case_stays_however_many_machines_there_are():
    """Hypothesis forgets the test case of a machine when many others have come; ours is the same each time."""
    before = Desk.TestCase
    for number in range(130):
        _ = type(f"Machine{number}", (SandboxMachine,), {"__module__": __name__}).TestCase

    assert Desk.TestCase is before
    assert type("Child", (Desk,), {"__module__": __name__}).TestCase is not before


class TwoBugs(SandboxMachine):
    """Fails in two ways."""

    disconnections = hub_disconnections = removals = account_losses = clock_moves = False
    counts = Bundle("counts")

    @rule(target=counts, options=st.fixed_dictionaries({"all": st.lists(st.integers(0, 1), max_size=1)}))
    def count(self, options):
        return len(options["all"])

    @rule(count=counts, extra=st.fixed_dictionaries({"by": st.integers(0, 3)}))
    def use(self, count, extra):
        assert extra["by"] == 0, f"more beside {count}"

    @rule(count=counts)
    def check_twice(self, count):
        assert count == 0, "some"


def both_failures(number):
    """Both failures of TwoBugs; empty where this seed leads to one: Hypothesis does not look long for a second."""
    case = seed(number)(TwoBugs).TestCase()
    case.settings = settings(QUICK, max_examples=300)
    with pytest.raises((ExceptionGroup, AssertionError)) as found:
        case.runTest()
    return getattr(found.value, "exceptions", ())


def test_listings_are_left_out_of_each_of_several_failures():
    """Where a machine fails in two ways, each failure shows its own steps, and only those."""
    errors = next(filter(None, map(both_failures, range(40))))

    notes = [transcript_of(error) for error in errors]
    assert len(notes) == 2
    assert not [note for error in errors for note in error.__notes__ if note.startswith("state")]


def test_verbose_runs_keep_the_listing():
    """Whoever asks Hypothesis to say more gets what it says."""
    case = Desk.TestCase()
    case.settings = settings(QUICK, verbosity=Verbosity.verbose)
    with pytest.raises(AssertionError) as found:
        case.runTest()

    assert [note for note in found.value.__notes__ if note.startswith("state = Desk()")]


def test_no_run_is_final_outside_of_hypothesis():
    """A printed test that fails has no note beside its assertion."""
    assert not is_final()


def test_failure_that_no_repetition_shows_is_shown_as_it_was():
    """Where a repetition does not fail alike, nothing is left out."""

    class Once(SandboxMachine):
        @rule()
        def fail(self):
            assert self._repeats, "not when it is repeated"

    assert transcript_of(failure_of(Once)).startswith("What happened in Once:\n  1. fail()\n")


@pytest.mark.parametrize("limit", ["_SECONDS", "_REAL_SECONDS"])
def test_search_for_the_shortest_transcript_ends_in_time(monkeypatch, limit):
    """With no time left the transcript is shown as it is."""
    monkeypatch.setattr(shortest, limit, -1)

    assert "What happened in Desk" in transcript_of(failure_of(Desk))


def test_busy_machine_shows_the_shortest_transcript(monkeypatch):
    """What takes long because the processor does something else is made as short."""
    real = chain([0.0], cycle([60.0]))
    both = SimpleNamespace(process_time=time.process_time, perf_counter=lambda: next(real))
    monkeypatch.setattr(shortest, "time", both)

    assert len(steps_of(failure_of(Desk, settings(QUICK, phases=[Phase.generate])))) == 2


def test_chosen_phases_are_left_alone():
    """Whoever chooses the phases gets them."""
    chosen = settings(phases=[Phase.generate, Phase.explain])

    assert unexplained(chosen) is chosen


def test_rule_of_hypothesis_is_refused():
    """A rule that no transcript could have is refused when the class is made."""
    with pytest.raises(SandboxError, match=r"Plain\.step is a rule by the decorator of hypothesis\.stateful"):

        class Plain(SandboxMachine):
            @plain_rule()
            def step(self):
                pass


def test_async_rule_needs_the_async_machine():
    """An async rule in a sync machine is refused with what to do."""

    class Sync(SandboxMachine):
        @rule()
        async def step(self):
            pass

    with pytest.raises(SandboxError, match="Make it an AsyncSandboxMachine"), Sync.again() as machine:
        machine.step()


def test_device_that_the_machine_lacks():
    """A name that is none of the machine's is refused with those that are."""
    with pytest.raises(SandboxError, match=r"no device 'ATTIC'; it has GARAGE"), SandboxMachine.again() as machine:
        machine.device("ATTIC")


def test_world_is_where_a_machine_starts():
    """A machine starts in its world, with the same ids in every run."""
    house = type("House", (SandboxMachine,), {"world": "house", "device_types": (), "__module__": __name__})

    first, second = house(), house()

    assert list(first._devices) == ["FRONT DOOR", "BACK DOOR", "GARAGE"]
    assert first.sandbox is not second.sandbox
    assert [d.device_id for d in first.sandbox.backend.api.devices()] == [
        d.device_id for d in second.sandbox.backend.api.devices()
    ]


def test_runs_do_not_meet():
    """What one run changes, the next does not see."""
    with SandboxMachine.again() as machine:
        machine.sandbox.client().devices.update(device_id=machine.device("GARAGE").device_id, name="SHED")
    with SandboxMachine.again() as machine:
        assert [device.display_name for device in machine.sandbox.backend.api.devices()] == ["GARAGE"]


@pytest.mark.parametrize("given_up", [UnsatisfiedAssumption(), StopTest(1)])
def test_run_that_hypothesis_gives_up_is_not_brought_to_its_end(given_up):
    """A run that is not wanted any further is neither checked in the end nor shown."""

    class Unwanted(Sulking):
        @rule()
        def give_up(self):
            self.given_up = {"somebody"}
            raise given_up

    with pytest.raises(type(given_up)) as found, Unwanted.again() as machine:
        machine.give_up()

    assert not hasattr(found.value, "__notes__")


def test_rule_may_have_the_name_of_one_of_ours():
    """An app's own rule takes the place of the machine's, and is shown as what it is."""

    class Own(SandboxMachine):
        @rule()
        def end_outage(self):
            pass

    with Own.again() as machine:
        machine.end_outage()

        assert machine.transcript.in_words() == "1. end_outage()"


def test_lists_of_devices_are_shown_by_name():
    """A step with several devices names them, for people as in the code."""

    class Several(SandboxMachine):
        device_types = ("august_lock", "yale_lock")

        @rule(chosen=st.lists(devices))
        def look_at(self, chosen):
            pass

    with Several.again() as machine:
        machine.look_at(chosen=[machine.device("GARAGE"), machine.device("FRONT DOOR")])

        assert machine.transcript.in_words() == "1. look_at(chosen=[GARAGE, FRONT DOOR])"


def test_failure_while_a_step_is_chosen_is_not_hidden():
    """What goes wrong in a strategy is raised as it is, and the run is not brought to an end that could fail too."""

    def broken(machine):
        machine.has_broken = True
        raise ZeroDivisionError

    class Broken(SandboxMachine):
        has_broken = False

        @rule(value=st.runner().flatmap(broken))
        def choose(self, value):
            pass

        @eventually
        def nothing_has_broken(self):
            assert not self.has_broken

    error = failure_of(Broken)

    assert isinstance(error, ZeroDivisionError)
    assert error.__context__ is None
