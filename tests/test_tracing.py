"""Traces go to a collector, from every worker, and nobody's words are in them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from served import Served

from skill.settings import Settings, SettingsError

ERROR = 2
"""A span's status in OTLP."""

LOCK = Path(__file__).parent.parent / "deploy" / "tracing.lock"


@pytest.fixture(scope="module")
def extra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The folder with the packages of the extra; they can be imported here meanwhile."""
    folder = str(tmp_path_factory.mktemp("tracing"))
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*install, f"--target={folder}", "--requirement", LOCK], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder


def told(span: Any) -> dict[str, str]:
    return {one.key: one.value.string_value for one in span.attributes}


def test_a_turn_is_a_trace_of_its_parts_and_has_nobodys_words(tmp_path: Path, extra: str) -> None:
    with Collector() as collector:
        with Served(
            tmp_path, "--workers=2", PYTHONPATH=extra, LANTERN_TRACES=collector.url
        ) as served:
            for words in ("call us annabelle and bartholomew", "we argued about the marmalade"):
                assert served.text(words)["say"]
            served.get("/healthz")
            assert served.post([]).status_code == 400
        spans = collector.spans
    requests = [one for one in spans if one.name == "request"]
    turns = [one for one in requests if "lantern.turn" in told(one)]
    assert len(turns) == 2
    for turn in turns:
        assert told(turn)["lantern.place"] == "text"
        assert told(turn)["lantern.outcome"] == "answered"
        parts = [one for one in spans if one.parent_span_id == turn.span_id]
        assert {one.name for one in parts} >= {"load", "save"}
        assert {one.trace_id for one in parts} == {turn.trace_id}
        assert all(turn.start_time_unix_nano <= one.start_time_unix_nano for one in parts)
    assert not any(one.parent_span_id for one in requests)
    everything = b"".join(collector.bodies).lower()
    for word in (b"annabelle", b"bartholomew", b"marmalade", served.conversation.encode().lower()):
        assert word not in everything


def test_what_fails_is_marked_without_its_text(tmp_path: Path, extra: str) -> None:
    dead = {"LANTERN_REDIS_URL": "redis://:passphrase@127.0.0.1:1/0", "LANTERN_SECRET": "s" * 32}
    with Collector() as collector:
        with Served(tmp_path, PYTHONPATH=extra, LANTERN_TRACES=collector.url, **dead) as served:
            served.text("we need a time-out")
        loads = [one for one in collector.spans if one.name == "load"]
    assert loads
    assert {one.status.code for one in loads} == {ERROR}
    assert {one.status.message for one in loads} == {""}
    assert not any(one.events for one in collector.spans)
    assert b"passphrase" not in b"".join(collector.bodies)


def test_without_a_collector_turns_are_answered_all_the_same(tmp_path: Path, extra: str) -> None:
    with Served(tmp_path, PYTHONPATH=extra, LANTERN_TRACES="http://127.0.0.1:1") as served:
        assert served.text("tonight's question")["say"]


def test_an_address_that_is_none() -> None:
    with pytest.raises(SettingsError, match="LANTERN_TRACES: this is no address"):
        Settings.load({"LANTERN_TRACES": "collector:4318"})


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skill.tracing.installed", lambda: False)
    with pytest.raises(SettingsError, match=r"pip install \"evening-lantern\[tracing\]\""):
        Settings.load({"LANTERN_TRACES": "http://127.0.0.1:4318"})
