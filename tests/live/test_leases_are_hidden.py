"""A lease record is the sandbox's own: neither the test nor the program under test sees it."""

import asyncio
import gzip
import json

import httpx

from pytest_seam_sandbox.backends.live.guarded import GuardedTransport
from pytest_seam_sandbox.backends.live.lease_records import KEY, without_records


def test_neither_the_test_nor_its_program_sees_a_lease(server, live):
    device = live.create_device(custom_metadata={"room": "101"})
    with live.disconnected(device) as outage:
        shown = [
            device.custom_metadata,
            live.get_device(device.device_id).custom_metadata,
            live.client().devices.get(device_id=device.device_id).custom_metadata,
            *(row.custom_metadata for row in live.client().devices.list(device_ids=[device.device_id])),
        ]

    held = server.backend(server.first).api.device(device.device_id).custom_metadata
    assert [key.startswith(KEY) for key in held if key != "room"] == [True]
    assert shown == [{"room": "101"}] * 4
    assert [event.device_custom_metadata for event in outage.events] == [{"room": "101"}] * 2


def test_async_program_sees_none_either(live):
    device = live.create_device()

    async def metadata():
        async with live.async_http() as client:
            answer = await client.post("/devices/get", json={"device_id": device.device_id})
        return answer.json()["device"]["custom_metadata"]

    assert asyncio.run(metadata()) == {}


def test_compressed_answer_is_shown_whole():
    class Line:
        endpoint = "https://connect.getseam.com"

        def knows(self, *_):
            return True

        def exchange(self, *_, **__):
            content = gzip.compress(json.dumps({"device": {"custom_metadata": {f"{KEY}1": "x", "ä": 1.5}}}).encode())
            headers = {"content-encoding": "gzip", "content-length": str(len(content)), "date": "today"}
            return httpx.Response(200, headers=headers, content=content)

        def check_workspace(self, answer):
            pass

    class Notes:
        def begin(self, *_):
            return None

        def finish(self, *_):
            pass

    with httpx.Client(transport=GuardedTransport(Line(), Notes())) as client:
        answer = client.get("https://connect.getseam.com/devices/get")
    assert answer.json() == {"device": {"custom_metadata": {"ä": 1.5}}}
    assert answer.headers["date"] == "today"


def test_what_is_no_json_stays_as_it_is():
    assert without_records(f"<html>{KEY}".encode()) == f"<html>{KEY}".encode()
    assert without_records(f'[{{"{KEY}1": 2, "a": [1]}}]'.encode()) == b'[{"a":[1]}]'
