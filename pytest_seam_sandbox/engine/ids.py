"""Ids, names, PINs and serial numbers that follow from a seed and from nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from random import Random
from types import MappingProxyType
from typing import Any

_LETTERS = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VARIANT = MappingProxyType({digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"})
_HEX = "0123456789abcdef"
_DIGIT = re.compile("[0-9]")
_HEX_LETTER = re.compile("[a-f]")
_STEP = 0x9E3779B97F4B
_BACK = pow(_STEP, -1, 1 << 48)
_BASE58 = bytes(_LETTERS[byte % len(_LETTERS)] for byte in range(256))


class Ids:
    """The sandbox's only source of anything that looks random.

    The same seed gives the same sequence in every process and on every Python version; names of people also follow
    from the version of Faker. `count` is the place in the
    sequence; setting it back repeats what came after. Lives as long as its app.
    """

    def __init__(self, seed: int | str) -> None:
        self.seed = seed
        self.count = 0
        self._key = blake2b(str(seed).encode(), digest_size=32).digest()
        text = self._block(0, b"uuid").hex()
        self._start, self._mask = int(text[20:32], 16), int(text[:8], 16)
        self._middle = f"-{text[8:12]}-4{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-"
        self._wanted: list[str] = []
        self._person: Any = None

    def next_bytes(self) -> bytes:
        """The next 64 bytes of the sequence."""
        self.count += 1
        return self._block(self.count, b"bytes")

    def uuid(self, place: int | None = None) -> str:
        """The next id in the form of a lower-case UUID of version 4, or the one that made the count `place`.

        Its last part steps through all values of 48 bits, so that none comes twice, and its first part follows from
        that; the rest is the seed's.
        """
        if place is None:
            if self._wanted:
                return self._wanted.pop()
            self.count = place = self.count + 1
        last = (self._start + place * _STEP) & 0xFFFFFFFFFFFF
        first = last >> 16 ^ self._mask
        return first.to_bytes(4, "big").hex() + self._middle + last.to_bytes(6, "big").hex()

    @contextmanager
    def naming(self, wanted: str | None) -> Iterator[None]:
        """Inside the block, the next id that is asked for is the wanted one, of any form.

        It takes no place of the sequence, unless it has one: then the sequence goes on behind it. None: the ids follow
        from the seed as ever.
        """
        self._wanted = [] if wanted is None else [wanted]
        if wanted is not None:
            self.pass_over(wanted)
        try:
            yield
        finally:
            self._wanted = []

    def pass_over(self, taken: str) -> None:
        """Never make this id: whoever captured it from a sandbox with the same seed has it already."""
        place = self.place_of(taken)
        if place is not None:
            self.count = max(self.count, place)

    def place_of(self, uuid: str) -> int | None:
        """The count that makes this id; None for an id that is none of this sequence."""
        try:
            place = (int(uuid[-12:], 16) - self._start) * _BACK & 0xFFFFFFFFFFFF
        except ValueError:
            return None
        return place if self.uuid(place) == uuid else None

    def token(self, prefix: str, short: int, long: int) -> str:
        """A credential such as `seam_test2bMS_94SrGUXuNR2JmJkjtvBQDg5c`: prefix, short part, `_`, long part."""
        letters = self.next_bytes().translate(_BASE58).decode("ascii")
        return f"{prefix}{letters[:short]}_{letters[short : short + long]}"

    def _block(self, number: int, purpose: bytes) -> bytes:
        return blake2b(number.to_bytes(8, "big"), key=self._key, person=purpose).digest()

    def full_name(self) -> str:
        """A person's name."""
        if self._person is None:
            from faker.generator import Generator
            from faker.providers.person.en_US import Provider

            self._person = Provider(Generator())
            self._person.generator.add_provider(self._person)
        self._person.generator.seed_instance(self._number())
        return str(self._person.name())

    def pin(self, length: int) -> str:
        """A PIN of `length` digits that does not start with 0."""
        draw = Random(self._number()).randint  # noqa: S311 - not for secrets
        rest = "".join(str(draw(0, 9)) for _ in range(length - 1))
        return f"{draw(1, 9)}{rest}"

    def serial_number(self, template: str) -> str:
        """A serial number of the template's form: digits for digits, hex letters for hex letters."""
        random = Random(self._number())  # noqa: S311 - not for secrets
        text = _DIGIT.sub(lambda _: str(random.randint(0, 9)), template)
        places = {match.start() for match in _HEX_LETTER.finditer(template)}
        return "".join(random.choice(_HEX) if place in places else char for place, char in enumerate(text))

    def _number(self) -> int:
        """The next number of the sequence."""
        return int.from_bytes(self.next_bytes(), "big")
