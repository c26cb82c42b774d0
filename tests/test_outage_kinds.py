"""The kinds of outages stand in one table, and whatever lists them reads it."""

import re

import pytest

from docs_pages import page
from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.engine.http import Request
from pytest_seam_sandbox.outages import (
    DEFAULT_KINDS,
    KINDS,
    OUTAGES,
    Disconnected,
    Outage,
    OutageSpec,
    possible_outages,
)
from pytest_seam_sandbox.outages.kinds import rows
from pytest_seam_sandbox.stateful import SandboxMachine
from pytest_seam_sandbox.sweep import sweep
from pytest_seam_sandbox.transports.control import control


class Flooded(Disconnected):
    """A kind of which nothing else is there."""

    name = "flooded"
    sentence = "{} is under water"
    switch = "floods"
    option = "flood"


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"sentence": ""}, r"Flooded has no sentence\. Set it in the class"),
        ({"switch": ""}, r"Flooded has no switch\."),
        ({}, r"Flooded has no 'flooded' in OutageKind\. Add it to outages/kinds\.py"),
        ({"name": "removed", "switch": "floods"}, r"Flooded has no switch floods in OutageSwitches"),
        ({"name": "removed", "switch": "removals"}, r"Flooded has no option flood in OutageTargets"),
    ],
)
def test_kind_with_a_part_missing_says_what_to_do(monkeypatch, parts, told):
    """Whoever adds a kind and forgets a part reads the next step."""
    for name, value in parts.items():
        monkeypatch.setattr(Flooded, name, value)

    with pytest.raises(TypeError, match=told + "(.|\n)*CONTRIBUTING"):
        rows([*OUTAGES.values(), Flooded])


def test_kind_without_a_class_is_told():
    """A name in OutageKind is a promise."""
    with pytest.raises(TypeError, match=r"OutageKind has deactivated, and no class has that name"):
        rows([outage for name, outage in OUTAGES.items() if name != "deactivated"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_everywhere(kind):
    """A method, a switch of the machine, a line of the page, and of those of machines and sweeps."""
    assert callable(getattr(Sandbox, kind))
    assert getattr(SandboxMachine, OUTAGES[kind].switch) is (kind in DEFAULT_KINDS)
    assert re.search(rf"^\| `{kind}\(", page("outages"), re.MULTILINE)
    assert OUTAGES[kind].switch in page("property_testing")
    assert OUTAGES[kind].option in page("sweep")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_begins_and_ends_over_http(kind):
    """The control routes take every kind, by the name of what it is of."""
    with Sandbox(world="house") as sandbox:
        lock = sandbox.create_device("nuki_lock")
        sandbox.create_access_code(lock, code="999543", name="Ann")
        sandbox.create_phone()
        sandbox.create_acs_system()
        target = possible_outages(sandbox, [kind])[0].target

        begun = control_of(sandbox, "begin", f'{{"kind": "{kind}", "target": "{target}"}}')
        ended = control_of(sandbox, "end", f'{{"outage": "{kind}({target})"}}')

    assert begun == (200, f'{{"outage": "{kind}({target})", "id": "outage-1"}}')
    assert ended[0] == 200
    assert '"events": ["' in ended[1]


def test_outage_that_is_not_open_cannot_end(seam_sandbox):
    """The answer says what is open."""
    seam_sandbox.create_device(name="GARAGE")
    control_of(seam_sandbox, "begin", '{"kind": "disconnected", "target": "GARAGE"}')

    status, body = control_of(seam_sandbox, "end", '{"outage": "removed(GARAGE)"}')

    assert (status, "open: disconnected(GARAGE) (outage-1)." in body) == (400, True)
    assert control_of(seam_sandbox, "end", '{"outage": "disconnected(GARAGE)"}')[0] == 200


def test_sweep_refuses_an_option_that_is_none(seam_sandbox):
    """A misspelt option of a sweep is told with those that there are."""
    with pytest.raises(SandboxError, match=r"an option is 'disconect'; it takes disconnect, disconnect_hub, "):
        sweep(seam_sandbox, disconect="GARAGE")


def test_outage_begins_and_ends_without_assertions(seam_sandbox):
    """What the state machine does: Seam's own calls, and no look at what came of them."""
    device = seam_sandbox.create_device(name="GARAGE")
    outage = OutageSpec("disconnected", "GARAGE").made(seam_sandbox.backend)

    outage.begin()
    assert not seam_sandbox.get_device(device).properties.online
    outage.end()

    assert seam_sandbox.get_device(device).properties.online
    assert [event.event_type for event in outage.events] == ["device.disconnected", "device.connected"]


def control_of(sandbox, route, body):
    headers = {"host": "127.0.0.1", "content-type": "application/json"}
    answer = control(
        sandbox.embedded, Request("POST", f"/_sandbox/outages/{route}", headers=headers, body=body.encode())
    )
    return answer.status, answer.body.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_outage_knows_the_id_of_its_target(everything, kind):
    """Names may be those of several, and of others later."""
    backend = everything.backend
    outage = possible_outages(everything, [kind])[0].made(backend)

    with everything.http() as http:
        answers = [
            http.post(f"/{path}", json={}).text
            for path in ("devices/list", "phones/list", "connected_accounts/list", "acs/systems/list")
        ]
        answers.append(
            http.post("/access_codes/list", json={"device_id": everything.get_device("GARAGE").device_id}).text
        )

    assert f'_id":"{outage.target_id}"' in "".join(answers)


@pytest.mark.parametrize("kind", KINDS)
def test_possible_outage_can_be_made_where_names_are_not_unique(everything, kind):
    """The first of a name is called by it."""
    first = possible_outages(everything, [kind])[0]

    assert first.made(everything.backend).name == kind
    assert first.outage_type.lost_id(everything.backend, first.target)


def test_outage_of_nothing_has_no_target(seam_sandbox):
    """A kind that another package adds may be of nothing that has an id."""
    assert Outage(seam_sandbox.backend, "the world").target_id == ""


@pytest.fixture
def everything():
    """A sandbox in which every kind is possible."""
    sandbox = Sandbox(world="everything")
    sandbox.create_access_code("GARAGE", name="Guest")
    sandbox.create_acs_system("visionline_system")
    return sandbox
