"""The library: what a record becomes, what is compiled of it, what a broken file says."""

import json
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest
from made_deck import FILE, GOOD, changed, made, record

from content import ContentError
from content.compiled import NAME, deck, write
from content.library import STAGES, Library, bits, build, read

REAL = resources.files("content") / "en"


# What a record becomes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theme", "depth", "others", "late"),
    [
        ("A1", 1, True, True),
        ("A1", 2, False, True),
        ("A1", 3, False, False),
        ("B1", 1, False, False),
        ("F4", 2, False, False),
    ],
)
def test_who_may_hear_it_and_when_follows_from_depth_and_theme(
    theme: str, depth: int, others: bool, late: bool
) -> None:
    one = build("question", theme, record("question") | {"depth": depth})
    assert (one.theme, one.depth) == (theme, depth)
    assert (one.company_ok, one.kids_ok, one.evening_ok) == (others, others, late)


def test_what_is_written_counts_more_than_what_is_usual() -> None:
    told = {"kids_ok": False, "evening_ok": True, "stages": ["new"], "minutes": 15}
    one = build("question", "B1", record("question") | told)
    assert (one.kids_ok, one.evening_ok, one.stages, one.minutes) == (False, True, ("new",), 15)


def test_what_nobody_wrote_is_usual() -> None:
    one = build("question", "A8", record("question"))
    assert (one.stages, one.sensitive, one.season) == (STAGES, (), "")
    assert one.solo_ok
    assert not build("exercise", "A8", record("exercise")).solo_ok


