"""Who can read an answer aloud."""

from collections.abc import Iterator

from skill.doctor.findings import Finding, ok, warning
from skill.speech.voices import NoVoice, google, local

_WORDS = "Good evening."


def examined() -> Iterator[Finding]:
    """Let each voice say two words: Google's, and the one of this machine.

    None of them is needed: where both are silent, a browser has a voice of its own.
    """
    try:
        google(_WORDS)
    except NoVoice as error:
        yield warning(
            "voices.google",
            f"Google's voice could not be heard from here: {error}",
            "If this machine is online, see whether it may call translate.google.com.",
        )
    else:
        yield ok("voices.google", "Google's voice can be heard; it speaks our own sentences.")
    try:
        local(_WORDS)
    except NoVoice as error:
        yield warning(
            "voices.local",
            f"No voice is installed here, for sentences with a name or a word of theirs: {error}",
            "pip install 'evening-lantern[voice]'",
        )
    else:
        yield ok("voices.local", "The voice of this machine speaks.")
