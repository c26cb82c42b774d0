"""How a write is undone: one class for each way. Which path is undone in which way stands in the
tables: device_rows.py, access_rows.py, people_rows.py.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, Literal, NamedTuple

from ....engine.errors import EmbeddedOnly, SandboxError, is_for_the_test, quoted
from ..calls import Calls

__tracebackhide__ = is_for_the_test

Values = dict[str, Any]
_KEYS = ("common_code_key", "user_identifier_key")
"""Further names of what was made. Other keys of a row, as that of a customer, are names of something else."""
_TOLERANCE = 2.0  # seconds: the date of an answer has no fractions
ARRIVES_WITHIN = 5.0
"""Seconds for which a write without an answer is taken to be on its way: nothing is looked for before."""
LATEST = 90.0
"""Seconds after which a write that was on its way has arrived, or never will."""


class CannotUndo(SandboxError):
    """No call undoes this; the message says what to do."""


class Written(NamedTuple):
    """What is known of a write when it has to be undone.

    made: None when no answer came. others: ids of what other processes have made, as their journals say. own: ids of
    what the process of this write has made, and of the devices that it had leased.
    """

    path: str
    at: float
    known: Values
    made: Values | None
    others: Container[str]
    own: Container[str]


class Rule:
    """How one kind of write is undone. This one: nothing has to be.

    once: whether a second note about the same thing adds nothing, since the first says how it was: for writes to the
    same path, or for all writes with a rule of this kind.
    """

    once: ClassVar[Literal["", "path", "kind"]] = ""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """What has to be known for it, found before the write leaves; None when nothing will have to be undone.

        ours: the ids of what was made here and will be removed, with all that hangs on it.
        """
        return None

    def after(self, known: Values, at: float, answer: Values) -> Values:
        """What the answer adds. The ids of what was made are the list under `ids`."""
        return {}

    def find(self, calls: Calls, written: Written) -> Values | None:
        """What it has made, of which no answer told; None while nothing is found. Raises CannotUndo when that is not
        certain.
        """
        return None

    def undo(self, calls: Calls, written: Written) -> None:
        """Undo it; nothing happens where it is undone or gone already. Raises SandboxError when it cannot be done."""


@dataclass(frozen=True, kw_only=True)
class Refuse(Rule):
    """A write that no test may do in a workspace that it shares with others. why: with what to do."""

    why: str

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """Raise EmbeddedOnly."""
        raise EmbeddedOnly(f"{self.why} It was not sent.")


@dataclass(frozen=True, kw_only=True)
class Lost(Rule):
    """A write that no call undoes.

    subject: the parameters that name what it changes. read, key: the path and the key under which that is shown, to see
    whether it belongs to something that was made here. advice: what to do about it.
    """

    subject: tuple[str, ...] = ()
    read: str = ""
    key: str = ""
    advice: str

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """The parameters that name what it changes; None when that was made here."""
        named = {name: params[name] for name in self.subject if params.get(name) is not None}
        if named and all(is_ours(value, ours) for value in named.values()):
            return None
        if named and self.read and hangs_on_ours(calls.row(self.read, self.key, named), ours):
            return None
        return named

    def undo(self, calls: Calls, written: Written) -> None:
        """Raise CannotUndo."""
        told = ", ".join(f"{name} {quoted(value)}" for name, value in written.known.items())
        happened = "" if written.made is not None else ", of which no answer came,"
        raise CannotUndo(f"{written.path}{' with ' if told else ''}{told}{happened} cannot be undone. {self.advice}")


@dataclass(frozen=True, kw_only=True)
class Made(Rule):
    """Something new, which is deleted.

    key, id: under which the answer shows it, and its id. delete: the path that deletes it; `also`: what this takes
    besides the id. listed, rows: the path of a list that has it, and the key of its rows. within: parameters of the
    write, with the parameter of the list that takes their value. shows: parameters whose values the rows show. search:
    those of them by which the list is searched.

    The list is read before the write. So what was there already is never taken for what was made, if no answer comes.
    What came since is deleted only where it is certain whose it is.
    """

    key: str
    id: str
    delete: str
    also: tuple[str, ...] = ()
    listed: str
    rows: str
    within: tuple[tuple[str, str], ...] = ()
    shows: tuple[str, ...] = ()
    search: tuple[str, ...] = ()

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """What distinguishes it, and what is there that looks like it."""
        known: Values = {
            "within": {name: params[name] for name, _ in self.within if params.get(name) is not None},
            "shows": {name: params[name] for name in self.shows if params.get(name) is not None},
        }
        known["sent"] = {name: value for name, value in params.items() if isinstance(value, str | int | float)}
        known["ids"] = [row[self.id] for row in self._list(calls, known)]
        return known

    def after(self, known: Values, at: float, answer: Values) -> Values:
        """The ids of what is new; an answer may also show something that was there before."""
        found = answer.get(self.key)
        rows = [row for row in (found if isinstance(found, list) else [found]) if isinstance(row, dict)]
        return self.told([row for row in rows if self.id in row and row[self.id] not in known["ids"]])

    def find(self, calls: Calls, written: Written) -> Values | None:
        """What is certainly it. Raises CannotUndo where something looks like it that another run may have made."""
        rows = self._candidates(calls, written)
        sure = [row for row in rows if self._is_surely(calls, row, written)]
        most = max([1, *(len(value) for value in written.known["within"].values() if isinstance(value, list))])
        if sure and (len(sure) == most or len(sure) == len(rows) < most):
            return self.told(sure)
        if rows:
            found = ", ".join(f"{row[self.id]}{_called(row)}" for row in rows)
            raise CannotUndo(
                f"{written.path} got no answer, and may have made one of these, or another run has: {found}. Delete "
                f"what belongs to no test that runs, with {self.delete}."
            )
        return None

    def undo(self, calls: Calls, written: Written) -> None:
        """Delete it."""
        made = written.made or {"ids": [], "also": []}
        for made_id, also in zip(made["ids"], made["also"], strict=True):
            calls.find(self.delete, {self.id: made_id, **also})

    def told(self, rows: list[Values]) -> Values:
        """What is kept of what was made."""
        also = [{name: row.get(name) for name in self.also} for row in rows]
        own = (f"{self.id.removesuffix('_id')}_key", *_KEYS)
        keys = [row[name] for row in rows for name in own if row.get(name)]
        return {"ids": [row[self.id] for row in rows], "also": also, "keys": keys}

    def _is_surely(self, calls: Calls, row: Values, written: Written) -> bool:
        """Whether it was made by this write, and not by another run that does the same.

        It belongs to what the process had for itself. Or it was made at that time, and shows all that was sent.
        """
        within, sent = written.known["within"], written.known.get("sent", {})
        if hangs_on_ours(row, written.own) or hangs_on_ours(within, written.own):
            return True
        named = {name: value for name, value in within.items() if isinstance(value, str)}
        return is_made_within(row, written.at, ARRIVES_WITHIN) is True and is_alike({**named, **row}, sent)

    def _candidates(self, calls: Calls, written: Written) -> list[Values]:
        """What may be it: it was not there before, looks like it, and nobody else says that he has made it."""
        return [
            row
            for row in self._list(calls, written.known)
            if row[self.id] not in written.known["ids"]
            and row[self.id] not in written.others
            and is_made_within(row, written.at, LATEST) is not False
        ]

    def _list(self, calls: Calls, known: Values) -> list[Values]:
        """What looks like it; a parameter with several values is asked about for each of them."""
        asked: list[Values] = [{}]
        for name, value in known["within"].items():
            each = value if isinstance(value, list) else [value]
            asked = [{**one, dict(self.within)[name]: item} for one in asked for item in each]
        sought = next((known["shows"][name] for name in self.search if name in known["shows"]), None)
        if sought is not None:
            asked = [{**one, "search": sought} for one in asked]
        rows = [row for one in asked for row in calls.rows(self.listed, self.rows, one)]
        return [row for row in rows if all(row.get(name, value) == value for name, value in known["shows"].items())]


@dataclass(frozen=True, kw_only=True)
class Broken(Rule):
    """A simulated loss, which another path takes back.

    subject: the parameter that names what is lost. fixed: what the path back takes besides.
    """

    once: ClassVar[Literal["", "path", "kind"]] = "path"
    back: str
    subject: str
    fixed: tuple[tuple[str, Any], ...] = ()

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """What it concerns."""
        return {self.subject: params.get(self.subject), **dict(self.fixed)}

    def undo(self, calls: Calls, written: Written) -> None:
        """Take it back."""
        calls.find(self.back, written.known)


@dataclass(frozen=True, kw_only=True)
class Changed(Rule):
    """Values of something that was there before, which are put back by the same path.

    read, key: the path and the key under which it is shown. subject: the parameters that name it. places: for each
    parameter that changes it, where its value is shown ("a.b" for b in a). maps: parameters that change a map by key.
    always: parameters that the path wants in any case.
    """

    read: str
    key: str
    subject: tuple[str, ...]
    places: Mapping[str, str]
    maps: tuple[str, ...] = ()
    always: tuple[str, ...] = ()

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """The values that it will change; None for what was made here, and for what is not there."""
        named = {name: params[name] for name in self.subject if params.get(name) is not None}
        if any(is_ours(value, ours) for value in named.values()):
            return None
        row = calls.row(self.read, self.key, named)
        if row is None or hangs_on_ours(row, ours):
            return None
        asked = {*params, *self.always}
        old = {name: value_at(row, place) for name, place in self.places.items() if name in asked}
        for name in self.maps:
            if isinstance(params.get(name), dict):
                had = row.get(name) or {}
                old[name] = {key: had.get(key) for key in params[name]}
        return {**named, **old}

    def undo(self, calls: Calls, written: Written) -> None:
        """Put the values back."""
        calls.find(written.path, written.known)


@dataclass(frozen=True, kw_only=True)
class Switched(Rule):
    """Something that is so or not, and the path that sets it back.

    subject: the parameters that name it. read, key, place: where it is shown. is_on: what the write makes of it.
    more: what the path back takes besides.
    """

    back: str
    subject: tuple[str, ...]
    read: str
    key: str
    place: str
    is_on: bool
    more: tuple[tuple[str, Any], ...] = ()

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """What is switched; None where it is so already, and for what was made here."""
        named = {name: params[name] for name in self.subject if params.get(name) is not None}
        if any(is_ours(value, ours) for value in named.values()):
            return None
        row = calls.row(self.read, self.key, named)
        if row is None or hangs_on_ours(row, ours) or value_at(row, self.place) is self.is_on:
            return None
        return {**named, **dict(self.more)}

    def undo(self, calls: Calls, written: Written) -> None:
        """Set it back."""
        calls.find(self.back, written.known)


@dataclass(frozen=True, kw_only=True)
class Member(Rule):
    """A membership that begins or ends, and the path that does the opposite.

    whole: the parameter that names what has members. part: the one that names the member, or several. listed, rows: a
    list of the members, by the parameter `whole`, and the key of its rows. begins: whether it begins.
    """

    back: str
    whole: str
    part: str
    listed: str
    rows: str
    begins: bool

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """Whose membership changes; None when nothing does, or it ends with what was made here."""
        whole, part = params.get(self.whole), self.part_of(calls, params)
        if whole is None or part is None or is_ours(whole, ours):
            return None
        member_id = self.part.removesuffix("s")
        members = {row[member_id] for row in calls.rows(self.listed, self.rows, {self.whole: whole})}
        parts = part if isinstance(part, list) else [part]
        changed = [one for one in parts if (one in members) is not self.begins and not is_ours(one, ours)]
        if not changed:
            return None
        return {self.whole: whole, self.part: changed if isinstance(part, list) else changed[0]}

    def part_of(self, calls: Calls, params: Values) -> Any:
        """Whose membership it is about."""
        return params.get(self.part)

    def undo(self, calls: Calls, written: Written) -> None:
        """Do the opposite."""
        calls.find(self.back, written.known)


def is_ours(value: Any, ours: Container[str]) -> bool:
    """Whether an id, or each of several, is of something that was made here."""
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(isinstance(one, str) and one in ours for one in values)


def hangs_on_ours(row: Mapping[str, Any] | None, ours: Container[str]) -> bool:
    """Whether something belongs to what was made here: it names its id."""
    values = [one for value in (row or {}).values() for one in (value if isinstance(value, list) else [value])]
    return any(isinstance(value, str) and value in ours for value in values)


def is_made_within(row: Mapping[str, Any], at: float, seconds: float) -> bool | None:
    """Whether something was made in so many seconds from when a write left, by Seam's clock; None if nothing tells."""
    try:
        made_at = datetime.fromisoformat(str(row.get("created_at"))).timestamp()
    except ValueError:
        return None
    return at - _TOLERANCE <= made_at <= at + seconds + _TOLERANCE if at else None


