"""Phrases to look for in plain words, written so that a writer needs no programming.

    <partner> [just] (hit|slapped) .. me

`(a|b)` is one of them, `[a]` may be left out, `<name>` is one of a list, `..` is up to four words.

There are more than a thousand, and a text has few of their words. So each cue is looked up by a
word that it cannot do without, and becomes a regular expression only when a text has that word:
for all of them together that takes seconds, and a fresh process has half a one.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

_GAP = r"(?:\w+ ){0,4}?"
_PIECE = re.compile(r"\s*(\.\.|<\w+>|[()\[\]|]|[^\s<>()\[\]|.]+)")

Words = frozenset[str]


class _Read(NamedTuple):
    """A cue, or a part of one, as a regular expression: each word brings the space behind it."""

    pattern: str = ""
    needs: tuple[Words, ...] = ()
    """Wherever it is found, there is at least one word of each of these."""


Listed = Callable[[str], _Read]
"""From the name of a list to what it stands for."""


class Cues:
    """Cues of one kind, in the order in which they are tried."""

    def __init__(self, cues: Sequence[str], lists: Mapping[str, Sequence[str]]) -> None:
        """Read the cues; `lists` are what `<name>` stands for.

        Raises `ValueError` for a cue that cannot be read, or that could be found in any text.
        """

        @cache
        def listed(name: str) -> _Read:
            return _one_of([_read(one, listed) for one in lists[name]])

        read = [_read(cue, listed) for cue in cues]
        often = Counter[str]()
        for words, count in Counter(words for one in read for words in one.needs).items():
            often.update(dict.fromkeys(words, count))
        weight = cache(lambda words: sum(often[word] for word in words))
        self.patterns = [one.pattern for one in read]
        """What each cue looks for, as a regular expression."""
        self._by_word: dict[str, list[int]] = {}
        for place, one in enumerate(read):
            if not one.needs:
                raise ValueError(f"The cue {cues[place]!r} needs no word at all; name one.")
            for word in min(one.needs, key=weight):
                self._by_word.setdefault(word, []).append(place)

    def found(self, text: str) -> bool:
        """Say whether a cue is in `text`: plain words, each with a space behind it."""
        return any(_compiled(pattern).search(text) for pattern in self._near(text))

    def without(self, text: str, instead: str) -> str:
        """Return `text` with `instead` in the place of each cue: of two, that which comes first."""
        patterns = [_compiled(pattern) for pattern in self._near(text)]
        left, start = "", 0
        while matches := [one for pattern in patterns if (one := pattern.search(text, start))]:
            first = min(matches, key=lambda one: one.start())
            left += text[start : first.start()] + instead
            start = first.end()
        return left + text[start:]

    def _near(self, text: str) -> Iterator[str]:
        """Yield the patterns that may be found in `text`, in the order of their cues."""
        places = {place for word in set(text.split()) for place in self._by_word.get(word, ())}
        yield from (self.patterns[place] for place in sorted(places))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern}")


def _read(cue: str, listed: Listed) -> _Read:
    pieces = _PIECE.findall(cue)
    if "".join(pieces) != "".join(cue.split()):
        raise ValueError(f"The cue {cue!r} has a sign that means nothing; mend it.")
    try:
        return _choice(iter(pieces), listed, "")
    except (LookupError, StopIteration) as error:
        raise ValueError(f"The cue {cue!r} has half a bracket, or a list that is not.") from error


def _choice(pieces: Iterator[str], listed: Listed, closing: str) -> _Read:
    """Read all that stands between a bracket and the one that closes it."""
    branches, whole, needs = list[_Read](), "", list[Words]()
    while (piece := next(pieces, "") if not closing else next(pieces)) != closing:
        if piece == "|":
            branches.append(_Read(whole, tuple(needs)))
            whole, needs = "", []
            continue
        pattern, more = _part(piece, pieces, listed)
        whole += pattern
        needs += more
    return _one_of([*branches, _Read(whole, tuple(needs))])


def _part(piece: str, pieces: Iterator[str], listed: Listed) -> _Read:
    match piece:
        case "(":
            return _choice(pieces, listed, ")")
        case "[":
            return _Read(f"{_choice(pieces, listed, ']').pattern}?")
        case "..":
            return _Read(_GAP)
        case ")" | "]":
            raise LookupError(piece)
    return listed(piece[1:-1]) if piece[0] == "<" else _word(piece)


@cache
def _word(piece: str) -> _Read:
    word = piece.replace("'", "")
    return _Read(f"{re.escape(word)} ", (frozenset({word}),))


def _one_of(branches: Sequence[_Read]) -> _Read:
    """Return what is found if one of `branches` is."""
    pattern = f"(?:{'|'.join(one.pattern for one in branches)})"
    if len(branches) == 1:
        return _Read(pattern, branches[0].needs)
    if not all(one.needs for one in branches):
        return _Read(pattern)
    return _Read(pattern, (frozenset().union(*(min(one.needs, key=len) for one in branches)),))
