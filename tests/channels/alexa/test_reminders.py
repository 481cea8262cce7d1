"""Alexa reminders: what is sent, what the answers mean, and that nothing rings twice."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model.services.reminder_management import (
    GetRemindersResponse,
    ReminderRequest,
    spoken_info,
)
from fake_alexa_api import (
    REMINDERS,
    FakeAlexaApi,
    answering,
    failing,
    fault_of_reminder,
    hanging_up,
)

from skill.channels.alexa import api as transport
from skill.channels.alexa.api import Api
from skill.channels.alexa.reminders import Outcome, Reminder, Reminders
from skill.speech.calendar_file import WEEK

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday, 13:00 in Berlin
EIGHT = time(20, 0)
BERLIN = "Europe/Berlin"
TEXT = "Your evening moment"


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAlexaApi]:
    monkeypatch.setattr(transport, "PAUSE_SECONDS", 0.01)
    with FakeAlexaApi() as fake:
        yield fake


@pytest.fixture
def reminders(amazon: FakeAlexaApi) -> Reminders:
    return Reminders(Api(amazon.url, amazon.token), "en-US")


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> DefaultSerializer:
    """Amazon's classes, of which one is looked for under a name that the package lacks."""
    missing = "ask_sdk_model.services.reminder_management.alert_info_spoken_info"
    monkeypatch.setitem(sys.modules, missing, spoken_info)
    return DefaultSerializer()


def create(
    reminders: Reminders,
    at: time = EIGHT,
    days: tuple[str, ...] = WEEK,
    zone: str = BERLIN,
    now: datetime = NOW,
    text: str = TEXT,
) -> tuple[Outcome, str]:
    return reminders.create(at, days, zone, now, text)


def sent(amazon: FakeAlexaApi, method: str = "POST") -> dict[str, Any]:
    body = amazon.made(method)[-1].body
    assert isinstance(body, dict)
    return body


