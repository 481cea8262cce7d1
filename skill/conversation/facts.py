"""What a flow may recall: facts about the household, the time and the content.

A flow never looks at these directly: it yields `recall("name", ...)`, the engine calls the
function of that name here, and the log keeps what it returned. So every fact is plain JSON.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any

from content import Breath, Content, Helpline
from content import helplines as by_country
from content.library import LIGHT, PERSONAL, REPAIR, TENDER, Item
from content.preview import heard
from skill.conversation import keepsakes, slots
from skill.conversation.deck import Drawn, draw, may_come, night
from skill.conversation.setting import Setting
from skill.household.models import Evening, Reminder, has_bit, items_in, skipped

MOST_A_NIGHT = 4
"""Tonight's question and three more; then it is time to talk."""

PAUSE_DEFAULT = timedelta(minutes=25)
PAUSE_SHORTEST = timedelta(minutes=20)
"""A body that has been flooded needs at least this long; it is a floor, not a ceiling."""
PAUSE_LADDER = (PAUSE_SHORTEST, timedelta(hours=1), timedelta(hours=12), timedelta(hours=24))
"""How much more time each time they ask for more: twenty minutes, an hour, half a day, tomorrow."""
PAUSE_LONGEST = timedelta(hours=24)
"""A longer break reads as avoidance."""

BREATH_DEFAULT = timedelta(minutes=5)
"""Studies that found an effect breathed for five minutes or more."""
BREATH_IN_PAUSE = timedelta(minutes=2)
BREATH_LONGEST = timedelta(minutes=20)
STRETCH = timedelta(seconds=150)
"""The longest stretch in one reply: well inside what a speaker says at once."""

QUIET_BEFORE, QUIET_AFTER = time(8, 0), time(21, 30)
"""Reminders ring inside this window only."""

REFUSAL_RESTS = timedelta(days=7)
"""After a refused permission, no offer for this long (Amazon, Reminders: guidelines)."""

WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Fact = Callable[..., Any]


def recall(setting: Setting, what: str, wanted: Mapping[str, Any]) -> Any:
    """Return the fact `what`."""
    return FACTS[what](setting, **wanted)


def turns(setting: Setting) -> list[Mapping[str, str]]:
    """Return the two turns of a round: whose it is (`to`), and how to call the `other`.

    `them` is the other one inside a sentence to the first. Who begins alternates each day. One
    alone has the only turn.
    """
    words = setting.content.words
    names = list(setting.home.names) or [words["first"], words["second"]]
    if setting.mode == "alone":
        return [{"to": words["you_alone"], "other": words["partner"], "them": words["partner"]}]
    if setting.home.names and setting.evening.toordinal() % 2:
        names.reverse()
    return [
        {"to": one, "other": other, "them": other if setting.home.names else words["partner"]}
        for one, other in (names, reversed(names))
    ]


def visit(setting: Setting) -> Mapping[str, str]:
    """Return how to greet them, and the spoken name of what they left unfinished."""
    greeting = {1: "first", 2: "second"}.get(setting.home.visits, "back")
    waiting = setting.content.words.get(f"flow_{setting.waiting}", "") if setting.waiting else ""
    return {"greeting": greeting, "waiting": waiting}


def tonights_id(setting: Setting) -> str:
    """Return the id of tonight's question, "" if none has been read."""
    evening = _evening(setting)
    return evening.question if evening else ""


def today(setting: Setting) -> str:
    """Return the date on which this evening began, ISO 8601."""
    return setting.evening.isoformat()


