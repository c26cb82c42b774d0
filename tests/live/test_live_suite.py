"""The main behaviour suite, run live on the strict server: the very tests of the emulator.

What only the emulator can do skips with the reason. All of it takes two minutes, with two workers; each run of the
suite takes a part. All: `nox --session live`, or LIVE_SUITE=all python -m pytest tests/live/test_live_suite.py.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from live.state import differences, state_of
from live.strict_server import StrictServer

ROOT = Path(__file__).parents[2]
PART = {"examples/door_service": 4, "examples/mobile_keys": 3, "examples/plain_httpx": 2}
"""What every run takes, and how many of its tests have to pass at least."""
ALL = PART | {
    "tests/test_expectations.py": 45,
    "tests/test_outages.py": 34,
    "tests/test_outages_nested.py": 4,
    "tests/test_deactivation.py": 11,
    "tests/test_sandbox_clients.py": 4,
    "tests/clients/test_curl.py": 0,
    "tests/clients/test_requests.py": 0,
    "tests/clients/test_sdk_subprocess.py": 0,
    "examples/async_monitor": 0,
    "examples/guest_stay": 0,
    "examples/webhooks_asgi": 0,
    "examples/webhooks_wsgi": 0,
}
QUICK = {"action_attempts": 0.01, "event_latency": 0.02, "state_latency": 0.01, "deactivation_latency": 0.01}
REASONS = re.compile(r"is embedded only, and this sandbox is live: |It was not sent\.|not installed|not there")


def run_live(server, folder, *options):
    """Status and output of a run of these tests on the first workspace of the server."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"SEAM_API_KEY": server.first.api_key, "TEST_TRANSPORTS": "transport", "COLUMNS": "400"}
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "--tb=short"]
    settings = {
        "backend": "live",
        "live-endpoint": server.url,
        "live-workspaces": server.first.workspace_id,
        "live-timeout": "2",
        "live-folder": str(folder),
    }
    command += [f"--seam-{name}={value}" for name, value in settings.items()]
    done = subprocess.run(
        [*command, *options], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_tests_of_the_emulator_pass_live_and_leave_nothing(tmp_path):
    is_all = os.environ.get("LIVE_SUITE") == "all"
    files, workers = (ALL, ["-n", "2"]) if is_all else (PART, ["-p", "no:xdist"])
    with StrictServer(**QUICK) as server:
        backend = server.backend(server.first)
        backend.provision.create_device("ttlock_lock", name="Loft")
        backend.provision.create_device("igloohome_lock", name="Barn")
        before = state_of(backend)

        status, told = run_live(server, tmp_path, *files, *workers)

        assert status == 0, told[-8000:]
        for name, fewest in files.items():
            passed = [line for line in told.splitlines() if line.startswith(f"PASSED {name}")]
            assert len(passed) >= fewest, (name, told[-8000:])
        skipped = [line for line in told.splitlines() if line.startswith("SKIPPED ")]
        assert [line for line in skipped if not REASONS.search(line)] == []
        assert server.first.api_key not in told
        assert differences(before, state_of(backend)) == []
