"""The loss of a phone: for good, with or without a replacement."""

import pytest

from pytest_seam_sandbox import Deactivation, ExpectationFailed, OutageNotPossible
from pytest_seam_sandbox.backends.seam_api import SeamApi
from pytest_seam_sandbox.engine.errors import UnknownId

pytestmark = pytest.mark.every_transport


def ids(phones):
    return [phone.device_id for phone in phones]


def deaf_to(monkeypatch, *paths):
    """Let Seam answer these calls of the sandbox without doing anything."""
    call = SeamApi.call
    monkeypatch.setattr(
        SeamApi, "call", lambda api, path, **params: {"ok": True} if path in paths else call(api, path, **params)
    )


def test_phone_is_gone_inside_and_afterwards(seam, seam_sandbox, sandbox_phone):
    """A lost phone never comes back; one event tells of it."""
    with seam_sandbox.deactivated(sandbox_phone) as loss:
        inside = ids(seam.phones.list())

    assert sandbox_phone.device_id not in [*inside, *ids(seam.phones.list())]
    assert isinstance(loss, Deactivation)
    assert loss.phone == sandbox_phone
    assert loss.replacement is None
    assert [(event.event_type, event.device_id) for event in loss.events] == [
        ("phone.deactivated", sandbox_phone.device_id)
    ]


@pytest.mark.seam(backend="embedded")
def test_other_phones_are_untouched(seam, seam_sandbox):
    """The other phone of the same person, and those of others, stay."""
    person = seam_sandbox.create_user_identity()
    lost = seam_sandbox.create_phone(user_identity_id=person.user_identity_id)
    second = seam_sandbox.create_phone(user_identity_id=person.user_identity_id)
    owner = seam_sandbox.create_phone()

    with seam_sandbox.deactivated(lost):
        pass

    assert seam.phones.list() != []
    assert ids(seam.phones.list()) == ids([second, owner])


@pytest.mark.parametrize(("system", "name"), [("android", "Samsung Galaxy S10"), ("ios", "iPhone 17")])
def test_replacement_belongs_to_the_same_person(seam, seam_sandbox, system, name):
    """replace=True gives the owner a new phone of the same kind on leaving."""
    person = seam_sandbox.create_user_identity()
    seam_sandbox.create_phone()
    phone = seam_sandbox.create_phone(user_identity_id=person.user_identity_id, operating_system=system)

    with seam_sandbox.deactivated(phone, replace=True) as loss:
        inside = (loss.replacement, seam.phones.list(owner_user_identity_id=person.user_identity_id))

    assert inside == (None, [])
    assert loss.replacement.device_id != phone.device_id
    assert (loss.replacement.device_type, loss.replacement.display_name) == (f"{system}_phone", name)
    assert ids(seam.phones.list(owner_user_identity_id=person.user_identity_id)) == [loss.replacement.device_id]


@pytest.mark.seam(backend="embedded")
def test_replacement_comes_also_when_the_body_failed(seam, seam_sandbox, sandbox_phone):
    """Leaving is leaving; the exception of the body comes out."""
    with pytest.raises(KeyError, match="body"), seam_sandbox.deactivated(sandbox_phone, replace=True) as loss:
        raise KeyError("body")

    assert ids(seam.phones.list()) == [loss.replacement.device_id]


def test_dead_phone_cannot_be_lost(seam_sandbox, sandbox_phone):
    """A phone that was deactivated before stays so, whether it is given by its model, its id or its name."""
    with seam_sandbox.deactivated(sandbox_phone):
        pass

    for phone in (sandbox_phone, sandbox_phone.device_id, sandbox_phone.display_name):
        with pytest.raises(OutageNotPossible, match=r"deactivated already.*Make a new one with create_phone\(\)"):
            seam_sandbox.deactivated(phone)
    with pytest.raises(UnknownId, match=f"the phone .*{sandbox_phone.device_id}.* is no longer in this sandbox"):
        seam_sandbox.get_phone(sandbox_phone)


def test_namesake_of_a_dead_phone(seam_sandbox, sandbox_phone):
    """A name means the phone that is there."""
    with seam_sandbox.deactivated(sandbox_phone, replace=True) as deactivation:
        pass

    with seam_sandbox.deactivated(sandbox_phone.display_name) as again:
        assert again.phone.device_id == deactivation.replacement.device_id


