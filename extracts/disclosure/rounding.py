"""Rounding and noise: between what true counts a published one lies."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NAMES = "base5, base10, random5, midpoint6 or cellkey3 (with any number)"


class UnknownRounding(ValueError):
    """Nobody knows a rounding by this name."""


@dataclass(frozen=True)
class Rounding:
    """How published counts differ from the true ones.

    kind  base      to the nearest multiple of `by`
          random    to the multiple of `by` below or above, by chance
          midpoint  0 stays; else ceil(count / by) * by - by / 2, as OpenSAFELY rounds to midpoint 6
          cellkey   noise of at most `by` either way
    """

    kind: str
    by: int

    @classmethod
    def named(cls, name: str) -> Rounding:
        """The rounding called `base5`, `midpoint6` and so on. Raises UnknownRounding."""
        match = re.fullmatch(r"(base|random|midpoint|cellkey)[-_ ]?([1-9]\d{0,3})", name.strip().lower())
        if not match:
            raise UnknownRounding(f"The rounding is not known; it is one of {NAMES}.")
        return cls(match[1], int(match[2]))

    def known(self, published: Floats) -> tuple[Floats, Floats]:
        """Lowest and highest true count behind each published one; NaN stays NaN. No count is below 0."""
        down, up = self.reach
        low, high = np.maximum(published - down, 0.0), published + up
        if self.kind == "midpoint":
            nobody = published == 0
            low, high = np.where(nobody, 0.0, np.maximum(low, 1.0)), np.where(nobody, 0.0, high)
        return np.where(np.isnan(published), np.nan, low), high

    def fits(self, published: Floats) -> Booleans:
        """Whether each published count may have come from this rounding."""
        if self.kind == "cellkey":
            return np.asarray(published >= 0)
        if self.kind == "midpoint":
            return np.asarray((published == 0) | (published % self.by == self.by // 2))
        return np.asarray(published % self.by == 0)

    @property
    def reach(self) -> tuple[int, int]:
        """How far the true count may be below and above the published one."""
        if self.kind == "midpoint":
            return self.by - self.by // 2 - 1, self.by // 2
        reach = {"base": self.by // 2, "random": self.by - 1, "cellkey": self.by}[self.kind]
        return reach, reach
