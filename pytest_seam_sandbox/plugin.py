"""The pytest plugin: settings, marker and fixtures. Imports pytest and the standard library only."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from . import judging, live_runs

if TYPE_CHECKING:
    import httpx
    from seam.seam import AsyncSeam, Seam

    from . import Device, Phone, Sandbox, watch
    from .backends.extensions import Extensions
    from .layers import Wanted
    from .sweep import SeamSweep
    from .transports.server import Listener
    from .webhooks.webhooks import Webhooks

pytest.register_assert_rewrite("pytest_seam_sandbox.expectations")  # before a conftest.py can import it


_INI_VALUE: Any = str | bool | int | float if pytest.version_tuple >= (9, 2) else "string"
"""What a value of TOML may be; before 9.2 pytest itself refuses all but text."""
_KEYS = pytest.StashKey[dict[str, str]]()
"""The keys of the sandboxes of earlier tests, and the tests."""
_OUTCOME = pytest.StashKey[str]()
_NOTICED = pytest.StashKey[list[str]]()
_WATCH = pytest.StashKey["watch.Watch"]()
_WANTED = pytest.StashKey["Wanted"]()
_LIVE = pytest.StashKey[live_runs.LiveRuns]()
_MADE = pytest.StashKey["watch.Made"]()
"""The sandboxes that the code of the test has made, without the fixture."""
_SHARED = pytest.StashKey[dict[str, "watch.Made"]]()
"""The same for the fixtures that the tests of a class, a module or the session share, by their names."""
_MOST_MADE = 3
"""How many sandboxes of such a kind are shown under one failure."""
_OF_A_TEST: tuple[pytest.StashKey[Any], ...] = (judging.SANDBOXES, _OUTCOME, _NOTICED, _MADE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare every setting as an option and as an ini value."""
    from .layers import option_of
    from .settings import OF_THE_RUN, SETTINGS

    group = parser.getgroup("seam", "Seam sandbox")
    for name, setting in {**SETTINGS, **OF_THE_RUN}.items():
        bare: Any = {"nargs": "?", "const": setting.bare} if setting.bare else {}
        group.addoption(option_of(name), dest=f"seam_{name}", default=None, help=setting.help, **bare)
        kind: Any = "linelist" if setting.is_list else _INI_VALUE
        parser.addini(f"seam_{name}", f"{setting.help} (default: {setting.default or 'none'})", kind, default=None)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks by which other packages add to sandboxes."""
    from . import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and watch for failed setups and for sandboxes that tests make."""
    from .layers import configured, wanted
    from .run_hooks import RunHooks
    from .settings import SETTINGS
    from .watch import Watch

    config.stash[_WANTED] = wanted(config)
    config.stash[_WATCH] = Watch()
    config.stash[_WATCH].begin()
    config.add_cleanup(config.stash[_WATCH].end)

    live = config.stash[_LIVE] = live_runs.LiveRuns(config, config.stash[_WATCH])
    config.pluginmanager.register(live, "seam-live-runs")
    if configured(config, "backend")[0] == "live":
        live.begin()
        config.add_cleanup(live.end)

    names = ", ".join(f"{name}=..." for name in SETTINGS)
    config.addinivalue_line("markers", f"seam({names}): settings of the Seam sandbox of this test")
    config.pluginmanager.register(RunHooks(), "seam-run-hooks")
    config.stash[_WATCH].wants_pictures = bool(_wanted(config).page)
    if not hasattr(config, "workerinput"):
        _show_elsewhere(config)
        _show_progress(config)
    if coverage := _wanted(config).coverage:
        from .coverage_of_runs import CoverageOfRun

        plugin = CoverageOfRun(config, coverage)
        config.stash[_WATCH].see = plugin.see
        config.pluginmanager.register(plugin, "seam-coverage")


def _wanted(config: pytest.Config) -> Wanted:
    return config.stash[_WANTED]


def _show_elsewhere(config: pytest.Config) -> None:
    """Let the report page and the file of --junit-xml have the timelines, if there are any."""
    page = _wanted(config).page
    if page:
        from .reporting import PageWriter

        path = config.invocation_params.dir / Path(page).expanduser()
        config.pluginmanager.register(PageWriter(path, pytest_report_header(config)), "seam-report-page")
    if config.getoption("xmlpath", None):
        from .run_hooks import InJUnit

        config.pluginmanager.register(InJUnit(), "seam-in-junit")


def _show_progress(config: pytest.Config) -> None:
    """Let the terminal show how far long work is, if there is one."""
    if sys.stdout and sys.stdout.isatty():
        from .progress import Progress

        config.pluginmanager.register(Progress(sys.stdout, config.stash[_WATCH]), "seam-progress")


