"""docs/drop_in.md: its examples run, and it names every route and option."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from seam import Seam

from pytest_seam_sandbox.fake_compat.routes import ROUTES

PAGE = (Path(__file__).parents[2] / "docs" / "drop_in.md").read_text("utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
[SCRIPT] = re.findall(r"```js\n(.*?)```", PAGE, re.DOTALL)
[PYTHON] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def shell(tmp_path):
    """Starts commands in an empty folder, with `seam-sandbox` on the path; ends what they have left running."""
    programs = tmp_path / "bin"
    programs.mkdir()
    script = programs / "seam-sandbox"
    script.write_text(f"#!{sys.executable}\nimport sys\nfrom pytest_seam_sandbox.cli import main\nsys.exit(main())\n")
    script.chmod(0o755)
    started = []

    def start(command):
        environ = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
        process = subprocess.Popen(
            ["sh", "-c", command], cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def url_of(process):
    """The URL that a server prints first."""
    return process.stdout.readline().strip().removeprefix("SEAM_ENDPOINT=")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_server_starts_where_the_page_says(shell):
    """The first command serves on the port in PORT."""
    port = free_port()
    url = url_of(shell(SHELL[0].replace("8080", str(port))))

    assert url == f"http://localhost:{port}"
    assert httpx.get(f"{url}/_fake/default_seed").json()["ok"]


def test_link_is_the_fakes_executable(shell):
    """After the second command a suite starts the fake's executable by its own path."""
    assert shell(SHELL[1]).wait(30) == 0

    url = url_of(shell("exec env PORT=0 node_modules/.bin/fake-seam-connect --seed"))

    assert httpx.get(f"{url}/health").status_code == 200


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here")
def test_script_starts_and_stops_the_server(shell, tmp_path):
    """What the JavaScript example gives is the URL and the seed, and `stop` lets the program end."""
    (tmp_path / "fake.mjs").write_text(SCRIPT, "utf-8")
    (tmp_path / "suite.mjs").write_text(
        "import { startFake } from './fake.mjs'\n"
        "const { url, seed, stop } = await startFake()\n"
        "console.log((await fetch(`${url}/health`)).status, seed.august_device_1)\n"
        "stop()\n",
        "utf-8",
    )

    program = shell("exec node suite.mjs")

    assert program.communicate(timeout=60)[0] == "200 august_device_1\n"
    assert program.returncode == 0


def test_python_example_fails_the_attempt(fake):
    """What the example sets is what the program reads."""
    names = {"httpx": httpx, "url": fake.url}
    exec(PYTHON, names)

    names["client"].close()
    assert fake.attempt(names["attempt"]["action_attempt_id"])["error"]["type"] == "jammed"


def test_python_line_makes_a_client(fake):
    """The line for Python is one that works."""
    [line] = re.findall(r"\| Python \| `(.*)` \|", PAGE)
    seam = eval(line, {"Seam": Seam, "url": fake.url})

    count = len(seam.devices.list())
    seam.client.close()
    assert count == 5


def test_page_names_every_route():
    """No route is missing from the table, and none there is too much."""
    assert sorted(re.findall(r"^\| `[A-Z]+ /_fake/(\w+)`", PAGE, re.MULTILINE)) == sorted(ROUTES)
