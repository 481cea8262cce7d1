"""Facts about what the two keep and do together: the jar, goals, their journey, small items.

Like those of `skill.conversation.facts`, which lists them: taken once a flow, and plain JSON.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from content.library import LIGHT, PERSONAL, TENDER, Exercise
from skill.conversation import i_statements, slots
from skill.conversation.deck import ACT, DO_TOGETHER, QUESTIONS, Drawn, draw, night
from skill.conversation.setting import Setting
from skill.conversation.turn import FALLBACK
from skill.household.models import MOST_GOALS, Goal, either, has_bit, heard

BRAVE = ("A1", "A4", "B1")
"""Themes of small brave steps: vulnerability, fears, opening up."""

UNPLUGGED = (10, 20, 45)
"""Minutes away from phones: the lengths that are short enough to begin and long enough to count."""
UNPLUGGED_USUAL = 20

JAR_AT_ONCE = 5
"""Thank-yous read in a row: more, and nobody remembers the first."""

SUNDAY = 6

MODES = ("company", "kids", "quiet", "alone")
"""Modes that are over when the evening is; "apart" stays until it is changed."""

LATEST = 3
"""Thank-yous offered to be taken out: who wants to is thinking of one of the last."""

CALM = ("company", "kids")
"""Modes in which others may hear: nothing personal is read aloud."""

FORMS = {"apart": "apart", "alone": "apart", "company": "no_touch", "kids": "no_touch"}
"""Mode to the form of a gesture: who is not there cannot be touched."""

CLOSER = 0.75
"""A difference in average closeness that two people would notice."""


def others_hear(setting: Setting) -> bool:
    """Say whether somebody else may be listening, as far as they told us."""
    return setting.mode in CALM


def mode_plan(setting: Setting, mode: str) -> Mapping[str, str]:
    """Return the mode to behave in, and the first evening on which it is over."""
    until = (setting.evening + timedelta(days=1)).isoformat() if mode in MODES else ""
    return {"mode": "" if mode == "off" else mode, "until": until}


def alone(setting: Setting) -> bool:
    """Say whether one of them is here without the other."""
    return setting.mode == "alone"


def linked(setting: Setting) -> bool:
    """Say whether a code has joined other places to this one."""
    return bool(setting.home.linked)


def free_word(setting: Setting, word: str) -> bool:
    """Say whether `word` means nothing else to us, so that it may call a time-out."""
    from skill.conversation.understanding import understanding  # see `skill.conversation.lantern`

    return understanding(setting.heard.locale).understand(word).intent == FALLBACK


def shows_codes(setting: Setting) -> bool:
    """Say whether the channel can show a code: a page can, a speaker takes it."""
    return setting.heard.abilities.codes


# Small items -------------------------------------------------------------------------------


def next_item(setting: Setting, ids: Collection[str]) -> Mapping[str, Any]:
    """Return the household's next of `ids`, and those that may come again if all were heard."""
    rests = either(*heard(setting.home, setting.evening))
    unheard = [one for one in ids if not has_bit(rests, one)]
    chosen = min(unheard or ids, key=lambda one: crc32(f"{setting.heard.household}:{one}".encode()))
    return {"id": chosen, "new_round": [] if unheard else list(ids)}


def gesture(setting: Setting, way: str = "") -> Mapping[str, Any]:
    """Return a gesture for today, in the form that suits them."""
    one = _drawn(setting, (LIGHT,) if setting.new_here else (LIGHT, PERSONAL), ACT).item
    apart = "apart" if setting.apart else ""
    usual = FORMS.get(setting.mode) or apart or ("touch" if _even(setting) else "no_touch")
    form = way if way in ("touch", "no_touch", "apart") else usual
    return {"id": one.id, "form": form, "text": one.spoken[form]}


def _drawn(
    setting: Setting, depths: tuple[int, ...], letters: tuple[str, ...], theme: str = ""
) -> Drawn:
    tonight = night(setting, depths, theme, letters=letters)
    seed = f"{setting.heard.household}:{setting.evening.isoformat()}"
    return draw(setting.content.library, setting.home, replace(tonight, seed=seed))


def exercise(setting: Setting, theme: str = "") -> Mapping[str, Any]:
    """Return an exercise, in the theme if they named one, as it is read."""
    theme = theme if theme in setting.content.library.themes else ""
    depths: tuple[int, ...] = (LIGHT, PERSONAL, TENDER)
    if setting.new_here:
        depths = (LIGHT,)
    elif setting.late or setting.calm or setting.far:
        depths = (LIGHT, PERSONAL)
    drawn = _drawn(setting, depths, DO_TOGETHER, theme)
    one = drawn.item
    assert isinstance(one, Exercise)
    return {
        "id": one.id,
        "widened": drawn.widened,
        "name": one.name,
        "start": one.start,
        "steps": list(one.steps),
        "close": one.close,
    }


