"""Ids, names, PINs and serial numbers: they follow from the seed and look as they should."""

import re
import subprocess
import sys
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox.engine.ids import Ids

SEEDS = st.one_of(st.integers(), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
TEMPLATES = st.text("0123456789abcdef-ABXYZ.", max_size=24)


def sample(seed):
    ids = Ids(seed)
    return [ids.uuid(), ids.token("seam_x", 4, 24), ids.full_name(), ids.pin(6), ids.serial_number("0a-0a")]


@given(SEEDS)
def test_same_seed_gives_the_same_sequence(seed):
    """Two sources of one seed give the same ids, tokens, names, PINs and serial numbers."""
    assert sample(seed) == sample(seed)


def test_seed_and_sequence_are_the_same_in_every_process():
    """Another process, with another hash seed, gives the same."""
    code = "from pytest_seam_sandbox.engine.ids import Ids; i = Ids('x'); print(i.uuid(), i.full_name(), i.pin(4))"
    ids = Ids("x")

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed.split() == [ids.uuid(), *ids.full_name().split(), ids.pin(4)]


@given(SEEDS, SEEDS)
def test_different_seeds_give_different_ids(one, other):
    """Seeds that are written differently lead to different sequences."""
    assert (Ids(one).uuid() == Ids(other).uuid()) is (str(one) == str(other))


@given(SEEDS)
def test_uuid_is_one_of_version_4(seed):
    """An id is a lower-case UUID of version 4 and of the RFC's variant."""
    text = Ids(seed).uuid()

    assert UUID(text).version == 4
    assert str(UUID(text)) == text


def test_uuids_do_not_repeat():
    """Ten thousand ids of one source are ten thousand different ones."""
    ids = Ids(0)

    assert len({ids.uuid() for _ in range(10_000)}) == 10_000


def test_uuids_differ_at_both_ends():
    """Whoever shortens ids, from either side, can still tell them apart."""
    ids = Ids(0)
    made = [ids.uuid() for _ in range(1000)]

    assert len({text[:8] for text in made}) == len({text[-8:] for text in made}) == 1000
    assert {text[-1] for text in made} == set("0123456789abcdef")


def test_id_of_a_place_is_that_which_was_made_there():
    """An id can be made later, from the count that it had."""
    ids = Ids(0)
    made = {(ids.uuid(), ids.count) for _ in range(5)}

    assert {(ids.uuid(place), place) for _, place in made} == made


def test_sequence_continues_from_a_remembered_count():
    """The count is all that there is of state: set back, the same ids come again."""
    ids = Ids(0)
    ids.uuid()
    count = ids.count
    name, after = ids.full_name(), ids.uuid()

    ids.count = count

    assert [ids.full_name(), ids.uuid()] == [name, after]


@given(SEEDS)
def test_token_has_prefix_short_part_and_long_part(seed):
    """A credential has the form of Seam's, in letters that cannot be mistaken for each other."""
    assert re.fullmatch(
        r"seam_test[1-9A-HJ-NP-Za-km-z]{4}_[1-9A-HJ-NP-Za-km-z]{24}", Ids(seed).token("seam_test", 4, 24)
    )


@given(SEEDS, st.integers(1, 12))
def test_pin_has_its_length_and_no_leading_zero(seed, length):
    """A PIN is digits only and means the same as a number."""
    pin = Ids(seed).pin(length)

    assert re.fullmatch(r"[1-9]\d*", pin)
    assert len(pin) == length


@given(SEEDS, TEMPLATES)
def test_serial_number_has_the_form_of_its_template(seed, template):
    """Digits stand for digits, hex letters for hex digits, everything else for itself."""
    form = "".join(
        r"\d" if mark.isdigit() else "[0-9a-f]" if mark in "abcdef" else re.escape(mark) for mark in template
    )

    assert re.fullmatch(form, Ids(seed).serial_number(template))


def test_names_are_names():
    """A name is at least a first and a last name."""
    assert len(Ids(0).full_name().split()) >= 2


@pytest.mark.parametrize(
    "make", [Ids.uuid, Ids.full_name, lambda ids: ids.pin(8), lambda ids: ids.serial_number("000000")]
)
def test_each_call_goes_on_in_the_sequence(make):
    """Two calls in a row give two values."""
    ids = Ids(0)

    assert make(ids) != make(ids)


@given(st.integers(0, 2**48 - 1))
def test_place_of_an_id_is_found_again(place):
    """The id tells its place in the sequence, without a search."""
    ids = Ids("a seed")

    assert ids.place_of(ids.uuid(place)) == place


@pytest.mark.parametrize("text", ["", "front-door", Ids("another seed").uuid(5), Ids("a seed").uuid(5).upper()])
def test_text_that_is_none_of_the_ids_has_no_place(text):
    """Whatever else it is."""
    assert Ids("a seed").place_of(text) is None


@given(st.integers(0, 2**40))
def test_id_that_was_given_is_never_made(place):
    """Also one that the same seed would make; ids of other seeds change nothing."""
    ids, other = Ids("a seed"), Ids("another seed")
    with ids.naming(ids.uuid(place)):
        ids.uuid()
    ids.pass_over(other.uuid(place + 7))

    assert ids.uuid() == Ids("a seed").uuid(place + 1)
