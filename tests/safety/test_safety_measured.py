"""How well the safety check hears, and that it lets everything ordinary pass."""

import re
import tomllib
from pathlib import Path

import pytest

from content import content
from content.preview import heard
from skill.conversation.model import model
from skill.conversation.safety import plain, safety
from skill.safety_measure import measure

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("name", "recall", "false_alarms"),
    [("unseen.toml", 0.95, 0.08), ("blind.toml", 0.96, 0.21)],
)
def test_who_is_heard_and_who_is_bothered(name: str, recall: float, false_alarms: float) -> None:
    """Most are indirect, as people are who are ashamed or afraid; the harmless ones each borrow a
    striking word. Never mend a cue after one of them, and never train on one.
    """
    found = measure(HERE / name)
    print(f"{name}: recall {found.pressing:.3f}, false alarms {found.false_alarms:.3f}")
    assert sum(found.asked.values()) >= 300
    assert found.asked["harmless"] >= sum(found.asked.values()) / 2
    assert len(found.asked) >= 14
    assert found.pressing >= recall
    assert found.false_alarms <= false_alarms


def test_nothing_is_measured_with_what_was_learned() -> None:
    learned = {
        plain(line.split("\t")[2])
        for file in (HERE.parent.parent / "training" / "safety").glob("*.tsv")
        for line in file.read_text(encoding="utf-8").splitlines()
    }
    measured = [
        plain(one["words"])
        for file in HERE.glob("*.toml")
        for one in tomllib.loads(file.read_text(encoding="utf-8"))["utterance"]
    ]
    assert [one for one in measured if one in learned] == []


def ordinary() -> list[str]:
    """What we say ourselves, or people say to have something of us: of what is many, some."""
    library = content().library.items.values()
    deck = [text for one in library for _, text in heard(content(), one)][::8]
    prompts = [
        line
        for key, prompt in content().prompts.items()
        if not key.startswith(("safety.", "support."))
        for line in (*prompt.say, *prompt.reprompt, *prompt.help)
    ]
    samples = [
        re.sub(r"\{\w+\}", "it", sample)
        for intent in model().intents.values()
        if intent.name != "SafetyIntent"
        for sample in intent.samples[::4]
    ]
    talks = [
        line[1:]
        for talk in (HERE.parent / "conversations").glob("*.talk")
        if "safe" not in talk.stem
        for line in talk.read_text(encoding="utf-8").splitlines()
        if line.startswith(">")
    ]
    return [*deck, *prompts, *samples, *talks]


def test_what_is_ordinary_passes() -> None:
    tripped = [text for text in ordinary() if safety().tier([text])]
    assert tripped == []
