"""The store of households, on a real Redis server."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis

from skill.household.address import connect
from skill.household.embedded import EmbeddedRedis
from skill.household.redis_store import (
    FAILURES,
    HOME_SECONDS,
    TURN_SECONDS,
    Closed,
    Loaded,
    RedisStore,
    StoreUnavailable,
)
from skill.household.vault import Unreadable, Vault

WHO = "household-of-Ana"
HOME_KEY = f"lantern:{{{WHO}}}:home"
HOME = {"names": ["Anastasia", "Bènjámin 💛"], "heard": [1, 2], "half": "\ud83d"}
TALK = {"stack": [{"flow": "check_in", "log": [["ask", "closeness", 8]]}]}
REPLY = {"say": ["good_evening"], "names": "Anastasia"}


def save(store: RedisStore, rev: int, **changed: Any) -> bool:
    values: dict[str, Any] = {
        "home": HOME,
        "talk": TALK,
        "talk_seconds": 1800,
        "turn_id": "turn-1",
        "reply": REPLY,
    }
    return store.save(WHO, rev=rev, **(values | changed))


def loaded(store: RedisStore, who: str = WHO) -> dict[str, Any]:
    home = store.load(who, "turn-1").home
    assert home is not None
    return home


def opened(value: Any) -> Any:
    return value() if isinstance(value, Closed) else value


def keys(client: redis.Redis) -> list[bytes]:
    return sorted(client.scan_iter())


class TestSaving:
    def test_a_household_never_seen_is_empty(self, store: RedisStore) -> None:
        assert store.load(WHO, "turn-1") == Loaded(0, None, None, None)

    def test_what_is_saved_is_loaded(self, store: RedisStore) -> None:
        assert save(store, 0)
        assert store.load(WHO, "turn-1") == Loaded(1, HOME, TALK, REPLY)

    def test_another_turn_has_no_reply_yet(self, store: RedisStore) -> None:
        save(store, 0)
        assert store.load(WHO, "turn-2") == Loaded(1, HOME, TALK, None)

    def test_other_households_see_nothing_of_it(self, store: RedisStore) -> None:
        save(store, 0)
        assert store.load("somebody else", "turn-1") == Loaded(0, None, None, None)

    def test_replies_of_several_turns_are_kept(self, store: RedisStore) -> None:
        for rev in range(5):
            assert save(store, rev, turn_id=f"turn-{rev}", reply={"n": rev})
        assert [store.load(WHO, f"turn-{n}").reply for n in range(5)] == [
            {"n": n} for n in range(5)
        ]

    def test_no_conversation_deletes_it_and_no_reply_stores_none(self, store: RedisStore) -> None:
        save(store, 0)
        assert save(store, 1, talk=None, talk_seconds=0, turn_id="turn-2", reply=None)
        assert store.load(WHO, "turn-2") == Loaded(2, HOME, None, None)
        assert store.load(WHO, "turn-1").reply == REPLY

    def test_empty_objects_are_something(self, store: RedisStore) -> None:
        save(store, 0, home={}, talk={}, reply={})
        assert store.load(WHO, "turn-1") == Loaded(1, {}, {}, {})

    def test_an_old_revision_stores_nothing(self, store: RedisStore) -> None:
        save(store, 0)
        before = store.load(WHO, "turn-1")
        for rev in (0, 2):
            assert not save(store, rev, home={"lost": 1}, talk=None, turn_id="x", reply={"no": 1})
        assert store.load(WHO, "turn-1") == before
        assert store.load(WHO, "x").reply is None

    @pytest.mark.parametrize("seconds", [0, -1])
    def test_a_conversation_needs_a_time_to_live(self, store: RedisStore, seconds: int) -> None:
        with pytest.raises(ValueError, match="cannot be kept"):
            save(store, 0, talk_seconds=seconds)
        assert store.load(WHO, "turn-1").rev == 0

    def test_what_is_not_json_is_refused(self, store: RedisStore) -> None:
        with pytest.raises(ValueError, match="JSON"):
            save(store, 0, home={"closeness": float("nan")})
        assert store.load(WHO, "turn-1").rev == 0

    def test_of_two_savers_at_once_one_wins(self, store: RedisStore) -> None:
        at_once = threading.Barrier(2)

        def try_to(rev: int, who: str) -> bool:
            at_once.wait()
            return save(store, rev, home={"by": who})

        with ThreadPoolExecutor(2) as pool:
            for rev in range(50):
                won = list(pool.map(try_to, [rev, rev], ["Ana", "Ben"]))
                assert sorted(won) == [False, True]
                winner = "Ana" if won[0] else "Ben"
                assert store.load(WHO, "t").home == {"by": winner}

    def test_eight_savers_that_try_again_lose_nothing(self, store: RedisStore) -> None:
        def add(n: int) -> None:
            while True:
                loaded = store.load(WHO, f"turn-{n}")
                told = opened((loaded.home or {"told": []})["told"])
                if save(store, loaded.rev, home={"told": [*told, n]}, turn_id=f"turn-{n}"):
                    return

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(add, range(40)))
        loaded = store.load(WHO, "turn-0")
        assert loaded.rev == 40
        assert loaded.home
        assert sorted(opened(loaded.home["told"])) == list(range(40))

    def test_a_save_sent_twice_is_one_save(
        self, store: RedisStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As redis-py does when the answer to the first got lost."""
        send = redis.Redis.execute_command

        def twice(self: redis.Redis, *args: Any, **options: Any) -> Any:
            send(self, *args, **options)
            return send(self, *args, **options)

        store.load(WHO, "turn-1")
        save(store, 0)
        monkeypatch.setattr(redis.Redis, "execute_command", twice)
        assert save(store, 1, home={"once": 1})
        assert store.load(WHO, "turn-1").rev == 2

    def test_scripts_are_sent_again_after_the_server_lost_them(
        self, store: RedisStore, client: redis.Redis
    ) -> None:
        save(store, 0)
        client.script_flush()
        assert save(store, 1)
        client.script_flush()
        assert store.load(WHO, "turn-1").rev == 2
        client.script_flush()
        store.forget(WHO)
        assert store.load(WHO, "turn-1").home is None

    def test_load_and_save_are_one_round_trip_each(
        self, store: RedisStore, client: redis.Redis
    ) -> None:
        save(store, store.load(WHO, "turn-1").rev)

        def calls() -> int:
            stats = client.info("commandstats")
            names = ("cmdstat_eval", "cmdstat_script")
            return sum(stat["calls"] for name, stat in stats.items() if name.startswith(names))

        before = calls()
        save(store, store.load(WHO, "turn-2").rev, turn_id="turn-2")
        assert calls() - before == 2


