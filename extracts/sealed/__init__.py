"""Jobs in a process of their own that can open its own folders and nothing else.

The walls are the kernel's (Linux Landlock), so a slip in a query or a library cannot reach through them. What does not
live here: which job gets which folders (`extracts.zones.GRANTS`), and what the jobs do.
"""

from extracts.sealed.calling import (
    Cancelled,
    JobFailed,
    JobRefused,
    SealUnavailable,
    kind_and_place,
    make_private,
    newest_change,
    run_sealed,
    sweep_rooms,
    why_no_walls,
)

__all__ = [
    "Cancelled", "JobFailed", "JobRefused", "SealUnavailable", "kind_and_place", "make_private", "newest_change",
    "run_sealed", "sweep_rooms", "why_no_walls",
]  # fmt: skip
