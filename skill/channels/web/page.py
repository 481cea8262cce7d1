"""The web companion: the same conversations on one calm page.

Everything works without a script: a button or a typed line is sent as a form, and the page comes
back with what was said. Those bubbles travel in the form itself; the service keeps no transcript.
`static/page.js` only spares the reload, and adds sound.
"""

import json
import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, Protocol

import flask

from content import Breath
from skill.channels.web import sounds
from skill.channels.web.text_api import LONGEST_TEXT, TextWorld, conversation_id
from skill.conversation.glance import Felt, Glance
from skill.conversation.turn import Abilities, Heard, Reply, Sound, World
from skill.speech.aloud import Aloud
from skill.speech.calendar_file import FILE_NAME, reminder_file
from skill.speech.plain import plain
from skill.speech.tracks import ROOM
from skill.speech.voices import NoVoice

COOKIE, LOOK = "evening", "look"
"""Who they are (a random id), and how the page looks ("large light"). Nothing else is set."""

YEAR = 365 * 24 * 60 * 60
"""Seconds."""

MOST_BUBBLES = 8
"""Bubbles that stay on the page: the last four turns."""

LEFT_ALONE = frozenset(("SafetyIntent", "AMAZON.StopIntent", "AMAZON.CancelIntent"))
"""Turns after which nothing said before is on the page: somebody may be about to see it."""

LONGEST_TOLD = 20_000
"""Characters of bubbles that are taken back from a form."""

PLOT_WIDTH, PLOT_HEIGHT, MOST_POINTS = 300, 80, 60

SIZES: Mapping[int, Sequence[float]] = {2: (1, 0), 3: (1, 1, 0), 4: (1, 1, 0, 0)}
"""How full the circle is at the end of each phase, by their number: in, (hold,) out, (rest)."""


class Looker(Protocol):
    """What the page asks, besides holding conversations."""

    def hear(self, heard: Heard, world: World) -> Reply:
        """Answer one turn."""

    def look(self, heard: Heard) -> Glance:
        """Return what is shown before anyone says a word."""

    def said(self, heard: Heard) -> Reply | None:
        """Return what was answered to a turn, as long as it is kept."""


@dataclass(frozen=True)
class Point:
    """A dot of the plot, in its own units, and the check-in that it stands for."""

    x: float
    y: float
    felt: Felt


