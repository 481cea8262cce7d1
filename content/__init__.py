"""Everything that is ever said, by language: prompts, decks, breathing; and their loader.

Words for people live here and nowhere in code. The files are TOML: a writer needs no Python.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from content.library import ContentError, Library

__all__ = ["Content", "ContentError", "content", "helplines", "load", "spoken"]

LANGUAGES = {"en-US": "en"}
"""Locale to the folder of its language."""

DEFAULT_LOCALE = "en-US"

MARK = re.compile(r"\{([a-z_]+)(?:\s+([0-9.]+))?\}")
"""A neutral mark in a prompt: `{name}` is a value, `{pause 2}` two seconds of silence, and
`{quiet 45}` as many to think in, with a quiet sound where one can be played."""

SILENCES = frozenset({"pause", "quiet"})
"""The marks that are no values."""


@dataclass(frozen=True)
class Prompt:
    """One thing that is said, in its variants, and what helps when it is not understood."""

    say: tuple[str, ...]
    reprompt: tuple[str, ...] = ()
    """Said once after eight seconds of silence: shorter, or with one example."""
    help: tuple[str, ...] = ()
    """Said when they ask for help, or missed twice; the question follows."""


@dataclass(frozen=True)
class Breath:
    """A breathing pattern: its phases in seconds, as (prompt word, seconds)."""

    id: str
    name: str
    phases: tuple[tuple[str, int], ...]
    tone: str
    """How to follow the tone that rises and falls with the breath."""
    caution: str
    """A prompt key that is said first; "" for a pattern without breath-holds."""
    most_rounds: int
    """0 for no limit."""

    @property
    def seconds(self) -> int:
        """Return how long one round takes."""
        return sum(seconds for _, seconds in self.phases)


@dataclass(frozen=True)
class Topic:
    """A short talk on one idea, and one thing to try tonight."""

    id: str
    name: str
    also: tuple[str, ...]
    talk: str
    attempt: str


@dataclass(frozen=True)
class Failings:
    """What the coach for I statements listens for. See `skill.conversation.i_statements`."""

    always: Sequence[str]
    character: Sequence[str]
    did: Mapping[str, str]
    """A word for what the other did to the feelings that may lie beneath it."""
    thought: Sequence[str]
    accusation: Sequence[str]
    tail: Sequence[str]
    request: Sequence[str]
    no_request: Sequence[str]
    closed: Sequence[str]


@dataclass(frozen=True)
class Cues:
    """Phrases by which we hear that somebody may not be safe. See `skill.conversation.safety`."""

    lists: Mapping[str, Sequence[str]]
    """Words that may stand for each other inside cues."""
    harmless: Sequence[str]
    """Figures of speech, taken out before anything is looked for."""
    tiers: Mapping[str, Sequence[str]]
    """Tier to its cues."""


@dataclass(frozen=True)
class Helpline:
    """A number that is read to people."""

    number: str
    say: str
    source: str
    """The service's own page."""
    verified: date
    """When somebody last held the number against that page."""


@dataclass(frozen=True)
class Screen:
    """What stands on the screen of a speaker, beside what is said."""

    titles: Mapping[str, str]
    buttons: Mapping[str, Sequence[str]]
    """By the title that they stand under. A button says what it is labelled with."""


