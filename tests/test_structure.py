"""The structure of the package: imports point one way, nothing at module level changes, public names are there."""

import ast
import re
import subprocess
import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import pytest_seam_sandbox
from pytest_seam_sandbox.api import FAMILIES, _ranks
from pytest_seam_sandbox.api._ranks import RANKS

ROOT = Path(pytest_seam_sandbox.__file__).parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}

ARCHITECTURE_FILE = ROOT.parent / "docs" / "architecture.py"
spec = spec_from_file_location("architecture", ARCHITECTURE_FILE)
architecture = module_from_spec(spec)
spec.loader.exec_module(architecture)

FLOOR_OF = {part: number for number, floor in enumerate(architecture.FLOORS) for part in floor}
PUBLIC_NAMES = "__init__"
"""The module that hands the public names on; type checkers see it import nearly everything."""

STUBS = {"api.seam_fields"}
"""Modules that type checkers alone read."""


@cache
def tree_of(module):
    """What stands in a module. Read when a test asks: other workers of pytest-xdist collect these tests too."""
    return ast.parse(MODULES[module].read_text("utf-8"))


@cache
def imports():
    """Which module imports which."""
    return architecture.imports(ROOT)


def wrong_in(modules, find):
    """What is found in which of these modules; those in which nothing is found are left out."""
    return {module: found for module in modules if (found := find(module))}


def belongs(module, part):
    return module == part or module.startswith(f"{part}.")


def imports_of(module, nodes=None):
    """What a module imports of the package, anywhere in it: pairs of a module and a name taken from it, if any."""
    package = module.split(".") if MODULES[module].name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(tree_of(module)) if nodes is None else nodes:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *filter(None, (node.module or "").split("."))]
            for alias in node.names:
                inner = ".".join([*base, alias.name])
                if ".".join(base) not in STUBS:
                    yield (inner, None) if inner in MODULES else (".".join(base), alias.name)


def at_module_level(module):
    """The statements that run on import: not those in functions, nor those for type checkers only."""
    todo = list(tree_of(module).body)
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With) and "TYPE_CHECKING" not in ast.unparse(
            getattr(node, "test", node)
        ):
            todo += node.body


def endpoints_of(module):
    """The names of the functions that a router's decorator makes endpoints."""
    functions = [node for node in tree_of(module).body if isinstance(node, ast.FunctionDef)]
    return {
        function.name
        for function in functions
        if any(ast.unparse(decorator).startswith("router.") for decorator in function.decorator_list)
    }


def family_of(module):
    return module.split(".")[1]


def part_of(module):
    """What a module of `api` is called among the ranks: the longest name that it belongs to."""
    names = [name for name in RANKS if belongs(module, f"api.{name}")]
    return max(names, key=len, default=family_of(module))


def rank_of(module):
    return RANKS.index(part_of(module))


FAMILY_MODULES = [module for module in MODULES if module.startswith("api.")]


def test_the_reading_of_imports_finds_them():
    """The walk sees absolute and nested imports, so that the tests below mean something."""
    found = set(imports_of("worlds.build"))

    assert ("api.devices.state", "add_device") in found
    assert ("engine.workspace", "Workspace") in found
    assert "lock_door" in endpoints_of("api.locks")


def test_every_part_has_a_floor():
    """A new folder or file of the package says where it stands: in FLOORS of docs/architecture.py."""
    there = {architecture.part_of(module) for module in MODULES} - architecture.OUTSIDE

    assert there == set(FLOOR_OF)


@pytest.mark.parametrize("part", sorted(FLOOR_OF))
def test_parts_import_lower_floors_only(part):
    """engine knows nothing of Seam, api nothing of sandboxes, outages nothing of the emulator, nobody the plugin."""
    others = {
        other
        for module in MODULES
        if belongs(module, part)
        for other in map(architecture.part_of, imports()[module] - {PUBLIC_NAMES})
    }

    assert {other for other in others - {part} if FLOOR_OF[other] <= FLOOR_OF[part]} == set()


@pytest.mark.parametrize("part", ["outages", "expectations", "provisioning"])
def test_what_stands_on_a_backend_does_not_know_the_emulator(part):
    """It takes the protocol of backends/base.py, so that it works on any backend."""
    modules = [module for module in MODULES if belongs(module, part)]

    assert [module for module in modules if "backends.embedded" in imports()[module]] == []


def test_nobody_but_the_plugin_and_the_commands_takes_the_public_names():
    """They stand above all others."""
    takers = {architecture.part_of(module) for module in MODULES if PUBLIC_NAMES in imports()[module]}

    assert takers <= {"plugin", "cli", "__main__"}


def test_no_file_imports_itself_through_others():
    """Not in functions and not for type checkers either: what a lower file needs of a higher one is a protocol."""
    graph = {module: imports()[module] - {PUBLIC_NAMES} for module in MODULES if module != PUBLIC_NAMES}

    assert [module for module in graph if module in architecture.below(module, graph)] == []


