"""What a plugin cannot add: the message names the plugin, what was found and what to do."""

import re
from dataclasses import replace
from inspect import signature
from types import SimpleNamespace

import pytest

from pytest_seam_sandbox import SandboxError, hookspecs
from pytest_seam_sandbox.catalog.devices import device_model
from pytest_seam_sandbox.engine.auth import Method
from pytest_seam_sandbox.engine.events import EventFields
from pytest_seam_sandbox.engine.router import Router
from pytest_seam_sandbox.extensions import SWEEP_OPTIONS, Family, extensions_of
from pytest_seam_sandbox.outages import Disconnected, Outage
from pytest_seam_sandbox.outages.devices import DeviceOutage
from pytest_seam_sandbox.sweep import sweep

LOCK = replace(device_model("august_lock"), device_type="sauna_lock")


class Overheated(DeviceOutage):
    name = "overheated"
    sentence = "{} becomes too hot"
    switch = "overheatings"
    option = "overheat"


def but(**parts):
    """The kind of outage, with other parts."""
    return type("Changed", (Overheated,), parts)


def plugin(name="spa", **gives):
    """A plugin that gives this in its hooks."""
    return SimpleNamespace(
        __name__=name, **{f"pytest_seam_{hook}": lambda value=value: value for hook, value in gives.items()}
    )


def router(path):
    """A family with one endpoint at a path."""
    prefix, _, name = path.rpartition("/")
    made = Router(prefix)

    @made.get(name, allow=(Method.API_KEY,), source="assumed")
    def endpoint(_workspace):
        """Do nothing."""

    return made


def event(event_type):
    """A class of events of a type."""
    return type("Event", (EventFields,), {}, event_type=event_type)


class Plain:
    """No outage."""


REFUSED = [
    ("families", router("/saunas/get"), "Endpoint", "It takes Family"),
    ("families", [router("/saunas/get")], "<pytest_seam.*Router", r"It takes Family\(router\)"),
    ("families", [Family(Router("/saunas"))], r"Family\(router=", "a Router that has endpoints"),
    ("families", [Family(None)], r"Family\(router=None", "a Router that has endpoints"),
    ("families", [Family(router("/Saunas/get"))], "the path '/Saunas/get'", "A path is like Seam's: /family/name"),
    ("families", [Family(router("/_sandbox/reset"))], "the path '/_sandbox/reset'", "A path is like Seam's"),
    (
        "families",
        [Family(router("/locks/unlock_door"))],
        "the path /locks/unlock_door, which the sandbox has already",
        "use sandbox.stub",
    ),
    ("families", [Family(router("/saunas/get"), ("sauna.hot",))], "the event 'sauna.hot'", "classes below EventFields"),
    ("families", [Family(router("/saunas/get"), (event(""),))], "the event Event", "with an event_type"),
    (
        "families",
        [Family(router("/saunas/get"), (event("device.connected"),))],
        "the event 'device.connected', which is Seam's",
        "a type of its own",
    ),
    (
        "families",
        [Family(router("/saunas/get"))] * 2,
        "'/saunas/get', which 'spa' gives already",
        "Give it another name",
    ),
    ("device_models", LOCK, "DeviceModel", "It takes a list"),
    ("device_models", ["sauna_lock"], "'sauna_lock'", "It takes DeviceModel values"),
    ("device_models", [replace(LOCK, device_type="Sauna")], "DeviceModel", "a device_type such as 'sauna_lock'"),
    (
        "device_models",
        [replace(LOCK, device_type="yale_lock")],
        "the device type 'yale_lock', which is Seam's",
        "a type of its own",
    ),
    (
        "device_models",
        [replace(LOCK, provider="augst")],
        "'sauna_lock' with the provider 'augst'",
        "Did you mean 'august'",
    ),
    ("device_models", [replace(LOCK, provider=None)], "'sauna_lock' with the provider None", "Seam has no provider"),
    ("device_models", [LOCK, LOCK], "'sauna_lock', which 'spa' gives already", "Give it another name"),
    ("worlds", [print], "<built-in", "It takes a dict of functions"),
    ("worlds", {"Spa": print}, "'Spa'", "names such as 'spa'"),
    ("worlds", {"spa": 1}, "1", "functions that take a workspace"),
    ("worlds", {"house": print}, "the world 'house', which the sandbox has already", "Give it another name"),
    ("outages", Overheated, "Overheated", "It takes a list"),
    ("outages", "overheated", "'overheated'", "It takes a list"),
    ("outages", {"overheated": Overheated}, "'overheated'", "It takes a list"),
    ("outages", [Overheated, 1], "1", "classes below Outage"),
    ("outages", [Plain], "Plain", "classes below Outage"),
    ("outages", [but(sentence="")], "Changed without a sentence", "Set sentence in the class"),
    ("outages", [but(word="")], "Changed without a word", "Set word in the class"),
    ("outages", [but(name="")], "Changed with the name ''", "Set name in the class"),
    (
        "outages",
        [but(name="disconnected")],
        "the name 'disconnected', which the sandbox has already",
        "Give it another one",
    ),
    (
        "outages",
        [but(switch="removals")],
        "the switch 'removals', which the sandbox has already",
        "Give it another one",
    ),
    ("outages", [but(option="remove")], "the option 'remove', which the sandbox has already", "Give it another one"),
    ("outages", [but(option="depth")], "the option 'depth', which the sandbox has already", "Give it another one"),
    ("outages", [Disconnected], "Disconnected with the name 'disconnected'", "Give it another one"),
    (
        "outages",
        [Overheated, but(name="other", option="other")],
        "Changed with the switch 'overheatings', which Overheated of 'spa' has",
        "Give it another one",
    ),
    (
        "outages",
        [type("Bare", (Outage,), {**vars(Overheated), "word": "device", "__doc__": ""})],
        r"Bare without of\(\)",
        "take DeviceOutage as the base",
    ),
]


