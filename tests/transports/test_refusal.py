"""faults.refuse through servers: every one of the sandbox, on the same port afterwards."""

import errno
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.transports.port import Port
from pytest_seam_sandbox.transports.server import Listener


def bearer(sandbox):
    return {"authorization": f"Bearer {sandbox.api_key}"}


def reach(url):
    """The status of /health there, or None where nobody listens."""
    try:
        return httpx.get(f"{url}/health").status_code
    except httpx.ConnectError:
        return None


def test_refusal_reaches_every_server_of_the_sandbox(seam_server, seam_sandbox):
    """Two servers and the one of the session refuse together and are back together, each on its port."""
    with seam_sandbox.serve() as one, seam_sandbox.serve() as other:
        with seam_sandbox.faults.refuse(times=None):
            assert [reach(url) for url in (one, other, seam_server)] == [None] * 3

        assert [reach(url) for url in (one, other, seam_server)] == [200] * 3


def test_refusal_ends_the_connections_that_are_open(seam_server, seam_sandbox):
    """A client that keeps its connection alive is refused too."""
    with httpx.Client(base_url=seam_server) as client:
        assert client.get("/health").status_code == 200

        with seam_sandbox.faults.refuse(times=None), pytest.raises(httpx.ConnectError):
            client.get("/health")

        assert client.get("/health").status_code == 200


def test_server_that_starts_during_a_refusal_refuses(seam_sandbox):
    """serve() inside the block gives a URL at which nobody listens until the block ends."""
    with seam_sandbox.serve() as first:
        fault = seam_sandbox.faults.refuse(times=None)
        with seam_sandbox.serve() as url:
            assert reach(url) is None

            seam_sandbox.faults.take_away(fault)

            assert (reach(first), reach(url)) == (200, 200)


def test_server_that_ends_during_a_refusal_stays_away(seam_sandbox):
    """The end of the block brings no server back whose own block has ended."""
    with seam_sandbox.faults.refuse(times=None), seam_sandbox.serve() as url:
        pass

    assert reach(url) is None


def test_counted_refusal_that_is_set_is_no_start_for_a_server(seam_sandbox):
    """A server cannot count what a counted refusal of connections in process would count."""
    seam_sandbox.faults.refuse("/devices/list")

    with pytest.raises(SandboxError, match=r"cannot count them"), seam_sandbox.serve():
        pass  # pragma: no cover

    seam_sandbox.faults.clear()


def test_spent_refusal_holds_up_no_server(seam_sandbox, seam_http):
    """A refusal that was counted in process is over."""
    seam_sandbox.faults.refuse("/devices/list")
    with pytest.raises(httpx.ConnectError):
        seam_http.get("/devices/list")

    with seam_sandbox.serve() as url:
        assert reach(url) == 200


def test_first_of_two_refusals_that_ends_lets_nobody_in(seam_server, seam_sandbox):
    """As long as one refusal is set, nobody listens."""
    with seam_sandbox.faults.refuse("/locks/*", times=None):
        with seam_sandbox.faults.refuse("/devices/*", times=None):
            pass
        assert reach(seam_server) is None

    assert reach(seam_server) == 200


def test_one_port_refuses_for_all_of_its_sandboxes():
    """Before a connection is there nobody can tell whose it is; the port is back when the last refusal has ended."""
    one, two = Sandbox(seed="one"), Sandbox(seed="two")
    with Listener() as listener, listener.joined(one.embedded.app) as url, listener.joined(two.embedded.app):
        with one.faults.refuse(times=None):
            with two.faults.refuse(times=None):
                pass
            assert reach(url) is None

        assert reach(url) == 200


def test_sandbox_that_leaves_takes_its_refusal_along():
    """A refusal that is set for ever ends at the latest with the block of its sandbox."""
    guest, host = Sandbox(seed="guest"), Sandbox(seed="host")
    with Listener() as listener, listener.joined(host.embedded.app) as url:
        with listener.joined(guest.embedded.app):
            guest.faults.refuse(times=None)
            assert reach(url) is None

        assert reach(url) == 200


def test_nobody_else_gets_the_port_meanwhile(seam_server, seam_sandbox):
    """The port is kept while connections are refused."""
    port = urlsplit(seam_server).port
    with seam_sandbox.faults.refuse(times=None), socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))

    assert reach(seam_server) == 200


def test_port_that_is_lost_all_the_same_is_named(seam_sandbox):
    """Should another program have got the port, the end of the refusal says so; the other server is back."""
    with seam_sandbox.serve() as lost, seam_sandbox.serve() as kept, socket.socket() as thief:
        fault = seam_sandbox.faults.refuse(times=None)
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", urlsplit(lost).port))
        thief.listen()

        with pytest.raises(SandboxError, match=rf"cannot listen on 127\.0\.0\.1:{urlsplit(lost).port}: "):
            seam_sandbox.faults.take_away(fault)

        assert reach(kept) == 200


def test_two_ports_that_are_lost_are_both_named(seam_sandbox):
    """One exception tells of every server that cannot listen again."""
    with seam_sandbox.serve() as one, seam_sandbox.serve() as two, socket.socket() as a, socket.socket() as b:
        seam_sandbox.faults.refuse(times=None)
        for thief, url in ((a, one), (b, two)):
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            thief.bind(("127.0.0.1", urlsplit(url).port))
            thief.listen()

        with pytest.raises(SandboxError, match=str(urlsplit(one).port)) as caught:
            seam_sandbox.faults.clear()

    assert str(urlsplit(two).port) in caught.value.__notes__[0]


def test_port_that_cannot_be_kept_is_named(seam_sandbox, monkeypatch):
    """Should the port be lost as the refusal begins, it does not begin, and the other server goes on."""
    with seam_sandbox.serve() as lost, seam_sandbox.serve() as kept:
        bind = Port._bind

        def fail(port):
            if port._number == urlsplit(lost).port:
                raise OSError(errno.EADDRINUSE, "Address already in use")
            return bind(port)

        monkeypatch.setattr(Port, "_bind", fail)
        with pytest.raises(SandboxError, match=rf":{urlsplit(lost).port}: Address already in use"):
            seam_sandbox.faults.refuse(times=None)

        assert (reach(kept), seam_sandbox.faults.active) == (200, [])
