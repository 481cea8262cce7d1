"""A deck of one made-up theme, for tests that change it or break it."""

import tomllib
from pathlib import Path
from typing import Any

from content.library import Library

GOOD = """\
code = "A8"
name = "kites"
also = ["flying kites", "things in the wind"]

[[question]]
id = "A8-001"
depth = 1
ask = "Which color would your kite have?"
lighter = "What would you write on its tail?"
deeper = "When did you last run just for fun?"

[[question]]
id = "A8-002"
depth = 3
ask = "What would you let go of on a windy hill?"
lighter = "Which hat would the storm get from you?"
deeper = "How can your partner hold the string with you?"
sensitive = ["loss"]

[[prompt]]
id = "A8P-001"
depth = 2
finish = "The wind reminds me of"
lighter = "Where does it mess up your hair the most?"
deeper = "What was in the air that day?"
season = "autumn"

[[prompt]]
id = "A8P-002"
depth = 1
notice = "Listen to the window for a moment."
lighter = "Which sound was the funniest?"
deeper = "What did you miss out there?"
stages = ["new", "parents"]

[[gesture]]
id = "A8G-001"
depth = 1
touch = "Blow softly on your partner's neck."
no_touch = "Open the window together before bed."
apart = "Send a picture of your sky tonight."
lighter = "A8-001"
deeper = "A8-002"
needs_touch = false

[[exercise]]
id = "A8X-001"
depth = 1
name = "the paper kite"
minutes = 5
start = "This takes five minutes, in turns. Either of you may stop at any time."
steps = ["Fold a sheet in half.", "Draw a face on it.", "Let it sail across the room."]
close = "Well flown, both of you."
lighter = "A8-001"
deeper = "A8-002"
"""

FILE = "a8-kites.toml"


def made(folder: Path, text: str = GOOD) -> Library:
    """Return the library of `folder`, whose deck is this one file."""
    (folder / "deck").mkdir(exist_ok=True)
    (folder / "deck" / FILE).write_text(text, encoding="utf-8")
    return Library(folder)


def changed(old: str, new: str) -> str:
    """Return the good deck with one place changed."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def record(kind: str, number: int = 0) -> dict[str, Any]:
    """Return one of its records."""
    found: dict[str, Any] = tomllib.loads(GOOD)[kind][number]
    return found
