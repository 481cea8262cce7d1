"""What this machine has: a folder to keep things in, room, time zones, sounds."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from skill.doctor.findings import Finding, broken, ok, warning
from skill.settings import Settings
from skill.speech.tracks import Tracks, names

ROOM, LITTLE_ROOM = 500_000_000, 50_000_000
"""Bytes that should be free, and that must be: sounds that are kept take up to 200 million."""

FAR = ("America/New_York", "Asia/Kolkata", "Pacific/Auckland")
"""Zones that a speaker may be in."""


def examined(settings: Settings) -> Iterator[Finding]:
    """Yield what is found about this machine."""
    yield from folder(settings.data_dir)
    yield zones(settings.zone)
    yield sounds(settings.data_dir)


def stranger(data_dir: Path) -> Finding | None:
    """Say whose data folder it is, if we are root and it is not ours.

    What root makes in it, whoever runs the service could not use.
    """
    try:
        owner = data_dir.stat().st_uid
    except OSError:
        return None
    if os.geteuid() or not owner:
        return None
    return broken(
        "data.folder",
        f"The data folder {data_dir} belongs to another user ({owner}), and was left alone.",
        "Run this as the user who runs the service.",
    )


def folder(data_dir: Path) -> Iterator[Finding]:
    """Say whether the data folder can be written, and how much room it has."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir) as file:
            file.write(b"lantern")
            file.flush()
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        yield broken(
            "data.folder",
            f"The data folder {data_dir} cannot be written ({error.strerror}).",
            "Make room there." if full else "Correct LANTERN_DATA_DIR or the rights of the folder.",
        )
    else:
        yield ok("data.folder", f"The data folder {data_dir} can be written.")
        yield room(shutil.disk_usage(data_dir).free)


def room(free: int) -> Finding:
    """Say whether `free` bytes are enough."""
    told = f"The disk of the data folder has {free / 1e6:,.0f} MB of free room."
    if free >= ROOM:
        return ok("data.room", told)
    make = broken if free < LITTLE_ROOM else warning
    return make("data.room", told, f"Make room; {ROOM / 1e6:.0f} MB are enough.")


def zones(zone: str) -> Finding:
    """Say whether the time of day can be told, here and where a speaker is."""
    try:
        for name in (zone, *FAR):
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return broken(
            "time.zones",
            f"There are no time zone data for {name}.",
            "Install the package tzdata: pip install tzdata.",
        )
    return ok("time.zones", f"The time zone is {zone}; those of speakers elsewhere are known.")


def sounds(data_dir: Path) -> Finding:
    """Make one of the sounds to breathe with, or take it if it was made before."""
    name = next(one for one in names() if one.startswith("breathing-"))
    try:
        made = Tracks(data_dir / "sounds").of(name)
    except (ImportError, OSError) as error:
        return broken(
            "sounds",
            f"No sound to breathe with can be made ({type(error).__name__}: {error}).",
            "Install the service's packages anew: make install.",
        )
    return ok("sounds", f"Sounds to breathe with can be made ({len(made) / 1e3:.0f} kB for one).")
