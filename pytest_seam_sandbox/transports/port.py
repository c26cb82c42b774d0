"""One TCP port of this machine, on which connections are accepted or refused."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import NamedTuple

_BACKLOG = 128
_PAUSE = 0.05  # seconds until the next try, where file descriptors or threads have run out
_PATIENCE = 2.0  # seconds that it may take to accept whoever waits
_TRIES = 20  # for a number that is free on every address
# The one that is not a file descriptor of its own; Windows has no `poll`.
_Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)
Accept = Callable[[socket.socket], None]


class _Place(NamedTuple):
    """An address of this machine. scope: what a socket takes after the port."""

    family: int
    address: str
    scope: tuple[int, ...] = ()


LOCALHOST = (_Place(socket.AF_INET, "127.0.0.1"), _Place(socket.AF_INET6, "::1"))
"""What `localhost` stands for, the preferred address first."""


class Port:
    """A bound port. It refuses connections until `listen`, and again after `refuse`.

    host: a name or address; an IPv4 address is preferred. `localhost` gets its port on each loopback address that this
    machine has, since clients choose among them. number: 0 for a free one. Raises OSError when it is taken,
    OverflowError when there is no such number.
    """

    def __init__(self, host: str, number: int) -> None:
        self._places = _places(host)
        self._number = number
        self._sockets = self._bind()
        self._number = self.number
        self._acceptor: _Acceptor | None = None

    @property
    def number(self) -> int:
        """The number of the port."""
        return int(self._sockets[0].getsockname()[1])

    @property
    def address(self) -> str:
        """The IP address to which it is bound; of several the preferred one."""
        return str(self._sockets[0].getsockname()[0])

    def listen(self, accept: Accept) -> None:
        """Let each connection be taken by `accept`, in a thread of its own for all of them."""
        for bound in self._sockets:
            bound.listen(_BACKLOG)
        self._acceptor = _Acceptor(self._sockets, accept)

    def catch_up(self) -> None:
        """Accept whoever has connected until now, and wait until that is done."""
        acceptor = self._acceptor
        if acceptor is not None:
            acceptor.catch_up()

    def refuse(self) -> None:
        """Refuse connections from now on, and keep the port for `listen`."""
        self.close()
        self._sockets = self._bind()

    def close(self) -> None:
        """Give the port back. Nobody can connect any more, not even while a forked process holds a copy of it."""
        if self._acceptor is not None:
            self._acceptor.stop()
            self._acceptor = None
        for bound in self._sockets:
            with contextlib.suppress(OSError):  # what is bound and does not listen cannot be shut down
                bound.shutdown(socket.SHUT_RDWR)
            bound.close()

    def abandon(self) -> None:  # pragma: no cover - in a forked child, of which no coverage is written
        """Close this process's copy of the port, after a fork; the other process goes on with it."""
        for bound in self._sockets:
            bound.close()
        if self._acceptor is not None:
            self._acceptor.abandon()

    def _bind(self) -> list[socket.socket]:
        """A socket on each address, all with one number; a free number may be taken on another of the addresses."""
        tries = 1 if self._number else _TRIES
        while True:
            tries -= 1
            bound = [_bound(self._places[0], self._number)]
            number = bound[0].getsockname()[1]
            try:
                for place in self._places[1:]:
                    bound.append(_bound(place, number))  # noqa: PERF401 - those that are bound are closed below
            except OSError:
                for each in bound:
                    each.close()
                if not tries:
                    raise
            else:
                return bound


def _places(host: str) -> list[_Place]:
    """The addresses for a host, the preferred one first."""
    if host.lower() == "localhost":  # whatever the machine's own list of names says of it
        first, *others = LOCALHOST
        return [first, *(place for place in others if _is_here(place))]
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, *_, at = min(found, key=lambda each: each[0] != socket.AF_INET)
    return [_Place(family, str(at[0]), tuple(at[2:]))]


def _is_here(place: _Place) -> bool:
    try:
        _bound(place, 0).close()
    except OSError:
        return False
    return True


def _bound(place: _Place, number: int) -> socket.socket:
    bound = socket.socket(place.family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # pragma: no branch - elsewhere it would let two servers have one port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # although old connections linger
        bound.bind((place.address, number, *place.scope))
    except BaseException:
        bound.close()
        raise
    return bound


class _Acceptor:
    """The thread that accepts the connections of listening sockets, until it is stopped."""

    def __init__(self, listening: Sequence[socket.socket], accept: Accept) -> None:
        self._listening = tuple(listening)
        self._accept = accept
        self._stopping = Event()
        self._has_caught_up = Event()
        self._alarm, self._wake = socket.socketpair()
        for each in self._listening:
            each.setblocking(False)
        self._thread = Thread(target=self._run, daemon=True, name="seam-sandbox")
        self._thread.start()

    def catch_up(self) -> None:
        """Accept those who wait in the queue, and wait until that is done."""
        self._has_caught_up.clear()
        with contextlib.suppress(OSError):  # it may be stopped meanwhile
            self._wake.send(b"?")
            self._has_caught_up.wait(_PATIENCE)

    def stop(self) -> None:
        """Accept no more, and end the thread."""
        self._stopping.set()
        self._wake.send(b"!")
        self._thread.join()
        self._alarm.close()
        self._wake.close()

    def abandon(self) -> None:  # pragma: no cover - in a forked child, of which no coverage is written
        """Close the copies that this process has after a fork."""
        self._alarm.close()
        self._wake.close()

    def _run(self) -> None:
        with _Selector() as selector:
            for each in self._listening:
                selector.register(each, selectors.EVENT_READ, each)
            selector.register(self._alarm, selectors.EVENT_READ)
            while not self._stopping.is_set():
                for ready, _ in selector.select():
                    if self._stopping.is_set():
                        break
                    if ready.data is None:
                        self._take_all()
                    else:
                        self._take(ready.data)
        self._has_caught_up.set()

    def _take_all(self) -> None:
        """Accept all who wait now, as `catch_up` has asked for."""
        self._alarm.recv(1)
        for listening in self._listening:
            while self._take(listening):
                pass
        self._has_caught_up.set()

    def _take(self, listening: socket.socket) -> bool:
        """Accept one; whether there was one."""
        try:
            accepted, _ = listening.accept()
        except (BlockingIOError, ConnectionError):  # the client has left already
            return False
        except OSError:  # no file descriptor is left, or no memory; the client waits in the queue
            self._stopping.wait(_PAUSE)
            return False
        try:
            self._accept(accepted)
        except RuntimeError:  # no thread is left; that one connection is closed
            self._stopping.wait(_PAUSE)
        return True
