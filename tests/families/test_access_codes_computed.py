"""Offline access codes: the lock computes them, so they need no connection and can never be changed."""

import pytest

from families.codes import DAY, HOUR, status, stay
from pytest_seam_sandbox import seam_raises


@pytest.fixture(autouse=True)
def frozen(seam_sandbox):
    """The clock moves when a test moves it, so that every time is exact."""
    seam_sandbox.clock.freeze()


@pytest.fixture
def igloohome(seam_sandbox):
    """A lock that computes codes of its own."""
    return seam_sandbox.create_device("igloohome_lock")


def test_offline_code_needs_no_connection(seam, seam_sandbox, igloohome):
    """A code that the lock computes is there at once, whether or not the lock can be reached."""
    with seam_sandbox.account_disconnected(igloohome.connected_account_id):
        code = stay(seam_sandbox, igloohome, starts_in=HOUR, is_offline_access_code=True)
        found = seam.access_codes.get(access_code_id=code.access_code_id)

        assert (found.status, found.is_offline_access_code, found.pending_mutations) == ("set", True, [])
        assert found.code
        seam_sandbox.expect_no_event("access_code.delay_in_setting_on_device")


def test_offline_code_may_be_refused_no_wait(seam_sandbox, igloohome):
    """Refusing to wait does not concern a code that never waits."""
    with seam_sandbox.account_disconnected(igloohome.connected_account_id):
        code = seam_sandbox.create_access_code(
            igloohome, use_offline_access_code=True, attempt_for_offline_device=False
        )

    assert code.status == "set"


def test_offline_code_cannot_be_chosen(seam, igloohome):
    """The lock computes the PIN: a program cannot choose it."""
    with seam_raises("invalid_input", status_code=400, match="cannot be chosen"):
        seam.access_codes.create(device_id=igloohome.device_id, is_offline_access_code=True, code="1234")


def test_offline_code_can_never_be_changed(seam, seam_sandbox, igloohome):
    """An update of an offline code answers 400, and the code stays as it was."""
    code = seam_sandbox.create_access_code(igloohome, is_offline_access_code=True, name="Jane")

    with seam_raises("access_code_not_updatable", status_code=400):
        seam.access_codes.update(access_code_id=code.access_code_id, name="Joe")

    assert seam.access_codes.get(access_code_id=code.access_code_id).name == "Jane"


def test_offline_code_can_never_be_deleted(seam, seam_sandbox, igloohome):
    """A deletion of an offline code answers 400, and the code stays."""
    code = seam_sandbox.create_access_code(igloohome, is_offline_access_code=True)

    with seam_raises("access_code_not_deletable", status_code=400):
        seam.access_codes.delete(access_code_id=code.access_code_id)

    assert seam.access_codes.get(access_code_id=code.access_code_id).status == "set"


def test_offline_code_ends_by_itself(seam, seam_sandbox, igloohome):
    """At its end the record goes, also while the lock is offline, and nothing was erased."""
    stay(seam_sandbox, igloohome, starts_in=HOUR, is_offline_access_code=True)
    with seam_sandbox.account_disconnected(igloohome.connected_account_id):
        seam_sandbox.clock.advance(HOUR + DAY)

        assert seam.access_codes.list(device_id=igloohome.device_id) == []
    seam_sandbox.expect_event("access_code.deleted", count=1)
    seam_sandbox.expect_no_event("access_code.removed_from_device")


def test_lost_account_does_not_touch_offline_codes(seam, seam_sandbox, igloohome):
    """Seam knows what an offline code does without asking anybody."""
    code = seam_sandbox.create_access_code(igloohome, is_offline_access_code=True)
    with seam_sandbox.account_disconnected(igloohome.connected_account_id):
        assert status(seam, code) == "set"
