"""Three tests that fail: their sections tell a reader what happened, without the code."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).with_name("failing")
OFFLINE = """
  request  POST /locks/unlock_door (device_id=FRONT DOOR) → 200
  event    lock.unlocked device_id=FRONT DOOR ← POST /locks/unlock_door
  outage   disconnected(FRONT DOOR) begins
  sandbox  POST /devices/simulate/disconnect (device_id=FRONT DOOR) → 200
  event    device.disconnected device_id=FRONT DOOR ← POST /devices/simulate/disconnect
  clock    advanced by 60 s
! request  POST /locks/unlock_door (device_id=FRONT DOOR) → 200 error device_disconnected: *
  event    action_attempt.unlock_door.failed device_id=FRONT DOOR: device_disconnected ← POST /locks/unlock_door
> raised   AssertionError: assert 'unlocked' == 'offline' (test_it.py:*)
  sandbox  POST /devices/simulate/connect (device_id=FRONT DOOR) → 200
  event    device.connected device_id=FRONT DOOR ← POST /devices/simulate/connect
  outage   disconnected(FRONT DOOR) is over
"""
LOST = """
  fault    lose_answer on POST /access_codes/create is set once
! request  POST /access_codes/create (device_id=GARAGE, name=Ada Lovelace) → 200 fault: lose_answer
  event    access_code.created access_code_id=Ada Lovelace (*) device_id=GARAGE ← POST /access_codes/create
  request  POST /access_codes/create (device_id=GARAGE, name=Ada Lovelace) → 200 pending
  event    access_code.created access_code_id=Ada Lovelace (*) device_id=GARAGE ← POST /access_codes/create
> raised   ExpectationFailed: expected event 'access_code.created' exactly 1 time(s), but it was seen 2 time(s)*
"""
PHONE = """
  outage   deactivated(*) begins
  sandbox  POST /phones/deactivate (device_id=*) → 200
  event    phone.deactivated device_id=* ← POST /phones/deactivate
  sandbox  POST /phones/simulate/create_sandbox_phone (*) → 200
  outage   deactivated(*) is over
> request  GET /phones/get (device_id=*) → 404 device_not_found: Device not found
> raised   SeamHttpApiError: Device not found (test_it.py:*)
"""


@pytest.mark.parametrize(("name", "told"), [("offline", OFFLINE), ("lost_answer", LOST), ("new_phone", PHONE)])
def test_section_tells_what_happened(pytester, name, told):
    """In the order in which it happened, each with its cause, and where the test broke."""
    pytester.makepyfile(test_it=(EXAMPLES / f"{name}.py").read_text("utf-8"))

    result = pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:unraisableexception", "-p", "no:cacheprovider")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*- Seam timeline -*", *(f"??:??:??.??? {line}" for line in told.strip("\n").split("\n"))]
    )
