"""A turn from end to end: load, answer, save, and do what is to be done outside."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any, Protocol, TypeVar

from content import LANGUAGES, Content, content, read_parts
from skill.conversation.engine import (
    ASKING,
    TALK_SECONDS,
    Outcome,
    Talk,
    Understand,
    safe_words,
    turn,
)
from skill.conversation.glance import Glance, glance
from skill.conversation.phrase import phrase
from skill.conversation.safety import safety
from skill.conversation.setting import Setting
from skill.conversation.turn import Act, Heard, Reply, World
from skill.household.models import Household, joined
from skill.logs import where

log = logging.getLogger(__name__)

T = TypeVar("T")

ZONE_RESTS = timedelta(hours=20)
"""How long a known time zone is taken for granted: an evening, not the next one."""

ZONE_TRIED_AGAIN = timedelta(minutes=2)
"""When to ask again after nobody could tell: not each turn should wait for it."""

TRIES = 8
"""How often a turn is taken afresh when another device of the household saved first."""


class Loaded(Protocol):
    """What a store knows of a household and a turn."""

    @property
    def rev(self) -> int:
        """The revision that a save must name."""

    @property
    def home(self) -> dict[str, Any] | None:
        """The household, None if it was never seen.

        A value may be a function that returns what is stored, and may be saved again as it is.
        """

    @property
    def talk(self) -> dict[str, Any] | None:
        """The running conversation, None if there is none."""

    @property
    def reply(self) -> dict[str, Any] | None:
        """The reply, if this turn was answered before."""

    @property
    def linked(self) -> str:
        """The household that this one has joined: all is kept there; "" if it has not."""


class Store(Protocol):
    """Where households are kept. See `skill.household.redis_store`."""

    def load(self, household: str, turn_id: str) -> Loaded:
        """Return what is known, in one round trip."""

    def save(
        self,
        household: str,
        *,
        rev: int,
        home: dict[str, Any],
        talk: dict[str, Any] | None,
        talk_seconds: int,
        turn_id: str,
        reply: dict[str, Any] | None,
    ) -> bool:
        """Save all of it or nothing, in one round trip; False if someone else saved since."""

    def forget(
        self, household: str, turn_id: str = "", reply: dict[str, Any] | None = None
    ) -> None:
        """Erase everything at once, but for the reply to the turn that asked for it."""

    def offer_code(self, household: str) -> str:
        """Return six digits by which another household can join, for ten minutes."""

    def claim_code(self, code: str, household: str) -> str | None:
        """Return the household that shows `code`, "" if none does; None after too many tries."""

    def link(self, code: str, household: str, target: str) -> None:
        """Let `household` join `target`."""

    def part(self, household: str) -> None:
        """Let all that have joined `household` begin anew on their own."""


PATIENCE = 0.8
"""Seconds that a turn may have waited for the store and still ask it once more: with the longest
answer of the store that makes three, after which nobody listens any more."""


@dataclass(frozen=True)
class Turned:
    """What came of a turn, for whoever counts: nothing that was said, and nobody's household."""

    turn_id: str
    outcome: str
    """`answered`, `repeated` (the same turn again) or `trouble`."""
    flow: str = ""
    """The conversation that the answer belongs to, "" for none."""
    safety: bool = False
    """Whether it was answered for somebody's safety."""


class CrowdedOut(Exception):  # noqa: N818
    """Other devices of the household saved first, every time."""


class TooSlow(Exception):  # noqa: N818
    """The store has kept this turn waiting for so long that asking it again would take too long."""


class _Patience:
    """What is left of a turn's patience with the store."""

    def __init__(self) -> None:
        self._left = PATIENCE

    def ask(self, call: Callable[[], T]) -> T:
        if self._left <= 0:
            raise TooSlow(f"The store has taken more than {PATIENCE} s of this turn already.")
        start = monotonic()
        try:
            return call()
        finally:
            self._left -= monotonic() - start