def tonight(
    setting: Setting, theme: str = "", depth: str = "", turn: str = ""
) -> Mapping[str, Any]:
    """Return what to read: tonight's question, its follow-up, or another one.

    `turn` is "" for tonight's question, "another" or "follow"; `depth` "lighter" or "deeper"
    means the follow-up of that kind, of what was read last: a question, or a gesture or exercise,
    which has questions to go on with. Once that was read, it means another question. `tender` says
    that both have to want it first.
    """
    evening = _evening(setting)
    library = setting.content.library
    theme = theme if theme in library.themes else ""
    put_away = evening is not None and (
        _not_for_others(setting, evening)
        or has_bit(setting.home.rested, evening.question)
        or has_bit(skipped(setting.home, setting.evening), evening.question)
    )
    if evening and not put_away and turn == "" and _fits(setting, evening, theme, depth):
        return _found(setting, evening, "same")
    follow = {"lighter": "lighter", "deeper": "deeper"}.get(
        depth, "deeper" if turn == "follow" else ""
    )
    enough = evening is not None and not put_away and evening.drawn >= MOST_A_NIGHT
    if follow and not theme:
        if deed := _deed(setting):
            item = library.item(getattr(library.item(deed), follow))
            if not enough and _suits(setting, evening, item):
                return _fresh(setting, evening, Drawn(item), "")
        elif evening and not put_away and evening.turned != follow:
            return _found(setting, replace(evening, turned=follow), follow)
    if evening and enough:
        return _found(setting, evening, "enough")
    depths, gentler = _depths(setting, evening, theme, depth)
    drawn = draw(
        library, setting.home, night(setting, depths, theme, evening.drawn if evening else 0)
    )
    return _fresh(setting, evening, drawn, gentler)


def _deed(setting: Setting) -> str:
    """Return the id of the gesture or exercise that they come from, "" for a question."""
    deed = setting.home.deed
    if deed and deed.day == setting.evening.isoformat() and deed.item in setting.content.library:
        return deed.item
    return ""


def _suits(setting: Setting, evening: Evening | None, item: Item) -> bool:
    """Say whether a question fits just now, and does not rest."""
    named = {LIGHT: "light", PERSONAL: "personal", TENDER: "tender"}[item.depth]
    depths, _ = _depths(setting, evening, item.theme, named)
    tonight = night(setting, depths)
    return may_come(setting.content.library, setting.home, tonight, item.id)


def _fresh(
    setting: Setting, evening: Evening | None, drawn: Drawn, gentler: str
) -> Mapping[str, Any]:
    """Return what to read of a question that tonight has not had yet."""
    fresh = Evening(
        setting.evening.isoformat(), drawn.item.id, drawn=evening.drawn + 1 if evening else 1
    )
    note = gentler or ("widened" if drawn.widened else "")
    if drawn.again:
        note = "new_round"
    said = "remembered" if drawn.remembered else "another" if evening else "read"
    touches = drawn.item.sensitive[0] if drawn.item.sensitive else ""
    return {
        **_found(setting, fresh, said),
        "note": note,
        "touches": setting.content.words[f"touches_{touches}"] if touches else "",
        "tender": drawn.item.depth == TENDER,
    }


def _evening(setting: Setting) -> Evening | None:
    evening = setting.home.evening
    if evening and evening.day == setting.evening.isoformat():
        return evening if evening.question in setting.content.library else None
    return None


def _not_for_others(setting: Setting, evening: Evening) -> bool:
    """Say whether somebody listens who had better not hear the question of this evening."""
    item = setting.content.library.item(evening.question)
    return (setting.mode == "company" and not item.company_ok) or (
        setting.mode == "kids" and not item.kids_ok
    )


def _fits(setting: Setting, evening: Evening, theme: str, depth: str) -> bool:
    question = setting.content.library.item(evening.question)
    named = {"light": LIGHT, "personal": PERSONAL, "tender": TENDER}.get(depth, question.depth)
    return (
        theme in ("", question.theme)
        and named == question.depth
        and depth != "lighter"
        and (depth != "deeper")
    )


