"""Ids, names, PINs and serial numbers that follow from a seed and from nothing else."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Ids:
    """The sandbox's only source of anything that looks random.

    The same seed gives the same sequence in every process and on every Python version. Lives as long as its app.
    """

    def __init__(self, seed: int | str) -> None:
        self.seed = seed
        self.count = 0
        self._key = blake2b(str(seed).encode(), digest_size=32).digest()
        self._provider: Any = None

    def bytes(self) -> bytes:
        """The next 16 bytes of the sequence."""
        self.count += 1
        return blake2b(self.count.to_bytes(8, "big"), key=self._key, digest_size=16).digest()

    def uuid(self) -> str:
        """The next id in the form of a lower-case UUID of version 4."""
        text = self.bytes().hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) % 4]}{text[17:20]}-{text[20:]}"

    def token(self, prefix: str, short: int, long: int) -> str:
        """A credential such as `seam_test2bMS_94SrGUXuNR2JmJkjtvBQDg5c`: prefix, short part, `_`, long part."""
        number = int.from_bytes(self.bytes() + self.bytes(), "big")
        letters = []
        for _ in range(short + long):
            number, rest = divmod(number, len(_BASE58))
            letters.append(_BASE58[rest])
        return f"{prefix}{''.join(letters[:short])}_{''.join(letters[short:])}"

    def full_name(self) -> str:
        """A person's name."""
        return str(self._person().name())

    def pin(self, length: int) -> str:
        """A PIN of `length` digits that does not start with 0."""
        return str(self._person().numerify("%" + "#" * (length - 1)))

    def serial_number(self, template: str) -> str:
        """A serial number of the template's form: digits for digits, hex letters for hex letters."""
        marks = "".join("#" if char.isdigit() else "^" if char in "abcdef" else char for char in template)
        person = self._person()
        return str(person.hexify(person.numerify(marks)))

    def _person(self) -> Any:
        """Faker's provider of names and numbers, seeded by the next bytes; the whole of Faker takes a millisecond."""
        if self._provider is None:
            from faker.generator import Generator
            from faker.providers.person.en_US import Provider

            generator = Generator()
            self._provider = Provider(generator)
            generator.add_provider(self._provider)
        self._provider.generator.seed_instance(int.from_bytes(self.bytes(), "big"))
        return self._provider
