"""What households take in Redis, and what a turn costs as they grow in number and in years.

    .venv/bin/python benchmarks/households.py                   a million; a quarter of an hour
    .venv/bin/python benchmarks/households.py --most 10000      only to see that it runs
    .venv/bin/python benchmarks/households.py --write           the tables go into docs/scaling.md

The households are lived, not filled in: each is one of some dozens of couples whose evenings,
check-ins, thank-yous and goals went through the real code. They are saved by the real store, each
sealed for itself under a name of its own, in a Redis that keeps nothing else. A turn is taken by
the real service without its channel: loaded, answered, and saved, with Redis on the same machine.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import redis
from report import machine, table, write

from content import content
from skill.conversation import facts
from skill.conversation.lantern import Lantern
from skill.conversation.setting import Setting
from skill.conversation.turn import Heard
from skill.household.address import connect
from skill.household.embedded import EmbeddedRedis
from skill.household.models import (
    Came,
    CheckedIn,
    Effect,
    Evening,
    GoalKept,
    Household,
    ItemHeard,
    Named,
    NoteLeft,
    QuestionHeard,
)
from skill.household.redis_store import RedisStore
from skill.household.vault import Vault

PAGE = Path(__file__).parent.parent / "docs" / "scaling.md"
SECRET = b"a secret of the benchmark"
TODAY = date(2036, 11, 24)

KINDS: Mapping[str, tuple[float, int, float]] = {
    "came once": (0.4, 1, 1.0),
    "three months, once a week": (0.3, 90, 1 / 7),
    "two years, twice a week": (0.2, 730, 2 / 7),
    "two years, daily": (0.08, 730, 1.0),
    "ten years, daily": (0.02, 3650, 1.0),
}
"""Whom we expect: their share, the days since their first evening, and evenings a day."""

ASKED: Mapping[str, Any] = {
    "LaunchRequest": "launch",
    "CheckInIntent": "intent",
    "TonightsQuestionIntent": "intent",
}
"""The turns that are measured by history, each the first one of an evening."""

COUPLES_OF_A_KIND = 12
TURNS = 300
NAMES = ("Alex", "Sam", "Kim", "Robin", "Noor", "Mika", "Jo", "Luca", "Ines", "Toni")


def life(days: int, share: float, chance: Random) -> Household:
    """Return a household after so many days, with an evening on a `share` of them."""
    home = Household(names=(chance.choice(NAMES), chance.choice(NAMES)), zone="Europe/Berlin")
    first = TODAY - timedelta(days=days)
    for number in range(days):
        if number and chance.random() > share:
            continue
        now = datetime.combine(first + timedelta(days=number), datetime.min.time(), UTC)
        home = evening(home, now.replace(hour=18), chance)
    return home


def evening(home: Household, now: datetime, chance: Random) -> Household:
    """Return a household after one evening."""
    heard = Heard("a house", "a turn", now, zone="Europe/Berlin")
    home = replace(
        Came(now.date().isoformat()).apply(home, now),
        visits=home.visits + 1,
        zone_until=(now + timedelta(hours=20)).isoformat(),
    )
    found = facts.tonight(Setting(content(), home, heard, waiting=""))
    effects: list[Effect] = [QuestionHeard(Evening(**found["evening"]))]
    if chance.random() < 0.2:
        effects.append(CheckedIn(chance.randrange(0, 21) / 2))
    if chance.random() < 0.25:
        effects.append(NoteLeft("the soup on Tuesday, and the way you " + "smiled " * 3))
    if chance.random() < 0.02:
        effects.append(GoalKept(f"walk on Sundays {len(home.goals)}", "choose a path"))
    if chance.random() < 0.1:
        effects.append(ItemHeard(f"ST-{chance.randrange(1, 20):03}"))
    if not home.names:
        effects.append(Named(("Alex", "Sam")))
    for effect in effects:
        home = effect.apply(home, now)
    return home


def lives() -> Mapping[str, Sequence[dict[str, Any]]]:
    """Return couples of each kind, as they are stored."""
    return {
        kind: [
            life(days, share, Random(f"{kind} {one}")).to_json() for one in range(COUPLES_OF_A_KIND)
        ]
        for kind, (_, days, share) in KINDS.items()
    }


def name(number: int) -> str:
    """Return the name of a household, as the service gives it."""
    return Vault(SECRET).household("text", f"couple {number}")


def fill(url: str, first: int, last: int, homes: Sequence[dict[str, Any]]) -> None:
    """Save households number `first` to `last`, each with one of `homes`."""
    vault = Vault(SECRET)
    store = RedisStore(connect(url), vault)
    for number in range(first, last):
        assert store.save(
            vault.household("text", f"couple {number}"),
            rev=0,
            home=homes[number % len(homes)],
            talk=None,
            talk_seconds=0,
            turn_id="",
            reply=None,
        )


def used(client: redis.Redis) -> int:
    """Return the bytes that Redis uses for what it keeps."""
    return int(client.info("memory")["used_memory"])


@dataclass(frozen=True)
class Cost:
    """Processor milliseconds of the service for a turn: the median, and the tenth of the best."""

    half: float
    best: float


def turns(url: str, households: Sequence[str], intent: str, kind: Any = "intent") -> Cost:
    """Take a turn of each of some households."""
    store = RedisStore(connect(url), Vault(SECRET))
    lantern = Lantern(store)
    taken = []
    for number, household in enumerate(households):
        now = datetime.combine(TODAY, datetime.min.time(), UTC).replace(hour=19)
        heard = Heard(household, f"{intent} {time.monotonic_ns()}", now, kind, intent)
        begin = time.process_time()
        reply = lantern.hear(replace(heard, zone="Europe/Berlin"), _NoWorld())
        if number >= len(households) // 5:  # the first ones warm up
            taken.append((time.process_time() - begin) * 1000)
        assert reply.parts, reply
    taken.sort()
    return Cost(median(taken), taken[len(taken) // 10])


class _NoWorld:
    def time_zone(self) -> str:
        return "Europe/Berlin"

    def do(self, act: object) -> Mapping[str, str]:
        raise NotImplementedError


def sizes(url: str, homes: Mapping[str, Sequence[dict[str, Any]]]) -> Iterator[tuple[str, ...]]:
    """Yield, for each kind of household, its share and the bytes it takes."""
    each = 2000
    with redis.Redis.from_url(url) as client:
        for kind, (share, _, _) in KINDS.items():
            client.flushall()
            empty = used(client)
            fill(url, 0, each, homes[kind])
            yield kind, f"{share:.0%}", f"{(used(client) - empty) / each:,.0f}"
        client.flushall()


def history(url: str, homes: Mapping[str, Sequence[dict[str, Any]]]) -> Iterator[tuple[str, ...]]:
    """Yield what turns cost by how long a household has been with us."""
    first: dict[str, Cost] = {}
    for kind in KINDS:
        told = [kind]
        for intent, how in ASKED.items():
            with redis.Redis.from_url(url) as client:
                client.flushall()
            fill(url, 0, TURNS, homes[kind])
            cost = turns(url, [name(one) for one in range(TURNS)], intent, how)
            usual = first.setdefault(intent, cost)
            told += [f"{cost.half:.2f}", f"{cost.best:.2f}", f"{cost.best / usual.best:.2f}"]
        yield tuple(told)


def stock(
    url: str, homes: Mapping[str, Sequence[dict[str, Any]]], most: int
) -> Iterator[tuple[str, ...]]:
    """Yield what a household takes, and a turn costs, as their number grows to `most`."""
    mixed = mix(homes)
    first: Cost | None = None
    there = 0
    with redis.Redis.from_url(url) as client:
        client.flushall()
        empty = used(client)
        for number in sorted({one for one in (TURNS, 10_000, 100_000, most) if one <= most}):
            with ProcessPoolExecutor(2) as pool:
                middle = (there + number) // 2
                parts = [(there, middle), (middle, number)]
                list(pool.map(fill, [url] * 2, *zip(*parts, strict=True), [mixed] * 2))
            there = number
            chosen = [name(one) for one in Random(number).sample(range(number), TURNS)]
            bytes_each = (used(client) - empty) / number
            cost = turns(url, chosen, "TonightsQuestionIntent")
            first = first or cost
            yield (
                f"{number:,}",
                f"{bytes_each:,.0f}",
                f"{cost.half:.2f}",
                f"{cost.best:.2f}",
                f"{cost.best / first.best:.2f}",
            )


def mix(homes: Mapping[str, Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return a hundred households, of each kind as many as its share says."""
    mixed = [
        homes[kind][one % COUPLES_OF_A_KIND]
        for kind, (share, _, _) in KINDS.items()
        for one in range(round(share * 100))
    ]
    Random("mix").shuffle(mixed)
    return mixed


