"""Throws requests at the service that nobody thought of: `make fuzz`, or with other numbers

    .venv/bin/python benchmarks/fuzz.py --cases 1000000 --seed 1 --processes 2

Three kinds of cases, mutated from good ones: bodies for the webhook (unsigned, and signed by a
test authority), turns of the text API, and content files. What must not happen: a 5xx, an
exception, a case that takes seconds, memory that grows. The seed makes a run repeatable.
"""

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib import resources
from multiprocessing import Pool
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from amazon_proxy import AmazonProxy
from authority import CERTIFICATE_PATH, Authority

from content import ContentError, _cues, _prompt, helplines, load
from content.library import read
from skill.app import create_app
from skill.conversation.model import model
from skill.conversation.slots import clock, days, duration, names, number
from skill.household.embedded import EmbeddedRedis
from skill.settings import Settings

SKILL_ID = "amzn1.ask.skill.fuzz"
STRANGE = [
    "",
    " ",
    "\x00",
    "\u202e",
    "💛",
    "é" * 50,
    "<speak>",
    "&amp;",
    "{name}",
    "{pause 9}",
    "-1",
    "99999999999999999999",
    "1e999",
    "null",
    "a" * 990,
    "'\"`;--",
    "he hit me",
    "PT9999H",
    "25:61",
]


class Fuzz:
    """One process's share: its own Redis, its own application, its own chance."""

    def __init__(self, seed: int, folder: Path, url: str, authority: Authority) -> None:
        self.chance = random.Random(seed)
        environ = {
            "LANTERN_DATA_DIR": str(folder),
            "LANTERN_ALEXA_SKILL_ID": SKILL_ID,
            "LANTERN_RATE_LIMIT": "off",
        }
        self.web = create_app(Settings.load(environ), url).test_client()
        self.authority = authority
        self.samples = [sample for one in model().intents.values() for sample in one.samples]
        self.intents = list(model().intents)
        self.files = [
            file
            for folder in ("deck", "prompts", "safety")
            for file in (resources.files("content") / "en" / folder).iterdir()
        ]
        self.texts = {file: file.read_text(encoding="utf-8") for file in self.files}
        self.conversation = "a-conversation-of-the-fuzz"

    def kinds(self) -> dict[str, Callable[[], object]]:
        return {
            "parsers": self.parse,
            "content": self.content,
            "unsigned": self.unsigned,
            "signed": self.signed,
            "text": self.text,
        }

    def words(self) -> str:
        chance = self.chance
        base = chance.choice(self.samples) if chance.random() < 0.7 else chance.choice(STRANGE)
        return self.mutated(base)

    def mutated(self, text: str) -> str:
        chance = self.chance
        for _ in range(chance.randrange(4)):
            place = chance.randrange(len(text) + 1)
            match chance.randrange(4):
                case 0:
                    text = text[:place] + chance.choice(STRANGE) + text[place:]
                case 1:
                    text = text[:place] + text[place + chance.randrange(1, 9) :]
                case 2:
                    text = text[:place] + chr(chance.randrange(1, 0xD7FF)) + text[place:]
                case 3:
                    text = text[place:] + text[:place]
        return text[:1000]

    def parse(self) -> None:
        text = self.words()
        for parse in (number, duration, days, names):
            parse(text)
        clock(text, evening=self.chance.random() < 0.5)

    def content(self) -> None:
        """Read a damaged content file: it is read, or refused with a sentence."""
        file = self.chance.choice(self.files)
        text = self.texts[file]
        start = self.chance.randrange(len(text))
        piece = self.mutated(text[start : start + 400])
        with tempfile.TemporaryDirectory() as name:
            damaged = Path(name) / file.name
            damaged.write_text(piece, encoding="utf-8", errors="replace")
            with suppress(ContentError):
                for key, value in load(damaged).items():
                    if isinstance(value, dict):
                        _prompt(damaged.name, key, value)
                read(damaged)
            with suppress(ContentError):
                _cues(Path(name))

    def body(self) -> bytes:
        chance = self.chance
        slots = {
            chance.choice(["duration", "time", "rating", "words", "first", "theme"]): {
                "name": "x",
                "value": self.words(),
            }
        }
        envelope: Any = {
            "version": "1.0",
            "context": {
                "System": {
                    "application": {"applicationId": SKILL_ID},
                    "user": {"userId": f"user-{chance.randrange(50)}"},
                }
            },
            "request": {
                "type": chance.choice(["IntentRequest"] * 8 + ["LaunchRequest", "Odd", ""]),
                "requestId": f"r-{chance.randrange(10**9)}",
                "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "locale": chance.choice(["en-US", "en-US", "xx", "", "é"]),
                "intent": {"name": chance.choice(self.intents), "slots": slots},
            },
        }
        for _ in range(chance.randrange(3)):
            self._damage(envelope)
        data = json.dumps(envelope).encode()
        if chance.random() < 0.2:
            place = chance.randrange(len(data))
            data = data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]
        return data

    def _damage(self, value: Any) -> None:
        """Put something strange somewhere into nested objects."""
        chance = self.chance
        while isinstance(value, dict) and value:
            key = chance.choice(list(value))
            if chance.random() < 0.3 or not isinstance(value[key], dict):
                value[key] = chance.choice([None, 1, -1, True, [], {}, [[]], *STRANGE])
                return
            value = value[key]

    def unsigned(self) -> None:
        headers = {
            name: self.mutated(chance)
            for name, chance in (
                ("Signature-256", "AAAA"),
                ("SignatureCertChainUrl", "https://s3.amazonaws.com/echo.api/x.pem"),
            )
            if self.chance.random() < 0.8
        }
        headers = {name: "".join(filter(str.isprintable, v)) for name, v in headers.items()}
        headers = {
            name: v.encode("latin-1", "ignore").decode("latin-1") for name, v in headers.items()
        }
        answer = self.web.post("/alexa", data=self.body(), headers=headers)
        assert answer.status_code == 400, answer.status_code

    def signed(self) -> None:
        body = self.body()
        answer = self.web.post("/alexa", data=body, headers=self.authority.sign(body))
        assert answer.status_code in (200, 400), answer.status_code

    def text(self) -> None:
        chance = self.chance
        if chance.random() < 0.05:
            self.conversation = f"conversation-{chance.randrange(10**6)}"
        body: Any = {"text": self.words(), "conversation": self.conversation}
        if chance.random() < 0.1:
            self._damage(body)
        data = json.dumps(body).encode()
        if chance.random() < 0.05:
            data = data[: chance.randrange(len(data))]
        answer = self.web.post("/text", data=data, content_type="application/json")
        assert answer.status_code in (200, 400), answer.status_code
        assert answer.get_json()