class Lantern:
    """Answers turns. One for each process; threads may share it.

    `turned` hears what came of each. `country` is where the numbers that are read to people are
    from, "" for the country of the locale.
    """

    def __init__(
        self,
        store: Store,
        turned: Callable[[Turned], object] = lambda turned: None,
        country: str = "",
    ) -> None:
        self._store = store
        self._turned = turned
        self._country = country

    def hear(self, heard: Heard, world: World) -> Reply:
        """Answer one turn; whatever fails has a kind answer, and loses nothing."""
        try:
            return self._answer(self._here(heard), world)
        except Exception as error:
            # The type and the place, never the text: an exception may quote what people said.
            log.error("turn %s failed: %s", heard.turn_id, where(error))
            return self._told(heard, "trouble", self._without_memory(heard))

    def forget(self, household: str) -> None:
        """Erase everything about a household, at once."""
        self._store.forget(household)

    def look(self, heard: Heard) -> Glance:
        """Return what a page shows of the household of `heard`; a new one's without the store."""
        try:
            loaded = self._store.load(heard.household, "")
            if loaded.linked:
                heard = replace(heard, household=loaded.linked)
                loaded = self._store.load(heard.household, "")
            return glance(heard, Household.from_json(loaded.home or {}))
        except Exception as error:
            self._turned(Turned(heard.turn_id, "trouble"))
            log.error("look %s failed: %s", heard.turn_id, where(error))
            return glance(heard, Household())

    def said(self, heard: Heard) -> Reply | None:
        """Return what was answered to the turn of `heard`, as long as it is kept; else None."""
        try:
            loaded = self._store.load(heard.household, heard.turn_id)
            if loaded.linked:
                loaded = self._store.load(loaded.linked, heard.turn_id)
        except Exception as error:
            log.error("turn %s not found: %s", heard.turn_id, where(error))
            return None
        return Reply.from_json(loaded.reply) if loaded.reply else None

    def _without_memory(self, heard: Heard) -> Reply:
        """Answer a turn that failed. Whoever may not be safe is heard nevertheless.

        What would end with a question, whose answer we could not take, says whom to call instead.
        """
        tier = safety(heard.locale).tier(heard.texts)
        if not tier:
            return trouble(heard.locale)
        setting = Setting(content(heard.locale), Household(), self._here(heard), waiting="")
        words = safe_words("danger" if tier in ASKING else tier, setting)
        return Reply(words, intent="SafetyIntent")

    def _here(self, heard: Heard) -> Heard:
        return replace(heard, country=self._country) if self._country else heard

    def _answer(self, heard: Heard, world: World) -> Reply:
        patience = _Patience()
        for _ in range(TRIES):
            loaded = patience.ask(partial(self._store.load, heard.household, heard.turn_id))
            if loaded.linked:
                heard = replace(heard, household=loaded.linked)
                continue
            if loaded.reply:
                return self._told(heard, "repeated", Reply.from_json(loaded.reply))
            home = Household.from_json(loaded.home or {})
            talk = Talk.from_json(loaded.talk) if loaded.talk else Talk()
            home, heard = _in_zone(home, heard, world)
            outcome = self._turn(heard, home, talk)
            if outcome.forget:
                assert outcome.reply is not None
                self._store.forget(heard.household, heard.turn_id, outcome.reply.to_json())
                return self._told(heard, "answered", outcome.reply)
            if not patience.ask(partial(self._save, heard, loaded.rev, outcome)):
                continue
            if outcome.act is None:
                assert outcome.reply is not None
                return self._told(heard, "answered", outcome.reply)
            done = self._linked(outcome.act, heard) or dict(world.do(outcome.act))
            heard = replace(heard, kind="outcome", words=done.pop("how"), slots=done)
        raise CrowdedOut(f"The household was saved by others {TRIES} times in a row.")

    def _told(self, heard: Heard, outcome: str, reply: Reply) -> Reply:
        self._turned(Turned(heard.turn_id, outcome, reply.flow, reply.intent == "SafetyIntent"))
        return reply

    def _linked(self, act: Act, heard: Heard) -> dict[str, str]:
        """Show or take a code, or part again; nothing for acts that are the channel's."""
        if act.name == "link.part":
            self._store.part(heard.household)
            return {"how": "parted"}
        if act.name == "link.offer":
            return {"how": "offered", "code": self._store.offer_code(heard.household)}
        if act.name != "link.join":
            return {}
        code = str(act.details["code"])
        other = self._store.claim_code(code, heard.household)
        if other == heard.household:
            return {"how": "own"}
        if not other:
            return {"how": "too_many" if other is None else "unknown"}
        self._join(other, heard)
        self._store.link(code, other, heard.household)
        return {"how": "joined"}

    def _join(self, other: str, heard: Heard) -> None:
        """Give this household all that the other one kept: nothing is lost."""
        theirs = self._store.load(other, "")
        for _ in range(TRIES):
            ours = self._store.load(heard.household, "")
            home = joined(
                Household.from_json(ours.home or {}), Household.from_json(theirs.home or {}), other
            )
            if self._store.save(
                heard.household,
                rev=ours.rev,
                home=home.to_store(),
                talk=ours.talk,
                talk_seconds=TALK_SECONDS,
                turn_id="",
                reply=None,
            ):
                return
        raise CrowdedOut(f"The household was saved by others {TRIES} times in a row.")

    def _turn(self, heard: Heard, home: Household, talk: Talk) -> Outcome:
        return turn(heard, home, talk, content(heard.locale), _understand(heard.locale))

    def _save(self, heard: Heard, rev: int, outcome: Outcome) -> bool:
        return self._store.save(
            heard.household,
            rev=rev,
            home=outcome.home.to_store(),
            talk=outcome.talk.to_json(),
            talk_seconds=outcome.talk.seconds(heard.now),
            turn_id=heard.turn_id,
            reply=outcome.reply.to_json() if outcome.reply and not outcome.passing else None,
        )


def _understand(locale: str) -> Understand:
    """Return what understands typed words. A speaker has understood them; it never loads this."""

    def understand(words: str, expecting: Any, free: bool) -> tuple[str, Mapping[str, str]]:
        from skill.conversation.understanding import understanding

        meaning = understanding(locale).understand(words, expecting, free)
        return meaning.intent, meaning.slots

    return understand


def warm_up() -> None:
    """Read all content and models now, so that no turn waits for it, and what is wrong shows."""
    from skill.conversation.understanding import understanding

    for locale in LANGUAGES:
        content(locale).read()
        read_parts(understanding(locale))
        understanding(locale).understand("good evening to you")
        safety(locale).tier(["good evening to you"])


def trouble(locale: str) -> Reply:
    """Return what is said when something of ours does not work."""
    speech: Content = content(locale)
    return Reply(phrase(speech.prompts["engine.trouble"].say[0], {}, speech))


def _in_zone(home: Household, heard: Heard, world: World) -> tuple[Household, Heard]:
    """Return both with the household's time zone, asked for when it is due."""
    due = not home.zone_until or heard.now >= datetime.fromisoformat(home.zone_until)
    if due and not heard.zone and heard.kind != "outcome":
        found = world.time_zone()
        until = heard.now + (ZONE_RESTS if found else ZONE_TRIED_AGAIN)
        home = replace(home, zone=found or home.zone, zone_until=until.isoformat())
    return home, replace(heard, zone=home.zone) if home.zone and not heard.zone else heard
