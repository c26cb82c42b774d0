"""A program that is killed at one of its requests, and the start that heals what it has left."""

import httpx

from live.furnished import connected
from pytest_seam_sandbox.backends.live.guarded import GuardedTransport
from pytest_seam_sandbox.backends.live.undo import Undo
from pytest_seam_sandbox.backends.seam_api import SeamApi


class Killed(BaseException):
    """The process is gone at this place: nothing that it would do afterwards is done."""


class Killing(httpx.BaseTransport):
    """Carries requests until the one of this number; that one still takes effect, or does not, or does so later.

    late: the request that has not taken effect yet.
    """

    def __init__(self, sandbox, at, *, takes_effect, later=False):
        self._transport = sandbox.transport
        self._at, self._takes_effect, self._later = at, takes_effect, later
        self.count = 0
        self.late = None

    def handle_request(self, request):
        self.count += 1
        if self.count != self._at:
            return self._transport.handle_request(request)
        if self._later:
            self.late = request
        elif self._takes_effect:
            self._transport.handle_request(request)
        raise Killed


def program(undo, connection, it):
    """A test as people write them: things are made, broken, changed and deleted, by the sandbox and by the program."""
    call = SeamApi(undo.send).call
    door = it.august_lock
    call("/devices/update", device_id=door, custom_metadata={"test": "t1"})
    person = call("/user_identities/create", full_name="Guest")["user_identity"]["user_identity_id"]
    call("/phones/simulate/create_sandbox_phone", user_identity_id=person)
    call("/devices/simulate/disconnect", device_id=door)
    call("/webhooks/create", url="https://example.com/test")
    call("/devices/simulate/connect", device_id=door)
    headers = {"authorization": f"Bearer {connection.stand_in_key}"}
    transport = GuardedTransport(connection, undo)
    with httpx.Client(base_url=connection.endpoint, transport=transport, headers=headers) as client:
        grant = {"device_ids": [it.yale_lock], "requested_access_methods": [{"mode": "code"}]}
        client.post("/access_grants/create", json={"user_identity": {"full_name": "Stay"}, **grant})
        code = client.post("/access_codes/create", json={"device_id": door, "name": "New"}).json()["access_code"]
        client.put("/acs/access_groups/add_user", json={"acs_access_group_id": it.group, "user_identity_id": it.jane})
        client.patch("/access_codes/update", json={"access_code_id": it.code, "name": "Other"})
        client.request("DELETE", "/access_codes/delete", params={"access_code_id": code["access_code_id"]})
        client.post("/locks/unlock_door", json={"device_id": door})
        client.post("/thermostats/off", json={"device_id": it.ecobee_thermostat})
    call("/devices/simulate/disconnect_from_hub", device_id=door)
    assert undo.undo() == []


def requests_of(place, folder):
    """How many requests the program sends, with those that undo it."""
    place.sandbox.restore(place.start)
    carrier = Killing(place.sandbox, 0, takes_effect=False)
    connection = connected(place.sandbox, carrier)
    program(Undo(connection, folder, sleep=lambda _: None), connection, place)
    return carrier.count


def killed(place, folder, at, *, takes_effect, later=False):
    """Run the program in a process that is killed at this request; what carried its requests."""
    carrier = Killing(place.sandbox, at, takes_effect=takes_effect, later=later)
    connection = connected(place.sandbox, carrier)
    undo = Undo(connection, folder, sleep=lambda _: None)
    try:
        program(undo, connection, place)
    except Killed:
        pass
    finally:
        undo.close()  # the system does this: the lock is free
    return carrier


def healed(place, folder, at=0, *, takes_effect=False):
    """Heal in a process that is killed at this request."""
    connection = connected(place.sandbox, Killing(place.sandbox, at, takes_effect=takes_effect))
    try:
        return Undo(connection, folder, sleep=lambda _: None).heal()
    except Killed:
        return None


def is_webhook_that_nobody_knows(problems):
    """Whether all that is left is the webhook, when no answer told its id: webhooks do not show when they were made."""
    return len(problems) == 1 and problems[0].startswith("/webhooks/create got no answer, and may have made one of")
