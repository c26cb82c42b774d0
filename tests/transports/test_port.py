"""Port: on which addresses a host gets its port."""

import errno
import socket
from contextlib import closing

import httpx
import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.transports import port
from pytest_seam_sandbox.transports.port import Port

FIRST, SECOND = "127.0.0.1", "127.0.0.2"
NO_FAMILY = 99  # of which no machine has a socket


def has_address(family, address):
    """Whether this machine has a loopback address: macOS has no second one of IPv4, and some have no IPv6."""
    try:
        with socket.socket(family) as found:
            found.bind((address, 0))
    except OSError:
        return False
    return True


pytestmark = pytest.mark.skipif(not has_address(socket.AF_INET, SECOND), reason="there is one loopback address here")


@pytest.fixture
def named(monkeypatch):
    """Lets localhost stand for two IPv4 addresses, which machines without IPv6 have, too."""

    def stand_for(second, family=socket.AF_INET):
        places = [port.LOCALHOST[0], port.LOCALHOST[0]._replace(family=family, address=second)]
        monkeypatch.setattr(port, "LOCALHOST", tuple(places))

    return stand_for


@pytest.fixture
def taken_on_second(monkeypatch):
    """Lets the second address refuse the first so many numbers; a list with one entry for each refusal."""
    refusals = []
    bind = socket.socket.bind

    def start(times):
        def refuse_some(self, address):
            if address[0] == SECOND and address[1] and len(refusals) < times:
                refusals.append(address)
                raise OSError(errno.EADDRINUSE, "Address already in use")
            bind(self, address)

        monkeypatch.setattr(socket.socket, "bind", refuse_some)
        return refusals

    return start


def is_taken(address, number):
    """Whether somebody has the port on this address."""
    with socket.socket() as probe:
        return probe.connect_ex((address, number)) == 0


def test_name_gets_its_port_on_every_loopback_address(named):
    """A client of localhost may choose IPv4 or IPv6; it is answered on both, and refused on both afterwards."""
    named(SECOND)

    with Sandbox().serve(host="localhost") as url:
        number = int(url.rpartition(":")[2])
        assert url == f"http://localhost:{number}"
        for address in (FIRST, SECOND):
            assert httpx.get(f"http://{address}:{number}/health").status_code == 200

    assert [is_taken(address, number) for address in (FIRST, SECOND)] == [False, False]


def test_refusal_is_on_every_address(named):
    """A fault that refuses connections refuses them on all addresses; later both are back."""
    named(SECOND)
    sandbox = Sandbox()

    with sandbox.serve(host="localhost") as url:
        number = int(url.rpartition(":")[2])
        with sandbox.faults.refuse(times=None):
            assert [is_taken(address, number) for address in (FIRST, SECOND)] == [False, False]

        assert [is_taken(address, number) for address in (FIRST, SECOND)] == [True, True]


def test_address_that_this_machine_has_not_is_left_out(named):
    """Where there is no IPv6 the name stands for IPv4 alone."""
    named(SECOND, family=NO_FAMILY)

    with closing(Port("localhost", 0)) as bound:
        assert bound.address == FIRST


def test_localhost_needs_no_list_of_names(monkeypatch):
    """It is loopback where nothing on the machine says so."""

    def fail(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")  # pragma: no cover - it is not called

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with closing(Port("LocalHost", 0)) as bound:
        assert bound.address == FIRST


@pytest.mark.skipif(not has_address(socket.AF_INET6, "::1"), reason="there is no IPv6 here")
def test_localhost_is_ipv4_and_ipv6():
    """Both answer, under one number."""
    with Sandbox().serve(host="localhost") as url:
        number = int(url.rpartition(":")[2])
        statuses = [httpx.get(f"http://{address}:{number}/health").status_code for address in (FIRST, "[::1]")]

    assert statuses == [200, 200]


def test_port_that_is_taken_on_one_address_is_taken(named):
    """Somebody else would answer half of the clients."""
    named(SECOND)
    with socket.socket() as other:
        other.bind((SECOND, 0))
        other.listen()
        number = other.getsockname()[1]

        with pytest.raises(OSError, match="in use"):
            Port("localhost", number)

        assert not is_taken(FIRST, number)


def test_free_number_is_free_on_every_address(named, taken_on_second):
    """Where the number is taken on another address, the next one is tried."""
    named(SECOND)
    refusals = taken_on_second(3)

    with closing(Port("localhost", 0)) as bound:
        assert len(refusals) == 3
        assert bound.number


def test_tries_for_a_free_number_end(named, taken_on_second):
    """An address that has no number left is no endless loop."""
    named(SECOND)
    taken_on_second(1000)

    with pytest.raises(OSError, match="in use"):
        Port("localhost", 0)
