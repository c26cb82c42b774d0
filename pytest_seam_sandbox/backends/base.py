"""What everything above a backend uses of it: outages, expectations, creation, control routes and Sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from ..engine.errors import is_for_the_test

if TYPE_CHECKING:
    from ..engine.history import Call, Entry
    from ..report.texts import Names
    from .event_list import EventList
    from .extensions import Extensions
    from .finder import Finder
    from .seam_api import SeamApi
    from .unfinished import Unfinished

__tracebackhide__ = is_for_the_test
T = TypeVar("T")


class DeviceFacts(Protocol):
    """What is read of a device without a request."""

    @property
    def device_id(self) -> str:
        """Its id."""
        ...

    @property
    def connected_account_id(self) -> str:
        """The id of its account."""
        ...

    @property
    def label(self) -> str:
        """Its display name."""
        ...

    @property
    def is_managed(self) -> bool:
        """Whether Seam manages it."""
        ...

    @property
    def is_online(self) -> bool:
        """Whether it is online."""
        ...

    @property
    def is_removed(self) -> bool:
        """Whether it was taken out of its account."""
        ...

    def flags(self) -> Mapping[str, bool]:
        """Its capability flags; one that its device type does not have is left out."""
        ...

    def has_error(self, code: str) -> bool:
        """Whether it has this error."""
        ...

    def has_warning(self, code: str) -> bool:
        """Whether it has this warning."""
        ...

    def property(self, name: str) -> Any:
        """A value of its properties, whether Seam shows it now or not; None when there is none."""
        ...


class PhoneFacts(Protocol):
    """What is read of a phone without a request."""

    @property
    def device_id(self) -> str:
        """Its id."""
        ...

    @property
    def device_type(self) -> str:
        """ios_phone or android_phone."""
        ...

    @property
    def label(self) -> str:
        """Its display name."""
        ...

    @property
    def user_identity_id(self) -> str | None:
        """The id of its owner."""
        ...


class AccountFacts(Protocol):
    """What is read of a connected account without a request."""

    @property
    def account_type(self) -> str | None:
        """The provider."""
        ...

    @property
    def email(self) -> str | None:
        """The e-mail address of its login."""
        ...

    @property
    def needs_login(self) -> bool:
        """Whether it has lost its login, also where Seam has not noticed yet."""
        ...


class Provision(Protocol):
    """Makes what no endpoint of Seam makes: things out of nothing, and what people do at a provider."""

    def create_device(self, device_type: str, *, connected_account_id: str | None = None, **details: Any) -> str:
        """A new device of the account, or of the provider's own account; its id."""
        ...

    def create_account(self, provider: str, **details: Any) -> str:
        """A new connected account; its id."""
        ...

    def create_acs_system(self, system_type: str, *, connected_account_id: str | None = None, **details: Any) -> str:
        """A new access system; its id."""
        ...

    def check_new_phone(
        self, device_id: str | None, user_identity_id: str | None, custom_sdk_installation_id: str | None
    ) -> None:
        """Raise SandboxError when there cannot be such a phone."""
        ...

    def check_customizing(self, what: str) -> None:
        """Raise EmbeddedOnly where `customize_phone` is not possible. what: what the test has asked for."""
        ...

    def customize_phone(self, device_id: str, new_id: str, properties: dict[str, Any]) -> str:
        """Give a phone an id and properties; the id."""
        ...

    def full_name(self) -> str:
        """The name of a person."""
        ...

    def readd_device(self, device_id: str) -> None:
        """Put a removed device back into its account."""
        ...

    def complete_login(self, connect_webview_id: str, *, email: str, provider: str | None) -> str:
        """Log in with a Connect Webview; the id of the account."""
        ...

    def fail_login(self, connect_webview_id: str) -> None:
        """Fail to log in with a Connect Webview."""
        ...

    def open_instant_key(self, instant_key: str, about: Mapping[str, Any]) -> str:
        """Open the link of an instant key, by its id or the link itself, on a phone like this; the id of the phone."""
        ...

    def set_mark(
        self, row_id: str, field: Literal["errors", "warnings"], code: str, message: str | None, fields: dict[str, Any]
    ) -> str:
        """Put an error or a warning on a resource; the name of the resource."""
        ...

    def clear_mark(self, row_id: str, field: Literal["errors", "warnings"], code: str) -> str:
        """Take an error or a warning off a resource; the name of the resource."""
        ...

    def set_battery(self, device_id: str, level: float) -> None:
        """Give the battery of a device another charge, from 0 to 1."""
        ...

    def set_keypad(self, device_id: str, *, is_connected: bool) -> None:
        """Attach the keypad of a device, or take it off."""
        ...

    def change_code_outside(self, access_code_id: str, *, erase: bool) -> None:
        """Give an access code another PIN at its lock, or erase it there."""
        ...

    def change_code_back(self, access_code_id: str) -> None:
        """Undo that; Seam does so, or who has changed it."""
        ...

    def emit(self, event_type: str, resource: str | None, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Log an event; what it carries about the resource is filled in. The event as clients see it."""
        ...

    def fail_action_attempt(self, action_attempt_id: str, error_type: str, message: str) -> dict[str, Any]:
        """Let a pending action attempt fail; the attempt as clients see it."""
        ...

    def naming(self, **wanted: str | None) -> AbstractContextManager[None]:
        """What is made first in the block has this id, by the name of the parameter; None for one of Seam's."""
        ...

    def ids_kept_on_error(self) -> AbstractContextManager[None]:
        """A call that Seam refuses changes nothing; let it use up no id either."""
        ...

    def all_or_nothing(self) -> AbstractContextManager[None]:
        """Several calls, of which none has happened when one is refused."""
        ...


class Backend(Protocol):
    """What a sandbox stands on: the emulator in this process, or a workspace at Seam.

    extensions: what other packages have added to it. latency: seconds for which an expectation waits by default.
    codes_set: the codes of errors and warnings that the test has put on resources itself. unfinished: what the test has
    begun and has to end.
    """

    is_live: bool
    extensions: Extensions
    api: SeamApi
    unfinished: Unfinished
    codes_set: set[str]

    @property
    def provision(self) -> Provision:
        """What makes things that no endpoint of Seam makes."""
        ...

    @property
    def api_key(self) -> str:
        """The API key of the workspace."""
        ...

    @property
    def workspace_id(self) -> str:
        """The id of the workspace."""
        ...

    @property
    def strict_ids(self) -> bool:
        """Whether ids that are no UUID are refused."""
        ...

    @property
    def latency(self) -> float:
        """Seconds for which an expectation waits by default."""
        ...

    def contents(self) -> str:
        """What it is, in short."""
        ...

    def owns(self, device_id: str) -> bool:
        """Whether a device or phone is this sandbox's alone, so that nobody else changes it."""
        ...

    # time

    def now(self) -> datetime:
        """The present time there, aware, in UTC."""
        ...

    def pass_time(self, seconds: float, why: str = "") -> None:
        """Let time pass while something is waited for."""
        ...

    def repeat(self, look: Callable[[], T | None], within: float) -> tuple[T | None, float]:
        """Look until there is nothing more to complain of, for so many seconds; the last complaint, and the wait."""
        ...

    async def settled(self) -> None:
        """Wait for what has been caused and goes on on the running event loop: webhooks."""
        ...

    # what has happened

    def note(self, kind: str, text: str) -> None:
        """Add a line to the timeline."""
        ...

    def mark(self) -> int:
        """A place in the event log, for `events_after`."""
        ...

    def events_after(self, mark: int) -> EventList:
        """The events that were logged after the mark and show by now, oldest first."""
        ...

    def calls(self) -> list[Call]:
        """Every request that the program under test has made, oldest first."""
        ...

    def history(self) -> list[Entry]:
        """All that has happened, in order."""
        ...

    # what there is, without a request of the program

    def devices(self) -> Mapping[str, DeviceFacts]:
        """All devices by name, oldest first; the second of a name is "NAME #2"."""
        ...

    def phones(self) -> Mapping[str, PhoneFacts]:
        """All phones by name, oldest first."""
        ...

    def find_device(self, device_id: str) -> DeviceFacts | None:
        """The device of this id."""
        ...

    def find_phone(self, device_id: str) -> PhoneFacts | None:
        """The phone of this id."""
        ...

    def find_account(self, connected_account_id: str) -> AccountFacts | None:
        """The connected account of this id."""
        ...

    def finding(self) -> AbstractContextManager[Finder]:
        """Finds devices, phones and accounts by id or name."""
        ...

    def names(self) -> Names:
        """The names of what there is at present, for texts."""
        ...

    def hint_at(self, text: str) -> str:
        """The ids of what a text is the name of, as a sentence; empty when it is no name."""
        ...

    # the end of a test

    def mishaps(self) -> Iterator[Exception]:
        """What is wrong for certain, whatever the test still does; each is told once."""
        ...

    def unmet(self) -> Sequence[str]:
        """What was set up for the program and nobody met."""
        ...

    def owners_of_other_keys(self) -> Sequence[str]:
        """The tests whose keys the program has used here; each is told once."""
        ...

    def close(self) -> None:
        """Undo what is left of the sandbox where others come after it."""
        ...


class SandboxPart:
    """A group of a sandbox's methods, which stands on the backend alone."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    @property
    def backend(self) -> Backend:
        """What the sandbox stands on."""
        return self._backend
