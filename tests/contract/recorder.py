"""Holds every answer and every event of the suite against Seam's OpenAPI document, in the test that receives it."""

import json
from contextlib import contextmanager
from functools import cache

from contract.openapi import PATHS_NEWER_THAN_THE_DOCUMENT, SPEC, event_schemas, problems
from pytest_seam_sandbox import api
from pytest_seam_sandbox.api import _marks as marks
from pytest_seam_sandbox.engine.app import App
from pytest_seam_sandbox.engine.events import EventLog
from pytest_seam_sandbox.report.ledger import reachable_codes

OURS = "pytest_seam_sandbox."
RESOURCES = {
    "access_grant_id": "access_grant",
    "access_method_id": "access_method",
    "access_code_id": "access_code",
    "acs_credential_id": "acs_credential",
    "acs_access_group_id": "acs_access_group",
    "acs_encoder_id": "acs_encoder",
    "acs_user_id": "acs_user",
    "acs_entrance_id": "acs_entrance",
    "acs_system_id": "acs_system",
    "user_identity_id": "user_identity",
    "device_id": "device",
    "connected_account_id": "connected_account",
}
"""The resource that an object with such an id is; the first that fits, since objects also name what they belong to."""


NEWER_VARIANTS = {"insufficient_permissions"}
"""Codes with a variant that is newer than the document: it knows this one as no error of a device or its account."""

NEWER_MUTATIONS = {"waiting_for_access_on_acs_system"}
"""Pending changes of access methods that only the SDK has."""

_declared_codes = cache(reachable_codes)


@cache
def documented_codes(resource, kind):
    """The codes that the document lets the errors or warnings of a resource have."""
    items = SPEC["components"]["schemas"].get(resource, {}).get("properties", {}).get(kind, {}).get("items", {})
    words = ("error_code", "warning_code")
    return {
        code
        for variant in items.get("oneOf", ())
        for word in words
        for code in variant["properties"].get(word, {}).get("enum", ())
    } - NEWER_VARIANTS


ANY_UUID = "6a2c1f60-0d0b-4a3e-9c55-0f6f0a1b2c3d"


def resource_of(value):
    """The resource that an object is."""
    return next((name for key, name in RESOURCES.items() if key in value), None)


def without_strangers(value, marked):
    """The answer without the entries that a test has put there, or the SDK has, and whose code the document does not."""
    if isinstance(value, list):
        return [without_strangers(part, marked) for part in value]
    if not isinstance(value, dict):
        return value
    result = {key: without_strangers(part, marked) for key, part in value.items()}
    if isinstance(value.get("pending_mutations"), list):
        result["pending_mutations"] = [
            entry for entry in value["pending_mutations"] if entry.get("mutation_code") not in NEWER_MUTATIONS
        ]
    for kind, word in (("errors", "error_code"), ("warnings", "warning_code")):
        strangers = marked - documented_codes(resource_of(value), kind)
        if isinstance(value.get(kind), list):
            result[kind] = [entry for entry in value[kind] if entry.get(word) not in strangers]
    return result


def undeclared_codes(value, marked, place="$"):
    """The error and warning codes of an answer that no row class declares and no test put there, with their places."""
    if isinstance(value, list):
        parts = [(f"{place}[{number}]", part) for number, part in enumerate(value)]
        return [found for where, part in parts for found in undeclared_codes(part, marked, where)]
    if not isinstance(value, dict):
        return []
    resource = resource_of(value)
    declared = _declared_codes().get(resource, {})
    found = [
        f"{place}[{kind!r}]: {entry[word]!r} is not in {word}s of the row class of {resource}"
        for kind, word in (("errors", "error_code"), ("warnings", "warning_code"))
        for entry in value.get(kind) or ()
        if resource and word in entry and entry[word] not in {*declared.get(kind, ()), *marked}
    ]
    parts = [(f"{place}[{key!r}]", part) for key, part in value.items()]
    return found + [deeper for where, part in parts for deeper in undeclared_codes(part, marked, where)]


def read(body, *, strict_ids):
    """The JSON of an answer. Where ids may have any form, those that are no UUID are replaced by one."""
    value = json.loads(body)
    return value if strict_ids else with_uuids(value)


def with_uuids(value, name=""):
    """A copy of a value in which each id is a UUID: what stands in a field `…_id`, or in a list `…_ids`."""
    if isinstance(value, dict):
        return {key: with_uuids(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [with_uuids(part, name.removesuffix("s")) for part in value]
    return ANY_UUID if isinstance(value, str) and name.endswith("_id") else value


class Recorder:
    """Checks answers and events, each distinct one once in a process.

    checked: how many there were. marked: the codes that tests have put on resources.
    """

    def __init__(self):
        self._seen = set()
        self.marked = set()

    @property
    def checked(self):
        return len(self._seen)

    def answer(self, path, body, *, strict_ids=True):
        """Raise AssertionError for an answer that the document or the ledger does not know."""
        if path in PATHS_NEWER_THAN_THE_DOCUMENT or path not in SPEC["paths"] or self._is_known(path, body):
            return
        value = without_strangers(read(body, strict_ids=strict_ids), self.marked)
        self._refuse(path, problems("answers", path, value=value) + undeclared_codes(value, self.marked))

    def event(self, event_type, body, *, strict_ids=True):
        """Raise AssertionError for an event that its schema does not allow."""
        if event_type in event_schemas() and not self._is_known(event_type, body):
            self._refuse(event_type, problems("events", event_type, value=read(body, strict_ids=strict_ids)))

    def _is_known(self, name, body):
        known = len(self._seen)
        self._seen.add(hash((name, body)))
        return len(self._seen) == known

    @staticmethod
    def _refuse(name, problems):
        if problems:
            raise AssertionError("\n".join([f"{name} leaves Seam's contract:", *problems]))


@contextmanager
def recording():
    """Check every answer with status 200, but those that a fault made, and every event, as long as this is open.

    A sandbox to which a test has added endpoints has things that Seam does not have, so its answers are left out.
    """
    recorder = Recorder()
    reply, emit, put_mark = App._reply, EventLog.emit, marks.put_mark

    def checked_reply(app, exchange):
        response, endpoint = reply(app, exchange), exchange.endpoint
        is_ours = endpoint is not None and endpoint.function.__module__.startswith(OURS) and app._api is api
        if is_ours and response.status == 200 and response.body:
            recorder.answer(exchange.request.path, response.body, strict_ids=app.settings.strict_ids)
        return response

    def checked_emit(log, workspace, fields, **owners):
        event = emit(log, workspace, fields, **owners)
        copy = event.but()  # to read it leaves the event itself unread, as it is outside the suite
        body = copy.to_json()
        if type(copy.fields).__module__.startswith(OURS):
            recorder.event(copy.event_type, body, strict_ids=workspace.settings.strict_ids)
        return event

    def noted_mark(workspace, row, field, code, **details):
        recorder.marked |= {code, "issue_with_acs_user"}  # the second follows from errors of an ACS user
        put_mark(workspace, row, field, code, **details)

    App._reply, EventLog.emit, marks.put_mark = checked_reply, checked_emit, noted_mark
    try:
        yield recorder
    finally:
        App._reply, EventLog.emit, marks.put_mark = reply, emit, put_mark
