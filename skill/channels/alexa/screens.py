"""From neutral replies to pictures on devices with a screen.

Amazon, "Alexa.Presentation.APL Interface Reference" (RenderDocument, UserEvent).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import takewhile
from typing import Any

from content import Content
from skill.channels.alexa.markup import said, shown
from skill.conversation.phrase import SECONDS_A_WORD
from skill.conversation.turn import Part, Pause, Reply, Sound, Words, spoken

RENDER = "Alexa.Presentation.APL.RenderDocument"
TOUCH = "Alexa.Presentation.APL.UserEvent"

VERSION = [1, 4]
"""Of the language of our documents: devices that know an older one alone get no picture."""

TOKEN = "lantern:"
"""How the tokens of our documents begin."""

SAY = "say"
"""The first argument of our touch events; the second is what the touch stands for."""

# Characters, and pieces. A response of 24 KB has room for them, even if all of it is emoji, which
# take 12 bytes each on the way.
LONGEST_TITLE, LONGEST_TEXT, LONGEST_ROW, LONGEST_LABEL = 80, 600, 100, 30
MOST_BUTTONS, MOST_ROWS, MOST_FIGURES, MOST_POINTS = 3, 10, 3, 24

SHORT = 140
"""Characters that fit a screen in large type. Longer texts are smaller and scroll."""

LEAST_TURN = 5
"""Seconds of silence that make a turn to speak, with its time on the screen."""

# How large the circle is after each phase, by the number of phases: people breathe in first, and
# then out, or they hold in between. The document has places for four phases.
_SIZES = {2: (1.0, 0.5), 3: (1.0, 1.0, 0.5), 4: (1.0, 1.0, 0.5, 0.5)}


def picture(reply: Reply, told: Content) -> Mapping[str, Any] | None:
    """Return the directive that shows what ``reply`` is about; None if that has no picture.

    Whoever may not be safe leaves nothing on a screen: those replies show nothing.
    """
    show = dict(reply.show)
    name = str(show.get("title", ""))
    if "text" in show:
        labels = told.screen.buttons.get(name, ())
        show["buttons"] = [{"label": one, "words": one.lower()} for one in labels]
    if "breathing" in show:
        breath = told.breaths[show["breathing"]["pattern"]]
        show["breathing"] = {**show["breathing"], "phases": breath.phases, "wait": _wait(reply)}
    if "turn" in show:
        show["turn"] = {"who": show["turn"], "seconds": _longest_silence(reply)}
    show["title"] = told.screen.titles.get(name, name)
    if "plot" in show:
        points = [(one["day"], one["closeness"]) for one in show["plot"]]
        show["journey"] = {"title": show["title"], "figures": (), "points": points}
    return directive(show, reply.flow)


def _wait(reply: Reply) -> float:
    """Return the seconds until the first breath: of the words and silences before it."""
    before = takewhile(lambda part: not isinstance(part, Sound), reply.parts)
    lead = next((part.lead for part in reply.parts if isinstance(part, Sound)), "")
    return _seconds([*before, Words(lead)])


def _seconds(parts: Iterable[Part]) -> float:
    return sum(
        part.seconds if isinstance(part, Pause) else SECONDS_A_WORD * len(part.text.split())
        for part in spoken(tuple(parts))
    )


def _longest_silence(reply: Reply) -> float:
    return max((part.seconds for part in spoken(reply.parts) if isinstance(part, Pause)), default=0)


def directive(show: Mapping[str, Any], token: str) -> dict[str, Any] | None:
    """Return the directive that shows ``show``; None for what has no picture."""
    match show:
        case {"breathing": {"phases": phases, "rounds": rounds}} if len(phases) in _SIZES:
            wait = show["breathing"].get("wait", 0)
            name, data = "breathing", _breathing(phases, rounds, wait)
        case {"turn": {"who": who, "seconds": seconds}} if seconds >= LEAST_TURN:
            name, data = "turns", {"who": shown(who, LONGEST_LABEL), "milliseconds": _ms(seconds)}
        case {"journey": {"figures": figures, "points": points}}:
            name, data = "journey", _title(show["journey"]) | _journey(figures, points)
        case {"rows": rows}:
            name, data = "list", {"rows": [shown(row, LONGEST_ROW) for row in rows[:MOST_ROWS]]}
            data |= _title(show)
        case {"text": text}:
            name, data = "words", _title(show) | _words(text, show.get("buttons", ()))
        case _:
            return None
    return {
        "type": RENDER,
        "token": TOKEN + token,
        "document": json.loads(_document(name)),
        "datasources": {"lantern": data},
    }


def has_buttons(shown: Mapping[str, Any]) -> bool:
    """Say whether a directive of ours shows something to touch."""
    return bool(shown["datasources"]["lantern"].get("buttons"))


def touched(token: str | None, arguments: Sequence[object] | None) -> str:
    """Return the words that a touch stands for; "" if it was no button of ours."""
    match arguments:
        case [how, str(words)] if how == SAY and (token or "").startswith(TOKEN):
            return words[:LONGEST_TITLE]
    return ""


@cache
def _document(name: str) -> str:
    """Return a document with the layout in it: no device has to fetch anything."""
    folder = resources.files(__package__) / "apl"
    layout, document = (
        json.loads((folder / f"{one}.json").read_text()) for one in ("layout", name)
    )
    return json.dumps(layout | document)


def _title(show: Mapping[str, Any]) -> dict[str, Any]:
    title = str(show.get("title", ""))
    return {"title": shown(title[:1].upper() + title[1:], LONGEST_TITLE)}


def _words(text: object, buttons: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "text": shown(text, LONGEST_TEXT),
        "long": len(str(text)) > SHORT,
        "buttons": [
            {
                "label": shown(one["label"], LONGEST_LABEL),
                "words": said(one["words"], LONGEST_TITLE),
            }
            for one in buttons[:MOST_BUTTONS]
        ],
    }


def _breathing(phases: Sequence[Any], rounds: int, wait: float) -> dict[str, Any]:
    """``wait`` is how many seconds of speech come before the first breath."""
    sizes = _SIZES[len(phases)]
    steps = [
        {"word": shown(word, LONGEST_LABEL), "milliseconds": _ms(seconds)}
        | {"from": sizes[place - 1], "to": sizes[place]}
        for place, (word, seconds) in enumerate(phases)
    ]
    return {"phases": steps, "repeats": max(rounds - 1, 0), "wait": _ms(wait)}


def _journey(figures: Sequence[Any], points: Sequence[Any]) -> dict[str, Any]:
    """Points become bars, in percent of the highest; only the first and the last are named."""
    bars = list(points)[-MOST_POINTS:]
    most = max((value for _, value in bars), default=0)
    names = [shown(name, LONGEST_LABEL) for name, _ in bars]
    return {
        "figures": [
            {"figure": shown(figure, LONGEST_LABEL), "label": shown(label, LONGEST_LABEL)}
            for figure, label in figures[:MOST_FIGURES]
        ],
        "points": [round(100 * max(value, 0) / most) if most > 0 else 0 for _, value in bars],
        "first": names[0] if names else "",
        "last": names[-1] if len(names) > 1 else "",
    }


def _ms(seconds: float) -> int:
    return round(max(seconds, 0) * 1000)
