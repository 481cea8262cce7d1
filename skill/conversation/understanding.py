"""Typed words to an intent and slots, from the interaction model's own samples.

The nearest sample wins, if it is near enough. Near means: the words that matter (rare ones more
than common ones, by their stems, with one letter wrong if need be) are the same. What is near is
weighed against what each word says on its own ("breathing" hardly ever means anything else), and
against what the whole sentence sounds like (`skill.conversation.wishes`). Words that no sample
knows count against every intent, and people's other talk has samples of its own, so what is out of
scope stays out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from itertools import pairwise
from math import log, sqrt
from sys import intern

import numpy as np
import snowballstemmer

from content import DEFAULT_LOCALE, LANGUAGES, load, spoken
from content.slots import slot_values
from skill.conversation import slots
from skill.conversation.model import Intent, Model, model
from skill.conversation.turn import FALLBACK
from skill.conversation.wishes import Wishes, wishes

LONGEST = 500
"""Characters looked at."""

# These numbers were chosen on the three sets of tests/understanding as a whole; the rest of this
# file on the first alone, and the samples on none.

THRESHOLD = 0.28
"""The least that counts as understood."""

OTHER = 0.75
"""How much it counts against an intent that the words are like people's other talk."""

LENGTH, LONG = 0.015, 10
"""What each word adds, up to ten: a long sentence is like no sample as a short one is."""

VOTES = 0.5
"""How much the words on their own weigh, against the nearest samples."""

SOUND, SOUND_OF_OTHER = 0.4, 0.1
"""What it adds to a wish, or to other talk, that the sentence sounds like it."""

EXPECTED = 0.16
"""What an intent gains when the open question listens for it."""

UNKNOWN = 0.75
"""The weight of a word that no sample knows, against the rarest that one does."""

PAIRS = 0.5
"""The weight of two words in a row, against that of single words."""

ANSWERS = frozenset({"RatingIntent", "FeelingIntent", "DoneIntent", "SayIntent"})
"""Intents that only make sense as an answer: without a question they are not expected at all."""

DONE = "DoneIntent"
"""The answer that is none where words are wanted."""

UNASKED = 0.45
"""What they lose then."""

SELDOM = 0.004
"""How often a word must be used, as a share of an intent's samples, to say something alone."""

YES_AND_NO = ("AMAZON.YesIntent", "AMAZON.NoIntent")

CARRIED = 0.85
"""How sure a carrier phrase makes us: less than a sample word for word."""

SURE = 0.8
"""How like a wish words must be where any words may be the answer."""

CLEAR = {"ForgetUsIntent": 0.4}
"""Intents that cannot be undone, and how like them words must be: clear ones, nothing less."""

_ADDRESS = re.compile(
    r"^(?:hey |ok |okay )?(?:alexa )?(?:please )?"
    r"(?:(?:ask|tell|open|launch|start|use)(?: the)? evening lantern"
    r"(?: (?:to|for|that|and|about))?|alexa)\b"
)
_POLITE = re.compile(
    r"\b(?:please|pls|could you|can you|would you|will you|kindly|hey|hi|um|uh|er|"
    r"just|actually|maybe|perhaps|like to|i guess|i think|lantern)\b"
)
_SHORT = (
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"\blet's\b|\blets\b"), "let us"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"'s\b"), " is"),
    (re.compile(r"\btime outs?\b|\btimeouts?\b"), "timeout"),
    (re.compile(r"\bcheck ins?\b|\bcheckins?\b"), "checkin"),
    (re.compile(r"\bfollow ups?\b|\bfollowups?\b"), "followup"),
    (re.compile(r"\bcant\b"), "can not"),
    (re.compile(r"\b(do|does|is|are|did|was|have)nt\b"), r"\1 not"),
    (re.compile(r"\b(that|what|where|how|who|there|tonight|today)s\b"), r"\1 is"),
    (re.compile(r"\bim\b"), "i am"),
    (re.compile(r"\bive\b"), "i have"),
    (re.compile(r"\bweve\b"), "we have"),
    (re.compile(r"\bwere (?=back|done|ready|not)"), "we are "),
)
_TYPED = {
    "abt": "about", "tonite": "tonight", "2nite": "tonight", "plz": "please", "u": "you",
    "r": "are", "ur": "your", "gimme": "give me", "wanna": "want to", "gonna": "going to",
    "gotta": "have to", "thx": "thanks", "thnx": "thanks", "ty": "thank you", "cuz": "because",
    "coz": "because", "smth": "something", "bf": "partner", "gf": "partner", "hubby": "partner",
    "tmrw": "tomorrow", "tmr": "tomorrow", "rn": "right now", "b4": "before", "ppl": "people",
    "dont": "do not", "wont": "will not", "lemme": "let me", "dunno": "do not know", "yr": "your",
    "mins": "minutes", "hrs": "hours", "w": "with",
}  # fmt: skip
"""How people type in a hurry, and what it stands for."""
_SPACED_CODE = re.compile(r"\b(?:\d(?: \d){5}|\d\d \d\d \d\d|\d{3} \d{3})\b")
_UNIT = re.compile(r"(?:days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|half)$|^\d+(?:h|m|s|min)$")
_OF_A_LENGTH = frozenset(("half", "quarter", "quarters", "a", "an", "couple", "of", "and", "full"))
_CLOCK_START = frozenset(("half", "quarter", "noon", "midday", "midnight"))
_CLOCK_END = frozenset(
    ("am", "pm", "morning", "evening", "night", "afternoon", "tonight", "o'clock", "noon", "midday")
)


