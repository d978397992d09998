"""What changed in the published figures of a variable from one release to the next, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from extracts.differences.tables import ENOUGH_ROWS, MISSING_POINTS, MOVED_PERCENT

# A release's version, its rows of the table or None, and its figures of the variable.
Said = tuple[str, int | None, Mapping[str, Any]]


def changes_between(old: Said, new: Said) -> Iterator[str]:
    """Sentences on what a reader must know before putting both releases in one series; none for no change worth a look.

    The bounds are those of a release's difference report. Smaller tables move by chance, and are left alone.
    """
    (before, rows, was), (after, rows_now, now) = old, new
    if not was or not now:
        if bool(was) != bool(now):
            yield f"{after}: it is there {'again or for the first time' if now else 'no longer'}."
        return
    if min(rows or 0, rows_now or 0) < ENOUGH_ROWS:
        return
    blank, blank_now = (figures.get("missing_percent") for figures in (was, now))
    if blank is not None and blank_now is not None and abs(blank_now - blank) >= MISSING_POINTS:
        yield f"{after}: the share without a value went from {blank:g}% to {blank_now:g}%."
    moved = moved_percent(was, now)
    if moved >= MOVED_PERCENT:
        yield f"{after}: {moved:.0f}% of rows would have to change their code to make it what it was in {before}."
    middle, middle_now = (figures.get("percentiles", {}).get("50") for figures in (was, now))
    if None not in (middle, middle_now) and abs(middle_now - middle) * 100 > MOVED_PERCENT * max(abs(middle), 1):
        yield f"{after}: the median went from {middle:,} to {middle_now:,}."


def moved_percent(was: Mapping[str, Any], now: Mapping[str, Any]) -> float:
    """How many percent of rows lie on another code, among the codes that both releases tell."""
    shares = [{one["code"]: one["percent"] or 0.0 for one in figures.get("codes") or ()} for figures in (was, now)]
    both = shares[0].keys() & shares[1].keys()
    return float(sum(abs(shares[1][code] - shares[0][code]) for code in both) / 2)