def test_the_body(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rules 5.4, 5.5, 5.6: schedule, recurrence, text, push."""
    assert create(reminders, days=("WE", "MO")) == (Outcome.CREATED, "alert-1")
    assert sent(amazon) == {
        "requestTime": "2026-11-23T13:00:00.000",
        "trigger": {
            "type": "SCHEDULED_ABSOLUTE",
            "scheduledTime": "2026-11-23T20:00:00.000",
            "timeZoneId": "Europe/Berlin",
            "recurrence": {
                "startDateTime": "2026-11-23T20:00:00.000",
                "recurrenceRules": [
                    "FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=20;BYMINUTE=0;BYSECOND=0;INTERVAL=1;"
                ],
            },
        },
        "alertInfo": {
            "spokenInfo": {"content": [{"locale": "en-US", "text": "Your evening moment"}]}
        },
        "pushNotification": {"status": "DISABLED"},
    }


def test_all_seven_days_are_daily(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rule 5.6."""
    create(reminders, at=time(8, 5, 33), days=WEEK[::-1])
    assert sent(amazon)["trigger"]["recurrence"]["recurrenceRules"] == [
        "FREQ=DAILY;BYHOUR=8;BYMINUTE=5;BYSECOND=0;INTERVAL=1;"
    ]


def test_the_body_fits_amazons_own_models(
    reminders: Reminders, amazon: FakeAlexaApi, models: DefaultSerializer
) -> None:
    """Rule 5.4: read by Amazon's classes and written by them again, nothing is lost or new."""
    create(reminders, days=("FR",))
    request = models.deserialize(json.dumps(sent(amazon)), ReminderRequest)
    assert request.trigger.scheduled_time == datetime(2026, 11, 27, 20, 0)
    assert request.trigger.recurrence.start_date_time == datetime(2026, 11, 27, 20, 0)
    assert request.trigger.object_type.value == "SCHEDULED_ABSOLUTE"
    assert request.push_notification.status.value == "DISABLED"
    as_sent = json.dumps(sent(amazon)).replace(".000", "")
    assert models.serialize(request) == json.loads(as_sent)


def test_the_fake_lists_as_amazons_models_say(
    reminders: Reminders, amazon: FakeAlexaApi, models: DefaultSerializer
) -> None:
    """Rules 5.3, 5.7."""
    create(reminders)
    _, _, body = amazon.answer("GET", REMINDERS, {"authorization": f"Bearer {amazon.token}"}, b"")
    assert isinstance(body, bytes)
    listed = models.deserialize(body.decode(), GetRemindersResponse)
    assert listed.total_count == "1"
    assert listed.alerts[0].status.value == "ON"
    assert listed.alerts[0].alert_info.spoken_info.content[0].text == TEXT


@pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Asia/Kolkata", "Etc/UTC"])
def test_no_time_has_an_offset_and_no_field_is_deprecated(
    reminders: Reminders, amazon: FakeAlexaApi, zone: str
) -> None:
    """Rules 5.5, 5.6."""
    create(reminders, zone=zone)
    trigger = sent(amazon)["trigger"]
    for moment in (
        sent(amazon)["requestTime"],
        trigger["scheduledTime"],
        trigger["recurrence"]["startDateTime"],
    ):
        assert datetime.fromisoformat(moment).tzinfo is None
        assert len(moment) == len("2026-11-23T20:00:00.000")
    assert trigger["timeZoneId"] == zone
    assert trigger["recurrence"].keys() == {"startDateTime", "recurrenceRules"}


def test_the_fake_refuses_what_amazon_would(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rules 5.4-5.6: the checks that the other tests lean on."""
    create(reminders)
    spoilt: list[tuple[tuple[str, ...], Any]] = [
        (("requestTime",), "2026-11-23T13:00:00Z"),
        (("trigger", "scheduledTime"), "2026-11-23T20:00:00+01:00"),
        (("trigger", "type"), "SOMETIME"),
        (("trigger", "timeZoneId"), "CET"),
        (("trigger", "recurrence", "freq"), "DAILY"),
        (("trigger", "recurrence", "recurrenceRules"), ["FREQ=WEEKLY;BYDAY=;BYHOUR=20;"]),
        (("alertInfo", "spokenInfo", "content"), []),
        (("pushNotification", "status"), "MAYBE"),
        (("trigger",), None),
    ]
    for path, value in spoilt:
        body = json.loads(json.dumps(sent(amazon)))
        place = body
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        assert fault_of_reminder(body), path


@pytest.mark.parametrize(
    ("now", "zone", "first"),
    [
        ("2026-11-23T18:58:00+00:00", BERLIN, "2026-11-23T20:00:00.000"),
        ("2026-11-23T18:59:30+00:00", BERLIN, "2026-11-24T20:00:00.000"),  # too late to be sent
        ("2026-11-23T19:00:00+00:00", BERLIN, "2026-11-24T20:00:00.000"),
        ("2026-11-23T23:30:00+00:00", BERLIN, "2026-11-24T20:00:00.000"),  # after midnight there
        ("2026-11-24T02:30:00+00:00", "America/Los_Angeles", "2026-11-23T20:00:00.000"),
        ("2026-03-28T20:00:00+00:00", BERLIN, "2026-03-29T20:00:00.000"),  # clocks go forward
        ("2026-10-24T20:00:00+00:00", BERLIN, "2026-10-25T20:00:00.000"),  # and back
        ("2026-12-31T23:00:00+00:00", BERLIN, "2027-01-01T20:00:00.000"),
    ],
)
def test_the_first_time_is_the_next_in_the_zone(
    reminders: Reminders, amazon: FakeAlexaApi, now: str, zone: str, first: str
) -> None:
    """Rules 5.5, 5.6."""
    create(reminders, zone=zone, now=datetime.fromisoformat(now))
    trigger = sent(amazon)["trigger"]
    assert trigger["scheduledTime"] == trigger["recurrence"]["startDateTime"] == first


def test_a_first_time_that_daylight_saving_leaves_out(
    reminders: Reminders, amazon: FakeAlexaApi
) -> None:
    """Rule 5.6: Amazon is not sent a time that does not exist."""
    night = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    create(reminders, at=time(2, 30), days=("SU",), now=night)
    assert sent(amazon)["trigger"]["scheduledTime"] == "2026-04-05T02:30:00.000"
    create(reminders, at=time(2, 30), now=night)
    assert sent(amazon)["trigger"]["scheduledTime"] == "2026-03-30T02:30:00.000"


def test_a_second_create_finds_the_first(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Effects are repeated after a crash: nothing may ring twice."""
    first = create(reminders, days=("MO", "WE"))
    again = create(reminders, days=("WE", "MO"), now=NOW + timedelta(hours=9), text=TEXT + " ")
    assert first == again == (Outcome.CREATED, "alert-1")
    assert len(amazon.reminders) == 1


def test_an_answer_that_got_lost_is_found_again(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    amazon.faults.append(failing(504, times=1, method="POST", after=True))
    assert create(reminders) == (Outcome.DOWN, "")
    assert create(reminders) == (Outcome.CREATED, "alert-1")
    assert len(amazon.reminders) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"at": time(20, 1)},
        {"days": ("MO", "WE")},
        {"text": "Another text"},
        {"zone": "America/New_York"},
    ],
)
def test_another_reminder_is_another(
    reminders: Reminders, amazon: FakeAlexaApi, other: dict[str, Any]
) -> None:
    create(reminders)
    assert create(reminders, **other) == (Outcome.CREATED, "alert-2")


