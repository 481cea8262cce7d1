"""The library: everything that couples talk about and do, an item at a time.

A theme is a file in `deck/`, an item a small record in it. `docs/content.md` tells how to write it.
What a record may hold is what the dataclasses below say: the loader, the checker and the schema for
editors (`content/deck.schema.json`) are all made from them.

A fresh process does not parse two and a half thousand records. `content.compiled` has done so
before, and has noted for each theme which items fit whom and when, as bits; of the items themselves
only those of a theme that is asked for are made. Where nothing was compiled, or a file has changed
since, the records are read as they are: slower, and never wrong.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Any

LIGHT, PERSONAL, TENDER = 1, 2, 3

STAGES = ("new", "established", "long-term", "long-distance", "parents")
"""Under a year, one to five, more than five; apart; with children at home."""

SENSITIVE = ("loss", "body", "money", "fertility", "family", "faith", "sex", "past")
SEASONS = ("spring", "summer", "autumn", "winter")

SHORT = 10
"""Minutes: what an evening in the week has room for."""

BARRIERS = ("B1", "B2", "B3", "F1", "F2", "F3", "F4")
"""Themes of barriers and of conflict: not late, not often, not before children."""

REPAIR = "F4"
"""The one of them that helps within a day of a time-out."""


class ContentError(ValueError):
    """A content file is wrong. The message names the file, the item and the remedy."""


def told(help: str, **more: Any) -> Any:
    """Return a field of a record with what it is for, and what else its schema says."""
    default = more.pop("default", MISSING)
    return field(default=default, metadata={"help": help, **more}, kw_only=True)


@dataclass(frozen=True)
class Item:
    """What every item has. Only `id`, `depth` and its words have to be written."""

    id: str = told("The theme, a letter for the format (none, P, G, X), and three digits.")
    theme: str = told("The code of its file.", given=True)
    depth: int = told("1 light, 2 personal, 3 tender.", least=LIGHT, most=TENDER)
    lighter: str = told("What follows for who wants it lighter.")
    deeper: str = told("What follows one step further in.")
    stages: tuple[str, ...] = told(
        "Couples it fits. One or two: written for them.", default=STAGES, of=STAGES
    )
    sensitive: tuple[str, ...] = told(
        "What it touches that hurts some: it comes only to who asks for its theme.",
        default=(),
        of=SENSITIVE,
    )
    minutes: int = told("How long the two take.", default=SHORT, least=3, most=20)
    season: str = told("The only season in which it makes sense.", default="", of=SEASONS)
    solo_ok: bool = told("One alone can carry it to the other.", default=True)
    company_ok: bool = told("Guests may hear it. Only light items.", default=True)
    kids_ok: bool = told("Children may hear it. Only light items.", default=True)
    evening_ok: bool = told("It may come after ten at night. No tender items.", default=True)
    needs_touch: bool = told("They have to touch.", default=False)
    costs_money: bool = told("It cannot be done for nothing.", default=False)
    author: str = told("Who wrote it.", default="Evening Lantern")
    reviewed_by: tuple[str, ...] = told("Who has reviewed it.", default=())
    version: int = told("Rises when its words come to mean something else.", default=1, least=1)

    @property
    def spoken(self) -> Mapping[str, str]:
        """Return its words by where they stand, as they are heard."""
        return {"lighter": self.lighter, "deeper": self.deeper}


@dataclass(frozen=True)
class Question(Item):
    """Both answer it."""

    ask: str = told("The question.")

    @property
    def spoken(self) -> Mapping[str, str]:
        """Return its words by where they stand, as they are heard."""
        return {"ask": self.ask, **super().spoken}


@dataclass(frozen=True)
class Starter(Item):
    """A prompt: a sentence that each finishes, or a thing to notice. Its follow-ups are questions.

    It has either, never both.
    """

    finish: str = told("The beginning of a sentence, in the first person.", default="")
    notice: str = told("What to notice.", default="")

    @property
    def spoken(self) -> Mapping[str, str]:
        """Return its words by where they stand, as they are heard."""
        name = "finish" if self.finish else "notice"
        return {name: self.finish or self.notice, **super().spoken}


@dataclass(frozen=True)
class Gesture(Item):
    """One small act, tonight, in three forms. Its follow-ups are ids of questions."""

    touch: str = told("With touch.")
    no_touch: str = told("Without.")
    apart: str = told("From far away.")

    @property
    def spoken(self) -> Mapping[str, str]:
        """Return its words by where they stand, as they are heard."""
        return {"touch": self.touch, "no_touch": self.no_touch, "apart": self.apart}


@dataclass(frozen=True)
class Exercise(Item):
    """Something to do together in turns, step by step. Its follow-ups are ids of questions."""

    name: str = told("How people call it: lower case, two to five words.")
    minutes: int = told("How long it takes.", least=3, most=20)
    start: str = told("How long it takes, in turns or not, and that they may stop.")
    steps: tuple[str, ...] = told("What to do: each is done before the next is said.")
    close: str = told("One warm line at the end.")
    solo_ok: bool = told("One alone can do it.", default=False)

    @property
    def spoken(self) -> Mapping[str, str]:
        """Return its words by where they stand, as they are heard."""
        steps = {f"step {number}": one for number, one in enumerate(self.steps, 1)}
        return {"start": self.start, **steps, "close": self.close}


FORMATS: Mapping[str, type[Item]] = {
    "question": Question,
    "prompt": Starter,
    "gesture": Gesture,
    "exercise": Exercise,
}
"""The name of a record's table to what it becomes."""

