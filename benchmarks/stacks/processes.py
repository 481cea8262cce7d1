"""What processes take: processor time and memory, as Linux counts them."""

import ctypes
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Memory:
    """Resident memory in MB; ``pss`` counts what n processes share as an n-th of it."""

    rss: float
    pss: float


def group(leader: int) -> list[int]:
    """Return the ids of a process and of all that it started, itself first."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if os.getpgid(int(entry.name)) == leader:
                found.append(int(entry.name))
    return sorted(found, key=lambda one: (one != leader, one))


def processor_seconds(process: int) -> float:
    """Return the processor time of a process so far: utime and stime of /proc/<pid>/stat.

    Read from its clock instead, which counts the same in nanoseconds, not in hundredths.
    """
    clock = ctypes.c_int()
    fault = _LIBC.clock_getcpuclockid(process, ctypes.byref(clock))
    if fault:
        raise OSError(fault, os.strerror(fault))
    return time.clock_gettime(clock.value)


def memory(process: int) -> Memory:
    """Return what /proc/<pid>/smaps_rollup says."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {name: size for name, _, size in (line.partition(":") for line in lines)}
    rss, pss = (int(sizes[name].split()[0]) * 1024 / MEGABYTE for name in ("Rss", "Pss"))
    return Memory(rss, pss)
