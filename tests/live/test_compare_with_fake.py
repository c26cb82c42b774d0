"""The emulator compared with Seam's official fake: what differs is known, with the reason."""

import json
from pathlib import Path

import pytest

from live.fake_seam_connect import API_KEY, WORKSPACE, fake_seam_connect
from pytest_seam_sandbox import cli

EXPECTED = Path(__file__).with_name("fake_seam_connect.json")


@pytest.fixture(scope="module")
def fake():
    with fake_seam_connect() as url:
        yield url


def test_no_news(fake, monkeypatch, capsys):
    """Neither is there a difference that is not in the file, nor one in the file that is not there.

    To look at news and keep them: start the fake, set FAKE_KEY to the key of its seed, and run
    `seam-sandbox compare --endpoint URL --api-key-variable FAKE_KEY --live-workspaces seed_workspace_1 --live-timeout 0.01
    --write-expectation tests/live/fake_seam_connect.json`; then write the reasons.
    """
    monkeypatch.setenv("FAKE_KEY", API_KEY)
    options = [
        "--endpoint",
        fake,
        "--api-key-variable",
        "FAKE_KEY",
        "--live-workspaces",
        WORKSPACE,
        "--live-timeout",
        "0.01",
    ]

    status = cli.main(["compare", *options, "--expect", str(EXPECTED)])

    out = capsys.readouterr().out
    assert status == 0, out
    assert out.splitlines()[0].endswith(", 0 gone"), out


def test_every_expected_difference_has_a_reason():
    content = json.loads(EXPECTED.read_text("utf-8"))

    assert [one for one in content["differences"] if not one["reason"].strip()] == []