def test_a_zone_by_another_name_is_the_same(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    create(reminders, zone="Asia/Kolkata")
    amazon.reminders["alert-1"]["trigger"]["timeZoneId"] = "Asia/Calcutta"
    assert create(reminders, zone="Asia/Kolkata") == (Outcome.CREATED, "alert-1")
    amazon.reminders["alert-1"]["trigger"]["timeZoneId"] = "Asia/Atlantis"
    assert create(reminders, zone="Asia/Kolkata") == (Outcome.CREATED, "alert-2")


def test_one_that_has_rung_out_is_not_used_again(
    reminders: Reminders, amazon: FakeAlexaApi
) -> None:
    """Rule 5.19."""
    create(reminders)
    amazon.reminders["alert-1"]["status"] = "COMPLETED"
    assert reminders.all() == (None, [])
    assert create(reminders) == (Outcome.CREATED, "alert-2")


@pytest.mark.parametrize(
    "rules",
    [
        ["FREQ=WEEKLY;BYDAY=WE,MO;BYHOUR=20;BYMINUTE=0;BYSECOND=0;INTERVAL=1"],
        ["RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,WE;BYHOUR=20;BYMINUTE=00"],
        ["freq=weekly;byday=mo, we;byhour=20;byminute=0;"],
        ["FREQ=DAILY;BYDAY=MO,WE;BYHOUR=20;"],
        [
            "FREQ=WEEKLY;BYDAY=MO;BYHOUR=20;BYMINUTE=0;BYSECOND=0;INTERVAL=1;",
            "FREQ=WEEKLY;BYDAY=WE;BYHOUR=20;BYMINUTE=0;BYSECOND=0;INTERVAL=1;",
        ],
    ],
)
def test_a_rule_that_comes_back_in_other_words(
    reminders: Reminders, amazon: FakeAlexaApi, rules: list[str]
) -> None:
    """Rule 5.6."""
    create(reminders, days=("MO", "WE"))
    amazon.reminders["alert-1"]["trigger"]["recurrence"]["recurrenceRules"] = rules
    assert reminders.find(EIGHT, ("MO", "WE"), TEXT) == "alert-1"
    assert reminders.all() == (None, [Reminder("alert-1", EIGHT, ("MO", "WE"))])


@pytest.mark.parametrize(
    "rules",
    [
        [],
        None,
        "FREQ=DAILY;BYHOUR=20;",
        [""],
        ["FREQ=MONTHLY;BYMONTHDAY=5;BYHOUR=20;"],
        ["FREQ=DAILY;BYHOUR=20;INTERVAL=2;"],
        ["FREQ=DAILY;BYHOUR=20;COUNT=3;"],
        ["FREQ=DAILY;BYHOUR=20,21;"],
        ["FREQ=DAILY;BYHOUR=25;"],
        ["FREQ=DAILY;"],
        ["FREQ=WEEKLY;BYHOUR=20;"],
        ["FREQ=WEEKLY;BYDAY=1MO;BYHOUR=20;"],
        ["FREQ=DAILY;BYHOUR=20;", "FREQ=MONTHLY;BYHOUR=20;"],
        [None, 7],
    ],
)
def test_a_rule_of_another_kind_is_not_ours(
    reminders: Reminders, amazon: FakeAlexaApi, rules: Any
) -> None:
    create(reminders)
    amazon.reminders["alert-1"]["trigger"]["recurrence"]["recurrenceRules"] = rules
    assert reminders.find(EIGHT, WEEK, TEXT) is None
    assert reminders.all() == (None, [])


def test_all_and_find(reminders: Reminders) -> None:
    """Rule 5.3."""
    assert reminders.all() == (None, [])
    assert reminders.find(EIGHT, WEEK, TEXT) is None
    create(reminders)
    create(reminders, at=time(9, 30), days=("SU", "SA"))
    assert reminders.all() == (
        None,
        [Reminder("alert-1", EIGHT, WEEK), Reminder("alert-2", time(9, 30), ("SA", "SU"))],
    )
    assert reminders.find(time(9, 30), ("SA", "SU"), TEXT) == "alert-2"


def test_change(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rule 5.3."""
    _, token = create(reminders)
    assert reminders.change(token, time(21, 15), ("FR",), BERLIN, NOW, TEXT) is Outcome.CHANGED
    assert reminders.all() == (None, [Reminder(token, time(21, 15), ("FR",))])
    assert sent(amazon, "PUT")["trigger"]["scheduledTime"] == "2026-11-27T21:15:00.000"


def test_cancel(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rule 5.3."""
    _, token = create(reminders)
    assert reminders.cancel(token) is Outcome.CANCELLED
    assert amazon.reminders == {}


def test_what_is_gone_is_said_to_be_gone(reminders: Reminders) -> None:
    """Rule 5.19."""
    assert reminders.cancel("alert-7") is Outcome.GONE
    assert reminders.change("alert-7", EIGHT, WEEK, BERLIN, NOW, TEXT) is Outcome.GONE


@pytest.mark.parametrize("token", ["", ".", ".."])
def test_a_token_that_would_be_another_address(
    reminders: Reminders, amazon: FakeAlexaApi, token: str
) -> None:
    assert reminders.cancel(token) is Outcome.GONE
    assert reminders.change(token, EIGHT, WEEK, BERLIN, NOW, TEXT) is Outcome.GONE
    assert amazon.calls == []


def test_a_token_is_encoded(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    reminders.cancel("a/b?c")
    assert amazon.calls[0].path == f"{REMINDERS}/a%2Fb%3Fc"


def test_without_the_permission_consent_is_needed(
    reminders: Reminders, amazon: FakeAlexaApi
) -> None:
    """Rules 5.10, 5.15: 401, found without trying to create."""
    amazon.granted = False
    assert create(reminders) == (Outcome.PERMISSION_NEEDED, "")
    assert amazon.made("POST") == []
    assert reminders.all() == (Outcome.PERMISSION_NEEDED, [])
    assert reminders.cancel("alert-1") is Outcome.PERMISSION_NEEDED
    assert reminders.find(EIGHT, WEEK, TEXT) is None


def test_a_permission_for_reading_only(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rule 5.10."""
    amazon.faults.append(failing(401, method="POST"))
    assert create(reminders) == (Outcome.PERMISSION_NEEDED, "")


def test_a_device_that_holds_no_reminders(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rule 5.10: 403."""
    amazon.holds = False
    assert create(reminders) == (Outcome.UNSUPPORTED, "")


def test_as_many_as_there_may_be(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rule 5.11: 403 as well."""
    amazon.most_reminders = 1
    create(reminders)
    assert create(reminders, at=time(21, 0)) == (Outcome.QUOTA, "")


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "INVALID_ALERT_INFO", Outcome.DOWN),
        (400, "MAX_REMINDERS_EXCEEDED", Outcome.QUOTA),
        (401, "UNAUTHORIZED", Outcome.PERMISSION_NEEDED),
        (403, "DEVICE_NOT_SUPPORTED", Outcome.UNSUPPORTED),
        (403, "ACCESS_DENIED", Outcome.UNSUPPORTED),
        (403, "", Outcome.UNSUPPORTED),
        (403, "MAX_REMINDERS_EXCEEDED", Outcome.QUOTA),
        (403, "AlertLimitReached", Outcome.QUOTA),
        (403, "TOO_MANY_ALERTS", Outcome.QUOTA),
        (409, "CONFLICT", Outcome.DOWN),
        (429, "RATE_LIMIT_EXCEEDED", Outcome.BUSY),
        (500, "INTERNAL", Outcome.DOWN),
        (503, "UNAVAILABLE", Outcome.DOWN),
        (504, "TIMEOUT", Outcome.DOWN),
        (302, "FOUND", Outcome.DOWN),
        (418, "TEAPOT", Outcome.DOWN),
    ],
)
def test_each_error_has_a_meaning(
    reminders: Reminders, amazon: FakeAlexaApi, status: int, code: str, outcome: Outcome
) -> None:
    """Rules 5.10, 5.11."""
    _, token = create(reminders)
    amazon.faults += [failing(status, code, method=method) for method in ("POST", "PUT", "DELETE")]
    assert create(reminders, at=time(9, 0)) == (outcome, "")
    assert reminders.change(token, EIGHT, WEEK, BERLIN, NOW, TEXT) is outcome
    assert reminders.cancel(token) is outcome
    amazon.faults.append(failing(status, code))
    assert reminders.all() == (outcome, [])


def test_a_create_or_a_list_is_never_gone(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rule 5.10: a 404 there is a fault of the service, not of a reminder."""
    amazon.faults.append(failing(404))
    assert create(reminders) == (Outcome.DOWN, "")
    assert reminders.all() == (Outcome.DOWN, [])


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_a_list_that_fails_does_not_stop_a_create(
    reminders: Reminders, amazon: FakeAlexaApi, status: int
) -> None:
    amazon.faults.append(failing(status, method="GET"))
    assert create(reminders) == (Outcome.CREATED, "alert-1")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'"alert-1"',
        b"{}",
        b'{"alertToken": ""}',
        b'{"alertToken": null}',
        b'{"alertToken": 7}',
        b'{"status": "ON", "href": "/v1/alerts/reminders/x"}',
    ],
)
def test_success_without_a_token_is_no_success(
    reminders: Reminders, amazon: FakeAlexaApi, answer: bytes
) -> None:
    """Rule 5.10: never "I set it" without proof."""
    amazon.faults += [answering(answer, method="POST"), answering(answer, method="PUT")]
    assert create(reminders) == (Outcome.DOWN, "")
    assert reminders.change("alert-1", EIGHT, WEEK, BERLIN, NOW, TEXT) is Outcome.DOWN


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"alerts": null}',
        b'{"alerts": {"alertToken": "x"}}',
    ],
)
def test_a_list_that_is_none(reminders: Reminders, amazon: FakeAlexaApi, answer: bytes) -> None:
    amazon.faults.append(answering(answer, method="GET"))
    assert reminders.all() == (Outcome.DOWN, [])
    assert create(reminders) == (Outcome.CREATED, "alert-1")


