"""The search for intervals: bounds shrink, tables that are found spread, until the two meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.disclosure.audit.bounds import Booleans, Bounds, Floats, Integers, inwards, room


@dataclass(frozen=True)
class Intervals:
    """What an intruder knows of each cell. Shapes: one number per cell of the system.

    low, high   the true number lies between them, whatever it is; infinite for no bound
    proven      whether some table that agrees with all that was published has a number as low as
                `low`, and some other one as high as `high` (rounded inwards for counts)
    seen_low, seen_high   lowest and highest numbers in such tables that were in fact found; NaN for
                none. Where not proven, the intruder's interval lies between these and low, high
    """

    low: Floats
    high: Floats
    proven: Booleans
    seen_low: Floats
    seen_high: Floats

    @property
    def width(self) -> Floats:
        """Width of each interval: an upper limit where it isn't proven."""
        return self.high - self.low

    @property
    def certain_width(self) -> Floats:
        """How wide each interval is at least; 0 where no two tables were found."""
        return np.where(self.proven, self.width, np.nan_to_num(self.seen_high - self.seen_low, nan=0.0))


@dataclass
class Search:
    """The bounds, and the lowest and highest numbers in tables that were found (NaN for none), as far as it got."""

    low: Floats
    high: Floats
    seen_low: Floats
    seen_high: Floats
    whole: bool

    @classmethod
    def starting(cls, bounds: Bounds, *, whole: bool) -> Search:
        """Every bound is taken as reached, which is right until `forget` says otherwise."""
        return cls(bounds.low.copy(), bounds.high.copy(), bounds.low.copy(), bounds.high.copy(), whole)

    def forget(self, places: Integers) -> None:
        """No table is known to reach the bounds of these cells."""
        self.seen_low[places] = self.seen_high[places] = np.nan

    def fix(self, places: Integers, values: Floats) -> None:
        """These cells have one number in every table."""
        for bound in (self.low, self.high, self.seen_low, self.seen_high):
            bound[places] = values

    def see(self, places: Integers, point: Floats) -> None:
        """A consistent table was found."""
        self.seen_low[places] = np.fmin(self.seen_low[places], point)
        self.seen_high[places] = np.fmax(self.seen_high[places], point)

    def open_sides(self, places: Integers) -> tuple[Booleans, Booleans]:
        """Of which cells a lower number, and of which a higher one, may still be found."""
        low, high = self.low[places], self.high[places]
        seen_low, seen_high = inwards(self.seen_low[places], self.seen_high[places], whole=self.whole)
        below, above = ~(seen_low <= low + room(low)), ~(seen_high >= high - room(high))
        return below, above

    def wide(self, places: Integers, enough: float) -> Booleans:
        """Which cells are known to take numbers that are so far apart."""
        seen_low, seen_high = inwards(self.seen_low[places], self.seen_high[places], whole=self.whole)
        apart: Booleans = seen_high - seen_low >= enough
        return apart

    def bound(self, place: int, reached: float, *, upper: bool) -> None:
        """No table goes further than this."""
        low, high = inwards(np.array([reached]), np.array([reached]), whole=self.whole)
        if upper:
            self.high[place] = min(self.high[place], high[0])
        else:
            self.low[place] = max(self.low[place], low[0])

    def intervals(self) -> Intervals:
        """The answer."""
        below, above = self.open_sides(np.arange(len(self.low)))
        seen_low, seen_high = inwards(self.seen_low, self.seen_high, whole=self.whole)
        seen_low, seen_high = np.maximum(seen_low, self.low), np.minimum(seen_high, self.high)
        # Adding 0 makes a zero of what rounding made "minus zero".
        return Intervals(self.low + 0.0, self.high + 0.0, ~below & ~above, seen_low + 0.0, seen_high + 0.0)
