"""The suite on every Python that is there, with the oldest allowed dependencies, and with older versions of the SDK.

`nox --session schema` fetches Seam's OpenAPI document, without which the contract tests skip.
"""

import re
import tarfile
from pathlib import Path

import nox

nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["tests", "lowest", "sdk"]

PROJECT = nox.project.load_toml("pyproject.toml")
DEV = nox.project.dependency_groups(PROJECT, "dev")
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
SDKS = ["3.0.0", "3.4.0", "3.5.0", "3.8.0", "3.13.0", "3.15.0", "3.17.0", "newest"]
"""The oldest that `[sdk]` allows, the last without AsyncSeam, the first with it, some between, the newest."""
SCHEMA = "1.977.0"
"""The version of Seam's package @seamapi/types, which has the OpenAPI document."""


@nox.session(python=False)
def schema(session: nox.Session) -> None:
    """Fetch Seam's OpenAPI document as tests/contract/openapi.json; needs Node.js and npm."""
    folder = Path(session.create_tmp()).resolve()
    contract = Path("tests/contract").resolve()
    with session.chdir(folder):
        session.run("npm", "pack", "--silent", f"@seamapi/types@{SCHEMA}", external=True)
        with tarfile.open(f"seamapi-types-{SCHEMA}.tgz") as archive:
            archive.extractall(filter="data")
    converter, document = contract / "convert_openapi.mjs", contract / "openapi.json"
    session.run("node", str(converter), str(folder / "package"), str(document), external=True)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the suite."""
    session.install("-e", ".", *DEV)
    session.run("python", "-m", "pytest", "-n", "2", "-q", *session.posargs)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """Run the suite with the lowest versions that pyproject.toml allows; the SDK is the one that the suite asks for."""
    needed = PROJECT["project"]["dependencies"] + [line for line in DEV if line.startswith("seam>=")]
    constraints = Path(session.create_tmp()) / "lowest.txt"
    constraints.write_text("".join(re.sub(">=", "==", line) + "\n" for line in needed))
    # schemathesis needs newer versions than ours; its test is skipped here.
    dev = [line for line in DEV if not line.startswith("schemathesis")]
    session.install("-e", ".", *dev, "-c", str(constraints))
    # What type checkers say depends on the annotations of the newest libraries.
    session.run("python", "-m", "pytest", "-n", "2", "-q", "--ignore", "tests/typing", *session.posargs)


@nox.session(python=PYTHONS[0])
def live(session: nox.Session) -> None:
    """Run all tests that can be run live on a strict server of our own, and kill live runs at many points."""
    session.install("-e", ".", *DEV)
    more = {"LIVE_SUITE": "all", "KILL_POINTS": "50"}
    files = ["tests/live/test_live_suite.py", "tests/live/test_nothing_left.py"]
    session.run("python", "-m", "pytest", "-q", *files, *session.posargs, env=more)


@nox.session(python=PYTHONS[0])
@nox.parametrize("version", SDKS, ids=SDKS)
def sdk(session: nox.Session, version: str) -> None:
    """Run the examples and tests/sdk with one version of the official SDK."""
    wanted = "seam" if version == "newest" else f"seam=={version}"
    needed = [line for line in DEV if line.startswith(("flask", "jsonschema-rs", "pytest-asyncio", "starlette"))]
    session.install("-e", ".", wanted, *needed)
    is_sync_only = (
        session.run("python", "-c", "import seam; print(hasattr(seam, 'AsyncSeam'))", silent=True) == "False\n"
    )
    needs_async = ("examples/async_monitor", "examples/webhooks_asgi")
    skipped = [f"--ignore={example}" for example in needs_async] if is_sync_only else []
    session.run("python", "-m", "pytest", "-q", "examples", "tests/sdk", *skipped, *session.posargs)
