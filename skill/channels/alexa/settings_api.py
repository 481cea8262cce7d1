"""What a device is set to: its time zone.

Amazon, "Alexa Settings API". No permission is needed for it.
"""

import re
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from skill.channels.alexa.api import Api, ApiUnreachable

_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")


def time_zone(api: Api, device_id: str) -> str | None:
    """Return the IANA name of the device's time zone; None if Amazon gives none that we know.

    Without one the couple must be asked: a guess would ring at night.
    """
    if not device_id.strip("."):  # "." and ".." would be another address, even when encoded
        return None
    try:
        answer = api.call(
            "GET", f"/v2/devices/{quote(device_id, safe='')}/settings/System.timeZone"
        )
    except ApiUnreachable:
        return None
    name = answer.body
    return name if answer.status == 200 and isinstance(name, str) and _is_known(name) else None


def _is_known(name: str) -> bool:
    if not _ZONE.fullmatch(name):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder such as "America"
        return False
    return True
