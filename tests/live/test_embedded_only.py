"""What a live sandbox cannot do is refused with the reason, and the reason is true of Seam."""

import pytest

from pytest_seam_sandbox import EmbeddedOnly, Sandbox
from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.outages.kinds import OUTAGES

HEALED_BY = {
    "/connected_accounts/simulate/disconnect": "",
    "/devices/simulate/disconnect": "/devices/simulate/connect",
    "/devices/simulate/disconnect_from_hub": "/devices/simulate/connect_to_hub",
    "/devices/simulate/paid_subscription": "/devices/simulate/paid_subscription",
    "/devices/simulate/remove": "",
}
"""What Seam can simulate of the losses that outages stand for, and what takes it back; "" for nothing but a person, or
the reset of the workspace.
"""
NO_LOSS = {
    "/access_codes/simulate/create_unmanaged_access_code",
    "/acs/encoders/simulate/next_credential_encode_will_fail",
    "/acs/encoders/simulate/next_credential_encode_will_succeed",
    "/acs/encoders/simulate/next_credential_scan_will_fail",
    "/acs/encoders/simulate/next_credential_scan_will_succeed",
    "/locks/simulate/keypad_code_entry",
    "/locks/simulate/manual_lock_via_keypad",
    "/noise_sensors/simulate/trigger_noise_threshold",
    "/phones/simulate/create_sandbox_phone",
    "/thermostats/simulate/hvac_mode_adjusted",
    "/thermostats/simulate/temperature_reached",
}
"""What Seam simulates besides. When it gets a further endpoint, the reasons below have to be looked at again."""


def test_seam_simulates_nothing_else():
    simulated = {endpoint.path for endpoint in all_endpoints() if "/simulate/" in endpoint.path}
    assert simulated == {*HEALED_BY, *filter(None, HEALED_BY.values()), *NO_LOSS}


def test_outages_that_are_embedded_only_are_those_that_seam_cannot_simulate_or_take_back():
    live = {name for name, kind in OUTAGES.items() if not kind.embedded_only and not kind.not_live}
    assert live == {"disconnected", "hub_disconnected", "deactivated", "subscription_expired"}
    assert {name for name, kind in OUTAGES.items() if kind.not_live} == {"removed", "account_disconnected"}


LOCK, NO_ENDPOINT = "august_lock", "no endpoint of Seam simulates it"
CASES = {
    "removed": (lambda live: live.removed(live.create_device()), "no endpoint of Seam puts a removed device back but"),
    "account_disconnected": (
        lambda live: live.account_disconnected(live.create_device()),
        "no endpoint of Seam logs in again, a person does in a Connect Webview",
    ),
    "bridge_disconnected": (lambda live: live.bridge_disconnected(live.create_device()), NO_ENDPOINT),
    "flaky_connection": (lambda live: live.flaky_connection(live.create_device()), NO_ENDPOINT),
    "low_battery": (lambda live: live.low_battery(live.create_device()), NO_ENDPOINT),
    "clock": (lambda live: live.clock, "nobody moves the time at Seam"),
    "faults": (lambda live: live.faults, "nobody makes Seam misbehave"),
    "stub": (lambda live: live.stub("/devices/list", {}), "Seam answers itself"),
    "webhooks": (lambda live: live.webhooks, "Seam delivers them itself, to a URL that it can reach"),
    "snapshot": (lambda live: live.snapshot(), "a workspace at Seam cannot go back"),
    "create_workspace": (lambda live: live.create_workspace(), "no endpoint of Seam deletes a workspace again"),
    "create_access_token": (lambda live: live.create_access_token(), "people make them in Seam's console"),
    "create_connected_account": (
        lambda live: live.create_connected_account("august"),
        "an account begins with the login of a person in a Connect Webview",
    ),
    "create_acs_system": (
        lambda live: live.create_acs_system("salto_ks_site"),
        "it comes with its account, and an account begins with the login of a person",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_reason(live, name):
    call, reason = CASES[name]
    with pytest.raises(EmbeddedOnly) as raised:
        call(live)
    assert f"is embedded only, and this sandbox is live: {reason}" in str(raised.value)


def test_people_of_two_sandboxes_have_names_of_their_own(server, go_live):
    """So what one of them has made is not taken for what the other one has made."""
    for _ in range(2):
        go_live().create_phone()
    people = server.dump(server.first)["UserIdentity"]
    names = {row["full_name"] for row in people}
    assert len(names) == 2
    assert all(name.startswith("Sandbox Guest ") for name in names)


def test_embedded_sandbox_can_do_all_of_it():
    with Sandbox() as sandbox:
        for name in ("clock", "faults", "webhooks"):
            getattr(sandbox, name)
