"""Nothing that two sandboxes share can be changed by what one of them hands out."""

import contextlib
import copy
import enum
import functools
import importlib
import json
import pickle
import pkgutil
import re
import types
from collections.abc import MutableMapping, MutableSequence, MutableSet
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import time_machine
from seam.exceptions import SeamHttpApiError
from seam.routes.locks import Locks
from seam.seam import Seam

import pytest_seam_sandbox
from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.catalog.devices import device_models, device_provider, providers
from pytest_seam_sandbox.engine.frozen import FrozenDict, FrozenList, freeze
from pytest_seam_sandbox.provisioning import rules
from pytest_seam_sandbox.stateful import SandboxMachine, rule

NEW_YEAR = datetime(2031, 1, 1, tzinfo=UTC)
OURS = pytest_seam_sandbox.__name__
MUTABLE = (MutableMapping, MutableSequence, MutableSet, bytearray)
WITH_A_HOME = (type, types.FunctionType, functools._lru_cache_wrapper)
PLAIN = (str, bytes, int, float, type(None), re.Pattern, types.ModuleType, enum.Enum)
OF_LIBRARIES = {
    "model_config": "pydantic's settings of a model class, which pydantic reads when the class is made",
    "_field_defaults": "every NamedTuple has it, for people to read",
    "pytest_impl": "pluggy's mark on a hook",
}


class FaultyMachine(SandboxMachine):
    """A machine that needs the cached strategy of faults."""

    faults = ("/locks/*",)


CALLS = {
    "catalog.known.event_fields": ("device.added",),
    "api.router_of": ("locks",),
    "catalog.known.optional_fields": ("Device",),
    "api.connect_webviews.endpoints._default_capabilities": (("august",),),
    "transports.retries._options_of": (Seam,),
    "engine.clock.written_at": (0.0,),
    "engine.events.description_of": ("lock.unlocked",),
    "catalog.devices.device_provider": ("august",),
    "provisioning.arguments._params": (rules.of_a_login,),
    "stateful.machine._faults_of": (FaultyMachine,),
    "catalog.known.never_null_event_fields": ("space.created",),
    "catalog.known.required_event_fields": ("space.created",),
    "transports.waits._waiting_methods": (Locks,),
    "engine.places._is_ours_or_of_a_library": (__file__,),
    "engine.places._short": (__file__, "/"),
    "worlds.file.parsed": (
        '{"version": 1, "devices": [{"device_type": "august_lock", "properties": {"locked": true}}]}',
    ),
}
"""Arguments for the cached functions that take some; what they give is looked at too."""
ALLOWED = {
    "stateful.machine._start_of": "the sandbox that the runs of a machine start from; no run is handed it",
}


def modules():
    names = [info.name for info in pkgutil.walk_packages(pytest_seam_sandbox.__path__, f"{OURS}.")]
    return [pytest_seam_sandbox, *(importlib.import_module(name) for name in names if not name.endswith("__main__"))]


def is_ours(thing):
    home = getattr(thing, "__module__", None)
    return isinstance(home, str) and (home == OURS or home.startswith((f"{OURS}.", __name__)))


class Walk:
    """Looks at everything that can be reached from a value without a sandbox; `found` has paths of what can change."""

    def __init__(self):
        self.found = []
        self._seen = {}

    def into(self, value, path):
        if isinstance(value, PLAIN) or id(value) in self._seen:
            return self
        self._seen[id(value)] = value  # kept alive, so that no other gets its id
        for name, inner in self._parts(value, path):
            if name.rpartition(".")[2] not in OF_LIBRARIES:
                self.into(inner, f"{path}{name}")
        return self

    def _parts(self, value, path):
        if isinstance(value, MUTABLE) and not isinstance(value, FrozenDict | FrozenList):
            self.found.append(path)
        match value:
            case dict() | types.MappingProxyType():
                yield from ((f"[{key!r}]", inner) for key, inner in value.items())
            case list() | tuple() | set() | frozenset():
                yield from ((f"[{number}]", inner) for number, inner in enumerate(value))
            case staticmethod() | classmethod():
                yield "", value.__func__
            case functools.partial():
                yield from ((".args", value.args), (".keywords", tuple(value.keywords.values())))
            case functools._lru_cache_wrapper() if is_ours(value) and path not in ALLOWED:
                yield from (("", value.__wrapped__), ("()", value(*CALLS.get(path, ()))))
            case types.FunctionType() if is_ours(value):
                for name, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=True):
                    yield f"<{name}>", cell.cell_contents
                defaults = (*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values())
                yield from ((f"({number})", default) for number, default in enumerate(defaults))
                yield from self._vars(value)
            case _ if is_ours(value if isinstance(value, type) else type(value)):
                yield from self._vars(value)

    def _vars(self, value):
        slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
        held = dict(getattr(value, "__dict__", {})) | {name: getattr(value, name, None) for name in slots}
        is_enum = isinstance(value, enum.EnumMeta)
        return [(f".{name}", inner) for name, inner in held.items() if not (name.startswith("__") or is_enum)]


