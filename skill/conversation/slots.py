"""From what was said to plain values: numbers, durations, times, days, names.

Each function takes a platform's slot value ("PT25M", "20:00") or words as typed ("twenty five
minutes", "half past eight"), and returns None for what it cannot read. None of them raises.
"""

import re
from datetime import time, timedelta

import isodate
from text_to_num import alpha2digit

LONGEST = 200
"""Characters looked at: an answer is never longer."""

WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_NAMES = (
    "mondays?|mon",
    "tuesdays?|tues?",
    "wednesdays?|weds?",
    "thursdays?|thu(?:rs?)?",
    "fridays?|fri",
    "saturdays?|sat",
    "sundays?|sun",
)
_RANGE = re.compile(r"\b([A-Z]{2}) (?:to|through|thru|until|till) ([A-Z]{2})\b")
_BUT = re.compile(r"\b(?:except|but not|apart from|not)\b(?: on)?(.*)")
_DAY_GROUPS = {
    "weekday": WEEK[:5],
    "weeknight": WEEK[:5],
    "workday": WEEK[:5],
    "weekend": WEEK[5:],
    "every day": WEEK,
    "every evening": WEEK,
    "every night": WEEK,
    "each": WEEK,
    "daily": WEEK,
    "nightly": WEEK,
    "always": WEEK,
    "all week": WEEK,
    "7 days": WEEK,
    "seven days": WEEK,
}

# Amazon's words for a time without a clock: morning, afternoon, evening, night.
_PERIODS = {"MO": time(9), "AF": time(14), "EV": time(20), "NI": time(21)}

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_LENGTH = re.compile(
    r"(\d+(?:\.\d+)?)\s*(days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?![a-z])"
)
_UNIT = "day|hour|hr|minute|min"
_PART_OF_AN_HOUR = (
    (re.compile(r"(?<!three )(?<!3 )\b(?:a )?quarter (?:of an )?hour\b"), "15 minutes"),
    (re.compile(r"\bthree quarters of an hour\b|\b3 quarters of an hour\b"), "45 minutes"),
    (re.compile(rf"\b(\d+|an|a) ({_UNIT})s? and a half\b"), r"\1.5 \2"),
    (re.compile(r"\b(\d+|an|a) (?:hour|hr)s? and a quarter\b"), r"\1 hours 15 minutes"),
    (re.compile(rf"\b(\d+) and a half ({_UNIT})s?\b"), r"\1.5 \2"),
    (re.compile(r"\b(\d+) ?(?:hours?|hrs?|h) ?(\d{1,2})$"), r"\1 hours \2 minutes"),
    (re.compile(r"\b(?:an|a)\.5\b"), "1.5"),
    (re.compile(r"\bhalf an? hour\b|\bhalf hour\b"), "30 minutes"),
    (re.compile(r"\bhalf a day\b"), "12 hours"),
    (re.compile(r"\bhalf a minute\b"), "30 seconds"),
    (re.compile(r"\b(?:a )?couple of\b"), "2"),
    (re.compile(r"\b(?:an|a|one)(?= (?:day|hour|hr|minute|min|second|sec))"), "1"),
    (re.compile(r"\b(?:an|a)(?= hours)"), "1"),
)

_BELOW_ZERO = re.compile(r"\bminus\b|(?<![\w.])-\s?\d|\bno one\b")


def number(text: str) -> int | None:
    """Return the whole number in `text`; half and more is rounded up."""
    if _BELOW_ZERO.search(text[:LONGEST].lower()):
        return None
    plain = _digits(text).replace("out of 10", "").replace("/10", "").replace("/ 10", "")
    plain = re.sub(r"(\d) and a half\b", r"\1.5", plain)
    found = re.findall(r"\d+(?:[.,]\d+)?", plain)
    if len(found) != 1 or len(found[0]) > 6:
        return None
    return int(float(found[0].replace(",", ".")) + 0.5)


def duration(text: str) -> timedelta | None:
    """Return the length of time in `text`, None if there is none or it is nothing at all."""
    if text[:1] == "P":
        return _iso(text[:LONGEST])
    plain = re.sub(r"\b(?:more|another|extra|full|whole|good)\b ?", "", _digits(text))
    for pattern, meant in _PART_OF_AN_HOUR:
        plain = pattern.sub(meant, plain)
    found = _LENGTH.findall(plain)
    try:
        total = sum(
            (timedelta(**{_UNITS[unit[0]]: float(amount)}) for amount, unit in found), timedelta()
        )
    except OverflowError:
        return None
    return total or None


def _iso(text: str) -> timedelta | None:
    try:
        length = isodate.parse_duration(text, as_timedelta_if_possible=True)
    except (ValueError, OverflowError, ArithmeticError):
        return None
    return length if isinstance(length, timedelta) and length > timedelta() else None


