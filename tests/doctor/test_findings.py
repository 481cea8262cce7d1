"""Findings as people read them, clocks that are compared, and looks that take too long."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from skill.doctor.findings import PLAIN_MARKS, Finding, State, broken, clock, ok, warning
from skill.doctor.look import Look


def test_a_line() -> None:
    assert ok("a", "It works.").line() == "✓ It works."
    assert warning("a", "It might.", "Look.").line() == "! It might. Look."
    assert broken("a", "It does not.", "Mend it.").line() == "✗ It does not. Mend it."


def test_a_line_for_a_terminal_that_knows_few_letters() -> None:
    lines = [Finding("a", state, "So.").line(PLAIN_MARKS) for state in State]
    assert lines == ["+ So.", "! So.", "x So."]
    assert "".join(lines).isascii()


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (0, State.OK),
        (19, State.OK),
        (-21, State.WARNING),
        (149, State.WARNING),
        (150, State.BROKEN),
        (-3600, State.BROKEN),
    ],
)
def test_a_clock_may_be_off_by_as_much_as_amazon_allows(seconds: int, state: State) -> None:
    """Amazon, checking the timestamp of the request: 150 seconds."""
    found = clock("clock", timedelta(seconds=seconds), "Amazon's")
    assert found.state is state
    assert bool(found.remedy) is (state is not State.OK)
    if found.remedy:
        assert str(abs(seconds)) in found.what


def test_what_is_found_in_time_is_told() -> None:
    first, second = ok("a", "One."), ok("b", "Two.")
    assert Look("all", [first, second]).found() == [first, second]


def test_what_takes_too_long_is_given_up_and_the_rest_is_told() -> None:
    first, goes_on = ok("a", "One."), threading.Event()

    def slow() -> Iterator[Finding]:
        yield first
        goes_on.wait()

    found = Look("somewhere", slow(), patience=0.2).found()
    goes_on.set()
    assert found[0] == first
    assert (found[1].check, found[1].state) == ("somewhere", State.WARNING)
    assert "somewhere" in found[1].what


def test_a_fault_of_ours_is_not_hidden() -> None:
    def faulty() -> Iterator[Finding]:
        yield ok("a", "One.")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Look("somewhere", faulty()).found()
