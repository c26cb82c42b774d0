"""What type checkers say of a user's tests: nothing of right ones, and where the mistakes are in wrong ones."""

import ast
import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import get_args

import pytest

import pytest_seam_sandbox
from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api.phones.model import ShownPhoneProperties
from pytest_seam_sandbox.catalog import literals
from pytest_seam_sandbox.catalog.devices import device_models, providers
from pytest_seam_sandbox.catalog.known import event_types
from pytest_seam_sandbox.worlds.build import WORLDS

HERE = Path(__file__).parent
ROOT = Path(pytest_seam_sandbox.__file__).parents[1]


def mypy(path, folder):
    """The lines with errors by mypy --strict, and their codes."""
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    options = ["--strict", "--config-file=", "--no-pretty", "--cache-dir", str(folder)]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *options, path.name], cwd=HERE, capture_output=True, text=True, check=False
    )
    assert run.returncode in (0, 1), run.stdout + run.stderr
    found = re.findall(rf"^{path.name}:(\d+): error: .*  \[([\w-]+)\]$", run.stdout, re.MULTILINE)
    assert len(found) == run.stdout.count(": error: "), run.stdout
    return {(int(line), code) for line, code in found}


def pyright(path, folder):
    """The lines with errors by pyright (strict), and their rules, but for what follows from another error."""
    command = shutil.which("pyright")
    if command is None:
        pytest.skip("pyright is not installed: npm install -g pyright")
    shutil.copy(path, folder)
    settings = {"include": [path.name], "typeCheckingMode": "strict", "extraPaths": [str(ROOT)]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    options = ["--project", str(folder), "--pythonpath", sys.executable, "--outputjson"]
    run = subprocess.run([command, *options], capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stdout + run.stderr
    report = json.loads(run.stdout)
    assert report["summary"]["filesAnalyzed"] == 1
    found = [(one["range"]["start"]["line"] + 1, one.get("rule")) for one in report["generalDiagnostics"]]
    return {(line, rule) for line, rule in found if rule != "reportUnknownMemberType"}


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_right_tests_are_clean(checker, tmp_path):
    """Fixtures, models, expectations, sweeps, strategies and machines can be annotated in full."""
    assert checker(HERE / "project.py", tmp_path) == set()


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_mistakes_are_found(checker, tmp_path):
    """Each misspelt name, field and option, where it stands, and nothing else."""
    path = HERE / "mistakes.py"
    wanted = set()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        marked = re.search(r"# E: (\S+) (\S+)$", line)
        if marked:
            wanted.add((number, marked[1 if checker is mypy else 2]))

    assert checker(path, tmp_path) == {(number, code) for number, code in wanted if code != "-"}


@pytest.mark.parametrize(
    ("names", "data"),
    [
        (literals.DeviceType, [name for name, model in device_models().items() if model.provider]),
        (literals.EventType, event_types()),
        (literals.Provider, [row["device_provider_name"] for row in providers()]),
        (literals.World, WORLDS),
    ],
)
def test_literals_are_the_data(names, data):
    """A name that joins the data joins the list; tests/typing/generate.py writes it."""
    assert sorted(get_args(names)) == sorted(data)


def test_files_are_up_to_date():
    """What tests/typing/generate.py would write now is what is there."""
    spec = spec_from_file_location("generate", HERE / "generate.py")
    generate = module_from_spec(spec)
    spec.loader.exec_module(generate)

    assert as_code(generate.literals()) == as_code(generate.LITERALS.read_text("utf-8"))
    if not generate.SPEC:
        pytest.skip("there is no tests/contract/openapi.json; .ci/run makes it")
    stub, names = generate.seam_fields()
    assert as_code(stub) == as_code(generate.STUB.read_text("utf-8"))
    assert json.loads(names) == json.loads(generate.NAMES.read_text("utf-8"))


def as_code(text):
    return ast.unparse(ast.parse(text))


def test_what_an_object_does_not_carry_is_none(seam_sandbox, sandbox_device, sandbox_phone):
    """As the types say: a field that Seam's schema has and this object lacks."""
    event = seam_sandbox.events[-1]
    code = seam_sandbox.create_access_code(sandbox_device)

    assert sandbox_device.can_hvac_heat is None
    assert sandbox_device.can_unlock_with_code is True
    assert sandbox_device.properties.noise_level_decibels is None
    assert sandbox_device.properties.august_metadata.lock_name
    assert (event.access_code_id, event.noise_level_nrs) == (None, None)
    assert code.dormakaba_oracode_metadata is None
    assert isinstance(sandbox_phone.properties, ShownPhoneProperties)
    assert sandbox_phone.properties.assa_abloy_credential_service_metadata is not None
    assert sandbox_device.errors == []
    assert "can_hvac_heat" not in sandbox_device.model_dump(mode="json")


@pytest.mark.parametrize("name", ["propertys", "error_code", "_private", "house_id"])
def test_what_no_such_object_has_is_an_error(sandbox_device, name):
    """Also within objects that no model declares."""
    for place in (sandbox_device, sandbox_device.properties, sandbox_device.properties.battery):
        with pytest.raises(AttributeError, match=name):
            getattr(place, name)


def test_unknown_fields_are_kept():
    """What Seam adds later can be read, though no type checker knows it."""
    device = Sandbox().create_device()
    newer = type(device).model_validate({**device.model_dump(mode="json"), "can_dance": {"tango": True}})

    assert newer.can_dance.tango is True
