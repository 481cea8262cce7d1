"""The time zone of a device."""

from collections.abc import Iterator

import pytest
from fake_alexa_api import FakeAlexaApi, answering, failing, hanging_up

from skill.channels.alexa.api import Api
from skill.channels.alexa.settings_api import time_zone


@pytest.fixture
def amazon() -> Iterator[FakeAlexaApi]:
    with FakeAlexaApi() as fake:
        yield fake


@pytest.fixture
def api(amazon: FakeAlexaApi) -> Api:
    return Api(amazon.url, amazon.token)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"]
)
def test_the_zone_is_a_quoted_string(amazon: FakeAlexaApi, api: Api, zone: str) -> None:
    """Rule 5.27."""
    amazon.settings["System.timeZone"] = zone
    assert time_zone(api, "device-1") == zone
    assert amazon.calls[0].path == "/v2/devices/device-1/settings/System.timeZone"


def test_no_permission_is_needed(amazon: FakeAlexaApi, api: Api) -> None:
    """Rule 5.27."""
    amazon.granted = False
    assert time_zone(api, "device-1") == "Europe/Berlin"


def test_the_device_id_is_encoded(amazon: FakeAlexaApi, api: Api) -> None:
    assert time_zone(api, "amzn1.ask/device?x=ä&#") == "Europe/Berlin"
    assert amazon.calls[0].path == (
        "/v2/devices/amzn1.ask%2Fdevice%3Fx%3D%C3%A4%26%23/settings/System.timeZone"
    )


@pytest.mark.parametrize("device", ["", ".", ".."])
def test_an_id_that_would_be_another_address(amazon: FakeAlexaApi, api: Api, device: str) -> None:
    assert time_zone(api, device) is None
    assert amazon.calls == []


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"Europe/Berlin",
        b'"Europe/Atlantis"',
        b'"Europe"',
        b'"../../etc/passwd"',
        b'"/etc/localtime"',
        b'""',
        b'"Europe/Berlin\\u0000"',
        b"null",
        b"1",
        b'{"timeZone": "Europe/Berlin"}',
    ],
)
def test_a_zone_that_we_do_not_know_is_none(amazon: FakeAlexaApi, api: Api, answer: bytes) -> None:
    """Rule 5.27: the couple is asked then; nobody guesses UTC."""
    amazon.faults.append(answering(answer))
    assert time_zone(api, "device-1") is None


def test_a_setting_that_is_not_set(amazon: FakeAlexaApi, api: Api) -> None:
    """Rule 5.27: 204."""
    del amazon.settings["System.timeZone"]
    assert time_zone(api, "device-1") is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_an_error_is_none(amazon: FakeAlexaApi, api: Api, status: int) -> None:
    """Rule 5.27."""
    amazon.faults.append(failing(status))
    assert time_zone(api, "device-1") is None


def test_no_answer_is_none(amazon: FakeAlexaApi, api: Api) -> None:
    """Rule 5.27."""
    amazon.faults.append(hanging_up)
    assert time_zone(api, "device-1") is None
    assert time_zone(Api("", ""), "device-1") is None
