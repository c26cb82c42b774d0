"""What each setting takes, as text and as a Python value, and how it refuses the rest."""

import math
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.engine.errors import UnknownWorld, shortened
from pytest_seam_sandbox.engine.settings import Settings
from pytest_seam_sandbox.sandbox import OWN_SETTINGS
from pytest_seam_sandbox.settings import SETTINGS, check_fields, check_rows, read_setting


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("world", "empty", "empty"),
        ("world", "hotel", "hotel"),
        ("seed", "7", "7"),
        ("seed", 7, 7),
        ("seed", "", ""),
        ("action_attempts", "instant", "instant"),
        ("action_attempts", " poll ", "poll"),
        ("action_attempts", "2.5", 2.5),
        ("action_attempts", 0, 0),
        ("event_latency", " 3 ", 3.0),
        ("event_latency", 1e9, 1e9),
        ("strict_ids", True, True),
        ("strict_ids", "false", False),
        ("strict_ids", "OFF", False),
        ("strict_ids", " Yes ", True),
        ("rate_limits", 1, True),
        ("rate_limits", 0, False),
        ("rate_limits", "no", False),
        ("intercept_allow", "", ()),
        ("intercept_allow", [], ()),
        ("intercept_allow", "a.example", ("a.example",)),
        ("intercept_allow", " a.example,b.example ,\n A.Example.", ("a.example", "b.example")),
        ("intercept_allow", ["a.example, b.example", "c-d_e"], ("a.example", "b.example", "c-d_e")),
        ("intercept_allow", (host for host in ["10.0.0.1", "[2001:DB8::1]"]), ("10.0.0.1", "2001:db8::1")),
        ("intercept_allow", "Bücher.example", ("xn--bcher-kva.example",)),
        ("api_key", None, None),
        ("api_key", "seam_test1_Mine", "seam_test1_Mine"),
    ],
)
def test_value_is_read(name, value, read):
    """Texts become what they say; values of Python that fit are taken as they are."""
    found = read_setting(name, value)

    assert (found, type(found)) == (read, type(read))


SECONDS = "a number of seconds from 0 to 1e9"
SEEDS = "a text of whole characters, or a whole number of at most 4,300 digits"
HOSTS = "host names, as text separated by commas or as a list of texts"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("world", 5, "world is 5; it takes the name of a world as text, or the path of a world in a file."),
        ("world", None, "world is None; it takes the name of a world as text, or the path of a world in a file."),
        ("seed", 1.5, "seed is 1.5; it takes a text or a whole number."),
        ("seed", True, "seed is True; it takes a text or a whole number."),
        ("seed", "\ud800", f"seed is '\\ud800'; it takes {SEEDS}."),
        ("action_attempts", "later", f"action_attempts is 'later'; it takes 'instant', 'poll' or {SECONDS}."),
        ("action_attempts", math.inf, f"action_attempts is inf; it takes 'instant', 'poll' or {SECONDS}."),
        ("action_attempts", True, f"action_attempts is True; it takes 'instant', 'poll' or {SECONDS}."),
        ("action_attempts", None, f"action_attempts is None; it takes 'instant', 'poll' or {SECONDS}."),
        ("event_latency", "soon", f"event_latency is 'soon'; it takes {SECONDS}."),
        ("event_latency", "", f"event_latency is ''; it takes {SECONDS}."),
        ("event_latency", "-1", f"event_latency is '-1'; it takes {SECONDS}."),
        ("event_latency", -0.5, f"event_latency is -0.5; it takes {SECONDS}."),
        ("event_latency", "nan", f"event_latency is 'nan'; it takes {SECONDS}."),
        ("event_latency", "-inf", f"event_latency is '-inf'; it takes {SECONDS}."),
        ("event_latency", 10**400, f"event_latency is {shortened(str(10**400))}; it takes {SECONDS}."),
        ("event_latency", False, f"event_latency is False; it takes {SECONDS}."),
        ("event_latency", [2], f"event_latency is [2]; it takes {SECONDS}."),
        ("strict_ids", "maybe", "strict_ids is 'maybe'; it takes true or false."),
        ("strict_ids", None, "strict_ids is None; it takes true or false."),
        ("strict_ids", 2, "strict_ids is 2; it takes true or false."),
        ("rate_limits", "", "rate_limits is ''; it takes true or false."),
        ("intercept_allow", 5, f"intercept_allow is 5; it takes {HOSTS}."),
        ("intercept_allow", [5], f"intercept_allow is [5]; it takes {HOSTS}."),
        ("intercept_allow", b"a.example", f"intercept_allow is b'a.example'; it takes {HOSTS}."),
        ("api_key", 5, "api_key is 5; it takes a text."),
        ("api_key", "", "api_key is ''; it takes the API key of a sandbox workspace, such as 'seam_test1AbCd_9'"),
        ("api_key", "seam_test", "api_key is 'seam_test'; it takes the API key of a sandbox workspace"),
        ("api_key", "seam_test1 mine", "api_key is 'seam_test1…'; it takes"),
        ("api_key", "seam_live_secret", "api_key is 'seam_live_…'; it takes"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_other_value_is_refused(name, value, said):
    """The message names the setting, what was found and what it takes; of a key it shows the start only."""
    with pytest.raises(SandboxError) as refused:
        read_setting(name, value)

    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    "host",
    [
        "https://a.example",
        "a.example:8443",
        "a.example/path",
        "*.example",
        "user@a.example",
        ".example",
        "a..example",
        "ü" * 70,
        "[::1",
    ],
)
def test_what_is_no_host_is_refused(host):
    """An entry that could never be met is told, with the form that is."""
    with pytest.raises(SandboxError, match="it takes host names such as 'api.example.com'") as refused:
        read_setting("intercept_allow", ["fine.example", host])

    assert f"intercept_allow has {host!r}; " in str(refused.value)