def measured(most: int) -> str:
    """Return all tables."""
    homes = lives()
    with (
        tempfile.TemporaryDirectory(prefix="lantern-") as folder,
        EmbeddedRedis(Path(folder)) as url,
    ):
        with redis.Redis.from_url(url) as client:
            # What is measured is memory; writing a million of them to disk is not of interest.
            client.config_set("appendonly", "no")
            client.config_set("save", "")
            version = client.info("server")["redis_version"]
        by_size = list(sizes(url, homes))
        by_history = list(history(url, homes))
        by_stock = list(stock(url, homes, most))
    each = float(by_stock[-1][1].replace(",", ""))
    return "\n\n".join(
        [
            machine(f"Redis {version}"),
            table(("household", "share", "bytes in Redis"), by_size),
            table(
                (
                    "households, mixed by their shares",
                    "bytes each",
                    "turn, ms",
                    "best tenth",
                    "ratio",
                ),
                by_stock,
            ),
            f"A hundred million such households take {each * 1e8 / 1e9:,.0f} GB.",
            table(
                (
                    "household",
                    *("launch, ms", "best tenth", "ratio"),
                    *("begin a check-in, ms", "best tenth", "ratio"),
                    *("tonight's question, ms", "best tenth", "ratio"),
                ),
                by_history,
            ),
        ]
    )


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000, help="households")
    parser.add_argument("--write", action="store_true", help=f"write them into {PAGE.name}, too")
    asked = parser.parse_args()
    tables = measured(asked.most)
    print(tables)
    if asked.write:
        write(PAGE, tables)


if __name__ == "__main__":
    main()
