"""What every prompt keeps, so that it is heard well, by whoever the two of them are.

A prompt is heard, not read: one breath a sentence, the question last and alone, three choices at
most. It fits every couple and promises no therapy.
"""

import re
from collections.abc import Iterator, Mapping

from content import MARK, SILENCES, Prompt

MOST_IN_A_BREATH = 24
"""Words of a sentence: what can be said in one breath."""

MOST_ASKED_INTO_SILENCE, MOST_OF_HELP = 12, 25
"""Words of a reprompt, and of help."""

MOST_CHOICES = 3

LEAST_VARIANTS = 3
"""Ways to say what is heard often: with fewer, two evenings in a row sound the same."""

OFTEN = frozenset(
    f"{group}.{name}"
    for group, names in {
        "welcome": "back unfinished",
        "tonight": (
            "read same another lighter deeper enough gentler rested lighter_now warm_up both "
            "touches begins remembered skipped loved"
        ),
        "engine": (
            "goodbye cancelled paused where_we_were back_to one_back no_way_back missed "
            "missed_leave still_there lost lost_again nothing_open take_your_time private "
            "time_out_lasts"
        ),
        "help": "general in_a_flow",
        "check_in": (
            "start closeness feeling feeling_heard thanks wish close_closer close_further "
            "close_same close_unsaid"
        ),
        "breathe": "start go_on close",
        "time_out": "called after_breath quiet left longer early on_time late",
        "re_entry": "start issue speak hand_back own_part next_step close",
        "brave": "ready tell lighter thank_for_telling close not_tonight",
        "gesture": "today touch",
        "learn": "talk",
        "exercise": "start step another_time",
        "good_news": "tell wonder close",
        "story": "tell detail close",
        "appreciate": "later aloud close_aloud words confirm kept",
        "jar": "just_you_two closed waiting again sunday",
        "mirror": (
            "ready topic mirroring clarifying guessing more mirroring_again clarifying_again "
            "guessing_again sum_up close"
        ),
        "weekly": (
            "start thanks went_well issue closeness loved change_closer change_further "
            "change_same change_unsaid close"
        ),
        "hard_day": "which company start turn hand close close_hand",
        "unplugged": "ring start start_with_bell start_without_bell",
        "goal": "reached keep next_step onward kept list celebrate let_go",
    }.items()
    for name in names.split()
)
"""Prompts that a couple hears every week or so."""

NOT_FOR_EVERYONE = re.compile(
    r"\b(he|she|his|her|him|hers|husband|wife|boyfriend|girlfriend|spouse|married|marriage"
    r"|heal|healing|trauma|therapy|therapist|therapeutic|disorder|toxic|narcissist|attachment"
    r"|anxiety|depress\w*|stress\w*|symptom|treat\w*|cure\w*|diagnos\w*|studies|proven"
    r"|you always|you never|should|must|have to|ought|fault|blame|fail\w*|wrong|streak|score)\b",
    re.IGNORECASE,
)
"""Gender and therapy, and words that push or keep count."""

ALLOWED = {
    "about.not": "therapist",  # we are none
    "engine.lost_leave": "fault",  # ours
    "re_entry.hand_back": "have to",  # they do not
    "safety.hard": "fault",  # it is not theirs
}

_SENTENCES = re.compile(r"(?<=[.?:]) ")
_PLAIN = re.compile(r"[A-Za-z0-9 ,.;:?'-]+")
_END = re.compile(r"([.?]|\{pause \d+\}|\{\w+\})$")
_BADLY_SET = re.compile(r"  |\.\.| [.,?;:]|\b[A-Z]{2,}\b|\b(e\.g|i\.e|etc)\b")


def findings(prompts: Mapping[str, Prompt]) -> Iterator[str]:
    """Yield what is against the rules: the prompt, what is wrong, and what to do."""
    for key, prompt in prompts.items():
        yield from (f"prompts, {key}: {told}" for told in _prompt(key, prompt))
    for key in sorted(OFTEN - prompts.keys()):
        yield f"prompts, {key}: is listed as heard often and is not there; write it or unlist it."


def _prompt(key: str, prompt: Prompt) -> Iterator[str]:
    kinds = {"say": prompt.say, "reprompt": prompt.reprompt, "help": prompt.help}
    for kind, lines in kinds.items():
        if len({line.casefold() for line in lines}) != len(lines):
            yield f"{kind} says one thing twice; drop or reword one."
        for line in lines:
            yield from (f"{kind} {line!r} {told}" for told in _line(key, line))
    for line in prompt.say:
        if values(line) != values(prompt.say[0]):
            yield f"say {line!r} has other values than the first variant; name the same ones."
        if "?" in line[:-1] and not line.endswith("{question}"):
            yield f"say {line!r} asks before its end, or twice; put one question last."
    for line in prompt.reprompt:
        if not line.endswith("?") or _words(line) > MOST_ASKED_INTO_SILENCE:
            yield f"reprompt {line!r} is no short question; end with one, in a few words."
    for line in prompt.help:
        if "?" in line or _words(line) > MOST_OF_HELP:
            yield f"help {line!r} asks, or is long; the question follows by itself."
    if key in OFTEN and len(prompt.say) < LEAST_VARIANTS:
        yield f"is heard often and has {len(prompt.say)} variants; write {LEAST_VARIANTS}."


def _line(key: str, line: str) -> Iterator[str]:
    bare = MARK.sub("x", line)
    if "{" in bare or "}" in bare:
        yield "has a mark that is neither {name} nor {pause 2}; mend the braces."
    elif not _PLAIN.fullmatch(bare) or not _END.search(line) or _BADLY_SET.search(bare):
        yield "is no plain sentence; use letters, digits, commas and stops."
    if re.search(r"\d{3}", MARK.sub("", line)):
        yield "has a long number; say it in fewer digits."
    for found in NOT_FOR_EVERYONE.finditer(line):
        if found[0].lower() != ALLOWED.get(key):
            yield f"says {found[0]!r}; find a word that fits every couple and does not push."
    for sentence in _SENTENCES.split(bare):
        if len(sentence.split()) > MOST_IN_A_BREATH:
            yield f"is longer than one breath; keep a sentence to {MOST_IN_A_BREATH} words."
        if ", or " in sentence and sentence.count(",") >= MOST_CHOICES:
            yield f"offers more than {MOST_CHOICES} choices; leave some for help."


def values(line: str) -> set[str]:
    """Return the names of the values in a line."""
    return {mark[1] for mark in MARK.finditer(line)} - SILENCES


def _words(line: str) -> int:
    return len(MARK.sub(" ", line).split())