def clock(text: str, evening: bool) -> time | None:
    """Return the time of day in `text`.

    An hour that might be either half of the day is taken for the evening if `evening` is True.
    """
    if text in _PERIODS:
        return _PERIODS[text]
    plain = re.sub(r"(\d)\.(\d\d)(?!\d)", r"\1:\2", _digits(text))
    plain = re.sub(r"(\d|\b)\s?([ap])\.?\s?m\b\.?", r"\1 \2m", plain).replace("o'clock", "")
    plain = re.sub(r"\b(?:noon|midday)\b", "12 pm", plain)
    plain = re.sub(r"\bmidnight\b", "12 am", plain)
    plain = re.sub(r"(\d) oh (\d)\b", r"\1:0\2", plain)
    if re.search(r"\b(?:past|to|till|before)$", plain):
        return None
    found = _past_or_to(plain) or _hour_and_minute(plain)
    if found is None:
        return None
    hour, minute, sure = found
    half = _half_of_day(plain)
    if hour == 12 and re.search(r"\bnight\b", plain):
        half = "am"
    if half == "pm" or (half is None and evening and not sure and 1 <= hour <= 11):
        hour = hour + 12 if hour < 12 else hour
    elif half == "am" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _past_or_to(plain: str) -> tuple[int, int, bool] | None:
    found = re.search(
        r"\b(half|quarter|\d{1,2})(?: minutes?)? (past|after|to|before|till|of) (\d{1,2})\b", plain
    )
    if not found:
        return None
    part, side, hour = found[1], found[2], int(found[3])
    minutes = {"half": 30, "quarter": 15}.get(part) or int(part if part.isdigit() else 0)
    if side in ("past", "after"):
        return hour, minutes, False
    return ((hour - 1) or 12, 60 - minutes, False) if 0 < minutes < 60 else None


def _hour_and_minute(plain: str) -> tuple[int, int, bool] | None:
    found = re.search(r"\b(\d{1,2})[: ](\d{2})\b", plain) or re.search(r"\b(\d{1,2})\b", plain)
    if not found:
        return None
    minute = int(found[2]) if found.lastindex == 2 else 0
    # "08:00", as platforms write it, has made up its mind; "8" and "8:30" have not.
    sure = bool(re.fullmatch(r"\d{2}:\d{2}(:\d{2})?", plain.strip()))
    return int(found[1]), minute, sure


def _half_of_day(plain: str) -> str | None:
    if re.search(r"\d\s?pm\b|\bpm\b|evening|tonight|night|afternoon", plain):
        return "pm"
    return "am" if re.search(r"\d\s?am\b|\bam\b|morning", plain) else None


def days(text: str) -> tuple[str, ...] | None:
    """Return the days of the week in `text`, as MO to SU in order."""
    plain = _tidy(text)
    for day, name in zip(WEEK, _DAY_NAMES, strict=True):
        plain = re.sub(rf"\b(?:{name})\b", day, plain)
    but = _BUT.search(plain)
    left_out = set(re.findall(r"\b[A-Z]{2}\b", but[1])) if but else set()
    plain = _BUT.sub("", plain)
    named = set(re.findall(r"\b[A-Z]{2}\b", plain))
    for first, last in _RANGE.findall(plain):
        start, end = WEEK.index(first), WEEK.index(last)
        named |= set(WEEK[start : end + 1] if start <= end else (*WEEK[start:], *WEEK[: end + 1]))
    for group, members in _DAY_GROUPS.items():
        if re.search(rf"\b{group}s?\b", plain) and not (named and group in ("each", "always")):
            named |= set(members)
    return tuple(day for day in WEEK if day in named - left_out) or None


_NAME = r"[^\W\d_][\w'-]*"
_NAMES = re.compile(
    rf"({_NAME})\s*(?:,\s*(?:and\b|or\b)?|&|\band\b|\bor\b)\s*(?:this is |my partner is )?"
    rf"({_NAME})\W*$",
    re.I,
)
# Two words are one name only where nothing else stands and capitals say so: "Mary Ann and Bob".
_DOUBLE_NAME = re.compile(r"([A-Z][\w'-]+ [A-Z][\w'-]+) and ([A-Z][\w'-]+(?: [A-Z][\w'-]+)?)")


def names(text: str) -> list[str] | None:
    """Return the two first names in `text`."""
    plain = re.sub(r"[^\w\s'&,-]", " ", text[:LONGEST])
    plain = " ".join(re.sub(r"\b(?:please|thanks|thank you)\b", " ", plain, flags=re.I).split())
    found = _DOUBLE_NAME.fullmatch(plain) or _NAMES.search(plain)
    if not found:
        return None
    return [name[:1].upper() + name[1:] for name in found.groups()]


def _digits(text: str) -> str:
    plain = _tidy(text)
    try:
        # The library takes the unit for an ordinal.
        return str(alpha2digit(plain, "en", threshold=0)).replace(" 2nd", " second")
    except (ValueError, IndexError, KeyError):
        return plain


def _tidy(text: str) -> str:
    plain = re.sub(r"[^\w\s:.,/'&-]", " ", text[:LONGEST].lower()).replace("-", " ")
    return " ".join(plain.split())
