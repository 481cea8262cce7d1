"""The rules of the library that a program can decide; the others are in `docs/content.md`.

Whoever hears an item hears it once, in a kitchen, and may be anybody. So each sentence is one
breath, asks one thing, takes no way of life for granted, and blames and pries into nothing.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from content.library import (
    LETTERS,
    LIGHT,
    TENDER,
    Exercise,
    Gesture,
    Item,
    Library,
    Question,
    Starter,
    format_of,
)

MOST_WORDS, MOST_CHARACTERS = 22, 130
"""One breath: what can be read aloud in eight seconds."""

MOST_COMMAS = 1

MOST_ALIKE = 0.6
"""Two sentences whose word sets overlap more than this are one sentence said twice."""

LONGEST_RUN = 6
"""Words in a row that no two items share."""

LEAST_TELLING = 2
"""Of those, how many have to be more than small words: how would you like to be stands anywhere."""

MOST_OF_A_SHAPE = 9
"""Sentences that may be built alike: with ten, they are a template with its nouns exchanged."""

MOST_ONLOOKERS = 4
"""Sentences of a theme that ask what "a stranger", "a parrot" or "a judge" would say: a joke that
is quickly told, and quickly stale."""

MOST_STEPS, LEAST_STEPS = 7, 3

NEVER_TENDER = frozenset(("B3", "E1", "E2", "E3", "F1", "F2"))
"""Themes that practise a skill or touch old hurts: never on the rawest ground."""

_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty
"""
NUMBERS = _NUMBERS.split()

_QUESTION = re.compile(r"[A-Z][A-Za-z,' ]*\?")
_SENTENCE = re.compile(r"[A-Z][A-Za-z,' ]*\.")
_BEGINNING = re.compile(r"[A-Z][A-Za-z,' ]*[a-z]")
_SENTENCES = re.compile(r"[A-Z][A-Za-z,' ]*[.?]( [A-Z][A-Za-z,' ]*[.?])*")

_AUXILIARY = (
    "do|does|did|is|are|was|were|can|could|would|will|have|has|had|should|shall|may|might|am"
)
_YES_NO = re.compile(
    rf"^({_AUXILIARY})\b|,\s({_AUXILIARY}) (you|your|it|the|there|one)\b", re.IGNORECASE
)
_WHY = re.compile(r"(^|, )why\b", re.IGNORECASE)
_TWO_THINGS = re.compile(r"\b(and/or|,? and (what|how|when|where|which|who|whose|why))\b", re.I)
_NOT_SAID = re.compile(
    r"\b(he|she|his|her|him|hers|himself|herself|husband|wife|boyfriend|girlfriend|spouse|lover"
    r"|significant other|heal|heals|healed|healing|trauma|therapy|therapist|therapeutic|disorder"
    r"|toxic|narcissist|trigger\w*|boundar\w+|attachment|love language|self-care|safe space"
    r"|hold space|show up for|feel seen|vulnerable|studies show|you always|you never|what's wrong"
    r"|divorce|ex|you should|you must|you have to|you ought|journey|diagnos\w*|anxiety|depress\w*"
    r"|symptom\w*|to blame|streak)\b",
    re.IGNORECASE,
)
_UNSAFE = re.compile(
    r"\b(dare|dares|secrets?|jealous\w*|cheat\w*|affair|ultimatum|leave me|break up|breakup"
    r"|punish\w*|threat\w*|guilt\w*|ashamed|shame|hate\w*|revenge|rate your partner|compared? to"
    r"|kill\w*)\b",
    re.IGNORECASE,
)
_PRYING = re.compile(
    r"\b(partner's|each other's|the other's|the other one's) "
    r"(phone|phones|screen|messages|inbox|mail|diary|password)\b",
    re.IGNORECASE,
)
_ONLOOKER = re.compile(r"(how|what) would an? ", re.IGNORECASE)
_ASSUMED = re.compile(
    r"\b(child|children|kids?|baby|son|daughter|mother|father|mom|dad|parents?|mum"
    r"|grand(ma|pa|mother|father|parent)\w*|sisters?|brothers?|church|god|pray\w*|christmas|easter"
    r"|thanksgiving|halloween|valentine'?s?|wedding|married|marriage|honeymoon|anniversary|wine"
    r"|beer|drunk|drinking|alcohol|cocktails?|car|driv(e|ing)|boss|office|salary|money|sex\w*"
    r"|kiss\w*)\b",
    re.IGNORECASE,
)
"""What not everybody has or does: only where the item is for those who do, or says so by a tag."""
_OF_PARENTS = re.compile(r"child|children|kids?|baby|son|daughter|parents?", re.IGNORECASE)

