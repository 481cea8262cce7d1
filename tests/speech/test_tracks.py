"""The sounds by name: each that a reply or the page asks for is there, and is made once."""

import io
import re
from pathlib import Path

import pytest
import soundfile

from content import content
from skill.conversation.facts import STRETCH
from skill.conversation.phrase import phrase
from skill.conversation.turn import Sound
from skill.speech import tracks
from skill.speech.sound import LONGEST
from skill.speech.tracks import LONGEST_BREATHING, ROOM, Tracks, names

ALL = content()


def seconds(file: bytes) -> float:
    samples, rate = soundfile.read(io.BytesIO(file))
    return float(len(samples) / rate)


def test_each_stretch_of_breathing_has_its_sound() -> None:
    assert STRETCH.total_seconds() == LONGEST_BREATHING
    for breath in ALL.breaths.values():
        for rounds in range(1, LONGEST_BREATHING // breath.seconds + 1):
            told = {"breath": {"pattern": breath.id, "rounds": rounds}}
            [sound] = phrase("{breath}", told, ALL)
            assert isinstance(sound, Sound)
            assert names()[sound.name] == breath.phases


def test_each_quiet_time_of_a_prompt_has_its_sound() -> None:
    lines = [line for prompt in ALL.prompts.values() for line in prompt.say]
    asked = {found for line in lines for found in re.findall(r"\{quiet (\w+)\}", line)}
    assert asked
    assert {f"quiet-{one}" for one in asked} | {ROOM} == {
        name for name in names() if name.startswith("quiet")
    }


@pytest.mark.parametrize(
    ("name", "lasts"), [("breathing-slow-2", 20 + 3), ("breathing-478-1", 19 + 3), ("quiet-45", 45)]
)
def test_it_lasts_as_long_as_it_says_and_breathing_ends_with_a_chime(
    tmp_path: Path, name: str, lasts: int
) -> None:
    assert seconds(Tracks(tmp_path).of(name)) == pytest.approx(lasts, abs=0.2)


def test_the_longest_one_fits_into_one_reply(tmp_path: Path) -> None:
    rounds = LONGEST_BREATHING // ALL.breaths["slow"].seconds
    assert seconds(Tracks(tmp_path).of(f"breathing-slow-{rounds}")) < LONGEST


def test_it_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Tracks(tmp_path).of("breathing-box-1")
    monkeypatch.delattr(tracks, "_made")
    assert Tracks(tmp_path).of("breathing-box-1") == first


def test_without_a_place_to_keep_it_it_is_heard_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "sounds").write_text("in the way")
    assert seconds(Tracks(tmp_path / "sounds").of("breathing-slow-1")) > 10


@pytest.mark.parametrize(
    "name",
    ["", "breathing", "breathing-slow-0", "breathing-slow-16", "breathing-slow-9999999",
     "breathing-fast-2", "quiet-44", "quiet-", "../secret", "breathing-slow-1/../2"],
)  # fmt: skip
def test_nobody_can_have_others_made(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyError):
        Tracks(tmp_path).of(name)
    assert not list(tmp_path.iterdir())