@pytest.mark.parametrize("host", ["connect.getseam.com", "Connect.GetSeam.com."])
def test_host_of_seam_cannot_be_allowed(host):
    """It is answered by the sandbox, always."""
    with pytest.raises(SandboxError, match="which is Seam's own host; the sandbox answers for it"):
        read_setting("intercept_allow", host)


def test_layer_is_named():
    """A value that is refused says where it was written, and keeps its type of error."""
    with pytest.raises(SandboxError, match=r"^the option --x: strict_ids is 'maybe'; it takes true or false\.$"):
        read_setting("strict_ids", "maybe", "the option --x")
    with pytest.raises(UnknownWorld, match=r"^the option --x: there is no world 'hous'\. Did you mean 'house'\?"):
        read_setting("world", "hous", "the option --x")


@pytest.mark.parametrize("name", SETTINGS)
def test_default_is_that_of_the_argument(name):
    """A sandbox for which a setting is not given is like one for which its default is given as text."""
    text = SETTINGS[name].default
    given, left_out = Sandbox(**{name: text or None if name == "api_key" else text}), Sandbox()

    assert given.embedded.app.settings == left_out.embedded.app.settings
    assert (given.api_key, given.embedded.dump()) == (left_out.api_key, left_out.embedded.dump())


def test_setting_that_there_is_not_is_refused_with_the_nearest():
    """A misspelt setting is no setting."""
    with pytest.raises(SandboxError, match=r"^seeds is no setting of a sandbox\. Did you mean 'seed'\?$"):
        Sandbox(seeds=1)
    with pytest.raises(SandboxError, match=r"^x is no setting of a sandbox\. There are world, seed, "):
        Sandbox(x=1)


