"""Every method of the official SDK has its endpoint, every endpoint its method, parameter by parameter."""

import inspect
import pkgutil
from importlib import import_module

import seam.routes

from each import each
from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api import FAMILIES, all_endpoints

ENDPOINTS = {endpoint.path: endpoint for endpoint in all_endpoints()}
OF_THE_SDK_ALONE = {"wait_for_action_attempt": "an option of the client, never sent"}

NOT_EMULATED_YET = {}
"""Methods of emulated families that answer 501, and why."""

UNDOCUMENTED = {"device_selection_mode", "exclude_if", "hotek_metadata", "include_if", "is_programmed", "sync"}
"""Parameters that the specification has and marks as undocumented, wherever they occur."""

FILTERS_OF_ALL_DEVICES = {"custom_metadata_has", "space_id", "unstable_location_id", "user_identifier_key"}
FILTERS_OF_A_KIND = FILTERS_OF_ALL_DEVICES | {
    "connected_account_ids",
    "created_before",
    "device_ids",
    "limit",
    "page_cursor",
    "search",
}
PARAMETERS_THAT_THE_SDK_LACKS = {
    "/access_codes/update": {
        "is_offline_access_code",
        "is_one_time_use",
        "max_time_rounding",
        "prefer_native_scheduling",
        "preferred_code_length",
        "use_backup_access_code_pool",
        "use_offline_access_code",
    },
    "/devices/unmanaged/list": FILTERS_OF_ALL_DEVICES,
    "/locks/list": FILTERS_OF_A_KIND,
    "/noise_sensors/list": FILTERS_OF_A_KIND,
    "/customers/create_portal": {"_dev"},
    "/spaces/list": {"connected_account_id", "parent_space_id", "parent_space_key"},
    "/spaces/update": {"parent_space_id", "parent_space_key"},
    "/thermostats/list": FILTERS_OF_A_KIND,
}
"""Parameters that the specification documents, but that the SDK's generator left out."""


def methods_of_the_sdk():
    """Each generated method of the families that we emulate, as (name, path, method)."""
    for module in pkgutil.iter_modules(seam.routes.__path__):
        for name, kind in vars(import_module(f"seam.routes.{module.name}")).items():
            for method_name, method in vars(kind).items() if inspect.isclass(kind) else ():
                path = getattr(method, "__seam_path__", "")
                if kind.__module__.endswith(f".{module.name}") and path[1:].partition("/")[0] in FAMILIES:
                    yield f"{name}.{method_name}", path, method


METHODS = {name: (path, method) for name, path, method in methods_of_the_sdk()}
EMULATED = {name: row for name, row in METHODS.items() if row[0] not in NOT_EMULATED_YET}
WITH_A_CHOICE = {
    path: method.__seam_at_least_one_parameter_names__
    for path, method in EMULATED.values()
    if method.__seam_at_least_one_parameter_names__
}


def parameters_of(method):
    parameters = inspect.signature(method).parameters.values()
    return {
        parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY
    } - OF_THE_SDK_ALONE.keys()


def required_by(method):
    parameters = inspect.signature(method).parameters.values()
    return {
        parameter.name
        for parameter in parameters
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty
    }


def test_the_walk_finds_the_sdk():
    """The reflection finds sync and async methods of every family, so that the tests below mean something."""
    families = {path[1:].partition("/")[0] for path, _ in METHODS.values()}

    assert families == set(FAMILIES)
    assert {"Devices.list", "AsyncDevices.list", "PhonesSimulate.create_sandbox_phone"} <= METHODS.keys()
    assert len(EMULATED) == 2 * len(ENDPOINTS)


def test_every_endpoint_has_a_method_of_the_sdk():
    """No path is declared that the SDK could not call."""
    assert ENDPOINTS.keys() <= {path for path, _ in METHODS.values()}


def test_paths_that_are_not_emulated_are_those_of_the_list():
    """The list of methods without an endpoint is exact: nothing is missing from it, nothing on it is emulated."""
    assert {path for path, _ in METHODS.values()} - ENDPOINTS.keys() == NOT_EMULATED_YET.keys()


@each("name", sorted(EMULATED))
def test_every_parameter_of_the_sdk_is_accepted(name):
    """An endpoint knows each parameter that the SDK's method may send."""
    path, method = EMULATED[name]

    assert parameters_of(method) <= ENDPOINTS[path].params.fields.keys()


@each("name", sorted(EMULATED))
def test_parameters_that_the_sdk_lacks_are_those_of_the_list(name):
    """An endpoint takes nothing beyond the SDK's parameters, but for the exceptions that are named with a reason."""
    path, method = EMULATED[name]
    lacking = ENDPOINTS[path].params.fields.keys() - parameters_of(method) - UNDOCUMENTED

    assert lacking == PARAMETERS_THAT_THE_SDK_LACKS.get(path, set())


@each("name", sorted(EMULATED))
def test_required_parameters_are_those_of_the_sdk(name):
    """What the SDK demands is required by the endpoint, and nothing else."""
    path, method = EMULATED[name]

    assert ENDPOINTS[path].params.required == required_by(method)


@each("name", sorted(EMULATED))
def test_pages_are_those_of_the_sdk(name):
    """A list has pages exactly where the SDK's paginator works."""
    path, method = EMULATED[name]

    assert (ENDPOINTS[path].page_limit is not None) is method.__seam_has_pagination__


@each("name", sorted(EMULATED))
def test_async_and_sync_methods_agree(name):
    """The SDK's two faces send the same, so one endpoint serves both."""
    other = name.removeprefix("Async") if name.startswith("Async") else f"Async{name}"

    assert parameters_of(EMULATED[name][1]) == parameters_of(EMULATED[other][1])


@each("path", sorted(WITH_A_CHOICE))
def test_one_of_the_parameters_has_to_be_there(path):
    """Where the SDK demands at least one parameter, a request without any is `invalid_input`."""
    with Sandbox() as sandbox, sandbox.http() as http:
        answer = http.post(path, json={})

        assert answer.status_code == 400
        assert answer.json()["error"]["type"] == "invalid_input"
        assert set(WITH_A_CHOICE[path]) <= ENDPOINTS[path].params.fields.keys()