NOTES = [{"day": "2026-11-24", "words": f"the soup of Tuesday {one}"} for one in range(20)]
LONG = {**HOME, "notes": NOTES}


class TestParts:
    """What of a household is long is stored apart, and opened when it is needed."""

    @pytest.fixture
    def home(self, store: RedisStore) -> dict[str, Any]:
        """A household with a long part, as it is loaded."""
        assert save(store, 0, home=LONG)
        return loaded(store)

    def test_it_comes_closed_and_opens_to_what_was_saved(self, home: dict[str, Any]) -> None:
        part = home["notes"]
        assert isinstance(part, Closed)
        assert part() == NOTES
        assert home == {**HOME, "notes": part}

    def test_saved_as_it_is_it_stays_as_it_is(
        self, store: RedisStore, client: redis.Redis, home: dict[str, Any]
    ) -> None:
        before = client.hget(HOME_KEY, "part:notes")
        home["notes"]()  # looked at, and not changed
        assert save(store, 1, home={**home, "names": ["Ana"]})
        assert client.hget(HOME_KEY, "part:notes") == before
        assert loaded(store)["names"] == ["Ana"]
        assert loaded(store)["notes"]() == NOTES

    def test_a_changed_one_is_stored(self, store: RedisStore, home: dict[str, Any]) -> None:
        more = [*home["notes"](), {"day": "2026-11-25", "words": "the walk"}]
        assert save(store, 1, home={**home, "notes": more})
        assert loaded(store)["notes"]() == more

    @pytest.mark.parametrize("short", [{"notes": NOTES[:1]}, {"notes": []}, {}])
    def test_one_that_is_short_again_leaves_nothing_behind(
        self, store: RedisStore, client: redis.Redis, home: dict[str, Any], short: dict[str, Any]
    ) -> None:
        assert save(store, 1, home=HOME | short)
        assert loaded(store) == HOME | short
        assert not client.hexists(HOME_KEY, "part:notes")

    def test_of_two_savers_one_wins_with_all_its_parts(
        self, store: RedisStore, home: dict[str, Any]
    ) -> None:
        assert save(store, 1, home={**home, "notes": NOTES[1:]})
        assert not save(store, 1, home={**home, "notes": NOTES[:-1]})
        assert loaded(store)["notes"]() == NOTES[1:]

    def test_one_of_another_household_is_taken_over(
        self, store: RedisStore, home: dict[str, Any]
    ) -> None:
        values = {"talk": None, "talk_seconds": 0, "turn_id": "", "reply": None}
        assert store.save("somebody else", rev=0, home=home, **values)
        assert loaded(store, "somebody else")["notes"]() == NOTES

    def test_a_new_secret_seals_it_anew_with_the_rest(
        self, client: redis.Redis, home: dict[str, Any]
    ) -> None:
        newer, older = b"a newer secret of the tests", b"a secret of the tests"
        both = RedisStore(client, Vault(newer, older))
        assert save(both, 1, home=loaded(both))
        assert loaded(both)["notes"]() == NOTES
        assert loaded(RedisStore(client, Vault(newer)))["notes"]() == NOTES

    def test_an_altered_one_is_said_by_who_opens_it(
        self, store: RedisStore, client: redis.Redis, home: dict[str, Any]
    ) -> None:
        sealed = client.hget(HOME_KEY, "part:notes")
        assert isinstance(sealed, bytes)
        client.hset(HOME_KEY, "part:notes", sealed[:-1] + bytes([sealed[-1] ^ 1]))
        client.hset(HOME_KEY, "part:loved", sealed)  # as it was, under another name
        for name in ("notes", "loved"):
            with pytest.raises(Unreadable):
                loaded(store)[name]()

    def test_it_is_forgotten_with_the_rest(
        self, store: RedisStore, client: redis.Redis, home: dict[str, Any]
    ) -> None:
        store.forget(WHO)
        assert client.hkeys(HOME_KEY) == [b"rev"]

    def test_nothing_of_it_can_be_read_in_redis(
        self, client: redis.Redis, home: dict[str, Any]
    ) -> None:
        assert b"soup" not in b"".join(_raw(client))


