"""Replaces what tells of people in a world, and what identifies their hardware.

The same original gets the same replacement everywhere. Replacements come in the order in which the originals appear,
and do not follow from them, so that nobody can find an original by trying.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from random import Random
from typing import Any
from urllib.parse import urlsplit

from faker import Faker

from ..worlds.fields import METADATA
from ..worlds.format import World
from ..worlds.references import ids_in
from .originals import EMAIL, EMAIL_ADDRESS, PHONE_NUMBER, WORD, digits, find_originals, folded
from .pins import contexts_of, new_pins

Row = dict[str, Any]
_NUMBER = re.compile(r"\+?\(?\d[\d ().\-]{5,}\d")
_DIGITS = re.compile(r"(?<!\d)\d{4,}(?!\d)")
_HARDWARE = re.compile(r"(^|_)(d?ids?|serial(_(number|no))?|(mac|ip|lan)_address|mac|ip|token|secret|key|url|uuid)$")
_PLACE = re.compile(
    r"(^|_)(house|home|structure|location|site|property|building|account|organization|org|place|company|street)_name$"
    r"|(^|_)(address|street|city|company|postcode|postal_code|zip_code|zip)$"
)
_NOTES = re.compile(r"(^|_)(note|comment|remark)s?$")
_FREE_TEXT = frozenset(
    {
        *("name", "nickname", "display_name", "full_name", "customer_key", "user_identity_key", "common_code_key"),
        *("custom_sdk_installation_id", "space_key", "access_grant_key", "reservation_key"),
        *("climate_preset_key", "merged_user_identity_keys"),
    }
)
"""Fields of resources in which people write what they like."""
_MODEL_NAMES = ("model", "manufacturer_display_name")
_TRIES = 200
_SEAM = "getseam.com"


def without_people(world: Row, seed: int | str) -> Row:
    """The world, as JSON, with replacements for what tells of people. seed: the replacements follow from it."""
    return _Disguise(_normal(world), seed).world()


def _normal(value: Any) -> Any:
    """A copy in which equal texts are equal character by character."""
    if isinstance(value, dict):
        return {name: _normal(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_normal(inner) for inner in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


class _Disguise:
    def __init__(self, world: Row, seed: int | str) -> None:
        self._world = world
        self._fake = Faker("en_US", use_weighting=False)
        self._fake.seed_instance(str(seed))
        self._random = Random(str(seed))  # noqa: S311 - it makes up numbers; nothing is found by them
        self._kept = {own_id for _, _, own_id in ids_in(World.model_validate(world))}
        found = find_originals(world)
        self._emails = self._replaced(found.emails, lambda: str(self._fake.safe_email()))
        self._numbers = self._replaced(found.numbers, lambda: str(self._fake.numerify("+1555#######")))
        self._logins = self._replaced(found.logins, lambda: str(self._fake.user_name()))
        self._strings = self._replaced(found.strings, lambda: str(self._fake.name()))
        self._words = self._new_words(found.words, found.others)
        self._pins = new_pins(contexts_of(world), self._random)
        self._hardware: dict[str, str] = {}
        self._urls: dict[str, str] = {}

    def world(self) -> Row:
        """The world with its replacements."""
        return {name: self._value(name, value) for name, value in self._world.items()}

    def _replaced(self, originals: Iterable[str], make: Callable[[], str]) -> dict[str, str]:
        """A replacement for each, none of which is an original or another one's replacement."""
        taken = set(originals)
        given: dict[str, str] = {}
        for original in originals:
            found = self._untaken(make, taken)
            taken.add(found.casefold())
            given[original] = found
        return given

    def _new_words(self, words: dict[str, bool], others: set[str]) -> dict[str, str]:
        taken = set(others)
        given: dict[str, str] = {}
        for word, is_first in words.items():
            given[word] = self._untaken(self._fake.first_name if is_first else self._fake.last_name, taken)
            taken.add(given[word].casefold())
        return given

    def _untaken(self, make: Callable[[], str], taken: set[str]) -> str:
        tries = (str(make()) for _ in range(_TRIES))
        found = next((one for one in tries if one.casefold() not in taken), None)
        return found if found is not None else f"x{len(taken)}{make()}"

    # the parts of a world

    def _value(self, name: str, value: Any) -> Any:
        """A field of a resource."""
        if isinstance(value, list):
            return [self._value(name, item) for item in value]
        if isinstance(value, dict):
            return self._object(name, value)
        return self._field(name, value) if isinstance(value, str) else value

    def _field(self, name: str, text: str) -> str:
        if text in self._kept:
            return text
        if name == "url":
            return self._urls.setdefault(text, f"https://example.com/hooks/{len(self._urls) + 1}")
        if name in ("code", "card_number", "hid_acs_system_id"):
            return self._pins.get(text) or self._scrambled(text)
        if name == "email_address":
            return self._email(text)
        if name == "phone_number":
            return self._phone_number(text)
        return self._text(text) if name in _FREE_TEXT else text

    def _object(self, name: str, value: Row) -> Row:
        if name in ("custom_metadata", "user_identifier"):
            free = {key: self._text(item) if isinstance(item, str) else item for key, item in value.items()}
            return {self._text(key): item for key, item in free.items()} if name == "custom_metadata" else free
        if name == "customer_data":
            return {key: self._street(item) if key == "address" else item for key, item in value.items()}
        if name in ("errors", "warnings"):
            return {key: self._of_entry(key, item) for key, item in value.items()}
        if name == "properties" or name.endswith(METADATA):
            return self._block(value, is_of_provider=name != "properties")
        left = {key: inner for key, inner in value.items() if not (key == "geolocation" or _is_foreign(key, inner))}
        return {key: self._value(key, inner) for key, inner in left.items()}

    def _of_entry(self, name: str, value: Any) -> Any:
        """A field of an error or a warning, at any depth."""
        if isinstance(value, list):
            return [self._of_entry(name, item) for item in value]
        if isinstance(value, dict):
            return {key: self._of_entry(key, item) for key, item in value.items()}
        is_free = isinstance(value, str) and not name.endswith(("_code", "_at", "_id"))
        return self._text(value) if is_free else value

    def _block(self, block: Row, *, is_of_provider: bool) -> Row:
        """Properties of a device, or a block of its provider, whose ids are the provider's own."""
        left = {name: value for name, value in block.items() if not _is_foreign(name, value)}
        return {name: self._property(name, value, is_of_provider=is_of_provider) for name, value in left.items()}

    def _property(self, name: str, value: Any, *, is_of_provider: bool) -> Any:
        if isinstance(value, dict):
            return self._block(value, is_of_provider=is_of_provider or name.endswith(METADATA))
        if isinstance(value, list):
            return [self._property(name, item, is_of_provider=is_of_provider) for item in value]
        if isinstance(value, bool) or not isinstance(value, str | int) or value in self._kept:
            return value
        if name == "serial_number" or (is_of_provider and _HARDWARE.search(name)):
            return type(value)(self._scrambled(str(value)))
        return self._described(name, value, is_of_provider=is_of_provider) if isinstance(value, str) else value

    def _described(self, name: str, text: str, *, is_of_provider: bool) -> str:
        if is_of_provider and _PLACE.search(name):
            return self._street(text)
        if is_of_provider and _NOTES.search(name):
            return "A note."
        if is_of_provider and name.endswith(EMAIL_ADDRESS):
            return self._email(text)
        if is_of_provider and name.endswith(PHONE_NUMBER):
            return self._phone_number(text)
        is_free = is_of_provider or name in _FREE_TEXT or (name.endswith("name") and name not in _MODEL_NAMES)
        return self._text(text) if is_free else self._contacts(text)

    def _email(self, text: str) -> str:
        return self._emails.get(text.casefold()) or self._logins.get(text.casefold(), text)

    def _phone_number(self, text: str) -> str:
        return self._numbers.get(digits(text)) or self._logins.get(text.casefold(), text)

    def _street(self, text: str) -> str:
        return self._hardware.setdefault(text, str(self._fake.street_name()))

    # texts

    def _text(self, text: str) -> str:
        """A free text, with everything in it replaced that is personal; an id of the file stays."""
        if text in self._kept:
            return text
        if text.casefold() in self._logins:
            return self._logins[text.casefold()]
        for original, replacement in self._strings.items():
            text = _replace(re.escape(original), replacement, text)
        return WORD.sub(self._word, self._contacts(text))

    def _contacts(self, text: str) -> str:
        """A text with its addresses, numbers, logins and PINs replaced."""
        text = EMAIL.sub(lambda match: self._emails.get(match[0].casefold(), "someone@example.com"), text)
        text = _NUMBER.sub(self._number, text)
        text = _DIGITS.sub(lambda match: self._pins.get(match[0], match[0]), text)
        for login, replacement in self._logins.items():
            text = _replace(rf"(?<!\w){re.escape(login)}(?!\w)", replacement, text)
        return text

    def _number(self, match: re.Match[str]) -> str:
        found = digits(match[0])
        for known, replacement in self._numbers.items():
            if known.endswith(found) or found.endswith(known):
                return replacement
        return self._scrambled(match[0]) if match[0].startswith("+") else match[0]

    def _word(self, match: re.Match[str]) -> str:
        new = self._words.get(folded(match[0]))
        if new is None:
            return match[0]
        return new.upper() if match[0].isupper() else new.lower() if match[0].islower() else new

    def _scrambled(self, text: str) -> str:
        """A text of the same form: digits for digits, letters for letters."""
        if text not in self._hardware:
            letters = "abcdef" if re.fullmatch(r"[0-9a-fA-F:-]+", text) else "abcdefghijklmnopqrstuvwxyz"
            self._hardware[text] = "".join(self._character(one, letters) for one in text)
        return self._hardware[text]

    def _character(self, one: str, letters: str) -> str:
        if one.isdigit():
            return self._random.choice("123456789")
        if not one.isalpha():
            return one
        letter = self._random.choice(letters)
        return letter.upper() if one.isupper() else letter


def _replace(pattern: str, replacement: str, text: str) -> str:
    return re.sub(pattern, lambda _: replacement, text, flags=re.IGNORECASE)


def _is_foreign(name: str, value: Any) -> bool:
    """Whether it is a picture that is not one of Seam's own, which are the same for everybody."""
    if name != "image_url" or not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        return True
    return bool(parts.query or parts.username) or not f".{host}".endswith(f".{_SEAM}")
