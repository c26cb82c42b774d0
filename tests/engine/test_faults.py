"""Faults as the engine keeps them; what they do to clients is tested through the doors."""

from pytest_seam_sandbox import Sandbox


def test_fault_that_is_cleared_inside_its_block_is_not_missed():
    """A block whose fault was taken away by `clear` ends without a complaint that nobody met it."""
    with Sandbox() as sandbox, sandbox.http() as http:
        with sandbox.faults.fail("GET /devices/get", status=503):
            sandbox.faults.clear()

        assert http.get("/devices/list").status_code == 200
        assert sandbox.faults.active == []