@pytest.mark.parametrize("wrong", [{"depht": 1}, {"theme_of": "A1"}])
def test_an_unknown_field_is_no_field(wrong: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        build("question", "A8", record("question") | wrong)


def test_kinds_of_items_are_bits_by_their_numbers() -> None:
    first, second = (build("question", "A8", record("question", number)) for number in (0, 1))
    found = bits([first, second])
    assert found["depth 1"] == 1 << 1
    assert found["depth 3"] == found["sensitive"] == 1 << 2
    assert found["everybody"] == found["solo_ok"] == 1 << 1 | 1 << 2
    assert found["kids_ok"] == found["evening_ok"] == 1 << 1
    assert "long" not in found


# What is there ----------------------------------------------------------------------------


def test_items_are_found_by_id_and_by_theme(tmp_path: Path) -> None:
    library = made(tmp_path)
    assert list(library.themes) == ["A8"]
    assert library.themes["A8"].also == ("flying kites", "things in the wind")
    assert list(library.items) == list(library.of_theme("A8"))
    assert library.item("A8P-002").spoken["notice"] == "Listen to the window for a moment."
    assert list(library.item("A8X-001").spoken) == ["start", "step 1", "step 2", "step 3", "close"]
    assert library.every == {"A8": 0b110, "A8P": 0b110, "A8G": 0b10, "A8X": 0b10}


@pytest.mark.parametrize("id", ["A8-003", "A8-000", "Z9-001", "A8Q-001", "A8", "", "A8-", "-1"])
def test_an_item_that_is_not_there(tmp_path: Path, id: str) -> None:
    library = made(tmp_path)
    assert id not in library
    with pytest.raises(KeyError):
        library.item(id)


# What is compiled -------------------------------------------------------------------------


def test_what_is_compiled_is_what_is_written(tmp_path: Path) -> None:
    """Of the real library: each field of each record, and all that is known of it in bits."""
    (tmp_path / "deck").mkdir()
    for file in deck(REAL):
        (tmp_path / "deck" / file.name).write_bytes(file.read_bytes())
    read_now = Library(tmp_path)
    assert read_now.items
    assert read_now.bits
    write(tmp_path)
    compiled = Library(tmp_path)
    assert compiled.themes == read_now.themes
    assert compiled.items == read_now.items
    assert compiled.bits == read_now.bits
    for file in deck(tmp_path):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        theme = compiled.themes[table["code"]]
        assert (theme.name, list(theme.also)) == (table["name"], table["also"])
        for kind in ("question", "prompt", "gesture", "exercise"):
            for one in table.get(kind, ()):
                item = compiled.item(one["id"])
                for name, value in one.items():
                    told = getattr(item, name)
                    assert (list(told) if isinstance(told, tuple) else told) == value


def test_every_item_is_in_the_bits_and_nothing_else_is(tmp_path: Path) -> None:
    library = made(tmp_path)
    assert all(id in library for id in library.items)
    assert sum(bits.bit_count() for bits in library.every.values()) == len(library.items)


def spoilt(folder: Path) -> Path:
    """Compile a deck, and put another word into what was compiled: it shows who reads it."""
    made(folder)
    file = write(folder)
    file.write_text(file.read_text(encoding="utf-8").replace("Which color", "Which shape"))
    return file


def asked(folder: Path) -> str:
    return Library(folder).item("A8-001").spoken["ask"]


def test_what_was_compiled_is_read_and_not_the_files(tmp_path: Path) -> None:
    spoilt(tmp_path)
    assert asked(tmp_path) == "Which shape would your kite have?"


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / FILE).write_text(changed("on its tail", "onto its tail")),
        lambda folder: (folder / FILE).write_text(f"{GOOD}\n"),
        lambda folder: (folder / FILE).rename(folder / "a8-wind.toml"),
        lambda folder: (folder / "a9-rain.toml").write_text(
            'code = "A9"\nname = "rain"\nalso = ["drizzle"]\n'
        ),
    ],
    ids=["a word", "an empty line", "a name", "a file more"],
)
def test_after_a_change_it_counts_for_nothing(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    spoilt(tmp_path)
    change(tmp_path / "deck")
    assert asked(tmp_path) == "Which color would your kite have?"


def test_a_file_that_is_gone_is_gone(tmp_path: Path) -> None:
    made(tmp_path)
    other = tmp_path / "deck" / "a9-rain.toml"
    other.write_text('code = "A9"\nname = "rain"\nalso = ["drizzle"]\n')
    write(tmp_path)
    assert set(Library(tmp_path).themes) == {"A8", "A9"}
    other.unlink()
    assert set(Library(tmp_path).themes) == {"A8"}


@pytest.mark.parametrize("told", [b"", b"{", b"[]", b"null", b"7", b"{}", b"\xff\xfe", b'"words"'])
def test_a_compiled_file_that_is_broken_is_left_alone(tmp_path: Path, told: bytes) -> None:
    made(tmp_path)
    (tmp_path / NAME).write_bytes(told)
    assert asked(tmp_path) == "Which color would your kite have?"


def test_a_compiled_file_that_was_cut_off_is_left_alone(tmp_path: Path) -> None:
    file = spoilt(tmp_path)
    file.write_bytes(file.read_bytes()[:-1])
    assert asked(tmp_path) == "Which color would your kite have?"


def test_one_of_another_form_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt(tmp_path)
    monkeypatch.setattr("content.compiled.FORM", 0)
    assert asked(tmp_path) == "Which color would your kite have?"


def test_compiling_again_writes_the_same(tmp_path: Path) -> None:
    made(tmp_path)
    first = write(tmp_path).read_bytes()
    assert write(tmp_path).read_bytes() == first
    assert json.loads(first)["bits"]["A8"]["depth 1"] == 2


# What a broken file says ------------------------------------------------------------------


def complaint(folder: Path, text: str) -> str:
    made(folder, text)
    with pytest.raises(ContentError) as found:
        read(folder / "deck" / FILE)
    told = str(found.value)
    assert told.startswith(FILE)
    assert told.count("\n") == 0
    return told


def line(words: str) -> int:
    """Return the line of the good deck on which `words` stand."""
    assert GOOD.count(words) == 1
    return GOOD[: GOOD.index(words)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new"),
    [("depth = 3", "depth = = 3"), ('a windy hill?"', "a windy hill?")],
    ids=["two signs", "a quote too few"],
)
def test_what_is_no_toml_is_said_with_its_line(tmp_path: Path, old: str, new: str) -> None:
    told = complaint(tmp_path, changed(old, new))
    assert f"(at line {line(old)}, " in told
    assert "look for a quote or a comma there" in told


RECORDS = {
    "an unknown field": (
        "A8-002",
        "depth = 3",
        "depht = 3",
        "depht is no field of a question; use",
    ),
    "no such depth": ("A8-002", "depth = 3", "depth = 4", "write a whole number from 1 to 3"),
    "half a depth": ("A8-002", "depth = 3", "depth = 2.5", "write a whole number from 1 to 3"),
    "a depth in quotes": ("A8-002", "depth = 3", 'depth = "3"', "write a whole number from 1 to 3"),
    "a depth of true": ("A8-002", "depth = 3", "depth = true", "write a whole number from 1 to 3"),
    "a flag in quotes": ("A8G-001", "= false", '= "no"', "write true or false"),
    "too many minutes": ("A8X-001", "minutes = 5", "minutes = 45", "whole number from 3 to 20"),
    "no list": ("A8-002", '["loss"]', '"loss"', "write a list of words in quotes"),
    "no such tag": ("A8-002", '["loss"]', '["grief"]', "use loss, body, money"),
    "no such season": ("A8P-001", '"autumn"', '"fall"', "use spring, summer, autumn, winter"),
    "no such stage": ("A8P-002", '"parents"]', '"old"]', "use new, established"),
    "no words": ("A8X-001", '"the paper kite"', "7", "write words in quotes"),
    "empty words": ("A8X-001", '"the paper kite"', '""', "write words in quotes"),
    "an empty step": ("A8X-001", '"Draw a face on it."', '""', "write a list of words in quotes"),
    "no depth": ("A8-002", "depth = 3\n", "", "depth is missing; write it: 1 light"),
    "no follow-up": (
        "A8P-001",
        'deeper = "What was in the air that day?"\n',
        "",
        "deeper is missing; write it: What follows",
    ),
    "finish and notice": (
        "A8P-002",
        "notice =",
        'finish = "When I listen"\nnotice =',
        "either finish or notice; write one of them",
    ),
    "neither of them": (
        "A8P-001",
        'finish = "The wind reminds me of"\n',
        "",
        "either finish or notice; write one of them",
    ),
}


@pytest.mark.parametrize(("id", "old", "new", "remedy"), RECORDS.values(), ids=RECORDS)
def test_what_is_wrong_in_a_record_is_said_with_its_place_and_a_remedy(
    tmp_path: Path, id: str, old: str, new: str, remedy: str
) -> None:
    told = complaint(tmp_path, changed(old, new))
    place = line(f'id = "{id}"')
    assert told.startswith(f"{FILE}, line {place}, {id}: ")
    assert remedy in told


def test_a_record_without_an_id_is_counted(tmp_path: Path) -> None:
    told = complaint(tmp_path, changed('id = "A8P-002"\n', ""))
    assert "[[prompt]] number 2: id is missing; write it" in told


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[[gesture]]", "[[poem]]", "poem"),
        ('code = "A8"\n', "", "code"),
        ('name = "kites"\n', "", "name"),
        ('also = ["flying kites", "things in the wind"]\n', "", "also"),
        ('name = "kites"\n', 'name = "kites"\ncolor = "red"\n', "color"),
    ],
    ids=["an unknown table", "no code", "no name", "no other names", "an unknown line"],
)
def test_what_is_wrong_above_the_records_is_named(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    told = complaint(tmp_path, changed(old, new))
    assert told.startswith(f"{FILE}, line 1: ")
    assert "has code, name and also, then records [[question]], [[prompt]]" in told
    assert told.endswith(f"mend {named}.")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[[gesture]]", "[gesture]", "gesture"),
        ('also = ["flying kites", "things in the wind"]', 'also = "flying kites"', "also"),
        ('name = "kites"', "name = 5", "name"),
        ('code = "A8"', "code = 8", "code"),
    ],
)
def test_what_is_of_another_kind_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert complaint(tmp_path, changed(old, new)).endswith(f"mend {named}.")


@pytest.mark.parametrize("id", ["A8-2", "A8-00x", "A8_002", "A7-002", "A8P-009", "002"])
def test_an_id_of_another_form_is_said(tmp_path: Path, id: str) -> None:
    told = complaint(tmp_path, changed('id = "A8-002"', f'id = "{id}"'))
    assert f"{id}: id is not A8- and three digits; renumber it." in told


def test_an_id_that_stands_twice_is_said(tmp_path: Path) -> None:
    told = complaint(tmp_path, changed('id = "A8-002"', 'id = "A8-001"'))
    assert "A8-001: its id stands twice" in told


def test_letters_of_another_encoding_are_said(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "deck" / FILE).write_bytes(GOOD.encode().replace(b"kites", b"kit\xe9s"))
    with pytest.raises(ContentError, match=rf"{FILE}: not readable as TOML"):
        read(tmp_path / "deck" / FILE)


def test_the_service_says_it_as_well(tmp_path: Path) -> None:
    """Not only the checker: whoever asks for an item of a broken deck hears the same."""
    library = made(tmp_path, changed("depth = 3", "depth = 4"))
    with pytest.raises(ContentError, match=rf"{FILE}, line \d+, A8-002: depth is 4"):
        library.item("A8-001")
