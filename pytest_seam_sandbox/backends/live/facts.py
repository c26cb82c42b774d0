"""What is known of the devices, phones and accounts of a live workspace, from Seam's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

JsonRow = Mapping[str, Any]


class Thing:
    """A resource, as an answer showed it."""

    key: ClassVar[str] = "device_id"

    def __init__(self, row: JsonRow) -> None:
        self.row = row

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.row[self.key])

    @property
    def label(self) -> str:
        """Its display name."""
        return str(self.row.get("display_name") or "")

    def has_error(self, code: str) -> bool:
        """Whether it has this error."""
        return any(error.get("error_code") == code for error in self.row.get("errors") or ())

    def has_warning(self, code: str) -> bool:
        """Whether it has this warning."""
        return any(warning.get("warning_code") == code for warning in self.row.get("warnings") or ())


class LiveDevice(Thing):
    """A device."""

    @property
    def device_id(self) -> str:
        """Its id."""
        return self.id

    @property
    def connected_account_id(self) -> str:
        """The id of its account."""
        return str(self.row.get("connected_account_id") or "")

    @property
    def is_managed(self) -> bool:
        """Whether Seam manages it."""
        return self.row.get("is_managed") is not False

    @property
    def is_online(self) -> bool:
        """Whether it is online."""
        return is_online(self.row)

    @property
    def is_removed(self) -> bool:
        """Whether it was taken out of its account."""
        return self.has_error("device_removed")

    def flags(self) -> Mapping[str, bool]:
        """Its capability flags; one that its device type does not have is left out."""
        return {name: value for name, value in self.row.items() if name.startswith("can_") and isinstance(value, bool)}

    def property(self, name: str) -> Any:
        """A value of its properties; None when there is none."""
        return (self.row.get("properties") or {}).get(name)


class LivePhone(Thing):
    """A phone. owner_of: gives the user identity that has the phone of an id."""

    def __init__(self, row: JsonRow, owner_of: Callable[[str], str | None]) -> None:
        super().__init__(row)
        self._owner_of = owner_of

    @property
    def device_id(self) -> str:
        """Its id."""
        return self.id

    @property
    def device_type(self) -> str:
        """ios_phone or android_phone."""
        return str(self.row.get("device_type"))

    @property
    def user_identity_id(self) -> str | None:
        """The id of its owner, whom the phone does not name."""
        return self._owner_of(self.id)


class LiveAccount(Thing):
    """A connected account."""

    key: ClassVar[str] = "connected_account_id"

    @property
    def account_type(self) -> str | None:
        """The provider."""
        found = self.row.get("account_type")
        return found if isinstance(found, str) else None

    @property
    def email(self) -> str | None:
        """The e-mail address of its login."""
        found = (self.row.get("user_identifier") or {}).get("email")
        return found if isinstance(found, str) else None

    @property
    def needs_login(self) -> bool:
        """Whether it has lost its login."""
        return self.has_error("account_disconnected")


def is_online(row: JsonRow) -> bool:
    """Whether a device is online, as it is shown."""
    return (row.get("properties") or {}).get("online") is True


def name_of(row: JsonRow) -> str:
    """What people call a device, as it is shown."""
    return str(row.get("display_name") or row.get("device_type"))
