"""Settings of the plugin: four layers, and what happens to nonsense."""

import pytest

NATIVE = pytest.param("tool.pytest", marks=pytest.mark.skipif(pytest.version_tuple < (9,), reason="came with pytest 9"))
COUNTS = {"empty": 0, "house": 3}


@pytest.mark.parametrize(
    ("layers", "world"),
    [
        ({}, "empty"),
        ({"environment": "house"}, "house"),
        ({"environment": "house", "ini": "empty"}, "empty"),
        ({"ini": "house"}, "house"),
        ({"ini": "house", "option": "empty"}, "empty"),
        ({"option": "house"}, "house"),
        ({"option": "house", "marker": "empty"}, "empty"),
        ({"environment": "empty", "ini": "empty", "option": "empty", "marker": "house"}, "house"),
    ],
    ids=str,
)
def test_later_layers_win(pytester, monkeypatch, in_process, layers, world):
    """Environment, then ini, then option, then marker."""
    monkeypatch.setenv("PYTEST_SEAM_WORLD", layers.get("environment", ""))
    pytester.makeini("[pytest]\n" + (f"seam_world = {layers['ini']}\n" if "ini" in layers else ""))
    marker = f"import pytest\npytestmark = pytest.mark.seam(world={layers['marker']!r})" if "marker" in layers else ""
    pytester.makepyfile(
        f"{marker}\ndef test_it(seam_sandbox):\n    assert len(seam_sandbox.backend.api.devices()) == {COUNTS[world]}\n"
    )

    result = in_process(*([f"--seam-world={layers['option']}"] if "option" in layers else []))

    result.assert_outcomes(passed=1)


SETTINGS = "seam_sandbox.embedded.app.settings"
ALLOWED = "seam_sandbox._allowed == ('a.example', 'b.example')"


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("world", "house", "len(seam_sandbox.backend.api.devices()) == 3"),
        ("seed", "7", "seam_sandbox.api_key == Sandbox(seed=f'7/{request.node.nodeid}').api_key"),
        ("action_attempts", "poll", f"{SETTINGS}.action_attempts == 'poll'"),
        ("action_attempts", "2.5", f"{SETTINGS}.action_attempts == 2.5"),
        ("event_latency", "3", f"{SETTINGS}.event_latency == 3"),
        ("state_latency", "4", f"{SETTINGS}.state_latency == 4"),
        ("deactivation_latency", "5", f"{SETTINGS}.deactivation_latency == 5"),
        ("strict_ids", "off", f"{SETTINGS}.strict_ids is False"),
        ("strict_ids", "Yes", f"{SETTINGS}.strict_ids is True"),
        ("rate_limits", "true", f"{SETTINGS}.rate_limits is True"),
        ("automations", "on", f"{SETTINGS}.automations is True"),
        ("intercept_allow", "a.example, B.example", ALLOWED),
        ("api_key", "seam_test1_mine", "seam_sandbox.api_key == 'seam_test1_mine'"),
    ],
)
def test_text_means_the_same_in_every_layer(pytester, monkeypatch, in_process, name, value, check):
    """Environment, ini file, option and marker read a text alike; the argument of Sandbox does so too."""
    test = f"def test_it(request, seam_sandbox):\n    assert {check}\n"
    pytester.makepyfile(
        test_plain=f"from pytest_seam_sandbox import Sandbox\n\n{test}",
        test_marked=f"import pytest\nfrom pytest_seam_sandbox import Sandbox\n\n@pytest.mark.seam({name}={value!r})\n{test}",
    )

    in_process("test_marked.py").assert_outcomes(passed=1)
    in_process("test_plain.py", f"--seam-{name.replace('_', '-')}={value}").assert_outcomes(passed=1)
    pytester.makeini(f"[pytest]\nseam_{name} = {value}\n")
    in_process("test_plain.py").assert_outcomes(passed=1)
    pytester.makeini("[pytest]\n")
    monkeypatch.setenv(f"PYTEST_SEAM_{name.upper()}", value)
    in_process("test_plain.py").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "ini",
    [
        "[pytest]\nseam_intercept_allow =\n    a.example\n    b.example\n",
        "[pytest]\nseam_intercept_allow = a.example b.example\n",
    ],
    ids=["lines", "words"],
)
def test_list_in_an_ini_file(pytester, in_process, ini):
    """Hosts may stand on lines of their own."""
    pytester.makeini(ini)
    pytester.makepyfile(f"def test_it(seam_sandbox): assert {ALLOWED}")

    in_process("-W", "error").assert_outcomes(passed=1)


@pytest.mark.parametrize("table", ["tool.pytest.ini_options", NATIVE])
def test_list_in_a_toml_file(pytester, in_process, table):
    """A list of TOML is a list of hosts."""
    pytester.makepyprojecttoml(f'[{table}]\nseam_intercept_allow = ["a.example", "B.example"]\n')
    pytester.makepyfile(f"def test_it(seam_sandbox): assert {ALLOWED}")

    in_process("-W", "error").assert_outcomes(passed=1)


