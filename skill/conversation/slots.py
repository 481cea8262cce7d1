"""From what was said to plain values: numbers, durations, times, days, names.

Each function takes a platform's slot value ("PT25M", "20:00") or words as typed ("twenty five
minutes", "half past eight"), and returns None for what it cannot read. None of them raises.
"""

import re
from collections.abc import Iterable
from datetime import time, timedelta

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
_BUT = re.compile(r"\b(?:except|but not|apart from|not|but(?= (?:on )?[A-Z]{2}\b))\b(.*)")
_DAY_GROUPS = {
    r"week ?day": WEEK[:5],
    r"week ?night": WEEK[:5],
    r"work ?day": WEEK[:5],
    r"week ?end": WEEK[5:],
    r"every ?(?:single )?(?:day|morning|evening|night)": WEEK,
    r"(?:any|each) (?:day|night)": WEEK,
    r"all (?:days|nights)": WEEK,
    r"(?:7|seven) (?:days|nights)": WEEK,
    r"(?:all|the whole) week": WEEK,
    r"daily|nightly": WEEK,
}
_EACH = re.compile(r"\b(?:each|always)\b")

# Amazon's words for a time without a clock: morning, afternoon, evening, night.
_PERIODS = {"MO": time(9), "AF": time(14), "EV": time(20), "NI": time(21)}

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_LENGTH = re.compile(
    r"(\d+(?:\.\d+|,\d(?!\d))?)\s*(days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?![a-z])"
)
_UNIT = "(day|hour|hr|minute|min|second|sec)"
_AND_A_HALF = "and (?:a )?half"
# Each row reads what those before it have left: "half an hour" comes before "an hour".
_PARTS_OF_A_UNIT = tuple(
    (re.compile(pattern), meant)
    for pattern, meant in (
        (rf"\b(\d+) {_AND_A_HALF} {_UNIT}s?\b", r"\1.5 \2"),
        (r"\b(\d+) and (?:a )?quarter hours?\b", r"\1.25 hours"),
        (r"\b(\d+) and 3 quarters? hours?\b", r"\1.75 hours"),
        (rf"\bhalf (?:of )?(?:an? )?{_UNIT}\b", r"0.5 \1"),
        (r"\b3 quarters? (?:of )?(?:an )?hour\b", "45 minutes"),
        (r"\b(?:a )?quarter (?:of )?(?:an )?hour\b", "15 minutes"),
        (rf"\ban?(?= {_UNIT}s?\b)", "1"),
        (rf"^{_UNIT}(?= {_AND_A_HALF})", r"1 \1"),
        (r"\b(?:a )?couple(?: of)?\b", "2"),
        (rf"\b(\d+) {_UNIT}s? {_AND_A_HALF}\b", r"\1.5 \2"),
        (r"\b(\d+) (?:hour|hr)s? and (?:a )?quarter\b", r"\1.25 hours"),
        (r"\b(\d+) (?:hour|hr)s? and 3 quarters\b", r"\1.75 hours"),
        (r"\b(\d+) ?(?:hours?|hrs?|h)(?: and)? ?([0-5]?\d)$", r"\1 hours \2 minutes"),
        (r"\b(\d+) ?(?:minutes?|mins?|m)(?: and)? ?([0-5]?\d)$", r"\1 minutes \2 seconds"),
    )
)
_FILLERS = re.compile(r"\b(?:more|another|extra|full|whole|good|please|thanks|thank you|or so)\b ?")

_MINUS = "-\N{MINUS SIGN}\N{EN DASH}"
_BELOW_ZERO = re.compile(rf"\b(?:minus|negative)\b|(?<![\w.])[{_MINUS}]\s?\d|\b(?:no|not)[ -]one\b")


def number(text: str) -> int | None:
    """Return the whole number in `text`; half and more is rounded up.

    None if there is no number, more than one, or one below zero.
    """
    if _BELOW_ZERO.search(text[:LONGEST].lower()):
        return None
    plain = _digits(text).replace("out of 10", "").replace("/10", "").replace("/ 10", "")
    plain = re.sub(rf"(\d) {_AND_A_HALF}\b", r"\1.5", plain)
    found = re.findall(r"\d+(?:[.,]\d+)?", plain)
    if len(found) != 1 or len(found[0]) > 6:
        return None
    return int(float(found[0].replace(",", ".")) + 0.5)


def digits(text: str) -> str:
    """Return the digits in `text`, one after the other: "one two, 34 56" is "123456"."""
    return re.sub(r"\D", "", _digits(re.sub(r"\boh?\b", "zero", text[:LONGEST].lower())))


def duration(text: str) -> timedelta | None:
    """Return the length of time in `text`, None if there is none or it is nothing at all."""
    if text[:1] == "P":
        return _iso(text[:LONGEST])
    if _BELOW_ZERO.search(text[:LONGEST].lower()):
        return None
    plain = _FILLERS.sub("", _digits(text)).strip(" .,")
    for pattern, meant in _PARTS_OF_A_UNIT:
        plain = pattern.sub(meant, plain)
    found = _LENGTH.findall(plain)
    try:
        total = sum(
            (
                timedelta(**{_UNITS[unit[0]]: float(amount.replace(",", "."))})
                for amount, unit in found
            ),
            timedelta(),
        )
    except OverflowError:
        return None
    return total or None


