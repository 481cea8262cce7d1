"""From neutral screen data to documents, and from touches to words."""

import json
import re
from collections.abc import Iterator
from html import unescape
from importlib import resources
from typing import Any

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import Response
from ask_sdk_model.interfaces.alexa.presentation.apl import RenderDocumentDirective
from hypothesis import given
from hypothesis import strategies as st

from content import content
from skill.channels.alexa.markup import said, shown
from skill.channels.alexa.screens import directive, touched

FOLDER = resources.files("skill.channels.alexa") / "apl"
LAYOUT = json.loads((FOLDER / "layout.json").read_text())
BUDGET = 24_000

SHOWS: dict[str, dict[str, Any]] = {
    "words": {
        "title": "tonight",
        "text": "What made you laugh?",
        "buttons": [{"label": "Another", "words": "another question"}],
    },
    "breathing": {"breathing": {"phases": [["In", 4], ["Out", 6]], "rounds": 5}},
    "turns": {"turn": {"who": "Sam", "seconds": 120}},
    "list": {"title": "reminders", "rows": ["Thursday at eight", "Sunday at ten"]},
    "journey": {
        "journey": {
            "title": "your year",
            "figures": [["12", "evenings"]],
            "points": [["2026-10", 7.5], ["2026-11", 5]],
        }
    },
}

USED_LAYOUTS: dict[str, set[str]] = {
    "words": {"Title", "Buttons"},
    "breathing": set(),
    "turns": set(),
    "list": {"Title"},
    "journey": {"Title"},
}
PRIMITIVES = {"Container", "Frame", "ScrollView", "Sequence", "Text", "TouchWrapper"}
COMMANDS = {"AnimateItem", "SendEvent", "Sequential", "SetValue"}
"""All of them are in APL 1.4."""


def hostile(words: str) -> dict[str, dict[str, Any]]:
    """Every form, with ``words`` wherever words can be."""
    button = {"label": words, "words": words}
    return {
        "words": {"title": words, "text": words, "buttons": [button] * 9},
        "breathing": {"breathing": {"phases": [[words, 4], [words, 6]], "rounds": 5}},
        "turns": {"turn": {"who": words, "seconds": 120}},
        "list": {"title": words, "rows": [words] * 99},
        "journey": {
            "journey": {
                "title": words,
                "figures": [[words, words]] * 9,
                "points": [[words, number] for number in range(99)],
            }
        },
    }


def sent(name: str) -> dict[str, Any]:
    made = directive(SHOWS[name], name)
    assert made is not None
    return made


def data(show: dict[str, Any]) -> Any:
    made = directive(show, "")
    assert made is not None
    return made["datasources"]["lantern"]