LETTERS: Mapping[str, str] = {"question": "", "prompt": "P", "gesture": "G", "exercise": "X"}
"""Format to its letter in an id."""


def format_of(item: Item) -> str:
    """Return the format of an item: the name of its record's table."""
    return next(name for name, made in FORMATS.items() if type(item) is made)


@dataclass(frozen=True)
class Theme:
    """A theme of the library: its code, its spoken name, what else people call it."""

    code: str
    name: str
    also: tuple[str, ...]


def record_fields(kind: type[Item]) -> Mapping[str, Field[Any]]:
    """Return what a record may hold, by name; what the loader gives is not in it."""
    return {one.name: one for one in fields(kind) if not one.metadata.get("given")}


def build(kind: str, theme: str, record: Mapping[str, Any]) -> Item:
    """Return the item of a record. Raises TypeError for a field that is missing or unknown."""
    lists = {name: tuple(value) for name, value in record.items() if isinstance(value, list)}
    usual = _usual(theme, record.get("depth", LIGHT))
    return FORMATS[kind](**{**usual, **record, **lists, "theme": theme})


def _usual(theme: str, depth: int) -> Mapping[str, bool]:
    """Return what a record need not say: who may hear an item of its theme and depth, and when."""
    return {
        "company_ok": depth == LIGHT and theme not in BARRIERS,
        "kids_ok": depth == LIGHT and theme not in BARRIERS,
        "evening_ok": depth < TENDER and theme not in BARRIERS,
    }


def place(id: str) -> tuple[str, int]:
    """Return the stack of an item ("A1", "A1P"), and the number of its bit."""
    stack, _, number = id.partition("-")
    return stack, int(number)


def bits(items: Sequence[Item]) -> dict[str, int]:
    """Return, for the items of a stack, which of them are of which kind, as bits by number."""
    found: dict[str, int] = {}
    for one in items:
        bit = 1 << place(one.id)[1]
        for tag in _tags(one):
            found[tag] = found.get(tag, 0) | bit
    return found


def _tags(item: Item) -> Iterator[str]:
    yield f"depth {item.depth}"
    yield from item.stages
    if item.stages == STAGES:
        yield "everybody"
    if item.sensitive:
        yield "sensitive"
    if item.minutes > SHORT:
        yield "long"
    if item.season:
        yield "seasonal"
        yield item.season
    for name in ("solo_ok", "company_ok", "kids_ok", "evening_ok", "needs_touch"):
        if getattr(item, name):
            yield name