def _iso(text: str) -> timedelta | None:
    import isodate  # it takes long to load, and few turns name a duration

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
    plain = re.sub(r"(\d) oh (\d)\b", r"\1:0\2", plain)
    plain = re.sub(r"\bhalf (\d)", r"half past \1", plain)
    if _NO_HOUR.search(plain):
        return None
    twelve = _around_twelve(plain)
    if twelve is not None:
        return twelve
    found = _past_or_to(plain) or _hour_and_minute(plain)
    if found is None:
        return None
    hour, minute, sure = found
    half = _half_of_day(plain)
    if hour in _SMALL_HOURS and re.search(r"\b(?:to)?nights?\b", plain):
        half = "am"
    if half == "pm" or (half is None and evening and not sure and 1 <= hour <= 11):
        hour = hour + 12 if hour < 12 else hour
    elif half == "am" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


_PART_AND_SIDE = r"\b(half|quarter|\d{1,2})(?: minutes?)? (past|after|to|before|till|of)"
_NO_HOUR = re.compile(rf"{_PART_AND_SIDE}(?: please)?$")
_NOON_OR_MIDNIGHT = re.compile(
    rf"(?:{_PART_AND_SIDE} )?(?:12 +)?(?<!the after )\b(noon|midday|midnight)\b"
)
_SMALL_HOURS = (12, 1, 2, 3)
"""Hours that, said to be at night, are after midnight."""


def _minutes_from(part: str, side: str) -> int:
    """Return the minutes of "quarter past" (15) or "ten to" (-10)."""
    minutes = {"half": 30, "quarter": 15}.get(part) or int(part)
    return minutes if side in ("past", "after") else -minutes


def _around_twelve(plain: str) -> time | None:
    """Return noon or midnight, or the minutes before or after it."""
    found = _NOON_OR_MIDNIGHT.search(plain)
    if not found:
        return None
    part, side, name = found.groups()
    minutes = 0 if name == "midnight" else 12 * 60
    if part:
        minutes += _minutes_from(part, side)
    return time(*divmod(minutes % (24 * 60), 60))


def _past_or_to(plain: str) -> tuple[int, int, bool] | None:
    found = re.search(rf"{_PART_AND_SIDE} (\d{{1,2}})\b", plain)
    if not found:
        return None
    minutes, hour = _minutes_from(found[1], found[2]), int(found[3])
    if found[2] in ("past", "after"):
        return hour, minutes, False
    return ((hour - 1) or 12, 60 + minutes, False) if -60 < minutes < 0 else None


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
    left_out = _days_in(but[1]) if but else set()
    named = _days_in(_BUT.sub("", plain))
    if not named and _EACH.search(plain):
        named = set(WEEK)
    return tuple(day for day in WEEK if day in named - left_out) or None


def _days_in(plain: str) -> set[str]:
    """Return the days, from one to another, and the groups of days, in words like "MO to FR"."""
    named = set(re.findall(r"\b(?:MO|TU|WE|TH|FR|SA|SU)\b", plain))
    for first, last in _RANGE.findall(plain):
        start, end = WEEK.index(first), WEEK.index(last)
        named |= set(WEEK[start : end + 1] if start <= end else (*WEEK[start:], *WEEK[: end + 1]))
    for group, members in _DAY_GROUPS.items():
        if re.search(rf"\b(?:{group})s?\b", plain):
            named |= set(members)
    return named


_NAME = r"[^\W\d_][\w'-]*"
_AND = r"\s*(?:,\s*(?:and\b|or\b)?|&|\band\b|\bor\b)\s*"
_NAMES = re.compile(rf"({_NAME}){_AND}({_NAME})\W*$", re.I)
_LONG_NAMES = re.compile(rf"({_NAME}(?: {_NAME})?){_AND}({_NAME}(?: {_NAME})?)\W*", re.I)
_AROUND_NAMES = re.compile(
    r"\b(?:please|thanks|thank you(?: very much| so much)?|hi|hello|hey|yes|yeah|okay|ok|"
    r"(?:i|he|she|it|we|they|this|that)(?:'m|'s|'re| am| is| are)|its|im|"
    r"(?:my|our) names? (?:is|are)|call us|call me|call|"
    r"my (?:partner|wife|husband|girlfriend|boyfriend)(?:'s| is)?)(?![\w'-])",
    re.I,
)


def names(text: str) -> list[str] | None:
    """Return the two first names in `text`, None if there are not two.

    Two words are one name only where nothing else is said and capitals say so: "Mary Ann and Bob".
    """
    plain = re.sub(
        r"[^\w\s'&,-]", " ", text[:LONGEST].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )
    plain = " ".join(_AROUND_NAMES.sub(" ", plain).split()).strip(" ,")
    long = _LONG_NAMES.fullmatch(plain)
    found = long if long and _capitalised(long.groups()) else _NAMES.search(plain)
    if not found:
        return None
    return [name[:1].upper() + name[1:] for name in found.groups()]


def one_name(text: str) -> str | None:
    """Return the first name in `text`, None if there is none, or more than one word."""
    plain = _AROUND_NAMES.sub(" ", text[:LONGEST].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    found = re.fullmatch(_NAME, " ".join(plain.split()).strip(" ,.!"))
    return found[0][:1].upper() + found[0][1:] if found else None


def _capitalised(found: Iterable[str]) -> bool:
    """Say whether each word of the names of two words begins with a capital."""
    return all(word[0].isupper() for name in found if " " in name for word in name.split())


def _digits(text: str) -> str:
    plain = _tidy(text)
    try:
        # The library takes the unit for an ordinal.
        return str(alpha2digit(plain, "en", threshold=0)).replace(" 2nd", " second")
    except (ValueError, IndexError, KeyError):
        return plain


def _tidy(text: str) -> str:
    plain = text[:LONGEST].lower().replace("½", " and a half")
    plain = re.sub(r"[^\w\s:.,/'&-]", " ", plain).replace("-", " ")
    return " ".join(plain.split())