def pytest_report_header(config: pytest.Config) -> str:
    """One line that says which sandbox the tests get."""
    from . import __version__
    from .layers import configured

    names = ("backend", "world", "seed", "live_workspaces")
    backend, world, seed, workspaces = (configured(config, name)[0] for name in names)
    if backend == "live":
        listed = workspaces if isinstance(workspaces, str) else ", ".join(workspaces or ())
        return f"seam sandbox {__version__}: live, workspaces {listed or 'none'}"
    return f"seam sandbox {__version__}: embedded, world {world}, seed {seed}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Let what a sandbox noticed join the failure of a fixture; without one, it fails the test."""
    __tracebackhide__ = True
    from .watch import Made

    item.config.stash[_WATCH].made = item.stash[_MADE] = Made()
    with judging.joining(item):
        yield


@pytest.hookimpl(wrapper=True, tryfirst=True)  # Hypothesis has a wrapper too, and what it raises is to be seen here
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Let what is wrong for certain fail the test itself, or join the failure that there is."""
    __tracebackhide__ = True
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        from .strategies.given_settings import adapt_settings

        adapt_settings(item.obj)  # type: ignore[attr-defined]  # it has one, as was just seen
    with judging.joining(item):
        try:
            yield
        except BaseException as error:
            judging.hint_at_strategies(item, error, globals())
            judging.hint_at_closed_client(item, error)
            raise
    if kept := getattr(item, "_excinfo", None):  # what a unittest.TestCase raised, which pytest puts in place of ours
        if skipped := judging.as_skip(kept[0].value):
            kept[0] = pytest.ExceptionInfo.from_exception(skipped.with_traceback(kept[0].tb))
        judging.tell(item, kept[0].value, judging.mishaps(item))
    judging.raise_all(item, judging.mishaps(item))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Judge all that is wrong when every fixture has ended: an error of the teardown, unless the test failed before."""
    __tracebackhide__ = True
    with judging.joining(item, at_the_end=True):
        yield
    problems = judging.mishaps(item)
    outcome = item.stash.get(_OUTCOME, "passed")
    if outcome != "skipped":
        problems += judging.left_over(item)
    if outcome == "failed":
        item.stash[_NOTICED] = [*judging.texts(problems), *judging.hints(item)]
    else:
        judging.raise_all(item, problems)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the timeline of each sandbox under what failed, and what the teardown noticed into its report."""
    report = yield
    sandboxes = item.stash.get(judging.SANDBOXES, ())
    if report.failed or (report.when == "call" and _wanted(item.config).of_all):
        shown = {id(sandbox): sandbox for sandbox in (*_of_shared_fixtures(item), *sandboxes, *_made_by(item))}
        pictures = item.stash[_MADE].pictures if _MADE in item.stash else ()
        if shown or pictures:
            from .reporting import tell

            error = call.excinfo.value if call.excinfo and report.failed else None
            tell(_wanted(item.config), report, error, list(shown.values()), pictures)
    if report.when != "teardown":
        item.stash[_OUTCOME] = report.outcome
        for sandbox in filter(_is_embedded, sandboxes):
            sandbox.faults.test_has_failed = report.outcome != "passed"
    else:
        if texts := item.stash.get(_NOTICED, ()):
            from .run_hooks import AT_TEARDOWN

            report.sections.append((AT_TEARDOWN, "\n".join(texts)))
        for sandbox in filter(_is_embedded, sandboxes):
            item.config.stash[_KEYS].update(dict.fromkeys(sandbox.embedded.app.gate.credentials(), item.nodeid))
        item.config.stash[_WATCH].made = None
        for key in _OF_A_TEST:  # items live as long as the session, and sandboxes should not
            if key in item.stash:
                del item.stash[key]
    return report


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Keep the sandboxes that a fixture makes for several tests apart from those of the first of them."""
    __tracebackhide__ = True
    if fixturedef.scope == "function":
        return (yield)
    from .watch import Made

    made = request.node.stash.setdefault(_SHARED, {})[fixturedef.argname] = Made()
    with request.config.stash[_WATCH].into(made):
        return (yield)


def _is_embedded(sandbox: Sandbox) -> bool:
    return not sandbox.is_live


def _made_by(item: pytest.Item) -> list[watch.HasTimeline]:
    return item.stash[_MADE].newest(_MOST_MADE) if _MADE in item.stash else []


def _of_shared_fixtures(item: pytest.Item) -> Iterator[watch.HasTimeline]:
    """The sandboxes of the fixtures of this test that other tests have too."""
    names = getattr(item, "fixturenames", ())
    for node in item.listchain():
        for name, made in node.stash.get(_SHARED, {}).items():
            if name in names:
                yield from made.newest(_MOST_MADE)


