"""The report must be complete over several pages, and must not guess what Seam withholds."""

import httpx
import pytest

from plain_httpx.app import battery_report
from pytest_seam_sandbox import seam_raises


def test_low_batteries_show(seam_sandbox, seam_http):
    """A lock whose battery is nearly empty is "low", a fresh one is "ok"."""
    seam_sandbox.create_device(name="Attic", properties={"battery_level": 0.1})
    seam_sandbox.create_device(name="Cellar", properties={"battery_level": 0.9})

    report = battery_report(seam_http)

    assert report == {"Attic": "low", "Cellar": "ok"}


@pytest.mark.seam(world="house")
def test_report_covers_all_pages(seam_http):
    """With one device on a page, three pages give three devices."""
    report = battery_report(seam_http, page_size=1)

    assert list(report) == ["FRONT DOOR", "BACK DOOR", "GARAGE"]


def test_battery_of_an_offline_device_is_unknown(seam_sandbox, seam_http, sandbox_device):
    """Seam withholds the battery level of a device that it cannot reach; the report says so."""
    with seam_sandbox.disconnected(sandbox_device):
        during = battery_report(seam_http)

    assert during[sandbox_device.display_name] == "unknown"
    assert battery_report(seam_http)[sandbox_device.display_name] == "ok"


def test_wrong_key_is_an_error_and_no_empty_report(seam_sandbox):
    """A wrong API key must not look like a house without devices."""
    with (
        seam_sandbox.http(headers={"authorization": "Bearer seam_test1_wrong"}) as client,
        seam_raises("unauthorized", status_code=401) as refused,
    ):
        battery_report(client)

    assert isinstance(refused.value, httpx.HTTPStatusError)