def _found(setting: Setting, evening: Evening, said: str) -> Mapping[str, Any]:
    item = setting.content.library.item(evening.question)
    text = {"lighter": item.lighter, "deeper": item.deeper}.get(
        evening.turned, spoken(setting.content, item)
    )
    return {
        "said": said,
        "text": text,
        "evening": dict(vars(evening)),
        "note": "",
        "touches": "",
        "tender": False,
        "first": _begins(setting) if evening.drawn == 1 and said in ("read", "remembered") else "",
    }


def spoken(content: Content, item: Item) -> str:
    """Return what is read of a question or a prompt."""
    return next(text for _, text in heard(content, item))


def _begins(setting: Setting) -> str:
    """Return the name of who answers first tonight, "" if we know none: it alternates daily."""
    both = setting.home.names and setting.mode != "alone"
    return turns(setting)[0]["to"] if both else ""


def _depths(
    setting: Setting, evening: Evening | None, theme: str, depth: str
) -> tuple[tuple[int, ...], str]:
    """Return the depths to draw from; and, if that is gentler than they asked for, how we say so.

    Tender ones come after another one of the same evening, never in the first week, late, in
    company, within a day of a time-out (but to make up), or when one of the two felt far away.
    """
    current = setting.content.library.item(evening.question).depth if evening else PERSONAL
    asked = {
        "light": LIGHT,
        "personal": PERSONAL,
        "tender": TENDER,
        "lighter": max(LIGHT, current - 1),
        "deeper": min(TENDER, current + 1),
    }.get(depth)
    if setting.new_here or setting.mode in ("company", "kids"):
        return (LIGHT,), "" if asked in (None, LIGHT) else "lighter_now"
    if asked == TENDER:
        stirred = setting.calm and theme != REPAIR
        if setting.late or setting.far or stirred:
            return (PERSONAL,), "gentler"
        if evening is None:
            return (PERSONAL,), "warm_up"
    return (asked,) if asked else (LIGHT, PERSONAL), ""


def change(setting: Setting, closeness: float | None) -> str:
    """Return how close they feel against last time: first, closer, further, same or unsaid."""
    before = [one.closeness for one in setting.home.check_ins if one.closeness is not None]
    if closeness is None:
        return "unsaid"
    if not before:
        return "unsaid" if setting.home.check_ins else "first"
    step = closeness - before[-1]
    return "closer" if step >= 1 else "further" if step <= -1 else "same"


def return_time(
    setting: Setting, duration: str = "", more: bool = False, since: str = "", times: int = 0
) -> Mapping[str, Any]:
    """Return when a time-out ends: `at`, `back` (how it is said), `clock`, `minutes`, `said`.

    It counts from now, or from `since` (ISO 8601) if that is still to come. `times` is how often
    it was made longer before: the steps of the ladder grow.

    `said` is "_short" or "_long" if what they asked for is outside of what helps. An extension
    (`more`) may be as short as they like: the first stretch has been rested already.
    """
    asked = slots.duration(duration) if duration else None
    agreed = setting.home.agreement
    usual = timedelta(minutes=agreed.minutes) if agreed else PAUSE_DEFAULT
    length = asked or (PAUSE_LADDER[min(times, len(PAUSE_LADDER) - 1)] if more else usual)
    said = ""
    if length < PAUSE_SHORTEST and not more:
        length, said = PAUSE_SHORTEST, "_short"
    if since:
        length += max(datetime.fromisoformat(since) - setting.heard.now, timedelta())
    if length > PAUSE_LONGEST:
        length, said = PAUSE_LONGEST, "_long"
    # A whole minute is easier to say, to hear and to keep.
    # Added to the instant, not to the wall clock: it may be set forward or back tonight.
    end = setting.heard.now + length + timedelta(seconds=30)
    at = end.astimezone(setting.local.tzinfo).replace(second=0, microsecond=0)
    minutes = round(length / timedelta(minutes=1))
    words = setting.content.words
    clock = _clock(at) if setting.heard.zone else ""
    if at.date() != setting.local.date() and clock:
        clock = words["tomorrow"].format(clock=clock)
    in_length = words["in_length"].format(length=_length(setting, minutes))
    back = words["back_at"].format(clock=clock) if clock else in_length
    return {"at": at.isoformat(), "back": back, "clock": clock, "minutes": minutes, "said": said}


