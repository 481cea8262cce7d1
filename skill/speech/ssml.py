"""From parts to SSML. Everything that is said passes here as text and is escaped once."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from skill.conversation.turn import Part, Pause

LONGEST_BREAK = 10.0
"""Seconds. Longer silences are several breaks in a row (Amazon, SSML Reference: break)."""

LONGEST_SPEECH = 7_999
"""Characters with tags: speech must be shorter than 8,000 (Amazon, Response Format)."""

# What XML cannot carry, however it is escaped.
_BEYOND_XML = dict.fromkeys(
    (*set(range(0x20)) - {0x09, 0x0A, 0x0D}, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000))
)


def ssml(parts: Sequence[Part], soft: bool = False) -> str:
    """Return one `<speak>` element that says `parts`; without its tags it is the plain text.

    `soft` lowers the voice: somebody sleeps, or should not hear.

    Raises `ValueError` when it would be too long to say: a prompt or a breathing stretch that
    long is a mistake in content, and a test finds it before anyone hears it.
    """
    spoken, words = "", False
    for part in parts:
        if isinstance(part, Pause):
            spoken += _breaks(part.seconds)
        else:
            text = escape(part.text.translate(_BEYOND_XML), {'"': "&quot;", "'": "&apos;"})
            spoken += f" {text}" if words else text
            words = True
    spoken = f'<prosody volume="soft">{spoken}</prosody>' if soft and spoken else spoken
    spoken = f"<speak>{spoken}</speak>"
    if len(spoken) > LONGEST_SPEECH:
        raise ValueError(f"The speech has {len(spoken)} characters; {LONGEST_SPEECH} can be said.")
    return spoken


def _breaks(seconds: float) -> str:
    whole, rest = divmod(seconds, LONGEST_BREAK)
    lengths = [LONGEST_BREAK] * int(whole) + ([rest] if rest else [])
    return "".join(f'<break time="{round(length * 1000)}ms"/>' for length in lengths)
