"""Couples talk for minutes while things break: `make soak`, or with other numbers

    .venv/bin/python benchmarks/soak.py --seconds 180 --couples 12

A real service with two workers, a real Redis, signed Alexa requests, Amazon's reminders on
loopback. Every few seconds something fails: Redis is paused, killed, full; the service is ended
and started, killed and started; Amazon's reminders fail. A couple that hears trouble, or nothing,
says the same again, as the same turn, and must find everything as it was.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import redis
import requests

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from amazon_proxy import AmazonProxy
from authority import CERTIFICATE_PATH, Authority
from fake_alexa_api import FakeAlexaApi, failing
from served import Served, redis_servers, until

from content import content
from skill.household.embedded import EmbeddedRedis

SKILL_ID = "amzn1.ask.skill.soak"
TROUBLE = content().prompts["engine.trouble"].say[0]
DOWN = content().prompts["reminder.down"].say[0]
LONGEST = 90.0  # seconds after which a turn that still is not answered is lost


class Soak:
    """What all couples share: the service, the numbers, and whether it is over."""

    def __init__(self, served: Served, authority: Authority, api: FakeAlexaApi) -> None:
        self.served = served
        self.authority = authority
        self.api = api
        self.over = threading.Event()
        self.count: Counter[str] = Counter()
        self.slowest = 0.0
        self._lock = threading.Lock()

    def add(self, name: str, seconds: float = 0.0) -> None:
        with self._lock:
            self.count[name] += 1
            self.slowest = max(self.slowest, seconds)

    def answered(self, ask: Callable[[], str]) -> str:
        """Ask until there is an answer that is no trouble; every asking is the same turn."""
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            start = time.monotonic()
            try:
                said = ask()
            except requests.RequestException:
                self.add("not reached")
                time.sleep(0.2)
                continue
            self.add("turns served", time.monotonic() - start)
            if said != TROUBLE:
                return said
            self.add("answered with a fallback")
            time.sleep(0.2)
        self.add("turns lost")
        return ""


class TextCouple:
    """Two people who do one check-in after the other, and leave a thank-you after each."""

    def __init__(self, soak: Soak, number: int) -> None:
        self.soak = soak
        self.conversation = f"soaking-couple-{number}"
        self.names = f"Ann{'abcdefghijklmnopqrstuvwxyz'[number]}", "Bob"
        self.check_ins = 0
        self.notes = 0

    def say(self, words: str) -> Mapping[str, Any]:
        turn = uuid.uuid4().hex
        told: dict[str, Any] = {}

        def ask() -> str:
            answer = requests.post(
                f"{self.soak.served.url}/text",
                json={"text": words, "conversation": self.conversation},
                headers={"Idempotency-Key": turn},
                timeout=20,
            )
            assert answer.status_code == 200, answer.status_code
            told.update(answer.json())
            return str(told["say"])

        self.soak.answered(ask)
        return told

    def expect(self, words: str, flow: str, listening_for: str = "") -> None:
        """Say something, and be in this conversation then, with this open: "" if it is over."""
        told = self.say(words)
        listens = (
            listening_for in told.get("listening_for", ()) if listening_for else told.get("end")
        )
        if told.get("flow") != flow or not listens:
            self.soak.add("turns lost")
            print(f"{words!r} was answered {told!r}", file=sys.stderr)

    def talk(self) -> None:
        self.expect(f"call us {self.names[0]} and {self.names[1]}", "set_names", "AMAZON.YesIntent")
        self.expect("yes", "set_names")
        while not self.soak.over.is_set():
            self.expect("start our check-in", "check_in", "RatingIntent")
            self.expect("7", "check_in", "RatingIntent")
            self.expect("8", "check_in", "FeelingIntent")
            self.expect("skip", "check_in", "FeelingIntent")
            self.expect("skip", "check_in", "DoneIntent")
            for _ in range(3):
                self.expect("done", "check_in", "DoneIntent")
            self.expect("done", "check_in")
            self.check_ins += 1
            self.expect(f"leave a thank you for tea {self.notes}", "appreciate", "AMAZON.YesIntent")
            self.expect("yes", "appreciate")
            self.notes += 1
        known = self.say("what do you know about us")
        data = known["screen"]["data"]
        kept = len(data.get("check_ins", ())), len(data.get("notes", ())), data.get("thanks", 0)
        if kept != (min(self.check_ins, 60), min(self.notes, 100), self.notes):
            self.soak.add("notes lost")
            print(f"{self.check_ins} check-ins, {self.notes} notes, kept {kept}", file=sys.stderr)
        if list(self.names) != list(data["names"]):
            self.soak.add("notes lost")


class AlexaCouple:
    """Two people who set reminders and cancel them again."""

    def __init__(self, soak: Soak, number: int) -> None:
        self.soak = soak
        self.user = f"amzn1.ask.account.soak-{number}"

    def intend(self, intent: str, **slots: str) -> str:
        request_id = f"request-{uuid.uuid4()}"

        def ask() -> str:
            system = {
                "application": {"applicationId": SKILL_ID},
                "user": {"userId": self.user},
                "device": {"deviceId": "device", "supportedInterfaces": {}},
                "apiEndpoint": self.soak.api.url,
                "apiAccessToken": self.soak.api.token,
            }
            values = {name: {"name": name, "value": value} for name, value in slots.items()}
            body = json.dumps(
                {
                    "version": "1.0",
                    "context": {"System": system},
                    "request": {
                        "type": "IntentRequest",
                        "requestId": request_id,
                        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                        "locale": "en-US",
                        "intent": {"name": intent, "slots": values},
                    },
                }
            ).encode()
            answer = requests.post(
                f"{self.soak.served.url}/alexa",
                data=body,
                headers=self.soak.authority.sign(body),
                timeout=20,
            )
            assert answer.status_code == 200, answer.status_code
            ssml = str(answer.json()["response"]["outputSpeech"]["ssml"])
            return ssml.removeprefix("<speak>").removesuffix("</speak>").replace("&apos;", "'")

        return self.soak.answered(ask)

    def talk(self) -> None:
        while not self.soak.over.is_set():
            self.intend("SetReminderIntent", time="20:00")
            said = self.intend("AMAZON.YesIntent")
            if said.startswith("Done."):
                self.soak.add("reminders set")
                if "8 PM" not in self.intend("ListRemindersIntent"):
                    self.soak.add("reminders lost")
            self.intend("CancelReminderIntent")
            self.intend("AMAZON.YesIntent")
            time.sleep(0.2)


class Faults:
    """What can go wrong, each put right again after a while."""

    def __init__(self, soak: Soak, folder: Path, url: str) -> None:
        self.soak = soak
        self.folder = folder
        self.url = url

    def _server(self) -> int:
        with redis.Redis.from_url(self.url) as client:
            return int(client.info("server")["process_id"])

    def redis_paused(self) -> None:
        server = self._server()
        os.kill(server, signal.SIGSTOP)
        time.sleep(3)
        os.kill(server, signal.SIGCONT)

    def redis_killed(self) -> None:
        server = self._server()
        os.kill(server, signal.SIGKILL)
        until(lambda: not redis_servers(self.folder))
        time.sleep(1)
        with EmbeddedRedis(self.folder):
            pass  # it goes on running: this process is a user of it

    def redis_full(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.config_set("maxmemory", 1)
            time.sleep(2)
            client.config_set("maxmemory", 0)

    def service_ended(self) -> None:
        self.soak.served.stop()
        self.soak.served.start()

    def service_killed(self) -> None:
        self.soak.served.kill()
        self.soak.served.start()

    def reminders_down(self) -> None:
        fault = failing(503)
        self.soak.api.faults.append(fault)
        time.sleep(3)
        self.soak.api.faults.remove(fault)

    def all(self) -> list[Callable[[], None]]:
        return [
            self.redis_paused,
            self.redis_killed,
            self.redis_full,
            self.service_ended,
            self.service_killed,
            self.reminders_down,
        ]


@contextmanager
def service(folder: Path, redis_url: str) -> Iterator[Soak]:
    """Yield a running service with everything around it."""
    authority = Authority()
    roots = folder / "roots.pem"
    roots.write_bytes(authority.root.pem)
    with AmazonProxy(authority, ["s3.amazonaws.com"]) as proxy, FakeAlexaApi() as api:
        proxy.routes["s3.amazonaws.com", CERTIFICATE_PATH] = (200, {}, authority.chain)
        served = Served(
            folder,
            "--workers",
            "2",
            LANTERN_REDIS_URL=redis_url,
            LANTERN_ALEXA_SKILL_ID=SKILL_ID,
            https_proxy=proxy.url,
            SSL_CERT_FILE=str(roots),
        )
        served.start()
        try:
            yield Soak(served, authority, api)
        finally:
            served.stop()


def memory(served: Served) -> int:
    """Return the resident memory of the service and its workers, in MB."""
    assert served.process
    group, pages = os.getpgid(served.process.pid), 0
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if os.getpgid(int(entry.name)) == group:
                pages += int((entry / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") // 1_000_000


def main() -> int:
    """Run, and print the numbers; return 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--couples", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lantern-") as name:
        folder = Path(name)
        (folder / "service").mkdir()
        with EmbeddedRedis(folder) as url, service(folder / "service", url) as soak:
            return soak_for(soak, Faults(soak, folder, url), asked)


