"""Items as they will be heard, each with the seconds it takes to say them."""

import re
from collections.abc import Iterator

from content import Content
from content.library import Gesture, Item, Library, Theme

WORDS_A_SECOND = 155 / 60
"""How fast a speaker speaks: 150 to 160 words a minute."""

COMMA, STOP = 0.25, 0.6
"""Seconds of rest at a comma, and after a sentence."""


def seconds(text: str) -> float:
    """Return about how long a speaker takes to say `text`."""
    stops, commas = len(re.findall(r"[.?…]", text)), text.count(",")
    return len(text.split()) / WORDS_A_SECOND + COMMA * commas + STOP * stops


def theme(library: Library, named: str) -> Theme | None:
    """Return the theme that people mean: by its code, its name, or what else it is called."""
    for one in library.themes.values():
        if named.lower() in (one.code.lower(), one.name, *one.also):
            return one
    return None


def lines(content: Content, code: str) -> Iterator[str]:
    """Yield the items of a theme: what is said, in its order, with its seconds."""
    for one in content.library.of_theme(code).values():
        yield f"{one.id}, {_tags(one)}"
        for name, text in heard(content, one):
            yield f"  {name:9} {seconds(text):4.1f} s  {text}"
        yield ""


def heard(content: Content, item: Item) -> Iterator[tuple[str, str]]:
    """Yield what is said of an item, and where it stands in the record."""
    for name, text in item.spoken.items():
        framed = content.words.get(name, "") if name in ("finish", "notice") else ""
        yield name, framed.format(sentence=text) if framed else text


def _tags(item: Item) -> str:
    told = [("light", "personal", "tender")[item.depth - 1]]
    if len(item.stages) < 5:
        told.append(f"for {', '.join(item.stages)}")
    if item.sensitive:
        told.append(f"touches {', '.join(item.sensitive)}")
    if not isinstance(item, Gesture):
        told.append(f"{item.minutes} minutes")
    return ", ".join(told)
