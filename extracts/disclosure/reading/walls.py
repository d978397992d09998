"""Walls around the guarded child: an audit hook that refuses files, programs and connections outside of it.

An audit hook (PEP 578) stands above Python, not above C. No reader runs code of a file, so what a file could
mislead is a library that opens what the file names; those of Python are stopped here. XML is parsed without
network, entities and DTDs, and a name space without network is entered where the kernel allows it.
"""

from __future__ import annotations

import ctypes
import os
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.spawn", "os.kill",
    "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "telnetlib.", "webbrowser.", "sqlite3.",
    "os.link", "os.symlink", "os.chmod", "os.chown", "os.setxattr", "pickle.find_class", "signal.pthread_kill",
)  # fmt: skip
WITH_PATH = frozenset(
    ["open", "os.listdir", "os.scandir", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.utime",
     "ctypes.dlopen", "os.chdir", "glob.glob", "tempfile.mkstemp", "tempfile.mkdtemp", "shutil.rmtree"]
)  # fmt: skip
READ_ONLY = frozenset(["open", "os.listdir", "os.scandir", "ctypes.dlopen", "glob.glob"])
HARMLESS = frozenset(
    [os.devnull, "/dev/urandom", "/etc/localtime", "/proc/self/status", "/proc/cpuinfo", "/proc/meminfo"]
)
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Refused(PermissionError):
    """Something reached outside of the child."""


def put_up(scratch: str) -> list[str]:
    """Put the walls up for good; what is refused from now on is added to the list that this gives.

    Libraries may be read, and `scratch` written. Refusals raise as well, but a library may swallow that.
    """
    refusals: list[str] = []
    readable = tuple(map(_with_slash, (*_libraries(), scratch)))
    writable = _with_slash(scratch)
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)  # where it fails, the hook stands alone

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        why = _why_not(event, arguments, readable, writable)
        if why:
            refusals.append(why)
            raise Refused(why)

    sys.addaudithook(hook)
    return refusals


def _libraries() -> Iterable[str]:
    """Where Python, its libraries and this engine are. The folder that the engine stands in may hold other things."""
    engine = Path(__file__).resolve().parents[2]
    paths = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *(set(sys.path) - {str(engine.parent)})}
    paths |= {str(engine), "/usr/share/zoneinfo", "/usr/lib", "/lib", "/lib64", "/usr/local/lib"}
    return sorted({form for path in paths if path not in ("", "/") for form in (path, os.path.realpath(path))})


def _with_slash(path: str) -> str:
    return path.rstrip("/") + "/"


def _why_not(event: str, arguments: tuple[Any, ...], readable: tuple[str, ...], writable: str) -> str:
    """What an event would have done, or "" for one that may be."""
    if event.startswith(REFUSED):
        return "run another program or opened a connection"
    if event not in WITH_PATH:
        return ""
    path = arguments[0] if arguments else None
    if path is None or isinstance(path, int):
        return ""
    full = os.path.realpath(os.fsdecode(path))
    if event == "os.listdir" and full in map(os.path.realpath, sys.path):
        return ""
    if full in HARMLESS or (full + "/").startswith(writable):
        return ""
    writes = event not in READ_ONLY or (event == "open" and _writes(arguments))
    if not writes and (
        (full + "/").startswith(readable) or (event == "ctypes.dlopen" and "/" not in os.fsdecode(path))
    ):
        return ""
    return "written to a file" if writes else "opened another file"


def _writes(arguments: tuple[Any, ...]) -> bool:
    """Whether an `open` event (path, mode, flags) may change the file."""
    mode, flags = (*arguments[1:3], None, None)[:2]
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & WRITES)
