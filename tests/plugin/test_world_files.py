"""Worlds in files as a setting of tests."""

import pytest


@pytest.mark.parametrize("layer", ["environment", "ini", "option", "marker", "path"])
def test_file_is_found_from_the_rootdir(pytester, monkeypatch, in_process, layer):
    """Wherever pytest is started, in each layer of a setting."""
    folder = pytester.mkdir("tests")
    (folder / "lodge.json").write_text('{"version": 1, "devices": [{"device_type": "august_lock"}]}')
    markers = {"marker": "'tests/lodge.json'", "path": "pathlib.Path('tests', 'lodge.json')"}
    marker = f"@pytest.mark.seam(world={markers[layer]})\n" if layer in markers else ""
    (folder / "test_it.py").write_text(
        f"import pathlib, pytest\n{marker}def test_it(seam_sandbox):\n    assert len(seam_sandbox.devices) == 1\n"
    )
    pytester.makeini("[pytest]\n" + ("seam_world = tests/lodge.json\n" if layer == "ini" else ""))
    monkeypatch.setenv("PYTEST_SEAM_WORLD", "tests/lodge.json" if layer == "environment" else "")
    monkeypatch.chdir(folder)

    result = in_process(*(["--seam-world=tests/lodge.json"] if layer == "option" else []))

    result.assert_outcomes(passed=1)


def test_missing_file_is_told_with_the_layer(pytester, in_process):
    """As any wrong setting is."""
    pytester.makepyfile("def test_it(seam_sandbox): pass")

    result = in_process("--seam-world=lodge.json")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E  *: the option --seam-world: there is no world file '*lodge.json'*"])