def blueprint(
    listener: Looker,
    household: Callable[[str], str],
    zone: str,
    now: Callable[[], datetime],
    words: Mapping[str, Any],
    breaths: Mapping[str, Breath],
    aloud: Aloud,
) -> flask.Blueprint:
    """Return the blueprint with the page at `/`, its sheet at `/guide`, and what they need."""
    routes = flask.Blueprint(
        "page",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )

    def heard(conversation: str, turn_id: str, text: str) -> Heard:
        return Heard(
            household=household(conversation),
            turn_id=turn_id,
            now=now(),
            kind="words" if text.strip() else "launch",
            words=text,
            zone=zone,
            abilities=Abilities(screen=True, codes=True),
        )

    def shown(
        conversation: str,
        told: Sequence[Sequence[str]] = (),
        reply: Reply | None = None,
        turn_id: str = "",
    ) -> str:
        seen = listener.look(heard(conversation, secrets.token_urlsafe(8), ""))
        return flask.render_template(
            "page.html",
            words=words,
            look=chosen_look(),
            seen=seen,
            told=told[-MOST_BUBBLES:],
            carried=[] if reply and _left_alone(reply) else told[-MOST_BUBBLES:],
            reply=reply,
            buttons=buttons(reply, words),
            circle=circle(reply, breaths),
            sound=_sound(reply, turn_id),
            room=f"{sounds.PATH}/{ROOM}.mp3",
            files=_files(reply, words, now()),
            points=plot(seen.closeness),
            conversation=conversation,
            turn=secrets.token_urlsafe(16),
        )

    @routes.get("/")
    def home() -> str:
        return shown(_conversation())

    @routes.post("/say")
    def say() -> flask.Response:
        _only_from_here()
        form = flask.request.form
        text = (form.get("pick") or form.get("text") or "")[:LONGEST_TEXT]
        conversation = _conversation() if COOKIE in flask.request.cookies else _sent(form)
        turn_id = conversation_id(form.get("turn", "")) or secrets.token_urlsafe(16)
        reply = listener.hear(heard(conversation, turn_id, text), TextWorld(zone))
        told = [["lantern", plain(reply.parts)]]
        if not _left_alone(reply):
            yours = [["you", text]] if text.strip() else []
            told = [*_told(form.get("told", "")), *yours, *told]
        answer = flask.make_response(shown(conversation, told, reply, turn_id))
        answer.set_cookie(COOKIE, conversation, max_age=YEAR, **_guarded())
        return answer

    @routes.post("/look")
    def look() -> flask.Response:
        _only_from_here()
        wanted = [one for one in ("large", "light") if flask.request.form.get(one)]
        answer = flask.make_response(flask.redirect("/", 303))
        answer.set_cookie(LOOK, "-".join(wanted), max_age=YEAR, **_guarded())
        return answer

    @routes.get("/leave")
    def leave() -> flask.Response:
        answer = flask.make_response(flask.redirect(words["leave_to"], 303))
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    @routes.get("/aloud/<turn_id>.mp3")
    def spoken(turn_id: str) -> flask.Response:
        asked = heard(_conversation(), conversation_id(turn_id), "")
        reply = listener.said(asked) if asked.turn_id else None
        if reply is None:
            flask.abort(404, "Nothing was said then, or it was too long ago.")
        try:
            made = aloud.of(plain(reply.parts), asked.locale)
        except (NoVoice, ValueError):
            flask.abort(404, "No voice can say this now.")
        answer = flask.send_file(
            BytesIO(made), mimetype="audio/mpeg", conditional=True, etag=sha256(made).hexdigest()
        )
        answer.headers["Cache-Control"] = f"private, max-age={YEAR}, immutable"
        return answer

    @routes.get("/offline")
    def offline() -> str:
        seen = listener.look(heard(_conversation(), secrets.token_urlsafe(8), ""))
        slow = breaths["slow"].id
        return flask.render_template(
            "offline.html", words=words, look=chosen_look(), seen=seen, circle=slow
        )

    @routes.get("/guide")
    def guide() -> str:
        return flask.render_template("guide.html", words=words, look=chosen_look())

    @routes.get("/breathing.css")
    def breathing() -> flask.Response:
        return flask.Response(breathing_css(breaths), content_type="text/css; charset=utf-8")

    @routes.get("/sw.js")
    def worker() -> flask.Response:
        return routes.send_static_file("sw.js")

    @routes.get("/manifest.webmanifest")
    def manifest() -> flask.Response:
        icon = {"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml"}
        told = {
            "name": words["title"],
            "short_name": words["title"],
            "start_url": "/",
            "display": "standalone",
            "background_color": "#14121c",
            "theme_color": "#14121c",
            "icons": [icon],
        }
        return flask.Response(json.dumps(told), content_type="application/manifest+json")

    return routes


def refusal(words: Mapping[str, Any], status: int) -> str:
    """Return a small page that says what was refused with `status` (HTTP), and leads back."""
    told = words["refused"]
    sentence = told.get(str(status), told["other"])
    return flask.render_template("refused.html", words=words, look=chosen_look(), sentence=sentence)


def buttons(reply: Reply | None, words: Mapping[str, Any]) -> list[str]:
    """Return what can be said next, as words to press; none when nothing was asked."""
    if reply is None or not reply.listening_for:
        return []
    listens = set(reply.listening_for)
    if len(listens) > len(words["answers"]) + 8:  # any wish: the menu offers those
        return []
    if "UnpluggedIntent" in listens:  # minutes, which bare numbers answer as well
        listens.discard("RatingIntent")
    if "AMAZON.YesIntent" not in listens:  # then "no" only means to skip, and that has its button
        listens.discard("AMAZON.NoIntent")
    return [label for one, labels in words["answers"].items() if one in listens for label in labels]


def circle(reply: Reply | None, breaths: Mapping[str, Breath]) -> str:
    """Return the pattern that the circle moves with, "" where nobody is asked to breathe."""
    told = str(reply.show.get("breathing", {}).get("pattern", "")) if reply else ""
    return told if told in breaths else ""