def test_setting_with_a_part_missing_is_told(monkeypatch):
    """Whoever adds a setting and forgets a part reads what to do next."""
    more = dict(SETTINGS) | {"colour": SETTINGS["seed"]}
    monkeypatch.setattr("pytest_seam_sandbox.settings.SETTINGS", more)
    with pytest.raises(TypeError, match=r"^colour: a setting is a row of SETTINGS and a key of SandboxSettings"):
        check_rows()

    with pytest.raises(TypeError, match=r"^colour: nobody takes this setting\. Make it a field of Settings in engine/"):
        check_fields(OWN_SETTINGS, (field.name for field in fields(Settings)))

    more["colour"] = SETTINGS["seed"]._replace(help="")
    with pytest.raises(TypeError, match=r"^the setting colour has no help\."):
        check_rows()


@given(st.floats(0, 1e9) | st.integers(0, 10**9))
def test_numbers_and_their_texts_are_the_same(number):
    """What Python writes is read back, in all settings that take seconds."""
    for name in ("event_latency", "state_latency", "deactivation_latency", "action_attempts"):
        assert read_setting(name, str(number)) == read_setting(name, number) == number


@given(st.floats() | st.text() | st.none() | st.booleans() | st.lists(st.text(), max_size=2) | st.integers())
def test_any_value_is_read_or_refused(value):
    """No other exception, and never seconds that are not finite."""
    for name in SETTINGS:
        try:
            found = read_setting(name, value)
        except SandboxError as refused:
            assert name in str(refused) or name == "world"  # noqa: PT017 - both outcomes are right
        else:
            assert not name.endswith(("latency", "attempts")) or found in ("instant", "poll") or 0 <= found <= 1e9


def test_arguments_are_read_like_texts():
    """Sandbox takes what an ini file holds."""
    sandbox = Sandbox(
        strict_ids="false",
        rate_limits="on",
        event_latency="2",
        state_latency="3",
        deactivation_latency="4",
        action_attempts="30",
        api_key="seam_test1_mine",
        intercept_allow="a.example",
    )

    assert sandbox.embedded.app.settings == Settings(
        strict_ids=False,
        rate_limits=True,
        event_latency=2,
        state_latency=3,
        deactivation_latency=4,
        action_attempts=30,
    )
    assert sandbox.api_key == "seam_test1_mine"


@pytest.mark.parametrize("name", ["event_latency", "state_latency", "deactivation_latency", "action_attempts"])
@pytest.mark.parametrize("seconds", [math.inf, -math.inf, math.nan, -1, "inf", "nan"])
def test_sandbox_refuses_seconds_that_are_none(name, seconds):
    """Nothing is made with a time that would never come."""
    with pytest.raises(SandboxError, match=f"{name} is "):
        Sandbox(**{name: seconds})


def test_key_of_ones_own_changes_no_id():
    """Ids, names and numbers follow from the seed alone; the key is the only one that works."""
    mine, other = Sandbox(api_key="seam_test1_mine"), Sandbox()

    assert mine.create_device().device_id == other.create_device().device_id
    assert mine.client().devices.list()[0].device_id == other.client().devices.list()[0].device_id
    with mine.http(headers={"authorization": f"Bearer {other.api_key}"}) as client:
        assert client.get("/devices/list").status_code == 401


def test_key_of_the_environment_is_not_read(monkeypatch):
    """SEAM_API_KEY is the key of somebody's real workspace."""
    monkeypatch.setenv("SEAM_API_KEY", "seam_test1_of_the_developer")

    assert Sandbox().api_key != "seam_test1_of_the_developer"


@pytest.mark.parametrize("snapshot", [True, False])
def test_key_of_ones_own_survives(snapshot):
    """A snapshot, and a reset of the workspace, leave the key as it is."""
    with Sandbox(api_key="seam_test1_mine", world="house") as sandbox, sandbox.http() as client:
        before = sandbox.snapshot()
        client.post("/workspaces/reset_sandbox", json={})
        if snapshot:
            sandbox.restore(before)

        assert client.get("/devices/list").status_code == 200


def test_seed_that_python_does_not_write_out():
    """An integer of more than 4,300 digits is refused like any other value."""
    with pytest.raises(SandboxError, match=r"^seed is a value of the type int that is too long to be written out; it"):
        read_setting("seed", 10**5_000)
