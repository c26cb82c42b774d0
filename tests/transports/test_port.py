"""Port: on which addresses a host gets its port."""

import errno
import socket
from contextlib import closing

import httpx
import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.transports.port import Port

FIRST, SECOND = "127.0.0.1", "127.0.0.2"
NO_FAMILY = 99  # of which no machine has a socket


def has_second():
    """Whether this machine has a second loopback address, as Linux and Windows have."""
    try:
        with socket.socket() as found:
            found.bind((SECOND, 0))
    except OSError:  # pragma: no cover - not on Linux
        return False
    return True


pytestmark = pytest.mark.skipif(not has_second(), reason="there is one loopback address here")


@pytest.fixture
def named(monkeypatch):
    """Lets the name localhost stand for these addresses."""
    look_up = socket.getaddrinfo

    def stand_for(*addresses, family=socket.AF_INET):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (addresses[0], 0))]
        found += [(family, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses[1:]]

        def get(host, *rest, **options):
            return list(found) if host == "localhost" else look_up(host, *rest, **options)

        monkeypatch.setattr(socket, "getaddrinfo", get)

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
    named(FIRST, SECOND, SECOND)

    with Sandbox().serve(host="localhost") as url:
        number = int(url.rpartition(":")[2])
        assert url == f"http://localhost:{number}"
        for address in (FIRST, SECOND):
            assert httpx.get(f"http://{address}:{number}/health").status_code == 200

    assert [is_taken(address, number) for address in (FIRST, SECOND)] == [False, False]


def test_refusal_is_on_every_address(named):
    """A fault that refuses connections refuses them on all addresses; later both are back."""
    named(FIRST, SECOND)
    sandbox = Sandbox()

    with sandbox.serve(host="localhost") as url:
        number = int(url.rpartition(":")[2])
        with sandbox.faults.refuse(times=None):
            assert [is_taken(address, number) for address in (FIRST, SECOND)] == [False, False]

        assert [is_taken(address, number) for address in (FIRST, SECOND)] == [True, True]


def test_address_that_this_machine_has_not_is_left_out(named):
    """Where there is no IPv6 the name stands for IPv4 alone."""
    named(FIRST, SECOND, family=NO_FAMILY)

    with closing(Port("localhost", 0)) as port:
        assert port.address == FIRST


def test_other_machines_get_nothing_by_a_name_of_loopback(named):
    """A name that stands for loopback and for the network, too, is bound on loopback."""
    named(FIRST, "192.0.2.1")

    with closing(Port("localhost", 0)) as port:
        assert port.address == FIRST


def test_port_that_is_taken_on_one_address_is_taken(named):
    """Somebody else would answer half of the clients."""
    named(FIRST, SECOND)
    with socket.socket() as other:
        other.bind((SECOND, 0))
        other.listen()
        number = other.getsockname()[1]

        with pytest.raises(OSError, match="in use"):
            Port("localhost", number)

        assert not is_taken(FIRST, number)


def test_free_number_is_free_on_every_address(named, taken_on_second):
    """Where the number is taken on another address, the next one is tried."""
    named(FIRST, SECOND)
    refusals = taken_on_second(3)

    with closing(Port("localhost", 0)) as port:
        assert len(refusals) == 3
        assert port.number


def test_tries_for_a_free_number_end(named, taken_on_second):
    """An address that has no number left is no endless loop."""
    named(FIRST, SECOND)
    taken_on_second(1000)

    with pytest.raises(OSError, match="in use"):
        Port("localhost", 0)