@pytest.mark.skipif(pytest.version_tuple < (9, 2), reason="pytest itself refuses numbers before")
def test_values_of_a_toml_file(pytester, in_process):
    """TOML's own numbers and truth values mean what their texts mean, zero and false too."""
    pytester.makepyprojecttoml(
        """
        [tool.pytest]
        seam_event_latency = 2
        seam_action_attempts = 2.5
        seam_strict_ids = false
        seam_rate_limits = true
        seam_seed = 0
        seam_intercept_allow = ["a.example, B.example"]
        """
    )
    pytester.makepyfile(
        f"""
        def test_it(seam_sandbox):
            settings = {SETTINGS}
            found = (settings.event_latency, settings.action_attempts, settings.strict_ids, settings.rate_limits)
            assert found == (2, 2.5, False, True)
            assert {ALLOWED}
        """
    )

    in_process("-W", "error").assert_outcomes(passed=1)


def test_refusal_shows_no_line_of_ours(pytester, in_process):
    """Under the error stands what is wrong, and not how it was found."""
    pytester.makepyfile("def test_it(seam_intercept): pass")

    result = in_process("--seam-strict-ids=maybe", "--seam-intercept-allow=a:80")

    assert "pytest_seam_sandbox/" not in result.stdout.str()


@pytest.mark.parametrize("layer", ["environment", "ini", "option"])
@pytest.mark.parametrize("empty", ["", " "])
def test_empty_text_says_nothing(pytester, monkeypatch, in_process, layer, empty):
    """A variable that is set to nothing, as CI systems do, leaves each setting to the layers below."""
    names = ["world", "seed", "action_attempts", "event_latency", "strict_ids", "rate_limits", "api_key"]
    if layer == "environment":
        for name in names:
            monkeypatch.setenv(f"PYTEST_SEAM_{name.upper()}", empty)
    else:
        monkeypatch.setenv("PYTEST_SEAM_WORLD", "house")
    if layer == "ini":
        pytester.makeini("[pytest]\n" + "".join(f"seam_{name} = {empty}\n" for name in names))
    devices = 0 if layer == "environment" else 3
    pytester.makepyfile(f"def test_it(seam_sandbox): assert len(seam_sandbox.backend.api.devices()) == {devices}")
    options = [f"--seam-{name.replace('_', '-')}={empty}" for name in names] if layer == "option" else []

    result = in_process(*options)

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"seam sandbox *: embedded, world {'house' if devices else 'empty'}, seed 0"])


def test_empty_option_clears_a_list(pytester, in_process):
    """There is no other way to allow no host in one run."""
    pytester.makeini("[pytest]\nseam_intercept_allow = a.example\n")
    pytester.makepyfile("def test_it(seam_sandbox): assert seam_sandbox._allowed == ()")

    in_process("--seam-intercept-allow=").assert_outcomes(passed=1)


def test_falsy_option_wins(pytester, in_process):
    """Zero and false are values."""
    pytester.makeini("[pytest]\nseam_event_latency = 5\nseam_rate_limits = true\nseam_seed = 3\n")
    pytester.makepyfile(
        f"def test_it(seam_sandbox): assert ({SETTINGS}.event_latency, {SETTINGS}.rate_limits) == (0, False)"
    )

    result = in_process("--seam-event-latency=0", "--seam-rate-limits=0", "--seam-seed=0")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["seam sandbox *: embedded, world empty, seed 0"])


def test_seed_of_a_marker_is_one_seed_among_others(pytester, in_process):
    """Ids follow from the seed and from the name of the test, whichever layer gives the seed."""
    pytester.makepyfile(
        """
        import pytest
        from pytest_seam_sandbox import Sandbox

        @pytest.mark.seam(seed=7)
        def test_it(request, seam_sandbox):
            assert seam_sandbox.workspace_id == Sandbox(seed=f"7/{request.node.nodeid}").workspace_id
        """
    )

    in_process().assert_outcomes(passed=1)


