"""How long the door takes to let in and to refuse: `.venv/bin/python benchmarks/door.py`

Each line is the median and the slowest of many, in milliseconds, and the ratio to a request that
is let in. What needs a download is measured with the certificate known: a first download takes as
long as the network does, and at most a bounded time.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from amazon_proxy import AmazonProxy
from authority import CERTIFICATE_PATH, Authority

from skill.channels.alexa.certificates import Certificates
from skill.channels.alexa.door import Door, Refused

SKILL_ID = "amzn1.ask.skill.door"
TIMES = 300

Request = tuple[Mapping[str, str], bytes]


def body(skill: str = SKILL_ID, stamp: str = "", padding: int = 0) -> bytes:
    application = {"applicationId": skill}
    return json.dumps(
        {
            "version": "1.0",
            "context": {"System": {"application": application, "user": {"userId": "u"}}},
            "request": {
                "type": "LaunchRequest",
                "requestId": "r" * max(1, padding),
                "timestamp": stamp or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        }
    ).encode()


def requests(authority: Authority) -> Mapping[str, Request]:
    good = body()
    signed = authority.sign(good)
    deep = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    old = body(stamp="2020-01-01T00:00:00Z")
    other = body(skill="amzn1.ask.skill.somebody-else")
    long = body(padding=1_000_000)
    return {
        "let in": (signed, good),
        "no headers": ({"Content-Type": "application/json"}, good),
        "address of another host": (
            {**signed, "SignatureCertChainUrl": "https://x.org/a.pem"},
            good,
        ),
        "tampered body": (signed, good.replace(b"Launch", b"LAUNCH")),
        "garbage for a signature": ({**signed, "Signature-256": "AAAA"}, good),
        "signed, nested too deep": (authority.sign(deep), deep),
        "signed, too old": (authority.sign(old), old),
        "signed, for another skill": (authority.sign(other), other),
        "a megabyte": (authority.sign(long), long),
    }


def measured(door: Door, request: Request) -> list[float]:
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        with suppress(Refused):
            door.admit(dict(request[0]), request[1])
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def main() -> None:
    """Measure, and print a table."""
    authority = Authority()
    with (
        tempfile.TemporaryDirectory() as name,
        AmazonProxy(authority, ["s3.amazonaws.com"]) as amazon,
    ):
        roots = Path(name) / "roots.pem"
        roots.write_bytes(authority.root.pem)
        amazon.routes["s3.amazonaws.com", CERTIFICATE_PATH] = (200, {}, authority.chain)
        os.environ.update(https_proxy=amazon.url, SSL_CERT_FILE=str(roots))
        door = Door(frozenset([SKILL_ID]), Certificates())
        told = requests(authority)
        door.admit(dict(told["let in"][0]), told["let in"][1])
        usual = statistics.median(measured(door, told["let in"]))
        for kind, request in told.items():
            taken = measured(door, request)
            median = statistics.median(taken)
            print(f"{kind:28} {median:7.3f} ms, slowest {max(taken):7.2f}, {median / usual:6.2f} x")


if __name__ == "__main__":
    main()