class Content:
    """All content of one language. Each part is read when it is first asked for, and kept.

    A fresh process answers its first turn without the parts that the turn does not need.
    """

    def __init__(self, folder: Traversable) -> None:
        """`folder` is that of the language. Its parts raise `ContentError` where they are wrong."""
        self._folder = folder

    @cached_property
    def prompts(self) -> Mapping[str, Prompt]:
        """Key to what is said."""
        return {
            key: _prompt(file.name, key, table)
            for file in _files(self._folder / "prompts")
            for key, table in load(file).items()
        }

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Small words that stand in for values: how to call a partner without a name, days."""
        return load(self._folder / "words.toml")

    @cached_property
    def library(self) -> Library:
        """What couples talk about and do."""
        return Library(self._folder)

    @cached_property
    def breaths(self) -> Mapping[str, Breath]:
        """Id to a breathing pattern."""
        told = load(self._folder / "breathing.toml")
        return {name: _breath(name, table) for name, table in told.items()}

    @cached_property
    def topics(self) -> Mapping[str, Topic]:
        """Value of the slot that names it to a short talk."""
        told = load(self._folder / "topics.toml")
        return {name: _topic(name, table) for name, table in told.items()}

    @cached_property
    def stories(self) -> Mapping[str, str]:
        """Id to what to tell a story about."""
        return _texts(self._folder / "sparks.toml", "story")

    @cached_property
    def novelties(self) -> Mapping[str, str]:
        """Id to something new to do for a few minutes."""
        return _texts(self._folder / "sparks.toml", "novelty")

    @cached_property
    def screen(self) -> Screen:
        """Titles and buttons for a screen."""
        screen: Screen = _item(Screen, "screen.toml", load(self._folder / "screen.toml"))
        return screen

    @cached_property
    def failings(self) -> Failings:
        """What the coach for I statements listens for."""
        return _failings(self._folder / "i_statements.toml")

    @cached_property
    def cues(self) -> Cues:
        """The cues of the safety check."""
        return _cues(self._folder / "safety")

    @cached_property
    def notices(self) -> Mapping[str, str]:
        """Name to a page about the service, in Markdown: what it keeps, and the terms."""
        return {
            name: (self._folder / f"{name}.md").read_text(encoding="utf-8")
            for name in ("privacy", "terms")
        }

    def read(self) -> None:
        """Read every part now, so that what is wrong in one shows at once."""
        read_parts(self)
        assert self.library.items


def read_parts(whole: object) -> None:
    """Read all of `whole` that is otherwise read when it is first asked for."""
    for name, part in vars(type(whole)).items():
        if isinstance(part, cached_property):
            getattr(whole, name)


def spoken(locale: str) -> str:
    """Return `locale` if we speak it, else the default one.

    Whatever is kept for each locale is kept under this: a stranger may name any.
    """
    return locale if locale in LANGUAGES else DEFAULT_LOCALE


def content(locale: str = DEFAULT_LOCALE) -> Content:
    """Return the content for `locale`; for a locale we do not speak, that of the default one."""
    return _content(LANGUAGES[spoken(locale)])


@lru_cache
def _content(language: str) -> Content:
    return Content(resources.files("content") / language)


@lru_cache
def helplines() -> Mapping[str, Mapping[str, Helpline]]:
    """Return the numbers that are read to people: country (ISO 3166) and kind to a number."""
    told = load(resources.files("content") / "helplines.toml")
    try:
        return {
            country: {kind: Helpline(**line) for kind, line in lines.items()}
            for country, lines in told.items()
        }
    except TypeError as error:
        raise ContentError(
            f"helplines.toml: each line needs number, say, source and verified: {error}."
        ) from error


def load(file: Traversable) -> dict[str, Any]:
    """Return the tables of a TOML file; `ContentError` names file and line of what is wrong."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{file.name}: not readable as TOML: {error}.") from error


def _files(folder: Traversable) -> Sequence[Traversable]:
    found = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return sorted(found, key=lambda file: file.name)


def _prompt(file: str, key: str, table: Mapping[str, Any]) -> Prompt:
    try:
        return Prompt(**{name: _lines(value) for name, value in table.items()})
    except TypeError as error:
        raise ContentError(
            f"{file}: [{key}] may have `say`, `reprompt` and `help`, and needs `say`: {error}."
        ) from error


def _lines(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _item(kind: type[Any], file: str, table: Mapping[str, Any]) -> Any:
    try:
        return kind(**table)
    except TypeError as error:
        raise ContentError(
            f"{file}: [{table.get('id', '?')}] needs "
            f"{', '.join(kind.__dataclass_fields__)}: {error}."
        ) from error


def _topic(name: str, table: Mapping[str, Any]) -> Topic:
    told = {**table, "id": f"LT-{table.get('number', 0):03}", "also": tuple(table.get("also", ()))}
    told.pop("number", None)
    topic: Topic = _item(Topic, "topics.toml", told)
    return topic


def _texts(file: Traversable, kind: str) -> Mapping[str, str]:
    try:
        return {one["id"]: one["text"] for one in load(file)[kind]}
    except KeyError as error:
        raise ContentError(f"{file.name}: each [[{kind}]] needs id and text: {error}.") from error


def _failings(file: Traversable) -> Failings:
    told = load(file)
    try:
        return Failings(
            did=told["did"]["beneath"],
            no_request=told["request"]["not_words"],
            **{
                name: told[name]["words"]
                for name in ("always", "character", "thought", "accusation", "tail", "request")
            },
            closed=told["closed"]["words"],
        )
    except (KeyError, TypeError) as error:
        raise ContentError(
            f"{file.name}: each table needs words, [did.beneath] feelings: {error}."
        ) from error


def _cues(folder: Traversable) -> Cues:
    lists: dict[str, list[str]] = {}
    harmless: list[str] = []
    tiers: dict[str, list[str]] = {}
    for file in _files(folder):
        told = load(file)
        try:
            lists |= told.get("lists", {})
            harmless += told.get("harmless", {"cues": []})["cues"]
            for category in told.get("categories", {}).values():
                tiers.setdefault(category["tier"], []).extend(category["cues"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ContentError(
                f"{file.name}: a safety file may have [lists], [harmless] with cues, and "
                f"[categories.NAME] with tier and cues: {error}."
            ) from error
    return Cues(lists, harmless, tiers)


def _breath(name: str, table: Mapping[str, Any]) -> Breath:
    try:
        return Breath(
            id=name,
            name=table["name"],
            phases=tuple((word, seconds) for word, seconds in table["phases"]),
            tone=table["tone"],
            caution=table.get("caution", ""),
            most_rounds=table.get("most_rounds", 0),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError(
            f"breathing.toml: [{name}] needs name, phases and tone: {error}."
        ) from error
