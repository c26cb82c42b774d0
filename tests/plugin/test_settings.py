"""Settings of the plugin: four layers, and what happens to nonsense."""

import pytest

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
        f"{marker}\ndef test_it(seam_sandbox):\n    assert len(seam_sandbox._api.devices()) == {COUNTS[world]}\n"
    )

    result = in_process(*([f"--seam-world={layers['option']}"] if "option" in layers else []))

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("action_attempts", "poll", "settings.action_attempts == 'poll'"),
        ("action_attempts", "2.5", "settings.action_attempts == 2.5"),
        ("event_latency", "3", "settings.event_latency == 3"),
        ("strict_ids", "off", "settings.strict_ids is False"),
        ("strict_ids", "Yes", "settings.strict_ids is True"),
    ],
)
@pytest.mark.parametrize("layer", ["environment", "ini", "option"])
def test_every_setting_exists_in_every_layer(pytester, monkeypatch, in_process, layer, name, value, check):
    """Texts become numbers and truth values."""
    if layer == "environment":
        monkeypatch.setenv(f"PYTEST_SEAM_{name.upper()}", value)
    pytester.makeini(f"[pytest]\nseam_{name} = {value}\n" if layer == "ini" else "[pytest]\n")
    pytester.makepyfile(
        f"def test_it(seam_sandbox):\n    settings = seam_sandbox._backend.app.settings\n    assert {check}\n"
    )

    result = in_process(*([f"--seam-{name.replace('_', '-')}={value}"] if layer == "option" else []))

    result.assert_outcomes(passed=1)


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
                settings = seam_sandbox._backend.app.settings
                assert seam_sandbox._api.devices() == []
                assert (settings.action_attempts, settings.event_latency) == (5, 1)
        """
    )

    in_process().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seam-world=hotl"], "*there is no world 'hotl'*Worlds: empty,*"),
        (["--seam-action-attempts=later"], "*action_attempts is 'later'; it takes 'instant', 'poll' or a number*"),
        (["--seam-event-latency=soon"], "*event_latency is 'soon'; it takes a number of seconds*"),
        (["--seam-event-latency=-1"], "*event_latency is -1.0*"),
        (["--seam-strict-ids=maybe"], "*seam_strict_ids is 'maybe'; it takes true or false*"),
    ],
)
def test_bad_setting_says_what_it_takes(pytester, in_process, arguments, words):
    """Nonsense in a setting is told in one line, where a sandbox would be made."""
    pytester.makepyfile("def test_it(seam_sandbox): pass")

    result = in_process(*arguments)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([words])


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

    result.stdout.fnmatch_lines(["seam sandbox: embedded, world house, seed 9"])
