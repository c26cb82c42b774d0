"""An app that makes a guest's code again when an answer is lost: the guest has two codes."""

import httpx
import pytest


class Booking:
    """The app."""

    def __init__(self, http):
        self._http = http

    def check_in(self, device_id, guest):
        """Give a guest a code."""
        body = {"device_id": device_id, "name": guest}
        try:
            self._http.post("/access_codes/create", json=body)
        except httpx.TransportError:
            self._http.post("/access_codes/create", json=body)


def test_guest_has_one_code(seam_sandbox, sandbox_device, seam_http):
    """However bad the network is."""
    seam_sandbox.clock.freeze()
    app = Booking(seam_http)

    with seam_sandbox.faults.lose_answer("POST /access_codes/create"):
        app.check_in(sandbox_device.device_id, "Ada Lovelace")
    seam_sandbox.clock.advance(30)

    seam_sandbox.expect_event("access_code.created", count=1)


pytestmark = pytest.mark.seam(seed=7)