@dataclass(frozen=True)
class Meaning:
    """What somebody meant: an intent, its slots in canonical form, and how sure we are (0 to 1)."""

    intent: str
    slots: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.0


_Sample = tuple[str, tuple[str, ...]]
"""An intent, and the tokens of one of its samples."""


@dataclass(frozen=True)
class _Spoken:
    """An utterance with the values of some slot types taken out."""

    tokens: tuple[str, ...]
    values: Mapping[str, str]
    """Slot type to canonical value."""


@dataclass(frozen=True)
class _Carrier:
    """A sample whose slots take any words: names, or free speech."""

    intent: str
    pattern: re.Pattern[str]
    tells: bool
    """True if the words around the slots tell the intent without a question before."""
    frames: bool
    """True if there is more around the slots than an "and"."""


class Understanding:
    """Understands one locale's words."""

    def __init__(self, model: Model, builtins: Mapping[str, Sequence[str]], wishes: Wishes) -> None:
        self._model = model
        self._wishes = wishes
        self._builtins = builtins
        self._stem = lru_cache(maxsize=4096)(snowballstemmer.stemmer("english").stemWord)

    def understand(
        self, words: str, expecting: Collection[str] = (), free: bool = False
    ) -> Meaning:
        """Return what `words` mean; `expecting` are the intents that the open question wants.

        `free` is True where any words may answer it: then only clear words are a wish.
        """
        plain = tidy(words)
        if not plain:
            return Meaning(FALLBACK)
        exact = self._sentences.get(plain, "")
        named = self._names_alone.get(plain)
        if named and not exact and not self._is_a_value(plain, expecting):
            return named
        answers = self._bare_answers(words, plain, expecting)
        answer = self._most_like(answers, plain, expecting)
        # "Okay" is a yes, unless somebody was asked how they are.
        if answer and exact not in expecting and exact in ("", *ANSWERS, *YES_AND_NO):
            return answer
        # "Done" is not "yes": whatever was asked may be hard to undo.
        if exact and (exact not in ANSWERS or exact in expecting or (expecting and exact == DONE)):
            return Meaning(exact, {}, 1.0)
        meanings = [
            one
            for one in self._meanings(plain, expecting)
            if one.confidence >= self._least(one.intent, expecting, free)
        ]
        best = max(meanings, key=lambda one: one.confidence)
        other = max(one.confidence for one in meanings if one.intent == FALLBACK)
        sure = best.confidence - OTHER * other + LENGTH * min(len(plain.split()), LONG)
        if best.intent != FALLBACK and sure >= THRESHOLD:
            return best
        say = "SayIntent" in expecting
        return Meaning("SayIntent" if say else FALLBACK, {}, best.confidence)

    def _least(self, intent: str, expecting: Collection[str], free: bool) -> float:
        """Return how sure we must be to consider `intent` at all."""
        always = (*expecting, FALLBACK, "TimeOutIntent")  # a time-out is one word away, ever
        if free and intent not in always:
            return SURE
        return CLEAR.get(intent, -1.0)

    # Sentences that are a sample, word for word -----------------------------------------

    @cached_property
    def _sentences(self) -> Mapping[str, str]:
        said = {
            tidy(sample): intent.name
            for intent in self._model.intents.values()
            for sample in intent.samples
            if "{" not in sample
        }
        return said | {
            tidy(sample): name for name, samples in self._builtins.items() for sample in samples
        }

    @cached_property
    def _names_alone(self) -> Mapping[str, Meaning]:
        """What a name of a value means where a sample is nothing but its slot: "company"."""
        known = slot_values()
        return {
            tidy(name): Meaning(intent.name, {slot: value}, 1.0)
            for intent in self._model.intents.values()
            if intent.name not in ANSWERS
            for slot, kind in intent.slots.items()
            if f"{{{slot}}}" in intent.samples
            for value, names in known.get(kind, {}).items()
            for name in names
        }

    def _is_a_value(self, plain: str, expecting: Collection[str]) -> bool:
        """Say whether these very words are a value that the open question wants."""
        known = slot_values()
        return any(
            plain == tidy(name)
            for intent in expecting
            for kind in self._model.intents[intent].slots.values()
            for names in known.get(kind, {}).values()
            for name in names
        )

    # An answer without a carrier --------------------------------------------------------

    def _bare_answers(
        self, words: str, plain: str, expecting: Collection[str]
    ) -> Sequence[Meaning]:
        """Read "seven", "tired", "eight pm", "sam and alex" as what the question wants."""
        found: list[Meaning] = []
        if len(plain.split()) > 5 or "timeout" in plain.split():
            return found
        for name in expecting:
            intent = self._model.intents.get(name)
            if intent and intent.slots:
                spoken = self._take_out(plain, frozenset(intent.slots.values()))
                rest = [token for token in spoken.tokens if token[0] != "<"]
                known = self._weak | self._slot_words
                if spoken.values and all(token in known for token in rest):
                    found.append(Meaning(name, _named(intent, spoken.values), 0.9))
            if name == "SetNamesIntent" and slots.names(words) and len(plain.split()) <= 3:
                first, second = slots.names(words) or ("", "")
                found.append(Meaning(name, {"first": first, "second": second}, 0.9))
        return found

    def _most_like(
        self, answers: Sequence[Meaning], plain: str, expecting: Collection[str]
    ) -> Meaning | None:
        """Return the one answer; "an hour" may be breathed or rested: the nearest decides."""
        if len(answers) < 2:
            return answers[0] if answers else None
        like: dict[str, float] = defaultdict(float)
        for one in self._meanings(plain, expecting):
            like[one.intent] = max(like[one.intent], one.confidence)
        return max(answers, key=lambda one: like[one.intent])

    @cached_property
    def _weak(self) -> frozenset[str]:
        """Stems that carry no meaning of their own around an answer."""
        words = (
            "a an the at about around maybe say i am im would is it of to for in on me us we feel "
            "feeling more out very so pretty quite bit little than let make and or this that here "
            "from be use hello he she but"
        )
        return frozenset(self._stem(word) for word in words.split())

    # The nearest sample -----------------------------------------------------------------

    def _meanings(self, plain: str, expecting: Collection[str]) -> Iterator[Meaning]:
        sounds = self._wishes.of(plain)
        yield Meaning(FALLBACK, {}, SOUND_OF_OTHER * sounds[FALLBACK])
        yield from self._carried(plain, expecting)
        for types, group in self._groups.items():
            spoken = self._take_out(plain, types)
            tokens = self._corrected(spoken.tokens)
            telling = any(token not in self._weak and token[:2] != "<A" for token in tokens)
            for name, likeness in group.nearest(tokens).items():
                if name in expecting:
                    likeness += EXPECTED
                elif name in ANSWERS or not telling:
                    likeness -= UNASKED
                sound = SOUND_OF_OTHER if name == FALLBACK else SOUND
                asked = name not in ANSWERS or name in expecting
                likeness += sound * sounds.get(name, 0.0) * asked
                found = _named(self._model.intents[name], spoken.values) if types else {}
                yield Meaning(name, found, min(likeness, 1.0))

    def _carried(self, plain: str, expecting: Collection[str]) -> Iterator[Meaning]:
        """Read free speech and names, which stand inside a carrier phrase."""
        for carrier in self._carriers:
            found = carrier.pattern.fullmatch(plain)
            if not found:
                continue
            told = {slot: value.strip() for slot, value in found.groupdict().items() if value}
            expected = carrier.intent in expecting
            names = carrier.frames and not self._known(told.values())
            if not (expected or carrier.tells or names):
                continue
            if carrier.intent == "SetNamesIntent":
                told = {slot: value.capitalize() for slot, value in told.items()}
            asked = expected or carrier.intent not in ANSWERS
            yield Meaning(carrier.intent, told, CARRIED if asked else 0.0)

    @cached_property
    def _carriers(self) -> Sequence[_Carrier]:
        return [
            self._carrier(sample, intent)
            for intent in self._model.intents.values()
            for sample in sorted(intent.samples, key=len, reverse=True)
            if any(_free(intent.slots.get(slot, "")) for slot in re.findall(r"\{(\w+)\}", sample))
        ]

    def _carrier(self, sample: str, intent: Intent) -> _Carrier:
        pieces = [piece for piece in re.split(r"(\{\w+\})", sample) if piece.strip()]
        words = [word for piece in pieces if piece[0] != "{" for word in tidy(piece).split()]
        return _Carrier(
            intent.name,
            re.compile(r"\s+".join(_pattern(piece, intent) for piece in pieces)),
            tells=any(self._stem(word) not in self._weak for word in words),
            frames=len(words) > 1,
        )

    def _known(self, values: Iterable[str]) -> bool:
        """Say whether one of these is a word that people use for something else than a name."""
        words = [self._stem(word) for value in values for word in tidy(value).split()]
        return any(word in self._vocabulary or word in self._slot_words for word in words)

    @cached_property
    def _groups(self) -> "Mapping[frozenset[str], _Group]":
        """Intents by the slot types that they take: an utterance is read once for each kind."""
        samples: dict[frozenset[str], list[_Sample]] = defaultdict(list)
        for intent in self._model.intents.values():
            types = frozenset(kind for kind in intent.slots.values() if not _free(kind))
            phrases = self._builtins.get(intent.name, intent.samples)
            for sample in phrases:
                named = re.findall(r"\{(\w+)\}", sample)
                if not any(_free(intent.slots[slot]) for slot in named):
                    samples[types].append((intent.name, self._sample(sample, intent)))
        every = [sample for group in samples.values() for sample in group]
        rarity, shares = _rarity([tokens for _, tokens in every]), _shares(every)
        return {types: _Group(group, rarity, shares) for types, group in samples.items()}

    def _sample(self, sample: str, intent: Intent) -> tuple[str, ...]:
        tokens: list[str] = []
        for piece in re.split(r"(\{\w+\})", sample):
            if piece.startswith("{"):
                tokens.append(f"<{intent.slots[piece[1:-1]]}>")
            else:
                tokens.extend(self._stem(word) for word in tidy(piece).split())
        return tuple(tokens)

    # Slot values ------------------------------------------------------------------------

    def _take_out(self, plain: str, types: frozenset[str]) -> _Spoken:
        words = plain.split()
        tokens: list[str] = []
        values: dict[str, str] = {}
        place = 0
        while place < len(words):
            for kind in sorted(types):
                found = self._value(words, place, kind) if kind not in values else None
                if found:
                    values[kind], length = found
                    tokens.append(f"<{kind}>")
                    place += length
                    break
            else:
                tokens.append(self._stem(words[place]))
                place += 1
        return _Spoken(tuple(tokens), values)

    def _value(self, words: Sequence[str], place: int, kind: str) -> tuple[str, int] | None:
        if kind in self._phrases:
            for length in range(min(5, len(words) - place), 0, -1):
                said = tuple(words[place : place + length])
                # "Loved" and "loving" have one stem; the word itself comes first.
                for form in (said, tuple(map(self._stem, said))):
                    if form in self._phrases[kind]:
                        return self._phrases[kind][form], length
            return None
        for length in range(min(7, len(words) - place), 0, -1):
            found = _builtin_value(words[place : place + length], kind)
            if found:
                return found, length
        return None

    @cached_property
    def _phrases(self) -> Mapping[str, Mapping[tuple[str, ...], str]]:
        return {
            kind: {
                form: value.id
                for stemmed in (True, False)
                for value in values
                for name in (value.name, *value.synonyms)
                for form in [tuple(map(self._stem if stemmed else str, tidy(name).split()))]
            }
            for kind, values in self._model.types.items()
        }

    @cached_property
    def _slot_words(self) -> frozenset[str]:
        return frozenset(
            word for values in self._phrases.values() for stems in values for word in stems
        )

    # Typing mistakes --------------------------------------------------------------------

    def _corrected(self, tokens: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._near(token) for token in tokens)

    def _near(self, token: str) -> str:
        """Return the known stem that is one slip of the keyboard off, else the token."""
        if token in self._vocabulary or len(token) < 4 or token[0] == "<":
            return token
        found = {word for one in (token, *_shorter(token)) for word in self._misspelt.get(one, ())}
        return min((word for word in found if _one_slip(token, word)), default=token)

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word for group in self._groups.values() for word in group.words)

    @cached_property
    def _misspelt(self) -> Mapping[str, Sequence[str]]:
        """Return known stems by what is left of them when a letter is missing."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in self._vocabulary:
            if len(word) >= 4 and word[0] != "<":
                for short in (word, *_shorter(word)):
                    found[short].append(word)
        return found


class _Group:
    """Samples that take the same slot types, ready to be compared with an utterance."""

    def __init__(
        self,
        samples: Sequence[_Sample],
        rarity: Mapping[str, float],
        shares: Mapping[str, Mapping[str, float]],
    ) -> None:
        self._rarity = rarity
        self._shares = shares
        self._unknown = max(rarity.values()) * UNKNOWN
        self.words = {token for _, tokens in samples for token in tokens}
        self._names = [name for name, _ in samples]
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, (_, tokens) in enumerate(samples):
            for feature, weight in self._features(tokens).items():
                found[feature].append((number, weight))
        # As arrays these take a fifth of the memory; those of a feature lie in a row. Only what
        # samples say is interned: some Pythons keep that for good, and people's words are not kept.
        self._rows = {intern(feature): row for row, feature in enumerate(found)}
        self._ends = np.cumsum([0, *map(len, found.values())])
        self._numbers = np.array([one for row in found.values() for one, _ in row], np.intc)
        self._weights = np.array([one for row in found.values() for _, one in row])

    def nearest(self, tokens: Sequence[str]) -> Mapping[str, float]:
        """Return how near each intent is that shares a word with `tokens`."""
        features = self._features(tokens)
        whole = sum(features.values())
        likeness = np.zeros(len(self._names))
        votes: dict[str, float] = defaultdict(float)
        for feature, weight in features.items():
            place = self._rows.get(feature)
            if place is not None:
                row = slice(self._ends[place], self._ends[place + 1])
                likeness[self._numbers[row]] += weight * self._weights[row]
            for name, share in self._shares.get(feature, {}).items():
                votes[name] += weight * share / whole
        best: dict[str, list[float]] = defaultdict(list)
        for number in likeness.nonzero()[0].tolist():
            best[self._names[number]].append(float(likeness[number]))
        return {
            name: (1 - VOTES) * _of_best(values) + VOTES * votes[name]
            for name, values in best.items()
        }

    def _features(self, tokens: Sequence[str]) -> Mapping[str, float]:
        """Return words and pairs of words with their weights; the whole has length one."""
        weights: Counter[str] = Counter()
        for token in tokens:
            weights[token] = self._rarity.get(token, self._unknown)  # type: ignore[assignment]
        for pair in _pairs(tokens):
            weights[pair] = PAIRS * self._rarity.get(pair, self._unknown)  # type: ignore[assignment]
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {feature: weight / length for feature, weight in weights.items()}


def _of_best(values: Sequence[float]) -> float:
    """Weigh the nearest sample most, and a little how near the next ones are."""
    top = sorted(values, reverse=True)[:3]
    return 0.85 * top[0] + 0.15 * sum(top) / len(top)


def _pairs(tokens: Sequence[str]) -> list[str]:
    return [f"{one} {two}" for one, two in pairwise(tokens)]


def _shares(samples: Sequence[_Sample]) -> Mapping[str, Mapping[str, float]]:
    """Return how the use of each word and pair is divided among intents, however many samples."""
    used: dict[str, Counter[str]] = defaultdict(Counter)
    count: Counter[str] = Counter()
    for name, tokens in samples:
        count[name] += 1
        for feature in {*tokens, *map(intern, _pairs(tokens))}:
            used[feature][name] += 1
    shares = {}
    for feature, names in used.items():
        often = {name: times / count[name] for name, times in names.items()}
        # A word seen once among hundreds of samples says little.
        total = sum(often.values()) + SELDOM
        shares[feature] = {name: share / total for name, share in often.items()}
    return shares


def _rarity(samples: Sequence[Sequence[str]]) -> Mapping[str, float]:
    seen: Counter[str] = Counter()
    for tokens in samples:
        seen.update({*tokens, *map(intern, _pairs(tokens))})
    return {feature: log(1 + len(samples) / count) for feature, count in seen.items()}


def _shorter(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _one_slip(typed: str, word: str) -> bool:
    """Say whether one letter is missing, too much or wrong, or two have changed places."""
    if typed[0] != word[0]:
        return False
    if len(typed) != len(word):
        return typed in _shorter(word) or word in _shorter(typed)
    wrong = [place for place, letter in enumerate(typed) if letter != word[place]]
    if len(wrong) == 2:
        first, second = wrong
        return second == first + 1 and typed[first] + typed[second] == word[second] + word[first]
    return len(wrong) == 1


def _free(kind: str) -> bool:
    return kind in ("AMAZON.SearchQuery", "AMAZON.FirstName")


def _pattern(piece: str, intent: Intent) -> str:
    if piece[0] != "{":
        return re.escape(tidy(piece))
    slot = piece[1:-1]
    any_words = ".+" if intent.slots[slot] == "AMAZON.SearchQuery" else r"[^\W\d_][\w'-]*"
    return f"(?P<{slot}>{any_words})"


def _named(intent: Intent, values: Mapping[str, str]) -> Mapping[str, str]:
    return {slot: values[kind] for slot, kind in intent.slots.items() if kind in values}


@lru_cache(maxsize=4096)
def _is_number(word: str) -> bool:
    return slots.number(word) is not None and word != "a"


def _of_a_length(word: str) -> bool:
    """Say whether a word can be part of how a length of time is said."""
    return word in _OF_A_LENGTH or bool(_UNIT.search(word)) or word[0].isdigit() or _is_number(word)


def _builtin_value(words: Sequence[str], kind: str) -> str | None:
    text, first, last = " ".join(words), words[0], words[-1]
    if kind == "AMAZON.NUMBER":
        whole = slots.number(text) if all(map(_is_number, words)) else None
        return None if whole is None else str(whole)
    if kind == "AMAZON.DURATION":
        if not (_UNIT.search(last) and all(map(_of_a_length, words))):
            return None
        length = slots.duration(text)
        return f"PT{int(length.total_seconds() // 60)}M" if length else None
    if kind == "AMAZON.TIME":
        if not (_is_number(first) or first in _CLOCK_START or first[0].isdigit()):
            return None
        middle = all(
            _is_number(word) or word in _CLOCK_MIDDLE or word in _CLOCK_END for word in words
        )
        bare = first[0].isdigit() and len(words) == 1
        at = slots.clock(text, evening=True) if middle or bare else None
        return at.strftime("%H:%M") if at else None
    return None


_CLOCK_MIDDLE = frozenset(
    ("half", "quarter", "past", "to", "in", "the", "at", "after", "till", "before", "of", "oh")
)


def tidy(words: str) -> str:
    """Return `words` lower-case, without punctuation, address and politeness."""
    plain = words[:LONGEST].lower().replace("\u2019", "'").replace("-", " ")
    plain = re.sub(r"(\d)[.:](\d\d)", r"\1:\2", plain).replace("&", " and ")
    plain = re.sub(r"(\d)\s*/\s*10\b", r"\1 out of 10", plain)
    plain = " ".join(re.sub(r"[^\w\s':]", " ", plain).replace("_", " ").split())
    plain = _ADDRESS.sub("", plain)
    plain = _SPACED_CODE.sub(lambda found: found[0].replace(" ", ""), plain)
    for short, whole in _SHORT:
        plain = short.sub(whole, plain)
    plain = " ".join(_TYPED.get(word, word) for word in plain.split())
    bare = _POLITE.sub(" ", plain)
    return " ".join((bare if bare.strip() else plain).replace("'", "").split())


def understanding(locale: str = DEFAULT_LOCALE) -> Understanding:
    """Return the understanding of `locale`'s words."""
    return _understanding(spoken(locale))


@lru_cache
def _understanding(locale: str) -> Understanding:
    folder = resources.files("content") / LANGUAGES[locale]
    return Understanding(model(locale), load(folder / "builtins.toml"), wishes(locale))
