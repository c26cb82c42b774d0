"""Programs in other languages that tests need: installed once, and the test skipped where that is not possible."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

CACHE = Path(__file__).parents[1] / ".cache"
RETRIES = "3" if os.environ.get("CI") == "true" else "0"
"""How often a registry is asked again: where nothing may be lacking, one answer that was lost is no failure."""

NPM_INSTALL = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", f"--fetch-retries={RETRIES}"]


def unavailable(reason):
    """Skip what this machine lacks; on CI nothing may be lacking."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def install(name, *commands, files=None):
    """A folder in which these commands were run once; the test is skipped when one fails. files: written before."""
    folder = CACHE / name
    CACHE.mkdir(exist_ok=True)
    with FileLock(CACHE / f"{name}.lock"):
        if (folder / "installed").exists():
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        for path, content in (files or {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(json.dumps(content))
        folder.mkdir(exist_ok=True)
        for command in commands:
            try:
                subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=300)
            except (OSError, subprocess.SubprocessError) as error:
                unavailable(f"{name} could not be installed: {error}\n{getattr(error, 'stderr', '')}")
        (folder / "installed").touch()
    return folder


def need_node():
    """Skip where there is none."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        unavailable(f"{' and '.join(missing)} not installed")
