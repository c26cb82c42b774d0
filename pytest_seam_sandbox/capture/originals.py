"""Finds what tells of people in a world: names, e-mail addresses, phone numbers, logins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .words import ORDINARY

EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
WORD = re.compile(r"[^\W\d_]{2,}")
_OWNER = re.compile(r"([^\W\d_]{2,})['\u2019]s\b")
_PERSON = re.compile(r"(^|_)(full|first|last|user|guest|owner|member|tenant|resident|contact|holder|person)_name$")
"""Fields, of resources and of blocks of providers, in which people are named."""
_LOGIN = re.compile(r"(^|_)(user|username|login)$")
PHONE_NUMBER = "phone_number"
EMAIL_ADDRESS = ("email", "email_address")
"""How the names of fields end that hold phone numbers, and those that hold e-mail addresses."""
_WITHOUT_BLANKS = 0x2E80
"""From here on are the scripts in which words stand without blanks between them."""


@dataclass
class Originals:
    """What is personal, in the order in which it appears: each in lower case, but numbers as their digits.

    words: of names, without accents; true for the first word of one. strings: names that are looked for inside of other
    words, too. others: all words of the world.
    """

    emails: dict[str, None] = field(default_factory=dict)
    numbers: dict[str, None] = field(default_factory=dict)
    logins: dict[str, None] = field(default_factory=dict)
    strings: dict[str, None] = field(default_factory=dict)
    words: dict[str, bool] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)

    def add_name(self, text: str, known: Iterable[str] = ()) -> None:
        """Take the words of a name, but for ordinary ones and those that are known to be none."""
        text = EMAIL.sub(" ", text)
        ordinary = ORDINARY | {word.casefold() for word in known}
        if any(ord(one) >= _WITHOUT_BLANKS for one in text):
            self.strings[text.casefold()] = None
        for place, word in enumerate(WORD.findall(text)):
            if word.casefold() not in ordinary:
                self.words.setdefault(folded(word), place == 0)

    def add_email(self, text: str) -> None:
        """Take an e-mail address; one of an odd form is looked for as it is."""
        if EMAIL.fullmatch(text):
            self.emails[text.casefold()] = None
        else:
            self.logins[text.casefold()] = None

    def add_number(self, text: str) -> None:
        """Take a phone number."""
        if digits(text):
            self.numbers[digits(text)] = None
        else:
            self.logins[text.casefold()] = None


def folded(word: str) -> str:
    """A word as words of names are compared: in lower case, without accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(one))


def digits(text: str) -> str:
    """The digits of a text."""
    return re.sub(r"\D", "", text)


def find_originals(world: Mapping[str, Any]) -> Originals:
    """What is personal in a world."""
    found = Originals()
    for text in _texts(world):
        found.others |= {folded(word) for word in WORD.findall(text)}
        for email in EMAIL.findall(text):
            found.add_email(email)
    for account in world["connected_accounts"]:
        _add_account(found, account)
    for name in ("devices", "user_identities", "acs_systems", "spaces", "access_grants"):
        _add_people(found, world[name], "", name)
    return found


def _add_account(found: Originals, account: Mapping[str, Any]) -> None:
    for name, text in account.get("user_identifier", {}).items():
        if not text.strip():
            continue
        if "@" in text:
            found.add_email(text)
        elif name == "phone":
            found.add_number(text)
        else:
            found.logins[text.casefold()] = None
    shown = account.get("display_name", "")
    if shown.casefold() not in found.logins and digits(shown) not in found.numbers:
        provider = f"{account.get('account_type_display_name', '')} {account['account_type'].replace('_', ' ')}"
        found.add_name(shown, WORD.findall(provider))


def _add_people(found: Originals, value: Any, name: str, kind: str) -> None:
    """Take what names people in a part of a world. kind: the list in which it stands."""
    if isinstance(value, list):
        for inner in value:
            _add_people(found, inner, name, name or kind)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _add_people(found, inner, key, kind)
    elif isinstance(value, str):
        _add_field(found, value, name, kind)


def _add_field(found: Originals, text: str, name: str, kind: str) -> None:
    if not text.strip():
        return
    if name.endswith(EMAIL_ADDRESS):
        found.add_email(text)
    elif name.endswith(PHONE_NUMBER):
        found.add_number(text)
    elif _PERSON.search(name) or (kind in ("access_codes", "access_grants") and name == "name"):
        found.add_name(text)
    elif _LOGIN.search(name):
        found.logins[text.casefold()] = None
    elif name in ("name", "nickname", "display_name"):
        for owner in _OWNER.findall(text):
            found.add_name(owner)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
