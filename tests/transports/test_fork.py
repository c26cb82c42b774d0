"""Forked processes: they keep no port and no connection of the server, and can have a server of their own."""

import os
import signal

import httpx
import pytest

from pytest_seam_sandbox import Sandbox

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),  # Python warns where there are threads
]


def bearer(sandbox):
    return {"authorization": f"Bearer {sandbox.api_key}"}


@pytest.fixture
def fork():
    """Forks a child that sleeps until the end of the test."""
    children = []

    def sleeping():
        child = os.fork()
        if child == 0:
            signal.pause()
            os._exit(0)  # pragma: no cover - the child is killed in its sleep
        children.append(child)

    yield sleeping
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.fixture
def listener(request):
    """The listener that all tests of the session share."""
    return request.getfixturevalue("_seam_listener")


@pytest.fixture
def in_child():
    """Runs a function in a forked child; gives its text."""

    def run(function):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:  # pragma: no cover - in another process
            try:
                said = function()
            except BaseException as error:  # noqa: BLE001 - the parent is told
                said = repr(error)
            os.write(writing, said.encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answer:
            said = answer.read()
        os.waitpid(child, 0)
        return said

    return run


def test_forked_worker_keeps_no_port(fork, seam_server, seam_sandbox):
    """A refusal is real while a forked worker lives, and so is the return."""
    fork()

    with seam_sandbox.faults.refuse(times=None), pytest.raises(httpx.ConnectError):
        httpx.get(f"{seam_server}/health")

    assert httpx.get(f"{seam_server}/health").status_code == 200


def test_port_of_a_server_that_has_ended_is_free(fork, seam_sandbox):
    """After serve() the port can be had again, although a worker was forked inside."""
    with seam_sandbox.serve() as url:
        fork()

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/health")
    with seam_sandbox.serve(port=int(url.rpartition(":")[2])) as again:
        assert httpx.get(f"{again}/health").status_code == 200


def test_connections_end_while_a_forked_worker_lives(fork, connect, get):
    """The worker has no copy of the connections that were open when it was forked."""
    with Sandbox().serve() as url:
        wire = connect(url).send(get("/health"))
        wire.answer()
        fork()

    assert wire.rest() == b""


def test_reset_is_a_reset_while_a_forked_worker_lives(fork, seam_server, seam_sandbox):
    """A connection that is older than the worker is reset as any other."""
    with httpx.Client(base_url=seam_server, headers=bearer(seam_sandbox)) as client:
        client.get("/health")
        fork()

        with seam_sandbox.faults.reset("/devices/list"), pytest.raises(httpx.ReadError):
            client.get("/devices/list")


def test_forked_worker_reaches_the_server(in_child, seam_server, seam_sandbox):
    """A worker's requests arrive in the sandbox of the test."""
    headers = bearer(seam_sandbox)

    assert in_child(lambda: str(httpx.get(f"{seam_server}/devices/list", headers=headers).status_code)) == "200"

    assert [call.path for call in seam_sandbox.requests] == ["/devices/list"]


def test_forked_process_can_serve_a_sandbox_of_its_own(in_child, listener, seam_server):
    """The listener of the session starts anew in a child, on another port, and ends there without harm."""
    parents, sandbox = listener.url, Sandbox(seed="child")

    def child():
        with listener.joined(sandbox.embedded.app) as url:
            status = httpx.get(f"{url}/devices/list", headers=bearer(sandbox)).status_code
            apart = url != parents
        listener.stop()
        return f"{status} {apart}"

    assert in_child(child) == "200 True"
    assert (listener.url, httpx.get(f"{seam_server}/health").status_code) == (parents, 200)


def test_block_that_ends_in_the_child_ends_nothing_here(in_child, seam_sandbox):
    """A child that leaves the with block of serve() does not stop the server of its parent."""
    serving = seam_sandbox.serve()
    url = serving.__enter__()

    assert in_child(lambda: f"{serving.__exit__(None, None, None)}") == "False"

    assert httpx.get(f"{url}/health").status_code == 200
    serving.__exit__(None, None, None)


def test_fork_before_the_first_server_changes_nothing(fork, seam_sandbox):
    """A server that was stopped when somebody forked has nothing to forget."""
    with seam_sandbox.serve():
        pass
    fork()

    with seam_sandbox.serve() as url:
        assert httpx.get(f"{url}/health").status_code == 200
