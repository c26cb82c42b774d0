"""What an installed plugin adds to a run that does not use it: paired runs of whole processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from itertools import starmap
from pathlib import Path
from tempfile import TemporaryDirectory

from .method import Effort, Run, Spread, run_process
from .table import Row

OURS = "pytest_seam_sandbox.plugin"
OF_DEPENDENCIES = {"faker": "faker", "hypothesis": "hypothesispytest", "anyio": "anyio"}


def startup_rows(effort: Effort) -> Iterator[Row]:
    """Ours, then those that come with our dependencies. Each is the only plugin of the run, then there is none."""
    for name, plugin in {"this plugin": OURS, **OF_DEPENDENCIES}.items():
        if effort.is_quick and plugin != OURS:
            break
        pairs = _pairs(plugin, effort.rounds)
        wall = Spread.of(with_it.wall - without.wall for with_it, without in pairs)
        cpu = Spread.of(with_it.cpu - without.cpu for with_it, without in pairs)
        base = Spread.of(without.wall for _, without in pairs).median
        detail = f"of {base * 1e3:.0f} ms"
        if plugin == OURS:
            yield Row.of("unused", cpu, digits=1, detail=detail)
        else:
            yield Row(f"added to `pytest --collect-only` by {name}, CPU", cpu, "ms", 1e-3, 1, detail)
        yield Row(f"added to `pytest --collect-only` by {name}, wall", wall, "ms", 1e-3, 1, detail)


FIRST_USE = """
from pytest_seam_sandbox import Sandbox
sandbox = Sandbox()
device = sandbox.create_device()
with sandbox.http() as http:
    assert http.post("/devices/get", json={"device_id": device.device_id}).status_code == 200
"""


def first_use_rows(effort: Effort) -> Iterator[Row]:
    """A process that uses a sandbox for the first time, beside one that imports what the sandbox stands on."""
    programs = {"use": FIRST_USE, "import": "import httpx, pydantic", "nothing": ""}
    with TemporaryDirectory() as folder:
        turns = [
            {name: run_process([sys.executable, "-c", text], folder).cpu for name, text in programs.items()}
            for _ in range(effort.rounds + 1)
        ][1:]
    use, floor, nothing = (Spread.of(turn[name] for turn in turns).median * 1e3 for name in programs)
    detail = f"{use:.0f} ms ÷ {floor:.0f} ms of CPU; Python alone {nothing:.0f} ms"
    yield Row.of("first_use", Spread.of(turn["use"] / turn["import"] for turn in turns), detail=detail)


def _pairs(plugin: str, count: int) -> list[tuple[Run, Run]]:
    blocked = sorted(entry_points(group="pytest11").names - {plugin})
    with TemporaryDirectory() as folder:
        Path(folder, "test_one.py").write_text("def test_one():\n    pass\n")

        def run(*without: str) -> Run:
            options = [part for name in (*blocked, *without) for part in ("-p", f"no:{name}")]
            return run_process([sys.executable, "-m", "pytest", "--collect-only", "-q", *options], folder)

        run()
        run(plugin)
        orders = [((), (plugin,)) if turn % 2 else ((plugin,), ()) for turn in range(count)]
        results = list(starmap(lambda first, second: (first, run(*first), run(*second)), orders))
    return [(second, first) if left_out else (first, second) for left_out, first, second in results]