_SMALL = """
a an the this that these those some any each every one two which what who whose whom how when where
at in on of for from to by with without over under after before between during into onto off out up
down about around as than if suppose could would might can do does did is are was were be been being
has have had you your yours partner partner's we our us it its they them their and or but not no so
you'd you've you're you'll there here let lets makes make made most more first last ever still yet
just even only next then while until since i my me i'd i've i'm
"""
_SMALL_WORDS = frozenset(_SMALL.split())


@dataclass(frozen=True)
class Finding:
    """What is against the rules: where it stands, what is wrong, and what to do."""

    id: str
    field: str
    told: str


def findings(library: Library) -> Iterator[Finding]:
    """Yield what is against the rules in a library."""
    for code in library.themes:
        yield from of_theme(code, library.of_theme(code))
    yield from alike(library.items.values())
    yield from _names(library)


def _names(library: Library) -> Iterator[Finding]:
    """Yield exercises that are called as another one is."""
    called: dict[str, str] = {}
    for one in library.items.values():
        if isinstance(one, Exercise):
            other = called.setdefault(one.name, one.id)
            if other != one.id:
                yield Finding(one.id, "name", f"is that of {other}, too; call it otherwise.")


def of_theme(code: str, items: Mapping[str, Item]) -> Iterator[Finding]:
    """Yield what is against the rules in the items of a theme, each by itself."""
    yield from _onlookers(items.values())
    numbers = Counter(one.id for one in items.values())
    for one in items.values():
        letter = LETTERS[format_of(one)]
        if numbers[one.id] > 1 or not re.fullmatch(rf"{code}{letter}-\d{{3}}", one.id):
            yield Finding(one.id, "id", f"is not {code}{letter}- and three digits; renumber it.")
        if one.depth == TENDER and code in NEVER_TENDER:
            yield Finding(one.id, "depth", "is tender, as nothing in this theme is; make it 2.")
        if one.depth > LIGHT and (one.company_ok or one.kids_ok):
            yield Finding(one.id, "depth", "is not light, so others may not hear it.")
        if one.depth == TENDER and one.evening_ok:
            yield Finding(
                one.id, "evening_ok", "is true, and tender ones are not for late; drop it."
            )
        yield from _follow_ups(one, items)
        if isinstance(one, Exercise):
            yield from _exercise(one)
        for name, text in one.spoken.items():
            yield from (Finding(one.id, name, told) for told in _text(one, name, text))


def _onlookers(items: Iterable[Item]) -> Iterator[Finding]:
    told = [
        (one, name) for one in items for name, text in one.spoken.items() if _ONLOOKER.match(text)
    ]
    for one, name in told[MOST_ONLOOKERS:]:
        yield Finding(
            one.id, name, f"asks what somebody would say, as {MOST_ONLOOKERS} others; ask them."
        )


def _follow_ups(item: Item, items: Mapping[str, Item]) -> Iterator[Finding]:
    if not isinstance(item, Gesture | Exercise):
        return
    for name in ("lighter", "deeper"):
        id = getattr(item, name)
        question = items.get(id)
        if not isinstance(question, Question):
            yield Finding(item.id, name, f"is {id!r}, no question of its theme; name one.")
        elif missing := sorted(set(item.stages) - set(question.stages)):
            yield Finding(
                item.id, name, f"is {id!r}, which is not for {', '.join(missing)}; name another."
            )


def _exercise(item: Exercise) -> Iterator[Finding]:
    if not re.fullmatch(r"[a-z',]+( [a-z',]+){1,4}", item.name):
        yield Finding(item.id, "name", "is not two to five small words; call it so.")
    words = _words(item.start)
    if NUMBERS[item.minutes] not in words:
        yield Finding(item.id, "start", f"does not say {NUMBERS[item.minutes]} minutes.")
    if "stop" not in words:
        yield Finding(item.id, "start", "does not say that they may stop; say so.")
    if not LEAST_STEPS <= len(item.steps) <= MOST_STEPS:
        yield Finding(
            item.id, "steps", f"are {len(item.steps)}; write {LEAST_STEPS} to {MOST_STEPS}."
        )


