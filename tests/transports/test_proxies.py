"""Behind a company's proxy: what seam_environ sets lets every client reach the loopback server directly."""

import os
import shutil
import subprocess
import sys
import urllib.request

import httpx
import pytest
import requests
from seam.seam import Seam

from pytest_seam_sandbox.transports.proxies import around_proxies

NOBODY = "127.0.0.1:9"  # the port of the discard service, on which nobody listens
LOOPBACK = "127.0.0.1,localhost,::1"


def clear(monkeypatch):
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(params=["http", "socks5"], autouse=True)
def company(request, monkeypatch):
    """All proxies of the environment lead nowhere, and none is left out."""
    clear(monkeypatch)
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://{NOBODY}")
    if request.param == "socks5":
        monkeypatch.setenv("all_proxy", f"socks5://{NOBODY}")
    else:
        for name in ("ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{NOBODY}")


def by_sdk(url, key):
    with Seam() as client:
        return client.devices.list()[0].device_id


def by_httpx(url, key):
    return httpx.get(f"{url}/devices/list", headers={"authorization": f"Bearer {key}"}).text


def by_requests(url, key):
    return requests.get(f"{url}/devices/list", headers={"authorization": f"Bearer {key}"}, timeout=10).text


def by_urllib(url, key):
    asked = urllib.request.Request(f"{url}/devices/list", headers={"authorization": f"Bearer {key}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.read().decode()


def by_curl(url, key):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = ["curl", "--silent", "--fail", "--header", f"authorization: Bearer {key}", f"{url}/devices/list"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def by_another_process(url, key):
    code = "from seam import Seam\nwith Seam() as client: print(client.devices.list()[0].device_id)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("company", ["http"], indirect=True)
@pytest.mark.parametrize("ask", [by_sdk, by_httpx, by_another_process])
def test_app_that_uses_httpx_reaches_the_server(seam_environ, sandbox_device, ask):
    """The SDK, in this process and in another, and plain httpx."""
    assert sandbox_device.device_id in ask(seam_environ["SEAM_ENDPOINT"], seam_environ["SEAM_API_KEY"])


@pytest.mark.parametrize("ask", [by_requests, by_urllib, by_curl])
def test_app_that_uses_another_client_reaches_the_server(seam_environ, sandbox_device, ask):
    """Other HTTP libraries and curl, whatever kind of proxy there is."""
    assert sandbox_device.device_id in ask(seam_environ["SEAM_ENDPOINT"], seam_environ["SEAM_API_KEY"])


def test_variables_are_part_of_what_the_fixture_gives(seam_environ):
    """A test can hand the variables to a process of its own."""
    assert (seam_environ["NO_PROXY"], seam_environ["no_proxy"]) == (LOOPBACK, LOOPBACK)
    assert seam_environ.items() <= os.environ.items()


@pytest.mark.parametrize(
    ("standing", "upper", "lower"),
    [
        ({}, LOOPBACK, LOOPBACK),
        ({"NO_PROXY": "intra.example"}, f"intra.example,{LOOPBACK}", f"intra.example,{LOOPBACK}"),
        ({"no_proxy": "intra.example"}, f"intra.example,{LOOPBACK}", f"intra.example,{LOOPBACK}"),
        ({"NO_PROXY": "a", "no_proxy": "b"}, f"a,{LOOPBACK}", f"b,{LOOPBACK}"),
        ({"NO_PROXY": "a", "no_proxy": ""}, f"a,{LOOPBACK}", LOOPBACK),
        ({"no_proxy": " a , localhost,"}, "a,localhost,127.0.0.1,::1", "a,localhost,127.0.0.1,::1"),
        ({"no_proxy": "*"}, "*", "*"),
        ({"NO_PROXY": "*,a"}, f"*,a,{LOOPBACK}", f"*,a,{LOOPBACK}"),
    ],
)
def test_hosts_that_stand_there_are_kept(standing, upper, lower):
    """Loopback is added to what the environment says; a variable that is missing gets what the other one says."""
    assert around_proxies(standing) == {"NO_PROXY": upper, "no_proxy": lower}


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("http://127.0.0.1:80", ""),
        ("http://localhost", ""),
        ("http://127.0.0.5:8080", ",127.0.0.5"),
        ("http://[::1]:8080", ",[::1]"),
        ("http://sandbox.test:8080", ",sandbox.test"),
    ],
)
def test_host_of_a_server_of_ones_own(url, more):
    """A server on another address is reached without a proxy, too."""
    assert around_proxies({}, url)["NO_PROXY"] == LOOPBACK + more


@pytest.mark.parametrize("host", ["127.0.0.5", "::1"])
def test_server_on_another_address(monkeypatch, seam_sandbox, sandbox_device, host):
    """urllib, which matches addresses by their text, reaches it with what is set."""
    with seam_sandbox.serve(host=host) as url:
        for name, value in around_proxies(os.environ, url).items():
            monkeypatch.setenv(name, value)
        assert sandbox_device.device_id in by_urllib(url, seam_sandbox.api_key)


def test_star_for_all_hosts_goes_on_working(monkeypatch, request, sandbox_device):
    """An environment that uses no proxy at all stays so."""
    monkeypatch.setenv("no_proxy", "*")

    environ = request.getfixturevalue("seam_environ")

    assert sandbox_device.device_id in by_urllib(environ["SEAM_ENDPOINT"], environ["SEAM_API_KEY"])