def is_alike(row: Mapping[str, Any], sent: Values) -> bool:
    """Whether it shows what was sent, as far as it shows it; some text at least, since all flags are alike."""
    shown = {name: value for name, value in sent.items() if row.get(name) is not None}
    has_text = any(isinstance(value, str) for value in shown.values())
    return has_text and all(_is_same(row[name], value) for name, value in shown.items())


def _is_same(shown: Any, sent: Any) -> bool:
    """Whether Seam shows what was sent; a time may be written in another way."""
    try:
        return bool(shown == sent) or datetime.fromisoformat(shown) == datetime.fromisoformat(sent)
    except (TypeError, ValueError):
        return False


def _called(row: Mapping[str, Any]) -> str:
    """What people know it by, in brackets; nothing where it has no name."""
    names = (row.get(name) for name in ("name", "full_name", "display_name", "url", "email_address"))
    name = next((each for each in names if isinstance(each, str) and each), "")
    return f" ({quoted(name)})" if name else ""


def value_at(row: Mapping[str, Any], place: str) -> Any:
    """A value in what is shown, by a dotted place; None where there is none."""
    value: Any = row
    for name in place.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


GONE = "It is gone for good. Let tests delete only what they have made."
AS_IT_WAS = "Put it back by hand, or let tests change only what they have made."
NOTHING = Rule()


def same(*names: str) -> Mapping[str, str]:
    """Parameters that are shown under their own names."""
    return MappingProxyType({name: name for name in names})


def deleted(*subject: str, read: str = "", key: str = "") -> Lost:
    """How the end of something is undone: not at all, unless it was made here."""
    return Lost(subject=subject, read=read, key=key, advice=GONE)
