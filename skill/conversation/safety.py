"""What is heard before anything else: signs that somebody is not safe.

Everything that reaches us, in any intent, slot or typed line, is looked through for the cues of
`content/<language>/safety/`: phrases with choices, see `skill.conversation.cues`. Figures of speech
are taken out first, so that "this curry is killing me" leaves nothing to find.

What a sentence is like as a whole counts, too (`skill.conversation.hearing`): it finds what no cue
names, and passes over a cue in a sentence that is otherwise harmless.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from content import DEFAULT_LOCALE, content, spoken
from content import Cues as Told
from skill.conversation.cues import Cues

if TYPE_CHECKING:
    from skill.conversation.hearing import Hearing

LONGEST = 2_000
"""Characters looked at: more than any channel lets through."""

TIERS = ("danger", "crisis_now", "crisis", "child", "own", "hard", "pressure", "mild")
"""What a cue asks for, the most pressing first: when several are found, it decides."""

_TAKEN_OUT = " # "
"""Stands where a figure of speech was: no cue reaches across it."""

LEAST_WORDS = 3
"""Fewer say too little about what they are about: there only cues count."""

_SHORT = (
    (re.compile(r"\b(won)'?t\b"), "will not"),
    (re.compile(r"\b(can)'?t\b"), "can not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|has|have|had|would|could)n'?t\b"), r"\1 not"),
    (re.compile(r"\b(i)'?m\b"), "i am"),
    (re.compile(r"\b(he|she|that|there|what|who)'?s\b"), r"\1 is"),
    (re.compile(r"\b(they|you|we)'re\b"), r"\1 are"),
    (re.compile(r"\b(theyre|youre)\b"), "they are"),
    (re.compile(r"\b(i|you|we|they)'?ve\b"), r"\1 have"),
    (re.compile(r"\b(i|he|she|you|we|they)'d\b"), r"\1 would"),
    (re.compile(r"\b(i|he|she|you|we|they)'ll\b"), r"\1 will"),
    (re.compile(r"\bgonna\b"), "going to"),
    (re.compile(r"\bwanna\b"), "want to"),
)


HARMLESS = -0.4
"""A sentence that sounds less worrying than this is harmless, whatever cue is in it."""

WORRYING = -0.05
"""A sentence that sounds more worrying than this is heard without a cue.

Both were chosen on the training sentences, and so that few are missed: a wrong soft answer costs
seconds.
"""


class Safety:
    """The cues and the ear of one language.

    Both take a moment to make ready, so that waits for the first words: a skill that is opened
    says none.
    """

    def __init__(self, told: Callable[[], Told], ear: "Callable[[], Hearing]") -> None:
        self._told = told
        self._ear = ear

    def tier(self, texts: Iterable[str]) -> str:
        """Return the most pressing tier that is found in `texts`, "" if there is none."""
        found = {tier for text in texts if text for tier in self._found(plain(text))}
        return next((tier for tier in TIERS if tier in found), "")

    @cached_property
    def _cues(self) -> tuple[Cues, Mapping[str, Cues]]:
        """Return figures of speech, and the cues of each tier."""
        told = self._told()
        tiers = {tier: Cues(cues, told.lists) for tier, cues in told.tiers.items()}
        return Cues(told.harmless, told.lists), tiers

    def _found(self, text: str) -> Iterable[str]:
        harmless, tiers = self._cues
        left = harmless.without(text, _TAKEN_OUT)
        cued = [tier for tier, cues in tiers.items() if cues.found(left)]
        if len(text.split()) < LEAST_WORDS:
            return cued
        sounds = self._ear().of(text)
        if cued:
            return cued if sounds.worry > HARMLESS else ()
        return (sounds.tier,) if sounds.worry > WORRYING else ()


def safety(locale: str = DEFAULT_LOCALE) -> Safety:
    """Return the safety check for `locale`'s words."""
    return _safety(spoken(locale))


@lru_cache
def _safety(locale: str) -> Safety:
    return Safety(lambda: content(locale).cues, partial(_ear, locale))


def _ear(locale: str) -> "Hearing":
    from skill.conversation.hearing import hearing  # numpy loads as long as all else of a launch

    return hearing(locale)


def plain(text: str) -> str:
    """Return `text` in plain lower-case words, each followed by one space."""
    letters = unicodedata.normalize("NFKC", text[:LONGEST]).lower().replace("\u2019", "'")
    for short, whole in _SHORT:
        letters = short.sub(whole, letters)
    return " ".join(re.sub(r"[^\w\s]", " ", letters.replace("'", "")).split()) + " "
