"""What the settings of live sandboxes take, and how they refuse the rest."""

from pathlib import Path

import pytest

from pytest_seam_sandbox import ProductionRefused, Sandbox, SandboxError
from pytest_seam_sandbox.settings import read_setting

IDS = "ids of workspaces, as text separated by commas or as a list of texts"
URL = "the base URL of a server, such as 'https://connect.example.com', without name, password, query and fragment"
FOLDER = "the path of a folder"


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("backend", "embedded", "embedded"),
        ("backend", " live ", "live"),
        ("live_workspaces", "", ()),
        ("live_workspaces", "a, b\n c,a", ("a", "b", "c")),
        ("live_workspaces", ["a,b", "c"], ("a", "b", "c")),
        ("live_endpoint", "", ""),
        ("live_endpoint", " https://connect.example.com/ ", "https://connect.example.com"),
        ("live_endpoint", "http://127.0.0.1:8080/base", "http://127.0.0.1:8080/base"),
        ("live_timeout", "2.5", 2.5),
        ("live_timeout", 1, 1),
        ("live_folder", "/a/folder", Path("/a/folder")),
        ("live_folder", Path("/a/folder"), Path("/a/folder")),
    ],
)
def test_value_is_read(name, value, read):
    assert read_setting(name, value) == read


def test_folder_of_a_home_is_found(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    assert read_setting("live_folder", "~/.pytest-seam-sandbox") == tmp_path / ".pytest-seam-sandbox"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("backend", "seam", "backend is 'seam'; it takes 'embedded' or 'live'."),
        ("backend", None, "backend is None; it takes 'embedded' or 'live'."),
        ("live_workspaces", 5, f"live_workspaces is 5; it takes {IDS}."),
        ("live_workspaces", {"a": 1}, f"live_workspaces is {{'a': 1}}; it takes {IDS}."),
        ("live_workspaces", [5], f"live_workspaces is [5]; it takes {IDS}."),
        ("live_endpoint", 5, f"live_endpoint is 5; it takes {URL}."),
        ("live_endpoint", "connect.example.com", f"live_endpoint is 'connect.example.com'; it takes {URL}."),
        ("live_endpoint", "ftp://a.example", f"live_endpoint is 'ftp://a.example'; it takes {URL}."),
        ("live_endpoint", "http://a:99999", f"live_endpoint is 'http://a:99999'; it takes {URL}."),
        ("live_endpoint", "http://a/?x=1", f"live_endpoint is 'http://a/?x=1'; it takes {URL}."),
        ("live_endpoint", "http://a\tb", f"live_endpoint is 'http://a\\tb'; it takes {URL}."),
        ("live_timeout", "soon", "live_timeout is 'soon'; it takes a number of seconds from 0 to 1e9."),
        ("live_timeout", 0, "live_timeout is 0; it takes a number of seconds above 0, up to 1e9."),
        ("live_folder", "", f"live_folder is ''; it takes {FOLDER}."),
        ("live_folder", 5, f"live_folder is 5; it takes {FOLDER}."),
        ("live_folder", "a\0b", f"live_folder is 'a\\x00b'; it takes {FOLDER}."),
        (
            "live_folder",
            "~nobody-of-that-name/x",
            f"live_folder is '~nobody-of-that-name/x'; it takes {FOLDER}; there is no such home folder.",
        ),
    ],
)
def test_other_values_are_refused(name, value, message):
    with pytest.raises(SandboxError) as refused:
        read_setting(name, value)

    assert str(refused.value) == message


def test_password_in_an_endpoint_is_not_shown():
    with pytest.raises(SandboxError, match="^live_endpoint is 'a URL with a name or a password'") as refused:
        read_setting("live_endpoint", "https://jane:hunter2@a.example")

    assert "hunter2" not in str(refused.value)


def test_embedded_sandbox_takes_them_without_effect(monkeypatch):
    """They may stand in the ini file of a project for good."""
    monkeypatch.setenv("SEAM_API_KEY", "seam_the_key_of_somebody")

    sandbox = Sandbox(backend="embedded", live_workspaces="a", live_endpoint="https://a.example", live_timeout=1)

    assert not sandbox.is_live


def test_empty_key_does_not_stand_for_that_of_the_environment(monkeypatch):
    """Else the workspace of another key than the one that was meant would be written to."""
    monkeypatch.setenv("SEAM_API_KEY", "seam_test1_of_the_environment")
    with pytest.raises(ProductionRefused, match="needs the API key .*, or the api_key that was given is empty"):
        Sandbox.live(workspaces="w1", api_key="", endpoint="http://127.0.0.1:1")


@pytest.mark.parametrize("key", [5, b"seam_test1_secret"])
def test_key_that_is_no_text_is_refused_and_not_shown(key):
    with pytest.raises(SandboxError, match=r"^api_key is of the type (int|bytes); it takes the API key of a ") as told:
        Sandbox.live(workspaces="w1", api_key=key, endpoint="http://127.0.0.1:1")

    frames = [entry.frame for entry in told.traceback][1:]
    assert [frame for frame in frames if key in frame.f_locals.values()] == []
