"""Under interception, libraries other than httpx are refused: Seam's host with what to use instead, others by name."""

import asyncio
import http.client
import socket
import subprocess
import sys
import urllib.request

import pytest
import requests
import urllib3

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.transports.other_hosts import refusals

SEAM = "https://connect.getseam.com/devices/list"
USE_A_SERVER = r"only httpx is intercepted\. Nothing has left\. .*seam_environ"


@pytest.fixture
def left(monkeypatch):
    """The addresses that a socket was really connected to; none is."""
    addresses = []

    def connect(_self, address):
        addresses.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return addresses


def by_requests(url):
    return requests.get(url, timeout=5)


def by_session_behind_a_proxy(url):
    proxies = dict.fromkeys(("http", "https"), "http://127.0.0.1:9")
    return requests.get(url, timeout=5, proxies=proxies)


def by_urllib3(url):
    return urllib3.PoolManager(retries=False).request("GET", url)


def by_urllib(url):
    return urllib.request.urlopen(url, timeout=5)


def by_urllib_behind_a_proxy(url):
    proxy = urllib.request.ProxyHandler(dict.fromkeys(("http", "https"), "http://127.0.0.1:9"))
    return urllib.request.build_opener(proxy).open(url, timeout=5)


def by_http_client(url):
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = kind(host, timeout=5)
    try:
        connection.request("GET", f"/{path}")
    finally:
        connection.close()


WAYS = [by_requests, by_session_behind_a_proxy, by_urllib3, by_urllib, by_urllib_behind_a_proxy, by_http_client]


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    "url", [SEAM, SEAM.replace("https", "http"), SEAM.replace("connect.getseam", "CONNECT.GetSeam")]
)
@pytest.mark.parametrize("way", WAYS)
def test_host_of_seam_is_refused_with_what_to_use(seam_intercept, left, way, url):
    """The request never leaves, and its author is told of the server."""
    with pytest.raises(SandboxError, match=USE_A_SERVER):
        way(url)

    assert left == []
    assert seam_intercept.requests == []


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("way", WAYS)
def test_other_hosts_are_refused_by_name(seam_intercept, left, way, scheme):
    """As for httpx: the message names host and setting."""
    with pytest.raises(SandboxError, match=r"host 'other\.example', which is not Seam's.*intercept_allow"):
        way(f"{scheme}://other.example/x")

    assert left == []


@pytest.mark.parametrize("way", WAYS)
def test_loopback_passes(seam_intercept, left, way):
    """Servers of this machine are reached for real; here the connection is refused."""
    with pytest.raises((OSError, urllib3.exceptions.NewConnectionError)):
        way("http://127.0.0.1:9/")

    assert left == [("127.0.0.1", 9)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.seam(intercept_allow="192.0.2.1")
def test_allowed_hosts_pass(seam_intercept, left, way):
    """A host on the list is connected to, or its proxy is."""
    with pytest.raises((OSError, urllib3.exceptions.NewConnectionError)):
        way("http://192.0.2.1/")

    assert len(left) == 1


@pytest.mark.seam(intercept_allow="192.0.2.1")
def test_allowed_host_behind_a_tunnel_passes(seam_intercept, left):
    """The tunnel to an allowed host may be built."""
    with pytest.raises(requests.ConnectionError):
        by_session_behind_a_proxy("https://192.0.2.1/")

    assert left == [("127.0.0.1", 9)]


def test_connection_that_was_open_before_is_refused(seam_sandbox):
    """A connection that is kept alive needs no look-up; it is stopped at the request."""
    connection = http.client.HTTPSConnection("connect.getseam.com")
    connection.sock, other = socket.socketpair()

    with connection.sock, other, seam_sandbox.intercepted():
        with pytest.raises(SandboxError, match=USE_A_SERVER):
            connection.request("GET", "/devices/list")
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.recv(1)


@pytest.mark.parametrize("host", ["connect.getseam.com", b"connect.getseam.com", "Connect.getseam.com."])
def test_look_up_of_the_host_is_refused(seam_intercept, left, host):
    """aiohttp and plain sockets look up the name too, in a thread or not."""

    async def look_up():
        await asyncio.get_running_loop().getaddrinfo(host, 443)

    with pytest.raises(SandboxError, match=USE_A_SERVER):
        socket.create_connection((host, 443))
    with pytest.raises(SandboxError, match=USE_A_SERVER):
        asyncio.run(look_up())
    assert left == []


@pytest.mark.parametrize("host", [None, "localhost", b"127.0.0.1"])
def test_other_names_are_looked_up(seam_intercept, host):
    """A look-up is no request, so that databases and the like stay reachable."""
    assert socket.getaddrinfo(host, 9, proto=socket.IPPROTO_TCP)


def test_host_that_cannot_be_one_is_left_to_its_library(seam_intercept):
    """Its own error is better than ours."""
    with pytest.raises(SandboxError, match="which is not Seam's"):
        by_http_client(f"http://{'ü' * 70}.example/")


def test_urllib3_that_is_loaded_later_is_refused_too():
    """An app may import requests in the middle of a test."""
    code = f"""
import sys
from pytest_seam_sandbox import Sandbox, SandboxError
with Sandbox() as sandbox, sandbox.intercepted():
    assert "urllib3" not in sys.modules
    import requests
    for proxies in (None, {{"https": "http://127.0.0.1:9"}}):
        try:
            requests.get({SEAM!r}, proxies=proxies, timeout=5)
        except SandboxError as refused:
            print("only httpx is intercepted" in str(refused))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "True"]


def test_all_is_as_before():
    """After the block, also one in another, every library has its own functions again."""
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in refusals(())]

    with pytest.raises(KeyError), Sandbox() as one, Sandbox(seed="two") as two, one.intercepted(), two.intercepted():
        raise KeyError

    assert [(owner, name, getattr(owner, name)) for owner, name, _ in before] == before
