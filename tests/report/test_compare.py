"""What pytest says of a comparison that fails: of two resources, and of events."""

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.report.compare import explanation


@pytest.fixture
def sandbox():
    """A sandbox with one lock."""
    sandbox = Sandbox()
    sandbox.create_device(name="GARAGE")
    return sandbox


def test_two_states_of_a_device(sandbox):
    """The fields that differ, with the paths to them."""
    before = sandbox.get_device("GARAGE")
    with sandbox.disconnected(before):
        after = sandbox.get_device("GARAGE")

    lines = explanation(before, after)

    assert lines[0] == "Device('GARAGE') == Device('GARAGE')"
    assert lines[1].endswith(" fields differ:")
    assert "properties.online: True != False" in lines
    assert any(line.startswith("errors: [] != ") for line in lines)


def test_field_that_only_one_has(sandbox):
    """It is absent in the other one."""
    one = sandbox.get_device("GARAGE")
    other = one.model_copy(update={"new_field": 1})

    assert explanation(one, other)[2:] == ["new_field: (absent) != 1"]


def test_resources_of_two_kinds(sandbox):
    """They are never equal."""
    device, phone = sandbox.get_device("GARAGE"), sandbox.create_phone()

    assert explanation(device, phone)[1] == "A Device equals no Phone. Compare their ids."


def test_resource_without_a_name(sandbox):
    """Its kind is enough."""
    code = sandbox.create_access_code("GARAGE")

    assert explanation(code, code.model_copy(update={"code": "1"}))[0].startswith("AccessCode == ")


def test_many_differences_are_counted(sandbox):
    """A person reads no more."""
    one = sandbox.get_device("GARAGE")
    other = one.model_copy(update={f"field_{number}": 1 for number in range(50)})

    assert explanation(one, other)[-1] == "… and 10 more"


def test_events_and_expected_types(sandbox):
    """Beside each other, as a diff; with what to compare instead."""
    lines = explanation(sandbox.events, ["connected_account.connected", "device.connected", "lock.unlocked"])

    assert lines == [
        "3 events == 3 expected",
        "- only on the left, + only on the right",
        "  connected_account.connected",
        "- device.added",
        "  device.connected",
        "+ lock.unlocked",
        "An event equals no text. Compare the types: [event.event_type for event in ...] == [...]",
    ]


def test_events_on_the_right(sandbox):
    """The other way round, a list of ours counts as well."""
    assert explanation(["device.added"], list(sandbox.events))[0] == "1 expected == 3 events"


def test_events_of_the_same_types(sandbox):
    """The fields in which they differ stand below."""
    events = list(sandbox.events)
    other = [*events[:2], events[2].model_copy(update={"device_id": "x"})]

    lines = explanation(sandbox.events, other)

    assert lines[-2] == "  device.connected"
    assert lines[-1].startswith("?   device_id: ")


def test_something_else_among_events(sandbox):
    """It is written as Python writes it."""
    assert "+ 7" in explanation(sandbox.events, [7])


@pytest.mark.parametrize("other", [7, "device.added", None])
def test_no_list_beside_events(sandbox, other):
    """pytest's own words say it."""
    assert explanation(sandbox.events, other) is None
    assert explanation(other, sandbox.events) is None


def test_keys_are_not_shown(sandbox):
    """A field with a token keeps it."""
    one = sandbox.get_device("GARAGE")
    other = one.model_copy(update={"new_field": sandbox.api_key})

    assert explanation(one, other)[2:] == ["new_field: (absent) != 'seam_test***'"]


def test_pytest_says_it(pytester):
    """For resources and events, with ==, and for nothing else."""
    pytester.makepyfile(
        """
        def test_devices(seam_sandbox, sandbox_device):
            assert sandbox_device == sandbox_device.model_copy(update={"nickname": "x"})

        def test_lists(seam_sandbox, sandbox_device):
            assert [] == list(seam_sandbox.events)

        def test_membership(seam_sandbox, sandbox_device):
            assert sandbox_device in []

        def test_numbers():
            assert [1] == [2]
        """
    )

    result = pytester.runpytest_inprocess(
        "-p", "no:randomly", "-p", "no:unraisableexception", "-p", "no:asyncio", "-p", "no:cacheprovider"
    )

    result.stdout.fnmatch_lines(
        ["E*assert Device('GARAGE') == Device('GARAGE')", "E*nickname: * != 'x'", "E*assert 0 expected == 3 events"]
    )
    result.stdout.fnmatch_lines(["E*At index 0 diff: 1 != 2"])
