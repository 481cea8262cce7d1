"""From parts to SSML. Everything that is said passes here as text and is escaped once."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from skill.conversation.turn import Part, Pause, Sound, Words, spoken

LONGEST_BREAK = 10.0
"""Seconds. Longer silences are several breaks in a row (Amazon, SSML Reference: break)."""

LONGEST_SPEECH = 7_999
"""Characters with tags: speech must be shorter than 8,000 (Amazon, Response Format)."""

# What XML cannot carry, however it is escaped.
_BEYOND_XML = dict.fromkeys(
    (*set(range(0x20)) - {0x09, 0x0A, 0x0D}, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000))
)


def ssml(parts: Sequence[Part], soft: bool = False, sounds: str = "") -> str:
    """Return one `<speak>` element that says `parts`; without its tags it is the plain text.

    `sounds` is the address under which sounds of ours are, as `https://example.com/sound`;
    without it, what stands in for them is said. `soft` lowers the voice: somebody sleeps, or
    should not hear. A sound would be as loud as ever, so then none is played.

    Raises `ValueError` when it would be too long to say: a prompt or a breathing stretch that
    long is a mistake in content, and a test finds it before anyone hears it.
    """
    said, words = "", False
    for part in _led(parts) if sounds and not soft else spoken(parts):
        match part:
            case Pause():
                said += _breaks(part.seconds)
            case Sound():
                said += f"<audio src={quoteattr(f'{sounds}/{part.name}.mp3')}/>"
            case Words():
                text = escape(part.text.translate(_BEYOND_XML), {'"': "&quot;", "'": "&apos;"})
                said += f" {text}" if words else text
                words = True
    said = f'<prosody volume="soft">{said}</prosody>' if soft and said else said
    said = f"<speak>{said}</speak>"
    if len(said) > LONGEST_SPEECH:
        raise ValueError(f"The speech has {len(said)} characters; {LONGEST_SPEECH} can be said.")
    return said


def _led(parts: Sequence[Part]) -> Iterator[Part]:
    """Yield the parts, and before each sound the words that say how to use it."""
    for part in parts:
        if isinstance(part, Sound) and part.lead:
            yield Words(part.lead)
        yield part


def _breaks(seconds: float) -> str:
    whole, rest = divmod(seconds, LONGEST_BREAK)
    lengths = [LONGEST_BREAK] * int(whole) + ([rest] if rest else [])
    return "".join(f'<break time="{round(length * 1000)}ms"/>' for length in lengths)
