"""The kernel's walls: from the moment they stand, this process opens only what it was given. They never come down.

Landlock, by its system calls (ABI 1 of Linux 5.13 to ABI 7 of Linux 6.15; documentation: the kernel's
userspace-api/landlock). Walls hold for this thread and all that it starts: put them up before there is another thread.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG, RULE_PATH_BENEATH = 1, 1
PR_SET_DUMPABLE, PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 4, 1, 38
SIGKILL = 9

# Rights to files: bit, and the ABI that knows it.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
OF_ABI = {1: (1 << 13) - 1, 2: REFER, 3: TRUNCATE, 5: IOCTL_DEV}
TCP = 0b11  # bind and connect, ABI 4
SCOPES = 0b11  # abstract sockets and signals reach no process outside, ABI 6
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

READ = READ_FILE | READ_DIR
RUN = READ | EXECUTE
# No device, socket, pipe or symbolic link can be made.
WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
HIGHEST_ABI = 7

_libc = ctypes.CDLL(None, use_errno=True)


class NoWalls(OSError):
    """The kernel does not put up the walls."""


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


class _Capabilities(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def abi_version() -> int:
    """What the kernel offers, 0 for nothing."""
    version = _libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(VERSION_FLAG))
    return max(0, int(version))


def wall_in(grants: Iterable[tuple[Path, int]], *, abi: int) -> None:
    """Give up all files but those at or beneath the granted paths, all TCP, and all capabilities of root.

    grants  path and rights (READ, RUN or WRITE); a path that is not there gives nothing
    abi     as `abi_version`; rights that it does not know stay open

    Raises NoWalls when the kernel refuses, or when there is another thread, which would stay outside.
    """
    if len(os.listdir("/proc/self/task")) != 1:
        raise NoWalls("There is a thread already that the walls would not hold.")
    handled = sum(rights for since, rights in OF_ABI.items() if since <= abi)
    rules = _Ruleset(handled, TCP if abi >= 4 else 0, SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = _call(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for path, rights in grants:
            _grant(ruleset, path, rights & handled)
        _give_up_capabilities()
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
        _call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _grant(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= OF_FILES
        rule = _PathBeneath(rights, descriptor)
        _call(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(RULE_PATH_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(descriptor)


def _give_up_capabilities() -> None:
    """Root without capabilities is an owner of files like any other: it mounts nothing and sees no one's memory."""
    header, none = _Capabilities(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if _libc.capset(ctypes.byref(header), none) != 0:
        raise NoWalls(ctypes.get_errno(), "The capabilities could not be given up.")


def end_with_parent(parent: int) -> None:
    """Have the kernel kill this process when `parent` dies; end now when it has died already. No memory is dumped."""
    _prctl(PR_SET_PDEATHSIG, SIGKILL)
    _prctl(PR_SET_DUMPABLE, 0)
    if os.getppid() != parent:
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    zeros = (ctypes.c_ulong(0),) * 3
    if _libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), *zeros) != 0:
        raise NoWalls(ctypes.get_errno(), "The process could not be prepared.")


def _call(number: int, *arguments: object) -> int:
    answer = int(_libc.syscall(ctypes.c_long(number), *arguments))
    if answer < 0:
        raise NoWalls(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
