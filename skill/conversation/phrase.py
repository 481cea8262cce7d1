"""From a prompt and its values to parts: the one place where words are put together."""

from collections.abc import Iterator, Mapping
from typing import Any

from content import MARK, Content
from skill.conversation.turn import Part, Pause, Sound, Spoken, Words

PASSING = frozenset({"feeling"})
"""Values that are said back and never stored."""

COUNTED_ROUNDS = 2
"""So many rounds are counted aloud; then the words "in" and "out" are enough."""

SECONDS_A_WORD = 0.4
"""About 150 words a minute."""


def phrase(text: str, values: Mapping[str, Any], content: Content) -> tuple[Part, ...]:
    """Return the parts of prompt line `text`. Raises `KeyError` for a mark without a value."""
    parts: list[Part] = []
    passing = any(mark[1] in PASSING for mark in MARK.finditer(text))
    words, place = "", 0

    def flush() -> None:
        nonlocal words
        if words.strip():
            parts.append(Words(" ".join(words.split()), passing))
        words = ""

    for mark in MARK.finditer(text):
        words += text[place : mark.start()]
        place = mark.end()
        name, seconds = mark.groups()
        if name == "pause":
            flush()
            parts.append(Pause(float(seconds)))
        elif name == "quiet":
            flush()
            parts.append(Sound(f"quiet-{seconds}", "", (Pause(float(seconds)),)))
        elif name == "breath":
            flush()
            parts.append(_breathing(content, **values[name]))
        else:
            words += _in_place(str(values[name]), words)
    words += text[place:]
    flush()
    return tuple(parts)


def _in_place(value: str, before: str) -> str:
    """Return `value` with a capital if a sentence begins with it."""
    begins = not before.strip() or before.rstrip()[-1] in ".?!"
    return value[:1].upper() + value[1:] if begins else value


def _breathing(content: Content, pattern: str, rounds: int) -> Sound:
    return Sound(
        f"breathing-{pattern}-{rounds}",
        content.breaths[pattern].tone,
        tuple(breaths(content, pattern, rounds)),
    )


def breaths(content: Content, pattern: str, rounds: int) -> Iterator[Spoken]:
    """Yield `rounds` rounds of a breathing pattern, a count a second at first."""
    breath = content.breaths[pattern]
    counts = content.words["counts"].split()
    for number in range(rounds):
        for word, seconds in breath.phases:
            if number < COUNTED_ROUNDS:
                told = [word, *counts[1:seconds]]
                for place, count in enumerate(told):
                    last = place == len(told) - 1
                    yield Words(count + ("." if last else ","))
                    yield Pause(1 - SECONDS_A_WORD)
            else:
                yield Words(word + ".")
                yield Pause(seconds - SECONDS_A_WORD)
