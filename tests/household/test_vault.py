"""The vault: what it seals, how it names households, where its secret comes from."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.household.vault import Unreadable, Vault, secrets_from

VAULT = Vault(b"a secret of the tests")
OTHER = Vault(b"a secret of somebody else")


@given(st.binary(max_size=300), st.text(max_size=30))
def test_what_is_sealed_opens_again(data: bytes, name: str) -> None:
    assert VAULT.open(VAULT.seal(data, name), name) == data


def test_the_same_secret_opens_it_in_another_process() -> None:
    assert Vault(b"a secret of the tests").open(VAULT.seal(b"Ana", "home"), "home") == b"Ana"


def test_what_is_sealed_shows_nothing_and_never_looks_the_same() -> None:
    first, second = VAULT.seal(b"Ana and Ben", "home"), VAULT.seal(b"Ana and Ben", "home")
    assert b"Ana" not in first
    assert first != second


@given(st.data())
def test_any_altered_byte_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(VAULT.seal(b"Ana and Ben", "home"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Unreadable):
        VAULT.open(bytes(sealed), "home")


@pytest.mark.parametrize("length", range(30))
def test_a_cut_off_value_is_noticed(length: int) -> None:
    with pytest.raises(Unreadable):
        VAULT.open(VAULT.seal(b"Ana and Ben", "home")[:length], "home")


def test_another_name_does_not_open_it() -> None:
    with pytest.raises(Unreadable):
        VAULT.open(VAULT.seal(b"Ana", "home of one"), "home of another")


def test_another_secret_does_not_open_it_and_says_so_in_one_sentence() -> None:
    with pytest.raises(Unreadable) as caught:
        OTHER.open(VAULT.seal(b"Ana", "home"), "home")
    assert "another secret" in str(caught.value)
    assert str(caught.value).count(".") == 1


@pytest.mark.parametrize("secret", [b"", b"x", b"fifteen letters"])
def test_a_short_secret_is_refused(secret: bytes) -> None:
    with pytest.raises(ValueError, match=r"needs at least 16\.$"):
        Vault(secret)


def test_sixteen_bytes_are_enough() -> None:
    Vault(bytes(16))


def test_a_household_has_one_short_name_that_tells_nothing() -> None:
    name = VAULT.household("alexa", "amzn1.ask.account.ABC")
    assert name == VAULT.household("alexa", "amzn1.ask.account.ABC")
    assert len(name) == 24
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    ("platform", "user"), [("web", "ABC"), ("alexa", "ABD"), ("alexaA", "BC"), ("", "alexaABC")]
)
def test_other_households_have_other_names(platform: str, user: str) -> None:
    assert VAULT.household("alexa", "ABC") != VAULT.household(platform, user)


def test_names_depend_on_the_secret() -> None:
    assert VAULT.household("web", "ABC") != OTHER.household("web", "ABC")


def test_a_turn_is_not_named_as_a_household() -> None:
    assert VAULT.turn("web", "ABC") != VAULT.household("web", "ABC")


def test_half_a_surrogate_pair_is_a_name_like_any_other() -> None:
    assert VAULT.household("web", "\ud83d") != VAULT.household("web", "?")


def test_a_secret_that_is_given_is_used_and_no_file_is_made(tmp_path: Path) -> None:
    assert secrets_from(" sixteen letters!\n", tmp_path) == [b"sixteen letters!"]
    assert not list(tmp_path.iterdir())


def test_without_one_a_private_file_is_made_once(tmp_path: Path) -> None:
    data_dir = tmp_path / "new folder é"
    (secret,) = secrets_from("", data_dir)
    Vault(secret)
    assert secrets_from("", data_dir) == [secret]
    assert [path.name for path in data_dir.iterdir()] == ["secret.key"]
    assert stat.S_IMODE((data_dir / "secret.key").stat().st_mode) == 0o600


def test_a_new_secret_seals_and_the_old_one_still_opens() -> None:
    old, new = b"the old secret of us", b"the new secret of us"
    both = Vault(new, old)
    sealed = Vault(old).seal(b"kept", "home")
    assert both.open(sealed, "home") == b"kept"
    assert Vault(new).open(both.seal(b"kept", "home"), "home") == b"kept"
    with pytest.raises(Unreadable):
        Vault(old).open(both.seal(b"kept", "home"), "home")
    assert both.household("alexa", "user") == Vault(old).household("alexa", "user")


def test_secrets_are_listed_newest_first(tmp_path: Path) -> None:
    assert secrets_from("the new secret!, the old secret!", tmp_path) == [
        b"the new secret!",
        b"the old secret!",
    ]


def test_the_file_can_be_moved_to_the_setting(tmp_path: Path) -> None:
    secret = secrets_from("", tmp_path)
    assert secrets_from((tmp_path / "secret.key").read_text(), tmp_path / "elsewhere") == secret


def test_each_folder_has_its_own_secret(tmp_path: Path) -> None:
    assert secrets_from("", tmp_path / "a") != secrets_from("", tmp_path / "b")


def test_processes_that_start_at_once_get_the_same_secret(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from skill.household.vault import secrets_from
print("ready", flush=True)
sys.stdin.readline()
print(secrets_from("", Path(sys.argv[1]))[0].decode())
"""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    assert len({process.communicate()[0] for process in processes}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
