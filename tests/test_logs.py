"""What is written to standard error: one line each, and nobody's words, names or addresses."""

import json
import logging
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from served import Served

from skill.household.redis_store import StoreUnavailable
from skill.logs import Json, Plain, where

TURN = re.compile(r"[0-9T:.+-]+ INFO turn [A-Za-z0-9_-]+: text, answered, status 200, [0-9]+0 ms")


def record(message: str, *args: Any, error: BaseException | None = None) -> logging.LogRecord:
    told = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("skill.tests", logging.ERROR, "", 0, message, args, told)


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_an_exception_is_told_by_its_kind_and_its_place() -> None:
    assert re.fullmatch(r"KeyError at test_logs\.py:\d+", where(raised(KeyError("Annabelle"))))
    told = where(raised(StoreUnavailable("full")))
    assert re.fullmatch(r"StoreUnavailable \(full\) at test_logs\.py:\d+", told)


def test_what_others_give_as_a_reason_is_not_told() -> None:
    error = UnicodeDecodeError("utf-8", b"Annabelle", 0, 1, "Annabelle was here")
    assert "Annabelle" not in where(raised(error))


@pytest.mark.parametrize("kind", [Plain, Json])
def test_a_line_is_one_line_without_the_words_of_an_exception(
    kind: type[logging.Formatter],
) -> None:
    error = raised(ValueError("Annabelle said\nthis"))
    line = kind().format(record("turn %s\nfailed", "one\ntwo", error=error))
    assert "turn one two failed: ValueError at test_logs.py" in line
    assert "Annabelle" not in line
    assert "\n" not in line


def test_lines_for_programs_tell_what_they_are_made_of() -> None:
    line = Json().format(record("turn %(turn)s: %(status)d", {"turn": "one", "status": 200}))
    told = json.loads(line)
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "ERROR",
        "logger": "skill.tests",
        "message": "turn one: 200",
        "turn": "one",
        "status": 200,
    }


# As it is served ------------------------------------------------------------------------


def written(folder: Path, **settings: str) -> list[str]:
    """Return all that a service writes while two people use it, and a stranger."""
    with Served(folder, **settings) as served:
        served.text("call us Annabelle and Zacharias", **{"Idempotency-Key": "Annabelle"})
        served.text("my husband has a gun")
        served.text("forget us")
        served.get("/Annabelle?Zacharias")
        with socket.create_connection(("127.0.0.1", served.port)) as stranger:
            stranger.sendall(b"Zacharias\r\n\r\n")
            stranger.recv(1000)
        _, out = served.stop()
    for word in ("nnabelle", "acharias", "gun", "forget", "afety", "support", "127.0.0.1 "):
        assert word not in out.replace(f"127.0.0.1:{served.port}", "")
    assert served.conversation not in out
    return out.splitlines()


def test_one_line_for_each_turn_for_programs(short_dir: Path) -> None:
    lines = [json.loads(one) for one in written(short_dir, LANTERN_LOG="json") if one[:1] == "{"]
    turns = [one for one in lines if one["logger"] == "skill.watch"]
    assert len({one["turn"] for one in turns}) == 3
    for one in turns:
        assert {"time", "level", "logger", "message"} < one.keys()
        assert one["milliseconds"] % 10 == 0
        assert (one["level"], one["channel"], one["outcome"], one["status"]) == (
            "INFO",
            "text",
            "answered",
            200,
        )
    assert len(turns[0]) == 4 + 5


def test_one_line_for_each_turn_for_people(short_dir: Path) -> None:
    lines = written(short_dir, LANTERN_LOG="plain")
    assert len([one for one in lines if TURN.fullmatch(one)]) == 3


def test_no_line_for_a_turn_unless_it_is_asked_for(short_dir: Path) -> None:
    assert not [one for one in written(short_dir) if "INFO" in one or "turn" in one]


def test_what_goes_wrong_is_told_with_its_reason(short_dir: Path) -> None:
    with Served(short_dir, LANTERN_REDIS_URL="redis://127.0.0.1:1/0", LANTERN_LOG="json") as served:
        served.text("help")
        _, out = served.stop()
    (line,) = [one for one in map(told, out.splitlines()) if one.get("level") == "ERROR"]
    assert re.match(r"turn \S+ failed: StoreUnavailable \(unreachable\) at ", line["message"])


def told(line: str) -> dict[str, Any]:
    """Return what a line for programs says; nothing for another line."""
    found: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
    return found
