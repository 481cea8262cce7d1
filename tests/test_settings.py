"""Settings: where each value comes from, and what is said when one is wrong."""

from pathlib import Path

import pytest

from skill.settings import SETTINGS, Setting, Settings, SettingsError


def test_what_is_not_set_has_its_default() -> None:
    settings = Settings.load({})
    assert set(settings.values) == {one.name for one in SETTINGS}
    assert set(settings.sources.values()) == {"default"}
    assert settings.redis_url == ""
    assert settings.skill_ids == frozenset()
    assert settings.data_dir.name == "evening-lantern"
    assert settings.rate_limit == "60 per minute"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.name)
def test_each_comes_from_the_environment_or_a_file(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skill.tracing.installed", lambda: True)
    name = setting.name
    value = {"LANTERN_TIME_ZONE": "Asia/Tokyo", "LANTERN_COUNTRY": "GB"}.get(name, "7")
    value = "json" if name == "LANTERN_LOG" else value
    value = "https://a.example" if name == "LANTERN_PUBLIC_URL" else value
    value = "http://127.0.0.1:4318" if name == "LANTERN_TRACES" else value
    value = "7 per hour" if name == "LANTERN_RATE_LIMIT" else value
    settings = Settings.load({name: value})
    assert (settings.values[name], settings.sources[name]) == (value, "environment")
    file = tmp_path / "value"
    file.write_text(f"{value}\n", encoding="utf-8")
    settings = Settings.load({f"{name}_FILE": str(file)})
    assert (settings.values[name], settings.sources[name]) == (value, "file")
    settings = Settings.load({name: value, f"{name}_FILE": "/nowhere"})
    assert settings.sources[name] == "environment"


def test_skill_ids_are_listed() -> None:
    settings = Settings.load({"LANTERN_ALEXA_SKILL_ID": " one, two ,,"})
    assert settings.skill_ids == {"one", "two"}


def test_a_public_address_has_no_last_slash() -> None:
    settings = Settings.load({"LANTERN_PUBLIC_URL": "https://a.example/lantern/"})
    assert settings.public_url == "https://a.example/lantern"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LANTERN_TIME_ZONE", "Mars/Olympus"),
        ("LANTERN_TIME_ZONE", "../../etc/passwd"),
        ("LANTERN_COUNTRY", "ATLANTIS"),
        ("LANTERN_RATE_LIMIT", "a lot"),
        ("LANTERN_PROXIES", "-1"),
        ("LANTERN_LOG", "loud"),
        ("LANTERN_PROXIES", "many"),
        ("LANTERN_PUBLIC_URL", "http://lantern.example.com"),
        ("LANTERN_PUBLIC_URL", "lantern.example.com"),
        ("LANTERN_RATE_LIMIT", "0 per minute"),
        ("LANTERN_RATE_LIMIT", "60/minute;2/second"),
        ("LANTERN_PROXIES", "9" * 5_000),
        ("LANTERN_DATA_DIR", "~nobody-of-this-name/lantern"),
        ("LANTERN_PUBLIC_URL", "https://"),
        ("LANTERN_PUBLIC_URL", "https://localhost"),
        ("LANTERN_PUBLIC_URL", "https://192.168.1.4"),
        ("LANTERN_PUBLIC_URL", "https://lantern..org"),
        ("LANTERN_PUBLIC_URL", "https://[lantern"),
        ("LANTERN_PUBLIC_URL", "https://lantern.example.com/?a=1"),
        ("LANTERN_PUBLIC_URL", "https://me:secret@lantern.example.com"),
        ("LANTERN_SECRET_FILE", "/nowhere/at/all"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as told:
        Settings.load({name: value})
    assert "\n" not in str(told.value)
    assert str(told.value).endswith(".")


def test_no_value_is_shown() -> None:
    settings = Settings.load({"LANTERN_SECRET": "hunter2hunter2hunter2"})
    assert "hunter2" not in repr(settings)