@pytest.mark.seam(backend="embedded")
def test_phone_that_died_meanwhile_cannot_be_lost(seam, seam_sandbox, sandbox_phone):
    """Entering checks that the phone is still alive."""
    loss = seam_sandbox.deactivated(sandbox_phone)
    seam.phones.deactivate(device_id=sandbox_phone.device_id)

    with pytest.raises(OutageNotPossible, match=r"deactivated\(Samsung Galaxy S10\) .* deactivated already"):
        loss.__enter__()


@pytest.mark.seam(backend="embedded")
def test_phone_is_named_in_any_form(seam_client, seam_sandbox, sandbox_phone):
    """The SDK's object or an id serve as well."""
    other = seam_sandbox.create_phone()

    with seam_sandbox.deactivated(seam_client.phones.get(device_id=sandbox_phone.device_id)):
        pass
    with seam_sandbox.deactivated(other.device_id):
        pass

    assert seam_client.phones.list() == []


def test_async_with(seam_sandbox, sandbox_phone):
    """A deactivation is an async context manager too."""
    import asyncio

    async def test():
        async with seam_sandbox.deactivated(sandbox_phone, replace=True) as loss:
            pass
        return loss

    loss = asyncio.run(test())

    assert seam_sandbox.get_phone(loss.replacement) == loss.replacement


def test_loss_that_does_not_appear_fails_on_entry(seam_sandbox, sandbox_phone, monkeypatch):
    """The event is asserted before the body runs."""
    deaf_to(monkeypatch, "/phones/deactivate")

    with (
        pytest.raises(ExpectationFailed, match=r"expected event 'phone\.deactivated'"),
        seam_sandbox.deactivated(sandbox_phone),
    ):
        pytest.fail("the body ran")


def test_other_phone_that_goes_along_fails_on_entry(seam_sandbox, monkeypatch):
    """A deactivation that takes another phone with it is found."""
    person = seam_sandbox.create_user_identity()
    lost = seam_sandbox.create_phone(user_identity_id=person.user_identity_id)
    second = seam_sandbox.create_phone(user_identity_id=person.user_identity_id)
    call = SeamApi.call

    def greedy(api, path, **params):
        if path == "/phones/deactivate":
            call(api, path, device_id=second.device_id)
        return call(api, path, **params)

    monkeypatch.setattr(SeamApi, "call", greedy)

    with (
        pytest.raises(ExpectationFailed, match=f"other phones went with it.*{second.device_id}"),
        seam_sandbox.deactivated(lost),
    ):
        pytest.fail("the body ran")


def test_phone_that_comes_back_fails_on_leaving(seam_sandbox, sandbox_phone):
    """A dead phone stays dead: one that can be found again fails the test."""
    with (
        pytest.raises(ExpectationFailed, match="/phones/get still finds the phone"),
        seam_sandbox.deactivated(sandbox_phone),
    ):
        seam_sandbox.create_phone(device_id=sandbox_phone.device_id)


@pytest.mark.seam(event_latency=5)
def test_latency(seam_sandbox, sandbox_phone):
    """With late events the deactivation waits in sandbox time."""
    with seam_sandbox.deactivated(sandbox_phone) as loss:
        pass

    loss.expect_event("phone.deactivated", count=1)
    assert loss.duration.total_seconds() >= 5


@pytest.mark.seam(backend="embedded")
def test_deactivation_with_its_owner(seam, seam_sandbox, sandbox_phone):
    """A person who is deleted inside the block changes nothing about the dead phone."""
    (person,) = seam.user_identities.list()

    with seam_sandbox.deactivated(sandbox_phone) as loss:
        seam.user_identities.delete(user_identity_id=person.user_identity_id)

    loss.expect_event("phone.deactivated", count=1)


def test_nobody_owns_an_unknown_phone(seam_sandbox, sandbox_phone):
    """The owner is looked for among all people; a phone that none of them has is nobody's."""
    assert seam_sandbox.backend.api.owner_of(sandbox_phone.device_id) is not None
    assert seam_sandbox.backend.api.owner_of("00000000-0000-4000-8000-000000000000") is None
