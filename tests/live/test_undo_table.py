"""Every write of Seam's API has a row that says how it is undone, and the row is right."""

from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.backends.live.connection import is_read
from pytest_seam_sandbox.backends.live.undo_table import UNDO


def test_every_write_has_a_row():
    paths = {endpoint.path for endpoint in all_endpoints()}
    assert {path for path in paths if not is_read("POST", path)} - {"/access_codes/generate_code"} == set(UNDO)
