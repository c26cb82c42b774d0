"""One TCP port of this machine, on which connections are accepted or refused."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
from collections.abc import Callable
from threading import Event, Thread

_BACKLOG = 128
_PAUSE = 0.05  # seconds until the next try, where file descriptors or threads have run out
# The one that is not a file descriptor of its own; Windows has no `poll`.
_Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)
Accept = Callable[[socket.socket], None]


class Port:
    """A bound port. It refuses connections until `listen`, and again after `refuse`.

    host: a name or address; an IPv4 address is preferred. number: 0 for a free one. Raises OSError when it is taken,
    OverflowError when there is no such number.
    """

    def __init__(self, host: str, number: int) -> None:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        best = min(found, key=lambda each: each[0] != socket.AF_INET)
        self._family, self._place = best[0], best[4]
        self._number = number
        self._socket = self._bind()
        self._number = self.number
        self._acceptor: _Acceptor | None = None

    @property
    def number(self) -> int:
        """The number of the port."""
        return int(self._socket.getsockname()[1])

    @property
    def address(self) -> str:
        """The IP address to which it is bound."""
        return str(self._socket.getsockname()[0])

    def listen(self, accept: Accept) -> None:
        """Let each connection be taken by `accept`, in a thread of its own for all of them."""
        self._socket.listen(_BACKLOG)
        self._acceptor = _Acceptor(self._socket, accept)

    def refuse(self) -> None:
        """Refuse connections from now on, and keep the port for `listen`."""
        self.close()
        self._socket = self._bind()

    def close(self) -> None:
        """Give the port back. Nobody can connect any more, not even while a forked process holds a copy of it."""
        if self._acceptor is not None:
            self._acceptor.stop()
            self._acceptor = None
        with contextlib.suppress(OSError):  # what is bound and does not listen cannot be shut down
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def abandon(self) -> None:  # pragma: no cover - in a forked child, of which no coverage is written
        """Close this process's copy of the port, after a fork; the other process goes on with it."""
        self._socket.close()
        if self._acceptor is not None:
            self._acceptor.abandon()

    def _bind(self) -> socket.socket:
        bound = socket.socket(self._family, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # pragma: no branch - elsewhere it would let two servers have one port
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # although old connections linger
            bound.bind((self._place[0], self._number, *self._place[2:]))
        except BaseException:
            bound.close()
            raise
        return bound


class _Acceptor:
    """The thread that accepts the connections of a listening socket, until it is stopped."""

    def __init__(self, listening: socket.socket, accept: Accept) -> None:
        self._listening = listening
        self._accept = accept
        self._stopping = Event()
        self._alarm, self._wake = socket.socketpair()
        listening.setblocking(False)
        self._thread = Thread(target=self._run, daemon=True, name="seam-sandbox")
        self._thread.start()

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
            selector.register(self._listening, selectors.EVENT_READ)
            selector.register(self._alarm, selectors.EVENT_READ)
            while not self._stopping.is_set():
                selector.select()
                if not self._stopping.is_set():
                    self._take()

    def _take(self) -> None:
        try:
            accepted, _ = self._listening.accept()
        except (BlockingIOError, ConnectionError):  # the client has left already
            return
        except OSError:  # no file descriptor is left, or no memory; the client waits in the queue
            self._stopping.wait(_PAUSE)
            return
        try:
            self._accept(accepted)
        except RuntimeError:  # no thread is left; that one connection is closed
            self._stopping.wait(_PAUSE)
