"""The terminal: the same conversations, typed and read."""

import json
import secrets
import sys
import textwrap
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from skill.conversation.turn import Abilities, Act, Heard, Listener, Pause, Reply, spoken
from skill.speech.calendar_file import FILE_NAME, reminder_file
from skill.speech.plain import plain
from skill.speech.player import Player
from skill.speech.voices import NoVoice

WIDTH = 88

DATA_FILE = "what-we-know.json"


class TerminalWorld:
    """A channel without services of its own."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    def time_zone(self) -> str:
        """Return this machine's zone."""
        return self._zone

    def do(self, act: Act) -> dict[str, str]:
        """Do nothing: flows know that this channel cannot."""
        return {"how": "unsupported"}


def ask(
    words: str,
    listener: Listener,
    household: str,
    zone: str,
    *,
    now: Callable[[], datetime],
    folder: Path,
    out: TextIO,
    pace: bool = False,
    player: Player | None = None,
) -> None:
    """Say `words` ("" opens the skill) and print what is answered.

    With `pace`, pauses last as long as a speaker would keep them; a `player` says it aloud as well.
    A calendar file, or all that is kept about them, is written to `folder`, and its path printed.
    """
    heard = Heard(
        household=household,
        turn_id=secrets.token_urlsafe(16),
        now=now(),
        kind="words" if words.strip() else "launch",
        words=words,
        zone=zone,
        abilities=Abilities(codes=True),
    )
    reply = listener.hear(heard, TerminalWorld(zone))
    if pace:
        _paced(reply, out)
    else:
        said = plain(reply.parts)
        print(textwrap.fill(said, WIDTH) if out.isatty() else said, file=out)
    if "calendar" in reply.show:
        file = reminder_file(reply.show["calendar"], heard.now)
        _written(file, folder / FILE_NAME, out)
    if "data" in reply.show:
        data = json.dumps(reply.show["data"], indent=2, ensure_ascii=False)
        _written(data.encode("utf-8"), folder / DATA_FILE, out)
    if player:
        _said(player, reply, heard.locale, out)


def _said(player: Player, reply: Reply, locale: str, out: TextIO) -> None:
    """Say a reply aloud; Ctrl-C ends the sound, and not the conversation."""
    out.flush()
    try:
        player.say(reply.parts, locale)
    except KeyboardInterrupt:
        print(file=out)
    except (NoVoice, ValueError) as error:
        print(f"({error})", file=out)


def _written(data: bytes, file: Path, out: TextIO) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_bytes(data)
    print(f"\n{file}", file=out)


def _paced(reply: Reply, out: TextIO) -> None:
    for part in spoken(reply.parts):
        if isinstance(part, Pause):
            time.sleep(part.seconds)
        else:
            print(part.text, end=" ", file=out, flush=True)
    print(file=out)


def talk(say: Callable[[str], None], lines: TextIO = sys.stdin) -> None:
    """Hold a conversation: open it, then answer line by line until there are no more lines."""
    prompt = "> " if lines.isatty() else ""
    say("")
    while True:
        print(prompt, end="", flush=True)
        line = lines.readline()
        if not line:
            print()
            return
        if line.strip():
            say(line.strip())