class TestExpiry:
    def test_everything_has_a_time_to_live(self, store: RedisStore, client: redis.Redis) -> None:
        save(store, 0, talk_seconds=1800)
        lives = {key.decode().rpartition(":")[2]: client.ttl(key) for key in keys(client)}
        assert set(lives) == {"home", "talk", "turns", "times"}
        limits = {
            "home": HOME_SECONDS,
            "talk": 1800,
            "turns": TURN_SECONDS,
            "times": TURN_SECONDS,
        }
        for part, limit in limits.items():
            assert limit - 100 < lives[part] <= limit

    def test_a_save_renews_the_household(self, store: RedisStore, client: redis.Redis) -> None:
        save(store, 0)
        home = keys(client)[0]
        client.expire(home, 50)
        save(store, 1)
        assert client.ttl(home) > HOME_SECONDS - 100

    def test_an_expired_conversation_is_none(self, store: RedisStore) -> None:
        save(store, 0, talk_seconds=1)
        _until(lambda: store.load(WHO, "turn-1").talk is None)
        assert store.load(WHO, "turn-1").home == HOME

    def test_a_reply_expires_even_while_others_are_stored(
        self, client: redis.Redis, vault: Vault
    ) -> None:
        store = RedisStore(client, vault, turn_seconds=2)
        save(store, 0, turn_id="first")

        def gone() -> bool:
            save(store, store.load(WHO, "other").rev, turn_id="other")
            return store.load(WHO, "first").reply is None

        _until(gone)
        save(store, store.load(WHO, "other").rev, turn_id="other")
        assert client.hlen(f"lantern:{{{WHO}}}:turns") == 1
        assert client.zcard(f"lantern:{{{WHO}}}:times") == 1

    def test_a_household_expires(self, client: redis.Redis, vault: Vault) -> None:
        store = RedisStore(client, vault, home_seconds=1, turn_seconds=1)
        save(store, 0, talk_seconds=1)
        _until(lambda: not keys(client))
        assert store.load(WHO, "turn-1") == Loaded(0, None, None, None)