def test_no_module_keeps_what_a_caller_can_change():
    """Globals, classes, caches, defaults and closures of the whole package, with the route tables filled."""
    for endpoint in all_endpoints():
        _ = endpoint.params, endpoint.query_kinds, endpoint.injected
    walk = Walk()

    for module in modules():
        for name, value in vars(module).items():
            if not name.startswith("__"):
                path = f"{module.__name__}.{name}".removeprefix(f"{OURS}.")
                home = getattr(value, "__module__", module.__name__)
                if home == module.__name__ or not isinstance(value, WITH_A_HOME):
                    walk.into(value, path)

    assert walk.found == [], "use MappingProxyType, frozenset, a tuple or engine.frozen.freeze"


class Holder:
    kept = ()


def remembers(kept):
    return lambda: kept


@functools.cache
def cached():
    return {"a": 1}


@dataclass
class Slotted:
    __slots__ = ("inner",)
    inner: object


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ({}, ["x"]),
        ((1, [2]), ["x[1]"]),
        (types.MappingProxyType({"a": {"b": set()}}), ["x['a']", "x['a']['b']"]),
        (freeze({"a": [{"b": [1]}]}), []),
        (type("Child", (Holder,), {"kept": [1], "__module__": __name__}), ["x.kept"]),
        (remembers([1]), ["x<kept>"]),
        (lambda a=[]: a, ["x(0)"]),
        (lambda *, a={}: a, ["x(0)"]),
        (cached, ["x()"]),
        (Slotted([1]), ["x.inner"]),
        (functools.partial(len, {}), ["x.args[0]"]),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_walk_finds_what_can_change(value, paths):
    """The test above means something."""
    assert Walk().into(value, "x").found == paths


# values that refuse changes


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.clear(),
        lambda facts: facts.update(a=2),
        lambda facts: facts.pop("a"),
        lambda facts: facts.popitem(),
        lambda facts: facts.setdefault("x", 1),
        lambda facts: facts.__setitem__("a", 2),
        lambda facts: facts.__delitem__("a"),
        lambda facts: facts.__ior__({"x": 1}),
        lambda facts: facts["list"].append(3),
        lambda facts: facts["list"].extend([3]),
        lambda facts: facts["list"].insert(0, 3),
        lambda facts: facts["list"].pop(),
        lambda facts: facts["list"].remove(1),
        lambda facts: facts["list"].clear(),
        lambda facts: facts["list"].sort(),
        lambda facts: facts["list"].reverse(),
        lambda facts: facts["list"].__setitem__(0, 3),
        lambda facts: facts["list"].__delitem__(0),
        lambda facts: facts["list"].__iadd__([3]),
        lambda facts: facts["list"].__imul__(2),
        lambda facts: facts["list"][2].clear(),
    ],
)
def test_frozen_values_refuse_changes(change):
    """Every way to change one is an error that says what to do, and changes nothing."""
    facts = freeze({"a": 1, "list": [1, 2, {"b": None}]})

    with pytest.raises(TypeError, match=r"is read-only, since others see it too\. Change a copy of it: (dict|list)\("):
        change(facts)

    assert facts == {"a": 1, "list": [1, 2, {"b": None}]}


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda facts: pickle.loads(pickle.dumps(facts)), dict, lambda facts: facts | {}],
)
def test_copies_of_frozen_values_are_free(copied):
    """A copy equals the original, is JSON like it, and can be changed."""
    facts = freeze({"a": 1})
    free = copied(facts)

    free["a"] = 2

    assert json.dumps(facts) == '{"a": 1}'
    assert (type(free), free) == (dict, {"a": 2})
    assert copy.deepcopy(freeze([1, [2]])) == [1, [2]]
    assert type(copy.deepcopy(freeze([1, [2]]))[1]) is list


# two sandboxes


