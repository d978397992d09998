"""A deadline: the one place of the audit that reads a clock, because a solver must be stopped by one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Deadline:
    """So many seconds from now."""

    seconds: float
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds that are left, 0 or more."""
        return max(0.0, self.seconds - (time.monotonic() - self.started))

    @property
    def passed(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0