class TestForgetting:
    def test_nothing_is_left_but_a_counter_that_expires(
        self, store: RedisStore, client: redis.Redis
    ) -> None:
        for rev in range(3):
            save(store, rev, turn_id=f"turn-{rev}")
        store.forget(WHO)
        for turn in range(3):
            loaded = store.load(WHO, f"turn-{turn}")
            assert (loaded.home, loaded.talk, loaded.reply) == (None, None, None)
        (left,) = keys(client)
        assert client.hgetall(left) == {b"rev": b"4"}
        assert 0 < client.ttl(left) <= TURN_SECONDS

    def test_a_turn_under_way_does_not_bring_it_back(self, store: RedisStore) -> None:
        save(store, 0)
        rev = store.load(WHO, "slow").rev
        store.forget(WHO)
        assert not save(store, rev, turn_id="slow")
        assert store.load(WHO, "slow").home is None

    def test_a_first_turn_under_way_does_not_bring_it_back(self, store: RedisStore) -> None:
        rev = store.load(WHO, "slow").rev
        store.forget(WHO)
        assert not save(store, rev, turn_id="slow")

    def test_nor_after_the_household_began_anew(self, store: RedisStore) -> None:
        for turns_before in range(4):
            for _ in range(turns_before):
                save(store, store.load(WHO, "t").rev)
            old = store.load(WHO, "slow").rev
            store.forget(WHO)
            for _ in range(6):
                assert not save(store, old, turn_id="slow", home={"old": 1})
                assert save(store, store.load(WHO, "t").rev, home={"new": 1})

    def test_it_can_begin_anew_and_is_kept_as_long_as_ever(
        self, store: RedisStore, client: redis.Redis
    ) -> None:
        save(store, 0)
        store.forget(WHO)
        assert save(store, store.load(WHO, "t").rev, home={"new": 1})
        assert store.load(WHO, "t").home == {"new": 1}
        assert client.ttl(f"lantern:{{{WHO}}}:home") > HOME_SECONDS - 100

    def test_other_households_stay(self, store: RedisStore) -> None:
        save(store, 0)
        store.forget("somebody else")
        assert store.load(WHO, "turn-1").home == HOME

    def test_it_races_with_a_saver_and_wins(self, store: RedisStore) -> None:
        """Whatever the order, no old save lands after forgetting."""
        save(store, 0, home={"n": 0})
        begun, stop = threading.Event(), threading.Event()

        def talk_on() -> None:
            home: dict[str, Any] = {"n": 0}
            rev = 1
            while not stop.is_set():
                begun.set()
                if save(store, rev, home=home):
                    rev += 1

        with ThreadPoolExecutor(1) as pool:
            saver = pool.submit(talk_on)
            begun.wait()
            store.forget(WHO)
            for _ in range(20):
                assert store.load(WHO, "turn-1").home is None
            stop.set()
            saver.result()
        assert store.load(WHO, "turn-1").home is None


class TestSecrecy:
    def test_nothing_can_be_read_in_redis(self, store: RedisStore, client: redis.Redis) -> None:
        who = Vault(b"a secret of the tests").household("alexa", "amzn1.ask.account.ABC")
        store.save(
            who,
            rev=0,
            home=HOME,
            talk={"name": "Anastasia"},
            talk_seconds=60,
            turn_id="amzn1.echo-api.request.DEF",
            reply=REPLY,
        )
        raw = b"\n".join(_raw(client))
        assert len(raw) > 300
        for told in (b"Anastasia", b"Anast", b"names", b"amzn1", b"ABC", b"DEF", b"check_in"):
            assert told not in raw

    def test_all_keys_of_a_household_share_a_hash_tag(
        self, store: RedisStore, client: redis.Redis
    ) -> None:
        save(store, 0)
        assert {key[: key.index(b"}") + 1] for key in keys(client)} == {
            b"lantern:{" + WHO.encode() + b"}"
        }

    def test_another_secret_is_said_and_loses_nothing(
        self, store: RedisStore, client: redis.Redis
    ) -> None:
        save(store, 0)
        with pytest.raises(Unreadable, match="another secret"):
            RedisStore(client, Vault(b"quite another secret")).load(WHO, "turn-1")
        assert store.load(WHO, "turn-1").home == HOME

    @pytest.mark.parametrize("text", [b"", b"{", b"[1]", b"\xff"])
    def test_what_is_not_a_sealed_object_is_said(
        self, store: RedisStore, client: redis.Redis, vault: Vault, text: bytes
    ) -> None:
        save(store, 0)
        name = f"lantern:{{{WHO}}}:home"
        for value in (text, vault.seal(text, name)):
            client.hset(name, "data", value)
            with pytest.raises(Unreadable):
                store.load(WHO, "turn-1")

    def test_a_value_moved_to_another_household_is_noticed(
        self, store: RedisStore, client: redis.Redis
    ) -> None:
        save(store, 0)
        client.rename(f"lantern:{{{WHO}}}:talk", "lantern:{thief}:talk")
        with pytest.raises(Unreadable):
            store.load("thief", "turn-1")


