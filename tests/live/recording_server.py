"""A server on loopback that answers what a test wants, and keeps what reaches it."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from pytest_seam_sandbox.backends.live.connection import is_read

KEY = "seam_test1AbCd_94SrGUXuNR2JmJkjtvBQDg5c"
WORKSPACE = {"workspace_id": "w1", "name": "Nightly", "is_sandbox": True, "is_suspended": False}


def json_answer(value, status=200, **headers):
    return status, {"content-type": "application/json", **headers}, json.dumps(value).encode()


class Recording:
    """answers: by path, an answer or several of which the last stays. seen: method and path of each request."""

    def __init__(self):
        self.answers = {"/workspaces/get": json_answer({"workspace": WORKSPACE, "ok": True})}
        self.seen = []
        self.keys = []
        self.bodies = []
        self.url = ""

    def answer(self, method, path, headers):
        self.seen.append((method, path))
        self.keys.append(headers.get("authorization"))
        found = self.answers.get(path, json_answer({"ok": True}))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        return found

    def asked(self, path):
        """What the requests for a path had as JSON."""
        return [json.loads(body) for (_, each), body in zip(self.seen, self.bodies, strict=True) if each == path]

    @property
    def writes(self):
        return [(method, path) for method, path in self.seen if not is_read(method, path)]


@contextmanager
def recording():
    """A server that is running inside the block."""
    told = Recording()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _respond(self):
            told.bodies.append(self.rfile.read(int(self.headers.get("content-length") or 0)))
            status, headers, body = told.answer(self.command, self.path.partition("?")[0], self.headers)
            self.send_response_only(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "CONNECT"):
        setattr(Handler, f"do_{method}", Handler._respond)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
