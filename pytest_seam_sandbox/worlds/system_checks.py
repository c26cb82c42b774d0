"""What a world in a file must not say of access systems: other methods, references to nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ..api.acs.kinds import SYSTEM_KINDS
from ..engine.errors import quoted
from ..report.texts import nearest
from .format import Credential, System
from .references import Fault, Owners, Place, all_missing, ids_of, is_below_itself, missing, period

_SYSTEM = "the access system"
_MANAGER = "default_credential_manager_acs_system_id"


def faults_of_system(place: Place, system: System, owners: Owners) -> Iterator[Fault]:
    """What is wrong with an access system and with what is in it."""
    yield from missing(place, "connected_account_id", system.connected_account_id, owners)
    manager = system.default_credential_manager_acs_system_id
    yield from missing(place, "acs_system_id", manager, owners, field=_MANAGER)
    kind = SYSTEM_KINDS.get(system.system_type)
    if kind is None:
        hint = nearest(system.system_type, list(SYSTEM_KINDS)) or f"There are {', '.join(SYSTEM_KINDS)}"
        yield Fault((*place, "system_type"), f"Seam has no access system {quoted(system.system_type)}. {hint}")
        return
    yield from _of_users(place, system, owners)
    yield from _of_groups(place, system)
    if system.encoders and not kind.has_encoders:
        yield Fault((*place, "encoders"), f"{quoted(system.system_type)} has no encoders that Seam reaches")
    parents = {one.acs_credential_id: one.parent_acs_credential_id for one in system.credentials}
    own = ids_of(system)
    for number, credential in enumerate(system.credentials):
        here = (*place, "credentials", number)
        if is_below_itself(credential.acs_credential_id, parents):
            yield Fault((*here, "parent_acs_credential_id"), "the credential is below itself, by way of its parents")
        yield from period(here, credential.starts_at, credential.ends_at)
        yield from _of_credential(here, credential, own)
        for name in ("user_identity_id", "access_method_id"):
            yield from missing(here, name, getattr(credential, name), owners)
        if credential.access_method not in kind.methods:
            methods = ", ".join(kind.methods) or "none"
            text = f"{quoted(system.system_type)} has no {credential.access_method} credentials; it has {methods}"
            yield Fault((*here, "access_method"), text)


def _of_users(place: Place, system: System, owners: Owners) -> Iterator[Fault]:
    seen: set[str | None] = set()
    own = ids_of(system)
    for number, user in enumerate(system.users):
        here = (*place, "users", number)
        yield from missing(here, "user_identity_id", user.user_identity_id, owners)
        yield from all_missing(here, "acs_entrance_id", user.acs_entrance_ids, own, of=_SYSTEM)
        if user.user_identity_id in seen:
            yield Fault((*here, "user_identity_id"), "a person has one user in an access system; there is another one")
        seen |= {user.user_identity_id} - {None}


def _of_groups(place: Place, system: System) -> Iterator[Fault]:
    known, own = SYSTEM_KINDS[system.system_type].group_types, ids_of(system)
    for number, group in enumerate(system.access_groups or ()):
        here = (*place, "access_groups", number)
        yield from all_missing(here, "acs_user_id", group.acs_user_ids, own, of=_SYSTEM)
        if not known:
            yield Fault(here, f"{quoted(system.system_type)} has no access groups")
        elif group.access_group_type not in (None, *known):
            wanted = quoted(group.access_group_type)
            text = f"{quoted(system.system_type)} has no access groups of the type {wanted}; it has {', '.join(known)}"
            yield Fault((*here, "access_group_type"), text)


def _of_credential(place: Place, credential: Credential, own: Owners) -> Iterator[Fault]:
    yield from missing(place, "acs_user_id", credential.acs_user_id, own, of=_SYSTEM)
    parent = credential.parent_acs_credential_id
    yield from missing(place, "acs_credential_id", parent, own, field="parent_acs_credential_id", of=_SYSTEM)
    entrances, name = credential.allowed_acs_entrance_ids, "allowed_acs_entrance_ids"
    yield from all_missing(place, "acs_entrance_id", entrances, own, field=name, of=_SYSTEM)
