"""Settings: files that cannot be read, secrets that stay secret, and what doctor tells of each."""

import subprocess
from pathlib import Path

import pytest
from served import LANTERN, environ

from skill.settings import SETTINGS, Setting, Settings, SettingsError

SECRET = "swordfish-swordfish"
SECRETS = [one for one in SETTINGS if one.secret]
VALUES = {
    "LANTERN_ALEXA_SKILL_ID": "amzn1.ask.skill.one",
    "LANTERN_CONTACT": "Sam, sam@lantern.example",
    "LANTERN_COUNTRY": "GB",
    "LANTERN_PUBLIC_URL": "https://lantern.example.com",
    "LANTERN_RATE_LIMIT": "7 per hour",
    "LANTERN_PROXIES": "2",
    "LANTERN_LOG": "plain",
    "LANTERN_TIME_ZONE": "Asia/Tokyo",
}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.name)
@pytest.mark.parametrize("trouble", ["missing", "a folder", "not text"])
def test_a_file_that_cannot_be_read_is_named(
    setting: Setting, trouble: str, tmp_path: Path
) -> None:
    file = tmp_path / "value"
    if trouble == "a folder":
        file.mkdir()
    if trouble == "not text":
        file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SettingsError) as told:
        Settings.load({f"{setting.name}_FILE": str(file)})
    assert str(told.value).startswith(f"{setting.name}_FILE: ")
    assert str(told.value).count("\n") == 0


def test_a_wrong_value_in_a_file_is_named_too(tmp_path: Path) -> None:
    file = tmp_path / "zone"
    file.write_text("Mars/Olympus\n", encoding="utf-8")
    with pytest.raises(SettingsError) as told:
        Settings.load({"LANTERN_TIME_ZONE_FILE": str(file)})
    assert str(told.value) == (
        "LANTERN_TIME_ZONE: 'Mars/Olympus' is not a time zone; use a name such as Europe/Berlin."
    )


def test_an_empty_variable_is_an_unset_one(tmp_path: Path) -> None:
    file = tmp_path / "zone"
    file.write_text("Asia/Tokyo", encoding="utf-8")
    told = Settings.load({"LANTERN_TIME_ZONE": "", "LANTERN_TIME_ZONE_FILE": str(file)})
    assert (told.zone, told.sources["LANTERN_TIME_ZONE"]) == ("Asia/Tokyo", "file")


@pytest.mark.parametrize("setting", SECRETS, ids=lambda one: one.name)
def test_no_secret_is_shown(setting: Setting) -> None:
    settings = Settings.load({setting.name: SECRET})
    assert settings.values[setting.name] == SECRET
    for shown in (repr(settings), str(settings), f"{settings}"):
        assert SECRET not in shown
        assert setting.name in shown


def test_what_holds_a_secret_is_marked_so() -> None:
    """A name that sounds secret, or an address that may hold a password."""
    sounds_so = {
        one.name for one in SETTINGS if one.name.endswith(("SECRET", "TOKEN", "REDIS_URL"))
    }
    assert sounds_so == {one.name for one in SECRETS}


def test_doctor_tells_of_each_setting_where_it_came_from(redis_url: str, short_dir: Path) -> None:
    token = short_dir / "token"
    token.write_text(f"{SECRET}\n", encoding="utf-8")
    given = VALUES | {"LANTERN_REDIS_URL": redis_url, "LANTERN_SECRET": SECRET}
    told = subprocess.run(
        [LANTERN, "doctor"],
        env=environ(short_dir) | given | {"LANTERN_METRICS_TOKEN_FILE": str(token)},
        capture_output=True,
        text=True,
        check=False,  # the address is made up, and doctor says so
    )
    assert SECRET not in told.stdout + told.stderr
    assert redis_url not in told.stdout + told.stderr
    assert "Redis takes what is to be kept." in told.stdout
    told_of = [one for one in SETTINGS if one.name != "LANTERN_TRACES"]  # its extra is not here
    for one in told_of:
        source = "file" if one.name == "LANTERN_METRICS_TOKEN" else "environment"
        value = VALUES.get(one.name, str(short_dir))
        shown = "(secret)" if one.secret else value
        assert f"{one.name} = {shown}  [{source}]\n    {one.help}\n" in told.stdout
