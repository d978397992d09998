"""Whose child is whose: so that nothing outlives the program that started it.

Linux only, through prctl and /proc. Elsewhere every function here does nothing, and stopping rests
on the supervisor alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Collection
from pathlib import Path

DIE_WITH_PARENT, ADOPT_ORPHANS = 1, 36  # PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER of prctl(2)


def adopt_orphans() -> None:
    """From now on a grandchild whose parent dies becomes this process's child, where it can be found."""
    _prctl(ADOPT_ORPHANS, 1)


def die_with_parent() -> None:
    """Be told to stop when the parent ends, even by a signal that it could not handle."""
    _prctl(DIE_WITH_PARENT, signal.SIGTERM)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def below(process: int, spare: Collection[int] = ()) -> set[int]:
    """The ids of every living process that descends from `process`, leaving out those of `spare` and theirs."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                children.setdefault(int(parent), []).append(int(stat.parent.name))
    found: set[int] = set()
    waiting = [process]
    while waiting:
        fresh = set(children.get(waiting.pop(), ())) - found - set(spare)
        found |= fresh
        waiting += fresh
    return found


def end_all(process: int, patience: float, spare: Collection[int] = ()) -> None:
    """End everything below `process` but `spare`: asked first, forced after `patience` seconds."""
    for sign, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        left = below(process, spare)
        for one in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, sign)
        deadline = time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            _reap()
            time.sleep(0.05)
            left = below(process, spare)
        if not left:
            return


def _reap() -> None:
    """Let go of adopted processes that have ended. A zombie would look alive to whoever asks for its id."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
