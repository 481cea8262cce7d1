"""What is said of Amazon: reached or not, and what its clock says of ours."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from amazon_proxy import AmazonProxy, Answer
from authority import Authority

from skill.doctor import amazon as outside
from skill.doctor.findings import State

AT_ITS_DOOR = (outside.HOST, "/echo.api/")


def states() -> dict[str, State]:
    return {one.check: one.state for one in outside.examined()}


def dated(seconds: float) -> Answer:
    """An answer of a clock that is off by some seconds; sent whole, so that it has one date."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    lines = ("HTTP/1.1 403 Forbidden", f"Date: {date}", "Content-Length: 0", "", "")
    return (None, {}, "\r\n".join(lines).encode())


def test_any_answer_will_do(amazon: AmazonProxy) -> None:
    assert states() == {"alexa.amazon": State.OK, "clock.amazon": State.OK}
    assert amazon.calls[AT_ITS_DOOR] == 1


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(40, State.WARNING), (-40, State.WARNING), (200, State.BROKEN), (-86_400, State.BROKEN)],
)
def test_a_clock_that_is_wrong(amazon: AmazonProxy, seconds: int, state: State) -> None:
    amazon.routes[AT_ITS_DOOR] = dated(seconds)
    assert states() == {"alexa.amazon": State.OK, "clock.amazon": state}


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    (found,) = outside.examined()
    assert found.state is State.WARNING
    assert "could not be verified" not in found.remedy
    assert outside.HOST in found.what


def test_an_answer_without_a_date(amazon: AmazonProxy) -> None:
    amazon.routes[AT_ITS_DOOR] = (None, {}, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert states() == {"alexa.amazon": State.WARNING}


def test_somebody_else_answers_in_its_name(
    amazon: AmazonProxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "others.pem"
    file.write_bytes(Authority("Another").root.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert states() == {"alexa.amazon": State.WARNING}
