"""Several couples in the middle of things when the service is killed, ended, and started again.

What is lost: nothing. Each next turn goes on with the question that was open, and what was
answered before counts.
"""

import os
import re
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from served import Served, redis_servers, until

FIRST = "First partner, from zero to ten, how close do you feel tonight?"
SECOND = "Second partner, how near do you feel tonight, from zero to ten?"
WHOLE = ["calm", "tired", "done", "done", "done", "done"]


def say(served: Served, mine: str, words: str, key: str = "") -> Mapping[str, Any]:
    answer = served.post(
        {"text": words, "conversation": mine}, headers={"Idempotency-Key": key} if key else {}
    )
    assert answer.status_code == 200
    told: Mapping[str, Any] = answer.json()
    return told


def crash(served: Served) -> None:
    """Everything dies at once: the service, its workers, and the embedded server."""
    served.kill()
    for server in redis_servers(served.folder):
        os.kill(server, signal.SIGKILL)
    until(lambda: not redis_servers(served.folder))


def end(served: Served) -> None:
    """It is ended in good order, the embedded server with it."""
    code, _ = served.stop(signal.SIGTERM)
    assert code == 0
    assert not redis_servers(served.folder)


def time_in(said: str) -> str:
    (found,) = re.findall(r"\d+(?::\d\d)? [AP]M", said)  # no minutes on the hour
    return str(found)


@pytest.mark.parametrize("dies", [crash, end])
def test_nothing_is_lost(short_dir: Path, dies: Callable[[Served], None]) -> None:
    with Served(short_dir, "--workers", "2") as served:
        assert say(served, "couple-one", "start our check-in")["say"].endswith(FIRST)
        assert say(served, "couple-one", "6", "rating-1")["say"] == SECOND
        agreed = say(served, "couple-two", "we need a time-out for an hour")["say"]
        question = say(served, "couple-three", "tonight's question")["screen"]["text"]
        say(served, "couple-four", "call us Sam and Alex")
        dies(served)
        served.start()
        # A device that never heard the answer sends its turn again: it counts once.
        assert say(served, "couple-one", "6", "rating-1")["say"] == SECOND
        assert say(served, "couple-one", "repeat")["say"] == SECOND
        assert "First partner, one word" in say(served, "couple-one", "9")["say"]
        for words in WHOLE:
            closing = say(served, "couple-one", words)["say"]
        assert "it is kept" in closing
        # The average of both: the six from before counts as much as the nine from after.
        assert kept(served, "couple-one")["check_ins"][0]["closeness"] == 7.5
        assert "minutes to go" in say(served, "couple-two", "we are back")["say"]
        assert time_in(say(served, "couple-two", "no")["say"]) == time_in(agreed)
        assert say(served, "couple-three", "tonight's question")["screen"]["text"] == question
        assert kept(served, "couple-three")["asked"] == 1
        say(served, "couple-four", "yes")
        assert kept(served, "couple-four")["names"] == ["Sam", "Alex"]


def kept(served: Served, mine: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = say(served, mine, "what do you know about us")["screen"]["data"]
    return told