SHARES = {"parsers": 0.35, "content": 0.25, "unsigned": 0.25, "signed": 0.08, "text": 0.07}


def run(job: tuple[int, int]) -> tuple[Counter[str], float, int, int]:
    """Run one process's cases; return counts, the slowest case, and memory before and after."""
    seed, cases = job
    authority = Authority()
    with tempfile.TemporaryDirectory(prefix="lantern-") as name:
        folder = Path(name)
        roots = folder / "roots.pem"
        roots.write_bytes(authority.root.pem)
        with AmazonProxy(authority, ["s3.amazonaws.com"]) as proxy, EmbeddedRedis(folder) as url:
            proxy.routes["s3.amazonaws.com", CERTIFICATE_PATH] = (200, {}, authority.chain)
            os.environ.update(https_proxy=proxy.url, SSL_CERT_FILE=str(roots))
            return _cases(Fuzz(seed, folder, url, authority), cases)


def _cases(fuzz: Fuzz, cases: int) -> tuple[Counter[str], float, int, int]:
    done: Counter[str] = Counter()
    kinds, slowest, before = fuzz.kinds(), 0.0, 0
    names, weights = list(SHARES), list(SHARES.values())
    for place in range(cases):
        kind = fuzz.chance.choices(names, weights)[0]
        state = fuzz.chance.getstate()
        start = time.monotonic()
        try:
            kinds[kind]()
        except Exception:
            print(f"{kind}, case {place}, state {hash(state)}", file=sys.stderr)
            raise
        slowest = max(slowest, time.monotonic() - start)
        done[kind] += 1
        if place == cases // 5:
            before = _memory()
    return done, slowest, before, _memory()


def _memory() -> int:
    """Return the resident memory of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1_000_000


def jobs(cases: int, seed: int, processes: int) -> Iterator[tuple[int, int]]:
    for number_of in range(processes):
        yield seed * 1000 + number_of, cases // processes


def main() -> None:
    """Run, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--slowest", type=float, help="seconds that no case may take")
    asked = parser.parse_args()
    assert helplines()
    start = time.monotonic()
    with Pool(asked.processes) as pool:
        ended = pool.map(run, jobs(asked.cases, asked.seed, asked.processes))
    total = sum((done for done, *_ in ended), Counter())
    seconds = time.monotonic() - start
    print(f"seed {asked.seed}: {total.total()} cases in {seconds:.0f} s: {dict(total)}")
    slowest = max(one for _, one, *_ in ended)
    print(f"slowest case {slowest:.2f} s")
    print("memory (MB), after a fifth and at the end:", [(b, a) for *_, b, a in ended])
    assert asked.slowest is None or slowest < asked.slowest, "a case took too long"


if __name__ == "__main__":
    main()
