"""Shares: what a percentage without a base is a share of, found by trying every total of the counts beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.statistics import said_out_of

# A share is given out of one of these: its heading may say which, and its size shows it.
OUT_OF = (100.0, 1.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0)
ROOM = 1e-9


@dataclass(frozen=True)
class Beneath:
    """Counts beneath the cells of a table: of each cell, and of what its share may be taken of. NaN for unknown."""

    part: Floats
    whole: Floats

    def at(self, places: npt.NDArray[np.int64]) -> Beneath:
        """The counts beneath some of the cells."""
        return Beneath(self.part[places], self.whole[places])

    def explains(self, value: Floats, spread: Floats, out_of: float) -> Booleans:
        """For which cells the counts give the share that is shown, within what its decimals say.

        A hidden count of a known whole may give any share; it explains nothing by itself.
        """
        hidden = np.isnan(self.part) & (self.whole > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = out_of * self.part / self.whole
        near = np.abs(share - value) <= spread * (1 + ROOM) + ROOM * np.abs(value)
        explained: Booleans = near | (hidden & near.any() & (value <= out_of))
        return explained

    def between(self, value: Floats, spread: Floats, out_of: float) -> tuple[Floats, Floats]:
        """The least and the most that each count may be: the count, or what the share says of a hidden one."""
        low, high = ((value + sign * spread) / out_of * self.whole for sign in (-1, 1))
        known = ~np.isnan(self.part)
        low = np.clip(np.ceil(low - ROOM), 0, self.whole)
        high = np.clip(np.floor(high + ROOM), low, self.whole)
        return np.where(known, np.round(self.part), low), np.where(known, np.round(self.part), high)

    @property
    def smallest(self) -> float:
        """The smallest count above 0 of those in a part or left out of it."""
        both = np.concatenate([self.part, self.whole - self.part])
        return float(both[both > 0].min(initial=np.inf))


def with_bases(cells: Cells, tried: Sequence[Beneath]) -> Cells:
    """The cells; percentages without a base get the count and the base that explain all those of their measure.

    Where several do, it is the one with the smallest count. Percentages that nothing explains keep no base.
    Source: numerator, denominator and complement of a share are counts (SDC Handbook, ratios and percentages).
    """
    facts = cells.facts.copy()
    wanted = ((facts["kind"] == "percentage") & (facts["state"] == "number") & facts["base"].isna()).to_numpy()
    low, high, base = (cells.numbers(name).copy() for name in ("low", "high", "base"))
    measures = facts["measure"].where(facts["measure"] == "", facts["column"])
    for measure in measures[wanted].unique():
        places = np.flatnonzero(wanted & (measures == measure).to_numpy())
        value, spread = cells.numbers("value")[places], cells.numbers("spread")[places]
        here = [counts.at(places) for counts in tried]
        best = _best(here, value, spread, out_of(str(measure)))
        if best is not None:
            counts, size = best
            low[places], high[places] = counts.between(value, spread, size)
            base[places] = counts.whole
    return Cells(cells.labels, cells.totals, facts.assign(low=low, high=high, base=base))


def out_of(heading: str) -> tuple[float, ...]:
    """What a heading says that a share is out of, as `rate per 1,000` does, or else all that it may be."""
    said = said_out_of(heading)
    return OUT_OF if said is None else (said,)


def _best(
    tried: Sequence[Beneath], value: Floats, spread: Floats, sizes: Sequence[float]
) -> tuple[Beneath, float] | None:
    """The counts that explain every share, all out of the same number, and that number."""
    fitting = [(counts, size) for counts in tried for size in sizes if counts.explains(value, spread, size).all()]
    return min(fitting, key=lambda found: found[0].smallest, default=None)