def spoil(value, seen=None):
    """Change a value and all that can be reached from it by public names, as far as it lets itself be changed."""
    seen = {} if seen is None else seen
    if isinstance(value, str | bytes | int | float | type(None) | type) or id(value) in seen:
        return
    seen[id(value)] = value
    if isinstance(value, dict):
        inner = list(value.values())
        attempt(value.clear)
        attempt(lambda: value.update(spoilt="x"))
    elif isinstance(value, list | tuple | set | frozenset):
        inner = list(value)
        attempt(getattr(value, "clear", list))
        attempt(functools.partial(getattr(value, "append", list), "spoilt"))
    else:
        held = {name: inner for name, inner in getattr(value, "__dict__", {}).items() if not name.startswith("_")}
        extra = getattr(value, "__pydantic_extra__", None) or {}
        slots = {
            name: getattr(value, name, None)
            for kind in type(value).__mro__
            for name in getattr(kind, "__slots__", ())
            if not name.startswith("_")
        }
        inner = [*held.values(), *extra.values(), *slots.values()]
        for name in [*held, *extra, *slots]:
            attempt(lambda name=name: setattr(value, name, "spoilt"))
    for one in inner:
        spoil(one, seen)


def attempt(change):
    with contextlib.suppress(TypeError, AttributeError, ValueError):  # when it refuses
        change()


def story(spoils):
    """A sandbox, and all that it hands out, in one text for comparison."""
    told = []

    def tell(found):
        told.append(repr(found))
        spoils(found)

    sandbox = Sandbox(seed=1, world="hotel")
    client = sandbox.client()
    device = sandbox.create_device(custom_metadata={"floor": "1"})
    phone = sandbox.create_phone()
    sandbox.create_connected_account(custom_metadata={"floor": "1"})
    lock_id, phone_id = str(device.device_id), str(phone.device_id)
    for call in range(2):  # the second time it is known
        tell(client.devices.get(device_id=lock_id))
        tell(client.phones.get(device_id=phone_id))
        tell(client.devices.list_device_providers())
        tell(client.connect_webviews.create(accepted_providers=["august"], custom_metadata={"call": str(call)}))
        with pytest.raises(SeamHttpApiError) as refused:
            client.devices.get(device_id="c" * 5)
        tell(str(refused.value))
        spoils(refused.value)
        with sandbox.http() as http:
            answer = http.post("/devices/list", json={"device_ids": [lock_id], "custom_metadata_has": {"floor": "1"}})
            tell([(name, value) for name, value in answer.headers.items() if name != "seam-request-id"])
            tell(answer.json())
        tell([request.params for request in sandbox.requests])
    tell(sandbox.get_device(lock_id))
    tell(sandbox.get_phone(phone_id))
    tell([event.model_dump() for event in sandbox.events])
    spoils(sandbox.events)
    tell(
        [(found.manufacturer, found.properties, device_provider(found.provider)) for found in device_models().values()]
    )
    tell(providers())
    tell(sandbox.embedded.dump())
    spoils(device)
    spoils(phone)
    return told


def test_what_one_sandbox_hands_out_is_its_own():
    """All of it is changed as far as possible, and another sandbox of the same seed tells the same story as before."""
    with time_machine.travel(NEW_YEAR, tick=False):
        before = story(lambda _: None)
        story(spoil)

        assert story(lambda _: None) == before


def test_recorded_parameters_are_read_only(seam_sandbox, seam_http, sandbox_device):
    """They are what was sent, at every depth, also the second time; a copy of them can be changed."""
    body = {"device_ids": [sandbox_device.device_id], "custom_metadata_has": {"floor": "1"}}
    for _ in range(2):
        seam_http.post("/devices/list", json=body)
        seam_http.post("/devices/get", json={"device_id": sandbox_device.device_id, "unknown": [1]})

    for request in seam_sandbox.requests:
        with pytest.raises(TypeError, match="read-only"):
            request.params.clear()
    with pytest.raises(TypeError, match="read-only"):
        seam_sandbox.requests[0].params["device_ids"].clear()

    assert [request.params for request in seam_sandbox.requests] == [
        body,
        {"device_id": sandbox_device.device_id, "unknown": [1]},
    ] * 2
    assert json.dumps(seam_sandbox.requests[0].params) == json.dumps(body)


def test_runs_of_a_machine_have_objects_of_their_own():
    """What a run does to a device of its bundle, the next run does not see."""

    class Machine(SandboxMachine):
        device_types = ("august_lock",)
        phone_count = 1

        @rule()
        def spoil_everything(self):
            for label in self._devices:
                spoil(self.device(label))
            for label in self._phones:
                spoil(self.phone(label))

    seen = []
    for _ in range(2):
        with Machine.again() as machine:
            (label,), (phone,) = machine._devices, machine._phones
            assert machine.device(label) == machine.sandbox.get_device(machine.device(label))
            assert machine.phone(phone) == machine.sandbox.get_phone(machine.phone(phone))
            seen.append((repr(machine.device(label)), repr(machine.phone(phone))))
            machine.spoil_everything()

    assert seen[0] == seen[1]
