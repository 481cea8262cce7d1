"""Whether we reach Amazon, and what time it is there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from skill.channels.alexa.certificates import trust_file
from skill.doctor.findings import Finding, clock, ok, warning

HOST = "s3.amazonaws.com"
"""From where the certificates are fetched with which requests of Alexa are verified."""

SECONDS = 4.0
"""For an answer; the service itself waits for two."""


def examined() -> Iterator[Finding]:
    """Ask Amazon for anything at all: that it answers is good to know, and so is its time."""
    asked = datetime.now(UTC)
    try:
        answer = requests.head(f"https://{HOST}/echo.api/", timeout=SECONDS, verify=trust_file())
        theirs = parsedate_to_datetime(answer.headers["Date"])
    except (requests.RequestException, OSError, KeyError, ValueError) as error:
        yield warning(
            "alexa.amazon",
            f"{HOST} cannot be reached from here ({type(error).__name__}): requests of Alexa could "
            "not be verified, and the clock was not compared with Amazon's.",
            "If this machine is online, let it call that host on port 443.",
        )
        return
    yield ok("alexa.amazon", f"{HOST} can be reached, where Alexa's certificates are.")
    passed = datetime.now(UTC) - asked
    yield clock("clock.amazon", asked + passed / 2 - theirs, "Amazon's")
