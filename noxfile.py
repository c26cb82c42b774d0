"""The suite on every Python that is there, and once with the oldest allowed versions of the dependencies."""

import re
from pathlib import Path

import nox

nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["tests", "lowest"]

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = ["3.11", "3.12", "3.13"]


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the suite."""
    session.install("-e", ".", *nox.project.dependency_groups(PROJECT, "dev"))
    session.run("python", "-m", "pytest", "-n", "2", "-q", *session.posargs)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """Run the suite with the lowest versions that pyproject.toml allows."""
    needed = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["sdk"]
    constraints = Path(session.create_tmp()) / "lowest.txt"
    constraints.write_text("".join(re.sub(">=", "==", line) + "\n" for line in needed))
    # schemathesis needs newer versions than ours; its test is skipped here.
    dev = [line for line in nox.project.dependency_groups(PROJECT, "dev") if not line.startswith("schemathesis")]
    session.install("-e", ".", *dev, "-c", str(constraints))
    session.run("python", "-m", "pytest", "-n", "2", "-q", *session.posargs)
