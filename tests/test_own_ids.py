"""Ids of one's own for all that a test makes."""

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError

ID = "7c9f5a0e-3f2b-4c1d-8e6a-0b1c2d3e4f50"


def access_code(sandbox, **given):
    return sandbox.create_access_code(sandbox.create_device(), **given)


MAKERS = {
    "device_id": Sandbox.create_device,
    "connected_account_id": Sandbox.create_connected_account,
    "user_identity_id": Sandbox.create_user_identity,
    "access_code_id": access_code,
    "acs_system_id": Sandbox.create_acs_system,
    "acs_credential_id": Sandbox.create_acs_credential,
}


@pytest.fixture(params=sorted(MAKERS))
def made(request):
    """The name of an id, and what makes a thing with such an id."""
    return request.param, MAKERS[request.param]


def test_thing_has_the_id_that_is_given(seam_sandbox, made):
    """Everything that a sandbox makes takes an id of one's own; what is made next has one of Seam's again."""
    name, make = made

    assert getattr(make(seam_sandbox, **{name: ID}), name) == ID
    assert getattr(make(seam_sandbox), name) != ID


def test_id_that_is_taken_is_refused(seam_sandbox, made):
    """Nothing is made under an id that a thing of whatever kind has."""
    name, make = made
    seam_sandbox.create_device(device_id=ID)
    before = seam_sandbox.embedded.dump()

    with pytest.raises(SandboxError, match=f"there is a device '{ID}' already; give another {name}"):
        make(seam_sandbox, **{name: ID})
    if name != "access_code_id":  # its device is there
        assert seam_sandbox.embedded.dump() == before


def test_id_of_another_kind_is_named_by_it(seam_sandbox):
    """The message says what has the id."""
    seam_sandbox.create_acs_system(acs_system_id=ID)

    with pytest.raises(SandboxError, match=f"there is an acs system '{ID}' already"):
        seam_sandbox.create_device(device_id=ID)


def test_id_that_is_no_uuid_is_refused(seam_sandbox, made):
    """As Seam's own ids are UUIDs."""
    name, make = made

    with pytest.raises(SandboxError, match=f'Invalid uuid for "{name}"'):
        make(seam_sandbox, **{name: "front-door"})


@pytest.mark.seam(strict_ids=False)
def test_id_of_any_form_with_strict_ids_off(seam_sandbox, made):
    """Readable ids, where ids of any form are looked up."""
    name, make = made

    assert getattr(make(seam_sandbox, **{name: "mine"}), name) == "mine"
