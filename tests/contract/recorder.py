"""Holds every answer and every event of the suite against Seam's OpenAPI document, in the test that receives it."""

import json
from contextlib import contextmanager
from functools import cache

from contract.openapi import PATHS_NEWER_THAN_THE_DOCUMENT, SPEC, event_schemas, problems
from pytest_seam_sandbox.engine.app import App
from pytest_seam_sandbox.engine.events import EventLog
from pytest_seam_sandbox.report.ledger import reachable_codes

OURS = "pytest_seam_sandbox."
RESOURCES = {
    "access_code_id": "access_code",
    "acs_credential_id": "acs_credential",
    "acs_user_id": "acs_user",
    "acs_entrance_id": "acs_entrance",
    "acs_system_id": "acs_system",
    "user_identity_id": "user_identity",
    "device_id": "device",
    "connected_account_id": "connected_account",
}
"""The resource that an object with such an id is; the first that fits, since objects also name what they belong to."""


_declared_codes = cache(reachable_codes)


def undeclared_codes(value, place="$"):
    """The error and warning codes of an answer that no row class declares, each with its place."""
    if isinstance(value, list):
        return [found for number, part in enumerate(value) for found in undeclared_codes(part, f"{place}[{number}]")]
    if not isinstance(value, dict):
        return []
    resource = next((name for key, name in RESOURCES.items() if key in value), None)
    declared = _declared_codes().get(resource, {})
    found = [
        f"{place}[{kind!r}]: {entry[word]!r} is not in {word}s of the row class of {resource}"
        for kind, word in (("errors", "error_code"), ("warnings", "warning_code"))
        for entry in value.get(kind) or ()
        if resource and word in entry and entry[word] not in declared.get(kind, ())
    ]
    return found + [deeper for key, part in value.items() for deeper in undeclared_codes(part, f"{place}[{key!r}]")]


class Recorder:
    """Checks answers and events, each distinct one once in a process. checked: how many there were."""

    def __init__(self):
        self._seen = set()

    @property
    def checked(self):
        return len(self._seen)

    def answer(self, path, body):
        """Raise AssertionError for an answer that the document or the ledger does not know."""
        if path in PATHS_NEWER_THAN_THE_DOCUMENT or path not in SPEC["paths"] or self._is_known(path, body):
            return
        value = json.loads(body)
        self._refuse(path, problems("answers", path, value=value) + undeclared_codes(value))

    def event(self, event_type, body):
        """Raise AssertionError for an event that its schema does not allow."""
        if event_type in event_schemas() and not self._is_known(event_type, body):
            self._refuse(event_type, problems("events", event_type, value=json.loads(body)))

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
    """Check every answer with status 200, but those that a fault made, and every event, as long as this is open."""
    recorder = Recorder()
    reply, emit = App._reply, EventLog.emit

    def checked_reply(app, exchange):
        response, endpoint = reply(app, exchange), exchange.endpoint
        is_ours = endpoint is not None and endpoint.function.__module__.startswith(OURS)
        if is_ours and response.status == 200 and response.body:
            recorder.answer(exchange.request.path, response.body)
        return response

    def checked_emit(log, workspace, fields, **owners):
        event = emit(log, workspace, fields, **owners)
        copy = event.but()  # to read it leaves the event itself unread, as it is outside the suite
        body = copy.to_json()
        if type(copy.fields).__module__.startswith(OURS):
            recorder.event(copy.event_type, body)
        return event

    App._reply, EventLog.emit = checked_reply, checked_emit
    try:
        yield recorder
    finally:
        App._reply, EventLog.emit = reply, emit