@pytest.mark.parametrize(
    ("hook", "value", "found", "wanted"), REFUSED, ids=[f"{hook}-{found}" for hook, _, found, _ in REFUSED]
)
def test_mistake_is_refused(hook, value, found, wanted):
    """Before any sandbox has it."""
    with pytest.raises(SandboxError) as refusal:
        extensions_of(plugin(**{hook: value}))

    said = str(refusal.value)
    assert said.startswith(f"the plugin 'spa' gives in pytest_seam_{hook}() ")
    assert re.search(found, said)
    assert re.search(wanted, said)


def test_second_plugin_is_told_of_the_first():
    """Both are named."""
    with pytest.raises(
        SandboxError, match=r"the plugin 'pool' gives in pytest_seam_worlds\(\) 'wet', which 'spa' gives already"
    ):
        extensions_of(plugin(worlds={"wet": print}), plugin("pool", worlds={"wet": print}))


def test_what_is_right_is_taken():
    """The refusals above mean something. An object without a name is called by its class."""

    class Spa:
        def pytest_seam_outages(self):
            return iter([Overheated])

    added = extensions_of(Spa(), plugin(device_models=[LOCK], families=[Family(router("/saunas/get"))]))

    assert dict(added.outages) == {"overheated": Overheated}
    assert list(added.device_models) == ["sauna_lock"]
    assert [endpoint.path for endpoint in added.endpoints()] == ["/saunas/get"]
    with pytest.raises(SandboxError, match="the plugin 'Pool' gives"):
        extensions_of(type("Pool", (), {"pytest_seam_outages": lambda _: 1})())


def test_options_of_a_sweep_are_known():
    """An added option takes the place of none."""
    assert set(SWEEP_OPTIONS) == set(signature(sweep).parameters) - {"sandbox", "targets"}


@pytest.mark.parametrize("hook", hookspecs.HOOKS)
def test_hooks_are_declared_with_a_sentence_and_give_nothing_themselves(hook):
    """pytest shows them to whoever writes a plugin."""
    declared = getattr(hookspecs, hook)

    assert declared() is None
    assert declared.__doc__
