"""What is kept of requests that come again: short ones, and not too many."""

import pytest

from pytest_seam_sandbox.engine.frozen import freeze
from pytest_seam_sandbox.engine.repeats import Repeats


def words(body=b"{}", query=""):
    return ("/devices/get", "POST", query, body, "application/json")


def known(**arguments):
    return freeze(arguments), arguments


def keep_twice(repeats, request_words, meaning):
    repeats.keep(request_words, meaning)
    repeats.keep(request_words, meaning)


def test_known_request_is_found():
    """The same words mean the same, once they have come twice; other words are not known."""
    repeats = Repeats()

    repeats.keep(words(b'{"a":1}'), known(a=1))
    assert repeats.get(words(b'{"a":1}')) is None

    repeats.keep(words(b'{"a":1}'), known(a=1))
    assert repeats.get(words(b'{"a":1}')) == known(a=1)
    assert repeats.get(words(b'{"a":2}')) is None


def test_arguments_are_a_copy():
    """The endpoint that gets them may change them; the next request does not see that."""
    repeats, (params, arguments) = Repeats(), known(a=1)
    keep_twice(repeats, words(), (params, arguments))

    arguments["a"] = 2

    assert repeats.get(words()) == known(a=1)


@pytest.mark.parametrize(
    ("request_words", "meaning"),
    [
        (words(b"x" * 513), known(a=1)),
        (words(query="x" * 512), known(a=1)),
        (words(), known(ids=["a"])),
        (words(), known(metadata={"a": 1})),
    ],
    ids=["long body", "long query", "list", "object"],
)
def test_what_could_change_or_is_long_is_not_kept(request_words, meaning):
    """Lists and objects belong to one request; long texts cost memory."""
    repeats = Repeats()

    keep_twice(repeats, request_words, meaning)

    assert repeats.get(request_words) is None


def test_kept_requests_are_limited():
    """A sandbox that is asked something else every other time does not grow."""
    repeats = Repeats()

    for number in range(1025):
        keep_twice(repeats, words(b"%d" % number), known(a=number))

    assert [number for number in range(1025) if repeats.get(words(b"%d" % number))] == [1024]