def _text(item: Item, name: str, text: str) -> Iterator[str]:
    if len(text.split()) > MOST_WORDS or len(text) > MOST_CHARACTERS:
        yield f"is longer than a breath; keep to {MOST_WORDS} words, {MOST_CHARACTERS} characters."
    if text.count(",") > MOST_COMMAS:
        yield "has more than one comma; split it or shorten it."
    form, told = _form(item, name)
    if not form.fullmatch(text) or "  " in text:
        yield told
    if form is _QUESTION:
        if _YES_NO.search(text):
            yield "can be answered by yes or no; begin with what, how, when, which."
        if _TWO_THINGS.search(text):
            yield "asks two things; ask one."
    if _WHY.search(text):
        yield "asks why, and nobody has to justify themselves; ask what or how."
    for pattern, why in (
        (_NOT_SAID, "find a word that fits every couple and promises nothing."),
        (_UNSAFE, "find a way that nobody can be hurt by."),
        (_PRYING, "let each keep to their own, as some are not safe at home."),
    ):
        if found := pattern.search(text):
            yield f"says {found[0]!r}; {why}"
    for found in _ASSUMED.finditer(text):
        if not _may_assume(item, name, found[0]):
            yield (
                f"takes {found[0]!r} for granted; reword it, or say so openly and tag it sensitive."
            )


def _form(item: Item, name: str) -> tuple[re.Pattern[str], str]:
    if isinstance(item, Exercise):
        return _SENTENCES, "write plain sentences: letters, a comma, apostrophes, stops."
    if isinstance(item, Gesture) or name == "notice":
        return _SENTENCE, "write one plain sentence with a stop at its end."
    if isinstance(item, Starter) and name == "finish":
        return _BEGINNING, "write the beginning of a sentence, with nothing at its end."
    return _QUESTION, "use letters, a comma, apostrophes, and one question mark at the end."


def _may_assume(item: Item, name: str, word: str) -> bool:
    for_parents = "parents" in item.stages and set(item.stages) <= {"parents", "long-term"}
    a_touch = name == "touch" and word.lower().startswith("kiss")
    return bool(item.sensitive or (for_parents and _OF_PARENTS.fullmatch(word)) or a_touch)


def alike(items: Iterable[Item]) -> Iterator[Finding]:
    """Yield sentences that share a run of words, nearly all their words, or their shape."""
    told = [(one, name, text) for one in items for name, text in one.spoken.items()]
    yield from _runs(told)
    yield from _overlaps(told)
    yield from _shapes(told)


Told = Sequence[tuple[Item, str, str]]


def _runs(told: Told) -> Iterator[Finding]:
    runs: dict[tuple[str, ...], tuple[str, str]] = {}
    for one, name, text in told:
        if name == "start":
            continue  # each says its length, its turns and the way out
        said = _words(text)
        for at in range(len(said) - LONGEST_RUN + 1):
            run = tuple(said[at : at + LONGEST_RUN])
            if sum(word not in _SMALL_WORDS for word in run) < LEAST_TELLING:
                continue
            other = runs.setdefault(run, (one.id, name))
            if other != (one.id, name):
                yield Finding(
                    one.id, name, f"shares {' '.join(run)!r} with {' '.join(other)}; reword one."
                )


def _overlaps(told: Told) -> Iterator[Finding]:
    """Compare only sentences that share a rare word.

    Two sets of words that overlap that much share one of the few rarest of each, so the others need
    not be looked at.
    """
    sets = [
        (one, name, frozenset(_words(text)))
        for one, name, text in told
        if name not in ("start", "close")
    ]
    often = Counter(word for _, _, words in sets for word in words)
    having: dict[str, list[int]] = defaultdict(list)
    for number, (one, name, words) in enumerate(sets):
        by_rarity = sorted(words, key=lambda word: (often[word], word))
        rare = by_rarity[: len(words) - math.ceil(MOST_ALIKE * len(words)) + 1]
        for other in sorted({other for word in rare for other in having[word]}):
            item, where, those = sets[other]
            if len(words & those) > MOST_ALIKE * len(words | those):
                yield Finding(one.id, name, f"is nearly {item.id} {where}; drop or reword one.")
        for word in rare:
            having[word].append(number)


def _shapes(told: Told) -> Iterator[Finding]:
    shapes: dict[str, list[str]] = defaultdict(list)
    for one, name, text in told:
        if not isinstance(one, Gesture | Exercise) and name != "notice":
            shapes[shape(text)].append(one.id)
    for built, ids in shapes.items():
        if len(ids) > MOST_OF_A_SHAPE:
            yield Finding(
                ids[-1], "shape", f"{built!r} is that of {len(ids)} sentences; build some anew."
            )


def shape(text: str) -> str:
    """Return how a sentence is built: its small words, with a gap for each run of others."""
    built: list[str] = []
    for word in _words(text):
        part = word if word in _SMALL_WORDS else "_"
        if part != "_" or built[-1:] != ["_"]:
            built.append(part)
    return " ".join(built)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())