def _even(setting: Setting) -> bool:
    return setting.evening.toordinal() % 2 == 0


def topic(setting: Setting, topic: str = "") -> Mapping[str, Any]:
    """Return a short talk: on what they asked for, else on what they have not heard yet."""
    topics = setting.content.topics
    by_id = {one.id: one for one in topics.values()}
    drawn: Mapping[str, Any] = (
        {"id": topics[topic].id, "new_round": []}
        if topic in topics
        else next_item(setting, list(by_id))
    )
    one = by_id[drawn["id"]]
    return {**drawn, "name": one.name, "talk": one.talk, "attempt": one.attempt}


def story(setting: Setting) -> Mapping[str, Any]:
    """Return what to tell each other a story about."""
    drawn = next_item(setting, setting.content.stories)
    return {**drawn, "text": setting.content.stories[drawn["id"]]}


def brave(setting: Setting) -> Mapping[str, Any]:
    """Return a tender question and its lighter twin; `fits` is False where it does not fit now.

    Nothing tender late at night, where others hear, or within a day of a time-out. Newcomers get a
    personal one.
    """
    if others_hear(setting) or setting.late or setting.calm:
        return {"fits": False}
    depths = (PERSONAL,) if setting.new_here or setting.far else (TENDER,)
    theme = BRAVE[setting.evening.toordinal() % len(BRAVE)]
    one = _drawn(setting, depths, QUESTIONS, theme).item
    told = one.spoken["ask"]
    return {
        "fits": True,
        "id": one.id,
        "question": told,
        "lighter": one.lighter if one.depth > LIGHT else told,
    }


def improvement(setting: Setting, words: str) -> Mapping[str, str]:
    """Return what one thing would make a sentence softer: nothing of the sentence itself."""
    return i_statements.improvement(words, setting.content.failings)


def unplugged(setting: Setting, duration: str = "") -> Mapping[str, Any]:
    """Return a stretch without phones: its minutes, when it is over, something new to do."""
    asked = slots.duration(duration) if duration else None
    wanted = asked.total_seconds() / 60 if asked else UNPLUGGED_USUAL
    minutes = min(UNPLUGGED, key=lambda one: abs(one - wanted))
    drawn = next_item(setting, setting.content.novelties)
    # Added to the instant, not to the wall clock: it may be set forward or back tonight.
    end = (setting.heard.now + timedelta(minutes=minutes)).astimezone(setting.local.tzinfo)
    clock = _clock(setting, end.hour, end.minute)
    known = bool(setting.heard.zone)
    over = "over_at" if known else "over_in"
    return {
        **drawn,
        "minutes": minutes,
        "novelty": setting.content.novelties[drawn["id"]],
        "over": setting.content.words[over].format(clock=clock, minutes=minutes),
        "rings": setting.heard.abilities.timers,
        "text": setting.content.words["timer_text"],
    }


def _clock(setting: Setting, hour: int, minute: int) -> str:
    half = "AM" if hour < 12 else "PM"
    shown = hour % 12 or 12
    return f"{shown}:{minute:02} {half}" if minute else f"{shown} {half}"


# The jar -----------------------------------------------------------------------------------


def jar(setting: Setting) -> Mapping[str, Any]:
    """Return what to read from the jar: `waiting` or not, the thank-yous as `words` and one `text`.

    What waits to be heard comes first, whatever its day; on a Sunday the rest of the week follows.
    Where nothing waits, the latest ones are good to hear again.
    """
    notes = setting.home.notes
    waiting = [one for one in notes if not one.heard]
    week = (setting.evening - timedelta(days=7)).isoformat()
    sunday = setting.evening.weekday() == SUNDAY
    of_the_week = [one for one in notes if one.heard and one.day > week] if sunday else []
    chosen = [*waiting, *of_the_week][:JAR_AT_ONCE] or notes[-JAR_AT_ONCE:]
    weekly = sunday and any(one.day > week for one in chosen)
    return {
        "kind": "sunday" if weekly else "waiting" if waiting else "again",
        "count": len(chosen),
        "words": [one.words for one in chosen],
        "text": " ".join(f"{thanks_line(setting, one.words)}." for one in chosen),
    }


def latest_notes(setting: Setting) -> list[Mapping[str, str]]:
    """Return the latest thank-yous, the last one first: what it says, and how that is read."""
    latest = setting.home.notes[: -LATEST - 1 : -1]
    return [{"words": one.words, "line": thanks_line(setting, one.words)} for one in latest]


