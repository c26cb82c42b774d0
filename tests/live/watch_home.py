"""A plugin of pytest that watches a run: which variables of Seam our package reads, and where sockets lead.

It writes what it has seen into the file WATCHED, as JSON.
"""

import json
import os
import socket
import sys
from pathlib import Path

import pytest_seam_sandbox

OURS = str(Path(pytest_seam_sandbox.__file__).parent)
STANDARD = str(Path(os.__file__).parent)
seen = {"variables": [], "hosts": []}


def _reader():
    """The file that asked for a variable: the nearest one that is not of the standard library."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if "site-packages" in name or not (name.startswith((STANDARD, "<frozen")) or name == __file__):
            return name
        frame = frame.f_back
    return ""


def pytest_load_initial_conftests():
    read, connect, look_up = type(os.environ).__getitem__, socket.socket.connect, socket.getaddrinfo

    def watched_read(self, name):
        if name.startswith("SEAM_") and _reader().startswith(OURS):
            seen["variables"].append(name)
        return read(self, name)

    def watched_connect(self, address):
        seen["hosts"].append(address[0] if isinstance(address, tuple) else "local")
        return connect(self, address)

    def watched_look_up(host, *rest, **more):
        seen["hosts"].append(host)
        return look_up(host, *rest, **more)

    type(os.environ).__getitem__ = watched_read
    socket.socket.connect = watched_connect
    socket.getaddrinfo = watched_look_up


def pytest_unconfigure():
    Path(os.environ["WATCHED"]).write_text(json.dumps(seen), "utf-8")
