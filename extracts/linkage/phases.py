"""Seconds and peak memory of each phase of a job."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

Progress = Callable[[str, float], None]


class Phases:
    """Called with each phase's name, as often as there is progress, which it passes on. `rows` when all are over."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._began, self._name = progress, time.perf_counter(), ""
        self._rows: list[dict[str, Any]] = []

    def __call__(self, what: str, share: float) -> None:
        if what != self._name:
            self._end()
            self._name = what
        self._progress(what, share)

    def rows(self) -> list[dict[str, Any]]:
        """`name`, `seconds`, `peak_mib` of the process so far."""
        self._end()
        return self._rows

    def _end(self) -> None:
        now = time.perf_counter()
        if self._name:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            self._rows.append({"name": self._name, "seconds": round(now - self._began, 2), "peak_mib": peak})
        self._began, self._name = now, ""
