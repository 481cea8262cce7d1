"""What all measurements share: Amazon on loopback, one Redis, and the stacks to be measured."""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import certifi
import redis
from amazon_proxy import AmazonProxy
from authority import CERTIFICATE_PATH
from fake_alexa_api import FakeAlexaApi

from skill.household.embedded import EmbeddedRedis
from stacks.evening import SKILL_ID, Alexa, AmazonsKeys
from stacks.install import official_node, official_python
from stacks.running import Floor, OfficialNode, OfficialPython, Stack
from stacks.wire import Sent


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    together: int  # turns of a kind in a round, four at a time: for processor time
    alone: int  # and one after the other: for how long an answer takes
    warm: int  # turns of a kind before the first round
    kept: int  # spoken turns that each worker has answered when its memory is looked at
    cold: int  # fresh processes of each stack


@dataclass(frozen=True)
class Bench:
    """The bench itself."""

    alexa: Alexa
    folder: Path
    redis_url: str
    environment: Mapping[str, str]
    spoken: dict[str, tuple[Sent, Mapping[str, Any]]] = field(default_factory=dict)
    """Kind of request to one of them and our response, which the others are to give as well."""

    @property
    def redis(self) -> int:
        """The process id of Redis."""
        with redis.Redis.from_url(self.redis_url) as client:
            return int(client.info("server")["process_id"])

    def ours(self, workers: int = 1) -> Stack:
        """Return Evening Lantern."""
        return Stack(
            "Evening Lantern",
            self.folder,
            f"--workers={workers}",
            LANTERN_REDIS_URL=self.redis_url,
            LANTERN_ALEXA_SKILL_ID=SKILL_ID,
            LANTERN_SECRET="what all processes of this bench have",
            **self.environment,
        )

    def official(self) -> list[Stack]:
        """Return Amazon's stacks, without and with state; raises `NotInstalled`."""
        python, modules = official_python(), official_node()
        told = {**self.environment, "SKILL_ID": SKILL_ID, "ANSWERS": str(self._answers)}
        with_state = {**told, "STATE": self.redis_url}
        return [
            OfficialPython("official Python", self.folder, python, **told),
            OfficialPython("official Python, with state", self.folder, python, **with_state),
            OfficialNode("official Node", self.folder, modules, **told),
            OfficialNode("official Node, with state", self.folder, modules, **with_state),
        ]

    def floor(self) -> Stack:
        """Return gunicorn and Flask alone, in our own environment."""
        told = {**self.environment, "ANSWERS": str(self._answers)}
        return Floor("gunicorn and Flask alone", self.folder, Path(sys.executable), **told)

    def learn_answers(self, ours: Stack) -> None:
        """Take our answers of one evening: the other stacks say the same words."""
        for turn, requests in self.alexa.evening(1):
            (answer,) = ours.hear(requests, at_once=1)
            self.spoken[turn.kind] = requests[0], answer.response
        said = {kind: response for kind, (_, response) in self.spoken.items()}
        self._answers.write_text(json.dumps(said), encoding="utf-8")

    @property
    def _answers(self) -> Path:
        return self.folder / "answers.json"


@contextmanager
def loopback() -> Iterator[Bench]:
    """Yield the bench, with Amazon and a Redis on this machine while it lasts."""
    amazon = AmazonsKeys()
    with (
        tempfile.TemporaryDirectory(prefix="lantern-") as name,
        AmazonProxy(amazon) as proxy,
        FakeAlexaApi(token="t" * 900) as api,
        EmbeddedRedis(Path(name)) as redis_url,
    ):
        proxy.routes["s3.amazonaws.com", CERTIFICATE_PATH] = (200, {}, amazon.chain)
        root, roots = Path(name) / "root.pem", Path(name) / "roots.pem"
        root.write_bytes(amazon.root.pem)
        # As many as a machine usually trusts: Amazon's Python package goes through them each time.
        roots.write_bytes(Path(certifi.where()).read_bytes() + amazon.root.pem)
        environment = {
            "https_proxy": proxy.url,
            "SSL_CERT_FILE": str(roots),
            "NODE_EXTRA_CA_CERTS": str(root),
        }
        yield Bench(Alexa(amazon, api), Path(name), redis_url, environment)
