"""TCP connections to a server, byte by byte, for what HTTP libraries neither send nor show."""

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest


@dataclass
class Answer:
    """One HTTP answer as it came over the wire; `headers` has lower-case names."""

    status: int
    headers: dict[str, str]
    text: str


class Wire:
    """One TCP connection."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=10)
        self._file = self.socket.makefile("rb")

    def send(self, text):
        """Send these bytes, with the line ends of HTTP."""
        data = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode("latin-1")
        self.socket.sendall(data)
        return self

    def end_of_sending(self):
        """Send no more, but go on reading."""
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def answer(self, *, has_body=True):
        """The next answer on this connection."""
        status_line = self._file.readline().decode("latin-1")
        lines = iter(lambda: self._file.readline().decode("latin-1").strip(), "")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0)) if has_body else 0
        return Answer(int(status_line.split()[1]), headers, self._file.read(length).decode())

    def rest(self):
        """All that comes until the server closes the connection."""
        return self._file.read()

    def close(self):
        self._file.close()
        self.socket.close()


@pytest.fixture
def connect():
    """Opens a TCP connection to the host and port of a URL."""
    open_wires = []

    def open_wire(url):
        open_wires.append(Wire(url))
        return open_wires[-1]

    yield open_wire
    for wire in open_wires:
        wire.close()


@pytest.fixture
def wire(connect, seam_server):
    """A TCP connection to the server of `seam_sandbox`."""
    return connect(seam_server)


@pytest.fixture
def get(seam_sandbox):
    """The text of a GET request with the sandbox's key."""

    def text(path="/devices/list", *headers, method="GET"):
        lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {seam_sandbox.api_key}", *headers]
        return "\n".join(lines) + "\n\n"

    return text
