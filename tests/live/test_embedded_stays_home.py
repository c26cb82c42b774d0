"""The embedded sandbox never reads a key of Seam, and opens no socket beyond loopback, however it is used."""

import ipaddress
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEY = "seam_1Production_94SrGUXuNR2JmJkjtvBQDg5c"

USES = """
import subprocess
import sys

import httpx
import pytest
from seam import Seam


def test_outages_and_faults(seam_sandbox, seam_client, sandbox_device, sandbox_phone):
    with seam_sandbox.disconnected(sandbox_device):
        assert seam_client.devices.list()[0].properties.online is False
    with seam_sandbox.deactivated(sandbox_phone):
        pass
    with seam_sandbox.faults.fail("/devices/list", status=503, times=1):
        seam_client.devices.list()
    seam_sandbox.expect_event("device.disconnected")
    assert "Production" not in seam_sandbox.api_key


def test_interception(seam_intercept, sandbox_device):
    assert Seam(api_key=seam_intercept.api_key).devices.list()
    with pytest.raises(Exception, match="example.com"):
        httpx.get("https://api.example.com")


def test_server(seam_environ, sandbox_device):
    assert Seam().devices.list()
    code = "from seam import Seam; assert Seam().devices.list()"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_webhooks(seam_sandbox, seam_webhooks, sandbox_device):
    seam_webhooks.deliver_to(lambda request: 200)
    with seam_sandbox.disconnected(sandbox_device):
        pass
    assert seam_webhooks.inbox
"""


def is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in {"localhost", "local"}


def test_embedded_sandboxes_read_no_key_and_stay_on_loopback(pytester):
    """Also with a key, an endpoint and a workspace in the environment, as a machine has that runs live tests too."""
    pytester.makepyfile(USES)
    environ = {
        **os.environ,
        "SEAM_API_KEY": KEY,
        "SEAM_WORKSPACE_ID": "w1",
        "PYTEST_SEAM_LIVE_WORKSPACES": "w1",
        "WATCHED": str(pytester.path / "watched.json"),
        "PYTHONPATH": str(ROOT / "tests"),
    }
    pytester.makeini("""
        [pytest]
        addopts = -q -p live.watch_home -p no:cacheprovider
        asyncio_default_fixture_loop_scope = function
    """)
    command = [sys.executable, "-m", "pytest", "-c", "tox.ini"]
    done = subprocess.run(command, env=environ, cwd=pytester.path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert KEY not in done.stdout + done.stderr
    seen = json.loads((pytester.path / "watched.json").read_text("utf-8"))
    assert seen["variables"] == []
    assert seen["hosts"]
    assert [host for host in seen["hosts"] if not is_loopback(host)] == []


def test_watch_would_see_it(pytester):
    """A test that is live reads the key, and one that looks up a host is seen."""
    pytester.makepyfile(
        """
        import socket

        import pytest

        @pytest.mark.seam(backend="live")
        def test_live(seam_sandbox):
            pass

        def test_host():
            with pytest.raises(OSError):
                socket.create_connection(("host.invalid", 80), timeout=0.1)
        """
    )
    environ = {**os.environ, "SEAM_API_KEY": KEY, "WATCHED": str(pytester.path / "watched.json")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "live.watch_home", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command,
        env=environ | {"PYTHONPATH": str(ROOT / "tests")},
        cwd=pytester.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "an API key of a production workspace" in done.stdout
    seen = json.loads((pytester.path / "watched.json").read_text("utf-8"))
    assert "SEAM_API_KEY" in seen["variables"]
    assert "host.invalid" in seen["hosts"]
