"""One turn: safe words first, then the running flow, then the flow that an intent starts.

Pure: the same household, conversation and turn give the same reply. Whoever calls it saves what
came out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from content import Content
from skill.conversation import facts, flows, steps
from skill.conversation.answers import Floor, Returned
from skill.conversation.keepsakes import others_hear
from skill.conversation.phrase import phrase
from skill.conversation.replay import (
    Again,
    Ask,
    Diverged,
    Do,
    End,
    GoOn,
    Offer,
    Say,
    Stand,
    back,
    run,
)
from skill.conversation.safety import plain, safety
from skill.conversation.setting import Setting
from skill.conversation.turn import FALLBACK, Act, Heard, Part, Reply, Words
from skill.household.models import Came, Effect, Forgotten, Household

TALK_SECONDS = 30 * 60
"""How long a conversation that fell silent can be taken up again."""

PAUSE_GRACE = timedelta(hours=12)
"""How long after the agreed return a time-out is still known: late is better than never."""

DEEPEST = 3
"""Conversations within conversations; one more takes the place of the one on top."""

SKIPPED = ("tonights_question", "not_for_us", "skip")
"""The flows that leave the two with a question, which "skip" then means."""

LOW_VOICE = ("quiet", "kids")
"""Modes in which somebody sleeps or should not hear."""

ANOTHER = ("AnotherQuestionIntent", "NotForUsIntent")
"""What asks for another one of what was just said."""

ANY_WISH = ("TonightsQuestionIntent", "CheckInIntent", "TimeOutIntent", "AMAZON.HelpIntent")
"""What an open question without a flow listens for first."""

Understand = Callable[[str, Sequence[str], bool], tuple[str, Mapping[str, str]]]
"""Typed words, the intents that would answer the open question, and whether any words may answer
it -> intent and slots."""

assert flows  # importing them registers them


ASKING = ("hard", "own")
"""Tiers whose words end with a question: whether to say the numbers."""


def safe_words(tier: str, setting: Setting) -> tuple[Part, ...]:
    """Return what is said for a tier of `skill.conversation.safety`: never stored."""
    lines, words = facts.lines(setting), setting.content.words
    numbers = {
        kind: lines[kind].say if kind in lines else words[f"no_{kind}"]
        for kind in ("emergency", "crisis")
    }
    said = phrase(setting.content.prompts[f"safety.{tier}"].say[0], numbers, setting.content)
    return tuple(replace(one, passing=True) for one in said if isinstance(one, Words))


@dataclass
class Frame:
    """One conversation on the stack: which flow, begun with what, and its log so far."""

    flow: str
    args: Mapping[str, Any]
    log: list[list[Any]] = field(default_factory=list)
    version: int = 1
    due: str = ""
    """When a time-out in it ends; "" if none is running."""
    aside: bool = False
    """True if the one below was listening when this one began: it goes on afterwards."""


@dataclass
class Talk:
    """The running conversation of a household: what is open, what was said last."""

    stack: list[Frame] = field(default_factory=list)
    said: Reply | None = None
    variants: dict[str, int] = field(default_factory=dict)
    """Prompt key to the variant said last, so that it is not said again right away."""
    misses: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "stack": [vars(frame) for frame in self.stack],
            "said": self.said.to_json() if self.said else None,
            "variants": self.variants,
            "misses": self.misses,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Talk":
        """Return the conversation that `to_json` stored."""
        return cls(
            stack=[Frame(**frame) for frame in stored["stack"]],
            said=Reply.from_json(stored["said"]) if stored["said"] else None,
            variants=dict(stored["variants"]),
            misses=stored["misses"],
        )

    def seconds(self, now: datetime) -> int:
        """Return how long this is kept."""
        ends = [datetime.fromisoformat(one.due) + PAUSE_GRACE for one in self.stack if one.due]
        left = [int((end - now).total_seconds()) for end in ends]
        return max([TALK_SECONDS, *left])


@dataclass(frozen=True)
class Outcome:
    """What a turn came to: to be saved, then said."""

    home: Household
    talk: Talk
    reply: Reply | None
    """None while an act is still to be done."""
    act: Act | None = None
    forget: bool = False
    passing: bool = False
    """True: the reply is said once, and no trace of it is kept."""


def turn(
    heard: Heard, home: Household, talk: Talk, content: Content, understand: Understand
) -> Outcome:
    """Answer one turn."""
    return _Turn(heard, home, talk, content, understand).take()


class _Turn:
    """One turn in the making: the household and the stack change as it goes."""

    def __init__(
        self,
        heard: Heard,
        home: Household,
        talk: Talk,
        content: Content,
        understand: Understand,
    ) -> None:
        self.heard = heard
        self.home = home
        self.talk = talk
        self.content = content
        self.understand = understand
        self.forget = False
        self.act: Act | None = None

    def take(self) -> Outcome:
        """Answer, whatever became of the flow."""
        tier = safety(self.heard.locale).tier(self.heard.texts)
        if tier:
            return Outcome(self.home, self.talk, self._keep_safe(tier), passing=True)
        self._arrive()
        try:
            reply = self._route()
        except Diverged:
            self.talk.stack.pop()
            reply = self._offer("engine.diverged")
        if reply:
            soft = self._setting().mode in LOW_VOICE
            reply = replace(reply, intent=self.heard.intent, slots=self.heard.slots, soft=soft)
            self.talk.said = reply
        return Outcome(self.home, self.talk, reply, self.act, self.forget)

    # Safe words first -------------------------------------------------------------------

    def _keep_safe(self, tier: str) -> Reply:
        """Answer somebody who may not be safe, and keep nothing of it.

        What is stored is what "support", or "stop", would have left behind: whoever looks, or
        asks for a repeat, learns nothing.
        """
        if tier != "pressure":
            self.talk.stack.clear()
        if tier in ASKING:
            self._push("support", {})
            usual = self._go_on(None)
        else:
            usual = self.stop()
        assert usual is not None
        self.talk.said = usual
        return replace(usual, parts=safe_words(tier, self._setting()), intent="SafetyIntent")

    # Arriving ---------------------------------------------------------------------------

    def _arrive(self) -> None:
        day = self._setting().evening.isoformat()
        if self.home.evening_of != day:
            self.home = Came(day).apply(self.home, self.heard.now)
        if self.heard.kind == "launch":
            self.home = replace(self.home, visits=self.home.visits + 1)
        self._let_go_of_old_flows()
        if self._is_agreed_word():
            self.heard = self.heard.means("TimeOutIntent", {})
        elif self.heard.kind == "words":
            listens, free = self._listens()
            self.heard = self.heard.means(*self.understand(self.heard.words, listens, free))

    def _is_agreed_word(self) -> bool:
        """Say whether somebody said the word that, they agreed, calls a time-out, and no other."""
        agreed = self.home.agreement
        if not agreed or not agreed.word:
            return False
        before = ["", *self.content.words["before_our_word"].split(", ")]
        word = plain(agreed.word)
        said = {plain(one) for one in self.heard.texts if one}
        return bool(said) and said <= {plain(f"{one} {word}") for one in before}

    def _let_go_of_old_flows(self) -> None:
        """Drop what a release of ours has taken away, or given another meaning."""
        self.talk.stack = [
            frame
            for frame in self.talk.stack
            if frame.flow in steps.FLOWS and steps.FLOWS[frame.flow].version == frame.version
        ]

    def _waits_for(self) -> Ask | Do | None:
        """Return the question, or the act, that the conversation on top waits for."""
        return self._run(None).open if self.talk.stack else None

    def _question(self) -> Ask | None:
        """Return the question that is open, if one is."""
        waits = self._waits_for()
        return waits if isinstance(waits, Ask) else None

    def _listens(self) -> tuple[Sequence[str], bool]:
        """Return the intents that would answer the open question, and if any words may."""
        try:
            question = self._question()
        except Diverged:  # said once the words are understood: they may be "stop"
            return (), False
        return (question.answer.listens, question.answer.free) if question else ((), False)

    # Who takes it -----------------------------------------------------------------------

    def _route(self) -> Reply | None:
        heard, intent = self.heard, self.heard.intent
        if heard.kind == "intent" and intent in _GLOBALS:
            return _GLOBALS[intent](self)
        question = self._waits_for()
        if isinstance(question, Ask) and intent == "SkipQuestionIntent":
            # The question that is open, not the one of tonight.
            self.heard = heard = heard.means("AMAZON.NextIntent", {})
            intent = heard.intent
        if heard.kind == "outcome":
            known = isinstance(question, Do)
            return self._go_on(heard) if known else self._offer("engine.diverged")
        if isinstance(question, Do):
            return self._unfinished_act()
        if question and not self._interrupted(question) and question.answer.claims(heard):
            return self._go_on(heard)
        if heard.kind == "launch":
            return self._launch()
        if heard.kind == "consent":
            return self._offer("engine.lost")
        if intent in _AFTER_ANSWERS:
            return _AFTER_ANSWERS[intent](self, question)
        if intent in _STARTS:
            return self._start(intent)
        return self._go_on(heard) if question else self._lost()

    def _interrupted(self, question: Ask) -> bool:
        """Say whether this is a "resume" after a rest: then it is no answer to what was asked.

        To come back from a time-out is one: it has been waited for.
        """
        rested = self.talk.said is not None and self.talk.said.end
        returned = isinstance(question.answer, Returned)
        return rested and not returned and self.heard.intent == "AMAZON.ResumeIntent"

    def _unfinished_act(self) -> Reply | None:
        """The service ended before it knew how an act went: do it again, unless they moved on.

        Acts find what they did before, so that doing one again does no harm.
        """
        if self.heard.intent in _STARTS:
            self.talk.stack.pop()
            return self._start(self.heard.intent)
        return self._go_on(None)

    def _launch(self) -> Reply | None:
        self.talk.misses = 0
        self._push("welcome", {})
        return self._go_on(None)

    def _start(self, intent: str) -> Reply | None:
        name, extra = _STARTS[intent]
        last = self.talk.said.flow if self.talk.said else ""
        of_these = last in steps.FLOWS and steps.FLOWS[last].another
        # Only questions are lighter or deeper: whoever says so wants one, whatever was before.
        if intent in ANOTHER and of_these and not self.heard.slots.get("depth"):
            name, extra = last, {}
        refused = self._refused(steps.FLOWS[name])
        if refused:
            return self._not_now(refused)
        args = {**extra, **self._slots_for(name)}
        stack = self.talk.stack
        for place, frame in enumerate(stack):
            # Named with something new, it begins anew with that.
            same = frame.flow == name and (not args or args == frame.args)
            if same and not steps.FLOWS[name].leaves and not steps.FLOWS[name].another:
                del stack[place + 1 :]
                return self._ask_again("engine.where_we_were")
        self._push(name, args)
        return self._go_on(None)

    def _refused(self, flow: steps.Conversation) -> str:
        """Return the prompt that says why `flow` does not begin just now, "" if it may."""
        if flow.private and others_hear(self._setting()):
            return "engine.private"
        resting = any(
            frame.due and datetime.fromisoformat(frame.due) > self.heard.now
            for frame in self.talk.stack
        )
        return "engine.time_out_lasts" if flow.calm and resting else ""

    def _not_now(self, key: str) -> Reply | None:
        """Say why not, and go on with what was being asked, if something was."""
        if self.talk.stack and self.talk.said and not self.talk.said.end:
            return self._ask_again("engine.back_to", [Say(key)])
        return self._leave(key)

    def _slots_for(self, name: str) -> Mapping[str, str]:
        code = steps.FLOWS[name].run.__code__
        wanted = code.co_varnames[: code.co_argcount]
        return {slot: value for slot, value in self.heard.slots.items() if slot in wanted}

    def _push(self, name: str, args: Mapping[str, Any]) -> None:
        stack = self.talk.stack
        self._let_go_of_passing_flows()
        stack[:] = [frame for frame in stack if frame.flow != name]
        del stack[DEEPEST - 1 :]
        aside = self.talk.said is not None and not self.talk.said.end
        stack.append(Frame(name, args, version=steps.FLOWS[name].version, aside=aside))

    def _let_go_of_passing_flows(self) -> None:
        stack = self.talk.stack
        stack[:] = [frame for frame in stack if steps.FLOWS[frame.flow].waits]

    # Running a flow ---------------------------------------------------------------------

    def _setting(self) -> Setting:
        waiting = self.talk.stack[-2].flow if len(self.talk.stack) > 1 else ""
        return Setting(self.content, self.home, self.heard, waiting)

    def _run(self, heard: Heard | None) -> Stand:
        frame = self.talk.stack[-1]
        return run(
            steps.FLOWS[frame.flow].run,
            frame.args,
            frame.log,
            heard,
            lambda what, wanted: facts.recall(self._setting(), what, wanted),
            self._remember,
        )

    def _remember(self, effect: Effect) -> None:
        self.home = effect.apply(self.home, self._setting().local)
        if isinstance(effect, Forgotten):
            self.forget = True
            del self.talk.stack[:-1]

    def _go_on(self, heard: Heard | None) -> Reply | None:
        if not self.talk.stack:
            return self._lost()
        frame = self.talk.stack[-1]
        stand = self._run(heard)
        frame.log = stand.log
        if isinstance(stand.open, Do):
            self.act = stand.open.act
            return None
        if isinstance(stand.open, Ask):
            answer = stand.open.answer
            frame.due = answer.due if isinstance(answer, Returned) else ""
            if stand.not_yet:
                return self._not_yet(stand.open)
            if stand.missed:
                return self._missed(stand.open)
            self.talk.misses = 0
            return self._ask(stand.open, stand.said)
        self.talk.misses = 0
        assert stand.end is not None
        return self._close(stand.end, stand.said)

    def _close(self, end: End, said: Sequence[Say]) -> Reply | None:
        frame = self.talk.stack.pop()
        match end:
            case Again():
                self._push(frame.flow, end.args)
                return self._go_on(None)
            case GoOn():
                return self._ask_again("engine.where_we_were")
            case Offer():
                if end.drop_rest:
                    self.talk.stack.clear()
                return self._offer(end.key, end.values, said)
            case Say():
                if self.talk.stack and frame.aside and not steps.FLOWS[frame.flow].leaves:
                    reply = self._ask_again("engine.back_to", [*said, end])
                    return replace(reply, show=_shown([*said, end])) if reply else None
                parts = self._said([*said, end])
                return Reply(parts, flow=frame.flow, show=_shown([*said, end]))

    # Saying -----------------------------------------------------------------------------

    def _ask_again(self, lead: str, said: Sequence[Say] = ()) -> Reply | None:
        """Ask the open question of the conversation on top again, with a lead-in."""
        if not self.talk.stack:
            return self._offer("engine.nothing_open")
        question = self._question()
        if question is None:
            return self._go_on(None)
        if question.leave:  # nothing was asked: they are left in peace
            return self._ask(question, said)
        return self._ask(question, [*said, Say(lead)])

    def _ask(self, question: Ask, said: Sequence[Say] = ()) -> Reply:
        parts = self._said([*said, Say(question.key, question.values)])
        flow = self.talk.stack[-1].flow
        listens, shown = question.answer.listens, _shown(said)
        if isinstance(question.answer, Floor) and "to" in question.values:
            shown = {**shown, "turn": question.values["to"]}
        if question.leave or question.consent:
            return Reply(
                parts, flow=flow, listening_for=listens, show=shown, consent=question.consent
            )
        reprompt = self._line(question.key, "reprompt", question.values)
        return Reply(parts, reprompt, end=False, flow=flow, listening_for=listens, show=shown)

    def _offer(
        self, key: str, values: Mapping[str, Any] | None = None, said: Sequence[Say] = ()
    ) -> Reply:
        parts = self._said([*said, Say(key, values or {})])
        reprompt = self._line(key, "reprompt", values or {})
        return Reply(parts, reprompt, end=False, listening_for=ANY_WISH)

    def _leave(self, key: str, **values: Any) -> Reply:
        flow = self.talk.stack[-1].flow if self.talk.stack else ""
        return Reply(self._said([Say(key, values)]), flow=flow)

    def _said(self, said: Sequence[Say]) -> tuple[Part, ...]:
        return tuple(part for one in said for part in self._line(one.key, "say", one.values))

    def _line(self, key: str, kind: str, values: Mapping[str, Any]) -> tuple[Part, ...]:
        """Return one variant of a prompt: never the one said last.

        A prompt may have words of its own for a mode: `check_in.thanks.alone`.
        """
        own = f"{key}.{self._setting().mode}"
        if own in self.content.prompts and getattr(self.content.prompts[own], kind):
            key = own
        lines: tuple[str, ...] = getattr(self.content.prompts[key], kind)
        if not lines:
            return self._line("engine.still_there", "say", {}) if kind == "reprompt" else ()
        name = key if kind == "say" else f"{key}.{kind}"
        before = self.talk.variants.get(name, self._evenings() - 1)
        place = (before + 1) % len(lines)
        if len(lines) > 1:
            self.talk.variants[name] = place
        return phrase(lines[place], values, self.content)

    def _evenings(self) -> int:
        """Return a number that grows as the household comes back, to begin the variants with."""
        return max(0, self.home.visits - 1) + self.home.told + self.home.checked

    # Not understood ---------------------------------------------------------------------

    def _not_yet(self, question: Ask) -> Reply:
        """Give them more time; where they went away to talk, leave again."""
        self.talk.misses = 0
        reply = self._ask(question)
        again = () if question.leave else reply.reprompt
        return replace(reply, parts=(*self._said([Say("engine.take_your_time")]), *again))

    def _missed(self, question: Ask) -> Reply:
        """First ask again shorter, then with help; the third time leave it, without blame."""
        self.talk.misses += 1
        if self.talk.misses >= 3:
            self.talk.misses = 0
            return self._leave("engine.missed_leave")
        if self.talk.misses == 2:
            return self._help_with(question)
        reply = self._ask(replace(question, leave=False))
        again = self._line(question.key, "reprompt", question.values)
        return replace(reply, parts=(*self._said([Say("engine.missed")]), *again))

    def _lost(self) -> Reply:
        self.talk.misses += 1
        if self.talk.misses >= 3:
            self.talk.misses = 0
            return self._leave("engine.lost_leave")
        return self._offer("engine.lost" if self.talk.misses == 1 else "engine.lost_again")

    def _help_with(self, question: Ask) -> Reply:
        told = self._line(question.key, "help", question.values)
        told = told or self._said([Say("help.in_a_flow")])
        reply = self._ask(replace(question, leave=False))
        return replace(reply, parts=(*told, *reply.reprompt))

    # What works everywhere --------------------------------------------------------------

    def stop(self) -> Reply:
        """Leave at once; what is open waits."""
        self._let_go_of_passing_flows()
        return self._leave("engine.goodbye")

    def cancel(self) -> Reply:
        """Let go of the conversation on top."""
        if not self.talk.stack:
            return self.stop()
        self.talk.stack.pop()
        return self._leave("engine.cancelled")

    def help(self) -> Reply:
        """Say what fits here, and ask the question again."""
        question = self._question()
        return self._help_with(question) if question else self._offer("help.general")

    def repeat(self) -> Reply | None:
        """Say exactly what was said last."""
        return self.talk.said or self._offer("engine.nothing_open")

    def pause(self) -> Reply:
        """Keep the place and be quiet."""
        self._let_go_of_passing_flows()
        return self._leave("engine.paused") if self.talk.stack else self.stop()

    def previous(self) -> Reply | None:
        """Go back one answer, but never behind something that was done."""
        if not self.talk.stack:
            return self._offer("engine.nothing_open")
        frame = self.talk.stack[-1]
        log = back(frame.log)
        if log is None:
            return self._ask_again("engine.no_way_back")
        frame.log = log
        return self._ask_again("engine.one_back")

    def resume(self, question: Ask | None) -> Reply | None:
        """Go on where we were."""
        return self._ask_again("engine.where_we_were")

    def start_over(self, question: Ask | None) -> Reply | None:
        """Begin the conversation on top afresh."""
        if not self.talk.stack:
            return self._offer("engine.nothing_open")
        self.talk.stack[-1].log = []
        return self._go_on(None)

    def skip(self, question: Ask | None) -> Reply | None:
        """Leave the open question unanswered and go on."""
        if question:
            return self._go_on(self.heard)
        if self.talk.said and self.talk.said.flow in SKIPPED:
            return self._start("SkipQuestionIntent")
        return self._offer("engine.nothing_open")


_STARTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    intent: (one.name, args)
    for one in steps.FLOWS.values()
    for intent, args in one.starts_on.items()
}

# Before any answer: a way out must work at every step.
_GLOBALS: Mapping[str, Callable[[_Turn], Reply | None]] = {
    "AMAZON.StopIntent": _Turn.stop,
    "AMAZON.NavigateHomeIntent": _Turn.stop,
    "AMAZON.CancelIntent": _Turn.cancel,
    "AMAZON.HelpIntent": _Turn.help,
    "AMAZON.RepeatIntent": _Turn.repeat,
    "AMAZON.PauseIntent": _Turn.pause,
    "AMAZON.PreviousIntent": _Turn.previous,
}

# After the open question had its chance: to a question that gives the floor, "next" is an answer.
_AFTER_ANSWERS: Mapping[str, Callable[[_Turn, Ask | None], Reply | None]] = {
    "AMAZON.ResumeIntent": _Turn.resume,
    "AMAZON.StartOverIntent": _Turn.start_over,
    "AMAZON.NextIntent": _Turn.skip,
}

HANDLED = frozenset({FALLBACK, *_GLOBALS, *_AFTER_ANSWERS, *_STARTS})
"""The intents that do something even when no question is open."""


def _shown(said: Sequence[Say]) -> dict[str, Any]:
    """Return what goes on a screen with these prompts: what they show, and how to breathe."""
    shown: dict[str, Any] = {}
    for one in said:
        breath = {"breathing": one.values["breath"]} if "breath" in one.values else {}
        shown = {**shown, **breath, **one.show}
    return shown