class TestUnavailable:
    """Whatever is wrong with Redis is one exception with one sentence, and soon."""

    def test_ping(self, store: RedisStore) -> None:
        store.ping()

    def test_the_server_is_gone(self, short_dir: Path, vault: Vault) -> None:
        with EmbeddedRedis(short_dir) as url:
            client = connect(url)
            store = RedisStore(client, vault)
            save(store, 0)
        with client:
            _assert_unavailable(store, "cannot be reached")

    def test_no_server_was_ever_there(self, vault: Vault) -> None:
        with _listener() as server:
            port = server.getsockname()[1]
        with connect(f"redis://:hunter2@127.0.0.1:{port}/0") as client:
            _assert_unavailable(RedisStore(client, vault), "cannot be reached")

    def test_the_host_has_no_address(self, vault: Vault) -> None:
        with connect("redis://:hunter2@nowhere.invalid") as client:
            _assert_unavailable(RedisStore(client, vault), "cannot be reached")

    def test_a_peer_accepts_and_never_answers(self, vault: Vault) -> None:
        with _listener() as server:
            port = server.getsockname()[1]
            with connect(f"redis://:hunter2@127.0.0.1:{port}/0") as client:
                _assert_unavailable(RedisStore(client, vault), "did not answer in time")

    def test_the_server_falls_silent_between_two_turns(self, short_dir: Path, vault: Vault) -> None:
        with EmbeddedRedis(short_dir) as url, connect(url) as client:
            store = RedisStore(client, vault)
            save(store, 0)
            process = client.info("server")["process_id"]
            os.kill(process, signal.SIGSTOP)
            try:
                _assert_unavailable(store, "did not answer in time")
            finally:
                os.kill(process, signal.SIGCONT)
            _until(lambda: _answers(store))
            # What was sent before the silence has its effect after it: all of it, or nothing.
            loaded = store.load(WHO, "turn-1")
            assert (loaded.rev, loaded.home) in [(1, HOME), (2, None), (3, None)]

    def test_a_server_that_keeps_failing_is_left_alone_for_a_moment(
        self, short_dir: Path, vault: Vault
    ) -> None:
        with EmbeddedRedis(short_dir) as url:
            store = RedisStore(connect(url), vault)
            store.ping()
        for _ in range(FAILURES):
            with pytest.raises(StoreUnavailable, match="cannot be reached"):
                store.ping()
        with pytest.raises(StoreUnavailable, match="left alone"):
            store.ping()
        with EmbeddedRedis(short_dir):
            for _ in range(200):
                with suppress(StoreUnavailable):
                    store.ping()
                    return
                time.sleep(0.05)
        pytest.fail("it was never asked again")

    def test_a_wrong_password(self, client: redis.Redis, redis_url: str, vault: Vault) -> None:
        client.acl_setuser("ana", enabled=True, passwords=["+right"], commands=["+@all"], keys="*")
        url = redis_url.replace("unix://", "unix://ana:{}@")
        with connect(url.format("right")) as right:
            RedisStore(right, vault).ping()
        with connect(url.format("hunter2")) as wrong:
            _assert_unavailable(RedisStore(wrong, vault), "refuses the user name or the password")

    def test_a_password_is_needed(self, short_dir: Path, vault: Vault) -> None:
        with EmbeddedRedis(short_dir) as url, connect(url) as client:
            client.config_set("requirepass", "right")
            with connect(url) as other:
                _assert_unavailable(RedisStore(other, vault), "refuses the user name or the")
            client.config_set("requirepass", "")

    def test_a_user_who_may_not(self, client: redis.Redis, redis_url: str, vault: Vault) -> None:
        client.acl_setuser("ben", enabled=True, passwords=["+right"], commands=["+ping"], keys="*")
        with connect(redis_url.replace("unix://", "unix://ben:right@")) as other:
            _assert_unavailable(RedisStore(other, vault), "does not let this user")

    def test_redis_is_full(self, store: RedisStore, client: redis.Redis) -> None:
        save(store, 0)
        client.config_set("maxmemory", 1)
        try:
            with pytest.raises(StoreUnavailable, match=r"^Redis is full\.$"):
                save(store, 1, home={"lost": 1}, talk=None, talk_seconds=0)
            assert store.load(WHO, "turn-1") == Loaded(1, HOME, TALK, REPLY)
            store.forget(WHO)
            assert store.load(WHO, "turn-1").home is None
            assert not client.exists(f"lantern:{{{WHO}}}:talk", f"lantern:{{{WHO}}}:turns")
        finally:
            client.config_set("maxmemory", 0)

    def test_a_read_only_replica(self, short_dir: Path, vault: Vault) -> None:
        with EmbeddedRedis(short_dir) as url, connect(url) as client:
            client.replicaof("127.0.0.1", 1)
            with pytest.raises(StoreUnavailable, match="read-only replica"):
                save(RedisStore(client, vault), 0)
            client.replicaof("NO", "ONE")


