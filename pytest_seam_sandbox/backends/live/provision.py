"""What a live sandbox makes: devices are leased, and what only the emulator can do is refused."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from ...engine.errors import embedded_only, is_for_the_test
from ..seam_api import SeamApi

__tracebackhide__ = is_for_the_test

_SEAMS_OWN = "Seam gives out its ids itself"
_AS_THEY_ARE = "devices of a workspace are leased as they are, not made"
_A_PERSON = "no endpoint of Seam does it, a person does in a Connect Webview"
_AN_ACCOUNT = "an account begins with the login of a person in a Connect Webview"


def _refusing(what: str, why: str = "no endpoint of Seam does it") -> Callable[..., Any]:
    """A method that only the emulator has."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise embedded_only(what, why)

    return refuse


class LiveProvision:
    """Takes and makes things in one workspace. lease: takes a device of a type; gives its id.

    The people that it makes have a name that no other run gives: so they are known again when no answer told of them.
    """

    def __init__(self, api: SeamApi, lease: Callable[[str], str]) -> None:
        self._api = api
        self._lease = lease
        self._name = f"Sandbox Guest {secrets.token_hex(4)}"

    def create_device(self, device_type: str, *, connected_account_id: str | None = None, **details: Any) -> str:
        """Lease a device of this type, and give it name and metadata for the time of the lease; its id."""
        wanted = {"connected_account_id": connected_account_id, **details}
        for name in ("device_id", "connected_account_id", "properties"):
            if wanted.get(name):
                raise embedded_only(f"create_device({name}=…)", _AS_THEY_ARE)
        if not details.get("online", True):
            raise embedded_only("create_device(online=False)", _AS_THEY_ARE)
        device_id = self._lease(device_type)
        changes = {"name": details.get("name"), "custom_metadata": details.get("custom_metadata")}
        if any(value is not None for value in changes.values()):
            self._api.call("/devices/update", device_id=device_id, **changes)
        return device_id

    def check_new_phone(self, *_: str | None) -> None:
        """Seam decides about the rest."""

    def check_customizing(self, what: str) -> None:
        """Refuse what Seam decides itself."""
        raise embedded_only(what, f"{_SEAMS_OWN}, and a phone tells it its properties")

    def full_name(self) -> str:
        """The name of a person."""
        return self._name

    @contextmanager
    def naming(self, **wanted: str | None) -> Iterator[None]:
        """Refuse an id of the test's own."""
        for name, new_id in wanted.items():
            if new_id is not None:
                raise embedded_only(f"{name}=…", _SEAMS_OWN)
        yield

    @contextmanager
    def ids_kept_on_error(self) -> Iterator[None]:
        """Seam uses up ids as it likes."""
        yield

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """What was made before something was refused is removed in the end, like all else."""
        yield

    create_account = _refusing("create_connected_account()", _AN_ACCOUNT)
    create_acs_system = _refusing("create_acs_system()", f"it comes with its account, and {_AN_ACCOUNT}")
    complete_login = _refusing("complete_login()", _A_PERSON)
    fail_login = _refusing("fail_login()", _A_PERSON)
    open_instant_key = _refusing("open_instant_key()", "a person does that on a phone")
    customize_phone = _refusing("a phone with an id or properties of the test's own", _SEAMS_OWN)
    readd_device = _refusing("removed(restore=True)", "only the reset of a workspace puts a removed device back")
    set_mark = _refusing("set_error(), set_warning()")
    clear_mark = _refusing("clear_error(), clear_warning()")
    set_battery = _refusing("low_battery()")
    set_keypad = _refusing("accessory_keypad_disconnected()")
    change_code_outside = change_code_back = _refusing(
        "a change of a code at its lock", "no endpoint of Seam does it, a person does at the lock or in its app"
    )
    emit = _refusing("emit()", "Seam alone logs events")
    fail_action_attempt = _refusing("fail_action_attempt()")