def time_left(setting: Setting, at: str) -> Mapping[str, str]:
    """Return how the end of a time-out (`at`, ISO 8601) is said now."""
    end = datetime.fromisoformat(at).astimezone(setting.local.tzinfo)
    words = setting.content.words
    if setting.heard.zone:
        clock = _clock(end)
        if end.date() != setting.local.date():
            clock = words["tomorrow"].format(clock=clock)
        return {"back": words["back_at"].format(clock=clock)}
    left = max(1, round((end - setting.heard.now) / timedelta(minutes=1)))
    return {"back": words["in_length"].format(length=_length(setting, left))}


def length(setting: Setting, minutes: int) -> str:
    """Return how so many minutes are said: "25 minutes", "2 and a half hours"."""
    return _length(setting, minutes)


def _length(setting: Setting, minutes: int) -> str:
    words = setting.content.words
    if minutes <= 1:
        return words["one_minute"]
    if minutes < 120:
        return words["minutes"].format(minutes=minutes)
    hours, half = divmod(round(minutes / 30), 2)
    return words["half_hours" if half else "hours"].format(hours=hours)


def breathing(
    setting: Setting, pattern: str = "", duration: str = "", short: bool = False
) -> Mapping[str, Any]:
    """Return how to breathe: the pattern, and stretches of `rounds` with `minutes_left`."""
    breaths = setting.content.breaths
    breath = breaths.get(pattern) or breaths["slow"]
    length = slots.duration(duration) if duration else None
    length = min(length or (BREATH_IN_PAUSE if short else BREATH_DEFAULT), BREATH_LONGEST)
    return {
        "pattern": breath.id,
        "name": breath.name,
        "caution": breath.caution,
        "stretches": _stretches(setting, breath, length),
    }


def _stretches(setting: Setting, breath: Breath, length: timedelta) -> list[dict[str, Any]]:
    left = max(1, round(length.total_seconds() / breath.seconds))
    left = min(left, breath.most_rounds or left)
    most = int(STRETCH.total_seconds()) // breath.seconds
    # Stretches of like length: five minutes are two halves, not one long and one stub.
    size = ceil(left / ceil(left / most))
    stretches = []
    while left:
        rounds = min(size, left)
        left -= rounds
        minutes = ceil(left * breath.seconds / 60)
        told = {"rounds": rounds, "minutes_left": minutes, "left": _length(setting, minutes)}
        stretches.append(told)
    return stretches


def reminders(setting: Setting, days: str) -> Mapping[str, Any]:
    """Return their reminders (those of `days`, if named), and whether reminders ring here."""
    named = slots.days(days) if days else None
    kept = [one for one in setting.home.reminders if named is None or set(named) & set(one.days)]
    spoken = [_spoken(setting, time.fromisoformat(one.at), one.days) for one in kept]
    return {
        "rings": setting.heard.abilities.reminders,
        "kept": [_as_json(one) for one in kept],
        "spoken": setting.content.words["and"].join(spoken),
        "rows": spoken,
    }


def _as_json(reminder: Reminder) -> Mapping[str, Any]:
    return {"token": reminder.token, "at": reminder.at, "days": list(reminder.days)}


def reminder_plan(
    setting: Setting, time: str | None, days: str = "", old_days: list[str] | None = None
) -> Mapping[str, Any]:
    """Return what is about to be set: when, how that is said, and what stands in the way."""
    at = slots.clock(time, evening=True) if time else None
    if at is None:
        return {"trouble": "not_set"}
    if not setting.heard.zone:
        return {"trouble": "no_zone"}
    inside = _inside(at)
    on = tuple(slots.days(days) or old_days or WEEK) if days or old_days else WEEK
    refused = setting.home.refused_day
    return {
        "trouble": "",
        "at": inside.strftime("%H:%M"),
        "days": list(on),
        "zone": setting.heard.zone,
        "text": setting.content.words["reminder_text"],
        "when": _spoken(setting, inside, on),
        "moved": inside != at,
        "clock": _clock(inside),
        "rings": setting.heard.abilities.reminders,
        "refused_lately": bool(refused)
        and setting.evening - date.fromisoformat(refused) < REFUSAL_RESTS,
    }