def defined_in(module):
    """The names that a module gives to anything: functions, classes, variables, attributes, parameters."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


PRIVATE = re.compile(r"_[^_].*")
OF_THE_STANDARD_LIBRARY = {"_replace", "_asdict", "_getframe"}
"""Public in spite of their names."""


def private_names_of_others(module):
    """Names that a module takes from others although they are private there."""
    own = {*defined_in(module), *OF_THE_STANDARD_LIBRARY}
    taken = {
        node.attr
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in {"self", "cls", "super()"}
    }
    imported = {
        alias.name
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name not in {other.rpartition(".")[2] for other in imports()[module]}
    }
    return {name for name in (taken - own) | imported if PRIVATE.fullmatch(name)}


def test_private_names_stay_in_their_module():
    """What another module needs has a public name; a class may use what it inherits."""
    assert wrong_in(MODULES, private_names_of_others) == {}


def test_picture_of_the_floors_and_list_of_ranks_are_up_to_date():
    """docs/architecture.svg shows the imports of today, ARCHITECTURE.md the ranks."""
    text = architecture.TEXT.read_text("utf-8")
    is_true = architecture.PICTURE.read_text("utf-8") == architecture.drawn(imports())

    assert is_true, "run python docs/architecture.py"
    assert text == architecture.updated(text), "run python docs/architecture.py"


def test_text_about_the_floors_names_every_part():
    """The table of ARCHITECTURE.md says what each part is."""
    text = architecture.TEXT.read_text("utf-8")

    assert [part for part in FLOOR_OF if not re.search(rf"^\|[^|]*`{part}`", text, flags=re.MULTILINE)] == []


def routers_of(module):
    """The statements that declare a router."""
    assigned = [node for node in tree_of(module).body if isinstance(node, ast.Assign)]
    return [node for node in assigned if ast.unparse(node.targets[0]) == "router"]


def test_every_router_is_reached():
    """A module with endpoints is of a family with a rank; a part of it is included by the router of its family."""
    assert {family_of(module) for module in wrong_in(FAMILY_MODULES, routers_of)} <= {*FAMILIES}


def test_every_family_has_a_rank():
    """A new family says where it stands."""
    assert {part_of(module) for module in FAMILY_MODULES} == set(RANKS)


def test_module_of_a_family_without_a_rank_is_told_where_it_is_declared():
    """What forgets its rank hears the next step."""
    with pytest.raises(ValueError, match="api.saunas.model has no rank. A family: add its name to RANKS in "):
        _ranks.rank_of("pytest_seam_sandbox.api.saunas.model")


def test_list_of_families_imports_none_of_them():
    """It finds them by their names, so that every family may import what stands beside the list."""
    assert {imported for imported, _ in imports_of("api") if imported.startswith("api")} == {"api._ranks"}
    assert [imported for imported, _ in imports_of("api._ranks") if imported.startswith("api")] == []


def higher_families_in(module):
    """What a module imports of families above its own."""
    own = rank_of(module)
    return [other for other, _ in imports_of(module) if other.startswith("api.") and rank_of(other) > own]


def test_families_import_lower_families_only():
    """A family uses those below it and never those above."""
    assert wrong_in(FAMILY_MODULES, higher_families_in) == {}


@pytest.mark.parametrize(("highest_first", "order"), [(False, ["devices", "acs"]), (True, ["acs", "devices"])])
def test_modules_are_ordered_by_rank_and_not_as_they_are_named(highest_first, order):
    """Families react from the bottom up, or from the top down where what stands on others goes first."""
    ordered = _ranks.by_rank("acs.state", "devices.state", highest_first=highest_first)

    assert list(ordered) == [f"pytest_seam_sandbox.api.{family}.state" for family in order]


def test_modules_of_a_family_import_each_other_in_one_direction():
    """No module of a family imports itself through others of it."""
    below = {module: {other for other, _ in imports_of(module) if other in FAMILY_MODULES} for module in FAMILY_MODULES}
    left = set(below)
    while free := {module for module in left if not below[module] & left}:
        left -= free

    assert left == set()


def test_folder_of_a_family_loads_none_of_its_modules_by_itself():
    """Who needs the rows of a family does not load its endpoints."""
    folders = [module for module in FAMILY_MODULES if MODULES[module].name == "__init__.py"]

    assert folders
    assert wrong_in(folders, lambda module: list(imports_of(module))) == {}


def signals_of(module):
    """The signals that a module declares, each with the modules of `api` that it names."""
    for node in tree_of(module).body:
        value = getattr(node, "value", None)
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "Signal":
            yield node.target.id, [f"api.{argument.value}" for argument in value.args[0].args]


def reactions_of(module):
    """The signals that functions of a module react to."""
    for node in tree_of(module).body:
        for decorator in getattr(node, "decorator_list", []):
            if ast.unparse(decorator).endswith(".reaction"):
                yield ast.unparse(decorator).removesuffix(".reaction")


def test_signals_name_the_modules_that_react_to_them():
    """A module that reacts is named where the signal is declared, and a module that is named reacts."""
    signals = [signal for module in FAMILY_MODULES for signal in signals_of(module)]

    assert len(signals) == len(dict(signals)) > 0
    assert {(signal, other) for signal, others in signals for other in others} == {
        (signal, other) for other in FAMILY_MODULES for signal in reactions_of(other)
    }


def endpoints_taken_by(module):
    """The endpoints of other families that a module takes."""
    others = [
        pair for pair in imports_of(module) if pair[0].startswith("api.") and family_of(pair[0]) != family_of(module)
    ]
    attributes = {ast.unparse(node) for node in ast.walk(tree_of(module)) if isinstance(node, ast.Attribute)}
    return [
        f"{other}.{name}"
        for other, taken_name in others
        for name in endpoints_of(other)
        if taken_name == name or (taken_name is None and f"{other.split('.')[-1]}.{name}" in attributes)
    ]


def test_families_call_no_endpoint_of_another():
    """What families share are plain functions; an endpoint answers requests and nothing else."""
    assert wrong_in(FAMILY_MODULES, endpoints_taken_by) == {}


LOADED_BY_EVERY_RUN = (
    "hookspecs",
    "judging",
    "layers",
    "live_runs",
    "plugin",
    "run_hooks",
    "setting_values",
    "settings",
    "watch",
)


@pytest.mark.parametrize("module", LOADED_BY_EVERY_RUN)
def test_what_the_plugin_loads_imports_pytest_and_the_standard_library_only(module):
    """What every pytest run pays for, used or not, is a few small modules."""
    level = [node for node in at_module_level(module) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in level if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in level if isinstance(node, ast.ImportFrom) and not node.level}

    assert {name.partition(".")[0] for name in names} <= {"pytest", *sys.stdlib_module_names}
    assert {name for name, _ in imports_of(module, level)} <= {*LOADED_BY_EVERY_RUN}


def test_package_imports_nothing_of_its_own():
    """`import pytest_seam_sandbox` loads none of its modules."""
    code = "import sys, pytest_seam_sandbox; print([name for name in sys.modules if name.startswith('pytest_seam_sandbox.')])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*|__\w+__")


def containers_of(module):
    """The names at module level that stand for a dict, list or set."""
    for node in at_module_level(module):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        literal = isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp)
        called = isinstance(value, ast.Call) and ast.unparse(value.func) in {"dict", "list", "set", "defaultdict"}
        if literal or called:
            yield from map(ast.unparse, targets)


def test_containers_at_module_level_are_constants():
    """State belongs to a sandbox; what a module keeps has the name of a constant."""

    def variables(module):
        return [name for name in containers_of(module) if not CONSTANT.fullmatch(name)]

    assert wrong_in(MODULES, variables) == {}


def changes_in(module):
    """The globals that functions of a module rebind, and the containers of the module that they write into."""
    names = set(containers_of(module))
    walk = list(ast.walk(tree_of(module)))
    stores = {
        ast.unparse(node.value)
        for node in walk
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
    }
    calls = {
        ast.unparse(node.func.value)
        for node in walk
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"add", "append", "clear", "extend", "insert", "pop", "remove", "setdefault", "update"}
    }

    return [ast.unparse(node) for node in walk if isinstance(node, ast.Global)] + sorted(names & (stores | calls))


def test_constants_are_not_changed():
    """No function rebinds a global or writes into a container of its module."""
    assert wrong_in(MODULES, changes_in) == {}


def test_public_names_are_there():
    """Every name that the package offers can be imported."""
    assert [name for name in pytest_seam_sandbox.__all__ if getattr(pytest_seam_sandbox, name, None) is None] == []
    assert {*pytest_seam_sandbox.__all__} <= {*dir(pytest_seam_sandbox)}


def test_unknown_names_are_not_there():
    """A misspelt name is an AttributeError that says so."""
    with pytest.raises(AttributeError, match="has no attribute 'Sandpit'"):
        _ = pytest_seam_sandbox.Sandpit


TOLD = {
    "SandboxError",
    "ExpectationFailed",
    "UnknownId",
    "UnknownDeviceType",
    "UnknownWorld",
    "OutageNotPossible",
    "NotEmulated",
    "MissingDependency",
    "SweepFailed",
}
HIDDEN_ITSELF = {"plugin", "cli", "settings", "setting_values"}
"""A hook of pytest, whose lines pytest leaves out anyway, a program of its own, and what is hidden as a whole."""


def raised_without_hiding(module):
    """What a module raises for the author of a test without leaving its own lines out of the traceback."""
    raised = {
        name.id
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Raise) and node.exc is not None
        for name in ast.walk(node.exc)
        if isinstance(name, ast.Name)
    }
    hides = any(
        isinstance(node, ast.Assign) and ast.unparse(node) == "__tracebackhide__ = is_for_the_test"
        for node in tree_of(module).body
    )

    return set() if hides else raised & TOLD


def test_what_is_told_to_a_test_shows_the_line_of_the_test():
    """A module that raises what is meant for the author of a test leaves its own lines out of that traceback."""
    modules = [module for module in MODULES if architecture.part_of(module) not in HIDDEN_ITSELF]

    assert wrong_in(modules, raised_without_hiding) == {}
