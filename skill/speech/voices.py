"""From text to sound: an MP3 file that says it.

Google's voice is asked over the network, so it reads every text that it speaks, and gTTS, which
asks it, does not check the certificate of who answers. The local voice needs nothing but this
machine, and speaks English only.
"""

import logging
import os
import re
import threading
from concurrent.futures import Future
from functools import cache
from typing import Any

from circuitbreaker import CircuitBreaker

LONGEST_TEXT = 1_200
"""Characters: about a minute and a half of speech. Alexa plays four minutes within one reply."""
GOOGLE_SILENT = 2.0  # seconds; Google gets a long text in pieces of 100 characters, each with this
GOOGLE_WHOLE = 6.0  # seconds for all pieces
MOST_ASKING = 4  # threads that may wait for Google at once
FAILURES = 3
REST_SECONDS = 60
MOST_PHONEMES = 2_000  # for the local voice; words have as many as letters, figures far more

_MP3_START = re.compile(rb"ID3|\xff[\xe0-\xff]")

log = logging.getLogger(__name__)
logging.getLogger("gtts").setLevel(logging.WARNING)  # below, it logs the text itself


class NoVoice(Exception):  # noqa: N818  (it says what is missing)
    """The text cannot be spoken now. The message says why, and nothing of the text."""


_breaker = CircuitBreaker(FAILURES, REST_SECONDS, expected_exception=NoVoice)
_seats = threading.BoundedSemaphore(MOST_ASKING)
_one_speaker = threading.Lock()


def google(text: str, language: str = "en") -> bytes:
    """Return `text` as an MP3 file in Google's voice, after `GOOGLE_WHOLE` seconds at most.

    `language` is a code such as "en", "en-US" or "de".

    Raises `NoVoice`, at once if Google has just failed again and again; `ValueError` for what can
    never be spoken: no letter and no digit, or more than `LONGEST_TEXT` characters.
    """
    _check(text)
    if _breaker.opened:
        raise NoVoice("Google's voice has failed repeatedly and is left alone for a moment.")
    try:
        from gtts import gTTS

        request = gTTS(text, lang=_base(language), timeout=GOOGLE_SILENT)
    except (ImportError, ValueError) as error:
        raise NoVoice("Google's voice, or this language of it, is not there.") from error
    if not _seats.acquire(blocking=False):
        raise NoVoice("Too many texts wait for Google's voice at once.")
    with _breaker:
        return _in_time(request)


def local(text: str, language: str = "en") -> bytes:
    """Return `text` as an MP3 file in the voice that this machine has itself.

    The first call of a process takes seconds, to load the voice. The same text sounds the same.

    Raises `NoVoice`, too, if `language` is not English; `ValueError` as `google`.
    """
    _check(text)
    if _base(language) != "en":
        raise NoVoice("The local voice speaks only English.")
    try:
        with _one_speaker:  # at a time: a long sentence takes some hundred megabytes
            engine = _engine()
            length = sum(map(len, engine.phonemize(text)))
            audio = _mp3(engine(text, seed=0)) if 0 < length <= MOST_PHONEMES else b""
    except Exception as error:  # of a model, its runtime and an encoder
        raise NoVoice(f"The local voice failed: {type(error).__name__}.") from error
    if not audio:
        raise NoVoice("The local voice has no sound for this text, or too much of it.")
    return audio


def _check(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"The text has {len(text)} characters; {LONGEST_TEXT} can be spoken.")
    if not any(one.isalnum() for one in text):
        raise ValueError("The text has nothing that can be spoken.")


def _base(language: str) -> str:
    return language.partition("-")[0].lower()  # gTTS warns of a country


def _in_time(request: Any) -> bytes:
    # In a thread of its own, which gives its seat back at its end: a limit on a socket starts anew
    # with every byte, so a peer that drips would hold the caller.
    answer: Future[bytes] = Future()

    def run() -> None:
        try:
            answer.set_result(_answer(request))
        except BaseException as error:
            answer.set_exception(error)
        finally:
            _seats.release()

    try:
        threading.Thread(target=run, name="google-voice", daemon=True).start()
    except RuntimeError as error:
        _seats.release()
        raise NoVoice("No thread is left to ask Google's voice.") from error
    try:
        return answer.result(timeout=GOOGLE_WHOLE)
    except Exception as error:  # TimeoutError, and all that gTTS raises and lets through
        status = getattr(getattr(error, "rsp", None), "status_code", None)
        reason = f"it answered {status}" if status else type(error).__name__
        raise NoVoice(f"Google's voice failed: {reason}.") from error


def _answer(request: Any) -> bytes:
    pieces = list(request.stream())
    # Counted, because gTTS leaves out a piece whose answer has no sound, and with it a "not".
    if len(pieces) != len(request.get_bodies()) or not all(map(_MP3_START.match, pieces)):
        raise ValueError("The answer is not the sound of the whole text.")
    return b"".join(pieces)


@cache
def _engine() -> Any:
    # It tells Microsoft of every model that is loaded, and keeps a device id, unless told not to.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from hibari import Hibari

    return Hibari()


def _mp3(sound: Any) -> bytes:
    from lameenc import Encoder

    encoder = Encoder()
    encoder.set_bit_rate(48)  # kbit/s, the one that Amazon allows for audio within a reply
    encoder.set_in_sample_rate(24_000)
    encoder.set_channels(1)
    samples = (sound.clip(-1, 1) * 32_767).astype("<i2").tobytes()
    return bytes(encoder.encode(samples) + encoder.flush())
