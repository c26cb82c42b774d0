"""The forms of Seam's credentials, told apart without a request, and without a word of the credential itself."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ...engine.errors import SandboxError, is_for_the_test

__tracebackhide__ = is_for_the_test

VARIABLE = "SEAM_API_KEY"
STAND_IN_KEY = "seam_test0live_0000000000000000000live"
"""What clients of the program under test have in place of the key."""

_SANDBOX_KEY = re.compile("seam_test[A-Za-z0-9_]+")
_CREDENTIAL = re.compile("seam_[A-Za-z0-9]+_[A-Za-z0-9]{8,}")
_KEYS_OF_THE_FAKE = frozenset({"seam_apikey1_token", "seam_apikey2_token"})
"""API keys in the seed of Seam's official fake: public, and of no workspace at Seam."""


class KeyForm(NamedTuple):
    """What a text is by its form.

    name: for messages. is_production_key: whether production workspaces have such API keys. is_sandbox_key: whether a
    sandbox workspace has such API keys. is_of_the_fake: whether it is a key of Seam's official fake. advice: what to
    do, where it is no sandbox key.
    """

    name: str
    is_sandbox_key: bool = False
    is_production_key: bool = False
    is_of_the_fake: bool = False
    advice: str = ""


_TAKE_A_SANDBOX_KEY = (
    "Make an API key of a sandbox workspace in Seam's console, of the form seam_test…, and put it into the environment "
    "variable SEAM_API_KEY."
)
_ASK_THE_PLUGIN = (
    "The plugin alone has the true one: take seam_sandbox, or Sandbox.live(workspaces=...) in the thread of a test. "
    "Nothing that a test starts as a process of its own gets it."
)
_STARTS: Mapping[str, str] = MappingProxyType(
    {
        "seam_at": "a personal access token (seam_at…), which reaches every workspace of its user",
        "seam_cst": "a client session token (seam_cst…)",
        "seam_pk": "a publishable key (seam_pk…)",
        "ey": "a JSON Web Token (ey…), as Seam's console uses them",
        "seam_test": "a sandbox API key with characters that no key has",
        "seam_": "an API key of a production workspace (seam_… without test)",
    }
)
"""The first that fits tells what a text is, where it is no sandbox key."""


def is_harmless(key: str) -> bool:
    """Whether a text is at most a key of a sandbox workspace, by its form: none that may lead to production.

    Not what has several words: another scheme of HTTP has a credential in a form of its own.
    """
    text = key.strip()
    return " " not in text and (text.startswith("seam_test") or not text.startswith(tuple(_STARTS)))


def is_credential(text: str) -> bool:
    """Whether a text is a key or token of Seam, by its form."""
    return _CREDENTIAL.fullmatch(text.strip()) is not None


def form_of(key: str) -> KeyForm:
    """What this text is by its form. No text of it gets into the answer."""
    if key == STAND_IN_KEY:
        return KeyForm("what stands in for the API key while live tests run", advice=_ASK_THE_PLUGIN)
    if key.strip() != key:
        return KeyForm("an API key with blanks or line ends around it", advice="Take them away.")
    if _SANDBOX_KEY.fullmatch(key):
        return KeyForm("a sandbox API key", is_sandbox_key=True)
    if key in _KEYS_OF_THE_FAKE:
        return KeyForm("an API key of Seam's official fake", is_of_the_fake=True, advice=_TAKE_A_SANDBOX_KEY)
    start = next((start for start in _STARTS if key.startswith(start)), None)
    name = "a text that is no credential of Seam" if key else "nothing"
    is_production_key = start == "seam_"
    return KeyForm(_STARTS.get(start or "", name), is_production_key=is_production_key, advice=_TAKE_A_SANDBOX_KEY)


class ApiKey:
    """An API key that nothing shows: reports of failures print the variables of frames.

    text: by default that of the environment variable SEAM_API_KEY.
    """

    def __init__(self, text: object = None) -> None:
        if text is None:
            text = os.environ.get(VARIABLE, "")
        if not isinstance(text, str):
            kind = type(text).__name__
            del text
            raise SandboxError(f"api_key is of the type {kind}; it takes the API key of a sandbox workspace as text.")
        self._text = text
        del text
        self.form = form_of(self._text)

    def __repr__(self) -> str:
        return f"<{self.form.name}>"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> Any:
        raise SandboxError("the API key of a live sandbox cannot be pickled. Make the sandbox anew over there.")

    @property
    def stands_in(self) -> bool:
        """Whether it is no key, but what programs have in place of one."""
        return self._text == STAND_IN_KEY

    def for_a_worker(self) -> str:
        """The key itself, for a worker of pytest-xdist that makes an ApiKey of it at once."""
        return self._text

    def authorization(self) -> str:
        """The header that authorizes a request. httpx shows it as [secure]."""
        return f"Bearer {self._text}"

    def is_or_stands_in(self, text: str) -> bool:
        """Whether a text is this key, or the one that stands in for it."""
        return text in {self._text, STAND_IN_KEY}

    def without(self, text: str) -> str:
        """The text, without the key."""
        return text.replace(self._text, f"<{self.form.name}>") if self._text else text
