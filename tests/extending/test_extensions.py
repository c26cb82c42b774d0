"""What another package adds to a sandbox, wherever the tables of the sandbox are read."""

from types import MappingProxyType

import httpx
import pytest
from hypothesis import HealthCheck, find, settings
from hypothesis.stateful import run_state_machine_as_test

from pytest_seam_sandbox import OutageNotPossible, OutageSpec, Sandbox, SandboxError, UnknownDeviceType, UnknownWorld
from pytest_seam_sandbox.console.routes import console_of
from pytest_seam_sandbox.extensions import NO_EXTENSIONS, extensions_of
from pytest_seam_sandbox.outages import KINDS, possible_outages
from pytest_seam_sandbox.stateful import SandboxMachine, rule
from pytest_seam_sandbox.strategies import PlannedOutage, outage_plans, outages, sandboxes
from pytest_seam_sandbox.sweep import SweepFailed, sweep
from pytest_seam_sandbox.transports.server import Listener

SAUNAS = ["FINNISH SAUNA", "STEAM BATH"]


def temperature(sandbox, name):
    with sandbox.http() as http:
        device_id = sandbox.embedded.devices()[name].device_id
        return http.post("/saunas/get", json={"device_id": device_id}).json()["sauna"]["temperature_celsius"]


# worlds, device models, families


def test_world_is_a_starting_state(sandbox):
    """A reset goes back to it."""
    sandbox.create_device()

    assert list(sandbox.embedded.devices()) == [*SAUNAS, "GARAGE"]

    sandbox.backend.api.call("/workspaces/reset_sandbox")

    assert list(sandbox.embedded.devices()) == SAUNAS
    assert repr(sandbox) == "Sandbox(world='spa', devices=2, phones=1)"


def test_ids_follow_from_the_seed(extensions):
    """An added world is as repeatable as Seam's own."""
    one, other = (Sandbox(world="spa", seed=7, extensions=extensions) for _ in range(2))

    assert [row.device_id for row in one.embedded.devices().values()] == [
        row.device_id for row in other.embedded.devices().values()
    ]


def test_further_workspace_has_an_added_world(sandbox):
    """It stands on the same server."""
    further = sandbox.create_workspace(world="spa")

    assert list(further.embedded.devices()) == SAUNAS
    assert further.outage("overheated", "STEAM BATH")
    sandbox.backend.unfinished.unentered.clear()


def test_endpoint_is_as_any_other(sandbox):
    """It validates, it wants credentials, faults meet it, and a client with the wrong path is told."""
    with sandbox.http() as http:
        device_id = sandbox.embedded.devices()["STEAM BATH"].device_id
        assert http.get("/saunas/get", params={"device_id": device_id}).json()["sauna"]["temperature_celsius"] == 80
        assert http.get("/saunas/get").json()["error"]["type"] == "invalid_input"
        assert http.get("/saunas/list").status_code == 404
        with sandbox.faults.fail("GET /saunas/get", status=503):
            assert http.get("/saunas/get", params={"device_id": device_id}).status_code == 503
        assert http.post("/devices/get", json={"device_id": device_id}).status_code == 200
    with httpx.Client(transport=sandbox.transport, base_url=sandbox.endpoint) as stranger:
        assert stranger.get("/saunas/get", params={"device_id": device_id}).status_code == 401


def test_client_sessions_work_as_ever(sandbox):
    """The endpoints of Seam are those of a sandbox without extensions."""
    with sandbox.http() as http:
        created = http.post("/client_sessions/create", json={"user_identifier_key": "ann"}).json()["client_session"]
    with httpx.Client(transport=sandbox.transport, base_url=sandbox.endpoint) as phone:
        phone.headers["authorization"] = f"Bearer {created['token']}"

        assert phone.get("/client_sessions/get").json()["client_session"]["user_identifier_key"] == "ann"
        assert phone.get("/saunas/get", params={"device_id": created["client_session_id"]}).status_code == 401


def test_webhooks_get_added_events(sandbox):
    """Those of all events do."""
    sandbox.webhooks.deliver_to(sandbox.webhooks.inbox)

    with sandbox.outage("overheated", "STEAM BATH"):
        assert [delivery.event_type for delivery in sandbox.webhooks.inbox] == ["sauna.overheated"]


@pytest.mark.parametrize("field", ["device_id", "temperature_celsius", "occurred_at"])
def test_added_event_has_its_fields(sandbox, field):
    """An expectation may name them."""
    with sandbox.outage("overheated", "STEAM BATH") as outage:
        [event] = outage.events

        sandbox.expect_event("sauna.overheated", **{field: getattr(event, field)})


