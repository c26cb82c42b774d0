"""`seam-sandbox serve --fake-compat`, and the executable under the fake's own name."""

import contextlib
import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from pytest_seam_sandbox import cli


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_port_comes_from_the_environment(run):
    """PORT decides where on localhost it listens; --seed is the fake's flag; SIGTERM ends it with status 0."""
    port = free_port()
    process, ready = run("--seed", env={**os.environ, "PORT": f"{port} "})

    assert ready["url"] == f"http://localhost:{port}"
    assert (ready["api_key"], ready["workspace_id"]) == ("seam_apikey1_token", "seed_workspace_1")
    assert httpx.get(f"{ready['url']}/_fake/default_seed").json()["august_device_1"] == "august_device_1"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def test_executable_under_the_fakes_name(run, tmp_path):
    """A script called fake-seam-connect takes the fake's own command line."""
    script = tmp_path / "fake-seam-connect"
    script.write_text(f"#!{sys.executable}\nimport sys\nfrom pytest_seam_sandbox.cli import main\nsys.exit(main())\n")
    script.chmod(0o755)
    environ = {name: value for name, value in os.environ.items() if name != "PORT"}

    _, ready = run("--seed", command=[str(script)], env=environ)

    assert httpx.get(f"{ready['url']}/health").status_code == 200
    assert httpx.get(f"{ready['url']}/_fake/default_seed").json()["ok"]


def test_option_wins_over_the_environment(monkeypatch):
    """--port is taken when it is given."""
    monkeypatch.setenv("PORT", "1")
    port = free_port()
    taken = socket.socket()
    taken.bind(("127.0.0.1", port))
    with taken:
        done = subprocess.run(
            [sys.executable, "-m", "pytest_seam_sandbox", "serve", "--fake-compat", "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 2
    assert f"cannot listen on localhost:{port}" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--fake-compat", "--world", "house"], "so --world has no effect"),
        (["--fake-compat", "--api-key", "seam_test1_x"], "so --api-key has no effect"),
        (["--fake-compat"], "the environment variable PORT is 'http'"),
        (["--seed"], "--seed needs a value"),
    ],
)
def test_mistakes_are_told(monkeypatch, capsys, options, said):
    """What contradicts itself is refused before anything is served."""
    monkeypatch.setenv("PORT", "http")

    assert cli.main(["serve", *options]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("port", ["70000", "-1", "80.5", "0x50"])
def test_port_in_the_environment_is_a_number_of_a_port(monkeypatch, capsys, port):
    """Anything else is named, with what is expected."""
    monkeypatch.setenv("PORT", port)

    assert cli.main(["serve", "--fake-compat"]) == 2
    assert capsys.readouterr().err == (
        f"seam-sandbox: the environment variable PORT is '{port}'; it takes a number from 0 to 65535.\n"
    )


def test_host_is_the_one_that_is_given(run):
    """--host is obeyed as everywhere."""
    _, ready = run("--host", "127.0.0.1", env={**os.environ, "PORT": "0"})

    assert ready["url"].startswith("http://127.0.0.1:")


def test_container_is_called_by_its_name(run):
    """With --control-host the routes below /_fake/ answer under that name, and under no other."""
    _, ready = run("--host", "0.0.0.0", "--control-host", "fake", env={**os.environ, "PORT": "0"})

    statuses = [
        httpx.get(f"{ready['url']}/_fake/default_seed", headers={"host": f"{name}:8080"}).status_code
        for name in ("fake", "other")
    ]
    assert statuses == [200, 421]


def test_requests_that_come_early_wait(run):
    """Who asks before all is loaded gets the same answers; ids of requests are counted from the first one."""
    port = free_port()
    environ = {**os.environ, "PORT": str(port)}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(), timeout=60) as client:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest_seam_sandbox", "serve", "--fake-compat"],
            env=environ,
            stdout=subprocess.DEVNULL,
        )
        try:
            while True:
                with contextlib.suppress(httpx.ConnectError):
                    healthy = client.get("/health")
                    break
            seed = client.get("/_fake/default_seed")
        finally:
            process.terminate()
            process.wait(30)

    assert healthy.json()["service_health_statuses"][0]["status"] == "healthy"
    assert healthy.headers["seam-request-id"] == "request1"
    assert seed.json()["seed_workspace_1"] == "seed_workspace_1"