def _sound(reply: Reply | None, turn_id: str) -> str:
    """Return the address of what can be heard: the tone to breathe with, or else the words."""
    for part in reply.parts if reply else ():
        if isinstance(part, Sound):
            return f"{sounds.PATH}/{part.name}.mp3"
    return f"/aloud/{turn_id}.mp3"


def plot(closeness: Sequence[Felt]) -> list[Point]:
    """Return the dots of how close they felt, each at its day; none before the second day."""
    last = closeness[-MOST_POINTS:]
    days = (last[-1].day - last[0].day).days if last else 0
    if not days:
        return []
    return [
        Point(
            round(PLOT_WIDTH * (one.day - last[0].day).days / days, 1),
            round(PLOT_HEIGHT * (1 - one.closeness / 10), 1),
            one,
        )
        for one in last
    ]


def breathing_css(breaths: Mapping[str, Breath]) -> str:
    """Return one animation for each pattern: a circle that fills and empties in its time.

    Whoever has asked their device for less motion sees it rest.
    """
    rules = []
    for breath in breaths.values():
        frames, passed = ["0% { transform: scale(.45) }"], 0.0
        for (_, seconds), size in zip(breath.phases, SIZES[len(breath.phases)], strict=True):
            passed += seconds
            frames.append(
                f"{passed / breath.seconds:.3%} {{ transform: scale({0.45 + 0.55 * size:g}) }}"
            )
        name = f"breath-{breath.id}"
        rules.append(f"@keyframes {name} {{ {' '.join(frames)} }}")
        rules.append(f".{name} {{ animation: {name} {breath.seconds}s linear infinite }}")
    moving = "\n".join(rules)
    return f"@media (prefers-reduced-motion: no-preference) {{\n{moving}\n}}\n"


def _left_alone(reply: Reply) -> bool:
    return reply.intent in LEFT_ALONE or reply.flow == "support"


def _files(reply: Reply | None, words: Mapping[str, Any], now: datetime) -> list[dict[str, str]]:
    """Return what can be saved from this reply, each inside its own link: kept nowhere else."""
    found = []
    if reply and "calendar" in reply.show:
        made = reminder_file(reply.show["calendar"], now)
        found.append(_file(words["calendar"], FILE_NAME, "text/calendar", made))
    if reply and "data" in reply.show:
        made = json.dumps(reply.show["data"], indent=2, ensure_ascii=False).encode()
        found.append(_file(words["data"], "evening-lantern.json", "application/json", made))
    return found


def _file(label: str, name: str, kind: str, made: bytes) -> dict[str, str]:
    return {
        "label": label,
        "name": name,
        "href": f"data:{kind};base64,{b64encode(made).decode()}",
    }


def _conversation() -> str:
    """Return whose page it is; a new id for whoever has none."""
    return conversation_id(flask.request.cookies.get(COOKIE, "")) or secrets.token_urlsafe(16)


def _sent(form: Mapping[str, str]) -> str:
    return conversation_id(form.get("conversation", "")) or secrets.token_urlsafe(16)


def chosen_look() -> str:
    """Return how the page is to look for whoever asks: "large", "light", both, or neither."""
    return " ".join(
        one for one in flask.request.cookies.get(LOOK, "").split("-") if one in ("large", "light")
    )


def _guarded() -> dict[str, Any]:
    return {"httponly": True, "samesite": "Strict", "secure": flask.request.is_secure}


def _only_from_here() -> None:
    """Refuse a form that another site has sent: a browser tells where it comes from.

    Browsers that do not say so hide the origin from us, as we ask them to; there the cookie, which
    goes to no request from elsewhere, keeps strangers out alone.
    """
    site = flask.request.headers.get("Sec-Fetch-Site")
    origin = flask.request.headers.get("Origin", "null")
    ours = site == "same-origin" if site else origin in ("null", flask.request.host_url[:-1])
    if not ours:
        flask.abort(403, "This was sent from another page; open ours and try again.")


def _told(sent: str) -> list[list[str]]:
    """Return the bubbles that a form brought back; none if they are not ours."""
    if len(sent) > LONGEST_TOLD:
        return []
    try:
        told = json.loads(sent or "[]")
    except (ValueError, RecursionError):
        return []
    if not isinstance(told, list):
        return []
    return [
        one
        for one in told
        if isinstance(one, list)
        and len(one) == 2
        and one[0] in ("you", "lantern")
        and isinstance(one[1], str)
    ]