@pytest.fixture(scope="session")
def seam_extensions(pytestconfig: pytest.Config) -> Extensions:
    """What plugins and conftest.py add to every seam_sandbox by the hooks pytest_seam_..., for other sandboxes too."""
    from .backends.extensions import NO_EXTENSIONS
    from .hookspecs import HOOKS

    __tracebackhide__ = True
    if not any(getattr(pytestconfig.hook, name).get_hookimpls() for name in HOOKS):
        return NO_EXTENSIONS
    from .extensions import extensions_of_run

    return extensions_of_run(pytestconfig.pluginmanager)


@pytest.fixture
def seam_sandbox(request: pytest.FixtureRequest, seam_extensions: Extensions) -> Iterator[Sandbox]:
    """A fresh Seam sandbox workspace for this test."""
    from . import Sandbox
    from .layers import settings_of

    __tracebackhide__ = True
    settings = settings_of(request, seam_extensions.worlds)
    with request.config.stash[_LIVE].test(is_live=settings.get("backend") == "live") as lead_to:
        sandbox = Sandbox(extensions=seam_extensions, **settings)
        request.node.stash.setdefault(judging.SANDBOXES, []).append(sandbox)
        keys = request.config.stash.setdefault(_KEYS, {})
        if not sandbox.is_live:
            sandbox.embedded.app.gate.other_keys = keys
        with lead_to(sandbox):
            yield sandbox
        sandbox.close()


@pytest.fixture
def sandbox_phone(seam_sandbox: Sandbox) -> Phone:
    """An Android phone of a fresh user identity, in seam_sandbox."""
    return seam_sandbox.create_phone()


@pytest.fixture
def sandbox_device(seam_sandbox: Sandbox) -> Device:
    """An online August lock that can be disconnected, in seam_sandbox."""
    return seam_sandbox.create_device()


@pytest.fixture
def seam_client(seam_sandbox: Sandbox) -> Iterator[Seam]:
    """The official seam.Seam, in process, with the SDK's own retries."""
    client = seam_sandbox.client()
    yield client
    client.client.close()  # Seam itself has had close() since 3.5


@pytest.fixture
def async_seam_client(seam_sandbox: Sandbox) -> AsyncSeam:
    """The official seam.AsyncSeam, in process, with the SDK's own retries."""
    return seam_sandbox.async_client()


@pytest.fixture
def seam_http(seam_sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A plain httpx.Client with the sandbox's API key; needs no SDK."""
    with seam_sandbox.http() as client:
        yield client


@pytest.fixture
def seam_intercept(seam_sandbox: Sandbox, pytestconfig: pytest.Config) -> Iterator[Sandbox]:
    """For this test, httpx requests of the process to Seam's host reach seam_sandbox; other hosts are refused."""
    with pytestconfig.stash[_LIVE].set_aside(), seam_sandbox.intercepted():
        yield seam_sandbox


@pytest.fixture(scope="session")
def _seam_listener() -> Iterator[Listener]:
    """The loopback listener that all tests of the session share."""
    from .transports.server import Listener

    with Listener() as listener:
        yield listener


@pytest.fixture
def seam_server(_seam_listener: Listener, seam_sandbox: Sandbox) -> Iterator[str]:
    """The URL of a loopback server that answers from seam_sandbox."""
    with seam_sandbox.serve() if seam_sandbox.is_live else _seam_listener.joined(seam_sandbox.embedded.app) as url:
        yield url


@pytest.fixture
def seam_environ(seam_server: str, seam_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """SEAM_ENDPOINT and SEAM_API_KEY lead to seam_sandbox over loopback, past any proxy; other SEAM_* are cleared."""
    from .transports.proxies import around_proxies

    for name in [name for name in os.environ if name.startswith("SEAM_")]:
        monkeypatch.delenv(name)
    environ = {"SEAM_ENDPOINT": seam_server, "SEAM_API_KEY": seam_sandbox.api_key, **around_proxies(os.environ)}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return environ


@pytest.fixture
def seam_webhooks(seam_sandbox: Sandbox) -> Webhooks:
    """Signed delivery of the events of seam_sandbox to the program under test, and an inbox of what was delivered."""
    return seam_sandbox.webhooks


@pytest.fixture
def seam_sweep(seam_sandbox: Sandbox) -> SeamSweep:
    """Run a scenario in seam_sandbox, with an outage or a fault at each of its calls in turn."""
    from functools import partial

    from .sweep import sweep

    return cast("SeamSweep", partial(sweep, seam_sandbox))
