"""How counts are told here, so that no difference between two of them gives a small one away."""

from __future__ import annotations

STEP = SMALL = 10

Count = int | None

RULE = (
    f"Counts are rounded to {STEP} and not told when under {SMALL}. A code is named when {SMALL} rows or more have it."
)


def told(count: int) -> Count:
    """The count to the nearest ten; None for one that is under ten and not 0."""
    return None if 0 < count < SMALL else STEP * round(count / STEP)


def in_words(count: Count) -> str:
    if count is None:
        return f"fewer than {SMALL}"
    return f"{count:,}" if count else "no"
