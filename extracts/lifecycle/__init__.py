"""The lives of what `extracts` keeps, as tables: extracts, deliveries, linkage runs, clerical pairs, releases.

What stands here by name is the life of an extract; each of the others has a file of its own.
"""

from extracts.lifecycle.extract import (
    BUILDING,
    CANCELLED,
    DELIVERED,
    ENDED_WITHOUT,
    EXTRACT,
    FAILED,
    HELD,
    RECALLED,
    REFUSED,
    REQUESTED,
    STOPPED,
    UNFINISHED,
    WAITING,
    ExtractState,
)

__all__ = [
    "BUILDING",
    "CANCELLED",
    "DELIVERED",
    "ENDED_WITHOUT",
    "EXTRACT",
    "FAILED",
    "HELD",
    "RECALLED",
    "REFUSED",
    "REQUESTED",
    "STOPPED",
    "UNFINISHED",
    "WAITING",
    "ExtractState",
]
