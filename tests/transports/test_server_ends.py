"""What is over when a test is: connections, their threads, and what they waited for."""

import errno
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.transports import port as port_module
from pytest_seam_sandbox.transports.server import Listener


def connection_threads():
    return [thread for thread in threading.enumerate() if thread.name == "seam-sandbox connection"]


def server_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("seam-sandbox")]


def bearer(sandbox):
    return {"authorization": f"Bearer {sandbox.api_key}"}


SUITE = """
    import threading

    import pytest
    from seam.seam import Seam

    kept = []

    @pytest.fixture
    def nothing_left():
        before = set(threading.enumerate())
        yield
        assert set(threading.enumerate()) <= before

    @pytest.fixture(autouse=True, scope="session")
    def listening(_seam_listener):
        pass

    @pytest.mark.parametrize("turn", range(3))
    def test_client_that_stays_open(nothing_left, seam_environ, sandbox_device, turn):
        kept.append(Seam())
        assert kept[-1].devices.list()[0].device_id == sandbox_device.device_id

    def test_client_of_an_earlier_test_connects_again(seam_server, seam_sandbox, sandbox_device):
        kept[0].client.headers["authorization"] = f"Bearer {seam_sandbox.api_key}"
        assert kept[0].devices.list()[0].device_id == sandbox_device.device_id
        for client in kept:
            client.close()
"""


def test_connections_without_a_request_end_too():
    """Also those that nobody has accepted yet when the sandbox leaves the server."""
    before = connection_threads()
    with Listener() as listener:
        for _ in range(10):
            with listener.joined(Sandbox().embedded.app):
                silent = [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(4)]

            left = [thread for thread in connection_threads() if thread not in before]
            for thread in left:
                thread.join(30)  # half of the time after which an idle connection ends by itself
            assert not any(thread.is_alive() for thread in left)
            for each in silent:
                each.close()


def test_open_client_leaves_no_thread_behind_its_test(pytester):
    """The connections of a test end with it, although its client is never closed; the listener goes on."""
    pytester.makepyfile(SUITE)

    pytester.runpytest_subprocess("-p", "no:asyncio").assert_outcomes(passed=4)


def test_end_of_serve_leaves_no_thread():
    """A client that is connected when serve() ends keeps no thread of the server alive."""
    before = server_threads()
    with httpx.Client() as client:
        with Sandbox().serve() as url:
            client.get(f"{url}/health")
            assert len(server_threads()) == len(before) + 2

        assert server_threads() == before


def test_leaving_sandbox_ends_its_own_connections_only(connect, get):
    """Of two sandboxes on one listener, the one that stays keeps its connections."""
    stays, leaves = Sandbox(seed="stays"), Sandbox(seed="leaves")

    def text(sandbox):
        return f"GET /devices/list HTTP/1.1\nHost: x\nAuthorization: Bearer {sandbox.api_key}\n\n"

    with Listener() as listener, listener.joined(stays.embedded.app) as url:
        with listener.joined(leaves.embedded.app):
            one, other = connect(url), connect(url)
            assert [one.send(text(stays)).answer().status, other.send(text(leaves)).answer().status] == [200, 200]

        assert other.rest() == b""
        assert one.send(text(stays)).answer().status == 200


def test_request_to_a_sandbox_that_leaves_reaches_no_other(connect, monkeypatch):
    """A program that still asks while its sandbox leaves gets no answer, and no other sandbox hears of it."""
    stays, leaves = Sandbox(seed="stays"), Sandbox(seed="leaves")
    refuse = Listener._refuse

    def ask_first(listener, app, *, refused):
        with suppress(ConnectionError):
            wire.send(text)
            assert wire.rest() == b""
        refuse(listener, app, refused=refused)

    text = f"GET /devices/list HTTP/1.1\nHost: x\nAuthorization: Bearer {leaves.api_key}\n\n"
    with Listener() as listener, listener.joined(stays.embedded.app):
        with listener.joined(leaves.embedded.app) as url:
            wire = connect(url).send(text)
            assert wire.answer().status == 200
            monkeypatch.setattr(Listener, "_refuse", ask_first)
        monkeypatch.undo()

    assert (len(leaves.requests), stays.requests) == (1, [])


def test_request_while_a_server_ends_is_not_told_that_no_sandbox_is_there(monkeypatch):
    """Until its port is closed, a server answers for its sandbox."""
    stop, statuses = Listener.stop, []

    def ask_first(listener):
        with suppress(httpx.ConnectError):
            statuses.append(httpx.get(f"{url}/health").status_code)
        stop(listener)

    monkeypatch.setattr(Listener, "stop", ask_first)
    with Sandbox().serve() as url:
        pass

    assert statuses == [200]


def test_slow_answer_does_not_hold_up_the_end(seam_sandbox):
    """The end of serve() wakes a request that a fault delays by an hour, and its client sees the connection end."""
    with ThreadPoolExecutor(1) as pool:
        with seam_sandbox.serve() as url, seam_sandbox.faults.slow("/devices/list", 3600):
            waiting = pool.submit(httpx.get, f"{url}/devices/list", headers=bearer(seam_sandbox), timeout=60)
            while not seam_sandbox.requests:
                pass

        with pytest.raises(httpx.TransportError):
            waiting.result()
    assert connection_threads() == []


def test_client_may_stop_the_server_that_answers_it():
    """A server that is stopped by the request that it answers does not wait for itself."""
    sandbox = Sandbox()
    listener = Listener(log=lambda *_: listener.stop())
    with listener, listener.joined(sandbox.embedded.app) as url:
        assert httpx.get(f"{url}/health").status_code == 200
        for thread in connection_threads():
            thread.join(10)

        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/health")


def test_stop_from_two_threads_at_once():
    """Whoever stops a server second finds it stopped."""
    listener = Listener()
    for _ in range(20):
        listener.start()
        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(lambda _: listener.stop(), range(2))) == [None, None]


# when something has run out


class Exhausted(socket.socket):
    """A socket that cannot accept until it has been tried a few times."""

    failures = 0

    def accept(self):
        if type(self).failures:
            type(self).failures -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


def test_clients_are_served_when_file_descriptors_are_free_again(monkeypatch):
    """A client that comes while no file descriptor is left waits, and is answered later."""
    monkeypatch.setattr(Exhausted, "failures", 2)
    monkeypatch.setattr(port_module.socket, "socket", Exhausted)
    with Sandbox().serve() as url:
        assert httpx.get(f"{url}/health").status_code == 200
    assert Exhausted.failures == 0


def test_client_that_has_left_the_queue_is_passed_over(monkeypatch):
    """A connection that is gone before it is accepted stops nothing."""

    class Impatient(socket.socket):
        gone = 1

        def accept(self):
            if type(self).gone:
                type(self).gone = 0
                raise ConnectionAbortedError(errno.ECONNABORTED, "Software caused connection abort")
            return super().accept()

    monkeypatch.setattr(port_module.socket, "socket", Impatient)
    with Sandbox().serve() as url:
        assert httpx.get(f"{url}/health").status_code == 200


def test_server_lives_on_when_no_thread_is_left(monkeypatch):
    """The connection for which there is no thread is closed, and the next one is served."""
    start, failures = threading.Thread.start, [1]

    def refuse_once(thread):
        if thread.name == "seam-sandbox connection" and failures:
            failures.pop()
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse_once)
    with Sandbox().serve() as url:
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{url}/health")

        assert httpx.get(f"{url}/health").status_code == 200
