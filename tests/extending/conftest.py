"""The package `spa`, which adds to sandboxes, as each test wants it."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.extensions import extensions_of

SOURCE = Path(__file__).with_name("spa.py")


@pytest.fixture(scope="session")
def spa():
    """The module, registered nowhere."""
    spec = spec_from_file_location("spa_of_these_tests", SOURCE)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def extensions(spa):
    """What it adds."""
    return extensions_of(spa)


@pytest.fixture
def sandbox(extensions):
    """A sandbox with saunas."""
    with Sandbox(world="spa", extensions=extensions) as made:
        yield made