def test_unknown_field_of_an_added_event_is_refused(sandbox):
    """An expectation that nothing could meet is a mistake."""
    with pytest.raises(
        SandboxError, match="the event 'sauna.overheated' has no field 'temprature_celsius'. Did you mean"
    ):
        sandbox.expect_no_event("sauna.overheated", temprature_celsius=1)


def test_sandbox_without_it_has_none_of_it(sandbox):
    """Two side by side do not know of each other."""
    plain = Sandbox()

    with pytest.raises(UnknownDeviceType):
        plain.create_device("sauna_lock")
    with pytest.raises(UnknownWorld):
        Sandbox(world="spa")
    with pytest.raises(SandboxError, match="there is no outage 'overheated'; there are disconnected"):
        plain.outage("overheated", "STEAM BATH")
    with pytest.raises(SandboxError, match="Seam has no event type 'sauna.overheated'"):
        plain.expect_no_event("sauna.overheated")
    with plain.http() as http:
        assert http.get("/saunas/get").status_code == 404
    assert plain.backend.extensions is NO_EXTENSIONS


def test_unknown_names_are_refused_with_all_that_there_are(sandbox, extensions):
    """Added ones among them."""
    with pytest.raises(UnknownDeviceType, match="Did you mean 'sauna_lock'"):
        sandbox.create_device("suana_lock")
    with pytest.raises(SandboxError, match="code_deleted_external_to_seam, overheated"):
        sandbox.outage("overheat", "STEAM BATH")
    with pytest.raises(SandboxError, match="there is no outage"):
        sandbox.outage(["overheated"], "STEAM BATH")
    with pytest.raises(UnknownWorld, match="Added worlds: spa"):
        sandboxes("spar", extensions=extensions)


def test_extensions_are_what_extensions_of_gives(spa):
    """A module is not yet one."""
    with pytest.raises(SandboxError, match="extensions is <module .*; it takes the fixture seam_extensions, or"):
        Sandbox(extensions=spa)


# outages


def test_outage_of_an_added_kind_is_entered_and_healed(sandbox):
    """By name, like those of the sandbox itself."""
    with sandbox.outage("overheated", "STEAM BATH") as outage:
        assert temperature(sandbox, "STEAM BATH") == 110
        with pytest.raises(OutageNotPossible):
            sandbox.outage("overheated", outage.device).check()

    assert temperature(sandbox, "STEAM BATH") == 80
    assert str(outage) == "overheated(STEAM BATH)"


def test_kinds_of_the_sandbox_are_taken_too(sandbox):
    """A test that goes through all kinds needs one method."""
    with sandbox.outage("disconnected", "STEAM BATH") as outage:
        assert not sandbox.get_device(outage.device_id).properties.online


def test_outage_as_a_value(sandbox, spa):
    """Its class stands for its name; its repr is code."""
    spec = OutageSpec(spa.Overheated, "STEAM BATH")

    assert (spec.kind, spec.sentence) == ("overheated", "STEAM BATH becomes too hot")
    assert repr(spec) == "OutageSpec(Overheated, 'STEAM BATH')"
    assert eval(repr(spec), {"OutageSpec": OutageSpec, "Overheated": spa.Overheated}) == spec
    assert sorted([spec, OutageSpec("disconnected", "STEAM BATH")])[1] == spec
    with spec.on(sandbox):
        assert temperature(sandbox, "STEAM BATH") == 110
    with pytest.raises(SandboxError, match="there is no outage 'overheated'.*is given as its class"):
        OutageSpec("overheated", "STEAM BATH")
    with pytest.raises(SandboxError, match="there is no outage <class 'str'>"):
        OutageSpec(str, "STEAM BATH")


def test_possible_outages_come_last(sandbox):
    """What Seam simulates is simpler."""
    found = possible_outages(sandbox, (*KINDS, "overheated"))

    assert [str(one) for one in found[-2:]] == [f"overheated({name})" for name in SAUNAS]
    assert possible_outages(sandbox)[-1].kind == "deactivated"


def test_strategies_draw_it(extensions, sandbox):
    """In a sandbox of one's own, or in one with the same arguments."""
    calm = settings(database=None, suppress_health_check=list(HealthCheck))

    drawn = find(outages(world="spa", kinds=["overheated"], extensions=extensions), lambda _: True, settings=calm)
    plan = find(outage_plans(sandbox, kinds=["overheated"]), lambda plan: len(plan.outages) > 1, settings=calm)

    assert str(drawn) == "overheated(FINNISH SAUNA)"
    assert repr(plan.outages[0]).startswith("PlannedOutage(Overheated, '")
    plan.run(sandbox)
    sandbox.expect_event("sauna.cooled_down", count=2)
    with pytest.raises(SandboxError, match="there is no outage 'overheated'"):
        outages(kinds=["overheated"])