class TestConnecting:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "http://127.0.0.1",
            "redis",
            "redis://:hunter2/x@127.0.0.1",
            "redis://:hunter2@[::1",
            "redis://:hunter2@127.0.0.1:port",
            "redis://:hunter2@127.0.0.1?hunter2=1",
            "redis://:hunter2@127.0.0.1?socket_timeout=hunter2",
        ],
    )
    def test_an_address_that_is_none_is_refused_without_repeating_it(self, url: str) -> None:
        with pytest.raises(ValueError, match="must look like redis://") as caught:
            connect(url)
        assert "hunter2" not in str(caught.value)
        assert caught.value.__suppress_context__

    def test_tls_is_asked_for_and_checked(self, vault: Vault) -> None:
        with _listener() as server:
            port = server.getsockname()[1]
            with connect(f"rediss://127.0.0.1:{port}") as client:
                settings = client.connection_pool.connection_kwargs
                assert client.connection_pool.connection_class is redis.SSLConnection
                assert settings.get("ssl_cert_reqs", "required") == "required"
                with pytest.raises(StoreUnavailable):
                    RedisStore(client, vault).ping()

    def test_what_is_saved_survives_a_restart(self, short_dir: Path, vault: Vault) -> None:
        with EmbeddedRedis(short_dir) as url, connect(url) as client:
            save(RedisStore(client, vault), 0)
        with EmbeddedRedis(short_dir) as url, connect(url) as client:
            store = RedisStore(client, vault)
            assert store.load(WHO, "turn-1") == Loaded(1, HOME, TALK, REPLY)
            assert client.ttl(f"lantern:{{{WHO}}}:home") > HOME_SECONDS - 100

    def test_a_client_goes_on_after_a_restart(self, short_dir: Path, vault: Vault) -> None:
        with EmbeddedRedis(short_dir) as url:
            client = connect(url)
            store = RedisStore(client, vault)
            save(store, 0)
        with client, EmbeddedRedis(short_dir):
            assert save(store, 1)
            assert store.load(WHO, "turn-1").rev == 2


def _assert_unavailable(store: RedisStore, words: str) -> None:
    for call in (
        store.ping,
        lambda: store.load(WHO, "turn-1"),
        lambda: save(store, 0),
        lambda: store.forget(WHO),
    ):
        with pytest.raises(StoreUnavailable, match=words) as caught:
            call()
        sentence = str(caught.value)
        assert sentence.endswith(".")
        assert "hunter2" not in sentence


def _listener() -> socket.socket:
    """A peer whose kernel accepts connections, but nobody ever answers."""
    return socket.create_server(("127.0.0.1", 0))


def _answers(store: RedisStore) -> bool:
    try:
        store.ping()
    except StoreUnavailable:
        return False
    return True


def _until(true: Any) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen within 30 seconds")


def _raw(client: redis.Redis) -> Iterator[bytes]:
    """Every byte that this Redis stores: keys, and values of every type."""
    for key in client.scan_iter():
        yield key
        kind = client.type(key)
        if kind == b"string":
            yield client.get(key)
        elif kind == b"hash":
            for field, value in client.hgetall(key).items():
                yield field + b"\n" + value
        elif kind == b"zset":
            yield from client.zrange(key, 0, -1)
        else:
            pytest.fail(f"nothing here stores a {kind!r}")
