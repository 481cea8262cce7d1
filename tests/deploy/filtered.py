"""Runs a program under the system call filter of a unit, as systemd would.

    filtered.py UNIT COMMAND

systemd itself names the calls of its groups, and libseccomp, which systemd is linked with, makes
the filter (systemd.exec(5), "SystemCallFilter=").
"""

import ctypes
import errno
import os
import subprocess
import sys

ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000  # seccomp.h: SCMP_ACT_*
NO_NEW_PRIVS = 38  # prctl.h


def calls(group: str) -> set[str]:
    """Return the names of the calls in a group such as @resources."""
    told = subprocess.run(
        ["systemd-analyze", "--no-pager", "syscall-filter", group],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: set[str] = set()
    for line in told.splitlines()[1:]:
        name = line.strip()
        if name.startswith("@"):
            found |= calls(name)
        elif name and not name.startswith("#"):
            found.add(name)
    return found


def filtered(unit: str) -> tuple[set[str], int]:
    """Return the calls that a unit lets its processes make, and what comes of any other."""
    allowed: set[str] = set()
    otherwise = KILL
    for line in unit.splitlines():
        name, _, value = line.partition("=")
        if name == "SystemCallFilter" and value.startswith("~"):
            allowed -= {one for group in value[1:].split() for one in calls(group)}
        elif name == "SystemCallFilter":
            allowed |= {one for group in value.split() for one in calls(group)}
        elif name == "SystemCallErrorNumber":
            otherwise = REFUSE | getattr(errno, value)
    return allowed, otherwise


def enter(allowed: set[str], otherwise: int) -> None:
    """Let this process, and what it runs, make these calls alone."""
    seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(otherwise)))
    for name in allowed:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # others are of other processors
            assert seccomp.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), number, 0) == 0, name
    assert ctypes.CDLL(None).prctl(NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert seccomp.seccomp_load(context) == 0


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        enter(*filtered(file.read()))
    os.execv(sys.argv[2], sys.argv[2:])