def test_closest_marker_wins(pytester, in_process):
    """A marker on a test goes before that of its class and its module; each adds what the others lack."""
    pytester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.seam(world="house", event_latency=1)

        @pytest.mark.seam(world="empty", action_attempts="poll")
        class TestIt:
            @pytest.mark.seam(action_attempts=5)
            def test_it(self, seam_sandbox):
                settings = seam_sandbox.embedded.app.settings
                assert seam_sandbox.backend.api.devices() == []
                assert (settings.action_attempts, settings.event_latency) == (5, 1)
        """
    )

    in_process().assert_outcomes(passed=1)


REFUSED = [
    ("world", "hotl", "there is no world 'hotl'. Did you mean 'hotel'? Worlds: empty,*"),
    ("action_attempts", "later", "action_attempts is 'later'; it takes 'instant', 'poll' or a number*"),
    ("event_latency", "soon", "event_latency is 'soon'; it takes a number of seconds*"),
    ("event_latency", "-1", "event_latency is '-1'; it takes a number of seconds*"),
    ("event_latency", "inf", "event_latency is 'inf'; it takes a number of seconds*"),
    ("action_attempts", "nan", "action_attempts is 'nan'; it takes 'instant', 'poll' or a number*"),
    ("strict_ids", "maybe", "strict_ids is 'maybe'; it takes true or false."),
    ("rate_limits", "2", "rate_limits is '2'; it takes true or false."),
    ("intercept_allow", "https://a.example", "intercept_allow has 'https://a.example'; it takes host names*"),
    ("api_key", "secret", "api_key is 'secret'; it takes the API key of a sandbox workspace*"),
]


@pytest.mark.parametrize(("name", "value", "words"), REFUSED, ids=lambda text: text[:20])
def test_bad_setting_says_what_it_takes_and_where_it_stands(pytester, monkeypatch, in_process, name, value, words):
    """Nonsense in a setting is told in one line, where a sandbox would be made, with the layer that holds it."""
    option = f"--seam-{name.replace('_', '-')}"
    pytester.makepyfile(
        test_plain="def test_it(seam_sandbox): pass",
        test_marked=f"import pytest\n@pytest.mark.seam({name}={value!r})\ndef test_it(seam_sandbox): pass",
    )

    def told(layer, *arguments):
        result = in_process(*arguments)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([f"E  *: {layer}: {words}"])

    told("the marker seam()", "test_marked.py")
    told(f"the option {option}", "test_plain.py", f"{option}={value}")
    pytester.makeini(f"[pytest]\nseam_{name} = {value}\n")
    told(f"seam_{name} in the ini file", "test_plain.py")
    pytester.makeini("[pytest]\n")
    monkeypatch.setenv(f"PYTEST_SEAM_{name.upper()}", value)
    told(f"the environment variable PYTEST_SEAM_{name.upper()}", "test_plain.py")


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ("seam(wrld='house')", "*the marker seam() does not take wrld; it takes the keywords world, seed,*"),
        ("seam('house')", "*the marker seam() does not take 'house'; it takes the keywords*"),
    ],
)
def test_bad_marker_says_what_it_takes(pytester, in_process, marker, words):
    """A marker takes the names of the settings and nothing else."""
    pytester.makepyfile(f"import pytest\n@pytest.mark.{marker}\ndef test_it(seam_sandbox): pass")

    result = in_process()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([words])


def test_marker_is_known(pytester, in_process):
    """--strict-markers accepts it, and --markers explains it."""
    pytester.makepyfile("import pytest\n@pytest.mark.seam(world='house')\ndef test_it(): pass")

    in_process("--strict-markers").assert_outcomes(passed=1)
    in_process("--markers").stdout.fnmatch_lines(
        ["@pytest.mark.seam(world=..., seed=...*settings of the Seam sandbox*"]
    )


def test_options_are_explained(pytester, in_process):
    """Each option has a line of help."""
    result = in_process("--help")

    result.stdout.fnmatch_lines(["Seam sandbox:", "*--seam-world*", "*--seam-seed*", "*--seam-action-attempts*"])


SEEN_IDS = r"""
    def test_one(seam_sandbox):
        print("\nID", seam_sandbox.create_device().device_id)

    def test_two(seam_sandbox):
        print("\nID", seam_sandbox.create_device().device_id)
"""


def ids_of(result):
    return [line for line in result.stdout.lines if line.startswith("ID ")]


def test_ids_follow_from_seed_and_test(pytester, in_process):
    """The same test has the same ids in each run, another test or another seed has others."""
    pytester.makepyfile(SEEN_IDS)

    first, again = ids_of(in_process("-s", "-q")), ids_of(in_process("-s", "-q"))
    alone = ids_of(in_process("-s", "-q", "-k", "two"))
    other = ids_of(in_process("-s", "-q", "--seam-seed=1"))

    assert first == again
    assert len({*first, *other}) == 4
    assert alone == first[1:]


def test_header(pytester, in_process):
    """One line says which sandbox the tests get."""
    result = in_process("--seam-world=house", "--seam-seed=9")

    result.stdout.fnmatch_lines(["seam sandbox *: embedded, world house, seed 9"])


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PYTEST_SEAM_WRLD", "PYTEST_SEAM_WRLD is no setting. Did you mean 'PYTEST_SEAM_WORLD'"),
        ("PYTEST_SEAM_world", "PYTEST_SEAM_world is no setting."),
        (f"PYTEST_SEAM_{'Z' * 40}", "is no setting. There are PYTEST_SEAM_WORLD, "),
    ],
)
def test_variable_that_is_no_setting(pytester, monkeypatch, in_process, variable, text):
    """A misspelt variable is refused with the nearest, whatever its value, by each test that has a sandbox."""
    monkeypatch.setenv(variable, "")
    pytester.makepyfile(
        "def test_it(sandbox_device):\n    pass\n\n\ndef test_other(seam_sandbox):\n    pass\n\n\ndef test_none():\n    pass\n"
    )

    result = in_process()

    result.assert_outcomes(errors=2, passed=1)
    assert text in result.stdout.str()


def test_variable_that_is_no_setting_in_a_run_without_sandboxes(pytester, monkeypatch, in_process):
    """A run that does not use the plugin is left alone, also under strict configuration."""
    monkeypatch.setenv("PYTEST_SEAM_WRLD", "house")
    pytester.makepyfile("def test_it():\n    pass\n")

    in_process().assert_outcomes(passed=1)
