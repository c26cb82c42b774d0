"""Seam's OpenAPI document, where a copy of it lies beside this file, and its schemas as JSON Schema."""

import json
import re
from functools import cache
from pathlib import Path

import jsonschema_rs

DOCUMENT = Path(__file__).with_name("openapi.json")
SPEC = json.loads(DOCUMENT.read_text("utf-8")) if DOCUMENT.exists() else {}

PATHS_NEWER_THAN_THE_DOCUMENT = {
    "/cameras/live_views/create",
    "/cameras/live_views/offer",
    "/cameras/live_views/stop",
    "/media/get",
    "/thermostats/activate_weekly_program",
    "/user_identities/merge",
}
TYPES_NEWER_THAN_THE_DOCUMENT = {
    "aqara_lock",
    "arlo_camera",
    "reolink_camera",
    "sonos_speaker",
    "tapo_camera",
    "yacan_lock",
}
"""Device types, of Seam's newest documents and of the SDK."""
PROVIDERS_NEWER_THAN_THE_DOCUMENT = {"aqara", "arlo", "dormakaba_oracode_iho", "reolink", "sonos", "tapo", "yacan"}
FREE_TEXTS = {"connect_webview_ids", "custom_redirect_url", "custom_redirect_failure_url"}
"""Fields that repeat what a request gave: any text by the document's requests, a uuid or uri by its answers."""


def is_text_of(form):
    return lambda value: not isinstance(value, str) or re.fullmatch(form, value) is not None


FORMATS = {
    "uuid": is_text_of("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "date-time": is_text_of(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
    "uri": is_text_of(r"\w+:.+"),
}
"""The formats of the document, as strict as Seam's own answers are."""


def operation(path):
    return SPEC["paths"][path]["post"]


def answer_of(path):
    return operation(path)["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})


def amended(schema):
    """A schema that also allows what Seam's newest documents have, and takes FREE_TEXTS as requests may give them."""
    if isinstance(schema, list):
        return [amended(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {word: without_format(part) if word in FREE_TEXTS else amended(part) for word, part in schema.items()}
    if "august_lock" in result.get("enum", ()):
        result["enum"] = [*result["enum"], *sorted(TYPES_NEWER_THAN_THE_DOCUMENT)]
    if "hotek" in result.get("enum", ()):
        result["enum"] = [*result["enum"], *sorted(PROVIDERS_NEWER_THAN_THE_DOCUMENT)]
    return result


def without_format(schema):
    if not isinstance(schema, dict):
        return schema
    return {word: without_format(part) for word, part in schema.items() if word != "format"}


@cache
def event_schemas():
    """The schema of each event type; none without the document."""
    variants = SPEC["components"]["schemas"]["event"]["oneOf"] if SPEC else []
    return {name: variant for variant in variants for name in variant["properties"]["event_type"]["enum"]}


def converted(schema):
    """A schema of OpenAPI 3.0 as JSON Schema.

    `nullable` becomes a type, an exclusive limit a number, and a union needs one branch that fits.
    """
    if isinstance(schema, list):
        return [converted(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {
        {"oneOf": "anyOf"}.get(word, word): converted(part) for word, part in schema.items() if word != "nullable"
    }
    for limit, word in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if result.get(word) is True:
            result[word] = result.pop(limit)
    return {"anyOf": [result, {"type": "null"}]} if schema.get("nullable") is True else result


@cache
def _schemas():
    """All schemas as one document: it is slow to hand the components over for each of them."""
    document = {
        "components": SPEC["components"],
        "answers": {path: answer_of(path) for path, methods in SPEC["paths"].items() if "post" in methods},
        "events": event_schemas(),
    }
    return jsonschema_rs.Registry([("urn:seam", converted(amended(document)))])


@cache
def _validator(place):
    pointer = "/".join(part.replace("/", "~1") for part in place)
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"urn:seam#/{pointer}"}, registry=_schemas(), formats=FORMATS, validate_formats=True
    )


def problems(*place, value):
    """What is wrong with a value, each with where it is.

    place: of the schema: ("answers", path), ("events", type) or ("components", "schemas", name).
    """
    return [
        f"${''.join(f'[{part!r}]' for part in error.instance_path)}: {error.message[:300]}"
        for error in _validator(place).iter_errors(value)
    ]