class Library:
    """The library of one language. Its parts are made when they are asked for, and kept."""

    def __init__(self, folder: Traversable) -> None:
        """`folder` is that of the language."""
        self._folder = folder
        self._made: dict[str, Mapping[str, Item]] = {}

    @cached_property
    def themes(self) -> Mapping[str, Theme]:
        """Code to theme, in the order of their codes."""
        return {
            code: Theme(code, one["name"], tuple(one["also"]))
            for code, one in self._compiled["themes"].items()
        }

    @cached_property
    def bits(self) -> Mapping[str, Mapping[str, int]]:
        """Stack of items ("A1", "A1P", "A1G", "A1X") to what they are, as `bits` returns it."""
        found: Mapping[str, Mapping[str, int]] = self._compiled["bits"]
        return found

    @cached_property
    def every(self) -> Mapping[str, int]:
        """Stack to all its items, as bits."""
        depths = [f"depth {depth}" for depth in (LIGHT, PERSONAL, TENDER)]
        return {
            stack: sum(kinds.get(depth, 0) for depth in depths)
            for stack, kinds in self.bits.items()
        }

    def __contains__(self, id: str) -> bool:
        """Say whether there is an item with this id: there may have been, or be one day."""
        try:
            stack, number = place(id)
        except ValueError:
            return False
        return bool(self.every.get(stack, 0) >> number & 1)

    def item(self, id: str) -> Item:
        """Return an item; raises KeyError if there is none."""
        return self.of_theme(id[:2])[id]

    def of_theme(self, code: str) -> Mapping[str, Item]:
        """Return the items of a theme, by id."""
        if code not in self._made:
            records = json.loads(self._compiled["records"][code])
            made = [build(kind, code, one) for kind, ones in records.items() for one in ones]
            self._made[code] = {one.id: one for one in made}
        return self._made[code]

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Id to item: all of them."""
        return {id: one for code in self.themes for id, one in self.of_theme(code).items()}

    @cached_property
    def _compiled(self) -> Mapping[str, Any]:
        """What was compiled, if it is of the files as they are; else made of them now."""
        from content.compiled import compiled

        return compiled(self._folder)


def read(file: Traversable) -> tuple[Theme, Mapping[str, Sequence[Mapping[str, Any]]]]:
    """Return a file of the deck: its theme, and its records by format.

    Raises `ContentError`, which names file, line, item and remedy, for what the loader cannot use.
    What it can use and a writer would regret is for `content.deck_rules`.
    """
    try:
        text = file.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(
            f"{file.name}: not readable as TOML: {error}; look for a quote or a comma there."
        ) from error
    head = {name: table.pop(name, None) for name in ("code", "name", "also")}
    if _odd(head, table):
        raise ContentError(
            f"{file.name}, line 1: a file of the deck has code, name and also, then records "
            f"[[{']], [['.join(FORMATS)}]]; mend {_odd(head, table)}."
        )
    ids: set[str] = set()
    for kind, records in table.items():
        for number, record in enumerate(records, 1):
            fault = _fault(kind, record) or _misnumbered(
                f"{head['code']}{LETTERS[kind]}", record, ids
            )
            if fault:
                named = record.get("id", f"[[{kind}]] number {number}")
                raise ContentError(f"{file.name}, line {line_of(text, record)}, {named}: {fault}")
    return Theme(head["code"], head["name"], tuple(head["also"])), table


def _odd(head: Mapping[str, Any], table: Mapping[str, Any]) -> str:
    """Return the names that are missing, too much, or of another kind, "" for none."""
    wrong = [name for name in ("code", "name") if not _is_text(head[name])]
    also = head["also"]
    if not also or not isinstance(also, list) or not all(map(_is_text, also)):
        wrong.append("also")
    wrong += sorted(
        name for name, ones in table.items() if name not in FORMATS or not _is_table(ones)
    )
    return ", ".join(wrong)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_table(value: object) -> bool:
    """Say whether this is what `[[name]]` makes, and not `[name]` or `name = 1`."""
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _misnumbered(stack: str, record: Mapping[str, Any], ids: set[str]) -> str:
    """Return what is wrong with an id, "" for nothing; `ids` are those before it."""
    id = record["id"]
    if not re.fullmatch(rf"{stack}-\d{{3}}", id):
        return f"id is not {stack}- and three digits; renumber it."
    if id in ids:
        return "its id stands twice; renumber one of the two."
    ids.add(id)
    return ""


def line_of(text: str, record: Mapping[str, Any], name: str = "id") -> int:
    """Return the line on which a record has a field; that of its id if the field is not there."""
    lines = text.splitlines()
    start = next(
        (at for at, line in enumerate(lines) if line.strip() == f'id = "{record.get("id")}"'), 0
    )
    for at in range(start, len(lines)):
        if at > start and lines[at].startswith("[["):
            break
        if lines[at].startswith(f"{name} "):
            return at + 1
    return start + 1


def _fault(kind: str, record: Mapping[str, Any]) -> str:
    """Return what is wrong with the form of a record, in one sentence; "" for nothing."""
    known = record_fields(FORMATS[kind])
    for name, value in record.items():
        if name not in known:
            return f"{name} is no field of a {kind}; use one of {', '.join(known)}."
        if wrong := _wrong(known[name], value):
            return f"{name} is {value!r}; {wrong}."
    for name, one in known.items():
        if name not in record and one.default is MISSING:
            return f"{name} is missing; write it: {one.metadata['help']}"
    if kind == "prompt" and bool(record.get("finish")) == bool(record.get("notice")):
        return "a prompt has either finish or notice; write one of them."
    return ""


def _wrong(known: Field[Any], value: object) -> str:
    """Return what a field wants instead of `value`; "" if that will do."""
    limits, kind = known.metadata, str(known.type)
    if known.type is bool:
        return "" if isinstance(value, bool) else "write true or false"
    if known.type is int:
        least, most = limits["least"], limits.get("most", 999)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            return f"write a whole number from {least} to {most}"
        return ""
    values = value if "tuple" in kind else [value]
    if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
        return "write a list of words in quotes" if "tuple" in kind else "write words in quotes"
    if limits.get("of") and (set(values) - set(limits["of"]) or (known.default and not values)):
        return f"use {', '.join(limits['of'])}"
    return ""