def soak_for(soak: Soak, faults: Faults, asked: Any) -> int:
    """Let couples talk and things break for the time asked, and print the numbers."""
    couples: list[Any] = [TextCouple(soak, number) for number in range(asked.couples)]
    couples += [AlexaCouple(soak, number) for number in range(max(1, asked.couples // 4))]
    threads = [threading.Thread(target=couple.talk) for couple in couples]
    for thread in threads:
        thread.start()
    time.sleep(3)
    before, ends = memory(soak.served), time.monotonic() + asked.seconds
    chance = random.Random(asked.seed)
    injected: Counter[str] = Counter()
    try:
        while time.monotonic() < ends:
            fault = chance.choice(faults.all())
            fault()
            injected[fault.__name__] += 1
            time.sleep(chance.uniform(1, 4))
    finally:
        soak.over.set()
    for thread in threads:
        thread.join()
    count = soak.count
    print(f"turns served               {count['turns served']}")
    print(f"faults injected            {injected.total()} {dict(injected)}")
    print(f"answered with a fallback   {count['answered with a fallback']}")
    print(f"not reached, said again    {count['not reached']}")
    print(f"turns lost                 {count['turns lost']}")
    print(f"reminders set, lost        {count['reminders set']}, {count['reminders lost']}")
    print(f"names or check-ins lost    {count['notes lost']}")
    print(f"slowest turn               {soak.slowest:.2f} s")
    print(f"memory at start and end    {before} MB, {memory(soak.served)} MB")
    return int(bool(count["turns lost"] + count["reminders lost"] + count["notes lost"]))


if __name__ == "__main__":
    sys.exit(main())
