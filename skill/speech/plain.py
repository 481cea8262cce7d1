"""From parts to plain text: the same words as the SSML of the same reply, without its tags."""

from collections.abc import Sequence

from skill.conversation.turn import Part, Words, spoken


def plain(parts: Sequence[Part]) -> str:
    """Return the words of `parts` as one line of text."""
    return " ".join(part.text for part in spoken(parts) if isinstance(part, Words))
