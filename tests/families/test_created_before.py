"""`created_before` of every list: what was made at that very moment is left out."""

from datetime import datetime, timedelta

import pytest

from pytest_seam_sandbox.api import all_endpoints

ALWAYS_EMPTY = {"/user_identities/unmanaged/list"}
LISTS = {
    endpoint.path: endpoint.key
    for endpoint in all_endpoints()
    if "created_before" in endpoint.params.fields and endpoint.path not in ALWAYS_EMPTY
}


@pytest.mark.seam(world="everything")
@pytest.mark.parametrize("path", LISTS)
def test_the_moment_itself_is_not_before(seam_sandbox, seam_http, path):
    """One of the sort that is listed is there by its own time of creation only when the bound is later."""
    seam_sandbox.create_acs_credential("code")
    device = seam_sandbox.create_device()
    if path.startswith("/devices/unmanaged"):
        seam_http.post("/devices/update", json={"device_id": device.device_id, "is_managed": False})
    rows = seam_http.post(path, json={}).json()[LISTS[path]]
    moment = rows[-1]["created_at"]
    later = (datetime.fromisoformat(moment) + timedelta(milliseconds=1)).isoformat()

    def found(bound):
        return [row for row in seam_http.post(path, json={"created_before": bound}).json()[LISTS[path]] if row in rows]

    assert rows[-1] not in found(moment)
    assert rows[-1] in found(later)