def test_odd_entries_of_a_list_are_passed_over(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    create(reminders)
    odd: list[Any] = [
        None,
        7,
        "x",
        {},
        {"alertToken": None},
        {"alertToken": "a"},
        {"alertToken": "b", "trigger": [], "alertInfo": "x"},
        {
            "alertToken": "c",
            "trigger": {"recurrence": 1},
            "alertInfo": {"spokenInfo": {"content": 5}},
        },
        {"alertToken": "d", "alertInfo": {"spokenInfo": {"content": [None, {"text": 5}]}}},
    ]
    alerts = json.dumps({"alerts": [*odd, *amazon.reminders.values()]}).encode()
    amazon.faults.append(answering(alerts, method="GET"))
    assert reminders.all() == (None, [Reminder("alert-1", EIGHT, WEEK)])
    assert reminders.find(EIGHT, WEEK, TEXT) == "alert-1"


def test_no_answer_at_all(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rule 5.10."""
    amazon.faults.append(hanging_up)
    assert create(reminders) == (Outcome.DOWN, "")
    assert reminders.change("alert-1", EIGHT, WEEK, BERLIN, NOW, TEXT) is Outcome.DOWN
    assert reminders.cancel("alert-1") is Outcome.DOWN
    assert reminders.all() == (Outcome.DOWN, [])
    assert reminders.find(EIGHT, WEEK, TEXT) is None


def test_the_text_reaches_amazon_as_it_is(reminders: Reminders, amazon: FakeAlexaApi) -> None:
    """Rule 5.4: plain text, so nothing in it needs escaping."""
    create(reminders, text="Tea & talk, à deux <3")
    assert sent(amazon)["alertInfo"]["spokenInfo"]["content"][0]["text"] == "Tea & talk, à deux <3"


@pytest.mark.parametrize("days", [(), ("XX",), ("MO", "mo")])
def test_days_that_are_none(
    reminders: Reminders, amazon: FakeAlexaApi, days: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="needs days"):
        create(reminders, days=days)
    assert amazon.calls == []