def thanks(setting: Setting, words: str) -> str:
    """Return what somebody is thankful for, without "thank you for" or the other one's name.

    "" if nothing is left: then it was a name, or nothing but thanks.
    """
    nobody = "(?!)"
    names = "|".join(re.escape(one) for one in setting.home.names) or nobody
    known = setting.content.words["thanks_openings"].split(", ")
    openings = "|".join(sorted(known, key=len, reverse=True))
    before = re.compile(
        rf"(?:(?:for|to) )?(?:{names})(?:[\s,:]+(?=for )|$)|(?:{openings})(?:[\s,:]+|$)",
        re.IGNORECASE,
    )
    told = " ".join(words.split())
    while found := before.match(told):
        told = told[found.end() :]
    return re.sub(r"\bi\b", "I", told.strip(" .,:;!"))


def thanks_line(setting: Setting, words: str) -> str:
    """Return a thank-you as it is read: "Thank you for the soup", or "Thank you: you cooked"."""
    said = setting.content.words
    whole = words.split(" ")[0].lower() in said["whole_sentence"].split(", ")
    return said["thanks_sentence" if whole else "thanks_line"].format(words=words)


# Goals -------------------------------------------------------------------------------------


def goals(setting: Setting, named: str = "") -> Mapping[str, Any]:
    """Return their goals; if `named` says words of one of them, only that one."""
    kept = list(setting.home.goals)
    words = set(_plain(named))
    meant = [one for one in kept if words and words & set(_plain(one.wish))]
    if meant:
        most = max(len(words & set(_plain(one.wish))) for one in meant)
        kept = [one for one in meant if len(words & set(_plain(one.wish))) == most]
    return {
        "goals": [{"wish": one.wish, "step": one.step} for one in kept],
        "spoken": " ".join(_spoken(setting, place, one) for place, one in enumerate(kept)),
        "full": len(setting.home.goals) >= MOST_GOALS,
    }


def _spoken(setting: Setting, place: int, goal: Goal) -> str:
    words = setting.content.words
    number = words["counts"].split()[place]
    line = words["goal_with_step" if goal.step else "goal_without_step"]
    return line.format(number=number, wish=goal.wish, step=goal.step)


def _plain(text: str) -> list[str]:
    small = ("to", "the", "a", "our", "we", "and", "of", "in", "for", "on", "goal", "more")
    return [one for one in re.findall(r"[\w']+", text.lower()) if one not in small]


# Their journey -----------------------------------------------------------------------------


def journey(setting: Setting) -> Mapping[str, Any]:
    """Return how far they have come, in counts and one kind word; the past year apart."""
    home = setting.home
    told = [one.closeness for one in home.check_ins if one.closeness is not None]
    first = date.fromisoformat(home.first_day) if home.first_day else setting.evening
    ago = (setting.evening - timedelta(days=365)).isoformat()
    of_year = {month: count for month, count in home.evenings.items() if month > ago[:7]}
    evenings = sum(home.evenings.values())
    return {
        "new": evenings < 3,
        "counts": _counts(
            setting,
            evening=evenings,
            question=home.asked,
            check_in=home.checked,
            thanks=home.thanks,
            goal=home.reached,
        ),
        "closeness": _over_time(told),
        "a_year": first.isoformat() <= ago,
        "counts_of_year": _counts(
            setting,
            evening=sum(of_year.values()),
            check_in=sum(one.day > ago for one in home.check_ins),
        ),
        "best_month": _best_month(setting, of_year),
        "plot": [
            {"day": one.day, "closeness": one.closeness}
            for one in home.check_ins
            if one.closeness is not None
        ],
    }


def _over_time(told: list[float]) -> str:
    """Return how closeness went: "few", "closer", "steady" or "waves". No score, no grade."""
    if len(told) < 4:
        return "few"
    half = len(told) // 2
    before, since = sum(told[:half]) / half, sum(told[half:]) / (len(told) - half)
    if since - before >= CLOSER:
        return "closer"
    return "steady" if max(told) - min(told) <= 2 * CLOSER else "waves"


def _best_month(setting: Setting, months: Mapping[str, int]) -> str:
    """Return the spoken month with most evenings, the latest of several."""
    best = max(months, key=lambda month: (months[month], month), default="")
    return setting.content.words["months"].split()[int(best[5:]) - 1] if best else ""


def _counts(setting: Setting, **counts: int) -> str:
    """Return what there was, in words; what there was not is not mentioned."""
    words = setting.content.words
    told = [
        words[f"one_{what}" if number == 1 else f"some_{what}"].format(number=number)
        for what, number in counts.items()
        if number
    ]
    return words["and"].join(filter(None, (", ".join(told[:-1]), *told[-1:])))


FACTS: tuple[Callable[..., Any], ...] = (
    mode_plan,
    alone,
    shows_codes,
    gesture,
    exercise,
    topic,
    story,
    brave,
    improvement,
    unplugged,
    jar,
    latest_notes,
    thanks,
    thanks_line,
    linked,
    free_word,
    goals,
    journey,
)
