"""The rules of content that a program can decide.

Each finding is one line: the file, the item, what is wrong and what to do.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from importlib import resources
from itertools import combinations

from content import (
    DEFAULT_LOCALE,
    LANGUAGES,
    Question,
    content,
    helplines,
    load,
    prompt_rules,
)

MOST_WORDS = 22
MOST_CHARACTERS = 130
"""One breath: what can be read aloud in eight seconds."""

MOST_ALIKE = 0.6
"""Two items whose word sets overlap more than this are one item said twice."""

LONGEST_RUN = 6
"""Words in a row that no two items share."""

LEAST_QUESTIONS = 150

WARN_AFTER, OVERDUE_AFTER = 150, 180
"""Days after which a helpline's number should, and must, have been verified again."""

_YES_NO = re.compile(
    r"^(do|does|did|is|are|was|were|can|could|would|will|have|has|had|should|shall|may|might)\b",
    re.IGNORECASE,
)
_NOT_SAID = re.compile(
    r"\b(he|she|his|her|him|hers|husband|wife|boyfriend|girlfriend|spouse|heal|healing|trauma|"
    r"therapy|therapist|disorder|toxic|narcissist|attachment style|studies show|you always|"
    r"you never|what's wrong|divorce|ex)\b",
    re.IGNORECASE,
)
_BY_EAR = re.compile(r"[A-Za-z,' ]+\?")
_AND_OR = re.compile(r"\b(and/or|, and (what|how|when|where|which|who|why))\b", re.IGNORECASE)
_TAGS = frozenset(("loss", "body", "money", "fertility", "family", "faith", "sex", "past"))
_NEVER_TENDER = frozenset(("B3", "E1", "E2", "E3", "F1", "F2"))
"""Themes that practise a skill or touch old hurts: never on the rawest topic."""


def problems(locale: str = DEFAULT_LOCALE) -> list[str]:
    """Return every finding on the content of `locale`; none means that all rules hold."""
    return [
        *_deck(locale),
        *_alike(locale),
        *prompt_rules.findings(content(locale).prompts),
        *_names(locale),
    ]


def old_numbers(today: date) -> list[str]:
    """Return what is to be said about helplines that were last verified long before `today`."""
    told = []
    for country, lines in helplines().items():
        for kind, line in lines.items():
            age = (today - line.verified).days
            if age >= WARN_AFTER:
                state = "overdue" if age >= OVERDUE_AFTER else "due soon"
                told.append(
                    f"helplines.toml, {country}.{kind}: {line.number} was last verified {age} days "
                    f"ago, a new look is {state}; hold it against {line.source} and set the date."
                )
    return told


def _deck(locale: str) -> Iterator[str]:
    questions = content(locale).questions.values()
    if len(questions) < LEAST_QUESTIONS:
        yield f"deck: {len(questions)} questions; write at least {LEAST_QUESTIONS}."
    for theme in content(locale).themes.values():
        ids = Counter(one.id for one in theme.questions)
        for one in theme.questions:
            place = f"deck {theme.code}, {one.id}"
            if ids[one.id] > 1 or not re.fullmatch(rf"{theme.code}-\d{{3}}", one.id):
                yield f"{place}: ids are {theme.code}- and three digits, each once; renumber it."
            if one.depth not in (1, 2, 3):
                yield f"{place}: depth is {one.depth}; use 1 light, 2 personal or 3 tender."
            if one.depth == 3 and theme.code in _NEVER_TENDER:
                yield f"{place}: this theme has no tender questions; make it depth 2 or move it."
            if unknown := set(one.avoid) - _TAGS:
                yield f"{place}: avoid has {sorted(unknown)}; use {', '.join(sorted(_TAGS))}."
            for name, text in _texts(one):
                yield from (f"{place}, {name}: {told}" for told in _sentence(text))


def _texts(question: Question) -> tuple[tuple[str, str], ...]:
    return (
        ("ask", question.ask),
        ("lighter", question.lighter),
        ("deeper", question.deeper),
    )


def _sentence(text: str) -> Iterator[str]:
    if len(text.split()) > MOST_WORDS or len(text) > MOST_CHARACTERS:
        yield f"longer than one breath; keep to {MOST_WORDS} words, {MOST_CHARACTERS} characters."
    if not _BY_EAR.fullmatch(text):
        yield "use letters, commas, apostrophes, and one question mark at the end."
    if text.count(",") > 1:
        yield "more than one comma; split it or shorten it."
    if _YES_NO.match(text):
        yield "can be answered by yes or no; begin with what, how, when, which."
    if found := _NOT_SAID.search(text):
        yield f"says {found[0]!r}; find a word that fits every couple."
    if _AND_OR.search(text):
        yield "asks two things; ask one."


def _alike(locale: str) -> Iterator[str]:
    texts = [
        (f"{one.id} {name}", text)
        for one in content(locale).questions.values()
        for name, text in _texts(one)
    ]
    words = {place: re.findall(r"[a-z']+", text.lower()) for place, text in texts}
    runs: dict[tuple[str, ...], str] = {}
    for place, said in words.items():
        for start in range(len(said) - LONGEST_RUN + 1):
            run = tuple(said[start : start + LONGEST_RUN])
            other = runs.setdefault(run, place)
            if other != place:
                yield f"deck, {place}: shares {' '.join(run)!r} with {other}; reword one."
    sets = {place: frozenset(said) for place, said in words.items()}
    for (one, first), (other, second) in combinations(sets.items(), 2):
        if len(first & second) > MOST_ALIKE * len(first | second):
            yield f"deck, {one}: nearly the same as {other}; drop or reword one."


def _names(locale: str) -> Iterator[str]:
    names = Counter(
        name for theme in content(locale).themes.values() for name in (theme.name, *theme.also)
    )
    yield from (
        f"deck: {name!r} names two themes; give it to one of them."
        for name, count in names.items()
        if count > 1
    )
    folder = resources.files("content") / LANGUAGES[locale]
    for kind, values in load(folder / "slots.toml").items():
        told = Counter(name for said in values.values() for name in said)
        yield from (
            f"slots.toml, {kind}: {name!r} stands twice; give it to one value."
            for name, count in told.items()
            if count > 1
        )