def _inside(at: time) -> time:
    """Return the nearest time at which a reminder may ring."""
    if QUIET_BEFORE <= at <= QUIET_AFTER:
        return at
    minutes = at.hour * 60 + at.minute
    since = (minutes - QUIET_AFTER.hour * 60 - QUIET_AFTER.minute) % (24 * 60)
    until = (QUIET_BEFORE.hour * 60 + QUIET_BEFORE.minute - minutes) % (24 * 60)
    return QUIET_AFTER if since < until else QUIET_BEFORE


def _spoken(setting: Setting, at: time, days: tuple[str, ...]) -> str:
    words = setting.content.words
    if set(days) == set(WEEK):
        on = words["every_evening"] if at.hour >= 17 else words["every_day"]
    elif set(days) == set(WEEK[:5]):
        on = words["weekdays"]
    elif set(days) == set(WEEK[5:]):
        on = words["weekends"]
    else:
        on = words["and"].join(words[f"day_{day}"] for day in WEEK if day in days)
    return words["at_time"].format(days=on, clock=_clock(at))


def known(setting: Setting) -> Mapping[str, Any]:
    """Return what is kept about them: in numbers to be said, and whole as `data`."""
    home = setting.home
    words = setting.content.words
    names = words["and"].join(home.names)
    names = words["your_names"].format(names=names) if names else words["no_names"]
    return {
        "names": names,
        "evenings": sum(home.evenings.values()),
        "questions": home.asked,
        "thanks": len(home.notes),
        "goals": len(home.goals),
        "check_ins": len(home.check_ins),
        "reminders": len(home.reminders),
        "places": len(home.linked) + 1,
        "agreed": words["agreed" if home.agreement else "not_agreed"],
        "data": {
            **home.to_json(),
            "quarters": {name: items_in(bits) for name, bits in home.quarters.items()},
            "earlier": items_in(home.earlier),
            "rested": items_in(home.rested),
        },
    }


def lines(setting: Setting) -> Mapping[str, Helpline]:
    """Return the numbers of the country they are in: kind to number."""
    return by_country().get(setting.heard.country or setting.heard.locale[-2:], {})


def helplines(setting: Setting) -> str:
    """Return the numbers that we read to anyone, each in its sentence."""
    words, told = setting.content.words, lines(setting)
    # A number that serves for two things is read once, for the first of them.
    order = [kind for kind in ("own", "abuse", "crisis", "emergency") if kind in told]
    kinds = {told[kind].say: kind for kind in order}
    sentences = [words[f"line_{kind}"].format(say=say) for say, kind in reversed(kinds.items())]
    return " ".join(sentences if "crisis" in told else [*sentences, words["line_elsewhere"]])


def _clock(at: datetime | time) -> str:
    """Return a time as a speaker reads it well: "8 PM", "9:25 PM"."""
    half = "AM" if at.hour < 12 else "PM"
    hour = at.hour % 12 or 12
    return f"{hour}:{at.minute:02} {half}" if at.minute else f"{hour} {half}"


_ALL: tuple[Fact, ...] = (
    turns,
    visit,
    tonights_id,
    today,
    tonight,
    change,
    return_time,
    breathing,
    reminders,
    reminder_plan,
    known,
    helplines,
    length,
    time_left,
    *keepsakes.FACTS,
)

FACTS: Mapping[str, Fact] = {fact.__name__: fact for fact in _ALL}
