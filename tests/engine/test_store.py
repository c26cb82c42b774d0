"""Rows, tables and workspaces: frozen, numbered, and restored from snapshots that cost nothing."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from pytest_seam_sandbox.engine.store import Row, Table, row_type


def names(table):
    return [row.id for row in table]


def numbers(table, first=0):
    return [(number, row.id) for number, row in table.numbered(first)]


# rows


def test_row_knows_its_id(thing):
    """The id is the value of the key field."""
    assert thing(thing_id="a").id == "a"


def test_changed_row_is_a_new_one(thing):
    """A change gives a new row and leaves the old one."""
    old = thing(thing_id="a")

    new = old.but(colour="blue")

    assert (old.colour, new.colour, new.id) == ("red", "blue", "a")


def test_change_of_an_unknown_field_is_refused(thing):
    """A misspelt field is an error at once."""
    with pytest.raises(TypeError, match="color"):
        thing(thing_id="a").but(color="blue")


def test_field_of_a_row_cannot_be_set(thing):
    """Snapshots and other sandboxes share rows, so that nobody may change one."""
    row = thing(thing_id="a")

    with pytest.raises(FrozenInstanceError, match="colour"):
        row.colour = "blue"
    with pytest.raises(FrozenInstanceError, match="colour"):
        del row.colour
    assert row.colour == "red"


def test_row_is_rendered_once(thing):
    """The JSON of a row is kept."""
    row = thing(thing_id="a")

    assert row.to_json() == b'{"thing_id":"a","colour":"red"}'
    assert row.to_json() is row.to_json()


def test_changed_row_is_rendered_anew(thing):
    """A new row does not show the JSON of the old one."""
    old = thing(thing_id="a")
    old.to_json()

    assert old.but(colour="blue").to_json() == b'{"thing_id":"a","colour":"blue"}'


def test_rendering_makes_no_difference_to_equality(thing):
    """Two rows of the same fields are equal, rendered or not."""
    one, other = thing(thing_id="a"), thing(thing_id="a")
    one.to_json()

    assert one == other


def test_row_without_a_view_is_abstract():
    """The base of all rows has nothing to show."""
    with pytest.raises(NotImplementedError):
        Row().view()


# tables


def test_table_keeps_the_order_of_creation(thing):
    """Rows stand in the order in which they were first put."""
    table = Table()
    for name in ("b", "a", "c"):
        table.put(thing(thing_id=name))

    table.put(thing(thing_id="b", colour="blue"))

    assert names(table) == ["b", "a", "c"]
    assert table.get("b").colour == "blue"


def test_row_that_comes_back_stands_last_under_a_new_number(thing):
    """A number is never used twice, so that a cursor cannot point at a owner."""
    table = Table()
    for name in ("a", "b"):
        table.put(thing(thing_id=name))
    table.remove("a")

    table.put(thing(thing_id="a"))

    assert numbers(table) == [(2, "b"), (3, "a")]


@pytest.mark.parametrize("unknown", ["x", None])
def test_unknown_row_is_none(thing, unknown):
    """Nothing is found under an unknown id, nor under none."""
    assert Table().get(unknown) is None


def test_unknown_row_cannot_be_removed():
    """Removing what is not there is a mistake of the caller."""
    with pytest.raises(KeyError):
        Table().remove("x")


def test_put_gives_the_row_back(thing):
    """So that an endpoint can answer with what it stored."""
    row = thing(thing_id="a")

    assert Table().put(row) is row


class TableMachine(RuleBasedStateMachine):
    """A table against a plain dict, through any sequence of writes, snapshots and restores."""

    snapshots = Bundle("snapshots")
    ids = st.sampled_from("abcdef")

    def __init__(self):
        super().__init__()
        self.table = Table()
        self.model = {}
        self.numbers = {}
        self.last = 0

    @rule(row_id=ids, value=st.integers(0, 3))
    def put(self, row_id, value):
        row = _Number(row_id=row_id, value=value)
        self.table.put(row)
        if row_id not in self.model:
            self.last += 1
            self.numbers[row_id] = self.last
        self.model[row_id] = row

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove(self, data):
        row_id = data.draw(st.sampled_from(sorted(self.model)))
        self.table.remove(row_id)
        del self.model[row_id], self.numbers[row_id]

    @rule(target=snapshots)
    def snapshot(self):
        return self.table.snapshot(), dict(self.model), dict(self.numbers), self.last

    @rule(snapshot=snapshots)
    def restore(self, snapshot):
        contents, model, numbered, self.last = snapshot
        self.table.restore(contents)
        self.model, self.numbers = dict(model), dict(numbered)

    @invariant()
    def agrees(self):
        assert list(self.table) == list(self.model.values())
        assert len(self.table) == len(self.model)
        assert [self.table.get(row_id) for row_id in "abcdef"] == [self.model.get(row_id) for row_id in "abcdef"]

    @invariant()
    def numbers_agree(self):
        expected = [(self.numbers[row_id], row) for row_id, row in self.model.items()]
        assert list(self.table.numbered()) == expected
        assert list(self.table.numbered(3)) == [pair for pair in expected if pair[0] >= 3]


class _Number(Row):
    """The smallest row: an id and a value."""

    key = "row_id"

    def __init__(self, *, row_id, value):
        object.__setattr__(self, "row_id", row_id)
        object.__setattr__(self, "value", value)

    def __eq__(self, other):
        return (self.row_id, self.value) == (other.row_id, other.value)

    __hash__ = None


TestTableAgainstADict = TableMachine.TestCase
TestTableAgainstADict.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


# workspaces


def test_each_kind_has_its_table(workspace, thing):
    """The table of a kind is made when it is first asked for, and stays."""
    assert workspace[thing] is workspace[thing]


def test_restored_workspace_has_the_rows_events_and_work_of_its_snapshot(workspace, thing, painted):
    """A snapshot holds everything; what came later is gone."""
    workspace[thing].put(thing(thing_id="a"))
    workspace.events.emit(workspace, painted(thing_id="a"))
    state = workspace.snapshot()
    workspace[thing].put(thing(thing_id="b"))
    workspace.events.emit(workspace, painted(thing_id="b"))
    workspace.agenda.plan(0.0, lambda _workspace: None)

    workspace.restore(state)

    assert names(workspace[thing]) == ["a"]
    assert [event.value("thing_id") for event in workspace.events] == ["a"]
    assert len(workspace.agenda) == 0


def test_snapshot_is_not_changed_by_what_follows(workspace, thing):
    """A snapshot can be restored many times."""
    state = workspace.snapshot()
    for name in ("a", "b"):
        workspace[thing].put(thing(thing_id=name))
        workspace.restore(state)

    assert names(workspace[thing]) == []


def test_table_that_is_newer_than_the_snapshot_is_gone(workspace, thing):
    """A kind of row that the snapshot does not know is empty after a restore."""
    state = workspace.snapshot()
    workspace[thing].put(thing(thing_id="a"))

    workspace.restore(state)

    assert workspace.rows() == {}


def test_rows_are_listed_by_kind(workspace, thing):
    """All rows of a workspace can be looked at."""
    row = workspace[thing].put(thing(thing_id="a"))

    assert workspace.rows() == {thing: [row]}


def test_reset_goes_back_to_the_marked_start(workspace, thing):
    """A workspace starts again from where it was marked."""
    workspace[thing].put(thing(thing_id="a"))
    workspace.mark_start()
    workspace[thing].put(thing(thing_id="b"))

    workspace.reset()

    assert names(workspace[thing]) == ["a"]


def test_reset_without_a_start_empties_the_workspace(workspace, thing, painted):
    """A workspace that was never marked starts empty."""
    workspace[thing].put(thing(thing_id="a"))
    workspace.events.emit(workspace, painted(thing_id="a"))
    workspace.agenda.plan(0.0, lambda _workspace: None)

    workspace.reset()

    assert (workspace.rows(), len(workspace.events), len(workspace.agenda)) == ({}, 0, 0)


@pytest.mark.parametrize("marked", [True, False])
def test_reset_can_keep_a_kind(workspace, thing, marked):
    """The tables that are named survive a reset with what they have now."""
    mark = {True: workspace.mark_start, False: workspace.snapshot}[marked]
    mark()
    workspace[thing].put(thing(thing_id="a"))

    workspace.reset(thing)

    assert names(workspace[thing]) == ["a"]


def test_rows_of_some_ids_come_in_the_order_of_creation(workspace, thing):
    """However they are asked for; ids of nothing are left out."""
    table = workspace[thing]
    for letter in "abcdef":
        table.put(thing(thing_id=letter))
    table.remove("b")

    assert [row.thing_id for _, row in table.numbered(0, ["f", "b", "a", "c", "a", "x"])] == ["a", "c", "f"]
    assert [row.thing_id for _, row in table.numbered(3, ["f", "a", "c"])] == ["c", "f"]


def test_rows_by_a_field(workspace, thing):
    """In the order of creation, whatever is added, replaced, removed and gone back to meanwhile."""
    table = workspace[thing]

    def red():
        return [row.thing_id for row in table.where("colour", "red")]

    assert red() == []
    for letter in "abc":
        table.put(thing(thing_id=letter))
    table.put(thing(thing_id="d", colour="blue"))
    table.put(table["a"].but())
    assert red() == ["a", "b", "c"]
    state = table.snapshot()
    table.remove("b")
    table.put(thing(thing_id="e"))
    assert (red(), [row.thing_id for row in table.where("colour", "blue")]) == (["a", "c", "e"], ["d"])
    table.restore(state)
    assert red() == ["a", "b", "c"]
    assert table.where("colour", "green") == []


def test_rows_that_were_removed_last_can_be_named(workspace, thing):
    """A thousand of them; one that is there again is not among them."""
    table = workspace[thing]
    state = table.snapshot()
    for number in range(1_100):
        table.put(thing(thing_id=str(number)))
        if number == 0:
            state = table.snapshot()
        table.remove(str(number))

    assert (len(table.removed), "99" in table.removed, "100" in table.removed) == (1_000, False, True)
    table.put(thing(thing_id="0"))
    table.remove("0")
    table.restore(state)
    assert "0" not in table.removed


def test_label_is_the_name_that_there_is(thing):
    """What has no name has no label."""
    assert thing(thing_id="a").label == ""


@row_type
class Named(Row):
    """A thing with a name and an e-mail address."""

    key = "id_"
    id_: str
    name: str
    email: str


def test_rows_are_found_by_their_names_whatever_was_written_meanwhile():
    """An index that is kept between two questions knows of each write, and of each state that was restored."""
    table = Table()
    table.put(Named("1", "DOOR", "jane@example.com"))
    before = table.snapshot()

    assert [row.id for row in table.called("DOOR")] == [row.id for row in table.called("jane@example.com")] == ["1"]

    table.put(Named("2", "DOOR", ""))
    assert [row.id for row in table.called("DOOR")] == ["1", "2"]
    table.put(Named("1", "GATE", ""))
    assert [row.id for row in table.called("DOOR")] == ["2"]
    table.remove("2")
    assert table.called("DOOR") == table.called("") == []
    table.restore(before)
    assert [row.id for row in table.called("DOOR")] == ["1"]
