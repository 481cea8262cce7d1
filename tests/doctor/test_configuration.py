"""What is said of the settings: wrong, misspelled, missing, weak, and none of them shown."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from content import helplines
from skill.doctor import configuration
from skill.doctor.findings import Finding, State
from skill.household.vault import KEY_FILE, secrets_from
from skill.settings import SETTINGS, Settings

TODAY = max(line.verified for lines in helplines().values() for line in lines.values())
SKILL = "amzn1.ask.skill.01234567-89ab-cdef-0123-456789abcdef"
GOOD = "3k7Zq0wYx1bVt9RmLp5sNd8f"


def looked_at(folder: Path, today: date = TODAY, **environ: str) -> list[Finding]:
    given = {"LANTERN_DATA_DIR": str(folder)} | environ
    settings, faults = Settings.read(given)
    return list(configuration.examined(settings, faults, given, today))


def told(found: list[Finding], check: str) -> list[Finding]:
    return [one for one in found if one.check == check]


def test_nothing_set_is_nothing_wrong(tmp_path: Path) -> None:
    states = {one.check: one.state for one in looked_at(tmp_path)}
    assert states.pop("alexa.skill") is State.WARNING
    assert set(states.values()) == {State.OK}


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("LANTERN_REDIS_ULR", "LANTERN_REDIS_URL"),
        ("LANTERN_ALEXA_SKILLID", "LANTERN_ALEXA_SKILL_ID"),
        ("LANTERN_TIMEZONE", "LANTERN_TIME_ZONE"),
        ("LANTERN_SECRET_FIEL", "LANTERN_SECRET_FILE"),
        ("LANTERN_COLOR", ""),
    ],
)
def test_a_misspelled_setting_is_named_and_its_value_is_not(
    tmp_path: Path, name: str, near: str
) -> None:
    (found,) = told(looked_at(tmp_path, **{name: "swordfish"}), "settings")
    assert found.state is State.WARNING
    assert name in found.what
    assert f"Did you mean {near}?" == found.remedy if near else "unset" in found.remedy
    assert "swordfish" not in found.line()


@pytest.mark.parametrize("name", [one.name for one in SETTINGS])
def test_no_setting_is_taken_for_a_misspelled_one(name: str) -> None:
    assert list(configuration.unknown({name: "", f"{name}_FILE": "", "PATH": ""})) == []


def test_a_setting_that_is_made_twice(tmp_path: Path) -> None:
    file = tmp_path / "zone"
    file.write_text("Asia/Tokyo")
    zone = {"LANTERN_TIME_ZONE": "Asia/Tokyo", "LANTERN_TIME_ZONE_FILE": str(file)}
    (found,) = told(looked_at(tmp_path, **zone), "settings")
    assert found.state is State.WARNING
    assert "LANTERN_TIME_ZONE_FILE" in found.what


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    wrong = {
        "LANTERN_PROXIES": "many",
        "LANTERN_COUNTRY": "Atlantis",
        "LANTERN_RATE_LIMIT": "often",
        "LANTERN_PUBLIC_URL": "http://lantern.family.org",
        "LANTERN_TIME_ZONE": "Mars/Olympus",
        "LANTERN_METRICS_TOKEN_FILE": "/nowhere",
    }
    found = told(looked_at(tmp_path, **wrong), "settings")
    assert {one.state for one in found} == {State.BROKEN}
    named = {one.what.partition(":")[0] for one in found}
    assert named == set(wrong)


# The secret -------------------------------------------------------------------------------

SECRETS: Mapping[str, tuple[State, str]] = {
    GOOD: (State.OK, "from the environment"),
    f"{GOOD},{GOOD[::-1]}": (State.OK, "from the environment"),
    "a secret of sixteen letters": (State.OK, "from the environment"),
    "short": (State.BROKEN, "less than 16"),
    f"{GOOD},short": (State.BROKEN, "less than 16"),
    ",": (State.BROKEN, "less than 16"),
    "x" * 40: (State.WARNING, "easy to guess"),
    "changemechangeme": (State.WARNING, "easy to guess"),
    f"{GOOD},1234512345123451": (State.WARNING, "easy to guess"),
}


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_that_is_given(tmp_path: Path, secret: str) -> None:
    state, words = SECRETS[secret]
    (found,) = told(looked_at(tmp_path, LANTERN_SECRET=secret), "secret")
    assert found.state is state
    assert words in found.what
    for one in secret.split(","):
        assert len(one) < 6 or one not in found.line()


def test_a_secret_in_a_file_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(GOOD)
    (found,) = told(looked_at(tmp_path, LANTERN_SECRET_FILE=str(file)), "secret")
    assert (found.state, "from the file" in found.what) == (State.OK, True)


def test_a_key_file_serves_one_machine(tmp_path: Path) -> None:
    secrets_from("", tmp_path)
    (found,) = told(looked_at(tmp_path), "secret")
    assert found.state is State.OK
    assert str(tmp_path / KEY_FILE) in found.what


def test_one_that_is_still_to_be_made(tmp_path: Path) -> None:
    (found,) = told(looked_at(tmp_path), "secret")
    assert found.state is State.OK
    assert "is made at the first start" in found.what
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "\n", " , ", "short\n"])
def test_a_key_file_that_has_lost_its_key(tmp_path: Path, text: str) -> None:
    (tmp_path / KEY_FILE).write_text(text)
    (found,) = told(looked_at(tmp_path), "secret")
    assert found.state is State.BROKEN
    assert "Put your copy of it back" in found.remedy


def test_a_data_folder_whose_name_is_too_long(tmp_path: Path) -> None:
    (found,) = told(looked_at(tmp_path / ("x" * 300)), "secret")
    assert found.state is State.BROKEN
    assert "File name too long" in found.what


def test_but_not_several(tmp_path: Path) -> None:
    redis = "redis://192.0.2.1/0"
    (found,) = told(looked_at(tmp_path, LANTERN_REDIS_URL=redis), "secret")
    assert found.state is State.WARNING
    assert "another machine" in found.what
    assert "LANTERN_SECRET" in found.remedy


def test_a_key_file_that_others_can_read(tmp_path: Path) -> None:
    secrets_from("", tmp_path)
    (tmp_path / KEY_FILE).chmod(0o644)
    (found,) = told(looked_at(tmp_path), "secret")
    assert found.state is State.WARNING
    assert found.remedy == f"chmod 600 {tmp_path / KEY_FILE}"


# Alexa ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "states"),
    [
        ("", [State.WARNING]),
        (SKILL, [State.OK]),
        (f"{SKILL}, {SKILL[:-1]}0", [State.OK]),
        ("amzn1.ask.skill.tests", [State.BROKEN]),
        (f"{SKILL},amzn1.ask.account.ABC", [State.BROKEN]),
        (SKILL.upper(), [State.BROKEN]),
    ],
)
def test_the_ids_of_skills(tmp_path: Path, ids: str, states: list[State]) -> None:
    found = told(looked_at(tmp_path, LANTERN_ALEXA_SKILL_ID=ids), "alexa.skill")
    assert [one.state for one in found] == states


# What others can reach --------------------------------------------------------------------

PUBLIC = {"LANTERN_PUBLIC_URL": "https://lantern.family.org"}
WHOLE = {**PUBLIC, "LANTERN_CONTACT": "Sam, sam@family.org", "LANTERN_PROXIES": "1"}


@pytest.mark.parametrize("lacks", ["LANTERN_CONTACT", "LANTERN_PROXIES"])
def test_a_public_service_lacks_something(tmp_path: Path, lacks: str) -> None:
    given = {name: value for name, value in WHOLE.items() if name != lacks}
    found = [one for one in looked_at(tmp_path, **given) if lacks in one.remedy]
    assert [one.state for one in found] == [State.WARNING]


@pytest.mark.parametrize("given", [WHOLE, {}])
def test_a_public_service_lacks_nothing_and_another_needs_nothing(
    tmp_path: Path, given: Mapping[str, str]
) -> None:
    checks = {one.check for one in looked_at(tmp_path, **given)}
    assert not checks & {"contact", "proxies"}


# Helplines --------------------------------------------------------------------------------


@pytest.mark.parametrize(("country", "told_of"), [("", "US"), ("gb", "GB")])
def test_whose_helplines_are_read_out(tmp_path: Path, country: str, told_of: str) -> None:
    (found,) = told(looked_at(tmp_path, LANTERN_COUNTRY=country), "helplines")
    assert found.state is State.OK
    assert told_of in found.what


def test_numbers_that_nobody_has_verified_for_long(tmp_path: Path) -> None:
    found = told(looked_at(tmp_path, TODAY + timedelta(days=200)), "helplines")
    assert len(found) > 1
    assert {one.state for one in found} == {State.WARNING}
    assert all("overdue" in one.what for one in found)
