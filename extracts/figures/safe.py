"""The rules that make an aggregate safe to show to anybody."""

from __future__ import annotations

from collections.abc import Sequence

# Counts are multiples of this, and those under the threshold are not told.
STEP = 10
THRESHOLD = 20
# A share in whole percent hides single rows only where one percent is at least a step.
ENOUGH_ROWS = 100 * STEP

RULE = (
    f"Counts are rounded to {STEP} and not told when under {THRESHOLD}; percentages come from rounded counts; "
    "percentiles are rounded, and there is no smallest or largest value."
)


def rounded(count: int) -> int | None:
    """The count to the nearest ten; None for one that is under 20 and not 0."""
    if 0 < count < THRESHOLD:
        return None
    return STEP * round(count / STEP)


def percent(count: int | None, rows: int | None) -> float | None:
    """What a rounded count is of rounded rows, in percent with one decimal; None when either is not told."""
    return None if count is None or not rows else round(100 * min(count, rows) / rows, 1)


def told(counts: Sequence[int]) -> list[int | None]:
    """Counts that make up a known total, rounded; None for those that are not told.

    When what is hidden comes to less than 20 it could be had by subtraction: then the
    smallest of the others is hidden too.
    """
    shown = [rounded(count) for count in counts]
    hidden = sum(count for count, seen in zip(counts, shown, strict=True) if seen is None)
    others = [place for place, seen in enumerate(shown) if seen]
    if 0 < hidden < THRESHOLD and others:
        shown[min(others, key=lambda place: (counts[place], place))] = None
    return shown


def whole_percent(share: float, rows: int) -> int | None:
    """A share of all rows in whole percent; None where that could tell single rows."""
    return None if rows < ENOUGH_ROWS else round(100 * share)


def blunt(value: float) -> float | int:
    """A number with two digits that count; whole up to 100."""
    size = abs(value)
    if size < 1:
        return round(value, 2)
    digits = 0
    while size >= 100:
        size /= 10
        digits += 1
    return int(round(value, -digits))
