"""Write what type checkers read of Seam: `python tests/typing/generate.py`, once its data has changed.

literals.py has the closed lists of names, from the data of the package; seam_fields.pyi the fields of Seam's objects
that our models do not declare themselves, from Seam's published schema; seam_fields.json their names, for the run time.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from keyword import iskeyword
from pathlib import Path
from typing import Any, NamedTuple

import pytest_seam_sandbox
from pytest_seam_sandbox.api._shared import Problem, Resource
from pytest_seam_sandbox.api.access_codes.model import AccessCode
from pytest_seam_sandbox.api.acs.kinds import SYSTEM_KINDS
from pytest_seam_sandbox.api.acs.resources import AcsCredential, AcsEntrance, AcsSystem, AcsUser
from pytest_seam_sandbox.api.connected_accounts.model import ConnectedAccount
from pytest_seam_sandbox.api.devices.model import Device, DeviceProperties
from pytest_seam_sandbox.api.events import Event
from pytest_seam_sandbox.api.phones.model import ShownPhoneProperties
from pytest_seam_sandbox.catalog.devices import device_models, providers
from pytest_seam_sandbox.catalog.known import event_types
from pytest_seam_sandbox.worlds.build import WORLDS

DOCUMENT = Path(__file__).parents[1] / "contract" / "openapi.json"
SPEC = json.loads(DOCUMENT.read_text("utf-8")) if DOCUMENT.exists() else {}
PACKAGE = Path(pytest_seam_sandbox.__file__).parent
LITERALS = PACKAGE / "catalog" / "literals.py"
STUB = PACKAGE / "api" / "seam_fields.pyi"
NAMES = PACKAGE / "catalog" / "seam_fields.json"
MODELS: Mapping[str, tuple[type[Resource], tuple[str, ...]]] = {
    "AccessCode": (AccessCode, ("access_code",)),
    "AcsCredential": (AcsCredential, ("acs_credential",)),
    "AcsEntrance": (AcsEntrance, ("acs_entrance",)),
    "AcsSystem": (AcsSystem, ("acs_system",)),
    "AcsUser": (AcsUser, ("acs_user",)),
    "ConnectedAccount": (ConnectedAccount, ("connected_account",)),
    "Device": (Device, ("device",)),
    "DeviceProperties": (DeviceProperties, ("device", "properties")),
    "Event": (Event, ("event",)),
    "ShownPhoneProperties": (ShownPhoneProperties, ("phone", "properties")),
}
"""Our models, and where the schema has their objects."""
WORDS = {"string": "str", "boolean": "bool", "number": "float", "integer": "int", "null": "None"}


# the closed lists of names


def literals() -> str:
    """The text of literals.py."""
    managed = sorted(name for name, model in device_models().items() if model.provider)
    lists = {
        "DeviceType": (managed, "The types of devices that `create_device` makes."),
        "EventType": (sorted(event_types()), "The types of events that Seam has."),
        "Provider": (sorted(row["device_provider_name"] for row in providers()), "The providers of accounts."),
        "World": (list(WORLDS), "What a sandbox can have at its start."),
        "AcsSystemType": (sorted(SYSTEM_KINDS), "The types of access systems that `create_acs_system` makes."),
    }
    text = [
        '"""The closed lists of names, for type checkers and editors. Made by tests/typing/generate.py from the data."""\n',
        "from typing import Literal\n",
    ]
    for name, (values, words) in lists.items():
        members = "".join(f'    "{value}",\n' for value in values)
        text.append(f'{name} = Literal[\n{members}]\n"""{words}"""')
    return "\n".join(text) + "\n"


# the fields of Seam's objects


class Field(NamedTuple):
    """What the variants of an object say about one of its fields. is_required: whether each of them always has it."""

    schemas: list[Mapping[str, Any]]
    is_required: bool


def fields_of(schema: Mapping[str, Any]) -> dict[str, Field]:
    """The fields of an object; those of all variants if it has several."""
    found = {
        name: Field([inner], name in schema.get("required", ())) for name, inner in schema.get("properties", {}).items()
    }
    for part in schema.get("allOf", ()):
        for name, field in fields_of(resolved(part)).items():
            before = found.get(name, Field([], is_required=False))
            found[name] = Field([*before.schemas, *field.schemas], before.is_required or field.is_required)
    variants = [fields_of(resolved(part)) for part in (*schema.get("oneOf", ()), *schema.get("anyOf", ()))]
    for name in dict.fromkeys(name for variant in variants for name in variant):
        having = [variant[name] for variant in variants if name in variant]
        schemas = [one for field in having for one in field.schemas]
        found[name] = Field(schemas, len(having) == len(variants) and all(field.is_required for field in having))
    return found


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema, or the one that it names."""
    if "$ref" not in schema:
        return schema
    named: Mapping[str, Any] = SPEC["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return named


class Stub:
    """The text of a stub, class by class."""

    def __init__(self) -> None:
        self.classes: list[str] = []
        self._bodies: dict[str, str] = {}

    def type_of(self, schemas: Sequence[Mapping[str, Any]], name: str, model: type[Resource]) -> str:
        """The type of a field in the words of Python. name: of the class, if it is an object."""
        parts: list[str] = []
        objects, names = [], []
        for schema in (inner for outer in schemas for inner in parts_of(resolved(outer))):
            kind = schema.get("type")
            if kind == "object" or "properties" in schema:
                objects.append(schema)
            elif kind == "array":
                parts.append(f"list[{self.type_of([schema['items']], name.removesuffix('s'), model)}]")
            elif "enum" in schema and kind == "string":
                names += [json.dumps(value) for value in schema["enum"] if value is not None]
            else:
                parts.append(WORDS.get(kind, "Any"))
            if schema.get("nullable"):
                parts.append("None")
        if objects:
            parts.insert(0, self._object(objects, name, model))
        lists = [part for part in parts if part.startswith("list[")]
        if len(set(lists)) > 1:
            parts = ["list[Any]", *(part for part in parts if part not in lists)]
        if names and "str" not in parts:
            parts.append(f"Literal[{', '.join(dict.fromkeys(names))}]")
        return " | ".join(sorted(dict.fromkeys(parts), key=lambda part: part == "None"))

    def _object(self, schemas: Sequence[Mapping[str, Any]], name: str, model: type[Resource]) -> str:
        fields = fields_of({"anyOf": schemas})
        if not fields:
            return "dict[str, Any]"
        body = self._body(fields, name, model, is_nested=True)
        known = next((other for other, text in self._bodies.items() if text == body), None)
        if known is not None:
            return known
        while name in self._bodies:
            name += "_"
        self._bodies[name] = body
        self.classes.append(f"class {name}(Resource):\n{body}")
        return name

    def _body(self, fields: Mapping[str, Field], owner: str, model: type[Resource], *, is_nested: bool) -> str:
        lines = []
        for name, field in sorted(fields.items()):
            if not name.isidentifier() or iskeyword(name) or name.startswith("_"):
                continue
            if name in model.free_keys:
                found = "dict[str, Any]"
            else:
                found = self.type_of(field.schemas, owner + name.title().replace("_", ""), model)
            if not (is_nested or field.is_required or "None" in found.split(" | ")):
                found += " | None"
            lines.append(f"    {name}: {found}\n")
        return "".join(lines) or "    pass\n"

    def add(self, name: str, fields: Mapping[str, Field], model: type[Resource]) -> None:
        """The fields that a model does not declare."""
        body = self._body(fields, name, model, is_nested=False)
        self.classes.append(f"class Seam{name}(Resource):\n{body}")


def parts_of(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The members of a union of what is not an object, else the schema itself."""
    members = [resolved(part) for part in (*schema.get("oneOf", ()), *schema.get("anyOf", ()))]
    if members:
        for member in members:
            yield from parts_of(member)
    else:
        yield schema


def undeclared() -> dict[str, dict[str, Field]]:
    """The fields that our models do not declare, by the names of the models."""
    found = {}
    for name, (model, (resource, *inner)) in MODELS.items():
        fields = fields_of(SPEC["components"]["schemas"][resource])
        for part in inner:
            fields = fields_of({"anyOf": fields[part].schemas})
        found[name] = {field: facts for field, facts in fields.items() if field not in model.model_fields}
    found["Problem"] = {
        field: facts._replace(is_required=False)
        for field, facts in fields_of({"anyOf": list(problems())}).items()
        if field not in Problem.model_fields
    }
    return found


def problems() -> Iterator[Mapping[str, Any]]:
    """All entries of `errors` and `warnings`."""
    for schema in SPEC["components"]["schemas"].values():
        fields = fields_of(schema)
        yield from (one["items"] for name in ("errors", "warnings") if name in fields for one in fields[name].schemas)


def seam_fields() -> tuple[str, str]:
    """The texts of seam_fields.pyi and seam_fields.json."""
    stub, found = Stub(), undeclared()
    for name, fields in found.items():
        stub.add(name, fields, Problem if name == "Problem" else MODELS[name][0])
    head = (
        "# Fields of Seam's objects that the models do not declare. Made by tests/typing/generate.py from the schema.\n"
        "# What an object does not carry is None; a nested object has what it carries and nothing else.\n\n"
        "from typing import Any, Literal\n\nfrom ._shared import Resource\n"
    )
    names = {name: sorted(fields) for name, fields in sorted(found.items())}
    return "\n".join([head, *stub.classes]), json.dumps(names, indent=1) + "\n"


if __name__ == "__main__":
    LITERALS.write_text(literals(), "utf-8")
    if SPEC:
        for path, text in zip((STUB, NAMES), seam_fields(), strict=True):
            path.write_text(text, "utf-8")
    else:
        sys.exit("there is no tests/contract/openapi.json; .ci/run makes it")
