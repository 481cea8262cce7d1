"""Google's voice on loopback: what gTTS asks, answered by the same protocol.

with GoogleVoice(authority) as google:
    monkeypatch.setenv("https_proxy", google.url)
    assert voices.google("Good evening.") == sound("Good evening.")
    assert google.texts == ["Good evening."]

`google.answer_with(...)` puts any answer in the place of the right one. gTTS takes any certificate.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from urllib.parse import parse_qs

from amazon_proxy import AmazonProxy, Answer
from authority import Authority

HOST = "translate.google.com"
PATH = "/_/TranslateWebserverUi/data/batchexecute"
RPC = "jQ1olc"


class GoogleVoice(AmazonProxy):
    """The proxy that stands for Google; `texts` and `languages` are what it was asked for."""

    def __init__(self, authority: Authority) -> None:
        super().__init__(authority, [HOST])
        self.texts: list[str] = []
        self.languages: list[str] = []
        self.routes[HOST, PATH] = self.speak

    @property
    def asked(self) -> int:
        """How many requests came, whatever they were answered."""
        return self.calls[HOST, PATH]

    def speak(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """As a route: the sound of the text."""
        text, language = question(body)
        self.texts.append(text)
        self.languages.append(language)
        return (200, {}, reply(sound(text)))

    def answer_with(
        self, status: int | None, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Give this answer from now on; a status of None sends the body alone."""
        self.routes[HOST, PATH] = (status, headers or {}, body)


def question(body: bytes) -> tuple[str, str]:
    """The text and the language that a request asks for."""
    [[[name, parameters, _, _]]] = json.loads(parse_qs(body.decode("ascii"))["f.req"][0])
    assert name == RPC
    text, language, speed, _ = json.loads(parameters)
    assert speed is None
    return text, language


def reply(audio: bytes) -> bytes:
    """The body of a good answer: lines of JSON after a prefix, each with its length before it."""
    told = json.dumps([base64.b64encode(audio).decode("ascii")])
    line = json.dumps(
        [["wrb.fr", RPC, told, None, None, None, "generic"], ["di", 84]], separators=(",", ":")
    )
    return f')]}}\'\n\n{len(line)}\n{line}\n25\n[["e",4,null,null,140]]\n'.encode("ascii")


def sound(text: str) -> bytes:
    """The bytes that stand for the sound of a text: they begin as an MP3 file and are its own."""
    return b"\xff\xf3\x84\xc4" + hashlib.sha256(text.encode()).digest() * 40
