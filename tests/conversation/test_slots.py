"""What people say for numbers, lengths of time, times of day, days and names.

A table maps a meaning to the ways of saying it, one after the other with semicolons. `..._TWISTED`
tables hold the ways that need more than a look at the words one by one.
"""

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.conversation import slots
from skill.conversation.slots import WEEK

WORKDAYS, WEEKEND = WEEK[:5], WEEK[5:]

Table = Mapping[Any, str]


def rows(*tables: Table) -> list[Any]:
    """Return each (said, meant) of the tables."""
    return [
        pytest.param(said, meant, id=said or "nothing")
        for table in tables
        for meant, all_said in table.items()
        for said in all_said.split("; ")
    ]


NUMBERS: Table = {
    0: "0; zero",
    6: "6/10; 6 / 10; six out of 10",
    7: "7; seven; about a seven; seven out of ten; \N{ARABIC-INDIC DIGIT SEVEN}; 7,0; seven-ish",
    8: "eight; an eight; I'd say eight; it's a solid 8!; 7.5; 7,5; seven point five; 8 I think",
    9: "a nine; eight point five",
    10: "ten; a ten; 10/10; ten out of ten",
    100: "one hundred",
    None: "between six and seven; a six or a seven; nothing; ½; ²; 1000000; ",
}
NUMBERS_TWISTED: Table = {
    8: "seven and a half; 7½; seven and a half out of ten",
    7: "seven and a quarter; a strong 7 - really",
    None: "-3; minus three; negative three; \N{MINUS SIGN}3; \N{EN DASH}3; no one; no-one; "
    "not one; seven minus one; 6-7",
}


@pytest.mark.parametrize(("said", "meant"), rows(NUMBERS, NUMBERS_TWISTED))
def test_a_number(said: str, meant: int | None) -> None:
    assert slots.number(said) == meant


TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]
ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
ONES += [*TEENS, "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int) -> str:
    if number < 20:
        return ONES[number]
    if number == 100:
        return "one hundred"
    tens, ones = divmod(number, 10)
    return f"{TENS[tens - 2]} {ONES[ones]}" if ones else TENS[tens - 2]


@pytest.mark.parametrize("number", range(101))
def test_a_number_is_the_same_in_digits_and_in_words(number: int) -> None:
    for said in (str(number), in_words(number), in_words(number).replace(" ", "-")):
        assert slots.number(said) == number


MINUTES: Table = {
    1 / 60: "one second; a second",
    0.5: "half a minute; 30 seconds",
    1.5: "ninety seconds; PT1M30S",
    5: "five more minutes; 5 min",
    10: "another ten minutes; ten good minutes",
    15: "a quarter of an hour; PT15M",
    20: "twenty minutes please; for 20 mins",
    25: "PT25M; 25 minutes; twenty five minutes; twenty-five min; give me 25 minutes",
    30: "half an hour; a half hour; half hour",
    45: "45m; forty-five mins; three quarters of an hour",
    60: "an hour; one hour; 1h; a full hour; sixty minutes; PT1H",
    75: "1 hour, 15 minutes",
    80: "an hour and twenty minutes",
    90: "an hour and a half; one and a half hours; 1.5 hours; 1 h 30 min; PT1H30M",
    120: "two hours; a couple of hours",
    150: "two and a half hours; two hours and a half",
    12 * 60: "half a day",
    24 * 60: "a day; P1D; 24 hours",
    None: "PT0M; P; PX; 0 minutes; until tomorrow; 999999999999999 days; ",
}
MINUTES_TWISTED: Table = {
    1.5: "a minute and a half; one minute thirty; 1m30",
    2.5: "two and a half minutes",
    10: "ten minutes or so; ten minutes, please",
    15: "a quarter hour; quarter hour",
    30: "half of an hour; a half an hour",
    45: "three quarter hour; 3 quarters of an hour",
    70: "an hour ten; an hour and ten",
    75: "an hour and a quarter; one and a quarter hours",
    80: "one hour twenty; 1h20; 1h20m; one hour and twenty; one hour twenty please",
    90: "an hour and half; hour and a half; 1½ hours; 1,5 hours",
    105: "an hour and three quarters; one and three quarter hours",
    120: "a couple hours",
    36 * 60: "a day and a half",
    None: "minus five minutes; -5 minutes; an hour minus ten minutes; the second of may; thirty",
}


@pytest.mark.parametrize(("said", "minutes"), rows(MINUTES, MINUTES_TWISTED))
def test_a_length_of_time(said: str, minutes: float | None) -> None:
    assert slots.duration(said) == (None if minutes is None else timedelta(minutes=minutes))


SURE: Table = {
    "00:00": "12 am; midnight",
    "07:00": "7 am; seven a.m.; 7 in the morning",
    "08:30": "08:30; eight thirty in the morning; half past eight in the morning",
    "09:00": "MO",
    "12:00": "noon; 12 pm; twelve; 12 in the afternoon",
    "12:30": "twelve thirty; half past twelve",
    "14:00": "AF",
    "15:00": "three in the afternoon",
    "19:00": "seven in the evening; 7 tonight",
    "20:00": "20:00; 20:00:00; 8 pm; 8pm; 8 p.m.; eight PM; eight pm on mondays; EV",
    "20:30": "20:30; eight thirty pm; twenty thirty",
    "21:00": "NI; 21; at nine at night",
    "21:15": "twenty one fifteen",
    None: "25:00; 24:00; 8:75; dinner time; ",
}
SURE_TWISTED: Table = {
    "00:00": "twelve at night; twelve midnight; twelve o'clock midnight; twelve tonight",
    "00:15": "quarter past midnight",
    "00:30": "twelve thirty at night; half past midnight",
    "01:00": "one at night; one in the morning",
    "11:50": "ten to noon; ten minutes before noon",
    "12:00": "midday; twelve noon; at noon on mondays",
    "12:15": "quarter past noon",
    "21:05": "nine oh five pm",
    "23:00": "eleven at night",
    "23:45": "quarter to midnight; quarter of midnight; quarter to twelve at night",
    None: "ten past; ten after; ten of; ten past please; quarter to; half past; five minutes to",
}
HALF_OF_DAY_OPEN: Table = {
    "08:00": "8; eight; at eight; eight o'clock; every day at 8",
    "08:15": "quarter past eight; a quarter after eight",
    "08:30": "8:30; 8.30; eight thirty; eight-thirty; half past eight",
    "08:35": "twenty five to nine",
    "08:45": "a quarter to nine; quarter till nine; eight forty five",
    "08:50": "ten to nine; ten minutes before nine",
    "09:05": "five after nine; 9:05; 9 05",
}
HALF_OF_DAY_OPEN_TWISTED: Table = {
    "08:30": "half eight; oh eight thirty",
    "08:45": "quarter of nine",
    "08:50": "ten of nine",
    "09:05": "nine oh five; nine-oh-five; nine o five",
}


@pytest.mark.parametrize(("said", "meant"), rows(SURE, SURE_TWISTED))
def test_a_time_that_has_made_up_its_mind(said: str, meant: str | None) -> None:
    for evening in (True, False):
        assert slots.clock(said, evening=evening) == (time.fromisoformat(meant) if meant else None)


@pytest.mark.parametrize(("said", "meant"), rows(HALF_OF_DAY_OPEN, HALF_OF_DAY_OPEN_TWISTED))
def test_an_hour_alone_is_taken_for_the_evening_only_if_asked(said: str, meant: str) -> None:
    morning = time.fromisoformat(meant)
    assert slots.clock(said, evening=False) == morning
    assert slots.clock(said, evening=True) == morning.replace(hour=morning.hour + 12)


DAYS: Table = {
    WEEK: "every evening; every day; daily; each night; nightly; always",
    WORKDAYS: "weekdays; every weekday; on weekdays; workdays",
    WEEKEND: "weekends; the weekend; saturday and sunday",
    ("MO",): "monday; each monday; Mondays; mon; monday night",
    ("MO", "TH"): "Mondays and Thursdays; thursdays and mondays",
    ("MO", "WE", "FR"): "Mon, Wed and Fri; monday wednesday friday",
    ("MO", "SA", "SU"): "weekends and monday",
    ("TU", "TH"): "Tuesdays & Thursdays; tuesday-thursday",
    None: "money; month; sunny; tomorrow; ",
}
DAYS_TWISTED: Table = {
    WEEK: (
        "all week; the whole week; seven days a week; 7 nights a week; everyday; any day; "
        "all days; every single day; every morning"
    ),
    WEEK[:6]: "every day except sunday; every day but sunday; every night but not on sundays",
    WORKDAYS: (
        "monday to friday; monday through friday; from Monday thru Friday; weeknights; "
        "week nights; every day except weekends; every day except saturday and sunday"
    ),
    ("MO",): "always on monday; monday, not friday",
    ("MO", "TU", "TH", "FR"): "weekdays except wednesday; monday to friday but not wednesday",
    ("MO", "TU", "WE", "FR"): "monday to wednesday and friday",
    ("MO", "FR"): "monday but also friday",
    ("MO", "FR", "SA", "SU"): "friday to monday",
    ("TU",): "tues",
    ("WE",): "weds",
    ("TH",): "thurs; thur; thu",
    ("FR", "SA", "SU"): "friday through sunday",
    WEEKEND: "week ends; all weekend",
    None: "not sunday; except sunday; not on weekends; every other day; wedding",
}


@pytest.mark.parametrize(("said", "meant"), rows(DAYS, DAYS_TWISTED))
def test_days(said: str, meant: tuple[str, ...] | None) -> None:
    assert slots.days(said) == meant


NAMES: Table = {
    (
        "Sam",
        "Alex",
    ): "Sam and Alex; sam and alex; call us sam and alex; we're Sam & Alex.; Sam, Alex",
    ("Jean-Luc", "Mary"): "Jean-Luc and Mary",
    ("O'Brien", "Zoë"): "O'Brien and Zoë",
    ("José", "Ñandú"): "José and Ñandú",
    ("李", "王"): "李 and 王",
    None: "Sam; sam and; and; ",
}
NAMES_TWISTED: Table = {
    ("Sam", "Alex"): (
        "Sam, and Alex; Sam and Alex please; it's Sam and Alex, thanks; I'm Sam and this is Alex; "
        "It's Sam and Alex; It\N{RIGHT SINGLE QUOTATION MARK}s Sam and Alex; Its Sam and Alex; "
        "We're Sam and Alex; we are sam and alex; I'm Sam and I'm Alex; I am Sam and she is Alex; "
        "Call Sam and Alex; Call us Sam and Alex; Yes, Sam and Alex; hi, Sam and Alex; "
        "my name is Sam and my partner is Alex; Sam and my wife Alex; I'm Sam, this is Alex; "
        "Sam and Alex, thank you very much"
    ),
    ("Mary Ann", "Bob"): "Mary Ann and Bob; Mary Ann & Bob; Mary Ann, Bob; We're Mary Ann and Bob",
    ("Bob", "Mary Ann"): "Bob and Mary Ann; It's Bob and Mary Ann, please",
    ("Élodie Ann", "José María"): "Élodie Ann and José María",
    None: "Yes, Sam; please and thanks; Sam and thanks",
}


@pytest.mark.parametrize(("said", "meant"), rows(NAMES, NAMES_TWISTED))
def test_names(said: str, meant: tuple[str, str] | None) -> None:
    assert slots.names(said) == (list(meant) if meant else None)


PIECES = ["a", "half", "quarter", "past", "to", "one", "ten", "hour", "minutes", "pm", "monday"]
PIECES += ["8", "08:30", "\N{ARABIC-INDIC DIGIT THREE}", "1e9", "P", "PT", ".", "-", "and", "of"]
HUGE = ["9" * 10_000, "half " * 2_000, "👩‍❤️‍👨" * 900, "\u202eעשר דקות", "\x00", f"P{'9' * 300}Y"]
ANYTHING = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Nd", "Nl", "No", "Zs", "Cf", "So", "Cs", "Cc"])),
    st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
    st.integers().map(lambda number: f"P{number}DT{number}H"),
    st.sampled_from(HUGE),
)
READERS: list[Callable[[str], Any]] = [
    slots.number,
    slots.duration,
    lambda said: slots.clock(said, evening=True),
    lambda said: slots.clock(said, evening=False),
    slots.days,
    slots.names,
]


@settings(deadline=None)
@given(ANYTHING)
def test_whatever_is_said_is_read_or_is_none(said: str) -> None:
    number, length, evening, clock, days, names = (read(said) for read in READERS)
    assert number is None or 0 <= number <= 999_999
    assert length is None or length > timedelta()
    assert {type(evening), type(clock)} <= {time, type(None)}
    assert days is None or days == tuple(day for day in WEEK if day in days)
    assert names is None or (len(names) == 2 and all(names))


@settings(deadline=None)
@given(st.text(max_size=40), st.sampled_from(READERS))
def test_what_comes_after_two_hundred_characters_is_not_looked_at(
    said: str, read: Callable[[str], Any]
) -> None:
    filled = said.ljust(slots.LONGEST)
    assert read(filled + " ten minutes past eight on monday, Sam and Alex") == read(filled)
