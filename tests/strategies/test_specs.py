"""Outages and faults as values: what they say, what they refuse, and which outages are possible."""

import pytest
from hypothesis import find

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.outages import KINDS, OutageSpec, possible_outages
from pytest_seam_sandbox.strategies import faults
from pytest_seam_sandbox.strategies.fault_specs import FaultSpec


def test_values_have_a_short_name():
    """`str` is for lists and tables."""
    assert str(OutageSpec("disconnected", "GARAGE")) == "disconnected(GARAGE)"
    assert str(FaultSpec("fail", "/locks/*")) == "fail(/locks/*)"


def test_unknown_fault_is_refused():
    """The error names the faults that there are."""
    with pytest.raises(SandboxError, match=r"no fault 'explode'; there are fail, rate_limit"):
        FaultSpec("explode")


@pytest.mark.parametrize("kind", ["rate_limit", "refuse", "slow", "lose_answer"])
def test_effect_before_a_fault_is_refused_where_it_cannot_be(kind):
    """Only some faults can happen before or after the effect; the error names them."""
    with pytest.raises(SandboxError, match=r"does not take after=True; fail, garbage, reset, time_out do"):
        FaultSpec(kind, after=True)


def test_possible_outages_are_the_simplest_first():
    """By kind, then by age; one for each account, named by its first device; phones too."""
    sandbox = Sandbox(world="house")
    phone = sandbox.create_phone()

    possible = possible_outages(sandbox)

    assert [outage.target for outage in possible if outage.kind == "disconnected"] == [
        "FRONT DOOR",
        "BACK DOOR",
        "GARAGE",
    ]
    assert possible[-2:] == [
        OutageSpec("account_disconnected", "FRONT DOOR"),
        OutageSpec("deactivated", phone.display_name),
    ]
    assert possible == sorted(possible, key=lambda outage: KINDS.index(outage.kind))


def test_lost_account_cannot_be_lost_again():
    """What has begun already is not possible; other outages of its devices are."""
    sandbox = Sandbox(world="house")
    (account,) = {device.connected_account_id for device in sandbox.backend.api.devices()}

    with sandbox.account_disconnected(account):
        kinds = {outage.kind for outage in possible_outages(sandbox)}

    assert kinds == {"disconnected", "hub_disconnected", "removed"}


def test_unmanaged_devices_are_left_alone():
    """A device that the workspace gave up is none that its app could lose."""
    sandbox = Sandbox()
    device = sandbox.create_device()

    sandbox.backend.api.call("/devices/update", device_id=device.device_id, is_managed=False)

    assert possible_outages(sandbox) == []


def test_answer_without_a_body_is_said():
    """In words, and as code that can be pasted."""
    fault = FaultSpec("fail", "/locks/*", empty=True)

    assert repr(fault) == "FaultSpec('fail', '/locks/*', empty=True)"
    assert fault.sentence == "the next request to /locks/* answers 503 without a body"


@pytest.mark.parametrize("empty", [False, True])
def test_answers_with_and_without_a_body_are_drawn(empty):
    """An app has to bear both: the SDK raises different exceptions for them."""
    found = find(faults(kinds=["fail"]), lambda fault: fault.empty is empty)

    with Sandbox() as sandbox, found.on(sandbox), sandbox.http() as http:
        assert (http.get("/devices/list").content == b"") is empty
