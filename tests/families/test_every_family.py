"""Each family is there through every transport."""

import pytest

from pytest_seam_sandbox.api import all_endpoints

FAMILIES = sorted({endpoint.path.split("/")[1] for endpoint in all_endpoints()})


@pytest.mark.parametrize("family", FAMILIES)
def test_one_file_of_each_family_goes_through_every_transport(request, family):
    """One of the files named after a family is marked `every_transport`; the others take one transport."""
    files = request.path.parent.glob(f"test_{family}*.py")

    marked = [path.name for path in files if "pytestmark = pytest.mark.every_transport" in path.read_text("utf-8")]

    assert len(marked) == 1
