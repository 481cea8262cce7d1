"""What measures households and the library runs, and writes tables; nothing is judged here."""

import re

import households
import library
import pytest


def test_a_few_households_are_lived_saved_and_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(households, "COUPLES_OF_A_KIND", 1)
    monkeypatch.setattr(households, "TURNS", 20)
    monkeypatch.setattr(
        households, "KINDS", {"came once": (0.5, 1, 1.0), "a month": (0.5, 30, 1.0)}
    )
    told = households.measured(most=200)
    assert re.search(r"\| a month \| 50% \| [\d,]+ \|", told)
    assert re.search(r"\| 200 \| [\d,]+ \| [\d.]+ \| [\d.]+ \| [\d.]+ \|", told)
    assert re.search(r"A hundred million such households take [\d,]+ GB\.", told)


def test_the_first_draw_is_timed_both_ways(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(library, "ROUNDS", 1)
    library.main()
    assert re.search(r"compiled +[\d.]+ ms.*\nfrom the records +[\d.]+ ms", capsys.readouterr().out)
