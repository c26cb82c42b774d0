"""Adds the pages to the documentation that the program itself writes: MkDocs calls this while it builds."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from pytest_seam_sandbox.report.ledger import as_text

PACKAGE = "pytest_seam_sandbox"
PARTS = {
    PACKAGE: "Names of the package",
    f"{PACKAGE}.strategies": "Strategies",
    f"{PACKAGE}.stateful": "State machines",
    f"{PACKAGE}.sweep": "Sweep",
}
BESIDE = ("backends.clock.SandboxClock", "engine.faults.Faults")
"""What no public name is, and a public one gives."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages, with the ledger and the reference."""
    files.append(File.generated(config, "reference/ledger.md", content=as_text()))
    files.append(File.generated(config, "reference/api.md", content="\n\n".join(reference())))
    return files


def reference() -> Iterator[str]:
    """Every public class and function, by the module that it is imported from."""
    yield "# Python reference"
    shown: set[str] = set()
    for module_name, title in PARTS.items():
        module = import_module(module_name)
        yield f"## {title}\n\n`from {module_name} import ...`"
        for name in sorted(module.__all__):
            home = home_of(getattr(module, name))
            if home is not None and home not in shown:
                shown.add(home)
                yield f"::: {home}"
    yield "## What `sandbox.clock` and `sandbox.faults` give"
    yield from (f"::: {PACKAGE}.{name}" for name in BESIDE)


def home_of(value: Any) -> str | None:
    """Where a class or a function of ours is written; None for closed lists of names, and for what is Hypothesis's."""
    module = getattr(value, "__module__", "")
    if not (inspect.isclass(value) or inspect.isroutine(value)) or not module.startswith(f"{PACKAGE}."):
        return None
    return f"{module}.{value.__qualname__}"
