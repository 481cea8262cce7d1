"""From the JSON of a request to Amazon's models, with only what we use of it.

"Request and Response JSON Reference" announces that requests may gain fields at any time. Amazon's
own deserializer cannot read a value that was not yet known when it was written (another
``dialogState``, another resolution code), and fails for the whole request; and it takes as long as
all the rest of a turn. So the models are filled here, field by field. What is missing or of another
type than the reference says is None.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import (
    Context,
    Device,
    Intent,
    IntentRequest,
    LaunchRequest,
    Request,
    RequestEnvelope,
    Session,
    Slot,
    SupportedInterfaces,
    User,
)
from ask_sdk_model.interfaces.alexa.presentation.apl import (
    AlexaPresentationAplInterface,
    Runtime,
    UserEvent,
)
from ask_sdk_model.interfaces.connections import ConnectionsResponse, ConnectionsStatus
from ask_sdk_model.interfaces.system import SystemState
from ask_sdk_model.slu.entityresolution import (
    Resolution,
    Resolutions,
    Status,
    StatusCode,
    Value,
    ValueWrapper,
)

_NOTHING: Mapping[str, Any] = {}
_CODES = {code.value: code for code in StatusCode}


class Serializer(DefaultSerializer):  # type: ignore[misc]  # the package has no types
    """Amazon's serializer, which is handed requests that the door has parsed already."""

    def deserialize(self, payload: Mapping[str, Any], obj_type: object) -> RequestEnvelope:
        """Return the envelope; there is no other type that a skill is asked for."""
        return envelope(payload)


def envelope(told: Mapping[str, Any]) -> RequestEnvelope:
    """Return the envelope that a JSON object tells of, whatever is in it."""
    session, context = _of(told, "session"), _of(told, "context")
    return RequestEnvelope(
        version=_text(told, "version"),
        session=session
        and Session(
            new=session.get("new") is True,
            session_id=_text(session, "sessionId"),
            user=_user(session),
        ),
        context=context and Context(system=_system(context)),
        request=_request(_of(told, "request") or _NOTHING),
    )


def _system(context: Mapping[str, Any]) -> SystemState | None:
    system = _of(context, "System")
    return system and SystemState(
        user=_user(system),
        device=_device(system),
        api_endpoint=_text(system, "apiEndpoint"),
        api_access_token=_text(system, "apiAccessToken"),
    )


def _user(told: Mapping[str, Any]) -> User | None:
    user = _of(told, "user")
    return user and User(user_id=_text(user, "userId"))


def _device(system: Mapping[str, Any]) -> Device | None:
    device = _of(system, "device")
    if not device:
        return None
    runtime = _of(_of(_of(device, "supportedInterfaces"), "Alexa.Presentation.APL"), "runtime")
    apl = runtime and AlexaPresentationAplInterface(
        runtime=Runtime(max_version=_text(runtime, "maxVersion"))
    )
    return Device(
        device_id=_text(device, "deviceId"),
        supported_interfaces=apl and SupportedInterfaces(alexa_presentation_apl=apl),
    )


def _request(told: Mapping[str, Any]) -> Any:
    build: Callable[..., Any] = _REQUESTS.get(str(told.get("type")), _unknown)
    return build(
        told,
        request_id=_text(told, "requestId"),
        timestamp=_moment(told.get("timestamp")),
        locale=_text(told, "locale"),
    )


def _unknown(told: Mapping[str, Any], **common: Any) -> Any:
    return Request(object_type=_text(told, "type"), **common)


def _launch(told: Mapping[str, Any], **common: Any) -> Any:
    return LaunchRequest(**common)


def _intent(told: Mapping[str, Any], **common: Any) -> Any:
    intent = _of(told, "intent")
    slots = (intent and _of(intent, "slots")) or _NOTHING
    return IntentRequest(
        intent=intent
        and Intent(
            name=_text(intent, "name"),
            slots={name: _slot(one) for name, one in slots.items() if isinstance(one, dict)},
        ),
        **common,
    )


def _slot(told: Mapping[str, Any]) -> Slot:
    matches = [_match(one) for one in _list(_of(told, "resolutions"), "resolutionsPerAuthority")]
    return Slot(
        name=_text(told, "name"),
        value=_text(told, "value"),
        resolutions=Resolutions(resolutions_per_authority=matches) if matches else None,
    )


def _match(told: Mapping[str, Any]) -> Resolution:
    code = _text(_of(told, "status") or _NOTHING, "code")
    values = [_of(one, "value") or _NOTHING for one in _list(told, "values")]
    return Resolution(
        authority=_text(told, "authority"),
        status=Status(code=_CODES.get(code or "")),
        values=[
            ValueWrapper(value=Value(name=_text(one, "name"), id=_text(one, "id")))
            for one in values
        ],
    )


def _touch(told: Mapping[str, Any], **common: Any) -> Any:
    arguments = told.get("arguments")
    return UserEvent(
        token=_text(told, "token"),
        arguments=[one for one in arguments if isinstance(one, str)]
        if isinstance(arguments, list)
        else None,
        **common,
    )


def _connection(told: Mapping[str, Any], **common: Any) -> Any:
    status, payload = _of(told, "status"), _of(told, "payload")
    return ConnectionsResponse(
        name=_text(told, "name"),
        status=status and ConnectionsStatus(code=_code(status.get("code"))),
        payload=payload and {"status": _text(payload, "status")},
        **common,
    )


_REQUESTS: Mapping[str, Callable[..., Any]] = {
    "LaunchRequest": _launch,
    "IntentRequest": _intent,
    "Alexa.Presentation.APL.UserEvent": _touch,
    "Connections.Response": _connection,
}


def _of(told: Mapping[str, Any] | None, name: str) -> Mapping[str, Any] | None:
    """Return the object under a name; None if there is none, or nothing in it."""
    value = told.get(name) if told else None
    return value if isinstance(value, dict) and value else None


def _list(told: Mapping[str, Any] | None, name: str) -> list[Mapping[str, Any]]:
    """Return the objects in the list under a name."""
    value = told.get(name) if told else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(told: Mapping[str, Any], name: str) -> str | None:
    value = told.get(name)
    return value if isinstance(value, str) else None


def _code(value: object) -> str | None:
    """Keep a status code; it is a string in the reference and a number in some examples."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
