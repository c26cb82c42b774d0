"""Process (2): Seam's official fake, `fake-seam-connect` from npm, which nobody here wrote."""

import os
import re
import subprocess
from contextlib import contextmanager

from installing import NPM_INSTALL, install, need_node

VERSION = "1.86.0"  # the newest on npm
WORKSPACE = "seed_workspace_1"
API_KEY = "seam_apikey1_token"  # of the fake's seed: public, and of no workspace at Seam


@contextmanager
def fake_seam_connect():
    """Runs the fake with its seed; gives its URL. Skips where Node.js or npm is missing."""
    need_node()
    package = {"private": True, "dependencies": {"@seamapi/fake-seam-connect": VERSION}}
    folder = install("fake-seam-connect", NPM_INSTALL, files={"package.json": package})
    script = folder / "node_modules" / "@seamapi" / "fake-seam-connect" / "dist" / "server.js"
    environ = {name: value for name, value in os.environ.items() if name != "PORT"}  # so it takes a free one
    command = ["node", str(script), "--seed"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ) as process:
        try:
            line = process.stdout.readline()
            found = re.search(r"http://localhost:(\d+)", line)
            assert found, line + process.stdout.read()
            yield f"http://127.0.0.1:{found[1]}"
        finally:
            process.kill()