def test_planned_outage_takes_the_class(sandbox, spa):
    """As OutageSpec does."""
    planned = PlannedOutage(spa.Overheated, "STEAM BATH", start=0, duration=60)

    assert planned.spec == OutageSpec(spa.Overheated, "STEAM BATH")
    assert str(planned) == "at 0 s STEAM BATH becomes too hot, for 60 s"


def test_sweep_places_it(sandbox):
    """By its option, or as a value."""
    seen = []

    def scenario(trial_sandbox):
        with trial_sandbox.http() as http:
            http.post("/devices/list", json={})
        seen.append(temperature(trial_sandbox, "STEAM BATH"))

    for trial in sweep(sandbox, overheat="STEAM BATH"):
        with trial as trial_sandbox:
            scenario(trial_sandbox)
    assert seen == [80, 110, 110, 110, 80]  # two calls, before and after each

    with pytest.raises(SweepFailed, match=r"overheated\(STEAM BATH\) before call 1"):
        for trial in sweep(
            sandbox, outages=possible_outages(sandbox, ["overheated"]), only="overheated(STEAM BATH) before call 1"
        ):
            with trial as trial_sandbox:
                assert temperature(trial_sandbox, "STEAM BATH") < 100
    with pytest.raises(SandboxError, match="delete_code, overheat beside outages"):
        sweep(sandbox, overheats="STEAM BATH")


def test_machine_begins_it_when_its_switch_is_on(extensions, spa):
    """The printed test imports its class."""

    class SpaMachine(SandboxMachine):
        world = "spa"
        device_types = ()
        sandbox_settings = MappingProxyType({"extensions": extensions})
        disconnections = hub_disconnections = removals = account_losses = phone_losses = False
        clock_moves = False
        overheatings = True

        @rule()
        def look(self):
            assert temperature(self.sandbox, "STEAM BATH") == 80

    with pytest.raises(AssertionError) as raised:
        run_state_machine_as_test(
            SpaMachine, settings=settings(database=None, max_examples=50, stateful_step_count=5, derandomize=True)
        )

    notes = "\n".join(raised.value.__notes__)
    assert "1. STEAM BATH becomes too hot" in notes
    assert "machine.begin_outage(outage=OutageSpec(Overheated, 'STEAM BATH'))" in notes
    assert "from spa_of_these_tests import Overheated" in notes


def test_machine_leaves_it_out_otherwise(extensions):
    """A kind that nobody asked for begins in no machine."""

    class Calm(SandboxMachine):
        world = "spa"
        device_types = ()
        sandbox_settings = MappingProxyType({"extensions": extensions})

        @rule()
        def look(self):
            assert temperature(self.sandbox, "STEAM BATH") == 80

    run_state_machine_as_test(Calm, settings=settings(database=None, max_examples=10, derandomize=True))


def test_control_routes_and_console_have_it(sandbox):
    """By its name; as a button on its devices."""
    listener = Listener(control=console_of(sandbox.embedded))
    with listener.serving(sandbox.embedded.app) as url, httpx.Client(base_url=f"{url}/_sandbox/") as http:
        [device] = [
            one
            for one in http.post("console/changes").json()["state"]["devices"]["shown"]
            if one["name"] == "STEAM BATH"
        ]
        [button] = [offer for offer in device["offers"] if offer["text"] == "Overheat"]
        begun = http.post(button["path"], json=button["params"]).json()
        ended = http.post("outages/end", json=begun).json()
        unknown = http.post("outages/begin", json={"kind": "frozen", "target": "STEAM BATH"})

    assert begun == {"outage": "overheated(STEAM BATH)", "id": "outage-1"}
    assert ended == {"events": ["sauna.overheated", "sauna.cooled_down"]}
    assert unknown.json()["error"].endswith("code_deleted_external_to_seam, overheated.")


def test_what_is_added_is_read_once(extensions, spa):
    """A plugin that changes what it gave changes no sandbox."""
    with pytest.raises(TypeError):
        extensions.worlds["other"] = spa.fill_spa
    with pytest.raises(TypeError, match="read-only"):
        extensions.device_models["sauna_lock"].properties["temperature_celsius"] = 1


def test_nothing_is_added_by_nobody():
    """Sandboxes then stand on the API of the package itself."""
    assert extensions_of(object()) is NO_EXTENSIONS
    assert extensions_of() is NO_EXTENSIONS