def walk(value: Any) -> Iterator[Any]:
    """Every value in a JSON value, itself first."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from walk(one)


def strings(value: Any) -> list[str]:
    return [one for one in walk(value) if isinstance(one, str)]


def maps(value: Any) -> list[dict[str, Any]]:
    return [one for one in walk(value) if isinstance(one, dict)]


# Documents ------------------------------------------------------------------------------


def test_every_document_has_a_form() -> None:
    files = {one.name for one in FOLDER.iterdir()}
    assert files == {"layout.json", *(f"{name}.json" for name in SHOWS)}


@pytest.mark.parametrize("name", SHOWS)
def test_a_document_is_one_for_old_devices(name: str) -> None:
    """Rule 6.3."""
    document = sent(name)["document"]
    assert document == LAYOUT | json.loads((FOLDER / f"{name}.json").read_text())
    assert document["type"] == "APL"
    assert tuple(map(int, document["version"].split("."))) <= (1, 9)
    assert document["mainTemplate"]["parameters"] == ["payload"]
    assert "import" not in document


@pytest.mark.parametrize("name", SHOWS)
def test_everything_that_a_document_names_is_there(name: str) -> None:
    document = sent(name)["document"]
    lantern = sent(name)["datasources"]["lantern"]
    inside = {key for one in walk(lantern) if isinstance(one, dict) for key in one}
    layouts = {name: LAYOUT["layouts"][name] for name in USED_LAYOUTS[name]}
    for text in strings([document["mainTemplate"], document.get("commands", {}), layouts]):
        assert set(re.findall(r"payload\.lantern\.(\w+)", text)) <= lantern.keys()
        assert set(re.findall(r"(?:data|phase|\])\.(\w+)", text)) <= inside
    types = {one["type"] for one in maps(document["mainTemplate"]) if "type" in one}
    assert types & LAYOUT["layouts"].keys() == USED_LAYOUTS[name]
    types |= {one["type"] for one in maps(document.get("commands", {})) if "type" in one}
    types |= {one["type"] for one in maps(LAYOUT["layouts"]) if "type" in one}
    assert types <= PRIMITIVES | COMMANDS | {*LAYOUT["layouts"], *document.get("commands", {})}
    assert {one["style"] for one in maps(document) if "style" in one} <= LAYOUT["styles"].keys()
    ids = {one["id"] for one in maps(document) if "id" in one}
    assert {one["componentId"] for one in maps(document) if "componentId" in one} <= ids


@pytest.mark.parametrize("name", SHOWS)
def test_every_expression_reads_what_is_sent(name: str) -> None:
    """The data, the viewport, the state of a component, and what a layout gives its parts."""
    own = {"payload", "viewport", "state", "data", "phase", "words", "buttons", "index", "length"}
    for text in strings(sent(name)["document"]):
        for expression in re.findall(r"\$\{(.*?)\}", text):
            bare = re.sub(r"'[^']*'", "", expression)
            assert set(re.findall(r"(?<![\w.@])[a-z]\w*", bare)) <= own
            assert set(re.findall(r"payload\.(\w+)", bare)) <= {"lantern"}


@pytest.mark.parametrize("name", SHOWS)
def test_every_colour_and_size_is_there(name: str) -> None:
    base = LAYOUT["resources"][0]
    known = {f"@{one}" for one in (*base["colors"], *base["dimensions"])}
    for text in strings(sent(name)["document"]):
        assert set(re.findall(r"@\w+", text)) <= known


def test_sizes_for_round_small_and_television() -> None:
    base, small, circle, television = LAYOUT["resources"]
    assert "when" not in base
    assert "viewport.height <= 600" in small["when"]
    assert circle["when"] == "${viewport.shape == 'round'}"
    assert television["when"] == "${viewport.mode == 'tv'}"
    for branch in (small, circle, television):
        assert branch["dimensions"].keys() == base["dimensions"].keys()


def test_the_circle_is_round_everywhere() -> None:
    for branch in LAYOUT["resources"]:
        circle, half = (int(branch["dimensions"][one][:-2]) for one in ("circle", "half"))
        assert circle == 2 * half


@pytest.mark.parametrize("name", SHOWS)
def test_what_is_in_an_array_is_shown_only_if_there_is_something(name: str) -> None:
    """An empty ``data`` would show the item once, without data."""
    for one in maps(sent(name)["document"]):
        if "data" in one:
            assert one["when"] == one["data"].replace("}", ".length > 0}")


@pytest.mark.parametrize("name", SHOWS)
def test_amazons_package_takes_the_directive(name: str) -> None:
    """Rules 6.2, 6.6."""
    made = sent(name)
    serializer = DefaultSerializer()
    model = serializer.deserialize(json.dumps(made), RenderDocumentDirective)
    assert serializer.serialize(model) == made
    assert serializer.serialize(Response(directives=[made]))["directives"] == [made]
    assert made["token"] == f"lantern:{name}"


def test_a_document_is_ones_own() -> None:
    sent("words")["document"].clear()
    assert sent("words")["document"]


# Forms ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "show",
    [{}, {"title": "t"}, {"calendar": {}}, {"data": {}}, {"permission": "reminders"}, {"turn": {}}]
    + [{"breathing": {"phases": [["In", 4]] * number, "rounds": 5}} for number in (0, 1, 5)],
)
def test_what_has_no_picture(show: dict[str, Any]) -> None:
    assert directive(show, "t") is None


def test_words() -> None:
    assert data(SHOWS["words"]) == {
        "title": "Tonight",
        "text": "What made you laugh?",
        "long": False,
        "buttons": [{"label": "Another", "words": "another question"}],
    }
    assert data({"text": "Good night."})["title"] == ""
    assert data({"text": "a" * 141})["long"] is True


def test_every_breathing_pattern_has_a_picture() -> None:
    for breath in content().breaths.values():
        shown_phases = data({"breathing": {"phases": breath.phases, "rounds": 2}})["phases"]
        assert [one["milliseconds"] for one in shown_phases] == [
            seconds * 1000 for _, seconds in breath.phases
        ]


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (2, [(0.5, 1), (1, 0.5)]),
        (3, [(0.5, 1), (1, 1), (1, 0.5)]),
        (4, [(0.5, 1), (1, 1), (1, 0.5), (0.5, 0.5)]),
    ],
)
def test_the_circle_grows_and_shrinks(count: int, sizes: list[tuple[float, float]]) -> None:
    made = data({"breathing": {"phases": [["Word", 4]] * count, "rounds": 5, "wait": 7.5}})
    assert [(one["from"], one["to"]) for one in made["phases"]] == sizes
    assert made["repeats"] == 4
    assert made["wait"] == 7_500


def test_a_turn() -> None:
    assert data(SHOWS["turns"]) == {"who": "Sam", "milliseconds": 120_000}


def test_a_list() -> None:
    rows = ["Thursday at eight", "Sunday at ten"]
    assert data(SHOWS["list"]) == {"title": "Reminders", "rows": rows}
    assert data({"rows": []}) == {"title": "", "rows": []}


def test_a_journey() -> None:
    assert data(SHOWS["journey"]) == {
        "title": "Your year",
        "figures": [{"figure": "12", "label": "evenings"}],
        "points": [100, 67],
        "first": "2026-10",
        "last": "2026-11",
    }


@pytest.mark.parametrize(
    ("values", "bars"), [([], []), ([0, 0], [0, 0]), ([-3], [0]), ([-1, 4], [0, 100])]
)
def test_bars(values: list[float], bars: list[int]) -> None:
    points = [["2026-10", value] for value in values]
    assert data({"journey": {"figures": [], "points": points}})["points"] == bars


# Touches --------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["another question", "yes", "Ja, schön", "\u05db\u05df"])
def test_a_touch_comes_back_as_words(words: str) -> None:
    """Rule 3.21: as the documents say it."""
    made = directive({"text": "", "buttons": [{"label": "A", "words": words}]}, "t")
    assert made is not None
    button = made["datasources"]["lantern"]["buttons"][0]
    event = made["document"]["layouts"]["Buttons"]["item"]["items"][0]["onPress"][0]
    assert event == {"type": "SendEvent", "arguments": ["say", "${data.words}"]}
    arguments = [one.replace("${data.words}", button["words"]) for one in event["arguments"]]
    assert touched(made["token"], arguments) == words


@pytest.mark.parametrize(
    "change",
    [
        {"token": "another"},
        {"token": None},
        {"arguments": None},
        {"arguments": "say"},
        {"arguments": []},
        {"arguments": ["say"]},
        {"arguments": ["sing", "yes"]},
        {"arguments": ["say", 5]},
        {"arguments": [["say"], "yes"]},
        {"arguments": ["say", "yes", "more"]},
    ],
)
def test_what_is_no_touch_of_ours(change: dict[str, Any]) -> None:
    request: dict[str, Any] = {"token": "lantern:t", "arguments": ["say", "yes"]}
    assert touched(**request) == "yes"
    assert touched(**request | change) == ""


# Hostile words --------------------------------------------------------------------------

HOSTILE = [
    "${payload.lantern}",
    "$${1}{1 + 1}",
    "@amber",
    "<b>bold</b> & <br/> &lt; &amp;lt;",
    "&#99999999999999999999;",
    '"}],"type":"SendEvent',
    "\N{CANDLE}\ufe0f" * 20,
    "\u202e\u05e9\u05dc\u05d5\u05dd ${1}",
    "a\x00b\ud800\ufffec\n\td",
    "a" * 10_000,
    "$" * 10_000,
    "&" * 10_000,
    "\N{FIRE}" * 10_000,
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("name", SHOWS)
def test_no_words_become_an_expression_or_a_resource(name: str, words: str) -> None:
    """Devices evaluate the items of data arrays, so nothing in the data may be to evaluate."""
    made = directive(hostile(words)[name], "t")
    assert made is not None
    assert made["document"] == sent(name)["document"]
    assert len(json.dumps(made)) <= BUDGET
    for text in strings(made["datasources"]):
        assert not re.search(r"[$@\x00-\x1f\ud800-\udfff]", text)


@pytest.mark.parametrize("words", HOSTILE[:8])
def test_hostile_words_are_shown_as_they_are(words: str) -> None:
    assert unescape(shown(words, 1_000)) == words


@given(st.text(max_size=200))
def test_any_words(words: str) -> None:
    text = shown(words, 100)
    assert not re.search(r"[$@<>]|&(?!amp;|lt;|gt;|#36;|#64;)", text)
    assert len(unescape(text)) <= 100
    assert not re.search(r"[$@]", said(words, 100))
    json.dumps([text, said(words, 100)], ensure_ascii=False).encode()


def test_long_words_are_cut_before_they_are_escaped() -> None:
    assert shown("&&&&", 3) == "&amp;&amp;…"
    assert shown("  a \n b ", 3) == "a b"
